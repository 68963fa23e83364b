//! Models compared by their forecasts: figures worked out by hand and in numpy, properties, files, and bad input.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use serde_json::Value;
use simbet::Score;
use simbet::internals::model_comparison::{
    Contest, Forecaster, ModelComparison, PlayedMatch, compare_models,
};
use simbet::internals::significance::{PoolWeights, PooledMatches, holm};

use crate::backtest::{fails, simbet};

const HOME: Score = Score { home: 1, away: 0 };
const DRAW: Score = Score { home: 0, away: 0 };
const AWAY: Score = Score { home: 0, away: 1 };

fn played(day: i64, score: Score) -> PlayedMatch {
    PlayedMatch {
        day,
        league: "E0".to_owned(),
        season: 2023,
        score,
    }
}

fn model(name: &str, forecasts: Vec<[f64; 3]>) -> Forecaster {
    Forecaster {
        name: name.to_owned(),
        own: forecasts.len() as u64,
        market: vec![None; forecasts.len()],
        forecasts: forecasts.into_iter().map(Some).collect(),
    }
}

fn close(one: Option<f64>, other: f64) {
    let one = one.unwrap();
    assert!((one - other).abs() < 1e-12, "{one} is not {other}");
}

/// Two models on four matches of three days. With L = ln 2:
///
/// | day | result | A (.5 .25 .25) | B (.25 .5 .25) | A − B |
/// |---|---|---|---|---|
/// | 1 | home | L | 2L | −L |
/// | 1 | draw | 2L | L | L |
/// | 2 | home | L | 2L | −L |
/// | 3 | away | 2L | 2L | 0 |
///
/// The mean difference is −L/4. About it the days have L/2, −3L/4 and L/4, whose squares sum to 7L²/8; over D − 1 = 2 times
/// D = 3, and over 4²: a variance of 3/2 · 7/8 · L²/16.
fn by_hand() -> Contest {
    Contest {
        matches: vec![
            played(1, HOME),
            played(1, DRAW),
            played(2, HOME),
            played(3, AWAY),
        ],
        models: vec![
            model("A", vec![[0.5, 0.25, 0.25]; 4]),
            model("B", vec![[0.25, 0.5, 0.25]; 4]),
        ],
    }
}

#[test]
fn two_models_are_scored_as_by_hand() {
    let compared = compare_models(&by_hand(), 300);
    let (l, [a, b]) = (2_f64.ln(), [&compared.models[0], &compared.models[1]]);
    assert_eq!((a.matches, a.match_days), (4, 3));
    close(a.log_loss.mean, 1.5 * l);
    close(b.log_loss.mean, 1.75 * l);
    // .375 and .875 where the half was right and where it was not
    close(a.brier.mean, 0.625);
    close(b.brier.mean, 0.75);
    // (.25 + .0625)/2 of a home win and of a draw, (.25 + .5625)/2 of an away win; B: .3125, .0625, .3125, .3125
    close(a.rps.mean, (3.0 * 0.15625 + 0.40625) / 4.0);
    close(b.rps.mean, 0.25);
    let pair = &compared.pairs[0];
    assert_eq!((&*pair.model, &*pair.against), ("A", "B"));
    let test = pair.log_loss.unwrap();
    close(Some(test.difference), -l / 4.0);
    close(Some(test.std_error), l * (1.5 * 0.875 / 16.0_f64).sqrt());
    assert_eq!(pair.p_corrected, Some(test.p));
    // of A's halves two in four were right, of its quarters two in eight; of B's halves one, of its quarters three
    close(a.calibration.map(|table| table.calibration_error), 0.0);
    let error = (4.0 * 0.25 + 8.0 * 0.125) / 12.0;
    close(b.calibration.map(|table| table.calibration_error), error);
}

