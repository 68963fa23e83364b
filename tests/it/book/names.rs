//! Everything that has a name is explained.

use super::page;
use super::pages::book;
use crate::backtest::simbet;

const SUBCOMMANDS: [&str; 17] = [
    "assess",
    "backtest",
    "compare",
    "compare-models",
    "convert",
    "features",
    "fit",
    "inspect",
    "merge",
    "predict",
    "publish",
    "report",
    "season",
    "simulate",
    "sweep",
    "trade",
    "tune",
];

#[test]
fn the_columns_of_bets_are_those_of_the_schema() {
    let rows = simbet::internals::schema::BET_COLUMNS
        .iter()
        .map(|column| format!("| `{}` | {} |", column.name, column.about));
    let rows: Vec<String> = rows.collect();
    let table = format!("| column | holds |\n|---|---|\n{}", rows.join("\n"));
    super::generated("docs/src/reference/columns.md", "columns of bets", &table);
}

/// By the help as it is printed, which the page is not made from.
#[test]
fn every_option_is_named() {
    let page = page("docs/src/reference/options.md").text;
    let help = |arguments: &[&str]| {
        let help = simbet().args(arguments).assert().success();
        String::from_utf8(help.get_output().stdout.clone()).unwrap()
    };
    for command in SUBCOMMANDS {
        let help = help(&[command, "--help"]);
        let words = help
            .split_whitespace()
            .filter(|word| word.starts_with("--"));
        let options = words.map(|word| word.trim_end_matches(|c: char| !c.is_ascii_lowercase()));
        for option in options.filter(|option| option.len() > 3) {
            let forms = [
                format!("{option}`"),
                format!("{option} "),
                format!("{option}["),
                format!("{option}.."),
            ];
            assert!(
                forms.iter().any(|form| page.contains(form)),
                "{option} of {command}"
            );
        }
    }
}

#[test]
fn every_book_is_named() {
    let page = page("docs/src/formats.md").text;
    for (_, code) in simbet::internals::source::table::columns::BOOKS {
        assert!(page.contains(&format!("`{code}`")), "{code}");
    }
}

#[test]
fn every_figure_of_the_summary_is_explained() {
    let run = simbet()
        .args(["backtest", "datasets/epl.csv", "-q", "--format", "json"])
        .assert()
        .success();
    let summary: serde_json::Value = serde_json::from_slice(&run.get_output().stdout).unwrap();
    let page = page("docs/src/reference/summary.md").text;
    for name in summary.as_object().unwrap().keys() {
        assert!(page.contains(&format!("`{name}`")), "{name}");
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

#[test]
fn every_page_is_in_the_contents() {
    let contents = page("docs/src/SUMMARY.md").text;
    // what stands in a comment is not there
    let parts = contents.split("<!--");
    let contents: String = parts
        .map(|part| part.split_once("-->").map_or(part, |(_, rest)| rest))
        .collect();
    for page in super::pages::pages() {
        if let Some(name) = page
            .path
            .strip_prefix("docs/src/")
            .filter(|name| *name != "SUMMARY.md")
        {
            assert!(
                contents.contains(&format!("({name})")),
                "{name} is in no contents"
            );
        }
    }
    assert!(book().len() > 100_000);
}
