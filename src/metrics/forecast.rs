//! Mean scores of the forecasts of a run, and of the market on the same matches.

use serde::{Deserialize, Serialize};

use super::mean::Mean;
use crate::domain::{Forecast, Score};
use crate::significance::{brier, log_loss, rps};

/// Mean scores over the matches forecast.
///
/// ```
/// use simbet::Scores;
/// let scores = Scores::default();
/// assert_eq!((scores.n, scores.brier), (0, None)); // a mean of nothing is undefined
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Scores {
    /// Matches.
    pub n: u64,
    /// Mean [`log_loss`]; `None` also when the forecast of a match gave its result a probability of 0.
    pub log_loss: Option<f64>,
    /// Mean [`brier`] score.
    pub brier: Option<f64>,
    /// Mean [`rps`].
    pub rps: Option<f64>,
}

#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Means {
    log_loss: Mean,
    brier: Mean,
    rps: Mean,
}

impl Means {
    fn add(&mut self, forecast: [f64; 3], score: Score) {
        self.log_loss.add(log_loss(forecast, score));
        self.brier.add(brier(forecast, score));
        self.rps.add(rps(forecast, score));
    }

    fn remove(&mut self, forecast: [f64; 3], score: Score) {
        self.log_loss.remove(log_loss(forecast, score));
        self.brier.remove(brier(forecast, score));
        self.rps.remove(rps(forecast, score));
    }

    fn scores(&self) -> Scores {
        let (log_loss, brier, rps) = (self.log_loss.mean(), self.brier.mean(), self.rps.mean());
        Scores {
            n: self.rps.count(),
            log_loss,
            brier,
            rps,
        }
    }
}

/// The scores of model and market on the same matches.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(super) struct Comparison {
    model: Means,
    market: Means,
    /// The model alone on the same matches, where it is pooled with the price.
    unpooled: Means,
    /// The model on matches without a market forecast; reported only when no match has one.
    unpriced: Means,
}

impl Comparison {
    pub(super) fn add(&mut self, forecast: &Forecast, score: Score) {
        let Some(model) = forecast.model else {
            return;
        };
        match forecast.market {
            Some(market) => {
                self.model.add(model, score);
                self.market.add(market, score);
                forecast
                    .unpooled
                    .inspect(|own| self.unpooled.add(*own, score));
            }
            None => self.unpriced.add(model, score),
        }
    }

    /// Takes back the scores of a forecast, whose result was corrected.
    pub(super) fn remove(&mut self, forecast: &Forecast, score: Score) {
        let Some(model) = forecast.model else {
            return;
        };
        match forecast.market {
            Some(market) => {
                self.model.remove(model, score);
                self.market.remove(market, score);
                forecast
                    .unpooled
                    .inspect(|own| self.unpooled.remove(*own, score));
            }
            None => self.unpriced.remove(model, score),
        }
    }

    /// The scores of the model alone; `None` where nothing is pooled.
    pub(super) fn unpooled(&self) -> Option<Scores> {
        let scores = self.unpooled.scores();
        (scores.n > 0).then_some(scores)
    }

    /// The scores of model and market.
    pub(super) fn scores(&self) -> (Scores, Scores) {
        let market = self.market.scores();
        let model = if market.n > 0 {
            &self.model
        } else {
            &self.unpriced
        };
        (model.scores(), market)
    }
}
