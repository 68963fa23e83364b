//! A commission as a text, a number or a table.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Commission, Rate};
use crate::domain::market::MarketKind;
use crate::domain::odds::Book;

pub(super) fn checked(rate: f64) -> Result<f64, CommissionError> {
    if (0.0..1.0).contains(&rate) {
        // -0 is 0
        Ok(rate.abs())
    } else {
        Err(CommissionError::rate(&rate.to_string()))
    }
}

impl FromStr for Commission {
    type Err = CommissionError;
    fn from_str(text: &str) -> Result<Self, CommissionError> {
        let parts: Vec<&str> = text.split(',').collect();
        if let Some(halves) = parts.windows(2).find(|two| is_decimal(two)) {
            return Err(CommissionError::rate(&format!("{:?}", halves.join(","))));
        }
        let rates: Result<Vec<Rate>, _> = parts.into_iter().map(str::parse).collect();
        Self::of(rates?)
    }
}

impl FromStr for Rate {
    type Err = CommissionError;
    fn from_str(text: &str) -> Result<Self, CommissionError> {
        match text.split_once('=') {
            None => Ok(Self {
                book: None,
                kind: None,
                rate: number(text)?,
            }),
            Some((name, rate)) => Self::named(name, number(rate)?),
        }
    }
}

impl Rate {
    /// The rate of a market, a book, or a market at a book. What a market is called is no book.
    fn named(name: &str, rate: f64) -> Result<Self, CommissionError> {
        let (book, kind) = match name.split_once(':') {
            Some((book, kind)) => (Some(self::book(book)?), Some(market(kind)?)),
            None => match name.trim().parse() {
                Ok(kind) => (None, Some(kind)),
                Err(_) => (Some(self::book(name)?), None),
            },
        };
        Ok(Self { book, kind, rate })
    }

    /// What it is for.
    pub(super) fn name(&self) -> String {
        match (self.book, self.kind) {
            (None, None) => String::new(),
            (None, Some(kind)) => kind.to_string(),
            (Some(book), None) => book.to_string(),
            (Some(book), Some(kind)) => format!("{book}:{kind}"),
        }
    }
}

fn book(name: &str) -> Result<Book, CommissionError> {
    name.parse().map_err(|_| CommissionError::form(name.trim()))
}

fn market(code: &str) -> Result<MarketKind, CommissionError> {
    let known = code.trim().parse();
    known.map_err(|error| CommissionError(format!("in a commission {error}")))
}

/// Whether a list was cut at a decimal comma: `0,05` or `ah=2,5%`.
fn is_decimal(parts: &[&str]) -> bool {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
    let [whole, decimals] = parts else {
        return false;
    };
    let whole = whole.rsplit('=').next().unwrap_or_default().trim();
    let decimals = decimals.trim();
    is_digits(whole) && is_digits(decimals.strip_suffix('%').unwrap_or(decimals).trim_end())
}

/// A fraction, also as one of whole numbers, or a percentage. A hundredth is read, not divided by, so that 0.1% is the number
/// nearest to 0.001.
fn number(text: &str) -> Result<f64, CommissionError> {
    let text = text.trim();
    let number = match (text.strip_suffix('%'), text.split_once('/')) {
        (Some(percent), _) => format!("{}e-2", percent.trim_end()).parse().ok(),
        (None, Some((part, whole))) => quotient(part, whole),
        (None, None) => text.parse().ok(),
    };
    number
        .and_then(|rate| checked(rate).ok())
        .ok_or_else(|| CommissionError::rate(&format!("{text:?}")))
}

fn quotient(part: &str, whole: &str) -> Option<f64> {
    let (part, whole): (f64, f64) = (part.trim().parse().ok()?, whole.trim().parse().ok()?);
    (whole > 0.0).then(|| part / whole)
}

impl fmt::Display for Commission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rates: Vec<String> = self.rates.iter().map(Rate::to_string).collect();
        f.write_str(if rates.is_empty() { "0" } else { "" })?;
        f.write_str(&rates.join(","))
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name();
        let equals = if name.is_empty() { "" } else { "=" };
        write!(f, "{name}{equals}{}", self.rate)
    }
}

/// A commission in a file: a number, the text of the command line, or a table of rates by name.
#[derive(Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "a commission must be a rate such as 0.05, a text such as \"0.02,bfe=0.05\" or a table of rates"
)]
pub(super) enum Written {
    Rate(f64),
    Text(String),
    Table(BTreeMap<String, WrittenRate>),
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum WrittenRate {
    Number(f64),
    Text(String),
}

impl WrittenRate {
    fn read(&self) -> Result<f64, CommissionError> {
        match self {
            Self::Number(rate) => checked(*rate),
            Self::Text(text) => number(text),
        }
    }
}

impl TryFrom<Written> for Commission {
    type Error = CommissionError;
    fn try_from(written: Written) -> Result<Self, CommissionError> {
        match written {
            Written::Rate(rate) => Self::flat(rate),
            Written::Text(text) => text.parse(),
            Written::Table(rates) => {
                let rates = rates.iter();
                let rates: Result<Vec<Rate>, _> = rates
                    .map(|(name, rate)| Rate::named(name, rate.read()?))
                    .collect();
                Self::of(rates?)
            }
        }
    }
}

impl From<Commission> for Written {
    fn from(commission: Commission) -> Self {
        match commission.rates[..] {
            [] => Self::Rate(0.0),
            [rate] if !rate.has_name() => Self::Rate(rate.rate),
            _ => Self::Text(commission.to_string()),
        }
    }
}

/// The error of a text or number that is no commission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommissionError(String);

impl fmt::Display for CommissionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CommissionError {}

impl CommissionError {
    fn rate(found: &str) -> Self {
        Self(format!(
            "a rate of commission must be from 0 to below 1, such as 0.05 or 5%, not {found}"
        ))
    }

    fn form(found: &str) -> Self {
        Self(format!(
            "a rate of commission must be for a market (ah=0.02), a book (bfe=0.05) or a market at a book (bfe:ah=0.03), \
             not for {found:?}"
        ))
    }

    pub(super) fn twice(one: Rate, other: Rate) -> Self {
        let name = if one.has_name() {
            one.name()
        } else {
            "everything".to_owned()
        };
        Self(format!(
            "a commission must have one rate for {name}, not {} and {}",
            one.rate, other.rate
        ))
    }
}
