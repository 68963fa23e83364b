//! A table of texts and its output formats.

use std::io::{self, Write};

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, TableStyle, presets};
use unicode_width::UnicodeWidthStr as _;

use super::Format;
use crate::domain::Money;
use crate::printable::{self, escaped};
use crate::results;

/// A table: a title, a header, rows of cells.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TextTable {
    /// The title; may be empty.
    pub title: String,
    /// The cells of the header.
    pub header: Vec<String>,
    /// The rows, each as long as the header.
    pub rows: Vec<Vec<String>>,
    /// The indices of columns with numbers, which are right-aligned.
    pub numeric: Vec<usize>,
    /// The indices of columns that are left out, one by one in this order, when a terminal is too narrow.
    pub spare: Vec<usize>,
}

impl TextTable {
    /// Writes the table. JSON is for complete results; here it gives the text form.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn write(&self, out: &mut dyn Write, format: Format) -> io::Result<()> {
        match format {
            Format::Csv => results::csv::write_table(out, &self.header, &self.rows),
            Format::Markdown => self.write_text(out, presets::ASCII_MARKDOWN, "### "),
            Format::Table | Format::Json => self.write_text(out, presets::UTF8_FULL_CONDENSED, ""),
        }
    }

    fn write_text(&self, out: &mut dyn Write, style: TableStyle, heading: &str) -> io::Result<()> {
        if !self.title.is_empty() {
            let title = if heading.is_empty() {
                printable::lines(&self.title)
            } else {
                printable::markdown(&self.title).into()
            };
            writeln!(out, "{heading}{title}\n")?;
        }
        if !heading.is_empty() {
            return writeln!(out, "{}", self.table(style, true, &[]));
        }
        let left_out = self.left_out(Table::new().width());
        writeln!(out, "{}", self.table(style, false, left_out).trim_fmt())?;
        if left_out.is_empty() {
            return Ok(());
        }
        let names: Vec<_> = left_out
            .iter()
            .map(|&column| self.header[column].as_str())
            .collect();
        writeln!(out, "(a wider terminal also shows {})", names.join(", "))
    }

    /// The columns that must be left out for the table to fit the width.
    fn left_out(&self, width: Option<u16>) -> &[usize] {
        let Some(width) = width.map(usize::from) else {
            return &[];
        };
        let columns = 0..self.header.len();
        let mut total = 1 + columns.map(|column| self.width_of(column)).sum::<usize>();
        let mut count = 0;
        while total > width && count < self.spare.len() {
            total -= self.width_of(self.spare[count]);
            count += 1;
        }
        &self.spare[..count]
    }

    /// The columns of a terminal that a column takes up, with padding and one border.
    fn width_of(&self, column: usize) -> usize {
        let cells = self.rows.iter().map(|row| &row[column]);
        let widest = cells
            .chain([&self.header[column]])
            .map(|cell| escaped(cell).width())
            .max();
        widest.unwrap_or(0) + 3
    }

    fn table(&self, style: TableStyle, markdown: bool, left_out: &[usize]) -> Table {
        let shown: Vec<_> = (0..self.header.len())
            .filter(|column| !left_out.contains(column))
            .collect();
        let mut table = Table::new();
        table.load_style(style);
        // a wrapped cell would break a Markdown table
        let arrangement = if markdown {
            ContentArrangement::Disabled
        } else {
            ContentArrangement::Dynamic
        };
        table.set_content_arrangement(arrangement);
        let cell = |text: &String| Cell::new(shown_cell(text, markdown));
        table.set_header(shown.iter().map(|&column| cell(&self.header[column])));
        for row in &self.rows {
            table.add_row(shown.iter().map(|&column| cell(&row[column])));
        }
        for (column, index) in table.column_iter_mut().zip(&shown) {
            if self.numeric.contains(index) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table
    }
}

/// A cell on one line, in which nothing has another meaning than its text.
fn shown_cell(text: &str, markdown: bool) -> String {
    if markdown {
        printable::markdown_cell(text)
    } else {
        escaped(text).into_owned()
    }
}

/// A count with thousands separators: `12,345`.
pub fn count(count: u64) -> String {
    thousands(&count.to_string())
}

