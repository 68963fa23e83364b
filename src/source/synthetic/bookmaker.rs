//! A bookmaker: true probabilities with errors and a margin.

use chacha20::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use super::config::BookmakerConfig;
use super::stream::{Purpose, stream};
use crate::domain::{
    Line, Market, MarketKind, Odds, Outcome, OutcomeDistribution, Quote, ScoreGrid, Selection,
    Side, Time,
};
use crate::predict::margin;

/// Prices matches of one run.
#[derive(Debug)]
pub(super) struct Bookmaker {
    config: BookmakerConfig,
    /// Noise that the opening prices have beyond that of the closing ones.
    extra: f64,
    scale: f64,
    /// A random stream for each kind of market, so that the choice of markets does not change the prices of the others.
    random: [ChaCha8Rng; MarketKind::COUNT],
}

/// The error of each outcome's probability in a market, as a factor before the scaling to sum 1.
type ErrorFactors = [f64; MarketKind::MOST_SIDES];

/// The errors of each kind of market.
type MarketErrors = [ErrorFactors; MarketKind::COUNT];

/// Factors of exact prices.
const NO_ERRORS: MarketErrors = [[1.0; MarketKind::MOST_SIDES]; MarketKind::COUNT];

/// The errors of one match: in opening prices, and from kick-off on.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct PriceErrors {
    opening: MarketErrors,
    closing: MarketErrors,
}

/// The lowest and the highest odds, as on exchanges. A selection so probable that even the lowest odds would have a positive
/// expected value is not offered.
const ODDS_RANGE: [f64; 2] = [Odds::LIMITS[0].decimal(), Odds::LIMITS[1].decimal()];
/// The least probability that is priced: lower ones are raised to it, since their odds would be infinite.
const MIN_PROBABILITY: f64 = 1e-9;

impl Bookmaker {
    pub fn new(config: &BookmakerConfig, seed: u64, run: u64) -> Self {
        Self {
            extra: (config.noise.powi(2) - config.closing_noise.powi(2))
                .max(0.0)
                .sqrt(),
            scale: 10_f64.powi(i32::from(config.decimals)),
            random: MarketKind::ALL.map(|kind| stream(seed, run, Purpose::errors_in(kind))),
            config: config.clone(),
        }
    }

    /// Draws the errors of the next match, in these markets.
    pub fn next_errors(&mut self, markets: &[MarketKind]) -> PriceErrors {
        let mut errors = PriceErrors {
            opening: NO_ERRORS,
            closing: NO_ERRORS,
        };
        if self.config.noise == 0.0 {
            return errors;
        }
        for &kind in markets {
            let random = &mut self.random[kind as usize];
            let sides = kind.sides().len();
            // of n prices that are scaled to sum to 1, the logit of each moves by its own error less the mean of the
            // others', which has n/(n − 1) times the variance
            let share = (1.0 - 1.0 / sides as f64).sqrt();
            for side in 0..sides {
                let [last, first]: [f64; 2] =
                    [StandardNormal.sample(random), StandardNormal.sample(random)];
                let closing = share * self.config.closing_noise * last;
                errors.closing[kind as usize][side] = closing.exp();
                errors.opening[kind as usize][side] = (closing + share * self.extra * first).exp();
            }
        }
        errors
    }

    /// Opening prices.
    pub fn open(
        &self,
        truth: &PricingInput<'_>,
        errors: &PriceErrors,
        time: Time,
        quotes: &mut Vec<Quote>,
    ) {
        self.price(truth, &errors.opening, time, quotes);
    }

    /// Closing prices, and prices in play, which keep the error of the close.
    pub fn close(
        &self,
        truth: &PricingInput<'_>,
        errors: &PriceErrors,
        time: Time,
        quotes: &mut Vec<Quote>,
    ) {
        self.price(truth, &errors.closing, time, quotes);
    }

