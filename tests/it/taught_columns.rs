//! Goal models that learn columns of the files in place of goals, and matches that weigh more or less than others.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::backtest::simbet;

const TEAMS: [&str; 6] = [
    "Ashby", "Corfield", "Dunmore", "Eskdale", "Farley", "Gorran",
];

/// A match: day, sides, goals, goals to learn, and a weight; the texts as they stand in the file.
#[derive(Clone)]
struct Row {
    day: String,
    sides: [usize; 2],
    goals: [u32; 2],
    taught: [String; 2],
    weight: String,
}

/// A double round robin, in order of days, with numbers that are anything but regular.
fn league() -> Vec<Row> {
    let mut rows = Vec::new();
    for home in 0..6_usize {
        for away in (0..6).filter(|away| *away != home) {
            let seed = (home * 7 + away * 5 + home * away) as u32;
            let [x, y] = [seed * 3 % 5, (seed + home as u32) % 4];
            rows.push(Row {
                day: String::new(),
                sides: [home, away],
                goals: [x, y],
                taught: [
                    format!("{:.2}", f64::from(x) * 0.5 + 0.7),
                    format!("{:.2}", f64::from(y) * 0.4 + 0.35),
                ],
                weight: "1".to_owned(),
            });
        }
    }
    // opponents of a round differ, which the order of the loop above does not care for
    rows.sort_by_key(|row| (row.sides[0] * 5 + row.sides[1] * 3) % 11);
    for (place, row) in rows.iter_mut().enumerate() {
        row.day = format!("2024-{:02}-{:02}", 1 + place / 10, 1 + 2 * (place % 10));
    }
    rows
}

/// The rows as a file; what is to be learned from has the columns `hx`, `ax` and `w`.
fn csv(rows: &[Row]) -> String {
    let mut csv = "match_id,date,league,home_team,away_team,home_goals,away_goals,hx,ax,w,home_shots,away_shots,\
         home_shots_on_target,away_shots_on_target,home_corners,away_corners,odds_home,odds_draw,odds_away\n"
        .to_owned();
    for (place, row) in rows.iter().enumerate() {
        let [home, away] = row.sides.map(|side| TEAMS[side]);
        let ([x, y], [hx, ax], w, day) = (row.goals, &row.taught, &row.weight, &row.day);
        let shots = format!("{},{},{},{},6,4", 9 + 2 * x, 8 + y, 3 + x, 2 + y);
        writeln!(
            csv,
            "m{place},{day},L,{home},{away},{x},{y},{hx},{ax},{w},{shots},6,3.4,1.9"
        )
        .unwrap();
    }
    csv
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn with(rows: &[Row]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("L.csv"), csv(rows)).unwrap();
        Self(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// What a command prints on stdout, and its notes.
    fn run(&self, arguments: &str) -> (String, String) {
        let mut command = simbet();
        let command = command
            .current_dir(self.path())
            .args(arguments.split_whitespace());
        let output = command.assert().success();
        let output = output.get_output();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        (text(&output.stdout), text(&output.stderr))
    }

    fn json(&self, arguments: &str) -> Value {
        serde_json::from_str(&self.run(&format!("{arguments} --format json")).0).unwrap()
    }

    /// The exit code, and the error.
    fn fails(&self, arguments: &str) -> (i32, String) {
        let mut command = simbet();
        let command = command
            .current_dir(self.path())
            .args(arguments.split_whitespace());
        let output = command.assert().failure();
        let output = output.get_output();
        assert!(output.stdout.is_empty());
        let error = String::from_utf8(output.stderr.clone()).unwrap();
        (output.status.code().unwrap(), error)
    }
}

/// Every number of two JSON documents, which have the same form, is the same.
fn assert_near(one: &Value, other: &Value, place: &str) {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            let [one, other] = [one, other].map(|number| number.as_f64().unwrap());
            let scale = one.abs().max(1.0);
            assert!((one - other).abs() < 1e-6 * scale, "{place}: {one} {other}");
        }
        (Value::Array(one), Value::Array(other)) => {
            assert_eq!(one.len(), other.len(), "{place}");
            for (number, (one, other)) in one.iter().zip(other).enumerate() {
                assert_near(one, other, &format!("{place}/{number}"));
            }
        }
        (Value::Object(one), Value::Object(other)) => {
            for (name, one) in one {
                // a match that weighs twice is one match
                if name != "matches" {
                    assert_near(one, &other[name], &format!("{place}/{name}"));
                }
            }
        }
        _ => assert_eq!(one, other, "{place}"),
    }
}

