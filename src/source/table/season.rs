//! The season of a match in a file that does not name it, judged for a league over all its files.

use std::collections::BTreeSet;

use jiff::civil::Date;

/// The time of year at which seasons change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// In summer: the season runs from autumn to spring.
    Summer,
    /// In winter: the season is the calendar year.
    Winter,
}

/// First and last day of the part of the year in which seasons may change, as month and day. The first is of the year
/// before where the change is in winter.
impl Change {
    const fn window(self) -> [(i8, i8); 2] {
        match self {
            Self::Summer => [(5, 15), (9, 30)],
            Self::Winter => [(11, 1), (4, 15)],
        }
    }

    fn days(self, year: i16) -> (i64, i64) {
        let [(month, day), (last_month, last_day)] = self.window();
        let first_year = match self {
            Self::Summer => year,
            Self::Winter => year - 1,
        };
        (
            days_to(first_year, month, day),
            days_to(year, last_month, last_day),
        )
    }
}

/// The starts of seasons, derived from the dates of matches.
///
/// A season ends with the longest pause of the part of the year in which seasons change: between 15 May and 30 September,
/// or between 1 November and 15 April. The first holds for every calendar that runs from autumn to spring, also for
/// 2019-20, which some leagues ended in August 2020; the second also for Brazil's season of 2020, which ended in February.
pub(super) struct Seasons {
    change: Change,
    days: Vec<i64>,
    /// Per year, the first day of the season that starts in it.
    cuts: Vec<(i16, i64)>,
}

impl Seasons {
    /// The seasons of matches on these days since 1970-01-01, in any order.
    pub fn new(mut days: Vec<i64>, change: Change) -> Self {
        days.sort_unstable();
        days.dedup();
        Self {
            change,
            days,
            cuts: Vec::new(),
        }
    }

    /// The year in which the season of a match on `day` starts.
    pub fn of(&mut self, day: i64) -> i16 {
        let year = date_of(day).year();
        if self.change == Change::Winter && day >= Change::Winter.days(year + 1).0 {
            return if day >= self.cut(year + 1) {
                year + 1
            } else {
                year
            };
        }
        if day >= self.cut(year) {
            year
        } else {
            year - 1
        }
    }

    /// The first day of the season that starts in a year.
    fn cut(&mut self, year: i16) -> i64 {
        match self.cuts.iter().find(|(known, _)| *known == year) {
            Some(&(_, cut)) => cut,
            None => {
                let (_, cut) = self.longest_pause(year);
                self.cuts.push((year, cut));
                cut
            }
        }
    }

    /// The longest pause before the season that starts in a year: how many days it has, and the day after it.
    fn longest_pause(&self, year: i16) -> (i64, i64) {
        let (opens, closes) = self.change.days(year);
        let from = self.days.partition_point(|&day| day < opens);
        let to = self.days.partition_point(|&day| day < closes);
        let (mut last, mut longest, mut cut) = (opens, 0, closes);
        for &day in self.days[from..to].iter().chain(&[closes]) {
            if day - last > longest {
                (longest, cut) = (day - last, day);
            }
            last = day;
        }
        (longest, cut)
    }

    /// The usual length of the pauses between seasons; `None` when there is none with matches before and after it.
    fn usual_pause(&self) -> Option<i64> {
        let (&first, &last) = (self.days.first()?, self.days.last()?);
        let years = date_of(first).year()..=date_of(last).year() + 1;
        let inside = years.filter(|&year| {
            let (opens, closes) = self.change.days(year);
            first < opens && closes < last
        });
        let mut pauses: Vec<i64> = inside.map(|year| self.longest_pause(year).0).collect();
        pauses.sort_unstable();
        pauses.get(pauses.len() / 2).copied()
    }
}

/// A match of a league: its day, and the numbers of both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct MatchDay {
    pub day: i64,
    pub home: u32,
    pub away: u32,
}

/// When the seasons of a league change, and what was assumed about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Judgement {
    /// They change in summer, as nearly everywhere.
    Usual,
    /// They change in winter.
    CalendarYears,
    /// They are taken to change in summer, since the matches do not tell.
    Assumed,
}

impl Judgement {
    pub const fn change(self) -> Change {
        match self {
            Self::Usual | Self::Assumed => Change::Summer,
            Self::CalendarYears => Change::Winter,
        }
    }
}

/// How much more evenly the pairs must have met under a calendar than under the other, for it to be the right one.
const CLEARLY: f64 = 0.1;
/// From how many matches on it is worth saying that they do not tell when seasons change.
const SOME: usize = 10;
/// From how many matches on a league may be one of calendar years although it has a long pause in summer.
const MANY: usize = 50;

