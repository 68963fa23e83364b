//! Backtests in the background.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::problem::Problem;
use crate::backtest;
use crate::config::RunConfig;
use crate::error::Error;
use crate::source::{SourceError, read_bytes};

/// Backtests that run at once.
const MOST_RUNNING: usize = 2;
/// Backtests that are kept, those that run included; the oldest that is over makes room.
const MOST_KEPT: usize = 32;

/// Every backtest that is kept.
#[derive(Debug, Default)]
pub struct Backtests {
    jobs: Mutex<BTreeMap<u64, Arc<Job>>>,
    datasets: Option<PathBuf>,
}

/// One backtest.
#[derive(Debug, Default)]
struct Job {
    stop: AtomicBool,
    /// Rounds that are done.
    rounds: AtomicU64,
    outcome: Mutex<Option<Outcome>>,
}

/// How a backtest ended.
#[derive(Debug, Clone)]
enum Outcome {
    Done(Value),
    Failed(String),
    Cancelled,
}

/// A backtest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BacktestAnswer {
    /// Names it.
    pub id: u64,
    /// `running`, `done`, `failed` or `cancelled`.
    pub status: String,
    /// Rounds of prices and results that are done.
    pub rounds: u64,
    /// What came out; null unless it is done.
    #[schema(value_type = Option<Object>, required = true)]
    pub summary: Option<Value>,
    /// Why it failed; null unless it did.
    #[schema(required = true)]
    pub error: Option<String>,
}

impl Backtests {
    /// None so far; datasets are the files of a folder.
    pub fn new(datasets: Option<PathBuf>) -> Self {
        Self {
            datasets,
            ..Self::default()
        }
    }

    /// The bytes of a dataset, by its name.
    ///
    /// # Errors
    /// When there is none of that name, or it cannot be read.
    pub fn dataset(&self, name: &str) -> Result<Vec<u8>, Problem> {
        // the name in a request is compared with the files of the folder, and never becomes part of a path
        let files = self
            .datasets
            .as_deref()
            .map_or_else(|| Ok(BTreeMap::new()), list);
        let files = files.map_err(|error| Problem::internal(&error))?;
        let Some(path) = files.get(name) else {
            let names: Vec<_> = files.keys().map(String::as_str).collect();
            let allowed = if names.is_empty() {
                "none: see --datasets".to_owned()
            } else {
                names.join(", ")
            };
            return Err(Problem::field("dataset", &allowed, &format!("{name:?}")));
        };
        std::fs::read(path).map_err(|error| Problem::internal(&error))
    }

    /// Starts a backtest.
    ///
    /// # Errors
    /// When as many run as may.
    pub fn start(
        &self,
        id: u64,
        config: RunConfig,
        csv: Vec<u8>,
    ) -> Result<BacktestAnswer, Problem> {
        let job = Arc::new(Job::default());
        {
            let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
            if jobs.values().filter(|job| job.is_running()).count() >= MOST_RUNNING {
                return Err(Problem::too_many("backtests"));
            }
            while jobs.len() >= MOST_KEPT {
                let over = jobs
                    .iter()
                    .find(|(_, job)| !job.is_running())
                    .map(|(id, _)| *id);
                over.and_then(|over| jobs.remove(&over));
            }
            jobs.insert(id, Arc::clone(&job));
        }
        let theirs = Arc::clone(&job);
        let started = thread::Builder::new()
            .name("backtest".to_owned())
            .spawn(move || theirs.run(&config, &csv));
        if let Err(error) = started {
            self.remove(id);
            return Err(Problem::internal(&error));
        }
        Ok(job.answer(id))
    }

    /// How a backtest is doing.
    pub fn get(&self, id: u64) -> Option<BacktestAnswer> {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.get(&id).map(|job| job.answer(id))
    }

    /// Cancels a backtest, or deletes one that is finished; whether there was one.
    pub fn remove(&self, id: u64) -> bool {
        let job = self
            .jobs
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&id);
        job.is_some_and(|job| {
            job.stop.store(true, Ordering::Relaxed);
            true
        })
    }

    /// Cancels all.
    pub fn stop(&self) {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.values()
            .for_each(|job| job.stop.store(true, Ordering::Relaxed));
    }
}

fn list(folder: &Path) -> io::Result<BTreeMap<String, PathBuf>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.to_ascii_lowercase().ends_with(".csv") && entry.path().is_file() {
            files.insert(name, entry.path());
        }
    }
    Ok(files)
}

impl Job {
    fn is_running(&self) -> bool {
        self.outcome
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_none()
    }

    fn run(&self, config: &RunConfig, csv: &[u8]) {
        let outcome = match self.backtest(config, csv) {
            Ok(summary) => Outcome::Done(summary),
            Err(Error::Source(SourceError::Stopped)) => Outcome::Cancelled,
            Err(error) => Outcome::Failed(chain(&error)),
        };
        *self.outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
    }

    fn backtest(&self, config: &RunConfig, csv: &[u8]) -> Result<Value, Error> {
        let matches = read_bytes("the upload", csv, &config.read)?;
        let done = backtest::backtest_until(
            &self.stop,
            &config.engine,
            config.replay,
            matches,
            None,
            &mut |rounds| self.rounds.store(rounds as u64, Ordering::Relaxed),
        )?;
        Ok(serde_json::to_value(&done.summary).unwrap_or_default())
    }

    fn answer(&self, id: u64) -> BacktestAnswer {
        let outcome = self
            .outcome
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let (status, summary, error) = match outcome {
            None => ("running", None, None),
            Some(Outcome::Done(summary)) => ("done", Some(summary), None),
            Some(Outcome::Failed(error)) => ("failed", None, Some(error)),
            Some(Outcome::Cancelled) => ("cancelled", None, None),
        };
        BacktestAnswer {
            id,
            status: status.to_owned(),
            rounds: self.rounds.load(Ordering::Relaxed),
            summary,
            error,
        }
    }
}

/// An error with its causes.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    text
}
