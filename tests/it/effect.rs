//! What is typed has an effect or is refused, is understood or answered with the right form, and overwrites nothing that is
//! read.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args as _;
use serde_json::Value;
use simbet::internals::config::Period;
use simbet::internals::schema::BetRecord;
use simbet::internals::sink::memory::Memory;
use simbet::{RunConfig, Settings, backtest, read_bytes};

use crate::backtest::{fails, simbet};

const EPL: &str = "datasets/epl.csv";

/// What a command says on stderr; it succeeds.
fn says(arguments: &[&str], environment: &[(&str, &str)]) -> String {
    let mut command = simbet();
    command.args(arguments).envs(environment.iter().copied());
    let output = command.assert().success();
    String::from_utf8_lossy(&output.get_output().stderr).into_owned()
}

fn summary(arguments: &[&str], environment: &[(&str, &str)]) -> Value {
    let mut command = simbet();
    command.args(arguments).envs(environment.iter().copied());
    let output = command.args(["-q", "--format", "json"]).assert().success();
    serde_json::from_slice(&output.get_output().stdout).unwrap()
}

/// Each is refused in a sentence that names the option.
fn refused(arguments: &[&str], option: &str) {
    let named = format!("error: {option} has no effect");
    fails(arguments, 2, &[&named]);
}

#[test]
fn a_setting_that_the_others_leave_idle_is_refused() {
    for (arguments, option) in [
        ("--kelly-fraction 0.5", "--kelly-fraction"),
        ("--strategy flat --kelly-fraction 0.5", "--kelly-fraction"),
        (
            "--strategy proportional --kelly-fraction 1",
            "--kelly-fraction",
        ),
        ("--strategy kelly --stake 0.02", "--stake"),
        ("--strategy kelly --stake 100", "--stake"),
        ("--strategy flat --multiple", "--multiple"),
        (
            "--strategy flat --model average --multiple=false",
            "--multiple",
        ),
        ("--strategy flat --half-life 100", "--half-life"),
        ("--strategy flat --window 100", "--window"),
        ("--strategy proportional --prior 0.1", "--prior"),
        ("--strategy flat --refit-every 3", "--refit-every"),
        ("--strategy flat --min-matches 3", "--min-matches"),
        ("--strategy flat --market-book ps", "--market-book"),
        ("--strategy flat --pool E0+E1", "--pool"),
        ("--model market --half-life 100", "--half-life"),
        ("--model market --min-matches 3", "--min-matches"),
        ("--model market --pool E0+E1", "--pool"),
        ("--model average --refit-every 5", "--refit-every"),
        ("--pool E0", "--pool"),
        ("--profile empirical", "--profile"),
    ] {
        let typed: Vec<&str> = arguments.split(' ').collect();
        refused(&[&["backtest", EPL][..], &typed].concat(), option);
    }
}

#[test]
fn what_no_file_has_is_refused() {
    for (arguments, option) in [
        (
            "backtest datasets/epl.csv --model average --pool X+Y",
            "--pool",
        ),
        (
            "backtest datasets/epl.csv --model average --pool E0+E1",
            "--pool",
        ),
        (
            "backtest datasets/epl.csv --strategy flat --league Foo",
            "--league",
        ),
        (
            "backtest datasets/epl.csv --model market --market-book xx",
            "--market-book",
        ),
        ("fit datasets/epl.csv --pool E0+E5", "--pool"),
    ] {
        refused(&arguments.split(' ').collect::<Vec<_>>(), option);
    }
    let folder = tempfile::tempdir().unwrap();
    let path = file(
        folder.path(),
        "settings.toml",
        "strategy = 'flat'\nleague = 'Foo'",
    );
    let said = says(&["backtest", EPL, "--config", path.to_str().unwrap()], &[]);
    assert!(said.contains("warning: league has no effect"), "{said}");
}

