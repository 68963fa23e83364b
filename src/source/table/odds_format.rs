//! The forms in which prices are written.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use super::cells::{DecimalMark, Number, number_in};

/// How the prices of files are written.
///
/// ```
/// use simbet::{OddsFormat, ReadConfig, read_bytes};
/// let csv = b"date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n\
///     2024-08-16,Man United,Fulham,1,0,170,230,160\n";
/// let config = ReadConfig { odds_format: OddsFormat::American, ..ReadConfig::default() };
/// let matches = read_bytes("mine.csv", csv, &config).unwrap();
/// assert_eq!(matches.records[0].pre[0].odds.decimal(), 2.7);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum OddsFormat {
    /// Judged by all prices of a file; decimal unless every one of them is American or fractional.
    #[default]
    Auto,
    /// What one unit returns, the stake included: 2.5.
    Decimal,
    /// What 100 win (+150), or what has to be staked to win 100 (-120).
    American,
    /// What is won for what is staked: 7/4, evens.
    Fractional,
    /// What one unit wins, the stake not included: 0.67.
    Hongkong,
    /// As hongkong up to 1; below 0 what has to be staked to win one unit: -0.8.
    Malay,
    /// As hongkong from 1 on; below 0 what has to be staked to win one unit: -1.25.
    Indonesian,
}

impl OddsFormat {
    /// Whether files are to say it.
    pub(super) fn is_auto(&self) -> bool {
        *self == Self::Auto
    }

    /// A price in this form as decimal odds, which may turn out to be too low; `None` where it is none.
    pub(crate) fn decimal(self, text: &str) -> Option<f64> {
        match self.read(text.as_bytes(), DecimalMark::Point) {
            Number::Value(value) | Number::Spaced(value) => Some(value),
            Number::Missing | Number::Not => None,
        }
    }

    /// Reads a price as decimal odds, which may turn out to be too low.
    pub(super) fn read(self, cell: &[u8], mark: DecimalMark) -> Number {
        let converted = |to_decimal: fn(f64) -> Option<f64>| {
            let convert = |value| to_decimal(value).map(without_noise);
            match number_in(cell, mark) {
                Number::Value(value) => convert(value).map_or(Number::Not, Number::Value),
                Number::Spaced(value) => convert(value).map_or(Number::Not, Number::Spaced),
                other @ (Number::Missing | Number::Not) => other,
            }
        };
        match self {
            Self::Auto | Self::Decimal => number_in(cell, mark),
            Self::American if is_evens(cell) => Number::Value(2.0),
            Self::American => converted(american),
            Self::Fractional => fractional(cell),
            Self::Hongkong => converted(|profit| Some(1.0 + profit)),
            Self::Malay => converted(|price| signed(price).filter(|_| price.abs() <= 1.0)),
            Self::Indonesian => converted(|price| signed(price).filter(|_| price.abs() >= 1.0)),
        }
    }
}

/// Binary noise such as that of 1 + 0.67 is rounded away.
fn without_noise(decimal: f64) -> f64 {
    let rounded = (decimal * 1e12).round() / 1e12;
    if (rounded * 1e4).fract() == 0.0 {
        rounded
    } else {
        decimal
    }
}

/// The sum is made before the quotient, so that only one rounding is left.
fn american(price: f64) -> Option<f64> {
    let is_american = price.abs() >= 100.0 && price.is_finite();
    let decimal = if price > 0.0 {
        (100.0 + price) / 100.0
    } else {
        (100.0 - price) / -price
    };
    is_american.then_some(decimal)
}

/// Profit per unit, or below 0 the stake for one unit of profit.
fn signed(price: f64) -> Option<f64> {
    let decimal = if price > 0.0 {
        1.0 + price
    } else {
        1.0 - 1.0 / price
    };
    (price != 0.0).then_some(decimal)
}

/// Whether a cell is the word for a price of 2.
pub(super) fn is_evens(cell: &[u8]) -> bool {
    const WORDS: [&[u8]; 4] = [b"evens", b"even", b"evs", b"ev"];
    let cell = cell.trim_ascii();
    WORDS.iter().any(|word| word.eq_ignore_ascii_case(cell))
}

