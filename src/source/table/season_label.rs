//! The season of a match as its cell names it: `2019`, `2019/20`, `19-20`, or football-data's code `1920`.

use jiff::civil::Date;

use super::cells;
use super::season::{date_of, days_since_epoch};
use crate::domain::Time;

/// The season of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowSeason {
    /// The file does not say it.
    Untold,
    /// The year in which it starts, of a label with both its years.
    Start(i16),
    /// The year of a label with the half of it that is played.
    Half(i16),
    /// A number that is a year or a code: what it is, the whole column decides.
    Number(i16),
}

/// What a number in a column of seasons is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// The year in which the season starts.
    Start,
    /// The last two digits of both its years: 1920 is 2019-20.
    Code,
    /// The year in which it ends.
    End,
}

impl Style {
    const ALL: [Self; 3] = [Self::Start, Self::Code, Self::End];

    /// The year in which a season starts, if its match may have been on this day.
    fn start(self, number: i16, day: Time) -> Option<i16> {
        match self {
            Self::Start => Some(number).filter(|&start| holds(start, day)),
            Self::Code => start_of_code(number).filter(|&start| spans(start, day)),
            Self::End => Some(number - 1).filter(|&start| holds(start, day)),
        }
    }
}

/// The first year of a code such as 1920.
fn start_of_code(number: i16) -> Option<i16> {
    let (first, second) = (number / 100, number % 100);
    (second == (first + 1) % 100).then(|| century(first))?
}

/// The year that two digits mean, as in dates.
fn century(year: i16) -> Option<i16> {
    let year = cells::century(u32::try_from(year).ok()?)?;
    i16::try_from(year).ok()
}

/// Whether a season that starts in `start` may have a match on this day: of the same year, or of the one after it.
fn holds(start: i16, day: Time) -> bool {
    let year = date_of(day.day()).year();
    start == year || start == year - 1
}

/// Whether a season of two years may have a match on this day: no season begins before the middle of May, and that of 2019-20
/// ended in August.
fn spans(start: i16, day: Time) -> bool {
    let on = |year, month, day| Date::new(year, month, day).map(days_since_epoch);
    let (Ok(first), Ok(last)) = (on(start, 5, 15), on(start + 1, 9, 30)) else {
        return false;
    };
    (first..=last).contains(&day.day())
}

/// How many numbers of a column may be read in each style.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Styles([u32; Style::ALL.len()]);

impl Styles {
    /// Counts a number. Returns whether it can be read at all.
    fn count(&mut self, number: i16, day: Time) -> bool {
        let mut readable = false;
        for (count, style) in self.0.iter_mut().zip(Style::ALL) {
            if style.start(number, day).is_some() {
                *count += 1;
                readable = true;
            }
        }
        readable
    }

    /// The style that most numbers allow; the usual one where several allow as many.
    pub fn judge(self) -> Style {
        let counted = Style::ALL.into_iter().zip(self.0);
        counted
            .reduce(|best, other| if other.1 > best.1 { other } else { best })
            .map_or(Style::Start, |(style, _)| style)
    }
}

impl RowSeason {
    /// What a cell says; `None` when it is no season.
    pub fn parse(cell: &str) -> Option<Self> {
        label(cell)
    }

    /// Whether it can hold a match on this day; a number is counted for the judgement of its column.
    pub fn holds(self, day: Time, styles: &mut Styles) -> bool {
        match self {
            Self::Untold => true,
            Self::Start(start) => spans(start, day),
            Self::Half(start) => holds(start, day),
            Self::Number(number) => styles.count(number, day),
        }
    }

    /// The season of a row on this day, in a column of this style; `Err` when it cannot hold that day.
    pub fn resolve(self, style: Style, day: Time) -> Result<Option<i16>, i16> {
        match self {
            Self::Untold => Ok(None),
            Self::Start(start) | Self::Half(start) => Ok(Some(start)),
            Self::Number(number) => {
                // a code that is no year of its date is beyond doubt in every column
                let start = style
                    .start(number, day)
                    .or_else(|| Style::Code.start(number, day));
                start.map(Some).ok_or(number)
            }
        }
    }
}

