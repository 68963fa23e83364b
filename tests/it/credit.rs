//! A bankroll that was spent before the end is said first, and on credit level stakes go on below zero.

use std::fs;

use proptest::prelude::*;
use serde_json::Value;
use simbet::{
    BacktestResult, Entry, Names, RunConfig, Settings, Sink, SinkError, Summary, backtest,
    read_bytes,
};

use crate::backtest::simbet;

const HEADER: &str =
    "league,date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n";

/// Matches of different teams, one a day, each lost or won by the home side, whose price is 2.00.
fn matches(results: &[bool]) -> String {
    let rows = results.iter().enumerate().map(|(day, won)| {
        let home = u8::from(*won);
        let date = format!("2023-{:02}-{:02}", 1 + day / 28, 1 + day % 28);
        format!("L,{date},Home {day},Away {day},{home},{},2,4,4\n", 1 - home)
    });
    HEADER.to_owned() + &rows.collect::<String>()
}

#[derive(Default)]
struct Kept(Vec<Entry>);

impl Sink for Kept {
    fn name(&self) -> &'static str {
        "kept"
    }

    fn write(&mut self, entry: &Entry, _names: &Names) -> Result<(), SinkError> {
        self.0.push(entry.clone());
        Ok(())
    }
}

fn run(csv: &str, settings: &str) -> (BacktestResult, Vec<Entry>) {
    let config = RunConfig::resolve(&Settings::from_toml(settings).unwrap()).unwrap();
    let matches = read_bytes("mine.csv", csv.as_bytes(), &config.read).unwrap();
    let mut kept = Kept::default();
    let done = backtest(
        &config.engine,
        config.replay,
        matches,
        Some(&mut kept),
        &mut |_| {},
    );
    (done.unwrap(), kept.0)
}

fn summary(csv: &str, settings: &str) -> Summary {
    run(csv, settings).0.summary
}

/// Bets, those that were left out for want of money, and the day on which the bankroll was spent, as JSON has it.
fn spent(csv: &str, settings: &str) -> (u64, u64, Value) {
    let summary = summary(csv, settings);
    let json = serde_json::to_value(&summary).unwrap();
    (summary.bets, summary.unaffordable, json["spent_on"].clone())
}

fn day(text: &str) -> Value {
    Value::String(text.to_owned())
}

const LEVEL: &str = "strategy = 'flat'\nstake = 100\nselections = ['home']\nbankroll = 250\n";

#[test]
fn a_level_stake_that_the_balance_does_not_pay_is_a_spent_bankroll() {
    // 250, 150, 50: the third bet and all later ones are not paid
    let lost = matches(&[false; 10]);
    assert_eq!(spent(&lost, LEVEL), (2, 8, day("2023-01-03")));
    // won once, it lasts for two bets longer
    let won = matches(&[false, true, false, false, false, false]);
    assert_eq!(spent(&won, LEVEL), (4, 2, day("2023-01-05")));
    // the last stake is all there is, and nothing was left out
    let to_nothing = matches(&[false, false]);
    let two = LEVEL.replace("250", "200");
    assert_eq!(spent(&to_nothing, &two), (2, 0, Value::Null));
}

#[test]
fn a_share_that_comes_out_below_the_smallest_stake_is_a_spent_bankroll() {
    let lost = matches(&[false; 6]);
    let half = "strategy = 'proportional'\nstake = 0.5\nmin_stake = 10\nselections = ['home']\nbankroll = 100\n";
    // 50, 25, 12.50 and then 6.25, which is below 10
    assert_eq!(spent(&lost, half), (3, 3, day("2023-01-04")));
    // a smallest stake that was never reached spends nothing
    let high = half.replace("min_stake = 10", "min_stake = 60");
    assert_eq!(spent(&lost, &high), (0, 0, Value::Null));
    // a cap on level stakes is a share, too
    let capped = "strategy = 'flat'\nstake = 50\nmax_stake = 0.5\nmin_stake = 20\nselections = ['home']\nbankroll = 100\n";
    assert_eq!(spent(&lost, capped), (2, 4, day("2023-01-03")));
}

