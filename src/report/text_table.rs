//! A table of texts and its output formats.

use std::io::{self, Write};

use comfy_table::{Attribute, Cell, CellAlignment, ContentArrangement, Table, TableStyle, presets};

use super::Format;
use crate::domain::Money;
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
            writeln!(out, "{heading}{}\n", self.title)?;
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

    /// The characters that a column takes up, with padding and one border.
    fn width_of(&self, column: usize) -> usize {
        let cells = self.rows.iter().map(|row| &row[column]);
        let widest = cells
            .chain([&self.header[column]])
            .map(|cell| cell.chars().count())
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
        table.set_header(shown.iter().map(|&column| {
            Cell::new(escaped(&self.header[column], markdown)).add_attribute(Attribute::Bold)
        }));
        for row in &self.rows {
            table.add_row(shown.iter().map(|&column| escaped(&row[column], markdown)));
        }
        for (column, index) in table.column_iter_mut().zip(&shown) {
            if self.numeric.contains(index) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) {
            // comfy_table does not read NO_COLOR and would write bold headers to a terminal
            let width = table.width();
            table.force_no_tty();
            width.map(|width| table.set_width(width));
        }
        table
    }
}

/// A cell in which no `|` ends a Markdown cell.
fn escaped(cell: &str, markdown: bool) -> String {
    if markdown {
        cell.replace('|', "\\|")
    } else {
        cell.to_owned()
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
    let (sign, digits) = number
        .strip_prefix('-')
        .map_or(("", number), |digits| ("-", digits));
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

/// A fraction in percent, with a sign where `signed`; `–` when undefined.
///
/// ```
/// assert_eq!(simbet::internals::report::text_table::percent(Some(0.0312), true), "+3.12 %");
/// assert_eq!(simbet::internals::report::text_table::percent(None, true), "–");
/// ```
pub fn percent(fraction: Option<f64>, signed: bool) -> String {
    match fraction {
        None => "–".to_owned(),
        Some(fraction) if signed => format!("{:+.2} %", fraction * 100.0),
        Some(fraction) => format!("{:.2} %", fraction * 100.0),
    }
}

/// A number with so many decimals; `–` when undefined.
pub fn decimals(number: Option<f64>, places: usize) -> String {
    number.map_or_else(|| "–".to_owned(), |number| format!("{number:.places$}"))
}
