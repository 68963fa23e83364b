//! Skill or luck as a run tells it: from prices and results to the table, without going through the single statistics
//! again (those are in `luck`).

use std::sync::atomic::AtomicBool;

use proptest::prelude::*;
use serde_json::Value;
use simbet::Significance;
use simbet::internals::significance::fair_distribution;
use simbet::internals::simulate::RunSimulator;
use simbet::internals::sink::Outputs;
use simbet::internals::sink::significance::SignificanceSink;
use simbet::{Line, Market, Odds, OutcomeDistribution, Selection, Side};
use simbet::{Settings, SimulationConfig, SimulationSettings};

use crate::backtest::simbet;

fn json(arguments: &[&str]) -> Value {
    let output = simbet()
        .args(arguments)
        .args(["-q", "--format", "json"])
        .assert()
        .success();
    serde_json::from_slice(&output.get_output().stdout).unwrap()
}

fn near(found: &Value, expected: f64) {
    let found = found
        .as_f64()
        .unwrap_or_else(|| panic!("{found} is not a number"));
    assert!(
        (found - expected).abs() < 1e-9,
        "{found} should be {expected}"
    );
}

/// Four bets on the home side, 100 each, at 2.00, draws at 4.00 and away wins at 4.00: without the margin (which is none)
/// home wins with 0.5. Won, lost, lost, won; closing prices 1.60, 2.50, none, 2.00.
const FOUR: &str = "date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away,close_home,close_draw,close_away\n\
    2024-01-06,A,B,1,0,2.00,4.00,4.00,1.60,4.00,8.00\n\
    2024-01-13,C,D,0,0,2.00,4.00,4.00,2.50,4.00,2.857142857142857\n\
    2024-01-20,B,A,0,2,2.00,4.00,4.00,,,\n\
    2024-01-27,D,C,3,1,2.00,4.00,4.00,2.00,4.00,4.00\n";

fn four(more: &[&str]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("four.csv");
    std::fs::write(&file, FOUR).unwrap();
    let arguments = [
        "backtest",
        file.to_str().unwrap(),
        "--strategy",
        "flat",
        "--selections",
        "home",
    ];
    json(&[&arguments[..], more].concat())
}

#[test]
fn four_bets_have_the_statistics_that_were_worked_out_by_hand() {
    let found = &four(&[])["luck"];
    assert_eq!(found["bets"], 4);
    // returns 1, −1, −1, 1: mean 0
    near(&found["mean_return"]["mean"], 0.0);
    near(&found["mean_return"]["p"], 0.5);
    // 2 of 4 with probability ½ each: P(W ≥ 2) = 11/16
    near(&found["fair_wins"]["expected"], 2.0);
    near(&found["fair_wins"]["p"], 11.0 / 16.0);
    // each stakes 100 at even odds: variance 4 · 100²
    near(&found["fair_profit"]["expected"], 0.0);
    near(&found["fair_profit"]["std_dev"], 200.0);
    // 2/1.6 − 1, 2/2.5 − 1, 2/2 − 1
    assert_eq!(found["closing_value"]["n"], 3);
    near(&found["closing_value"]["mean"], (0.25 - 0.2 + 0.0) / 3.0);
    // of four fair coins: P(L≥1..4) = 15/16, 8/16, 3/16, 1/16
    assert_eq!(found["losing_run"]["longest"], 2);
    near(&found["losing_run"]["expected"], 27.0 / 16.0);
    near(&found["losing_run"]["p"], 0.5);
    near(&found["sharpe"]["ratio"], 0.0);
    assert!(
        found["more_bets"].is_null()
            && found["log_loss"].is_null()
            && found["model_calibration"].is_null()
    );
}

#[test]
fn the_bets_say_what_the_prices_thought() {
    let bets = four(&["--bets"]);
    let column = |name: &str| {
        bets["bets_list"]
            .as_array()
            .unwrap()
            .iter()
            .map(|bet| bet[name].clone())
            .collect::<Vec<_>>()
    };
    column("price_probability")
        .iter()
        .for_each(|p| near(p, 0.5));
    let closing = column("closing_probability");
    near(&closing[0], 0.625);
    near(&closing[1], 0.4);
    assert!(closing[2].is_null());
    near(&closing[3], 0.5);
    assert_eq!(column("season"), [2023.0; 4]);
}