#[test]
fn a_pool_without_enough_matches_is_the_geometric_mean() {
    let compared = compare_models(&by_hand(), 300);
    let [pool] = &compared.pools[..] else {
        panic!("there is one pool: no file has a market");
    };
    // √(.5·.25) twice, and .25
    let (half, whole) = (0.125_f64.sqrt(), 2.0 * 0.125_f64.sqrt() + 0.25);
    let losses = [half, half, half, 0.25].map(|p| -(p / whole).ln());
    close(pool.scores.log_loss.mean, losses.iter().sum::<f64>() / 4.0);
    assert_eq!((pool.fitted_matches, pool.refits.len()), (0, 0));
    assert_eq!(pool.last, None);
}

/// With one forecaster who says .4 .3 .3 where half of the matches are home wins, (4/3)^a = 2. The gradient of each match is
/// half of K = ln(4/3) up or down, its information K²/4.
#[test]
fn the_weight_of_one_forecaster_and_its_error_are_as_by_hand() {
    let k = (4.0_f64 / 3.0).ln();
    for (days, error) in [
        // four days: 4/3 · 4 · (K/2)² / K⁴
        ([1, 2, 3, 4], (4.0_f64 / 3.0).sqrt() / k),
        // both home wins on one day: 3/2 · (K² + 2 · (K/2)²) / K⁴
        ([1, 1, 2, 3], 1.5 / k),
    ] {
        let mut matches = PooledMatches::new(1);
        for (day, score) in days.into_iter().zip([HOME, HOME, DRAW, AWAY]) {
            matches.push(day, &[[0.4, 0.3, 0.3]], score);
        }
        let fit = matches.fit(4).unwrap();
        assert!((fit.weights[0] - 2_f64.ln() / k).abs() < 1e-9);
        assert!((fit.std_errors[0].unwrap() - error).abs() < 1e-8, "{fit:?}");
    }
}

/// Matches that numpy can make as well: three a day.
fn ninety() -> Contest {
    let first = |t: usize| 0.30 + 0.01 * ((7 * t) % 31) as f64;
    let second = |t: usize| 0.30 + 0.01 * ((11 * t) % 31) as f64;
    let score = |t: usize| {
        let draw = ((37 * t) % 101) as f64 / 101.0;
        let middle = (first(t) + second(t)) / 2.0;
        match draw {
            draw if draw < middle => HOME,
            draw if draw < middle + 0.26 => DRAW,
            _ => AWAY,
        }
    };
    Contest {
        // 1 September 2023 is day 19,601
        matches: (0..90)
            .map(|t| played(19_601 + t as i64 / 3, score(t)))
            .collect(),
        models: vec![
            model(
                "A",
                (0..90).map(|t| [first(t), 0.25, 0.75 - first(t)]).collect(),
            ),
            model(
                "B",
                (0..90)
                    .map(|t| [second(t), 0.28, 0.72 - second(t)])
                    .collect(),
            ),
        ],
    }
}

/// The numbers are numpy's: 200 plain Newton steps on the same matches, and the clustered variance as a product of matrices.
#[test]
fn the_pool_is_fitted_and_scored_as_in_numpy() {
    let compared = compare_models(&ninety(), 45);
    let pool = &compared.pools[0];
    // numpy prints eight digits of an array
    let near = |one: f64, other: f64| assert!((one - other).abs() < 1e-8, "{one} is not {other}");
    let last = pool.last.as_ref().unwrap();
    assert_eq!(last.n, 90);
    near(last.weights[0], 0.45155277);
    near(last.weights[1], 0.59268582);
    near(last.std_errors[0].unwrap(), 0.43583702);
    near(last.std_errors[1].unwrap(), 0.4325974);
    assert_eq!((pool.refits.len(), pool.fitted_matches), (1, 45));
    let first = &pool.refits[0];
    assert_eq!((first.day, first.weights.n), (19_601 + 15, 45));
    near(first.weights.weights[0], 0.44727509);
    near(first.weights.weights[1], 0.23683481);
    near(pool.scores.log_loss.mean.unwrap(), 1.0614193634904547);
    near(
        pool.scores.log_loss.std_error.unwrap(),
        0.024366491982366976,
    );
    let against = &pool.against[0].log_loss.unwrap();
    near(against.difference, -0.007067982249781169);
    near(against.std_error, 0.018658776671996776);
    let pair = &compared.pairs[0].log_loss.unwrap();
    near(pair.difference, 0.007885396538490254);
    near(pair.std_error, 0.03880074524451706);
}

