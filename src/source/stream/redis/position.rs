//! The position of a trader in a stream, and the work of earlier traders that it replays.

use std::collections::VecDeque;

use crate::redis::{EntryId, Offset, Recovered};

/// What a feed returns next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NextStep {
    /// The end of a round, as an earlier trader had it.
    Boundary,
    /// The replayed part is over: the engine should process it before new entries come.
    Pause,
    /// The next entry.
    Entry,
}

/// The position of a trader.
#[derive(Debug)]
pub(super) struct Position {
    /// The entry that was handed out last.
    last: Offset,
    /// The last entry that was processed.
    done: Offset,
    /// The entries after which idle timeouts ended rounds.
    idle_timeouts: VecDeque<EntryId>,
    /// Whether there may be entries that the group had received before.
    behind: bool,
    /// The progress of the replay of earlier work.
    replaying: Replaying,
    /// Whether the earlier work ended with the end of the stream, and nothing came after that.
    ended: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Replaying {
    Underway,
    Boundary,
    Passed,
}

impl Position {
    pub fn new(opened: &Recovered) -> Self {
        let last = opened
            .checkpoint
            .as_ref()
            .map_or(Offset::default(), |(mark, _)| *mark);
        let replaying = if opened.done > last {
            Replaying::Underway
        } else {
            Replaying::Passed
        };
        let idle_timeouts = opened.idle_timeouts.iter().copied().collect();
        Self {
            last,
            done: opened.done,
            idle_timeouts,
            behind: true,
            replaying,
            ended: opened.ended,
        }
    }

    /// The entry that was handed out last.
    pub const fn last(&self) -> Offset {
        self.last
    }

    /// The last entry that was processed.
    pub const fn done(&self) -> Offset {
        self.done
    }

    pub const fn is_done(&self, number: u64) -> bool {
        number <= self.done.number
    }

    /// Whether entries that the group had received before are to be read first.
    pub const fn is_behind(&self) -> bool {
        self.behind
    }

    pub const fn caught_up(&mut self, caught_up: bool) {
        self.behind = !caught_up;
    }

    /// Whether the stream was at its end before, and nothing came after that.
    pub fn is_at_an_end(&self) -> bool {
        self.ended && self.last == self.done
    }

    pub fn next_step(&mut self) -> NextStep {
        if self
            .idle_timeouts
            .pop_front_if(|id| *id <= self.last.id)
            .is_some()
        {
            return NextStep::Boundary;
        }
        match self.replaying {
            Replaying::Underway if self.last >= self.done => {
                self.replaying = Replaying::Boundary;
                NextStep::Boundary
            }
            Replaying::Boundary => {
                self.replaying = Replaying::Passed;
                NextStep::Pause
            }
            _ => NextStep::Entry,
        }
    }

    /// Goes on to the next entry.
    pub const fn advance(&mut self, id: EntryId) -> Offset {
        self.last = Offset {
            number: self.last.number + 1,
            id,
        };
        self.last
    }

    pub const fn finish(&mut self, done: Offset) {
        self.done = done;
        self.ended = false;
    }
}
