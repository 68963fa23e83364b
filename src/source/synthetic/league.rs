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
    /// What each strength is drawn back to.
    means: Vec<Strength>,
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
        let (strengths, means) = match &config.teams {
            Teams::Drawn { count, spread } => {
                ((0..*count).map(|_| drawn(*spread, &mut random)).collect(), vec![Strength::default(); *count])
            }
            Teams::Given(teams) => {
                let given = || teams.iter().map(|team| Strength { attack: team.attack, defence: team.defence });
                (given().collect(), given().collect())
            }
        };
        // the variance of the walk, s² = persistence²·s² + drift², stays that of the teams
        let persistence = (1.0 - (config.drift / config.spread()).powi(2)).max(0.0).sqrt();
        let levels = config.goals.map(f64::ln);
        Self { strengths, means, levels, drift: config.drift, persistence, random }
    }

    /// Expected goals of both sides when one team is at home to another.
    pub fn rates(&self, [home, away]: [usize; 2]) -> [f64; 2] {
        let (home, away) = (&self.strengths[home], &self.strengths[away]);
        let log = [self.levels[0] + home.attack - away.defence, self.levels[1] + away.attack - home.defence];
        log.map(|log| log.exp().min(ScoreGrid::MAX_RATE))
    }

    /// Lets strengths drift to the next round.
    pub fn next_round(&mut self) {
        if self.drift == 0.0 {
            return;
        }
        let (drift, persistence) = (self.drift, self.persistence);
        for (strength, mean) in self.strengths.iter_mut().zip(&self.means) {
            for (value, mean) in [(&mut strength.attack, mean.attack), (&mut strength.defence, mean.defence)] {
                let step: f64 = StandardNormal.sample(&mut self.random);
                *value = mean + persistence * (*value - mean) + drift * step;
            }
        }
    }
}

/// Attack and defence go together as they do in what models believe of real teams.
fn drawn(spread: f64, random: &mut ChaCha8Rng) -> Strength {
    let correlation = Prior::default().correlation;
    let [first, second]: [f64; 2] = [StandardNormal.sample(random), StandardNormal.sample(random)];
    let attack = spread * first;
    let defence = spread * (correlation * first + (1.0 - correlation * correlation).sqrt() * second);
    Strength { attack, defence }
}
