//! How many partitions the traders of a process may be at work on, and which of them are.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// What the traders of a process know of one another.
pub(super) struct Quota {
    /// How many may be at work.
    limit: AtomicU32,
    /// How many are.
    active: AtomicU32,
    /// How many are through with their partition.
    finished: AtomicU32,
    stopping: AtomicBool,
    workers: Vec<Worker>,
}

/// One of them.
#[derive(Default)]
pub(super) struct Worker {
    /// Tells it to stop.
    pub stop: Arc<AtomicBool>,
    /// Whether it is at work.
    is_active: AtomicBool,
    /// Whether it was told to leave its partition to another process.
    is_to_yield: AtomicBool,
}

impl Quota {
    pub fn new(partitions: u32) -> Self {
        Self {
            // until it is known how many others there are, one may begin
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

    /// Tells every trader to stop.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
        self.workers
            .iter()
            .for_each(|worker| worker.stop.store(true, Ordering::Relaxed));
    }

    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// Notes that a trader is through; one that failed stops all others.
    pub fn finish(&self, failed: bool) {
        self.finished.fetch_add(1, Ordering::Relaxed);
        if failed {
            self.stop();
        }
    }

    pub fn is_all_finished(&self) -> bool {
        self.finished.load(Ordering::Relaxed) as usize == self.workers.len()
    }

    /// Lets a trader be at work, if there may be one more.
    pub fn acquire(&self, worker: &Worker) -> bool {
        let limit = self.limit.load(Ordering::Relaxed);
        let one_more = |active| (active < limit).then_some(active + 1);
        let is_active = self
            .active
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more)
            .is_ok();
        worker.is_active.store(is_active, Ordering::Relaxed);
        is_active
    }

    /// Notes that a trader is not at work any more; whether it was told to yield.
    pub fn release(&self, worker: &Worker) -> bool {
        worker.is_active.store(false, Ordering::Relaxed);
        self.active.fetch_sub(1, Ordering::Relaxed);
        let was_to_yield = worker.is_to_yield.swap(false, Ordering::Relaxed);
        if was_to_yield && !self.is_stopping() {
            worker.stop.store(false, Ordering::Relaxed);
        }
        was_to_yield
    }

    /// Sets how many may be at work, and tells those beyond that to yield.
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
        let [first, second, third] = [0, 1, 2].map(|partition| quota.worker(partition));
        assert!(quota.acquire(first) && !quota.acquire(second));
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
