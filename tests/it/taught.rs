//! Models that are taught by shots and by past prices.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use simbet::internals::predict::{self, GoalModel};
use simbet::{
    Fixture, Learn, Match, MatchRecord, MatchState, MatchStatus, Matches, ModelConfig, ModelKind,
    Offer, Predictor as _, RunConfig, Settings, Statistics, Time, backtest, fit, read, read_bytes,
};

/// A match: day of January 2024, sides, goals, shots on target, shots, corners, and the rates at which prices were made.
struct Row {
    day: i64,
    sides: [usize; 2],
    goals: [u8; 2],
    shots: Option<[[u16; 2]; 3]>,
    rates: Option<[f64; 2]>,
}

const fn row(
    day: i64,
    sides: [usize; 2],
    goals: [u8; 2],
    shots: Option<[[u16; 2]; 3]>,
    rates: Option<[f64; 2]>,
) -> Row {
    Row {
        day,
        sides,
        goals,
        shots,
        rates,
    }
}

const TEAMS: [&str; 3] = ["Ashby", "Corfield", "Dunmore"];

/// A few matches of three teams, some without shots, and some without prices.
const ROWS: [Row; 8] = [
    row(
        1,
        [0, 1],
        [2, 1],
        Some([[6, 2], [14, 9], [7, 3]]),
        Some([1.9, 0.8]),
    ),
    row(
        3,
        [1, 2],
        [0, 0],
        Some([[3, 4], [8, 12], [2, 6]]),
        Some([1.3, 1.2]),
    ),
    row(3, [2, 0], [1, 3], None, Some([1.1, 1.6])),
    row(8, [1, 0], [1, 1], Some([[2, 7], [7, 15], [4, 8]]), None),
    row(
        10,
        [0, 2],
        [3, 0],
        Some([[9, 1], [18, 5], [9, 2]]),
        Some([2.1, 0.7]),
    ),
    row(
        15,
        [2, 1],
        [2, 2],
        Some([[5, 5], [11, 10], [5, 5]]),
        Some([1.4, 1.1]),
    ),
    row(
        17,
        [0, 1],
        [0, 1],
        Some([[8, 2], [19, 6], [11, 1]]),
        Some([2.0, 0.75]),
    ),
    row(22, [1, 2], [1, 0], None, None),
];

/// Odds without a margin on home win, draw and away win, and on over and under 2.5, of independent goals.
fn fair_odds([home, away]: [f64; 2]) -> [f64; 5] {
    let poisson = |rate: f64, goals: u32| {
        (1..=goals).fold((-rate).exp(), |p, goal| p * rate / f64::from(goal))
    };
    let mut p = [0.0; 5];
    for x in 0..60_u32 {
        for y in 0..60_u32 {
            let chance = poisson(home, x) * poisson(away, y);
            let outcome = 1 + usize::from(x < y) - usize::from(x > y);
            p[outcome] += chance;
            p[3 + usize::from(x + y <= 2)] += chance;
        }
    }
    p.map(|p| 1.0 / p)
}

fn csv(rows: &[Row]) -> String {
    let mut csv =
        "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,HST,AST,HS,AS,HC,AC,PSCH,PSCD,PSCA,PC>2.5,PC<2.5\n"
            .to_owned();
    for row in rows {
        let [home, away] = row.sides.map(|side| TEAMS[side]);
        let [x, y] = row.goals;
        write!(csv, "L,{:02}/01/2024,{home},{away},{x},{y}", row.day).unwrap();
        match row.shots {
            Some(shots) => {
                for [home, away] in shots {
                    write!(csv, ",{home},{away}").unwrap();
                }
            }
            None => csv.push_str(",,,,,,"),
        }
        match row.rates.map(fair_odds) {
            Some(odds) => odds.iter().for_each(|odds| write!(csv, ",{odds}").unwrap()),
            None => csv.push_str(",,,,,"),
        }
        csv.push('\n');
    }
    csv
}

fn resolve(toml: &str) -> RunConfig {
    RunConfig::resolve(&Settings::from_toml(toml).unwrap()).unwrap()
}

// ---- the objective, written anew ----

/// The constants of a set of teachers: ω, the part of prices, κ, the loading, the half-life, and the prior's standard deviation.
struct Constants {
    price_weight: f64,
    price_share: f64,
    shot_weight: f64,
    loading: f64,
    half_life: f64,
    sd: f64,
}

