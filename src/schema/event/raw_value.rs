//! The JSON value of a member before it is checked, and the error when it does not fit.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{MAX_ENTRY, parse_instant};
use crate::domain::{Odds, Time};
use crate::printable::excerpt;
use crate::schema::{NAME, VISIBLE, is_id, name_of};

/// The members of the `statistics` of a result, by name.
pub(super) type StatisticData<'a> = BTreeMap<Cow<'a, str>, RawValue<'a>>;

/// Why an entry cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EventError {
    /// Too many bytes.
    #[error("the entry is longer than {MAX_ENTRY} bytes")]
    TooLong,
    /// The text is no JSON, or has not the shape of an entry.
    #[error("not an entry in JSON: {0}")]
    Json(String),
    /// A member is missing or has an invalid value.
    #[error("{member}: expected {expected}, found {found}")]
    Member {
        /// Its name; in a list also its place, counted from 0.
        member: Cow<'static, str>,
        /// What was expected.
        expected: &'static str,
        /// What was found.
        found: String,
    },
    /// Prices that no book can have offered together.
    #[error("{set}: {odds} leave a margin of {margin} %: these are no decimal odds")]
    Prices {
        /// The member that has them, or the first of several.
        member: &'static str,
        /// The members, or the market and the book in `quotes`.
        set: String,
        /// The prices.
        odds: String,
        /// What their inverses sum to, less 1, in percent.
        margin: i64,
    },
}

impl EventError {
    /// The error of a text that is no JSON; it quotes what it found.
    pub(super) fn json(error: &serde_json::Error) -> Self {
        Self::Json(excerpt(&error.to_string()))
    }

    /// The error of a member of a price in `quotes`.
    pub(super) fn in_quote(self, place: usize) -> Self {
        match self {
            Self::Member {
                member,
                expected,
                found,
            } => Self::Member {
                member: format!("quotes[{place}].{member}").into(),
                expected,
                found,
            },
            other => other,
        }
    }
}

/// A value of any type. It is checked later, so that the error can name its member.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) enum RawValue<'a> {
    #[default]
    Missing,
    Null,
    Bool(bool),
    Number(f64),
    Text(Cow<'a, str>),
    List,
    Object,
}

/// The most characters of an invalid text that an error shows.
const SHOWN: usize = 40;
/// From here on a number is shown with an exponent.
const LARGE: f64 = 1e15;

/// A number as an error shows it.
pub(super) fn shown(number: f64) -> String {
    if number.abs() >= LARGE {
        format!("{number:e}")
    } else {
        number.to_string()
    }
}

impl fmt::Display for RawValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("nothing"),
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(number) => f.write_str(&shown(*number)),
            Self::Text(text) if text.chars().nth(SHOWN).is_none() => write!(f, "{text:?}"),
            Self::Text(text) => write!(
                f,
                "{:?} and more",
                text.chars().take(SHOWN).collect::<String>()
            ),
            Self::List => f.write_str("a list"),
            Self::Object => f.write_str("an object"),
        }
    }
}

impl<'a> RawValue<'a> {
    pub fn refused<T>(
        &self,
        member: &'static str,
        expected: &'static str,
    ) -> Result<T, EventError> {
        Err(EventError::Member {
            member: member.into(),
            expected,
            found: self.to_string(),
        })
    }

    /// The value; `None` when the member is missing or null.
    pub fn present(self) -> Option<Self> {
        (!matches!(self, Self::Missing | Self::Null)).then_some(self)
    }

    /// An id, as it is.
    pub fn id(self, member: &'static str) -> Result<Cow<'a, str>, EventError> {
        match self {
            Self::Text(text) if is_id(&text) => Ok(text),
            Self::Text(text) if name_of(&text).is_some() => {
                Self::Text(text).refused(member, VISIBLE)
            }
            other => other.refused(member, NAME),
        }
    }

    /// A name, in its one form.
    pub fn name(self, member: &'static str) -> Result<Cow<'a, str>, EventError> {
        let name = match &self {
            Self::Text(Cow::Borrowed(text)) => name_of(text),
            Self::Text(Cow::Owned(text)) => name_of(text).map(|name| name.into_owned().into()),
            _ => None,
        };
        name.map_or_else(|| self.refused(member, NAME), Ok)
    }

    /// A whole number from `least` to `most`.
    pub fn whole(
        &self,
        member: &'static str,
        [least, most]: [u32; 2],
        expected: &'static str,
    ) -> Result<u32, EventError> {
        match *self {
            Self::Number(number)
                if number.fract() == 0.0
                    && (f64::from(least)..=f64::from(most)).contains(&number) =>
            {
                Ok(number as u32)
            }
            _ => self.refused(member, expected),
        }
    }

    /// A number from `least` to `most`.
    pub fn number(
        &self,
        member: &'static str,
        [least, most]: [f64; 2],
        expected: &'static str,
    ) -> Result<f64, EventError> {
        match *self {
            Self::Number(number) if (least..=most).contains(&number) => Ok(number),
            _ => self.refused(member, expected),
        }
    }

    pub fn goals(&self, member: &'static str) -> Result<u8, EventError> {
        self.whole(member, [0, 99], "goals, 0 to 99")
            .map(|goals| goals as u8)
    }

    pub fn odds(&self, member: &'static str) -> Result<Odds, EventError> {
        match *self {
            Self::Number(decimal) => {
                Odds::new(decimal).or_else(|_| self.refused(member, "decimal odds above 1"))
            }
            _ => self.refused(member, "decimal odds above 1"),
        }
    }

    pub fn instant(&self, member: &'static str) -> Result<Time, EventError> {
        match self {
            Self::Text(text) if let Some(time) = parse_instant(text) => Ok(time),
            _ => self.refused(member, "a time in ISO 8601, such as 2023-08-11T20:00:00Z"),
        }
    }

    pub fn flag(&self, member: &'static str) -> Result<bool, EventError> {
        match *self {
            Self::Bool(value) => Ok(value),
            _ => self.refused(member, "true or false"),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for RawValue<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawValueVisitor)
    }
}

struct RawValueVisitor;

impl<'de> Visitor<'de> for RawValueVisitor {
    type Value = RawValue<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<RawValue<'de>, E> {
        Ok(RawValue::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<RawValue<'de>, E> {
        Ok(RawValue::Bool(value))
    }

    fn visit_u64<E>(self, number: u64) -> Result<RawValue<'de>, E> {
        Ok(RawValue::Number(number as f64))
    }

    fn visit_i64<E>(self, number: i64) -> Result<RawValue<'de>, E> {
        Ok(RawValue::Number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<RawValue<'de>, E> {
        Ok(RawValue::Number(number))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<RawValue<'de>, E> {
        Ok(RawValue::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<RawValue<'de>, E> {
        Ok(RawValue::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<RawValue<'de>, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(RawValue::List)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawValue<'de>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(RawValue::Object)
    }
}
