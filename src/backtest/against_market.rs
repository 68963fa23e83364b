//! How model and market forecast the matches that a prediction rests on.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::calendar::format_date;
use crate::domain::{Fixture, LeagueId, MarketKind, Time};
use crate::engine::{Engine, EngineConfig};
use crate::error::Error;
use crate::metrics::Scores;
use crate::predict::ModelKind;
use crate::report::look_ahead;
use crate::report::profit_verdict::may_be_chance;
use crate::report::significance::NEGLIGIBLE;
use crate::report::text_table::count;
use crate::rounding::rounded;
use crate::run::run;
use crate::significance::{MIN_MATCHES, ScoreTest};
use crate::sink::Outputs;
use crate::sink::significance::SignificanceSink;
use crate::source::{MatchRecord, Matches, Offered, Replay, ReplayConfig};
use crate::strategy::StrategyConfig;

/// How many seasons are compared, the present one included. Fitting the model anew at every round of them takes most of the
/// time of a prediction.
const SEASONS: i16 = 2;

/// Scores of model and market, each match forecast from those before it, over the last two seasons of the leagues of some
/// fixtures: what a backtest of these leagues and days says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AgainstMarket {
    /// First and last day; `None` where nothing was compared.
    pub days: Option<(Time, Time)>,
    /// The leagues, with those that share a model with them.
    pub leagues: usize,
    /// Scores of the model.
    pub model: Scores,
    /// Scores of the market on the same matches, margin removed.
    pub market: Scores,
    /// The test of the difference of their log losses, model less market.
    pub test: Option<ScoreTest>,
    /// Whether the model is the market itself.
    pub is_market: bool,
}

impl AgainstMarket {
    /// Replays the last seasons of the leagues of these fixtures.
    pub fn of(
        config: &EngineConfig,
        replay: ReplayConfig,
        matches: &Matches,
        fixtures: &[&Fixture],
    ) -> Result<Self, Error> {
        let is_market = config
            .model
            .as_ref()
            .is_some_and(|model| model.kind == ModelKind::Market);
        if is_market {
            return Ok(Self {
                is_market,
                ..Self::default()
            });
        }
        let history = history(config, matches, fixtures);
        let leagues: BTreeSet<LeagueId> =
            history.iter().map(|record| record.fixture.league).collect();
        let without = Self {
            leagues: leagues.len(),
            ..Self::default()
        };
        let Some(days) = last_seasons(&history) else {
            return Ok(without);
        };
        let matches = Matches {
            names: matches.names.clone(),
            records: history,
            ..Matches::default()
        };
        let played = ReplayConfig {
            offered: Offered::Played,
            from: Some(days.0),
            to: Some(days.1),
            ..replay
        };
        let mut source = Replay::new(Arc::new(matches), played);
        let mut outputs = Outputs {
            significance: Some(SignificanceSink::default()),
            ..Outputs::default()
        };
        let mut engine = Engine::new(&without_bets(config))?;
        let summary = run(&mut source, &mut engine, &mut outputs.sinks(), &mut |_| {})?;
        Ok(Self {
            days: Some(days),
            model: summary.model,
            market: summary.market,
            test: outputs.significance.and_then(|sink| sink.assess().log_loss),
            ..without
        })
    }

    /// Log loss of the model less that of the market: positive where the market forecast better.
    pub fn difference(&self) -> Option<f64> {
        Some(self.model.log_loss? - self.market.log_loss?)
    }

    /// The figures as JSON; `null` where nothing was compared.
    pub fn to_json(&self) -> Value {
        let Some((from, to)) = self.days else {
            return Value::Null;
        };
        json!({
            "from": format_date(from),
            "to": format_date(to),
            "matches": self.market.n,
            "model_log_loss": self.model.log_loss.map(rounded),
            "market_log_loss": self.market.log_loss.map(rounded),
            "p": self.test.as_ref().map(|test| rounded(test.p)),
        })
    }

