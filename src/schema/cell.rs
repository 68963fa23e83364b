//! A cell of a table.

use std::borrow::Cow;

use crate::rounding::rounded;

/// A cell of a table: text, a number, or nothing.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// Text.
    Text(Cow<'a, str>),
    /// A number; written with at most ten decimals.
    Number(f64),
    /// A number; written in the shortest form that reads back to the same bits.
    Exact(f64),
    /// A count.
    Count(u64),
    /// Yes or no.
    Flag(bool),
    /// Undefined.
    Missing,
}

impl Cell<'_> {
    /// The number, if it is one.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(rounded(*number)),
            Self::Exact(number) => Some(*number),
            Self::Text(_) | Self::Count(_) | Self::Flag(_) | Self::Missing => None,
        }
    }

    /// The cell as JSON.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Text(text) => text.as_ref().into(),
            Self::Number(number) => rounded(*number).into(),
            Self::Exact(number) => (*number).into(),
            Self::Count(count) => (*count).into(),
            Self::Flag(flag) => (*flag).into(),
            Self::Missing => serde_json::Value::Null,
        }
    }
}

/// The cell as tables and CSV files have it; undefined is empty.
///
/// ```
/// use simbet::internals::schema::Cell;
/// assert_eq!(Cell::Number(0.1 + 0.2).to_string(), "0.3");
/// assert_eq!(Cell::Missing.to_string(), "");
/// ```
impl std::fmt::Display for Cell<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => f.pad(text),
            Self::Number(number) => write!(f, "{}", rounded(*number)),
            Self::Exact(number) => write!(f, "{number}"),
            Self::Count(count) => write!(f, "{count}"),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Missing => Ok(()),
        }
    }
}