fn label(cell: &str) -> Option<RowSeason> {
    // a column of numbers may have been written as decimals
    let mut words = cell
        .strip_suffix(".0")
        .unwrap_or(cell)
        .split(['/', '-', '\u{2013}', ' ', '.', '_'])
        .filter(|word| !word.is_empty())
        .skip_while(|word| !word.starts_with(|c: char| c.is_ascii_digit()));
    let first = words.next()?;
    let year = number(first)?;
    let second = words
        .next()
        .filter(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    match (first.len(), second) {
        (4, None) => {
            Some(RowSeason::Number(year)).filter(|_| is_year(year) || start_of_code(year).is_some())
        }
        (4, Some(second)) => both(year, second),
        (2, Some(second)) if second.len() == 2 => both(century(year)?, second),
        (2, None) => Some(RowSeason::Number(century(year)?)),
        _ => None,
    }
}

/// A season with both its years, or with the half of it that is played: `2019/20`, `2019/2020`, `2019/1`.
fn both(start: i16, second: &str) -> Option<RowSeason> {
    let end = number(second)?;
    let fits = match second.len() {
        1 => true,
        2 => end == (start + 1) % 100,
        4 => end == start + 1,
        _ => false,
    };
    let season = if second.len() == 1 {
        RowSeason::Half(start)
    } else {
        RowSeason::Start(start)
    };
    (fits && is_year(start)).then_some(season)
}

fn number(word: &str) -> Option<i16> {
    if word.bytes().all(|byte| byte.is_ascii_digit()) {
        word.parse().ok()
    } else {
        None
    }
}

fn is_year(number: i16) -> bool {
    (1872..=2099).contains(&number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seasons_are_read_in_every_usual_form() {
        for cell in [
            "2019/2020",
            "2019-20",
            "2019/20",
            "19/20",
            "19-20",
            "2019\u{2013}20",
            "Season 2019/20",
        ] {
            assert_eq!(label(cell), Some(RowSeason::Start(2019)), "{cell}");
        }
        assert_eq!(label("1999/00"), Some(RowSeason::Start(1999)));
        assert_eq!(label("91/92"), Some(RowSeason::Start(1991)));
        assert_eq!(label("2019/1"), Some(RowSeason::Half(2019)));
        assert_eq!(label("2019"), Some(RowSeason::Number(2019)));
        assert_eq!(label("1920.0"), Some(RowSeason::Number(1920)));
        assert_eq!(label("2019 Apertura"), Some(RowSeason::Number(2019)));
        for cell in [
            "summer",
            "2019-21",
            "2019-08-10",
            "55/56",
            "20-19",
            "201",
            "0",
            "3000",
        ] {
            assert_eq!(label(cell), None, "{cell}");
        }
    }

    fn starts(numbers: &[(i16, i16)]) -> Vec<Option<i16>> {
        let mut styles = Styles::default();
        let time = |year| crate::calendar::time_of_date(jiff::civil::date(year, 7, 1));
        for &(number, year) in numbers {
            styles.count(number, time(year));
        }
        let style = styles.judge();
        let season = |&(number, year): &(i16, i16)| {
            RowSeason::Number(number)
                .resolve(style, time(year))
                .unwrap_or(None)
        };
        numbers.iter().map(season).collect()
    }

    #[test]
    fn a_season_of_two_years_has_no_day_before_its_summer_or_after_the_next() {
        let held = |cell: &str, year, month, day| {
            let time = crate::calendar::time_of_date(jiff::civil::date(year, month, day));
            label(cell).unwrap().holds(time, &mut Styles::default())
        };
        for cell in ["2023/24", "23-24", "2023/2024"] {
            assert!(held(cell, 2023, 7, 1) && held(cell, 2024, 8, 2), "{cell}");
            assert!(!held(cell, 2023, 1, 10), "{cell}");
            assert!(!held(cell, 2024, 11, 10), "{cell}");
        }
        assert!(held("1920", 2020, 8, 2) && !held("1920", 2019, 2, 2));
        assert!(held("2023", 2023, 1, 10) && held("2019/1", 2019, 2, 2));
    }

    #[test]
    fn the_column_decides_what_a_number_is() {
        // 2021 may be the year or 2020-21: its neighbours tell
        assert_eq!(starts(&[(2021, 2021)]), [Some(2021)]);
        assert_eq!(starts(&[(2021, 2021), (2021, 2020)]), [Some(2020); 2]);
        assert_eq!(
            starts(&[(1920, 2020), (2021, 2021)]),
            [Some(2019), Some(2020)]
        );
        assert_eq!(starts(&[(2023, 2023), (2023, 2024)]), [Some(2023); 2]);
        assert_eq!(starts(&[(2024, 2023), (2024, 2024)]), [Some(2023); 2]);
        assert_eq!(
            starts(&[(2324, 2023), (9900, 2000)]),
            [Some(2023), Some(1999)]
        );
    }
}
