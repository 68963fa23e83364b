//! The tables of a filter, as `simbet fit --model filter` prints them.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::backtest::FittedFilter;
use crate::calendar::format_date;
use crate::domain::{Names, Time};
use crate::predict::{Estimate, LeagueLevel, Strength};
use crate::report::Format;
use crate::report::text_table::{TextTable, counted};
use crate::rounding;

/// Prints the strengths of every pool.
pub(super) fn write(
    out: &mut dyn Write,
    fitted: &[FittedFilter],
    names: &Names,
    format: Format,
) -> io::Result<()> {
    match format {
        Format::Json => {
            let all: Vec<Value> = fitted.iter().map(|it| to_json(it, names)).collect();
            writeln!(out, "{:#}", Value::from(all))
        }
        Format::Csv => machine_table(fitted, names).write(out, format),
        Format::Table | Format::Markdown => fitted
            .iter()
            .try_for_each(|fitted| print(out, fitted, names, format)),
    }
}

/// The teams, strongest first.
fn teams(fitted: &FittedFilter, names: &Names) -> Vec<Strength> {
    let mut teams = fitted.table.teams.clone();
    teams.sort_by(|one, other| {
        let by_sum = other.sum.value.total_cmp(&one.sum.value);
        by_sum.then_with(|| names.team(one.team).cmp(names.team(other.team)))
    });
    teams
}

fn to_json(fitted: &FittedFilter, names: &Names) -> Value {
    let teams = teams(fitted, names).into_iter();
    let mut value = json!({
        "pool": fitted.pool,
        "as_of": format_date(fitted.as_of),
        "matches": fitted.matches,
        "learn": fitted.learn.to_string(),
        "rho": fitted.rho,
        "leagues": fitted.table.leagues.iter().map(|it| level_json(it, names)).collect::<Vec<_>>(),
        "teams": teams.map(|it| strength_json(&it, names)).collect::<Vec<_>>(),
    });
    if !fitted.history.is_empty() {
        let seasons = fitted.history.iter().map(|(day, strength)| {
            let mut row = strength_json(strength, names);
            row["as_of"] = format_date(*day).into();
            row
        });
        value["history"] = seasons.collect();
    }
    value
}

fn level_json(level: &LeagueLevel, names: &Names) -> Value {
    json!({
        "league": names.league(level.league),
        "intercept": level.intercept.value,
        "intercept_se": level.intercept.error,
        "home_advantage": level.home_advantage.value,
        "home_advantage_se": level.home_advantage.error,
    })
}

fn strength_json(strength: &Strength, names: &Names) -> Value {
    json!({
        "team": names.team(strength.team),
        "league": names.league(strength.league),
        "season": strength.season,
        "matches": strength.matches,
        "attack": strength.attack.value,
        "attack_se": strength.attack.error,
        "defence": strength.defence.value,
        "defence_se": strength.defence.error,
        "sum": strength.sum.value,
        "sum_se": strength.sum.error,
    })
}

/// Every team of every pool with the level of its division; with a history a row for each season.
fn machine_table(fitted: &[FittedFilter], names: &Names) -> TextTable {
    let header = [
        "pool",
        "as_of",
        "season",
        "league",
        "team",
        "matches",
        "attack",
        "attack_se",
        "defence",
        "defence_se",
        "sum",
        "sum_se",
        "intercept",
        "intercept_se",
        "home_advantage",
        "home_advantage_se",
        "rho",
    ];
    TextTable {
        header: header.map(str::to_owned).to_vec(),
        rows: fitted
            .iter()
            .flat_map(|it| machine_rows(it, names))
            .collect(),
        ..TextTable::default()
    }
}

fn machine_rows(fitted: &FittedFilter, names: &Names) -> Vec<Vec<String>> {
    let now = teams(fitted, names).into_iter().map(|it| (None, it));
    let history = fitted.history.iter().map(|(day, it)| (Some(*day), *it));
    let rows: Vec<(Option<Time>, Strength)> = if fitted.history.is_empty() {
        now.collect()
    } else {
        history.collect()
    };
    rows.into_iter()
        .map(|(day, strength)| machine_row(fitted, day, &strength, names))
        .collect()
}

