//! The settings of a run: the same as flags, in a TOML file, in the environment and over REST.
//!
//! [`Settings`] holds the settings of one layer, each optional. Layers are merged and then
//! resolved into a [`RunConfig`], which is written beside the results.

mod aliases;
mod checks;
mod commented;
mod days;
mod effect;
mod environment;
mod forms;
mod grid;
mod in_force;
mod list;
mod model;
mod model_spec;
mod playable;
mod purpose;
mod ranges;
mod shard;
mod simulation;
mod stake;
mod staking;
mod strategy_spec;
mod taught_columns;
mod timeout;
mod values;

use std::borrow::Cow;
use std::collections::BTreeMap;

use clap::Args;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::calendar::Zone;
use crate::domain::{Book, Commission, MarketKind, Side};
use crate::engine::{EngineConfig, PoolWith};
use crate::look_alike::normal_name;
use crate::predict::{
    Dependence, FeatureGroup, GoalProfile, InPlayGoals, Learn, Link, MarginMethod, Marginal,
    ModelConfig,
};
use crate::printable::excerpt;
use crate::schema::{NAME, name_of};
use crate::source::{
    DateOrder, Matches, OddsFormat, OnBadRow, PriceTime, ReadConfig, ReplayConfig,
};
use crate::strategy::{BookChoice, Strategy, StrategyKind};
pub use commented::commented_settings;
pub use days::Day;
pub use effect::{Idle, flag, is_never_used};
pub use environment::{Environment, Variable};
pub use forms::{amount as amount_of, count as count_of, count_in, share as share_of};
pub(crate) use grid::what_taught;
pub use grid::{Axis, Grid, GridPoint, GridPoints};
pub use in_force::InForce;
pub use model_spec::ModelSpec;
pub use purpose::Purpose;
pub use ranges::MOST_SETTINGS;
pub use shard::Shard;
pub use simulation::{ResolvedStrategy, SimulationConfig, SimulationSettings};
pub use stake::Stake;
pub use strategy_spec::StrategySpec;
pub use timeout::Timeout;
pub(crate) use values::out_of_range;
pub use values::{ConfigError, Pair, pair, value_name};

