//! Dates and times of day, in the forms that occur in files. Names of months and weekdays are English.

use jiff::civil::{Date, Weekday};

use super::whole;
use crate::calendar;

/// A time of day, and the offset beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Clock {
    /// Seconds after midnight.
    pub seconds: u32,
    /// Seconds east of Greenwich, where the cell says so.
    pub offset: Option<i32>,
}

/// A cell with a date, and with a time of day if there is one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in super::super) struct Moment {
    pub day: WrittenDay,
    pub clock: Option<Clock>,
}

/// A date as it is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in super::super) enum WrittenDay {
    /// Its form has one reading: `2023-08-05`, `20230805`, `Aug 5, 2023`.
    Certain(Date),
    /// Three fields in an order that only the whole column shows: `05/08/2023`, `24/08/17`, `05-Aug-23`.
    Fields(DateFields),
    /// A number, by which spreadsheets count days from 1899-12-30: `45143`, `45143.625`.
    Serial(f64),
}

/// The fields of a date from left to right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct DateFields {
    parts: [u32; 3],
    /// Whether the last field has four digits: the year.
    long: bool,
    /// Whether the field in the middle was the name of a month.
    pub named: bool,
    /// The day of the week beside it, which a date has to fit.
    weekday: Option<Weekday>,
}

/// Which field of a date comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in super::super) enum FieldOrder {
    #[default]
    DayFirst,
    MonthFirst,
    YearFirst,
    /// The date is a spreadsheet's number.
    Serial,
}

impl DateFields {
    /// The date in this order; `None` where there is none.
    pub fn date(self, order: FieldOrder) -> Option<Date> {
        let [a, b, c] = self.parts;
        let last_year = || if self.long { Some(c) } else { century(c) };
        let date = match order {
            FieldOrder::DayFirst => calendar_day(last_year()?, b, a),
            FieldOrder::MonthFirst if self.named => calendar_day(last_year()?, b, a),
            FieldOrder::MonthFirst => calendar_day(last_year()?, a, b),
            FieldOrder::YearFirst if self.long => None,
            FieldOrder::YearFirst => calendar_day(century(a)?, b, c),
            FieldOrder::Serial => None,
        };
        date.filter(|date| is_on(*date, self.weekday))
    }
}

impl Moment {
    /// The date and the time of day, when dates are written in this order.
    pub fn read(self, order: FieldOrder) -> Option<(Date, Option<Clock>)> {
        match self.day {
            WrittenDay::Certain(date) => Some((date, self.clock)),
            WrittenDay::Fields(fields) => Some((fields.date(order)?, self.clock)),
            WrittenDay::Serial(days) if order == FieldOrder::Serial => of_serial(days),
            WrittenDay::Serial(_) => None,
        }
    }
}

/// A date and, if there is one, the time of day beside it.
pub(in super::super) fn moment(cell: &[u8]) -> Option<Moment> {
    let text = std::str::from_utf8(cell).ok()?.trim();
    let (day, time) = cut(text);
    let clock = match time {
        Some(time) => Some(clock_of(time)?),
        None => None,
    };
    let day = written_day(day)?;
    let is_whole = clock.is_none() || !matches!(day, WrittenDay::Serial(_));
    is_whole.then_some(Moment { day, clock })
}

/// A time of day: `20:00`, `9:30`, `20:00:00.000`, `7:00 pm`, each also with `Z`, `UTC`, `GMT` or an offset after it.
pub(in super::super) fn clock(cell: &[u8]) -> Option<Clock> {
    if let [h, i, b':', m, n] = cell
        && [h, i, m, n].iter().all(|digit| digit.is_ascii_digit())
    {
        let two = |tens: &u8, ones: &u8| u32::from(tens - b'0') * 10 + u32::from(ones - b'0');
        return time_of_day(two(h, i), two(m, n), 0).map(|seconds| Clock {
            seconds,
            offset: None,
        });
    }
    let text = std::str::from_utf8(cell).ok()?.trim();
    let has_form = text.contains(':') || half_of_day(text).1.is_some();
    has_form.then(|| clock_of(text))?
}