    /// What follows for the expected values, in a sentence.
    pub fn sentence(&self) -> String {
        if self.is_market {
            return "The model is the market's own forecast, so no log loss of it says how good the expected values are."
                .to_owned();
        }
        let (Some((from, _)), Some(difference)) = (self.days, self.difference()) else {
            return "Whether the model forecasts better than these prices cannot be said: no earlier match of these leagues has both a \
                    forecast and all three 1X2 prices of the books asked for (--book, --market-book) at the time of --price."
                .to_owned();
        };
        let n = count(self.market.n);
        let leagues = if self.leagues == 1 {
            "this league"
        } else {
            "these leagues"
        };
        let over = format!(
            "On who wins (1X2), over the last {n} matches of {leagues} (since {}),",
            format_date(from)
        );
        self.verdict(&over, difference)
    }

    fn verdict(&self, over: &str, difference: f64) -> String {
        let margin = difference.abs();
        let chance = may_be_chance(self.test.as_ref().map(|test| test.p));
        if self.market.n < MIN_MATCHES {
            let than = if difference > 0.0 { "above" } else { "below" };
            format!(
                "{over} the model's log loss was {margin:.5} {than} the market's: too few matches to tell whose forecasts are better."
            )
        } else if margin < NEGLIGIBLE {
            format!("{over} the model forecast as the market did: the same log loss.")
        } else if difference < 0.0 {
            let lead = look_ahead::sentence("The model's", margin, self.market.n);
            let warning = lead.map_or_else(String::new, |sentence| format!(" {sentence}"));
            format!(
                "{over} the model's log loss was {margin:.5} lower than the market's.{chance}{warning}"
            )
        } else if chance.is_empty() {
            format!(
                "{over} the market's log loss was {margin:.5} lower than the model's: its prices knew better, so the positive \
                 expected values are probably too high."
            )
        } else {
            format!("{over} the market's log loss was {margin:.5} lower than the model's.{chance}")
        }
    }
}

/// The matches that are over of the leagues of these fixtures, and of those that share a model with them, up to the day of
/// the last fixture.
fn history(config: &EngineConfig, matches: &Matches, fixtures: &[&Fixture]) -> Vec<MatchRecord> {
    let pool = |league: LeagueId| config.pool_of(matches.names.league(league));
    let pools: BTreeSet<String> = fixtures
        .iter()
        .map(|fixture| pool(fixture.league))
        .collect();
    let leagues: BTreeSet<LeagueId> = matches
        .records
        .iter()
        .map(|record| record.fixture.league)
        .collect();
    let leagues: BTreeSet<LeagueId> = leagues
        .into_iter()
        .filter(|league| pools.contains(&pool(*league)))
        .collect();
    let last = fixtures.iter().map(|fixture| fixture.day).max();
    let records = matches.records.iter().filter(|record| {
        !record.is_fixture()
            && leagues.contains(&record.fixture.league)
            && last.is_some_and(|last| record.fixture.day <= last)
    });
    records.cloned().collect()
}

/// The first and the last day of the last seasons.
fn last_seasons(history: &[MatchRecord]) -> Option<(Time, Time)> {
    let season = history.iter().map(|record| record.fixture.season).max()?;
    let days = history
        .iter()
        .filter(|record| record.fixture.season > season.saturating_sub(SEASONS))
        .map(|record| record.fixture.day);
    Some((days.clone().min()?, days.max()?))
}

/// The same settings on who wins, with odds asked for that nobody offers: forecasts do not depend on bets, and these take time.
/// The comparison is of 1X2 prices, whatever is bet on.
fn without_bets(config: &EngineConfig) -> EngineConfig {
    EngineConfig {
        strategy: StrategyConfig {
            min_odds: Some(1e12),
            max_odds: None,
            markets: vec![MarketKind::MatchOdds],
            selections: None,
            ..config.strategy.clone()
        },
        ..config.clone()
    }
}
