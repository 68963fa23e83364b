//! Streams over a pipe: what is published is bet on as a backtest bets, whatever happens to the lines on the way.

mod live;
mod reading;
mod statistics;
mod voids;

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::backtest::simbet;

const EPL: &str = "datasets/epl.csv";

/// Everything that a run wrote but run.json.
#[derive(Debug, PartialEq)]
struct Written {
    bets: String,
    bankroll: String,
    summary: String,
}

/// Says where two runs part, rather than everything that both wrote.
fn assert_same(left: &Written, right: &Written, what: &str) {
    let files = [
        (&left.bets, &right.bets),
        (&left.bankroll, &right.bankroll),
        (&left.summary, &right.summary),
    ];
    for (left, right) in files {
        for (left, right) in left.lines().zip(right.lines()) {
            assert_eq!(left, right, "{what}");
        }
        assert_eq!(left.len(), right.len(), "{what}");
    }
}

fn written(folder: &Path) -> Written {
    let read = |name| fs::read_to_string(folder.join(name)).unwrap();
    Written {
        bets: read("bets.csv"),
        bankroll: read("bankroll.csv"),
        summary: read("summary.json"),
    }
}

/// What a command that writes a folder wrote.
fn run(arguments: &[&str], stdin: &[u8]) -> Written {
    let folder = tempfile::tempdir().unwrap();
    simbet()
        .args(arguments)
        .arg("-q")
        .arg("--out")
        .arg(folder.path())
        .write_stdin(stdin)
        .assert()
        .success();
    written(folder.path())
}

/// The settings that publish looks at, of those for the whole way from files to bets.
pub fn of_publisher<'a>(settings: &[&'a str]) -> Vec<&'a str> {
    const OF_TRADERS: [&str; 14] = [
        "--model",
        "--strategy",
        "--kelly-fraction",
        "--max-round",
        "--multiple",
        "--selections",
        "--commission",
        "--min-ev",
        "--min-odds",
        "--refit-every",
        "--min-matches",
        "--max-exposure",
        "--bankroll",
        "--stake",
    ];
    without(settings, &OF_TRADERS)
}

/// The settings that trade looks at: which prices there are is the publisher's choice.
pub fn of_trader<'a>(settings: &[&'a str]) -> Vec<&'a str> {
    without(settings, &["--price"])
}

/// Options without some of them and their values.
fn without<'a>(settings: &[&'a str], options: &[&str]) -> Vec<&'a str> {
    let mut is_left_out = false;
    let mut kept = settings.to_vec();
    kept.retain(|word| {
        if word.starts_with("--") {
            is_left_out = options.contains(word);
        }
        !is_left_out
    });
    kept
}

fn publish(arguments: &[&str]) -> String {
    let output = simbet()
        .arg("publish")
        .args(of_publisher(arguments))
        .assert()
        .success();
    String::from_utf8(output.get_output().stdout.clone()).unwrap()
}

fn trade(stream: &str, arguments: &[&str]) -> Written {
    run(
        &[&["trade", "-"], &of_trader(arguments)[..]].concat(),
        stream.as_bytes(),
    )
}

/// Where a backtest of files bets, a trader on the published files does; the settings of `period` are of the replay alone.
fn assert_parity(settings: &[&str], period: &[&str]) {
    let backtest = run(&[&["backtest", EPL], settings, period].concat(), b"");
    let stream = publish(&[&[EPL], settings, period].concat());
    assert_same(
        &trade(&stream, settings),
        &backtest,
        &format!("{settings:?} {period:?}"),
    );
    assert!(
        backtest.bets.lines().count() > 20,
        "{settings:?} {period:?} hardly bets"
    );
}

