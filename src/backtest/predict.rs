//! Forecasts of fixtures that are not played yet, and the bets on them.

use std::sync::Arc;

use super::wanted_prices;
use crate::domain::{Fixture, Forecast, Withheld};
use crate::engine::{Engine, EngineConfig};
use crate::error::Error;
use crate::run::run;
use crate::sink::Outputs;
use crate::sink::forecasts::Forecasts;
use crate::sink::memory::Memory;
use crate::source::{Matches, Offered, Replay, ReplayConfig};

/// Forecasts of fixtures, and the bets on them.
///
/// ```
/// use simbet::{RunConfig, Settings, predict_fixtures, read_bytes};
/// let csv = b"date,home_team,away_team,home_goals,away_goals\n2024-08-16,Leeds,Hull,3,1\n2024-08-23,Hull,Leeds,,\n";
/// let config = RunConfig::resolve(&Settings::default()).unwrap();
/// let matches = read_bytes("mine.csv", csv, &config.read).unwrap();
/// let predictions = predict_fixtures(&config.engine, config.replay, matches).unwrap();
/// let forecast = &predictions.forecasts[0];
/// assert_eq!(predictions.matches.names.team(forecast.fixture.home), "Hull");
/// assert_eq!(forecast.market, None); // the fixture has no price
/// ```
#[derive(Debug)]
pub struct Predictions {
    /// The forecasts, in order of time.
    pub forecasts: Vec<Forecast>,
    /// The matches on which no bet was considered, in order of time, with the reason.
    pub withheld: Vec<(Arc<Fixture>, Withheld)>,
    /// The bets, placed and refused.
    pub bets: Memory,
    /// The matches.
    pub matches: Arc<Matches>,
}

/// Learns from the matches that were played, then predicts the fixtures that were not, and stakes them.
///
/// # Errors
/// When the fixtures' files have prices but none that would be bet at, when a setting is out of range or a model fails.
///
/// ```
/// use simbet::{RunConfig, Settings, predict_fixtures, read_bytes};
/// let csv = b"date,home_team,away_team,home_goals,away_goals\n2024-08-16,Leeds,Hull,3,1\n2024-08-23,Hull,Leeds,,\n";
/// let config = RunConfig::resolve(&Settings::default()).unwrap();
/// let matches = read_bytes("mine.csv", csv, &config.read).unwrap();
/// let predictions = predict_fixtures(&config.engine, config.replay, matches).unwrap();
/// assert_eq!(predictions.forecasts.len(), 1);
/// assert!((predictions.forecasts[0].model.iter().sum::<f64>() - 1.0).abs() < 1e-9);
/// ```
pub fn predict_fixtures(
    config: &EngineConfig,
    replay: ReplayConfig,
    matches: Matches,
) -> Result<Predictions, Error> {
    matches.ensure_prices_of_fixtures(wanted_prices(config, &replay))?;
    let matches = Arc::new(matches);
    let fixtures = ReplayConfig {
        offered: Offered::Fixtures,
        ..replay
    };
    let mut replay = Replay::new(Arc::clone(&matches), fixtures);
    let mut engine = Engine::new(config)?;
    let mut outputs = Outputs {
        forecasts: Some(Forecasts::default()),
        memory: Some(Memory::default()),
        ..Outputs::default()
    };
    run(&mut replay, &mut engine, &mut outputs.sinks(), &mut |_| {})?;
    let Forecasts {
        forecasts,
        withheld,
    } = outputs.forecasts.unwrap_or_default();
    Ok(Predictions {
        forecasts,
        withheld,
        bets: outputs.memory.unwrap_or_default(),
        matches,
    })
}
