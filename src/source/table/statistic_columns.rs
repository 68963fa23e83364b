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
    taught: TaughtColumns,
}

/// The columns of what goal models learn in place of goals, and of how much a match teaches. They may be any columns, those of
/// goals or prices too.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct TaughtColumns {
    pub goals: Option<[usize; 2]>,
    pub weight: Option<usize>,
    /// Whether goals are asked for, whether this file has them or not.
    pub wants_goals: bool,
    pub wants_weight: bool,
}

impl TaughtColumns {
    fn new(header: &Header<'_>) -> Self {
        let [home, away] = [0, 1].map(|side| header.find(Target::TaughtGoals(side)));
        let goals = home.zip(away).map(|(home, away)| [home, away]);
        let weight = header.find(Target::TaughtWeight);
        Self {
            goals,
            weight,
            wants_goals: goals.is_some() || header.wants(Target::TaughtGoals(0)),
            wants_weight: weight.is_some() || header.wants(Target::TaughtWeight),
        }
    }
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
            taught: TaughtColumns::new(header),
        }
    }

    /// Those that teach in place of goals, without what is counted beside them.
    pub fn of_teaching(header: &Header<'_>) -> Self {
        Self {
            taught: TaughtColumns::new(header),
            ..Self::default()
        }
    }

    /// The columns that teach in place of goals.
    pub const fn taught(&self) -> TaughtColumns {
        self.taught
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
        let taught = self.taught.goals.into_iter().flatten();
        let taught = taught.chain(self.taught.weight);
        counts.chain(self.referee).chain(expected).chain(taught)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        let wants_nothing = !self.taught.wants_goals && !self.taught.wants_weight;
        let counts_nothing = self.pairs.is_empty() && self.referee.is_none();
        counts_nothing && self.expected_goals.is_none() && wants_nothing
    }
}
