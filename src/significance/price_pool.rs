//! The pool of a model's forecasts with the prices that are bet at.

use serde::{Deserialize, Serialize};

use super::scoring::result;
use crate::calendar;
use crate::domain::{Score, Time};
use crate::predict::Cholesky;

/// A probability below this counts as this: the logarithm of 0 would rule out a result whatever the other says.
const LEAST: f64 = 1e-12;
/// How strongly weights are held at the price alone.
const PENALTY: f64 = 5.0;
/// The most steps of a fit; it takes about five.
const MOST_STEPS: u32 = 100;

/// The weights of price and model in a pool of home win, draw and away win.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PriceWeights {
    /// The exponent of the price's probabilities.
    pub price: f64,
    /// The exponent of the model's.
    pub model: f64,
    /// What is added to the logarithm of a home win.
    pub home: f64,
    /// What is added to the logarithm of a draw.
    pub draw: f64,
}

impl Default for PriceWeights {
    /// The price alone.
    fn default() -> Self {
        Self::of([1.0, 0.0, 0.0, 0.0])
    }
}

impl PriceWeights {
    const fn of([price, model, home, draw]: [f64; 4]) -> Self {
        Self {
            price,
            model,
            home,
            draw,
        }
    }

    /// The weights in order: price, model, home, draw.
    pub const fn all(self) -> [f64; 4] {
        [self.price, self.model, self.home, self.draw]
    }

    /// The pool of what the price and the model say.
    ///
    /// # Formula
    /// ```text
    /// p(j) ∝ p_price(j)^a · p_model(j)^b · exp(cⱼ)      c of home win and draw; 0 of away win
    /// ```
    ///
    /// ```
    /// use simbet::internals::significance::PriceWeights;
    /// let (price, model) = ([0.5, 0.3, 0.2], [0.6, 0.25, 0.15]);
    /// for (one, other) in PriceWeights::default().pool(price, model).into_iter().zip(price) {
    ///     assert!((one - other).abs() < 1e-15);
    /// }
    /// let half = PriceWeights { price: 0.5, model: 0.5, ..PriceWeights::default() };
    /// // √.30 = .54772, √.075 = .27386 and √.03 = .17321, over their sum
    /// assert!((half.pool(price, model)[0] - 0.550592).abs() < 1e-6);
    /// ```
    pub fn pool(self, price: [f64; 3], model: [f64; 3]) -> [f64; 3] {
        self.probabilities(&log_ratios(price, model))
    }

    fn probabilities(self, ratios: &[f64; 4]) -> [f64; 3] {
        let home = self.price * ratios[0] + self.model * ratios[2] + self.home;
        let draw = self.price * ratios[1] + self.model * ratios[3] + self.draw;
        // the largest becomes 1, so that no power is too large
        let most = home.max(draw).max(0.0);
        let powers = [home, draw, 0.0].map(|log| (log - most).exp());
        let whole = powers[0] + powers[1] + powers[2];
        powers.map(|power| power / whole)
    }
}

/// The logarithms of home win over away win and of draw over away win, by the price and by the model.
pub fn log_ratios(price: [f64; 3], model: [f64; 3]) -> [f64; 4] {
    let [price, model] = [price, model].map(|forecast| {
        let [home, draw, away] = forecast.map(|p| p.max(LEAST).ln());
        [home - away, draw - away]
    });
    [price[0], price[1], model[0], model[1]]
}

/// Weights that were learned.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PricePoolFit {
    /// The first day that they are for: they rest on the matches of earlier days.
    #[serde(with = "day")]
    pub from: Time,
    /// How many matches they rest on.
    pub matches: u64,
    /// The weights.
    pub weights: PriceWeights,
    /// The standard error of each.
    pub std_errors: PriceWeights,
}

/// A day as YYYY-MM-DD.
mod day {
    use serde::{Deserialize as _, Deserializer, Serializer, de};

    use super::{Time, calendar};

    pub(super) fn serialize<S: Serializer>(day: &Time, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&calendar::format_date(*day))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Time, D::Error> {
        let text = String::deserialize(from)?;
        calendar::parse_date(&text).ok_or_else(|| de::Error::custom("a day as YYYY-MM-DD"))
    }
}

