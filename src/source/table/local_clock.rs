//! The clock on the wall where a file was written.

use crate::calendar::Zone;
use crate::domain::Time;

/// The clock of a zone. What it shows on one day is remembered, since rows of one day follow each other.
#[derive(Debug, Clone)]
pub(super) struct LocalClock {
    zone: Zone,
    /// A day, and what is to be added to the time on it; `None` where that changes on the day.
    day: Option<(Time, Option<i64>)>,
}

impl LocalClock {
    pub const fn new(zone: Zone) -> Self {
        Self { zone, day: None }
    }

    /// The instant at which the clock shows this many seconds after the midnight of a day.
    pub fn instant(&mut self, day: Time, seconds: u32) -> Time {
        let local = day + i64::from(seconds);
        let shift = match self.day {
            Some((known, shift)) if known == day => shift,
            _ => self.turn_to(day),
        };
        shift.map_or_else(|| self.zone.instant(local), |shift| local + shift)
    }

    fn turn_to(&mut self, day: Time) -> Option<i64> {
        let shift = |midnight| self.zone.instant(midnight) - midnight;
        let (first, last) = (shift(day), shift(day + Time::DAY));
        let shift = (first == last).then_some(first);
        self.day = Some((day, shift));
        shift
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_agrees_with_the_zone_at_every_hour() {
        let zone = Zone::london();
        let mut clock = LocalClock::new(zone.clone());
        for day in (18_700..18_950).map(Time::from_days) {
            for seconds in (0..86_400).step_by(1_800) {
                let expected = zone.instant(day + i64::from(seconds));
                assert_eq!(clock.instant(day, seconds), expected);
            }
        }
    }
}