const FITS: [&str; 6] = [
    "--learn goals",
    "--learn goals --model poisson --prior 0",
    "--learn goals --half-life 30",
    "",
    "--learn goals --model poisson --marginal weibull",
    "--learn goals --marginal negative-binomial",
];

/// Weighted likelihood: twice the weight is twice the match.
#[test]
fn a_match_of_weight_two_is_two_matches() {
    let (mut weighed, mut repeated) = (league(), Vec::new());
    for (place, row) in weighed.iter_mut().enumerate() {
        repeated.push(row.clone());
        if place % 3 == 1 {
            row.weight = "2".to_owned();
            repeated.push(row.clone());
        }
    }
    let (weighed, repeated) = (Folder::with(&weighed), Folder::with(&repeated));
    for settings in FITS {
        let one = weighed.json(&format!("fit L.csv --weight-column w {settings}"));
        let two = repeated.json(&format!("fit L.csv {settings}"));
        assert_near(&one, &two, settings);
        // and twice the weight is something
        let plain = weighed.json(&format!("fit L.csv {settings}"));
        let attack = |fit: &Value| fit[0]["teams"][0]["attack"].as_f64().unwrap();
        assert!((attack(&one) - attack(&plain)).abs() > 1e-4, "{settings}");
    }
}

/// Also for the filter, to the last digit.
#[test]
fn a_match_of_weight_zero_is_none() {
    let (mut weighed, mut without) = (league(), Vec::new());
    for (place, row) in weighed.iter_mut().enumerate() {
        // a team that has no other match is unknown, and so is what its shots were worth
        if place % 4 == 2 {
            row.weight = "0.0".to_owned();
        } else {
            without.push(row.clone());
        }
    }
    let (weighed, without) = (Folder::with(&weighed), Folder::with(&without));
    for settings in FITS.into_iter().chain(["--model filter"]) {
        let one = weighed.json(&format!("fit L.csv --weight-column w {settings}"));
        let two = without.json(&format!("fit L.csv {settings}"));
        if settings == "--model filter" {
            // the filter counts the matches of the files
            assert_near(&one, &two, settings);
        } else {
            assert_eq!(one, two, "{settings}");
        }
    }
}

/// What is learned in place of goals is only that: the goals themselves, given as a column, change nothing.
#[test]
fn the_column_of_goals_is_the_goals() {
    let folder = Folder::with(&league());
    for settings in FITS.into_iter().chain(["--model filter"]) {
        let plain = folder.json(&format!("fit L.csv {settings}"));
        let same = folder.json(&format!(
            "fit L.csv --goals-column home_goals,away_goals {settings}"
        ));
        let other = folder.json(&format!("fit L.csv --goals-column hx,ax {settings}"));
        if settings.contains("marginal") {
            // strengths stay those of expected goals
            continue;
        }
        let teams = |fit: &Value| fit[0]["teams"].clone();
        assert_near(&teams(&same), &teams(&plain), settings);
        assert_ne!(teams(&other), teams(&plain), "{settings}");
    }
}

/// In a double round robin the home advantage is the ratio of all that is learned of home sides to that of away sides, and with
/// independent goals their sum is what is expected of them.
#[test]
fn a_fit_to_expected_goals_has_their_sums() {
    let rows = league();
    let folder = Folder::with(&rows);
    let fit = folder
        .json("fit L.csv --goals-column hx,ax --model poisson --prior 0 --half-life 0 --window 0");
    let sum = |side: usize| {
        let goals = rows
            .iter()
            .map(|row| row.taught[side].parse::<f64>().unwrap());
        goals.sum::<f64>()
    };
    let found = fit[0]["home_advantage"].as_f64().unwrap();
    assert!((found - (sum(0) / sum(1)).ln()).abs() < 1e-7, "{found}");
    // it is a quasi-likelihood, which has no AIC
    assert_eq!(fit[0]["aic"], Value::Null);
    let (text, notes) = folder.run("fit L.csv --goals-column hx,ax --learn goals");
    assert!(text.contains("quasi-log-likelihood"), "{text}");
    assert!(
        notes.contains("its goals are those of hx and ax"),
        "{notes}"
    );
    // ρ is that of the scores
    let rho = |arguments: &str| folder.json(arguments)[0]["rho"].as_f64().unwrap();
    assert!(rho("fit L.csv --goals-column hx,ax --learn goals").abs() > 1e-6);
}

