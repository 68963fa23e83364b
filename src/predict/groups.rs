//! Which teams of a fit can be compared: those that have met, or met others that have.

use super::counts::Counts;

/// Teams that have met each other, at least through others, and nobody else.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Group {
    /// The teams, in order.
    pub teams: Vec<usize>,
    /// Whether they come in two halves of which each met only teams of the other. Their strengths are then determined,
    /// but not how far each is attack and how far defence.
    pub halved: bool,
}

impl Group {
    /// The groups of all teams, in the order of their first teams.
    pub(super) fn all(counts: &Counts) -> Vec<Self> {
        let opponents = opponents(counts);
        let mut halves = vec![None; counts.teams];
        let mut groups = Vec::new();
        for first in 0..counts.teams {
            if halves[first].is_none() {
                groups.push(Self::around(first, &opponents, &mut halves));
            }
        }
        groups
    }

    /// The group of a team that is in none yet. Teams are coloured in turn: one whose opponent has its own colour shows
    /// that there are no halves.
    fn around(first: usize, opponents: &[Vec<usize>], halves: &mut [Option<bool>]) -> Self {
        let mut group = Self {
            teams: Vec::new(),
            halved: true,
        };
        halves[first] = Some(false);
        let mut open = vec![(first, false)];
        while let Some((team, half)) = open.pop() {
            group.teams.push(team);
            for &other in &opponents[team] {
                match halves[other] {
                    Some(known) => group.halved &= known != half,
                    None => {
                        halves[other] = Some(!half);
                        open.push((other, !half));
                    }
                }
            }
        }
        group.teams.sort_unstable();
        group
    }
}

/// The opponents of each team in matches of positive weight.
fn opponents(counts: &Counts) -> Vec<Vec<usize>> {
    let mut opponents = vec![Vec::new(); counts.teams];
    for (home, away) in counts.met() {
        opponents[home].push(away);
        opponents[away].push(home);
    }
    opponents
}
