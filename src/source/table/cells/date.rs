//! Dates and times of day.

use jiff::civil::Date;

use super::whole;

/// A date and, if there is one, the time after it: `16/08/2024`, `16/08/24`, `2024-08-16`, `2024-08-16T19:00:00Z`.
pub(in super::super) fn date(cell: &[u8]) -> Option<(Date, Option<u32>)> {
    let cell = cell.trim_ascii();
    let split = cell
        .iter()
        .position(|byte| matches!(byte, b' ' | b'T'))
        .unwrap_or(cell.len());
    let (day, rest) = cell.split_at(split);
    let clock = if rest.is_empty() {
        None
    } else {
        Some(time(rest[1..].strip_suffix(b"Z").unwrap_or(&rest[1..]))?)
    };
    let mut parts = day.split(|byte| matches!(byte, b'/' | b'-' | b'.'));
    let parts = [
        parts.next()?,
        parts.next()?,
        parts.next()?,
        parts.next().unwrap_or(b""),
    ];
    let (year, month, day) = match parts {
        [y, m, d, b""] if y.len() == 4 => (whole(y)?, whole(m)?, whole(d)?),
        [d, m, y, b""] if y.len() == 4 => (whole(y)?, whole(m)?, whole(d)?),
        [d, m, y, b""] if y.len() == 2 => (century(whole(y)?), whole(m)?, whole(d)?),
        _ => return None,
    };
    // the first international match was in 1872
    let sensible = (1872..=2099).contains(&year);
    let date = Date::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
    )
    .ok()?;
    sensible.then_some((date, clock))
}

/// The year that two digits mean: the files begin in 1993.
fn century(year: u32) -> u32 {
    if year >= 93 { 1900 + year } else { 2000 + year }
}

/// A kick-off in seconds after midnight: `20:00`, `9:30`, `20:00:00`, `20:00:00.000`.
fn time(cell: &[u8]) -> Option<u32> {
    let mut parts = cell.trim_ascii().split(|&byte| byte == b':');
    let (hours, minutes) = (whole(parts.next()?)?, whole(parts.next()?)?);
    let seconds = parts.next().map_or(Some(0), |part| {
        whole(part.split(|&byte| byte == b'.').next()?)
    })?;
    let valid = hours < 24 && minutes < 60 && seconds < 60 && parts.next().is_none();
    valid.then_some(hours * 3600 + minutes * 60 + seconds)
}

/// A kick-off from a cell that holds a time, or a date and a time.
pub(in super::super) fn kickoff(cell: &[u8]) -> Option<u32> {
    time(cell).or_else(|| date(cell)?.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_day_first_or_iso() {
        let day = |text: &str| date(text.as_bytes()).map(|(day, _)| day.to_string());
        assert_eq!(day("14/08/93").as_deref(), Some("1993-08-14"));
        assert_eq!(day("05/08/06").as_deref(), Some("2006-08-05"));
        assert_eq!(day(" 4/9/2021 ").as_deref(), Some("2021-09-04"));
        assert_eq!(day("2023-08-11").as_deref(), Some("2023-08-11"));
        for bad in [
            "31/02/20",
            "08/13/2023",
            "2023",
            "",
            "1/1/1",
            "yesterday",
            "2023-08-11-01",
            "11/08/0023",
        ] {
            assert_eq!(day(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_date_may_carry_its_time() {
        assert_eq!(
            date(b"2024-08-16T19:30:00Z").unwrap().1,
            Some(19 * 3600 + 1800)
        );
        assert_eq!(date(b"2024-08-16 00:00:00").unwrap().1, Some(0));
    }
}
