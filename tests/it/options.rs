//! What is typed is taken as it is meant, or answered; no file of another kind is replaced.

use std::fs;
use std::path::Path;

use crate::backtest::simbet;

const EPL: &str = "datasets/epl.csv";

/// What a command says on stderr, which ends with this code.
fn said(folder: &Path, arguments: &[&str], code: i32) -> String {
    let mut command = simbet();
    command.current_dir(folder).args(arguments);
    let output = command.assert().code(code);
    String::from_utf8_lossy(&output.get_output().stderr).into_owned()
}

/// The same in the folder of this crate, for arguments without spaces.
fn says(arguments: &str, code: i32) -> String {
    let arguments: Vec<&str> = arguments.split(' ').collect();
    said(Path::new(env!("CARGO_MANIFEST_DIR")), &arguments, code)
}

#[test]
fn dead_letters_replace_nothing_but_dead_letters() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let write = |name: &str, text: &str| fs::write(root.join(name), text).unwrap();
    write("events.ndjson", "no entry\n");
    write("notes.txt", "of importance\n");
    write("entries.ndjson", "{\"event_type\": \"tea\"}\n");
    write("c1.toml", "bankroll = 500\n");
    fs::copy(EPL, root.join("epl.csv")).unwrap();
    fs::hard_link(root.join("events.ndjson"), root.join("twin.ndjson")).unwrap();
    fs::hard_link(root.join("epl.csv"), root.join("twin.csv")).unwrap();
    let trade = [
        "trade",
        "events.ndjson",
        "--history",
        "epl.csv",
        "--config",
        "c1.toml",
        "--dead",
    ];
    for dead in [
        "notes.txt",
        "entries.ndjson",
        "c1.toml",
        "twin.ndjson",
        "twin.csv",
    ] {
        let before = fs::read(root.join(dead)).unwrap();
        let error = said(root, &[&trade[..], &[dead]].concat(), 2);
        assert!(error.contains("--dead"), "{error}");
        assert_eq!(fs::read(root.join(dead)).unwrap(), before, "{dead}");
    }
    write("empty.ndjson", "");
    for dead in ["empty.ndjson", "new.ndjson", "new.ndjson"] {
        said(root, &[&trade[..], &[dead]].concat(), 0);
        let letters = fs::read_to_string(root.join(dead)).unwrap();
        assert_eq!(letters.lines().count(), 1, "{letters}");
    }
}

#[test]
fn invented_matches_replace_only_invented_ones() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::copy(EPL, root.join("epl.csv")).unwrap();
    fs::write(root.join("other.csv"), "spelling,name\nA,B\n").unwrap();
    std::os::unix::fs::symlink("epl.csv", root.join("link.csv")).unwrap();
    let before = fs::read(root.join("epl.csv")).unwrap();
    let emit = ["simulate", "--matches", "20", "--emit"];
    for name in ["epl.csv", "other.csv", "link.csv"] {
        let error = said(root, &[&emit[..], &[name]].concat(), 2);
        assert!(error.contains("another kind of file"), "{error}");
    }
    assert_eq!(fs::read(root.join("epl.csv")).unwrap(), before);
    for more in [
        &[][..],
        &["--book", "ps"],
        &["--markets", "btts"],
        &["--from", "epl.csv"],
    ] {
        said(root, &[&emit[..], &["new.csv"], more].concat(), 0);
    }
    let error = said(
        root,
        &[
            "convert",
            "epl.csv",
            "--alias-file",
            "other.csv",
            "-o",
            "other.csv",
        ],
        2,
    );
    assert!(error.contains("also an input"), "{error}");
}

#[test]
fn a_comma_between_thousands_is_no_list() {
    for grid in ["bankroll=£1,000", "bankroll=1,000", "min_stake=2,£1,500"] {
        let error = says(&format!("sweep {EPL} --strategy flat --grid {grid}"), 2);
        assert!(error.contains("in quotes, such as"), "{error}");
    }
    for grid in [
        "bankroll='£1,000'",
        "bankroll=£1000,£2000",
        "half_life=120,240,480",
    ] {
        let axis: simbet::internals::config::Axis = grid.parse().unwrap();
        assert!(axis.labels().all(|label| label.len() >= 3), "{grid}");
    }
    let error = says("simulate --strategies flat:£1,000", 2);
    assert!(error.contains("such as flat:1000"), "{error}");
}

