//! The table of a logistic regression, as `simbet fit --model logistic` prints it.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::backtest::FittedLogistic;
use crate::calendar;
use crate::config::value_name;
use crate::predict::Coefficient;
use crate::report::Format;
use crate::report::text_table::{TextTable, counted, decimals};
use crate::rounding;

/// Prints the coefficients of every pool.
pub(super) fn write(
    out: &mut dyn Write,
    fitted: &[FittedLogistic],
    format: Format,
) -> io::Result<()> {
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

fn to_json(fitted: &FittedLogistic) -> Value {
    let coefficient = |each: &Coefficient| {
        json!({
            "outcome": each.of,
            "feature": each.feature,
            "estimate": each.estimate,
            "standard_error": each.standard_error,
        })
    };
    json!({
        "pool": fitted.pool,
        "as_of": calendar::format_date(fitted.as_of),
        "link": value_name(fitted.fit.link),
        "matches": fitted.fit.matches,
        "ridge": fitted.fit.ridge,
        "log_likelihood": fitted.fit.log_likelihood,
        "coefficients": fitted.fit.coefficients.iter().map(coefficient).collect::<Vec<_>>(),
    })
}

fn machine_table(fitted: &[FittedLogistic]) -> TextTable {
    let header = [
        "pool",
        "outcome",
        "feature",
        "estimate",
        "standard_error",
        "ridge",
    ];
    let rows = fitted.iter().flat_map(|fitted| {
        fitted.fit.coefficients.iter().map(|each| {
            let number = |x: f64| rounding::rounded(x).to_string();
            vec![
                fitted.pool.clone(),
                each.of.to_owned(),
                each.feature.unwrap_or("intercept").to_owned(),
                number(each.estimate),
                each.standard_error.map_or_else(String::new, number),
                number(fitted.fit.ridge),
            ]
        })
    });
    TextTable {
        header: header.map(str::to_owned).to_vec(),
        rows: rows.collect(),
        ..TextTable::default()
    }
}

fn table(fitted: &FittedLogistic) -> TextTable {
    let fit = &fitted.fit;
    let title = format!(
        "{} as of {}: {} logit of {}, log-likelihood {:.3}, ridge {}\ncoefficients per standard deviation of a feature",
        fitted.pool,
        calendar::format_date(fitted.as_of),
        value_name(fit.link),
        counted(fit.matches as u64, "match", "matches"),
        fit.log_likelihood,
        fit.ridge,
    );
    TextTable {
        title,
        header: ["outcome", "feature", "estimate", "std. error", "z"]
            .map(str::to_owned)
            .to_vec(),
        rows: fit.coefficients.iter().map(row).collect(),
        numeric: vec![2, 3, 4],
        ..TextTable::default()
    }
}

fn row(each: &Coefficient) -> Vec<String> {
    let error = each.standard_error.filter(|error| *error > 0.0);
    vec![
        each.of.to_owned(),
        each.feature.unwrap_or("intercept").to_owned(),
        format!("{:+.4}", each.estimate),
        decimals(error, 4),
        error.map_or_else(
            || "–".to_owned(),
            |error| format!("{:+.2}", each.estimate / error),
        ),
    ]
}
