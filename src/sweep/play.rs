//! Plays every setting. Those that differ only in staking share their predictions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::outcome::Outcome;
use super::progress::SearchProgress;
use super::{Reader, SweepError, content};
use crate::backtest;
use crate::config::RunConfig;
use crate::engine::{Engine, EngineConfig, EngineError};
use crate::error::Error;
use crate::predict::{PredictionCache, Recorder};
use crate::results::Journal;
use crate::results::names::FORM;
use crate::run;
use crate::sink::Outputs;
use crate::sink::daily_profits::DailyProfits;
use crate::sink::significance::SignificanceSink;
use crate::source::{Matches, Replay, SourceError, Stoppable};

/// A setting to be played.
pub(super) struct Task {
    /// Its name in errors.
    pub label: String,
    pub config: RunConfig,
    /// Whether its significance is assessed. That is valid only for one setting, chosen beforehand.
    pub assessed: bool,
}

impl Task {
    /// The hold-out's setting has been found in the search, where something fitted it.
    fn ensure_something_fits(&self, matches: &Matches) -> Result<(), SourceError> {
        if self.assessed {
            return Ok(());
        }
        backtest::ensure_something_fits(&self.config.engine, &self.config.replay, matches)
    }
}

/// The outcomes of all settings.
pub(super) struct Played {
    pub outcomes: Vec<Outcome>,
    /// The days on which results of offered matches became known.
    pub calendar: BTreeSet<i64>,
    /// The number of settings that the journal had.
    pub taken_over: usize,
    /// The matches of the first setting.
    pub matches: Arc<Matches>,
}

/// Plays settings, with a journal and a count of progress.
pub(super) struct Player<'a>(SearchProgress<'a>);

/// A setting with its key in the journal.
struct Keyed<'a> {
    place: usize,
    task: &'a Task,
    key: String,
}

impl<'a> Keyed<'a> {
    fn new(place: usize, task: &'a Task, inputs: &str) -> Self {
        Self {
            place,
            task,
            key: key(inputs, task),
        }
    }
}

impl<'a> Player<'a> {
    pub const fn new(progress: SearchProgress<'a>) -> Self {
        Self(progress)
    }

    /// The outcome of each setting, in their order.
    pub fn play(&self, tasks: &[Task], read: &mut Reader<'_>) -> Result<Played, SweepError> {
        let mut outcomes: Vec<Option<Outcome>> = tasks.iter().map(|_| None).collect();
        let (mut calendar, mut first) = (BTreeSet::new(), None);
        let places: Vec<usize> = (0..tasks.len()).collect();
        for alike in grouped(places, |place| text(&tasks[*place].config.read)) {
            let matches = read(&tasks[alike[0]].config.read)?;
            let inputs = content::digest(&matches);
            for task in alike.iter().map(|place| &tasks[*place]) {
                task.ensure_something_fits(&matches)?;
            }
            first.get_or_insert_with(|| Arc::clone(&matches));
            let alike = alike
                .into_iter()
                .map(|place| Keyed::new(place, &tasks[place], &inputs))
                .collect();
            for alike in grouped(alike, |keyed: &Keyed<'_>| text(keyed.task.config.replay)) {
                let replay = Replay::new(Arc::clone(&matches), alike[0].task.config.replay);
                calendar.extend(replay.match_days());
                let played = self
                    .play_alike(alike, &replay)
                    .map_err(|error| match error {
                        SweepError::Source(SourceError::Stopped) => self.stopped(),
                        error => error,
                    })?;
                played
                    .into_iter()
                    .for_each(|(place, outcome)| outcomes[place] = Some(outcome));
            }
        }
        let outcomes: Vec<Outcome> = outcomes.into_iter().flatten().collect();
        let matches = first.filter(|_| outcomes.len() == tasks.len());
        let matches = matches.ok_or_else(|| self.stopped())?;
        Ok(Played {
            outcomes,
            calendar,
            taken_over: self.0.taken_over(),
            matches,
        })
    }

    /// Plays the settings of one replay. It holds the predictions of as many groups as there are threads.
    fn play_alike(
        &self,
        alike: Vec<Keyed<'_>>,
        replay: &Replay,
    ) -> Result<Vec<(usize, Outcome)>, SweepError> {
        let (mut played, mut left) = (Vec::new(), Vec::new());
        for keyed in alike {
            match self.take_over(&keyed) {
                Some(outcome) => played.push((keyed.place, outcome)),
                None => left.push(keyed),
            }
        }
        let groups = grouped(left, |keyed| {
            let engine = &keyed.task.config.engine;
            text((&engine.model, &engine.pools))
        });
        for groups in groups.chunks(rayon::current_num_threads().max(1)) {
            played.extend(self.play_groups(groups, replay)?);
        }
        Ok(played)
    }

