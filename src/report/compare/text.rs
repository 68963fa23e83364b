//! A comparison as text for people: the changes, and with `--all` everything.

use std::io::{self, Write};

use serde_json::Value;

use super::{
    CellChange, Comparison, FailOn, Figure, RowChange, Rows, Setting, Verdict, clean, rows,
};
use crate::report::Format;
use crate::report::text_table::{TextTable, thousands};
use crate::rounding::rounded;

/// The most rows of a list: a comment on a pull request may have 65,536 characters.
const MAX_ROWS: usize = 40;

/// The verdict in a sentence without a full stop.
pub(super) fn verdict(comparison: &Comparison) -> String {
    let metrics = part(
        comparison.metrics_changed(),
        comparison.metrics.len(),
        if comparison.metrics.len() == 1 {
            "metric"
        } else {
            "metrics"
        },
    );
    let tables = comparison
        .tables
        .iter()
        .filter(|rows| rows.is_changed())
        .map(|rows| {
            let total = rows.total();
            part(rows.changed, total, rows.named(total))
                .unwrap_or_else(|| format!("columns of {} moved", rows.of()))
        });
    let moved: Vec<String> = metrics.into_iter().chain(tables).collect();
    if moved.is_empty() {
        return format!("Nothing moved: {}", unchanged(comparison));
    }
    let allowed = match comparison.fail_on {
        _ if comparison.failed => "",
        FailOn::Metrics => ", which --fail-on metrics allows",
        _ => ", which --fail-on bets allows",
    };
    format!("{}{allowed}", moved.join(", "))
}

fn part(moved: usize, total: usize, what: &str) -> Option<String> {
    (moved > 0).then(|| format!("{} of {} {what} moved", count(moved), count(total)))
}

/// The numbers of figures and rows that are unchanged.
fn unchanged(comparison: &Comparison) -> String {
    let mut parts = vec![format!("{} metrics", count(comparison.metrics.len()))];
    parts.extend(
        comparison
            .tables
            .iter()
            .map(|rows| format!("{} {}", count(rows.base), rows.named(rows.base))),
    );
    let within = comparison.count(Verdict::Within)
        + comparison
            .tables
            .iter()
            .map(|rows| rows.within)
            .sum::<usize>();
    let note = if within > 0 {
        format!(", {} of them within tolerance", count(within))
    } else {
        String::new()
    };
    format!("{} as before{note}", parts.join(", "))
}

fn count(count: usize) -> String {
    thousands(&count.to_string())
}

impl Rows {
    /// The name of the table in a sentence.
    fn of(&self) -> &'static str {
        if self.table == "bankroll" {
            "the bankroll"
        } else {
            self.table
        }
    }

    /// The name of a number of rows.
    fn named(&self, count: usize) -> &'static str {
        match (self.table, count) {
            ("bets", 1) => "bet",
            ("bets", _) => "bets",
            ("runs", 1) => "simulated run",
            ("runs", _) => "simulated runs",
            ("bankroll", 1) => "row of the bankroll",
            _ => "rows of the bankroll",
        }
    }
}

/// Writes a comparison for a terminal, or as Markdown for a pull request; with every metric and column if `all`.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_text(
    out: &mut dyn Write,
    comparison: &Comparison,
    format: Format,
    all: bool,
) -> io::Result<()> {
    let page = Page {
        comparison,
        format,
        all,
    };
    page.head(out)?;
    for warning in &comparison.warnings {
        writeln!(out, "{}\n", page.text(warning))?;
    }
    page.metrics(out)?;
    for rows in comparison.tables.iter().filter(|rows| rows.is_changed()) {
        page.rows(out, rows)?;
    }
    page.settings(out)?;
    for note in &comparison.notes {
        writeln!(out, "{}\n", page.text(note))?;
    }
    Ok(())
}

/// Every metric with its verdict.
pub fn plain_table(comparison: &Comparison) -> TextTable {
    let header = [
        "metric",
        "base",
        "new",
        "difference",
        "tolerance",
        "verdict",
    ];
    let rows = comparison
        .metrics
        .iter()
        .map(|figure| cells(figure, ""))
        .collect();
    TextTable {
        header: header.map(str::to_owned).to_vec(),
        rows,
        ..TextTable::default()
    }
}

