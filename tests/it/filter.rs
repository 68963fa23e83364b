//! The filter: a match by hand, a plain reference beside it, corrections, saved states, and published figures.

use std::path::Path;
use std::sync::Arc;

use serde_json::Value;
use simbet::internals::predict;
use simbet::{
    Fixture, LastPrices, LeagueId, Learn, Match, MatchState, MatchStatus, ModelConfig, ModelKind,
    Odds, Offer, PredictError, Predictor, PriceSource, Score, Statistics, TeamId, Time,
};

use crate::backtest::simbet as command;

fn simbet(args: &[&str]) -> std::process::Output {
    command().args(args).output().unwrap()
}

// ---- matches made by hand ----

fn config(learn: Learn) -> ModelConfig {
    ModelConfig {
        kind: ModelKind::Filter,
        learn,
        ..ModelConfig::default()
    }
}

fn filter(learn: Learn) -> Box<dyn Predictor> {
    let mut model = predict::build("E0+E1+E2+E3+EC", &config(learn)).unwrap();
    model.meet(LeagueId(0), "E0");
    model.meet(LeagueId(1), "E1");
    model
}

fn fixture(league: u32, day: i64, home: u32, away: u32, season: i16) -> Fixture {
    Fixture {
        id: format!("{league}:{day}:{home}:{away}").into(),
        league: LeagueId(league),
        home: TeamId(home),
        away: TeamId(away),
        season,
        day: Time::from_days(day),
        kickoff: None,
        neutral: false,
    }
}

fn played(fixture: Fixture, home: u8, away: u8) -> Match {
    Match {
        fixture: Arc::new(fixture),
        score: Score { home, away },
        status: MatchStatus::Played,
        statistics: None,
    }
}

/// Rates of home and away, and the standard errors of the probabilities.
fn forecast(model: &mut dyn Predictor, fixture: Fixture) -> ([f64; 2], [f64; 3]) {
    let now = fixture.day;
    let offer = Offer {
        fixture: Arc::new(fixture),
        state: MatchState::default(),
        quotes: Vec::new(),
    };
    let opinion = model.predict(&offer, now).unwrap().unwrap();
    let rates = opinion.rates().unwrap();
    assert_eq!(rates.rho, -0.08);
    ([rates.home, rates.away], opinion.standard_errors().unwrap())
}

fn near(found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found - expected).abs() <= tolerance,
        "{found} is not {expected}"
    );
}

/// Fourteen rounds of six teams, of which each plays once in seven days, with prices and shots.
fn league(rounds: u32) -> Vec<Match> {
    let mut matches = Vec::new();
    for round in 0..rounds {
        for pair in 0..3 {
            let (home, away) = (pair, 3 + (pair + round) % 3);
            let (home, away) = if round % 2 == 0 {
                (home, away)
            } else {
                (away, home)
            };
            let season = 2020 + (round / 30) as i16;
            let day = 18_500 + i64::from(7 * round);
            let mut one = played(
                fixture(0, day, home, away, season),
                ((round + pair) % 4) as u8,
                (round % 3) as u8,
            );
            one.statistics = Some(Arc::new(statistics(round + pair)));
            matches.push(one);
        }
    }
    matches
}

fn statistics(number: u32) -> Statistics {
    let count = |base: u16, step: u32| base + (number * step % 7) as u16;
    let mut prices = LastPrices::default();
    let odds = |decimal: f64| Odds::new(decimal).unwrap();
    let home = 1.6 + 0.2 * f64::from(number % 5);
    prices.add_result(PriceSource::PinnacleClose, [home, 3.6, 3.9].map(odds));
    prices.add_totals(PriceSource::PinnacleClose, [1.95, 1.9].map(odds));
    Statistics {
        shots: Some([count(12, 2), count(10, 3)]),
        shots_on_target: Some([count(4, 1), count(3, 5)]),
        corners: Some([count(5, 3), count(4, 2)]),
        last_prices: Some(prices),
        ..Statistics::default()
    }
}

// ---- by hand ----

