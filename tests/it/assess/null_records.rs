//! Records of bettors without skill, drawn: what is said of them holds its level, also where bets hang together.

use std::fmt::Write as _;

use chacha20::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::Value;

use super::{assessed, near};

const RECORDS: u64 = 40;

fn day(place: usize) -> String {
    format!(
        "20{:02}-{:02}-{:02}",
        10 + place / 336,
        1 + place / 28 % 12,
        1 + place % 28
    )
}

fn assessed_quickly(table: &str) -> Value {
    assessed(table, &["--runs", "100", "--horizon", "1"]).0
}

/// How many of the records have a figure below 0.05.
fn rejected(records: &[Value], pointer: &str) -> usize {
    let p = |record: &Value| record.pointer(pointer).and_then(Value::as_f64);
    records
        .iter()
        .filter(|found| p(found).unwrap() < 0.05)
        .count()
}

/// One selection at two books, each with its row.
fn at_two_books(random: &mut ChaCha8Rng) -> String {
    let mut table = "date,stake,odds,result,event,market,selection,book\n".to_owned();
    for place in 0..80 {
        let odds = [1.9, 2.4, 3.0][random.random_range(0..3)];
        let result = if random.random::<f64>() < 1.0 / odds {
            "won"
        } else {
            "lost"
        };
        for book in ["A", "B"] {
            let _ = writeln!(
                table,
                "{},10,{odds},{result},T{place} v U{place},1x2,home,{book}",
                day(place)
            );
        }
    }
    table
}

/// Of 40 records at 5 %, 2 are expected below and 7 or more come in 3 of 1,000 cases.
#[test]
fn one_selection_at_two_books_is_one_bet() {
    let mut random = ChaCha8Rng::seed_from_u64(11);
    let records: Vec<Value> = (0..RECORDS)
        .map(|_| assessed_quickly(&at_two_books(&mut random)))
        .collect();
    for figure in [
        "/at_odds/profit/p",
        "/at_odds/wins/p",
        "/drawdown_at_odds/p",
    ] {
        assert!(rejected(&records, figure) < 7, "{figure}");
    }
    for found in &records {
        assert!(found["at_odds"]["losing_run"].is_null());
        // both books have the same bets, of which all is known
        assert_eq!(found["at_odds"]["profit"]["n"], 80);
    }
    let groups = |found: &Value| {
        let by = found["by"].as_object().unwrap();
        let groups = by.values().flat_map(|groups| groups.as_array().unwrap());
        groups
            .filter_map(|group| group["p_adjusted"].as_f64())
            .fold(1.0, f64::min)
    };
    let beyond = records.iter().filter(|found| groups(found) < 0.05).count();
    assert!(beyond < 7, "{beyond}");
}

/// Bets that say nothing of each other but their event: their variance is that of the event, and no draw is made.
#[test]
fn several_markets_of_one_event_count_as_dependent() {
    let mut random = ChaCha8Rng::seed_from_u64(12);
    let records: Vec<Value> = (0..RECORDS)
        .map(|_| {
            let mut table = "date,stake,odds,result,event,market,selection\n".to_owned();
            for place in 0..80 {
                let result = if random.random() { "won" } else { "lost" };
                for market in ["1x2,home", "dnb,home", "double,x"] {
                    let _ = writeln!(
                        table,
                        "{},10,2,{result},T{place} v U{place},{market}",
                        day(place)
                    );
                }
            }
            assessed_quickly(&table)
        })
        .collect();
    for figure in ["/at_odds/profit/p", "/at_odds/wins/p"] {
        assert!(rejected(&records, figure) < 7, "{figure}");
    }
    for found in &records {
        assert!(found["drawdown_at_odds"].is_null());
        assert!(found["at_odds"]["losing_run"].is_null());
        // three equal bets have three times the deviation of one
        let power = found["power"]["smallest_yield"].as_f64().unwrap();
        assert!((power - 2.486 / 80_f64.sqrt()).abs() < 0.03, "{power}");
    }
}

/// One of three sides wins: what fair odds of all sides pay is what they cost.
#[test]
fn sides_of_one_market_exclude_each_other() {
    let mut table = "date,stake,odds,result,event,market,selection\n".to_owned();
    for place in 0..20 {
        let results = if place % 2 == 0 {
            ["won", "lost"]
        } else {
            ["lost", "won"]
        };
        for (side, odds, result) in [("home", 2, results[0]), ("away", 4, results[1])] {
            let _ = writeln!(
                table,
                "{},10,{odds},{result},T{place} v U{place},1x2,{side}",
                day(place)
            );
        }
    }
    let found = assessed_quickly(&table);
    let profit = &found["at_odds"]["profit"];
    // 0, 20 or -20 with a half and two quarters: a variance of 200 instead of 100 + 300
    near(&profit["std_dev"], (20.0 * 200.0_f64).sqrt());
    near(&profit["expected"], 0.0);
    assert!(!found["drawdown_at_odds"].is_null());
}

