//! Names that a terminal would obey, or that nobody sees: one rule at every door, and nothing of them on a terminal.

use std::fs;
use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use simbet::internals::printable::is_unsafe;
use simbet::internals::schema::event::Event;
use simbet::{Book, ReadConfig, Settings, read_bytes};
use unicode_width::UnicodeWidthStr as _;

use crate::backtest::simbet;

/// What becomes of a name: the form in which it is kept, or nothing where it is refused.
pub const NAMES: [(&str, Option<&str>); 24] = [
    ("Ashby", Some("Ashby")),
    (" Ashby\u{a0}", Some("Ashby")),
    ("Ashby\n", Some("Ashby")),
    ("\u{feff}Ashby", Some("Ashby")),
    ("\u{202e}Ashby\u{202c}", Some("Ashby")),
    ("\u{2066}Ash\u{200f}by\u{2069}", Some("Ashby")),
    ("Ash\u{61c}by\u{200e}", Some("Ashby")),
    ("Ash\u{200b}\u{2060}\u{ad}by", Some("Ashby")),
    ("Ashby\u{e0041}\u{e007f}\u{fe0f}", Some("Ashby")),
    ("Ash\u{2028}by", Some("Ash by")),
    (
        "\u{645}\u{6cc}\u{200c}\u{62e}",
        Some("\u{645}\u{6cc}\u{62e}"),
    ),
    ("K\u{f6}ln \u{26bd}", Some("K\u{f6}ln \u{26bd}")),
    ("=1+1", Some("=1+1")),
    (
        "[x](http://evil)|<img src=x>",
        Some("[x](http://evil)|<img src=x>"),
    ),
    ("\u{1b}[31mRed", None),
    ("\u{1b}]0;pwned\u{7}", None),
    ("\u{9b}31mRed", None),
    ("Ash\nby", None),
    ("Ash\rby", None),
    ("Ash\tby", None),
    ("Ash\u{85}by", None),
    ("Ash\u{0}by", None),
    ("Ash\u{7f}by", None),
    (" \u{200b}", None),
];

/// What is too long, or just not, counted in characters.
fn of_length(letter: &str, length: usize) -> String {
    letter.repeat(length)
}

fn csv_cell(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// The home side and the league of a file that names both so; `None` where the row is refused.
fn of_file(name: &str) -> Option<[String; 2]> {
    let cell = csv_cell(name);
    let csv = format!(
        "league,date,home_team,away_team,home_goals,away_goals\n{cell},2023-08-05,{cell},Bexley,2,0\n"
    );
    let matches = read_bytes("in.csv", csv.as_bytes(), &ReadConfig::default()).ok()?;
    let fixture = &matches.records[0].fixture;
    let names = [
        matches.names.team(fixture.home),
        matches.names.league(fixture.league),
    ];
    Some(names.map(str::to_owned))
}

/// The same of an entry.
fn of_event(name: &str) -> Option<[String; 2]> {
    let data = json!({
        "match_id": "1", "home_team": name, "away_team": "Bexley", "league": name, "minute": 0, "home_goals": 0, "away_goals": 0,
        "market_odds_home": 2.1, "market_odds_away": 3.5, "timestamp": "2023-08-05T12:00:00Z"
    });
    let text = data.to_string();
    let line = json!({ "event_type": "match_event", "data": data }).to_string();
    let names = |event: Event<'_>| match event {
        Event::Prices(prices) => [prices.about.home_team?, prices.about.league?]
            .map(|name| name.into_owned())
            .into(),
        Event::Result(_) | Event::End(_) => None,
    };
    let parts = Event::of_parts("match_event", text.as_bytes(), Book::AVG);
    let of_line = Event::of_line(line.as_bytes(), Book::AVG)
        .ok()
        .and_then(names);
    assert_eq!(parts.ok().and_then(names), of_line);
    of_line
}

