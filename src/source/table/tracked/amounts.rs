//! Amounts as people write them: with currency signs, marks of thousands, and decimals after a point or a comma.

use std::borrow::Cow;

use super::super::cells::{self, DecimalMark};

/// A cell with an amount.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Amount {
    Missing,
    Value(f64),
    Not,
}

/// What the marks of a number say of the mark of decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MarkEvidence {
    /// Nothing.
    None,
    /// A point is the mark of decimals.
    Point,
    /// A comma is.
    Comma,
    /// One comma before three digits: thousands, or three decimals.
    EitherComma,
}

/// A number without what surrounds it.
struct Bare<'a> {
    negative: bool,
    digits: Cow<'a, str>,
    /// The sign or word beside it: `£`, `EUR`, `%`.
    unit: String,
}

/// What a cell says of the mark of decimals.
pub(super) fn evidence(cell: &[u8]) -> MarkEvidence {
    let text = cells::text(cell);
    let Some(bare) = bare(&text) else {
        return MarkEvidence::None;
    };
    let digits = &*bare.digits;
    let (points, commas) = (digits.matches('.').count(), digits.matches(',').count());
    let decimals = |mark| digits.rfind(mark).map_or(0, |at| digits.len() - at - 1);
    match (points, commas) {
        (0, 0) => MarkEvidence::None,
        (0, 1) if decimals(',') == 3 && !digits.starts_with("0,") => MarkEvidence::EitherComma,
        (0, 1) => MarkEvidence::Comma,
        (1, 0) if decimals('.') == 3 => MarkEvidence::None,
        (1, 0) => MarkEvidence::Point,
        // only marks of thousands stand several times
        (0, _) => MarkEvidence::Point,
        (_, 0) => MarkEvidence::Comma,
        (_, _) if digits.rfind('.') > digits.rfind(',') => MarkEvidence::Point,
        (_, _) => MarkEvidence::Comma,
    }
}

/// Reads an amount whose decimals follow this mark.
pub(super) fn amount(cell: &[u8], mark: DecimalMark) -> Amount {
    if let cells::Number::Value(value) = cells::number(cell)
        && mark == DecimalMark::Point
    {
        return Amount::Value(value);
    }
    let text = cells::text(cell);
    if is_nothing(text.trim()) {
        return Amount::Missing;
    }
    let Some(bare) = bare(&text) else {
        return Amount::Not;
    };
    let (decimal, thousands) = match mark {
        DecimalMark::Point => ('.', ','),
        DecimalMark::Comma => (',', '.'),
    };
    let (whole, rest) = match bare.digits.split_once(decimal) {
        Some((whole, rest)) => (whole, rest),
        None => (&*bare.digits, ""),
    };
    if rest.contains([decimal, thousands]) || !is_grouped(whole, thousands) {
        return Amount::Not;
    }
    let plain: String = whole.chars().filter(|c| *c != thousands).collect();
    match format!("{plain}.{rest}").parse::<f64>() {
        Ok(value) if plain.len() + rest.len() > 0 => {
            Amount::Value(if bare.negative { -value } else { value })
        }
        Ok(_) | Err(_) => Amount::Not,
    }
}

/// The sign or word beside a number: `£`, `eur`, `%`; empty where there is none.
pub(super) fn unit(cell: &[u8]) -> String {
    let text = cells::text(cell);
    bare(&text).map_or_else(String::new, |bare| bare.unit)
}

/// Whether every group behind the first has three digits.
fn is_grouped(whole: &str, thousands: char) -> bool {
    let mut groups = whole.split(thousands);
    groups.next();
    groups.all(|group| group.len() == 3)
}

