//! The figures that only a simulation has: its bets measured by the true probabilities.

use std::sync::Arc;

use super::{Sink, SinkError};
use crate::domain::{Bet, Entry, Money, Names, OutcomeDistribution};
use crate::source::synthetic::{TrueModel, World};

/// Collects the path of the balance over the matches, and the expected profit of the bets at the true probabilities.
#[derive(Debug)]
pub struct SimulationSink {
    truth: TrueModel,
    points: Vec<u64>,
    path: Vec<Money>,
    matches: u64,
    balance: Money,
    /// Σ stake · expected value, in minor units.
    expected: f64,
}

impl SimulationSink {
    /// Watches a run from its start, with this much at first; the balance is noted after so many matches as are in
    /// `points`.
    pub fn new(world: &Arc<World>, run: u64, bankroll: Money, points: Vec<u64>) -> Self {
        Self {
            truth: TrueModel::new(world, run, 0.0),
            points,
            path: Vec::new(),
            matches: 0,
            balance: bankroll,
            expected: 0.0,
        }
    }

    /// Notes the balance if the fan has a point here: everything before this match has been settled.
    fn pass(&mut self) {
        if self.points.get(self.path.len()) == Some(&self.matches) {
            self.path.push(self.balance);
        }
    }

    fn add_expected_profit(&mut self, bet: &Bet) {
        if let Some(Ok(grid)) = self.truth.grid_at(&bet.fixture, bet.state) {
            let worth = OutcomeDistribution::of(bet.edge.quote.selection, &grid)
                .expected_value(bet.edge.net_odds);
            self.expected += bet.stake.minor() as f64 * worth;
        }
    }

    /// The path of the balance, and the expected profit of all bets.
    pub fn finish(mut self) -> (Vec<Money>, Money) {
        self.pass();
        (self.path, Money::from_minor(self.expected.round() as i64))
    }
}

impl Sink for SimulationSink {
    fn name(&self) -> &'static str {
        "simulation"
    }

    fn write(&mut self, entry: &Entry, _: &Names) -> Result<(), SinkError> {
        match entry {
            Entry::Played(_) => {
                self.pass();
                self.matches += 1;
            }
            Entry::Settled(settlement)
            | Entry::Corrected {
                after: settlement, ..
            } => {
                self.balance = settlement.balance;
            }
            Entry::Placed(bet) => self.add_expected_profit(bet),
            Entry::Predicted(_)
            | Entry::Refused { .. }
            | Entry::Revised { .. }
            | Entry::Scored { .. }
            | Entry::Closed { .. } => {}
        }
        Ok(())
    }
}