/// What a user said; what was not said is `None` or empty.
///
/// ```
/// use simbet::Settings;
/// let file = Settings::from_toml("strategy = 'flat'\nbankroll = 500").unwrap();
/// let flags = Settings { bankroll: Some(900.0), ..Settings::default() };
/// let both = flags.over(&file).unwrap();
/// assert_eq!((both.strategy, both.bankroll), (file.strategy, Some(900.0)));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Args, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[group(skip)]
pub struct Settings {
    /// Model of the goals [default: dixon-coles; none for flat and proportional staking without --min-ev]
    #[arg(long, value_parser = model_spec::ModelSpecParser, value_name = "MODEL", help_heading = "Model")]
    pub model: Option<ModelSpec>,
    /// Files with the probabilities of --model file: CSV, Parquet or workbooks [default: columns of the match files]
    #[arg(long, num_args = 1.., value_name = "FILE", help_heading = "Model")]
    #[serde(deserialize_with = "list::read", skip_serializing_if = "Vec::is_empty")]
    pub probabilities: Vec<String>,
    /// What teaches the goal models: goals, shots, past closing prices, or several [default: goals,shots;
    /// goals with a prior of 0; goals,shots,prices for filter]
    #[arg(long, value_name = "TEACHERS", help_heading = "Model")]
    pub learn: Option<Learn>,
    /// Days in which a match loses half its weight; 0: never (330 where no shots teach, 20 where prices do) [default: 200]
    #[arg(long, value_parser = forms::number, value_name = "DAYS", help_heading = "Model")]
    #[serde(deserialize_with = "forms::read_number")]
    pub half_life: Option<f64>,
    /// Days after which a match no longer counts; 0: never [default: 2192]
    #[arg(long, value_parser = forms::number, value_name = "DAYS", help_heading = "Model")]
    #[serde(deserialize_with = "forms::read_number")]
    pub window: Option<f64>,
    /// Standard deviation of attack and defence between teams, before any match is seen; 0: no prior (0.4 where prices teach) [default: 0.25]
    #[arg(long, value_parser = forms::number, value_name = "SD", help_heading = "Model")]
    #[serde(deserialize_with = "forms::read_number")]
    pub prior: Option<f64>,
    /// Matches the model must have seen of either team before a bet; 0: bets on unknown leagues too [default: 15]
    #[arg(long, value_parser = forms::count::<u32>, value_name = "N", help_heading = "Model")]
    pub min_matches: Option<u32>,
    /// Rounds from fit to fit [default: 1]
    #[arg(long, value_parser = forms::count::<u32>, value_name = "ROUNDS", help_heading = "Model")]
    pub refit_every: Option<u32>,
    /// Features of matches, in groups: elo, pi, form, goals, shots, corners, rest, table, calendar, strengths, market
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        value_name = "GROUPS",
        hide_possible_values = true,
        help_heading = "Model"
    )]
    #[serde(deserialize_with = "list::read", skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<FeatureGroup>,
    /// How features become probabilities in the model logistic [default: multinomial]
    #[arg(long, value_enum, help_heading = "Model")]
    pub link: Option<Link>,
    /// Ridge penalty on standardised features in the model logistic; 0: none [default: that which forecast best so far]
    #[arg(long, value_parser = forms::number, value_name = "STRENGTH", help_heading = "Model")]
    #[serde(deserialize_with = "forms::read_number")]
    pub ridge: Option<f64>,
    /// Dixon and Coles's ρ, between −0.2 and 0.2; in the model market where totals have no price [default: -0.08; by dixon-coles
    /// fitted where goals alone teach; 0 in poisson]
    #[arg(long, value_parser = forms::number, value_name = "RHO", help_heading = "Model", allow_negative_numbers = true)]
    #[serde(deserialize_with = "forms::read_number")]
    pub rho: Option<f64>,
    /// Book whose prices are the market's opinion: of the market model, and of the comparison [default: that of --book]
    #[arg(long, value_name = "BOOK", help_heading = "Model")]
    pub market_book: Option<Book>,
    /// How a margin is removed [default: power], and how an invented bookmaker adds it [default: multiplicative]
    #[arg(long, value_enum, help_heading = "Model")]
    pub margin_method: Option<MarginMethod>,
    /// How the goals of a side are distributed, given what is expected of it [default: poisson]
    #[arg(long, value_enum, help_heading = "Model")]
    pub marginal: Option<Marginal>,
    /// How the goals of both sides depend on each other [default: independent for poisson, dixon-coles for dixon-coles]
    #[arg(long, value_enum, help_heading = "Model")]
    pub dependence: Option<Dependence>,
    /// Whether the rates of goals change with the score, for prices in play [default: constant]
    #[arg(long, value_enum, help_heading = "Model")]
    pub in_play_goals: Option<InPlayGoals>,
    /// How goals spread over the minutes of a match, for prices in play [default: uniform; empirical in simulations]
    #[arg(long, value_enum, help_heading = "Model")]
    pub profile: Option<GoalProfile>,
    /// Weigh the model's forecasts against the price that is bet at, by weights learned as the run goes (--pool is about leagues)
    #[arg(long, value_enum, value_name = "WITH", help_heading = "Model")]
    pub pool_with: Option<PoolWith>,
    /// Leagues that share one model, such as E0+E1; may be repeated (--pool-with is about prices) [default: none; with the model
    /// filter the divisions of a nation]
    #[arg(long, value_name = "LEAGUES", help_heading = "Model")]
    #[serde(deserialize_with = "list::read", skip_serializing_if = "Vec::is_empty")]
    pub pool: Vec<String>,
    /// How long the program of --model exec may take for an answer, such as 90s or 5m [default: 60s]
    #[arg(long, value_name = "TIME", help_heading = "Model")]
    pub model_timeout: Option<Timeout>,
    /// Tell the program of --model exec the prices too, when they become known
    #[arg(long, help_heading = "Model", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    pub model_prices: Option<bool>,

    /// Staking rule [default: ev]
    #[arg(long, value_enum, help_heading = "Staking")]
    pub strategy: Option<StrategyKind>,
    /// Balance at the start [default: 10000; environment: INITIAL_BANKROLL]
    #[arg(long, value_parser = forms::amount, value_name = "AMOUNT", help_heading = "Staking")]
    #[serde(deserialize_with = "forms::read_amount")]
    pub bankroll: Option<f64>,
    /// Stake: a share of the bankroll (ev 0.01, proportional 0.025) or an amount (flat 100)
    #[arg(long, value_name = "STAKE", help_heading = "Staking")]
    pub stake: Option<Stake>,
    /// Expected value per unit of stake above which to bet [default: 0.05 for ev]
    #[arg(
        long, value_parser = forms::share,
        value_name = "EV",
        help_heading = "Staking",
        allow_negative_numbers = true
    )]
    #[serde(deserialize_with = "forms::read_share")]
    pub min_ev: Option<f64>,
    /// Edge above which to bet, p − 1/odds [default: 0.02 for kelly; environment: MIN_EDGE]
    #[arg(
        long, value_parser = forms::share,
        value_name = "EDGE",
        help_heading = "Staking",
        allow_negative_numbers = true
    )]
    #[serde(deserialize_with = "forms::read_share")]
    pub min_edge: Option<f64>,
    /// Share of the full Kelly stake [default: 1]
    #[arg(long, value_parser = forms::share, value_name = "SHARE", help_heading = "Staking")]
    #[serde(deserialize_with = "forms::read_share")]
    pub kelly_fraction: Option<f64>,
    /// Most that one bet may stake, as a share of the bankroll [default: 0.05 for kelly; environment: MAX_STAKE_PERCENTAGE]
    #[arg(long, value_parser = forms::share, value_name = "SHARE", help_heading = "Staking")]
    #[serde(deserialize_with = "forms::read_share")]
    pub max_stake: Option<f64>,
    /// Most that one round may stake, as a share of the bankroll
    #[arg(long, value_parser = forms::share, value_name = "SHARE", help_heading = "Staking")]
    #[serde(deserialize_with = "forms::read_share")]
    pub max_round: Option<f64>,
    /// Most that may be tied up in open bets, as a share of the balance
    #[arg(long, value_parser = forms::share, value_name = "SHARE", help_heading = "Staking")]
    #[serde(deserialize_with = "forms::read_share")]
    pub max_exposure: Option<f64>,
    /// Smallest stake; a smaller one is refused [default: 0.01]
    #[arg(long, value_parser = forms::amount, value_name = "AMOUNT", help_heading = "Staking")]
    #[serde(deserialize_with = "forms::read_amount")]
    pub min_stake: Option<f64>,
    /// Stakes are rounded down to a multiple of this amount [default: 0.01]
    #[arg(long, value_parser = forms::amount, value_name = "AMOUNT", help_heading = "Staking")]
    #[serde(deserialize_with = "forms::read_amount")]
    pub round_stake: Option<f64>,
    /// Commission on net winnings: a rate for all (0.02), a market (ah=0.01), a book (bfe=0.05) or both (bfe:ah=0.03), or a list
    #[arg(long, value_name = "RATES", help_heading = "Staking")]
    pub commission: Option<Commission>,
    /// No new bets once the balance is this share below its peak
    #[arg(long, value_parser = forms::share, value_name = "SHARE", help_heading = "Staking")]
    #[serde(deserialize_with = "forms::read_share")]
    pub stop_drawdown: Option<f64>,
    /// Place flat stakes on credit too: the bankroll may fall below zero
    #[arg(long, help_heading = "Staking", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    pub credit: Option<bool>,

    /// Markets to bet on: 1x2, ou, ah, btts [default: 1x2]
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "LIST",
        help_heading = "Bets"
    )]
    #[serde(deserialize_with = "list::read", skip_serializing_if = "Vec::is_empty")]
    pub markets: Vec<MarketKind>,
    /// Sides to back: home, draw, away, over, under, yes, no [default: all]
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "LIST",
        help_heading = "Bets"
    )]
    #[serde(deserialize_with = "list::read", skip_serializing_if = "Vec::is_empty")]
    pub selections: Vec<Side>,
    /// Allow more than one selection of a market
    #[arg(long, help_heading = "Bets", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    pub multiple: Option<bool>,
    /// Whose prices: a list in order of preference (b365,ps,avg), or the best of a list (best:b365,ps) [default: avg]
    #[arg(long, value_name = "BOOKS", help_heading = "Bets")]
    pub book: Option<BookChoice>,
    /// Which price is taken: the one before the match day, or at kick-off [default: pre]
    #[arg(long, value_enum, help_heading = "Bets")]
    pub price: Option<PriceTime>,
    /// Lowest odds
    #[arg(long, value_parser = forms::odds, value_name = "ODDS", help_heading = "Bets", allow_negative_numbers = true)]
    #[serde(deserialize_with = "forms::read_odds")]
    pub min_odds: Option<f64>,
    /// Highest odds
    #[arg(long, value_parser = forms::odds, value_name = "ODDS", help_heading = "Bets", allow_negative_numbers = true)]
    #[serde(deserialize_with = "forms::read_odds")]
    pub max_odds: Option<f64>,
    /// Lowest probability by the model
    #[arg(long, value_parser = forms::share, value_name = "P", help_heading = "Bets")]
    #[serde(deserialize_with = "forms::read_share")]
    pub min_prob: Option<f64>,
    /// First day to bet on; on the command line one of [`Period`].
    #[arg(skip)]
    pub from: Option<Day>,
    /// Last day to bet on; on the command line one of [`Period`].
    #[arg(skip)]
    pub to: Option<Day>,

    /// What to do with a row that is damaged [default: repair]
    #[arg(long, value_enum, help_heading = "Reading")]
    pub on_bad_row: Option<OnBadRow>,
    /// Which column holds what, such as home_team=Home; may be repeated
    #[arg(long, value_name = "TARGET=HEADER", value_parser = pair("home_team=Home"), help_heading = "Reading")]
    #[serde(with = "values::pairs", skip_serializing_if = "Vec::is_empty")]
    pub map: Vec<Pair>,
    /// Columns that goal models learn in place of the goals of the home and of the away side, such as home_xg,away_xg
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "HOME,AWAY",
        help_heading = "Reading"
    )]
    #[serde(deserialize_with = "list::read", skip_serializing_if = "Vec::is_empty")]
    pub goals_column: Vec<String>,
    /// Column with the weight of each match for goal models, such as 0.5 for friendlies; 0: nothing is learned from it
    #[arg(long, value_name = "HEADER", help_heading = "Reading")]
    pub weight_column: Option<String>,
    /// Another spelling of a team, such as "Man Utd=Man United", in one league as "E0:Man Utd=Man United"; may be repeated
    #[arg(long, value_name = "SPELLING=TEAM", value_parser = pair("Man Utd=Man United"), help_heading = "Reading")]
    #[serde(with = "values::pairs", skip_serializing_if = "Vec::is_empty")]
    pub alias: Vec<Pair>,
    /// Order of day, month and year in dates such as 05/08/2023 [default: auto, judged by all dates of a file]
    #[arg(long, value_enum, help_heading = "Reading")]
    pub date_order: Option<DateOrder>,
    /// Zone of times that have none, such as Europe/London [default: UK time in football-data's files, UTC in others]
    #[arg(long, value_name = "ZONE", help_heading = "Reading")]
    pub time_zone: Option<Zone>,
    /// How prices are written [default: auto, which is decimal unless every price of a file is American or fractional]
    #[arg(long, value_enum, value_name = "FORMAT", help_heading = "Reading")]
    pub odds_format: Option<OddsFormat>,
    /// The league of files without a league column [default: the file's name without a season]
    #[arg(long, value_name = "NAME", help_heading = "Reading")]
    pub league: Option<String>,
    /// What a word in the status column means, such as beendet=played; may be repeated
    #[arg(long, value_name = "WORD=STATUS", value_parser = pair("beendet=played"), help_heading = "Reading")]
    #[serde(with = "values::pairs", skip_serializing_if = "Vec::is_empty")]
    pub status_word: Vec<Pair>,
    /// Most rows that are read, of all files together; more are an error [default: 10000000]
    #[arg(long, value_parser = forms::count::<u64>, value_name = "N", help_heading = "Reading")]
    pub max_rows: Option<u64>,
}

