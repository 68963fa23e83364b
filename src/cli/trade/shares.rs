//! What the traders of a process know of one another: how many of them may be at work, and who is.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// The traders of a process.
pub struct Shared {
    /// How many may be at work.
    share: AtomicU32,
    /// How many are.
    held: AtomicU32,
    /// How many are through with their partition.
    through: AtomicU32,
    stopping: AtomicBool,
    places: Vec<Place>,
}

/// The place of one of them.
#[derive(Default)]
pub struct Place {
    /// Tells it to stop.
    pub stop: Arc<AtomicBool>,
    /// Whether it is at work.
    at_work: AtomicBool,
    /// Whether it was told to leave its partition to somebody else.
    is_to_yield: AtomicBool,
}

impl Shared {
    pub fn new(count: u32) -> Self {
        Self {
            // until it is known how many others there are, one may begin
            share: AtomicU32::new(1),
            held: AtomicU32::new(0),
            through: AtomicU32::new(0),
            stopping: AtomicBool::new(false),
            places: (0..count).map(|_| Place::default()).collect(),
        }
    }

    pub fn place(&self, partition: u32) -> &Place {
        &self.places[partition as usize]
    }

    /// Tells every trader to stop.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
        self.places
            .iter()
            .for_each(|place| place.stop.store(true, Ordering::Relaxed));
    }

    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// Notes that a trader is through; one that failed stops all others.
    pub fn leave(&self, failed: bool) {
        self.through.fetch_add(1, Ordering::Relaxed);
        if failed {
            self.stop();
        }
    }

    pub fn are_all_through(&self) -> bool {
        self.through.load(Ordering::Relaxed) as usize == self.places.len()
    }

    /// Lets a trader be at work, if there may be one more.
    pub fn reserve(&self, place: &Place) -> bool {
        let share = self.share.load(Ordering::Relaxed);
        let more = |held| (held < share).then_some(held + 1);
        let is_in = self
            .held
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more)
            .is_ok();
        place.at_work.store(is_in, Ordering::Relaxed);
        is_in
    }

    /// Notes that a trader is not at work any more; whether it was told to yield.
    pub fn free(&self, place: &Place) -> bool {
        place.at_work.store(false, Ordering::Relaxed);
        self.held.fetch_sub(1, Ordering::Relaxed);
        let was_to_yield = place.is_to_yield.swap(false, Ordering::Relaxed);
        if was_to_yield && !self.is_stopping() {
            place.stop.store(false, Ordering::Relaxed);
        }
        was_to_yield
    }

    /// Sets how many may be at work, and tells those beyond that to yield.
    pub fn share_out(&self, share: u32) {
        self.share.store(share, Ordering::Relaxed);
        let beyond = self.held.load(Ordering::Relaxed).saturating_sub(share);
        let at_work = self
            .places
            .iter()
            .filter(|place| place.at_work.load(Ordering::Relaxed));
        for place in at_work.take(beyond as usize) {
            place.is_to_yield.store(true, Ordering::Relaxed);
            place.stop.store(true, Ordering::Relaxed);
        }
    }
}
