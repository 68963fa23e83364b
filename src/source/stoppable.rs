//! A source that ends with an error once somebody says stop.

use std::sync::atomic::{AtomicBool, Ordering};

use super::{Source, SourceError};
use crate::domain::{Names, Round};

/// Another source, until a flag is raised: from then on there is no next round but [`SourceError::Stopped`].
pub struct Stoppable<'a> {
    source: &'a mut dyn Source,
    stop: &'a AtomicBool,
}

impl<'a> Stoppable<'a> {
    /// Watches `stop` before every round of `source`.
    pub fn new(source: &'a mut dyn Source, stop: &'a AtomicBool) -> Self {
        Self { source, stop }
    }
}

impl Source for Stoppable<'_> {
    fn next_round(&mut self, round: &mut Round) -> Result<bool, SourceError> {
        if self.stop.load(Ordering::Relaxed) { Err(SourceError::Stopped) } else { self.source.next_round(round) }
    }

    fn names(&self) -> &Names {
        self.source.names()
    }

    fn commit(&mut self) -> Result<(), SourceError> {
        self.source.commit()
    }
}
