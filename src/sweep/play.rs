//! Plays every setting. Those that differ only in staking share their predictions.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::outcome::Outcome;
use super::plan::{Group, Plan};
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

/// What is known before anything is played.
pub(super) struct Survey {
    /// The days on which results of offered matches became known.
    pub calendar: BTreeSet<i64>,
    /// The matches of the first setting.
    pub matches: Arc<Matches>,
    /// What was read, by content, for each way of reading the files.
    inputs: Vec<String>,
}

/// What makes a setting of a place in the grid one that is played.
pub(super) type TaskOf<'a> = dyn Fn(usize) -> Task + Sync + 'a;

/// What is kept of an outcome.
type Kept<'a, T> = dyn Fn(usize, Outcome) -> T + Sync + 'a;

/// Plays settings, with a journal and a count of progress.
pub(super) struct Player<'a>(SearchProgress<'a>);

/// A setting with its key in the journal.
struct Keyed {
    place: usize,
    key: String,
}

/// How the settings of a group are played.
struct Play<'a, T> {
    task: &'a TaskOf<'a>,
    replay: &'a Replay,
    keep: &'a Kept<'a, T>,
}

impl<'a> Player<'a> {
    pub const fn new(progress: SearchProgress<'a>) -> Self {
        Self(progress)
    }

    /// The number of settings that the journal had.
    pub fn taken_over(&self) -> usize {
        self.0.taken_over()
    }

    /// Reads the files, and checks that every setting has something to bet on.
    pub fn survey(
        &self,
        plan: &Plan,
        task: &TaskOf<'_>,
        read: &mut Reader<'_>,
    ) -> Result<Survey, SweepError> {
        let (mut calendar, mut first, mut inputs) = (BTreeSet::new(), None, Vec::new());
        for alike in plan.groups().chunk_by(|one, other| one.read == other.read) {
            let matches = read(&task(alike[0].places[0]).config.read)?;
            inputs.push(content::digest(&matches));
            for place in alike.iter().flat_map(|group| &group.places) {
                task(*place).ensure_something_fits(&matches)?;
            }
            for alike in alike.chunk_by(|one, other| one.replay == other.replay) {
                let replay = task(alike[0].places[0]).config.replay;
                calendar.extend(Replay::new(Arc::clone(&matches), replay).match_days());
            }
            first.get_or_insert(matches);
        }
        Ok(Survey {
            calendar,
            matches: first.ok_or_else(|| self.stopped())?,
            inputs,
        })
    }

    /// What `keep` makes of the outcome of each setting, in any order, each with its place.
    pub fn play<T: Send>(
        &self,
        plan: &Plan,
        survey: &Survey,
        task: &TaskOf<'_>,
        read: &mut Reader<'_>,
        keep: &Kept<'_, T>,
    ) -> Result<Vec<T>, SweepError> {
        let mut all = Vec::with_capacity(plan.len());
        let by_read = plan.groups().chunk_by(|one, other| one.read == other.read);
        for (alike, inputs) in by_read.zip(&survey.inputs) {
            let matches = read(&task(alike[0].places[0]).config.read)?;
            for alike in alike.chunk_by(|one, other| one.replay == other.replay) {
                let replay = task(alike[0].places[0]).config.replay;
                let replay = &Replay::new(Arc::clone(&matches), replay);
                let play = Play { task, replay, keep };
                let played = self.play_alike(alike, inputs, &play, &mut all);
                played.map_err(|error| match error {
                    SweepError::Source(SourceError::Stopped) => self.stopped(),
                    error => error,
                })?;
            }
        }
        if all.len() == plan.len() {
            Ok(all)
        } else {
            Err(self.stopped())
        }
    }

    /// Checks, before anything is written, that others have finished every setting, where they should have.
    pub fn ensure_finished(
        &self,
        plan: &Plan,
        survey: &Survey,
        task: &TaskOf<'_>,
    ) -> Result<(), SweepError> {
        if !self.0.is_of_parts() {
            return Ok(());
        }
        match keyed(plan, survey, task).find(|keyed| !self.0.has(&keyed.key)) {
            Some(Keyed { place, .. }) => Err(SweepError::Missing {
                place,
                label: task(place).label,
            }),
            None => Ok(()),
        }
    }

    /// Puts the journal, if there is one, into the order of the plan.
    pub fn put_in_order(
        &self,
        plan: &Plan,
        survey: &Survey,
        task: &TaskOf<'_>,
    ) -> Result<(), SweepError> {
        let keys = keyed(plan, survey, task).map(|keyed| keyed.key);
        let ordered = self.journal(|journal| journal.put_in_order(keys));
        Ok(ordered.unwrap_or(Ok(()))?)
    }