const A: Constants = Constants {
    price_weight: 1.0,
    price_share: 0.0,
    shot_weight: 2.5,
    loading: 0.5,
    half_life: 200.0,
    sd: 0.25,
};
const B: Constants = Constants {
    price_weight: 100.0,
    price_share: 0.95,
    shot_weight: 0.0,
    loading: 0.0,
    half_life: 20.0,
    sd: 0.4,
};
const C: Constants = Constants {
    shot_weight: 20.0,
    loading: 0.65,
    ..B
};

/// What the shots of a match were worth, by the matches of earlier days.
fn worth(rows: &[Row], row: &Row) -> Option<[f64; 2]> {
    let own = row.shots?;
    let mut goals = 0.0;
    let mut sums = [0.0; 3];
    for earlier in rows.iter().filter(|earlier| earlier.day < row.day) {
        let Some(shots) = earlier.shots else { continue };
        let weight = 0.5_f64.powf((row.day - earlier.day) as f64 / 365.0);
        goals += weight * f64::from(earlier.goals[0] + earlier.goals[1]);
        (0..3).for_each(|s| sums[s] += weight * f64::from(shots[s][0] + shots[s][1]));
    }
    let of_each = [9.0, 25.0, 10.3];
    Some([0, 1].map(|side| {
        let of_kind =
            |s: usize| (5.4 + goals) / (2.0 * of_each[s] + sums[s]) * f64::from(own[s][side]);
        (0..3).map(of_kind).sum::<f64>() / 3.0
    }))
}

/// The penalised objective at attack and defence of three teams, μ and h, as of a day.
fn objective(theta: &[f64; 8], rows: &[Row], constants: &Constants, day: i64) -> f64 {
    let weight = |row: &Row| 0.5_f64.powf((day - row.day) as f64 / constants.half_life);
    let log_rate = |y: f64, eta: f64| y * eta - eta.exp();
    let [mut shot_goals, mut shot_weights] = [[1.5, 1.2], [1.0, 1.0]];
    for row in rows {
        if let Some(worth) = worth(rows, row) {
            for side in [0, 1] {
                shot_goals[side] += constants.shot_weight * weight(row) * worth[side];
                shot_weights[side] += constants.shot_weight * weight(row);
            }
        }
    }
    let mut sum = 0.0;
    for row in rows {
        let [i, j] = row.sides;
        let superior = [theta[i] - theta[3 + j], theta[j] - theta[3 + i]];
        let levels = [theta[6] + theta[7], theta[6]];
        let (mut y, mut omega) = (row.goals.map(f64::from), 1.0);
        if let Some(rates) = row.rates.filter(|_| constants.price_share > 0.0) {
            let share = constants.price_share;
            y = [0, 1].map(|side| share * rates[side] + (1.0 - share) * y[side]);
            omega = constants.price_weight;
        }
        for side in [0, 1] {
            sum += weight(row) * omega * log_rate(y[side], levels[side] + superior[side]);
        }
        if let Some(worth) = worth(rows, row) {
            for side in [0, 1] {
                let level = (shot_goals[side] / shot_weights[side]).ln();
                let xi = level + constants.loading * superior[side];
                sum += weight(row) * constants.shot_weight * log_rate(worth[side], xi);
            }
        }
    }
    let precision = 1.0 / (constants.sd * constants.sd * (1.0 - 0.85 * 0.85));
    for team in [0, 1, 2] {
        let (x, y) = (theta[team], theta[3 + team]);
        sum -= 0.5 * precision * (x * x + y * y - 2.0 * 0.85 * x * y);
    }
    sum + 10.0 * (log_rate(1.5, theta[6] + theta[7]) + log_rate(1.2, theta[6]))
}

/// The parameters that a fit by these teachers has, and its ρ.
fn fitted(learn: &str, model: &str) -> ([f64; 8], f64) {
    let config = resolve(&format!("model = '{model}'\nlearn = '{learn}'"));
    let matches = read_bytes("l.csv", csv(&ROWS).as_bytes(), &config.read).unwrap();
    let fitted = fit(&config.engine, None, &matches).unwrap().remove(0);
    let mut theta = [0.0; 8];
    for (place, &team) in fitted.teams.iter().enumerate() {
        let name = matches.names.team(team);
        let number = TEAMS.iter().position(|known| *known == name).unwrap();
        theta[number] = fitted.fit.attack[place];
        theta[3 + number] = fitted.fit.defence[place];
    }
    [theta[6], theta[7]] = [fitted.fit.intercept, fitted.fit.home_advantage];
    (theta, fitted.fit.rho)
}

