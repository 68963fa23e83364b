//! The columns from which goal models learn in place of goals.

use std::collections::BTreeMap;

use super::{ConfigError, Settings, by_left};
use crate::schema::{TAUGHT_GOALS, TAUGHT_WEIGHT};

/// The columns that `--map`, `--goals-column` and `--weight-column` name, each by what it is read as.
pub(super) fn map(settings: &Settings) -> Result<BTreeMap<String, String>, ConfigError> {
    let mut map = by_left(&settings.map);
    let goals = TAUGHT_GOALS.into_iter().zip(goals(&settings.goals_column)?);
    let goals = goals.map(|(name, column)| ("--goals-column", name, column));
    let weight = settings.weight_column.as_ref();
    let weight = weight.map(|column| ("--weight-column", TAUGHT_WEIGHT, column));
    for (flag, name, column) in goals.chain(weight) {
        if column.trim().is_empty() {
            return Err(ConfigError::value(flag, "the name of a column", "empty"));
        }
        if let Some(other) = map.insert(name.to_owned(), column.clone()) {
            return Err(ConfigError::range(format!(
                "{flag} {column} and --map {name}={other} say the same of two columns; leave one of them out"
            )));
        }
    }
    Ok(map)
}

/// The columns of goals: of both sides, or none.
fn goals(columns: &[String]) -> Result<&[String], ConfigError> {
    match columns {
        [] => Ok(columns),
        [home, away] if home != away => Ok(columns),
        _ => Err(ConfigError::value(
            "--goals-column",
            "the columns of the home and of the away side, such as home_xg,away_xg",
            columns.join(","),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(toml: &str) -> Result<BTreeMap<String, String>, String> {
        map(&Settings::from_toml(toml).unwrap()).map_err(|error| error.to_string())
    }

    #[test]
    fn columns_are_those_of_both_sides() {
        let found = of("goals_column = 'hx, ax'\nweight_column = 'w'").unwrap();
        let expected = [
            ("taught_away_goals", "ax"),
            ("taught_home_goals", "hx"),
            ("taught_weight", "w"),
        ];
        assert_eq!(
            found,
            expected
                .map(|(name, column)| (name.to_owned(), column.to_owned()))
                .into()
        );
        for (toml, message) in [
            ("goals_column = 'hx'", "--goals-column must be the columns"),
            (
                "goals_column = 'hx,hx'",
                "--goals-column must be the columns",
            ),
            (
                "goals_column = 'a,b,c'",
                "--goals-column must be the columns",
            ),
            ("weight_column = ' '", "--weight-column must be the name"),
            (
                "weight_column = 'w'\nmap = { taught_weight = 'v' }",
                "--weight-column w and --map taught_weight=v",
            ),
        ] {
            let error = of(toml).unwrap_err();
            assert!(error.starts_with(message), "{error}");
        }
    }
}