#[test]
fn a_stream_is_bet_on_like_the_files_it_was_published_from() {
    let settings: [&[&str]; 8] = [
        &[],
        &[
            "--model",
            "poisson",
            "--refit-every",
            "5",
            "--strategy",
            "kelly",
            "--kelly-fraction",
            "0.25",
            "--book",
            "b365",
        ],
        &["--price", "close", "--book", "ps,avg", "--max-round", "0.1"],
        &[
            "--markets",
            "1x2,ou,ah",
            "--book",
            "best:ps,b365,max",
            "--multiple",
        ],
        &["--strategy", "flat", "--selections", "home", "--book", "ps"],
        &[
            "--strategy",
            "proportional",
            "--markets",
            "ah",
            "--price",
            "close",
            "--commission",
            "0.02",
        ],
        &[
            "--model",
            "market",
            "--market-book",
            "ps",
            "--book",
            "max",
            "--min-ev",
            "0.01",
        ],
        &[
            "--model",
            "average",
            "--markets",
            "ou",
            "--min-matches",
            "3",
        ],
    ];
    for settings in settings {
        assert_parity(settings, &[]);
    }
    assert_parity(
        &["--strategy", "kelly", "--max-exposure", "0.2"],
        &["--from", "2024-01-01", "--to", "2024-12-31"],
    );
}

#[test]
fn invented_matches_in_play_are_bet_on_over_a_pipe_as_in_a_simulation() {
    let invented = [
        "--matches",
        "230",
        "--seed",
        "7",
        "--in-play",
        "--every",
        "15",
    ];
    for settings in [
        &["--markets", "1x2,ou,ah"][..],
        &["--price", "close", "--strategy", "kelly"],
    ] {
        let simulated = run(&[&["simulate"][..], &invented, settings].concat(), b"");
        let stream = publish(&[&invented[..], settings].concat());
        let traded = trade(&stream, &[settings, &["--profile", "empirical"]].concat());
        let mut summary: Value = serde_json::from_str(&simulated.summary).unwrap();
        assert!(
            summary["expected_profit"].is_number(),
            "only a simulation knows the truth"
        );
        summary["expected_profit"] = Value::Null;
        let simulated = Written {
            summary: format!("{summary:#}\n"),
            ..simulated
        };
        assert_same(&traded, &simulated, &format!("{settings:?}"));
    }
}

/// A stream's lines with the time they are of; the last one is the end.
fn lines(stream: &str) -> Vec<(String, String)> {
    let time = |line: &str| {
        let entry: Value = serde_json::from_str(line).unwrap();
        entry["timestamp"].as_str().unwrap().to_owned()
    };
    stream
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| (time(line), line.to_owned()))
        .collect()
}

/// Draws without a library, the same in every version.
fn draw(state: &mut u64, below: usize) -> usize {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) as usize % below
}

fn shuffled(stream: &str) -> String {
    let mut lines = lines(stream);
    let end = lines.pop().unwrap();
    let mut state = 1;
    for round in lines.chunk_by_mut(|a, b| a.0 == b.0) {
        for place in (1..round.len()).rev() {
            round.swap(place, draw(&mut state, place + 1));
        }
    }
    lines.push(end);
    lines.into_iter().map(|(_, line)| line + "\n").collect()
}

/// Every third line comes again, and the whole instant does once it is over.
fn repeated(stream: &str) -> String {
    let lines = lines(stream);
    let (end, lines) = lines.split_last().unwrap();
    let mut all = String::new();
    for round in lines.chunk_by(|a, b| a.0 == b.0) {
        for (number, (_, line)) in round.iter().enumerate() {
            all.extend([
                line.as_str(),
                "\n",
                if number % 3 == 0 { line } else { "" },
                "\n",
            ]);
        }
        all.extend(round.iter().flat_map(|(_, line)| [line.as_str(), "\n"]));
    }
    all + &end.1 + "\n"
}

