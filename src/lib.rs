//! Replays historical football matches with bookmakers' odds, or invented ones, through a model and a staking rule, settles every
//! bet to the cent, and says what would have become of the bankroll and whether it was luck.
//!
//! **[The book](../book/index.html)** says what each figure means, what files may hold, and how models, staking rules and
//! statistics are reckoned. Its pages are `docs/src/` of the repository; `.ci/book` puts them beside these.
//! [As a library](../book/library.html) is where to begin with a program of your own.
//!
//! - Rounds in: [`read()`] or [`read_bytes()`] files into [`Matches`], or invent some with [`Synthetic`]; a feed of your own is a
//!   [`Source`].
//! - Settings: [`Settings`] are what was asked for, [`RunConfig`] and [`SimulationConfig`] what is run.
//! - Runs: [`backtest()`], [`simulate()`], [`project()`] a season, [`fit()`] a model, [`predict_fixtures()`]; [`run()`] is the one loop below
//!   them.
//! - What you may bring: a model is a [`Predictor`], a staking rule a [`Staking`], an output a [`Sink`].
//! - Entries out: [`Entry`] records what was bet, refused and settled; [`Summary`] and [`Significance`] are what came of it.
//!
//! ```
//! use simbet::{RunConfig, Settings, backtest, read_bytes};
//!
//! let csv = b"date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n\
//!     2024-08-16,Man United,Fulham,1,0,1.60,4.20,5.25\n";
//! let settings = Settings::from_toml("strategy = 'flat'\nselections = ['home']").unwrap();
//! let config = RunConfig::resolve(&settings).unwrap();
//! let matches = read_bytes("mine.csv", csv, &config.read).unwrap();
//! let done = backtest(&config.engine, config.replay, matches, None, &mut |_| {}).unwrap();
//! assert_eq!(done.summary.profit.units(), 60.0);
//! ```

// The rooms, whose order from the lowest to the highest stands in CONTRIBUTING.md. They are private: what a program that
// uses simbet needs is named below, on this page and nowhere else.
mod assess;
mod backtest;
mod calendar;
mod checkpoint;
#[allow(clippy::print_stderr)] // this is where the program talks
mod cli;
mod config;
mod domain;
mod engine;
mod error;
mod ledger;
mod look_alike;
mod match_index;
mod metrics;
mod model_comparison;
mod predict;
mod printable;
mod program;
#[cfg(feature = "redis")]
mod redis;
mod report;
mod results;
mod rounding;
mod run;
mod schema;
mod season;
#[cfg(all(unix, feature = "serve"))]
mod serve;
mod significance;
mod simulate;
mod sink;
mod source;
mod strategy;
mod sweep;
mod trade;
mod tune;

#[doc(hidden)]
pub mod internals;

// The nouns of betting: matches, prices, bets, money.
pub use domain::{
    Bankroll, Bet, BetId, Book, Commission, Edge, Entry, Fixture, Forecast, LastPrices, LeagueId,
    Line, Market, MarketKind, Match, MatchState, MatchStatus, Money, Names, Odds, Offer, Opinion,
    Outcome, OutcomeDistribution, PriceSource, Quote, Rates, Refusal, Round, Score, ScoreGrid,
    Selection, Settlement, Side, Statistics, TeamId, Time, Withheld,
};

// Models: from results and prices to a distribution over scores; `Predictor` is a model of your own.
pub use predict::{
    Fit, GoalProfile, Learn, MarginMethod, ModelConfig, ModelKind, PredictError, Predictor,
};

// Staking: how much, on what; `Staking` is a rule of your own.
pub use strategy::{BookChoice, Slate, Staking, StrategyConfig, StrategyKind};

// The engine: rounds in, entries out, money moved by the ledger alone; `run` is the only loop.
pub use checkpoint::CheckpointError;
pub use engine::{Engine, EngineConfig, EngineError, PoolWith};
pub use error::Error;
pub use ledger::Ledger;
pub use run::{resume, run};

// Where rounds come from: files that are replayed, or invented leagues; `Source` is a feed of your own.
pub use source::synthetic::{BookmakerConfig, LeagueConfig, Synthetic, SyntheticConfig, Teams};
pub use source::{
    DateOrder, MatchRecord, Matches, NextRound, OddsFormat, OnBadRow, PriceTime, ReadConfig,
    Replay, ReplayConfig, Source, SourceError, read, read_bytes,
};

// Where entries go: `Sink` is an output of your own.
pub use sink::{Sink, SinkError};

// What came out, and whether it was luck.
pub use metrics::{Scores, Summary};
pub use significance::{
    MeanTest, ScoreTest, Significance, bets_until_significant, brier, closing_line_value,
    diebold_mariano, log_loss, mean_test, probabilistic_sharpe, reliability, rps, sharpe_ratio,
};

// Settings: what was asked for, and what is run, with every default filled in.
pub use config::{ConfigError, RunConfig, Settings, SimulationConfig, SimulationSettings};

// What is done with them: replays, fits, predictions, seasons still to play, many seeded runs.
pub use backtest::{
    BacktestResult, Predictions, backtest, fit, predict_fixtures, use_probabilities,
};
pub use season::{Outlook, Projection, Rules, Season, project};
pub use simulate::{SimulationReport, simulate};

/// The `simbet` program: parses what was typed, runs it, and says how it ended.
///
/// Exit codes: 0 done, 1 the run failed or a check did not hold, 2 wrong usage.
pub fn main() -> std::process::ExitCode {
    cli::main(std::env::args_os())
}

/// The Rust of the book's pages is compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../docs/src/library.md")]
pub struct LibraryPage;
