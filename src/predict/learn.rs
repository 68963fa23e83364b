//! What teaches a goal model.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What of past matches teaches a goal model: their goals, the shots that were taken, and the prices at which they closed.
///
/// Goals always teach, if only a little beside prices: what is forecast is goals. So `shots` means the same as `goals,shots`, and
/// `prices` the same as `goals,prices`.
///
/// ```
/// use simbet::Learn;
/// let learn: Learn = "goals,shots".parse().unwrap();
/// assert_eq!(learn, Learn::GOALS_AND_SHOTS);
/// assert_eq!(learn.to_string(), "goals,shots");
/// assert_eq!(learn.sentence(), "taught by goals and shots");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Words", into = "String")]
pub struct Learn {
    /// The goals that were scored.
    pub goals: bool,
    /// Shots on target, shots and corners.
    pub shots: bool,
    /// The last prices of a match, which are known once it is over.
    pub prices: bool,
}

/// The teachers as a setting names them: `'goals,shots'` or `['goals', 'shots']`.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "expected goals, shots, prices, or several of them as in 'goals,shots'"
)]
enum Words {
    One(String),
    Each(Vec<String>),
}

impl Learn {
    /// Goals alone: owes nothing to anybody's count or price.
    pub const GOALS: Self = Self {
        goals: true,
        shots: false,
        prices: false,
    };
    /// Goals and shots: the best that owes the market nothing.
    pub const GOALS_AND_SHOTS: Self = Self {
        shots: true,
        ..Self::GOALS
    };
    /// Past prices, with a twentieth of goals.
    pub const PRICES: Self = Self {
        goals: false,
        shots: false,
        prices: true,
    };
    /// Everything.
    pub const ALL: Self = Self {
        goals: true,
        shots: true,
        prices: true,
    };

    /// Whether goals are all that teaches.
    pub const fn is_goals(&self) -> bool {
        !self.shots && !self.prices
    }

    /// Goals alone, which settings from before there was a choice mean.
    pub(super) const fn goals() -> Self {
        Self::GOALS
    }

    /// These teachers as far as they have been seen; goals always have.
    pub(super) const fn seen(self, shots: bool, prices: bool) -> Self {
        Self {
            goals: true,
            shots: self.shots && shots,
            prices: self.prices && prices,
        }
    }

    /// The half-life and the standard deviation of the prior that suit these teachers.
    pub(super) const fn usual(self) -> (f64, f64) {
        match (self.shots, self.prices) {
            (false, false) => (330.0, 0.25),
            (true, false) => (200.0, 0.25),
            (_, true) => (20.0, 0.4),
        }
    }

    /// A half-life where `seen` is all that teaches of this: the usual one gives way to the usual one of those, unless it is kept.
    pub(super) fn half_life(self, seen: Self, days: Option<f64>, kept: bool) -> Option<f64> {
        let (usual, instead) = (self.usual().0, seen.usual().0);
        days.map(|days| {
            if days == usual && !kept {
                instead
            } else {
                days
            }
        })
    }

    /// The same for the standard deviation of a prior.
    pub(super) fn prior(self, seen: Self, sd: f64, kept: bool) -> f64 {
        let (usual, instead) = (self.usual().1, seen.usual().1);
        if sd == usual && !kept { instead } else { sd }
    }

    /// What a reader of forecasts has to know of their model.
    pub fn sentence(self) -> String {
        self.sentence_with("past closing prices")
    }

    /// The same where the prices are known by another name.
    pub(crate) fn sentence_with(self, prices: &str) -> String {
        match (self.shots, self.prices) {
            (false, false) => "taught by goals".to_owned(),
            (true, false) => "taught by goals and shots".to_owned(),
            (false, true) => format!("taught by {prices}"),
            (true, true) => format!("taught by {prices}, goals and shots"),
        }
    }