/// The two numbers of `7/4`, with the strokes of typeset text too, and of `7-4`, which is whole numbers only.
pub(super) fn parts_of_fraction(cell: &[u8]) -> Option<(&[u8], &[u8])> {
    for stroke in ["/", "\u{2044}", "\u{2215}"].map(str::as_bytes) {
        if let Some(at) = cell.windows(stroke.len()).position(|part| part == stroke) {
            return Some((&cell[..at], &cell[at + stroke.len()..]));
        }
    }
    let at = cell.iter().position(|&byte| byte == b'-')?;
    let (profit, stake) = (cell[..at].trim_ascii(), cell[at + 1..].trim_ascii());
    let is_whole = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    (is_whole(profit) && is_whole(stake)).then_some((profit, stake))
}

/// `7/4`, `evens`.
fn fractional(cell: &[u8]) -> Number {
    if is_evens(cell) {
        return Number::Value(2.0);
    }
    let Some((profit, stake)) = parts_of_fraction(cell) else {
        return match number_in(cell, DecimalMark::Point) {
            Number::Missing => Number::Missing,
            Number::Value(_) | Number::Spaced(_) | Number::Not => Number::Not,
        };
    };
    let part = |text| match number_in(text, DecimalMark::Point) {
        Number::Value(value) if value >= 0.0 => Some(value),
        Number::Value(_) | Number::Spaced(_) | Number::Missing | Number::Not => None,
    };
    match (part(profit), part(stake)) {
        (Some(profit), Some(stake)) if stake > 0.0 => Number::Value((profit + stake) / stake),
        _ => Number::Not,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(format: OddsFormat, cell: &str) -> Option<f64> {
        match format.read(cell.as_bytes(), DecimalMark::Point) {
            Number::Value(decimal) => Some(decimal),
            Number::Spaced(_) | Number::Missing | Number::Not => None,
        }
    }

    #[test]
    fn american_odds() {
        let decimal = |cell| read(OddsFormat::American, cell);
        assert_eq!(decimal("+170"), Some(2.7));
        assert_eq!(decimal("130"), Some(2.3));
        assert_eq!(decimal("+340"), Some(4.4));
        assert_eq!(decimal("-110"), Some(210.0 / 110.0));
        assert_eq!(decimal("-120"), Some(220.0 / 120.0));
        assert_eq!(decimal("\u{2212}200"), Some(1.5));
        assert_eq!(decimal("EVEN"), Some(2.0));
        for none in ["2.1", "99", "-50", "0", "x", "7/4"] {
            assert_eq!(decimal(none), None, "{none}");
        }
    }

    #[test]
    fn fractional_odds() {
        let decimal = |cell| read(OddsFormat::Fractional, cell);
        assert_eq!(decimal("7/4"), Some(2.75));
        assert_eq!(decimal("13/10"), Some(2.3));
        assert_eq!(decimal("7 / 2"), Some(4.5));
        assert_eq!(decimal("7\u{2044}4"), Some(2.75));
        assert_eq!(decimal("7-4"), Some(2.75));
        assert_eq!(decimal("EVS"), Some(2.0));
        assert_eq!(decimal("evens"), Some(2.0));
        for none in [
            "2.1", "2", "1/0", "-1/2", "1/2/3", "/", "-4", "7-4-1", "-150",
        ] {
            assert_eq!(decimal(none), None, "{none}");
        }
    }

    #[test]
    fn profit_per_unit() {
        assert_eq!(read(OddsFormat::Hongkong, "0.67"), Some(1.67));
        assert_eq!(read(OddsFormat::Hongkong, "2.6"), Some(3.6));
        assert_eq!(read(OddsFormat::Malay, "0.8"), Some(1.8));
        assert_eq!(read(OddsFormat::Malay, "-0.8"), Some(2.25));
        assert_eq!(read(OddsFormat::Malay, "1.5"), None);
        assert_eq!(read(OddsFormat::Indonesian, "1.5"), Some(2.5));
        assert_eq!(read(OddsFormat::Indonesian, "-1.25"), Some(1.8));
        assert_eq!(read(OddsFormat::Indonesian, "0.5"), None);
    }
}
