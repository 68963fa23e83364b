//! Tolerances: how much each figure may change.

use std::str::FromStr;

use glob::Pattern;

use super::clean;

/// The greatest difference that is allowed for figures of a name: `yield=0.001`, `luck.*=1e-9`, `bets.stake=0.01`, `*.p=inf`.
///
/// A name is a figure's whole name or its last parts, so that `log_loss` matches `model.log_loss` and `market.log_loss`. `*`
/// stands for any characters, dots included. The amount is the greatest absolute difference, in the figure's own unit.
/// `inf` allows any change, and a figure that only one run has.
///
/// ```
/// use simbet::internals::report::compare::Tolerance;
/// let tolerance: Tolerance = "log_loss=1e-9".parse().unwrap();
/// assert!(tolerance.is_for("model.log_loss"));
/// assert!(!tolerance.is_for("luck.log_loss.p"));
/// assert_eq!(tolerance.most(), 1e-9);
/// assert!("luck.*=inf".parse::<Tolerance>().unwrap().is_for("luck.log_loss.p"));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Tolerance {
    name: String,
    /// The name with its `*`, if it has any.
    pattern: Option<Pattern>,
    most: f64,
}

/// A text that is not a tolerance.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected NAME=AMOUNT such as yield=0.001, the amount 0 or more, or inf; it was {text:?}")]
pub struct ToleranceError {
    text: String,
}

impl Tolerance {
    /// Whether it matches the figure of this name.
    pub fn is_for(&self, figure: &str) -> bool {
        match &self.pattern {
            Some(pattern) => pattern.matches(figure),
            None => figure
                .strip_suffix(&self.name)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.')),
        }
    }

    /// The greatest difference allowed.
    pub fn most(&self) -> f64 {
        self.most
    }

    /// The name or pattern, as it was typed.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl FromStr for Tolerance {
    type Err = ToleranceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).ok_or_else(|| ToleranceError { text: clean(text) })
    }
}

fn parse(text: &str) -> Option<Tolerance> {
    let (name, most) = text.rsplit_once('=')?;
    let most: f64 = most.trim().parse().ok().filter(|most: &f64| *most >= 0.0)?;
    let name = name.trim();
    let pattern = name
        .contains('*')
        .then(|| Pattern::new(&starred(name)))
        .transpose()
        .ok()?;
    (!name.is_empty()).then(|| Tolerance {
        name: name.to_owned(),
        pattern,
        most,
    })
}

/// The name as a glob pattern in which only `*` is special.
fn starred(name: &str) -> String {
    let pieces: Vec<_> = name.split('*').map(Pattern::escape).collect();
    pieces.join("*")
}

/// The greatest difference allowed for a figure: that of the last tolerance that matches it, or 0.
pub(super) fn of(tolerances: &[Tolerance], figure: &str) -> f64 {
    tolerances
        .iter()
        .rev()
        .find(|tolerance| tolerance.is_for(figure))
        .map_or(0.0, Tolerance::most)
}