impl Settings {
    /// The settings of a TOML text.
    ///
    /// # Errors
    /// When it is no TOML, a key is unknown (the error suggests one that is), or a value does not fit.
    pub fn from_toml(text: &str) -> Result<Self, ConfigError> {
        let table: toml::Table = text.parse().map_err(ConfigError::toml)?;
        if let Some(key) = table.keys().find(|key| !Self::names().contains(key)) {
            return Err(ConfigError::unknown_key(key, &Self::names()));
        }
        toml::from_str(text).map_err(ConfigError::toml)
    }

    /// These settings, completed by those of `under`.
    ///
    /// # Errors
    /// When the aliases of these contradict each other.
    pub fn over(&self, under: &Self) -> Result<Self, ConfigError> {
        // a table keeps one name of each spelling
        aliases::check(&self.alias)?;
        let mut table = toml::Table::try_from(under).map_err(ConfigError::layer)?;
        table.extend(toml::Table::try_from(self).map_err(ConfigError::layer)?);
        table.try_into().map_err(ConfigError::toml)
    }

    /// Whether a setting has this name.
    pub fn is_setting(name: &str) -> bool {
        Self::names().iter().any(|setting| setting == name)
    }

    /// The name of every setting.
    fn names() -> Vec<String> {
        let command = Period::augment_args(<Self as Args>::augment_args(clap::Command::new("")));
        command
            .get_arguments()
            .map(|argument| argument.get_id().to_string())
            .collect()
    }
}

