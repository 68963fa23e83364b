//! Figures that are published, or were worked out by hand.

use super::{assessed, near, printed};

/// Closing-line value, section 6 of the published numbers: 2.20 with a close of 2.00 and 1.90, and 1.80 with 1.70 and 2.20.
#[test]
fn closing_line_value_with_and_without_the_margin() {
    let table = "date,stake,odds,result,closing_odds,closing_odds_other\n\
        2024-01-01,10,2.20,win,2.00,1.90\n2024-01-02,10,1.80,loss,1.70,2.20\n";
    let (found, _) = assessed(table, &[]);
    near(&found["clv_raw_mean"], 0.079_411_764_705_882_36);
    near(&found["clv_mean"], 0.043_589_743_589_743_77);
    assert_eq!(
        (&found["clv_n"], &found["clv_raw_n"]),
        (&2.into(), &2.into())
    );
    near(&found["clv_beat_share"], 1.0);
    // the same close as probabilities, as fair odds, and with three sides
    let with = |columns: &str, cells: [&str; 2]| {
        let table = format!(
            "date,stake,odds,result,{columns}\n2024-01-01,10,2.20,win,{}\n2024-01-02,10,1.80,loss,{}\n",
            cells[0], cells[1]
        );
        assessed(&table, &[]).0["clv_mean"].as_f64().unwrap()
    };
    let fair = [1.9 / 3.9, 2.2 / 3.9];
    let by_chance = with(
        "closing_probability",
        fair.map(|p| p.to_string()).each_ref().map(String::as_str),
    );
    assert!((by_chance - 0.043_589_743_589_743_77).abs() < 1e-12);
    let by_odds = with(
        "no-vig closing odds",
        fair.map(|p| (1.0 / p).to_string())
            .each_ref()
            .map(String::as_str),
    );
    assert!((by_odds - 0.043_589_743_589_743_77).abs() < 1e-12);
    let three = with(
        "closing,closing_odds_other,closing_odds_third",
        ["2.0,4.0,4.0", "1.6,4.0,8.0"],
    );
    assert!((three - (0.1 + 0.125) / 2.0).abs() < 1e-12, "{three}");
}

#[test]
fn a_margin_that_is_named_is_removed_from_the_closing_odds() {
    let table = "date,stake,odds,result,closing_odds\n2024-01-01,10,2.10,win,2.00\n2024-01-02,10,2.10,loss,2.00\n";
    let (found, _) = assessed(table, &["--closing-margin", "5%"]);
    near(&found["clv_raw_mean"], 0.05);
    near(&found["clv_mean"], 0.0);
    let (found, _) = assessed(table, &[]);
    assert!(found["clv_mean"].is_null());
}

/// Returns .10, -.05, .20 (section 6): Sharpe a year 10.513…, Sortino 45.82….
#[test]
fn sharpe_and_sortino_ratios() {
    let table = "date,stake,profit\n2024-01-01,100,10\n2024-01-02,100,-5\n2024-01-03,100,20\n";
    let (found, _) = assessed(table, &["--per-year", "252"]);
    let ratios = &found["ratios"];
    near(&ratios["sharpe_annual"], 10.513_149_660_756_934);
    near(&ratios["sortino_annual"], 45.825_756_949_558_4);
    near(&ratios["sharpe"], 10.513_149_660_756_934 / 252_f64.sqrt());
    near(&ratios["profit_factor"], 6.0);
    near(
        &found["luck"]["sharpe"]["ratio"],
        10.513_149_660_756_934 / 252_f64.sqrt(),
    );
}

/// The bankroll 100, 120, 120, 110, 90 (section 6): a drawdown of a quarter, 3 days after its peak.
#[test]
fn the_drawdown_of_a_bankroll() {
    let table = "date,stake,odds,result,payout\n2024-01-01,20,2,win,40\n2024-01-02,10,2,void,10\n\
        2024-01-03,10,2,lost,0\n2024-01-04,20,2,lost,0\n";
    let (found, _) = assessed(table, &["--bankroll", "100"]);
    near(&found["max_drawdown"], 0.25);
    assert_eq!(found["longest_drawdown_rounds"], 3);
    near(&found["max_drawdown_days"], 3.0);
    near(&found["growth"], -0.1);
    near(&found["drawdown"]["amount"], 30.0);
    assert_eq!(found["drawdown"]["peak"], "2024-01-01");
    assert_eq!(found["drawdown"]["lowest"], "2024-01-04");
    assert!(found["drawdown"]["recovered"].is_null());
    // without a bankroll it is in units
    let (found, _) = assessed(table, &[]);
    assert!(found["max_drawdown"].is_null() && found["growth"].is_null());
    near(&found["drawdown"]["amount"], 30.0);
}

