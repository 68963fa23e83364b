//! The settings of a simulation besides models and staking.

use clap::Args;
use serde::Serialize;

use super::{ConfigError, RunConfig, Settings, StrategySpec, forms};
use crate::domain::Book;
use crate::engine::EngineConfig;
use crate::predict::{GoalProfile, Learn, ModelKind};
use crate::source::synthetic::{BookmakerConfig, LeagueConfig, SyntheticConfig, Teams};
use crate::strategy;

/// What a user said of the league, the bookmaker and the runs; what was not said is `None` or empty.
///
/// ```
/// use simbet::{Settings, SimulationConfig, SimulationSettings};
/// let simulation = SimulationSettings { teams: Some(10), matches: Some(90), seed: 7, ruin: 0.5, ..SimulationSettings::default() };
/// let config = SimulationConfig::resolve(&Settings::default(), &simulation, None).unwrap();
/// assert_eq!((config.synthetic.league.size(), config.synthetic.seed), (10, 7));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Args)]
#[group(skip)]
pub struct SimulationSettings {
    /// Matches in a run: as many double round robins as that needs [default: 380]
    #[arg(
        long,
        value_parser = forms::count::<u64>,
        value_name = "N",
        help_heading = "League",
        allow_negative_numbers = true
    )]
    pub matches: Option<u64>,
    /// Seed of everything random
    #[arg(
        long,
        value_parser = forms::count::<u64>,
        value_name = "N",
        default_value_t = 1,
        help_heading = "League",
        allow_negative_numbers = true
    )]
    pub seed: u64,
    /// Teams, an even number [default: 20]
    #[arg(
        long,
        value_parser = forms::count::<usize>,
        value_name = "N",
        help_heading = "League",
        conflicts_with = "like",
        allow_negative_numbers = true
    )]
    pub teams: Option<usize>,
    /// Standard deviation of attack and defence over the teams, in log goals [default: 0.25]
    #[arg(
        long,
        value_name = "SD",
        help_heading = "League",
        conflicts_with = "like",
        allow_negative_numbers = true
    )]
    pub spread: Option<f64>,
    /// Expected goals of an average home side against an average away side [default: 1.5]
    #[arg(
        long,
        value_name = "GOALS",
        help_heading = "League",
        conflicts_with = "like",
        allow_negative_numbers = true
    )]
    pub home_goals: Option<f64>,
    /// Expected goals of an average away side against an average home side [default: 1.2]
    #[arg(
        long,
        value_name = "GOALS",
        help_heading = "League",
        conflicts_with = "like",
        allow_negative_numbers = true
    )]
    pub away_goals: Option<f64>,
    /// Dixon and Coles's ρ of the true scores; 0: Poisson goals, independent [default: -0.05, or what --from gives]
    #[arg(
        long = "rho",
        id = "league_rho",
        value_name = "RHO",
        help_heading = "League",
        allow_negative_numbers = true
    )]
    pub rho: Option<f64>,
    /// Standard deviation of how far attack and defence move from round to round, in log goals [default: 0]
    #[arg(
        long,
        value_name = "SD",
        help_heading = "League",
        allow_negative_numbers = true
    )]
    pub drift: Option<f64>,
    /// Files of real matches whose teams play, with the strengths that are fitted to them
    #[arg(long = "from", id = "like", value_name = "FILE", num_args = 1.., help_heading = "League")]
    pub from: Vec<String>,

    /// By how much the inverse odds of a market sum to more than 1; spread over its outcomes by --margin-method [default: 0.05]
    #[arg(
        long, value_parser = forms::share,
        value_name = "MARGIN",
        help_heading = "Bookmaker",
        allow_negative_numbers = true
    )]
    pub margin: Option<f64>,
    /// Standard deviation of the error in the bookmaker's opening prices, on the logit scale [default: 0.12]
    #[arg(
        long,
        value_name = "SD",
        help_heading = "Bookmaker",
        allow_negative_numbers = true
    )]
    pub bookmaker_noise: Option<f64>,
    /// The same for closing prices, at most as large [default: half of --bookmaker-noise]
    #[arg(
        long,
        value_name = "SD",
        help_heading = "Bookmaker",
        allow_negative_numbers = true
    )]
    pub closing_noise: Option<f64>,
    /// Favourite–longshot bias b: prices are made from p^(1 − b) [default: 0]
    #[arg(
        long,
        value_name = "B",
        help_heading = "Bookmaker",
        allow_negative_numbers = true
    )]
    pub longshot_bias: Option<f64>,
    /// Decimals of the odds [default: 2]
    #[arg(
        long,
        value_name = "N",
        help_heading = "Bookmaker",
        allow_negative_numbers = true
    )]
    pub odds_decimals: Option<u8>,
    /// Offer 1X2, and the other --markets, in play as well
    #[arg(long, help_heading = "Bookmaker")]
    pub in_play: bool,
    /// Minutes from one offer in play to the next
    #[arg(
        long,
        value_name = "MINUTES",
        default_value_t = 10,
        value_parser = clap::value_parser!(u8).range(1..=90),
        requires = "in_play",
        help_heading = "Bookmaker",
        allow_negative_numbers = true
    )]
    pub every: u8,

    /// Standard deviation of the noise in the log goal rates of --model truth [default: 0]
    #[arg(
        long,
        value_name = "SD",
        help_heading = "Model",
        allow_negative_numbers = true
    )]
    pub model_noise: Option<f64>,

    /// Runs, each with random numbers of its own
    #[arg(
        long,
        value_parser = forms::count::<u64>,
        value_name = "N",
        help_heading = "Runs",
        allow_negative_numbers = true
    )]
    pub runs: Option<u64>,
    /// Play this run alone: the same matches as those of run N of many [default: 1]
    #[arg(
        long,
        value_parser = forms::count::<u64>,
        value_name = "N",
        conflicts_with = "runs",
        help_heading = "Runs",
        allow_negative_numbers = true
    )]
    pub run: Option<u64>,
    /// Strategies to compare on the same matches: ev, kelly, flat, proportional, each optionally with its stake or
    /// Kelly fraction, such as ev,kelly,kelly:0.5,flat:50
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "LIST",
        conflicts_with = "strategy",
        help_heading = "Runs"
    )]
    pub strategies: Vec<StrategySpec>,
    /// Whether the least edge is the environment's, which is meant for strategies that look for one.
    #[arg(skip)]
    pub edge_of_environment: bool,
    /// Share of the initial bankroll at or below which a run counts as ruined
    #[arg(
        long, value_parser = forms::share,
        value_name = "SHARE",
        default_value_t = 0.5,
        help_heading = "Runs",
        allow_negative_numbers = true
    )]
    pub ruin: f64,
    /// Target for the standard error of the mean growth; prints how many runs it takes
    #[arg(
        long, value_parser = forms::share,
        value_name = "SE",
        help_heading = "Runs",
        allow_negative_numbers = true
    )]
    pub precision: Option<f64>,
}

