//! The README is true: its output is real, its tables are complete.

use std::fs;
use std::path::Path;

use crate::backtest::simbet;

fn readme() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap()
}

/// The commands of the README whose output stands below them, with that output.
fn shown() -> Vec<(String, String)> {
    let readme = readme();
    let parts = readme.split("<!-- output of: ").skip(1);
    parts
        .map(|part| {
            let (command, rest) = part
                .split_once(" -->\n```text\n")
                .expect("an output follows its command");
            (
                command.to_owned(),
                rest.split_once("```").unwrap().0.to_owned(),
            )
        })
        .collect()
}

/// Run with `UPDATE_README=1` to put the output of today into the README.
#[test]
fn the_output_shown_is_the_output_printed() {
    assert!(!shown().is_empty());
    for (command, output) in shown() {
        let run = simbet().args(command.split_whitespace()).assert().success();
        let printed = String::from_utf8(run.get_output().stdout.clone()).unwrap();
        if std::env::var_os("UPDATE_README").is_some() {
            let (old, new) = (
                format!("{command} -->\n```text\n{output}```"),
                format!("{command} -->\n```text\n{printed}```"),
            );
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
            fs::write(path, readme().replace(&old, &new)).unwrap();
        } else {
            assert_eq!(output, printed, "simbet {command}");
        }
    }
}

#[test]
fn the_columns_of_bets_are_all_there() {
    let table: Vec<String> = simbet::internals::schema::BET_COLUMNS
        .iter()
        .map(|column| format!("| `{}` | {} |", column.name, column.about))
        .collect();
    let table = format!("| column | holds |\n|---|---|\n{}\n", table.join("\n"));
    if std::env::var_os("UPDATE_README").is_some() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
        let marked = "<!-- columns of bets -->\n\n";
        let (before, after) = readme()
            .split_once(marked)
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .unwrap();
        let after = if after.starts_with("| column") {
            after.split_once("\n\n").unwrap().1.to_owned()
        } else {
            after
        };
        fs::write(path, format!("{before}{marked}{table}\n{after}")).unwrap();
    }
    assert!(
        readme().contains(&table),
        "the README's table of columns should be:\n{table}"
    );
}

#[test]
fn every_option_is_named() {
    let help = ["backtest", "simulate", "season", "sweep", "tune"].map(|command| {
        let help = simbet().args([command, "--help"]).assert().success();
        String::from_utf8(help.get_output().stdout.clone()).unwrap()
    });
    let help = help.concat();
    let options = help
        .split_whitespace()
        .filter(|word| word.starts_with("--"))
        .map(|word| {
            word.trim_end_matches(|c: char| !c.is_ascii_lowercase())
                .to_owned()
        });
    for option in
        options.filter(|option| option != "--help" && option != "--config" && option.len() > 3)
    {
        assert!(
            readme().contains(&format!("`{option}")) || readme().contains(&format!("{option} ")),
            "{option}"
        );
    }
}

#[test]
fn every_book_is_named() {
    for (_, code) in simbet::internals::source::table::columns::BOOKS {
        assert!(readme().contains(&format!("`{code}`")), "{code}");
    }
}

#[test]
fn every_figure_of_the_summary_is_explained() {
    let run = simbet()
        .args(["backtest", "datasets/epl.csv", "-q", "--format", "json"])
        .assert()
        .success();
    let summary: serde_json::Value = serde_json::from_slice(&run.get_output().stdout).unwrap();
    for name in summary.as_object().unwrap().keys() {
        assert!(readme().contains(&format!("`{name}`")), "{name}");
    }
}

/// The help says what the defaults are; they stand in the code once.
#[test]
fn the_help_states_the_defaults() {
    let help = simbet().args(["backtest", "--help"]).assert().success();
    let help = String::from_utf8(help.get_output().stdout.clone()).unwrap();
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    let model = simbet::ModelConfig::default();
    let strategy = simbet::StrategyConfig::default();
    let states = |option: &str, default: String| {
        let text = help
            .split(&format!(" {option} "))
            .nth(1)
            .unwrap_or_else(|| panic!("{option} is not in the help"));
        let text = text.split(" --").next().unwrap();
        assert!(
            text.contains(&format!("[default: {default}]")),
            "{option} should state {default}: {text}"
        );
    };
    states("--half-life", model.half_life.unwrap().to_string());
    states("--window", model.window.unwrap().to_string());
    states("--prior", model.prior.unwrap().to_string());
    states("--min-matches", model.min_matches.to_string());
    states("--refit-every", model.refit_every.to_string());
    states("--kelly-fraction", strategy.kelly_fraction.to_string());
    states("--book", strategy.books.to_string());
    states("--min-stake", strategy.min_stake.to_string());
    states("--round-stake", strategy.round_stake.to_string());
    states("--strategy", strategy.kind.code().to_owned());
}
