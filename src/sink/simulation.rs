//! The figures that only a simulation has: its bets measured by the true probabilities.

use std::sync::Arc;

use super::{Sink, SinkError};
use crate::domain::commission::{MarketBet, added_profits, chances};
use crate::domain::{Bet, Entry, Fixture, Money, Names, OutcomeDistribution, ScoreGrid};
use crate::source::synthetic::{TrueModel, World};

/// Collects the path of the balance over the matches, and the expected profit of the bets at the true probabilities.
#[derive(Debug)]
pub struct SimulationSink {
    truth: TrueModel,
    points: Vec<u64>,
    path: Vec<Money>,
    matches: u64,
    balance: Money,
    /// In minor units.
    expected: f64,
    /// The open bets on which commission is to be paid.
    charged: Vec<(Arc<Fixture>, MarketBet)>,
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
            charged: Vec::new(),
        }
    }

    /// Notes the balance if the fan has a point here: everything before this match has been settled.
    fn pass(&mut self) {
        if self.points.get(self.path.len()) == Some(&self.matches) {
            self.path.push(self.balance);
        }
    }

    /// Adds what a bet is expected to add to the profit of those before it, at the true probabilities when it is placed.
    fn add_expected_profit(&mut self, bet: &Bet) {
        if let Some(Ok(grid)) = self.truth.grid_at(&bet.fixture, bet.state) {
            self.expected += if bet.edge.commission == 0.0 {
                let outcomes = OutcomeDistribution::of(bet.edge.quote.selection, &grid);
                bet.stake.minor() as f64 * outcomes.expected_value(bet.edge.quote.odds)
            } else {
                Money::MINOR as f64 * self.added_profit(bet, &grid)
            };
        }
    }

    /// The same for a bet with commission, which is on the net winnings of all bets on a market.
    fn added_profit(&mut self, bet: &Bet, grid: &ScoreGrid) -> f64 {
        let market = bet.edge.quote.selection.market();
        let on_market = self.charged.iter().filter(|(fixture, charged)| {
            fixture.id == bet.fixture.id && charged.selection.market() == market
        });
        let earlier: Vec<MarketBet> = on_market.map(|(_, charged)| *charged).collect();
        let charged = MarketBet::of(bet);
        self.charged.push((Arc::clone(&bet.fixture), charged));
        chances(market, grid)
            .into_iter()
            .zip(added_profits(earlier, [charged]))
            .map(|(chance, profit)| chance * profit)
            .sum()
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
                let id = &settlement.bet.fixture.id;
                self.charged.retain(|(fixture, _)| fixture.id != *id);
            }
            Entry::Placed(bet) => self.add_expected_profit(bet),
            Entry::Predicted(_)
            | Entry::Refused { .. }
            | Entry::Withheld { .. }
            | Entry::Revised { .. }
            | Entry::Scored { .. }
            | Entry::Closed { .. } => {}
        }
        Ok(())
    }
}
