//! A comparison as JUnit XML, which build servers show as tests.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use serde_json::Value;

use super::{CellChange, Comparison, FailOn, Figure, Rows, Verdict, clean, text};

/// The comparison as JUnit XML: a test for each metric, and one for each table.
///
/// A change that does not count as a failure is a skipped test.
pub fn junit(comparison: &Comparison) -> String {
    let (metrics_count, tables_count) = match comparison.fail_on {
        FailOn::Any => (true, true),
        FailOn::Metrics => (true, false),
        FailOn::Bets => (false, true),
    };
    let mut metrics = suite(comparison, "metrics");
    metrics.add_test_cases(
        comparison
            .metrics
            .iter()
            .map(|figure| metric_case(figure, metrics_count)),
    );
    metrics.set_system_out(notes(comparison));
    let mut report = Report::new("simbet compare");
    report.add_test_suite(metrics);
    for rows in &comparison.tables {
        let mut suite = suite(comparison, rows.table);
        suite.add_test_case(table_case(rows, tables_count));
        report.add_test_suite(suite);
    }
    // writing into a String does not fail
    report.to_string().unwrap_or_default()
}

fn suite(comparison: &Comparison, name: &str) -> TestSuite {
    let mut suite = TestSuite::new(name);
    suite.add_property(("base", clean(&comparison.base).as_str()));
    suite.add_property(("new", clean(&comparison.new).as_str()));
    suite
}

/// The verdict, the notes and the settings that differ, one a line.
fn notes(comparison: &Comparison) -> String {
    let mut lines = vec![comparison.verdict.clone()];
    lines.extend(comparison.notes.iter().cloned());
    lines.extend(comparison.settings.iter().map(|setting| {
        let (base, new) = (value(setting.base.as_ref()), value(setting.new.as_ref()));
        format!("{}: {base} -> {new}", clean(&setting.name))
    }));
    lines.join("\n")
}

fn value(value: Option<&Value>) -> String {
    clean(&text::shown(value, "null"))
}

fn metric_case(figure: &Figure, counts: bool) -> TestCase {
    let (base, new) = (value(figure.base.as_ref()), value(figure.new.as_ref()));
    let difference = figure.difference.map_or_else(String::new, |difference| {
        format!(", difference {difference:+}")
    });
    let tolerance = text::tolerance(figure);
    let message = match figure.verdict {
        Verdict::New => format!("new: {new}"),
        Verdict::Gone => format!("gone: it was {base}"),
        Verdict::Same | Verdict::Within | Verdict::Moved => {
            format!("{base} -> {new}{difference}, tolerance {tolerance}")
        }
    };
    case(
        &figure.name,
        "simbet.metrics",
        figure.verdict.is_change(),
        counts,
        &message,
        None,
    )
}

fn table_case(rows: &Rows, counts: bool) -> TestCase {
    let first = rows.first.as_ref().map(|first| {
        let cells: Vec<_> = first
            .cells
            .iter()
            .filter(|cell| cell.verdict.is_change())
            .map(cell_change)
            .collect();
        format!(
            "first: {}\n{}",
            text::which(rows.table, first),
            cells.join("\n")
        )
    });
    let class = format!("simbet.{}", rows.table);
    case(
        &format!("{} as before", rows.table),
        &class,
        rows.is_changed(),
        counts,
        &text::sentence(rows),
        first,
    )
}

fn cell_change(cell: &CellChange) -> String {
    let [base, new] = [&cell.base, &cell.new].map(|text| clean(text.as_deref().unwrap_or("")));
    format!("{}: {base} -> {new}", clean(&cell.column))
}

fn case(
    name: &str,
    class: &str,
    changed: bool,
    counts: bool,
    message: &str,
    more: Option<String>,
) -> TestCase {
    let mut status = match (changed, counts) {
        (false, _) => TestCaseStatus::success(),
        (true, true) => TestCaseStatus::non_success(NonSuccessKind::Failure),
        (true, false) => TestCaseStatus::skipped(),
    };
    if changed {
        status.set_message(message).set_type("moved");
        status.set_description(
            more.map_or_else(|| message.to_owned(), |more| format!("{message}\n{more}")),
        );
    }
    let mut case = TestCase::new(clean(name), status);
    case.set_classname(class);
    case
}
