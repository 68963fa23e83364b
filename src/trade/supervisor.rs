//! A trader for each partition of this process, each started again when its connection broke.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, ScopedJoinHandle};
use std::time::Duration;

use super::group::GroupConfig;
use super::notice::{Notice, Report};
use super::partition::{PartitionOutcome, PartitionTrader, TurnOutcome};
use super::quota::{Quota, Worker};
use crate::error::Error;
use crate::redis::{Link, Members, Patience, RedisError, ensure_partitions};
use crate::source::SourceError;

/// The pause before a trader tries again to get the lease of its partition.
const LEASE_RETRY: Duration = Duration::from_millis(200);
/// The partitions that are looked at within that pause.
const PARTITIONS_A_RETRY: u32 = 16;
/// How long the other processes may be unknown before this one works on whatever is free.
const UNKNOWN: Duration = Duration::from_secs(10);
/// The interval at which the partitions are divided anew among the processes of the group.
const DIVISION: Duration = Duration::from_secs(1);

/// Trades until the streams end, nothing comes any more, or `stop` is raised; an outcome for each partition of which this
/// process saw the end, or else of the last attempt.
///
/// # Errors
/// When Redis cannot be reached for too long, the streams are spread otherwise, the group has other settings, a model fails, or an answer cannot
/// be written. A broken connection and a lost lease are not errors.
pub fn trade_partitions(
    group: &GroupConfig,
    stop: &Arc<AtomicBool>,
    report: Report<'_>,
) -> Result<Vec<PartitionOutcome>, Error> {
    let count = group.layout.count();
    let traders: Vec<_> = (0..count)
        .map(|partition| PartitionTrader::new(group, partition, report))
        .collect();
    match wait_for_redis(&traders[0], group, stop, report) {
        Err(RedisError::Stopped) => return Ok(Vec::new()),
        other => other.map_err(SourceError::from)?,
    }
    report(Notice::Started {
        consumer: &group.consumer,
        group: &group.group,
        stream: &group.layout.keys(0).match_events,
        address: &group.address,
    });
    let supervisor = Supervisor {
        group,
        report,
        quota: Quota::new(count),
        standby: standby(count),
    };
    supervisor.run(&traders, stop)
}

/// Waits for a Redis that cannot be reached, and checks that its streams are spread over the partitions of this group.
fn wait_for_redis(
    trader: &PartitionTrader<'_>,
    group: &GroupConfig,
    stop: &Arc<AtomicBool>,
    report: Report<'_>,
) -> Result<(), RedisError> {
    let note = |error: &RedisError| report(Notice::Retrying(error));
    let patience = Patience {
        total: group.patience,
        stop: Arc::clone(stop),
        note: &note,
    };
    patience.retry(|| ensure_partitions(&group.address, &group.layout, true))?;
    trader.connect(&patience).map(|_| ())
}

struct Supervisor<'a> {
    group: &'a GroupConfig,
    report: Report<'a>,
    quota: Quota,
    /// The pause before a trader looks again whether its partition is free.
    standby: Duration,
}

/// How a turn of a trader ended.
enum Turn {
    /// This process works on as many partitions as it may.
    NoRoom,
    /// Another trader is at work.
    LeaseHeld,
    /// The partition was left to another process.
    Yielded(Box<PartitionOutcome>),
    /// The stream is over, or the trader was stopped.
    Finished(Box<PartitionOutcome>),
}

/// The pause before a trader looks again whether its partition is free: the more partitions there are, the longer, so that
/// a process asks no more often for that.
fn standby(partitions: u32) -> Duration {
    LEASE_RETRY * partitions.div_ceil(PARTITIONS_A_RETRY)
}

