//! The one currency of a table: by the signs beside its amounts, and by a column that names it.

use super::super::cells;
use super::amounts;
use crate::source::error::{Place, SourceError};

/// Signs and words of one currency or unit, by the first of each row.
const SAME: [&[&str]; 14] = [
    &["gbp", "£", "pound", "pounds"],
    &["eur", "€", "euro", "euros"],
    &["usd", "us$"],
    &["aud", "a$", "au$"],
    &["cad", "c$", "ca$"],
    &["brl", "r$"],
    &["pln", "zł", "zl"],
    &["czk", "kč"],
    &["inr", "₹"],
    &["rub", "₽"],
    &["try", "₺"],
    &["btc", "₿"],
    // stakes in percent are units of which a bankroll has 100
    &["u", "unit", "units", "pt", "pts", "point", "points", "%"],
    &["$", "dollar", "dollars"],
];

/// Signs that several currencies have.
const SHARED: [(&str, &[&str]); 3] = [
    (
        "$",
        &[
            "usd", "aud", "cad", "nzd", "sgd", "hkd", "twd", "mxn", "ars", "clp", "cop", "brl",
        ],
    ),
    ("kr", &["sek", "nok", "dkk", "isk"]),
    ("¥", &["jpy", "cny", "rmb"]),
];

/// A currency, and the first cell that has it.
#[derive(Debug, Clone)]
struct Seen {
    /// As it is written.
    word: String,
    /// In its one form.
    currency: String,
    line: u64,
    column: usize,
    /// Whether it stands beside an amount.
    is_sign: bool,
}

/// The currencies of a table.
#[derive(Debug, Default)]
pub(super) struct Currencies {
    first: Option<Seen>,
    other: Option<Seen>,
    /// Whether some stake is in percent.
    has_percent: bool,
}

impl Currencies {
    /// Takes note of the sign beside an amount.
    pub fn add_amount(&mut self, cell: &[u8], line: u64, column: usize) {
        let word = amounts::unit(cell);
        if !word.is_empty() {
            self.has_percent |= word == "%";
            self.add(word, line, column, true);
        }
    }

    /// Takes note of a cell that names the currency.
    pub fn add_name(&mut self, cell: &[u8], line: u64, column: usize) {
        let word = cells::text(cell).trim().to_owned();
        if !amounts::is_nothing(&word) {
            self.add(word, line, column, false);
        }
    }

    fn add(&mut self, word: String, line: u64, column: usize, is_sign: bool) {
        if self.other.is_some() {
            return;
        }
        let seen = Seen {
            currency: currency(&word),
            word,
            line,
            column,
            is_sign,
        };
        match &self.first {
            None => self.first = Some(seen),
            Some(first) if first.currency == seen.currency || shares(&seen, first) => {}
            // of a sign that several have the name tells which it is
            Some(first) if shares(first, &seen) => self.first = Some(seen),
            Some(_) => self.other = Some(seen),
        }
    }

    /// Checks that all amounts are in one currency.
    ///
    /// # Errors
    /// When they are not, since sums of them would be none.
    pub fn ensure_one(
        &self,
        file: &str,
        stake: Option<usize>,
        header: impl Fn(usize) -> String,
        assumptions: &mut Vec<String>,
    ) -> Result<(), SourceError> {
        let Some((first, other)) = self.first.as_ref().zip(self.other.as_ref()) else {
            assumptions.extend(self.has_percent.then(|| {
                "stakes in percent are read as units, of which a bankroll has 100".to_owned()
            }));
            return Ok(());
        };
        let is_of_stakes = |seen: &Seen| seen.is_sign && Some(seen.column) == stake;
        let amounts = if is_of_stakes(first) && is_of_stakes(other) {
            "stakes"
        } else {
            "amounts"
        };
        let place = Place {
            file: file.to_owned(),
            line: other.line,
            column: Some((other.column + 1, header(other.column))),
        };
        Err(SourceError::Undecided {
            place: Box::new(place),
            problem: format!(
                "{amounts} are in {} and here in {}: convert them to one currency, or read each as a file of its own",
                first.word, other.word
            ),
        })
    }
}

/// A word in its one form.
fn currency(word: &str) -> String {
    let word = word.to_lowercase();
    let same = SAME.iter().find(|words| words.contains(&word.as_str()));
    same.map_or(word, |words| words[0].to_owned())
}

/// Whether a sign may be that of this currency.
fn shares(sign: &Seen, named: &Seen) -> bool {
    SHARED
        .iter()
        .any(|(shared, by)| sign.currency == *shared && by.contains(&named.currency.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of stakes and of the currencies beside them.
    fn judged(rows: &[(&str, &str)]) -> Option<String> {
        let mut seen = Currencies::default();
        for ((stake, name), line) in rows.iter().zip(2..) {
            seen.add_amount(stake.as_bytes(), line, 0);
            seen.add_name(name.as_bytes(), line, 1);
        }
        let header = |at: usize| ["stake", "currency"][at].to_owned();
        let judged = seen.ensure_one("my.csv", Some(0), header, &mut Vec::new());
        judged.err().map(|error| error.to_string())
    }

    #[test]
    fn currencies_are_not_added_up() {
        let advice = "convert them to one currency, or read each as a file of its own";
        for (rows, said) in [
            (
                [("10", "GBP"), ("10", "EUR")],
                "line 3, column 2 (currency): amounts are in GBP and here in EUR",
            ),
            (
                [("£10", ""), ("€10", "")],
                "line 3, column 1 (stake): stakes are in £ and here in €",
            ),
            (
                [("£10", "EUR"), ("", "")],
                "line 2, column 2 (currency): amounts are in £ and here in EUR",
            ),
            (
                [("$10", "USD"), ("$10", "AUD")],
                "line 3, column 2 (currency): amounts are in USD and here in AUD",
            ),
        ] {
            assert_eq!(judged(&rows), Some(format!("my.csv, {said}: {advice}")));
        }
        for rows in [
            [("£10", "GBP"), ("10", "gbp")],
            [("$10", "AUD"), ("a$5", "")],
            [("$10", "MXN"), ("$20", "mxn")],
            [("10", "GBP"), ("10", "-")],
            [("10", "N/A"), ("10", "EUR")],
            [("2 units", ""), ("1u", "")],
            [("10 pts", ""), ("2%", "")],
        ] {
            assert_eq!(judged(&rows), None, "{rows:?}");
        }
    }
}
