//! Forecasts of fixtures that are not played yet, and the bets on them.

use std::sync::Arc;

use crate::domain::{Entry, Forecast, Names};
use crate::engine::{Engine, EngineConfig};
use crate::error::Error;
use crate::run::run;
use crate::sink::memory::Memory;
use crate::sink::{Sink, SinkError};
use crate::source::{Matches, Offered, Replay, ReplayConfig};

/// What is thought of fixtures, and what would be bet on them.
#[derive(Debug)]
pub struct Predictions {
    /// The forecasts, in order of time.
    pub forecasts: Vec<Forecast>,
    /// The bets, placed and refused.
    pub bets: Memory,
    /// What was read.
    pub matches: Arc<Matches>,
}

/// Learns from the matches that were played, then predicts the fixtures that were not, and stakes them.
///
/// # Errors
/// When a setting is out of range or a model fails.
pub fn predict_fixtures(
    config: &EngineConfig,
    replay: ReplayConfig,
    matches: Matches,
) -> Result<Predictions, Error> {
    let matches = Arc::new(matches);
    let fixtures = ReplayConfig {
        offered: Offered::Fixtures,
        ..replay
    };
    let mut replay = Replay::new(Arc::clone(&matches), fixtures);
    let mut engine = Engine::new(config)?;
    let (mut forecasts, mut bets) = (Forecasts::default(), Memory::default());
    run(
        &mut replay,
        &mut engine,
        &mut [&mut forecasts, &mut bets],
        &mut |_| {},
    )?;
    Ok(Predictions {
        forecasts: forecasts.0,
        bets,
        matches,
    })
}

/// Keeps the forecasts.
#[derive(Default)]
struct Forecasts(Vec<Forecast>);

impl Sink for Forecasts {
    fn write(&mut self, entry: &Entry, _names: &Names) -> Result<(), SinkError> {
        if let Entry::Predicted(forecast) = entry {
            self.0.push(forecast.clone());
        }
        Ok(())
    }
}