#[test]
fn a_command_refuses_what_it_does_not_look_at() {
    for (arguments, option) in [
        ("fit datasets/epl.csv --bankroll 5", "--bankroll"),
        ("fit datasets/epl.csv --from 2024-01-01", "--from"),
        ("fit datasets/epl.csv --min-matches 3", "--min-matches"),
        ("season datasets/epl.csv --min-odds 2", "--min-odds"),
        (
            "season datasets/epl.csv --margin-method power",
            "--margin-method",
        ),
        (
            "convert datasets/epl.csv -o /nowhere/x.csv --from 2024-01-01",
            "--from",
        ),
        (
            "convert datasets/epl.csv -o /nowhere/x.csv --selections home",
            "--selections",
        ),
        ("inspect datasets/epl.csv --book ps", "--book"),
        ("inspect datasets/epl.csv --model poisson", "--model"),
        ("publish datasets/epl.csv --strategy flat", "--strategy"),
        ("publish --matches 20 --date-order dmy", "--date-order"),
        ("publish --matches 20 --profile uniform", "--profile"),
        ("trade - --price close", "--price"),
        ("trade - --league E0", "--league"),
        ("trade datasets/README.md --linger 70", "--linger"),
        ("simulate --matches 20 --league E0", "--league"),
        ("simulate --matches 20 --market-book ps", "--market-book"),
        ("simulate --matches 20 --profile uniform", "--profile"),
        ("simulate --matches 20 --precision 0.01", "--precision"),
        ("simulate --matches 20 --ruin 0.2", "--ruin"),
        (
            "simulate --matches 20 --runs 2 --plot x.svg --chart profit",
            "--chart",
        ),
        (
            "simulate --matches 20 --strategies ev,flat --kelly-fraction 0.5",
            "--kelly-fraction",
        ),
        (
            "simulate --matches 20 --model truth --half-life 5",
            "--half-life",
        ),
        (
            "sweep datasets/epl.csv --strategy flat --grid min_odds=2 --top 3",
            "--top",
        ),
        (
            "sweep datasets/epl.csv --strategy flat --half-life 9 --grid min_odds=2,3",
            "--half-life",
        ),
        ("compare a b --all --format json", "--all"),
        ("report a --output - --format json", "--format"),
    ] {
        refused(&arguments.split(' ').collect::<Vec<_>>(), option);
    }
}

#[test]
fn an_option_that_only_another_gives_sense_needs_it() {
    let parquet = ["--bets-format", "csv"];
    fails(&[&["backtest", EPL][..], &parquet].concat(), 2, &["--out"]);
    fails(&["backtest", EPL, "--chart", "profit"], 2, &["--plot"]);
    let update = [
        "--baseline",
        "b",
        "--update-baseline",
        "--fail-on",
        "metrics",
    ];
    fails(
        &[&["backtest", EPL][..], &update].concat(),
        2,
        &["--fail-on"],
    );
}

#[test]
fn an_axis_without_effect_is_refused_and_one_with_some_is_run_once() {
    let sweep = |grid: &str, strategies: &str| {
        let arguments = ["sweep", EPL, "--grid", grid, "--strategies", strategies];
        arguments.map(str::to_owned)
    };
    let arguments = sweep("kelly_fraction=0.25,0.5", "flat,proportional");
    let arguments = arguments.each_ref().map(String::as_str);
    fails(
        &arguments,
        2,
        &["kelly_fraction has no effect in this grid"],
    );
    let arguments = sweep("kelly_fraction=0.25,0.5", "kelly,flat");
    let mut arguments = arguments.each_ref().map(String::as_str).to_vec();
    arguments.extend(["--model", "market"]);
    let swept = summary(&arguments, &[]);
    assert_eq!(swept["ranked"].as_array().unwrap().len(), 3);
}

