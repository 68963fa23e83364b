//! An assessment as tables.

use super::groups::{Dimension, Grouping, RecordGroup};
use super::ruin::{Fate, Ruin, StakesAs};
use super::{Assessment, shown};
use crate::domain::Money;
use crate::metrics::Summary;
use crate::report::summary::results;
use crate::report::text_table::{
    TextTable, count, counted, decimals, percent, probability, signed_percentage, thousands,
};
use crate::report::{closing_line, significance};

/// Every table, in the order in which they are read.
pub(super) fn all(found: &Assessment) -> Vec<TextTable> {
    let shown = shown_summary(found);
    let mut tables = vec![overview(found, &shown)];
    tables.extend(
        shown
            .significance
            .as_deref()
            .map(|tests| without_forecasts(found, significance::table(&shown, tests))),
    );
    tables.push(by_odds(found));
    tables.extend(found.ruin.as_ref().map(ruin_table));
    let groups = found.groups.iter();
    let is_shown = |by: Dimension, groups: &[RecordGroup]| {
        !groups.is_empty() && (found.is_asked || !is_long(by, groups))
    };
    let groups = groups.filter(|(by, groups)| is_shown(by.by, groups));
    tables.extend(groups.map(|(by, groups)| group_table(by, groups)));
    tables
}

/// Whether a table that nobody asked for would fill the screen.
fn is_long(by: Dimension, groups: &[RecordGroup]) -> bool {
    let most = if by == Dimension::Month { 36 } else { 50 };
    groups.len() > most
}

/// Whether the bets would have taken more than the bankroll had.
pub(super) fn is_overdrawn(summary: &Summary) -> bool {
    summary.min_bankroll < Money::ZERO
}

/// The summary with amounts in the coins of the record, as its tables show them.
pub(super) fn shown_summary(found: &Assessment) -> Summary {
    let mut summary = found.summary.clone();
    for money in [
        &mut summary.turnover,
        &mut summary.profit,
        &mut summary.initial_bankroll,
        &mut summary.final_bankroll,
        &mut summary.max_bankroll,
        &mut summary.min_bankroll,
    ] {
        *money = found.scale.coins(*money);
    }
    summary
}

/// The tests without those of forecasts, of which a record has none, and without those at fair prices where it has none of
/// these: the next table has them at the odds taken.
fn without_forecasts(found: &Assessment, mut table: TextTable) -> TextTable {
    if found.of_run {
        return table;
    }
    let tests = found.summary.significance.as_deref();
    let is_fair_known = tests.is_some_and(|tests| tests.fair_bets > 0);
    table.rows.retain(|row| {
        let is_fair = ["wins", "profit", "longest losing run"].contains(&row[0].as_str());
        let is_of_forecasts = row[0].ends_with(" vs market") || row[0] == "calibration error";
        // how many bets it takes stands below, with the chance that they show it
        let is_count = row[0] == "bets to be sure";
        !is_of_forecasts && !is_count && (is_fair_known || !is_fair)
    });
    table
}

type Row = [String; 3];

fn row(name: &str, value: String, note: String) -> Row {
    [name.to_owned(), value, note]
}

fn overview(found: &Assessment, summary: &Summary) -> TextTable {
    let mut rows = vec![row(
        "bets",
        count(summary.bets - summary.open),
        results(&found.summary),
    )];
    rows.extend(found.days.as_ref().map(|[first, last]| {
        let days = summary.significance.as_ref().map_or(0, |tests| tests.days);
        row(
            "days with bets",
            count(days),
            format!("from {first} to {last}"),
        )
    }));
    let odds = format!("average odds {}", decimals(summary.average_odds, 2));
    rows.push(row("win rate", percent(summary.win_rate, false), odds));
    let mean = summary.turnover.units() / (summary.bets - summary.open).max(1) as f64;
    rows.push(row(
        "turnover",
        shown(found.scale.amount(found.summary.turnover)),
        format!("{} a bet", shown(mean)),
    ));
    rows.push(row(
        "profit",
        shown(found.scale.amount(found.summary.profit)),
        format!(
            "yield {}{}",
            percent(summary.yield_on_turnover, true),
            growth(found, summary)
        ),
    ));
    rows.extend(free_bets(found));
    if found.bankroll.is_some() {
        rows.push(row(
            "bankroll",
            crate::report::text_table::amount(summary.final_bankroll),
            format!(
                "from {}, between {} and {}",
                crate::report::text_table::amount(summary.initial_bankroll),
                crate::report::text_table::amount(summary.min_bankroll),
                crate::report::text_table::amount(summary.max_bankroll)
            ),
        ));
    }
    rows.push(drawdown(found, summary));
    rows.extend(closing_line::rows(summary).into_iter().map(of_record));
    TextTable {
        header: vec!["summary".into(), String::new(), String::new()],
        rows: rows.into_iter().map(Vec::from).collect(),
        numeric: vec![1],
        ..TextTable::default()
    }
}

