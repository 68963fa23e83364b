//! What holds of every comparison.

use proptest::prelude::*;
use serde_json::{Value, json};
use simbet::internals::report::compare;
use simbet::internals::report::compare::{Comparison, FailOn, Rules, Snapshot};

const COLUMNS: [&str; 6] = ["bet_id", "date", "home_team", "selection", "odds", "stake"];

/// A baseline with some figures and bets.
fn baselines() -> impl Strategy<Value = Value> {
    let bet = (
        "[a-f0-9]{4}",
        "2024-0[1-9]",
        "[A-C\u{e9} ,\"]{1,4}",
        "home|away",
        1.01..20.0f64,
        0..10_000i64,
    );
    let bets = prop::collection::vec(bet, 0..12);
    let figures = prop::collection::vec(
        prop_oneof![Just(Value::Null), (-1e6..1e6f64).prop_map(Value::from)],
        1..6,
    );
    (bets, figures).prop_map(|(bets, figures)| {
        let row = |(id, date, home, side, odds, cents)| {
            json!([id, date, home, side, odds, cents as f64 / 100.0])
        };
        let rows: Vec<Value> = bets.into_iter().map(row).collect();
        let summary = json!({ "profit": 1.5, "luck": { "list": figures } });
        json!({ "baseline": 2, "summary": summary, "bets": { "columns": COLUMNS, "rows": rows } })
    })
}

fn snapshot(baseline: &Value) -> Snapshot {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), baseline.to_string()).unwrap();
    Snapshot::read(file.path(), &|_, _| true).unwrap()
}

fn compared(base: &Value, new: &Value) -> Comparison {
    compare::compare(&snapshot(base), &snapshot(new), &Rules::default()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_run_is_the_same_as_itself(baseline in baselines()) {
        let comparison = compared(&baseline, &baseline);
        prop_assert!(!comparison.failed, "{}", comparison.verdict);
        prop_assert!(comparison.settings.is_empty());
    }

    #[test]
    fn a_baseline_that_was_written_again_is_the_same(baseline in baselines()) {
        let mut text = Vec::new();
        snapshot(&baseline).write_baseline(&mut text).unwrap();
        let again: Value = serde_json::from_slice(&text).unwrap();
        prop_assert!(!compared(&baseline, &again).failed);
        let mut twice = Vec::new();
        snapshot(&again).write_baseline(&mut twice).unwrap();
        prop_assert_eq!(text, twice);
    }

    #[test]
    fn a_single_cell_that_changed_is_found(baseline in baselines(), row: prop::sample::Index, column in 0..COLUMNS.len()) {
        let rows = baseline["bets"]["rows"].as_array().unwrap().len();
        prop_assume!(rows > 0);
        let place = row.index(rows);
        let mut changed = baseline.clone();
        let cell = &mut changed["bets"]["rows"][place][column];
        *cell = cell.as_f64().map_or_else(|| json!(format!("{}x", cell.as_str().unwrap_or(""))), |number| json!(number + 1e-9));
        for (base, new) in [(&baseline, &changed), (&changed, &baseline)] {
            let comparison = compared(base, new);
            prop_assert!(comparison.failed && comparison.metrics_changed() == 0, "{}", comparison.verdict);
            prop_assert!(comparison.tables[0].first.is_some());
            let rules = Rules { fail_on: FailOn::Metrics, ..Rules::default() };
            prop_assert!(!compare::compare(&snapshot(base), &snapshot(new), &rules).unwrap().failed);
        }
    }

    #[test]
    fn a_bet_more_is_a_bet_more_wherever_it_stands(baseline in baselines(), place: prop::sample::Index) {
        let mut more = baseline.clone();
        let rows = more["bets"]["rows"].as_array_mut().unwrap();
        let place = place.index(rows.len() + 1);
        rows.insert(place, json!(["other", "2023-12", "D", "home", 2, 1]));
        let rows = compared(&baseline, &more).tables.remove(0);
        prop_assert_eq!((rows.only_new, rows.changed), (1, 1));
        prop_assert_eq!(rows.first.unwrap().new_row, Some(place + 1));
        let rows = compared(&more, &baseline).tables.remove(0);
        prop_assert_eq!((rows.only_base, rows.changed), (1, 1));
    }

    #[test]
    fn an_order_that_changed_is_found(baseline in baselines(), one: prop::sample::Index, other: prop::sample::Index) {
        let mut swapped = baseline.clone();
        let rows = swapped["bets"]["rows"].as_array_mut().unwrap();
        prop_assume!(rows.len() > 1);
        let (one, other) = (one.index(rows.len()), other.index(rows.len()));
        prop_assume!(rows[one] != rows[other]);
        rows.swap(one, other);
        prop_assert!(compared(&baseline, &swapped).failed);
    }
}
