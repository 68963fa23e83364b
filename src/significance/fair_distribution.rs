//! How a bet settles if its own price, margin removed, is the truth.

use crate::domain::grid::Along;
use crate::domain::{Odds, OutcomeDistribution, ScoreGrid, Selection};

/// Goals of each side of an even match, where a handicap's price tells no more than the difference: about what European
/// divisions have.
const EVEN_GOALS: f64 = 1.3;
/// Halvings of the search for the rates: enough for ten digits.
const STEPS: usize = 40;

/// The outcomes of a selection whose fair odds are one over `probability`; `None` unless that lies between 0 and 1.
///
/// A bet that wins or loses has that probability of winning. Where the stake can come back, in part or whole, two prices
/// do not tell the five outcomes apart: they are those of independent Poisson goals, at the rates that make such odds fair;
/// under a handicap √(home rate · away rate) is 1.3. `None` also where no rates do.
///
/// ```
/// use simbet::domain::{Selection, OutcomeDistribution};
/// use simbet::significance::fair_distribution;
/// assert_eq!(fair_distribution(Selection::HOME, 0.4), Some(OutcomeDistribution::binary(0.4)));
/// ```
pub fn fair_distribution(selection: Selection, probability: f64) -> Option<OutcomeDistribution> {
    let odds = Odds::new(1.0 / probability).ok()?;
    match selection.market().along() {
        Some(along) if selection.market().may_be_void() => poisson_split(selection, along, odds),
        Some(_) | None => Some(OutcomeDistribution::binary(probability)),
    }
}

/// The outcomes at the rates at which the bet is worth nothing.
fn poisson_split(selection: Selection, along: Along, odds: Odds) -> Option<OutcomeDistribution> {
    let split = |place: f64| Some(OutcomeDistribution::of(selection, &grid(along, place)?));
    let worth = |rate: f64| Some(split(rate)?.expected_value(odds));
    let (mut low, mut high) = (0.0, 1.0);
    let rising = worth(high)? > worth(low)?;
    for _ in 0..STEPS {
        let middle = (low + high) / 2.0;
        if (worth(middle)? > 0.0) == rising {
            high = middle
        } else {
            low = middle
        }
    }
    let found = split((low + high) / 2.0)?;
    (found.expected_value(odds).abs() < 1e-6).then_some(found)
}

/// Goals at a place between 0 and 1: more of both sides, or of the home side at the expense of the other.
fn grid(along: Along, place: f64) -> Option<ScoreGrid> {
    let [home, away] = match along {
        Along::Total => [0.01 + 6.0 * place; 2],
        Along::Margin => [
            EVEN_GOALS * (4.0 * place - 2.0).exp(),
            EVEN_GOALS * (2.0 - 4.0 * place).exp(),
        ],
    };
    ScoreGrid::poisson(home, away).ok()
}
