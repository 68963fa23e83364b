//! What a model knows: no bet on nothing, no forecast of a misspelt name, no home advantage on neutral grounds, and no
//! estimate of what the matches leave open.

use std::fs;

use serde_json::Value;
use simbet::{
    Entry, Names, RunConfig, Settings, Sink, SinkError, Withheld, backtest, fit, predict_fixtures,
    read_bytes,
};

use crate::backtest::simbet;

/// Teams whose names are unlike each other.
const TEAMS: [&str; 8] = [
    "Northgate",
    "Ashby",
    "Corfield",
    "Farley",
    "Dunmore",
    "Eltham",
    "Garth",
    "Holme",
];

/// Four rounds of every team against every other, in league L, without prices.
pub fn history() -> String {
    let mut csv = "league,date,home_team,away_team,home_goals,away_goals\n".to_owned();
    let mut day = 1;
    for round in 0..4 {
        for (i, home) in TEAMS.iter().enumerate() {
            for (j, away) in TEAMS.iter().enumerate() {
                if i < j {
                    let (home, away) = if round % 2 == 0 {
                        (home, away)
                    } else {
                        (away, home)
                    };
                    let goals = [(7 * i + 3 * j + round) % 4, (5 * j + 2 * i + round) % 3];
                    let date = format!("2022-{:02}-{:02}", 1 + day / 28, 1 + day % 28);
                    csv += &format!("L,{date},{home},{away},{},{}\n", goals[0], goals[1]);
                    day += 1;
                }
            }
        }
    }
    csv
}

pub const FIXTURE: &str = "league,date,home_team,away_team,odds_home,odds_draw,odds_away\n";

/// What `predict` writes about these fixtures: JSON and what it says on stderr.
fn predicted(history: &str, fixtures: &str, arguments: &[&str]) -> (Value, String) {
    let folder = tempfile::tempdir().unwrap();
    let [past, future] = ["past.csv", "future.csv"].map(|name| folder.path().join(name));
    fs::write(&past, history).unwrap();
    fs::write(&future, fixtures).unwrap();
    let output = simbet()
        .arg("predict")
        .arg(&past)
        .arg("--fixtures")
        .arg(&future)
        .args(["--format", "json"])
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    (serde_json::from_slice(&output.stdout).unwrap(), said)
}

fn teams(forecasts: &Value) -> Vec<&str> {
    let all = forecasts["predictions"].as_array().unwrap().iter();
    all.map(|one| one["home_team"].as_str().unwrap()).collect()
}

fn bets(value: &Value) -> usize {
    value["bets"].as_array().unwrap().len()
}

#[test]
fn a_misspelt_team_is_neither_forecast_nor_bet_on() {
    for (name, meant) in [
        ("North Gate", "Northgate"),
        ("Nortgate", "Northgate"),
        ("northgate FC", "Northgate"),
        ("Dunmroe", "Dunmore"),
    ] {
        let fixtures = format!(
            "{FIXTURE}L,2023-01-20,{name},Ashby,1.2,6.5,11\nL,2023-01-20,Corfield,Farley,1.2,6.5,11\n"
        );
        let (answer, said) = predicted(&history(), &fixtures, &[]);
        assert_eq!(teams(&answer), ["Corfield"], "{name}");
        assert!(
            said.contains(&format!(
                "warning: {name:?} is not known in L, did you mean {meant:?}?"
            )),
            "{said}"
        );
        assert_eq!(bets(&answer), 1, "{answer}");
    }
}

