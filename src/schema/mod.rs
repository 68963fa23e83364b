//! The public schema: the one place where the names of columns and JSON members stand.

mod bankroll;
mod bet;
mod cell;
pub mod event;
pub mod files;
mod forecast;
mod priced_selection;

pub use bankroll::{BANKROLL_COLUMNS, BankrollRecord, bankroll_cells};
pub use bet::{BET_COLUMNS, BetRecord, BetRow, Column, bet_column, selection_name};
pub use cell::Cell;
pub use forecast::{FORECAST_COLUMNS, forecast_cells};
pub use priced_selection::{NoBet, PricedSelection, SELECTION_COLUMNS, selection_cells};
