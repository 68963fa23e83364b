//! Instants and days as text, ISO 8601 in UTC, and the clocks of time zones.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use jiff::civil;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde::{Deserialize, Serialize};

use crate::domain::Time;

/// The English names of the months, in lower case.
pub const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The day of an instant, ISO 8601.
///
/// ```
/// use simbet::Time;
/// assert_eq!(simbet::internals::calendar::format_date(Time::from_days(19_580)), "2023-08-11");
/// ```
pub fn format_date(time: Time) -> String {
    civil(time).date().to_string()
}

/// The name of a season by the year in which it starts.
///
/// ```
/// assert_eq!(simbet::internals::calendar::season_name(1999), "1999-00");
/// ```
pub fn season_name(year: i16) -> String {
    format!("{year}-{:02}", (i32::from(year) + 1).rem_euclid(100))
}

/// An instant in UTC, ISO 8601 without an offset.
///
/// ```
/// use simbet::Time;
/// assert_eq!(simbet::internals::calendar::format_time(Time::from_days(19_580) + 72_000), "2023-08-11T20:00:00");
/// ```
pub fn format_time(time: Time) -> String {
    civil(time).to_string()
}

/// Writes the day of an instant, ISO 8601, or nothing.
pub fn serialize_day<S: serde::Serializer>(
    time: &Option<Time>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => serializer.serialize_str(&format_date(*time)),
        None => serializer.serialize_none(),
    }
}

/// A day that may be missing, as `YYYY-MM-DD`, for `#[serde(with)]`.
pub mod optional_day {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::{Time, parse_date, serialize_day};

    /// Writes the day, or nothing.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(day: &Option<Time>, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_day(day, serializer)
    }

    /// Reads the day, or nothing.
    ///
    /// # Errors
    /// When it is no day, and those of the deserializer.
    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Time>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| {
            let problem = || serde::de::Error::custom(format!("{text:?} is not a day"));
            parse_date(&text).ok_or_else(problem)
        })
        .transpose()
    }
}

/// Start of the day written as `YYYY-MM-DD`.
///
/// ```
/// use simbet::Time;
/// assert_eq!(simbet::internals::calendar::parse_date("2023-08-11"), Some(Time::from_days(19_580)));
/// assert_eq!(simbet::internals::calendar::parse_date("11/08/2023"), None);
/// ```
pub fn parse_date(text: &str) -> Option<Time> {
    text.parse::<civil::Date>().ok().map(time_of_date)
}

/// The instant written as [`format_time`] writes it.
///
/// ```
/// use simbet::Time;
/// assert_eq!(simbet::internals::calendar::parse_time("2023-08-11T20:00:00"), Some(Time::from_days(19_580) + 72_000));
/// assert_eq!(simbet::internals::calendar::parse_time("20:00"), None);
/// ```
pub fn parse_time(text: &str) -> Option<Time> {
    let time: civil::DateTime = text.parse().ok()?;
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    Some(
        time_of_date(time.date())
            + i64::from(hour) * 3_600
            + i64::from(minute) * 60
            + i64::from(second),
    )
}

/// Start of a calendar day.
pub fn time_of_date(date: civil::Date) -> Time {
    let days = date
        .since(EPOCH)
        .map_or(0, |span| i64::from(span.get_days()));
    Time::from_days(days)
}

/// The calendar day and time of an instant; the first or last that there is when it is out of range.
pub fn civil(time: Time) -> civil::DateTime {
    EPOCH
        .at(0, 0, 0, 0)
        .saturating_add(jiff::SignedDuration::from_secs(time.seconds()))
}

const EPOCH: civil::Date = civil::date(1970, 1, 1);