const BACKTEST: &str =
    "backtest L.csv --learn goals --min-matches 2 --min-ev 0 --book avg --selections home";

/// Bets are settled by the score, whatever teaches; and what a run says of its teachers.
#[test]
fn settlement_is_the_scores() {
    let rows = league();
    let folder = Folder::with(&rows);
    let run = folder.json(&format!(
        "{BACKTEST} --goals-column hx,ax --weight-column w --out out"
    ));
    assert_eq!(
        run["taught_by"]["goals_column"],
        serde_json::json!({ "columns": ["hx", "ax"], "matches": 30 })
    );
    assert_eq!(run["taught_by"]["weight_column"]["matches"], 30);
    let bets = fs::read_to_string(folder.path().join("out/bets.csv")).unwrap();
    let header: Vec<&str> = bets.lines().next().unwrap().split(',').collect();
    let at = |name: &str| header.iter().position(|known| *known == name).unwrap();
    let (date, result) = (at("date"), at("result"));
    let mut count = 0;
    for bet in bets.lines().skip(1) {
        let cells: Vec<&str> = bet.split(',').collect();
        let played = rows.iter().find(|row| row.day == cells[date]).unwrap();
        let [x, y] = played.goals;
        let expected = if x > y { "win" } else { "loss" };
        assert_eq!(cells[result], expected, "{bet}");
        count += 1;
    }
    assert!(count > 5, "{bets}");
}