fn machine_row(
    fitted: &FittedFilter,
    day: Option<Time>,
    strength: &Strength,
    names: &Names,
) -> Vec<String> {
    let level = fitted.table.leagues.iter();
    // the levels are those of the last day
    let level = level
        .clone()
        .find(|it| it.league == strength.league && day.is_none());
    let levels = level.map(|it| [it.intercept, it.home_advantage]);
    let words = [
        fitted.pool.clone(),
        format_date(day.unwrap_or(fitted.as_of)),
        strength.season.to_string(),
        names.league(strength.league).to_owned(),
        names.team(strength.team).to_owned(),
        strength.matches.to_string(),
    ];
    let numbers = [strength.attack, strength.defence, strength.sum].map(Some);
    let levels = levels.map_or([None; 2], |levels| levels.map(Some));
    let numbers = numbers.into_iter().chain(levels).flat_map(both);
    let rho = rounding::rounded(fitted.rho).to_string();
    words.into_iter().chain(numbers).chain([rho]).collect()
}

/// An estimate and its error, as a machine reads them.
fn both(estimate: Option<Estimate>) -> [String; 2] {
    let written = |number: f64| rounding::rounded(number).to_string();
    estimate.map_or_else(Default::default, |it| {
        [written(it.value), written(it.error)]
    })
}

fn print(
    out: &mut dyn Write,
    fitted: &FittedFilter,
    names: &Names,
    format: Format,
) -> io::Result<()> {
    levels_table(fitted, names).write(out, format)?;
    writeln!(out)?;
    let highest = fitted.table.leagues.first();
    let highest = highest.map_or("the pool", |it| names.league(it.league));
    let title = format!("Strengths in log goals, against the average side of {highest}");
    let rows = teams(fitted, names).into_iter();
    strengths_table(title, rows.map(|it| (None, it)), names).write(out, format)?;
    writeln!(out)?;
    if !fitted.history.is_empty() {
        let title = format!(
            "Strengths at the end of each season, against the average side of {highest} then"
        );
        let rows = fitted.history.iter().map(|(day, it)| (Some(*day), *it));
        strengths_table(title, rows, names).write(out, format)?;
        writeln!(out)?;
    }
    Ok(())
}

fn levels_table(fitted: &FittedFilter, names: &Names) -> TextTable {
    let title = format!(
        "{} as of {}: {}, {}, rho {:+.4}",
        fitted.pool,
        format_date(fitted.as_of),
        counted(fitted.matches as u64, "match", "matches"),
        fitted.learn.sentence(),
        fitted.rho,
    );
    let row = |level: &LeagueLevel| {
        let mut cells = vec![names.league(level.league).to_owned()];
        cells.extend(
            [level.intercept, level.home_advantage]
                .into_iter()
                .flat_map(shown),
        );
        cells
    };
    TextTable {
        title,
        header: ["league", "intercept", "±", "home advantage", "±"]
            .map(str::to_owned)
            .to_vec(),
        rows: fitted.table.leagues.iter().map(row).collect(),
        numeric: vec![1, 2, 3, 4],
        ..TextTable::default()
    }
}

/// A row for each strength; those of a history with their season.
fn strengths_table(
    title: String,
    rows: impl Iterator<Item = (Option<Time>, Strength)>,
    names: &Names,
) -> TextTable {
    let row = |(day, strength): (Option<Time>, Strength)| {
        let mut cells: Vec<String> = day
            .map(|_| strength.season.to_string())
            .into_iter()
            .collect();
        cells.push(names.team(strength.team).to_owned());
        cells.push(names.league(strength.league).to_owned());
        let estimates = [strength.attack, strength.defence, strength.sum];
        cells.extend(estimates.into_iter().flat_map(shown));
        cells
    };
    let mut rows = rows.peekable();
    let first = usize::from(rows.peek().is_some_and(|(day, _)| day.is_some()));
    let header = [
        "season", "team", "league", "attack", "±", "defence", "±", "sum", "±",
    ];
    TextTable {
        title,
        header: header[1 - first..]
            .iter()
            .map(|it| (*it).to_owned())
            .collect(),
        rows: rows.map(row).collect(),
        numeric: (first + 2..first + 8).collect(),
        ..TextTable::default()
    }
}

/// An estimate and its error, as people read them.
fn shown(estimate: Estimate) -> [String; 2] {
    [
        format!("{:+.4}", estimate.value),
        format!("{:.4}", estimate.error),
    ]
}
