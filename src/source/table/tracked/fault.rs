//! What is wrong with a row of a table of bets, and what to do.

use super::names::Target;

/// What is wrong with a row.
#[derive(Debug)]
pub(super) struct Fault {
    pub target: Target,
    /// What it is counted as: `a stake that cannot be read`.
    pub problem: &'static str,
    pub expected: &'static str,
    pub advice: &'static str,
    /// What else of the row speaks against the cell: `beside a payout of 20`.
    pub beside: Option<String>,
}

/// What to do about a row, where nothing better is known.
pub(super) const CORRECT_IT: &str = "correct it, or leave such rows out with --on-bad-row skip";

impl Fault {
    pub const fn new(target: Target, problem: &'static str, expected: &'static str) -> Self {
        Self {
            target,
            problem,
            expected,
            advice: CORRECT_IT,
            beside: None,
        }
    }
}

/// The fault of a date.
pub(super) fn no_date() -> Fault {
    Fault {
        advice: "correct it, say --date-order dmy, mdy, ymd or serial, or leave such rows out with --on-bad-row skip",
        ..Fault::new(
            Target::Date,
            "a date that cannot be read",
            "a date such as 05/08/2023, 2023-08-05 or 5 Aug 2023",
        )
    }
}