/// Of the three sides of a match exactly one wins: taken for independent bets, they would have far too much variance.
#[test]
fn bets_on_every_side_of_a_market_are_one_lottery() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("four.csv");
    std::fs::write(&file, FOUR).unwrap();
    let found = &json(&[
        "backtest",
        file.to_str().unwrap(),
        "--strategy",
        "flat",
        "--stake",
        "100",
    ])["luck"];
    assert_eq!(
        (&found["bets"], &found["fair_bets"]),
        (&12.into(), &4.into())
    );
    // home pays 200, draw and away 400, of 300 staked: −100, 100, 100 with chances ½, ¼, ¼
    near(&found["fair_profit"]["expected"], 0.0);
    near(
        &found["fair_profit"]["std_dev"],
        (4.0 * 100.0 * 100.0_f64).sqrt(),
    );
    assert!(
        found["fair_wins"].is_null(),
        "that one side wins is certain"
    );
    assert!(found["losing_run"].is_null());
}

fn lines() -> impl Strategy<Value = Selection> {
    let market = prop_oneof![
        (-12i16..=12).prop_map(|quarters| (
            Market::AsianHandicap(Line::from_quarters(quarters)),
            [Side::Home, Side::Away]
        )),
        (4i16..=18).prop_map(|quarters| (
            Market::OverUnder(Line::from_quarters(quarters)),
            [Side::Over, Side::Under]
        )),
    ];
    (market, 0usize..2)
        .prop_map(|((market, sides), side)| Selection::new(market, sides[side]).unwrap())
}

proptest! {
    #[test]
    fn a_bet_at_its_own_fair_price_is_worth_nothing(selection in lines(), probability in 0.2f64..0.8) {
        let split = fair_distribution(selection, probability).unwrap();
        let odds = Odds::new(1.0 / probability).unwrap();
        prop_assert!(split.expected_value(odds).abs() < 1e-6);
        let sum = split.won + split.half_won + split.void + split.half_lost + split.lost;
        prop_assert!((sum - 1.0).abs() < 1e-9);
    }
}

#[test]
fn a_line_that_cannot_be_void_needs_no_model_of_goals() {
    let over = |quarters| {
        Selection::new(Market::OverUnder(Line::from_quarters(quarters)), Side::Over).unwrap()
    };
    assert_eq!(
        fair_distribution(over(10), 0.55),
        Some(OutcomeDistribution::binary(0.55))
    );
    let whole = fair_distribution(over(12), 0.5).unwrap();
    // over 3 at even odds: won and lost are equally likely, and 3 goals come about every fifth time
    assert!(
        (whole.won - whole.lost).abs() < 1e-6 && (0.15..0.3).contains(&whole.void),
        "{whole:?}"
    );
    assert_eq!(fair_distribution(over(12), 0.0), None);
    assert_eq!(fair_distribution(over(12), f64::NAN), None);
}

/// What the runs of a simulation show, each looked at alone.
fn assessed(toml: &str, runs: u64, change: impl Fn(&mut SimulationSettings)) -> Vec<Significance> {
    let mut settings = SimulationSettings {
        seed: 1,
        every: 10,
        ruin: 0.5,
        odds_decimals: Some(10),
        ..SimulationSettings::default()
    };
    change(&mut settings);
    let config =
        SimulationConfig::resolve(&Settings::from_toml(toml).unwrap(), &settings, None).unwrap();
    let mut simulator = RunSimulator::new(&config).unwrap();
    let mut look = |run| {
        let mut outputs = Outputs {
            significance: Some(SignificanceSink::default()),
            ..Outputs::default()
        };
        simulator
            .play_one(run, 0, &mut outputs, &AtomicBool::new(false))
            .unwrap();
        outputs.significance.unwrap().assess()
    };
    (1..=runs).map(&mut look).collect()
}

/// The largest distance of p-values from the uniform distribution; 1.95/√n in one set of a thousand.
fn distance(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let n = values.len() as f64;
    let step = |(place, p): (usize, &f64)| {
        (p - place as f64 / n)
            .abs()
            .max((p - (place + 1) as f64 / n).abs())
    };
    values.iter().enumerate().map(step).fold(0.0, f64::max)
}