/// Four bets of 10 at evens, three won: wins 3 of an expected 2, z 1, P(3 or more of 4) = 5/16. The longest losing run is 1,
/// which comes in 15 of 16 records; its mean is (15 + 8 + 3 + 1) / 16.
#[test]
fn was_it_luck_at_these_odds() {
    let table = "date,stake,odds,result\n2024-01-01,10,2,W\n2024-01-02,10,2,W\n2024-01-03,10,2,L\n2024-01-04,10,2,W\n";
    let (found, _) = assessed(table, &[]);
    let at_odds = &found["at_odds"];
    near(&at_odds["wins"]["expected"], 2.0);
    near(&at_odds["wins"]["z"], 1.0);
    near(&at_odds["wins"]["p"], 0.3125);
    near(&at_odds["profit"]["std_dev"], 20.0);
    near(&at_odds["profit"]["z"], 1.0);
    assert_eq!(at_odds["losing_run"]["longest"], 1);
    near(&at_odds["losing_run"]["p"], 15.0 / 16.0);
    near(&at_odds["losing_run"]["expected"], 27.0 / 16.0);
    assert_eq!(found["streaks"]["winning"], 2);
    near(&found["yield"], 0.5);
    // returns 1 1 -1 1: mean .5, deviation 1
    let power = &found["power"];
    near(&power["std_dev"], 1.0);
    let both = 1.644_853_626_951_472_2 + 0.841_621_233_572_914_3;
    near(&power["smallest_yield"], both / 2.0);
    assert_eq!(power["bets_needed"], (both / 0.5).powi(2).ceil() as u64);
    near(&found["luck"]["mean_return"]["t"], 1.0);
    // Kelly's 2p - 1
    near(&found["ratios"]["best_share"], 0.5);
}

/// Of odds o and stake s the variance of the profit is s²(o - 1).
#[test]
fn the_variance_at_the_odds_is_that_of_each_bet() {
    let table = "date,stake,odds,result\n2024-01-01,10,3.5,won\n2024-01-02,20,1.5,lost\n2024-01-03,5,6,lost\n";
    let (found, _) = assessed(table, &[]);
    let profit = &found["at_odds"]["profit"];
    near(&profit["observed"], 0.0);
    near(
        &profit["std_dev"],
        (100.0 * 2.5 + 400.0 * 0.5 + 25.0 * 5.0_f64).sqrt(),
    );
    near(
        &found["at_odds"]["wins"]["expected"],
        1.0 / 3.5 + 1.0 / 1.5 + 1.0 / 6.0,
    );
    near(&found["average_odds"], 11.0 / 3.0);
    near(&found["turnover"], 35.0);
    near(&found["profit"], 0.0);
}

#[test]
fn own_probabilities_are_held_to_what_happened() {
    let table =
        "date,stake,odds,result,my probability\n2024-01-01,10,2,W,60%\n2024-01-02,10,2,L,55%\n";
    let (found, said) = assessed(table, &[]);
    let own = &found["by_own_probabilities"];
    near(&own["wins"]["expected"], 1.15);
    near(&own["profit"]["expected"], 3.0);
    assert!(
        said.contains("my probability is read as percentages"),
        "{said}"
    );
}

#[test]
fn units_that_are_no_coins_are_not_rounded() {
    let table = "date,stake,odds,result\n2024-01-01,0.0005,1.953,W\n2024-01-02,0.001,-110,L\n";
    let table = table.replace("-110", "1.5");
    let (found, _) = assessed(&table, &[]);
    near(&found["profit"], 0.0005 * 0.953 - 0.001);
    near(&found["luck"]["mean_return"]["mean"], (0.953 - 1.0) / 2.0);
    near(&found["yield"], (0.0005 * 0.953 - 0.001) / 0.0015);
}

#[test]
fn a_few_bets_have_no_interval_and_no_verdict() {
    let table = "date,stake,odds,result\n2024-01-01,10,2,W\n2024-01-02,10,2,W\n2024-01-03,10,2,W\n";
    let (found, _) = assessed(table, &[]);
    assert!(found["luck"]["yield"].is_null() && found["ruin"].is_null());
    assert!(found["power"].is_null());
    let text = printed(table, &[]);
    assert!(
        text.contains("3 bets on 3 match days are too few"),
        "{text}"
    );
    assert!(text.contains("the profit never fell"), "{text}");
}

