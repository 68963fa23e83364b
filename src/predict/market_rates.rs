//! Goal rates from a book's prices on the result and on the number of goals.
//!
//! # Formula
//! ```text
//! P(at most k goals) = e^−T·Σ Tⁱ/i! + cₖ                       T = λ + ν, i = 0 ... k
//!     c₀ = −c, c₁ = +c, cₖ = 0 from two goals on               c = λ·ν·ρ·e^−T = (D₀ − P(draw))/2
//! P(home) − P(away) of independent Poisson goals of rates λ and ν
//! P(draw) = D₀ − 2·λ·ν·ρ·e^−T                                  D₀ the draw at ρ = 0
//! ```
//! Dixon and Coles's correction ρ of low scores changes neither P(over 2.5) nor P(home) − P(away), so these two give λ and ν, and
//! then P(draw) gives ρ: the grid has all of these probabilities. Without prices of totals ρ is given, and λ and ν come from P(home) −
//! P(away) and P(draw).

use super::margin::{self, MarginMethod};
use super::root::root;
use crate::domain::{LastPrices, Odds, Rates};

/// The correction of low scores that is taken where prices do not say it: its mean over 22,125 English matches was −.070, with
/// a standard deviation of .028.
pub(crate) const USUAL_RHO: f64 = -0.08;

/// The most goals of a match that are looked for. No grid is made for as many.
const MOST_TOTAL: f64 = 40.0;
/// The fewest.
const FEWEST_TOTAL: f64 = 1e-3;
/// The most rounds of a search in which ρ moves the number of goals.
const MOST_ROUNDS: usize = 400;

/// The probability that a match has more goals than `goals`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Over {
    /// 2 for over 2.5.
    pub goals: u32,
    /// The probability.
    pub probability: f64,
}

/// The rates that these probabilities of home win, draw and away win, and of over 2.5 goals, come from; without the latter by
/// the usual ρ. `None` where no rates give them.
///
/// ```
/// use simbet::MarginMethod;
/// use simbet::internals::predict::margin::fair_of;
/// use simbet::internals::predict::market_rates::rates_of_prices;
/// let result = fair_of([1.55, 4.07, 7.69], MarginMethod::Power).unwrap();
/// let [over, _] = fair_of([2.03, 1.79], MarginMethod::Power).unwrap();
/// let rates = rates_of_prices(result, Some(over)).unwrap();
/// assert!((rates.home - 1.84462).abs() < 5e-6 && (rates.away - 0.69435).abs() < 5e-6);
/// ```
pub fn rates_of_prices(result: [f64; 3], over: Option<f64>) -> Option<Rates> {
    let over = over.map(|probability| Over {
        goals: 2,
        probability,
    });
    rates_at(result, over, USUAL_RHO)
}

/// The rates behind the last prices of a match, without their margin by the power method. `None` without prices of the result,
/// and where no rates give them.
///
/// Prices of totals that no rates have together with those of the result do not count.
pub fn rates_of_last_prices(prices: &LastPrices) -> Option<Rates> {
    let (_, result) = prices.result?;
    let result = without_margin(result)?;
    let over = prices.totals.and_then(|(_, totals)| without_margin(totals));
    let both = over.and_then(|[over, _]| rates_of_prices(result, Some(over)));
    both.or_else(|| rates_of_prices(result, None))
}

/// The rates that give these probabilities of home win, draw and away win, and of a number of goals; without the latter those
/// at `rho`. `None` where no rates give them.
///
/// ρ is within the bounds at which no score has a negative probability, so that a draw that no ρ gives is met as far as it can
/// be.
pub fn rates_at(result: [f64; 3], over: Option<Over>, rho: f64) -> Option<Rates> {
    let is_proper =
        result.iter().all(|p| *p > 0.0) && (result.iter().sum::<f64>() - 1.0).abs() < 1e-9;
    if !is_proper {
        return None;
    }
    match over {
        Some(over) => by_total(result, over),
        None => by_draw(result, rho),
    }
}

