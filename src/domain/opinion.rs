//! What a model says of a match.

use serde::{Deserialize, Serialize};

use super::grid::ScoreGrid;
use super::outcome::OutcomeDistribution;
use super::selection::Selection;

/// The rates of a match, from which Dixon and Coles's grid was made.
///
/// Written out in full they make the same grid again, to the last bit.
///
/// ```
/// use simbet::{Rates, ScoreGrid};
/// let rates = Rates { home: 1.6, away: 1.1, rho: 0.0 };
/// let grid = ScoreGrid::dixon_coles(rates.home, rates.away, rates.rho).unwrap();
/// assert!((grid.outcomes()[0] - 0.489573537).abs() < 1e-9);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rates {
    /// Goals expected of the home side in the whole match.
    pub home: f64,
    /// Goals expected of the away side in the whole match.
    pub away: f64,
    /// The correction of low scores; 0 for independent goals.
    pub rho: f64,
}

/// What a model says of a match: a distribution over final scores, probabilities of single selections, or both.
///
/// A market of which it says nothing has no edge, so there is no bet on it.
///
/// ```
/// use simbet::{Opinion, OutcomeDistribution, ScoreGrid, Selection};
/// let mut opinion = Opinion::from(ScoreGrid::poisson(1.6, 1.1).unwrap());
/// assert!((opinion.outcomes().unwrap()[0] - 0.489573537).abs() < 1e-9);
/// opinion.set(Selection::HOME, OutcomeDistribution::binary(0.5));
/// assert_eq!(opinion.distribution(Selection::HOME).unwrap().won, 0.5);
/// let knows_one = Opinion::default();
/// assert_eq!(knows_one.distribution(Selection::HOME), None);
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Opinion {
    grid: Option<ScoreGrid>,
    rates: Option<Rates>,
    /// Each selection once, in order.
    named: Vec<(Selection, OutcomeDistribution)>,
    basis: Option<Basis>,
    /// Of the probabilities of home win, draw and away win.
    standard_errors: Option<[f64; 3]>,
}

/// What a recorded opinion rested on when it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Basis {
    /// How many matches of the home and of the away side the model had seen.
    pub seen: [u32; 2],
    /// Whether these were too few of either side to bet on.
    pub newcomer: bool,
}

impl From<ScoreGrid> for Opinion {
    fn from(grid: ScoreGrid) -> Self {
        Self {
            grid: Some(grid),
            ..Self::default()
        }
    }
}

impl Opinion {
    /// A distribution over final scores that these rates made.
    pub fn of_rates(rates: Rates, grid: ScoreGrid) -> Self {
        Self {
            grid: Some(grid),
            rates: Some(rates),
            named: Vec::new(),
            basis: None,
            standard_errors: None,
        }
    }

    /// Notes what it rested on, where it was made earlier, by a model that learns from results.
    pub(crate) const fn rest_on(&mut self, basis: Basis) {
        self.basis = Some(basis);
    }

    /// What it rested on, where that was noted.
    pub(crate) const fn basis(&self) -> Option<Basis> {
        self.basis
    }

    /// Notes the standard errors of the probabilities of home win, draw and away win.
    pub const fn set_standard_errors(&mut self, errors: [f64; 3]) {
        self.standard_errors = Some(errors);
    }

    /// The standard errors of the probabilities of home win, draw and away win, where the model knows how sure it is.
    ///
    /// ```
    /// use simbet::Opinion;
    /// let mut opinion = Opinion::of_outcomes([0.5, 0.3, 0.2]);
    /// assert_eq!(opinion.standard_errors(), None);
    /// opinion.set_standard_errors([0.04, 0.01, 0.03]);
    /// assert_eq!(opinion.standard_errors(), Some([0.04, 0.01, 0.03]));
    /// ```
    pub const fn standard_errors(&self) -> Option<[f64; 3]> {
        self.standard_errors
    }

    /// Probabilities of home win, draw and away win, and nothing else.
    pub fn of_outcomes(probabilities: [f64; 3]) -> Self {
        let selections = [Selection::HOME, Selection::DRAW, Selection::AWAY];
        let mut opinion = Self::default();
        for (selection, won) in selections.into_iter().zip(probabilities) {
            opinion.set(selection, OutcomeDistribution::binary(won));
        }
        opinion
    }

    /// Names how a bet on a selection ends, which then counts instead of the grid.
    pub fn set(&mut self, selection: Selection, distribution: OutcomeDistribution) {
        match self.place(selection) {
            Ok(place) => self.named[place].1 = distribution,
            Err(place) => self.named.insert(place, (selection, distribution)),
        }
    }

    /// The same with these selections named, which are in order, each once.
    pub(crate) fn with_named(self, named: Vec<(Selection, OutcomeDistribution)>) -> Self {
        Self { named, ..self }
    }

    fn place(&self, selection: Selection) -> Result<usize, usize> {
        self.named
            .binary_search_by_key(&selection, |(named, _)| *named)
    }

    /// The distribution over final scores, where there is one.
    pub const fn grid(&self) -> Option<&ScoreGrid> {
        self.grid.as_ref()
    }

    /// The rates that made the grid, where they are known.
    pub const fn rates(&self) -> Option<Rates> {
        self.rates
    }

    /// The selections that were named one by one, in order.
    pub fn named(&self) -> &[(Selection, OutcomeDistribution)] {
        &self.named
    }

    /// How a bet on this selection ends; `None` where nothing was said of it.
    pub fn distribution(&self, selection: Selection) -> Option<OutcomeDistribution> {
        let named = self.place(selection).ok().map(|place| self.named[place].1);
        named.or_else(|| {
            self.grid
                .as_ref()
                .map(|grid| OutcomeDistribution::of(selection, grid))
        })
    }

    /// The probabilities of home win, draw and away win; `None` unless all three are known.
    pub fn outcomes(&self) -> Option<[f64; 3]> {
        if self.named.is_empty() {
            return self.grid.as_ref().map(ScoreGrid::outcomes);
        }
        let won = |selection| self.distribution(selection).map(|all| all.won);
        Some([
            won(Selection::HOME)?,
            won(Selection::DRAW)?,
            won(Selection::AWAY)?,
        ])
    }

    /// The expected goals of both sides at full time, which only a distribution over scores has.
    pub fn expected_goals(&self) -> Option<[f64; 2]> {
        self.grid.as_ref().map(ScoreGrid::expected_goals)
    }
}