/// A strategy of a simulation and its name.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ResolvedStrategy {
    /// Its name in tables.
    pub name: String,
    /// Models, staking and bankroll.
    #[serde(flatten)]
    pub engine: EngineConfig,
}

/// A resolved simulation: every setting with its default filled in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SimulationConfig {
    /// League, bookmaker and seed.
    pub synthetic: SyntheticConfig,
    /// Standard deviation of the noise in the log rates of the true model.
    pub model_noise: f64,
    /// The strategies, at least one; they are offered the same matches at the same prices.
    #[serde(rename = "contenders")]
    pub strategies: Vec<ResolvedStrategy>,
    /// The number of the first run, from 1.
    pub first_run: u64,
    /// Runs.
    pub runs: u64,
    /// Share of the initial bankroll at or below which a run is ruined.
    pub ruin: f64,
    /// Standard error wanted for the mean growth.
    pub precision: Option<f64>,
}

impl SimulationConfig {
    /// Fills in the defaults. `league` is the league that was fitted to real matches, if one was.
    ///
    /// # Errors
    /// When a value is out of its range; the error names the setting and what is allowed.
    ///
    /// ```
    /// use simbet::{Settings, SimulationConfig, SimulationSettings};
    /// let simulation = SimulationSettings { runs: Some(100), seed: 1, ruin: 0.5, ..SimulationSettings::default() };
    /// let config = SimulationConfig::resolve(&Settings::default(), &simulation, None).unwrap();
    /// assert_eq!((config.runs, config.synthetic.matches), (100, 380));
    /// ```
    pub fn resolve(
        settings: &Settings,
        simulation: &SimulationSettings,
        league: Option<LeagueConfig>,
    ) -> Result<Self, ConfigError> {
        // goals have their minutes, stoppage time included, for the league and for the model alike
        let settings = &Settings {
            profile: settings.profile.or(Some(GoalProfile::Empirical)),
            // nobody shoots in an invented match
            learn: settings.learn.or(Some(Learn::GOALS)),
            ..settings.clone()
        };
        let strategies = strategies(settings, simulation)?;
        ensure_no_files(&strategies)?;
        let synthetic = synthetic(settings, simulation, league, &strategies[0].engine)?;
        let model_noise = simulation.model_noise.unwrap_or(0.0);
        let is_truth = strategies[0]
            .engine
            .model
            .as_ref()
            .is_some_and(|model| model.kind.knows_truth());
        check(
            is_truth || simulation.model_noise.is_none(),
            "--model-noise",
            "left out unless --model is truth",
            model_noise,
        )?;
        check(
            (0.0..=3.0).contains(&model_noise),
            "--model-noise",
            "between 0 and 3 (log goals)",
            model_noise,
        )?;
        check(
            (0.0..1.0).contains(&simulation.ruin),
            "--ruin",
            "a share of the bankroll, at least 0 and below 1",
            strategy::shown_share(simulation.ruin),
        )?;
        check(simulation.runs != Some(0), "--runs", "at least 1", 0)?;
        check(simulation.run != Some(0), "--run", "at least 1", 0)?;
        let most = u64::from(u32::MAX);
        let last = simulation.runs.or(simulation.run).unwrap_or(1);
        check(
            last <= most,
            "the number of runs",
            &format!("at most {most}"),
            last,
        )?;
        let precise = simulation
            .precision
            .is_none_or(|precision| precision > 0.0 && precision.is_finite());
        check(
            precise,
            "--precision",
            "a standard error above 0, such as 0.001",
            simulation.precision.unwrap_or(0.0),
        )?;
        Ok(Self {
            synthetic,
            model_noise,
            strategies,
            first_run: simulation.run.unwrap_or(1),
            runs: simulation.runs.unwrap_or(1),
            ruin: simulation.ruin,
            precision: simulation.precision,
        })
    }
}