/// The groups of all tables are looked at together: of 40 records 2 have one below 5 %.
#[test]
fn groups_hold_their_level_over_all_tables() {
    let mut random = ChaCha8Rng::seed_from_u64(13);
    let mut beyond = 0;
    for _ in 0..RECORDS {
        let mut table = "date,stake,odds,result,market,book,tag,sport,league\n".to_owned();
        for place in 0..300 {
            let odds = [1.7, 2.2, 3.5][random.random_range(0..3)];
            let won = random.random::<f64>() < 1.0 / odds;
            let result = if won { "won" } else { "lost" };
            let [m, b, t, s, l] = std::array::from_fn(|_| random.random_range(0..4));
            let _ = writeln!(
                table,
                "{},10,{odds},{result},m{m},b{b},t{t},s{s},l{l}",
                day(place / 2)
            );
        }
        let found = assessed_quickly(&table);
        let by = found["by"].as_object().unwrap();
        let mut all: Vec<[f64; 2]> = by
            .values()
            .flat_map(|groups| groups.as_array().unwrap())
            .filter_map(|group| Some([group["p"].as_f64()?, group["p_adjusted"].as_f64()?]))
            .collect();
        all.sort_by(|one, other| one[0].total_cmp(&other[0]));
        assert!((all[0][1] - (all.len() as f64 * all[0][0]).min(1.0)).abs() < 1e-12);
        beyond += usize::from(all[0][1] < 0.05);
    }
    assert!(beyond < 7, "{beyond}");
}

/// The interval of the yield on 30 days, one bet a day at odds that are fair.
#[test]
fn an_interval_that_is_given_covers_the_true_yield() {
    let mut random = ChaCha8Rng::seed_from_u64(14);
    for (odds, is_given) in [(2.0, true), (6.0, false), (15.0, false)] {
        let mut missed = 0;
        for _ in 0..RECORDS {
            let mut table = "date,stake,odds,result\n".to_owned();
            for place in 0..30 {
                let won = random.random::<f64>() < 1.0 / odds;
                let result = if won { "won" } else { "lost" };
                let _ = writeln!(table, "{},10,{odds},{result}", day(place));
            }
            let found = assessed_quickly(&table);
            let interval = &found["luck"]["yield"];
            assert_eq!(interval.is_object(), is_given, "{odds}: {interval}");
            if is_given {
                let [lower, upper] = ["lower", "upper"].map(|end| interval[end].as_f64().unwrap());
                missed += usize::from(lower > 0.0 || upper < 0.0);
            }
        }
        assert!(missed < 7, "{odds}: {missed}");
    }
}

/// The chance of ruin by the close over seeds varies as its standard error says.
#[test]
fn the_error_of_ruin_by_the_close_is_that_between_seeds() {
    let mut table = "date,stake,odds,result,closing_probability\n".to_owned();
    for place in 0..20 {
        let _ = writeln!(table, "{},1,2,won,0.5", day(place));
    }
    let of_seed = |seed: u32| {
        let seed = seed.to_string();
        let arguments = [
            "--bankroll",
            "140",
            "--stakes",
            "amounts",
            "--horizon",
            "40000",
            "--runs",
            "400",
            "--seed",
            &seed,
        ];
        let fate = assessed(&table, &arguments).0["ruin"]["by_close"].clone();
        ["ruin", "ruin_std_error"].map(|name| fate[name].as_f64().unwrap())
    };
    let found: Vec<[f64; 2]> = (1..=8).map(of_seed).collect();
    let mean = |at: usize| found.iter().map(|one| one[at]).sum::<f64>() / 8.0;
    let squares: f64 = found.iter().map(|one| (one[0] - mean(0)).powi(2)).sum();
    let between = (squares / 7.0).sqrt();
    assert!(between < 1.4 * mean(1), "{between} {}", mean(1));
}

/// A win that paid 30 at odds of 2 is none of the ends that these odds have.
#[test]
fn what_was_paid_otherwise_is_in_no_test_at_the_odds() {
    let table = "date,stake,odds,result,profit\n2024-01-01,10,2,won,30\n2024-01-02,10,2,won,10\n2024-01-03,10,2,lost,-10\n";
    let (found, said) = assessed(table, &[]);
    near(&found["profit"], 30.0);
    assert_eq!(found["at_odds"]["n"], 2);
    near(&found["at_odds"]["profit"]["observed"], 0.0);
    assert!(
        said.contains("paid otherwise than their odds say")
            && said.contains("in no test at their odds"),
        "{said}"
    );
}