#[test]
fn a_forecaster_that_only_harms_gets_no_weight() {
    let mut matches = PooledMatches::new(2);
    let results = |homes: usize, draws: usize| {
        (0..20).map(move |t| match t {
            t if t < homes => HOME,
            t if t < homes + draws => DRAW,
            _ => AWAY,
        })
    };
    // the second one says the contrary of the first one, who is right; unbounded weights would be 1.709 and -.291
    let often = results(16, 2).map(|score| ([[0.6, 0.2, 0.2], [0.2, 0.4, 0.4]], score));
    let seldom = results(2, 9).map(|score| ([[0.2, 0.4, 0.4], [0.6, 0.2, 0.2]], score));
    for (day, (forecasts, score)) in (0..).zip(often.chain(seldom)) {
        matches.push(day, &forecasts, score);
    }
    let fit = matches.fit(40).unwrap();
    assert_eq!((fit.weights[1], fit.std_errors[1]), (0.0, None));
    assert!(
        fit.weights[0] > 1.5 && fit.std_errors[0].is_some(),
        "{fit:?}"
    );
}

#[test]
fn forecasters_that_always_agree_share_the_weight() {
    let mut matches = PooledMatches::new(2);
    for day in 0..100 {
        let score = [HOME, HOME, DRAW, AWAY][day as usize % 4];
        matches.push(day, &[[0.4, 0.3, 0.3]; 2], score);
    }
    let fit = matches.fit(100).unwrap();
    let whole = 2_f64.ln() / (4.0_f64 / 3.0).ln();
    for (weight, error) in fit.weights.iter().zip(&fit.std_errors) {
        assert!((weight - whole / 2.0).abs() < 1e-6, "{fit:?}");
        assert_eq!(*error, None);
    }
}

#[test]
fn a_result_that_was_ruled_out_makes_the_log_loss_infinite_and_is_said() {
    let mut contest = by_hand();
    contest.models[0].forecasts[1] = Some([1.0, 0.0, 0.0]);
    let compared = compare_models(&contest, 300);
    let scores = &compared.models[0];
    assert_eq!((scores.log_loss.mean, scores.ruled_out), (None, 1));
    assert!(scores.brier.mean.is_some());
    assert_eq!(compared.pairs[0].log_loss, None);
    assert_eq!(compared.pairs[0].p_corrected, None);
    let pooled = PoolWeights::equal(2).pool(&[[1.0, 0.0, 0.0], [0.2, 0.5, 0.3]]);
    assert!(
        pooled.iter().all(|p| *p > 0.0),
        "no forecaster alone rules a result out"
    );
}

#[test]
fn p_values_are_corrected_for_their_number() {
    // 3 · .01, then 2 · .02, then .5; the second of two that are equal is no smaller than the first
    assert_eq!(holm(&[0.5, 0.01, 0.02]), [0.5, 0.03, 0.04]);
    assert_eq!(holm(&[0.4, 0.4]), [0.8, 0.8]);
    assert_eq!(holm(&[]), [0.0; 0]);
}

#[test]
fn markets_that_differ_are_told_apart() {
    let mut contest = by_hand();
    for model in &mut contest.models {
        model.market = vec![Some([0.4, 0.3, 0.3]); 4];
    }
    let alike = compare_models(&contest, 300);
    assert_eq!(alike.market.len(), 1);
    assert_eq!(alike.pairs.len(), 3);
    assert_eq!(alike.pools.len(), 2);
    contest.models[1].market[2] = Some([0.5, 0.3, 0.2]);
    let names = |compared: &ModelComparison| {
        let market = compared.market.iter().map(|market| market.model.clone());
        market.collect::<Vec<_>>()
    };
    let differing = compare_models(&contest, 300);
    assert_eq!(names(&differing), ["market of A", "market of B"]);
    contest.models[1].market = vec![None, None, Some([0.4, 0.3, 0.3]), None];
    contest.models[0].market = vec![Some([0.4, 0.3, 0.3]), None, None, None];
    let together = compare_models(&contest, 300);
    assert_eq!(
        (names(&together), together.market[0].matches),
        (vec!["market".to_owned()], 2)
    );
}