#[test]
fn all_void_is_no_error() {
    let table = "date,stake,odds,result\n2024-01-01,10,2,void\n2024-01-02,10,2,push\n";
    let (found, _) = assessed(table, &[]);
    assert_eq!((&found["void"], &found["bets"]), (&2.into(), &2.into()));
    near(&found["profit"], 0.0);
    near(&found["yield"], 0.0);
    assert!(found["at_odds"]["profit"].is_null());
}

/// 40 days of a bet at evens that wins every other day. Two bets a run of two days lose 0, 1 or 2 units; ruin of a bankroll
/// of 2 is to lose both: a quarter.
#[test]
fn ruin_by_days_drawn_again() {
    let mut table = "date,stake,odds,result\n".to_owned();
    for day in 0..40 {
        let result = if day % 2 == 0 { "W" } else { "L" };
        table += &format!(
            "2024-{:02}-{:02},1,2,{result}\n",
            1 + day / 20,
            1 + day % 20
        );
    }
    let arguments = [
        "--bankroll",
        "2",
        "--horizon",
        "2",
        "--runs",
        "100000",
        "--stakes",
        "amounts",
    ];
    let (found, _) = assessed(&table, &arguments);
    let ruin = &found["ruin"];
    let share = ruin["by_days"]["ruin"].as_f64().unwrap();
    assert!((share - 0.25).abs() < 0.006, "{share}");
    let halved = ruin["by_days"]["halved"].as_f64().unwrap();
    // the first is lost, or the first won and both… cannot be: half is lost where the first is
    assert!((halved - 0.5).abs() < 0.007, "{halved}");
    near(&ruin["by_days"]["p50"], 0.0);
    let (again, _) = assessed(&table, &arguments);
    assert_eq!(found, again);
    let (other, _) = assessed(&table, &[&arguments[..], &["--seed", "2"]].concat());
    assert_ne!(found["ruin"], other["ruin"]);
}

/// Closing prices that give every bet 0.25 at odds of 2: by them the mean day loses half a unit, whatever happened.
#[test]
fn the_future_by_the_closing_prices() {
    let mut table = "date,stake,odds,result,closing_probability\n".to_owned();
    for day in 1..29 {
        table += &format!("2024-02-{day:02},1,2,W,0.25\n");
    }
    let (found, _) = assessed(&table, &["--horizon", "400", "--runs", "2000"]);
    let fate = &found["ruin"]["by_close"];
    let median = fate["p50"].as_f64().unwrap();
    // the deviation of a day is sqrt(.75), of the median of 2,000 sums of 400 about 0.5
    assert!((median + 200.0).abs() < 3.0, "{median}");
    near(&found["ruin"]["by_days"]["p50"], 400.0);
    near(&fate["loss"], 1.0);
}

#[test]
fn groups_are_adjusted_for_how_many_there_are() {
    let mut table = "date,stake,odds,result,book\n".to_owned();
    for day in 1..=20 {
        table += &format!(
            "2024-01-{day:02},1,2,{},good\n",
            if day > 18 { "L" } else { "W" }
        );
        table += &format!(
            "2024-01-{day:02},1,2,{},fair\n",
            if day > 10 { "L" } else { "W" }
        );
    }
    let (found, _) = assessed(&table, &["--by", "book"]);
    let groups = found["by"]["book"].as_array().unwrap();
    assert_eq!(groups[0]["group"], "fair");
    let p = |group: usize, name: &str| groups[group][name].as_f64().unwrap();
    // 18 or more of 20: (190 + 20 + 1) / 2^20, on either side
    assert!(
        (p(1, "p") - 2.0 * 211.0 / 1_048_576.0).abs() < 1e-9,
        "{}",
        p(1, "p")
    );
    assert!((p(1, "p_adjusted") - 2.0 * p(1, "p")).abs() < 1e-12);
    assert!((p(0, "p_adjusted") - p(0, "p")).abs() < 1e-12);
    assert!(groups[0]["yield_lower"].is_null());
}

/// A record of so many bets at evens, a day each, with the results drawn by `result`.
fn at_evens(bets: u32, result: impl Fn(u32) -> &'static str) -> String {
    (0..bets).fold("date,stake,odds,result\n".to_owned(), |table, bet| {
        let (month, day) = (1 + bet / 28, 1 + bet % 28);
        table + &format!("2024-{month:02}-{day:02},10,2,{}\n", result(bet))
    })
}

