//! `POST /simulate/match`.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::sync::OwnedSemaphorePermit;
use utoipa::{IntoParams, ToSchema};

use super::responses::{Busy, Invalid, Limited};
use crate::domain::{Score, Time};
use crate::serve::clock;
use crate::serve::params::{NoBody, Params};
use crate::serve::problem::Problem;
use crate::serve::simulated_id::SIMULATED;
use crate::serve::simulation::{self, MatchSpec, Moment};
use crate::serve::state::App;
use crate::serve::views::{Bet, EventAnswer, ResultAnswer};

/// The match to simulate.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SimulationQuery {
    /// The home side; `Rovers` by default.
    #[param(
        min_length = 1,
        max_length = 128,
        pattern = r"^[\t\n\r ]*[^\x00-\x1f\x7f-\x9f]+[\t\n\r ]*$"
    )]
    home_team: Option<String>,
    /// The away side; `Wanderers` by default.
    #[param(
        min_length = 1,
        max_length = 128,
        pattern = r"^[\t\n\r ]*[^\x00-\x1f\x7f-\x9f]+[\t\n\r ]*$"
    )]
    away_team: Option<String>,
    /// Prices are offered up to this minute of play; 90 by default. The final score is that of a whole match.
    #[param(minimum = 1, maximum = 130)]
    duration_minutes: Option<u8>,
    /// The seed of everything random in the match; by default another one each time.
    #[param(minimum = 0, maximum = 9_007_199_254_740_991_u64)]
    seed: Option<u64>,
    /// Minutes of play a second: the answer then comes at once, and the match is played in the background. Without it,
    /// the answer comes when the match has been played.
    #[param(minimum = 0.1, maximum = 1000)]
    pace: Option<f64>,
}

/// The largest whole number that every reader of JSON reads as it is: 2⁵³ − 1.
const MAX_SEED: u64 = (1 << 53) - 1;

/// A match that was simulated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Simulated {
    /// The id of the match.
    pub match_id: String,
    /// The home side.
    pub home_team: String,
    /// The away side.
    pub away_team: String,
    /// The seed of everything random in it: with the same teams and seed it is the same match.
    pub seed: u64,
    /// Whether it is over; one with a pace has only begun.
    pub is_over: bool,
    /// What came of each event, in order.
    pub events: Vec<EventAnswer>,
    /// Every bet, as it was settled.
    pub bets: Vec<Bet>,
    /// The final score, once it is over.
    #[schema(required = true)]
    pub final_score: Option<FinalScore>,
    /// The profit of the bets, in units of currency, once it is over.
    #[schema(required = true)]
    pub profit: Option<f64>,
    /// The balance afterwards, in units of currency, once it is over.
    #[schema(required = true)]
    pub bankroll: Option<f64>,
}

/// Goals of both sides at full time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FinalScore {
    /// Goals of the home side.
    pub home_goals: u8,
    /// Goals of the away side.
    pub away_goals: u8,
}

impl SimulationQuery {
    fn read(params: &Params) -> Result<Self, Problem> {
        params.only(&["home_team", "away_team", "duration_minutes", "seed", "pace"])?;
        Ok(Self {
            home_team: params.name("home_team")?,
            away_team: params.name("away_team")?,
            duration_minutes: params.number(
                "duration_minutes",
                [1, 130],
                "minutes of play, 1 to 130",
            )?,
            seed: params.number(
                "seed",
                [0, MAX_SEED],
                "a whole number from 0 to 9007199254740991",
            )?,
            pace: params.number(
                "pace",
                [0.1, 1000.0],
                "minutes of play a second, 0.1 to 1000",
            )?,
        })
    }

    fn match_spec(self) -> Result<MatchSpec, Problem> {
        let number = clock::microseconds();
        let home_team = self.home_team.unwrap_or_else(|| "Rovers".to_owned());
        let away_team = self.away_team.unwrap_or_else(|| "Wanderers".to_owned());
        if home_team == away_team {
            return Err(Problem::field(
                "away_team",
                "another team than home_team",
                &format!("{away_team:?} twice"),
            ));
        }
        let match_id = format!("{SIMULATED}{number:x}-{:x}", clock::count());
        let seed = self.seed.unwrap_or(number);
        Ok(MatchSpec {
            match_id,
            home_team,
            away_team,
            minutes: self.duration_minutes.unwrap_or(90),
            seed,
        })
    }
}