/// A contest of random forecasts and results, three matches a day from some 1 July on.
fn contests() -> impl Strategy<Value = Contest> {
    let shares = prop::array::uniform3(0.02..1.0_f64);
    let forecast = shares.prop_map(|[home, draw, away]| {
        let whole = home + draw + away;
        [home / whole, draw / whole, away / whole]
    });
    let one = (prop::array::uniform3(forecast), 0..3_usize);
    prop::collection::vec(one, 60..90).prop_map(|all| Contest {
        matches: all
            .iter()
            .enumerate()
            .map(|(t, (_, result))| played(19_540 + t as i64 / 3, [HOME, DRAW, AWAY][*result]))
            .collect(),
        models: ["A", "B", "C"]
            .into_iter()
            .enumerate()
            .map(|(place, name)| {
                let forecasts = all.iter().map(|(forecasts, _)| forecasts[place]);
                model(name, forecasts.collect())
            })
            .collect(),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Whatever the order of the models, each has the same figures to the last bit.
    #[test]
    fn the_order_of_models_changes_only_that_of_the_output(contest in contests()) {
        let one = compare_models(&contest, 30);
        let mut turned = contest;
        turned.models.reverse();
        let other = compare_models(&turned, 30);
        for scores in &one.models {
            let same = other.models.iter().find(|model| model.model == scores.model);
            prop_assert_eq!(Some(scores), same);
        }
        prop_assert_eq!(&one.pools[0].scores, &other.pools[0].scores);
        let mut weights = other.pools[0].last.clone().unwrap();
        weights.weights.reverse();
        weights.std_errors.reverse();
        prop_assert_eq!(one.pools[0].last.as_ref(), Some(&weights));
        for pair in &one.pairs {
            let same = other.pairs.iter().find(|other| other.model == pair.against && other.against == pair.model);
            let (test, other) = (pair.log_loss.unwrap(), same.unwrap().log_loss.unwrap());
            prop_assert_eq!(test.difference, -other.difference);
            prop_assert_eq!(test.p, other.p);
        }
    }

    /// What comes later changes no weight that was used before.
    #[test]
    fn no_pool_looks_ahead(contest in contests(), cut in 31..60_usize) {
        let cut = cut / 3 * 3;
        let mut changed = contest.clone();
        for one in &mut changed.matches[cut..] {
            one.score = if one.score == HOME { AWAY } else { HOME };
        }
        let day = contest.matches[cut].day;
        let refits = |contest: &Contest| {
            let pools = compare_models(contest, 9).pools;
            let refits = pools.into_iter().next().unwrap().refits.into_iter();
            refits.filter(|refit| refit.day <= day).collect::<Vec<_>>()
        };
        prop_assert_eq!(refits(&contest), refits(&changed));
    }

    /// No weights near the fitted ones make the matches likelier.
    #[test]
    fn fitted_weights_are_the_best(contest in contests(), moves in prop::array::uniform3(-0.05..0.05_f64)) {
        let mut matches = PooledMatches::new(3);
        for (place, one) in contest.matches.iter().enumerate() {
            let all: Vec<[f64; 3]> = contest.models.iter().filter_map(|model| model.forecasts[place]).collect();
            matches.push(one.day, &all, one.score);
        }
        let fit = matches.fit(matches.len()).unwrap();
        prop_assert!(fit.weights.iter().all(|weight| *weight >= 0.0));
        let loss = |weights: &PoolWeights| -> f64 {
            let places = contest.matches.iter().enumerate();
            let losses = places.map(|(place, one)| {
                let all: Vec<[f64; 3]> = contest.models.iter().filter_map(|model| model.forecasts[place]).collect();
                simbet::log_loss(weights.pool(&all), one.score)
            });
            losses.sum()
        };
        let moved = PoolWeights {
            weights: fit.weights.iter().zip(moves).map(|(weight, by)| (weight + by).max(0.0)).collect(),
            ..fit.clone()
        };
        prop_assert!(loss(&fit) <= loss(&moved) + 1e-9);
    }
}

const RESULTS: &str = "league,date,home_team,away_team,home_goals,away_goals\n\
    L,2023-09-02,Ashby,Brack,2,0\n\
    L,2023-09-02,Corby,Derry,1,1\n\
    L,2023-09-09,Brack,Corby,3,1\n\
    L,2023-09-16,Derry,Ashby,0,2\n";

/// The files of the contest by hand.
fn write_hand(folder: &Path) {
    let file = |probabilities: &str| {
        let mut lines = RESULTS.lines();
        let header = lines.next().unwrap();
        let rows = lines.map(|line| format!("{line},{probabilities}\n"));
        format!(
            "{header},p_home,p_draw,p_away\n{}",
            rows.collect::<String>()
        )
    };
    fs::write(folder.join("A.csv"), file(".5,.25,.25")).unwrap();
    fs::write(folder.join("B.csv"), file(".25,.5,.25")).unwrap();
    fs::write(folder.join("results.csv"), RESULTS).unwrap();
    let keys: String = RESULTS
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            format!("{},.4,.3,.3\n", cells[1..4].join(","))
        })
        .collect();
    fs::write(
        folder.join("keys.csv"),
        format!("date,home_team,away_team,p_home,p_draw,p_away\n{keys}"),
    )
    .unwrap();
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let done = simbet()
        .current_dir(folder)
        .arg("compare-models")
        .args(arguments)
        .args(["--format", "json"])
        .assert()
        .success();
    serde_json::from_slice(&done.get_output().stdout).unwrap()
}