/// Goals alone, two founders of a division. S of the log rates before the match: μ .01, h .01, and .09 each of an attack and of a
/// defence; a team's attack and defence share .55 · .09. The mode η of the posterior solves η = m + S (y − e^η); the
/// covariance left is S − S (S + R)⁻¹ S with R = e^−η.
#[test]
fn one_match_teaches_what_bayes_says() {
    let mut model = filter(Learn::GOALS);
    let meeting = || fixture(0, 18_500, 0, 1, 2020);
    let spread: [[f64; 2]; 2] = [[0.02 + 0.18, 0.01 - 0.099], [0.01 - 0.099, 0.01 + 0.18]];
    let prior = [1.5_f64.ln(), 1.2_f64.ln()];
    let (before, _) = forecast(model.as_mut(), meeting());
    near(before[0], 1.5 * (0.5 * spread[0][0]).exp(), 1e-12);
    near(before[1], 1.2 * (0.5 * spread[1][1]).exp(), 1e-12);

    let goals = [3.0, 0.0];
    let mut mode = prior;
    for _ in 0..2_000 {
        // a damped fixed point: slow and certain
        let pull = [0, 1].map(|i| -> f64 {
            (0..2)
                .map(|j| spread[i][j] * (goals[j] - f64::exp(mode[j])))
                .sum()
        });
        mode = [0, 1].map(|i| 0.9 * mode[i] + 0.1 * (prior[i] + pull[i]));
    }
    let noise = mode.map(|log: f64| (-log).exp());
    let left = remaining(spread, noise);
    model.observe(&played(meeting(), 3, 0));
    let (after, _) = forecast(model.as_mut(), meeting());
    for side in 0..2 {
        near(
            after[side],
            (mode[side] + 0.5 * left[side][side]).exp(),
            1e-10,
        );
    }
}

/// S − S (S + R)⁻¹ S, R diagonal.
fn remaining(s: [[f64; 2]; 2], noise: [f64; 2]) -> [[f64; 2]; 2] {
    let (a, b, d) = (s[0][0] + noise[0], s[0][1], s[1][1] + noise[1]);
    let det = a * d - b * b;
    let inverse = [[d / det, -b / det], [-b / det, a / det]];
    [0, 1].map(|i| {
        [0, 1].map(|j| {
            let mut value = s[i][j];
            for k in 0..2 {
                for l in 0..2 {
                    value -= s[i][k] * inverse[k][l] * s[l][j];
                }
            }
            value
        })
    })
}

/// Prices alone teach by a gain matrix: worked out with four numbers, attack and defence of both teams, and two levels.
#[test]
fn prices_teach_more_than_goals() {
    let (mut by_goals, mut by_prices) = (filter(Learn::GOALS), filter(Learn::PRICES));
    let mut one = played(fixture(0, 18_500, 0, 1, 2020), 0, 0);
    one.statistics = Some(Arc::new(statistics(0)));
    for model in [&mut by_goals, &mut by_prices] {
        model.observe(&one);
    }
    let next = || fixture(0, 18_507, 0, 1, 2020);
    let (goals, _) = forecast(by_goals.as_mut(), next());
    let (prices, _) = forecast(by_prices.as_mut(), next());
    // 1.6, 3.6 and 3.9 are of a better home side, and nobody scored
    assert!(prices[0] > 1.5 && prices[1] < 1.2, "{prices:?}");
    assert!(goals[0] < prices[0], "{goals:?}");
}

/// The standard error of a probability is its slope times the spread: beside differences of a grid.
#[test]
fn standard_errors_are_those_of_the_delta_method() {
    let mut model = filter(Learn::GOALS);
    let spread = [[0.2, -0.089], [-0.089, 0.19]];
    let (rates, errors) = forecast(model.as_mut(), fixture(0, 18_500, 0, 1, 2020));
    let outcomes = |shift: [f64; 2]| {
        let [home, away] = [0, 1].map(|side| rates[side] * f64::exp(shift[side]));
        simbet::ScoreGrid::dixon_coles(home, away, -0.08)
            .unwrap()
            .outcomes()
    };
    const STEP: f64 = 1e-5;
    for (outcome, error) in errors.into_iter().enumerate() {
        let slope = [[STEP, 0.0], [0.0, STEP]].map(|step| {
            let back = step.map(|x| -x);
            (outcomes(step)[outcome] - outcomes(back)[outcome]) / (2.0 * STEP)
        });
        let mut variance = 0.0;
        for i in 0..2 {
            for j in 0..2 {
                variance += slope[i] * slope[j] * spread[i][j];
            }
        }
        near(error, f64::sqrt(variance), 1e-7);
    }
}

// ---- what it follows ----

