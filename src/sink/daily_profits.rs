//! Adds up what is settled on each day.

use super::{Sink, SinkError};
use crate::domain::{Entry, Money, Names, Time};

/// The profit of each day on which bets were settled, or settled anew: days since 1970-01-01, in order.
#[derive(Debug, Default)]
pub struct DailyProfits(pub Vec<(i64, Money)>);

impl Sink for DailyProfits {
    fn name(&self) -> &'static str {
        "daily profits"
    }

    fn write(&mut self, entry: &Entry, _: &Names) -> Result<(), SinkError> {
        match entry {
            Entry::Settled(settlement) => self.add(settlement.settled_at, settlement.profit),
            Entry::Corrected { before, after } => {
                self.add(after.settled_at, after.profit - before.profit);
            }
            Entry::Predicted(_)
            | Entry::Placed(_)
            | Entry::Refused { .. }
            | Entry::Withheld { .. }
            | Entry::Played(_)
            | Entry::Revised { .. }
            | Entry::Scored { .. }
            | Entry::Closed { .. } => {}
        }
        Ok(())
    }
}

impl DailyProfits {
    fn add(&mut self, time: Time, amount: Money) {
        let day = time.day();
        match self.0.last_mut() {
            Some((last, profit)) if *last == day => *profit += amount,
            Some(_) | None => self.0.push((day, amount)),
        }
    }
}