#[test]
fn settings_that_differ_in_nothing_that_has_an_effect_are_run_once() {
    for (flags, grid) in [
        ("model = 'market'", "half_life=100,200"),
        ("model = 'average'", "refit_every=1,2"),
        ("model = 'average'", "prior=0.2,0.3"),
        ("strategy = 'flat'", "min_matches=1,2"),
        ("strategy = 'flat'", "market_book=ps,b365"),
        ("strategy = 'flat'", "multiple=true,false"),
        ("", "pool=E0,E1"),
    ] {
        use simbet::internals::config::Grid;
        let grid = Grid::new(
            vec!["min_odds=1.5,2".parse().unwrap(), grid.parse().unwrap()],
            &[],
        );
        let flags = Settings::from_toml(flags).unwrap();
        match grid.unwrap().resolve(&flags, &RunConfig::resolve) {
            Ok(points) => assert_eq!((points.points.len(), points.repeated), (2, 2)),
            Err(error) => assert!(error.to_string().contains("has no effect"), "{error}"),
        }
    }
}

fn file(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path
}

#[test]
fn a_file_is_warned_of_once_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let text = "strategy = 'flat'\nkelly_fraction = 0.5\nhalf_life = 100\nwindow = 900";
    let path = file(folder.path(), "settings.toml", text);
    let arguments = ["backtest", EPL, "--config", path.to_str().unwrap()];
    let said = says(&arguments, &[]);
    let warnings: Vec<&str> = said
        .lines()
        .filter(|line| line.starts_with("warning"))
        .collect();
    assert_eq!(warnings.len(), 2, "{said}");
    assert!(said.contains("kelly_fraction has no effect"), "{said}");
    assert!(said.contains("half_life, window have no effect"), "{said}");
    assert_eq!(
        summary(&arguments, &[]),
        summary(&["backtest", EPL, "--strategy", "flat"], &[])
    );
    // what a flag overrides is not the file's any more
    refused(
        &[&arguments[..], &["--kelly-fraction", "1"]].concat(),
        "--kelly-fraction",
    );
}

#[test]
fn a_file_for_bets_serves_commands_that_place_none() {
    let folder = tempfile::tempdir().unwrap();
    let text = "strategy = 'kelly'\nbankroll = 50\nfrom = '2024-01-01'";
    let path = file(folder.path(), "settings.toml", text);
    let said = says(&["inspect", EPL, "--config", path.to_str().unwrap()], &[]);
    assert!(
        said.contains("bankroll, from, strategy have no effect"),
        "{said}"
    );
    assert_eq!(said.matches("warning").count(), 1, "{said}");
}

#[test]
fn the_environment_is_said_to_be_used_overridden_or_idle() {
    let backtest = ["backtest", EPL, "--model", "market", "--strategy"];
    let edge = [("MIN_EDGE", "0.1")];
    let said = says(&[&backtest[..], &["kelly"]].concat(), &edge);
    assert!(
        said.contains("note: MIN_EDGE=0.1 of the environment is used as --min-edge"),
        "{said}"
    );
    let said = says(
        &[&backtest[..], &["kelly", "--min-edge", "0.02"]].concat(),
        &edge,
    );
    assert!(
        said.contains("is not used: --min-edge overrides it"),
        "{said}"
    );
    let said = says(&[&backtest[..], &["flat"]].concat(), &edge);
    assert!(
        said.contains("warning: MIN_EDGE=0.1 of the environment has no effect"),
        "{said}"
    );
    let both = [
        ("INITIAL_BANKROLL", "£1,000"),
        ("MAX_STAKE_PERCENTAGE", "2%"),
    ];
    let said = says(&[&backtest[..], &["flat"]].concat(), &both);
    assert!(
        said.contains("INITIAL_BANKROLL=£1,000 of the environment is used as --bankroll"),
        "{said}"
    );
    assert!(
        said.contains("MAX_STAKE_PERCENTAGE=2% of the environment is used as --max-stake"),
        "{said}"
    );
    let said = says(&["inspect", EPL], &both);
    assert!(!said.contains("environment"), "{said}");
}

