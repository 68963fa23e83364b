//! The settings of the environment.

use super::{ConfigError, Settings, forms};
use crate::strategy;

/// A variable of the environment that sets something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// The setting that it sets.
    pub setting: &'static str,
    /// Its text.
    pub text: String,
}

/// What the environment sets.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Environment {
    /// As settings.
    pub settings: Settings,
    /// As it was written.
    pub variables: Vec<Variable>,
}

/// The variables, each with its setting.
const VARIABLES: [(&str, &str); 3] = [
    ("INITIAL_BANKROLL", "bankroll"),
    ("MIN_EDGE", "min_edge"),
    ("MAX_STAKE_PERCENTAGE", "max_stake"),
];

impl Environment {
    /// Reads `INITIAL_BANKROLL`, `MIN_EDGE` and `MAX_STAKE_PERCENTAGE`.
    ///
    /// # Errors
    /// When one of them is no number.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let number = |name: &str, form: fn(&str) -> Result<f64, String>| {
            let text = variable(name);
            text.map(|text| number_of(name, &text, form)).transpose()
        };
        let max_stake = number("MAX_STAKE_PERCENTAGE", forms::share)?;
        if let Some(share) = max_stake.filter(|share| !(*share > 0.0 && *share <= 1.0)) {
            return Err(ConfigError::value(
                "the environment's MAX_STAKE_PERCENTAGE",
                "a fraction such as 0.05, which is five percent",
                strategy::shown_share(share),
            ));
        }
        let settings = Settings {
            bankroll: number("INITIAL_BANKROLL", forms::amount)?,
            min_edge: number("MIN_EDGE", forms::share)?,
            max_stake,
            ..Settings::default()
        };
        let variables = VARIABLES.into_iter().filter_map(|(name, setting)| {
            let text = variable(name)?.trim().to_owned();
            Some(Variable {
                name,
                setting,
                text,
            })
        });
        Ok(Self {
            settings,
            variables: variables.collect(),
        })
    }
}

fn number_of(
    name: &str,
    text: &str,
    form: fn(&str) -> Result<f64, String>,
) -> Result<f64, ConfigError> {
    let number = form(text).and_then(|number| {
        let is_finite = number.is_finite();
        is_finite
            .then_some(number)
            .ok_or_else(|| format!("expected a number, not {text:?}"))
    });
    number.map_err(|problem| ConfigError::range(format!("the environment's {name}: {problem}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, text: &str) -> Result<Environment, ConfigError> {
        Environment::read(|asked| (asked == name).then(|| text.to_owned()))
    }

    #[test]
    fn numbers_have_the_forms_of_flags() {
        assert_eq!(
            read("MIN_EDGE", "5%").unwrap().settings.min_edge,
            Some(0.05)
        );
        let bankroll = read("INITIAL_BANKROLL", "£1,000").unwrap();
        assert_eq!(bankroll.settings.bankroll, Some(1000.0));
        assert_eq!(bankroll.variables[0].setting, "bankroll");
    }

    #[test]
    fn what_is_no_number_is_named() {
        for (name, text) in [
            ("MIN_EDGE", "much"),
            ("INITIAL_BANKROLL", "inf"),
            ("MAX_STAKE_PERCENTAGE", "5"),
        ] {
            let error = read(name, text).unwrap_err().to_string();
            assert!(error.contains(name), "{error}");
        }
        let error = read("MAX_STAKE_PERCENTAGE", "5").unwrap_err().to_string();
        assert!(error.contains("5% or 0.05"), "{error}");
    }
}
