//! The table of how goals are distributed, as `simbet fit --model average` prints it.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::backtest::FittedSides;
use crate::calendar;
use crate::config::value_name;
use crate::predict::{ShapeEstimate, SideFit};
use crate::report::Format;
use crate::report::text_table::{TextTable, counted, decimals};
use crate::rounding;

const SIDES: [&str; 2] = ["home", "away"];

/// Prints the goals of home and away sides of every pool.
pub(super) fn write(out: &mut dyn Write, fitted: &[FittedSides], format: Format) -> io::Result<()> {
    match format {
        Format::Json => {
            let all: Vec<Value> = fitted.iter().map(to_json).collect();
            writeln!(out, "{:#}", Value::from(all))
        }
        Format::Csv => machine_table(fitted).write(out, format),
        Format::Table | Format::Markdown => fitted
            .iter()
            .try_for_each(|fitted| table(fitted).write(out, format)),
    }
}

fn sides(fitted: &FittedSides) -> impl Iterator<Item = (&'static str, &SideFit)> {
    let sides = SIDES.into_iter().zip(&fitted.sides);
    sides.filter_map(|(name, side)| Some((name, side.as_ref()?)))
}

fn to_json(fitted: &FittedSides) -> Value {
    let parameter = |each: &ShapeEstimate| {
        json!({
            "parameter": each.name,
            "estimate": each.estimate,
            "standard_error": each.standard_error,
        })
    };
    let side = |(name, side): (&str, &SideFit)| {
        json!({
            "side": name,
            "mean": side.mean,
            "parameters": side.parameters.iter().map(parameter).collect::<Vec<_>>(),
            "log_likelihood": side.log_likelihood,
            "aic": side.aic(),
        })
    };
    json!({
        "pool": fitted.pool,
        "as_of": calendar::format_date(fitted.as_of),
        "matches": fitted.matches,
        "marginal": value_name(fitted.marginal),
        "sides": sides(fitted).map(side).collect::<Vec<_>>(),
    })
}

fn machine_table(fitted: &[FittedSides]) -> TextTable {
    let header = [
        "pool",
        "side",
        "parameter",
        "estimate",
        "standard_error",
        "log_likelihood",
        "aic",
    ];
    let number = |x: f64| rounding::rounded(x).to_string();
    let rows = fitted.iter().flat_map(|fitted| {
        sides(fitted).flat_map(move |(name, side)| {
            side.parameters.iter().map(move |each| {
                vec![
                    fitted.pool.clone(),
                    name.to_owned(),
                    each.name.to_owned(),
                    number(each.estimate),
                    each.standard_error.map_or_else(String::new, number),
                    number(side.log_likelihood),
                    number(side.aic()),
                ]
            })
        })
    });
    TextTable {
        header: header.map(str::to_owned).to_vec(),
        rows: rows.collect(),
        ..TextTable::default()
    }
}

fn table(fitted: &FittedSides) -> TextTable {
    let title = format!(
        "{} as of {}: {}, {} goals whoever plays",
        fitted.pool,
        calendar::format_date(fitted.as_of),
        counted(fitted.matches as u64, "match", "matches"),
        value_name(fitted.marginal),
    );
    let header = [
        "side",
        "parameter",
        "estimate",
        "std. error",
        "log-likelihood",
        "AIC",
    ];
    TextTable {
        title,
        header: header.map(str::to_owned).to_vec(),
        rows: sides(fitted).flat_map(rows).collect(),
        numeric: vec![2, 3, 4, 5],
        ..TextTable::default()
    }
}

/// A row for each parameter of a side; what is said of the side as a whole stands in the first.
fn rows((name, side): (&str, &SideFit)) -> Vec<Vec<String>> {
    let rows = side.parameters.iter().enumerate().map(|(place, each)| {
        let of_side = |text: String| if place == 0 { text } else { String::new() };
        vec![
            of_side(name.to_owned()),
            each.name.to_owned(),
            format!("{:.6}", each.estimate),
            decimals(each.standard_error, 6),
            of_side(format!("{:.3}", side.log_likelihood)),
            of_side(format!("{:.3}", side.aic())),
        ]
    });
    rows.collect()
}