#[test]
fn a_decimal_comma_is_no_list() {
    for (grid, answer) in [
        (
            "min_ev=0,04",
            "min_ev: 0,04 is two values, 0 and 04; write 0.04",
        ),
        (
            "min_ev=0.02,0,005",
            "0,005 is two values, 0 and 005; write 0.005",
        ),
        ("max_odds=2,05", "2,05 is two values, 2 and 05; write 2.05"),
        ("min_ev=0,01..0,05:0,01", "0,01 is two values"),
    ] {
        let error = says(&format!("sweep {EPL} --grid {grid}"), 2);
        assert!(error.contains(answer), "{grid}: {error}");
    }
    for grid in ["min_ev=0,1", "min_ev=0,0.04", "half_life=100,200"] {
        let axis: Result<simbet::internals::config::Axis, _> = grid.parse();
        assert!(axis.is_ok(), "{grid}");
    }
}

#[test]
fn counts_are_read_with_their_thousands_parted() {
    let usual = [
        "simulate",
        "-q",
        "--format",
        "csv",
        "--strategy",
        "flat",
        "--matches",
    ];
    let printed = |matches: &str| {
        let output = simbet().args(usual).arg(matches).assert().success();
        output.get_output().stdout.clone()
    };
    assert_eq!(printed("1,000"), printed("1000"));
    assert_eq!(printed("1e3"), printed("1000"));
    for (arguments, answer) in [
        (
            "simulate --matches ten",
            "expected a whole number such as 1000, not \"ten\"",
        ),
        (
            "assess x.csv --runs 10",
            "expected a whole number from 100 to 1000000, not \"10\"",
        ),
        (
            "backtest x.csv --min-matches 1.5",
            "expected a whole number such as 1000, not \"1.5\"",
        ),
    ] {
        let error = says(arguments, 2);
        assert!(error.contains(answer), "{arguments}: {error}");
    }
}

#[test]
fn an_expected_value_that_is_probably_percent_is_warned_of() {
    let said = says(&format!("backtest {EPL} --from 2025-05-01 --min-ev 5"), 0);
    let warning = "min_ev 5 asks for an expected profit above 500 % of the stake, which hardly any price has: 0.05 is 5 %";
    assert!(said.contains(warning), "{said}");
    let said = says(&format!("backtest {EPL} --from 2025-05-01 --min-ev 5%"), 0);
    assert!(!said.contains("warning"), "{said}");
}

/// Of a run without a bet nothing was said where a single match had no forecast.
#[test]
fn a_run_without_a_bet_says_why() {
    let printed = |arguments: &[&str]| {
        let output = simbet().args(arguments).args(["-q"]).assert().success();
        String::from_utf8_lossy(&output.get_output().stdout).into_owned()
    };
    let text = printed(&["backtest", EPL, "--min-ev", "5"]);
    assert!(
        text.contains("No bet was placed: no price passed the settings."),
        "{text}"
    );
    let text = printed(&["simulate", "--matches", "100"]);
    let unseen =
        "that passed the settings are on teams of which too few matches were seen (--min-matches).";
    assert!(
        text.contains("No bet was placed: the ") && text.contains(unseen),
        "{text}"
    );
    let text = printed(&["backtest", EPL]);
    assert!(!text.contains("No bet was placed"), "{text}");
}

#[test]
fn what_was_put_into_a_folder_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::copy(EPL, root.join("epl.csv")).unwrap();
    let run = ["backtest", "epl.csv", "--strategy", "flat", "--out", "out"];
    let first = said(root, &run, 0);
    let files = fs::read_dir(root.join("out")).unwrap();
    let names = files.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let count = names.filter(|name| !name.starts_with('.')).count();
    assert!(
        first.contains(&format!("note: wrote {count} files to out/\n")),
        "{first}"
    );
    let again = said(root, &run, 0);
    let note = format!("note: wrote {count} files to out/, in place of an earlier run\n");
    assert!(again.contains(&note), "{again}");
}