/// What the prices and the model said of matches, and how these ended.
///
/// ```
/// use simbet::{Score, Time};
/// use simbet::internals::significance::{PricedMatches, log_ratios};
/// let mut matches = PricedMatches::default();
/// let says = log_ratios([0.5, 0.3, 0.2], [0.6, 0.25, 0.15]);
/// matches.push(Time::from_days(1), says, Score { home: 2, away: 0 });
/// assert_eq!(matches.before(Time::from_days(1)), 0);
/// assert_eq!(matches.before(Time::from_days(2)), 1);
/// ```
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct PricedMatches {
    rows: Vec<Row>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Row {
    day: i64,
    ratios: [f64; 4],
    /// 0 a home win, 1 a draw, 2 an away win; `None` of a result that was taken back.
    result: Option<u8>,
}

/// The penalised log likelihood with its derivatives.
struct Likelihood {
    value: f64,
    gradient: [f64; 4],
    /// The negated Hessian, row-major, of which only the lower triangle is filled.
    information: [f64; 16],
}

impl PricedMatches {
    /// Adds a match; gives its number, by which it can be corrected.
    pub fn push(&mut self, day: Time, ratios: [f64; 4], score: Score) -> usize {
        self.rows.push(Row {
            day: day.day(),
            ratios,
            result: code(Some(score)),
        });
        self.rows.len() - 1
    }

    /// Corrects the result of a match; `None` takes it back.
    pub fn correct(&mut self, number: usize, score: Option<Score>) {
        if let Some(row) = self.rows.get_mut(number) {
            row.result = code(score);
        }
    }

    /// How many matches there are.
    pub fn len(&self) -> usize {
        self.rows.iter().filter(|row| row.result.is_some()).count()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many of them are of days before this one.
    pub fn before(&self, day: Time) -> usize {
        self.known(day).count()
    }

    /// The weights by the matches of days before this one; `None` where they cannot be found.
    ///
    /// # Formula
    /// ```text
    /// max Σ_t ln p_θ(y_t) − ½ · 5 · |θ − (1, 0, 0, 0)|²       θ = (a, b, c_home, c_draw)
    /// V = (−∂²/∂θ²)⁻¹ there
    /// ```
    /// by Newton steps. The standard errors are those of the penalised likelihood.
    pub fn fit(&self, day: Time) -> Option<PricePoolFit> {
        let mut weights = PriceWeights::default();
        let mut at = self.likelihood(weights, day);
        for _ in 0..MOST_STEPS {
            let mut factor = Cholesky::default();
            if !factor.factor(&at.information, 4, 0.0) {
                return None;
            }
            let mut step = at.gradient;
            factor.solve(&mut step);
            let gain: f64 = step.iter().zip(&at.gradient).map(|(s, g)| s * g).sum();
            // half of it is what the step adds to the likelihood
            if gain < 1e-20 * (1.0 + at.value.abs()) {
                return Some(PricePoolFit {
                    from: day.start_of_day(),
                    matches: self.before(day) as u64,
                    weights,
                    std_errors: std_errors(&factor),
                });
            }
            (weights, at) = self.step(weights, &at, step, day)?;
        }
        None
    }

    /// The longest of the halved steps that does not lower the likelihood.
    fn step(
        &self,
        from: PriceWeights,
        at: &Likelihood,
        step: [f64; 4],
        day: Time,
    ) -> Option<(PriceWeights, Likelihood)> {
        // rounding alone may take the likelihood of the best weights a little down
        let least = at.value - 1e-12 * at.value.abs();
        (0..40).find_map(|halvings| {
            let length = 0.5_f64.powi(halvings);
            let all = from.all();
            let trial = PriceWeights::of([0, 1, 2, 3].map(|i| all[i] + length * step[i]));
            let there = self.likelihood(trial, day);
            (there.value >= least).then_some((trial, there))
        })
    }

    fn known(&self, day: Time) -> impl Iterator<Item = (&Row, usize)> {
        let first = day.day();
        let rows = self.rows.iter().filter(move |row| row.day < first);
        rows.filter_map(|row| Some((row, usize::from(row.result?))))
    }

    fn likelihood(&self, weights: PriceWeights, day: Time) -> Likelihood {
        let mut sums = Likelihood::of_penalty(weights);
        for (row, result) in self.known(day) {
            let p = weights.probabilities(&row.ratios);
            sums.value += p[result].max(f64::MIN_POSITIVE).ln();
            let [home, draw, home_by_model, draw_by_model] = row.ratios;
            // what each weight multiplies, of home win and of draw
            let of = [
                [home, draw],
                [home_by_model, draw_by_model],
                [1.0, 0.0],
                [0.0, 1.0],
            ];
            let means = of.map(|x| p[0] * x[0] + p[1] * x[1]);
            for i in 0..4 {
                let own = of[i].get(result).copied().unwrap_or(0.0);
                sums.gradient[i] += own - means[i];
                for j in 0..=i {
                    let product = p[0] * of[i][0] * of[j][0] + p[1] * of[i][1] * of[j][1];
                    sums.information[4 * i + j] += product - means[i] * means[j];
                }
            }
        }
        sums
    }
}

impl Likelihood {
    /// That of no match.
    fn of_penalty(weights: PriceWeights) -> Self {
        let (all, centre) = (weights.all(), PriceWeights::default().all());
        let off = [0, 1, 2, 3].map(|i| all[i] - centre[i]);
        let mut information = [0.0; 16];
        (0..4).for_each(|i| information[5 * i] = PENALTY);
        Self {
            value: -0.5 * PENALTY * off.iter().map(|off| off * off).sum::<f64>(),
            gradient: off.map(|off| -PENALTY * off),
            information,
        }
    }
}

fn code(score: Option<Score>) -> Option<u8> {
    score.map(|score| result(score) as u8)
}

/// The roots of the diagonal of the inverse.
fn std_errors(factor: &Cholesky) -> PriceWeights {
    PriceWeights::of([0, 1, 2, 3].map(|i| {
        let mut unit = [0.0; 4];
        unit[i] = 1.0;
        factor.solve(&mut unit);
        unit[i].sqrt()
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A match of which price and model say this, with its result.
    fn rows() -> Vec<([f64; 3], [f64; 3], [u8; 2])> {
        vec![
            ([0.50, 0.28, 0.22], [0.60, 0.25, 0.15], [2, 0]),
            ([0.40, 0.30, 0.30], [0.35, 0.30, 0.35], [1, 1]),
            ([0.25, 0.27, 0.48], [0.20, 0.25, 0.55], [0, 1]),
            ([0.70, 0.19, 0.11], [0.66, 0.21, 0.13], [3, 1]),
            ([0.33, 0.31, 0.36], [0.45, 0.28, 0.27], [1, 0]),
            ([0.15, 0.22, 0.63], [0.18, 0.25, 0.57], [2, 2]),
            ([0.55, 0.25, 0.20], [0.40, 0.30, 0.30], [0, 2]),
            ([0.45, 0.29, 0.26], [0.52, 0.26, 0.22], [4, 0]),
        ]
    }

    fn matches(times: usize) -> PricedMatches {
        let mut matches = PricedMatches::default();
        for time in 0..times {
            for (price, model, [home, away]) in rows() {
                let day = Time::from_days(time as i64);
                matches.push(day, log_ratios(price, model), Score { home, away });
            }
        }
        matches
    }

    #[test]
    fn without_matches_the_price_is_used_as_it_is() {
        let fit = matches(0).fit(Time::from_days(9)).unwrap();
        assert_eq!((fit.matches, fit.weights), (0, PriceWeights::default()));
        assert!((fit.std_errors.price - (1.0 / PENALTY).sqrt()).abs() < 1e-15);
    }

    #[test]
    fn one_match_moves_the_weights_as_by_hand() {
        // a home win to which both gave one third: with every logarithm 0 only the intercepts move, and there
        // 1 − p = 5·c_home and −p' = 5·c_draw with p = e^c/(e^c + e^c' + 1)
        let mut one = PricedMatches::default();
        let third = [1.0 / 3.0; 3];
        one.push(
            Time::default(),
            log_ratios(third, third),
            Score { home: 1, away: 0 },
        );
        let fit = one.fit(Time::from_days(1)).unwrap();
        let PriceWeights {
            price,
            model,
            home,
            draw,
        } = fit.weights;
        assert_eq!((price, model), (1.0, 0.0));
        let whole = home.exp() + draw.exp() + 1.0;
        assert!((1.0 - home.exp() / whole - 5.0 * home).abs() < 1e-12);
        assert!((-draw.exp() / whole - 5.0 * draw).abs() < 1e-12);
    }

    #[test]
    fn the_weights_are_those_of_a_general_optimiser() {
        // scipy 1.17.1: minimize(method="trust-exact") with the analytic gradient and Hessian, gtol 1e-12
        let fit = matches(50).fit(Time::from_days(50)).unwrap();
        assert_eq!(fit.matches, 400);
        let expected = [
            (-1.751_759_304_9, 0.232_670_988_7),
            (3.610_102_521_0, 0.260_248_507_8),
            (0.395_005_267_5, 0.147_035_385_4),
            (0.611_017_310_4, 0.156_750_470_5),
        ];
        for (i, (weight, error)) in expected.into_iter().enumerate() {
            assert!((fit.weights.all()[i] - weight).abs() < 1e-8, "{fit:?}");
            assert!((fit.std_errors.all()[i] - error).abs() < 1e-8, "{fit:?}");
        }
    }

    #[test]
    fn what_is_of_the_day_or_later_does_not_count() {
        let ten = matches(10).fit(Time::from_days(10)).unwrap();
        let mut all = matches(20);
        assert_eq!(
            all.fit(Time::from_days(10)).unwrap().weights,
            ten.weights,
            "later matches"
        );
        all.correct(3, Some(Score { home: 0, away: 3 }));
        assert_ne!(all.fit(Time::from_days(10)).unwrap().weights, ten.weights);
        all.correct(3, None);
        assert_eq!(all.fit(Time::from_days(10)).unwrap().matches, 79);
        all.correct(3, Some(Score { home: 1, away: 0 }));
        assert_eq!(all.fit(Time::from_days(10)).unwrap().weights, ten.weights);
    }

    #[test]
    fn a_forecast_of_nought_rules_nothing_out() {
        let pooled = PriceWeights {
            model: 0.3,
            ..PriceWeights::default()
        }
        .pool([0.5, 0.3, 0.2], [1.0, 0.0, 0.0]);
        assert!(pooled.iter().all(|p| *p > 0.0));
        assert!((pooled.iter().sum::<f64>() - 1.0).abs() < 1e-15);
    }
}