impl Supervisor<'_> {
    fn run(
        &self,
        traders: &[PartitionTrader<'_>],
        stop: &AtomicBool,
    ) -> Result<Vec<PartitionOutcome>, Error> {
        thread::scope(|scope| {
            let threads: Vec<_> = traders
                .iter()
                .map(|trader| scope.spawn(|| self.supervise(trader)))
                .collect();
            self.watch(stop);
            let outcomes: Result<Vec<_>, Error> = threads.into_iter().map(join).collect();
            Ok(outcomes?.into_iter().flatten().collect())
        })
    }

    /// Trades on a partition, again and again, until it is over. Returns the last outcome, if there is one.
    fn supervise(&self, trader: &PartitionTrader<'_>) -> Result<Option<PartitionOutcome>, Error> {
        let result = self.work_on(trader, self.quota.worker(trader.partition));
        self.quota.finish(result.is_err());
        result
    }

    fn work_on(
        &self,
        trader: &PartitionTrader<'_>,
        worker: &Worker,
    ) -> Result<Option<PartitionOutcome>, Error> {
        let (mut last, mut stands_by, mut link) = (None, false, None);
        while !self.quota.is_stopping() {
            match self.turn(trader, worker, &mut link) {
                Ok(Turn::Finished(outcome)) => return Ok(Some(*outcome)),
                Ok(Turn::Yielded(outcome)) => {
                    last = Some(*outcome);
                    // a process that lacks a partition should have the time to take it
                    thread::sleep(2 * DIVISION);
                }
                Ok(Turn::NoRoom) => thread::sleep(LEASE_RETRY),
                Ok(Turn::LeaseHeld) => {
                    if !std::mem::replace(&mut stands_by, true) {
                        self.report_standby(trader);
                    }
                    thread::sleep(self.standby);
                }
                Err(error) => {
                    link = None;
                    self.recover(error)?;
                }
            }
        }
        Ok(last)
    }

    /// Trades on a partition once, where this process has room for one more and no other trader is at work on it.
    ///
    /// The connection comes first: a node that cannot be reached does not take the place of a partition that can.
    fn turn(
        &self,
        trader: &PartitionTrader<'_>,
        worker: &Worker,
        link: &mut Option<Link>,
    ) -> Result<Turn, Error> {
        if !self.quota.has_room() {
            *link = None;
            return Ok(Turn::NoRoom);
        }
        let mut open = match link.take() {
            Some(open) => open,
            None => self.connect(trader, worker)?,
        };
        if trader.is_held(&mut open).map_err(SourceError::from)? {
            *link = Some(open);
            return Ok(Turn::LeaseHeld);
        }
        if !self.quota.acquire(worker) {
            return Ok(Turn::NoRoom);
        }
        let outcome = trader.attempt(open, &worker.stop);
        let was_to_yield = self.quota.release(worker);
        Ok(match outcome? {
            TurnOutcome::LeaseHeld => Turn::LeaseHeld,
            TurnOutcome::Finished(outcome) if was_to_yield => Turn::Yielded(outcome),
            TurnOutcome::Finished(outcome) => Turn::Finished(outcome),
        })
    }

    fn report_standby(&self, trader: &PartitionTrader<'_>) {
        let stream = &self.group.layout.keys(trader.partition).match_events;
        (self.report)(Notice::StandsBy { stream });
    }

    /// Connects to the node of a partition, and waits for one that is unreachable.
    fn connect(&self, trader: &PartitionTrader<'_>, worker: &Worker) -> Result<Link, Error> {
        let note = |error: &RedisError| (self.report)(Notice::Retrying(error));
        let patience = Patience {
            total: self.group.patience,
            stop: Arc::clone(&worker.stop),
            note: &note,
        };
        Ok(trader.connect(&patience).map_err(SourceError::from)?)
    }

    /// Ignores the error of a broken connection or a lost lease: the trader then tries again.
    fn recover(&self, error: Error) -> Result<(), Error> {
        match error {
            Error::Source(SourceError::Redis(error)) if error.is_recoverable() => {
                (self.report)(Notice::Retrying(&error));
                thread::sleep(LEASE_RETRY);
                Ok(())
            }
            error => Err(error),
        }
    }

    /// Passes a stop on to the traders, and divides the partitions, until every trader has finished.
    fn watch(&self, stop: &AtomicBool) {
        let (mut members, mut since, mut unknown) = (None, DIVISION, Duration::ZERO);
        while !self.quota.is_all_finished() {
            if stop.load(Ordering::Relaxed) {
                self.quota.stop();
            }
            if since >= DIVISION && self.group.layout.count() > 1 {
                members = self.divide(members);
                unknown = if members.is_some() {
                    Duration::ZERO
                } else {
                    unknown + since
                };
                since = Duration::ZERO;
            }
            if unknown >= UNKNOWN {
                // a lease keeps others off; only the shares are unequal until the others are known again
                self.quota.set_limit(self.group.layout.count());
            }
            thread::sleep(LEASE_RETRY / 4);
            since += LEASE_RETRY / 4;
        }
        if let Some(members) = members {
            // an error is harmless: the members of a silent process expire by themselves
            let _ = members.leave();
        }
    }

    /// Updates the number of partitions of this process. It stays the same while Redis is unreachable.
    fn divide(&self, members: Option<Members>) -> Option<Members> {
        let GroupConfig {
            address,
            layout,
            group,
            consumer,
            ..
        } = self.group;
        let mut members =
            members.or_else(|| Members::open(address, layout, group, consumer).ok())?;
        self.quota.set_limit(members.share().ok()?);
        Some(members)
    }
}

fn join<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread
        .join()
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
