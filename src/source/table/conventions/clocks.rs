//! What the kick-offs of a file say: whether midnight is a time, and whether a zone had to be assumed.

/// The kick-offs of a file.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct ClockEvidence {
    timed: u64,
    midnights: u64,
    /// Whether a midnight stood in the column of times.
    in_time_column: bool,
    zone_assumed: bool,
}

impl ClockEvidence {
    /// Takes a kick-off; `in_time_column` says whether it stood there or beside the date.
    pub fn note(&mut self, is_midnight: bool, in_time_column: bool) {
        self.timed += 1;
        self.midnights += u64::from(is_midnight);
        self.in_time_column |= is_midnight && in_time_column;
    }

    /// Takes note that a kick-off without a zone was read as UTC.
    pub fn note_assumed_zone(&mut self) {
        self.zone_assumed = true;
    }

    /// Whether midnight means that the kick-off is not known: it does where most kick-offs are at midnight.
    pub fn judge(&self, assumptions: &mut Vec<String>) -> bool {
        let is_unknown = self.midnights * 2 > self.timed;
        if is_unknown && self.in_time_column {
            assumptions.push(
                "00:00 is read as an unknown kick-off, since most kick-offs are 00:00".to_owned(),
            );
        }
        if self.zone_assumed {
            assumptions.push(
                "kick-offs without a zone are read as UTC; --time-zone names another".to_owned(),
            );
        }
        is_unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(midnights: u64, others: u64) -> (bool, usize) {
        let mut evidence = ClockEvidence::default();
        (0..midnights).for_each(|_| evidence.note(true, true));
        (0..others).for_each(|_| evidence.note(false, true));
        let mut assumptions = Vec::new();
        (evidence.judge(&mut assumptions), assumptions.len())
    }

    #[test]
    fn midnight_is_unknown_where_most_kick_offs_are_at_midnight() {
        assert_eq!(judged(0, 0), (false, 0));
        assert_eq!(judged(1, 3), (false, 0));
        assert_eq!(judged(2, 2), (false, 0));
        assert_eq!(judged(3, 1), (true, 1));
    }
}
