//! The table of the bankroll: its columns, its rows as they are written, and as they are read back.

use serde::{Deserialize, Serialize};

use super::Cell;
use crate::calendar::format_time;
use crate::domain::Entry;

/// The columns of the bankroll's table: a row for each round in which money moved.
pub const BANKROLL_COLUMNS: [&str; 4] = ["time", "balance", "reserved", "free"];

/// A row of the bankroll's table; `None` for other entries.
pub fn bankroll_cells(entry: &Entry) -> Option<[Cell<'static>; 4]> {
    let Entry::Closed { time, bankroll } = entry else {
        return None;
    };
    Some([
        Cell::Text(format_time(*time).into()),
        Cell::Number(bankroll.balance().units()),
        Cell::Number(bankroll.reserved().units()),
        Cell::Number(bankroll.free().units()),
    ])
}

/// A row of the bankroll's table, read back: the cells of [`BANKROLL_COLUMNS`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BankrollRecord {
    /// The time of the round.
    pub time: String,
    /// The balance at its end.
    pub balance: f64,
    /// The reserved part.
    pub reserved: f64,
    /// The free part.
    pub free: f64,
}

impl BankrollRecord {
    /// The record of the end of a round; `None` for other entries.
    pub fn of(entry: &Entry) -> Option<Self> {
        let [time, balance, reserved, free] = bankroll_cells(entry)?;
        let (balance, reserved, free) = (balance.number()?, reserved.number()?, free.number()?);
        Some(Self {
            time: time.to_string(),
            balance,
            reserved,
            free,
        })
    }
}