#[test]
fn a_file_that_is_not_there_is_one_of_a_like_name() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::copy(EPL, root.join("epl.csv")).unwrap();
    let error = said(root, &["backtest", "elp.csv"], 1);
    assert_eq!(
        error,
        "error: cannot read elp.csv: no such file, did you mean epl.csv?\n"
    );
    let error = said(root, &["backtest", "nowhere/x.csv"], 1);
    assert_eq!(error, "error: cannot read nowhere/x.csv: no such file\n");
}

#[test]
fn a_file_for_another_command_is_answered_with_that_command() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("my_bets.csv"),
        "date,stake,odds,result\n2024-01-01,1,2,won\n",
    )
    .unwrap();
    let error = said(folder.path(), &["backtest", "my_bets.csv"], 1);
    assert!(
        error.ends_with(". This looks like a record of bets: simbet assess my_bets.csv\n"),
        "{error}"
    );
}

#[test]
fn a_book_that_is_misspelt_is_offered_by_its_code() {
    let error = says(&format!("backtest {EPL} --book pinacle"), 1);
    assert!(error.contains("did you mean ps (pinnacle)?"), "{error}");
}

#[test]
fn options_that_another_option_hides_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("events.ndjson"), "").unwrap();
    for option in [
        "--group g",
        "--consumer c",
        "--stay",
        "--prefix p",
        "--partitions 2",
        "--maxlen 9",
        "--lease 5s",
        "--until-idle 5s",
        "--no-latency",
    ] {
        for input in ["events.ndjson", "-"] {
            let arguments: Vec<&str> = ["trade", input]
                .into_iter()
                .chain(option.split(' '))
                .collect();
            let error = said(root, &arguments, 2);
            let name = arguments[2];
            assert!(error.contains(name) && error.contains("--redis"), "{error}");
        }
    }
    let error = says(&format!("publish {EPL} --every 5"), 2);
    assert!(error.contains("--every has no effect"), "{error}");
    let error = says("simulate --in-play --every 1000", 2);
    assert!(error.contains("1..=90"), "{error}");
    let error = says(&format!("season {EPL} --strategy flat"), 2);
    assert!(error.contains("--strategy has no effect"), "{error}");
    let error = says(&format!("fit {EPL} --stake 3"), 2);
    assert!(error.contains("--stake has no effect"), "{error}");
}

#[test]
fn a_folder_of_results_is_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("events.ndjson"), "").unwrap();
    fs::write(root.join("out"), "text").unwrap();
    fs::copy(EPL, root.join("epl.csv")).unwrap();
    for command in [
        "trade events.ndjson",
        "season epl.csv",
        "simulate",
        "backtest epl.csv",
    ] {
        for out in ["out", "out/below"] {
            let arguments: Vec<&str> = command.split(' ').chain(["--out", out]).collect();
            let error = said(root, &arguments, 2);
            assert!(
                error.contains("--out must be a folder, but out is none"),
                "{error}"
            );
        }
    }
    assert_eq!(fs::read_to_string(root.join("out")).unwrap(), "text");
}

#[test]
fn credit_and_commission_are_of_those_who_use_them() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::copy(EPL, root.join("epl.csv")).unwrap();
    fs::write(root.join("c.toml"), "credit = true\nstrategy = 'ev'\n").unwrap();
    fs::write(root.join("r.toml"), "commission = '0.02,bfe=0.05'\n").unwrap();
    let model = ["--model", "market", "--min-ev", "0"];
    let sweep = ["sweep", "epl.csv", "--strategies", "flat,ev", "--credit"];
    said(root, &[&sweep[..], &model].concat(), 0);
    let error = said(
        root,
        &["sweep", "epl.csv", "--strategies", "kelly,ev", "--credit"],
        2,
    );
    assert!(error.contains("--credit has no effect"), "{error}");
    let text = said(
        root,
        &[&["backtest", "epl.csv", "--config", "c.toml"][..], &model].concat(),
        0,
    );
    assert!(
        text.contains("warning: c.toml: credit has no effect"),
        "{text}"
    );
    let text = said(
        root,
        &[&["backtest", "epl.csv", "--config", "r.toml"][..], &model].concat(),
        0,
    );
    assert!(
        text.contains("warning: r.toml: commission has a rate for bfe"),
        "{text}"
    );
    for command in [
        "fit epl.csv",
        "convert epl.csv -o new.csv",
        "publish epl.csv",
    ] {
        for file in ["c.toml", "r.toml"] {
            let arguments: Vec<&str> = command.split(' ').chain(["--config", file]).collect();
            let text = said(root, &arguments, 0);
            assert!(text.contains("no effect"), "{text}");
        }
    }
    for rates in ["avg=0.03,0.5", "1x2=0.02,0.03"] {
        let error = said(root, &["backtest", "epl.csv", "--commission", rates], 2);
        assert!(
            error.contains("a rate for everything else that no bet would pay"),
            "{error}"
        );
    }
    let error = said(root, &["backtest", "epl.csv", "--commission", "0,05"], 2);
    assert!(error.contains("not \"0,05\""), "{error}");
    for rate in ["1/20", "ah=1/20,0.02"] {
        let markets = ["--markets", "1x2,ah", "--commission", rate];
        said(
            root,
            &[&["backtest", "epl.csv"][..], &model, &markets].concat(),
            0,
        );
    }
}

