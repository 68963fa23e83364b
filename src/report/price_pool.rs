//! The pool of model and price, as a summary shows it.

use super::text_table::{TextTable, count, counted, decimals};
use crate::calendar::format_date;
use crate::metrics::{PricePoolSummary, Summary};

/// The last weights with their standard errors; `None` where none were learned.
pub fn table(summary: &Summary) -> Option<TextTable> {
    let last = summary.pool_with.as_ref()?.fits.last()?;
    let names = ["price", "model", "home win", "draw"];
    let weights = last.weights.all().into_iter().zip(last.std_errors.all());
    let rows = names
        .into_iter()
        .zip(weights)
        .map(|(name, (weight, error))| {
            vec![
                name.to_owned(),
                decimals(Some(weight), 3),
                decimals(Some(error), 3),
            ]
        });
    Some(TextTable {
        header: ["pool with the price", "weight", "std. error"]
            .map(str::to_owned)
            .to_vec(),
        rows: rows.collect(),
        numeric: vec![1, 2],
        ..TextTable::default()
    })
}

/// The last weights and what they rest on, in a sentence; `None` where forecasts are the model's own.
pub fn weights(pool: Option<&PricePoolSummary>) -> Option<String> {
    let pool = pool?;
    let Some(last) = pool.fits.last() else {
        return Some(unlearned(pool));
    };
    let (weights, errors) = (last.weights, last.std_errors);
    Some(format!(
        "Forecasts of 1X2 are those of the model pooled with the price: weights {:.3} ± {:.3} of the price and {:.3} ± {:.3} of the model, \
         learned from the {} before {}.",
        weights.price,
        errors.price,
        weights.model,
        errors.model,
        counted(last.matches, "match", "matches"),
        format_date(last.from)
    ))
}

/// What the weights rest on, and where the price was used as it is.
pub fn sentence(summary: &Summary) -> Option<String> {
    let pool = summary.pool_with.as_ref()?;
    Some(match (pool.fits.first(), pool.fits.last()) {
        (Some(first), Some(last)) => format!(
            "Forecasts of 1X2 are those of the model pooled with the price that is bet at. These weights were learned from the {} \
             before {}; until {} the price itself was the forecast.",
            counted(last.matches, "match", "matches"),
            format_date(last.from),
            format_date(first.from)
        ),
        _ => unlearned(pool),
    })
}

fn unlearned(pool: &PricePoolSummary) -> String {
    format!(
        "The model had no say: with --pool-with open the price that is bet at is itself the forecast until its weight and the model's are \
         learned, which is on each 1 January and 1 August from {} matches on. There were {}.",
        count(pool.fewest),
        count(pool.matches)
    )
}
