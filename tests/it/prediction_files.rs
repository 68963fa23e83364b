//! The predictions that `--out` writes: their figures, their rows, and that what one run wrote the next one bets by.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use simbet::internals::schema::PREDICTION_COLUMNS;
use simbet::internals::sink::predictions::PredictionSink;
use simbet::{
    Entry, Fixture, Forecast, Line, Market, Match, MatchState, MatchStatus, Names, Odds, Rates,
    Score, ScoreGrid, Selection, Side, Sink as _, Time,
};

use crate::backtest::simbet;

/// The rows of a file of predictions, each by the names of the columns.
fn rows(folder: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(folder.join("predictions.csv")).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    let cell = &row[column];
    cell.parse()
        .unwrap_or_else(|_| panic!("{column} is {cell:?}"))
}

/// Runs a command that succeeds, in a folder.
fn run(folder: &Path, arguments: &[&str]) {
    simbet()
        .current_dir(folder)
        .args(arguments)
        .arg("--quiet")
        .assert()
        .success();
}

const TEAMS: [&str; 6] = ["Ashby", "Brack", "Corby", "Derry", "Elton", "Fordham"];

/// A season of six teams with prices of every market, and a closing price.
fn season() -> String {
    let mut text = "league,season,date,time,home_team,away_team,home_goals,away_goals,book,odds_home,odds_draw,odds_away,ou_line,\
        odds_over,odds_under,ah_line,odds_ah_home,odds_ah_away,odds_btts_yes,odds_btts_no,close_home,close_draw,close_away\n"
        .to_owned();
    let pairs = TEAMS.iter().enumerate().flat_map(|home| {
        let others = TEAMS
            .iter()
            .enumerate()
            .filter(move |away| away.0 != home.0);
        others.map(move |away| (home, away))
    });
    let pairs: Vec<_> = pairs.collect();
    for day in 0..90 {
        // in strides, so that everybody plays soon
        let ((h, home), (a, away)) = pairs[day * 7 % 30];
        let seed = h * 7 + a * 5 + day / 30;
        let (goals, against) = (seed % 4, (seed / 3) % 3);
        let line = ["2.5", "3", "2.25"][seed % 3];
        let handicap = ["-0.5", "0", "-0.25", "1"][seed % 4];
        let [up, down] = [0.1 * h as f64, 0.2 * h as f64];
        text += &format!(
            "L,2023,2023-{:02}-{:02},15:00,{home},{away},{goals},{against},avg,{:.2},3.4,{:.2},{line},1.95,1.9,{handicap},1.9,1.96,\
             1.85,1.95,{:.2},3.5,{:.2}\n",
            8 + day / 28,
            1 + day % 28,
            1.9 + up,
            4.4 - down,
            1.95 + up,
            4.2 - down,
        );
    }
    text
}

fn with_season() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("season.csv"), season()).unwrap();
    folder
}

const MARKETS: &str = "1x2,ou,ah,btts";