#[test]
fn stakes_beside_a_list_are_those_of_whom_they_fit() {
    let simulate = "simulate --matches 30 --runs 2 --model truth";
    says(&format!("{simulate} --strategies ev,kelly --stake 1/50"), 0);
    for refused in [
        "--strategies flat,ev --stake 0.02",
        "--strategies ev:0.01,kelly --stake 0.02",
        "--strategies kelly:0.5 --kelly-fraction 0.3",
    ] {
        let error = says(&format!("{simulate} {refused}"), 2);
        assert!(error.contains("with --strategies, the "), "{error}");
    }
    says(
        &format!("{simulate} --strategies kelly:0.5,kelly --kelly-fraction 0.3"),
        0,
    );
}

#[test]
fn an_error_says_where_its_value_is_from() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::copy(EPL, root.join("epl.csv")).unwrap();
    fs::write(root.join("c.toml"), "bankroll = -5\n").unwrap();
    let error = said(root, &["backtest", "epl.csv", "--config", "c.toml"], 2);
    assert!(error.contains("error: c.toml: bankroll must be"), "{error}");
    let mut command = simbet();
    let command = command
        .args(["backtest", EPL])
        .env("INITIAL_BANKROLL", "-5");
    let output = command.assert().code(2);
    let error = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(
        error.contains("the environment's INITIAL_BANKROLL must be"),
        "{error}"
    );
    let error = says(&format!("backtest {EPL} --bankroll=-5"), 2);
    assert!(
        error.contains("--bankroll") && !error.contains("environment"),
        "{error}"
    );
}

#[test]
fn a_text_in_csv_is_quoted_once() {
    let mut command = simbet();
    command.args(["backtest", EPL, "--strategy", "flat", "--bankroll", "500"]);
    let output = command.args(["-q", "--format", "csv"]).assert().success();
    let text = String::from_utf8_lossy(&output.get_output().stdout).into_owned();
    let spent = text.lines().find_map(|line| line.strip_prefix("spent_on,"));
    assert!(spent.is_some_and(|day| day.starts_with("20")), "{spent:?}");
    assert!(!text.contains("\"\"\""), "{text}");
}

/// It was read again after the run to say what the environment sets.
#[test]
fn an_alias_file_is_read_once() {
    let mut command = simbet();
    command.args(["backtest", EPL, "-q", "--alias-file", "/dev/stdin"]);
    let aliases = "spelling,name\nMan United,Manchester United\n";
    command.write_stdin(aliases).assert().success();
}

/// An empty tip stood below, and a hidden command was offered.
#[test]
fn a_command_that_there_is_not_is_answered_with_what_helps_alone() {
    let said = |typed: &str| {
        let run = simbet().arg(typed).assert().code(2);
        String::from_utf8_lossy(&run.get_output().stderr).into_owned()
    };
    let tips = |typed: &str| {
        let said = said(typed);
        let tips = said.lines().filter(|line| line.contains("tip:"));
        tips.map(|line| line.trim().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(tips("zzz"), [""; 0]);
    assert_eq!(
        tips("bactest"),
        ["tip: a similar subcommand exists: 'backtest'"]
    );
    assert_eq!(tips("epl.csv"), ["tip: simbet backtest epl.csv"]);
    assert_eq!(tips("a'b c.csv"), [r#"tip: simbet backtest "a'b c.csv""#]);
}
