//! Backtests in the background, each in a process of its own.
//!
//! A backtest may take any time and memory, so it runs in a child process with limits ([`worker`]), which a thread of this
//! process starts, listens to and ends (see `process`). Whatever becomes of the child, the service goes on.

mod datasets;
mod job;
mod limits;
mod process;
pub mod worker;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use utoipa::ToSchema;

use super::problem::Problem;
pub use job::{Input, Work};
pub use limits::{BacktestLimits, Memory};
use process::{Outcome, Signal};

/// Backtests that run at once.
const MOST_RUNNING: usize = 2;
/// Backtests that are kept, those that run included; the oldest that is over makes room.
const MOST_KEPT: usize = 32;

/// Every backtest that is kept.
#[derive(Debug)]
pub struct Backtests {
    jobs: Mutex<BTreeMap<u64, Arc<Job>>>,
    /// The threads of the processes that run, and of some that are over.
    threads: Mutex<Vec<JoinHandle<()>>>,
    /// Held by each process until the system has nothing left of it.
    slots: Arc<Semaphore>,
    datasets: Option<PathBuf>,
    limits: BacktestLimits,
    /// The threads of each process.
    threads_each: usize,
}

/// One backtest.
#[derive(Debug)]
struct Job {
    signals: Mutex<Sender<Signal>>,
    /// Rounds that are done.
    rounds: Arc<AtomicU64>,
    outcome: Mutex<Option<Outcome>>,
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
    pub fn new(datasets: Option<PathBuf>, limits: BacktestLimits) -> Self {
        Self {
            jobs: Mutex::default(),
            threads: Mutex::default(),
            slots: Arc::new(Semaphore::new(MOST_RUNNING)),
            datasets,
            limits,
            threads_each: rayon::current_num_threads(),
        }
    }

    /// The file of a dataset, by its name.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn dataset(&self, name: &str) -> Result<PathBuf, Problem> {
        datasets::find(self.datasets.as_deref(), name)
    }

    /// Refuses early, before an upload is read, what could not be started now.
    ///
    /// # Errors
    /// When as many run as may.
    pub fn ensure_free(&self) -> Result<(), Problem> {
        if self.slots.available_permits() == 0 {
            return Err(full());
        }
        Ok(())
    }

    /// Starts a backtest.
    ///
    /// # Errors
    /// When as many run as may.
    pub fn start(&self, id: u64, work: Work) -> Result<BacktestAnswer, Problem> {
        let slot = Arc::clone(&self.slots).try_acquire_owned();
        let slot = slot.map_err(|_| full())?;
        let (signals, received) = channel();
        let job = Arc::new(Job {
            signals: Mutex::new(signals.clone()),
            rounds: Arc::default(),
            outcome: Mutex::default(),
        });
        let (theirs, limits, threads) = (Arc::clone(&job), self.limits, self.threads_each);
        let thread = thread::Builder::new()
            .name("backtest".to_owned())
            .spawn(move || {
                let outcome =
                    process::run(work, limits, threads, signals, &received, &theirs.rounds);
                theirs.end(outcome, slot);
            })
            .map_err(|error| Problem::internal(&error))?;
        self.keep(id, &job, thread);
        Ok(job.answer(id))
    }

    fn keep(&self, id: u64, job: &Arc<Job>, thread: JoinHandle<()>) {
        let mut threads = locked(&self.threads);
        threads.retain(|thread| !thread.is_finished());
        threads.push(thread);
        let mut jobs = locked(&self.jobs);
        while jobs.len() >= MOST_KEPT {
            let over = jobs.iter().find(|(_, job)| !job.is_running());
            let Some(over) = over.map(|(id, _)| *id) else {
                break;
            };
            jobs.remove(&over);
        }
        jobs.insert(id, Arc::clone(job));
    }

    /// How a backtest is doing.
    pub fn get(&self, id: u64) -> Option<BacktestAnswer> {
        locked(&self.jobs).get(&id).map(|job| job.answer(id))
    }

    /// Cancels a backtest, or deletes one that is finished; whether there was one.
    pub fn remove(&self, id: u64) -> bool {
        let mut jobs = locked(&self.jobs);
        jobs.remove(&id).is_some_and(|job| {
            job.stop();
            true
        })
    }

    /// Ends all, waits until their processes are gone, and starts no more.
    pub fn stop(&self) {
        self.slots.close();
        let jobs = std::mem::take(&mut *locked(&self.jobs));
        jobs.values().for_each(|job| job.stop());
        let mut threads = locked(&self.threads);
        for thread in threads.drain(..) {
            // a thread that panicked has left its process to end with this one
            let _ = thread.join();
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn full() -> Problem {
    Problem::too_many("backtests")
}

impl Job {
    fn is_running(&self) -> bool {
        locked(&self.outcome).is_none()
    }

    fn stop(&self) {
        // it may be over
        let _ = locked(&self.signals).send(Signal::Stop);
    }

    /// Notes how it ended. Whoever sees that can start another one.
    fn end(&self, outcome: Outcome, slot: OwnedSemaphorePermit) {
        let mut ended = locked(&self.outcome);
        drop(slot);
        *ended = Some(outcome);
    }

    fn answer(&self, id: u64) -> BacktestAnswer {
        let outcome = locked(&self.outcome).clone();
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