#[test]
fn files_with_scores_of_their_own_are_compared() {
    let folder = tempfile::tempdir().unwrap();
    write_hand(folder.path());
    let compared = json(folder.path(), &["A.csv", "B.csv"]);
    assert_eq!(compared["matches"], 4);
    assert_eq!(compared["models"][0]["model"], "A");
    let loss = compared["models"][0]["log_loss"]["mean"].as_f64();
    close(loss, 1.5 * 2_f64.ln());
    let with_results = json(
        folder.path(),
        &["A.csv", "B.csv", "keys.csv", "--results", "results.csv"],
    );
    assert_eq!(
        with_results["models"][0]["log_loss"],
        compared["models"][0]["log_loss"]
    );
    assert_eq!(with_results["models"][2]["own_matches"], 4);
    let period = json(folder.path(), &["A.csv", "B.csv", "--from", "2023-09-09"]);
    assert_eq!(
        (&period["matches"], &period["match_days"]),
        (&2.into(), &2.into())
    );
}

#[test]
fn a_file_without_leagues_fits_one_that_has_them() {
    let folder = tempfile::tempdir().unwrap();
    write_hand(folder.path());
    let scored = "date,home_team,away_team,home_goals,away_goals,p_home,p_draw,p_away\n\
        2023-09-02,Ashby,Brack,2,0,.4,.3,.3\n2023-09-02,Corby,Derry,1,1,.4,.3,.3\n2023-09-09,Brack,Corby,3,1,.4,.3,.3\n";
    fs::write(folder.path().join("0.csv"), scored).unwrap();
    let compared = json(folder.path(), &["0.csv", "A.csv"]);
    assert_eq!(
        (&compared["matches"], &compared["by_league"][0]["group"]),
        (&3.into(), &"L".into())
    );
    // also where it has more scores than the other
    let text = fs::read_to_string(folder.path().join("A.csv")).unwrap();
    let short: Vec<&str> = text.lines().take(3).collect();
    fs::write(folder.path().join("short.csv"), short.join("\n")).unwrap();
    let compared = json(folder.path(), &["0.csv", "short.csv"]);
    assert_eq!(
        (&compared["matches"], &compared["by_league"][0]["group"]),
        (&2.into(), &"L".into())
    );
}