#[test]
fn the_fit_is_the_maximum_of_the_objective_as_it_is_written() {
    // the fit is as of the day after the last match, and the objective is concave
    let day = ROWS[7].day + 1;
    for (learn, constants) in [
        ("goals,shots", A),
        ("prices", B),
        ("goals,shots,prices", C),
        // goals always teach
        ("shots", A),
        ("goals,prices", B),
        ("shots,prices", C),
    ] {
        for (model, rho) in [("dixon-coles", -0.08), ("poisson", 0.0)] {
            let (theta, found) = fitted(learn, model);
            assert_eq!(found, rho, "{learn} {model}");
            for parameter in 0..8 {
                let moved = |step: f64| {
                    let mut moved = theta;
                    moved[parameter] += step;
                    objective(&moved, &ROWS, &constants, day)
                };
                let slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
                assert!(slope.abs() < 1e-5, "{learn} {model} {parameter}: {slope}");
                let curvature = moved(1e-3) + moved(-1e-3) - 2.0 * moved(0.0);
                assert!(curvature < 0.0, "{learn} {parameter}");
            }
        }
    }
}

#[test]
fn a_league_without_shots_or_prices_is_taught_by_goals_as_before() {
    let bare: Vec<Row> = ROWS
        .iter()
        .map(|row| self::row(row.day, row.sides, row.goals, None, None))
        .collect();
    let fitted = |settings: &str| {
        let config = resolve(&format!("model = 'dixon-coles'\n{settings}"));
        let matches = read_bytes("l.csv", csv(&bare).as_bytes(), &config.read).unwrap();
        fit(&config.engine, None, &matches).unwrap().remove(0).fit
    };
    let goals = fitted("learn = 'goals'");
    assert_ne!(goals.rho, 0.0);
    for learn in ["goals,shots", "prices", "goals,shots,prices"] {
        assert_eq!(fitted(&format!("learn = '{learn}'")), goals, "{learn}");
    }
    assert_eq!(fitted(""), goals);
    // what was asked for is kept, even if it is the usual
    for settings in ["half_life = 7\nprior = 0.1", "half_life = 20\nprior = 0.4"] {
        let asked = fitted(&format!("learn = 'goals'\n{settings}"));
        assert_ne!(asked, goals);
        assert_eq!(fitted(&format!("learn = 'prices'\n{settings}")), asked);
    }
}

// ---- what a model remembers ----

fn matches(config: &RunConfig, rows: &[Row]) -> Matches {
    read_bytes("l.csv", csv(rows).as_bytes(), &config.read).unwrap()
}

fn played(record: &MatchRecord) -> Match {
    Match {
        fixture: record.fixture.clone(),
        score: record.result().unwrap(),
        status: MatchStatus::Played,
        statistics: record.statistics.clone(),
    }
}

fn model(learn: Learn, change: impl Fn(&mut ModelConfig)) -> GoalModel {
    let mut config = ModelConfig::taught(ModelKind::DixonColes, Some(learn));
    change(&mut config);
    predict::goal_model(&config).unwrap().unwrap()
}

fn forecast(model: &mut GoalModel, record: &MatchRecord, day: Time) -> [f64; 2] {
    let offer = Offer {
        fixture: record.fixture.clone(),
        state: MatchState::default(),
        quotes: Vec::new(),
    };
    let opinion = model.predict(&offer, day).unwrap().unwrap();
    opinion.expected_goals().unwrap()
}

const LEARN: [Learn; 4] = [
    Learn::GOALS,
    Learn::GOALS_AND_SHOTS,
    Learn::PRICES,
    Learn::ALL,
];

#[test]
fn a_saved_model_goes_on_as_if_nothing_had_happened() {
    let config = resolve("learn = 'goals,shots,prices'");
    let matches = matches(&config, &ROWS);
    for learn in LEARN {
        // shots and prices leave the window in between
        let new = || model(learn, |config| config.window = Some(6.0));
        let (mut model, mut restored) = (new(), new());
        for (place, record) in matches.records.iter().enumerate() {
            let day = record.fixture.day;
            let next = &matches.records[(place + 3) % 8];
            let [found, expected] =
                [&mut restored, &mut model].map(|model| forecast(model, next, day));
            assert_eq!(found, expected, "{learn} {place}");
            model.observe(&played(record));
            restored.observe(&played(record));
            let saved = restored.save().unwrap();
            restored = new();
            restored.restore(&saved).unwrap();
            assert_eq!(restored.save().unwrap(), saved);
        }
    }
}