#[test]
fn a_promoted_team_takes_its_strength_along() {
    let mut model = filter(Learn::GOALS);
    // in each division team 0 (10) wins everything
    for round in 0..20 {
        let day = 18_500 + 7 * round;
        for (league, base) in [(0, 0), (1, 10)] {
            for pair in 0..2 {
                let (home, away) = (base + 2 * pair, base + 2 * pair + 1);
                let score = if pair == 0 { (3, 0) } else { (1, 1) };
                let one = fixture(league, day, home, away, 2020);
                model.observe(&played(one, score.0, score.1));
            }
        }
    }
    let day = 18_500 + 365;
    let (promoted, _) = forecast(model.as_mut(), fixture(0, day, 2, 10, 2021));
    let (newcomer, _) = forecast(model.as_mut(), fixture(0, day, 2, 99, 2021));
    assert!(promoted[1] > 1.2 * newcomer[1], "{promoted:?} {newcomer:?}");
    assert_eq!(
        model.matches_seen(&fixture(0, day, 10, 99, 2021)),
        Some([20, 0])
    );
}

#[test]
fn a_silent_team_is_forgotten_and_comes_back_almost_like_a_new_one() {
    let mut model = filter(Learn::GOALS);
    for round in 0..30 {
        model.observe(&played(fixture(0, 18_500 + 7 * round, 0, 1, 2020), 5, 0));
        model.observe(&played(fixture(0, 18_500 + 7 * round, 2, 3, 2020), 1, 1));
    }
    let day = 18_500 + 7 * 29 + 501;
    for round in 0..40 {
        model.observe(&played(fixture(0, day - 280 + 7 * round, 2, 3, 2021), 1, 1));
    }
    let after = fixture(0, day + 7, 2, 0, 2022);
    assert_eq!(model.matches_seen(&after).map(|seen| seen[1]), Some(0));
    let (returned, errors) = forecast(model.as_mut(), after);
    let (new, _) = forecast(model.as_mut(), fixture(0, day + 7, 2, 99, 2022));
    assert!(returned[1] > new[1], "{returned:?} {new:?}");
    assert!(errors.iter().all(|error| *error > 0.01));
}

#[test]
fn days_without_a_match_make_it_less_sure() {
    let mut model = filter(Learn::ALL);
    league(20).iter().for_each(|one| model.observe(one));
    let errors = [1, 30, 90].map(|days| {
        let day = 18_500 + 7 * 19 + days;
        forecast(model.as_mut(), fixture(0, day, 0, 3, 2020)).1[0]
    });
    assert!(errors.is_sorted() && errors[2] > errors[0], "{errors:?}");
}

// ---- prices that end ----

/// Rounds of [`league`] without prices from this one on.
fn league_with_prices_until(rounds: u32, end: u32) -> Vec<Match> {
    let mut matches = league(rounds);
    for one in &mut matches[3 * end as usize..] {
        let known = one.statistics.as_deref().cloned().unwrap_or_default();
        one.statistics = Some(Arc::new(Statistics {
            last_prices: None,
            ..known
        }));
    }
    matches
}

/// A filter that is to learn from prices and gets none is one that is not to learn from them.
#[test]
fn where_there_are_no_prices_the_rest_teaches_as_if_there_were_none() {
    for (asked, taught) in [
        (Learn::ALL, Learn::GOALS_AND_SHOTS),
        (Learn::PRICES, Learn::GOALS),
    ] {
        let (mut one, mut other) = (filter(asked), filter(taught));
        for it in league_with_prices_until(40, 0) {
            one.observe(&it);
            other.observe(&it);
        }
        let next = || fixture(0, 18_500 + 7 * 40, 0, 4, 2021);
        assert_eq!(
            forecast(one.as_mut(), next()),
            forecast(other.as_mut(), next())
        );
    }
}

/// By how much six goals move the log of a side's rate, in a match without prices after these.
fn pull_of_six_goals(matches: &[Match]) -> f64 {
    let last = &matches[matches.len() - 1].fixture;
    let (day, season) = (last.day.day() + 3, last.season);
    let rate = |goals: u8| {
        let mut model = filter(Learn::PRICES);
        matches.iter().for_each(|it| model.observe(it));
        model.observe(&played(fixture(0, day, 0, 3, season), goals, 0));
        let (rates, _) = forecast(model.as_mut(), fixture(0, day + 4, 0, 3, season));
        rates[0].ln()
    };
    rate(6) - rate(0)
}

