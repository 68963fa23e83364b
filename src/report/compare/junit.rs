//! A comparison as JUnit XML, which build servers show as tests.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{Comparison, FailOn, Figure, Rows, Verdict, clean, text};

/// The comparison as JUnit XML: a test for each metric, and one for each table. What moved and does not count as a
/// failure is a test that was skipped.
///
/// Empty if it could not be written, which memory never refuses.
pub fn junit(comparison: &Comparison) -> String {
    let counts = |table: bool| match comparison.fail_on {
        FailOn::Any => true,
        FailOn::Metrics => !table,
        FailOn::Bets => table,
    };
    let mut metrics = suite(comparison, "metrics");
    metrics.add_test_cases(
        comparison
            .metrics
            .iter()
            .map(|figure| metric_case(figure, counts(false))),
    );
    metrics.set_system_out(said(comparison));
    let mut report = Report::new("simbet compare");
    report.add_test_suite(metrics);
    for rows in &comparison.tables {
        let mut suite = suite(comparison, rows.table);
        suite.add_test_case(table_case(rows, counts(true)));
        report.add_test_suite(suite);
    }
    report.to_string().unwrap_or_default()
}

fn suite(comparison: &Comparison, name: &str) -> TestSuite {
    let mut suite = TestSuite::new(name);
    suite.add_property(("base", clean(&comparison.base).as_str()));
    suite.add_property(("new", clean(&comparison.new).as_str()));
    suite
}

/// What else there is to say.
fn said(comparison: &Comparison) -> String {
    let setting = |setting: &super::Setting| {
        let value = |value| clean(&text::shown(value, "null"));
        format!(
            "{}: {} -> {}",
            clean(&setting.name),
            value(setting.base.as_ref()),
            value(setting.new.as_ref())
        )
    };
    let notes = comparison.notes.iter().cloned();
    let lines: Vec<String> = std::iter::once(comparison.verdict.clone())
        .chain(notes)
        .chain(comparison.settings.iter().map(setting))
        .collect();
    lines.join("\n")
}

fn metric_case(figure: &Figure, counts: bool) -> TestCase {
    let value = |value| clean(&text::shown(value, "null"));
    let difference = figure.difference.map_or_else(String::new, |difference| {
        format!(", difference {difference:+}")
    });
    let tolerance = text::tolerance(figure);
    let message = match figure.verdict {
        Verdict::New => format!("new: {}", value(figure.new.as_ref())),
        Verdict::Gone => format!("gone: it was {}", value(figure.base.as_ref())),
        _ => format!(
            "{} -> {}{difference}, tolerance {tolerance}",
            value(figure.base.as_ref()),
            value(figure.new.as_ref())
        ),
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
        let cell = |cell: &super::CellChange| {
            let text = |text: &Option<String>| clean(text.as_deref().unwrap_or(""));
            format!(
                "{}: {} -> {}",
                clean(&cell.column),
                text(&cell.base),
                text(&cell.new)
            )
        };
        let cells: Vec<_> = first
            .cells
            .iter()
            .filter(|cell| cell.verdict.is_change())
            .map(cell)
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
