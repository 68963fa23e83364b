//! How numbers are typed: shares with %, amounts with a currency and marks between thousands, odds as books write them.
//!
//! What is beyond doubt is understood. What is not is answered with the form that is.

use std::fmt;
use std::ops::RangeInclusive;

use serde::de::{Deserializer, Error, Visitor};

use crate::domain::share_of_percent;
use crate::source::OddsFormat;

/// A number as it was written.
#[derive(Debug, PartialEq)]
enum Written {
    /// As Rust reads it.
    Plain(String),
    /// `1,000` or `1.000`: digits that are thousands for some and decimals for others.
    Doubtful {
        mark: char,
        thousands: String,
        decimal: String,
    },
    /// No number.
    Not,
}

/// Reads digits with marks between thousands and before decimals.
fn written(text: &str) -> Written {
    let text = text.trim();
    let unsigned = text.strip_prefix(['-', '+', '−']).unwrap_or(text);
    let sign = if text.starts_with(['-', '−']) {
        "-"
    } else {
        ""
    };
    let is_gap = |c: char| c.is_whitespace() || "_'’".contains(c);
    let is_digit = |c: char| c.is_ascii_digit();
    let is_known = |c: char| is_digit(c) || is_gap(c) || ".,".contains(c);
    if !unsigned.contains(is_digit) || !unsigned.chars().all(is_known) {
        return text
            .parse::<f64>()
            .map_or(Written::Not, |_| Written::Plain(text.to_owned()));
    }
    let (whole, decimals, mark) = match halves(unsigned, unsigned.contains(is_gap)) {
        Some(halves) => halves,
        None => return Written::Not,
    };
    let Some(digits) = joined(whole, &|c| {
        is_gap(c) || (".,".contains(c) && Some(c) != mark)
    }) else {
        return Written::Not;
    };
    if !decimals.chars().all(is_digit) {
        return Written::Not;
    }
    let decimal = match decimals {
        "" => format!("{sign}{digits}"),
        decimals => format!("{sign}{digits}.{decimals}"),
    };
    let is_doubtful = decimals.len() == 3
        && (1..=3).contains(&whole.len())
        && !whole.starts_with('0')
        && whole.chars().all(is_digit);
    match mark {
        Some(mark) if is_doubtful => Written::Doubtful {
            mark,
            thousands: format!("{sign}{digits}{decimals}"),
            decimal: decimal
                .trim_end_matches('0')
                .trim_end_matches('.')
                .to_owned(),
        },
        _ => Written::Plain(decimal),
    }
}

/// The whole part, the decimals, and the mark between them, if there is one.
fn halves(digits: &str, has_gaps: bool) -> Option<(&str, &str, Option<char>)> {
    let [points, commas] = ['.', ','].map(|mark| digits.matches(mark).count());
    let last = digits.rfind(['.', ',']);
    let (before, after) = match last {
        Some(place) => (&digits[..place], &digits[place + 1..]),
        None => return Some((digits, "", None)),
    };
    let mark = digits[before.len()..].chars().next()?;
    let count = if mark == '.' { points } else { commas };
    match (count, points > 0 && commas > 0) {
        (1, is_mixed) if !(is_mixed && has_gaps) => Some((before, after, Some(mark))),
        // the same mark again and again parts thousands
        (_, false) if !has_gaps => Some((digits, "", None)),
        _ => None,
    }
}

/// The digits of a whole number whose thousands may be parted.
fn joined(whole: &str, is_mark: &dyn Fn(char) -> bool) -> Option<String> {
    let groups: Vec<&str> = whole.split(is_mark).collect();
    let is_right = match &groups[..] {
        [only] => only.bytes().all(|digit| digit.is_ascii_digit()),
        [first, others @ ..] => {
            let is_group = |group: &str| group.bytes().all(|digit| digit.is_ascii_digit());
            (1..=3).contains(&first.len())
                && is_group(first)
                && others
                    .iter()
                    .all(|group| group.len() == 3 && is_group(group))
        }
        [] => false,
    };
    let digits = groups.concat();
    let digits = if digits.is_empty() {
        "0".to_owned()
    } else {
        digits
    };
    is_right.then_some(digits)
}

/// A number without a unit, such as days.
pub fn number(text: &str) -> Result<f64, String> {
    decimal(text, "a number such as 330 or 0.25")
}

/// A number of which no thousands are expected.
fn decimal(text: &str, expected: &str) -> Result<f64, String> {
    let number = match written(text) {
        Written::Plain(number) => number,
        Written::Doubtful {
            mark: '.', decimal, ..
        } => decimal,
        Written::Doubtful {
            thousands, decimal, ..
        } => {
            return Err(format!(
                "it may be {thousands} or {decimal}: write one of these"
            ));
        }
        Written::Not => return Err(format!("expected {expected}, not {text:?}")),
    };
    number
        .parse()
        .map_err(|_| format!("expected {expected}, not {text:?}"))
}