/// A count of something: `1 fixture`, `12,345 fixtures`.
///
/// ```
/// use simbet::internals::report::text_table::counted;
/// assert_eq!(counted(1, "match", "matches"), "1 match");
/// assert_eq!(counted(1380, "match", "matches"), "1,380 matches");
/// ```
pub fn counted(number: u64, one: &str, several: &str) -> String {
    let what = if number == 1 { one } else { several };
    format!("{} {what}", count(number))
}

/// An amount of money with thousands separators: `12,345.60`.
pub fn amount(money: Money) -> String {
    thousands(&money.to_string())
}

/// A number with thousands separators: `12,345.60`.
///
/// ```
/// assert_eq!(simbet::internals::report::text_table::thousands("-1234567.05"), "-1,234,567.05");
/// ```
pub fn thousands(number: &str) -> String {
    let (sign, digits) = number.split_at(usize::from(number.starts_with(['-', '+'])));
    let (whole, rest) = digits
        .find('.')
        .map_or((digits, ""), |point| digits.split_at(point));
    let mut grouped = String::new();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}{rest}")
}

/// A fraction in percent, with a sign where `signed`; `–` when undefined. As [`percentage`] with two decimals.
///
/// ```
/// use simbet::internals::report::text_table::percent;
/// assert_eq!(percent(Some(0.0312), true), "+3.12 %");
/// assert_eq!(percent(None, true), "–");
/// assert_eq!(percent(Some(0.99998), false), ">99.99 %");
/// ```
pub fn percent(fraction: Option<f64>, signed: bool) -> String {
    match fraction {
        None => "–".to_owned(),
        Some(fraction) if signed => format!("{} %", signed_percentage(fraction, 2)),
        Some(fraction) => format!("{} %", percentage(fraction, 2)),
    }
}

/// A share in percent with one decimal, and nothing when undefined. As [`percentage`].
pub fn share(share: Option<f64>) -> String {
    share.map_or_else(String::new, |share| format!("{} %", percentage(share, 1)))
}

/// A fraction as a number of percent with so many decimals. Only what is 0 or 1 within rounding errors prints as 0 or 100:
/// what would round to them is said to be less or more than the next figure.
///
/// ```
/// use simbet::internals::report::text_table::percentage;
/// assert_eq!([0.0, 0.00001, 0.5, 0.99998, 1.0].map(|share| percentage(share, 2)), ["0.00", "<0.01", "50.00", ">99.99", "100.00"]);
/// assert_eq!([-0.00001, -0.99998, -1.0].map(|share| percentage(share, 2)), [">-0.01", "<-99.99", "-100.00"]);
/// ```
pub fn percentage(fraction: f64, places: usize) -> String {
    bounded(
        fraction,
        |percent| thousands(&format!("{percent:.places$}")),
        places,
    )
}

/// The same with a sign; only 0 itself has that of a profit.
///
/// ```
/// use simbet::internals::report::text_table::signed_percentage;
/// assert_eq!([0.0312, 0.00001, -0.00001].map(|fraction| signed_percentage(fraction, 2)), ["+3.12", "<+0.01", ">-0.01"]);
/// assert_eq!([14.3333, -14.3333].map(|fraction| signed_percentage(fraction, 2)), ["+1,433.33", "-1,433.33"]);
/// ```
pub fn signed_percentage(fraction: f64, places: usize) -> String {
    bounded(
        fraction,
        |percent| thousands(&format!("{percent:+.places$}")),
        places,
    )
}

/// Fractions that differ by less are the same but for rounding errors.
const ROUNDING: f64 = 1e-12;

fn bounded(fraction: f64, text: impl Fn(f64) -> String, places: usize) -> String {
    let step = 10_f64.powi(-(places as i32));
    let size = 100.0 * fraction.abs();
    let (to_nothing, to_all) = (size <= step / 2.0, (size - 100.0).abs() <= step / 2.0);
    if fraction.abs() < ROUNDING {
        return text(0.0);
    }
    let (is_less, bound) = match (to_nothing, to_all) {
        _ if (fraction.abs() - 1.0).abs() < ROUNDING => return text(100.0 * fraction.signum()),
        (true, _) => (true, step),
        (false, true) if size < 100.0 => (false, 100.0 - step),
        (false, true) => (false, 100.0),
        (false, false) => return text(100.0 * fraction),
    };
    // nearer to zero is less of a profit and more than a loss
    let sign = if is_less == (fraction > 0.0) {
        "<"
    } else {
        ">"
    };
    format!("{sign}{}", text(bound.copysign(fraction)))
}

