//! The claims about one match at one time, held against each other: sums, duplicates, pushes.

use super::claims::{Claim, Part};
use crate::domain::{
    Market, MarketKind, Outcome, OutcomeDistribution, Rates, Score, ScoreGrid, Selection,
};

/// How far a sum may be from 1 without being normalised.
const EXACT: f64 = 1e-6;
/// How far a sum may be from 1 where the digits are all there.
const ROUNDING: f64 = 1e-12;
/// How far a sum may be from 1 at most.
const MOST: f64 = 0.02;
/// How near the probabilities of a grid may be to be those of the grid.
const OF_GRID: f64 = 1e-9;

/// A claim, and the row that makes it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sourced {
    pub claim: Claim,
    /// The table and the row, by their numbers.
    pub row: (u32, u32),
}

/// What is wrong with claims that are each as they should be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Problem {
    /// Two cells say the same.
    Twice { first: Sourced, second: Sourced },
    /// The parts of a market sum to this.
    Sum { at: Sourced, sum: f64, parts: usize },
    /// Half a goal decides every bet on this line, so that no stake comes back.
    NoPush { at: Sourced },
}

/// What claims come to.
#[derive(Debug, Default)]
pub(super) struct Judged {
    pub named: Vec<(Selection, OutcomeDistribution)>,
    /// Markets that were normalised.
    pub normalised: u64,
}

/// The distributions of the selections that claims are about, without those that the rates' own grid has.
pub(super) fn judge(claims: &mut [Sourced], rates: Option<Rates>) -> Result<Judged, Problem> {
    let mut judged = Judged {
        named: Vec::with_capacity(claims.len()),
        normalised: 0,
    };
    // a stable order: of two claims the one that was read first is named first
    claims.sort_by_key(|sourced| (sourced.claim.market, sourced.claim.part));
    for claims in claims.chunk_by(|a, b| a.claim.market == b.claim.market) {
        if let Some(pair) = claims
            .windows(2)
            .find(|pair| pair[0].claim.part == pair[1].claim.part)
        {
            return Err(Problem::Twice {
                first: pair[0],
                second: pair[1],
            });
        }
        let market = claims[0].claim.market;
        judged.normalised += u64::from(match market.kind() {
            MarketKind::MatchOdds => three_sides(claims, &mut judged.named)?,
            MarketKind::OverUnder | MarketKind::AsianHandicap | MarketKind::BothTeamsToScore => {
                two_sides(market, claims, &mut judged.named)?
            }
        });
    }
    if let Some(grid) = rates.and_then(grid_of) {
        let is_of_grid = |&(selection, distribution): &(Selection, OutcomeDistribution)| {
            agree(distribution, OutcomeDistribution::of(selection, &grid))
        };
        judged.named.retain(|named| !is_of_grid(named));
    }
    Ok(judged)
}

fn grid_of(rates: Rates) -> Option<ScoreGrid> {
    ScoreGrid::dixon_coles(rates.home, rates.away, rates.rho).ok()
}

fn agree(one: OutcomeDistribution, other: OutcomeDistribution) -> bool {
    Outcome::ALL
        .iter()
        .all(|outcome| (one.part(*outcome) - other.part(*outcome)).abs() <= OF_GRID)
}

fn parts<const N: usize>(claims: &[Sourced]) -> ([Option<f64>; N], Option<f64>) {
    let of = |part: Part| {
        let claim = claims.iter().find(|sourced| sourced.claim.part == part);
        claim.map(|sourced| sourced.claim.probability)
    };
    (
        std::array::from_fn(|place| of(Part::Side(place as u8))),
        of(Part::Push),
    )
}

/// The factor that makes a sum 1, and whether that is to be said.
fn scale(claims: &[Sourced], sum: f64) -> Result<(f64, bool), Problem> {
    if (sum - 1.0).abs() <= EXACT {
        Ok((1.0, false))
    } else if (sum - 1.0).abs() <= MOST {
        Ok((1.0 / sum, true))
    } else {
        let (at, parts) = (claims[0], claims.len());
        Err(Problem::Sum { at, sum, parts })
    }
}

