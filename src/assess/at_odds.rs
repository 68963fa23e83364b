//! The bets against what their odds say: as if the odds taken were fair, or the bettor's own probabilities true.

use serde::Serialize;

use super::event::{
    FairBet, Joint, On, design_effect, event_of, hang_together, is_shared, sharing,
};
use crate::domain::{Outcome, OutcomeDistribution};
use crate::significance::{
    LosingRun, OutcomeTest, Reliability, fair_distribution, losing_run, losing_run_tail,
    profit_test, reliability, win_test,
};
use crate::source::TrackedBet;

/// The bets that can be tested at their odds: settled in the ordinary way, and neither void nor without odds.
pub(super) fn settled(bets: &[&TrackedBet]) -> Vec<FairBet> {
    let mut fair: Vec<FairBet> = Vec::with_capacity(bets.len());
    let mut period = 0;
    for (place, bet) in bets.iter().enumerate() {
        let bet = fair_bet(bet, |odds| 1.0 / odds);
        fair.extend(bet.map(|bet| FairBet { period, ..bet }));
        period += usize::from(super::entries::is_end_of_period(bets, place));
    }
    fair
}

/// The bet at a chance of winning; `None` where nothing can be told.
///
/// Of a market that simbet does not know half a result says that half of the stake came back as on a bet of its own: the
/// other half is the bet.
fn fair_bet(bet: &TrackedBet, chance: impl Fn(f64) -> f64) -> Option<FairBet> {
    // what was paid otherwise is no end of a bet at these odds
    let odds = bet.odds.filter(|_| !bet.cashed_out && !bet.off_price)?;
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
    let win = (odds - 1.0) * (1.0 - bet.commission);
    Some(FairBet {
        period: 0,
        event: event_of(bet),
        on: On::of(bet),
        outcome: bet.outcome,
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
    /// The longest losing run; `None` where more than one in twenty bets stand on an event with others.
    pub losing_run: Option<LosingRun>,
    /// The chance of a longest losing run at most as long.
    #[serde(skip)]
    pub losing_run_at_most: Option<f64>,
    /// Whether more than one in twenty bets stand on an event with others.
    pub several_on_one_event: bool,
}

impl AtOdds {
    pub(super) fn of(bets: &[FairBet]) -> Self {
        let sharing = sharing(bets.iter().map(|bet| bet.event));
        let is_shared = hang_together(sharing, bets.len());
        let runs: Vec<(f64, bool)> = bets
            .iter()
            .filter(|bet| bet.profit != 0.0)
            .map(|bet| (bet.win_chance(), bet.won))
            .collect();
        Self {
            n: bets.len() as u64,
            wins: wins_of(bets, |bet| bet.chances[0] + bet.chances[1]),
            profit: profit_of(bets),
            losing_run: losing_run(&runs).filter(|_| !is_shared),
            losing_run_at_most: losing_run_at_most(&runs).filter(|_| !is_shared),
            several_on_one_event: is_shared,
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

/// The wins of bets against what these chances expect.
fn wins_of(bets: &[FairBet], chance: impl Fn(&FairBet) -> f64) -> Option<OutcomeTest> {
    let wins: Vec<(f64, bool)> = bets.iter().map(|bet| (chance(bet), bet.won)).collect();
    let unexpected = |bet: &FairBet| f64::from(u8::from(bet.won)) - chance(bet);
    let effect = design_effect(bets.iter().map(|bet| (bet.event, unexpected(bet))));
    win_test(&wins, effect)
}

/// The profit of bets against what their chances expect. Of bets that are all alike it is as probable as their wins.
fn profit_of(bets: &[FairBet]) -> Option<OutcomeTest> {
    let joint = Joint::of(bets);
    let profit: f64 = bets.iter().map(|bet| bet.profit).sum();
    let test = profit_test(&joint.distributions(), profit, joint.design_effect())?;
    let first = &bets[0];
    let are_alike = |bet: &FairBet| {
        let pays = [bet.profits[0], bet.profits[4]].contains(&bet.profit);
        bet.profits == first.profits && bet.chances == first.chances && pays
    };
    let is_simple = first.chances[1..4].iter().all(|chance| *chance == 0.0);
    let is_shared = is_shared(bets.iter().map(|bet| bet.event));
    if is_shared || !is_simple || !bets.iter().all(are_alike) {
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
pub(super) fn p_of(bets: &[&TrackedBet]) -> Option<f64> {
    let fair: Vec<FairBet> = bets
        .iter()
        .filter_map(|bet| fair_bet(bet, |odds| 1.0 / odds))
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
    pub(super) fn of(bets: &[&TrackedBet]) -> Option<Self> {
        let known: Vec<(FairBet, f64)> = bets
            .iter()
            .filter(|bet| {
                bet.selection
                    .is_none_or(|selection| !selection.market().may_be_void())
            })
            .filter_map(|bet| {
                Some((
                    fair_bet(bet, |_| bet.probability.unwrap_or(0.0))?,
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
            wins: wins_of(&fair, |bet| bet.chances[0] + bet.chances[1]),
            profit: profit_of(&fair),
            calibration: reliability(&outcomes),
        })
    }
}
