//! The outcome distribution of a bet at its own fair price.

use crate::domain::grid::Along;
use crate::domain::{Odds, OutcomeDistribution, ScoreGrid, Selection};

/// √(home rate · away rate) of a match whose handicap is priced. The price determines only the difference of the rates;
/// European divisions have about this many goals a side.
const EVEN_GOALS: f64 = 1.3;
/// Bisection steps of the search for the rates: enough for ten digits.
const STEPS: usize = 40;

/// The outcome distribution of a selection whose fair odds are 1 / `probability`.
///
/// A bet that can only win or lose wins with that probability. Where the stake can come back, in part or whole, the
/// price does not determine the five outcomes. They are then those of independent Poisson goals at the rates that make
/// the odds fair; under a handicap √(home rate · away rate) is 1.3. `None` unless the probability lies between 0 and 1,
/// and when no rates make the odds fair.
///
/// ```
/// use simbet::{OutcomeDistribution, Selection};
/// use simbet::internals::significance::fair_distribution;
/// assert_eq!(fair_distribution(Selection::HOME, 0.4), Some(OutcomeDistribution::binary(0.4)));
/// ```
pub fn fair_distribution(selection: Selection, probability: f64) -> Option<OutcomeDistribution> {
    let odds = Odds::new(1.0 / probability).ok()?;
    match selection.market().along() {
        Some(along) if selection.market().may_be_void() => {
            poisson_distribution(selection, along, odds)
        }
        Some(_) | None => Some(OutcomeDistribution::binary(probability)),
    }
}

/// The outcomes at the rates at which the expected value of the bet is 0, found by bisection.
fn poisson_distribution(
    selection: Selection,
    along: Along,
    odds: Odds,
) -> Option<OutcomeDistribution> {
    let value = |position| Some(distribution_at(selection, along, position)?.expected_value(odds));
    let (mut low, mut high) = (0.0, 1.0);
    let rising = value(high)? > value(low)?;
    for _ in 0..STEPS {
        let middle = (low + high) / 2.0;
        if (value(middle)? > 0.0) == rising {
            high = middle
        } else {
            low = middle
        }
    }
    let distribution = distribution_at(selection, along, (low + high) / 2.0)?;
    (distribution.expected_value(odds).abs() < 1e-6).then_some(distribution)
}

fn distribution_at(
    selection: Selection,
    along: Along,
    position: f64,
) -> Option<OutcomeDistribution> {
    Some(OutcomeDistribution::of(selection, &grid(along, position)?))
}

/// The score grid at a position between 0 and 1, along which the expected value of a selection is monotone: both
/// rates rise with it, or the home rate at the expense of the away rate.
fn grid(along: Along, position: f64) -> Option<ScoreGrid> {
    let [home, away] = match along {
        Along::Total => [0.01 + 6.0 * position; 2],
        Along::Margin => [
            EVEN_GOALS * (4.0 * position - 2.0).exp(),
            EVEN_GOALS * (2.0 - 4.0 * position).exp(),
        ],
    };
    ScoreGrid::poisson(home, away).ok()
}