#[test]
fn a_misspelt_result_makes_no_name_right() {
    let csv = history() + "L,2023-01-10,North Gate,Ashby,1,0\n";
    let fixtures = format!(
        "{FIXTURE}L,2023-01-20,North Gate,Ashby,1.2,6.5,11\nL,2023-01-20,Corfield,Farley,2.4,3.3,2.95\n"
    );
    let (answer, said) = predicted(&csv, &fixtures, &["--min-matches", "0"]);
    assert_eq!(teams(&answer), ["Corfield"], "{answer}");
    assert!(
        said.contains("did you mean \"Northgate\"? No forecast"),
        "{said}"
    );
    let priced = csv.replace("away_goals\n", "away_goals,odds_home,odds_draw,odds_away\n");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("l.csv");
    fs::write(
        &path,
        priced.replace("North Gate,Ashby,1,0", "North Gate,Ashby,1,0,1.2,6.5,11"),
    )
    .unwrap();
    let output = simbet().arg("backtest").arg(&path).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("No forecast and no bet (1 match)"), "{said}");
}

#[test]
fn groups_that_never_met_have_no_forecast_between_them_without_a_prior() {
    let first = round_robin(&["A1", "A2", "A3", "A4"]);
    let second = round_robin(&["B1", "B2", "B3", "B4"]);
    let csv = format!("date,home_team,away_team,home_goals,away_goals\n{first}{second}");
    let csv = csv
        .replace("date,", "league,date,")
        .replace("\n20", "\nL,20");
    let fixtures =
        format!("{FIXTURE}L,2024-01-20,A1,B1,1.2,6.5,11\nL,2024-01-20,A2,A3,1.2,6.5,11\n");
    let (answer, said) = predicted(&csv, &fixtures, &["--prior", "0", "--min-matches", "0"]);
    assert_eq!(teams(&answer), ["A2"], "{said}");
    assert!(
        said.contains("no forecast and no bet on 1 fixture"),
        "{said}"
    );
    let (answer, _) = predicted(&csv, &fixtures, &["--min-matches", "0"]);
    assert_eq!(teams(&answer).len(), 2);
}

#[test]
fn a_name_like_that_of_a_team_that_plays_the_same_day_is_a_newcomer() {
    for fixtures in [
        "L,2023-01-20,North Gate,Northgate,1.2,6.5,11\n",
        "L,2023-01-20,North Gate,Ashby,1.2,6.5,11\nL,2023-01-20,Northgate,Holme,,,\n",
        "L,2023-01-20,Zeals,Ashby,1.2,6.5,11\n",
    ] {
        let (answer, said) = predicted(&history(), &format!("{FIXTURE}{fixtures}"), &[]);
        let newcomers = answer["predictions"].as_array().unwrap().iter();
        let mut newcomers = newcomers.filter(|one| one["newcomer"] == true);
        let newcomer = newcomers.next().unwrap();
        assert_eq!(newcomer["seen_home"], 0, "{answer}");
        assert!(newcomers.next().is_none());
        assert_eq!(bets(&answer), 0, "{answer}");
        assert!(
            said.contains("fewer than 15 matches (--min-matches)"),
            "{said}"
        );
    }
}

#[test]
fn the_limit_on_newcomers_can_be_lifted() {
    let fixtures = format!("{FIXTURE}L,2023-01-20,Zeals,Ashby,1.2,6.5,11\n");
    let (answer, said) = predicted(&history(), &fixtures, &["--min-matches", "0"]);
    assert_eq!(bets(&answer), 1, "{answer}");
    assert_eq!(answer["predictions"][0]["newcomer"], false);
    assert_eq!(answer["predictions"][0]["seen_away"], 28);
    assert!(!said.contains("--min-matches"), "{said}");
}

#[test]
fn an_unknown_league_has_neither_forecast_nor_bet() {
    let fixtures = format!(
        "{FIXTURE}L,2023-01-20,Northgate,Ashby,,,\nM,2023-01-20,Alpha,Beta,1.25,6.5,11\nM,2023-01-21,Beta,Alpha,1.25,6.5,11\n"
    );
    let (answer, said) = predicted(&history(), &fixtures, &[]);
    assert_eq!((teams(&answer).len(), bets(&answer)), (1, 0), "{answer}");
    let sentence =
        "no forecast and no bet in M: the model has seen no result of this league (2 fixtures)";
    assert_eq!(said.matches(sentence).count(), 1, "{said}");
    let (answer, _) = predicted(&history(), &fixtures, &["--min-matches", "0"]);
    assert_eq!((teams(&answer).len(), bets(&answer)), (3, 2), "{answer}");
}

