//! What a connection is doing, and for how long it may do that.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The time from one look at the connections to the next, and the unit in which their time is counted.
pub const TICK: Duration = Duration::from_millis(250);

/// A number of ticks since the service was started.
pub type Ticks = u64;

const fn ticks(seconds: u64) -> Ticks {
    seconds * 1_000 / TICK.as_millis() as u64
}

/// How long the head of a request may take to come.
const HEAD: Ticks = ticks(10);
/// How long a head is new. Until then connections that rest are closed before its own to make room for others: of clients that
/// come at the same time, each would otherwise be closed for the next before it was heard.
const NEW: Ticks = ticks(1);
/// How long a connection may stay open between two requests.
const IDLE: Ticks = ticks(60);
/// How long nothing of a body may come. A handler that waits for a small one says so before this.
const BODY: Ticks = ticks(15);
/// How long a client may take nothing of what it is sent.
const BLOCKED: Ticks = ticks(20);
/// How long a client that takes a little now and then may not have taken everything that it is sent.
const BACKLOG: Ticks = ticks(120);

/// What a connection is waiting for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The rest of the head of a request.
    Head,
    /// The next request.
    Idle,
    /// The rest of the body of a request.
    Body,
    /// The service.
    Service,
}

#[derive(Debug)]
struct State {
    phase: Phase,
    /// When the phase began; of a body, when the last of it came.
    since: Ticks,
    /// Since when the client has taken nothing, although there is more for it.
    blocked: Option<Ticks>,
    /// Since when it has not taken everything.
    backlog: Option<Ticks>,
}

/// What a connection is doing.
#[derive(Debug)]
pub struct Activity(Mutex<State>);

