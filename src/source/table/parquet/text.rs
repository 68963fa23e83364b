//! Arrow arrays as text.

use std::fmt::Display;
use std::io::Write as _;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use polars_arrow::array::{Array, BooleanArray, PrimitiveArray, Utf8ViewArray};
use polars_arrow::datatypes::{ArrowDataType, TimeUnit};
use polars_arrow::types::NativeType;

use super::cells::Column;

/// The most decimals of a number of 128 bits.
const MOST_DECIMALS: usize = 38;

/// What a type is called that has no meaning as text; `None` for the others.
pub(super) fn name_without_text(dtype: &ArrowDataType) -> Option<String> {
    use ArrowDataType as Type;
    let name = match dtype {
        Type::Null
        | Type::Boolean
        | Type::Int8
        | Type::Int16
        | Type::Int32
        | Type::Int64
        | Type::UInt8
        | Type::UInt16
        | Type::UInt32
        | Type::UInt64
        | Type::Float32
        | Type::Float64
        | Type::Timestamp(..)
        | Type::Date32
        | Type::Date64
        | Type::Time32(_)
        | Type::Time64(_)
        | Type::Decimal(..)
        | Type::Utf8View => return None,
        Type::Binary | Type::FixedSizeBinary(_) | Type::LargeBinary | Type::BinaryView => {
            "binary".to_owned()
        }
        Type::List(_) | Type::FixedSizeList(..) | Type::LargeList(_) => "a list".to_owned(),
        Type::Struct(_) => "a struct".to_owned(),
        Type::Map(..) => "a map".to_owned(),
        Type::Duration(_) | Type::Interval(_) => "a duration".to_owned(),
        Type::Int128
        | Type::UInt128
        | Type::Float16
        | Type::Utf8
        | Type::LargeUtf8
        | Type::Dictionary(..)
        | Type::Decimal32(..)
        | Type::Decimal64(..)
        | Type::Decimal256(..)
        | Type::Extension(_)
        | Type::Unknown
        | Type::Union(_) => format!("{dtype:?}"),
    };
    Some(name)
}

/// Adds the cells of an array; an error where it is not what its type says, or its text is too long.
pub(super) fn push_cells(array: &dyn Array, cells: &mut Column) -> Result<(), String> {
    use ArrowDataType as Type;
    match array.dtype().clone() {
        Type::Null => (0..array.len()).try_for_each(|_| cells.push(b"")),
        Type::Boolean => push_booleans(array, cells),
        Type::Int8 => push(array, cells, |value: i8| value),
        Type::Int16 => push(array, cells, |value: i16| value),
        Type::Int32 => push(array, cells, |value: i32| value),
        Type::Int64 => push(array, cells, |value: i64| value),
        Type::UInt8 => push(array, cells, |value: u8| value),
        Type::UInt16 => push(array, cells, |value: u16| value),
        Type::UInt32 => push(array, cells, |value: u32| value),
        Type::UInt64 => push(array, cells, |value: u64| value),
        // a float of 32 bits is written with the digits that it needs: 2.1, and not 2.0999999
        Type::Float32 => {
            let keeps_nan = cells.keeps_nan();
            push(array, cells, |value: f32| {
                number(value, value.is_nan() && !keeps_nan)
            })
        }
        Type::Float64 if cells.is_of_numbers() => push_numbers(array, cells),
        Type::Float64 => push(array, cells, |value: f64| number(value, value.is_nan())),
        Type::Utf8View => push_strings(array, cells),
        Type::Date32 => push(array, cells, |days: i32| day(i64::from(days))),
        Type::Date64 => push(array, cells, |millis: i64| {
            day(millis.div_euclid(86_400_000))
        }),
        Type::Timestamp(unit, zone) => {
            let zone = zone.as_deref().and_then(Zone::of);
            push(array, cells, |value: i64| {
                instant(value, unit, zone.as_ref())
            })
        }
        Type::Time32(unit) => push(array, cells, |value: i32| clock(i64::from(value), unit)),
        Type::Time64(unit) => push(array, cells, |value: i64| clock(value, unit)),
        Type::Decimal(_, scale) if scale <= MOST_DECIMALS => {
            push(array, cells, |value: i128| decimal(value, scale))
        }
        _ => Err(something_else(array)),
    }
}

fn something_else(array: &dyn Array) -> String {
    format!("a column of {:?} holds something else", array.dtype())
}

/// Adds the cells of an array of numbers.
fn push<T: NativeType, Text: Display>(
    array: &dyn Array,
    cells: &mut Column,
    text: impl Fn(T) -> Text,
) -> Result<(), String> {
    let array = array
        .as_any()
        .downcast_ref::<PrimitiveArray<T>>()
        .ok_or_else(|| something_else(array))?;
    let mut cell = Vec::new();
    array.iter().try_for_each(|value| {
        cell.clear();
        if let Some(value) = value {
            write!(cell, "{}", text(*value)).map_err(|error| error.to_string())?;
        }
        cells.push(&cell)
    })
}

/// Adds the cells of an array of numbers as they are.
fn push_numbers(array: &dyn Array, cells: &mut Column) -> Result<(), String> {
    let array = array
        .as_any()
        .downcast_ref::<PrimitiveArray<f64>>()
        .ok_or_else(|| something_else(array))?;
    array
        .iter()
        .try_for_each(|value| cells.push_number(value.copied()))
}

