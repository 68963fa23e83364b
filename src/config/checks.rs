//! Checks of settings against each other.

use super::{ConfigError, Pair};
use crate::domain::{Book, Commission, MarketKind, MatchStatus, Money, StatusWord};
use crate::engine::{Engine, EngineConfig, EngineError};
use crate::predict::ModelConfigError;

/// What 0 turns off, as the errors of ranges call it.
const OFF_AT_ZERO: [&str; 3] = ["half-life", "window", "prior"];

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
    Engine::new(&engine)
        .map(|_| ())
        .map_err(|error| refused(&error))
}

/// The error of a setting that is out of its range. A model knows no 0 for what is off, but who sets it does.
fn refused(error: &EngineError) -> ConfigError {
    let said = error.to_string();
    let is_off_at_zero = matches!(
        error,
        EngineError::Model(ModelConfigError::Range { name, .. })
            if OFF_AT_ZERO.iter().any(|setting| name.starts_with(setting))
    );
    ConfigError::Range(if is_off_at_zero {
        said.replacen(" must be ", " must be 0, or ", 1)
    } else {
        said
    })
}

#[cfg(test)]
mod tests {
    use crate::config::{RunConfig, Settings};

    #[test]
    fn what_0_turns_off_may_be_0_and_the_error_of_another_value_says_so() {
        let resolve = |toml: &str| RunConfig::resolve(&Settings::from_toml(toml).unwrap());
        assert!(resolve("half_life = 0\nwindow = 0\nprior = 0").is_ok());
        for (toml, expected) in [
            (
                "half_life = -1",
                "the half-life must be 0, or a number of days between 0.01 and 1000000, not -1",
            ),
            (
                "window = 0.5",
                "the window must be 0, or a number of days between 1 and 1000000, not 0.5",
            ),
            (
                "prior = 11",
                "the prior must be 0, or a standard deviation in log goals between 0.001 and 10, not 11",
            ),
            (
                "ridge = -1\nmodel = 'logistic'",
                "the ridge penalty must be between 0 and 1000000000, not -1",
            ),
        ] {
            assert_eq!(resolve(toml).unwrap_err().to_string(), expected);
        }
    }
}
