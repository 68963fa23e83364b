//! The columns of what is counted in a match beside its goals.

use super::columns::Target;
use super::header::Header;
use crate::domain::Statistic;

/// The columns of statistics: of each both sides, since a count of one alone says nothing.
#[derive(Debug, Clone, Default)]
pub(super) struct StatisticColumns {
    pairs: Vec<(Statistic, [usize; 2])>,
    referee: Option<usize>,
    expected_goals: Option<[usize; 2]>,
}

impl StatisticColumns {
    /// The columns in a header, of which those that are `taken` for scores and teams are none: `HS` and `AS` are scores in
    /// some files.
    pub fn new(header: &Header<'_>, taken: &[usize]) -> Self {
        let both = |of: &dyn Fn(usize) -> Target| {
            let [home, away] = [0, 1].map(|side| header.find(of(side)));
            let columns = [home?, away?];
            let is_free = columns[0] != columns[1] && !columns.iter().any(|it| taken.contains(it));
            is_free.then_some(columns)
        };
        let pairs = Statistic::ALL.into_iter().filter_map(|statistic| {
            let columns = both(&|side| Target::Statistic(statistic, side))?;
            Some((statistic, columns))
        });
        Self {
            pairs: pairs.collect(),
            referee: header.find(Target::Referee),
            expected_goals: both(&Target::ExpectedGoals),
        }
    }

    /// Every column of a statistic, with the statistic; of the home side (0) and of the away side (1).
    pub fn pairs(&self) -> &[(Statistic, [usize; 2])] {
        &self.pairs
    }

    /// The column of the referee.
    pub const fn referee(&self) -> Option<usize> {
        self.referee
    }

    /// The columns of expected goals, of the home and of the away side.
    pub const fn expected_goals(&self) -> Option<[usize; 2]> {
        self.expected_goals
    }

    /// All of them, counted from 0.
    pub fn columns(&self) -> impl Iterator<Item = usize> {
        let counts = self.pairs.iter().flat_map(|(_, columns)| *columns);
        let expected = self.expected_goals.into_iter().flatten();
        counts.chain(self.referee).chain(expected)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty() && self.referee.is_none() && self.expected_goals.is_none()
    }
}
