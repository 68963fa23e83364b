//! What helps to set simbet up: the list of subcommands, the manual, completions, a file of settings, and what is in force.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::backtest::{fails, simbet};

const EPL: &str = "datasets/epl.csv";

fn prints(arguments: &[&str]) -> String {
    let output = simbet().args(arguments).assert().success();
    String::from_utf8(output.get_output().stdout.clone()).unwrap()
}

/// What `simbet config` prints of a setting: its value, its source, and where that is.
fn in_force(arguments: &[&str], environment: &[(&str, &str)], setting: &str) -> [Value; 3] {
    let mut command = simbet();
    command.args(["config", "--format", "json"]).args(arguments);
    command.envs(environment.iter().copied());
    let output = command.assert().success();
    let report: Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
    let rows = report["settings"].as_array().unwrap();
    let row = rows.iter().find(|row| row["setting"] == setting).unwrap();
    ["value", "source", "from"].map(|member| row[member].clone())
}

#[test]
fn help_lists_subcommands_in_groups_below_what_to_try_first() {
    let help = prints(&["--help"]);
    let place = |text: &str| help.find(text).unwrap_or_else(|| panic!("{text}: {help}"));
    let order = [
        "Begin with:\n  simbet backtest E0.csv",
        "Usage: simbet",
        "Backtest and forecast:\n  backtest",
        "\n\nJudge:\n  assess",
        "\n\nSimulate:\n  simulate",
        "\n\nStream and serve:\n  publish",
        "\n\nData:\n  inspect",
        "\n\nHelp and setup:\n  init",
        "\n\nOptions:",
        "Exit codes:",
    ];
    assert!(order.map(place).is_sorted(), "{help}");
    assert!(!help.contains('\u{1b}') && !help.contains("backtest-worker"));
    for same in [&["-h"][..], &["help"]] {
        assert!(prints(same).contains("\n\nJudge:\n  assess"));
    }
    let bare = simbet().assert().code(2);
    let bare = String::from_utf8_lossy(&bare.get_output().stderr).into_owned();
    assert!(bare.contains("\n\nJudge:\n  assess"), "{bare}");
}

#[test]
fn a_wrong_subcommand_is_named_with_the_one_that_was_meant() {
    fails(
        &["backtst"],
        2,
        &["unrecognized subcommand 'backtst'", "'backtest'"],
    );
    let said = simbet().arg("bactest").assert().code(2);
    let said = String::from_utf8_lossy(&said.get_output().stderr).into_owned();
    assert!(
        said.contains("'backtest'") && !said.contains("worker"),
        "{said}"
    );
    for file in ["datasets/epl.csv", "nowhere.xlsx"] {
        fails(&[file], 2, &[&format!("tip: simbet backtest {file}")]);
    }
    fails(
        &["man", "backtst"],
        2,
        &["no subcommand \"backtst\"", "backtest, predict"],
    );
}

#[test]
fn every_subcommand_has_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man/man1");
    let output = ["man", "--output", pages.to_str().unwrap()];
    simbet().args(output).assert().success();
    let main = fs::read_to_string(pages.join("simbet.1")).unwrap();
    let mut names: Vec<String> = fs::read_dir(&pages)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    for name in &names {
        let text = fs::read_to_string(pages.join(name)).unwrap();
        let title = name.trim_end_matches(".1");
        assert!(text.contains(&format!(".TH {title} 1")), "{name}");
        assert!(
            name == "simbet.1" || main.contains(&title.replace('-', "\\-")),
            "{name}"
        );
    }
    assert!(names.iter().any(|name| name == "simbet-compare-models.1"));
    assert!(!names.iter().any(|name| name.contains("worker")));
    let page = prints(&["man", "backtest"]);
    assert_eq!(
        page,
        fs::read_to_string(pages.join("simbet-backtest.1")).unwrap()
    );
    assert!(page.contains("half\\-life"));
    // again, which replaces its own pages and nothing else
    simbet().args(output).assert().success();
    fs::write(pages.join("simbet.1"), "notes\n").unwrap();
    fails(&output, 2, &["simbet.1", "another kind of file"]);
}

#[test]
fn every_shell_has_completions() {
    for (shell, mark) in [
        ("bash", "complete -F _simbet"),
        ("elvish", "set edit:completion:arg-completer[simbet]"),
        ("fish", "complete -c simbet"),
        ("powershell", "Register-ArgumentCompleter"),
        ("zsh", "#compdef simbet"),
    ] {
        let script = prints(&["completions", shell]);
        assert!(script.contains(mark), "{shell}");
        assert!(script.contains("half-life") && script.contains("compare-models"));
    }
}