/// What is learned of a match changes no forecast up to it.
#[test]
fn nothing_is_known_before_it_is_played() {
    let rows = league();
    let predictions = |rows: &[Row], name: &str| {
        let folder = Folder::with(rows);
        folder.run(&format!(
            "{BACKTEST} --goals-column hx,ax --weight-column w --out {name}"
        ));
        let text = fs::read_to_string(folder.path().join(name).join("predictions.csv")).unwrap();
        text.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let mut changed = rows.clone();
    changed[20].taught = ["6.5".to_owned(), "0.01".to_owned()];
    changed[20].weight = "7".to_owned();
    let (before, after) = (predictions(&rows, "a"), predictions(&changed, "b"));
    // a header, and a row for each match of which both teams are known
    let day = |line: &String| {
        line.split(',')
            .find(|it| it.starts_with("2024-"))
            .unwrap()
            .to_owned()
    };
    let first_other = before
        .iter()
        .zip(&after)
        .skip(1)
        .find(|(one, other)| one != other);
    let (other, _) = first_other.expect("it is learned afterwards");
    assert!(day(other) > rows[20].day, "{other}");
}

/// Every way in: Parquet, the plain form of simbet itself, a grid, tune, predict.
#[test]
fn columns_come_with_every_kind_of_file_and_command() {
    let mut rows = league();
    rows[3].weight = "0.25".to_owned();
    let folder = Folder::with(&rows);
    let given = "--goals-column hx,ax --weight-column w";
    let fit = folder.json(&format!("fit L.csv --learn goals {given}"));
    folder.run(&format!("convert L.csv {given} --output plain.csv"));
    let plain = fs::read_to_string(folder.path().join("plain.csv")).unwrap();
    let header = plain.lines().next().unwrap();
    assert!(
        header.ends_with("taught_home_goals,taught_away_goals,taught_weight"),
        "{header}"
    );
    assert_eq!(folder.json("fit plain.csv --learn goals"), fit);
    if cfg!(feature = "parquet") {
        folder.run(&format!("convert L.csv {given} --output plain.parquet"));
        assert_eq!(folder.json("fit plain.parquet --learn goals"), fit);
        let renamed =
            "--goals-column taught_home_goals,taught_away_goals --weight-column taught_weight";
        let again = folder.json(&format!("fit plain.parquet --learn goals {renamed}"));
        assert_eq!(again, fit);
    }
    let swept = folder.json(
        "sweep L.csv --learn goals --min-matches 2 --min-ev 0 --grid weight_column=w,hx --goals-column hx,ax",
    );
    let log_losses: Vec<&Value> = swept["ranked"]
        .as_array()
        .unwrap()
        .iter()
        .map(|ranked| &ranked["summary"]["model"]["log_loss"])
        .collect();
    assert!(
        log_losses.len() == 2 && log_losses[0] != log_losses[1],
        "{swept}"
    );
    let tuned = folder.run(&format!(
        "tune L.csv --learn goals --grid half_life=50,400 {given}"
    ));
    assert!(tuned.0.contains("400"), "{}", tuned.0);
    let mut fixture = csv(&rows[..1]).replace("m0,2024-01-01", "f1,2024-06-01");
    let goals = rows[0].goals;
    fixture = fixture.replacen(&format!(",{},{},", goals[0], goals[1]), ",,,", 1);
    fs::write(folder.path().join("next.csv"), fixture).unwrap();
    let predicted = |given: &str| {
        folder.json(&format!(
            "predict L.csv --fixtures next.csv --learn goals --min-matches 2 {given}"
        ))
    };
    let taught = predicted(given);
    assert_ne!(taught["predictions"], predicted("")["predictions"]);
    assert_eq!(taught["taught_by"]["goals_column"]["matches"], 30);
}

/// An empty cell is counted and said, with what stands in its place.
#[test]
fn what_is_missing_is_said() {
    let mut rows = league();
    rows[4].taught[1] = String::new();
    rows[5].taught = [String::new(), "NA".to_owned()];
    rows[9].weight = "-".to_owned();
    let folder = Folder::with(&rows);
    let (_, notes) = folder.run("fit L.csv --learn goals --goals-column hx,ax --weight-column w");
    for words in [
        "2 matches without a number in the column of goals to learn: their scores teach",
        "1 match without a number in the column of weights: it weighs 1",
        "its goals are those of hx and ax in 28 of 30 matches",
        "matches weigh by w in 29 of 30 matches",
    ] {
        assert!(notes.contains(words), "{words}\n{notes}");
    }
    // the score in place of what is missing
    let mut filled = rows.clone();
    for place in [4, 5] {
        filled[place].taught = rows[place].goals.map(|goals| goals.to_string());
    }
    filled[9].weight = "1".to_owned();
    let fit = |folder: &Folder| {
        folder.json("fit L.csv --learn goals --goals-column hx,ax --weight-column w")
    };
    assert_near(&fit(&folder), &fit(&Folder::with(&filled)), "filled");
    let strict = "fit L.csv --goals-column hx,ax --on-bad-row error";
    assert!(
        folder
            .fails(strict)
            .1
            .contains("L.csv, line 6, column 8 (hx)")
    );
}

#[test]
fn what_cannot_be_learned_is_an_error_that_says_where() {
    let cases: [(&str, &str, &str); 8] = [
        (
            "hx",
            "-0.5",
            "L.csv, line 9, column 8 (hx): expected goals to learn from 0 to 99",
        ),
        ("hx", "100", "found \"100\""),
        ("hx", "NaN", "found \"NaN\""),
        ("hx", "inf", "found \"inf\""),
        ("hx", "1.2.3", "--on-bad-row skip"),
        ("w", "-1", "L.csv, line 9, column 10 (w)"),
        ("w", "1001", "a weight from 0 to 1000"),
        ("w", "heavy", "found \"heavy\""),
    ];
    for (column, cell, words) in cases {
        let mut rows = league();
        if column == "w" {
            cell.clone_into(&mut rows[7].weight);
        } else {
            cell.clone_into(&mut rows[7].taught[0]);
        }
        let folder = Folder::with(&rows);
        let command = "fit L.csv --goals-column hx,ax --weight-column w";
        let (code, error) = folder.fails(command);
        assert!(code == 1 && error.contains(words), "{cell}: {error}");
        let (_, notes) = folder.run(&format!("{command} --on-bad-row skip"));
        assert!(
            notes.contains("1 row with impossible goals or weights to learn: left out"),
            "{notes}"
        );
        // nobody asked
        folder.run("fit L.csv");
    }
}

/// What was asked and could have no effect is an error.
#[test]
fn columns_that_are_nowhere_are_an_error() {
    let mut rows = league();
    for row in &mut rows {
        row.taught = [String::new(), String::new()];
        row.weight = String::new();
    }
    let folder = Folder::with(&rows);
    for (arguments, code, words) in [
        (
            "fit L.csv --goals-column hx,ay",
            1,
            "--goals-column ay: the header has no ay; it holds match_id",
        ),
        (
            "fit L.csv --weight-column weight",
            1,
            "--weight-column weight: the header has no weight",
        ),
        (
            "fit L.csv --goals-column hx",
            2,
            "--goals-column must be the columns of the home and of the away side",
        ),
        (
            "fit L.csv --goals-column hx,ax",
            2,
            "no match has numbers in hx and ax, which --goals-column names",
        ),
        (
            "backtest L.csv --weight-column w",
            2,
            "no match has a number in w, which --weight-column names",
        ),
        (
            "tune L.csv --weight-column w",
            2,
            "no match has a number in w",
        ),
        (
            "sweep L.csv --grid weight_column=w,home_goals --rank-by log-loss",
            2,
            "no match has a number in w",
        ),
        (
            "backtest L.csv --model average --weight-column home_goals",
            2,
            "--weight-column has no effect: the model average",
        ),
        (
            "backtest L.csv --strategy flat --goals-column home_goals,away_goals",
            2,
            "--goals-column has no effect",
        ),
        (
            "fit L.csv --goals-column a,b --map taught_home_goals=c",
            2,
            "--map taught_home_goals=c",
        ),
    ] {
        let (found, error) = folder.fails(arguments);
        assert!(
            found == code && error.contains(words),
            "{arguments}: {found} {error}"
        );
    }
}

/// The same of teachers: asked for by name, and in no match.
#[test]
fn teachers_that_are_nowhere_are_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let plain: String = csv(&league())
        .lines()
        .map(|line| line.split(',').take(7).collect::<Vec<_>>().join(",") + ",6,3.4,1.9\n")
        .collect();
    let plain = plain.replacen(",6,3.4,1.9", ",odds_home,odds_draw,odds_away", 1);
    fs::write(folder.path().join("L.csv"), &plain).unwrap();
    let folder = Folder(folder);
    let usual = "--min-matches 2 --min-ev 0";
    for (arguments, words) in [
        (
            "fit L.csv --learn goals,shots",
            "--learn names shots, and no match has",
        ),
        ("tune L.csv --learn goals,shots", "--learn names shots"),
        (
            "sweep L.csv --grid learn=goals,goals+shots",
            "--learn names shots",
        ),
        ("backtest L.csv --learn goals,shots", "--learn names shots"),
    ] {
        let (code, error) = folder.fails(&format!(
            "{arguments} {}",
            if arguments.starts_with("backtest") {
                usual
            } else {
                ""
            }
        ));
        assert!(code == 2 && error.contains(words), "{arguments}: {error}");
    }
    // what is usual is not asked for
    let (text, _) = folder.run(&format!("backtest L.csv {usual}"));
    assert!(
        text.contains("taught by goals; no match has shots"),
        "{text}"
    );
    // in a file of settings it is said
    fs::write(
        folder.path().join("my.toml"),
        "learn = 'goals,shots,prices'\n",
    )
    .unwrap();
    let (_, notes) = folder.run(&format!("backtest L.csv --config my.toml {usual}"));
    assert!(notes.contains("--learn names shots"), "{notes}");
    let without_prices: String = plain
        .lines()
        .map(|line| line.split(',').take(7).collect::<Vec<_>>().join(",") + "\n")
        .collect();
    fs::write(folder.path().join("L.csv"), without_prices).unwrap();
    let (code, error) = folder.fails("fit L.csv --learn prices");
    assert!(
        code == 2 && error.contains("--learn names prices"),
        "{error}"
    );
}
