//! Instants and days as text, ISO 8601, on the data's own clock.

use jiff::civil;

use crate::domain::Time;

/// The day of an instant, ISO 8601.
///
/// ```
/// use simbet::Time;
/// assert_eq!(simbet::internals::calendar::format_date(Time::from_days(19_580)), "2023-08-11");
/// ```
pub fn format_date(time: Time) -> String {
    civil(time).date().to_string()
}

/// An instant on the data's own clock, ISO 8601.
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