impl Activity {
    /// That of a connection without a request yet.
    pub const fn new(now: Ticks) -> Self {
        Self(Mutex::new(State {
            phase: Phase::Head,
            since: now,
            blocked: None,
            backlog: None,
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that something came.
    pub fn read(&self, now: Ticks) {
        let mut state = self.state();
        match state.phase {
            Phase::Idle => (state.phase, state.since) = (Phase::Head, now),
            Phase::Body => state.since = now,
            Phase::Head | Phase::Service => {}
        }
    }

    /// Notes that the head of a request is there, and whether a body follows.
    pub fn requested(&self, has_body: bool, now: Ticks) {
        let mut state = self.state();
        state.phase = if has_body {
            Phase::Body
        } else {
            Phase::Service
        };
        state.since = now;
    }

    /// Notes that the body of the request is there.
    pub fn received(&self, now: Ticks) {
        let mut state = self.state();
        if state.phase == Phase::Body {
            (state.phase, state.since) = (Phase::Service, now);
        }
    }

    /// Notes that the request has its answer, though the client may not have taken it yet.
    pub fn answered(&self, now: Ticks) {
        let mut state = self.state();
        (state.phase, state.since) = (Phase::Idle, now);
    }

    /// Notes that the client does not take more.
    pub fn blocked(&self, now: Ticks) {
        let mut state = self.state();
        state.blocked.get_or_insert(now);
        state.backlog.get_or_insert(now);
    }

    /// Notes that the client takes something again, and whether it has taken everything.
    pub fn unblocked(&self, is_everything: bool) {
        let mut state = self.state();
        state.blocked = None;
        if is_everything {
            state.backlog = None;
        }
    }

    /// Whether the client lets the service wait for too long.
    pub fn is_overdue(&self, now: Ticks) -> bool {
        let state = self.state();
        let past = |since: Ticks, most: Ticks| now.saturating_sub(since) >= most;
        let is_late = match state.phase {
            Phase::Head => past(state.since, HEAD),
            // what is still to be taken has a time of its own
            Phase::Idle => state.backlog.is_none() && past(state.since, IDLE),
            Phase::Body => past(state.since, BODY),
            Phase::Service => false,
        };
        is_late
            || state.blocked.is_some_and(|since| past(since, BLOCKED))
            || state.backlog.is_some_and(|since| past(since, BACKLOG))
    }

    /// Whether the service waits for the client, and so has nothing of it that could be answered.
    pub fn is_waiting(&self) -> bool {
        self.expendable(0).is_some()
    }

    /// How readily it is closed where there is no room for another: least first. `None`: not at all.
    pub fn expendable(&self, now: Ticks) -> Option<(Expendable, Ticks)> {
        let state = self.state();
        let is_new = now.saturating_sub(state.since) < NEW;
        match (state.phase, state.blocked) {
            (Phase::Head, _) if is_new => Some((Expendable::NewHead, state.since)),
            (Phase::Head, _) => Some((Expendable::Head, state.since)),
            (Phase::Idle | Phase::Body | Phase::Service, Some(since)) => {
                Some((Expendable::Blocked, since))
            }
            (Phase::Idle, None) => Some((Expendable::Idle, state.since)),
            (Phase::Body, None) => Some((Expendable::Body, state.since)),
            (Phase::Service, None) => None,
        }
    }
}

/// Connections that may be closed for others, those first that are closed first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Expendable {
    /// It has not finished the head of a request.
    Head,
    /// It has no request.
    Idle,
    /// It has not finished the head of a request, and has hardly had the time.
    NewHead,
    /// It has not finished the body of a request.
    Body,
    /// It does not take its answer.
    Blocked,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_has_its_time_from_its_first_byte() {
        let activity = Activity::new(0);
        assert!(!activity.is_overdue(HEAD - 1));
        activity.read(HEAD - 1);
        assert!(
            activity.is_overdue(HEAD),
            "a byte now and then is not enough"
        );
        activity.requested(false, HEAD);
        assert!(
            !activity.is_overdue(HEAD * 100),
            "the service takes its time"
        );
        activity.answered(HEAD);
        assert!(!activity.is_overdue(HEAD + IDLE - 1));
        activity.read(HEAD + IDLE - 1);
        assert!(
            !activity.is_overdue(HEAD + IDLE),
            "the next request has begun"
        );
        assert!(activity.is_overdue(HEAD + IDLE - 1 + HEAD));
    }

    #[test]
    fn a_body_may_be_long_and_not_come_to_a_halt() {
        let activity = Activity::new(0);
        activity.requested(true, 0);
        activity.read(BODY - 1);
        assert!(!activity.is_overdue(BODY));
        assert!(activity.is_overdue(2 * BODY - 1));
        activity.received(BODY);
        assert!(!activity.is_overdue(10 * BODY));
    }

    #[test]
    fn a_client_that_takes_little_is_let_go_as_well_as_one_that_takes_nothing() {
        let activity = Activity::new(0);
        activity.requested(false, 0);
        activity.blocked(0);
        assert!(!activity.is_overdue(BLOCKED - 1));
        assert!(activity.is_overdue(BLOCKED));
        for now in 0..BACKLOG {
            activity.unblocked(false);
            activity.blocked(now);
            assert!(!activity.is_overdue(now));
        }
        assert!(activity.is_overdue(BACKLOG));
        activity.unblocked(true);
        assert!(!activity.is_overdue(BACKLOG));
    }

    #[test]
    fn what_the_service_works_at_is_not_given_up_for_others() {
        let activity = Activity::new(0);
        assert_eq!(activity.expendable(NEW - 1), Some((Expendable::NewHead, 0)));
        assert_eq!(activity.expendable(NEW), Some((Expendable::Head, 0)));
        activity.requested(true, 1);
        assert_eq!(activity.expendable(9), Some((Expendable::Body, 1)));
        activity.received(2);
        assert_eq!(activity.expendable(9), None);
        activity.blocked(3);
        assert_eq!(activity.expendable(9), Some((Expendable::Blocked, 3)));
        activity.unblocked(true);
        activity.answered(4);
        assert_eq!(activity.expendable(9), Some((Expendable::Idle, 4)));
    }
}
