//! What stated probabilities of a market come to, wherever they come from: the same rule for files and for programs.

use crate::domain::{Market, Outcome, OutcomeDistribution, Score, Selection};

/// How far a sum may be from 1 and be taken as it is.
const ROUNDING: f64 = 1e-6;
/// How far a sum may be from 1 where every digit is there.
const EXACT: f64 = 1e-12;
/// How far a sum may be from 1 and be scaled; further, and something else is meant.
pub(crate) const MOST_OFF: f64 = 0.02;
/// How far beyond that a sum is by the error of adding.
const ADDING: f64 = 1e-9;

/// The selections of a market of which something is known.
pub(crate) struct Stated {
    /// How a bet on each of them ends.
    pub named: Vec<(Selection, OutcomeDistribution)>,
    /// Whether the probabilities had to be scaled to sum to 1.
    pub is_scaled: bool,
}

/// Why probabilities of a market cannot be believed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum StatedError {
    /// They sum to this.
    Sum(f64),
    /// Every score settles the market in full, so that no stake comes back.
    NoPush,
}

/// What to multiply by what should sum to 1, and whether that changes it; `None` for a sum that is too far off.
pub(crate) fn scale(sum: f64) -> Option<(f64, bool)> {
    let off = (sum - 1.0).abs();
    if off <= ROUNDING {
        Some((1.0, false))
    } else {
        (off <= MOST_OFF + ADDING).then_some((1.0 / sum, true))
    }
}

/// The distributions of a market's selections, from the probability of each side in order, and of the scores that return all or
/// half of the stake or pay half. A side of which nothing is said is named too where the others tell it. Without a push the
/// sides are shares of what is settled in full.
///
/// # Errors
/// When they sum to more than 1, or all sides to another sum than 1, and when there is a push that cannot be.
pub(crate) fn stated(
    market: Market,
    sides: &[Option<f64>],
    push: Option<f64>,
) -> Result<Stated, StatedError> {
    let pushed = push_outcomes(market);
    if pushed.is_none() && push.is_some_and(|push| push > 0.0) {
        return Err(StatedError::NoPush);
    }
    let push = push.filter(|_| pushed.is_some()).unwrap_or(0.0);
    let said: f64 = sides.iter().flatten().sum();
    let (given, missing) = (said + push, sides.iter().filter(|p| p.is_none()).count());
    let (factor, is_scaled) = match missing {
        0 => scale(given).ok_or(StatedError::Sum(given))?,
        _ if given > 1.0 + ROUNDING => return Err(StatedError::Sum(given)),
        _ => (1.0, false),
    };
    let left = (1.0 - push - said).max(0.0);
    let told = |p: Option<f64>| p.or((missing < 2).then_some(left)).map(|p| p * factor);
    let is_whole = missing == 1 || is_scaled || (given - 1.0).abs() <= EXACT;
    let selections = market.kind().sides().iter().enumerate();
    let named = selections.filter_map(|(place, side)| {
        let won = told(sides[place])?.clamp(0.0, 1.0);
        // where every digit is there, each of two sides wins what the other loses
        let other = sides.get(1 - place.min(1));
        let other = other.filter(|_| is_whole && sides.len() == 2);
        let push = push * factor;
        let mut outcomes = OutcomeDistribution {
            won,
            lost: other
                .and_then(|other| told(*other))
                .unwrap_or((1.0 - push - won).max(0.0)),
            ..OutcomeDistribution::default()
        };
        if let Some(pushed) = pushed {
            *outcomes.part_mut(pushed[place]) = push;
        }
        Some((Selection::new(market, *side)?, outcomes))
    });
    Ok(Stated {
        named: named.collect(),
        is_scaled,
    })
}

/// How a bet on each side ends at the scores that meet the line; `None` where there are none.
fn push_outcomes(market: Market) -> Option<[Outcome; 2]> {
    if !market.may_be_void() {
        return None;
    }
    let [first, second, ..] = market.kind().sides() else {
        return None;
    };
    let (first, second) = (
        Selection::new(market, *first)?,
        Selection::new(market, *second)?,
    );
    let is_settled_in_full = |outcome| matches!(outcome, Outcome::Won | Outcome::Lost);
    let scores = (0..=21)
        .flat_map(|goals| [(goals, 0), (0, goals)].map(|(home, away)| Score { home, away }));
    let met = scores
        .into_iter()
        .find(|score| !is_settled_in_full(first.settle(*score)))?;
    Some([first.settle(met), second.settle(met)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Line, MarketKind, ScoreGrid};

    #[test]
    fn every_push_is_where_a_grid_has_it() {
        let grid = ScoreGrid::poisson(1.6, 1.1).unwrap();
        for quarters in -12..=12_i16 {
            for (kind, least) in [(MarketKind::AsianHandicap, 0), (MarketKind::OverUnder, 16)] {
                let line = Line::from_quarters(quarters + least);
                let market = Market::new(kind, Some(line)).unwrap();
                for place in [0, 1] {
                    let selection = Selection::new(market, kind.sides()[place]).unwrap();
                    let of_grid = OutcomeDistribution::of(selection, &grid);
                    let push = of_grid.half_won + of_grid.void + of_grid.half_lost;
                    let push = Some(push)
                        .filter(|_| line.quarters() % 4 != 2 && line.quarters() % 4 != -2);
                    let mut sides = [None; 2];
                    sides[place] = Some(of_grid.won);
                    let Ok(Stated { named, .. }) = stated(market, &sides, push) else {
                        panic!("{selection}");
                    };
                    for (selection, named) in named {
                        for outcome in Outcome::ALL {
                            let of_grid = OutcomeDistribution::of(selection, &grid).part(outcome);
                            assert!(
                                (named.part(outcome) - of_grid).abs() < 1e-12,
                                "{selection} {outcome:?}"
                            );
                        }
                    }
                }
            }
        }
    }
}