/// The league that settings name, and the team that an alias of theirs does.
fn of_settings(name: &str) -> Option<[String; 2]> {
    let settings =
        |toml: String| simbet::RunConfig::resolve(&Settings::from_toml(&toml).ok()?).ok();
    let text = toml::Value::from(name).to_string();
    let of_league = settings(format!("league = {text}"))?.read;
    let of_alias = settings(format!("alias = {{ Bexley = {text} }}"))?.read;
    let csv = "date,home_team,away_team,home_goals,away_goals\n2023-08-05,Bexley,Corby,2,0\n";
    let read = |config: &ReadConfig| read_bytes("in.csv", csv.as_bytes(), config).unwrap();
    let (league, alias) = (read(&of_league), read(&of_alias));
    let team = alias.names.team(alias.records[0].fixture.home).to_owned();
    let league = league.names.league(league.records[0].fixture.league);
    Some([team, league.to_owned()])
}

#[test]
fn a_name_is_the_same_at_every_door() {
    let long = ["x", "\u{f6}", "\u{6771}", "\u{1f600}"]
        .map(|letter| [128, 129].map(|length| of_length(letter, length)));
    let long = long.iter().flatten();
    let long = long.map(|name| {
        let fits = name.chars().count() == 128;
        (name.as_str(), fits.then_some(name.as_str()))
    });
    for (name, kept) in NAMES.into_iter().chain(long) {
        let kept = kept.map(|kept| [kept, kept].map(str::to_owned));
        assert_eq!(of_file(name), kept, "a file with {name:?}");
        assert_eq!(of_event(name), kept, "an entry with {name:?}");
        assert_eq!(of_settings(name), kept, "settings with {name:?}");
    }
}

/// What names are made of that are up to no good.
const LETTERS: [char; 20] = [
    'a', 'B', ' ', '\'', '\u{1b}', '\u{202e}', '\u{200b}', '\u{301}', 'e', '\u{85}', '\u{a0}',
    '\u{6771}', '\u{7f}', '\n', '\t', '\r', '\u{feff}', '\u{2028}', '\u{3164}', '\u{fffe}',
];

proptest! {
    #[test]
    fn any_name_is_the_same_in_a_file_and_in_a_stream(letters in vec(select(&LETTERS[..]), 0..8)) {
        let name: String = letters.into_iter().collect();
        let kept = of_file(&name);
        prop_assert_eq!(&of_event(&name), &kept);
        let is_clean = |name: &String| !name.chars().any(|c| c != '\u{fffe}' && is_unsafe(c));
        prop_assert!(kept.is_none_or(|names| names.iter().all(is_clean)));
    }
}

#[test]
fn an_id_is_visible_at_every_door() {
    for (id, fits) in [
        ("2024-17", true),
        (&*of_length("x", 128), true),
        (&*of_length("x", 129), false),
        ("a\u{1b}[31m", false),
        ("a\u{202e}b", false),
        ("a\u{200b}", false),
        ("a\u{2028}b", false),
        ("a\nb", false),
        ("a\u{9b}", false),
    ] {
        let csv = format!(
            "match_id,date,home_team,away_team,home_goals,away_goals\n{},2023-08-05,Ashby,Bexley,2,0\n",
            csv_cell(id)
        );
        let read = read_bytes("in.csv", csv.as_bytes(), &ReadConfig::default());
        let entry = json!({ "event_type": "match_result", "data": {
            "match_id": id, "home_goals": 2, "away_goals": 1, "timestamp": "2023-08-05T12:00:00Z"
        } });
        let entry = entry.to_string();
        assert_eq!(read.is_ok(), fits, "{id:?}");
        assert_eq!(
            Event::of_line(entry.as_bytes(), Book::AVG).is_ok(),
            fits,
            "{id:?}"
        );
        let error = read.err().map(|error| error.to_string());
        assert!(error.is_none_or(
            |error| error.starts_with("in.csv, line 2, column 1 (match_id)")
                && !error.chars().any(is_unsafe)
        ));
    }
}

/// A league of teams that play each other week by week; prices of a match are those of a fair book.
fn season(teams: &[&str]) -> String {
    let mut csv =
        "date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n".to_owned();
    let count = teams.len();
    for week in 0..30_usize {
        let day = format!("2023-{:02}-{:02}", 1 + week / 4 % 12, 1 + week % 4 * 7);
        for pair in 0..count / 2 {
            // the circle method: the first stays, the others move on
            let place = |at: usize| {
                if at == 0 {
                    0
                } else {
                    1 + (at - 1 + week) % (count - 1)
                }
            };
            let (home, away) = (teams[place(pair)], teams[place(count - 1 - pair)]);
            let goals = [(week * 7 + pair * 3) % 4, (week * 5 + pair) % 3];
            csv += &format!(
                "{day},{},{},{},{},2.5,3.4,2.9\n",
                csv_cell(home),
                csv_cell(away),
                goals[0],
                goals[1]
            );
        }
    }
    csv
}