fn without_margin<const SIDES: usize>(odds: [Odds; SIDES]) -> Option<[f64; SIDES]> {
    margin::fair_of(odds.map(Odds::decimal), MarginMethod::Power).ok()
}

fn by_total([home, draw, away]: [f64; 3], over: Over) -> Option<Rates> {
    let lead = home - away;
    let mut total = total_of(over, 0.0)?;
    let mut split = Split::of(total, lead, None)?;
    // below two goals ρ moves the total too
    for _ in 0..if over.goals < 2 { MOST_ROUNDS } else { 0 } {
        let next = total_of(over, 0.5 * (split.draw - draw))?;
        let change = (next - total).abs();
        (total, split) = (next, Split::of(next, lead, Some(&split))?);
        if change < 1e-13 * total {
            break;
        }
    }
    let rho = (split.draw - draw) / split.draw_per_rho();
    Some(split.with_rho(rho))
}

/// The rates at a given ρ: the draw is the rarer the more goals there are.
fn by_draw([home, draw, away]: [f64; 3], rho: f64) -> Option<Rates> {
    let lead = home - away;
    // with fewer goals nobody is as much better as that
    let fewest = FEWEST_TOTAL.max(-(1.0 - lead.abs()).ln());
    let mut last: Option<Split> = None;
    let total = root([fewest, MOST_TOTAL], 2.6_f64.max(1.2 * fewest), |total| {
        let split = Split::of(total, lead, last.as_ref())?;
        let [value, slope] = split.draw_along_totals(rho);
        last = Some(split);
        Some([draw - value, -slope])
    })?;
    let split = Split::of(total, lead, last.as_ref())?;
    let reached = split.draw_along_totals(rho)[0];
    ((reached - draw).abs() < 1e-9).then(|| split.with_rho(rho))
}

/// The expected number of goals at which a line is passed with this probability, when P(at most as many) is as at ρ = 0 but
/// for what `moved` does to the two lowest lines.
fn total_of(over: Over, moved: f64) -> Option<f64> {
    let surplus = match over.goals {
        0 => -moved,
        1 => moved,
        _ => 0.0,
    };
    let target = over.probability + surplus;
    if !(target > 0.0 && target < 1.0) {
        return None;
    }
    let start = f64::from(over.goals) + 0.7;
    root(
        [FEWEST_TOTAL, MOST_TOTAL],
        start.min(0.5 * MOST_TOTAL),
        |total| {
            let (mut mass, mut at_most) = ((-total).exp(), 0.0);
            for goals in 0..=over.goals {
                if goals > 0 {
                    mass *= total / f64::from(goals);
                }
                at_most += mass;
            }
            Some([1.0 - at_most - target, mass])
        },
    )
}

/// A number of goals divided between the sides.
struct Split {
    rates: [f64; 2],
    /// The probability of a draw between independent sides.
    draw: f64,
    /// P(home by one) and P(away by one).
    by_one: [f64; 2],
}

impl Split {
    /// The division at which home win is likelier than away win by this much; `None` where there is none. The search begins with
    /// the shares of a division that is near.
    fn of(total: f64, lead: f64, near: Option<&Self>) -> Option<Self> {
        let share = near.map_or(0.5 + 0.5 * lead, |near| {
            near.rates[0] / (near.rates[0] + near.rates[1])
        });
        let divided = |share: f64| [total * share, total * (1.0 - share)];
        let share = root([0.0, 1.0], share, |share| {
            let now = Margins::of(divided(share));
            let slope = total * (2.0 * now.level + now.by_one[0] + now.by_one[1]);
            Some([now.lead - lead, slope])
        })?;
        let rates = divided(share);
        let Margins {
            lead: reached,
            level,
            by_one,
        } = Margins::of(rates);
        let is_inside = (reached - lead).abs() < 1e-9 && rates.iter().all(|rate| *rate > 0.0);
        is_inside.then_some(Self {
            rates,
            draw: level,
            by_one,
        })
    }

    /// How much rarer a draw gets with each unit of ρ.
    fn draw_per_rho(&self) -> f64 {
        let [home, away] = self.rates;
        2.0 * home * away * (-home - away).exp()
    }

