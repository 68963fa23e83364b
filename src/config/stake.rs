//! A stake as it was typed: its unit is that of the staking rule, and must not be another.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{ConfigError, forms};
use crate::domain::share_of_percent;
use crate::strategy::{StakeUnit, StrategyKind};

/// A stake: a number whose unit is that of the staking rule, or one that says its unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Stake {
    /// A share of the bankroll or an amount, as the staking rule has it.
    Number(f64),
    /// So many percent of the bankroll.
    Percent(f64),
    /// An amount, with a currency.
    Amount(f64),
}

impl FromStr for Stake {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(percent) = text.trim().strip_suffix('%') {
            forms::share(text)?;
            return forms::number(percent).map(Self::Percent);
        }
        if text.contains('/') {
            // the point is moved, which rounds nothing
            let percent = format!("{}e2", forms::share(text)?);
            return forms::number(&percent).map(Self::Percent);
        }
        let amount = forms::amount(text).map_err(|problem| {
            if problem.starts_with("expected") {
                format!(
                    "expected a share such as 1% or 0.01, or an amount such as 100, not {text:?}"
                )
            } else {
                problem
            }
        })?;
        Ok(match forms::without_currency(text) {
            Some(_) => Self::Amount(amount),
            None => Self::Number(amount),
        })
    }
}

impl fmt::Display for Stake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Percent(percent) => write!(f, "{percent}%"),
            Self::Amount(amount) => write!(f, "¤{amount}"),
        }
    }
}

impl Stake {
    /// The number that this staking rule takes; `None` where it takes none.
    ///
    /// # Errors
    /// When its unit is another.
    pub(super) fn of(self, kind: StrategyKind) -> Result<Option<f64>, ConfigError> {
        let refused =
            |expected: String, found: String| Err(ConfigError::value("--stake", &expected, found));
        let code = kind.code();
        match (kind.stake(), self) {
            (StakeUnit::KellyFraction, _) => Ok(None),
            (StakeUnit::Share | StakeUnit::Amount, Self::Number(number)) => Ok(Some(number)),
            (StakeUnit::Share, Self::Percent(percent)) if percent > 100.0 => {
                refused("a share of at most 100%".to_owned(), format!("{percent}%"))
            }
            (StakeUnit::Share, Self::Percent(percent)) => Ok(Some(share_of_percent(percent))),
            (StakeUnit::Amount, Self::Amount(amount)) => Ok(Some(amount)),
            (StakeUnit::Amount, Self::Percent(percent)) => refused(
                format!("an amount such as 100 with the strategy {code}"),
                format!("{percent}%, which is a share: that is for --strategy proportional"),
            ),
            (StakeUnit::Share, Self::Amount(amount)) => refused(
                format!("a share of the bankroll such as 1% with the strategy {code}"),
                format!("{amount}, which is an amount: that is for --strategy flat"),
            ),
        }
    }
}

impl Serialize for Stake {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::Percent(_) | Self::Amount(_) => serializer.collect_str(self),
        }
    }
}

impl<'de> Deserialize<'de> for Stake {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StakeVisitor)
    }
}

struct StakeVisitor;

impl de::Visitor<'_> for StakeVisitor {
    type Value = Stake;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Stake, E> {
        Ok(Stake::Number(number))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Stake, E> {
        Ok(Stake::Number(number as f64))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Stake, E> {
        Ok(Stake::Number(number as f64))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Stake, E> {
        text.parse().map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stake_keeps_its_unit_in_a_file() {
        for text in ["0.1%", "2.5%", "0.05", "£1,000", "100"] {
            let stake: Stake = text.parse().unwrap();
            let json = serde_json::to_string(&stake).unwrap();
            assert_eq!(serde_json::from_str::<Stake>(&json).unwrap(), stake);
        }
    }

    #[test]
    fn a_share_may_be_a_fraction() {
        let share = |text: &str| text.parse::<Stake>().unwrap().of(StrategyKind::Ev);
        assert_eq!(share("1/20"), Ok(Some(0.05)));
        assert_eq!(share("7/100"), Ok(Some(0.07)));
        let stake: Stake = "1/20".parse().unwrap();
        assert!(stake.of(StrategyKind::Flat).is_err());
        assert!("1/0".parse::<Stake>().is_err());
        let error = share("150%").unwrap_err().to_string();
        assert!(error.ends_with("at most 100%, not 150%"), "{error}");
    }

    #[test]
    fn a_share_is_no_amount() {
        let stake: Stake = "5%".parse().unwrap();
        assert_eq!(stake.of(StrategyKind::Proportional).unwrap(), Some(0.05));
        let error = stake.of(StrategyKind::Flat).unwrap_err().to_string();
        assert!(
            error.contains("amount") && error.contains("proportional"),
            "{error}"
        );
        let stake: Stake = "£5".parse().unwrap();
        assert_eq!(stake.of(StrategyKind::Flat).unwrap(), Some(5.0));
        let error = stake.of(StrategyKind::Ev).unwrap_err().to_string();
        assert!(error.contains("share") && error.contains("flat"), "{error}");
    }
}