/// Members that nobody knows, and those that are known in another order.
fn foreign(stream: &str) -> String {
    let entries = stream.lines().map(|line| {
        let mut entry: Value = serde_json::from_str(line).unwrap();
        let data = entry["data"].as_object_mut().unwrap();
        let reversed: Vec<_> = std::mem::take(data).into_iter().rev().collect();
        data.insert(
            "weather".into(),
            serde_json::json!({ "wind": [1, 2, { "gusts": null }] }),
        );
        data.extend(reversed);
        data.insert("round".into(), "17\u{2603}\n".into());
        entry["source"] = 1.5e300.into();
        entry.to_string() + "\n"
    });
    entries.collect()
}

const GARBAGE: [&str; 8] = [
    "not JSON",
    "",
    "{\"event_type\":\"match_event\",\"data\":{},\"timestamp\":\"2023-08-11T00:00:00Z\"}",
    "{\"event_type\":\"match_event\"",
    "[1,2,3]",
    "{\"event_type\":\"tea\",\"data\":{},\"timestamp\":\"\"}",
    "\u{0}\u{1}",
    "{\"event_type\":\"match_result\",\"data\":{\"match_id\":\"nobody\",\"home_goals\":1,\"away_goals\":1,\
     \"timestamp\":\"2023-08-11T00:00:00Z\"}}",
];

fn with_garbage(stream: &str) -> String {
    let mut all = String::from("\u{feff}\n");
    for (number, line) in stream.lines().enumerate() {
        all.extend([GARBAGE[number % GARBAGE.len()], "\n", line, "\n"]);
        if number == 100 {
            all.extend(["x".repeat(3_000_000).as_str(), "\n"]);
        }
    }
    all
}

#[test]
fn nothing_that_may_happen_to_lines_on_the_way_changes_the_bets() {
    let settings = ["--markets", "1x2,ah", "--book", "ps,b365"];
    let stream = publish(&[&[EPL][..], &settings].concat());
    let whole = trade(&stream, &settings);
    let unsized_rounds = |stream: &str| {
        let lines = stream.lines().map(|line| {
            let Some((before, after)) = line.split_once(",\"round_size\":") else {
                return line.to_owned() + "\n";
            };
            [before, &after[after.find('}').unwrap()..], "\n"].concat()
        });
        lines.collect::<String>()
    };
    assert!(unsized_rounds(&stream) != stream);
    let altered = [
        ("shuffled", shuffled(&stream)),
        ("repeated", repeated(&stream)),
        ("shuffled and repeated", shuffled(&repeated(&stream))),
        ("foreign members", foreign(&stream)),
        ("CRLF", stream.replace('\n', "\r\n")),
        ("garbage", with_garbage(&stream)),
        ("no last line end", stream.trim_end().to_owned()),
    ];
    for (what, altered) in altered {
        assert!(altered != stream, "{what}");
        assert_same(&trade(&altered, &settings), &whole, what);
    }
    // how far a pipe may fall silent nobody knows: without a size of the rounds, a file is the way
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.ndjson");
    fs::write(&file, unsized_rounds(&stream)).unwrap();
    assert_same(
        &run(
            &[&["trade", file.to_str().unwrap()][..], &settings].concat(),
            b"",
        ),
        &whole,
        "a file",
    );
    let traded = trade(
        &unsized_rounds(&stream),
        &[&settings[..], &["--linger", "off"]].concat(),
    );
    assert_same(&traded, &whole, "no linger");
}

#[test]
fn entries_that_are_put_aside_are_kept_with_their_reason() {
    let folder = tempfile::tempdir().unwrap();
    let dead = folder.path().join("dead.ndjson");
    let stream = with_garbage(&publish(&["--matches", "40"]));
    let output = simbet()
        .args(["trade", "-", "--dead"])
        .arg(&dead)
        .write_stdin(stream)
        .assert()
        .success();
    let said = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(
        said.contains("warning: line 2: not an entry in JSON: expected ident at line 1 column 2\n"),
        "{said}"
    );
    assert!(
        said.contains(
            "event_type: expected match_event, match_result or end_of_stream, found \"tea\"\n"
        ),
        "{said}"
    );
    assert!(said.contains("the match \"nobody\" is not known"), "{said}");
    assert!(
        said.contains("there are more such lines; --dead FILE keeps them"),
        "{said}"
    );
    let dead: Vec<Value> = fs::read_to_string(dead)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(dead[0]["line"], 2);
    assert_eq!(dead[0]["original"], "not JSON");
    assert!(
        dead.iter()
            .any(|entry| entry["reason"] == "the entry is longer than 65536 bytes")
    );
    let aside = format!("{} rejected", dead.len());
    assert!(said.contains(&aside), "{aside}: {said}");
}