#[test]
fn the_average_model_does_not_know_a_league_without_results_either() {
    let fixtures =
        format!("{FIXTURE}L,2023-01-20,Northgate,Ashby,,,\nM,2023-01-20,Alpha,Beta,1.25,6.5,11\n");
    let (answer, _) = predicted(&history(), &fixtures, &["--model", "average"]);
    assert_eq!((teams(&answer).len(), bets(&answer)), (1, 0), "{answer}");
}

#[test]
fn a_model_that_learns_nothing_from_results_needs_none() {
    let fixtures = format!("{FIXTURE}M,2023-01-20,Alpha,Beta,1.25,6.5,11\n");
    let (answer, said) = predicted(&history(), &fixtures, &["--model", "market"]);
    assert_eq!(teams(&answer), ["Alpha"]);
    assert_eq!(answer["predictions"][0]["seen_home"], Value::Null);
    assert!(!said.contains("no bet"), "{said}");
}

/// A line of prices that a model which knows nothing would bet on.
fn entry(id: &str, league: Option<&str>, teams: [&str; 2]) -> String {
    let league = league.map_or(String::new(), |league| format!("\"league\":{league:?},"));
    format!(
        "{{\"event_type\":\"match_event\",\"timestamp\":\"2023-03-02T12:00:00\",\"data\":{{\"match_id\":{id:?},{league}\
         \"home_team\":{:?},\"away_team\":{:?},\"minute\":0,\"home_goals\":0,\"away_goals\":0,\"market_odds_home\":1.2,\
         \"market_odds_draw\":6.5,\"market_odds_away\":11,\"timestamp\":\"2023-03-02T12:00:00\"}}}}\n",
        teams[0], teams[1]
    )
}