/// Home, draw and away: two of them tell the third, and one stands for itself.
fn three_sides(
    claims: &[Sourced],
    named: &mut Vec<(Selection, OutcomeDistribution)>,
) -> Result<bool, Problem> {
    let (sides, _) = parts::<3>(claims);
    let given: f64 = sides.into_iter().flatten().sum();
    let [home, draw, away] = sides.map(|side| side.unwrap_or(1.0 - given));
    let selections = [Selection::HOME, Selection::DRAW, Selection::AWAY];
    let probabilities = [home, draw, away];
    let missing = sides.iter().filter(|side| side.is_none()).count();
    if missing > 0 && given > 1.0 + EXACT {
        let (at, parts) = (claims[0], claims.len());
        return Err(Problem::Sum {
            at,
            sum: given,
            parts,
        });
    }
    let (factor, normalised) = match missing {
        0 => scale(claims, given)?,
        _ => (1.0, false),
    };
    for ((selection, probability), side) in selections.into_iter().zip(probabilities).zip(sides) {
        if missing < 2 || side.is_some() {
            let won = if normalised {
                probability * factor
            } else {
                probability
            };
            named.push((selection, OutcomeDistribution::binary(won.clamp(0.0, 1.0))));
        }
    }
    Ok(normalised)
}

/// The two sides of a market, and what comes back where the line is met.
fn two_sides(
    market: Market,
    claims: &[Sourced],
    named: &mut Vec<(Selection, OutcomeDistribution)>,
) -> Result<bool, Problem> {
    let (sides, push) = parts::<2>(claims);
    let push_outcome = push_outcome(market);
    if push.is_some_and(|push| push > 0.0) && push_outcome.is_none() {
        return Err(Problem::NoPush { at: claims[0] });
    }
    let push = push.filter(|_| push_outcome.is_some());
    let rest = 1.0 - push.unwrap_or(0.0);
    let given: f64 = sides.into_iter().flatten().sum::<f64>() + push.unwrap_or(0.0);
    let all_given = sides.iter().all(Option::is_some);
    let (factor, normalised) = if all_given {
        scale(claims, given)?
    } else if given > 1.0 + EXACT {
        let (at, parts) = (claims[0], claims.len());
        return Err(Problem::Sum {
            at,
            sum: given,
            parts,
        });
    } else {
        (1.0, false)
    };
    let of = |won: f64, lost: f64, place: usize| {
        let mut distribution = OutcomeDistribution {
            won: won * factor,
            lost: lost * factor,
            ..OutcomeDistribution::default()
        };
        if let (Some(push), Some(outcomes)) = (push, push_outcome) {
            *distribution.part_mut(outcomes[place]) = push * factor;
        }
        distribution
    };
    let [first, second] = sides;
    let distributions = match (first, second) {
        // both digits are there, and each side wins what the other loses
        (Some(first), Some(second)) if (given - 1.0).abs() <= ROUNDING || normalised => {
            [of(first, second, 0), of(second, first, 1)]
        }
        (Some(first), Some(second)) => [
            of(first, (rest - first).max(0.0), 0),
            of(second, (rest - second).max(0.0), 1),
        ],
        (Some(first), None) => {
            let second = (rest - first).max(0.0);
            [of(first, second, 0), of(second, first, 1)]
        }
        (None, second) => {
            let second = second.unwrap_or_default();
            let first = (rest - second).max(0.0);
            [of(first, second, 0), of(second, first, 1)]
        }
    };
    let selections = market.kind().sides().iter();
    let selections = selections.filter_map(|side| Selection::new(market, *side));
    named.extend(selections.zip(distributions));
    Ok(normalised)
}

