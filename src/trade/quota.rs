//! How many partitions the traders of a process may be at work on, and which of them are.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// The shared state of the traders of a process.
pub(super) struct Quota {
    /// The most traders that may be active.
    limit: AtomicU32,
    /// The number of active traders.
    active: AtomicU32,
    /// The number of traders that have finished.
    finished: AtomicU32,
    stopping: AtomicBool,
    workers: Vec<Worker>,
}

/// One trader.
#[derive(Default)]
pub(super) struct Worker {
    /// Raised to stop it.
    pub stop: Arc<AtomicBool>,
    /// Whether it is active.
    is_active: AtomicBool,
    /// Whether it has to leave its partition to another process.
    is_to_yield: AtomicBool,
}

impl Quota {
    pub fn new(partitions: u32) -> Self {
        Self {
            // one may begin before the number of other processes is known
            limit: AtomicU32::new(1),
            active: AtomicU32::new(0),
            finished: AtomicU32::new(0),
            stopping: AtomicBool::new(false),
            workers: (0..partitions).map(|_| Worker::default()).collect(),
        }
    }

    pub fn worker(&self, partition: u32) -> &Worker {
        &self.workers[partition as usize]
    }

    /// Stops every trader.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
        self.workers
            .iter()
            .for_each(|worker| worker.stop.store(true, Ordering::Relaxed));
    }

    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// Counts a trader as finished. One that failed stops all others.
    pub fn finish(&self, failed: bool) {
        self.finished.fetch_add(1, Ordering::Relaxed);
        if failed {
            self.stop();
        }
    }

    pub fn is_all_finished(&self) -> bool {
        self.finished.load(Ordering::Relaxed) as usize == self.workers.len()
    }

    /// Whether a trader could become active.
    pub fn has_room(&self) -> bool {
        self.active.load(Ordering::Relaxed) < self.limit.load(Ordering::Relaxed)
    }

    /// Makes a trader active, unless the limit is reached.
    pub fn acquire(&self, worker: &Worker) -> bool {
        let limit = self.limit.load(Ordering::Relaxed);
        let is_active = self
            .active
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |active| {
                (active < limit).then_some(active + 1)
            })
            .is_ok();
        worker.is_active.store(is_active, Ordering::Relaxed);
        is_active
    }

    /// Makes a trader inactive. Returns whether it had to yield.
    pub fn release(&self, worker: &Worker) -> bool {
        worker.is_active.store(false, Ordering::Relaxed);
        self.active.fetch_sub(1, Ordering::Relaxed);
        let was_to_yield = worker.is_to_yield.swap(false, Ordering::Relaxed);
        if was_to_yield && !self.is_stopping() {
            worker.stop.store(false, Ordering::Relaxed);
        }
        was_to_yield
    }

    /// Sets the limit, and stops the active traders beyond it.
    pub fn set_limit(&self, limit: u32) {
        self.limit.store(limit, Ordering::Relaxed);
        let beyond = self.active.load(Ordering::Relaxed).saturating_sub(limit);
        let active = self
            .workers
            .iter()
            .filter(|worker| worker.is_active.load(Ordering::Relaxed));
        for worker in active.take(beyond as usize) {
            worker.is_to_yield.store(true, Ordering::Relaxed);
            worker.stop.store(true, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_are_at_work_than_the_limit_and_those_beyond_it_yield() {
        let quota = Quota::new(3);
        assert!(quota.has_room());
        let [first, second, third] = [0, 1, 2].map(|partition| quota.worker(partition));
        assert!(quota.acquire(first) && !quota.has_room() && !quota.acquire(second));
        quota.set_limit(2);
        assert!(quota.acquire(second) && !quota.acquire(third));
        quota.set_limit(1);
        assert!(first.stop.load(Ordering::Relaxed) && !second.stop.load(Ordering::Relaxed));
        assert!(quota.release(first) && !first.stop.load(Ordering::Relaxed));
        assert!(!quota.acquire(first), "the second is at work");
        assert!(!quota.release(second) && quota.acquire(first));
    }

    #[test]
    fn one_that_fails_stops_all_others() {
        let quota = Quota::new(2);
        quota.finish(false);
        assert!(!quota.is_stopping() && !quota.is_all_finished());
        quota.finish(true);
        assert!(quota.is_stopping() && quota.is_all_finished());
        assert!(quota.worker(0).stop.load(Ordering::Relaxed));
    }
}