#[test]
fn every_figure_of_a_row_follows_from_the_others() {
    let folder = with_season();
    let out = folder.path().join("out");
    let arguments = [
        "backtest",
        "season.csv",
        "--model",
        "average",
        "--markets",
        MARKETS,
        "--out",
        "out",
    ];
    run(folder.path(), &arguments);
    let rows = rows(&out);
    assert!(rows.len() > 20, "{}", rows.len());
    for row in &rows {
        let rates =
            ["expected_goals_home", "expected_goals_away", "rho"].map(|name| number(row, name));
        let grid = ScoreGrid::dixon_coles(rates[0], rates[1], rates[2]).unwrap();
        // to the last bit: what is written reads back as what was bet by
        let outcomes = ["p_home", "p_draw", "p_away"].map(|name| number(row, name));
        assert_eq!(outcomes, grid.outcomes());
        let total = Line::from_goals(number(row, "line")).unwrap();
        let over = Selection::new(Market::OverUnder(total), Side::Over).unwrap();
        let over = simbet::OutcomeDistribution::of(over, &grid);
        assert_eq!(number(row, "p_over"), over.won);
        assert_eq!(number(row, "p_under"), over.lost);
        assert_eq!(
            number(row, "p_total_push"),
            over.void + over.half_won + over.half_lost
        );
        let handicap = Line::from_goals(number(row, "ah_line")).unwrap();
        let home = Selection::new(Market::AsianHandicap(handicap), Side::Home).unwrap();
        let home = simbet::OutcomeDistribution::of(home, &grid);
        assert_eq!(number(row, "p_ah_home"), home.won);
        let sides = ["p_ah_home", "p_ah_away", "p_ah_push"].map(|name| number(row, name));
        assert!((sides.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let score = Score {
            home: row["home_goals"].parse().unwrap(),
            away: row["away_goals"].parse().unwrap(),
        };
        assert_eq!(number(row, "log_loss"), simbet::log_loss(outcomes, score));
        assert_eq!(number(row, "brier"), simbet::brier(outcomes, score));
        assert_eq!(number(row, "rps"), simbet::rps(outcomes, score));
        let market =
            ["market_p_home", "market_p_draw", "market_p_away"].map(|name| number(row, name));
        assert!((market.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        assert_eq!(
            (row["odds_draw"].as_str(), row["odds_btts_yes"].as_str()),
            ("3.4", "1.85")
        );
        assert_eq!(row["model"], "average");
        // the price before the match is known at the start of its day
        assert_eq!(row["known_at"], format!("{}T00:00:00Z", row["date"]));
    }
}

#[test]
fn what_one_run_wrote_the_next_one_bets_by() {
    let folder = with_season();
    let read = |place: &str| fs::read(folder.path().join(place)).unwrap();
    for model in ["average", "poisson", "dixon-coles", "market"] {
        for (markets, price) in [("1x2", "pre"), (MARKETS, "pre"), ("1x2", "close")] {
            let common = ["--markets", markets, "--price", price, "--min-edge", "0"];
            let first = [
                &["backtest", "season.csv", "--model", model, "--out", "first"][..],
                &common,
            ];
            run(folder.path(), &first.concat());
            let from_file = [
                "backtest",
                "season.csv",
                "--model",
                "file",
                "--probabilities",
                "first/predictions.csv",
            ];
            let second = [&from_file[..], &["--out", "second"], &common];
            run(folder.path(), &second.concat());
            let bets = read("first/bets.csv");
            // who forecasts what the prices say has no edge at them
            assert!(
                model == "market" || bets.iter().filter(|byte| **byte == b'\n').count() > 3,
                "{model} {markets} {price}"
            );
            assert_eq!(
                String::from_utf8_lossy(&bets),
                String::from_utf8_lossy(&read("second/bets.csv")),
                "{model} {markets} {price}"
            );
            let without_model = |place: &str| {
                let text = String::from_utf8(read(place)).unwrap();
                text.replace(&format!("Z,{model},"), "Z,file,")
            };
            // the market model says of 1X2 what the market does to the last bit, and what is read is that of the grid of its
            // rates where it is the same within 1e-9
            if model != "market" {
                assert_eq!(
                    without_model("first/predictions.csv"),
                    without_model("second/predictions.csv")
                );
            }
        }
    }
}

#[test]
fn further_lines_have_further_rows() {
    let folder = tempfile::tempdir().unwrap();
    let text = "league,date,home_team,away_team,home_goals,away_goals,book,ou_line,odds_over,odds_under\n\
        L,2023-08-05,Ashby,Brack,2,1,avg,2.5,1.9,1.95\n\
        L,2023-08-05,Ashby,Brack,2,1,avg,3.5,3.1,1.35\n\
        L,2023-08-12,Brack,Ashby,0,0,avg,2.5,1.9,1.95\n\
        L,2023-08-12,Brack,Ashby,0,0,avg,3.5,3.1,1.35\n";
    fs::write(folder.path().join("lines.csv"), text).unwrap();
    let model = [
        "--model",
        "average",
        "--min-matches",
        "0",
        "--markets",
        "ou",
    ];
    let arguments = [&["backtest", "lines.csv", "--out", "out"][..], &model].concat();
    run(folder.path(), &arguments);
    let rows = rows(&folder.path().join("out"));
    let of = |column: &str| {
        rows.iter()
            .map(|row| row[column].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(of("line"), ["2.5", "3.5", "2.5", "3.5"]);
    assert_eq!(of("odds_over"), ["1.9", "3.1", "1.9", "3.1"]);
    // only the first row of a match is scored and has the rates
    let is_empty = |column: &str| of(column).iter().map(String::is_empty).collect::<Vec<_>>();
    for column in [
        "p_home",
        "home_goals",
        "rho",
        "log_loss",
        "seen_home",
        "newcomer",
    ] {
        assert_eq!(is_empty(column), [false, true, false, true], "{column}");
    }
    assert!(of("p_over").iter().all(|cell| !cell.is_empty()));
}

#[test]
fn a_run_without_a_model_has_no_predictions_and_leaves_none_of_an_earlier_one() {
    let folder = with_season();
    let file = folder.path().join("out/predictions.csv");
    let common = ["backtest", "season.csv", "--out", "out"];
    run(
        folder.path(),
        &[&common[..], &["--model", "average"]].concat(),
    );
    assert!(file.is_file());
    let flat = ["--strategy", "flat", "--selections", "home"];
    run(folder.path(), &[&common[..], &flat].concat());
    assert!(!file.exists());
    // a folder with predictions is one of results like any other
    run(
        folder.path(),
        &[&common[..], &["--model", "average"]].concat(),
    );
    run(folder.path(), &["compare", "out", "out"]);
    run(folder.path(), &["report", "out"]);
    fs::write(&file, "mine").unwrap();
    let refused = simbet()
        .current_dir(folder.path())
        .args(common)
        .assert()
        .code(2);
    let said = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
    assert!(
        said.contains("predictions.csv, which was changed"),
        "{said}"
    );
}

#[test]
fn predict_and_simulate_write_predictions_too() {
    let folder = with_season();
    let fixtures = "league,date,home_team,away_team,home_goals,away_goals,book,odds_home,odds_draw,odds_away\n\
        L,2024-03-02,Ashby,Brack,,,avg,2.1,3.4,3.6\n";
    fs::write(folder.path().join("fixtures.csv"), fixtures).unwrap();
    let model = ["--model", "average"];
    let predict = [
        "predict",
        "season.csv",
        "--fixtures",
        "fixtures.csv",
        "--out",
        "predicted",
    ];
    run(folder.path(), &[&predict[..], &model].concat());
    let predicted = rows(&folder.path().join("predicted"));
    assert_eq!(predicted.len(), 1);
    let row = &predicted[0];
    assert_eq!(
        (row["home_goals"].as_str(), row["log_loss"].as_str()),
        ("", "")
    );
    assert_eq!(
        (row["odds_home"].as_str(), row["home_team"].as_str()),
        ("2.1", "Ashby")
    );
    for file in ["bets.csv", "summary.json", "run.json"] {
        assert!(
            folder.path().join("predicted").join(file).is_file(),
            "{file}"
        );
    }
    run(
        folder.path(),
        &[
            "simulate",
            "--matches",
            "40",
            "--model",
            "truth",
            "--out",
            "one",
        ],
    );
    assert_eq!(rows(&folder.path().join("one")).len(), 40);
    let many = [
        "simulate",
        "--matches",
        "40",
        "--runs",
        "3",
        "--model",
        "truth",
        "--out",
        "many",
    ];
    run(folder.path(), &many);
    // of many runs it is the first one's
    assert_eq!(
        rows(&folder.path().join("many")),
        rows(&folder.path().join("one"))
    );
}

#[test]
fn threads_change_no_prediction() {
    let folder = with_season();
    let common = [
        "backtest",
        "season.csv",
        "--model",
        "average",
        "--markets",
        MARKETS,
    ];
    run(
        folder.path(),
        &[&common[..], &["--out", "one", "--threads", "1"]].concat(),
    );
    run(
        folder.path(),
        &[&common[..], &["--out", "two", "--threads", "2"]].concat(),
    );
    let read = |place: &str| fs::read(folder.path().join(place).join("predictions.csv")).unwrap();
    assert_eq!(read("one"), read("two"));
}

/// A forecast of a match, with rates.
fn forecast(names: &mut Names, time: i64) -> Forecast {
    let league = names.intern_league("L");
    let [home, away] = ["Ashby", "Brack"].map(|name| names.intern_team(name));
    let day = Time::from_days(100);
    let rates = Rates {
        home: 1.6,
        away: 1.1,
        rho: 0.0,
    };
    let grid = ScoreGrid::dixon_coles(rates.home, rates.away, rates.rho).unwrap();
    Forecast {
        fixture: Arc::new(Fixture {
            id: "m1".into(),
            league,
            home,
            away,
            season: 1970,
            day,
            kickoff: None,
            neutral: false,
        }),
        time: day + time,
        state: MatchState::default(),
        model: Some(grid.outcomes()),
        unpooled: None,
        expected_goals: Some(grid.expected_goals()),
        standard_errors: None,
        rates: Some(rates),
        named: Box::default(),
        market: None,
        prices: [(Selection::HOME, Odds::new(2.0).unwrap())].into(),
        seen: None,
        newcomer: false,
    }
}

fn played(forecast: &Forecast, home: u8, status: MatchStatus) -> Match {
    Match {
        fixture: Arc::clone(&forecast.fixture),
        score: Score { home, away: 0 },
        status,
        statistics: None,
    }
}

#[test]
fn a_corrected_result_is_the_one_that_is_written() {
    let mut names = Names::default();
    let [early, late] = [0, 3600].map(|time| Arc::new(forecast(&mut names, time)));
    let mut sink = PredictionSink::default();
    let mut write = |entry: &Entry| sink.write(entry, &names).unwrap();
    write(&Entry::Predicted(early));
    write(&Entry::Predicted(late.clone()));
    write(&Entry::Scored {
        forecast: late.clone(),
        score: Score { home: 1, away: 0 },
    });
    let written = |sink: &PredictionSink| {
        let rows = sink.rows("mine", &names);
        let cell = |name: &str| {
            PREDICTION_COLUMNS
                .iter()
                .position(|column| *column == name)
                .unwrap()
        };
        rows.flat_map(|row| row.rows())
            .map(|cells| ["home_goals", "log_loss"].map(|name| cells[cell(name)].to_string()))
            .collect::<Vec<_>>()
    };
    let first = written(&sink);
    // the last forecast before kick-off is the one that is scored
    assert_eq!(
        [&*first[0][0], &*first[0][1], &*first[1][0]],
        ["1", "", "1"]
    );
    let loss = -ScoreGrid::poisson(1.6, 1.1).unwrap().outcomes()[0].ln();
    assert!((first[1][1].parse::<f64>().unwrap() - loss).abs() < 1e-12);
    let revised = |home, status| Entry::Revised {
        before: played(&late, 1, MatchStatus::Played),
        after: played(&late, home, status),
        forecast: Some(late.clone()),
    };
    sink.write(&revised(0, MatchStatus::Played), &names)
        .unwrap();
    let second = written(&sink);
    assert_eq!(second[1][0], "0");
    assert!(second[1][1] != first[1][1] && !second[1][1].is_empty());
    sink.write(&revised(0, MatchStatus::Abandoned), &names)
        .unwrap();
    assert_eq!(written(&sink), [["", ""], ["", ""]]);
}

/// Real matches with every market of football-data.co.uk, at both prices.
#[test]
fn real_matches_are_bet_on_alike() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/football-data");
    let file: PathBuf = data.join("E0_2022-23.csv");
    if !file.is_file() {
        eprintln!("skipped: {} is not there", file.display());
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = file.to_str().unwrap();
    for price in ["pre", "close"] {
        let common = [
            "--markets",
            "1x2,ou,ah",
            "--price",
            price,
            "--book",
            "best:b365,ps",
        ];
        let first = [
            &["backtest", file, "--model", "dixon-coles", "--out", "first"][..],
            &common,
        ];
        run(folder.path(), &first.concat());
        let from_file = [
            "backtest",
            file,
            "--model",
            "file",
            "--probabilities",
            "first/predictions.csv",
        ];
        run(
            folder.path(),
            &[&from_file[..], &["--out", "second"], &common].concat(),
        );
        let read = |place: &str| fs::read_to_string(folder.path().join(place)).unwrap();
        assert_eq!(read("first/bets.csv"), read("second/bets.csv"), "{price}");
    }
}
