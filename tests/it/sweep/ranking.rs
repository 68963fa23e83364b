//! Ranks: of losers, of settings with a handful of bets, and of forecasts without bets.

use std::fmt::Write as _;
use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use super::{json, stdout};

/// Seventy days of one match each, with one price; `result` gives home and away goals of the day.
fn file(folder: &TempDir, odds: [f64; 3], result: impl Fn(usize) -> [u8; 2]) -> String {
    let mut text =
        "date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n".to_owned();
    for day in 0..70 {
        let [home, away] = result(day);
        let (month, date) = (1 + day / 28, 1 + day % 28);
        let (one, other) = (day % 4, 4 + day % 3);
        writeln!(
            text,
            "2024-{month:02}-{date:02},Team{one},Team{other},{home},{away},{},{},{}",
            odds[0], odds[1], odds[2]
        )
        .unwrap();
    }
    let path = folder.path().join("days.csv");
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn flat<'a>(file: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&[file, "--strategy", "flat", "--resamples", "50"], more].concat()
}

fn order(swept: &Value, axis: &str) -> Vec<String> {
    let ranked = swept["ranked"].as_array().unwrap().iter();
    ranked
        .map(|one| one["setting"][axis].as_str().unwrap().to_owned())
        .collect()
}

const SIDES: [&str; 2] = ["--grid", "selections=away,draw,home"];

#[test]
fn where_every_setting_loses_they_rank_by_yield() {
    let folder = tempfile::tempdir().unwrap();
    // home: 35 of 70 at 1.90, yield −5 %; draw: 14 of 70 at 4.50, −10 %, noisier; away: 21 of 70 at 3.00, −10 %
    let file = file(&folder, [1.90, 4.50, 3.00], |day| match day % 10 {
        0..5 => [1, 0],
        5 | 6 => [1, 1],
        _ => [0, 1],
    });
    let swept = json(&flat(&file, &SIDES));
    let yields: Vec<f64> = swept["ranked"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["summary"]["yield"].as_f64().unwrap())
        .collect();
    assert!(
        yields.is_sorted_by(|one, other| one >= other) && yields[0] < 0.0,
        "{yields:?}"
    );
    assert_eq!(order(&swept, "selections")[0], "home");
    let text = stdout(&flat(&file, &SIDES));
    assert!(text.contains("70 match days, ranked by yield"), "{text}");
    assert!(
        text.contains("Every setting lost, so they are ranked by yield."),
        "{text}"
    );
    assert!(
        text.contains("The first by yield, selections=home, lost: yield -5.00 %."),
        "{text}"
    );
    assert!(!text.contains("The best setting"), "{text}");
    // a figure that is no ratio of noise ranks as it was asked to
    let growth = stdout(&flat(
        &file,
        &[&SIDES[..], &["--rank-by", "growth"]].concat(),
    ));
    assert!(
        growth.contains("ranked by growth") && growth.contains("The first by growth"),
        "{growth}"
    );
    for by in ["growth", "yield", "drawdown"] {
        let text = stdout(&flat(&file, &[&SIDES[..], &["--rank-by", by]].concat()));
        assert!(text.contains("\nEvery setting lost.\n"), "{by}: {text}");
    }
    let idle = ["--grid", "min_odds=1,1000"];
    let text = stdout(&flat(&file, &[&SIDES[..], &idle].concat()));
    let said = "Every setting that bet lost, so they are ranked by yield.";
    assert!(text.contains(said), "{text}");
}

#[test]
fn the_tests_of_all_settings_are_not_said_of_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let file = file(&folder, [2.00, 4.50, 2.00], |day| {
        if day % 5 < 3 { [1, 0] } else { [0, 1] }
    });
    let text = stdout(&flat(&file, &SIDES));
    let said = "Over all 3 settings with returns of their own: if none had skill, the best would look as good as here in ";
    assert!(text.contains(said), "{text}");
    assert!(
        text.contains("; the deflated Sharpe ratio of the first is "),
        "{text}"
    );
    assert!(text.contains("p over all, Hansen's"), "{text}");
    let explained = "(50 % is noise); in ";
    assert!(text.contains(explained), "{text}");
}

#[test]
fn settings_that_all_bet_on_few_days_are_too_few_for_what_ranks_them() {
    let folder = tempfile::tempdir().unwrap();
    let file = file(&folder, [1.90, 4.50, 3.00], |day| match day % 10 {
        0..5 => [1, 0],
        5 | 6 => [1, 1],
        _ => [0, 1],
    });
    // a day of two prices, so that one setting alone has few days
    let text = fs::read_to_string(&file).unwrap();
    let rows = text.lines().enumerate().map(|(row, line)| match row {
        10..20 => line.replace(",4.5,", ",5,") + "\n",
        _ => line.to_owned() + "\n",
    });
    fs::write(&file, rows.collect::<String>()).unwrap();
    let more = [
        "--grid",
        "selections=away,draw",
        "--grid",
        "min_odds=1,5",
        "--stake",
        "10",
    ];
    let text = stdout(&flat(&file, &more));
    assert!(!text.contains("ranked by Sharpe ratio"), "{text}");
    let said = "1 setting bet on fewer than 30 match days, too few to rank by yield, and comes after the others.";
    assert!(text.contains(said), "{text}");
}

