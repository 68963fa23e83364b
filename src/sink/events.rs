//! Entries as events on a stream: predictions, bets, settlements, and totals.

use std::io::Write;

use serde::{Deserialize, Serialize};

use super::{Sink, SinkError};
use crate::checkpoint::{self, CheckpointError};
use crate::domain::{Bankroll, Entry, Money, Names, Settlement, Time};
use crate::rounding::rounded;
use crate::schema::event::{OutgoingEvent, TradingMetrics, UtcTimestamp, write_line};

/// A destination of events.
pub trait EventWriter {
    /// Takes an event. It may be buffered.
    ///
    /// # Errors
    /// When nothing can be written any more.
    fn write(&mut self, event: &OutgoingEvent<'_>) -> Result<(), SinkError>;

    /// Writes the buffered events.
    ///
    /// # Errors
    /// When nothing can be written any more.
    fn flush(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}

/// Events as lines of JSON.
pub struct Lines<'a> {
    out: &'a mut dyn Write,
    lines: Vec<u8>,
}

/// Bytes that are buffered before they are written; the end of a batch writes them earlier.
const BLOCK: usize = 64 * 1024;

impl<'a> Lines<'a> {
    /// Writes to `out`.
    pub fn new(out: &'a mut dyn Write) -> Self {
        Self {
            out,
            lines: Vec::new(),
        }
    }

    fn pass_on(&mut self) -> Result<(), SinkError> {
        self.out.write_all(&self.lines).map_err(SinkError::Stream)?;
        self.lines.clear();
        Ok(())
    }
}

impl EventWriter for Lines<'_> {
    fn write(&mut self, event: &OutgoingEvent<'_>) -> Result<(), SinkError> {
        write_line(&mut self.lines, event.event_type(), event, event.time())
            .map_err(SinkError::Stream)?;
        if self.lines.len() >= BLOCK {
            self.pass_on()
        } else {
            Ok(())
        }
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        self.pass_on()?;
        self.out.flush().map_err(SinkError::Stream)
    }
}

/// Writes each prediction, bet and settlement, and the totals after each round in which money moved.
/// Refused bets are not written.
pub struct Events<'a> {
    writer: &'a mut dyn EventWriter,
    model: Option<String>,
    totals: Totals,
}

impl<'a> Events<'a> {
    /// Writes to this writer; `model` is the name of the model.
    pub fn new(writer: &'a mut dyn EventWriter, model: Option<String>) -> Self {
        Self {
            writer,
            model,
            totals: Totals::default(),
        }
    }
}

impl Sink for Events<'_> {
    fn name(&self) -> &'static str {
        "events"
    }

    fn write(&mut self, entry: &Entry, _: &Names) -> Result<(), SinkError> {
        if let Some(event) = OutgoingEvent::of(entry, self.model.as_deref()) {
            self.writer.write(&event)?;
        }
        match entry {
            Entry::Placed(_) | Entry::Settled(_) | Entry::Corrected { .. } => {
                self.totals.count(entry);
            }
            Entry::Closed { time, bankroll } => {
                self.writer.write(&OutgoingEvent::Metrics(
                    self.totals.metrics(*time, bankroll),
                ))?;
            }
            Entry::Predicted(_)
            | Entry::Refused { .. }
            | Entry::Withheld { .. }
            | Entry::Played(_)
            | Entry::Revised { .. }
            | Entry::Scored { .. } => {}
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        self.writer.flush()
    }

    fn save(&self) -> Result<Vec<u8>, CheckpointError> {
        checkpoint::encode(&self.totals)
    }

    fn restore(&mut self, state: &[u8]) -> Result<(), CheckpointError> {
        self.totals = checkpoint::decode("state of totals", state)?;
        Ok(())
    }
}

/// Totals of the settled bets.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Totals {
    open: u64,
    settled: u64,
    won: u64,
    staked: Money,
    paid: Money,
    odds: f64,
}

impl Totals {
    /// Counts a bet that was placed, settled or settled anew; everything else changes nothing.
    pub fn count(&mut self, entry: &Entry) {
        match entry {
            Entry::Placed(_) => self.open += 1,
            Entry::Settled(settlement) => self.settle(settlement),
            Entry::Corrected { before, after } => self.correct(before, after),
            Entry::Predicted(_)
            | Entry::Refused { .. }
            | Entry::Withheld { .. }
            | Entry::Played(_)
            | Entry::Revised { .. }
            | Entry::Scored { .. }
            | Entry::Closed { .. } => {}
        }
    }

    fn correct(&mut self, before: &Settlement, after: &Settlement) {
        self.won += u64::from(after.outcome.is_win());
        self.won -= u64::from(before.outcome.is_win());
        self.paid += after.payout - before.payout;
    }

    fn settle(&mut self, settlement: &Settlement) {
        self.open = self.open.saturating_sub(1);
        self.settled += 1;
        self.won += u64::from(settlement.outcome.is_win());
        self.staked += settlement.bet.stake;
        self.paid += settlement.payout;
        self.odds += settlement.bet.edge.quote.odds.decimal();
    }

    /// The totals at this time, with this bankroll.
    pub fn metrics(&self, time: Time, bankroll: &Bankroll) -> TradingMetrics {
        let (staked, settled) = (self.staked.units(), self.settled as f64);
        TradingMetrics {
            total_bets: self.settled,
            winning_bets: self.won,
            total_staked: staked,
            total_payout: self.paid.units(),
            roi: percent((self.paid - self.staked).units(), staked),
            win_rate: percent(self.won as f64, settled),
            average_odds: (self.settled > 0).then(|| rounded(self.odds / settled)),
            open_bets: self.open,
            bankroll: bankroll.balance().units(),
            timestamp: UtcTimestamp(time),
        }
    }
}

/// A share in percent; `None` when the whole is 0.
fn percent(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| rounded(100.0 * part / whole))
}
