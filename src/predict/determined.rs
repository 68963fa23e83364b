//! Which expected goals results alone determine, without a prior.

use super::counts::{Counts, NOTHING};

/// Whether the results determine the expected goals of both sides of a match.
///
/// They do where each side has scored and conceded, and where the attack of each is tied to the defence of the other by
/// matches: between teams that never met, not even through others, everything is possible.
pub(super) fn is_determined(counts: &Counts, [home, away]: [usize; 2], neutral: bool) -> bool {
    let has_goals = |team: usize| counts.scored[team] > NOTHING && counts.conceded[team] > NOTHING;
    let has_home_sides = || counts.weight.iter().any(|&weight| weight > NOTHING);
    if !has_goals(home) || !has_goals(away) || !(neutral || has_home_sides()) {
        return false;
    }
    let ties = Ties::of(counts);
    ties.are_tied(home, away) && ties.are_tied(away, home)
}

/// The attacks and then the defences of all teams, each with the first of those that it is tied to.
struct Ties {
    teams: usize,
    first: Vec<usize>,
}

impl Ties {
    fn of(counts: &Counts) -> Self {
        let n = counts.teams;
        let mut ties = Self {
            teams: n,
            first: (0..2 * n).collect(),
        };
        for pair in (0..n * n).filter(|&pair| counts.weight[pair] > NOTHING) {
            ties.tie(pair / n, pair % n);
        }
        for pair in counts.neutral.iter().filter(|pair| pair.weight > NOTHING) {
            ties.tie(pair.home, pair.away);
        }
        ties
    }

    /// Takes note that two teams met.
    fn tie(&mut self, home: usize, away: usize) {
        for (attack, defence) in [(home, away), (away, home)] {
            let (a, b) = (self.first_of(attack), self.first_of(self.teams + defence));
            self.first[a.max(b)] = a.min(b);
        }
    }

    fn first_of(&self, mut strength: usize) -> usize {
        while self.first[strength] != strength {
            strength = self.first[strength];
        }
        strength
    }

    fn are_tied(&self, attack: usize, defence: usize) -> bool {
        self.first_of(attack) == self.first_of(self.teams + defence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Score;

    /// The counts of `teams` teams between which these matches ended 2–1.
    fn counts(teams: usize, matches: &[[usize; 2]]) -> Counts {
        let mut counts = Counts::default();
        counts.reset(teams);
        for &sides in matches {
            counts.add(sides, Score { home: 2, away: 1 }, 1.0, false);
        }
        counts
    }

    #[test]
    fn teams_that_never_met_through_others_cannot_be_compared() {
        let two_groups = counts(6, &[[0, 1], [1, 2], [2, 0], [3, 4], [4, 5], [5, 3]]);
        assert!(is_determined(&two_groups, [0, 2], false));
        assert!(!is_determined(&two_groups, [0, 3], false));
        // two halves that met only each other
        let halves = counts(4, &[[0, 2], [3, 0], [1, 2], [3, 1]]);
        assert!(is_determined(&halves, [0, 3], false));
        assert!(!is_determined(&halves, [0, 1], false));
    }

    #[test]
    fn a_team_without_goals_has_no_strength() {
        let mut counts = counts(3, &[[0, 1], [1, 0]]);
        counts.add([2, 0], Score { home: 0, away: 1 }, 1.0, false);
        counts.add([1, 2], Score { home: 1, away: 0 }, 1.0, false);
        assert!(is_determined(&counts, [0, 1], false));
        assert!(!is_determined(&counts, [0, 2], false));
    }

    #[test]
    fn neutral_grounds_say_nothing_of_home_advantage() {
        let mut counts = Counts::default();
        counts.reset(3);
        for sides in [[0, 1], [1, 2], [2, 0]] {
            counts.add(sides, Score { home: 2, away: 1 }, 1.0, true);
        }
        assert!(is_determined(&counts, [0, 1], true));
        assert!(!is_determined(&counts, [0, 1], false));
    }
}