/// The event types that `trade` writes, and what it says.
fn traded(entries: &str, history: Option<&str>) -> (Vec<String>, String) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = simbet();
    command.args(["trade", "-"]);
    if let Some(history) = history {
        let path = folder.path().join("past.csv");
        fs::write(&path, history).unwrap();
        command.arg("--history").arg(path);
    }
    let output = command.write_stdin(entries).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let written = String::from_utf8(output.stdout).unwrap();
    let types = written.lines().map(|line| {
        let entry: Value = serde_json::from_str(line).unwrap();
        entry["event_type"].as_str().unwrap().to_owned()
    });
    (types.collect(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_stream_of_an_unknown_league_is_not_bet_on_and_that_is_said_once() {
    let entries =
        entry("1", Some("M"), ["Alpha", "Beta"]) + &entry("2", Some("M"), ["Gamma", "Delta"]);
    for history in [None, Some(history())] {
        let (types, said) = traded(&entries, history.as_deref());
        assert!(types.is_empty(), "{types:?}");
        let sentence = "no forecast and no bet in M: the model has seen no result of this league";
        assert_eq!(said.matches(sentence).count(), 1, "{said}");
    }
}

#[test]
fn entries_that_leave_out_the_league_are_told_so() {
    let entries =
        entry("1", None, ["Northgate", "Ashby"]) + &entry("2", None, ["Corfield", "Farley"]);
    let (types, said) = traded(&entries, Some(&history()));
    assert!(types.is_empty(), "{types:?}");
    assert_eq!(
        said.matches("entries without a league").count(),
        1,
        "{said}"
    );
}

#[test]
fn a_misspelt_team_of_a_stream_is_named_once() {
    let entries = [
        entry("1", Some("L"), ["North Gate", "Ashby"]),
        entry("2", Some("L"), ["Corfield", "Farley"]),
        entry("3", Some("L"), ["Holme", "North Gate"]),
    ];
    let (types, said) = traded(&entries.concat(), Some(&history()));
    assert_eq!(types, ["prediction", "bet", "trading_metrics"]);
    let sentence = "\"North Gate\" is not known in L, did you mean \"Northgate\"?";
    assert_eq!(said.matches(sentence).count(), 1, "{said}");
}

/// The reasons of a backtest, with the home sides.
#[derive(Default)]
struct Reasons(Vec<(String, Withheld, u64)>);

impl Sink for Reasons {
    fn name(&self) -> &'static str {
        "reasons"
    }

    fn write(&mut self, entry: &Entry, names: &Names) -> Result<(), SinkError> {
        if let Entry::Withheld {
            fixture,
            reason,
            edges,
            ..
        } = entry
        {
            let home = names.team(fixture.home).to_owned();
            self.0.push((home, *reason, *edges));
        }
        Ok(())
    }
}

#[test]
fn a_backtest_keeps_to_the_rule() {
    let mut csv = history();
    csv = csv.replacen(
        "away_goals\n",
        "away_goals,odds_home,odds_draw,odds_away\n",
        1,
    );
    csv += "L,2023-01-20,North Gate,Ashby,1,0,1.2,6.5,11\n";
    csv += "L,2023-01-21,Zeals,Ashby,1,0,1.2,6.5,11\n";
    csv += "L,2023-01-22,Corfield,Farley,1,0,1.2,6.5,11\n";
    csv += "M,2023-01-23,Corfield,Farley,1,0,1.2,6.5,11\n";
    let config = RunConfig::resolve(&Settings::default()).unwrap();
    let matches = read_bytes("l.csv", csv.as_bytes(), &config.read).unwrap();
    let mut reasons = Reasons::default();
    let done = backtest(
        &config.engine,
        config.replay,
        matches,
        Some(&mut reasons),
        &mut |_| {},
    )
    .unwrap();
    let codes: Vec<_> = reasons
        .0
        .iter()
        .map(|(home, reason, edges)| (home.as_str(), reason.code(), *edges))
        .collect();
    assert_eq!(
        codes,
        [
            ("North Gate", "misspelt", 0),
            ("Zeals", "newcomer", 1),
            ("Corfield", "unknown_league", 0)
        ]
    );
    let summary = done.summary;
    assert_eq!((summary.bets, summary.predicted), (1, 2));
    assert_eq!((summary.newcomer_bets, summary.unknown_matches), (1, 2));
    // the newcomer's forecast is scored
    assert_eq!(summary.model.n, 2);
}

#[test]
fn what_does_not_depend_on_a_model_is_bet_on_without_knowledge() {
    let csv = "date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n\
               2024-08-16,Alpha,Beta,1,0,1.60,4.20,5.25\n";
    let settings =
        Settings::from_toml("strategy = 'flat'\nmodel = 'dixon-coles'\nselections = ['home']")
            .unwrap();
    let config = RunConfig::resolve(&settings).unwrap();
    let matches = read_bytes("l.csv", csv.as_bytes(), &config.read).unwrap();
    let done = backtest(&config.engine, config.replay, matches, None, &mut |_| {}).unwrap();
    assert_eq!((done.summary.bets, done.summary.predicted), (1, 0));
}

#[test]
fn a_rare_name_near_a_common_one_is_warned_of_before_a_backtest() {
    let csv = history() + "L,2023-01-20,North Gate,Ashby,1,0\n";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("l.csv");
    fs::write(&path, csv).unwrap();
    let output = simbet().arg("fit").arg(&path).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains(
            "warning: \"North Gate\" occurs in 1 match of L, did you mean \"Northgate\"?"
        ),
        "{said}"
    );
}

const FIVE: [&str; 5] = [
    "L,2022-11-20,Q,E,3,0",
    "L,2022-11-21,S,N,2,0",
    "L,2022-11-22,E,S,3,1",
    "L,2022-11-23,N,Q,2,1",
    "L,2022-11-24,Q,S,2,1",
];