/// Invents a match and plays it through the engine: prices before kick-off and in play, bets, the final score
///
/// It has the same bankroll as everything else. Its events happen at the instant that the events have reached, so that they
/// make no real event late.
#[utoipa::path(post, path = "/simulate/match", params(SimulationQuery), responses(
    (status = 200, description = "The match, played", body = Simulated),
    (status = 202, description = "The match, which is being played at its pace", body = Simulated),
    Invalid, Limited, Busy,
))]
pub async fn simulate_match(
    State(app): State<App>,
    params: Params,
    _: NoBody,
) -> Result<(StatusCode, Json<Simulated>), Problem> {
    let query = SimulationQuery::read(&params)?;
    let pace = query.pace;
    let spec = query.match_spec()?;
    let place = app.simulations.begin(pace.is_some())?;
    let moments = simulation::invent(&spec).map_err(|error| Problem::internal(&error))?;
    let kickoff = simulation::kickoff(&app.engine.status());
    let begun = Simulated::begun(&spec);
    match pace {
        None => Ok((
            StatusCode::OK,
            Json(at_once(&app, begun, &moments, kickoff).await?),
        )),
        Some(pace) => {
            tokio::spawn(at_pace(app, spec.match_id, moments, kickoff, pace, place));
            Ok((StatusCode::ACCEPTED, Json(begun)))
        }
    }
}

impl Simulated {
    fn begun(spec: &MatchSpec) -> Self {
        Self {
            match_id: spec.match_id.clone(),
            home_team: spec.home_team.clone(),
            away_team: spec.away_team.clone(),
            seed: spec.seed,
            is_over: false,
            events: Vec::new(),
            bets: Vec::new(),
            final_score: None,
            profit: None,
            bankroll: None,
        }
    }

    fn end(&mut self, result: ResultAnswer, score: FinalScore) {
        self.is_over = true;
        self.bets = result.settled;
        self.bets.retain(|bet| bet.match_id == self.match_id);
        self.final_score = Some(score);
        let made = |bet: &Bet| bet.payout.unwrap_or(0.0) - bet.stake;
        let own = self.bets.iter().map(made).sum::<f64>();
        self.profit = Some((own * 100.0).round() / 100.0);
        self.bankroll = Some(result.bankroll);
    }
}

async fn at_once(
    app: &App,
    mut simulated: Simulated,
    moments: &[Moment],
    kickoff: Time,
) -> Result<Simulated, Problem> {
    for moment in moments {
        let answer = simulation::play(app, moment, kickoff).await?;
        match moment.final_score() {
            None => simulated.events.push(parsed(&answer)?),
            Some(Score { home, away }) => {
                let score = FinalScore {
                    home_goals: home,
                    away_goals: away,
                };
                simulated.end(parsed(&answer)?, score);
            }
        }
    }
    Ok(simulated)
}

/// An answer of the engine, which is JSON.
fn parsed<T: DeserializeOwned>(answer: &str) -> Result<T, Problem> {
    serde_json::from_str(answer).map_err(|error| Problem::internal(&error))
}

/// Plays a match as time passes; when the service is being stopped, the rest of it at once.
async fn at_pace(
    app: App,
    match_id: String,
    moments: Vec<Moment>,
    kickoff: Time,
    pace: f64,
    _place: OwnedSemaphorePermit,
) {
    let mut minute = 0;
    for moment in &moments {
        let pause = Duration::from_secs_f64((moment.minute - minute).max(0) as f64 / pace);
        minute = moment.minute;
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = app.stopping() => {}
        }
        if let Err(problem) = simulation::play(&app, moment, kickoff).await {
            tracing::warn!(
                "the simulated match {match_id} was interrupted: {}",
                problem.detail
            );
            return;
        }
    }
}