#[test]
fn a_match_that_one_model_lacks_is_left_out_for_all() {
    let folder = tempfile::tempdir().unwrap();
    write_hand(folder.path());
    let path = folder.path().join("B.csv");
    let text = fs::read_to_string(&path).unwrap();
    let short: Vec<&str> = text.lines().take(4).collect();
    fs::write(&path, short.join("\n")).unwrap();
    let compared = json(folder.path(), &["A.csv", "B.csv"]);
    let own = |place: usize| compared["models"][place]["own_matches"].as_u64();
    assert_eq!(
        (own(0), own(1), &compared["matches"]),
        (Some(4), Some(3), &3.into())
    );
}

#[test]
fn a_forecast_that_was_known_after_the_match_is_none() {
    let folder = tempfile::tempdir().unwrap();
    write_hand(folder.path());
    let late = "date,home_team,away_team,p_home,p_draw,p_away,known_at\n\
        2023-09-02,Ashby,Brack,.9,.05,.05,2023-09-04 10:00\n\
        2023-09-02,Ashby,Brack,.4,.3,.3,2023-09-01 10:00\n\
        2023-09-02,Corby,Derry,.05,.9,.05,2023-09-04 10:00\n";
    fs::write(folder.path().join("late.csv"), late).unwrap();
    let done = simbet()
        .current_dir(folder.path())
        .args(["compare-models", "A.csv", "late.csv", "--format", "json"])
        .assert()
        .success();
    let compared: Value = serde_json::from_slice(&done.get_output().stdout).unwrap();
    assert_eq!(compared["matches"], 1);
    close(
        compared["models"][1]["log_loss"]["mean"].as_f64(),
        -0.4_f64.ln(),
    );
    let said = String::from_utf8_lossy(&done.get_output().stderr).into_owned();
    assert!(
        said.contains("late: 1 forecast became known only after kick-off and is left out"),
        "{said}"
    );
}

#[test]
fn the_order_of_rows_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    write_hand(folder.path());
    let before = json(folder.path(), &["A.csv", "B.csv"]);
    for name in ["A.csv", "B.csv"] {
        let path = folder.path().join(name);
        let text = fs::read_to_string(&path).unwrap();
        let mut lines: Vec<&str> = text.lines().collect();
        lines[1..].reverse();
        fs::write(&path, lines.join("\n")).unwrap();
    }
    assert_eq!(json(folder.path(), &["A.csv", "B.csv"]), before);
}

#[test]
fn few_days_have_no_verdict() {
    let folder = tempfile::tempdir().unwrap();
    write_hand(folder.path());
    let done = simbet()
        .current_dir(folder.path())
        .args(["compare-models", "A.csv", "B.csv"])
        .assert()
        .success();
    let text = String::from_utf8_lossy(&done.get_output().stdout).into_owned();
    assert!(
        text.contains("No verdict from fewer than 400 matches on 30 match days: A and B have"),
        "{text}"
    );
    assert!(!text.contains("forecast better than"), "{text}");
    insta::assert_snapshot!("by_hand", text);
}

