//! Goal rates from a book's prices on the result and on the number of goals.
//!
//! # Formula
//! ```text
//! P(over 2.5) = 1 − e^−T·(1 + T + T²/2)                       T = λ + ν
//! P(home) − P(away) of independent Poisson goals of rates λ and ν
//! P(draw) = D₀ − 2·λ·ν·ρ·e^−(λ + ν)                           D₀ the draw at ρ = 0
//! ```
//! The correction ρ of low scores changes neither P(over 2.5) nor P(home) − P(away), so these two give λ and ν, and then
//! P(draw) gives ρ. Without prices of totals ρ is given, and λ and ν come from P(home) − P(away) and P(draw).

use super::margin::{self, MarginMethod};
use crate::domain::{LastPrices, Odds, Rates};

/// The correction of low scores that is taken where prices do not say it: its mean over 22,125 English matches was −.070, with
/// a standard deviation of .028.
pub(super) const USUAL_RHO: f64 = -0.08;

/// The rates that these probabilities of home win, draw and away win, and of over 2.5 goals, come from; without the latter by
/// [`USUAL_RHO`]. `None` where no rates give them.
pub(super) fn rates_of_prices(result: [f64; 3], over: Option<f64>) -> Option<Rates> {
    match over {
        Some(over) => by_totals(result, over),
        None => by_draw(result, USUAL_RHO),
    }
}

/// The rates behind the last prices of a match, without their margin by the power method. `None` without prices of the result.
pub(super) fn rates_of_last_prices(prices: &LastPrices) -> Option<Rates> {
    let (_, result) = prices.result?;
    let result = without_margin(result)?;
    let over = prices.totals.and_then(|(_, totals)| without_margin(totals));
    rates_of_prices(result, over.map(|[over, _]| over))
}

fn without_margin<const SIDES: usize>(odds: [Odds; SIDES]) -> Option<[f64; SIDES]> {
    margin::fair_of(odds.map(Odds::decimal), MarginMethod::Power).ok()
}

fn by_totals([home, draw, away]: [f64; 3], over: f64) -> Option<Rates> {
    let total = total_of(over)?;
    let split = Split::of(total, home - away)?;
    let rho = (split.draw - draw) / split.draw_per_rho();
    Some(Rates {
        home: split.rates[0],
        away: split.rates[1],
        rho,
    })
}

/// The rates at a given ρ: the draw is the rarer the more goals there are.
pub(super) fn by_draw([home, draw, away]: [f64; 3], rho: f64) -> Option<Rates> {
    let (mut low, mut high) = (0.05_f64, 12.0_f64);
    let excess = |total: f64| {
        let split = Split::of(total, home - away)?;
        Some(split.draw - rho * split.draw_per_rho() - draw)
    };
    // with too few goals nobody is as much better as the prices say
    while excess(low).is_none() {
        low *= 1.1;
        if low > high {
            return None;
        }
    }
    if excess(low)? < 0.0 || excess(high)? > 0.0 {
        return None;
    }
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        if excess(middle)? > 0.0 {
            low = middle;
        } else {
            high = middle;
        }
        if high - low < 1e-13 * high {
            break;
        }
    }
    let split = Split::of(0.5 * (low + high), home - away)?;
    Some(Rates {
        home: split.rates[0],
        away: split.rates[1],
        rho,
    })
}

/// The expected number of goals at which over 2.5 has this probability.
fn total_of(over: f64) -> Option<f64> {
    if !(over > 0.0 && over < 1.0) {
        return None;
    }
    let (mut low, mut high, mut total) = (0.0_f64, 60.0_f64, 2.7_f64);
    for _ in 0..100 {
        let under = (-total).exp() * (1.0 + total + 0.5 * total * total);
        let excess = (1.0 - under) - over;
        if excess < 0.0 {
            low = total;
        } else {
            high = total;
        }
        let slope = (-total).exp() * 0.5 * total * total;
        let next = total - excess / slope;
        let next = if next > low && next < high {
            next
        } else {
            0.5 * (low + high)
        };
        if (next - total).abs() < 1e-14 * total {
            return Some(next);
        }
        total = next;
    }
    Some(total)
}

