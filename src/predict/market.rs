//! The market model: a book's prices without margin, as goal rates.

use super::margin::{self, MarginMethod};
use super::market_rates::{Over, USUAL_RHO, rates_at};
use super::{ModelConfig, PredictError, Predictor};
use crate::checkpoint::{self, CheckpointError};
use crate::domain::grid::Along;
use crate::domain::{
    Book, Line, Market as BetMarket, Match, MatchState, Offer, Opinion, OutcomeDistribution, Quote,
    Rates, Score, ScoreGrid, Selection, Side, Time,
};

/// A model with the goal rates and the correction of low scores that reproduce a book's prices of the result and of a number of
/// goals, without their margin. Without a price of totals the correction is the given one.
///
/// Prices in play include the score, so the rates are those of the goals still to come: of independent goals, by the prices of
/// the result alone.
#[derive(Debug, Clone)]
pub struct Market {
    book: Option<Book>,
    method: MarginMethod,
    rho: f64,
}

impl Market {
    pub(super) fn new(config: &ModelConfig) -> Self {
        Self {
            book: config.market_book,
            method: config.margin_method,
            rho: config.rho.unwrap_or(USUAL_RHO),
        }
    }

    /// Home, draw and away odds of the chosen book, or of the first book that prices all three.
    fn odds(&self, offer: &Offer) -> Option<[f64; 3]> {
        match self.book {
            Some(book) => match_odds(book, offer),
            None => offer
                .quotes
                .iter()
                .find_map(|quote| match_odds(quote.book, offer)),
        }
    }
}

impl Market {
    /// What the book says of the number of goals: without one that is chosen, the first that prices any half line.
    fn over(&self, offer: &Offer) -> Option<Over> {
        let of = |book| {
            over_of(
                offer.quotes.iter().filter(move |quote| quote.book == book),
                self.method,
            )
        };
        match self.book {
            Some(book) => of(book),
            None => offer.quotes.iter().find_map(|quote| of(quote.book)),
        }
    }
}

fn match_odds(book: Book, offer: &Offer) -> Option<[f64; 3]> {
    Some([
        decimal_odds(book, Selection::HOME, offer)?,
        decimal_odds(book, Selection::DRAW, offer)?,
        decimal_odds(book, Selection::AWAY, offer)?,
    ])
}

fn decimal_odds(book: Book, selection: Selection, offer: &Offer) -> Option<f64> {
    offer
        .quotes
        .iter()
        .find(|quote| quote.book == book && quote.selection == selection)
        .map(|quote| quote.odds.decimal())
}

impl Predictor for Market {
    fn observe(&mut self, _: &Match) {}

    fn predict(&mut self, offer: &Offer, _: Time) -> Result<Option<Opinion>, PredictError> {
        let Some(odds) = self.odds(offer) else {
            return Ok(None);
        };
        let Ok(fair) = margin::fair_of(odds, self.method) else {
            return Ok(None);
        };
        if offer.state == MatchState::default() {
            let over = self.over(offer);
            return Ok(opinion_of(fair, over, self.rho));
        }
        let score = Score {
            home: offer.state.home_goals,
            away: offer.state.away_goals,
        };
        Ok(rates_of(fair, score).and_then(|rates| in_play(rates, score)))
    }

    /// Empty: predictions depend on the current prices only.
    fn save(&self) -> Option<Vec<u8>> {
        Some(Vec::new())
    }

    fn restore(&mut self, bytes: &[u8]) -> Result<(), CheckpointError> {
        checkpoint::decode("state of the market model", bytes)
    }
}

/// What these rates of the goals still to come say.
fn in_play([home, away]: [f64; 2], score: Score) -> Option<Opinion> {
    Some(ScoreGrid::remaining(score, home, away).ok()?.into())
}

/// What these probabilities of home win, draw and away win, and of a number of goals, say of a match before kick-off; `None`
/// where no rates give those of the result.
///
/// Where no rates give all of them the number of goals does not count. Those of the result are named, so that they are the same to the
/// last bit whatever is known of goals.
pub(crate) fn opinion_of(result: [f64; 3], over: Option<Over>, rho: f64) -> Option<Opinion> {
    let both = over.and_then(|over| opinion_at(rates_at(result, Some(over), rho)?));
    let mut opinion = both.or_else(|| opinion_at(rates_at(result, None, rho)?))?;
    let selections = [Selection::HOME, Selection::DRAW, Selection::AWAY];
    for (selection, won) in selections.into_iter().zip(result) {
        opinion.set(selection, OutcomeDistribution::binary(won));
    }
    Some(opinion)
}

fn opinion_at(rates: Rates) -> Option<Opinion> {
    // what the grid holds ρ to is what is written, and read again
    let rho = ScoreGrid::possible_rho([rates.home, rates.away], rates.rho);
    let rates = Rates { rho, ..rates };
    let grid = ScoreGrid::dixon_coles(rates.home, rates.away, rates.rho).ok()?;
    Some(Opinion::of_rates(rates, grid))
}