/// Judges when the seasons of a league change.
///
/// A league that plays around New Year is of the usual kind; one that plays in June and pauses in winter for more than three
/// times as long as in summer is of calendar years. Otherwise the right calendar is the one under whose seasons all pairs met
/// equally often at each ground, since they do not when seasons are torn in two; failing that, the one whose pauses are
/// longer.
pub(super) fn judge(matches: &[MatchDay]) -> Judgement {
    let days: Vec<i64> = matches.iter().map(|one| one.day).collect();
    let summer = Seasons::new(days.clone(), Change::Summer);
    if plays_at_new_year(&summer.days) {
        return Judgement::Usual;
    }
    let winter = Seasons::new(days, Change::Winter);
    let plays_in_summer = summer.days.iter().any(|&day| is_in_summer(day));
    if plays_in_summer && !summer.days.iter().any(|&day| is_in_winter(day)) {
        return Judgement::CalendarYears;
    }
    let pauses = summer.usual_pause().zip(winter.usual_pause());
    if plays_in_summer && pauses.is_some_and(|(summer, winter)| winter > 3 * summer) {
        return Judgement::CalendarYears;
    }
    let (usual, calendar_years) = (unevenness(matches, summer), unevenness(matches, winter));
    let believable = plays_in_summer || matches.len() >= MANY;
    if calendar_years < usual - CLEARLY && believable {
        return Judgement::CalendarYears;
    }
    if usual < calendar_years - CLEARLY {
        return Judgement::Usual;
    }
    match pauses {
        Some((summer, winter)) if winter > summer && plays_in_summer => Judgement::CalendarYears,
        None if plays_in_summer && is_running_since_spring(matches) => Judgement::CalendarYears,
        None if is_torn(matches) || is_spring_alone(matches) => Judgement::Assumed,
        Some(_) | None => Judgement::Usual,
    }
}

/// Whether most of the winters between the first and the last of these days had a match from 15 December to 31 January.
fn plays_at_new_year(days: &[i64]) -> bool {
    let (Some(&first), Some(&last)) = (days.first(), days.last()) else {
        return true;
    };
    let (mut winters, mut played) = (0, 0);
    for year in date_of(first).year() - 1..=date_of(last).year() {
        let (from, to) = (days_to(year, 12, 15), days_to(year + 1, 1, 31));
        let has_match = days[days.partition_point(|&day| day < from)..]
            .first()
            .is_some_and(|&day| day <= to);
        winters += u32::from(has_match || first < from && to < last);
        played += u32::from(has_match);
    }
    2 * played > winters
}

/// Whether leagues that run from autumn to spring never play on such a day: from 10 June to 15 July, but for 2020.
fn is_in_summer(day: i64) -> bool {
    let date = date_of(day);
    let place = (date.month(), date.day());
    date.year() != 2020 && ((6, 10)..=(7, 15)).contains(&place)
}

/// Whether a day is in the part of the year in which seasons may change in winter.
fn is_in_winter(day: i64) -> bool {
    let date = date_of(day);
    let place = (date.month(), date.day());
    place >= (11, 1) || place <= (4, 15)
}

/// Whether the seasons of one year are two if they change in summer, and one if they change in winter.
fn is_torn(matches: &[MatchDay]) -> bool {
    let half = |after: bool| -> BTreeSet<i16> {
        let dates = matches.iter().map(|one| date_of(one.day));
        dates
            .filter(|date| (date.month() >= 8) == after && !(6..8).contains(&date.month()))
            .map(|date| date.year())
            .collect()
    };
    !half(false).is_disjoint(&half(true))
}

/// Whether these are rounds of one year that began in spring.
fn is_running_since_spring(matches: &[MatchDay]) -> bool {
    let mut dates: Vec<Date> = matches.iter().map(|one| date_of(one.day)).collect();
    dates.sort_unstable();
    let (Some(first), Some(last)) = (dates.first(), dates.last()) else {
        return false;
    };
    first.year() == last.year() && (2..6).contains(&first.month())
}

/// Whether these are some rounds of one spring, with which a season may begin as well as end.
fn is_spring_alone(matches: &[MatchDay]) -> bool {
    let in_spring = |one: &MatchDay| {
        let date = date_of(one.day);
        ((2, 1)..=(7, 15)).contains(&(date.month(), date.day()))
    };
    matches.len() >= SOME && matches.iter().all(in_spring)
}

