//! The table of a league: points, goals and ranks.

use rand::Rng;
use rand::seq::SliceRandom as _;

use super::rules::{Rules, TieBreak};
use crate::domain::Score;

/// The table of a league; teams are numbered from 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Standings {
    win: i32,
    criteria: &'static [Criterion],
    lines: Vec<Line>,
    /// Points and goals of each team (row) against each other (column).
    pairs: Vec<Pair>,
}

/// The row of one team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Line {
    /// Matches played.
    pub played: u32,
    /// Matches won.
    pub won: u32,
    /// Points after deductions.
    pub points: i32,
    /// Goals scored.
    pub scored: i32,
    /// Goals conceded.
    pub conceded: i32,
}

impl Line {
    /// Goals scored less goals conceded.
    pub fn goal_difference(&self) -> i32 {
        self.scored - self.conceded
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Pair {
    points: i32,
    goals: i32,
}

/// A criterion by which a table is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Criterion {
    Points,
    Wins,
    GoalDifference,
    Goals,
    HeadToHead,
}

impl TieBreak {
    const fn criteria(self) -> &'static [Criterion] {
        use Criterion::{GoalDifference, Goals, HeadToHead, Points, Wins};
        match self {
            Self::GoalDifference => &[Points, GoalDifference, Goals, HeadToHead],
            Self::HeadToHead => &[Points, HeadToHead, GoalDifference, Goals],
            Self::Wins => &[Points, Wins, GoalDifference, Goals],
        }
    }
}

impl Standings {
    /// The table before the first match.
    pub fn new(teams: usize, rules: &Rules) -> Self {
        Self {
            win: i32::from(rules.win),
            criteria: rules.tie_break.criteria(),
            lines: vec![Line::default(); teams],
            pairs: vec![Pair::default(); teams * teams],
        }
    }

    /// Counts a match.
    ///
    /// # Panics
    /// When there is no such team.
    ///
    /// ```
    /// use simbet::Score;
    /// use simbet::Rules;
    /// use simbet::internals::season::Standings;
    /// let mut table = Standings::new(2, &Rules::of("E0"));
    /// table.add(0, 1, Score { home: 2, away: 2 });
    /// table.add(1, 0, Score { home: 0, away: 3 });
    /// assert_eq!(table.line(0).points, 4);
    /// assert_eq!(table.line(1).goal_difference(), -3);
    /// ```
    pub fn add(&mut self, home: usize, away: usize, score: Score) {
        let [scored, conceded] = [score.home, score.away].map(i32::from);
        self.add_side(home, away, scored, conceded);
        self.add_side(away, home, conceded, scored);
    }

    fn add_side(&mut self, team: usize, other: usize, scored: i32, conceded: i32) {
        let points = match scored.cmp(&conceded) {
            std::cmp::Ordering::Greater => self.win,
            std::cmp::Ordering::Equal => 1,
            std::cmp::Ordering::Less => 0,
        };
        let pair = &mut self.pairs[team * self.lines.len() + other];
        pair.points += points;
        pair.goals += scored;
        let line = &mut self.lines[team];
        line.played += 1;
        line.won += u32::from(scored > conceded);
        line.points += points;
        line.scored += scored;
        line.conceded += conceded;
    }

    /// Deducts points from a team.
    ///
    /// # Panics
    /// When there is no such team.
    pub fn deduct(&mut self, team: usize, points: i32) {
        self.lines[team].points -= points;
    }

    /// The row of a team.
    ///
    /// # Panics
    /// When there is no such team.
    pub fn line(&self, team: usize) -> Line {
        self.lines[team]
    }

    /// Copies a table of the same size without allocating.
    pub(super) fn copy_from(&mut self, other: &Self) {
        self.lines.clone_from(&other.lines);
        self.pairs.clone_from(&other.pairs);
    }

    /// The teams from first to last. Teams that are level by all criteria are shuffled with `lots`.
    ///
    /// ```
    /// use simbet::Score;
    /// use simbet::Rules;
    /// use simbet::internals::season::Standings;
    /// use simbet::internals::source::synthetic::{Purpose, stream};
    /// let mut table = Standings::new(3, &Rules::of("E0"));
    /// table.add(0, 1, Score { home: 0, away: 1 });
    /// assert_eq!(table.rank(&mut stream(1, 0, Purpose::Lots)), [1, 2, 0]);
    /// ```
    pub fn rank(&self, lots: &mut impl Rng) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.lines.len()).collect();
        let mut keys = vec![(0, 0); order.len()];
        self.part(&mut order, self.criteria, &mut keys, lots);
        order
    }

    /// Sorts teams that are level so far by the next criterion, and those still level by the others.
    fn part(
        &self,
        level: &mut [usize],
        criteria: &[Criterion],
        keys: &mut [(i32, i32)],
        lots: &mut impl Rng,
    ) {
        let Some((&criterion, rest)) = criteria.split_first() else {
            return level.shuffle(lots);
        };
        for &team in &*level {
            keys[team] = self.key(criterion, team, level);
        }
        level.sort_by_key(|&team| std::cmp::Reverse(keys[team]));
        let mut start = 0;
        while start < level.len() {
            let key = keys[level[start]];
            let end = start
                + level[start..]
                    .iter()
                    .take_while(|&&team| keys[team] == key)
                    .count();
            if end - start > 1 {
                // a smaller group has a head-to-head table of its own
                let again = criterion == Criterion::HeadToHead && end - start < level.len();
                self.part(
                    &mut level[start..end],
                    if again { criteria } else { rest },
                    keys,
                    lots,
                );
            }
            start = end;
        }
    }

    fn key(&self, criterion: Criterion, team: usize, level: &[usize]) -> (i32, i32) {
        let line = &self.lines[team];
        match criterion {
            Criterion::Points => (line.points, 0),
            Criterion::Wins => (i32::try_from(line.won).unwrap_or(i32::MAX), 0),
            Criterion::GoalDifference => (line.goal_difference(), 0),
            Criterion::Goals => (line.scored, 0),
            Criterion::HeadToHead => self.head_to_head(team, level),
        }
    }

    /// Points and goal difference of a team in the matches among `level`.
    fn head_to_head(&self, team: usize, level: &[usize]) -> (i32, i32) {
        let n = self.lines.len();
        level.iter().fold((0, 0), |(points, goals), &other| {
            let (taken, given) = (self.pairs[team * n + other], self.pairs[other * n + team]);
            (points + taken.points, goals + taken.goals - given.goals)
        })
    }
}