/// P(home, draw, away) of a fixture on neutral grounds or not, after five matches of which some were.
fn forecast(flags: [&str; 5], teams: [&str; 2], neutral: &str, model: &str) -> [f64; 3] {
    let mut csv = "league,date,home_team,away_team,home_goals,away_goals,neutral\n".to_owned();
    for (row, flag) in FIVE.iter().zip(flags) {
        csv += &format!("{row},{flag}\n");
    }
    csv += &format!("L,2022-12-01,{},{},,,{neutral}\n", teams[0], teams[1]);
    let settings = Settings::from_toml(&format!("model = '{model}'")).unwrap();
    let config = RunConfig::resolve(&settings).unwrap();
    let matches = read_bytes("l.csv", csv.as_bytes(), &config.read).unwrap();
    predict_fixtures(&config.engine, config.replay, matches)
        .unwrap()
        .forecasts[0]
        .model
        .unwrap()
}

fn assert_near(found: [f64; 3], expected: [f64; 3]) {
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-6, "{found} {expected}");
    }
}

/// Against a fit by numeric derivatives, written apart from the program.
#[test]
fn neutral_grounds_have_no_home_advantage_in_fit_and_prediction() {
    let none = ["0"; 5];
    let at_home = forecast(none, ["Q", "N"], "0", "dixon-coles");
    assert_near(at_home, [0.622909093, 0.219487726, 0.157603181]);
    let neutral = forecast(none, ["Q", "N"], "1", "dixon-coles");
    assert_near(neutral, [0.399771541, 0.316982407, 0.283246052]);
    let some = ["no", "TRUE", "FALSE", "yes", "0"];
    let mixed = forecast(some, ["Q", "N"], "neutral", "dixon-coles");
    assert_near(mixed, [0.406807591, 0.297045855, 0.296146554]);
    let mixed = forecast(some, ["Q", "N"], "", "dixon-coles");
    assert_near(mixed, [0.582469962, 0.228035311, 0.189494727]);
}

#[test]
fn neutral_grounds_of_a_stream_are_those_of_a_file() {
    let mut csv =
        "league,date,home_team,away_team,home_goals,away_goals,neutral,odds_home,odds_draw,odds_away\n"
            .to_owned();
    for row in FIVE {
        csv += &format!("{row},0,,,\n");
    }
    csv += "L,2022-12-01,Q,N,1,0,1,2.5,3.2,3.1\n";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("l.csv");
    fs::write(&path, csv).unwrap();
    let published = simbet().arg("publish").arg(&path).output().unwrap().stdout;
    let text = String::from_utf8(published.clone()).unwrap();
    assert_eq!(text.matches("\"neutral\":true").count(), 2, "{text}");
    let traded = simbet()
        .args(["trade", "-", "-q"])
        .write_stdin(published)
        .output()
        .unwrap();
    let written = String::from_utf8(traded.stdout).unwrap();
    let prediction: Value = serde_json::from_str(written.lines().next().unwrap()).unwrap();
    let found = ["win_prob_home", "draw_prob", "win_prob_away"]
        .map(|member| prediction["data"][member].as_f64().unwrap());
    assert_near(found, [0.399771541, 0.316982407, 0.283246052]);
}

#[test]
fn on_neutral_grounds_it_does_not_matter_who_is_named_first() {
    for model in ["poisson", "dixon-coles", "average"] {
        for flags in [["1"; 5], ["0"; 5], ["1", "0", "1", "0", "0"]] {
            let [home, draw, away] = forecast(flags, ["Q", "N"], "1", model);
            let turned = forecast(flags, ["N", "Q"], "1", model);
            assert_near(turned, [away, draw, home]);
        }
    }
}

/// What `fit` prints, and its JSON.
fn fitted(csv: &str, arguments: &[&str]) -> (String, Value) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("l.csv");
    fs::write(&path, csv).unwrap();
    let run = |format: &str| {
        let output = simbet()
            .arg("fit")
            .arg(&path)
            .args(["--format", format])
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    (run("table"), serde_json::from_str(&run("json")).unwrap())
}