/// The probability of passing a half line, by the over and under of one book among these quotes: 2.5, else the line whose price is
/// nearest to even, and of two that are as near the lower one.
pub(crate) fn over_of<'a>(
    quotes: impl Iterator<Item = &'a Quote> + Clone,
    method: MarginMethod,
) -> Option<Over> {
    let overs = quotes
        .clone()
        .filter(|quote| quote.selection.side() == Side::Over);
    let lines = overs.filter_map(|over| {
        let line = half_line(over.selection)?;
        let under = Selection::new(over.selection.market(), Side::Under)?;
        let under = quotes
            .clone()
            .find(|quote| quote.selection == under && quote.book == over.book)?;
        let odds = [over.odds.decimal(), under.odds.decimal()];
        let [probability, _] = margin::fair_of(odds, method).ok()?;
        Some((line, probability))
    });
    let nearest = lines.min_by_key(|(line, probability)| {
        // in parts of a million, since floating-point numbers have no order
        let off = ((probability - 0.5).abs() * 1e6) as u32;
        (*line != Line::TWO_AND_A_HALF, off, *line)
    });
    nearest.map(|(line, probability)| Over {
        goals: u32::from(line.quarters().unsigned_abs()) / 4,
        probability,
    })
}

/// The line of a total that nobody can get a stake back on.
fn half_line(selection: Selection) -> Option<Line> {
    let BetMarket::OverUnder(line) = selection.market() else {
        return None;
    };
    (line.quarters() > 0 && line.quarters() % 4 == 2).then_some(line)
}

/// The rates of independent Poisson goals, added to `score`, that give these probabilities of home win, draw and away win.
///
/// `None` when no rates do, or when the probabilities do not sum to 1.
///
/// # Formula
/// ```text
/// ∂H/∂λ = ∂A/∂ν = P(draw)   ∂H/∂ν = −P(home by one)   ∂A/∂λ = −P(away by one)
/// ```
/// which Newton's method solves in ln λ and ln ν.
///
/// ```
/// use simbet::Score;
/// use simbet::internals::predict::rates_of;
/// let sum = 0.45 + 0.28 + 0.29;
/// let [home, away] = rates_of([0.45, 0.28, 0.29].map(|p| p / sum), Score::default()).unwrap();
/// assert!((home - 1.34349523).abs() < 1e-8 && (away - 1.02070688).abs() < 1e-8);
/// ```
pub fn rates_of(probabilities: [f64; 3], score: Score) -> Option<[f64; 2]> {
    let [home, draw, away] = probabilities;
    let proper = probabilities.iter().all(|p| *p > 0.0) && (home + draw + away - 1.0).abs() < 1e-9;
    let mut rates = proper.then_some([1.35 + 0.8 * (home - away), 1.35 - 0.8 * (home - away)])?;
    let mut state = Residual::at(rates, probabilities, score)?;
    for _ in 0..60 {
        if state.size() < 1e-12 {
            return Some(rates);
        }
        let step = state.step(rates)?;
        (rates, state) = line_search(rates, step, probabilities, score, state.size())?;
    }
    None
}

/// Halves the step until it brings the probabilities closer to the target.
fn line_search(
    rates: [f64; 2],
    step: [f64; 2],
    target: [f64; 3],
    score: Score,
    size: f64,
) -> Option<([f64; 2], Residual)> {
    (0..40).find_map(|halvings| {
        let length = 0.5_f64.powi(halvings);
        let next = [0, 1].map(|k| rates[k] * (length * step[k]).clamp(-1.0, 1.0).exp());
        let state = Residual::at(next, target, score)?;
        (state.size() < size).then_some((next, state))
    })
}

/// The differences of the probabilities at two rates from the target, and what Newton's step needs.
struct Residual {
    home: f64,
    away: f64,
    draw: f64,
    /// P(home by one) and P(away by one).
    by_one: [f64; 2],
}

impl Residual {
    fn at([home_rate, away_rate]: [f64; 2], target: [f64; 3], score: Score) -> Option<Self> {
        let grid = ScoreGrid::remaining(score, home_rate, away_rate).ok()?;
        let [home, draw, away] = grid.outcomes();
        Some(Self {
            home: home - target[0],
            away: away - target[2],
            draw,
            by_one: [1, -1].map(|margin| grid.exactly(Along::Margin, margin)),
        })
    }

    fn size(&self) -> f64 {
        self.home.abs().max(self.away.abs())
    }

    /// Newton's step in ln λ and ln ν.
    fn step(&self, [home_rate, away_rate]: [f64; 2]) -> Option<[f64; 2]> {
        let [home_by_one, away_by_one] = self.by_one;
        let determinant = self.draw * self.draw - home_by_one * away_by_one;
        let lambda = -(self.draw * self.home + home_by_one * self.away) / determinant;
        let nu = -(self.draw * self.away + away_by_one * self.home) / determinant;
        let step = [lambda / home_rate, nu / away_rate];
        step.iter().all(|part| part.is_finite()).then_some(step)
    }
}