    /// Plays the settings of one replay, and adds them to those that were played. It holds the predictions of as many groups as there are threads.
    fn play_alike<T: Send>(
        &self,
        alike: &[Group],
        inputs: &str,
        play: &Play<'_, T>,
        played: &mut Vec<T>,
    ) -> Result<(), SweepError> {
        let mut groups = Vec::new();
        for group in alike {
            let mut left = Vec::new();
            for &place in &group.places {
                let task = (play.task)(place);
                let key = key(inputs, &task);
                match self.0.known(&key, Outcome::from_line)? {
                    Some(outcome) => {
                        self.count(&task);
                        played.push((play.keep)(place, outcome));
                    }
                    None if self.0.is_of_parts() && !task.assessed => {
                        return Err(SweepError::Missing {
                            place,
                            label: task.label,
                        });
                    }
                    None => left.push(Keyed { place, key }),
                }
            }
            groups.extend(Some(left).filter(|left| !left.is_empty()));
        }
        for groups in groups.chunks(rayon::current_num_threads().max(1)) {
            played.extend(self.play_groups(groups, play)?);
        }
        Ok(())
    }

    /// Plays groups that share predictions: the first setting of each makes them, the others reuse them.
    fn play_groups<T: Send>(
        &self,
        groups: &[Vec<Keyed>],
        play: &Play<'_, T>,
    ) -> Result<Vec<T>, SweepError> {
        let recorded: Vec<_> = groups
            .par_iter()
            .with_max_len(1)
            .map(|group| self.record(&group[0], play))
            .collect();
        let recorded: Vec<(T, PredictionCache)> = recorded.into_iter().collect::<Result<_, _>>()?;
        let others: Vec<(&Keyed, &PredictionCache)> = groups
            .iter()
            .zip(&recorded)
            .flat_map(|(group, (_, predictions))| {
                group[1..].iter().map(move |keyed| (keyed, predictions))
            })
            .collect();
        let reused: Vec<Result<T, SweepError>> = others
            .par_iter()
            .with_max_len(1)
            .map(|(keyed, predictions)| {
                self.play_one(keyed, play, |config| replaying(config, predictions))
            })
            .collect();
        let mut all: Vec<T> = reused.into_iter().collect::<Result<_, _>>()?;
        all.extend(recorded.into_iter().map(|(kept, _)| kept));
        Ok(all)
    }

    /// Plays a setting, and keeps its predictions.
    fn record<T>(
        &self,
        keyed: &Keyed,
        play: &Play<'_, T>,
    ) -> Result<(T, PredictionCache), SweepError> {
        let recorder = Arc::new(Recorder::default());
        let kept = self.play_one(keyed, play, |config| recording(config, &recorder))?;
        Ok((kept, recorder.finish()))
    }

    /// Plays a setting, and writes its outcome into the journal.
    fn play_one<T>(
        &self,
        keyed: &Keyed,
        play: &Play<'_, T>,
        engine: impl Fn(&EngineConfig) -> Result<Engine, EngineError>,
    ) -> Result<T, SweepError> {
        let task = (play.task)(keyed.place);
        let outcome = engine(&task.config.engine)
            .map_err(Error::from)
            .and_then(|engine| self.outcome(engine, play.replay, task.assessed))
            .map_err(|source| match source {
                Error::Source(SourceError::Stopped) => SweepError::Source(SourceError::Stopped),
                source => SweepError::Setting {
                    label: task.label.clone(),
                    source: Box::new(source),
                },
            })?;
        self.0.keep(&keyed.key, outcome.to_line())?;
        self.count(&task);
        Ok((play.keep)(keyed.place, outcome))
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
        summary.significance = outputs.significance.map(|sink| Box::new(sink.assess()));
        let counts = replay.counts();
        summary.unpriced = counts.in_period - counts.offered;
        Ok(Outcome {
            summary,
            days: outputs.daily_profits.unwrap_or_default().0,
        })
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

    /// The error when not all settings were played, or their tests were stopped.
    pub fn stopped(&self) -> SweepError {
        SweepError::Stopped {
            done: self.0.done(),
            all: self.0.all,
        }
    }
}

/// The settings of a plan with their keys, in its order.
fn keyed<'a>(
    plan: &'a Plan,
    survey: &'a Survey,
    task: &'a TaskOf<'_>,
) -> impl Iterator<Item = Keyed> + 'a {
    let by_read = plan.groups().chunk_by(|one, other| one.read == other.read);
    by_read
        .zip(&survey.inputs)
        .flat_map(move |(alike, inputs)| {
            let places = alike.iter().flat_map(|group| &group.places);
            places.map(move |&place| Keyed {
                place,
                key: key(inputs, &task(place)),
            })
        })
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
