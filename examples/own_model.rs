//! A model of your own: every team is as good as its goals per match so far, shrunk to the league's mean.
//!
//! ```sh
//! cargo run --release --example own_model
//! ```

use std::collections::HashMap;

use simbet::Engine;
use simbet::run;
use simbet::{Match, Offer, Opinion, ScoreGrid, TeamId, Time};
use simbet::{PredictError, Predictor};
use simbet::{Replay, read};
use simbet::{RunConfig, Settings};

/// Goals scored and conceded, and matches, by team and over all.
#[derive(Default)]
struct GoalsPerMatch {
    teams: HashMap<TeamId, [f64; 3]>,
    home_goals: f64,
    away_goals: f64,
    matches: f64,
}

impl GoalsPerMatch {
    /// How many times the mean a team scores and concedes, as if it had played ten average matches before.
    fn strength(&self, team: TeamId, mean: f64) -> [f64; 2] {
        let [scored, conceded, matches] = self.teams.get(&team).copied().unwrap_or_default();
        let shrunk = |goals: f64| (goals + 10.0 * mean) / ((matches + 10.0) * mean);
        [shrunk(scored), shrunk(conceded)]
    }
}

impl Predictor for GoalsPerMatch {
    fn observe(&mut self, played: &Match) {
        let (home, away) = (f64::from(played.score.home), f64::from(played.score.away));
        for (team, scored, conceded) in [
            (played.fixture.home, home, away),
            (played.fixture.away, away, home),
        ] {
            let sums = self.teams.entry(team).or_default();
            *sums = [sums[0] + scored, sums[1] + conceded, sums[2] + 1.0];
        }
        self.home_goals += home;
        self.away_goals += away;
        self.matches += 1.0;
    }

    fn predict(&mut self, offer: &Offer, _now: Time) -> Result<Option<Opinion>, PredictError> {
        if self.matches < 50.0 {
            return Ok(None);
        }
        let (home_mean, away_mean) = (
            self.home_goals / self.matches,
            self.away_goals / self.matches,
        );
        let mean = (home_mean + away_mean) / 2.0;
        let [home_scores, home_concedes] = self.strength(offer.fixture.home, mean);
        let [away_scores, away_concedes] = self.strength(offer.fixture.away, mean);
        Ok(ScoreGrid::poisson(
            home_mean * home_scores * away_concedes,
            away_mean * away_scores * home_concedes,
        )
        .ok()
        .map(Opinion::from))
    }
}

/// Runs it on the sample.
pub fn main() -> Result<(), Box<dyn std::error::Error>> {
    let config = RunConfig::resolve(&Settings::from_toml(
        "strategy = 'kelly'\nkelly_fraction = 0.25",
    )?)?;
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/epl.csv").to_owned();
    let matches = read(&[file], &config.read, &|_, _| {})?;
    let mut engine =
        Engine::new(&config.engine)?.with_models(|_league| Box::new(GoalsPerMatch::default()));
    let summary = run(
        &mut Replay::new(matches.into(), config.replay),
        &mut engine,
        &mut [],
        &mut |_| {},
    )?;
    println!(
        "{} bets, profit {}, model {:?}",
        summary.bets, summary.profit, summary.model
    );
    assert!(summary.predicted > 690 && summary.model.log_loss < Some(1.0));
    Ok(())
}