fn push_booleans(array: &dyn Array, cells: &mut Column) -> Result<(), String> {
    let array = array
        .as_any()
        .downcast_ref::<BooleanArray>()
        .ok_or_else(|| something_else(array))?;
    array.iter().try_for_each(|value| {
        cells.push(match value {
            Some(true) => b"true",
            Some(false) => b"false",
            None => b"",
        })
    })
}

fn push_strings(array: &dyn Array, cells: &mut Column) -> Result<(), String> {
    let array = array
        .as_any()
        .downcast_ref::<Utf8ViewArray>()
        .ok_or_else(|| something_else(array))?;
    array
        .iter()
        .try_for_each(|value| cells.push(value.unwrap_or_default().as_bytes()))
}

/// A number, or nothing, which data frames write as NaN.
fn number(value: impl ToString, is_nothing: bool) -> String {
    if is_nothing {
        String::new()
    } else {
        value.to_string()
    }
}

/// A day as `yyyy-mm-dd`; what is no day of the calendar stays a number, which no date column accepts.
fn day(days: i64) -> String {
    let date = i32::try_from(days).ok().and_then(|days| {
        let epoch = Date::constant(1970, 1, 1);
        let hours = jiff::SignedDuration::from_hours(i64::from(days) * 24);
        epoch.checked_add(hours).ok()
    });
    date.map_or_else(|| days.to_string(), |date| date.to_string())
}

/// The zone of a column.
enum Zone {
    Utc,
    Other(TimeZone),
}

impl Zone {
    /// A zone of the name or offset of a column, where it has one. Instants in a zone that is not known are written in UTC.
    fn of(zone: &str) -> Option<Self> {
        if zone.is_empty() {
            return None;
        }
        if matches!(zone, "UTC" | "Etc/UTC" | "Z" | "+00:00" | "GMT") {
            return Some(Self::Utc);
        }
        let offset = strtime::parse("%:z", zone)
            .ok()
            .and_then(|parsed| parsed.offset());
        let zone = offset
            .map(TimeZone::fixed)
            .or_else(|| TimeZone::get(zone).ok());
        Some(zone.map_or(Self::Utc, Self::Other))
    }
}

/// A date with its time: without a zone as it stands, else with its offset from UTC.
fn instant(value: i64, unit: TimeUnit, zone: Option<&Zone>) -> String {
    let instant = match unit {
        TimeUnit::Second => Timestamp::from_second(value),
        TimeUnit::Millisecond => Timestamp::from_millisecond(value),
        TimeUnit::Microsecond => Timestamp::from_microsecond(value),
        TimeUnit::Nanosecond => Timestamp::from_nanosecond(i128::from(value)),
    };
    let Ok(instant) = instant else {
        return value.to_string();
    };
    match zone {
        None => TimeZone::UTC.to_datetime(instant).to_string(),
        Some(Zone::Utc) => instant.to_string(),
        Some(Zone::Other(zone)) => instant
            .to_zoned_datetime(zone.clone())
            .strftime("%Y-%m-%dT%H:%M:%S%:z")
            .to_string(),
    }
}

/// A time of day as `HH:MM:SS`.
fn clock(value: i64, unit: TimeUnit) -> String {
    let seconds = match unit {
        TimeUnit::Second => value,
        TimeUnit::Millisecond => value.div_euclid(1_000),
        TimeUnit::Microsecond => value.div_euclid(1_000_000),
        TimeUnit::Nanosecond => value.div_euclid(1_000_000_000),
    };
    let time = jiff::SignedDuration::from_secs(seconds);
    if (0..86_400).contains(&seconds) {
        Time::midnight().saturating_add(time).to_string()
    } else {
        value.to_string()
    }
}

/// A number with this many decimals.
fn decimal(value: i128, scale: usize) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    if fraction.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{fraction}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_a_csv_file_would_have_them() {
        assert_eq!(day(19_580), "2023-08-11");
        assert_eq!(day(1 << 40), "1099511627776");
        assert_eq!(clock(72_000_000_000, TimeUnit::Microsecond), "20:00:00");
        assert_eq!(clock(86_400, TimeUnit::Second), "86400");
        assert_eq!(number(2.1_f32, false), "2.1");
        assert_eq!(number(2.0, false), "2");
        for (value, scale, text) in [
            (210, 2, "2.10"),
            (-5, 2, "-0.05"),
            (7, 0, "7"),
            (0, 1, "0.0"),
        ] {
            assert_eq!(decimal(value, scale), text);
        }
    }

    #[test]
    fn an_instant_keeps_its_zone() {
        let noon = 1_691_755_200_000; // 2023-08-11T12:00:00Z
        let text = |zone: Option<&str>| {
            instant(
                noon,
                TimeUnit::Millisecond,
                zone.and_then(Zone::of).as_ref(),
            )
        };
        assert_eq!(text(None), "2023-08-11T12:00:00");
        assert_eq!(text(Some("UTC")), "2023-08-11T12:00:00Z");
        assert_eq!(text(Some("+02:00")), "2023-08-11T14:00:00+02:00");
        assert_eq!(text(Some("Nowhere/At_All")), "2023-08-11T12:00:00Z");
        assert_eq!(
            instant(i64::MAX, TimeUnit::Second, None),
            i64::MAX.to_string()
        );
    }
}