/// With prices in every match but one its goals count as if somebody had rated its chances. Three rounds after the last prices
/// they count as goals: by 1 in place of 22.6.
#[test]
fn goals_count_as_goals_once_prices_have_ended() {
    let usual = pull_of_six_goals(&league_with_prices_until(40, 40));
    let missing = pull_of_six_goals(&league_with_prices_until(40, 39));
    let ended = pull_of_six_goals(&league_with_prices_until(60, 40));
    assert!(usual > 0.02 && missing > usual, "{usual} {missing}");
    assert!(ended > 0.0 && ended < 0.6 * usual, "{ended} {usual}");
}

/// The rule is that of the goal models: 0.4 of the weight of the last matches, of which each loses half in 40 days.
#[test]
fn prices_count_again_when_they_come_again() {
    let mut matches = league_with_prices_until(60, 20);
    let with = league(100);
    matches.extend_from_slice(&with[180..]);
    let again = pull_of_six_goals(&matches);
    let usual = pull_of_six_goals(&with);
    near(again, usual, 0.1 * usual);
}

// ---- what may not matter ----

#[test]
fn neither_the_order_of_rows_nor_asking_changes_anything() {
    for learn in [Learn::GOALS, Learn::GOALS_AND_SHOTS, Learn::ALL] {
        let matches = league(50);
        let (mut one, mut other) = (filter(learn), filter(learn));
        matches.iter().for_each(|it| one.observe(it));
        for day in matches.chunks(3) {
            day.iter().rev().for_each(|it| other.observe(it));
            forecast(other.as_mut(), fixture(0, 19_500, 1, 5, 2022));
        }
        let next = || fixture(0, 18_500 + 7 * 50, 0, 4, 2021);
        assert_eq!(
            forecast(one.as_mut(), next()),
            forecast(other.as_mut(), next())
        );
    }
}

#[test]
fn numbers_of_teams_mean_nothing() {
    let (mut one, mut other) = (filter(Learn::ALL), filter(Learn::ALL));
    let renamed = |team: TeamId| TeamId(1_000 - 7 * team.0);
    for it in league(40) {
        one.observe(&it);
        let mut fixture = Fixture::clone(&it.fixture);
        (fixture.home, fixture.away) = (renamed(fixture.home), renamed(fixture.away));
        let fixture = Arc::new(fixture);
        other.observe(&Match { fixture, ..it });
    }
    let next = fixture(0, 18_900, 0, 4, 2022);
    let mut same = next.clone();
    (same.home, same.away) = (renamed(next.home), renamed(next.away));
    assert_eq!(forecast(one.as_mut(), next), forecast(other.as_mut(), same));
}

#[test]
fn a_corrected_result_counts_as_if_it_had_been_right_at_once() {
    let matches = league(40);
    for wrong in [119, 110, 100] {
        let (mut right, mut corrected) = (filter(Learn::ALL), filter(Learn::ALL));
        matches.iter().for_each(|it| right.observe(it));
        let mistaken = Match {
            score: Score { home: 9, away: 0 },
            ..matches[wrong].clone()
        };
        for (number, it) in matches.iter().enumerate() {
            corrected.observe(if number == wrong { &mistaken } else { it });
            forecast(corrected.as_mut(), fixture(0, 18_900, 0, 3, 2021));
        }
        corrected.retract(&mistaken);
        corrected.observe(&matches[wrong]);
        let next = || fixture(0, 18_790, 0, 4, 2021);
        assert_eq!(
            forecast(right.as_mut(), next()),
            forecast(corrected.as_mut(), next())
        );
    }
}

#[test]
fn a_saved_filter_goes_on_as_if_nothing_had_happened() {
    let matches = league(60);
    for at in [0, 1, 30, 100, 170] {
        let mut one = filter(Learn::ALL);
        matches[..at].iter().for_each(|it| one.observe(it));
        let mut other = predict::build("E0+E1+E2+E3+EC", &config(Learn::ALL)).unwrap();
        other.restore(&one.save().unwrap()).unwrap();
        assert_eq!(one.save(), other.save());
        for it in &matches[at..] {
            one.observe(it);
            other.observe(it);
        }
        let next = || fixture(0, 18_930, 0, 4, 2021);
        assert_eq!(
            forecast(one.as_mut(), next()),
            forecast(other.as_mut(), next())
        );
        let mut copy = one.copy().unwrap();
        copy.observe(&played(next(), 4, 0));
        assert_ne!(
            forecast(one.as_mut(), next()),
            forecast(copy.as_mut(), next())
        );
    }
}