fn cells(figure: &Figure, undefined: &str) -> Vec<String> {
    vec![
        figure.name.clone(),
        shown(figure.base.as_ref(), undefined),
        shown(figure.new.as_ref(), undefined),
        figure
            .difference
            .map_or_else(String::new, |difference| format!("{difference:+}")),
        tolerance(figure),
        figure.verdict.words().to_owned(),
    ]
}

/// The greatest difference allowed, small ones as 1e-9 and not 0.000000001.
pub(super) fn tolerance(figure: &Figure) -> String {
    match figure.tolerance {
        None => "any".to_owned(),
        Some(small) if small > 0.0 && small < 1e-4 => format!("{small:e}"),
        Some(tolerance) => tolerance.to_string(),
    }
}

/// A value as text; empty where there is none.
pub(super) fn shown(value: Option<&Value>, undefined: &str) -> String {
    match value {
        None => String::new(),
        Some(Value::Null) => undefined.to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) if number.is_f64() => number
            .as_f64()
            .map_or_else(String::new, |number| rounded(number).to_string()),
        Some(other) => other.to_string(),
    }
}

/// The changes of a table in a sentence.
pub(super) fn sentence(rows: &Rows) -> String {
    let total = rows.base.max(rows.new);
    let parts = [
        (rows.moved, "moved"),
        (rows.only_base, "gone"),
        (rows.only_new, "new"),
        (rows.reordered, "in another order"),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(many, _)| *many > 0)
        .map(|(many, what)| format!("{} {what}", count(*many)))
        .collect();
    let columns = rows
        .columns
        .iter()
        .map(|(column, moved)| format!("{} in {}", clean(column), count(*moved)));
    let columns: Vec<String> = columns.take(MAX_ROWS).collect();
    let of = format!("Of {} {}", count(total), rows.named(total));
    match (parts.is_empty(), columns.is_empty()) {
        (true, _) => format!(
            "{of} all are as before, apart from columns that were added or removed: {}.",
            columns.join(", ")
        ),
        (false, true) => format!("{of} {}.", parts.join(", ")),
        (false, false) => format!("{of} {}; {}.", parts.join(", "), columns.join(", ")),
    }
}

/// The name of a row and its numbers in both tables.
pub(super) fn which(table: &str, row: &RowChange) -> String {
    let place = match (row.base_row, row.new_row) {
        (Some(base), Some(new)) if base == new => format!("row {base}"),
        (Some(base), Some(new)) => format!("row {base} of the base, {new} of the new"),
        (Some(base), None) => format!("row {base} of the base alone"),
        (None, Some(new)) => format!("row {new} of the new alone"),
        (None, None) => String::new(),
    };
    let names: &[&str] = match table {
        "bets" => rows::NAMED_BY,
        "runs" => &["run", "strategy"],
        _ => &["time"],
    };
    let words: Vec<&str> = names
        .iter()
        .map(|name| row.text(name))
        .filter(|word| !word.is_empty())
        .collect();
    clean(&format!("{} ({place})", words.join(" ")))
}

impl RowChange {
    /// The cell of a column in the base, or else in the new table; empty without one.
    fn text(&self, column: &str) -> &str {
        let cell = self.cells.iter().find(|cell| cell.column == column);
        cell.and_then(|cell| cell.base.as_deref().or(cell.new.as_deref()))
            .unwrap_or("")
    }
}

impl CellChange {
    fn is_blank(&self) -> bool {
        let [base, new] = [&self.base, &self.new].map(|text| text.as_deref().unwrap_or(""));
        base.is_empty() && new.is_empty()
    }

    fn row(&self) -> Vec<String> {
        let word = match self.verdict {
            Verdict::Same => "",
            Verdict::Within | Verdict::Moved | Verdict::New | Verdict::Gone => self.verdict.words(),
        };
        vec![
            self.column.clone(),
            self.base.clone().unwrap_or_default(),
            self.new.clone().unwrap_or_default(),
            word.to_owned(),
        ]
    }
}

/// A comparison that is written to a terminal or as Markdown.
struct Page<'a> {
    comparison: &'a Comparison,
    format: Format,
    all: bool,
}