#[test]
fn late_and_corrected_results_lead_where_the_right_ones_in_order_do() {
    let config = resolve("learn = 'goals,shots,prices'");
    let matches = matches(&config, &ROWS);
    let last = matches.records[7].fixture.day + Time::DAY;
    for learn in LEARN {
        let [mut in_order, mut late, mut corrected] = [0; 3].map(|_| model(learn, |_| ()));
        for record in &matches.records {
            in_order.observe(&played(record));
        }
        for place in [0, 1, 4, 5, 2, 7, 6, 3] {
            late.observe(&played(&matches.records[place]));
        }
        for record in &matches.records {
            let mut wrong = played(record);
            wrong.score.home = 9;
            corrected.observe(&wrong);
            // a fit to the wrong result must not stay
            forecast(&mut corrected, record, record.fixture.day);
        }
        for record in &matches.records {
            let mut wrong = played(record);
            wrong.score.home = 9;
            corrected.retract(&wrong);
            corrected.observe(&played(record));
        }
        let record = &matches.records[0];
        let expected = forecast(&mut in_order, record, last);
        for (name, model) in [("late", &mut late), ("corrected", &mut corrected)] {
            for (found, expected) in forecast(model, record, last).iter().zip(expected) {
                assert!(
                    (found - expected).abs() < 1e-9,
                    "{learn} {name}: {found} {expected}"
                );
            }
        }
    }
}

#[test]
fn expected_goals_take_the_place_of_what_shots_were_worth() {
    let config = resolve("learn = 'goals,shots'");
    let matches = matches(&config, &ROWS);
    let last = matches.records[7].fixture.day + Time::DAY;
    let forecast_by = |change: &dyn Fn(&mut Statistics)| {
        let mut model = model(Learn::GOALS_AND_SHOTS, |_| ());
        for record in &matches.records {
            let mut played = played(record);
            let mut statistics = Statistics::clone(&played.statistics.unwrap_or_default());
            change(&mut statistics);
            played.statistics = Some(Arc::new(statistics));
            model.observe(&played);
        }
        forecast(&mut model, &matches.records[0], last)
    };
    let rated = |goals| move |known: &mut Statistics| known.expected_goals = Some(goals);
    let (counted, level) = (forecast_by(&|_| ()), forecast_by(&rated([1.4, 1.1])));
    assert_ne!(counted, level);
    // whatever was counted besides
    let uncounted = |known: &mut Statistics| {
        rated([1.4, 1.1])(known);
        known.shots = None;
    };
    assert_eq!(forecast_by(&uncounted), level);
    // what is no number of goals is no rating
    assert_eq!(forecast_by(&rated([f64::NAN, 1.0])), counted);
}

#[test]
fn shots_teach_from_the_first_to_the_last_of_them_in_the_window() {
    let config = resolve("learn = 'goals,shots'");
    let matches = matches(&config, &ROWS);
    let window = |config: &mut ModelConfig| config.window = Some(6.0);
    let mut shots = model(Learn::GOALS_AND_SHOTS, window);
    let mut goals = model(Learn::GOALS, window);
    let mut agree = Vec::new();
    for record in &matches.records {
        let day = record.fixture.day;
        let [one, other] =
            [&mut shots, &mut goals].map(|model| forecast(model, &matches.records[0], day));
        agree.push(one == other);
        shots.observe(&played(record));
        goals.observe(&played(record));
    }
    // six days after the match of the 17th only the one of the 22nd is left, which has no shots
    let day = Time::from_days(matches.records[7].fixture.day.day() + 2);
    let [one, other] = [&mut shots, &mut goals].map(|model| model.fit_at(day).unwrap().0);
    assert_eq!(
        agree,
        [true, false, false, false, false, false, false, false]
    );
    for (one, other) in one.attack.iter().zip(&other.attack) {
        assert!((one - other).abs() < 1e-7, "{one} {other}");
    }
    assert_eq!(one.learn(), Learn::GOALS);
}

