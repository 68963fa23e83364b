//! Keeps bets and bankroll in memory, for the tables and files that are made at the end of a run.

use std::collections::HashMap;

use super::{Sink, SinkError};
use crate::domain::{Bet, BetId, Entry, Names, Refusal, Settlement};
use crate::schema::BetRow;

/// Every bet in the order in which it was placed or refused, and every [`Entry::Closed`].
#[derive(Debug, Default)]
pub struct Memory {
    bets: Vec<RecordedBet>,
    placed: HashMap<BetId, usize>,
    closed: Vec<Entry>,
}

#[derive(Debug)]
enum RecordedBet {
    Open(Bet),
    Refused(Bet, Refusal),
    Settled(Settlement),
}

impl Memory {
    /// The bets as rows.
    pub fn bets<'a>(&'a self, names: &'a Names) -> impl ExactSizeIterator<Item = BetRow<'a>> {
        self.bets.iter().map(move |record| match record {
            RecordedBet::Open(bet) => BetRow {
                bet,
                settlement: None,
                refusal: None,
                names,
            },
            RecordedBet::Refused(bet, reason) => BetRow {
                bet,
                settlement: None,
                refusal: Some(*reason),
                names,
            },
            RecordedBet::Settled(settlement) => BetRow {
                bet: &settlement.bet,
                settlement: Some(settlement),
                refusal: None,
                names,
            },
        })
    }

    /// The rounds in which money moved.
    pub fn closed(&self) -> &[Entry] {
        &self.closed
    }

    fn settle(&mut self, settlement: &Settlement) {
        if let Some(&index) = self.placed.get(&settlement.bet.id) {
            self.bets[index] = RecordedBet::Settled(settlement.clone());
        }
    }
}

impl Sink for Memory {
    fn name(&self) -> &'static str {
        "memory"
    }

    fn write(&mut self, entry: &Entry, _names: &Names) -> Result<(), SinkError> {
        match entry {
            Entry::Placed(bet) => {
                self.placed.insert(bet.id, self.bets.len());
                self.bets.push(RecordedBet::Open(bet.clone()));
            }
            Entry::Refused { bet, reason } => {
                self.bets.push(RecordedBet::Refused(bet.clone(), *reason))
            }
            Entry::Settled(settlement)
            | Entry::Corrected {
                after: settlement, ..
            } => {
                self.settle(settlement);
            }
            Entry::Closed { .. } => self.closed.push(entry.clone()),
            Entry::Played(_)
            | Entry::Revised { .. }
            | Entry::Predicted(_)
            | Entry::Scored { .. } => {}
        }
        Ok(())
    }
}