/// A row on the closing line in words that fit a record.
fn of_record([name, value, note]: Row) -> Row {
    let note = note.replace(
        "no book prices every side at the close",
        "the margin of the close is not known",
    );
    [name, value, note]
}

fn growth(found: &Assessment, summary: &Summary) -> String {
    if found.bankroll.is_none() || is_overdrawn(summary) {
        return String::new();
    }
    format!(", growth {}", percent(summary.growth, true))
}

fn drawdown(found: &Assessment, summary: &Summary) -> Row {
    let Some(deepest) = &found.drawdown else {
        return row(
            "drawdown",
            "none".to_owned(),
            "the profit never fell".to_owned(),
        );
    };
    let bankroll = found.bankroll.filter(|_| !is_overdrawn(summary));
    let share = bankroll.map_or_else(String::new, |_| {
        format!(
            ", {} of the peak",
            percent(Some(summary.max_drawdown), false)
        )
    });
    let when = match (&deepest.peak, &deepest.lowest) {
        (Some(peak), Some(lowest)) => format!("from {peak} to {lowest}"),
        (None, Some(lowest)) => format!("from the start to {lowest}"),
        (_, None) => format!("over {}", counted(deepest.bets_to_lowest, "bet", "bets")),
    };
    row(
        "drawdown",
        shown(deepest.amount),
        format!("greatest fall of the profit, {when}{share}"),
    )
}

/// Fewer returns do not tell their own spread.
const FEWEST: u64 = 10;

/// What happened against what the odds taken expect, and what the record can show.
fn by_odds(found: &Assessment) -> TextTable {
    let mut rows = Vec::new();
    let odds = &found.at_odds;
    if let Some(wins) = &odds.wins {
        rows.push(against(
            "wins",
            odds.n,
            count(wins.observed as u64),
            thousands(&decimals(Some(wins.expected), 1)),
            Some(wins.p),
        ));
    }
    if let Some(profit) = &odds.profit {
        rows.push(against(
            "profit",
            odds.n,
            shown(profit.observed),
            format!("{} ± {}", shown(profit.expected), shown(profit.std_dev)),
            Some(profit.p),
        ));
    }
    rows.extend(longest_losing_run(found));
    rows.extend(greatest_drawdown(found));
    if let Some(own) = &found.own
        && let Some(profit) = &own.profit
    {
        rows.push(against(
            "profit by own probabilities",
            own.n,
            shown(profit.observed),
            format!("{} ± {}", shown(profit.expected), shown(profit.std_dev)),
            Some(profit.p),
        ));
    }
    if let Some(power) = found.power.as_ref().filter(|power| power.n >= FEWEST) {
        rows.push(vec![
            "smallest yield it can show".to_owned(),
            count(power.n),
            percent(Some(power.smallest_yield), true),
            String::new(),
            "in 4 of 5 such records, at 5 %".to_owned(),
        ]);
        rows.push(needed(power));
    }
    TextTable {
        header: [
            "at the odds taken",
            "n",
            "happened",
            "p",
            "expected if they were fair",
        ]
        .map(str::to_owned)
        .to_vec(),
        rows,
        numeric: vec![1, 2, 3],
        ..TextTable::default()
    }
}

/// The longest losing run beside that of fair odds, where these say it.
fn longest_losing_run(found: &Assessment) -> Option<Vec<String>> {
    let (name, odds) = ("longest losing run", &found.at_odds);
    match &odds.losing_run {
        Some(run) => Some(against(
            name,
            run.n,
            count(run.longest),
            decimals(Some(run.expected), 1),
            Some(run.p),
        )),
        None if odds.several_on_one_event => {
            Some(not_known(name, odds.n, count(found.streaks.losing)))
        }
        None => None,
    }
}

/// The greatest drawdown beside that of fair odds, where these say it.
fn greatest_drawdown(found: &Assessment) -> Option<Vec<String>> {
    let (name, odds) = ("drawdown", &found.at_odds);
    match &found.expected_drawdown {
        Some(expected) => Some(against(
            name,
            expected.n,
            shown(expected.happened),
            format!(
                "{}, in 1 of 20 above {}",
                shown(expected.mean),
                shown(expected.p95)
            ),
            Some(expected.p),
        )),
        None if odds.several_on_one_event => {
            let happened = found.drawdown.as_ref().map_or(0.0, |fall| fall.amount);
            Some(not_known(name, odds.n, shown(happened)))
        }
        None => None,
    }
}

/// What is no chance at the odds.
const SEVERAL: &str = "several bets on one event";

fn not_known(name: &str, n: u64, happened: String) -> Vec<String> {
    let mut row = against(name, n, happened, format!("–, {SEVERAL}"), None);
    row[3] = "–".to_owned();
    row
}

