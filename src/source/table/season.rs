//! The season of a match in a file without a season column.

use jiff::civil::Date;

/// The starts of seasons, derived from the dates of matches.
///
/// A season ends with the longest pause between 15 May and 30 September. That holds for every calendar that
/// runs from autumn to spring, also for 2019-20, which some leagues ended in August 2020. A league that plays
/// through the summer needs a season column.
pub(super) struct Seasons {
    days: Vec<i64>,
    /// Per year, the first day of the season that starts in it.
    cuts: Vec<(i16, i64)>,
}

impl Seasons {
    /// The seasons of matches on these days since 1970-01-01, in any order.
    pub fn new(mut days: Vec<i64>) -> Self {
        days.sort_unstable();
        days.dedup();
        Self {
            days,
            cuts: Vec::new(),
        }
    }

    /// The year in which the season of a match on `day` starts.
    pub fn of(&mut self, day: i64) -> i16 {
        let year = date_of(day).year();
        let cut = match self.cuts.iter().find(|(known, _)| *known == year) {
            Some(&(_, cut)) => cut,
            None => self.find_cut(year),
        };
        if day >= cut { year } else { year - 1 }
    }

    fn find_cut(&mut self, year: i16) -> i64 {
        let (opens, closes) = (days_to(year, 5, 15), days_to(year, 9, 30));
        let from = self.days.partition_point(|&day| day < opens);
        let to = self.days.partition_point(|&day| day < closes);
        let (mut last, mut longest, mut cut) = (opens, 0, closes);
        for &day in self.days[from..to].iter().chain(&[closes]) {
            if day - last > longest {
                (longest, cut) = (day - last, day);
            }
            last = day;
        }
        self.cuts.push((year, cut));
        cut
    }
}

/// The day that is `days` after 1970-01-01; the epoch itself when that is outside the calendar.
pub(super) fn date_of(days: i64) -> Date {
    let epoch = Date::constant(1970, 1, 1);
    epoch
        .checked_add(jiff::SignedDuration::from_hours(
            days.clamp(-100_000, 100_000) * 24,
        ))
        .unwrap_or(epoch)
}

/// Days from 1970-01-01 to a date.
pub(super) fn days_since_epoch(date: Date) -> i64 {
    date.duration_since(Date::constant(1970, 1, 1)).as_hours() / 24
}

fn days_to(year: i16, month: i8, day: i8) -> i64 {
    Date::new(year, month, day).map_or(0, days_since_epoch)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seasons_of(dates: &[(i16, i8, i8)]) -> Vec<i16> {
        let days: Vec<i64> = dates.iter().map(|&(y, m, d)| days_to(y, m, d)).collect();
        let mut seasons = Seasons::new(days.clone());
        days.into_iter().map(|day| seasons.of(day)).collect()
    }

    #[test]
    fn a_season_that_ends_in_august_is_not_cut() {
        // Serie A 2019-20 ended on 2 August 2020, 2020-21 began on 19 September.
        let dates = [
            (2019, 8, 24),
            (2020, 3, 9),
            (2020, 6, 20),
            (2020, 7, 20),
            (2020, 8, 2),
            (2020, 9, 19),
        ];
        assert_eq!(seasons_of(&dates), [2019, 2019, 2019, 2019, 2019, 2020]);
    }

    #[test]
    fn part_of_a_season_has_the_season_of_the_whole() {
        assert_eq!(seasons_of(&[(2016, 1, 2), (2016, 5, 15)]), [2015, 2015]);
        assert_eq!(seasons_of(&[(2026, 5, 30), (2026, 5, 31)]), [2025, 2025]);
        assert_eq!(seasons_of(&[(2025, 8, 15), (2025, 9, 21)]), [2025, 2025]);
    }
}