    /// What several models were taught by; `None` of none.
    ///
    /// ```
    /// use simbet::Learn;
    /// let sentence = Learn::sentence_of([Learn::PRICES, Learn::PRICES]);
    /// assert_eq!(sentence.as_deref(), Some("The models are taught by past closing prices, so they remember the market."));
    /// ```
    pub fn sentence_of(all: impl IntoIterator<Item = Self>) -> Option<String> {
        let all: std::collections::BTreeSet<Self> = all.into_iter().collect();
        let some_remember = all.iter().any(|learn| learn.prices);
        match (all.first()?, all.len()) {
            (only, 1) => {
                let remember = if some_remember {
                    ", so they remember the market"
                } else {
                    ""
                };
                Some(format!("The models are {}{remember}.", only.sentence()))
            }
            _ => some_remember.then(|| {
                "Models that are taught by past closing prices remember the market.".to_owned()
            }),
        }
    }

    /// The names of the teachers.
    fn names(self) -> impl Iterator<Item = &'static str> {
        let all = [
            ("goals", self.goals),
            ("shots", self.shots),
            ("prices", self.prices),
        ];
        all.into_iter()
            .filter(|(_, teaches)| *teaches)
            .map(|(name, _)| name)
    }

    fn of<'a>(names: impl Iterator<Item = &'a str>) -> Result<Self, String> {
        let mut learn = Self {
            goals: false,
            shots: false,
            prices: false,
        };
        for name in names.map(str::trim) {
            let teacher = match name {
                "goals" => &mut learn.goals,
                "shots" => &mut learn.shots,
                "prices" => &mut learn.prices,
                _ => {
                    return Err(format!(
                        "{name:?} teaches no model: expected goals, shots, prices, or several of them as in goals,shots"
                    ));
                }
            };
            if std::mem::replace(teacher, true) {
                return Err(format!("{name} stands there twice"));
            }
        }
        Ok(learn)
    }
}

impl fmt::Display for Learn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names().collect::<Vec<_>>().join(","))
    }
}

impl FromStr for Learn {
    type Err = String;

    /// Reads names between commas, or between plus signs where commas stand between alternatives.
    fn from_str(text: &str) -> Result<Self, String> {
        Self::of(text.split([',', '+']))
    }
}

impl TryFrom<Words> for Learn {
    type Error = String;

    fn try_from(words: Words) -> Result<Self, String> {
        match words {
            Words::One(text) => text.parse(),
            Words::Each(names) if names.is_empty() => "".parse(),
            Words::Each(names) => Self::of(names.iter().map(String::as_str)),
        }
    }
}

impl From<Learn> for String {
    fn from(learn: Learn) -> Self {
        learn.to_string()
    }
}

/// The settings that somebody asked for, and that are kept where not all of what is to teach is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Asked {
    /// The half-life.
    pub half_life: bool,
    /// The standard deviation of the prior.
    pub prior: bool,
}

impl Asked {
    pub(super) fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn teachers_are_read_as_they_are_written() {
        for learn in [
            Learn::GOALS,
            Learn::GOALS_AND_SHOTS,
            Learn::PRICES,
            Learn::ALL,
        ] {
            assert_eq!(learn.to_string().parse(), Ok(learn));
            let json = serde_json::to_string(&learn).unwrap();
            assert_eq!(serde_json::from_str::<Learn>(&json).unwrap(), learn);
        }
        assert_eq!("shots+goals".parse(), Ok(Learn::GOALS_AND_SHOTS));
        let listed: Learn = serde_json::from_str(r#"["goals", "prices"]"#).unwrap();
        assert!(listed.goals && listed.prices && !listed.shots);
    }

    #[test]
    fn what_teaches_nothing_is_refused() {
        for (text, message) in [
            ("", "\"\" teaches no model"),
            ("goals,xg", "\"xg\" teaches no model"),
            ("goals,goals", "goals stands there twice"),
        ] {
            let error = text.parse::<Learn>().unwrap_err();
            assert!(error.starts_with(message), "{error}");
        }
        assert!(serde_json::from_str::<Learn>("[]").is_err());
    }
}