#[test]
fn damaged_states_are_refused() {
    let mut model = filter(Learn::ALL);
    league(10).iter().for_each(|it| model.observe(it));
    let bytes = model.save().unwrap();
    for end in [0, 1, bytes.len() / 2, bytes.len() - 1] {
        assert!(model.restore(&bytes[..end]).is_err(), "{end}");
    }
}

#[test]
fn after_thousands_of_matches_it_is_still_sure_of_something_and_not_of_everything() {
    for learn in [
        Learn::GOALS,
        Learn::GOALS_AND_SHOTS,
        Learn::PRICES,
        Learn::ALL,
    ] {
        let mut model = filter(learn);
        for (number, it) in league(1_500).iter().enumerate() {
            model.observe(it);
            if number % 500 == 499 {
                let day = it.fixture.day.day() + 3;
                let next = fixture(0, day, 0, 4, it.fixture.season);
                let (rates, errors) = forecast(model.as_mut(), next);
                assert!(
                    rates.iter().all(|rate| (0.2..5.0).contains(rate)),
                    "{rates:?}"
                );
                assert!(
                    errors.iter().all(|it| (1e-4..0.2).contains(it)),
                    "{errors:?}"
                );
            }
        }
    }
}

#[test]
fn goals_beyond_measure_break_nothing() {
    let mut model = filter(Learn::ALL);
    for round in 0..60 {
        let day = 18_500 + round;
        model.observe(&played(fixture(0, day, 0, 1, 2020), 255, 0));
        let offer = Offer {
            fixture: Arc::new(fixture(0, day + 1, 0, 1, 2020)),
            state: MatchState::default(),
            quotes: Vec::new(),
        };
        let opinion = model.predict(&offer, Time::from_days(day + 1)).unwrap();
        let outcomes = opinion.and_then(|opinion| opinion.outcomes());
        assert!(outcomes.is_none_or(|all| all.iter().all(|p| p.is_finite())));
    }
}

#[test]
fn too_many_teams_are_an_error_and_not_a_matrix_without_end() {
    let mut model = filter(Learn::GOALS);
    for pair in 0..520 {
        model.observe(&played(
            fixture(0, 18_500, 2 * pair, 2 * pair + 1, 2020),
            1,
            0,
        ));
    }
    let offer = Offer {
        fixture: Arc::new(fixture(0, 18_501, 0, 1, 2020)),
        state: MatchState::default(),
        quotes: Vec::new(),
    };
    let error = model.predict(&offer, Time::from_days(18_501)).unwrap_err();
    assert!(matches!(
        error,
        PredictError::TooManyTeams { most: 1_000, .. }
    ));
}

// ---- the command line ----

const CSV: &str = "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG\n\
    E0,10/08/24,Ayton,Brae,3,0\nE1,10/08/24,Corby,Deal,1,1\nE0,17/08/24,Brae,Ayton,1,1\nE1,16/08/25,Corby,Brae,0,2\n";