/// A whole number of things: `1000`, `1,000`, `1.000`, `1e4`. None has decimals, so that thousands are beyond doubt.
pub fn count<T: TryFrom<u64>>(text: &str) -> Result<T, String> {
    let not = || format!("expected a whole number such as 1000, not {text:?}");
    let whole = match written(text) {
        Written::Plain(number)
        | Written::Doubtful {
            thousands: number, ..
        } => number,
        Written::Not => return Err(not()),
    };
    let whole = whole
        .parse()
        .ok()
        .or_else(|| whole_of(&whole))
        .ok_or_else(not)?;
    T::try_from(whole).map_err(|_| format!("{text} is too large"))
}

/// The same between two bounds.
pub fn count_in(
    range: RangeInclusive<u64>,
) -> impl Fn(&str) -> Result<u64, String> + Clone + Send + Sync + 'static {
    move |text| {
        let number = count(text)?;
        if range.contains(&number) {
            return Ok(number);
        }
        let (least, most) = (range.start(), range.end());
        Err(format!(
            "expected a whole number from {least} to {most}, not {text:?}"
        ))
    }
}

/// The whole number that one with an exponent is; `None` where it has decimals, or more digits than are exact.
fn whole_of(text: &str) -> Option<u64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let number: f64 = text.parse().ok()?;
    let is_whole = (0.0..=EXACT).contains(&number) && number.fract() == 0.0;
    (is_whole && text.contains(['e', 'E'])).then_some(number as u64)
}

/// A share: `0.05`, `5%`, `1/20`.
pub fn share(text: &str) -> Result<f64, String> {
    let expected = "a share such as 0.05 or 5%";
    let not = || format!("expected {expected}, not {text:?}");
    if let Some((part, whole)) = text.split_once('/') {
        let [part, whole] = [part, whole].map(|text| decimal(text, expected).map_err(|_| not()));
        let (part, whole) = (part?, whole?);
        return (whole > 0.0).then(|| part / whole).ok_or_else(not);
    }
    match text.trim().strip_suffix('%') {
        Some(percent) => decimal(percent, expected)
            .map(share_of_percent)
            .map_err(|problem| match problem.starts_with("expected") {
                true => not(),
                false => problem,
            }),
        None => decimal(text, expected),
    }
}

/// Signs and codes of currencies; `¤` is that of any.
const CURRENCIES: [&str; 10] = ["£", "€", "$", "¥", "¤", "GBP", "EUR", "USD", "CHF", "SEK"];

/// The text without the currency before or after it, if there is one.
pub(super) fn without_currency(text: &str) -> Option<&str> {
    let text = text.trim();
    CURRENCIES.iter().find_map(|currency| {
        let begins = text
            .get(..currency.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(currency));
        let end = text.len().checked_sub(currency.len());
        let ends = end.filter(|end| {
            text.get(*end..)
                .is_some_and(|end| end.eq_ignore_ascii_case(currency))
        });
        match (begins, ends) {
            (true, _) => Some(text[currency.len()..].trim()),
            (false, Some(end)) => Some(text[..end].trim()),
            (false, None) => None,
        }
    })
}

/// An amount of money: `1000`, `£1,000`, `1.000,50 €`, `1_000`.
pub fn amount(text: &str) -> Result<f64, String> {
    let expected = "an amount such as 1000 or 1,000.50";
    let not = || format!("expected {expected}, not {text:?}");
    if text.contains('%') {
        return Err(format!("{}, which is a share", not()));
    }
    let number = match written(without_currency(text).unwrap_or(text)) {
        Written::Plain(number) => number,
        // no money has three decimals
        Written::Doubtful {
            mark: ',',
            thousands,
            ..
        } => thousands,
        Written::Doubtful {
            thousands, decimal, ..
        } => {
            return Err(format!(
                "it may be {thousands} or {decimal}: write one of these"
            ));
        }
        Written::Not => return Err(not()),
    };
    number.parse().map_err(|_| not())
}

/// Decimal odds: `3.5`, `5/2`, `+250`, `evens`.
pub fn odds(text: &str) -> Result<f64, String> {
    let cell = text.trim();
    let expected = "decimal odds such as 3.5; 5/2, +250 and evens are understood";
    let not = || format!("expected {expected}, not {text:?}");
    let is_word = cell.starts_with(|c: char| c.is_ascii_alphabetic());
    if cell.contains(['/', '⁄']) || is_word {
        return OddsFormat::Fractional.decimal(cell).ok_or_else(not);
    }
    if cell.starts_with(['+', '-', '−']) {
        return OddsFormat::American.decimal(cell).ok_or_else(not);
    }
    decimal(cell, expected)
}

/// A number, or a text of one of these forms; null is no number.
struct Form(fn(&str) -> Result<f64, String>);

