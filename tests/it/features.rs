//! Tables of features: what was known before each match, and nothing else.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use proptest::prelude::*;
use simbet::internals::backtest::{FeatureTable, features};
use simbet::internals::predict::FeatureGroup;
use simbet::internals::schema::event::Event;
use simbet::{
    Book, Matches, Odds, ReadConfig, RunConfig, Score, Settings, Statistics, Time, read, read_bytes,
};

use crate::backtest::simbet;

/// Three matches, the last of which is still to be played.
const SMALL: &str = "\
Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,HS,AS,HST,AST,HC,AC,AvgH,AvgD,AvgA,Avg>2.5,Avg<2.5
X1,06/08/2022,Ashby,Brae,2,0,10,4,5,2,6,2,2.00,3.50,4.00,1.90,2.00
X1,13/08/2022,Brae,Ashby,1,1,8,8,3,4,5,5,2.50,3.20,2.90,2.00,1.90
X1,20/08/2022,Ashby,Corby,,,,,,,,,2.00,3.50,4.00,1.90,2.00
";

type Rows = Vec<BTreeMap<String, String>>;

/// The rows of a table as the program prints it.
fn rows_of(csv: &str) -> Rows {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

fn printed(file: &str, arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("X1_2022-23.csv");
    fs::write(&path, file).unwrap();
    let run = simbet()
        .arg("features")
        .arg(&path)
        .args(arguments)
        .assert()
        .success();
    String::from_utf8(run.get_output().stdout.clone()).unwrap()
}

#[track_caller]
fn assert_cells(row: &BTreeMap<String, String>, expected: &[(&str, f64)]) {
    for (name, expected) in expected {
        let cell = &row[*name];
        let value: f64 = cell.parse().unwrap_or(f64::NAN);
        assert!(
            (value - expected).abs() < 1e-12 * expected.abs().max(1.0),
            "{name}: {cell}, not {expected}"
        );
    }
}

#[track_caller]
fn assert_empty(row: &BTreeMap<String, String>, names: &[&str]) {
    for name in names {
        assert_eq!(row[*name], "", "{name}");
    }
}

/// Worked by hand. With a half-life of seven days the match a week ago weighs 1 and that of two weeks ago ½.
#[test]
fn every_group_of_a_small_league() {
    let rows = rows_of(&printed(
        SMALL,
        &["--half-life", "7", "--margin-method", "multiplicative"],
    ));
    assert_eq!(rows.len(), 3);
    let fixture = &rows[2];
    assert_eq!(fixture["match_id"], "X1:2022-08-20:Ashby:Corby");
    assert_eq!(fixture["known_at"], "2022-08-20T00:00:00Z");
    assert_cells(
        fixture,
        &[
            ("season", 2022.0),
            ("neutral", 0.0),
            ("home_elo", 1_509.613_866_541_289_8),
            ("away_elo", 1500.0),
            ("elo_expectation", 0.652_713_485_643_875_4),
            ("home_pi", 0.082_242_315_410_140_67),
            ("away_pi", 0.0),
            ("pi_goal_difference", 0.065_158_175_602_442_64),
            ("home_form", 2.0),
            ("home_matches", 2.0),
            ("away_matches", 0.0),
            ("home_goals_for", 4.0 / 3.0),
            ("home_goals_against", 2.0 / 3.0),
            ("home_shots_for", 26.0 / 3.0),
            ("home_shots_against", 20.0 / 3.0),
            ("home_shots_on_target_for", 13.0 / 3.0),
            ("home_shots_on_target_against", 8.0 / 3.0),
            ("home_corners_for", 16.0 / 3.0),
            ("home_corners_against", 4.0),
            ("home_rest_days", 7.0),
            ("home_position", 1.0),
            ("home_points", 4.0),
            ("home_goal_difference", 2.0),
            ("home_played", 2.0),
            ("away_points", 0.0),
            ("away_goal_difference", 0.0),
            ("away_played", 0.0),
            ("month", 8.0),
            ("round", 3.0),
            ("market_p_home", 14.0 / 29.0),
            ("market_p_draw", 8.0 / 29.0),
            ("market_p_away", 7.0 / 29.0),
            ("market_p_over", 20.0 / 39.0),
        ],
    );
    let unknown = [
        "away_form",
        "away_goals_for",
        "away_shots_for",
        "away_shots_on_target_against",
        "away_corners_against",
        "away_rest_days",
        "away_position",
        "home_promoted",
        "away_promoted",
        "target_home_goals",
        "target_away_goals",
        "target_result",
        "target_over",
    ];
    assert_empty(fixture, &unknown);
    assert_cells(&rows[0], &[("home_elo", 1500.0), ("round", 1.0)]);
    assert_empty(&rows[0], &["home_form", "home_rest_days", "home_position"]);
    let targets = |row: &BTreeMap<String, String>| {
        [
            "target_home_goals",
            "target_away_goals",
            "target_result",
            "target_over",
        ]
        .map(|name| row[name].clone())
    };
    assert_eq!(targets(&rows[0]), ["2", "0", "H", "0"]);
    assert_eq!(targets(&rows[1]), ["1", "1", "D", "0"]);
}

/// Of a season that is not there nobody can say who is new; of one that is, who was not in it.
#[test]
fn a_promoted_side_was_not_there_the_season_before() {
    let file = "\
date,league,season,home_team,away_team,home_goals,away_goals
2021-08-07,L,2021,Ashby,Brae,1,0
2022-08-06,L,2022,Ashby,Corby,1,0
2023-08-05,L,2023,Corby,Ashby,1,0
2023-08-12,L,2023,Brae,Ashby,1,0
";
    let rows = rows_of(&printed(file, &["--features", "table"]));
    let promoted: Vec<[&str; 2]> = rows
        .iter()
        .map(|row| ["home_promoted", "away_promoted"].map(|name| row[name].as_str()))
        .collect();
    assert_eq!(promoted, [["", ""], ["0", "1"], ["0", "0"], ["1", "0"]]);
}

/// The goal models are those of backtest: their expected goals are those of the forecast.
#[test]
fn strengths_are_those_of_the_goal_models() {
    let folder = tempfile::tempdir().unwrap();
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/epl.csv");
    let out = folder.path().join("features.csv");
    let from = ["--from", "2025-05-25"];
    simbet()
        .args(["features", sample, "--features", "strengths"])
        .args(from)
        .arg("--output")
        .arg(&out)
        .assert()
        .success();
    let rows = rows_of(&fs::read_to_string(&out).unwrap());
    assert_eq!(rows.len(), 10);
    for row in &rows {
        let value = |name: &str| row[name].parse::<f64>().unwrap();
        for model in ["poisson", "dixon_coles"] {
            let named = |rest: &str| value(&format!("{model}_{rest}"));
            let ratio = named("expected_goals_home") / named("expected_goals_away");
            let strengths = named("home_attack")
                - named("away_defence")
                - (named("away_attack") - named("home_defence"));
            // the home advantage of the league, the same for every match
            let advantage = ratio.ln() - strengths;
            assert!((0.0..0.5).contains(&advantage), "{advantage}");
        }
    }
    let advantages: Vec<f64> = rows
        .iter()
        .map(|row| {
            let value = |name: &str| row[name].parse::<f64>().unwrap();
            (value("poisson_expected_goals_home") / value("poisson_expected_goals_away")).ln()
                - value("poisson_home_attack")
                + value("poisson_away_defence")
                + value("poisson_away_attack")
                - value("poisson_home_defence")
        })
        .collect();
    assert!(
        advantages
            .iter()
            .all(|it| (it - advantages[0]).abs() < 1e-9)
    );
}

fn config(toml: &str) -> RunConfig {
    RunConfig::resolve(&Settings::from_toml(toml).unwrap()).unwrap()
}

fn table(matches: Matches, groups: &[FeatureGroup], toml: &str) -> (FeatureTable, Arc<Matches>) {
    let (config, matches) = (config(toml), Arc::new(matches));
    let never = AtomicBool::new(false);
    let table = features(&config.engine, groups, config.replay, &matches, &never).unwrap();
    (table, matches)
}

/// Each match with its features, the last bit included.
fn described(matches: Matches, groups: &[FeatureGroup], toml: &str) -> Vec<(String, Time, String)> {
    let (table, matches) = table(matches, groups, toml);
    let rows = table.rows.iter().map(|row| {
        let id = matches.records[row.record].fixture.id.to_string();
        (id, row.known_at, format!("{:?}", row.values))
    });
    rows.collect()
}

fn until(rows: Vec<(String, Time, String)>, end: Time) -> Vec<(String, Time, String)> {
    rows.into_iter().filter(|(_, at, _)| *at <= end).collect()
}

/// Invented matches of three leagues with statistics, and prices before the match and at its close.
fn invented(seed: u64) -> String {
    let mut state = seed | 1;
    let mut draw = |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    let mut csv = "Div,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,HS,AS,HST,AST,HC,AC,AvgH,AvgD,AvgA,Avg>2.5,Avg<2.5,AvgCH,AvgCD,AvgCA\n"
        .to_owned();
    for week in 0..28 {
        for league in 0..3 {
            for game in 0..3 {
                let (home, away) = (game, 3 + (game + week) % 3);
                let [day, month] = [1 + week % 28, 1 + (week / 3) % 12];
                let year = 2021 + i32::from(week > 13);
                let time = ["", "12:30", "20:00"][draw(3) as usize];
                let goals = [draw(5), draw(4)];
                let shots = [draw(9), draw(9)];
                csv += &format!(
                    "L{league},{day:02}/{month:02}/{year},{time},T{league}{home},T{league}{away},{},{},{},{},{},{},{},{},2.{},3.5,3.{},1.{},1.95,2.{},3.4,3.{}\n",
                    goals[0],
                    goals[1],
                    shots[0] + draw(9),
                    shots[1] + draw(9),
                    shots[0],
                    shots[1],
                    draw(12),
                    draw(12),
                    10 + draw(80),
                    10 + draw(80),
                    80 + draw(19),
                    10 + draw(80),
                    10 + draw(80),
                );
            }
        }
    }
    csv
}

fn read_text(csv: &str) -> Matches {
    let config = config("markets = ['1x2', 'ou']");
    read_bytes("x.csv", csv.as_bytes(), &config.read).unwrap()
}

/// The matches with everything changed that is not known at the end of a day.
fn changed_after(matches: &Matches, end: Time, seed: u64) -> Matches {
    let mut changed = matches.clone();
    let mut state = seed | 1;
    let mut draw = move |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    changed
        .records
        .retain(|record| record.fixture.day <= end || draw(4) > 0);
    for record in &mut changed.records {
        let known = record.fixture.kickoff.unwrap_or(record.fixture.day);
        if known > end {
            record.close = record
                .close
                .iter()
                .copied()
                .map(|mut quote| {
                    quote.odds = Odds::new(1.5 + draw(40) as f64 / 10.0).unwrap();
                    quote
                })
                .collect();
        }
        // the results of a day are known after it
        if record.fixture.day >= end.start_of_day() {
            let mut goals = || draw(6) as u8;
            record.score = record.score.map(|_| Score {
                home: goals(),
                away: goals(),
            });
            record.statistics = Some(Arc::new(Statistics {
                shots: Some([20, 3]),
                shots_on_target: Some([draw(20) as u16, 1]),
                corners: Some([draw(9) as u16, 1]),
                ..Statistics::default()
            }));
        }
    }
    changed
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_comes_later_changes_no_feature(seed: u64, other: u64, place in 0..250_usize, close: bool) {
        let matches = read_text(&invented(seed));
        // not of the first week, before which there is no match to describe
        let later = &matches.records[9..];
        let day = later[place % later.len()].fixture.day;
        // at the start of a day none of its results are known
        let end = day.start_of_day();
        let toml = if close { "price = 'close'" } else { "" };
        let groups = FeatureGroup::ALL;
        let groups: Vec<_> = groups.into_iter().filter(|group| !group.takes_long() || place % 8 == 0).collect();
        let before = until(described(matches.clone(), &groups, toml), end);
        prop_assert!(!before.is_empty());
        let after = until(described(changed_after(&matches, end, other), &groups, toml), end);
        prop_assert_eq!(before, after);
    }

    #[test]
    fn the_order_of_rows_and_files_changes_nothing(seed: u64, cut in 1..80_usize) {
        let csv = invented(seed);
        let (header, rows) = csv.split_once('\n').unwrap();
        let rows: Vec<&str> = rows.lines().collect();
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, rows: &mut dyn Iterator<Item = &&str>| {
            let path = folder.path().join(name);
            let rows: Vec<&str> = rows.copied().collect();
            fs::write(&path, format!("{header}\n{}\n", rows.join("\n"))).unwrap();
            path.to_str().unwrap().to_owned()
        };
        let one = write("one.csv", &mut rows.iter());
        let [first, second] = [
            write("b.csv", &mut rows[..cut].iter().rev()),
            write("a.csv", &mut rows[cut..].iter().rev()),
        ];
        let config = config("markets = ['1x2', 'ou']");
        let of = |files: &[String]| {
            let matches = read(files, &config.read, &|_, _| {}).unwrap();
            described(matches, &FeatureGroup::usual(), "")
        };
        prop_assert_eq!(of(&[one]), of(&[first, second]));
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let file = invented(7);
    let [one, two] = ["1", "2"].map(|threads| {
        let groups = "elo,pi,form,goals,shots,corners,rest,table,calendar,strengths,market";
        printed(&file, &["--threads", threads, "--features", groups])
    });
    assert_eq!(one, two);
    assert_eq!(rows_of(&one).len(), 252);
}

/// What was counted in matches of which it cannot be true, or which nobody counted, is in no mean.
#[test]
fn shots_that_cannot_be_true_are_not_used() {
    let file = "\
Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,HS,AS,HST,AST,HC,AC
X1,06/08/2022,Ashby,Brae,2,0,4,4,9,2,0,0
X1,13/08/2022,Brae,Ashby,1,1,,,3,4,5,5
X1,20/08/2022,Ashby,Brae,,,,,,,,
";
    let rows = rows_of(&printed(file, &["--features", "shots,corners"]));
    assert_empty(&rows[2], &["home_shots_for", "away_shots_against"]);
    assert_cells(
        &rows[2],
        &[("home_shots_on_target_for", 4.0), ("home_corners_for", 5.0)],
    );
}

/// Where `HS` and `AS` are the score they are no shots.
#[test]
fn a_score_is_no_shot() {
    let file = "Date,HT,AT,HS,AS\n2022-08-06,Ashby,Brae,2,0\n2022-08-13,Brae,Ashby,1,1\n";
    let map = ["--map", "home_goals=HS", "--map", "away_goals=AS"];
    let rows = rows_of(&printed(
        file,
        &[&map[..], &["--features", "shots,goals"]].concat(),
    ));
    assert_empty(&rows[1], &["home_shots_for", "home_shots_against"]);
    assert_cells(&rows[1], &[("home_goals_against", 2.0)]);
}

#[track_caller]
fn refused(arguments: &[&str], file: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("x.csv"), file).unwrap();
    let run = simbet()
        .current_dir(folder.path())
        .args(["features", "x.csv"])
        .args(arguments)
        .assert()
        .code(2);
    String::from_utf8_lossy(&run.get_output().stderr).into_owned()
}

#[test]
fn what_was_asked_and_has_no_effect_is_refused() {
    for (arguments, expected) in [
        (
            &["--features", "elo,form", "--half-life", "90"][..],
            "--half-life has no effect: of the features only goals, shots, corners, strengths would change",
        ),
        (
            &["--features", "elo", "--book", "b365"],
            "--book has no effect: of the features only market",
        ),
        (&["--markets", "ou"], "--markets has no effect"),
        (&["--model", "average"], "--model has no effect"),
        (
            &["--prior", "0.3"],
            "of the features only strengths would change",
        ),
        (
            &["--features", "elos"],
            "invalid value 'elos' for '--features",
        ),
        (
            &["--output", "x.txt"],
            "--output must end in .csv or .parquet, not \"x.txt\"",
        ),
        (&["--output", "x.csv"], "x.csv"),
    ] {
        let said = refused(arguments, SMALL);
        assert!(said.contains(expected), "{arguments:?}: {said}");
    }
}

#[test]
fn a_table_of_features_replaces_its_own_kind_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("x.csv"), SMALL).unwrap();
    fs::write(path("mine.csv"), "years,of,work\n").unwrap();
    let run = |output: &Path| {
        simbet()
            .arg("features")
            .arg(path("x.csv"))
            .arg("--output")
            .arg(output)
            .assert()
    };
    run(&path("mine.csv")).code(2);
    run(&path("out.csv")).success();
    run(&path("out.csv")).success();
    assert_eq!(
        fs::read_to_string(path("mine.csv")).unwrap(),
        "years,of,work\n"
    );
}