/// A time zone by its IANA name, whose rules come with the program: results do not depend on those of the machine.
///
/// A local time that a clock shows twice is the first of the two instants. One that it skips is as much later as the
/// clock is put forward.
///
/// ```
/// use simbet::Time;
/// use simbet::internals::calendar::{Zone, parse_time};
/// let utc = |local| Zone::london().instant(parse_time(local).unwrap());
/// assert_eq!(utc("2021-08-14T15:00:00"), parse_time("2021-08-14T14:00:00").unwrap());
/// assert_eq!(utc("2021-12-04T15:00:00"), parse_time("2021-12-04T15:00:00").unwrap());
/// assert!("Europe/Lodnon".parse::<Zone>().unwrap_err().contains("did you mean Europe/London?"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone(TimeZone);

static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);
static LONDON: LazyLock<Zone> = LazyLock::new(|| {
    let london = "Europe/London".parse();
    london.expect("the bundled time zones have London")
});

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(TimeZone::UTC);

    /// The clock of the United Kingdom.
    pub fn london() -> Self {
        LONDON.clone()
    }

    /// The instant at which clocks of this zone show a time, given as if it were UTC.
    pub fn instant(&self, local: Time) -> Time {
        let instant = self.0.to_ambiguous_timestamp(civil(local)).compatible();
        instant.map_or(local, |instant| Time::from_seconds(instant.as_second()))
    }

    /// What clocks of this zone show at an instant, as if it were UTC.
    pub fn local(&self, instant: Time) -> Time {
        let timestamp = jiff::Timestamp::from_second(instant.seconds());
        timestamp.map_or(instant, |timestamp| {
            instant + i64::from(self.0.to_offset(timestamp).seconds())
        })
    }
}

impl FromStr for Zone {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let zone = DATABASE.get(name.trim()).ok();
        zone.filter(|zone| !zone.is_unknown())
            .map(Self)
            .ok_or_else(|| {
                format!(
                    "expected the name of a time zone such as Europe/London or UTC, not {name:?}{}",
                    suggestion(name)
                )
            })
    }
}

/// The clause `, did you mean X?` for the time zone whose name is nearest, or nothing.
fn suggestion(name: &str) -> String {
    let likeness = |zone: &str| strsim::jaro_winkler(&name.to_lowercase(), &zone.to_lowercase());
    let nearest = DATABASE
        .available()
        .map(|zone| (likeness(zone.as_str()), zone))
        .max_by(|(one, _), (other, _)| one.total_cmp(other));
    match nearest {
        Some((likeness, zone)) if likeness > 0.85 => format!(", did you mean {zone}?"),
        _ => String::new(),
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.iana_name().unwrap_or("UTC"))
    }
}

impl TryFrom<String> for Zone {
    type Error = String;
    fn try_from(name: String) -> Result<Self, String> {
        name.parse()
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn london(local: &str) -> String {
        format_time(Zone::london().instant(parse_time(local).unwrap()))
    }

    #[test]
    fn a_time_that_a_clock_skips_or_repeats_has_one_instant() {
        // clocks went forward at 01:00 on 28 March 2021 and back at 02:00 on 31 October 2021
        assert_eq!(london("2021-03-28T00:59:00"), "2021-03-28T00:59:00");
        assert_eq!(london("2021-03-28T01:30:00"), "2021-03-28T01:30:00");
        assert_eq!(london("2021-03-28T02:00:00"), "2021-03-28T01:00:00");
        assert_eq!(london("2021-10-31T01:30:00"), "2021-10-31T00:30:00");
        assert_eq!(london("2021-10-31T02:00:00"), "2021-10-31T02:00:00");
    }

    #[test]
    fn a_zone_shows_what_it_was_given() {
        for name in ["Europe/London", "America/New_York", "Asia/Kolkata", "UTC"] {
            let zone: Zone = name.parse().unwrap();
            for day in [18_800, 18_993, 19_100] {
                let local = Time::from_days(day) + 54_000;
                assert_eq!(zone.local(zone.instant(local)), local, "{name}");
            }
            assert_eq!(String::from(zone), name);
        }
        for bad in ["", "Atlantis", "Etc/Unknown", "+25:00"] {
            assert!(bad.parse::<Zone>().is_err(), "{bad}");
        }
    }
}