/// 200 of 200 won: no losing run is far shorter than luck makes it, the returns have no spread, and nothing is ever lost.
#[test]
fn a_record_without_a_loss_says_nothing_of_losing_runs_and_lost_bankrolls() {
    let text = printed(&at_evens(200, |_| "won"), &[]);
    for absent in ["no surprise", "a bankroll of 0.00", "shows a true yield"] {
        assert!(!text.contains(absent), "{absent}: {text}");
    }
    let text = printed(&at_evens(200, |_| "void"), &[]);
    assert!(!text.contains("a bankroll of 0.00"), "{text}");
}

/// Losses and wins by turns are no matter of luck, four in a row of 60 are.
#[test]
fn a_losing_run_is_no_surprise_where_luck_makes_it_as_long() {
    let said = "is no surprise at these odds";
    let turns = printed(&at_evens(60, |bet| ["won", "lost"][bet as usize % 2]), &[]);
    assert!(!turns.contains(said), "{turns}");
    let fours = printed(
        &at_evens(60, |bet| ["won", "lost"][bet as usize / 4 % 2]),
        &[],
    );
    assert!(fours.contains(said), "{fours}");
}

/// Ten lost of 10 each are 100, which a bankroll of 50 does not have.
#[test]
fn a_bankroll_that_would_not_have_paid_the_bets_is_said() {
    let table = at_evens(20, |bet| if bet < 10 { "lost" } else { "won" });
    let text = printed(&table, &["--bankroll", "50"]);
    assert!(
        text.contains(
            "A bankroll of 50.00 would not have paid these bets: it would have fallen to -50.00"
        ),
        "{text}"
    );
    assert!(
        !text.contains("growth") && !text.contains("of the peak"),
        "{text}"
    );
    let text = printed(&table, &["--bankroll", "500"]);
    assert!(
        !text.contains("would not have paid") && text.contains("growth"),
        "{text}"
    );
}

#[test]
fn closing_odds_without_a_margin_name_what_to_do() {
    let table = at_evens(40, |bet| ["won", "lost", "lost"][bet as usize % 3]);
    let table: String = table
        .lines()
        .map(|line| match line.starts_with("date") {
            true => format!("{line},closing_odds\n"),
            false => format!("{line},1.9\n"),
        })
        .collect();
    let text = printed(&table, &[]);
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = words.join(" ");
    assert!(
        text.contains("--closing-margin 3%") && text.contains("closing_odds_other"),
        "{text}"
    );
    assert!(!text.contains("books used"), "{text}");
}

/// The number of bets that the verdict names and the one with a power are told apart.
#[test]
fn how_many_bets_it_takes_is_said_with_its_meaning() {
    let table = at_evens(100, |bet| ["won", "lost"][usize::from(bet % 20 >= 11)]);
    let text = printed(&table, &[]);
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = words.join(" ");
    assert!(!text.contains("bets to be sure"), "{text}");
    assert!(text.contains("more bets that go as well"), "{text}");
    assert!(
        text.contains(
            "in all to show it in 4 of 5 cases; the fewer above do so in about half of the cases."
        ),
        "{text}"
    );
    assert!(!text.contains("bets at these odds shows"), "{text}");
}

/// A record of whole stakes at odds of two decimals.
fn record(bets: u64) -> String {
    let row = |k: u64| {
        let (stake, odds) = (5 + k * 7 % 41, 150 + (k * k * 37 + 11 * k) % 230);
        let result = if (k * k * 5 + k) % 9 < 4 {
            "won"
        } else {
            "lost"
        };
        let odds = odds as f64 / 100.0;
        format!("{stake},{odds},{result}\n")
    };
    format!(
        "stake,odds,result\n{}",
        (0..bets).map(row).collect::<String>()
    )
}

/// The probabilities are those of adding the bets cent by cent; p was too high by up to 0.006, in both directions.
#[test]
fn profit_has_the_p_of_all_sums_in_cents() {
    let own = std::fs::read_to_string("examples/my_bets.csv").unwrap();
    for (table, at_least, at_most) in [
        (own, 0.191_088_590_08, 0.808_981_988_70),
        (record(12), 0.446_089_545_17, 0.554_231_137_15),
        (record(150), 0.023_924_254_21, 0.976_078_152_37),
    ] {
        let (found, _) = assessed(&table, &[]);
        let profit = &found["at_odds"]["profit"];
        for (name, exact) in [("p", at_least), ("p_at_most", at_most)] {
            let p = profit[name].as_f64().unwrap();
            // so many bets have cells of more than a cent
            assert!((p - exact).abs() < 1e-6, "{name}: {p}, exactly {exact}");
        }
    }
}