#[test]
fn json_has_numbers_and_nulls() {
    let json = printed(SMALL, &["--format", "json", "--features", "elo,rest"]);
    let rows: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(rows[0]["home_elo"], 1500.0);
    assert!(rows[0]["home_rest_days"].is_null());
    assert_eq!(rows[1]["home_rest_days"], 7.0);
    assert_eq!(rows[1]["target_result"], "D");
    assert_eq!(rows[1]["season"], 2022);
}

/// What football-data counts is kept through the plain form.
#[test]
fn statistics_stay_through_the_plain_form() {
    let folder = tempfile::tempdir().unwrap();
    let file = "\
Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,HTHG,HTAG,Referee,HS,AS,HST,AST,HC,AC,HF,AF,HY,AY,HR,AR
X1,06/08/2022,Ashby,Brae,2,0,1,0,A Marriner,10,4,5,2,6,2,9,11,1,2,0,1
X1,13/08/2022,Brae,Ashby,1,1,2,0,,8,x,3,4,,,,,,,,
";
    let [from, to] = ["X1.csv", "plain.csv"].map(|name| folder.path().join(name));
    fs::write(&from, file).unwrap();
    let run = simbet()
        .arg("convert")
        .arg(&from)
        .arg("--output")
        .arg(&to)
        .assert()
        .success();
    let said = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
    assert!(
        said.contains("1 half-time score above the score at full time: dropped"),
        "{said}"
    );
    assert!(
        said.contains("1 cell of shots, corners, cards or the like that is no count"),
        "{said}"
    );
    let records = |path: &Path| {
        let file = path.to_str().unwrap().to_owned();
        read(&[file], &ReadConfig::default(), &|_, _| {})
            .unwrap()
            .records
    };
    assert_eq!(records(&from), records(&to));
    let first = records(&from)[0].statistics.clone().unwrap();
    assert_eq!(
        *first,
        Statistics {
            half_time: Some(Score { home: 1, away: 0 }),
            shots: Some([10, 4]),
            shots_on_target: Some([5, 2]),
            corners: Some([6, 2]),
            fouls: Some([9, 11]),
            yellow_cards: Some([1, 2]),
            red_cards: Some([0, 1]),
            referee: Some("A Marriner".into()),
            ..Statistics::default()
        }
    );
    let second = records(&from)[1].statistics.clone().unwrap();
    assert_eq!(
        (second.half_time, second.shots, second.shots_on_target),
        (None, None, Some([3, 4]))
    );
}