/// The days of a replay, as flags; an invented league has none.
#[derive(Debug, Clone, Default, PartialEq, Args)]
#[group(skip)]
pub struct Period {
    /// First day to bet on; earlier matches only teach the model
    #[arg(long, value_name = "YYYY-MM-DD", help_heading = "Bets")]
    pub from: Option<Day>,
    /// Last day to bet on
    #[arg(long, value_name = "YYYY-MM-DD", help_heading = "Bets")]
    pub to: Option<Day>,
}

/// A resolved run: every setting with its default filled in, checked as far as possible without the data.
///
/// ```
/// use simbet::{RunConfig, Settings, StrategyKind};
/// let settings = Settings::from_toml("strategy = 'kelly'\nbankroll = 500").unwrap();
/// let config = RunConfig::resolve(&settings).unwrap();
/// assert_eq!(config.engine.bankroll.units(), 500.0);
/// assert_eq!(config.engine.strategy.kind, StrategyKind::Kelly);
/// assert_eq!(config.describe(), "dixon-coles, kelly on 1x2 at avg prices before the match day");
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunConfig {
    /// How files are read.
    pub read: ReadConfig,
    /// Which prices are taken, and on which days.
    pub replay: ReplayConfig,
    /// Models, staking and bankroll.
    #[serde(flatten)]
    pub engine: EngineConfig,
}