fn strategies(
    settings: &Settings,
    simulation: &SimulationSettings,
) -> Result<Vec<ResolvedStrategy>, ConfigError> {
    let list = &simulation.strategies;
    if list.is_empty() {
        let kind = settings.strategy.unwrap_or_default();
        return Ok(vec![resolved(super::value_name(kind), settings)?]);
    }
    let mut open = list.iter().filter_map(StrategySpec::open_stake);
    let first = open.next();
    if settings.stake.is_some() && (first.is_none() || open.any(|unit| Some(unit) != first)) {
        return Err(ConfigError::value(
            "with --strategies, the stake",
            "given in the list, such as flat:50 or kelly:0.5",
            "given beside it",
        ));
    }
    let mut own_fractions = list.iter().filter_map(StrategySpec::own_kelly_fraction);
    let has_own = own_fractions.next();
    if settings.kelly_fraction.is_some() && has_own == Some(true) && own_fractions.all(|own| own) {
        return Err(ConfigError::value(
            "with --strategies, the Kelly fraction",
            "given in the list or beside it",
            "given in both",
        ));
    }
    let names: Vec<String> = list.iter().map(StrategySpec::name).collect();
    if let Some(twice) = names
        .iter()
        .enumerate()
        .find(|(place, name)| names[..*place].contains(name))
    {
        return Err(ConfigError::value(
            "--strategies",
            "a list of different strategies",
            format!("{} twice", twice.1),
        ));
    }
    let has_level_stakes = list.iter().any(StrategySpec::has_level_stake);
    list.iter()
        .zip(names)
        .map(|(one, name)| {
            let of_environment = simulation.edge_of_environment;
            resolved(
                name,
                &one.settings(settings, of_environment, has_level_stakes),
            )
        })
        .collect()
}