/// The ledgers of `backtest`, and of `publish | trade`.
fn ledgers(folder: &Path, options: &[&str]) -> [String; 2] {
    let run = |arguments: &[&str]| {
        let mut command = simbet();
        command.current_dir(folder).args(arguments).arg("-q");
        command
    };
    let backtest = ["backtest", "L.csv", "--min-matches", "0", "--out", "a"];
    run(&[&backtest[..], options].concat()).assert().success();
    let published = run(&[&["publish", "L.csv"][..], options].concat())
        .output()
        .unwrap();
    assert!(published.status.success(), "{published:?}");
    run(&["trade", "-", "--min-matches", "0", "--out", "b"])
        .write_stdin(published.stdout)
        .assert()
        .success();
    ["a", "b"].map(|out| fs::read_to_string(folder.join(out).join("bets.csv")).unwrap())
}

#[test]
fn names_that_are_left_out_are_left_out_of_the_stream_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let (escape, long) = (
        "\u{1b}]0;pwned\u{7}\u{1b}[31mRED\u{1b}[8m",
        of_length("L", 129),
    );
    let teams = ["T1", "T2", "T3", "T4", escape, &long, "A\nB", "T5"];
    fs::write(folder.path().join("L.csv"), season(&teams)).unwrap();
    for command in ["backtest", "fit", "publish"] {
        let run = simbet()
            .current_dir(&folder)
            .args([command, "L.csv"])
            .assert()
            .code(1);
        let said = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
        assert!(
            said.contains("L.csv, line 2, column 2 (home_team): expected a name")
                || said.contains("expected a name of at most 128"),
            "{said}"
        );
        assert_harmless(&said);
    }
    let [backtest, stream] = ledgers(folder.path(), &["--on-bad-row", "skip"]);
    assert!(backtest.lines().count() > 20, "{backtest}");
    assert_eq!(backtest, stream);
}

#[test]
fn long_and_strange_names_are_bet_on_alike() {
    let folder = tempfile::tempdir().unwrap();
    let long = ["\u{6771}", "\u{1f600}", "x"].map(|letter| of_length(letter, 128));
    let [east, smile, x] = &long;
    let teams = [
        east,
        smile,
        x,
        "[x](http://evil)",
        "=1+1",
        "\u{202e}Ash\u{200b}by",
        "<img src=x>|",
        "1. FC K\u{f6}ln",
    ];
    fs::write(folder.path().join("L.csv"), season(&teams)).unwrap();
    let [backtest, stream] = ledgers(folder.path(), &[]);
    assert!(backtest.lines().count() > 20, "{backtest}");
    assert_eq!(backtest, stream);
    let published = simbet()
        .current_dir(&folder)
        .args(["publish", "L.csv", "-q"])
        .output()
        .unwrap();
    let published = String::from_utf8(published.stdout).unwrap();
    let ids: Vec<String> = published
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter_map(|entry| Some(entry["data"]["match_id"].as_str()?.to_owned()))
        .collect();
    assert!(ids.iter().all(|id| id.chars().count() <= 128));
    assert!(
        ids.iter().any(|id| id.contains('~')),
        "long names make long ids"
    );
    assert!(!backtest.contains('\u{202e}') && backtest.contains("Ashby"));
}

/// Nothing in a text that a terminal obeys, but line ends.
#[track_caller]
fn assert_harmless(text: &str) {
    let found: Vec<char> = text
        .chars()
        .filter(|c| *c != '\n' && is_unsafe(*c))
        .collect();
    assert!(found.is_empty(), "{found:?} in {text:?}");
}

/// What a command prints, on both streams; nothing of it is obeyed by a terminal.
#[track_caller]
fn printed(folder: &Path, arguments: &[&str]) -> String {
    let output = simbet()
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    said.iter().for_each(|said| assert_harmless(said));
    said.concat()
}