/// The match of a week, with shots, and with prices or without.
fn weekly(matches: &Matches, week: usize, is_priced: bool) -> Match {
    let record = &matches.records[week % 8];
    let fixture = Fixture {
        day: Time::from_days(19_700 + 7 * week as i64),
        ..Fixture::clone(&record.fixture)
    };
    let counted = matches.records[0].statistics.as_deref().unwrap();
    let statistics = Statistics {
        last_prices: counted.last_prices.filter(|_| is_priced),
        ..counted.clone()
    };
    Match {
        fixture: Arc::new(fixture),
        statistics: Some(Arc::new(statistics)),
        ..played(record)
    }
}

/// One match with prices in years must not make a model forget all but the last weeks, nor prices that ended long ago.
#[test]
fn prices_teach_while_they_have_come_for_weeks_and_keep_coming() {
    let config = resolve("learn = 'goals,shots,prices'");
    let matches = matches(&config, &ROWS);
    let fit_after = |learn: Learn, priced: &[bool]| {
        let mut model = model(learn, |_| ());
        for (week, is_priced) in priced.iter().enumerate() {
            model.observe(&weekly(&matches, week, *is_priced));
        }
        let day = Time::from_days(19_700 + 7 * priced.len() as i64);
        model.fit_at(day).unwrap().0
    };
    let weeks = |one: usize, other: usize| [vec![false; one], vec![true; other]].concat();
    let reversed = |one: usize, other: usize| [vec![true; one], vec![false; other]].concat();
    let alternating: Vec<bool> = (0..40).map(|week| week % 2 == 0).collect();
    for (priced, expected) in [
        (weeks(0, 1), Learn::ALL),
        (weeks(30, 1), Learn::GOALS_AND_SHOTS),
        // 1 − 2^(−4·7/40) is 0.38, and a week later 0.45
        (weeks(30, 4), Learn::GOALS_AND_SHOTS),
        (weeks(30, 5), Learn::ALL),
        (reversed(30, 1), Learn::ALL),
        (reversed(30, 7), Learn::ALL),
        (reversed(30, 8), Learn::GOALS_AND_SHOTS),
        (alternating, Learn::ALL),
    ] {
        let found = fit_after(Learn::ALL, &priced);
        assert_eq!(found.learn(), expected, "{priced:?}");
        if expected == Learn::GOALS_AND_SHOTS {
            let without = fit_after(Learn::GOALS_AND_SHOTS, &priced);
            for (one, other) in found.attack.iter().zip(&without.attack) {
                assert!((one - other).abs() < 1e-7, "{one} {other}");
            }
        }
    }
}

// ---- the program ----

fn simbet(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_simbet"))
        .args(arguments)
        .output()
        .unwrap()
}

fn written(rows: &[Row]) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("l.csv");
    std::fs::write(&file, csv(rows)).unwrap();
    let file = file.to_str().unwrap().to_owned();
    (folder, file)
}

#[test]
fn the_output_says_what_taught_the_model() {
    let (_folder, file) = written(&ROWS);
    let out = |arguments: &[&str]| {
        let all = [
            &["backtest", &file, "--book", "ps", "--price", "close"],
            arguments,
        ]
        .concat();
        let output = simbet(&all);
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    };
    let text = out(&["--learn", "goals,shots,prices"]);
    let line = "taught by past closing prices, goals and shots, so it remembers the market; \
                6 of 8 matches have prices; 6 of 8 matches have shots";
    assert_eq!(text.lines().nth(2), Some(line), "{text}");
    let json: serde_json::Value =
        serde_json::from_str(&out(&["--learn", "goals+prices", "--format", "json"])).unwrap();
    let expected = serde_json::json!(
        { "learn": "goals,prices", "matches": 8, "with_prices": 6, "with_closing_prices": 6 }
    );
    assert_eq!(json["taught_by"], expected);
    let json: serde_json::Value =
        serde_json::from_str(&out(&["--learn", "goals", "--format", "json"])).unwrap();
    assert_eq!(json.get("taught_by"), None);
}