/// Regression: the file dropped these prices, and the stream bet on them at 240.0.
#[test]
fn no_way_in_bets_on_impossible_prices() {
    let folder = tempfile::tempdir().unwrap();
    let [twin, dead, out] = ["twin.csv", "dead.ndjson", "out"].map(|name| folder.path().join(name));
    let prices = "120,230,240";
    let csv = format!(
        "league,date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n\
         L,2024-03-02,Ashby,Corfield,1,0,{prices}\n"
    );
    fs::write(&twin, csv).unwrap();
    let data = serde_json::json!({
        "match_id": "m1", "home_team": "Ashby", "away_team": "Corfield", "minute": 0, "home_goals": 0, "away_goals": 0,
        "market_odds_home": 120, "market_odds_draw": 230, "market_odds_away": 240, "league": "L",
        "timestamp": "2024-03-02T12:00:00",
    });
    let event = serde_json::json!({ "event_type": "match_event", "data": data, "timestamp": data["timestamp"] });
    simbet()
        .args(["trade", "-", "-q", "--dead"])
        .arg(&dead)
        .arg("--out")
        .arg(&out)
        .write_stdin(format!("{event}\n"))
        .assert()
        .success();
    assert_eq!(written(&out).bets.lines().count(), 1, "the header alone");
    let letter: Value = serde_json::from_str(&fs::read_to_string(dead).unwrap()).unwrap();
    assert_eq!(
        letter["reason"],
        "market_odds_home, _draw, _away: 120, 230, 240 leave a margin of -98 %: these are no decimal odds"
    );
    let backtest = simbet().arg("backtest").arg(&twin).output().unwrap();
    let said = String::from_utf8_lossy(&backtest.stderr).into_owned();
    assert!(said.contains("looks like American odds"), "{said}");
}

/// What is read from --history is learned as if it had come before, but only what was known by then.
#[test]
fn history_is_learned_before_the_stream_begins() {
    let stream = publish(&[EPL, "--from", "2024-08-01"]);
    let second: String = stream
        .lines()
        .filter(|line| !line.contains("\"season\":2023"))
        .map(|line| format!("{line}\n"))
        .collect();
    let backtest = run(&["backtest", EPL, "--from", "2024-08-01"], b"");
    // the file holds the season of the stream as well: none of its results may be known beforehand
    assert_same(&trade(&second, &["--history", EPL]), &backtest, "history");
    assert!(trade(&second, &[]) != backtest);
}

