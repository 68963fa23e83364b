//! Checks of settings against each other.

use super::{ConfigError, Pair};
use crate::domain::{Book, Commission, MarketKind, MatchStatus, Money, StatusWord};
use crate::engine::{Engine, EngineConfig};

/// Checks that growth and drawdown have a bankroll of which they are shares.
pub(super) fn credit(engine: &EngineConfig) -> Result<(), ConfigError> {
    if engine.strategy.credit && engine.bankroll == Money::ZERO {
        let expected =
            "an amount above 0 with --credit, since growth and drawdown are shares of it";
        return Err(ConfigError::value("--bankroll", expected, 0));
    }
    Ok(())
}

/// Checks that every rate that names a book or a market is paid by some bet.
pub(super) fn commission(
    commission: &Commission,
    books: &[Book],
    markets: &[MarketKind],
) -> Result<(), ConfigError> {
    let Some(unused) = commission.unused(books, markets) else {
        return Ok(());
    };
    let books: Vec<&str> = books.iter().map(Book::as_str).collect();
    let markets: Vec<&str> = markets.iter().map(|market| market.code()).collect();
    Err(ConfigError::range(format!(
        "--commission has a rate for {unused} that no bet would pay: bets are on {} at the prices of {}, and pay the most \
         specific rate",
        markets.join(", "),
        books.join(", ")
    )))
}

/// Checks that every word is explained by one that is known.
pub(super) fn status_words(words: &[Pair]) -> Result<(), ConfigError> {
    let unknown = words
        .iter()
        .find(|Pair(_, meaning)| StatusWord::of(meaning).is_none());
    let Some(Pair(word, meaning)) = unknown else {
        return Ok(());
    };
    let statuses = MatchStatus::ALL.map(MatchStatus::code).join(", ");
    let expected = format!("{statuses} or scheduled for {word:?}");
    Err(ConfigError::value(
        "--status-word",
        &expected,
        format!("{meaning:?}"),
    ))
}

/// Makes an engine, which checks every range. The true model is left out, which needs a league, and those from outside, which
/// are not loaded yet.
pub(super) fn engine(engine: &EngineConfig) -> Result<(), ConfigError> {
    let mut engine = engine.clone();
    engine.model = engine
        .model
        .filter(|model| !model.kind.knows_truth() && !model.kind.is_from_outside());
    Engine::new(&engine).map(|_| ()).map_err(ConfigError::range)
}