fn needed(power: &super::power::Power) -> Vec<String> {
    let (value, note) = match power.bets_needed {
        Some(bets) => (
            count(bets),
            format!(
                "to show {} in 4 of 5 such records",
                percent(Some(power.r#yield), true)
            ),
        ),
        None => ("–".to_owned(), "the yield is not above 0".to_owned()),
    };
    vec![
        "bets needed".to_owned(),
        count(power.n),
        value,
        String::new(),
        note,
    ]
}

fn against(name: &str, n: u64, happened: String, expected: String, p: Option<f64>) -> Vec<String> {
    vec![
        name.to_owned(),
        count(n),
        happened,
        p.map_or_else(String::new, probability),
        expected,
    ]
}

fn ruin_table(ruin: &Ruin) -> TextTable {
    let header = match &ruin.by_close {
        Some(_) => vec![
            "if it goes on like this",
            "days drawn again",
            "by the closing prices",
        ],
        None => vec!["if it goes on like this", "days drawn again"],
    };
    let fates: Vec<&Fate> = [Some(&ruin.by_days), ruin.by_close.as_ref()]
        .into_iter()
        .flatten()
        .collect();
    let line = |name: String, cell: &dyn Fn(&Fate) -> String| {
        let mut cells = vec![name];
        cells.extend(fates.iter().map(|fate| cell(fate)));
        cells
    };
    let chance = |share: f64| crate::report::text_table::chance(share, None, ruin.runs);
    let is_shares = ruin.stakes == StakesAs::Shares;
    let end = |value: f64| {
        if is_shares {
            percent(Some(value), true)
        } else {
            shown(value)
        }
    };
    let mut rows = Vec::new();
    if ruin.by_days.ruin.is_some() {
        let name = if is_shares {
            format!(
                "{} of the bankroll lost",
                percent(Some(1.0 - ruin.ruined_at), false)
            )
        } else {
            "the bankroll lost".to_owned()
        };
        rows.push(line(name, &|fate| {
            fate.ruin.map_or_else(String::new, chance)
        }));
        rows.push(line("half of it lost at some time".to_owned(), &|fate| {
            fate.halved.map_or_else(String::new, chance)
        }));
    }
    rows.push(line("a loss at the end".to_owned(), &|fate| {
        chance(fate.loss)
    }));
    let what = if is_shares { "growth" } else { "profit" };
    rows.push(line(format!("{what}, median"), &|fate| end(fate.p50)));
    rows.push(line(format!("{what}, 5 % to 95 %"), &|fate| {
        format!("{} to {}", end(fate.p5), end(fate.p95))
    }));
    if !is_shares {
        rows.push(line(
            "bankroll that is lost in 1 of 20 runs".to_owned(),
            &|fate| fate.bankroll_for_5_percent.map_or_else(String::new, shown),
        ));
        rows.push(line(
            "bankroll that is lost in 1 of 100 runs".to_owned(),
            &|fate| fate.bankroll_for_1_percent.map_or_else(String::new, shown),
        ));
    }
    if ruin.is_close_unknown {
        let name = "by the closing prices".to_owned();
        rows.push(vec![name, format!("–, {SEVERAL}")]);
    }
    TextTable {
        title: format!(
            "The next {} days with bets, in {} runs of seed {}",
            count(ruin.days),
            count(ruin.runs),
            ruin.seed
        ),
        numeric: (1..header.len()).collect(),
        header: header.into_iter().map(str::to_owned).collect(),
        rows,
        ..TextTable::default()
    }
}

/// What free bets made besides.
fn free_bets(found: &Assessment) -> Option<Row> {
    let free = found.free_bets?;
    let note = format!(
        "{} of {}, {} won, not in the profit",
        counted(free.bets, "bet", "bets"),
        shown(free.staked),
        count(free.won)
    );
    Some(row("free bets", shown(free.profit), note))
}

/// The groups of a dimension.
fn group_table(by: &Grouping, groups: &[RecordGroup]) -> TextTable {
    let header = [
        "", "bets", "won", "lost", "turnover", "profit", "yield", "95 %", "p", "of all", "odds",
        "CLV",
    ];
    TextTable {
        title: format!("By {}", by.title()),
        header: header.map(str::to_owned).to_vec(),
        rows: groups.iter().map(group_row).collect(),
        numeric: (1..header.len()).collect(),
        spare: vec![2, 3, 11, 10, 4],
    }
}

fn group_row(group: &RecordGroup) -> Vec<String> {
    let number = |count: i64| thousands(&count.to_string());
    let interval = match (group.yield_lower, group.yield_upper) {
        (Some(lower), Some(upper)) => {
            let [lower, upper] = [lower, upper].map(|end| signed_percentage(end, 1));
            format!("{lower} to {upper} %")
        }
        _ => "too few".to_owned(),
    };
    let p = |p: Option<f64>| p.map_or_else(|| "–".to_owned(), probability);
    vec![
        group.group.clone(),
        number(group.bets),
        number(group.won + group.half_won),
        number(group.lost + group.half_lost),
        shown(group.turnover),
        shown(group.profit),
        percent(group.r#yield, true),
        interval,
        p(group.p),
        p(group.p_adjusted),
        decimals(group.average_odds, 2),
        percent(group.clv_mean, true),
    ]
}