    /// The probability of a draw at this ρ, and how it changes with the number of goals while the lead stays as it is.
    fn draw_along_totals(&self, rho: f64) -> [f64; 2] {
        let [home, away] = self.rates;
        let [home_by_one, away_by_one] = self.by_one;
        // what a goal more of either side adds to the lead
        let gains = [self.draw + away_by_one, self.draw + home_by_one];
        let sum = gains[0] + gains[1];
        let shares = [gains[1] / sum, gains[0] / sum];
        let slope = shares[0] * (away_by_one - self.draw) + shares[1] * (home_by_one - self.draw);
        let low = self.draw_per_rho();
        let low_slope = low * (shares[0] / home + shares[1] / away - 1.0);
        [self.draw - rho * low, slope - rho * low_slope]
    }

    fn with_rho(&self, rho: f64) -> Rates {
        let [home, away] = self.rates;
        let (low, high) = (
            (-1.0 / home).max(-1.0 / away),
            1.0_f64.min(1.0 / (home * away)),
        );
        Rates {
            home,
            away,
            rho: rho.clamp(low, high),
        }
    }
}

/// What two independent Poisson numbers say of the margin.
struct Margins {
    /// P(home) − P(away).
    lead: f64,
    level: f64,
    /// P(home by one) and P(away by one).
    by_one: [f64; 2],
}

