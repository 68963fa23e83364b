//! A table of texts, and the forms it is printed in.

use std::io::{self, Write};

use comfy_table::{Attribute, Cell, CellAlignment, ContentArrangement, Table, TableStyle, presets};

use super::Format;
use crate::results;

/// A table: a title, a header, rows of cells.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sheet {
    /// What it shows; empty for none.
    pub title: String,
    /// The header's cells.
    pub header: Vec<String>,
    /// The rows, each as long as the header.
    pub rows: Vec<Vec<String>>,
    /// The columns, by place, whose cells are numbers and stand to the right.
    pub numeric: Vec<usize>,
    /// The columns, by place, that are left out one by one when a terminal is too narrow.
    pub spare: Vec<usize>,
}

impl Sheet {
    /// Writes the table; JSON is for whole results and is not written here.
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
            .map(|&place| self.header[place].as_str())
            .collect();
        writeln!(out, "(a wider terminal also shows {})", names.join(", "))
    }

    /// The columns that must go for the table to fit.
    fn left_out(&self, width: Option<u16>) -> &[usize] {
        let cells = |place: usize| {
            self.rows
                .iter()
                .map(move |row| &row[place])
                .chain([&self.header[place]])
        };
        let widest = |place: usize| {
            cells(place)
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or(0)
                + 3
        };
        let mut natural = 1 + (0..self.header.len()).map(widest).sum::<usize>();
        let mut count = 0;
        while width.is_some_and(|width| natural > usize::from(width)) && count < self.spare.len() {
            natural -= widest(self.spare[count]);
            count += 1;
        }
        &self.spare[..count]
    }

    fn table(&self, style: TableStyle, markdown: bool, left_out: &[usize]) -> Table {
        let shown = |place: &usize| !left_out.contains(place);
        let places: Vec<_> = (0..self.header.len()).filter(shown).collect();
        let mut table = Table::new();
        table.load_style(style);
        // a wrapped cell would break a Markdown table
        let arrangement = if markdown {
            ContentArrangement::Disabled
        } else {
            ContentArrangement::Dynamic
        };
        table.set_content_arrangement(arrangement);
        let escape = |text: &String| {
            if markdown {
                text.replace('|', "\\|")
            } else {
                text.clone()
            }
        };
        let bold =
            |&place: &usize| Cell::new(escape(&self.header[place])).add_attribute(Attribute::Bold);
        table.set_header(places.iter().map(bold));
        for row in &self.rows {
            table.add_row(places.iter().map(|&place| escape(&row[place])));
        }
        for (column, place) in table.column_iter_mut().zip(&places) {
            if self.numeric.contains(place) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) {
            // without this a terminal gets bold headers
            let width = table.width();
            table.force_no_tty();
            width.map(|width| table.set_width(width));
        }
        table
    }
}

/// An amount or count with thousands set apart: `12,345.60`.
///
/// ```
/// assert_eq!(simbet::report::sheet::thousands("-1234567.05"), "-1,234,567.05");
/// ```
pub fn thousands(number: &str) -> String {
    let (sign, digits) = number
        .strip_prefix('-')
        .map_or(("", number), |digits| ("-", digits));
    let (whole, rest) = digits
        .find('.')
        .map_or((digits, ""), |point| digits.split_at(point));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}{rest}")
}

/// A fraction in percent, with a sign where `signed`; `–` when undefined.
///
/// ```
/// assert_eq!(simbet::report::sheet::percent(Some(0.0312), true), "+3.12 %");
/// assert_eq!(simbet::report::sheet::percent(None, true), "–");
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