/// How unevenly the pairs of these seasons met: 0 where all met equally often at each ground, about 1 where it was left to
/// chance.
///
/// # Formula
/// Σ (n − m)² / Σ n over seasons and pairs of home and away side, where n is how often a pair met and m the mean of its
/// season.
fn unevenness(matches: &[MatchDay], mut seasons: Seasons) -> f64 {
    let mut met: Vec<(i16, u32, u32)> = matches
        .iter()
        .map(|one| (seasons.of(one.day), one.home, one.away))
        .collect();
    met.sort_unstable();
    let mut squares = 0.0;
    for season in met.chunk_by(|a, b| a.0 == b.0) {
        let sides = season.iter().flat_map(|&(_, home, away)| [home, away]);
        let teams = sides.collect::<BTreeSet<u32>>().len() as f64;
        let size = season.len() as f64;
        let of_pairs = season.chunk_by(|a, b| a == b);
        squares += of_pairs
            .map(|pair| (pair.len() as f64).powi(2))
            .sum::<f64>();
        squares -= size * size / (teams * (teams - 1.0)).max(1.0);
    }
    squares / met.len().max(1) as f64
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

    fn seasons_of(dates: &[(i16, i8, i8)], change: Change) -> Vec<i16> {
        let days: Vec<i64> = dates.iter().map(|&(y, m, d)| days_to(y, m, d)).collect();
        let mut seasons = Seasons::new(days.clone(), change);
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
        assert_eq!(
            seasons_of(&dates, Change::Summer),
            [2019, 2019, 2019, 2019, 2019, 2020]
        );
    }

    #[test]
    fn part_of_a_season_has_the_season_of_the_whole() {
        let of = |dates: &[_]| seasons_of(dates, Change::Summer);
        assert_eq!(of(&[(2016, 1, 2), (2016, 5, 15)]), [2015, 2015]);
        assert_eq!(of(&[(2026, 5, 30), (2026, 5, 31)]), [2025, 2025]);
        assert_eq!(of(&[(2025, 8, 15), (2025, 9, 21)]), [2025, 2025]);
    }

    #[test]
    fn a_season_of_a_year_may_end_in_the_next() {
        // Brazil 2020 ended on 25 February 2021, 2021 began on 29 May.
        let dates = [
            (2020, 8, 8),
            (2020, 10, 31),
            (2020, 12, 7),
            (2021, 1, 10),
            (2021, 2, 25),
            (2021, 5, 29),
            (2021, 12, 9),
        ];
        assert_eq!(
            seasons_of(&dates, Change::Winter),
            [2020, 2020, 2020, 2020, 2020, 2021, 2021]
        );
        let dates = [(2023, 2, 25), (2023, 12, 9), (2024, 2, 21), (2024, 12, 7)];
        assert_eq!(seasons_of(&dates, Change::Winter), [2023, 2023, 2024, 2024]);
    }

    /// A double round robin of `teams`, a round every `every` days but for the pause, from a day on.
    fn league(
        first: (i16, i8, i8),
        teams: u32,
        every: i64,
        pause: std::ops::Range<(i8, i8)>,
    ) -> Vec<MatchDay> {
        let mut day = days_to(first.0, first.1, first.2);
        let mut matches = Vec::new();
        for half in 0..2 {
            for round in 0..teams - 1 {
                while pause.contains(&(date_of(day).month(), date_of(day).day())) {
                    day += 1;
                }
                for pair in 0..teams / 2 {
                    let (a, b) = (
                        (round + pair) % (teams - 1),
                        (round + teams - 1 - pair) % (teams - 1),
                    );
                    let [home, away] = if pair == 0 {
                        [round, teams - 1]
                    } else {
                        [a, b]
                    };
                    let [home, away] = if (half + round) % 2 == 0 {
                        [home, away]
                    } else {
                        [away, home]
                    };
                    matches.push(MatchDay { day, home, away });
                }
                day += every;
            }
        }
        matches
    }

    #[test]
    fn leagues_of_calendar_years_are_told_from_those_of_autumn() {
        let norway: Vec<MatchDay> = (2021..2024)
            .flat_map(|year| league((year, 3, 28), 16, 8, (6, 10)..(6, 30)))
            .collect();
        assert_eq!(judge(&norway), Judgement::CalendarYears);
        assert_eq!(
            judge(&league((2022, 3, 28), 16, 8, (6, 10)..(6, 30))),
            Judgement::CalendarYears
        );
        // a World Cup in June stops a league for longer than some winters
        let japan: Vec<MatchDay> = league((2018, 2, 23), 18, 7, (5, 21)..(7, 18));
        assert_eq!(judge(&japan), Judgement::CalendarYears);
        // from July to May with a long winter, as in Russia
        let russia: Vec<MatchDay> = (2021..2024)
            .flat_map(|year| {
                league((year, 7, 23), 16, 7, (1, 1)..(2, 25))
                    .into_iter()
                    .map(skip_december)
            })
            .collect();
        assert_eq!(judge(&russia), Judgement::Usual);
        let england: Vec<MatchDay> = (2021..2024)
            .flat_map(|year| league((year, 8, 12), 20, 7, (12, 1)..(12, 2)))
            .collect();
        assert_eq!(judge(&england), Judgement::Usual);
    }

    #[test]
    fn a_season_of_2020_that_ended_in_2021_is_no_reason_to_think_otherwise() {
        let brazil: Vec<MatchDay> = [
            league((2019, 4, 27), 20, 5, (6, 14)..(7, 10)),
            league((2020, 8, 8), 20, 5, (1, 1)..(1, 1)),
            league((2021, 5, 29), 20, 5, (1, 1)..(1, 1)),
        ]
        .concat();
        assert_eq!(judge(&brazil), Judgement::CalendarYears);
        let mut seasons = Seasons::new(brazil.iter().map(|one| one.day).collect(), Change::Winter);
        let of_season: Vec<i16> = brazil.iter().map(|one| seasons.of(one.day)).collect();
        let expected: Vec<i16> = (2019..2022).flat_map(|year| vec![year; 380]).collect();
        assert_eq!(of_season, expected);
    }

    #[test]
    fn schedules_in_which_pairs_meet_as_it_comes_are_told_by_their_pauses() {
        // from the end of February to December, without rounds in which everyone meets
        let usa: Vec<MatchDay> = (2021..2024)
            .flat_map(|year| {
                (0..40_u32).flat_map(move |round| {
                    let day = days_to(year, 2, 26) + i64::from(round) * 7;
                    (0..7).map(move |pair| {
                        let home = (pair * 2 + round * round * 5 + round) % 14;
                        let away = (home + 1 + (pair * 3 + round * 7) % 13) % 14;
                        MatchDay { day, home, away }
                    })
                })
            })
            .collect();
        assert_eq!(judge(&usa), Judgement::CalendarYears);
    }

    #[test]
    fn leagues_of_four_rounds_are_told_by_how_evenly_their_pairs_met() {
        let twice = |year| {
            let rounds = [
                league((year, 2, 18), 10, 7, (6, 20)..(7, 1)),
                league((year, 7, 1), 10, 7, (1, 1)..(1, 1)),
            ];
            rounds.concat()
        };
        let ireland: Vec<MatchDay> = (2021..2024).flat_map(twice).collect();
        assert_eq!(judge(&ireland), Judgement::CalendarYears);
    }

    #[test]
    fn split_seasons_from_july_to_may_are_of_autumn() {
        // Apertura from July to November, Clausura from January to May
        let mexico: Vec<MatchDay> = (2021..2024)
            .flat_map(|year| league((year, 7, 22), 18, 8, (12, 5)..(12, 32)))
            .collect();
        assert_eq!(judge(&mexico), Judgement::Usual);
        let mut seasons = Seasons::new(mexico.iter().map(|one| one.day).collect(), Change::Summer);
        let first = mexico[..306].iter().map(|one| seasons.of(one.day));
        assert!(first.into_iter().all(|season| season == 2021));
    }

    /// Moves the matches of December to the autumn before.
    fn skip_december(mut one: MatchDay) -> MatchDay {
        if date_of(one.day).month() == 12 {
            one.day -= 31;
        }
        one
    }

    #[test]
    fn a_running_season_since_spring_that_is_played_in_summer_is_of_its_year() {
        for (first, rounds) in [((2023, 4, 2), 16), ((2023, 2, 25), 21), ((2023, 4, 10), 13)] {
            let mut running = league(first, 16, 7, (1, 1)..(1, 1));
            running.truncate(rounds * 8);
            assert_eq!(judge(&running), Judgement::CalendarYears, "{first:?}");
        }
        // the end of the season of 2019-20, which was played in summer
        let late = league((2020, 3, 1), 16, 7, (3, 10)..(6, 1));
        assert_eq!(judge(&late[..96]), Judgement::Assumed);
    }

    #[test]
    fn what_cannot_be_told_is_assumed() {
        let on = |year, month, day, home| MatchDay {
            day: days_to(year, month, day),
            home,
            away: home + 1,
        };
        assert_eq!(judge(&[on(2023, 8, 12, 0)]), Judgement::Usual);
        let spring: Vec<MatchDay> = (0..12).map(|day| on(2023, 3, day + 10, 0)).collect();
        assert_eq!(judge(&spring), Judgement::Assumed);
        assert_eq!(judge(&spring[..2]), Judgement::Usual);
        // until June: the end of a season of autumn, or the start of one of a calendar year
        let june: Vec<MatchDay> = (0..12)
            .map(|day| on(2023, 5, day + 25 - day % 2, 0))
            .take(6)
            .collect();
        assert_eq!(judge(&[&spring[..6], &june].concat()), Judgement::Assumed);
        assert_eq!(
            judge(&[on(2023, 5, 2, 0), on(2023, 9, 2, 2)]),
            Judgement::Usual
        );
        assert_eq!(
            judge(&[on(2023, 5, 2, 0), on(2023, 9, 2, 0)]),
            Judgement::Usual
        );
    }
}
