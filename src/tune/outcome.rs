//! The forecasts of one setting, in memory and as a line of the journal.

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::ScoreBy;
use crate::checkpoint;
use crate::domain::{Entry, Line, Market, Names, Score, Selection, Side};
use crate::metrics::Scores;
use crate::schema::opinion_of_forecast;
use crate::significance::{brier, log_loss, rps};
use crate::sink::{Sink, SinkError};
use crate::source::Matches;

/// What a setting forecast of a match that is over.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct TunedForecast {
    /// The place of the match among those that were read.
    pub record: u32,
    /// Home win, draw and away win.
    pub result: [f64; 3],
    /// Over 2.5; `None` of a model that says nothing of it.
    pub over: Option<f64>,
    /// Whether the market priced it in full.
    priced: bool,
}

/// The outcome of one setting.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Outcome {
    /// The forecasts that are scored, in the order in which results became known: those of matches that the market priced in
    /// full, or all if it priced none, as the summary of a backtest has them.
    pub forecasts: Vec<TunedForecast>,
    /// The market's scores.
    pub market: Scores,
}

impl TunedForecast {
    /// How well it did.
    pub fn score(&self, by: ScoreBy, score: Score) -> Option<f64> {
        Some(match by {
            ScoreBy::LogLoss => log_loss(self.result, score),
            ScoreBy::Brier => brier(self.result, score),
            ScoreBy::Rps => rps(self.result, score),
            ScoreBy::Over => {
                let is_over = u16::from(score.home) + u16::from(score.away) > 2;
                let over = self.over?;
                -(if is_over { over } else { 1.0 - over }).ln() + 0.0
            }
        })
    }
}

/// What the journal's lines are called in errors.
const LINE: &str = "forecasts of a setting";

impl Outcome {
    /// As a line of text that gives back every bit.
    pub fn to_line(&self) -> Option<String> {
        Some(STANDARD.encode(checkpoint::encode(self).ok()?))
    }

    /// `None` for a text that is no outcome of this version.
    pub fn from_line(line: &str) -> Option<Self> {
        checkpoint::decode(LINE, &STANDARD.decode(line).ok()?).ok()
    }
}

/// The place of each match among those that were read, by its id.
pub(super) type Places = Arc<HashMap<Arc<str>, u32>>;

/// Keeps the forecasts of matches that are over.
pub(super) struct TuneSink {
    places: Places,
    forecasts: Vec<TunedForecast>,
}

/// The places of matches.
pub(super) fn places(matches: &Matches) -> Places {
    let ids = matches.records.iter().map(|record| &record.fixture.id);
    Arc::new(
        (0..)
            .zip(ids)
            .map(|(place, id)| (Arc::clone(id), place))
            .collect(),
    )
}

impl TuneSink {
    pub fn new(places: &Places) -> Self {
        Self {
            places: Arc::clone(places),
            forecasts: Vec::new(),
        }
    }

    /// What is scored.
    pub fn finish(self, market: Scores) -> Outcome {
        let mut forecasts = self.forecasts;
        if market.n > 0 {
            forecasts.retain(|forecast| forecast.priced);
        }
        Outcome { forecasts, market }
    }
}

impl Sink for TuneSink {
    fn name(&self) -> &'static str {
        "tune"
    }

    fn write(&mut self, entry: &Entry, _: &Names) -> Result<(), SinkError> {
        let Entry::Scored { forecast, .. } = entry else {
            return Ok(());
        };
        let place = self.places.get(&forecast.fixture.id);
        if let (Some(&record), Some(result)) = (place, forecast.model) {
            let over = Selection::new(Market::OverUnder(Line::TWO_AND_A_HALF), Side::Over);
            let opinion = opinion_of_forecast(forecast);
            self.forecasts.push(TunedForecast {
                record,
                result,
                over: over.and_then(|over| Some(opinion.distribution(over)?.won)),
                priced: forecast.market.is_some(),
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_gives_back_every_bit() {
        let outcome = Outcome {
            forecasts: vec![TunedForecast {
                record: 7,
                result: [0.1 + 0.2, 1.0 / 3.0, 1e-300],
                over: None,
                priced: true,
            }],
            market: Scores {
                n: 1,
                log_loss: Some(0.1),
                ..Scores::default()
            },
        };
        let line = outcome.to_line().unwrap();
        assert!(!line.contains([' ', '\n']));
        assert_eq!(Outcome::from_line(&line), Some(outcome));
        assert_eq!(Outcome::from_line(&line[4..]), None);
    }
}
