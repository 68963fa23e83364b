//! A league whose true strengths are known.

use chacha20::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use super::config::{LeagueConfig, Teams};
use super::stream::{Purpose, stream};
use crate::domain::ScoreGrid;
use crate::predict::Prior;

/// The true strengths of a run, round after round.
#[derive(Debug)]
pub(super) struct League {
    strengths: Vec<Strength>,
    /// The mean over the teams, which each is drawn back to.
    mean: Strength,
    /// ln of the goals of an average home side and of an average away side.
    levels: [f64; 2],
    drift: f64,
    /// What is left of the distance to the mean after a round.
    persistence: f64,
    random: ChaCha8Rng,
}

/// Attack and defence of a team, in log goals.
#[derive(Debug, Clone, Copy, Default)]
struct Strength {
    attack: f64,
    defence: f64,
}

impl League {
    pub fn new(config: &LeagueConfig, seed: u64, run: u64) -> Self {
        let mut random = stream(seed, run, Purpose::Strengths);
        let strengths = match &config.teams {
            Teams::Drawn { count, spread } => {
                (0..*count).map(|_| drawn(*spread, &mut random)).collect()
            }
            Teams::Given(teams) => teams
                .iter()
                .map(|team| Strength {
                    attack: team.attack,
                    defence: team.defence,
                })
                .collect(),
        };
        let [attack, defence] = config.mean_strength();
        // the variance of the walk, s² = persistence²·s² + drift², stays that of the teams
        let persistence = (1.0 - (config.drift / config.spread()).powi(2))
            .max(0.0)
            .sqrt();
        let levels = config.goals.map(f64::ln);
        Self {
            strengths,
            mean: Strength { attack, defence },
            levels,
            drift: config.drift,
            persistence,
            random,
        }
    }

    /// Expected goals of both sides when one team is at home to another.
    pub fn rates(&self, [home, away]: [usize; 2]) -> [f64; 2] {
        let (home, away) = (&self.strengths[home], &self.strengths[away]);
        let log = [
            self.levels[0] + home.attack - away.defence,
            self.levels[1] + away.attack - home.defence,
        ];
        log.map(|log| log.exp().min(ScoreGrid::MAX_RATE))
    }

    /// Moves the strengths to the next round.
    pub fn next_round(&mut self) {
        if self.drift == 0.0 {
            return;
        }
        let (persistence, mean) = (self.persistence, self.mean);
        for strength in &mut self.strengths {
            // the changes have the correlation of the strengths, or that would fall over time
            let step = drawn(self.drift, &mut self.random);
            strength.attack =
                mean.attack + persistence * (strength.attack - mean.attack) + step.attack;
            strength.defence =
                mean.defence + persistence * (strength.defence - mean.defence) + step.defence;
        }
    }
}

/// The correlation of attack and defence, as fitted to real teams.
fn drawn(spread: f64, random: &mut ChaCha8Rng) -> Strength {
    let correlation = Prior::default().correlation;
    let [first, second]: [f64; 2] = [StandardNormal.sample(random), StandardNormal.sample(random)];
    let attack = spread * first;
    let defence =
        spread * (correlation * first + (1.0 - correlation * correlation).sqrt() * second);
    Strength { attack, defence }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::synthetic::Team;

    /// Mean square of attack, of defence, and mean product of both, over the teams of many leagues after some rounds.
    fn moments(config: &LeagueConfig, rounds: usize) -> [f64; 3] {
        let mut sums = [0.0; 3];
        let leagues = 60;
        for run in 0..leagues {
            let mut league = League::new(config, 1, run);
            (0..rounds).for_each(|_| league.next_round());
            for one in &league.strengths {
                let products = [
                    one.attack * one.attack,
                    one.defence * one.defence,
                    one.attack * one.defence,
                ];
                sums.iter_mut()
                    .zip(products)
                    .for_each(|(sum, product)| *sum += product);
            }
        }
        sums.map(|sum| sum / (leagues as f64 * config.size() as f64))
    }

    /// The variance of 1,200 normal strengths has a standard error of √(2/1200) = 4.1 % of itself; four of them.
    fn assert_stays(config: &LeagueConfig, spread: f64, correlation: f64) {
        let after = moments(config, 2000);
        let expected = [
            spread * spread,
            spread * spread,
            correlation * spread * spread,
        ];
        for (after, expected) in after.into_iter().zip(expected) {
            assert!(
                (after - expected).abs() < 0.164 * spread * spread,
                "{after} should be about {expected}"
            );
        }
    }

    #[test]
    fn drift_kept_attack_and_defence_apart_but_not_together() {
        let teams = Teams::Drawn {
            count: 20,
            spread: 0.25,
        };
        let config = LeagueConfig {
            teams,
            drift: 0.03,
            ..LeagueConfig::default()
        };
        assert_stays(&config, 0.25, Prior::default().correlation);
    }

    #[test]
    fn drift_took_given_teams_further_apart_than_they_had_been() {
        let team = |k: i32| {
            let strength = if k % 2 == 0 { 0.25 } else { -0.25 };
            Team {
                name: k.to_string(),
                attack: strength,
                defence: strength,
            }
        };
        let teams = Teams::Given((0..20).map(team).collect());
        let config = LeagueConfig {
            teams,
            drift: 0.03,
            ..LeagueConfig::default()
        };
        assert_stays(&config, 0.25, Prior::default().correlation);
    }
}