    fn price(
        &self,
        truth: &PricingInput<'_>,
        errors: &MarketErrors,
        time: Time,
        quotes: &mut Vec<Quote>,
    ) {
        for &kind in truth.markets {
            let line = kind.has_line().then(|| {
                let usual = kind.usual_line();
                usual.unwrap_or_else(|| even_line(truth.grid))
            });
            let Some(market) = Market::new(kind, line) else {
                continue;
            };
            let errors = &errors[kind as usize];
            // the number of sides is known to the compiler, which unrolls the loops over them
            if kind.is_two_way() {
                self.quote::<2>(market, truth.grid, errors, time, quotes);
            } else {
                self.quote::<{ MarketKind::MOST_SIDES }>(market, truth.grid, errors, time, quotes);
            }
        }
    }

    fn quote<const SIDES: usize>(
        &self,
        market: Market,
        grid: &ScoreGrid,
        errors: &ErrorFactors,
        time: Time,
        quotes: &mut Vec<Quote>,
    ) {
        let mut prices: [f64; SIDES] = winning_shares(market, grid);
        let bias = self.config.longshot_bias;
        for (price, error) in prices.iter_mut().zip(errors) {
            let p = price.max(MIN_PROBABILITY);
            *price = if bias == 0.0 { p } else { p.powf(1.0 - bias) } * error;
        }
        let sum: f64 = prices.iter().sum();
        prices.iter_mut().for_each(|price| *price /= sum);
        let believed = prices;
        // if rounding leaves no room for a margin, the prices go without one
        let _ = margin::add(&mut prices, self.config.margin, self.config.margin_method);
        for ((&side, price), believed) in market.kind().sides().iter().zip(prices).zip(believed) {
            if believed * ODDS_RANGE[0] > 1.0 {
                continue;
            }
            // rounds like `f64::round` at a tenth of its cost
            let steps =
                ((1.0 / price).clamp(ODDS_RANGE[0], ODDS_RANGE[1]) * self.scale + 0.5) as u64;
            let odds = steps as f64 / self.scale;
            if let (Some(selection), Ok(odds)) = (Selection::new(market, side), Odds::new(odds)) {
                quotes.push(Quote {
                    selection,
                    odds,
                    book: self.config.book,
                    as_of: time,
                });
            }
        }
    }
}

/// The true distribution behind the prices.
#[derive(Debug, Clone, Copy)]
pub(super) struct PricingInput<'a> {
    /// The true distribution of the final score.
    pub grid: &'a ScoreGrid,
    /// The markets that are priced.
    pub markets: &'a [MarketKind],
}

/// The handicap for the home side that is nearest to even: the expected goal difference, rounded to quarters and limited
/// to plausible lines.
fn even_line(grid: &ScoreGrid) -> Line {
    let [home, away] = grid.expected_goals();
    Line::from_quarters(-((home - away) * 4.0).round().clamp(-40.0, 40.0) as i16)
}

/// The reciprocal of the fair odds of each side: the winning share of the money at risk. The shares sum to 1.
fn winning_shares<const SIDES: usize>(market: Market, grid: &ScoreGrid) -> [f64; SIDES] {
    let mut shares = [0.0; SIDES];
    if let Some(chances) = market.result_probabilities(grid) {
        // nothing comes back of a bet on the result, so that its winning share is its chance
        shares
            .iter_mut()
            .zip(chances)
            .for_each(|(share, chance)| *share = chance);
        return shares;
    }
    let sides = market.kind().sides();
    if SIDES == 2 {
        shares[0] = winning_share(market, sides[0], grid);
        shares[1] = 1.0 - shares[0];
    } else {
        let each = shares.iter_mut().zip(sides);
        each.for_each(|(share_of, &side)| *share_of = winning_share(market, side, grid));
    }
    shares
}

fn paying_share(outcomes: &OutcomeDistribution) -> f64 {
    let won = outcomes.part(Outcome::Won) + 0.5 * outcomes.part(Outcome::HalfWon);
    let lost = outcomes.part(Outcome::Lost) + 0.5 * outcomes.part(Outcome::HalfLost);
    won / (won + lost)
}

/// The share of one side; a half on a side that the market does not have.
fn winning_share(market: Market, side: Side, grid: &ScoreGrid) -> f64 {
    Selection::new(market, side).map_or(0.5, |selection| {
        paying_share(&OutcomeDistribution::of(selection, grid))
    })
}
