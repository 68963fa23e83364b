//! How much each figure may move.

use std::str::FromStr;

use glob::Pattern;

use super::clean;

/// The most that the figures of a name may move, as it was typed: `yield=0.001`, `luck.*=1e-9`, `bets.stake=0.01`,
/// `*.p=inf`.
///
/// A name is a figure's whole name or its last parts, so that `log_loss` is `model.log_loss` and `market.log_loss`;
/// `*` stands for any characters, dots included. The amount is the greatest difference, either way, in the figure's own
/// unit; `inf` lets it move, come or go as it likes.
///
/// ```
/// use simbet::report::compare::Tolerance;
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

/// Why a tolerance is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected NAME=AMOUNT such as yield=0.001, the amount 0 or more, or inf; it was {text:?}")]
pub struct ToleranceError {
    text: String,
}

impl Tolerance {
    /// Whether it is for the figure of this name.
    pub fn is_for(&self, figure: &str) -> bool {
        match &self.pattern {
            Some(pattern) => pattern.matches(figure),
            None => figure
                .strip_suffix(&self.name)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.')),
        }
    }

    /// The most that such a figure may move.
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

/// The name as a pattern in which nothing but `*` has a meaning of its own.
fn starred(name: &str) -> String {
    let pieces: Vec<_> = name.split('*').map(Pattern::escape).collect();
    pieces.join("*")
}

/// What the figure of a name may move: what the last tolerance for it says, 0 where none does.
pub(super) fn of(tolerances: &[Tolerance], figure: &str) -> f64 {
    tolerances
        .iter()
        .rev()
        .find(|tolerance| tolerance.is_for(figure))
        .map_or(0.0, Tolerance::most)
}