#[test]
fn a_sweep_without_bets_names_the_filters() {
    let folder = tempfile::tempdir().unwrap();
    let file = file(&folder, [1.90, 4.50, 3.00], |_| [1, 0]);
    let said = super::said(&flat(&file, &["--grid", "min_odds=100,200"]));
    assert!(
        said.contains("no price passed the filters, such as --min-ev"),
        "{said}"
    );
    let grid = ["--grid", "min_stake=500,600"];
    let said = super::said(&flat(&file, &grid));
    assert!(
        said.contains("every stake was refused, see --min-stake"),
        "{said}"
    );
}

#[test]
fn losers_follow_winners_by_yield() {
    let folder = tempfile::tempdir().unwrap();
    // home wins money; the draw never comes; away loses a fifth
    let file = file(&folder, [2.00, 4.50, 2.00], |day| {
        if day % 5 < 3 { [1, 0] } else { [0, 1] }
    });
    let swept = json(&flat(&file, &SIDES));
    assert_eq!(order(&swept, "selections"), ["home", "away", "draw"]);
    let text = stdout(&flat(&file, &SIDES));
    assert!(
        text.contains("ranked by Sharpe ratio") && !text.contains("Every setting lost"),
        "{text}"
    );
}

#[test]
fn a_lucky_bet_is_not_ranked_above_many() {
    let folder = tempfile::tempdir().unwrap();
    let file = file(&folder, [2.00, 4.50, 3.00], |day| match day {
        60 => [1, 1],
        day if day % 5 < 3 => [1, 0],
        _ => [0, 1],
    });
    // from the 29th of February on there are 13 days; one of them a draw
    let text = fs::read_to_string(&file).unwrap();
    let text = text.replace(
        "2024-03-05,Team0,Team4,1,1,2,4.5,3",
        "2024-03-05,Team0,Team4,1,1,2,40,3",
    );
    assert!(text.contains(",40,"), "{text}");
    fs::write(&file, text).unwrap();
    for by in ["sharpe", "yield"] {
        let more = [
            "--grid",
            "selections=home,draw",
            "--grid",
            "min_odds=1,20",
            "--rank-by",
            by,
        ];
        let swept = json(&flat(&file, &more));
        let first = &swept["ranked"][0];
        assert_eq!(first["setting"]["selections"], "home", "{by}");
        assert_eq!(first["setting"]["min_odds"], "1", "{by}");
        let text = stdout(&flat(&file, &more));
        let said = "1 setting bet on fewer than 30 match days, too few to rank by";
        assert!(text.contains(said), "{by}: {text}");
    }
}

#[test]
fn a_first_setting_of_few_days_is_not_judged() {
    let folder = tempfile::tempdir().unwrap();
    let file = file(&folder, [2.00, 4.50, 3.00], |_| [1, 0]);
    let text = stdout(&flat(
        &file,
        &["--grid", "selections=home,draw", "--to", "2024-01-20"],
    ));
    let said = "The first by Sharpe ratio, selections=home, made 20 bets on 20 match days: too few to tell skill from luck.";
    let other = "The first by yield";
    assert!(text.contains(said) || text.contains(other), "{text}");
    assert!(!text.contains("luck is a poor explanation"), "{text}");
}

#[test]
fn forecasts_rank_whether_or_not_they_bet() {
    let folder = tempfile::tempdir().unwrap();
    let file = file(&folder, [1.90, 3.60, 4.20], |day| match day % 10 {
        0..5 => [2, 0],
        5 | 6 => [1, 1],
        _ => [0, 1],
    });
    let grid = [
        &file,
        "--model",
        "poisson",
        "--strategy",
        "ev",
        "--resamples",
        "50",
        "--grid",
        "half_life=5,500",
        "--grid",
        "min_odds=1,1000",
        "--rank-by",
        "log-loss",
    ];
    let swept = json(&grid);
    let ranked = swept["ranked"].as_array().unwrap();
    let losses: Vec<f64> = ranked
        .iter()
        .map(|one| one["summary"]["model"]["log_loss"].as_f64().unwrap())
        .collect();
    assert!(losses.is_sorted() && losses[0] < losses[3], "{losses:?}");
    // the settings that may not bet stand beside those with the same forecasts
    assert_eq!(losses[0].to_bits(), losses[1].to_bits());
    assert!(ranked[..2].iter().any(|one| one["summary"]["bets"] == 0));
    let text = stdout(&grid);
    assert!(
        text.contains("The lowest log loss is that of half_life="),
        "{text}"
    );
    assert!(text.contains("(market "), "{text}");
}