/// A slip of a pen in one cell must not make a team invincible: more than any side can have is no count.
#[test]
fn a_count_beyond_belief_is_dropped_and_moves_no_forecast() {
    let sound = csv(&ROWS);
    let (before, after) = ("2,1,6,2,14,9,7,3", |cells: &str| format!("2,1,{cells}"));
    assert!(sound.contains(before));
    let run = |text: &str| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("l.csv");
        std::fs::write(&file, text).unwrap();
        let file = file.to_str().unwrap();
        let out = folder.path().join("out");
        let output = simbet(&[
            "backtest",
            file,
            "--book",
            "ps",
            "--price",
            "close",
            "--learn",
            "goals,shots",
            "--out",
            out.to_str().unwrap(),
        ]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        (
            std::fs::read_to_string(out.join("predictions.csv")).unwrap(),
            said,
        )
    };
    let uncounted = run(&sound.replace(before, &after(",,,,,"))).0;
    assert_ne!(run(&sound).0, uncounted);
    for (cells, dropped) in [
        (
            "6,2,999,9,7,3",
            "1 cell of shots, corners, cards or the like that is no count: dropped",
        ),
        (
            "999,2,999,9,7,3",
            "2 cells of shots, corners, cards or the like that are no counts: dropped",
        ),
        (
            "6,2,14,9,999,3",
            "1 cell of shots, corners, cards or the like that is no count: dropped",
        ),
        (
            "6,2,81,9,7,3",
            "1 cell of shots, corners, cards or the like that is no count: dropped",
        ),
    ] {
        let (predictions, said) = run(&sound.replace(before, &after(cells)));
        assert!(said.contains(dropped), "{said}");
        assert_eq!(predictions, uncounted, "{cells}");
    }
}

#[test]
fn fit_says_that_a_quasi_likelihood_has_no_aic() {
    let (_folder, file) = written(&ROWS);
    let text = simbet(&["fit", &file, "--learn", "goals,shots"]).stdout;
    let text = String::from_utf8(text).unwrap();
    assert!(text.contains("quasi-log-likelihood"), "{text}");
    assert!(text.contains("\ntaught by goals and shots\n"), "{text}");
    assert!(!text.contains("AIC"), "{text}");
    let json = simbet(&["fit", &file, "--learn", "prices", "--format", "json"]).stdout;
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(json[0]["learn"], "goals,prices");
    assert!(json[0]["aic"].is_null());
}

#[test]
fn goals_and_shots_teach_unless_something_else_is_asked_for() {
    let config = |toml: &str| resolve(toml).engine.model.unwrap();
    let model = config("model = 'dixon-coles'");
    assert_eq!(model, ModelConfig::default());
    assert_eq!(
        (model.learn, model.half_life, model.prior),
        (Learn::GOALS_AND_SHOTS, Some(200.0), Some(0.25))
    );
    let goals = config("model = 'dixon-coles'\nlearn = 'goals'");
    assert_eq!((goals.half_life, goals.prior), (Some(330.0), Some(0.25)));
    // other models have nothing to do with it
    for kind in ["average", "logistic"] {
        let model = config(&format!("model = '{kind}'"));
        assert_eq!((model.learn, model.half_life), (Learn::GOALS, Some(330.0)));
    }
}

#[test]
fn teachers_that_are_none_or_change_nothing_are_refused() {
    let (_folder, file) = written(&ROWS);
    for (arguments, message) in [
        (
            vec!["--learn", "goals,xg"],
            "\"xg\" teaches no model: expected goals, shots, prices",
        ),
        (
            vec!["--learn", "goals", "--model", "market"],
            "--learn has no effect: the model market does not use it",
        ),
    ] {
        let output = simbet(&[&["backtest", file.as_str()], &arguments[..]].concat());
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(error.contains(message), "{error}");
        assert_eq!(output.status.code(), Some(2));
    }
    let invented = simbet(&["simulate", "--matches", "50", "--learn", "prices"]);
    assert_eq!(invented.status.code(), Some(2));
}

/// The place of a column.
fn column(csv: &str, name: &str) -> usize {
    let header = csv.lines().next().unwrap();
    header.split(',').position(|known| known == name).unwrap()
}

#[test]
fn a_sweep_compares_teachers() {
    let (_folder, file) = written(&ROWS);
    let output = simbet(&[
        "sweep",
        &file,
        "--book",
        "ps",
        "--price",
        "close",
        "--min-matches",
        "0",
        "--grid",
        "learn=goals,goals+shots,prices",
        "--format",
        "csv",
    ]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let losses: BTreeSet<&str> = text
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').nth(column(&text, "model.log_loss")))
        .collect();
    assert_eq!(losses.len(), 3, "each teaches something else: {text}");
}

// ---- measured figures ----

fn files(first: i32) -> Option<Vec<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/football-data");
    let season = |year: i32| format!("E0_{year}-{:02}.csv", (year + 1) % 100);
    let names = (first..=2022).map(|year| folder.join(season(year)));
    let files: Vec<_> = names.collect();
    if let Some(missing) = files.iter().find(|file| !file.exists()) {
        eprintln!("skipped: there is no {}", missing.display());
        return None;
    }
    Some(
        files
            .iter()
            .map(|file| file.to_str().unwrap().to_owned())
            .collect(),
    )
}