#[test]
fn a_new_file_of_settings_changes_nothing_and_replaces_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("simbet.toml");
    let file = path.to_str().unwrap();
    simbet()
        .current_dir(folder.path())
        .arg("init")
        .assert()
        .success();
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(prints(&["init", "--output", "-"]), text);
    let bare = simbet().args(["backtest", EPL]).assert().success();
    let with = ["backtest", EPL, "--config", file];
    let with = simbet().args(with).assert().success();
    assert_eq!(with.get_output(), bare.get_output());
    fs::write(&path, "bankroll = 5\n").unwrap();
    fails(&["init", "-o", file], 2, &["is there already", "--output"]);
    assert_eq!(fs::read_to_string(&path).unwrap(), "bankroll = 5\n");
    let deeper = folder.path().join("a/b.toml");
    let output = ["init", "--output", deeper.to_str().unwrap()];
    simbet().args(output).assert().success();
    assert_eq!(fs::read_to_string(&deeper).unwrap(), text);
}

#[test]
fn a_setting_in_force_is_of_the_flag_before_the_environment_before_the_file_before_the_default() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.toml");
    fs::write(&path, "bankroll = 500\nmax_odds = 5\n").unwrap();
    let file = path.to_str().unwrap();
    let environment = [("INITIAL_BANKROLL", "700")];
    let found = |flags: &[&str], environment: &[(&str, &str)], setting: &str| {
        in_force(flags, environment, setting).map(|value| value.to_string())
    };
    let with = ["--config", file];
    assert_eq!(
        found(&[], &[], "bankroll"),
        ["10000.0", "\"default\"", "null"]
    );
    assert_eq!(found(&[], &[], "max_odds"), ["null", "null", "null"]);
    let of_file = format!("\"{file}\"");
    assert_eq!(
        found(&with, &[], "bankroll"),
        ["500.0", "\"file\"", &of_file]
    );
    let of_environment = ["700.0", "\"environment\"", "\"INITIAL_BANKROLL\""];
    assert_eq!(found(&with, &environment, "bankroll"), of_environment);
    let flags = [&with[..], &["--bankroll", "900"]].concat();
    assert_eq!(
        found(&flags, &environment, "bankroll"),
        ["900.0", "\"flag\"", "\"--bankroll\""]
    );
}

#[test]
fn what_is_in_force_is_what_a_run_records() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let flags = ["--strategy", "kelly", "--half-life", "90"];
    let run = [
        &["backtest", EPL, "-q", "--out", out.to_str().unwrap()][..],
        &flags,
    ]
    .concat();
    simbet().args(run).assert().success();
    let run: Value = serde_json::from_slice(&fs::read(out.join("run.json")).unwrap()).unwrap();
    let value = |setting: &str| in_force(&flags, &[], setting)[0].clone();
    assert_eq!(run["config"]["model"]["half_life"], value("half_life"));
    assert_eq!(run["config"]["strategy"]["min_edge"], value("min_edge"));
    assert_eq!(run["config"]["strategy"]["max_stake"], value("max_stake"));
    assert_eq!(
        run["config"]["strategy"]["kelly_fraction"],
        value("kelly_fraction")
    );
}

#[test]
fn what_nothing_looks_at_is_not_in_force() {
    let text = prints(&["config"]);
    let (table, last) = text.split_once("– is not set.").unwrap();
    assert!(
        table.contains("half_life") && !table.contains("kelly_fraction"),
        "{text}"
    );
    assert!(last.contains("kelly_fraction"), "{text}");
    let csv = prints(&["config", "--format", "csv"]);
    assert!(
        csv.starts_with("setting,value,from\nmodel,dixon-coles,default\n"),
        "{csv}"
    );
    fails(
        &["config", "--kelly-fraction", "0.5"],
        2,
        &["--kelly-fraction has no effect"],
    );
    fails(
        &["config", "--config", "nowhere.toml"],
        2,
        &["nowhere.toml"],
    );
}

#[test]
fn the_example_settings_are_among_those_of_a_new_file() {
    let example = fs::read_to_string(Path::new("examples/simbet.toml")).unwrap();
    let new = prints(&["init", "--output", "-"]);
    for key in example.parse::<toml::Table>().unwrap().keys() {
        assert!(new.contains(&format!("\n#{key} = ")), "{key}");
    }
}
