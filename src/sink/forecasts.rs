//! Keeps the forecasts, and the reasons why nothing is bet.

use std::sync::Arc;

use super::{Sink, SinkError};
use crate::domain::{Entry, Fixture, Forecast, Names, Withheld};

/// The forecast of each match, in order of time, and the matches on which no bet was considered.
#[derive(Debug, Default)]
pub struct Forecasts {
    /// The forecasts.
    pub forecasts: Vec<Forecast>,
    /// The matches on which no bet was considered, with the reason.
    pub withheld: Vec<(Arc<Fixture>, Withheld)>,
}

impl Sink for Forecasts {
    fn name(&self) -> &'static str {
        "forecasts"
    }

    fn wants_details(&self) -> bool {
        true
    }

    fn write(&mut self, entry: &Entry, _: &Names) -> Result<(), SinkError> {
        if let Entry::Predicted(forecast) = entry {
            self.forecasts.push(Forecast::clone(forecast));
        }
        if let Entry::Withheld {
            fixture, reason, ..
        } = entry
        {
            self.withheld.push((Arc::clone(fixture), *reason));
        }
        Ok(())
    }
}