impl Margins {
    fn of([home_rate, away_rate]: [f64; 2]) -> Self {
        let mut masses = [(-home_rate).exp(), (-away_rate).exp()];
        let mut last = [0.0; 2];
        let mut fewer = [0.0; 2];
        let (mut lead, mut level, mut by_one) = (0.0, 0.0, [0.0; 2]);
        let mut goals = 0.0;
        loop {
            let [home, away] = masses;
            lead += home * fewer[1] - away * fewer[0];
            level += home * away;
            by_one[0] += home * last[1];
            by_one[1] += away * last[0];
            fewer[0] += home;
            fewer[1] += away;
            goals += 1.0;
            let is_tail = goals > home_rate && goals > away_rate;
            if is_tail && home.max(away) < 1e-18 || goals > 300.0 {
                return Self {
                    lead,
                    level,
                    by_one,
                };
            }
            last = masses;
            masses = [home * home_rate / goals, away * away_rate / goals];
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::grid::Along;
    use crate::domain::{PriceSource, ScoreGrid};

    fn odds<const SIDES: usize>(decimals: [f64; SIDES]) -> [Odds; SIDES] {
        decimals.map(|decimal| Odds::new(decimal).unwrap())
    }

    fn grid(rates: Rates) -> ScoreGrid {
        ScoreGrid::dixon_coles(rates.home, rates.away, rates.rho).unwrap()
    }

    fn over(grid: &ScoreGrid, goals: i32) -> f64 {
        1.0 - (0..=goals)
            .map(|total| grid.exactly(Along::Total, total))
            .sum::<f64>()
    }

    #[test]
    fn rates_come_from_the_result_and_from_the_number_of_goals() {
        let mut prices = LastPrices::default();
        assert_eq!(rates_of_last_prices(&prices), None);
        prices.add_result(PriceSource::PinnacleClose, odds([1.55, 4.07, 7.69]));
        let alone = rates_of_last_prices(&prices).unwrap();
        assert!((alone.home - 1.80230).abs() < 5e-6 && (alone.away - 0.66650).abs() < 5e-6);
        assert_eq!(alone.rho, USUAL_RHO);
        prices.add_totals(PriceSource::PinnacleClose, odds([2.03, 1.79]));
        let both = rates_of_last_prices(&prices).unwrap();
        assert!((both.home - 1.84462).abs() < 5e-6 && (both.away - 0.69435).abs() < 5e-6);
    }

    #[test]
    fn totals_that_no_rates_have_beside_the_result_do_not_count() {
        let mut prices = LastPrices::default();
        prices.add_result(PriceSource::AverageClose, odds([1.05, 15.0, 40.0]));
        let alone = rates_of_last_prices(&prices);
        // nobody is as sure to win a match in which hardly anybody scores
        prices.add_totals(PriceSource::AverageClose, odds([40.0, 1.01]));
        assert!(alone.is_some());
        assert_eq!(rates_of_last_prices(&prices), alone);
    }

    #[test]
    fn what_is_no_forecast_has_no_rates() {
        for result in [
            [0.5, 0.5, 0.5],
            [1.0, 0.0, 0.0],
            [f64::NAN, 0.3, 0.3],
            [0.7, 0.4, -0.1],
        ] {
            assert_eq!(rates_of_prices(result, None), None, "{result:?}");
        }
        for over in [0.0, 1.0, -0.2, f64::NAN] {
            assert_eq!(rates_of_prices([0.4, 0.3, 0.3], Some(over)), None, "{over}");
        }
    }

    #[test]
    fn a_draw_that_no_correction_gives_is_met_as_far_as_it_can_be() {
        let rates = rates_of_prices([0.05, 0.9, 0.05], Some(0.5)).unwrap();
        assert_eq!(rates.rho, (-1.0 / rates.home).max(-1.0 / rates.away));
        let grid = grid(rates);
        assert!((over(&grid, 2) - 0.5).abs() < 1e-10);
        assert!((grid.outcomes()[0] - grid.outcomes()[2]).abs() < 1e-10);
    }

    proptest! {
        #[test]
        fn the_rates_of_a_grid_are_found_again(
            home in 0.05_f64..6.0, away in 0.05_f64..6.0, share in 0.02_f64..0.98, goals in 2_i32..6,
        ) {
            let (low, high) = ((-1.0 / home).max(-1.0 / away).max(-0.2), 1.0_f64.min(1.0 / (home * away)).min(0.2));
            let rho = low + share * (high - low);
            let made = grid(Rates { home, away, rho });
            let result = made.outcomes();
            prop_assume!(result.iter().all(|p| *p > 1e-6));
            let whole: f64 = result.iter().sum();
            let result = result.map(|p| p / whole);
            let probability = over(&made, goals);
            prop_assume!(probability > 1e-6 && probability < 1.0 - 1e-6);
            let total = Over { goals: goals as u32, probability };
            let found = rates_at(result, Some(total), USUAL_RHO);
            let again = grid(found.unwrap());
            for (one, other) in again.outcomes().into_iter().zip(result) {
                prop_assert!((one - other).abs() < 1e-8, "{found:?}");
            }
            prop_assert!((over(&again, goals) - probability).abs() < 1e-8, "{found:?}");
        }

        #[test]
        fn without_totals_the_result_is_met_at_the_given_correction(
            home in 0.01_f64..1.0, draw in 0.01_f64..1.0, away in 0.01_f64..1.0, rho in -0.2_f64..0.2,
        ) {
            let whole = home + draw + away;
            let result = [home, draw, away].map(|p| p / whole);
            let Some(rates) = rates_at(result, None, rho) else { return Ok(()) };
            prop_assume!(rates.rho == rho && rates.home.max(rates.away) < ScoreGrid::MAX_RATE);
            for (one, other) in grid(rates).outcomes().into_iter().zip(result) {
                prop_assert!((one - other).abs() < 1e-8, "{rates:?}");
            }
        }
    }

    /// Prices of matches that were played have rates: each of these is of a real one, or beyond.
    #[test]
    fn prices_of_hopeless_outsiders_have_rates() {
        for decimals in [
            [1.04, 19.0, 51.0],
            [34.0, 11.0, 1.07],
            [2.9, 2.9, 2.9],
            [2.1, 3.0, 4.33],
        ] {
            let mut prices = LastPrices::default();
            prices.add_result(PriceSource::AveragePre, odds(decimals));
            let rates = rates_of_last_prices(&prices).unwrap();
            let fair = without_margin(odds(decimals)).unwrap();
            for (one, other) in grid(rates).outcomes().into_iter().zip(fair) {
                assert!((one - other).abs() < 1e-8, "{decimals:?} {rates:?}");
            }
        }
    }
}