/// Cuts a cell into its date and its time of day.
fn cut(text: &str) -> (&str, Option<&str>) {
    let Some(start) = start_of_time(text) else {
        return (text, None);
    };
    let (day, time) = text.split_at(start);
    let day = day.trim_end_matches([' ', '-', ',', '|']);
    let bare = day.strip_suffix(" at").or(day.strip_suffix(['T', 't']));
    let bare = bare.filter(|day| day.ends_with(|last: char| last.is_ascii_digit()));
    (bare.unwrap_or(day), Some(time))
}

/// Where the time of day begins: with the digits before a colon, after the T of ISO 8601, or with the hour before am or pm.
fn start_of_time(text: &str) -> Option<usize> {
    let digits_before = |end: usize| {
        let digits = text[..end].bytes().rev();
        end - digits.take_while(u8::is_ascii_digit).count()
    };
    if let Some(colon) = text.find(':') {
        return Some(digits_before(colon));
    }
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let after_t = (1..bytes.len())
        .find(|&at| matches!(bytes[at], b'T' | b't') && is_digit(at - 1) && is_digit(at + 1));
    if let Some(at) = after_t {
        return Some(at + 1);
    }
    let (rest, half) = half_of_day(text);
    half.map(|_| digits_before(rest.len()))
}

/// A time of day in any form that follows a date.
fn clock_of(text: &str) -> Option<Clock> {
    let (text, offset) = offset(text.trim())?;
    let (text, half) = half_of_day(text);
    let (hours, minutes, seconds) = fields_of_time(text)?;
    let hours = match half {
        None => hours,
        Some(after) if (1..=12).contains(&hours) => hours % 12 + if after { 12 } else { 0 },
        Some(_) => return None,
    };
    let seconds = time_of_day(hours, minutes, seconds)?;
    Some(Clock { seconds, offset })
}

/// Hours, minutes and seconds: `20:00:00.000`, or without colons as in ISO 8601's short form.
fn fields_of_time(text: &str) -> Option<(u32, u32, u32)> {
    let text = text.as_bytes();
    if !text.contains(&b':') {
        let pair = |at: usize| text.get(at..at + 2).map_or(Some(0), whole);
        return match text.len() {
            1 | 2 => Some((whole(text)?, 0, 0)),
            4 | 6 => Some((pair(0)?, pair(2)?, pair(4)?)),
            _ => None,
        };
    }
    let mut parts = text.split(|&byte| byte == b':');
    let (hours, minutes) = (whole(parts.next()?)?, whole(parts.next()?)?);
    let seconds = parts.next().map_or(Some(0), |seconds| {
        whole(seconds.split(|byte| matches!(byte, b'.' | b',')).next()?)
    })?;
    parts.next().is_none().then_some((hours, minutes, seconds))
}

fn time_of_day(hours: u32, minutes: u32, seconds: u32) -> Option<u32> {
    let valid = hours < 24 && minutes < 60 && seconds < 60;
    valid.then_some(hours * 3600 + minutes * 60 + seconds)
}

/// Takes `am` or `pm` from the end: the rest, and whether it is the afternoon.
fn half_of_day(text: &str) -> (&str, Option<bool>) {
    for (mark, after) in [("am", false), ("pm", true), ("a.m.", false), ("p.m.", true)] {
        let at = text.len().checked_sub(mark.len());
        if let Some((rest, end)) = at.and_then(|at| text.split_at_checked(at))
            && end.eq_ignore_ascii_case(mark)
        {
            return (rest.trim_end(), Some(after));
        }
    }
    (text, None)
}