#[test]
fn fit_prints_strengths_with_standard_errors_and_over_time() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.csv");
    std::fs::write(&file, CSV).unwrap();
    let file = file.to_str().unwrap();
    let json = simbet(&[
        "fit",
        file,
        "--model",
        "filter",
        "--history",
        "--format",
        "json",
    ]);
    let value: Value = serde_json::from_slice(&json.stdout).unwrap();
    let pool = &value[0];
    assert_eq!(pool["pool"], "E0+E1");
    assert_eq!(pool["matches"], 4);
    assert_eq!(pool["leagues"].as_array().unwrap().len(), 2);
    let teams = pool["teams"].as_array().unwrap();
    let brae = teams.iter().find(|team| team["team"] == "Brae").unwrap();
    assert_eq!(
        (&brae["league"], &brae["season"]),
        (&"E1".into(), &2025.into())
    );
    assert!(brae["attack_se"].as_f64().unwrap() > 0.0);
    // the average side of E0 is the measure
    let sum: f64 = ["Ayton", "Brae"]
        .iter()
        .map(|name| {
            let team = teams.iter().find(|team| team["team"] == *name).unwrap();
            team["attack"].as_f64().unwrap()
        })
        .sum();
    near(sum, 0.0, 1e-9);
    let history = pool["history"].as_array().unwrap();
    let seasons: Vec<_> = history
        .iter()
        .filter(|row| row["team"] == "Brae")
        .map(|row| (row["season"].clone(), row["as_of"].clone()))
        .collect();
    assert_eq!(
        seasons,
        [
            (2024.into(), "2024-08-17".into()),
            (2025.into(), "2025-08-16".into())
        ]
    );
    let table = simbet(&["fit", file, "--model", "filter"]);
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(table.contains("taught by past closing prices"), "{table}");
    assert!(table.contains("against the average side of E0"), "{table}");
    let csv = simbet(&["fit", file, "--model", "filter", "--format", "csv"]);
    let csv = String::from_utf8(csv.stdout).unwrap();
    assert!(
        csv.starts_with("pool,as_of,season,league,team,matches,attack,attack_se"),
        "{csv}"
    );
    let other = simbet(&["fit", file, "--history"]);
    assert_eq!(other.status.code(), Some(2));
}

#[test]
fn predictions_carry_standard_errors() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("mine.csv"), CSV).unwrap();
    let next = "Div,Date,HomeTeam,AwayTeam\nE0,23/08/25,Ayton,Corby\n";
    std::fs::write(path("next.csv"), next).unwrap();
    let (history, fixtures) = (path("mine.csv"), path("next.csv"));
    let asked = |model: &str| {
        let args = [
            "predict",
            &history,
            "--fixtures",
            &fixtures,
            "--model",
            model,
        ];
        let args = [&args[..], &["--min-matches", "0", "--format", "json"]].concat();
        let value: Value = serde_json::from_slice(&simbet(&args).stdout).unwrap();
        value["predictions"][0].clone()
    };
    let forecast = asked("filter");
    for column in ["p_home_se", "p_draw_se", "p_away_se"] {
        let error = forecast[column].as_f64().unwrap();
        assert!((0.001..0.3).contains(&error), "{column}: {error}");
    }
    assert_eq!(asked("poisson")["p_home_se"], Value::Null);
}

// ---- real files ----

/// The mean log loss, Brier score and RPS of home, draw and away, and the log loss of over 2.5, of the Premier League.
fn scores(path: &Path) -> (usize, [f64; 4]) {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().clone();
    let place = |name: &str| header.iter().position(|column| column == name).unwrap();
    let columns = [
        "p_home",
        "p_draw",
        "p_away",
        "p_over",
        "home_goals",
        "away_goals",
        "log_loss",
        "brier",
        "rps",
    ];
    let columns = columns.map(place);
    let (mut count, mut sums) = (0, [0.0; 4]);
    for row in reader.records().map(Result::unwrap) {
        if &row[place("league")] != "E0" || row[columns[6]].is_empty() {
            continue;
        }
        let number = |column: usize| row[columns[column]].parse::<f64>().unwrap();
        let over = if number(4) + number(5) > 2.5 {
            number(3)
        } else {
            1.0 - number(3)
        };
        let scores = [number(6), number(7), number(8), -over.ln()];
        (0..4).for_each(|k| sums[k] += scores[k]);
        count += 1;
    }
    (count, sums.map(|sum| sum / count as f64))
}

/// The Premier League alone, since 2014-15: the forecasts of 2018-19 to 2022-23.
#[test]
fn the_premier_league_alone() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/football-data");
    if !data.exists() {
        eprintln!("skipped: the files of football-data.co.uk are not there");
        return;
    }
    let files: Vec<String> = (2014..2023)
        .map(|year| format!("E0_{year}-{:02}.csv", (year + 1) % 100))
        .map(|name| data.join(name).to_str().unwrap().to_owned())
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let mut args = vec!["backtest", "--model", "filter", "--strategy", "flat"];
    args.extend(["--from", "2018-08-01", "--out", out.to_str().unwrap()]);
    args.extend(files.iter().map(String::as_str));
    let done = simbet(&args);
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    let (count, found) = scores(&out.join("predictions.csv"));
    assert_eq!(count, 1_900);
    for (found, expected) in found.into_iter().zip([0.95574, 0.56506, 0.19739, 0.68065]) {
        near(found, expected, 1e-4);
    }
}