fn synthetic(
    settings: &Settings,
    simulation: &SimulationSettings,
    league: Option<LeagueConfig>,
    engine: &EngineConfig,
) -> Result<SyntheticConfig, ConfigError> {
    let defaults = SyntheticConfig::default();
    let synthetic = SyntheticConfig {
        league: self::league(settings, simulation, league),
        bookmaker: bookmaker(settings, simulation, engine),
        matches: simulation.matches.unwrap_or(defaults.matches),
        seed: simulation.seed,
        price: settings.price.unwrap_or_default(),
        every: simulation.in_play.then_some(simulation.every),
        markets: engine.strategy.markets.clone(),
    };
    synthetic.validate().map_err(ConfigError::range)?;
    Ok(synthetic)
}

fn league(
    settings: &Settings,
    simulation: &SimulationSettings,
    fitted: Option<LeagueConfig>,
) -> LeagueConfig {
    let defaults = fitted.unwrap_or_default();
    let teams = match defaults.teams {
        Teams::Drawn { count, spread } => Teams::Drawn {
            count: simulation.teams.unwrap_or(count),
            spread: simulation.spread.unwrap_or(spread),
        },
        given => given,
    };
    LeagueConfig {
        teams,
        goals: [
            simulation.home_goals.unwrap_or(defaults.goals[0]),
            simulation.away_goals.unwrap_or(defaults.goals[1]),
        ],
        rho: simulation.rho.unwrap_or(defaults.rho),
        drift: simulation.drift.unwrap_or(defaults.drift),
        profile: settings.profile.unwrap_or(defaults.profile),
        name: defaults.name,
    }
}

fn bookmaker(
    settings: &Settings,
    simulation: &SimulationSettings,
    engine: &EngineConfig,
) -> BookmakerConfig {
    let defaults = BookmakerConfig::default();
    let noise = simulation.bookmaker_noise.unwrap_or(defaults.noise);
    BookmakerConfig {
        book: engine
            .strategy
            .books
            .books()
            .first()
            .copied()
            .unwrap_or(Book::AVG),
        margin: simulation.margin.unwrap_or(defaults.margin),
        margin_method: settings.margin_method.unwrap_or(defaults.margin_method),
        noise,
        closing_noise: simulation.closing_noise.unwrap_or(noise / 2.0),
        longshot_bias: simulation.longshot_bias.unwrap_or(defaults.longshot_bias),
        decimals: simulation.odds_decimals.unwrap_or(defaults.decimals),
    }
}

fn check(
    holds: bool,
    setting: &str,
    expected: &str,
    found: impl std::fmt::Display,
) -> Result<(), ConfigError> {
    if holds {
        Ok(())
    } else {
        Err(ConfigError::value(setting, expected, found))
    }
}

/// A strategy as it is played: these settings, resolved.
fn resolved(name: String, settings: &Settings) -> Result<ResolvedStrategy, ConfigError> {
    let config = RunConfig::resolve(settings)?;
    Ok(ResolvedStrategy {
        name,
        engine: config.engine,
    })
}

/// Checks that no model is made of files.
fn ensure_no_files(strategies: &[ResolvedStrategy]) -> Result<(), ConfigError> {
    let mut models = strategies
        .iter()
        .filter_map(|strategy| strategy.engine.model.as_ref());
    if models.any(|model| model.kind == ModelKind::File) {
        return Err(ConfigError::range(
            "--model file is for matches of files: no file can have probabilities of matches that are yet to be invented",
        ));
    }
    Ok(())
}