const PLAIN: [&str; 6] = ["--prior", "0", "--half-life", "0", "--window", "0"];

/// Everybody plays everybody twice at home; the scores differ.
fn round_robin(teams: &[&str]) -> String {
    let mut rows = String::new();
    for round in 0..2 {
        for (i, home) in teams.iter().enumerate() {
            for (j, away) in teams.iter().enumerate() {
                if i != j {
                    let (x, y) = ((3 * i + j + round) % 4, (i + 2 * j + round) % 3);
                    rows += &format!(
                        "2022-0{}-{:02},{home},{away},{x},{y}\n",
                        1 + round,
                        1 + 5 * i + j
                    );
                }
            }
        }
    }
    rows
}

const HEADER: &str = "date,home_team,away_team,home_goals,away_goals\n";

fn strengths(fitted: &Value) -> Vec<(String, [Option<f64>; 2])> {
    let teams = fitted[0]["teams"].as_array().unwrap().iter();
    let mut all: Vec<_> = teams
        .map(|team| {
            let name = team["team"].as_str().unwrap().to_owned();
            (name, ["attack", "defence"].map(|what| team[what].as_f64()))
        })
        .collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

#[test]
fn a_team_that_conceded_nothing_has_no_defence_and_moves_nobody_else() {
    let league = round_robin(&["A", "B", "C", "D"]);
    let with = format!("{HEADER}{league}2022-06-01,Z,A,2,0\n");
    let (printed, json) = fitted(&with, &PLAIN);
    assert!(
        printed
            .contains("These matches do not determine:\n- the defence of Z: it has not conceded"),
        "{printed}"
    );
    let all = strengths(&json);
    assert_eq!(all[4].1[1], None);
    assert!(all[4].1[0].is_some());
    let mean: f64 = all[..4]
        .iter()
        .map(|(_, [_, defence])| defence.unwrap())
        .sum();
    assert!(mean.abs() < 1e-6, "{mean}");
    // the match without goals for A at Z says nothing of A's attack
    let (_, without) = fitted(&format!("{HEADER}{league}"), &PLAIN);
    let differences =
        |all: &[(String, [Option<f64>; 2])]| all[1].1[0].unwrap() - all[2].1[0].unwrap();
    let (with, without) = (differences(&all), differences(&strengths(&without)));
    assert!((with - without).abs() < 1e-6, "{with} {without}");
}

#[test]
fn a_team_that_never_scored_has_no_attack() {
    let csv = format!(
        "{HEADER}{}2022-06-01,Z,A,0,3\n2022-06-02,B,Z,1,0\n",
        round_robin(&["A", "B", "C", "D"])
    );
    let (printed, json) = fitted(&csv, &PLAIN);
    assert!(
        printed.contains("- the attack of Z: it has not scored"),
        "{printed}"
    );
    assert_eq!(json[0]["undetermined"].as_array().unwrap().len(), 1);
    // a prior determines it
    let (printed, json) = fitted(&csv, &[]);
    assert!(!printed.contains("do not determine"), "{printed}");
    assert_eq!(json[0]["undetermined"].as_array().unwrap().len(), 0);
}

#[test]
fn groups_that_never_met_are_named_and_have_a_mean_of_nought_each() {
    let rows = round_robin(&["A", "B", "C", "D"]) + &round_robin(&["K", "L", "M"]);
    let csv = format!("{HEADER}{rows}");
    let (printed, json) = fitted(&csv, &PLAIN);
    let sentence = "how these groups compare (no team of one met a team of another; each has a mean of 0): \
                    (A, B, C, D), (K, L, M)";
    assert!(printed.contains(sentence), "{printed}");
    let all = strengths(&json);
    let sum = |group: &[(String, [Option<f64>; 2])]| -> f64 {
        let sums = group
            .iter()
            .map(|(_, [attack, defence])| attack.unwrap() + defence.unwrap());
        sums.sum::<f64>() / group.len() as f64
    };
    assert!((sum(&all[..4]) - sum(&all[4..])).abs() < 1e-6, "{all:?}");
    let (printed, _) = fitted(&csv, &[]);
    assert!(
        printed.contains("how these groups compare (no team of one met a team of another; only the prior decides): (A, B, C, D), (K, L, M)"),
        "{printed}"
    );
}

#[test]
fn halves_that_met_only_each_other_are_named() {
    let mut rows = String::new();
    for (i, home) in ["A", "B", "C"].iter().enumerate() {
        for (j, away) in ["K", "L", "M"].iter().enumerate() {
            let day = 1 + 3 * i + j;
            rows += &format!(
                "2022-01-{day:02},{home},{away},{},{}\n",
                1 + (i + j) % 3,
                1 + i % 2
            );
            rows += &format!(
                "2022-02-{day:02},{away},{home},{},{}\n",
                1 + j % 2,
                1 + (i + 2 * j) % 3
            );
        }
    }
    let (printed, _) = fitted(&format!("{HEADER}{rows}"), &PLAIN);
    assert!(
        printed.contains("how far the strengths of A, B, C, K, L, M are attack"),
        "{printed}"
    );
}

#[test]
fn matches_on_neutral_grounds_leave_home_advantage_open() {
    let rows: String = round_robin(&["A", "B", "C", "D"])
        .lines()
        .map(|row| format!("{row},TRUE\n"))
        .collect();
    let csv = format!("date,home_team,away_team,home_goals,away_goals,neutral\n{rows}");
    let (printed, json) = fitted(&csv, &PLAIN);
    assert!(printed.contains("home advantage –"), "{printed}");
    assert!(
        printed.contains("- the home advantage: no side was at home"),
        "{printed}"
    );
    assert_eq!(json[0]["home_advantage"], Value::Null);
    // with a prior it is that of the base rates: home sides of average strength score 1.5
    let config = RunConfig::resolve(&Settings::default()).unwrap();
    let matches = read_bytes("l.csv", csv.as_bytes(), &config.read).unwrap();
    let fit = &fit(&config.engine, None, &matches).unwrap()[0].fit;
    assert!((fit.intercept + fit.home_advantage - 1.5_f64.ln()).abs() < 1e-8);
    let (printed, _) = fitted(&csv, &[]);
    assert!(
        printed.contains("the home advantage, which is that of the prior: no side was at home"),
        "{printed}"
    );
}

#[test]
fn bets_that_need_no_model_are_not_denied_where_they_are_placed() {
    let trade = |entries: String, more: &[&str]| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("past.csv");
        fs::write(&path, history()).unwrap();
        let output = simbet()
            .args([
                "trade",
                "-",
                "--strategy",
                "flat",
                "--model",
                "poisson",
                "--history",
            ])
            .arg(path)
            .args(more)
            .write_stdin(entries)
            .output()
            .unwrap();
        let [written, said] =
            [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
        (written.contains("\"event_type\":\"bet\""), said)
    };
    let (has_bet, said) = trade(entry("1", Some("M"), ["Alpha", "Beta"]), &[]);
    assert!(has_bet && said.contains("no forecast in M: "), "{said}");
    assert!(!said.contains("no bet"), "{said}");
    // a name that is probably another's binds every strategy
    let (has_bet, said) = trade(entry("1", Some("L"), ["North Gate", "Ashby"]), &[]);
    assert!(
        !has_bet && said.contains("No forecast and no bet"),
        "{said}"
    );
    // an alias holds in entries too
    let alias = ["--alias", "L:North Gate=Northgate"];
    let (has_bet, said) = trade(entry("1", Some("L"), ["North Gate", "Ashby"]), &alias);
    assert!(has_bet && !said.contains("has no effect"), "{said}");
}
