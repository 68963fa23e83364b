//! Keeps the forecasts of matches before kick-off, with the prices that they were made for and what came of them.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Sink, SinkError};
use crate::domain::{Entry, Forecast, MatchState, Names, Score};
use crate::schema::PredictionRow;

/// Every forecast that was made before kick-off, in the order in which they were made. A match whose prices came at several
/// times has one for each.
#[derive(Debug, Default)]
pub struct PredictionSink {
    /// Each with the number of its match.
    forecasts: Vec<(Forecast, usize)>,
    matches: Vec<PredictedMatch>,
    /// The number of the last match of each id: a feed may use an id again.
    numbers: HashMap<Arc<str>, usize>,
}

/// What is known of a match that was predicted.
#[derive(Debug)]
struct PredictedMatch {
    /// The number of its last forecast.
    last: usize,
    /// The final score; `None` before it is known, and of a match that has none.
    score: Option<Score>,
    is_over: bool,
}

impl PredictionSink {
    /// The forecasts as rows; `model` is the name of the model.
    pub fn rows<'a>(
        &'a self,
        model: &'a str,
        names: &'a Names,
    ) -> impl Iterator<Item = PredictionRow<'a>> {
        let forecasts = self.forecasts.iter().enumerate();
        forecasts.map(move |(place, (forecast, number))| {
            let PredictedMatch { last, score, .. } = self.matches[*number];
            PredictionRow {
                forecast,
                score,
                is_last: place == last,
                model,
                names,
            }
        })
    }

    fn predicted(&mut self, forecast: &Forecast) {
        let id = &forecast.fixture.id;
        let known = self.numbers.get(id).copied();
        let open = known.filter(|number| !self.matches[*number].is_over);
        let last = self.forecasts.len();
        let number = open.unwrap_or(self.matches.len());
        match self.matches.get_mut(number) {
            Some(known) => known.last = last,
            None => self.matches.push(PredictedMatch {
                last,
                score: None,
                is_over: false,
            }),
        }
        if open.is_none() {
            self.numbers.insert(Arc::clone(id), number);
        }
        self.forecasts.push((forecast.clone(), number));
    }

    fn ended(&mut self, id: &str, score: Option<Score>) {
        if let Some(number) = self.numbers.get(id) {
            let known = &mut self.matches[*number];
            known.score = score;
            known.is_over = true;
        }
    }
}

impl Sink for PredictionSink {
    fn name(&self) -> &'static str {
        "predictions"
    }

    fn wants_prices(&self) -> bool {
        true
    }

    fn write(&mut self, entry: &Entry, _: &Names) -> Result<(), SinkError> {
        match entry {
            Entry::Predicted(forecast) if forecast.state == MatchState::default() => {
                self.predicted(forecast);
            }
            Entry::Scored { forecast, score } => self.ended(&forecast.fixture.id, Some(*score)),
            Entry::Revised {
                after,
                forecast: Some(forecast),
                ..
            } => {
                let score = after.status.has_result().then_some(after.score);
                self.ended(&forecast.fixture.id, score);
            }
            Entry::Predicted(_)
            | Entry::Revised { forecast: None, .. }
            | Entry::Placed(_)
            | Entry::Refused { .. }
            | Entry::Withheld { .. }
            | Entry::Settled(_)
            | Entry::Corrected { .. }
            | Entry::Played(_)
            | Entry::Closed { .. } => {}
        }
        Ok(())
    }
}
