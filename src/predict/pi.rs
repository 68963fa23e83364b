//! The pi model: goals that pi-ratings expect, as probabilities.

use super::ModelConfig;
use super::rated::{Rated, Rating};
use super::ratings::PiRatings;
use crate::domain::{Fixture, TeamId};

/// The rating of a team that joins a known league: better than 0 by the log loss of 121,299 matches of 17 divisions.
const NEWCOMER: f64 = -0.15;

/// A model of pi-ratings (Constantinou & Fenton 2013).
pub(super) type Pi = Rated<PiRatings>;

pub(super) fn model(config: &ModelConfig) -> Pi {
    Rated::new(config)
}

impl Rating for PiRatings {
    const STATE: &str = "state of the pi model";
    /// τ and β as fitted to 121,299 matches of 17 divisions from 2000-01 on. There h is .10, because ratings at home have grown;
    /// before any result it is all that is known of playing at home.
    const EXPECTED: [f64; 3] = [0.37, 0.6, 0.89];

    /// The goal difference that the ratings expect.
    fn difference(&self, fixture: &Fixture, newcomers: [bool; 2]) -> f64 {
        let [home, away] = newcomers.map(|is_new| if is_new { Self::goals(NEWCOMER) } else { 0.0 });
        self.goal_difference(fixture) + home - away
    }

    fn enter_newcomer(&mut self, team: TeamId) {
        self.start_at(team, NEWCOMER);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::{LeagueId, Match, MatchStatus, Names, Score, Time};
    use crate::predict::ratings::{Folded as _, PiScale};

    /// The matches of eight seasons of the Premier League, in order; `None`, with a word, where they are not at hand.
    fn premier_league() -> Option<Vec<Match>> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/football-data");
        let (mut names, mut matches) = (Names::default(), Vec::new());
        for season in 2008..2016 {
            let file = format!("{folder}/E0_{season}-{:02}.csv", (season + 1) % 100);
            let Ok(bytes) = std::fs::read(&file) else {
                eprintln!("skipped: {file} is not there");
                return None;
            };
            let text = String::from_utf8_lossy(&bytes).into_owned();
            for row in text.lines().skip(1) {
                let cells: Vec<&str> = row.split(',').collect();
                let goals = [4, 5].map(|at| cells.get(at).and_then(|cell| cell.parse().ok()));
                let [Some(home), Some(away)] = goals else {
                    continue;
                };
                let [home_team, away_team] = [2, 3].map(|at| names.intern_team(cells[at]));
                let fixture = Fixture {
                    id: row.into(),
                    league: LeagueId(0),
                    home: home_team,
                    away: away_team,
                    season,
                    day: Time::from_days(matches.len() as i64),
                    kickoff: None,
                    neutral: false,
                };
                matches.push(Match {
                    fixture: Arc::new(fixture),
                    score: Score { home, away },
                    status: MatchStatus::Played,
                    statistics: None,
                });
            }
        }
        assert_eq!(matches.len(), 8 * 380);
        Some(matches)
    }

    /// The mean squared errors that the R package `piratings` prints for λ .06, γ .6 and λ .035, γ .7.
    #[test]
    fn goal_differences_are_as_far_off_as_is_published() {
        let Some(matches) = premier_league() else {
            return;
        };
        for (learning_rate, catch_up, published) in [(0.06, 0.6, 2.656731), (0.035, 0.7, 2.685293)]
        {
            let mut ratings = PiRatings::new(PiScale {
                learning_rate,
                catch_up,
            });
            let mut sum = 0.0;
            for played in &matches {
                let actual = f64::from(played.score.home) - f64::from(played.score.away);
                sum += (actual - ratings.goal_difference(&played.fixture)).powi(2);
                ratings.learn(played);
            }
            let mean = sum / matches.len() as f64;
            assert!(
                (mean - published).abs() < 5e-7,
                "{mean}, published {published}"
            );
        }
    }
}