const ROWS: &str = "date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n\
    2023-08-05,Ashby,Bexley,2,0,2.1,3.4,3.5\n2023-08-12,Bexley,Ashby,1,1,2.1,3.4,3.5\n";

#[test]
fn what_others_wrote_reaches_no_terminal_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let evil = "\u{1b}[31m\u{202e}a\nerror: b\u{9b}.csv";
    fs::write(path.join(evil), ROWS).unwrap();
    let header = ROWS.replace(
        "date,",
        "\"\u{1b}]0;x\u{7}\nnote: c\",\"\u{202e}Referee\",date,",
    );
    let header = header.replace("\n2023", "\nz,y,2023");
    fs::write(path.join("header.csv"), header).unwrap();
    fs::write(path.join("none.csv"), "a\u{1b}[2J,b\u{202e}\n1,2\n").unwrap();
    fs::write(path.join("evil.toml"), "\"\\u001b[31m\\u202ekey\" = 1\n").unwrap();
    fs::write(path.join("bad.toml"), "model = \u{202e}\u{9b}31m\n").unwrap();
    fs::create_dir(path.join("all")).unwrap();
    fs::write(path.join("all").join("x.csv"), ROWS).unwrap();
    fs::write(path.join("all").join("\u{1b}[31m.doc"), "").unwrap();
    for format in ["table", "markdown", "csv", "json"] {
        for file in [evil, "header.csv", "none.csv", "all"] {
            printed(path, &["inspect", file, "--format", format]);
        }
    }
    let said = printed(path, &["inspect", evil]);
    assert!(
        said.contains(r"\u{1b}[31m\u{202e}a\nerror: b\u{9b}.csv"),
        "{said}"
    );
    assert!(
        !said.lines().any(|line| line.starts_with("error: b")),
        "{said}"
    );
    for arguments in [
        &["backtest", evil, "--min-matches", "0"][..],
        &["backtest", evil, "--league", "\u{1b}[31m"],
        &["backtest", "all", "--league", "a\nb"],
        &["backtest", "all", "--book", "\u{1b}[31m"],
        &["backtest", "all", "--alias", "Ashby=\u{1b}[31m"],
        &["backtest", "all", "--alias", "\u{202e}Ash=Ashby"],
        &["backtest", "all", "--map", "date=\u{1b}[31m\u{202e}"],
        &["backtest", "all", "--map", "\u{1b}[31m\u{202e}=date"],
        &["backtest", "all", "--pool", "\u{1b}[31m\u{202e}+b"],
        &["backtest", "all", "--status-word", "a\u{9b}=\u{202e}"],
        &["backtest", "all", "--config", "evil.toml"],
        &["backtest", "all", "--config", "bad.toml"],
        &["backtest", "all", "--config", "\u{1b}[31m\nwarning: x"],
        &["backtest", "\u{1b}[31m\u{202e}"],
        &["backtest", "\u{1b}[31m*"],
        &["backtest", "all", "--\u{1b}[31m\u{202e}"],
        &["\u{1b}]0;x\u{7}"],
        &["convert", "all", "-o", "\u{1b}[31m\u{202e}"],
        &["convert", evil, "-o", "\u{1b}[31m.csv"],
        &["report", "\u{1b}[31m\u{202e}"],
        &["compare", "\u{1b}[31m\u{202e}", "\u{9b}"],
        &[
            "-vvv",
            "backtest",
            evil,
            "--min-matches",
            "0",
            "--profile",
            "\u{1b}[31m\u{202e}",
        ],
        &["predict", "all", "--fixtures", evil],
        &["season", "all", "--deduct", "\u{1b}[31m\u{202e}=3"],
        &["trade", evil],
    ] {
        printed(path, arguments);
    }
    let log = simbet()
        .current_dir(path)
        .env("LOG_LEVEL", "\u{1b}[31m\u{202e}")
        .args(["backtest", "all"])
        .output()
        .unwrap();
    assert_harmless(&String::from_utf8(log.stderr).unwrap());
}