/// Log loss, Brier score and RPS of 1,900 matches of the Premier League, 2018-08 to 2023-05.
fn scores(files: &[String], learn: &str, price: &str) -> [f64; 3] {
    let config = resolve(&format!(
        "model = 'dixon-coles'\nstrategy = 'flat'\nfrom = '2018-08-01'\nmin_matches = 0\nlearn = '{learn}'\n{price}"
    ));
    let matches = read(files, &config.read, &|_, _| {}).unwrap();
    let done = backtest(&config.engine, config.replay, matches, None, &mut |_| {}).unwrap();
    let scores = done.summary.model;
    assert_eq!(scores.n, 1900);
    [scores.log_loss, scores.brier, scores.rps].map(Option::unwrap)
}

#[track_caller]
fn near<const N: usize>(found: [f64; N], expected: [f64; N], tolerance: f64) {
    for (found, expected) in found.into_iter().zip(expected) {
        assert!((found - expected).abs() <= tolerance, "{found} {expected}");
    }
}

#[test]
fn the_premier_league_is_forecast_as_measured() {
    let Some(files) = files(2014) else { return };
    let (pre, close) = ("price = 'pre'", "price = 'close'\nbook = 'ps'");
    for (learn, before, at_kick_off) in [
        ("goals,shots", [0.96431, 0.57017, 0.20001], 0.96437),
        ("prices", [0.95621, 0.56567, 0.19770], 0.95620),
        ("goals,shots,prices", [0.95584, 0.56524, 0.19753], 0.95568),
    ] {
        near(scores(&files, learn, pre), before, 1e-5);
        near([scores(&files, learn, close)[0]], [at_kick_off], 1e-5);
    }
}

#[test]
fn thirty_years_of_the_premier_league_are_forecast_as_measured() {
    let Some(files) = files(1993) else { return };
    for (learn, expected) in [
        ("goals,shots", [0.96315, 0.56957, 0.19965]),
        ("prices", [0.95593, 0.56547, 0.19760]),
        ("goals,shots,prices", [0.95554, 0.56502, 0.19742]),
    ] {
        near(scores(&files, learn, "price = 'pre'"), expected, 1e-5);
    }
}

#[test]
fn single_rates_are_as_measured() {
    let Some(files) = files(2014) else { return };
    let config = resolve("model = 'dixon-coles'\nlearn = 'goals,shots,prices'");
    let matches = read(&files, &config.read, &|_, _| {}).unwrap();
    let mut model = model(Learn::ALL, |_| ());
    let mut records = matches.records.iter().peekable();
    let mut rates_of = |home: &str| {
        let is_it = |record: &&MatchRecord| {
            record.fixture.season == 2018 && matches.names.team(record.fixture.home) == home
        };
        let fixture = matches.records.iter().find(is_it).unwrap();
        let day = fixture.fixture.day;
        while let Some(record) = records.next_if(|record| record.fixture.day < day) {
            model.observe(&played(record));
        }
        forecast(&mut model, fixture, day)
    };
    near(rates_of("Man United"), [2.1799, 0.8443], 1e-4);
    // an unseen newcomer
    near(rates_of("Wolves"), [1.38583, 1.15129], 1e-5);
}

/// Without a prior the fit is the plain maximum likelihood of goals, as others publish it, unless somebody asks for more.
#[test]
fn plain_maximum_likelihood_is_that_of_goals() {
    let taught = |toml: &str| {
        let settings = Settings::from_toml(toml).unwrap();
        let engine = RunConfig::resolve(&settings).unwrap().engine;
        engine.model.unwrap().learn
    };
    for model in ["poisson", "dixon-coles"] {
        let with = |more: &str| taught(&format!("model = '{model}'\n{more}"));
        assert_eq!(with(""), Learn::GOALS_AND_SHOTS);
        assert_eq!(with("prior = 0"), Learn::GOALS);
        assert_eq!(with("prior = 0.2"), Learn::GOALS_AND_SHOTS);
        assert_eq!(
            with("prior = 0\nlearn = 'goals,shots'"),
            Learn::GOALS_AND_SHOTS
        );
    }
}