/// Takes `Z`, `UTC`, `GMT` or `+01:00` from the end: the rest, and seconds east of Greenwich.
fn offset(text: &str) -> Option<(&str, Option<i32>)> {
    if let Some(rest) = without_utc(text) {
        return Some((rest, Some(0)));
    }
    let Some(at) = text.rfind(['+', '-', '\u{2212}']) else {
        return Some((text, None));
    };
    let (rest, signed) = text.split_at(at);
    let mut signed = signed.chars();
    let sign = if signed.next()? == '+' { 1 } else { -1 };
    let digits = signed.as_str();
    let (hours, minutes) = match digits.split_once(':') {
        Some((hours, minutes)) => (hours, minutes),
        None => digits.split_at_checked(2).unwrap_or((digits, "")),
    };
    let minutes = if minutes.is_empty() { "0" } else { minutes };
    let (hours, minutes) = (whole(hours.as_bytes())?, whole(minutes.as_bytes())?);
    // no clock on earth is further from Greenwich
    let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
    let rest = rest.trim_end();
    let valid = minutes < 60 && seconds <= 14 * 3600;
    valid.then_some((without_utc(rest).unwrap_or(rest), Some(sign * seconds)))
}

fn without_utc(text: &str) -> Option<&str> {
    let marks = ["Z", "z", "UTC", "GMT"];
    let rest = marks.iter().find_map(|mark| text.strip_suffix(mark))?;
    Some(rest.trim_end())
}

/// A part of a date.
#[derive(Clone, Copy)]
enum Part {
    Number { value: u32, digits: usize },
    Month(u32),
}

fn written_day(text: &str) -> Option<WrittenDay> {
    if let Some(number) = lone_number(text) {
        return number;
    }
    let words = text.split([' ', '/', '-', '.', ',', '\u{2013}', '\u{a0}']);
    let mut words = words.filter(|word| !word.is_empty());
    let weekday = words.clone().find_map(weekday);
    let mut parts = words.by_ref().filter(|word| self::weekday(word).is_none());
    let mut part = || part(parts.next()?);
    let three = [part()?, part()?, part()?];
    parts.next().is_none().then(|| of_parts(three, weekday))?
}

/// A date without separators: `20230805`, or a spreadsheet's number of five digits.
fn lone_number(text: &str) -> Option<Option<WrittenDay>> {
    let digits = text.split('.').next()?;
    let numeric = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    if !numeric || text.matches('.').count() > 1 {
        return None;
    }
    if digits.len() == 8 && text.len() == 8 {
        let number = |part: &str| whole(part.as_bytes());
        let date = number(&text[..4]).zip(number(&text[4..6]).zip(number(&text[6..])));
        return Some(
            date.and_then(|(y, (m, d))| Some(WrittenDay::Certain(calendar_day(y, m, d)?))),
        );
    }
    (digits.len() == 5).then(|| text.parse().ok().map(WrittenDay::Serial))
}

/// A date of three parts.
fn of_parts(parts: [Part; 3], weekday: Option<Weekday>) -> Option<WrittenDay> {
    use Part::{Month, Number};
    let certain = |y, m, d| {
        let date = calendar_day(y, m, d).filter(|date| is_on(*date, weekday));
        date.map(WrittenDay::Certain)
    };
    let [first, second, third] = parts;
    let year = |value: u32, digits: usize| match digits {
        2 => century(value),
        4 => Some(value),
        _ => None,
    };
    match (first, second, third) {
        (
            Number {
                value: y,
                digits: 4,
            },
            Number { value: m, .. },
            Number { value: d, .. },
        )
        | (
            Number {
                value: y,
                digits: 4,
            },
            Month(m),
            Number { value: d, .. },
        ) => certain(y, m, d),
        (Month(m), Number { value: d, .. }, Number { value: y, digits }) => {
            certain(year(y, digits)?, m, d)
        }
        (
            Number {
                value: a,
                digits: 1 | 2,
            },
            middle,
            Number {
                value: c,
                digits: 2 | 4,
            },
        ) => {
            let long = matches!(third, Number { digits: 4, .. });
            let (b, named) = match middle {
                Month(month) => (month, true),
                Number {
                    value,
                    digits: 1 | 2,
                } => (value, false),
                Number { .. } => return None,
            };
            Some(WrittenDay::Fields(DateFields {
                parts: [a, b, c],
                long,
                named,
                weekday,
            }))
        }
        _ => None,
    }
}