#[test]
fn what_no_setting_can_have_ranks_none() {
    let folder = tempfile::tempdir().unwrap();
    let file = file(&folder, [1.90, 3.60, 4.20], |_| [1, 0]);
    let asked = |more: &[&'static str]| -> Vec<String> {
        let arguments = [&["sweep"], &flat(&file, &SIDES)[..], more].concat();
        arguments.into_iter().map(str::to_owned).collect()
    };
    for (more, word) in [
        (
            &["--rank-by", "log-loss"][..],
            "no setting of this grid has a model",
        ),
        (
            &["--rank-by", "clv", "--price", "close"],
            "every bet is placed at these",
        ),
        (&["--top", "0"], "--top must be at least 1"),
    ] {
        let arguments = asked(more);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        crate::backtest::fails(&arguments, 2, &[word]);
    }
}

#[test]
fn without_the_figure_nothing_is_ranked_nor_held_out() {
    let folder = tempfile::tempdir().unwrap();
    // a price and no closing one
    let file = file(&folder, [1.90, 3.60, 4.20], |_| [1, 0]);
    let more = ["--rank-by", "clv", "--hold-out", "2024-03-01"];
    let arguments = flat(&file, &[&SIDES[..], &more].concat());
    let text = stdout(&arguments);
    for said in [
        "in the order of the grid: none has a closing-line value",
        "No setting has a closing-line value, so none was chosen and the hold-out was not looked at.",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(
        !text.contains("The first by") && !text.contains("The best"),
        "{text}"
    );
    assert!(json(&arguments)["hold_out"].is_null());
}

#[test]
fn json_says_what_the_first_settings_are_ranked_by() {
    let folder = tempfile::tempdir().unwrap();
    let losing = file(&folder, [1.90, 4.50, 3.00], |day| match day % 10 {
        0..5 => [1, 0],
        5 | 6 => [1, 1],
        _ => [0, 1],
    });
    let swept = json(&flat(&losing, &SIDES));
    assert_eq!(
        (&swept["rank_by"], &swept["ranked_by"]),
        (&"sharpe".into(), &"yield".into())
    );
    let winning = file(&folder, [3.0, 3.0, 3.0], |day| [u8::from(day % 2 == 0), 0]);
    let swept = json(&flat(&winning, &SIDES));
    assert_eq!(swept["ranked_by"], "sharpe");
}

#[test]
fn of_few_match_days_no_p_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let file = file(&folder, [2.10, 3.60, 4.20], |day| {
        [u8::from(day % 2 == 0), 0]
    });
    let until = |day: &str, format: &str| {
        let arguments = flat(&file, &["--grid", "selections=home,draw", "--to", day]);
        stdout(&[&arguments[..], &["--format", format]].concat())
    };
    let swept: Value = serde_json::from_str(&until("2024-01-28", "json")).unwrap();
    assert_eq!(swept["selection"]["days"], 28);
    assert!(swept["selection"]["spa"].is_null() && swept["selection"]["reality_check"].is_null());
    let swept: Value = serde_json::from_str(&until("2024-02-02", "json")).unwrap();
    assert_eq!(swept["selection"]["days"], 30);
    assert!(swept["selection"]["spa"]["p"].is_number());
    let length = swept["selection"]["block_length"].as_f64().unwrap();
    assert!((length.powi(3) - 30.0).abs() < 1e-9, "{length}");
    let text = until("2024-01-28", "table");
    assert!(text.contains("needs 30 match days"), "{text}");
    // one match day: the settings bet, and no return can differ from another
    let text = until("2024-01-01", "table");
    assert!(text.contains("settings need two match days"), "{text}");
    assert!(!text.contains("no setting bet"), "{text}");
}

#[test]
fn settings_that_make_the_same_bets_are_one_trial() {
    let folder = tempfile::tempdir().unwrap();
    let file = file(&folder, [2.10, 3.60, 4.20], |day| {
        [u8::from(day % 3 == 0), 0]
    });
    // every home price is 2.10
    let same = ["--grid", "min_odds=1.5,2", "--selections", "home"];
    let swept = json(&flat(&file, &same));
    assert_eq!(swept["selection"]["trials"], 1);
    assert_eq!(swept["selection"]["reality_check"]["settings"], 1);
    assert!(swept["selection"]["overfitting"].is_null());
    let text = stdout(&flat(&file, &same));
    assert!(
        text.contains("settings with returns of their own, of 2 that bet"),
        "{text}"
    );
    let other = ["--grid", "min_odds=1.5,2", "--grid", "selections=home,draw"];
    assert_eq!(json(&flat(&file, &other))["selection"]["trials"], 2);
}

#[test]
fn the_best_forecasts_are_scored_over_the_hold_out_without_bets() {
    let folder = tempfile::tempdir().unwrap();
    let file = file(&folder, [1.90, 3.60, 4.20], |day| {
        if day % 2 == 0 { [1, 0] } else { [0, 0] }
    });
    let text = stdout(&[
        &file,
        "--model",
        "poisson",
        "--strategy",
        "ev",
        "--min-odds",
        "1000",
        "--grid",
        "half_life=5,500",
        "--rank-by",
        "log-loss",
        "--hold-out",
        "2024-03-01",
    ]);
    assert!(
        text.contains("it made no bets, log loss ") && text.contains("(market "),
        "{text}"
    );
}
