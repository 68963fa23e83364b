//! The bets against what their odds say: as if the odds taken were fair, or the bettor's own probabilities true.

use serde::Serialize;

use super::AssessConfig;
use super::entries::commission;
use crate::domain::{Outcome, OutcomeDistribution};
use crate::significance::{
    LosingRun, OutcomeTest, ProfitDistribution, Reliability, fair_distribution, losing_run,
    losing_run_tail, profit_test, reliability, win_test,
};
use crate::source::TrackedBet;

/// A settled bet whose odds are known, with the chances at which these odds would be fair.
#[derive(Debug, Clone)]
pub(super) struct FairBet {
    /// The last of those settled at the same time.
    pub ends_period: bool,
    pub chances: [f64; 5],
    pub profits: [f64; 5],
    pub profit: f64,
    pub won: bool,
}

impl FairBet {
    fn distribution(&self) -> ProfitDistribution {
        ProfitDistribution {
            chances: self.chances,
            profits: self.profits,
        }
    }

    /// The chance of winning where the stake does not come back.
    fn win_chance(&self) -> f64 {
        let void = self.chances[Outcome::Void as usize];
        let won = self.chances[0] + self.chances[1];
        if void < 1.0 {
            (won / (1.0 - void)).clamp(0.0, 1.0)
        } else {
            0.0
        }
    }
}

/// The bets that can be tested at their odds: settled in the ordinary way, and neither void nor without odds.
pub(super) fn settled(bets: &[&TrackedBet], rate: f64) -> Vec<FairBet> {
    let mut fair: Vec<FairBet> = Vec::with_capacity(bets.len());
    for (place, bet) in bets.iter().enumerate() {
        fair.extend(fair_bet(bet, rate, |odds| 1.0 / odds));
        if super::entries::is_end_of_period(bets, place)
            && let Some(last) = fair.last_mut()
        {
            last.ends_period = true;
        }
    }
    fair
}

/// The bet at a chance of winning; `None` where nothing can be told.
///
/// Of a market that simbet does not know half a result says that half of the stake came back as on a bet of its own: the
/// other half is the bet.
fn fair_bet(bet: &TrackedBet, rate: f64, chance: impl Fn(f64) -> f64) -> Option<FairBet> {
    let odds = bet.odds.filter(|_| !bet.cashed_out)?;
    let rate = if bet.commission > 0.0 {
        bet.commission
    } else {
        rate
    };
    let (distribution, stake) = match bet.selection {
        Some(selection) => (fair_distribution(selection, chance(odds))?, bet.stake),
        None => {
            let share = match bet.outcome {
                Outcome::Won | Outcome::Lost => 1.0,
                Outcome::HalfWon | Outcome::HalfLost => 0.5,
                Outcome::Void => return None,
            };
            (OutcomeDistribution::binary(chance(odds)), bet.stake * share)
        }
    };
    let may_be_void = bet
        .selection
        .is_some_and(|selection| selection.market().may_be_void());
    if bet.outcome == Outcome::Void && !may_be_void {
        return None;
    }
    let win = (odds - 1.0) * (1.0 - rate);
    Some(FairBet {
        ends_period: false,
        chances: Outcome::ALL.map(|outcome| distribution.part(outcome)),
        profits: [win, win / 2.0, 0.0, -0.5, -1.0].map(|unit| unit * stake),
        profit: bet.profit,
        won: bet.outcome.is_win(),
    })
}

/// The tests at the odds taken, as if they were fair.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AtOdds {
    /// Bets.
    pub n: u64,
    /// The wins that the odds expect, and those that came.
    pub wins: Option<OutcomeTest>,
    /// The profit that they expect, 0 without commission, and that which came.
    pub profit: Option<OutcomeTest>,
    /// The longest losing run.
    pub losing_run: Option<LosingRun>,
    /// The chance of a longest losing run at most as long.
    #[serde(skip)]
    pub losing_run_at_most: Option<f64>,
}