fn part(word: &str) -> Option<Part> {
    if let Some(month) = month(word) {
        return Some(Part::Month(month));
    }
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let (number, ending) = word.split_at(digits);
    let is_ordinal = ["st", "nd", "rd", "th"].contains(&ending) && digits <= 2;
    let value = whole(number.as_bytes()).filter(|_| ending.is_empty() || is_ordinal)?;
    Some(Part::Number { value, digits })
}

const WEEKDAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// The month of this name, of which at least three letters are given.
fn month(word: &str) -> Option<u32> {
    let month = calendar::MONTHS
        .iter()
        .position(|month| begins(month, word))?;
    u32::try_from(month + 1).ok()
}

/// The day of the week of this name, of which at least three letters are given.
fn weekday(word: &str) -> Option<Weekday> {
    let day = WEEKDAYS.iter().position(|day| begins(day, word))?;
    Weekday::from_monday_zero_offset(i8::try_from(day).ok()?).ok()
}

/// Whether a date is on this day of the week, if one is given.
fn is_on(date: Date, weekday: Option<Weekday>) -> bool {
    weekday.is_none_or(|weekday| date.weekday() == weekday)
}

/// Whether a name begins with these letters, three or more.
fn begins(name: &str, letters: &str) -> bool {
    letters.len() >= 3
        && name
            .get(..letters.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(letters))
}

/// The day and time that a spreadsheet's number means, to the second.
fn of_serial(days: f64) -> Option<(Date, Option<Clock>)> {
    let seconds = (days.fract() * 86_400.0).round() as u32;
    let date = Date::constant(1899, 12, 30)
        .checked_add(jiff::Span::new().try_days(days.trunc() as i64).ok()?)
        .ok()?;
    // a number without a fraction is a day without a time
    let clock = (1..86_400).contains(&seconds).then_some(Clock {
        seconds,
        offset: None,
    });
    (date.year() <= 2099).then_some((date, clock))
}

fn calendar_day(year: u32, month: u32, day: u32) -> Option<Date> {
    // the first international match was in 1872
    let sensible = (1872..=2099).contains(&year);
    let date = Date::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
    );
    date.ok().filter(|_| sensible)
}

/// The year that two digits mean, from 1969 to 2049: no match of the next decades is played yet, and the two readings of what
/// lies between are both wrong too often.
pub(in super::super) fn century(year: u32) -> Option<u32> {
    match year {
        0..50 => Some(2000 + year),
        69..100 => Some(1900 + year),
        _ => None,
    }
}

