//! Entries as events on a stream: predictions, bets, settlements, and what they come to.

use std::io::Write;

use serde::{Deserialize, Serialize};

use super::{Sink, SinkError};
use crate::checkpoint::{self, CheckpointError};
use crate::domain::{Bankroll, Entry, Money, Names, Outcome, Settlement, Time};
use crate::rounding::rounded;
use crate::schema::event::{OutgoingEvent, TradingMetrics, UtcTimestamp, write_line};

/// Where answers go.
pub trait EventWriter {
    /// Takes an answer; it may be kept back.
    ///
    /// # Errors
    /// When nothing can be event any more.
    fn write(&mut self, event: &OutgoingEvent<'_>) -> Result<(), SinkError>;

    /// Passes on what was kept back.
    ///
    /// # Errors
    /// When nothing can be event any more.
    fn flush(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}

/// Answers as lines of JSON.
pub struct Lines<'a> {
    out: &'a mut dyn Write,
    lines: Vec<u8>,
}

/// Bytes that are kept back until there are more of them, or the batch is over.
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

/// Says each prediction, bet and settlement, and for each round in which money moved what all settled bets come to.
/// Refused bets are not bets, and are not event.
pub struct Events<'a> {
    writer: &'a mut dyn EventWriter,
    model: Option<String>,
    totals: Totals,
}

impl<'a> Events<'a> {
    /// Speaks with this writer; `model` names who predicts.
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
            Entry::Placed(_) | Entry::Settled(_) => self.totals.count(entry),
            Entry::Closed { time, bankroll } => {
                self.writer.write(&OutgoingEvent::Metrics(
                    self.totals.metrics(*time, bankroll),
                ))?;
            }
            Entry::Predicted(_)
            | Entry::Refused { .. }
            | Entry::Played(_)
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

/// What the settled bets come to.
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
    /// Counts a bet that was placed or settled; everything else changes nothing.
    pub fn count(&mut self, entry: &Entry) {
        match entry {
            Entry::Placed(_) => self.open += 1,
            Entry::Settled(settlement) => self.settle(settlement),
            _ => {}
        }
    }

    fn settle(&mut self, settlement: &Settlement) {
        self.open = self.open.saturating_sub(1);
        self.settled += 1;
        self.won += u64::from(matches!(
            settlement.outcome,
            Outcome::Won | Outcome::HalfWon
        ));
        self.staked += settlement.bet.stake;
        self.paid += settlement.payout;
        self.odds += settlement.bet.edge.quote.odds.decimal();
    }

    /// What they come to at this time, with this bankroll.
    pub fn metrics(&self, time: Time, bankroll: &Bankroll) -> TradingMetrics {
        let percent = |part: f64, whole: f64| (whole > 0.0).then(|| rounded(100.0 * part / whole));
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
