//! Closing-line value: how much better the odds taken were than the last ones before kick-off.

use crate::domain::Odds;

/// The closing-line value of the odds taken against the closing odds of the same book, selection and line.
///
/// A fraction: 0.1 is 10 % better than the closing odds.
///
/// # Formula
/// ```text
/// CLV = odds taken / closing odds − 1
/// ```
///
/// ```
/// use simbet::{Odds, closing_line_value};
/// let value = closing_line_value(Odds::new(2.20).unwrap(), Odds::new(2.00).unwrap());
/// assert!((value - 0.1).abs() < 1e-12);
/// ```
pub fn closing_line_value(taken: Odds, closing: Odds) -> f64 {
    taken.decimal() / closing.decimal() - 1.0
}

/// The closing-line value against the fair closing odds: those of the whole market, its margin removed by proportion.
///
/// `others` are the closing odds of the market's other sides. This is the expected profit per unit if the closing
/// market is right.
///
/// # Formula
/// ```text
/// CLV = odds taken · (1/c) / Σ (1/cⱼ) − 1
/// ```
///
/// ```
/// use simbet::Odds;
/// use simbet::internals::significance::fair_closing_line_value;
/// let odds = |decimal| Odds::new(decimal).unwrap();
/// let value = fair_closing_line_value(odds(2.20), odds(2.00), &[odds(1.90)]);
/// assert!((value - 0.0717948718).abs() < 1e-10);
/// ```
pub fn fair_closing_line_value(taken: Odds, closing: Odds, others: &[Odds]) -> f64 {
    let book: f64 = closing.implied() + others.iter().map(|odds| odds.implied()).sum::<f64>();
    taken.decimal() * closing.implied() / book - 1.0
}
