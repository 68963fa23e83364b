//! Which expected goals results alone determine, without a prior.

use super::counts::{Counts, NOTHING};

/// The attacks and then the defences of all teams, each with the first of those that it is tied to.
#[derive(Debug, Clone)]
pub(super) struct Ties {
    teams: usize,
    first: Vec<usize>,
    /// Whether any match had a side at home.
    home_sides: bool,
}

impl Ties {
    /// The ties by these matches.
    pub(super) fn of(counts: &Counts) -> Self {
        let n = counts.teams;
        let mut ties = Self {
            teams: n,
            first: (0..2 * n).collect(),
            home_sides: counts.has_home_sides(),
        };
        for (home, away) in counts.met() {
            ties.tie(home, away);
        }
        ties
    }

    /// Whether the results determine the expected goals of both sides of a match.
    ///
    /// They do where each side has scored and conceded, and where the attack of each is tied to the defence of the other by
    /// matches: between teams that never met, not even through others, everything is possible.
    pub(super) fn determine(
        &self,
        counts: &Counts,
        [home, away]: [usize; 2],
        neutral: bool,
    ) -> bool {
        let has_goals =
            |team: usize| counts.scored[team] > NOTHING && counts.conceded[team] > NOTHING;
        has_goals(home)
            && has_goals(away)
            && (neutral || self.home_sides)
            && self.are_tied(home, away)
            && self.are_tied(away, home)
    }

    /// Takes note that two teams met.
    fn tie(&mut self, home: usize, away: usize) {
        for (attack, defence) in [(home, away), (away, home)] {
            let [a, b] = [attack, self.teams + defence].map(|strength| self.shortened(strength));
            self.first[a.max(b)] = a.min(b);
        }
    }

    /// As [`Self::first_of`], and later walks over the same strengths are half as long: chains of ties may be as long as the
    /// league is large.
    fn shortened(&mut self, mut strength: usize) -> usize {
        while self.first[strength] != strength {
            self.first[strength] = self.first[self.first[strength]];
            strength = self.first[strength];
        }
        strength
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

    fn is_determined(counts: &Counts, sides: [usize; 2], neutral: bool) -> bool {
        Ties::of(counts).determine(counts, sides, neutral)
    }

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
    fn a_long_chain_of_teams_ties_its_ends() {
        // each team met the next one, and three of them each other, so that attacks are tied to attacks
        let teams = 20_000;
        let chain = (1..teams).map(|team| [team - 1, team]);
        let matches: Vec<_> = chain.chain([[0, 2]]).collect();
        let chain = counts(teams, &matches);
        assert!(chain.is_large);
        assert!(is_determined(&chain, [0, teams - 1], false));
        let broken = counts(teams, &[&matches[..9_999], &matches[10_000..]].concat());
        assert!(!is_determined(&broken, [0, teams - 1], false));
        assert!(is_determined(&broken, [0, 9_998], false));
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