#[test]
fn the_environment_is_recorded_where_it_was_used() {
    let run = |arguments: &[&str], environment: &[(&str, &str)]| -> Value {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        says(
            &[arguments, &["--out", out.to_str().unwrap()]].concat(),
            environment,
        );
        serde_json::from_str(&fs::read_to_string(out.join("run.json")).unwrap()).unwrap()
    };
    let environment = [("MIN_EDGE", "5%"), ("INITIAL_BANKROLL", "700")];
    let market = ["backtest", EPL, "--model", "market"];
    let recorded = run(&market, &environment);
    assert_eq!(
        recorded["environment"],
        serde_json::json!({ "MIN_EDGE": "5%", "INITIAL_BANKROLL": "700" })
    );
    assert_eq!(recorded["config"]["strategy"]["min_edge"], 0.05);
    let recorded = run(
        &[&market[..], &["--bankroll", "9"]].concat(),
        &environment[1..],
    );
    assert!(recorded.get("environment").is_none());
    let simulate = [
        "simulate",
        "--matches",
        "20",
        "--runs",
        "2",
        "--strategy",
        "flat",
    ];
    let recorded = run(&simulate, &environment);
    assert_eq!(
        recorded["environment"],
        serde_json::json!({ "INITIAL_BANKROLL": "700" })
    );
    let sweep = ["sweep", EPL, "--strategy", "flat", "--grid", "bankroll=5,6"];
    assert!(run(&sweep, &environment).get("environment").is_none());
}

#[test]
fn results_are_not_written_among_matches() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir(root.join("data")).unwrap();
    fs::copy(EPL, root.join("data/epl.csv")).unwrap();
    let before = fs::read(root.join("data/epl.csv")).unwrap();
    for (input, out) in [
        ("data/epl.csv", "data"),
        ("data", "data"),
        ("data", "data/../data"),
        ("data/*.csv", "data/"),
        (".", "data"),
        ("data/epl.csv", "./data"),
    ] {
        for command in [
            &["backtest"][..],
            &["season"],
            &["sweep", "--grid", "min_odds=2,3", "--strategy", "flat"],
            &["simulate", "--from"],
        ] {
            let mut arguments = command.to_vec();
            arguments.extend([input, "--out", out]);
            let output = simbet().current_dir(root).args(&arguments).assert().code(2);
            let said = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
            assert!(
                said.contains("name another folder"),
                "{arguments:?}: {said}"
            );
        }
    }
    assert_eq!(fs::read_dir(root.join("data")).unwrap().count(), 1);
    assert_eq!(fs::read(root.join("data/epl.csv")).unwrap(), before);
    // a folder of its own inside is not read as matches, and one beside is another
    for out in ["data/results", "results"] {
        let run = ["backtest", "data", "--strategy", "flat", "--out", out];
        simbet().current_dir(root).args(run).assert().success();
    }
}

#[test]
fn no_file_that_is_read_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir(root.join("data")).unwrap();
    fs::copy(EPL, root.join("data/epl.csv")).unwrap();
    fs::write(root.join("events.ndjson"), "{}\n").unwrap();
    let before = fs::read(root.join("data/epl.csv")).unwrap();
    for (arguments, option) in [
        ("convert data/epl.csv -o data/epl.csv", "--output"),
        ("convert data -o data/epl.csv", "--output"),
        ("convert data -o data/all.csv", "--output"),
        ("simulate --emit data/epl.csv --from data/epl.csv", "--emit"),
        ("simulate --emit data/new.csv --from data", "--emit"),
        ("trade events.ndjson --dead events.ndjson", "--dead"),
        (
            "trade events.ndjson --dead data/epl.csv --history data",
            "--dead",
        ),
        (
            "backtest data/epl.csv --baseline data/epl.csv --update-baseline",
            "--baseline",
        ),
    ] {
        let mut command = simbet();
        command.current_dir(root).args(arguments.split(' '));
        let output = command.assert().code(2);
        let said = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
        assert!(said.contains(option), "{arguments}: {said}");
    }
    assert_eq!(fs::read(root.join("data/epl.csv")).unwrap(), before);
    assert_eq!(fs::read(root.join("events.ndjson")).unwrap(), b"{}\n");
    assert_eq!(fs::read_dir(root.join("data")).unwrap().count(), 1);
}

