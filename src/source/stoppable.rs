//! A source that can be stopped.

use std::sync::atomic::{AtomicBool, Ordering};

use super::{NextRound, Source, SourceError, Stage};
use crate::checkpoint::CheckpointError;
use crate::domain::{Names, Round};

/// Another source, until a flag is raised: from then on there is no next round, but an error or the end.
pub struct Stoppable<'a> {
    source: &'a mut dyn Source,
    stop: &'a AtomicBool,
    fails: bool,
}

impl<'a> Stoppable<'a> {
    /// Watches `stop` before every round of `source`; once it is raised, there is [`SourceError::Stopped`].
    pub fn new(source: &'a mut dyn Source, stop: &'a AtomicBool) -> Self {
        Self {
            source,
            stop,
            fails: true,
        }
    }

    /// Watches a source without an end of its own: a stop is then its end, and no error.
    pub fn endless(source: &'a mut dyn Source, stop: &'a AtomicBool) -> Self {
        Self {
            source,
            stop,
            fails: false,
        }
    }
}

impl Source for Stoppable<'_> {
    fn next_round(&mut self, round: &mut Round) -> Result<NextRound, SourceError> {
        match self.stop.load(Ordering::Relaxed) {
            false => self.source.next_round(round),
            true if self.fails => Err(SourceError::Stopped),
            true => Ok(NextRound::End),
        }
    }

    fn names(&self) -> &Names {
        self.source.names()
    }

    fn stop(&self) -> Option<&AtomicBool> {
        // without an end of its own its rounds so far are still to be worked on
        self.fails.then_some(self.stop)
    }

    fn is_endless(&self) -> bool {
        !self.fails
    }

    fn reached(&mut self, stage: Stage) {
        self.source.reached(stage);
    }

    fn commit(
        &mut self,
        state: &dyn Fn() -> Result<Vec<u8>, CheckpointError>,
    ) -> Result<(), SourceError> {
        self.source.commit(state)
    }
}