/// Whether a cell has three fields of which the last is a year of two digits that may be of either century.
pub(in super::super) fn has_doubtful_year(cell: &[u8]) -> bool {
    match moment(cell).map(|moment| moment.day) {
        Some(WrittenDay::Fields(fields)) => !fields.long && century(fields.parts[2]).is_none(),
        Some(WrittenDay::Certain(_) | WrittenDay::Serial(_)) | None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, order: FieldOrder) -> Option<String> {
        let (date, clock) = moment(text.as_bytes())?.read(order)?;
        Some(match clock {
            None => date.to_string(),
            Some(Clock { seconds, offset }) => {
                let offset = offset.map_or_else(String::new, |offset| format!(" {offset:+}"));
                format!("{date} {}:{:02}{offset}", seconds / 3600, seconds / 60 % 60)
            }
        })
    }

    #[test]
    fn the_order_of_fields_is_given() {
        let day = |text| read(text, FieldOrder::DayFirst);
        assert_eq!(day("14/08/93").as_deref(), Some("1993-08-14"));
        assert_eq!(day("05/08/06").as_deref(), Some("2006-08-05"));
        assert_eq!(day("15/08/92").as_deref(), Some("1992-08-15"));
        assert_eq!(day("15/08/69").as_deref(), Some("1969-08-15"));
        assert_eq!(day("15/08/49").as_deref(), Some("2049-08-15"));
        assert_eq!(day(" 4/9/2021 ").as_deref(), Some("2021-09-04"));
        assert_eq!(day("5-Aug-23").as_deref(), Some("2023-08-05"));
        let other = |text, order| read(text, order).unwrap();
        assert_eq!(other("08.05.2023", FieldOrder::MonthFirst), "2023-08-05");
        assert_eq!(other("24/08/17", FieldOrder::YearFirst), "2024-08-17");
        assert_eq!(other("24-Aug-17", FieldOrder::YearFirst), "2024-08-17");
        assert_eq!(other("45143", FieldOrder::Serial), "2023-08-05");
        assert_eq!(other("45143.625", FieldOrder::Serial), "2023-08-05 15:00");
        for bad in [
            "31/02/20",
            "08/13/2023",
            "2023",
            "",
            "1/1/1",
            "12/08/68",
            "Aug 12, 50",
            "yesterday",
            "2023-08-11-01",
            "11/08/0023",
            "45143",
            "2023-13-08",
            "20231308",
            "05/08",
            "Aug 2023",
            "5 Foo 2023",
            "Mon 05/08/2023",
            "Monday 2023-08-05",
        ] {
            assert_eq!(day(bad), None, "{bad}");
        }
    }

    #[test]
    fn forms_with_one_reading_are_read_in_any_order() {
        for text in [
            "2023-08-05",
            "2023/8/5",
            "20230805",
            "Aug 5, 2023",
            "August 5th 2023",
            "Sat 5 Aug 2023",
            "Saturday, 05 August 2023",
            "2023 Aug 05",
            "5.AUG.2023",
        ] {
            let orders = [FieldOrder::DayFirst, FieldOrder::MonthFirst];
            for order in orders {
                assert_eq!(read(text, order).as_deref(), Some("2023-08-05"), "{text}");
            }
        }
    }

    #[test]
    fn a_date_may_carry_its_time() {
        for (text, expected) in [
            ("2024-08-16T19:30:00Z", "2024-08-16 19:30 +0"),
            ("2024-08-16 00:00:00", "2024-08-16 0:00"),
            ("2024-08-16T19:30:00.123+01:00", "2024-08-16 19:30 +3600"),
            ("2024-08-16 19:30:00 -0530", "2024-08-16 19:30 -19800"),
            ("20240816T193000Z", "2024-08-16 19:30 +0"),
            ("Aug 10 2018 - 7:00pm", "2018-08-10 19:00"),
            ("Aug 10 2018, 12:05 AM", "2018-08-10 0:05"),
            ("10 August 2018 7pm", "2018-08-10 19:00"),
            ("Fri 16/08/2024 at 12:30 pm", "2024-08-16 12:30"),
            ("Fri, 16 Aug 2024 19:30:00 GMT", "2024-08-16 19:30 +0"),
        ] {
            assert_eq!(
                read(text, FieldOrder::DayFirst).as_deref(),
                Some(expected),
                "{text}"
            );
        }
        for bad in [
            "2024-08-16T25:00",
            "2024-08-16 19:30 BST",
            "2024-08-16 13:00 pm",
            "45143 12:00",
        ] {
            assert_eq!(read(bad, FieldOrder::DayFirst), None, "{bad}");
        }
    }

    #[test]
    fn times_of_day() {
        let seconds = |text: &str| clock(text.as_bytes()).map(|clock| clock.seconds);
        for (text, expected) in [
            ("15:00", 54_000),
            ("9:30", 34_200),
            ("20:00:00.000", 72_000),
            ("7:00 PM", 68_400),
            ("7pm", 68_400),
            ("12:00am", 0),
            ("15:00Z", 54_000),
            (" 15:00 ", 54_000),
        ] {
            assert_eq!(seconds(text), Some(expected), "{text}");
        }
        assert_eq!(clock(b"15:00+01:00").unwrap().offset, Some(3600));
        for bad in [
            "24:00",
            "12:60",
            "15",
            "soon",
            "15:00 - 17:00",
            "",
            ":",
            "1530",
            "7.30pm",
        ] {
            assert_eq!(seconds(bad), None, "{bad}");
        }
    }
}
