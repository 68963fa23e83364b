//! Runs settings without bets.

use std::sync::Arc;

use rayon::prelude::*;

use super::TuneError;
use super::outcome::{Outcome, Places, TuneSink, places};
use crate::backtest;
use crate::config::RunConfig;
use crate::engine::{Engine, EngineConfig};
use crate::error::Error;
use crate::results::Journal;
use crate::results::names::FORM;
use crate::run;
use crate::source::{Matches, Replay, ReplayConfig, SourceError, Stoppable};
use crate::strategy::StrategyConfig;
use crate::sweep::{Reader, SearchProgress, content, hash};

/// The outcomes of all settings.
pub(super) struct Played {
    pub outcomes: Vec<Outcome>,
    /// The number of settings that the journal had.
    pub taken_over: usize,
    /// The matches of the first setting.
    pub matches: Arc<Matches>,
}

/// Runs settings, with a journal and a count of progress.
pub(super) struct Player<'a>(SearchProgress<'a>);

impl<'a> Player<'a> {
    pub const fn new(progress: SearchProgress<'a>) -> Self {
        Self(progress)
    }

    /// The outcome of each setting, in their order; each has its label. Settings that read files in the same way share the
    /// matches.
    pub fn play(
        &self,
        settings: &[(String, RunConfig)],
        read: &mut Reader<'_>,
    ) -> Result<Played, TuneError> {
        let first = read(&settings[0].1.read)?;
        let places = places(&first);
        let mut outcomes: Vec<Option<Outcome>> = settings.iter().map(|_| None).collect();
        for (start, (_, config)) in settings.iter().enumerate() {
            if outcomes[start].is_some() {
                continue;
            }
            let matches = read(&config.read)?;
            let alike: Vec<usize> = (start..settings.len())
                .filter(|place| settings[*place].1.read == config.read)
                .collect();
            let played = self.play_alike(&alike, settings, &matches, &places)?;
            for (place, outcome) in alike.into_iter().zip(played) {
                outcomes[place] = Some(outcome);
            }
        }
        Ok(Played {
            outcomes: outcomes.into_iter().flatten().collect(),
            taken_over: self.0.taken_over(),
            matches: first,
        })
    }

    /// The outcomes of settings that read the same matches.
    fn play_alike(
        &self,
        alike: &[usize],
        settings: &[(String, RunConfig)],
        matches: &Arc<Matches>,
        places: &Places,
    ) -> Result<Vec<Outcome>, TuneError> {
        matches.ensure_results()?;
        for place in alike {
            let replay = settings[*place].1.replay;
            matches.ensure_period((replay.from, replay.to))?;
        }
        let inputs = content::digest(matches);
        let outcomes: Vec<Result<Outcome, TuneError>> = alike
            .par_iter()
            .with_max_len(1)
            .map(|place| self.play_one(&settings[*place], matches, &inputs, places))
            .collect();
        let outcomes: Result<Vec<Outcome>, TuneError> = outcomes.into_iter().collect();
        outcomes.map_err(|error| match error {
            TuneError::Source(SourceError::Stopped) => self.stopped(),
            error => error,
        })
    }

    /// The outcome of a setting, from the journal if it has it.
    fn play_one(
        &self,
        (label, config): &(String, RunConfig),
        matches: &Arc<Matches>,
        inputs: &str,
        places: &Places,
    ) -> Result<Outcome, TuneError> {
        let key = key(inputs, config);
        if let Some(outcome) = self.0.known(&key, Outcome::from_line)? {
            self.0.count();
            return Ok(outcome);
        }
        let outcome = self
            .outcome(config, matches, places)
            .map_err(|source| match source {
                Error::Source(SourceError::Stopped) => TuneError::Source(SourceError::Stopped),
                source => TuneError::Setting {
                    label: label.clone(),
                    source: Box::new(source),
                },
            })?;
        self.0.keep(&key, outcome.to_line())?;
        self.0.count();
        Ok(outcome)
    }

    fn outcome(
        &self,
        config: &RunConfig,
        matches: &Arc<Matches>,
        places: &Places,
    ) -> Result<Outcome, Error> {
        let replay = offered(&config.engine, config.replay, matches);
        let mut replay = Replay::new(Arc::clone(matches), replay);
        let mut source = Stoppable::new(&mut replay, self.0.stop);
        let mut engine = Engine::new(&without_bets(&config.engine))?;
        let mut sink = TuneSink::new(places);
        let summary = run::run(&mut source, &mut engine, &mut [&mut sink], &mut |_| {})?;
        Ok(sink.finish(summary.market))
    }

    /// Gives access to the journal, if there is one.
    pub fn journal<T>(&self, with: impl FnOnce(&mut Journal) -> T) -> Option<T> {
        self.0.journal(with)
    }

    fn stopped(&self) -> TuneError {
        TuneError::Stopped {
            done: self.0.done(),
            all: self.0.all,
        }
    }
}

/// The replay that offers matches as a backtest does; where none has a price all the same, since a forecast needs none.
fn offered(config: &EngineConfig, replay: ReplayConfig, matches: &Matches) -> ReplayConfig {
    let has_prices = matches
        .ensure_prices(backtest::wanted_prices(config, &replay))
        .is_ok();
    if has_prices {
        replay
    } else {
        replay.of_every_match()
    }
}

/// The same settings with odds asked for that nobody offers: forecasts do not depend on bets, and these take time.
fn without_bets(config: &EngineConfig) -> EngineConfig {
    EngineConfig {
        strategy: StrategyConfig {
            min_odds: Some(1e12),
            max_odds: None,
            selections: None,
            ..config.strategy.clone()
        },
        ..config.clone()
    }
}

/// The key of an outcome: a hash of all that it depends on, which is version, form, what was read and every setting.
fn key(inputs: &str, config: &RunConfig) -> String {
    // settings are plain data, which serializes without errors
    let settings = (&config.engine, config.replay, &config.read);
    let settings = serde_json::to_string(&settings).unwrap_or_default();
    let version = env!("CARGO_PKG_VERSION");
    hash(&["tune", version, &FORM.to_string(), inputs, &settings])
}
