//! The market model: a book's match odds without margin, as goal rates.

use super::margin::{self, MarginMethod};
use super::{ModelConfig, PredictError, Predictor};
use crate::checkpoint::{self, CheckpointError};
use crate::domain::grid::Along;
use crate::domain::{
    Book, Match, MatchState, Offer, Opinion, Rates, Score, ScoreGrid, Selection, Time,
};

/// A model with the two goal rates that reproduce a book's match odds without margin.
///
/// Prices in play include the score, so the rates are those of the goals still to come.
#[derive(Debug, Clone)]
pub struct Market {
    book: Option<Book>,
    method: MarginMethod,
}

impl Market {
    pub(super) fn new(config: &ModelConfig) -> Self {
        Self {
            book: config.market_book,
            method: config.margin_method,
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
        let score = Score {
            home: offer.state.home_goals,
            away: offer.state.away_goals,
        };
        Ok(rates_of(fair, score).and_then(|rates| opinion(rates, offer, score)))
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
fn opinion([home, away]: [f64; 2], offer: &Offer, score: Score) -> Option<Opinion> {
    let grid = ScoreGrid::remaining(score, home, away).ok()?;
    if offer.state != MatchState::default() {
        return Some(grid.into());
    }
    let rho = 0.0;
    Some(Opinion::of_rates(Rates { home, away, rho }, grid))
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