impl RunConfig {
    /// Fills in the defaults.
    ///
    /// # Errors
    /// When a value is out of its range; the error names the setting and what is allowed.
    pub fn resolve(settings: &Settings) -> Result<Self, ConfigError> {
        let strategy = Strategy::new(&staking::strategy(settings)?).map_err(ConfigError::range)?;
        let model = model::model(settings, &strategy);
        let strategy = strategy.config().clone();
        checks::commission(
            &strategy.commission,
            strategy.books.books(),
            &strategy.markets,
        )?;
        let engine = EngineConfig {
            bankroll: staking::amount("--bankroll", settings.bankroll.unwrap_or(10_000.0))?,
            pools: pools(settings),
            margin_method: settings.margin_method.unwrap_or_default(),
            market_book: settings.market_book,
            pool_with: pool_with(settings, model.as_ref()),
            model,
            strategy,
        };
        checks::credit(&engine)?;
        checks::engine(&engine)?;
        let replay = ReplayConfig {
            lessons: engine.wants_lessons(),
            ..replay(settings)?
        };
        Ok(Self {
            read: read(settings, &engine)?,
            replay,
            engine,
        })
    }

    /// A digest of everything on which trading on one of `partitions` depends: these settings, the book of prices
    /// without one, and the history that the models learned.
    pub fn trading_digest(&self, book: Book, history: Option<&Matches>, partitions: u32) -> String {
        let files = history
            .iter()
            .flat_map(|matches| &matches.inputs)
            .map(|input| &input.sha256);
        let files: Vec<_> = files.collect();
        let made_of = serde_json::json!([self.engine, book, files, partitions, self.read.aliases]);
        hex::encode(Sha256::digest(made_of.to_string()))
    }

    /// The book of a stream's prices that name none: the first book that is bet at.
    pub fn first_book(&self) -> Book {
        self.engine
            .strategy
            .books
            .books()
            .first()
            .copied()
            .unwrap_or(Book::AVG)
    }

    /// Model, staking rule and prices in a few words.
    pub fn describe(&self) -> String {
        let price = match self.replay.price {
            PriceTime::Pre => "before the match day",
            PriceTime::Close => "at kick-off",
        };
        format!("{} {price}", self.describe_stream())
    }