#[test]
fn money_that_is_tied_up_is_not_spent() {
    // three bets in one round, of which two are paid; what comes back pays the next day's
    let one_day: String = (0..3)
        .map(|n| format!("L,2023-01-01,Home {n},Away {n},1,0,2,4,4\n"))
        .collect();
    let csv = format!("{HEADER}{one_day}L,2023-01-02,Home 4,Away 4,1,0,2,4,4\n");
    assert_eq!(spent(&csv, LEVEL), (3, 1, Value::Null));
    // at the end of the data no later bet shows it, and still it is tied up only
    let csv = format!("{HEADER}{one_day}");
    assert_eq!(spent(&csv, LEVEL), (2, 1, Value::Null));
    let text = said(&csv, LEVEL, &["backtest"]);
    assert!(
        text.contains("1 of 3 bets was left out because too little of the bankroll was free."),
        "{text}"
    );
    assert!(!text.contains("spent"), "{text}");
}

#[test]
fn a_bankroll_that_never_paid_a_stake_was_not_spent() {
    let (bets, unaffordable, spent_on) = spent(&matches(&[false; 3]), &LEVEL.replace("250", "50"));
    assert_eq!((bets, unaffordable, spent_on), (0, 3, Value::Null));
}

#[test]
fn a_spent_bankroll_that_is_filled_again_was_not_spent() {
    // two bets of one day: the first loses, the second is still open and wins when the third day's cannot be paid
    let csv = format!(
        "{HEADER}L,2023-01-01,A,B,0,1,2,4,4\nL,2023-01-02,C,D,1,0,2,4,4\nL,2023-01-03,E,F,1,0,2,4,4\n"
    );
    let settings = LEVEL.replace("250", "200");
    assert_eq!(spent(&csv, &settings), (3, 0, Value::Null));
}