/// Rows on one match add their counts to each other, and contradict each other where these differ.
#[test]
fn rows_on_one_match_are_joined() {
    let with = |more: &str| {
        let csv = format!(
            "date,league,home_team,away_team,home_goals,away_goals,home_shots,away_shots,home_corners,away_corners\n\
             2022-08-06,L,Ashby,Brae,2,0,10,4,,\n{more}\n"
        );
        read_bytes("x.csv", csv.as_bytes(), &ReadConfig::default())
    };
    let joined = with("2022-08-06,L,Ashby,Brae,2,0,10,4,6,2").unwrap();
    let counted = joined.records[0].statistics.clone().unwrap();
    assert_eq!(
        (counted.shots, counted.corners),
        (Some([10, 4]), Some([6, 2]))
    );
    assert_eq!((joined.counts.matches, joined.counts.more_prices), (1, 1));
    let error = with("2022-08-06,L,Ashby,Brae,2,0,10,5,,")
        .unwrap_err()
        .to_string();
    assert!(error.contains("shots"), "{error}");
}

/// Of two matches of promoted sides; the whole of nine seasons agreed within 2e-15.
const REAL: &[(&str, &[(&str, f64)])] = &[
    (
        "E0:2018-01-20:Brighton:Chelsea",
        &[
            ("home_elo", 1_461.880_302_061_743_1),
            ("away_elo", 1_670.667_184_134_08),
            ("elo_expectation", 0.348_366_402_017_696_5),
            ("home_pi", -0.254_485_343_896_362_3),
            ("away_pi", 0.914_204_971_775_321_7),
            ("pi_goal_difference", -1.232_840_804_718_355_2),
            ("home_form", 1.0),
            ("home_matches", 23.0),
            ("home_goals_for", 0.726_023_906_424_154_3),
            ("home_goals_against", 1.268_891_392_713_691_6),
            ("home_shots_for", 9.373_556_885_190_725),
            ("home_shots_against", 15.218_017_475_412_745),
            ("home_shots_on_target_for", 2.741_536_303_073_873_5),
            ("home_shots_on_target_against", 4.621_631_213_680_903),
            ("home_corners_for", 4.403_964_183_185_03),
            ("home_corners_against", 6.601_903_998_723_674_5),
            ("home_rest_days", 7.0),
            ("home_points", 23.0),
            ("home_goal_difference", -12.0),
            ("home_played", 23.0),
            ("home_position", 16.0),
            ("home_promoted", 1.0),
            ("away_form", 1.8),
            ("away_matches", 61.0),
            ("away_goals_for", 2.011_738_787_122_151_7),
            ("away_goals_against", 0.774_853_783_119_286_5),
            ("away_shots_for", 16.114_641_539_651_69),
            ("away_shots_against", 9.065_118_660_191_128),
            ("away_shots_on_target_for", 5.857_600_803_713_176),
            ("away_shots_on_target_against", 2.636_550_813_690_935_7),
            ("away_corners_for", 6.260_634_291_322_974),
            ("away_corners_against", 4.238_446_214_068_635),
            ("away_rest_days", 7.0),
            ("away_points", 47.0),
            ("away_goal_difference", 25.0),
            ("away_played", 23.0),
            ("away_position", 4.0),
            ("away_promoted", 0.0),
            ("month", 1.0),
            ("round", 24.0),
            ("market_p_home", 0.155_048_388_985_333_13),
            ("market_p_draw", 0.254_427_808_521_145_05),
            ("market_p_away", 0.590_523_802_493_521_9),
            ("market_p_over", 0.434_108_527_131_782_94),
        ],
    ),
    (
        "E0:2017-11-29:Arsenal:Huddersfield",
        &[
            ("home_elo", 1_610.530_402_438_388_1),
            ("away_elo", 1_482.325_072_771_143),
            ("elo_expectation", 0.788_124_206_323_953_1),
            ("home_pi", 0.932_771_523_622_665_7),
            ("away_pi", -0.256_575_660_111_072_25),
            ("pi_goal_difference", 1.263_743_501_094_503_5),
            ("home_form", 2.4),
            ("home_matches", 51.0),
            ("home_goals_for", 1.914_990_393_767_612_5),
            ("home_goals_against", 1.171_963_865_303_473),
            ("home_shots_for", 15.450_102_008_139_845),
            ("home_shots_against", 10.805_788_246_545_148),
            ("home_shots_on_target_for", 5.615_023_537_576_294),
            ("home_shots_on_target_against", 4.096_564_490_554_797),
            ("home_corners_for", 6.058_531_084_118_54),
            ("home_corners_against", 4.574_072_796_578_299),
            ("home_rest_days", 3.0),
            ("home_points", 25.0),
            ("home_goal_difference", 7.0),
            ("home_played", 13.0),
            ("home_position", 4.0),
            ("home_promoted", 0.0),
            ("away_form", 1.2),
            ("away_matches", 13.0),
            ("away_goals_for", 0.677_833_127_130_834_9),
            ("away_goals_against", 1.515_024_904_362_26),
            ("away_shots_for", 8.788_992_578_151_511),
            ("away_shots_against", 11.306_694_149_450_443),
            ("away_shots_on_target_for", 2.538_989_783_536_630_6),
            ("away_shots_on_target_against", 4.111_006_896_164_727),
            ("away_corners_for", 5.031_009_246_587_424),
            ("away_corners_against", 6.473_743_114_044_397),
            ("away_rest_days", 3.0),
            ("away_points", 15.0),
            ("away_goal_difference", -10.0),
            ("away_played", 13.0),
            ("away_position", 13.0),
            ("away_promoted", 1.0),
            ("month", 11.0),
            ("round", 14.0),
            ("market_p_home", 0.796_216_161_819_462_5),
            ("market_p_draw", 0.138_874_911_945_255_11),
            ("market_p_away", 0.064_908_926_235_282_27),
            ("market_p_over", 0.632_098_765_432_098_9),
        ],
    ),
];