/// How a bet on each side ends at the scores that meet the line; `None` where there are none.
fn push_outcome(market: Market) -> Option<[Outcome; 2]> {
    let mut sides = market.kind().sides().iter();
    let first = Selection::new(market, *sides.next()?)?;
    let second = Selection::new(market, *sides.next()?)?;
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
    use crate::domain::{Line, Side};

    fn claims(market: Market, parts: &[(Part, f64)]) -> Vec<Sourced> {
        let sourced = |&(part, probability): &(Part, f64)| Sourced {
            claim: Claim {
                market,
                part,
                probability,
                column: 0,
            },
            row: (0, 0),
        };
        parts.iter().map(sourced).collect()
    }

    const SIDES: [Part; 3] = [Part::Side(0), Part::Side(1), Part::Side(2)];

    fn three(probabilities: [f64; 3]) -> Result<Judged, Problem> {
        let parts: Vec<_> = SIDES.into_iter().zip(probabilities).collect();
        judge(&mut claims(Market::MatchOdds, &parts), None)
    }

    #[test]
    fn sums_are_normalised_said_or_refused() {
        let exact = three([0.5, 0.3, 0.2]).unwrap();
        assert_eq!((exact.normalised, exact.named[0].1.won), (0, 0.5));
        let rounded = three([0.333_333, 0.333_333, 0.333_333_5]).unwrap();
        assert_eq!((rounded.normalised, rounded.named[0].1.won), (0, 0.333_333));
        let off = three([0.51, 0.3, 0.2]).unwrap();
        assert_eq!(
            (off.normalised, off.named[0].1.won),
            (1, 0.51 * (1.0 / 1.01))
        );
        for far in [[0.53, 0.3, 0.2], [0.47, 0.3, 0.2]] {
            assert!(
                matches!(three(far), Err(Problem::Sum { parts: 3, .. })),
                "{far:?}"
            );
        }
    }

    #[test]
    fn two_of_three_sides_tell_the_third_and_one_stands_alone() {
        let parts = [(SIDES[0], 0.5), (SIDES[2], 0.2)];
        let judged = judge(&mut claims(Market::MatchOdds, &parts), None).unwrap();
        assert_eq!(judged.named.len(), 3);
        assert!((judged.named[1].1.won - 0.3).abs() < 1e-15);
        let judged = judge(&mut claims(Market::MatchOdds, &parts[..1]), None).unwrap();
        assert_eq!(
            judged.named,
            [(Selection::HOME, OutcomeDistribution::binary(0.5))]
        );
        let beyond = [(SIDES[0], 0.9), (SIDES[1], 0.2)];
        assert!(judge(&mut claims(Market::MatchOdds, &beyond), None).is_err());
    }

    #[test]
    fn a_push_returns_the_stake_or_half_of_it() {
        let over = |quarters| Market::OverUnder(Line::from_quarters(quarters));
        let parts = [(SIDES[0], 0.4), (SIDES[1], 0.35), (Part::Push, 0.25)];
        let judged = |market| judge(&mut claims(market, &parts), None);
        let whole = judged(over(12)).unwrap().named;
        assert_eq!(
            (whole[0].1.won, whole[0].1.void, whole[0].1.lost),
            (0.4, 0.25, 0.35)
        );
        // over 2.25 loses half at two goals, and over 2.75 wins half at three
        assert_eq!(judged(over(9)).unwrap().named[0].1.half_lost, 0.25);
        assert_eq!(judged(over(11)).unwrap().named[0].1.half_won, 0.25);
        assert_eq!(judged(over(11)).unwrap().named[1].1.half_lost, 0.25);
        assert!(matches!(judged(over(10)), Err(Problem::NoPush { .. })));
        let home = Market::AsianHandicap(Line::from_quarters(-1));
        assert_eq!(judged(home).unwrap().named[0].1.half_lost, 0.25);
        let home = Market::AsianHandicap(Line::from_quarters(5));
        assert_eq!(judged(home).unwrap().named[0].1.half_won, 0.25);
    }

    #[test]
    fn sides_without_a_push_are_shares_of_what_is_settled() {
        let market = Market::OverUnder(Line::from_quarters(12));
        let parts = [(SIDES[0], 0.6), (SIDES[1], 0.4)];
        let named = judge(&mut claims(market, &parts), None).unwrap().named;
        assert_eq!(
            named[0].1,
            OutcomeDistribution {
                won: 0.6,
                lost: 0.4,
                ..Default::default()
            }
        );
        assert_eq!(named[0].1.fair_odds(), Some(1.0 / 0.6));
        let lone = judge(&mut claims(market, &parts[..1]), None).unwrap().named;
        assert_eq!(lone[1].0.side(), Side::Under);
        assert_eq!(lone[1].1.won, 0.4);
    }

    #[test]
    fn what_the_grid_of_the_rates_says_is_the_grids() {
        let rates = Rates {
            home: 1.6,
            away: 1.1,
            rho: -0.1,
        };
        let grid = grid_of(rates).unwrap();
        let [home, draw, away] = grid.outcomes();
        let parts = [(SIDES[0], home), (SIDES[1], draw), (SIDES[2], away)];
        let mut own = claims(Market::MatchOdds, &parts);
        assert!(judge(&mut own, Some(rates)).unwrap().named.is_empty());
        let parts = [
            (SIDES[0], home + 1e-6),
            (SIDES[1], draw - 1e-6),
            (SIDES[2], away),
        ];
        let mut other = claims(Market::MatchOdds, &parts);
        // the away win is the grid's still
        assert_eq!(judge(&mut other, Some(rates)).unwrap().named.len(), 2);
    }

    #[test]
    fn the_same_is_not_said_twice() {
        let parts = [(SIDES[0], 0.5), (SIDES[0], 0.5)];
        let twice = judge(&mut claims(Market::MatchOdds, &parts), None);
        assert!(matches!(twice, Err(Problem::Twice { .. })));
    }
}