#[test]
fn forms_that_people_use_are_one_setting() {
    let market = ["backtest", EPL, "--model", "market"];
    let run = |flags: &str| {
        let flags: Vec<&str> = flags.split_whitespace().collect();
        summary(&[&market[..], &flags].concat(), &[])
    };
    for (one, other) in [
        (
            "--min-ev 5% --bankroll £1,000",
            "--min-ev 0.05 --bankroll 1000",
        ),
        (
            "--bankroll 1.000,00 --stake 2%",
            "--bankroll 1000 --stake 0.02",
        ),
        (
            "--strategy flat --stake £10 --bankroll 1_000",
            "--strategy flat --stake 10 --bankroll 1000",
        ),
        (
            "--strategy kelly --kelly-fraction 1/4 --max-stake 5%",
            "--strategy kelly --kelly-fraction 0.25 --max-stake 0.05",
        ),
        (
            "--min-odds 5/2 --max-odds +500",
            "--min-odds 3.5 --max-odds 6",
        ),
        (
            "--from 13/01/2024 --to 2024/5/1",
            "--from 2024-01-13 --to 2024-05-01",
        ),
    ] {
        assert_eq!(run(one), run(other), "{one}");
    }
}

#[test]
fn a_form_in_doubt_is_answered_with_the_right_one() {
    for (arguments, option, form) in [
        ("--max-stake 5", "max_stake", "write 5% or 0.05"),
        ("--stake 5", "stake", "write 5% or 0.05"),
        ("--stop-drawdown 20", "stop_drawdown", "write 20% or 0.2"),
        ("--min-prob 40", "min_prob", "write 40% or 0.4"),
        ("--min-edge 3", "min_edge", "write 3% or 0.03"),
        (
            "--strategy kelly --kelly-fraction 25",
            "kelly_fraction",
            "write 25% or 0.25",
        ),
        ("--strategy flat --stake 5%", "--stake", "amount"),
        ("--stake £5", "--stake", "share"),
        ("--bankroll 5%", "--bankroll", "which is a share"),
        ("--bankroll 1.000", "--bankroll", "1000 or 1"),
        ("--bankroll lots", "--bankroll", "1,000.50"),
        ("--min-ev five", "--min-ev", "0.05 or 5%"),
        ("--min-odds +50", "--min-odds", "5/2, +250"),
        ("--half-life year", "--half-life", "a number such as 330"),
        (
            "--from 01/08/2023",
            "--from",
            "write 2023-08-01 (or 2023-01-08)",
        ),
        ("--to 13/08/23", "--to", "write 2023-08-13"),
    ] {
        let typed: Vec<&str> = arguments.split(' ').collect();
        fails(
            &[&["backtest", EPL][..], &typed].concat(),
            2,
            &[option, form],
        );
    }
    let season = ["season", EPL, "--as-of", "01/02/2024"];
    fails(&season, 2, &["--as-of", "write 2024-02-01 (or 2024-01-02)"]);
    let ruin = ["simulate", "--runs", "2", "--ruin", "20"];
    fails(&ruin, 2, &["--ruin", "write 20% or 0.2"]);
}

#[test]
fn a_file_may_write_numbers_as_texts() {
    let [typed, plain] = [
        "min_ev = '5%'\nbankroll = '£1,000'\nstake = '2%'\nmax_odds = '5/2'\nfrom = 2024-01-13",
        "min_ev = 0.05\nbankroll = 1000\nstake = 0.02\nmax_odds = 3.5\nfrom = '2024-01-13'",
    ]
    .map(|toml| RunConfig::resolve(&Settings::from_toml(toml).unwrap()).unwrap());
    assert_eq!(typed, plain);
    for (toml, form) in [
        ("min_ev = 'five'", "0.05 or 5%"),
        ("bankroll = 'lots'", "1,000.50"),
        ("from = '01/08/2023'", "write 2023-08-01"),
        ("min_odds = true", "expected a number"),
    ] {
        let error = Settings::from_toml(toml).unwrap_err().to_string();
        assert!(error.contains(form), "{toml}: {error}");
    }
}