/// What a stream says of a match is what the file says.
#[test]
fn published_results_have_the_statistics_of_the_file() {
    let csv = invented(3);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.csv");
    fs::write(&path, &csv).unwrap();
    let run = simbet().arg("publish").arg(&path).assert().success();
    let lines = run.get_output().stdout.split(|byte| *byte == b'\n');
    let published: BTreeMap<String, Option<Statistics>> = lines
        .filter(|line| !line.is_empty())
        .filter_map(|line| match Event::of_line(line, Book::AVG).unwrap() {
            Event::Result(result) => Some((
                result.about.match_id.to_string(),
                result.statistics.as_deref().cloned(),
            )),
            Event::Prices(_) | Event::End(_) => None,
        })
        .collect();
    let read: BTreeMap<String, Option<Statistics>> = read_text(&csv)
        .records
        .iter()
        .map(|record| {
            (
                record.fixture.id.to_string(),
                record.statistics.as_deref().cloned(),
            )
        })
        .collect();
    assert_eq!(published.len(), 252);
    assert_eq!(published, read);
}

#[cfg(feature = "parquet")]
#[test]
fn a_table_of_features_may_be_parquet() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("x.csv"), SMALL).unwrap();
    let run = |output: &str| {
        simbet()
            .arg("features")
            .arg(path("x.csv"))
            .arg("--output")
            .arg(path(output))
            .assert()
    };
    run("out.parquet").success();
    run("out.parquet").success();
    assert!(fs::read(path("out.parquet")).unwrap().starts_with(b"PAR1"));
    // a table of matches is another kind
    let convert = simbet()
        .arg("convert")
        .arg(path("x.csv"))
        .arg("--output")
        .arg(path("matches.parquet"))
        .assert();
    convert.success();
    run("matches.parquet").code(2);
}

/// Features of real seasons, computed by a program in another language from the definitions.
#[test]
fn features_of_real_seasons_are_those_of_an_independent_computation() {
    let file = |name: &str| {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../shared/data/football-data")
            .join(name)
    };
    let files = ["E0_2016-17.csv", "E0_2017-18.csv"].map(file);
    if let Some(missing) = files.iter().find(|file| !file.exists()) {
        eprintln!("skipped: there is no {}", missing.display());
        return;
    }
    let run = simbet()
        .arg("features")
        .args(&files)
        .args(["--margin-method", "multiplicative"])
        .assert()
        .success();
    let rows = rows_of(std::str::from_utf8(&run.get_output().stdout).unwrap());
    assert_eq!(rows.len(), 760);
    for (id, expected) in REAL {
        let row = rows.iter().find(|row| row["match_id"] == *id).unwrap();
        assert_cells(row, expected);
    }
}