/// Whether a cell says that there is nothing to say.
pub(super) fn is_nothing(text: &str) -> bool {
    const NOTHING: [&str; 9] = ["", "-", "–", "—", "na", "n/a", "nan", "null", "none"];
    NOTHING.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// The digits of a number with their marks, its sign, and what stands beside it; `None` where the cell is none.
fn bare(text: &str) -> Option<Bare<'_>> {
    let text = text.trim();
    let (text, bracketed) = match text
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
    {
        Some(inner) => (inner.trim(), true),
        None => (text, false),
    };
    let is_digit = |c: char| c.is_ascii_digit();
    let start = text.find(|c: char| is_digit(c) || matches!(c, '.' | ','))?;
    let end = text.rfind(is_digit)? + 1;
    let (before, number, after) = (
        &text[..start.min(end)],
        text.get(start..end)?,
        text[end..].trim_start_matches(['.', ',']),
    );
    let is_space = |c: char| c.is_whitespace() || matches!(c, '\'' | '’');
    let is_part = |c: char| is_digit(c) || matches!(c, '.' | ',') || is_space(c);
    if !number.chars().all(is_part) {
        return None;
    }
    let is_sign = |c: char| matches!(c, '-' | '\u{2212}' | '–' | '+');
    let signs: Vec<char> = before
        .chars()
        .chain(after.chars())
        .filter(|c| is_sign(*c))
        .collect();
    let unit: String = [before, after]
        .concat()
        .chars()
        .filter(|c| !is_sign(*c) && !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect();
    if signs.len() > 1 || !is_unit(&unit) {
        return None;
    }
    let digits: Cow<'_, str> = if number.contains(is_space) {
        number
            .chars()
            .filter(|c| !is_space(*c))
            .collect::<String>()
            .into()
    } else {
        number.into()
    };
    let minus = signs.first().is_some_and(|sign| *sign != '+');
    Some(Bare {
        negative: bracketed || minus,
        digits,
        unit,
    })
}

/// Signs and words of currencies and units.
const UNITS: [&str; 40] = [
    "", "£", "$", "€", "¥", "₹", "₽", "₿", "₺", "%", "kr", "zł", "zl", "pln", "usd", "us$", "eur",
    "euro", "gbp", "aud", "a$", "cad", "c$", "nzd", "chf", "sek", "nok", "dkk", "czk", "kč", "huf",
    "brl", "r$", "u", "unit", "units", "pt", "pts", "usdt", "btc",
];

fn is_unit(text: &str) -> bool {
    let text = text.trim_end_matches('.');
    UNITS.contains(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_as_people_write_them() {
        for (text, value) in [
            ("10", 10.0),
            ("£10.50", 10.5),
            ("-$1,234.56", -1234.56),
            ("(12.00)", -12.0),
            ("€ 7", 7.0),
            ("1.5u", 1.5),
            ("+3.2 units", 3.2),
            ("1 234.50", 1234.5),
            ("1'234", 1234.0),
            ("12,345,678", 12_345_678.0),
            ("2%", 2.0),
            ("\u{2212}4", -4.0),
            ("5-", -5.0),
            (".5", 0.5),
            ("0.1234567890123456789", 0.123_456_789_012_345_68),
        ] {
            assert_eq!(
                amount(text.as_bytes(), DecimalMark::Point),
                Amount::Value(value),
                "{text}"
            );
        }
        for (text, value) in [
            ("1.234,56 €", 1234.56),
            ("-0,5", -0.5),
            ("12", 12.0),
            ("1.000", 1000.0),
        ] {
            assert_eq!(
                amount(text.as_bytes(), DecimalMark::Comma),
                Amount::Value(value),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_amount_is_none() {
        for text in [
            "x",
            "1.2.3",
            "12,34.5",
            "1-2",
            "10 apples",
            "--1",
            "1,23,456",
            "won",
        ] {
            assert_eq!(
                amount(text.as_bytes(), DecimalMark::Point),
                Amount::Not,
                "{text}"
            );
        }
        for text in ["", " ", "-", "n/a", "NaN"] {
            assert_eq!(
                amount(text.as_bytes(), DecimalMark::Point),
                Amount::Missing,
                "{text}"
            );
        }
    }

    #[test]
    fn the_mark_of_decimals_shows_in_some_cells() {
        for (text, expected) in [
            ("10", MarkEvidence::None),
            ("1,5", MarkEvidence::Comma),
            ("1.5", MarkEvidence::Point),
            ("1,234", MarkEvidence::EitherComma),
            ("0,234", MarkEvidence::Comma),
            ("1.234", MarkEvidence::None),
            ("1,234.5", MarkEvidence::Point),
            ("1.234,5", MarkEvidence::Comma),
            ("1,234,567", MarkEvidence::Point),
            ("1.234.567", MarkEvidence::Comma),
        ] {
            assert_eq!(evidence(text.as_bytes()), expected, "{text}");
        }
    }
}