#[test]
fn the_lines_of_a_trader_have_the_members_that_consumers_read() {
    let stream = publish(&[EPL, "--to", "2023-08-13"]);
    let output = simbet()
        .args(["trade", "-", "-q", "--min-matches", "0"])
        .write_stdin(stream)
        .assert()
        .success();
    let lines = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    let mandatory = |event_type: &str| -> &[&str] {
        match event_type {
            "prediction" => &["match_id", "win_prob_home", "win_prob_away", "timestamp"],
            "bet" | "bet_settled" => &[
                "match_id",
                "selection",
                "stake",
                "odds_taken",
                "expected_value",
                "timestamp",
                "result",
                "payout",
            ],
            "trading_metrics" => &[
                "total_bets",
                "winning_bets",
                "total_staked",
                "total_payout",
                "roi",
                "win_rate",
                "average_odds",
                "timestamp",
            ],
            other => panic!("{other}"),
        }
    };
    let entries: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for entry in &entries {
        let data = entry["data"].as_object().unwrap();
        assert_eq!(entry["timestamp"], data["timestamp"]);
        for member in mandatory(entry["event_type"].as_str().unwrap()) {
            assert!(data.contains_key(*member), "{member} of {entry}");
        }
    }
    let of = |event_type: &'static str| {
        entries
            .iter()
            .filter(move |entry| entry["event_type"] == event_type)
    };
    assert_eq!((of("bet").count(), of("bet_settled").count()), (8, 8));
    // Burnley 0-3 Man City: 100 of 10,000 on the home side at 9.02
    let (bet, settled) = (of("bet").next().unwrap(), of("bet_settled").next().unwrap());
    assert_eq!(
        (&bet["data"]["stake"], &bet["data"]["odds_taken"]),
        (&100.0.into(), &9.02.into())
    );
    assert_eq!(
        (&bet["data"]["result"], &settled["data"]["result"]),
        (&Value::Null, &"loss".into())
    );
    assert_eq!(bet["data"]["bet_id"], settled["data"]["bet_id"]);
    let metrics = of("trading_metrics").nth(1).unwrap();
    assert_eq!(
        (&metrics["data"]["roi"], &metrics["data"]["bankroll"]),
        (&(-100.0).into(), &9900.0.into())
    );
}

#[test]
fn what_cannot_be_published_or_traded_is_said() {
    let refused = |arguments: &[&str], code: i32, said: &str| {
        let output = simbet().args(arguments).write_stdin("").assert().code(code);
        let error = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
        assert!(error.contains(said), "{arguments:?}: {error}");
    };
    refused(
        &["publish", EPL, "--matches", "10"],
        2,
        "cannot be used with",
    );
    refused(
        &["publish", "--from", "2024-01-01"],
        2,
        "--from and --to select matches of files",
    );
    refused(
        &["publish", "--speed", "0"],
        2,
        "expected max, or a factor above 0",
    );
    refused(&["publish", "--rate", "-1"], 2, "--rate");
    refused(&["publish", "--matches", "0"], 2, "matches");
    refused(&["publish", "nowhere.csv"], 1, "nowhere.csv");
    refused(&["trade"], 2, "required");
    refused(
        &["trade", "-", "--date-order", "dmy"],
        2,
        "--date-order has no effect: it is about reading files",
    );
    refused(
        &["publish", EPL, "--book", "nobody"],
        1,
        "no match has a price of nobody",
    );
    refused(
        &["trade", "nowhere.ndjson"],
        1,
        "cannot read nowhere.ndjson",
    );
    refused(&["trade", "-", "--model", "truth"], 2, "truth");
    refused(
        &["trade", "-", "--linger", "soon"],
        2,
        "expected milliseconds such as 50, or off",
    );
}

#[cfg(not(feature = "redis"))]
#[test]
fn a_build_without_redis_says_so() {
    for command in ["publish", "trade"] {
        let output = simbet().args([command, "--redis"]).assert().code(2);
        let error = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
        assert!(
            error.contains("this simbet was built without Redis; build it with --features redis"),
            "{error}"
        );
    }
}

#[test]
fn nothing_at_all_is_no_bet() {
    let output = simbet()
        .args(["trade", "-"])
        .write_stdin("")
        .assert()
        .success();
    assert!(output.get_output().stdout.is_empty());
    let said = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(
        said.contains("0 entries, without an end of the stream, 0 rejected"),
        "{said}"
    );
}

#[test]
fn a_stream_without_a_price_of_the_book_is_an_error() {
    let stream = publish(&[EPL, "--book", "ps"]);
    let output = simbet()
        .args(["trade", "-", "-q", "--book", "wh"])
        .write_stdin(stream)
        .assert()
        .code(1);
    let said = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(
        said.contains("no price was of wh (--book): the entries have ps"),
        "{said}"
    );
}
