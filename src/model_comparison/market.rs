//! The market's forecasts, as the files of the models have them.

use super::{Column, Contest, ROUNDING};

/// The name of the market among the models; where a model has it, the market is called otherwise.
const MARKET: &str = "market";
const PRICES: &str = "market prices";

/// The market's forecasts of the matches: one column where all models say the same of it, else one for each that says something.
pub(super) fn columns(contest: &Contest) -> Vec<Column> {
    let models = contest.models.iter();
    let told: Vec<_> = models
        .filter(|model| model.market.iter().any(Option::is_some))
        .collect();
    let mut together: Vec<Option<[f64; 3]>> = vec![None; contest.matches.len()];
    let mut agrees = true;
    for model in &told {
        for (known, own) in together.iter_mut().zip(&model.market) {
            match (&known, own) {
                (Some(known), Some(own)) => agrees &= are_alike(known, own),
                (None, Some(_)) => *known = *own,
                (_, None) => {}
            }
        }
    }
    if told.is_empty() {
        return Vec::new();
    }
    if agrees {
        let is_taken = contest.models.iter().any(|model| model.name == MARKET);
        let name = if is_taken { PRICES } else { MARKET };
        return vec![column(name.to_owned(), together)];
    }
    told.into_iter()
        .map(|model| column(format!("{MARKET} of {}", model.name), model.market.clone()))
        .collect()
}

fn column(name: String, forecasts: Vec<Option<[f64; 3]>>) -> Column {
    Column {
        name,
        own: forecasts.iter().flatten().count() as u64,
        forecasts,
    }
}

fn are_alike(one: &[f64; 3], other: &[f64; 3]) -> bool {
    one.iter()
        .zip(other)
        .all(|(one, other)| (one - other).abs() <= ROUNDING)
}
