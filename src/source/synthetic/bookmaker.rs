//! A bookmaker: the truth, blurred, with a margin.

use chacha20::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use super::config::BookmakerConfig;
use super::stream::{Purpose, stream};
use crate::domain::{
    Line, Market, MarketKind, Odds, Outcome, OutcomeDistribution, Quote, ScoreGrid, Selection, Time,
};
use crate::predict::margin;

/// Prices matches of one run.
#[derive(Debug)]
pub(super) struct Bookmaker {
    config: BookmakerConfig,
    /// Noise that the opening prices have beyond that of the closing ones.
    extra: f64,
    scale: f64,
    /// A stream for each kind of market: what is priced does not change what else costs.
    random: [ChaCha8Rng; 3],
}

/// By what the price of each outcome of a market is wrong before prices are scaled to sum to 1: a factor.
type Blur = [f64; 3];

/// What a bookmaker gets wrong of one match, before kick-off and from then on.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Errors {
    opening: [Blur; 3],
    closing: [Blur; 3],
}

/// The lowest and the highest odds there are, as on exchanges. What is so sure that whoever took the lowest would be given
/// money is not offered.
const ODDS: [f64; 2] = [1.01, 1000.0];
/// Less than this is not told from impossible.
const LEAST: f64 = 1e-9;

impl Bookmaker {
    pub fn new(config: &BookmakerConfig, seed: u64, run: u64) -> Self {
        let purposes = [
            Purpose::MatchOdds,
            Purpose::OverUnder,
            Purpose::AsianHandicap,
        ];
        Self {
            extra: (config.noise.powi(2) - config.closing_noise.powi(2))
                .max(0.0)
                .sqrt(),
            scale: 10_f64.powi(i32::from(config.decimals)),
            random: purposes.map(|purpose| stream(seed, run, purpose)),
            config: config.clone(),
        }
    }

    /// What is wrong about the prices of the next match, in these markets.
    pub fn err(&mut self, markets: &[MarketKind]) -> Errors {
        let mut errors = Errors {
            opening: [[1.0; 3]; 3],
            closing: [[1.0; 3]; 3],
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
    pub fn open(&self, truth: &Truth<'_>, errors: &Errors, time: Time, quotes: &mut Vec<Quote>) {
        self.price(truth, &errors.opening, time, quotes);
    }

    /// Closing prices, and those in play: what was wrong at kick-off stays wrong.
    pub fn close(&self, truth: &Truth<'_>, errors: &Errors, time: Time, quotes: &mut Vec<Quote>) {
        self.price(truth, &errors.closing, time, quotes);
    }

    fn price(&self, truth: &Truth<'_>, errors: &[Blur; 3], time: Time, quotes: &mut Vec<Quote>) {
        for &kind in truth.markets {
            let errors = &errors[kind as usize];
            match kind {
                MarketKind::MatchOdds => self.quote(
                    Market::MatchOdds,
                    truth.grid.outcomes(),
                    errors,
                    time,
                    quotes,
                ),
                MarketKind::OverUnder => {
                    self.two_way(
                        Market::OverUnder(Line::TWO_AND_A_HALF),
                        truth.grid,
                        errors,
                        time,
                        quotes,
                    );
                }
                MarketKind::AsianHandicap => {
                    self.two_way(
                        Market::AsianHandicap(even_line(truth.grid)),
                        truth.grid,
                        errors,
                        time,
                        quotes,
                    );
                }
            }
        }
    }

    fn two_way(
        &self,
        market: Market,
        grid: &ScoreGrid,
        errors: &Blur,
        time: Time,
        quotes: &mut Vec<Quote>,
    ) {
        let first = market.kind().sides()[0];
        let share = Selection::new(market, first).map_or(0.5, |selection| {
            paying_share(&OutcomeDistribution::of(selection, grid))
        });
        self.quote(market, [share, 1.0 - share], errors, time, quotes);
    }

    fn quote<const N: usize>(
        &self,
        market: Market,
        mut prices: [f64; N],
        errors: &Blur,
        time: Time,
        quotes: &mut Vec<Quote>,
    ) {
        let bias = self.config.longshot_bias;
        for (price, error) in prices.iter_mut().zip(errors) {
            let p = price.max(LEAST);
            *price = if bias == 0.0 { p } else { p.powf(1.0 - bias) } * error;
        }
        let sum: f64 = prices.iter().sum();
        prices.iter_mut().for_each(|price| *price /= sum);
        let believed = prices;
        // without a margin where rounding leaves nothing to put one on
        let _ = margin::add(&mut prices, self.config.margin, self.config.margin_method);
        for ((&side, price), believed) in market.kind().sides().iter().zip(prices).zip(believed) {
            if believed * ODDS[0] > 1.0 {
                continue;
            }
            // rounds like `round` and costs a tenth
            let steps = ((1.0 / price).clamp(ODDS[0], ODDS[1]) * self.scale + 0.5) as u64;
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

/// What a bookmaker would have to know.
#[derive(Debug, Clone, Copy)]
pub(super) struct Truth<'a> {
    /// The true distribution of the final score.
    pub grid: &'a ScoreGrid,
    /// The markets that are priced.
    pub markets: &'a [MarketKind],
}

/// The handicap for the home side that is nearest to even: the expected goal difference, in quarters, and at most as long
/// as a reader believes one to be.
fn even_line(grid: &ScoreGrid) -> Line {
    let [home, away] = grid.expected_goals();
    Line::from_quarters(-((home - away) * 4.0).round().clamp(-40.0, 40.0) as i16)
}

/// Of what can be won or lost on a selection, the share that is won: one over its fair odds.
fn paying_share(split: &OutcomeDistribution) -> f64 {
    let won = split.part(Outcome::Won) + 0.5 * split.part(Outcome::HalfWon);
    let lost = split.part(Outcome::Lost) + 0.5 * split.part(Outcome::HalfLost);
    won / (won + lost)
}
