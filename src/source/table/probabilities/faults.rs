//! What is wrong with a cell of probabilities: what was expected, and what to do.

use super::cell::Content;

/// What is wrong with a cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fault {
    pub column: Option<usize>,
    pub expected: &'static str,
    pub advice: &'static str,
    /// From where to where a number may go that depends on others of its row.
    pub allowed: Option<[f64; 2]>,
}

impl Fault {
    pub const fn at(column: usize, expected: &'static str, advice: &'static str) -> Self {
        Self {
            column: Some(column),
            expected,
            advice,
            allowed: None,
        }
    }
}

pub(super) const PROBABILITY: &str = "a probability from 0 to 1";
pub(super) const EMPTY: &str = "leave the cell empty where there is none";

pub(super) const COMMA: &str =
    "it has a decimal comma, and others have a point: write all numbers in one way";

/// What to do about a cell that is no probability. `beside` are the numbers of its market in the row, itself among them.
pub(super) fn advice(content: Content, beside: &[f64]) -> &'static str {
    match content {
        Content::Percent(share) if (0.0..=1.0).contains(&share) => {
            "other cells of this column have no % sign: write all as shares, such as 0.593, or all with the sign"
        }
        Content::Percent(_) => {
            "a percentage is one from 0 to 100; correct it, or leave the cell empty"
        }
        Content::Value(value) if value < 0.0 => {
            "no probability is negative; correct it, or leave the cell empty"
        }
        Content::Value(_) if are_percentages(beside) => {
            "the cells of this market sum to about 100, as percentages do: write each as a share, 0.593, or with a % sign, 59.3%"
        }
        Content::Value(_) if are_odds(beside) => {
            "the cells of this market look like decimal odds, which are prices: write 1 / odds, divided by the sum of these over \
             the sides"
        }
        Content::Value(_) => {
            "write it as a share, 0.593, or with a % sign, 59.3%, or leave the cell empty"
        }
        Content::Missing | Content::NotFinite | Content::Not => EMPTY,
    }
}

fn are_percentages(numbers: &[f64]) -> bool {
    let sum: f64 = numbers.iter().sum();
    numbers.len() > 1
        && (95.0..=105.0).contains(&sum)
        && numbers.iter().all(|number| *number >= 0.0)
}

fn are_odds(numbers: &[f64]) -> bool {
    let implied: f64 = numbers.iter().map(|odds| 1.0 / odds).sum();
    numbers.len() > 1 && numbers.iter().all(|odds| *odds > 1.0) && (0.9..=1.3).contains(&implied)
}
