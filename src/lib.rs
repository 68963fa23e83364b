#![doc = include_str!("../README.md")]

// The rooms, from the lowest to the highest. They are private: what a program that uses simbet needs is named below, on this
// page and nowhere else.
mod domain;

mod backtest;
mod calendar;
mod checkpoint;
#[allow(clippy::print_stderr)] // this is where the program talks
mod cli;
mod config;
mod engine;
mod error;
mod ledger;
mod match_index;
mod metrics;
mod predict;
#[cfg(feature = "redis")]
mod redis;
mod report;
mod results;
mod rounding;
mod run;
mod schema;
mod season;
#[cfg(feature = "serve")]
mod serve;
mod significance;
mod simulate;
mod sink;
mod source;
mod strategy;
mod sweep;
mod trade;

#[doc(hidden)]
pub mod internals;

// The nouns.
pub use domain::{
    Bankroll, Bet, BetId, Book, Closing, Commission, Edge, Entry, Fixture, Forecast, LeagueId,
    Line, Market, MarketKind, Match, MatchState, Money, Names, Odds, Offer, Outcome,
    OutcomeDistribution, Quote, Refusal, Round, Score, ScoreGrid, Selection, Settlement, Side,
    TeamId, Time,
};

// Models: what a match will come to.
pub use predict::{
    Dependence, Fit, GoalModel, GoalProfile, MarginMethod, ModelConfig, ModelKind, PredictError,
    Predictor,
};

// Staking: how much, on what.
pub use strategy::{BookChoice, Decision, Slate, Staking, StrategyConfig, StrategyKind};

// The engine and the only loop.
pub use engine::{Engine, EngineConfig, EngineError};
pub use error::Error;
pub use ledger::Ledger;
pub use run::{resume, run};

// Where rounds come from.
pub use source::stream::{Stream, StreamConfig};
pub use source::synthetic::{BookmakerConfig, LeagueConfig, Synthetic, SyntheticConfig};
pub use source::{
    Matches, Next, OnBadRow, PriceTime, ReadConfig, Record, Replay, ReplayConfig, Source,
    SourceError, read, read_bytes,
};

// Where entries go.
pub use results::{Results, ResultsError};
pub use sink::memory::Memory;
pub use sink::{Sink, SinkError};

// What came out, and whether it was luck.
pub use metrics::{Scores, Summary};
pub use significance::{
    MeanTest, Reliability, ScoreTest, Significance, YieldInterval, bets_until_significant, brier,
    closing_line_value, diebold_mariano, log_loss, mean_test, probabilistic_sharpe, reliability,
    rps, sharpe_ratio, yield_interval,
};

// Settings, and what is done with runs.
pub use backtest::{BacktestResult, Fitted, Predictions, backtest, fit, predict_fixtures};
pub use config::{ConfigError, RunConfig, Settings, SimulationConfig, SimulationSettings};
pub use season::{Outlook, Projection, Rules, Season, project};
pub use simulate::{SimulationReport, simulate};
pub use sweep::{SweepConfig, SweepResult, sweep};

/// The `simbet` program: parses what was typed, runs it, and says how it ended.
///
/// Exit codes: 0 done, 1 the run failed or a check did not hold, 2 wrong usage.
pub fn main() -> std::process::ExitCode {
    cli::main(std::env::args_os())
}