impl Page<'_> {
    /// Text of a file, made harmless for a terminal or Markdown.
    fn text(&self, text: &str) -> String {
        self.format.prose(&clean(text)).into_owned()
    }

    fn is_markdown(&self) -> bool {
        self.format == Format::Markdown
    }

    fn head(&self, out: &mut dyn Write) -> io::Result<()> {
        let comparison = self.comparison;
        let heading = if self.is_markdown() { "### " } else { "" };
        let result = if comparison.failed {
            "results moved"
        } else {
            "results hold"
        };
        writeln!(out, "{heading}simbet compare: {result}\n")?;
        writeln!(out, "{}.\n", comparison.verdict)?;
        writeln!(
            out,
            "Base: {}. New: {}.\n",
            self.text(&comparison.base),
            self.text(&comparison.new)
        )
    }

    fn metrics(&self, out: &mut dyn Write) -> io::Result<()> {
        let listed: Vec<_> = self
            .comparison
            .metrics
            .iter()
            .filter(|figure| self.all || figure.verdict.is_change())
            .collect();
        let limit = if self.all { listed.len() } else { MAX_ROWS };
        let header = [
            "metric",
            "base",
            "new",
            "difference",
            "tolerance",
            "verdict",
        ];
        let rows = listed.iter().take(limit).map(|figure| cells(figure, "–"));
        if !listed.is_empty() {
            self.table(out, &header, rows.collect(), vec![1, 2, 3, 4], vec![4])?;
        }
        let rest = listed.len().saturating_sub(limit);
        let (within, same) = (
            self.comparison.count(Verdict::Within),
            self.comparison.count(Verdict::Same),
        );
        let more = if rest > 0 {
            format!("{} more moved, ", count(rest))
        } else {
            String::new()
        };
        if listed.is_empty() && within == 0 {
            return Ok(());
        }
        let hint = if self.all {
            ""
        } else {
            " (simbet compare --all lists them)"
        };
        writeln!(
            out,
            "{more}{} metrics within tolerance, {} the same{hint}.\n",
            count(within),
            count(same)
        )
    }

    fn rows(&self, out: &mut dyn Write, rows: &Rows) -> io::Result<()> {
        let Some(first) = &rows.first else {
            return writeln!(out, "{}\n", self.text(&sentence(rows)));
        };
        self.open(out, &sentence(rows))?;
        writeln!(out, "First: {}\n", self.text(&which(rows.table, first)))?;
        let is_pair = first.base_row.is_some() && first.new_row.is_some();
        let cells: Vec<_> = first
            .cells
            .iter()
            .filter(|cell| match (self.all, is_pair) {
                (true, _) => true,
                (false, true) => cell.verdict.is_change(),
                (false, false) => !cell.is_blank(),
            })
            .map(CellChange::row)
            .collect();
        if !cells.is_empty() {
            self.table(
                out,
                &["column", "base", "new", "verdict"],
                cells,
                vec![1, 2],
                vec![],
            )?;
        }
        self.close(out)
    }

    fn settings(&self, out: &mut dyn Write) -> io::Result<()> {
        let settings = &self.comparison.settings;
        if settings.is_empty() {
            return Ok(());
        }
        let title = match settings.len() {
            1 => "One setting differs, which is allowed.".to_owned(),
            many => format!("{} settings differ, which is allowed.", count(many)),
        };
        self.open(out, &title)?;
        let limit = if self.all { settings.len() } else { MAX_ROWS };
        let rows = settings.iter().take(limit).map(setting_row).collect();
        self.table(out, &["setting", "base", "new"], rows, vec![], vec![])?;
        self.close(out)
    }

    /// Begins a section, which Markdown folds.
    fn open(&self, out: &mut dyn Write, title: &str) -> io::Result<()> {
        let title = self.text(title);
        if self.is_markdown() {
            return writeln!(out, "<details><summary>{title}</summary>\n");
        }
        writeln!(out, "{title}")
    }

    fn close(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.is_markdown() {
            writeln!(out, "</details>\n")
        } else {
            Ok(())
        }
    }

    fn table(
        &self,
        out: &mut dyn Write,
        header: &[&str],
        rows: Vec<Vec<String>>,
        numeric: Vec<usize>,
        spare: Vec<usize>,
    ) -> io::Result<()> {
        let rows = rows
            .iter()
            .map(|row| row.iter().map(|cell| clean(cell)).collect())
            .collect();
        let header = header.iter().map(|name| (*name).to_owned()).collect();
        TextTable {
            title: String::new(),
            header,
            rows,
            numeric,
            spare,
        }
        .write(out, self.format)?;
        writeln!(out)
    }
}

fn setting_row(setting: &Setting) -> Vec<String> {
    vec![
        setting.name.clone(),
        shown(setting.base.as_ref(), "–"),
        shown(setting.new.as_ref(), "–"),
    ]
}