/// A probability with three decimals, or a bound on one that would round to 0 or 1.
///
/// ```
/// use simbet::internals::report::text_table::probability;
/// assert_eq!([0.0, 0.0004, 0.05, 0.9996].map(probability), ["<0.001", "<0.001", "0.050", ">0.999"]);
/// ```
pub fn probability(p: f64) -> String {
    match p {
        p if p < 0.0005 => "<0.001".to_owned(),
        p if p > 0.9995 => ">0.999".to_owned(),
        p => format!("{p:.3}"),
    }
}

/// A probability in percent with two decimals. It is never 0 or 100 %: what is near to them is rounded by the computer as well.
///
/// ```
/// use simbet::internals::report::text_table::likelihood;
/// assert_eq!([2.8e-65, 0.2945, 1.0].map(likelihood), ["<0.01 %", "29.45 %", ">99.99 %"]);
/// ```
pub fn likelihood(p: f64) -> String {
    match p {
        p if p < 0.00005 => "<0.01 %".to_owned(),
        p if p > 0.99995 => ">99.99 %".to_owned(),
        p => format!("{:.2} %", 100.0 * p),
    }
}

/// A share of `runs` simulated runs as a chance in percent. What never came about in n runs may still have a chance of up to
/// 3/n, at 95 % confidence, so it prints as less than that, and not as 0 %: that is for what is `settled`.
///
/// ```
/// use simbet::internals::report::text_table::chance;
/// assert_eq!([chance(0.0, None, 100), chance(0.123, None, 100), chance(1.0, Some(true), 100)], ["<3.0 %", "12.3 %", "100 %"]);
/// ```
pub fn chance(share: f64, settled: Option<bool>, runs: u64) -> String {
    let least = (300.0 / runs as f64).clamp(0.1, 50.0);
    let percent = 100.0 * share;
    match settled {
        Some(true) => "100 %".to_owned(),
        Some(false) => "0 %".to_owned(),
        None if percent < 0.05 => format!("<{least:.1} %"),
        None if percent > 99.95 => format!(">{:.1} %", 100.0 - least),
        None => format!("{percent:.1} %"),
    }
}

/// A number with so many decimals; `–` when undefined.
pub fn decimals(number: Option<f64>, places: usize) -> String {
    number.map_or_else(|| "–".to_owned(), |number| format!("{number:.places$}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn percent_of_thousands_has_their_mark() {
        assert_eq!(percent(Some(14.3333), false), "1,433.33 %");
        assert_eq!(percent(Some(14.3333), true), "+1,433.33 %");
        assert_eq!(percent(Some(-3.0962), false), "-309.62 %");
    }

    proptest! {
        /// What prints as 0 or 100 percent is that, and a bound is true.
        #[test]
        fn no_percentage_rounds_to_nothing_or_all(
            fraction in prop_oneof![-2.0..2.0, -1e-4..1e-4, 0.9999..1.0001],
            places in 0usize..4,
        ) {
            let text = percentage(fraction, places);
            let percent = 100.0 * fraction;
            let number = |text: &str| text.parse::<f64>().unwrap();
            if let Some(bound) = text.strip_prefix('<') {
                prop_assert!(percent < number(bound), "{fraction}: {text}");
            } else if let Some(bound) = text.strip_prefix('>') {
                prop_assert!(percent > number(bound), "{fraction}: {text}");
            } else {
                let step = 10_f64.powi(-(places as i32));
                prop_assert!((percent - number(&text)).abs() <= 0.5001 * step, "{fraction}: {text}");
                let is_end = [0.0, 100.0].contains(&number(&text).abs());
                prop_assert!(!is_end || (percent - number(&text)).abs() < 1e-9, "{fraction}: {text}");
            }
        }
    }
}
