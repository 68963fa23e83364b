//! Adds up what is settled on each day.

use super::{Sink, SinkError};
use crate::domain::{Entry, Money, Names};

/// The profit of each day on which bets were settled: days since 1970-01-01, in order.
#[derive(Debug, Default)]
pub struct DailyProfits(pub Vec<(i64, Money)>);

impl Sink for DailyProfits {
    fn name(&self) -> &'static str {
        "daily profits"
    }

    fn write(&mut self, entry: &Entry, _: &Names) -> Result<(), SinkError> {
        if let Entry::Settled(settlement) = entry {
            let day = settlement.settled_at.day();
            match self.0.last_mut() {
                Some((last, profit)) if *last == day => *profit += settlement.profit,
                _ => self.0.push((day, settlement.profit)),
            }
        }
        Ok(())
    }
}