    /// Plays groups that share predictions: the first setting of each makes them, the others reuse them.
    fn play_groups(
        &self,
        groups: &[Vec<Keyed<'_>>],
        replay: &Replay,
    ) -> Result<Vec<(usize, Outcome)>, SweepError> {
        let recorded: Vec<_> = groups
            .par_iter()
            .with_max_len(1)
            .map(|group| self.record(&group[0], replay))
            .collect();
        let recorded: Vec<(Outcome, PredictionCache)> =
            recorded.into_iter().collect::<Result<_, _>>()?;
        let others: Vec<(&Keyed<'_>, &PredictionCache)> = groups
            .iter()
            .zip(&recorded)
            .flat_map(|(group, (_, predictions))| {
                group[1..].iter().map(move |keyed| (keyed, predictions))
            })
            .collect();
        let reused: Vec<Result<_, SweepError>> = others
            .par_iter()
            .with_max_len(1)
            .map(|(keyed, predictions)| {
                let outcome =
                    self.play_one(keyed, replay, |config| replaying(config, predictions))?;
                Ok((keyed.place, outcome))
            })
            .collect();
        let mut all: Vec<_> = reused.into_iter().collect::<Result<_, _>>()?;
        all.extend(
            groups
                .iter()
                .zip(recorded)
                .map(|(group, (outcome, _))| (group[0].place, outcome)),
        );
        Ok(all)
    }

    /// Plays a setting, and keeps its predictions.
    fn record(
        &self,
        keyed: &Keyed<'_>,
        replay: &Replay,
    ) -> Result<(Outcome, PredictionCache), SweepError> {
        let recorder = Arc::new(Recorder::default());
        let outcome = self.play_one(keyed, replay, |config| recording(config, &recorder))?;
        Ok((outcome, recorder.finish()))
    }

    /// Plays a setting, and writes its outcome into the journal.
    fn play_one(
        &self,
        keyed: &Keyed<'_>,
        replay: &Replay,
        engine: impl Fn(&EngineConfig) -> Result<Engine, EngineError>,
    ) -> Result<Outcome, SweepError> {
        let Keyed { task, key, .. } = keyed;
        let outcome = engine(&task.config.engine)
            .map_err(Error::from)
            .and_then(|engine| self.outcome(engine, replay, task.assessed))
            .map_err(|source| match source {
                Error::Source(SourceError::Stopped) => SweepError::Source(SourceError::Stopped),
                source => SweepError::Setting {
                    label: task.label.clone(),
                    source: Box::new(source),
                },
            })?;
        self.0.keep(key, outcome.to_line())?;
        self.count(task);
        Ok(outcome)
    }

    fn outcome(
        &self,
        mut engine: Engine,
        replay: &Replay,
        assessed: bool,
    ) -> Result<Outcome, Error> {
        let mut replay = replay.clone();
        let mut source = Stoppable::new(&mut replay, self.0.stop);
        let mut outputs = Outputs {
            daily_profits: Some(DailyProfits::default()),
            significance: assessed.then(SignificanceSink::default),
            ..Outputs::default()
        };
        let sinks = &mut outputs.sinks();
        let mut summary = run::run(&mut source, &mut engine, sinks, &mut |_| {})?;
        summary.significance = outputs.significance.map(|sink| sink.assess());
        let counts = replay.counts();
        summary.unpriced = counts.in_period - counts.offered;
        Ok(Outcome {
            summary,
            days: outputs.daily_profits.unwrap_or_default().0,
        })
    }

    fn take_over(&self, keyed: &Keyed<'_>) -> Option<Outcome> {
        let outcome = self.0.known(&keyed.key, Outcome::from_line)?;
        self.count(keyed.task);
        Some(outcome)
    }

    /// Gives access to the journal, if there is one.
    pub fn journal<T>(&self, with: impl FnOnce(&mut Journal) -> T) -> Option<T> {
        self.0.journal(with)
    }

    /// Counts a finished setting; the look at the hold-out does not count.
    fn count(&self, task: &Task) {
        if !task.assessed {
            self.0.count();
        }
    }

    /// The error when not all settings were played.
    fn stopped(&self) -> SweepError {
        SweepError::Stopped {
            done: self.0.done(),
            all: self.0.all,
        }
    }
}

/// An engine whose predictions are recorded.
fn recording(config: &EngineConfig, recorder: &Arc<Recorder>) -> Result<Engine, EngineError> {
    let recorder = Arc::clone(recorder);
    let engine = Engine::new(config)?;
    Ok(engine.with_wrapped_models(move |pool, model| recorder.record(pool, model)))
}

/// An engine that reuses the predictions of another.
fn replaying(config: &EngineConfig, predictions: &PredictionCache) -> Result<Engine, EngineError> {
    let engine = Engine::new(config)?;
    if config.model.is_none() {
        return Ok(engine);
    }
    let predictions = predictions.clone();
    Ok(engine.with_models(move |pool| predictions.predictor(pool)))
}

/// Groups items by key, in the order in which each key first comes.
fn grouped<T>(all: Vec<T>, key: impl Fn(&T) -> String) -> Vec<Vec<T>> {
    let (mut places, mut groups) = (BTreeMap::new(), Vec::<Vec<T>>::new());
    for one in all {
        let place = *places.entry(key(&one)).or_insert(groups.len());
        if place == groups.len() {
            groups.push(Vec::new());
        }
        groups[place].push(one);
    }
    groups
}

fn text(value: impl Serialize) -> String {
    // settings are plain data, which serializes without errors
    serde_json::to_string(&value).unwrap_or_default()
}

/// The key of an outcome: a hash of all that it depends on, which is version, form, what was read and every setting.
fn key(inputs: &str, task: &Task) -> String {
    let kind = if task.assessed {
        "assessed"
    } else {
        "searched"
    };
    let form = FORM.to_string();
    let version = env!("CARGO_PKG_VERSION");
    hash(&[version, &form, inputs, kind, &text(&task.config)])
}

/// SHA-256 of the parts, in hexadecimal.
pub(crate) fn hash(parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    hex::encode(digest.finalize())
}