/// What a command writes of these matches: stdout and stderr.
fn said(csv: &str, settings: &str, arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let [data, config] = ["L.csv", "settings.toml"].map(|name| folder.path().join(name));
    fs::write(&data, csv).unwrap();
    fs::write(&config, settings).unwrap();
    let output = simbet()
        .args(&arguments[..1])
        .arg(&data)
        .args(&arguments[1..])
        .arg("--config")
        .arg(&config)
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

const FIRST: &str = "The bankroll was spent on 2023-01-03: 8 of 10 bets were left out for want of money, so these figures \
                     are those of the 2 placed before.";

#[test]
fn every_output_says_first_that_the_bankroll_was_spent() {
    let lost = matches(&[false; 10]);
    for format in ["table", "markdown"] {
        let text = said(&lost, LEVEL, &["backtest", "--format", format]);
        let (above, below) = text.split_once(FIRST).expect("the sentence is said");
        assert!(!above.contains(['|', '│']), "above the tables: {text}");
        assert!(
            below.starts_with("\n\n") && !below.contains(FIRST),
            "{text}"
        );
    }
    let folder = tempfile::tempdir().unwrap();
    let results = folder.path().join("results");
    let out = results.to_str().unwrap();
    said(&lost, LEVEL, &["backtest", "--out", out]);
    simbet().args(["report", out]).assert().success();
    let page = fs::read_to_string(results.join("report.html")).unwrap();
    assert!(page.contains(&format!("<div class=\"verdict\"><p>{FIRST}</p>")));
    let compared = simbet().args(["compare", out, out]).output().unwrap();
    let text = String::from_utf8(compared.stdout).unwrap();
    assert_eq!(text.matches(FIRST).count(), 2, "{text}");
}

#[test]
fn what_is_left_of_a_bankroll_is_not_called_spent() {
    // 100, 80: a fifth of which is below 17
    let lost = matches(&[false; 4]);
    let fifth = "strategy = 'proportional'\nstake = 0.2\nmin_stake = 17\nselections = ['home']\nbankroll = 100\n";
    assert_eq!(spent(&lost, fifth), (1, 3, day("2023-01-02")));
    let text = said(&lost, fifth, &["backtest"]);
    let sentence = "From 2023-01-02 on stakes came out below --min-stake or --round-stake: 3 of 4 bets were left out, so \
                    these figures are those of the 1 placed before.";
    assert!(text.contains(sentence), "{text}");
    assert!(
        text.contains("stakes below the smallest from 2023-01-02 on"),
        "{text}"
    );
    assert!(!text.contains("spent"), "{text}");
    // a third of the bankroll is left, and that is many stakes
    let mut level = matches(&[false; 80]);
    level.push_str("L,2023-12-01,A,B,1,0,2,4,4\n");
    let fiftieth = "strategy = 'proportional'\nstake = 0.02\nmin_stake = 0.7\nselections = ['home']\nbankroll = 100\n";
    let text = said(&level, fiftieth, &["backtest"]);
    assert!(text.contains("on stakes came out below"), "{text}");
    assert!(!text.contains("spent"), "{text}");
}

/// So many matches a day, each drawn at three prices of 2.50: whoever backs every side loses a sixth.
fn rounds(days: usize, matches: usize) -> String {
    let rows = (0..days).flat_map(|day| {
        (0..matches).map(move |n| {
            format!(
                "L,2023-01-{:02},Home {day}-{n},Away {day}-{n},1,1,2.5,2.5,2.5\n",
                1 + day
            )
        })
    });
    HEADER.to_owned() + &rows.collect::<String>()
}

#[test]
fn a_bankroll_that_pays_no_bet_of_any_round_is_spent() {
    // ten days leave about 16.15 of 100, of which a third is below 6, though half of it is not
    let half = "strategy = 'proportional'\nstake = 0.5\nmin_stake = 6\nbankroll = 100\n";
    let (bets, left_out, spent_on) = spent(&rounds(20, 1), half);
    assert_eq!((bets, left_out, spent_on), (30, 30, day("2023-01-11")));
    let text = said(&rounds(20, 1), half, &["backtest"]);
    assert!(
        text.contains("The bankroll was spent on 2023-01-11: 30 of 60"),
        "{text}"
    );
    assert!(!text.contains("was free"), "{text}");
    // a round that the initial bankroll does not pay either is too large for the rule, and nothing was spent
    let (bets, left_out, spent_on) = spent(&rounds(2, 9), half);
    assert_eq!((bets, left_out, spent_on), (0, 54, Value::Null));
}

#[test]
fn a_share_that_rounds_to_nothing_is_a_spent_bankroll() {
    let most = "strategy = 'proportional'\nstake = 0.9\nround_stake = 1\nbankroll = 20\n";
    let summary = summary(&rounds(20, 2), most);
    assert!(summary.spent_on.is_some(), "{summary:?}");
    assert_eq!(summary.unaffordable, summary.bankroll_too_small);
    assert!(summary.final_bankroll.units() <= 6.0, "{summary:?}");
}

#[test]
fn bets_that_are_left_out_have_their_own_reason() {
    // a fifth of the initial bankroll is below 30 already
    let csv = format!(
        "{HEADER}L,2023-01-01,A,B,0,1,2,4,4\nL,2023-01-02,C,D,1,0,1.5,4,4\nL,2023-01-03,E,F,1,0,2,4,4\n"
    );
    let fifth = "strategy = 'proportional'\nstake = 0.2\nmin_stake = 30\nselections = ['home']\nbankroll = 100\n";
    let text = said(&csv, fifth, &["backtest"]);
    assert!(text.contains("bets too small"), "{text}");
    let sentence =
        "3 bets were left out because the stake came out below --min-stake or --round-stake.";
    assert!(text.contains(sentence), "{text}");
    assert!(
        !text.contains("was free") && !text.contains("spent"),
        "{text}"
    );
    let summary = summary(&csv, fifth);
    assert_eq!((summary.below_minimum, summary.unaffordable), (3, 0));
}

#[test]
fn sweeps_mark_the_settings_that_spent_their_bankroll() {
    let text = said(
        &matches(&[false; 10]),
        "strategy = 'flat'\nselections = ['home']\nbankroll = 250\n",
        &["sweep", "--grid", "stake=10,100"],
    );
    let sentence = "* The bankroll was spent, or too small for the smallest stake, before the end and later bets were left out: 1 of 2 settings.";
    let (above, _) = text.split_once(sentence).expect("the sentence is said");
    assert!(!above.contains('│'), "above the tables: {text}");
    let marked: Vec<&str> = text
        .lines()
        .filter(|line| {
            line.trim_start_matches(['│', '|', ' '])
                .starts_with(['1', '2'])
        })
        .filter(|line| line.contains('*'))
        .collect();
    assert!(
        matches!(marked[..], [line] if line.contains("100")),
        "{text}"
    );
}

#[test]
fn simulations_say_in_what_share_of_the_runs_the_bankroll_was_spent() {
    let run = |arguments: &[&str]| {
        let output = simbet()
            .args(["simulate", "--matches", "300", "--runs", "8", "--seed", "1"])
            .args(["--strategies", "flat:100", "--bankroll", "300"])
            .args(arguments)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let text = run(&[]);
    let sentence = "flat:100: in 87.50 % of the runs the bankroll was spent, or too small for the smallest stake, before";
    let (above, _) = text.split_once(sentence).expect("the sentence is said");
    assert!(!above.contains('│'), "above the tables: {text}");
    let json: Value = serde_json::from_str(&run(&["--format", "json"])).unwrap();
    assert_eq!(json["strategies"][0]["spent"]["share"], 0.875);
    let text = run(&["--credit"]);
    assert!(!text.contains("was spent"), "{text}");
}

// --- credit ---------------------------------------------------------------------------------------------------------

const ON_CREDIT: &str =
    "strategy = 'flat'\nstake = 100\nselections = ['home']\nbankroll = 250\ncredit = true\n";

#[test]
fn on_credit_level_stakes_go_on_below_zero() {
    let summary = summary(&matches(&[false; 10]), ON_CREDIT);
    assert_eq!(
        (summary.bets, summary.refused, summary.spent_on),
        (10, 0, None)
    );
    let units = [summary.final_bankroll, summary.min_bankroll].map(simbet::Money::units);
    assert_eq!(units, [-750.0, -750.0]);
    // 1,000 lost of a peak of 250 are four times the peak
    assert_eq!(summary.max_drawdown, 4.0);
    assert_eq!(
        (summary.yield_on_turnover, summary.growth),
        (Some(-1.0), Some(-4.0))
    );
    let text = said(&matches(&[false; 10]), ON_CREDIT, &["backtest"]);
    assert!(
        text.contains("The bankroll fell below zero, to -750.00: more was lost than there was."),
        "{text}"
    );
}

#[test]
fn on_credit_a_debt_can_be_won_back() {
    let mut results = [false; 12];
    results[6..].fill(true);
    let summary = summary(&matches(&results), ON_CREDIT);
    assert_eq!(summary.final_bankroll.units(), 250.0);
    assert_eq!(summary.min_bankroll.units(), -350.0);
    assert_eq!(summary.max_drawdown, 600.0 / 250.0);
}

#[test]
fn a_stop_at_a_drawdown_holds_on_credit_too() {
    // the peak is 250, and at 50 the balance is four fifths below it: no bet is placed at -50 or further down
    let stopped = format!("{ON_CREDIT}stop_drawdown = 0.8\n");
    let summary = summary(&matches(&[false; 6]), &stopped);
    assert_eq!(
        (summary.bets, summary.refused, summary.unaffordable),
        (2, 4, 0)
    );
}

#[test]
fn what_depends_on_the_bankroll_does_not_go_with_credit() {
    let refusals = [
        (
            "strategy = 'kelly'\ncredit = true",
            "credit must be used with level stakes (strategy flat), not kelly",
        ),
        (
            "credit = true",
            "credit must be used with level stakes (strategy flat), not ev",
        ),
        (
            "strategy = 'flat'\ncredit = true\nmax_exposure = 0.5",
            "max_exposure must be left out with credit, under which stakes do not depend on the bankroll, not 0.5",
        ),
    ];
    for (settings, problem) in refusals {
        let error = RunConfig::resolve(&Settings::from_toml(settings).unwrap()).unwrap_err();
        assert!(error.to_string().contains(problem), "{error}");
    }
    let of_nothing = "strategy = 'flat'\ncredit = true\nbankroll = 0";
    assert!(RunConfig::resolve(&Settings::from_toml(of_nothing).unwrap()).is_err());
    simbet()
        .args(["simulate", "--strategy", "proportional", "--credit"])
        .assert()
        .code(2);
    let off = "strategy = 'kelly'\ncredit = false";
    assert!(RunConfig::resolve(&Settings::from_toml(off).unwrap()).is_ok());
}

#[test]
fn in_a_list_of_strategies_credit_is_that_of_level_stakes() {
    simbet()
        .args(["simulate", "--matches", "50", "--runs", "2", "--seed", "1"])
        .args(["--strategies", "flat:100,kelly", "--credit"])
        .assert()
        .success();
    simbet()
        .args(["simulate", "--matches", "50", "--runs", "2", "--seed", "1"])
        .args(["--strategies", "ev,kelly", "--credit"])
        .assert()
        .code(2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Every bet that passes the filters is placed, and each wins or loses what it would with a bankroll that never ends.
    #[test]
    fn credit_is_a_bankroll_without_end(
        results in prop::collection::vec(any::<bool>(), 1..60),
        bankroll in 1_u32..1_000,
        stake in 1_u32..400,
        commission in prop_oneof![Just("0"), Just("0.05")],
    ) {
        let csv = matches(&results);
        let settings = |bankroll: f64, credit: bool| format!(
            "strategy = 'flat'\nstake = {stake}\nbankroll = {bankroll}\ncredit = {credit}\ncommission = '{commission}'\n"
        );
        let (on_credit, entries) = run(&csv, &settings(f64::from(bankroll), true));
        let (endless, others) = run(&csv, &settings(1e9, false));
        let profits = |entries: &[Entry]| -> Vec<_> {
            entries.iter().filter_map(|entry| match entry {
                Entry::Settled(settled) => Some((settled.bet.id, settled.bet.stake, settled.profit)),
                _ => None,
            }).collect()
        };
        prop_assert_eq!(on_credit.summary.refused, 0);
        prop_assert_eq!(on_credit.summary.bets, endless.summary.bets);
        prop_assert_eq!(profits(&entries), profits(&others));
        let moved = on_credit.summary.final_bankroll - on_credit.summary.initial_bankroll;
        prop_assert_eq!(moved, on_credit.summary.profit);
        prop_assert_eq!(moved, endless.summary.profit);
    }

    /// What is left out and what is placed is all that was to be bet on, and never more than there is.
    #[test]
    fn without_credit_nothing_is_staked_that_is_not_there(
        results in prop::collection::vec(any::<bool>(), 1..60),
        bankroll in 1_u32..1_000,
        stake in 1_u32..400,
    ) {
        let csv = matches(&results);
        let settings = format!("strategy = 'flat'\nselections = ['home']\nstake = {stake}\nbankroll = {bankroll}\n");
        let (done, entries) = run(&csv, &settings);
        let summary = &done.summary;
        prop_assert_eq!(summary.bets + summary.unaffordable, results.len() as u64);
        prop_assert_eq!(summary.unaffordable, summary.refused);
        prop_assert!(summary.min_bankroll >= simbet::Money::ZERO);
        let last = entries.iter().rev().find_map(|entry| match entry {
            Entry::Placed(_) => Some(false),
            Entry::Refused { .. } => Some(true),
            _ => None,
        });
        let lasted = u64::from(bankroll) >= u64::from(stake);
        prop_assert_eq!(summary.spent_on.is_some(), last == Some(true) && lasted);
    }
}
