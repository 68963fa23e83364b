//! The claims about one match at one time, held against each other: sums, duplicates, pushes.

use super::claims::{Claim, Part};
use crate::domain::{Outcome, OutcomeDistribution, Rates, ScoreGrid, Selection};
use crate::predict::{Stated, StatedError, stated};

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
    Sum {
        at: Sourced,
        sum: f64,
        parts: usize,
        /// Whether they lack what a push may be, of which nothing is said.
        lacks_push: bool,
    },
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
        let stated = stated_by(claims)?;
        judged.normalised += u64::from(stated.is_scaled);
        judged.named.extend(stated.named);
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

/// What the claims about one market come to.
fn stated_by(claims: &[Sourced]) -> Result<Stated, Problem> {
    let of = |part: Part| {
        let claim = claims.iter().find(|sourced| sourced.claim.part == part);
        claim.map(|sourced| sourced.claim.probability)
    };
    let (at, market) = (claims[0], claims[0].claim.market);
    let sides = [0, 1, 2].map(|place| of(Part::Side(place)));
    let sides = &sides[..market.kind().sides().len()];
    stated(market, sides, of(Part::Push)).map_err(|error| match error {
        StatedError::Sum(sum) => Problem::Sum {
            at,
            sum,
            parts: claims.len(),
            lacks_push: market.may_be_void() && sum < 1.0 && of(Part::Push).is_none(),
        },
        StatedError::NoPush => Problem::NoPush { at },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Line, Market, Side};

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