/// What comes out of a backtest of these matches, or why nothing does.
fn outcome(csv: &str, toml: &str) -> String {
    let settings = Settings::from_toml(toml).unwrap_or_else(|error| panic!("{toml}: {error}"));
    let config = RunConfig::resolve(&settings).unwrap_or_else(|error| panic!("{toml}: {error}"));
    let matches = match read_bytes("epl.csv", csv.as_bytes(), &config.read) {
        Ok(matches) => matches,
        Err(error) => return error.to_string(),
    };
    let mut memory = Memory::default();
    let done = backtest(
        &config.engine,
        config.replay,
        matches,
        Some(&mut memory),
        &mut |_| {},
    );
    match done {
        Ok(done) => {
            let bets = memory
                .bets(done.names())
                .map(|row| format!("{:?}", BetRecord::of(&row)));
            let bets: Vec<String> = bets.collect();
            format!("{} {bets:?}", serde_json::to_string(&done.summary).unwrap())
        }
        Err(error) => error.to_string(),
    }
}

/// A few months of the example, as it is or changed.
fn csv(change: &str) -> String {
    let text = fs::read_to_string(EPL).unwrap();
    let lines: Vec<String> = text.lines().take(200).map(str::to_owned).collect();
    let halves = |line: &str| line.replacen("E0,", "E1,", 1);
    let changed: Vec<String> = match change {
        "two leagues" => {
            let both =
                |(place, line): (usize, String)| if place % 2 == 1 { halves(&line) } else { line };
            lines.into_iter().enumerate().map(both).collect()
        }
        "no league" => {
            let without = |line: String| line.split_once(',').unwrap().1.to_owned();
            lines.into_iter().map(without).collect()
        }
        "damaged" => {
            let damaged = |line: String| {
                line.replacen("Arsenal,Nott'm Forest,2", "Arsenal,Nott'm Forest,x", 1)
            };
            lines.into_iter().map(damaged).collect()
        }
        "both teams" => both_teams(&lines),
        "status" => {
            let first =
                |(place, line)| format!("{},{line}", if place == 0 { "status" } else { "beendet" });
            lines.into_iter().enumerate().map(first).collect()
        }
        _ => lines,
    };
    changed.join("\n") + "\n"
}

/// The same in the plain form, with prices on both teams to score instead of on totals.
fn both_teams(lines: &[String]) -> Vec<String> {
    let header: Vec<&str> = lines[0].split(',').collect();
    let columns = [
        ("Date", "date"),
        ("HomeTeam", "home_team"),
        ("AwayTeam", "away_team"),
        ("FTHG", "home_goals"),
        ("FTAG", "away_goals"),
        ("AvgH", "odds_home"),
        ("AvgD", "odds_draw"),
        ("AvgA", "odds_away"),
        ("Avg>2.5", "odds_btts_yes"),
        ("Avg<2.5", "odds_btts_no"),
    ];
    let place = |name: &str| header.iter().position(|known| *known == name).unwrap();
    let row = |line: &String| {
        let cells: Vec<&str> = line.split(',').collect();
        columns.map(|(name, _)| cells[place(name)]).join(",")
    };
    let names = columns.map(|(_, name)| name).join(",");
    [names]
        .into_iter()
        .chain(lines[1..].iter().map(row))
        .collect()
}