impl<'de> Visitor<'de> for Form {
    type Value = Option<f64>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Option<f64>, E> {
        Ok(Some(number))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Option<f64>, E> {
        Ok(Some(number as f64))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Option<f64>, E> {
        Ok(Some(number as f64))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Option<f64>, E> {
        (self.0)(text).map(Some).map_err(E::custom)
    }

    fn visit_none<E: Error>(self) -> Result<Option<f64>, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Option<f64>, E> {
        Ok(None)
    }
}

/// A number, or a text that is one.
pub(super) fn read_number<'de, D: Deserializer<'de>>(from: D) -> Result<Option<f64>, D::Error> {
    from.deserialize_any(Form(number))
}

/// A number, or a share as it is typed.
pub(super) fn read_share<'de, D: Deserializer<'de>>(from: D) -> Result<Option<f64>, D::Error> {
    from.deserialize_any(Form(share))
}

/// A number, or an amount as it is typed.
pub(super) fn read_amount<'de, D: Deserializer<'de>>(from: D) -> Result<Option<f64>, D::Error> {
    from.deserialize_any(Form(amount))
}

/// A number, or odds as they are typed.
pub(super) fn read_odds<'de, D: Deserializer<'de>>(from: D) -> Result<Option<f64>, D::Error> {
    from.deserialize_any(Form(odds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for (text, expected) in [
            ("1000", 1000.0),
            ("£1,000", 1000.0),
            ("1000€", 1000.0),
            ("1 000,50 EUR", 1000.5),
            ("1_000", 1000.0),
            ("1.000,00", 1000.0),
            ("1,000.00", 1000.0),
            ("1,000,000", 1e6),
            ("1.000.000", 1e6),
            ("12'345.5", 12345.5),
            ("usd 20", 20.0),
            ("10,5", 10.5),
            ("0.001", 0.001),
            ("1e3", 1000.0),
        ] {
            assert_eq!(amount(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn an_amount_in_doubt_is_answered_with_the_right_form() {
        let doubt = amount("1.000").unwrap_err();
        assert!(doubt.contains("1000 or 1:"), "{doubt}");
        for text in [
            "5%",
            "ten",
            "",
            "1,00,000",
            "1.2.3",
            "1,2.3,4",
            "£",
            "1 0",
            "12,3456.7",
        ] {
            assert!(amount(text).is_err(), "{text}");
        }
    }

    #[test]
    fn counts_have_their_thousands_parted_or_an_exponent() {
        for text in [
            "10000", "10,000", "10.000", "10 000", "10_000", "1e4", "1E4",
        ] {
            assert_eq!(count::<u64>(text), Ok(10_000), "{text}");
        }
        assert_eq!(count::<u64>("18446744073709551615"), Ok(u64::MAX));
        for text in [
            "1.5", "1,5", "-1", "1e-1", "ten", "", "5%", "£5", "1,00", "1e300",
        ] {
            let problem = count::<u64>(text).unwrap_err();
            assert!(
                problem.starts_with("expected a whole number such as 1000"),
                "{problem}"
            );
        }
        assert_eq!(count::<u8>("300"), Err("300 is too large".to_owned()));
        let few = count_in(100..=1_000_000);
        assert_eq!(few("1,000"), Ok(1000));
        assert_eq!(
            few("10"),
            Err("expected a whole number from 100 to 1000000, not \"10\"".to_owned())
        );
    }

    #[test]
    fn shares_are_read_with_and_without_percent() {
        for (text, expected) in [
            ("5%", 0.05),
            ("0.1 %", 0.001),
            ("0,05", 0.05),
            ("2,5%", 0.025),
            ("1/4", 0.25),
            ("-3%", -0.03),
            ("1.250", 1.25),
            (".5", 0.5),
        ] {
            assert_eq!(share(text), Ok(expected), "{text}");
        }
        for text in ["five", "%", "5%%", "1/0", "£5", "1,250"] {
            assert!(share(text).is_err(), "{text}");
        }
    }

    #[test]
    fn odds_are_read_in_the_forms_of_books() {
        for (text, expected) in [
            ("3.5", 3.5),
            ("5/2", 3.5),
            ("+150", 2.5),
            ("-200", 1.5),
            ("evens", 2.0),
            ("2,5", 2.5),
        ] {
            assert_eq!(odds(text), Ok(expected), "{text}");
        }
        for text in ["+5", "short", "5/", "1,500"] {
            assert!(odds(text).is_err(), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_number_is_read_as_it_was_written(number in -1e12_f64..1e12) {
            let text = number.to_string();
            proptest::prop_assert_eq!(decimal(&text, "a number"), Ok(number));
        }

        #[test]
        fn no_text_is_a_panic(text in ".{0,12}") {
            let _ = (amount(&text), share(&text), odds(&text), number(&text), count::<u64>(&text));
        }

        #[test]
        fn thousands_may_be_parted(units in 1_000..1_000_000_000_u64, cents in 0..100_u64) {
            let digits = units.to_string();
            let parted: Vec<String> = digits
                .as_bytes()
                .rchunks(3)
                .rev()
                .map(|group| String::from_utf8_lossy(group).into_owned())
                .collect();
            let expected: f64 = format!("{units}.{cents:02}").parse().unwrap();
            for (gap, point) in [(",", "."), (".", ","), (" ", "."), ("_", ","), ("'", ".")] {
                let text = format!("{}{point}{cents:02}", parted.join(gap));
                proptest::prop_assert_eq!(amount(&text), Ok(expected), "{}", text);
            }
        }
    }
}
