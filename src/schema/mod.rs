//! The public schema: the one place where the names of columns and JSON members stand.

mod bankroll;
mod bet;
mod cell;
pub mod event;
mod features;
pub mod files;
mod forecast;
mod forecast_score;
mod name;
mod prediction;
mod priced_selection;
mod statistics;

pub use bankroll::{BANKROLL_COLUMNS, BankrollRecord, bankroll_cells};
pub use bet::{BET_COLUMNS, BetRecord, BetRow, Column, bet_column, selection_name};
pub use cell::Cell;
pub use features::{
    FEATURE_KEYS, FEATURE_TARGETS, feature_key_cells, feature_target_cells, is_feature_number,
    is_feature_table,
};
pub use forecast::{FORECAST_COLUMNS, forecast_cells};
pub use forecast_score::{FORECAST_SCORE_COLUMNS, ForecastScoreRow};
pub use name::{MAX_NAME, NAME, VISIBLE, is_id, name_of, trimmed};
pub(crate) use prediction::opinion as opinion_of_forecast;
pub use prediction::{PREDICTION_COLUMNS, PredictionRow, is_prediction_number};
pub use priced_selection::{NoBet, PricedSelection, SELECTION_COLUMNS, selection_cells};
pub use statistics::{EXPECTED_GOALS, REFEREE, TAUGHT_GOALS, TAUGHT_WEIGHT, statistic_names};