    /// The same for a stream, where prices have no set time.
    pub fn describe_stream(&self) -> String {
        let model = self.engine.model.as_ref().map_or_else(
            || "no model".to_owned(),
            |model| {
                let argument = model.argument.clone();
                let spec = ModelSpec {
                    kind: model.kind,
                    argument,
                };
                format!("{spec}{}", model::family(model))
            },
        );
        let pooled = if self.engine.pool_with.is_none() {
            ""
        } else {
            " pooled with the price"
        };
        let strategy = &self.engine.strategy;
        let markets: Vec<_> = strategy
            .markets
            .iter()
            .map(|market| market.code())
            .collect();
        format!(
            "{model}{pooled}, {} on {} at {} prices",
            strategy.kind.code(),
            markets.join(", "),
            strategy.books
        )
    }
}

/// What forecasts are pooled with, where there are any.
fn pool_with(settings: &Settings, model: Option<&ModelConfig>) -> PoolWith {
    let asked = settings.pool_with.filter(|_| model.is_some());
    asked.unwrap_or_default()
}

fn replay(settings: &Settings) -> Result<ReplayConfig, ConfigError> {
    let (from, to) = (settings.from.map(|day| day.0), settings.to.map(|day| day.0));
    if let (Some(first), Some(last)) = (settings.from, settings.to)
        && first.0 > last.0
    {
        return Err(ConfigError::value(
            "--to",
            &format!("{} or later, as --from", String::from(first)),
            String::from(last),
        ));
    }
    Ok(ReplayConfig {
        price: settings.price.unwrap_or_default(),
        from,
        to,
        ..ReplayConfig::default()
    })
}

fn read(settings: &Settings, engine: &EngineConfig) -> Result<ReadConfig, ConfigError> {
    let mut books = engine.strategy.books.books().to_vec();
    books.extend(settings.market_book.filter(|book| !books.contains(book)));
    // what a bet at the highest of all prices would be worth at their mean tells skill from the choice among books
    if books.iter().any(|book| book.is_choice()) && !books.contains(&Book::AVG) {
        books.push(Book::AVG);
    }
    checks::status_words(&settings.status_word)?;
    aliases::check(&settings.alias)?;
    if settings.max_rows == Some(0) {
        return Err(ConfigError::value("--max-rows", "1 or more", 0));
    }
    let defaults = ReadConfig::default();
    let config = ReadConfig {
        on_bad_row: settings.on_bad_row.unwrap_or_default(),
        map: taught_columns::map(settings)?,
        books: Some(books),
        markets: markets(engine),
        aliases: by_left(&settings.alias),
        date_order: settings.date_order.unwrap_or_default(),
        time_zone: settings.time_zone.clone(),
        odds_format: settings.odds_format.unwrap_or_default(),
        league: settings.league.as_deref().map(league).transpose()?,
        status_words: by_left(&settings.status_word),
        max_rows: settings.max_rows.unwrap_or(defaults.max_rows),
        ..defaults
    };
    config.check().map_err(ConfigError::range)?;
    Ok(config)
}

/// The markets whose prices are read: those that are bet on, and totals where the model or the pool knows what to do with them.
fn markets(engine: &EngineConfig) -> Vec<MarketKind> {
    let mut markets = engine.strategy.markets.clone();
    let by_model = engine.model.as_ref().is_some_and(ModelConfig::wants_totals);
    let wants_totals = by_model || engine.wants_lessons();
    if wants_totals && !markets.contains(&MarketKind::OverUnder) {
        markets.push(MarketKind::OverUnder);
        markets.sort_unstable();
    }
    markets
}

/// The right side of each pair by its left side.
fn by_left(pairs: &[Pair]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|Pair(left, right)| (left.clone(), right.clone()))
        .collect()
}

/// The leagues that share a model; `none` stands for the default, so that a grid can compare it with others.
fn pools(settings: &Settings) -> Vec<Vec<String>> {
    match &settings.pool[..] {
        [pool] if pool == "none" => Vec::new(),
        pools => pools.iter().map(|pool| leagues(pool)).collect(),
    }
}

fn leagues(pool: &str) -> Vec<String> {
    pool.split('+')
        .map(|league| normal_name(league).into_owned())
        .collect()
}

/// The name of a league, in its one form.
fn league(text: &str) -> Result<String, ConfigError> {
    let league = name_of(text).map(Cow::into_owned);
    league.ok_or_else(|| ConfigError::value("--league", NAME, format!("\"{}\"", excerpt(text))))
}