#[test]
fn what_is_quoted_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    let long = "x".repeat(100_000);
    fs::write(folder.path().join("x.csv"), ROWS).unwrap();
    fs::write(
        folder.path().join("header.csv"),
        format!("{long},{}", ROWS.replace("\n2", "\nz,2")),
    )
    .unwrap();
    fs::write(folder.path().join("cell.csv"), ROWS.replace("Ashby", &long)).unwrap();
    fs::write(folder.path().join("long.toml"), format!("{long} = 1\n")).unwrap();
    for arguments in [
        &["backtest", "cell.csv"][..],
        &["backtest", "header.csv", "--map", "date=nothing"],
        &["backtest", "x.csv", "--config", "long.toml"],
        &["backtest", "x.csv", "--league", &long],
        &["backtest", "x.csv", "--alias", &format!("a={long}")],
        &["backtest", "x.csv", "--map", &format!("date={long}")],
    ] {
        let output = simbet()
            .current_dir(&folder)
            .args(arguments)
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            !output.status.success() && said.len() < 5000,
            "{} bytes",
            said.len()
        );
        assert!(!said.contains(&long[..202]), "{said}");
    }
    let line = json!({ "event_type": "match_event", "data": long }).to_string();
    let error = Event::of_line(line.as_bytes(), Book::AVG).unwrap_err();
    assert!(error.to_string().chars().count() < 300);
}

#[test]
fn a_team_is_its_name_in_markdown() {
    let folder = tempfile::tempdir().unwrap();
    let teams = [
        "[x](http://evil)",
        "<img src=x onerror=alert(1)>",
        "a|b",
        "*bold* _it_ `code`",
        "@me #1",
        "1. FC K\u{f6}ln",
        "&amp; www.evil.example",
        "# Head",
    ];
    fs::write(folder.path().join("L.csv"), season(&teams)).unwrap();
    let bets = ["backtest", "L.csv", "--min-matches", "0", "--bets"];
    for arguments in [
        &bets[..],
        &["fit", "L.csv"],
        &["inspect", "L.csv"],
        &["predict", "L.csv", "--fixtures", "L.csv"],
    ] {
        let page = printed(
            folder.path(),
            &[arguments, &["--format", "markdown"]].concat(),
        );
        for wrong in [
            "[x](", "http://", "<img", "a|b", "*bold", "`code", "@me", " #1", "www.evil", "&amp;",
        ] {
            assert!(!page.contains(wrong), "{wrong:?} in {page}");
        }
        let tables = page
            .split("\n\n")
            .filter(|part| part.trim_start().starts_with('|'));
        for table in tables {
            let bars: Vec<usize> = table
                .lines()
                .filter(|line| line.starts_with('|'))
                .map(|line| line.matches('|').count())
                .collect();
            assert!(bars.windows(2).all(|pair| pair[0] == pair[1]), "{table}");
        }
    }
    let page = printed(
        folder.path(),
        &[&bets[..], &["--format", "markdown"]].concat(),
    );
    assert!(
        page.contains("&#60;img src=x onerror=alert(1)>") && page.contains("a&#124;b"),
        "{page}"
    );
}

#[test]
fn tables_are_straight_whatever_the_script() {
    let folder = tempfile::tempdir().unwrap();
    let teams = [
        "\u{6771}\u{4eac}\u{30f4}\u{30a7}\u{30eb}\u{30c7}\u{30a3}",
        "\u{1f600}\u{26bd} FC",
        "Z\u{301}\u{323}o\u{308}e",
        "Ashby",
        "\u{c11c}\u{c6b8}",
        "\u{645}\u{6cc}\u{62e}",
    ];
    fs::write(folder.path().join("L.csv"), season(&teams)).unwrap();
    for arguments in [
        &["fit", "L.csv"][..],
        &["backtest", "L.csv", "--min-matches", "0", "--bets"],
    ] {
        let output = simbet()
            .current_dir(&folder)
            .args(arguments)
            .arg("-q")
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        for table in text.split("\n\n") {
            let widths: Vec<usize> = table
                .lines()
                .filter(|line| line.starts_with(['│', '┌', '╞', '└']))
                .map(|line| line.width())
                .collect();
            assert!(widths.windows(2).all(|pair| pair[0] == pair[1]), "{table}");
        }
        assert!(text.contains("\u{6771}\u{4eac}"));
    }
}