/// For each setting two values that give different results.
const TELLING: [(&str, &str, &str, [&str; 2]); 52] = [
    ("model", "", "strategy = 'flat'", ["'average'", "'market'"]),
    (
        "learn",
        "",
        "model = 'poisson'\nmin_matches = 1",
        ["'goals'", "'prices'"],
    ),
    ("half_life", "", "model = 'average'", ["5", "300"]),
    ("window", "", "model = 'average'", ["30", "900"]),
    ("prior", "", "model = 'average'", ["0", "0.25"]),
    ("min_matches", "", "model = 'average'", ["1", "12"]),
    (
        "refit_every",
        "",
        "model = 'poisson'\nmin_matches = 1",
        ["1", "9"],
    ),
    (
        "marginal",
        "",
        "model = 'poisson'\nmin_matches = 1",
        ["'poisson'", "'weibull'"],
    ),
    (
        "dependence",
        "",
        "min_matches = 1",
        ["'independent'", "'frank'"],
    ),
    (
        "features",
        "",
        "model = 'logistic'\nmin_matches = 1\nmin_ev = 0",
        ["['elo']", "['form', 'goals']"],
    ),
    (
        "link",
        "",
        "model = 'logistic'\nmin_matches = 1\nmin_ev = 0",
        ["'multinomial'", "'ordered'"],
    ),
    (
        "ridge",
        "",
        "model = 'logistic'\nmin_matches = 1\nmin_ev = 0",
        ["1", "1000"],
    ),
    (
        "rho",
        "both teams",
        "model = 'market'\nmin_ev = 0\nmarkets = ['btts']",
        ["-0.2", "0.2"],
    ),
    (
        "pool_with",
        "",
        "model = 'average'\nmin_matches = 1\nmin_ev = 0",
        ["'none'", "'open'"],
    ),
    (
        "market_book",
        "",
        "model = 'market'\nmin_ev = 0",
        ["'b365'", "'avg'"],
    ),
    (
        "margin_method",
        "",
        "model = 'market'\nmin_ev = 0",
        ["'multiplicative'", "'power'"],
    ),
    (
        "pool",
        "two leagues",
        "model = 'average'\nmin_matches = 1",
        ["[]", "['E0+E1']"],
    ),
    (
        "strategy",
        "",
        "model = 'average'\nmin_matches = 1",
        ["'ev'", "'flat'"],
    ),
    ("bankroll", "", "strategy = 'flat'", ["500", "600"]),
    ("stake", "", "strategy = 'flat'", ["5", "6"]),
    (
        "min_ev",
        "",
        "model = 'average'\nmin_matches = 1",
        ["0", "0.2"],
    ),
    (
        "min_edge",
        "",
        "strategy = 'kelly'\nmodel = 'average'\nmin_matches = 1",
        ["0", "0.1"],
    ),
    (
        "kelly_fraction",
        "",
        "strategy = 'kelly'\nmodel = 'average'\nmin_matches = 1",
        ["0.1", "0.2"],
    ),
    (
        "max_stake",
        "",
        "strategy = 'kelly'\nmodel = 'average'\nmin_matches = 1",
        ["0.01", "0.02"],
    ),
    ("max_round", "", "strategy = 'flat'", ["0.01", "0.02"]),
    ("max_exposure", "", "strategy = 'flat'", ["0.01", "0.02"]),
    ("min_stake", "", "strategy = 'proportional'", ["1", "200"]),
    ("round_stake", "", "strategy = 'proportional'", ["1", "10"]),
    ("commission", "", "strategy = 'flat'", ["0", "0.05"]),
    ("stop_drawdown", "", "strategy = 'flat'", ["0.01", "0.9"]),
    (
        "credit",
        "",
        "strategy = 'flat'\nbankroll = 200",
        ["true", "false"],
    ),
    (
        "selections",
        "",
        "strategy = 'flat'",
        ["['home']", "['away']"],
    ),
    (
        "multiple",
        "",
        "strategy = 'flat'\nmodel = 'market'\nmin_ev = -0.9",
        ["false", "true"],
    ),
    ("min_odds", "", "strategy = 'flat'", ["2", "3"]),
    ("max_odds", "", "strategy = 'flat'", ["2", "3"]),
    (
        "min_prob",
        "",
        "strategy = 'flat'\nmodel = 'market'",
        ["0.1", "0.5"],
    ),
    ("markets", "", "strategy = 'flat'", ["['1x2']", "['ou']"]),
    ("book", "", "strategy = 'flat'", ["'avg'", "'max'"]),
    ("price", "", "strategy = 'flat'", ["'pre'", "'close'"]),
    (
        "from",
        "",
        "strategy = 'flat'",
        ["'2023-08-01'", "'2023-10-01'"],
    ),
    (
        "to",
        "",
        "strategy = 'flat'",
        ["'2023-09-01'", "'2023-10-01'"],
    ),
    (
        "on_bad_row",
        "damaged",
        "strategy = 'flat'",
        ["'skip'", "'error'"],
    ),
    (
        "map",
        "",
        "strategy = 'flat'",
        ["{}", "{ home_team = 'AwayTeam', away_team = 'HomeTeam' }"],
    ),
    (
        "alias",
        "",
        "strategy = 'flat'",
        ["{}", "{ Burnley = 'Burnley FC' }"],
    ),
    (
        "goals_column",
        "",
        "model = 'poisson'\nmin_matches = 1",
        ["'FTHG,FTAG'", "'FTAG,FTHG'"],
    ),
    (
        "weight_column",
        "",
        "model = 'poisson'\nmin_matches = 1",
        ["'FTHG'", "'FTAG'"],
    ),
    ("date_order", "", "strategy = 'flat'", ["'dmy'", "'mdy'"]),
    (
        "time_zone",
        "",
        "strategy = 'flat'",
        ["'Europe/London'", "'Asia/Tokyo'"],
    ),
    (
        "odds_format",
        "",
        "strategy = 'flat'",
        ["'decimal'", "'hongkong'"],
    ),
    ("league", "no league", "strategy = 'flat'", ["'A'", "'B'"]),
    (
        "status_word",
        "status",
        "strategy = 'flat'",
        ["{ beendet = 'played' }", "{ beendet = 'abandoned' }"],
    ),
    ("max_rows", "", "strategy = 'flat'", ["1", "1000"]),
];

