//! When the parameters of a goal model are fitted anew.

use serde::{Deserialize, Serialize};

use crate::domain::Time;

/// The most teams of a league that is fitted anew after each result. In a larger one each fit takes so long that a stream of
/// its results would keep everybody else waiting.
const HUGE: usize = 2_000;
/// A larger league is fitted anew after one result for every so many teams ...
const RESULTS_SHARE: u64 = 100;
/// ... or after so many days.
const MOST_DAYS: u64 = 30;

/// When the parameters were last fitted, and to which results.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Schedule {
    round: Option<Time>,
    rounds_since: u32,
    /// Results observed and taken back so far.
    pub(super) observed: u64,
    fitted: Option<(i64, u64)>,
}

impl Schedule {
    /// Whether a fit is due in this round and enough has changed since the last one, which had so many teams.
    pub(super) fn is_due(&mut self, now: Time, refit_every: u32, teams: usize) -> bool {
        if self.round != Some(now) {
            self.round = Some(now);
            self.rounds_since = self.rounds_since.saturating_add(1);
        }
        let Some((day, observed)) = self.fitted else {
            return true;
        };
        let has_changed = if teams > HUGE {
            self.observed.saturating_sub(observed) >= teams as u64 / RESULTS_SHARE
                || now.day().abs_diff(day) >= MOST_DAYS
        } else {
            (day, observed) != (now.day(), self.observed)
        };
        self.rounds_since >= refit_every && has_changed
    }

    pub(super) fn done(&mut self, now: Time) {
        self.fitted = Some((now.day(), self.observed));
        self.rounds_since = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_huge_league_is_fitted_anew_when_enough_has_changed() {
        let mut schedule = Schedule::default();
        let mut is_due = |day: i64, observed: u64, teams: usize| {
            schedule.observed = observed;
            let is_due = schedule.is_due(Time::from_days(day), 1, teams);
            if is_due {
                schedule.done(Time::from_days(day));
            }
            is_due
        };
        assert!(is_due(1, 9_000, 0));
        assert!(!is_due(2, 9_029, 3_000));
        assert!(is_due(3, 9_030, 3_000));
        assert!(!is_due(32, 9_030, 3_000));
        assert!(is_due(33, 9_030, 3_000));
        // others with each result, and each day
        assert!(is_due(34, 9_030, HUGE));
        assert!(is_due(35, 9_031, HUGE));
        assert!(!is_due(35, 9_031, HUGE));
    }
}