#[test]
fn every_format_has_the_figures() {
    let folder = tempfile::tempdir().unwrap();
    write_hand(folder.path());
    let printed = |format: &str| {
        let done = simbet()
            .current_dir(folder.path())
            .args(["compare-models", "A.csv", "B.csv", "--format", format])
            .assert()
            .success();
        String::from_utf8_lossy(&done.get_output().stdout).into_owned()
    };
    let csv = printed("csv");
    assert!(
        csv.starts_with("figure,model,against,group,matches,value,std_error,p,p_corrected\n"),
        "{csv}"
    );
    assert!(
        csv.lines().any(|line| line.starts_with("rps,B,,,4,0.25,")),
        "{csv}"
    );
    let columns = csv.lines().map(|line| line.split(',').count());
    assert!(columns.clone().all(|count| count == 9), "{csv}");
    assert!(printed("markdown").contains("| A "));
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    write_hand(folder.path());
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let [a, b, keys, results] = ["A.csv", "B.csv", "keys.csv", "results.csv"].map(path);
    let empty = path("empty");
    fs::create_dir(&empty).unwrap();
    let totals = write(
        "totals.csv",
        "date,home_team,away_team,p_over,p_under\n2023-09-02,Ashby,Brack,.5,.5\n",
    );
    let forecasts = |name: &str, row: &str| {
        let header = "date,home_team,away_team,p_home,p_draw,p_away";
        write(name, &format!("{header}\n{row}\n"))
    };
    let sums = forecasts("sums.csv", "2023-09-02,Ashby,Brack,.5,.5,.5");
    let other = forecasts("other.csv", "2023-10-02,Xeno,Yarm,.5,.25,.25");
    let first = forecasts("first.csv", "2023-09-02,Ashby,Brack,.5,.25,.25");
    let second = forecasts("second.csv", "2023-09-02,Corby,Derry,.5,.25,.25");
    let unplayed = write(
        "unplayed.csv",
        "league,date,home_team,away_team,home_goals,away_goals\nL,2023-09-02,Ashby,Brack,,\n",
    );
    let otherwise = fs::read_to_string(&b)
        .unwrap()
        .replace("Brack,2,0", "Brack,2,1");
    let otherwise = write("otherwise.csv", &otherwise);
    let cases: [(&[&str], i32, &[&str]); 14] = [
        (&[], 2, &["FORECASTS"]),
        (
            &[&a, &empty],
            2,
            &["has no predictions.csv or predictions.parquet", "--out"],
        ),
        (&[&a, &a], 2, &["named twice"]),
        (&[&a, &path("absent.csv")], 1, &["absent.csv"]),
        (
            &[&keys, &first],
            1,
            &["no file of forecasts has scores", "--results"],
        ),
        (
            &[&a, &totals],
            1,
            &[
                "totals.csv",
                "no probabilities of home win, draw and away win",
            ],
        ),
        (&[&a, &sums], 1, &["sums.csv", "1.5"]),
        (&[&a, &other], 1, &["other.csv", "no row is about a match"]),
        (
            &[&first, &second, "--results", &results],
            1,
            &["no match with a score that all models have", "first has 1"],
        ),
        (
            &[&a, &otherwise],
            1,
            &[
                "contradict",
                "L:2023-09-02:Ashby:Brack",
                "2-0 in A",
                "2-1 in otherwise",
            ],
        ),
        (&[&a], 2, &["one model alone", "name another"]),
        (
            &[&a, &b, "--pool-from", "0"],
            2,
            &["--pool-from must be at least 1"],
        ),
        (
            &[&a, &b, "--bankroll", "5"],
            2,
            &["--bankroll", "compare-models only scores forecasts"],
        ),
        (
            &[&a, &b, "--results", &unplayed],
            1,
            &["no match with a score was read"],
        ),
    ];
    for (arguments, code, words) in cases {
        fails(&[&["compare-models"], arguments].concat(), code, words);
    }
    fails(
        &["compare-models", &a, &b, "--from", "2024-01-01"],
        1,
        &["no match with a score"],
    );
}

/// Two files of the same forecasts are no contest, and count for no correction.
#[test]
fn the_same_forecasts_are_said_to_be_the_same() {
    let folder = tempfile::tempdir().unwrap();
    write_hand(folder.path());
    fs::copy(folder.path().join("A.csv"), folder.path().join("C.csv")).unwrap();
    let compared = json(folder.path(), &["A.csv", "B.csv", "C.csv"]);
    let pairs = compared["pairs"].as_array().unwrap();
    let same: Vec<bool> = pairs.iter().map(|pair| pair["same"] == true).collect();
    assert_eq!(same, [false, true, false]);
    assert!(pairs[1]["log_loss"].is_null() && pairs[1]["p_corrected"].is_null());
    // of two pairs that are as improbable both are corrected for two
    let p = |at: usize| pairs[at]["p_corrected"].as_f64().unwrap();
    let own = pairs[0]["log_loss"]["p"].as_f64().unwrap();
    close(Some(p(0)), (2.0 * own).min(1.0));
}
