//! When a regression is fitted anew.

use serde::{Deserialize, Serialize};

use crate::domain::Time;

/// A regression is fitted anew when its rows have grown by one in so many. More often would change hardly anything, and cost
/// more the longer the record is.
const SHARE: usize = 100;

/// When a regression was last fitted, and to how many rows.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Refits {
    /// Results learned and taken back so far.
    pub(super) observed: u64,
    round: Option<Time>,
    rounds_since: u32,
    /// What had been observed, and the rows that there were.
    fitted: Option<(u64, u64)>,
}

impl Refits {
    /// Whether a fit is due in this round.
    pub(super) fn is_due(&mut self, now: Time, refit_every: u32, rows: usize) -> bool {
        if self.round != Some(now) {
            self.round = Some(now);
            self.rounds_since = self.rounds_since.saturating_add(1);
        }
        if rows == 0 {
            return false;
        }
        let Some((observed, fitted)) = self.fitted else {
            return true;
        };
        let share = (fitted / SHARE as u64).max(1);
        self.rounds_since >= refit_every && self.observed.saturating_sub(observed) >= share
    }

    /// Takes note of a fit to so many rows.
    pub(super) fn done(&mut self, rows: usize) {
        self.fitted = Some((self.observed, rows as u64));
        self.rounds_since = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fit_is_due_when_the_rows_have_grown_by_a_hundredth() {
        let mut refits = Refits::default();
        let mut is_due = |round: i64, observed: u64, every: u32| {
            refits.observed = observed;
            let due = refits.is_due(Time::from_days(round), every, observed as usize);
            if due {
                refits.done(observed as usize);
            }
            due
        };
        assert!(!is_due(0, 0, 1));
        assert!(is_due(1, 10, 1));
        assert!(is_due(2, 11, 1));
        assert!(!is_due(3, 11, 1));
        assert!(is_due(4, 1_000, 1));
        assert!(!is_due(5, 1_009, 1));
        assert!(is_due(6, 1_010, 1));
        assert!(!is_due(7, 1_100, 3) && !is_due(8, 1_100, 3));
        assert!(is_due(9, 1_100, 3));
    }
}