/// A total of goals divided between the sides.
struct Split {
    rates: [f64; 2],
    /// The probability of a draw between independent sides.
    draw: f64,
}

impl Split {
    /// The division at which home win is likelier than away win by this much; `None` where there is none.
    fn of(total: f64, lead: f64) -> Option<Self> {
        let (mut low, mut high, mut difference) = (-total, total, total * lead);
        for _ in 0..100 {
            let rates = [0.5 * (total + difference), 0.5 * (total - difference)];
            let margins = Margins::of(rates);
            let excess = margins.lead - lead;
            if excess < 0.0 {
                low = difference;
            } else {
                high = difference;
            }
            let slope = margins.level + 0.5 * (margins.by_one[0] + margins.by_one[1]);
            let next = difference - excess / slope;
            let next = if next > low && next < high {
                next
            } else {
                0.5 * (low + high)
            };
            if (next - difference).abs() < 1e-14 * total {
                let is_inside = excess.abs() < 1e-9 && rates.iter().all(|rate| *rate > 0.0);
                let draw = margins.level;
                return is_inside.then_some(Self { rates, draw });
            }
            difference = next;
        }
        None
    }

    /// How much rarer a draw gets with each unit of ρ.
    fn draw_per_rho(&self) -> f64 {
        let [home, away] = self.rates;
        2.0 * home * away * (-home - away).exp()
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
    fn of(rates: [f64; 2]) -> Self {
        const MOST: usize = 64;
        let [home, away] = rates.map(|rate| {
            let mut masses = [0.0; MOST];
            masses[0] = (-rate).exp();
            for goals in 1..MOST {
                masses[goals] = masses[goals - 1] * rate / goals as f64;
            }
            masses
        });
        let (mut lead, mut level, mut by_one) = (0.0, 0.0, [0.0; 2]);
        let mut fewer = [0.0; 2];
        for goals in 0..MOST {
            lead += home[goals] * fewer[1] - away[goals] * fewer[0];
            level += home[goals] * away[goals];
            if goals > 0 {
                by_one[0] += home[goals] * away[goals - 1];
                by_one[1] += away[goals] * home[goals - 1];
            }
            fewer[0] += home[goals];
            fewer[1] += away[goals];
        }
        Self {
            lead,
            level,
            by_one,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn odds<const SIDES: usize>(decimals: [f64; SIDES]) -> [Odds; SIDES] {
        decimals.map(|decimal| Odds::new(decimal).unwrap())
    }

    #[test]
    fn rates_come_from_the_result_and_from_the_number_of_goals() {
        use crate::domain::PriceSource;
        let mut prices = LastPrices::default();
        prices.add_result(PriceSource::PinnacleClose, odds([1.55, 4.07, 7.69]));
        let alone = rates_of_last_prices(&prices).unwrap();
        assert!((alone.home - 1.80230).abs() < 5e-6 && (alone.away - 0.66650).abs() < 5e-6);
        prices.add_totals(PriceSource::PinnacleClose, odds([2.03, 1.79]));
        let both = rates_of_last_prices(&prices).unwrap();
        assert!((both.home - 1.84462).abs() < 5e-6 && (both.away - 0.69435).abs() < 5e-6);
    }

    #[test]
    fn the_grid_of_the_rates_has_the_probabilities_again() {
        let (result, over) = ([0.52, 0.26, 0.22], 0.48);
        let rates = rates_of_prices(result, Some(over)).unwrap();
        let grid =
            crate::domain::ScoreGrid::dixon_coles(rates.home, rates.away, rates.rho).unwrap();
        for (one, other) in grid.outcomes().into_iter().zip(result) {
            assert!((one - other).abs() < 1e-9);
        }
    }
}