#[test]
fn formulas_are_escaped_where_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let teams = [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "-A1",
        "@SUM(A1)",
        "Ashby",
        "Bexley",
    ];
    fs::write(folder.path().join("L.csv"), season(&teams)).unwrap();
    let path = folder.path();
    let bets = [
        "backtest",
        "L.csv",
        "--min-matches",
        "0",
        "--bets",
        "--format",
        "csv",
        "-q",
        "--out",
        "out",
    ];
    let convert = ["convert", "L.csv", "-o", "plain.csv", "-q"];
    let texts = |more: &[&str]| {
        let printed = printed(path, &[&bets[..], more].concat());
        self::printed(path, &[&convert[..], more].concat());
        let files =
            ["out/bets.csv", "plain.csv"].map(|file| fs::read_to_string(path.join(file)).unwrap());
        [&[printed][..], &files].concat()
    };
    let (plain, escaped) = (texts(&[]), texts(&["--escape-formulas"]));
    for (plain, escaped) in plain.iter().zip(&escaped) {
        let cells = |text: &str| -> Vec<String> {
            let mut rows = csv::ReaderBuilder::new()
                .flexible(true)
                .from_reader(text.as_bytes());
            rows.records()
                .flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>())
                .collect()
        };
        let (plain, escaped) = (cells(plain), cells(escaped));
        assert!(plain.contains(&"=1+1".to_owned()) && escaped.contains(&"'=1+1".to_owned()));
        assert_eq!(plain.len(), escaped.len());
        for (plain, escaped) in plain.iter().zip(&escaped) {
            let is_formula =
                plain.starts_with(['=', '+', '-', '@']) && plain.parse::<f64>().is_err();
            let expected = if is_formula {
                format!("'{plain}")
            } else {
                plain.clone()
            };
            assert_eq!(*escaped, expected);
        }
    }
    assert!(
        plain[1].contains(",-"),
        "there are negative numbers: {}",
        plain[1]
    );
}

#[test]
fn json_keeps_names_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let evil = "\u{9b}\u{202e}x.csv";
    fs::write(folder.path().join(evil), ROWS).unwrap();
    let output = simbet()
        .current_dir(&folder)
        .args(["inspect", evil, "--format", "json", "-q"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_harmless(&text);
    let found: Value = serde_json::from_str(&text).unwrap();
    assert!(found.to_string().contains("x.csv"));
}

/// A run of the results of somebody else.
#[test]
fn the_report_of_a_strange_folder_is_harmless() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(
        path.join("L.csv"),
        season(&["Ashby", "Bexley", "Corby", "Dunmow"]),
    )
    .unwrap();
    printed(
        path,
        &[
            "backtest",
            "L.csv",
            "--min-matches",
            "0",
            "--out",
            "out",
            "-q",
        ],
    );
    let bets = path.join("out").join("bets.csv");
    let evil = fs::read_to_string(&bets)
        .unwrap()
        .replace("Ashby", "\u{1b}[31m\u{202e}<b>Ashby");
    fs::write(&bets, evil).unwrap();
    for arguments in [
        &["report", "out"][..],
        &["report", "out", "-o", "-"],
        &["compare", "out", "out"],
    ] {
        printed(path, arguments);
    }
    if let Ok(page) = fs::read_to_string(path.join("out").join("report.html")) {
        assert_harmless(&page);
        assert!(!page.contains("<b>Ashby"));
    }
}

/// A program that answers for the service says what it likes.
#[cfg(feature = "serve")]
#[test]
fn the_health_of_a_stranger_is_harmless() {
    use std::io::{Read as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let stranger = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut asked = [0; 1024];
        let _ = stream.read(&mut asked).unwrap();
        let body = "{\"status\": \"\u{9b}31m\u{202e}\",\r\n\t\"x\": \"\u{7f}\"}";
        write!(
            stream,
            "HTTP/1.0 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
    });
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_simbet"))
        .args(["health", &address])
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    stranger.join().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_harmless(&said);
    assert_eq!(serde_json::from_str::<Value>(&said).unwrap()["x"], "\u{7f}");
}
