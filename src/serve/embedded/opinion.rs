//! What the model thinks of prices, without a bet.

use crate::domain::{Book, Names, Time};
use crate::engine::Engine;
use crate::serve::views::PredictionAnswer;

/// What the engine thinks of the prices in a line.
pub(super) fn of(
    _line: &str,
    _book: Book,
    _now: Option<Time>,
    _engine: &Engine,
    _names: &Names,
) -> Result<PredictionAnswer, String> {
    Err("not yet".to_owned())
}