#[test]
fn every_setting_changes_what_comes_out_somewhere() {
    for (setting, change, others, values) in TELLING {
        let csv = csv(change);
        let [one, other] =
            values.map(|value| outcome(&csv, &format!("{others}\n{setting} = {value}")));
        assert!(
            one != other,
            "{setting} = {values:?} beside {others} give the same:\n{one}"
        );
    }
}

#[test]
fn no_setting_is_left_out_of_this_test() {
    let command = Period::augment_args(Settings::augment_args(clap::Command::new("")));
    for argument in command.get_arguments() {
        let name = argument.get_id().as_str();
        // the minutes of goals are for prices in play, which files do not have; the others have modules of their own
        let elsewhere = [
            "profile",
            "in_play_goals",
            "probabilities",
            "model_timeout",
            "model_prices",
        ];
        let is_tested =
            elsewhere.contains(&name) || TELLING.iter().any(|(setting, ..)| *setting == name);
        assert!(
            is_tested,
            "{name} needs two values that give different results"
        );
    }
    let simulated = |profile: &str| {
        let simulate = [
            "simulate",
            "--matches",
            "60",
            "--in-play",
            "--profile",
            profile,
        ];
        summary(
            &[&simulate[..], &["--model", "truth", "--min-ev", "0"]].concat(),
            &[],
        )
    };
    assert_ne!(simulated("uniform"), simulated("empirical"));
}

#[test]
fn a_pool_of_none_is_the_default_as_in_a_grid() {
    let run = |more: &[&str]| summary(&[&["backtest", EPL][..], more].concat(), &[]);
    assert_eq!(run(&["--pool", "none"]), run(&[]));
    let arguments = ["backtest", EPL, "--pool", "none", "--pool", "E0"];
    refused(&arguments, "--pool");
}