impl AtOdds {
    pub(super) fn of(bets: &[FairBet]) -> Self {
        let chances: Vec<(f64, bool)> = bets
            .iter()
            .map(|bet| (bet.chances[0] + bet.chances[1], bet.won))
            .collect();
        let runs: Vec<(f64, bool)> = bets
            .iter()
            .filter(|bet| bet.profit != 0.0)
            .map(|bet| (bet.win_chance(), bet.won))
            .collect();
        Self {
            n: bets.len() as u64,
            wins: win_test(&chances, 1.0),
            profit: profit_of(bets),
            losing_run: losing_run(&runs),
            losing_run_at_most: losing_run_at_most(&runs),
        }
    }
}

/// The chance of a longest losing run at most as long as that of these bets.
fn losing_run_at_most(runs: &[(f64, bool)]) -> Option<f64> {
    let longest = runs.split(|(_, won)| *won).map(<[_]>::len).max()?;
    let chances: Vec<f64> = runs.iter().map(|(chance, _)| *chance).collect();
    let longer = losing_run_tail(&chances)?.get(longest + 1).copied();
    Some(1.0 - longer.unwrap_or(0.0))
}

/// The profit of bets against what their chances expect. Of bets that are all alike it is as probable as their wins.
fn profit_of(bets: &[FairBet]) -> Option<OutcomeTest> {
    let distributions: Vec<ProfitDistribution> = bets.iter().map(FairBet::distribution).collect();
    let profit: f64 = bets.iter().map(|bet| bet.profit).sum();
    let test = profit_test(&distributions, profit, 1.0)?;
    let first = &bets[0];
    let are_alike = |bet: &FairBet| {
        let pays = [bet.profits[0], bet.profits[4]].contains(&bet.profit);
        bet.profits == first.profits && bet.chances == first.chances && pays
    };
    let is_simple = first.chances[1..4].iter().all(|chance| *chance == 0.0);
    if !is_simple || !bets.iter().all(are_alike) {
        return Some(test);
    }
    let wins: Vec<(f64, bool)> = bets.iter().map(|bet| (bet.chances[0], bet.won)).collect();
    let wins = win_test(&wins, 1.0)?;
    Some(OutcomeTest {
        p: wins.p,
        p_at_most: wins.p_at_most,
        ..test
    })
}

/// The two-sided p of the profit of some bets at their odds; `None` where there is no test.
pub(super) fn p_of(bets: &[&TrackedBet], config: &AssessConfig) -> Option<f64> {
    let fair: Vec<FairBet> = bets
        .iter()
        .filter_map(|bet| fair_bet(bet, commission(bet, config), |odds| 1.0 / odds))
        .collect();
    let test = profit_of(&fair)?;
    Some((2.0 * test.p.min(test.p_at_most)).min(1.0))
}

/// The bets against the bettor's own probabilities.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Own {
    /// Bets with a probability.
    pub n: u64,
    /// The wins that the probabilities expect, and those that came.
    pub wins: Option<OutcomeTest>,
    /// The profit that they expect, and that which came.
    pub profit: Option<OutcomeTest>,
    /// How often what was given a probability happened.
    pub calibration: Option<Reliability>,
}

impl Own {
    pub(super) fn of(bets: &[&TrackedBet], rate: f64) -> Option<Self> {
        let known: Vec<(FairBet, f64)> = bets
            .iter()
            .filter(|bet| {
                bet.selection
                    .is_none_or(|selection| !selection.market().may_be_void())
            })
            .filter_map(|bet| {
                Some((
                    fair_bet(bet, rate, |_| bet.probability.unwrap_or(0.0))?,
                    bet.probability?,
                ))
            })
            .collect();
        let fair: Vec<FairBet> = known.iter().map(|(bet, _)| bet.clone()).collect();
        let outcomes: Vec<(f64, bool)> = known
            .iter()
            .map(|(bet, chance)| (*chance, bet.won))
            .collect();
        (!fair.is_empty()).then(|| Self {
            n: fair.len() as u64,
            wins: win_test(&outcomes, 1.0),
            profit: profit_of(&fair),
            calibration: reliability(&outcomes),
        })
    }
}
