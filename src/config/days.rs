//! Days as they are typed.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::calendar;
use crate::domain::Time;

/// A calendar day, written `YYYY-MM-DD`; another form is understood where it can be only one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WrittenDay", into = "String")]
pub struct Day(pub Time);

/// A text, or a day of TOML.
#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenDay {
    Text(String),
    Toml(toml::value::Datetime),
}

impl TryFrom<WrittenDay> for Day {
    type Error = String;
    fn try_from(day: WrittenDay) -> Result<Self, String> {
        match day {
            WrittenDay::Text(text) => text.parse(),
            WrittenDay::Toml(day) => day.to_string().parse(),
        }
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        calendar::format_date(day.0)
    }
}

impl FromStr for Day {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let expected = || format!("expected a day such as 2023-08-11, not {text:?}");
        let parts: Vec<&str> = parts(text);
        let &[first, second, third] = &parts[..] else {
            return Err(expected());
        };
        let mut days = possible(first, second, third);
        days.dedup();
        match (&days[..], is_year(first) || is_year(third)) {
            // nobody writes the year first and the day second: the month is wrong
            ([day], true) if is_year(first) && month_is_last(second, third) => {
                Err(one_of(text, &[*day]))
            }
            ([day], true) => Ok(Self(*day)),
            ([], _) => Err(expected()),
            (days, _) => Err(one_of(text, days)),
        }
    }
}

/// Whether numbers after a year can only be the day and the month, in this order.
fn month_is_last(second: &str, third: &str) -> bool {
    let is_month = |part: &str| part.parse::<u8>().is_ok_and(|month| month <= 12);
    second.parse::<u8>().is_ok() && !is_month(second) && is_month(third)
}

/// Digits and names of months, without what stands between them.
fn parts(text: &str) -> Vec<&str> {
    let is_between = |c: char| c.is_whitespace() || "-/.,".contains(c);
    let parts = text.trim().split(is_between);
    parts.filter(|part| !part.is_empty()).collect()
}

fn is_year(part: &str) -> bool {
    part.len() == 4 && part.bytes().all(|digit| digit.is_ascii_digit())
}

/// The days that three parts may mean; a year of two digits is one of this century.
fn possible(first: &str, second: &str, third: &str) -> Vec<Time> {
    let orders = if is_year(first) {
        vec![[first, second, third], [first, third, second]]
    } else {
        vec![[third, second, first], [third, first, second]]
    };
    let days: Vec<Time> = orders.into_iter().filter_map(day).collect();
    // nobody writes the year first and the day second
    let take = if is_year(first) { 1 } else { 2 };
    days.into_iter().take(take).collect()
}

/// The day of a year, a month and a day.
fn day([year, month, day]: [&str; 3]) -> Option<Time> {
    let is_number = |part: &str| {
        (1..=4).contains(&part.len()) && part.bytes().all(|digit| digit.is_ascii_digit())
    };
    let month = match month_of(month) {
        Some(month) => month,
        None if is_number(month) && month.len() <= 2 => month.parse().ok()?,
        None => return None,
    };
    let is_right =
        is_number(year) && [2, 4].contains(&year.len()) && is_number(day) && day.len() <= 2;
    let day: u8 = is_right.then(|| day.parse().ok())??;
    let year = if year.len() == 2 {
        format!("20{year}")
    } else {
        year.to_owned()
    };
    calendar::parse_date(&format!("{year}-{month:02}-{day:02}"))
}

/// The number of a month by its English name, in full or as three letters.
fn month_of(name: &str) -> Option<u8> {
    let name = name.to_ascii_lowercase();
    let place = calendar::MONTHS
        .iter()
        .position(|month| *month == name || month[..3] == name)?;
    u8::try_from(place + 1).ok()
}

/// The answer to a text that may be one of these days.
fn one_of(text: &str, days: &[Time]) -> String {
    let days: Vec<String> = days.iter().map(|day| calendar::format_date(*day)).collect();
    match &days[..] {
        [first, second] => format!("{text:?} may be two days: write {first} (or {second})"),
        days => format!("write {}, not {text:?}", days.join(" or ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, String> {
        text.parse::<Day>().map(String::from)
    }

    #[test]
    fn a_day_that_can_be_only_one_is_understood() {
        for text in [
            "2023-08-13",
            "2023-8-13",
            "2023/08/13",
            "13/08/2023",
            "08/13/2023",
            "13.8.2023",
            "13 Aug 2023",
            "August 13, 2023",
            "13-aug-2023",
        ] {
            assert_eq!(read(text).as_deref(), Ok("2023-08-13"), "{text}");
        }
        assert_eq!(read("05/05/2023").as_deref(), Ok("2023-05-05"));
    }

    #[test]
    fn a_day_that_may_be_two_is_answered_with_both() {
        let answer = read("01/08/2023").unwrap_err();
        assert!(
            answer.contains("write 2023-08-01 (or 2023-01-08)"),
            "{answer}"
        );
        let answer = read("2023-13-08").unwrap_err();
        assert!(answer.starts_with("write 2023-08-13"), "{answer}");
        let answer = read("13/08/23").unwrap_err();
        assert!(answer.contains("write 2023-08-13"), "{answer}");
        for text in [
            "2023",
            "32/01/2023",
            "2023-02-30",
            "tomorrow",
            "1/2/3/4",
            "",
            "20230813x",
        ] {
            let answer = read(text).unwrap_err();
            assert!(answer.contains("such as 2023-08-11"), "{answer}");
        }
    }

    #[test]
    fn a_day_of_toml_is_a_day() {
        let settings = crate::config::Settings::from_toml("from = 2023-08-13").unwrap();
        assert_eq!(
            settings.from.map(String::from).as_deref(),
            Some("2023-08-13")
        );
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_a_panic(text in ".{0,14}") {
            let _ = read(&text);
        }

        #[test]
        fn a_day_is_read_as_it_is_written(days in 0..30_000_i32) {
            let text = String::from(Day(Time::from_days(days.into())));
            proptest::prop_assert_eq!(read(&text), Ok(text.clone()));
        }
    }
}
