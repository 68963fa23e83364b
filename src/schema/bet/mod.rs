//! A bet: the table of its columns, the rows that are written by it, and the records that are read back by it.

mod columns;
mod name;
mod read;
mod record;

pub use columns::{BET_COLUMNS, BetRow, Column, bet_column};
pub use name::selection_name;
pub use record::BetRecord;
