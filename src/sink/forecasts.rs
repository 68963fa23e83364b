//! Keeps the forecasts.

use super::{Sink, SinkError};
use crate::domain::{Entry, Forecast, Names};

/// The forecast of each match, in order of time.
#[derive(Debug, Default)]
pub struct Forecasts(pub Vec<Forecast>);

impl Sink for Forecasts {
    fn name(&self) -> &'static str {
        "forecasts"
    }

    fn write(&mut self, entry: &Entry, _: &Names) -> Result<(), SinkError> {
        if let Entry::Predicted(forecast) = entry {
            self.0.push(forecast.clone());
        }
        Ok(())
    }
}