/// A thousand seeded runs of 380 matches, bets on one side of each at prices that are fair: nobody has skill.
#[test]
fn without_skill_the_p_values_of_whole_runs_are_uniform() {
    let toml = "bankroll = 10000000\nstrategy = 'flat'\nselections = ['home']";
    let runs = assessed(toml, 1000, |one| {
        (
            one.margin,
            one.bookmaker_noise,
            one.closing_noise,
            one.matches,
        ) = (Some(0.0), Some(0.0), Some(0.0), Some(380));
    });
    let of = |p: fn(&Significance) -> Option<f64>| {
        runs.iter()
            .map(|luck| p(luck).unwrap())
            .collect::<Vec<f64>>()
    };
    for (name, values) in [
        ("mean return", of(|luck| Some(luck.mean_return?.p))),
        ("profit", of(|luck| Some(luck.fair_profit?.p))),
        (
            "Sharpe ratio",
            of(|luck| Some(1.0 - luck.sharpe?.probability?)),
        ),
    ] {
        let distance = distance(values);
        assert!(distance < 1.95 / 1000.0_f64.sqrt(), "{name}: {distance}");
    }
    // a count moves in steps, so its p is never too small
    let wins = of(|luck| Some(luck.fair_wins?.p));
    let rare = wins.iter().filter(|p| **p <= 0.05).count();
    assert!(rare <= 70, "{rare} of 1,000 counts of wins are rare");
    let held = runs.iter().filter(|luck| {
        let found = luck.yield_interval.unwrap();
        found.lower <= 0.0 && 0.0 <= found.upper
    });
    // 950 expected, a little fewer for intervals of 38 days
    assert!((915..=970).contains(&held.count()));
}

/// The bettor knows the truth, the bookmaker errs: the more matches, the more often it is seen.
#[test]
fn with_skill_more_matches_show_it_more_often() {
    let seen = |matches: u64| {
        let toml = "bankroll = 10000000\nstrategy = 'flat'\nmodel = 'truth'\nmin_ev = 0.02";
        let runs = assessed(toml, 200, |one| {
            (one.margin, one.bookmaker_noise, one.matches) =
                (Some(0.02), Some(0.12), Some(matches));
        });
        let rare = |p: fn(&Significance) -> Option<f64>| {
            runs.iter()
                .filter(|luck| p(luck).is_some_and(|p| p < 0.05))
                .count()
        };
        (
            rare(|luck| Some(luck.fair_profit?.p)),
            rare(|luck| Some(luck.closing_value?.p)),
        )
    };
    let power = [100, 400, 1600].map(seen);
    assert!(
        power.is_sorted_by(|fewer, more| fewer.0 < more.0),
        "{power:?}"
    );
    assert!(power[0].0 > 10 && power[2].0 > 100, "{power:?}");
    assert!(
        power.iter().all(|(profit, close)| close > profit),
        "the closing line shows skill before the profit does: {power:?}"
    );
}

#[test]
fn what_cannot_be_told_says_why() {
    let shown = |arguments: &[&str]| {
        let output = simbet()
            .args(["backtest", "datasets/epl.csv", "-q"])
            .args(arguments)
            .assert()
            .success();
        String::from_utf8(output.get_output().stdout.clone()).unwrap()
    };
    let line = |text: &str, name: &str| {
        text.lines()
            .find(|line| line.starts_with(&format!("│ {name}")))
            .unwrap()
            .to_owned()
    };
    let none = shown(&["--min-ev", "99"]);
    assert!(line(&none, "return of a bet").contains("no settled bet"));
    assert!(line(&none, "closing-line value ").contains("–"));
    let flat = shown(&["--strategy", "flat", "--selections", "home"]);
    assert!(line(&flat, "log loss vs market").contains("no match was forecast"));
    assert!(
        line(&shown(&["--model", "market"]), "log loss vs market")
            .contains("model and market are alike")
    );
    let day = shown(&["--from", "2025-05-25", "--strategy", "kelly"]);
    assert!(
        line(&day, "yield").contains("needs bets on 30 match days"),
        "{day}"
    );
    assert!(
        line(&day, "log loss vs market").contains("needs matches on two days"),
        "{day}"
    );
}
