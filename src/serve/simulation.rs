//! One invented match, played through the engine.
//!
//! # When it is played
//! The engine has one clock, which is that of the events, and prices that come after a later time are refused. An invented
//! match must not make real events late. So, once a real event has been heard of, everything in an invented match happens at
//! the instant that the events have reached; that a bet on one side of a match can be struck once an instant holds there as
//! everywhere. As long as there was no real event, time passes as the match is played, and begins on 1970-01-01, which is
//! before everything real.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::engine_handle::{EngineStatus, SubmitError};
use super::match_update::MatchUpdate;
use super::order::{Order, Reply};
use super::problem::Problem;
use super::state::App;
use super::views::{Price, stamp};
use crate::domain::{MatchStatus, Offer, Round, Score, Time};
use crate::error::Error;
use crate::schema::event::{MatchEvent, MatchOdds, MatchRef, MatchResult};
use crate::source::stream::EntryError;
use crate::source::synthetic::{LeagueConfig, Synthetic, SyntheticConfig, Teams};
use crate::source::{NextRound, Source as _};

/// Minutes from prices to prices.
const EVERY: u8 = 5;
/// The last minute in which there are prices.
const LAST_MINUTE: u8 = 90;
/// The result is known so many minutes after kick-off.
const RESULT_MINUTE: i64 = 120;

/// A match to be invented.
#[derive(Debug, Clone)]
pub struct MatchSpec {
    /// Names it.
    pub match_id: String,
    /// The home side.
    pub home_team: String,
    /// The away side.
    pub away_team: String,
    /// Prices are offered up to this minute.
    pub minutes: u8,
    /// The seed of everything random in it.
    pub seed: u64,
}

/// A moment of an invented match: the minute of play, and the update at that time.
#[derive(Debug, Clone)]
pub struct Moment {
    /// Minutes after kick-off.
    pub minute: i64,
    /// The update. Its time is set when it is submitted.
    update: MatchUpdate,
    /// The same as the `data` of an entry without its timestamp.
    data: Map<String, Value>,
}

/// Everything that happens in a match, in order; the last moment is the result.
///
/// # Errors
/// When a rate is beyond what a grid is made for.
pub fn invent(spec: &MatchSpec) -> Result<Vec<Moment>, Error> {
    let league = LeagueConfig {
        teams: Teams::Drawn {
            count: 2,
            spread: 0.25,
        },
        ..LeagueConfig::default()
    };
    let every = (spec.minutes >= EVERY).then_some(EVERY);
    let config = SyntheticConfig {
        league,
        matches: 1,
        seed: spec.seed,
        every,
        ..SyntheticConfig::default()
    };
    let mut source = Synthetic::new(&config)?;
    let (mut moments, mut round) = (Vec::new(), Round::default());
    while source.next_round(&mut round)? == NextRound::Round {
        let offers = round
            .offers
            .iter()
            .map(|offer| (offer, false))
            .chain(round.closes.iter().map(|offer| (offer, true)));
        let within =
            offers.filter(|(offer, _)| offer.state.minute <= spec.minutes.min(LAST_MINUTE));
        moments.extend(within.map(|(offer, closing)| prices(spec, offer, closing)));
        moments.extend(
            round
                .results
                .iter()
                .map(|played| result(spec, played.score)),
        );
    }
    Ok(moments)
}

fn prices(spec: &MatchSpec, offer: &Offer, closing: bool) -> Moment {
    let state = offer.state;
    let prices: Vec<_> = offer.quotes.iter().map(Price::of).collect();
    let mut data = data_of(spec);
    data.insert("minute".to_owned(), state.minute.into());
    data.insert("home_goals".to_owned(), state.home_goals.into());
    data.insert("away_goals".to_owned(), state.away_goals.into());
    let books: Vec<_> = offer
        .quotes
        .first()
        .map(|quote| quote.book)
        .into_iter()
        .collect();
    insert_match_odds(&mut data, &MatchOdds::of(&offer.quotes, &books, state));
    data.insert("quotes".to_owned(), json!(prices));
    data.insert("closing".to_owned(), closing.into());
    Moment {
        minute: state.minute.into(),
        update: MatchUpdate::Prices(MatchEvent {
            about: about(spec),
            time: Time::default(),
            state,
            closing,
            quotes: offer.quotes.clone(),
            round_size: Some(1),
        }),
        data,
    }
}

fn insert_match_odds(data: &mut Map<String, Value>, odds: &MatchOdds) {
    let draw = odds.draw.map(|draw| ("market_odds_draw", draw));
    let both = [
        ("market_odds_home", odds.home),
        ("market_odds_away", odds.away),
    ];
    for (member, odds) in both.into_iter().chain(draw) {
        data.insert(member.to_owned(), odds.decimal().into());
    }
}

fn result(spec: &MatchSpec, score: Score) -> Moment {
    let mut data = data_of(spec);
    data.insert("home_goals".to_owned(), score.home.into());
    data.insert("away_goals".to_owned(), score.away.into());
    Moment {
        minute: RESULT_MINUTE,
        update: MatchUpdate::Result(MatchResult {
            about: about(spec),
            time: Time::default(),
            score,
            status: MatchStatus::Played,
            statistics: None,
            dropped: Vec::new(),
            round_size: Some(1),
        }),
        data,
    }
}

fn about(spec: &MatchSpec) -> MatchRef<'static> {
    MatchRef {
        home_team: Some(spec.home_team.clone().into()),
        away_team: Some(spec.away_team.clone().into()),
        league: Some(LeagueConfig::default().name.into()),
        ..MatchRef::of(spec.match_id.clone())
    }
}

fn data_of(spec: &MatchSpec) -> Map<String, Value> {
    let mut data = Map::new();
    data.insert("match_id".to_owned(), spec.match_id.as_str().into());
    data.insert("home_team".to_owned(), spec.home_team.as_str().into());
    data.insert("away_team".to_owned(), spec.away_team.as_str().into());
    data.insert("league".to_owned(), LeagueConfig::default().name.into());
    data.insert("round_size".to_owned(), 1.into());
    data
}

impl Moment {
    /// The final score, when this is the result.
    pub const fn final_score(&self) -> Option<Score> {
        match &self.update {
            MatchUpdate::Prices(_) => None,
            MatchUpdate::Result(result) => Some(result.score),
        }
    }

    fn order(&self, time: Time) -> Order {
        let mut data = self.data.clone();
        data.insert("timestamp".to_owned(), stamp(time).into());
        let line = json!({ "event_type": self.update.event_type(), "data": data }).to_string();
        Order::new(at(self.update.clone(), time), line)
    }
}

/// The update, known at this time.
fn at(update: MatchUpdate, time: Time) -> MatchUpdate {
    match update {
        MatchUpdate::Prices(mut prices) => {
            prices.time = time;
            prices
                .quotes
                .iter_mut()
                .for_each(|quote| quote.as_of = time);
            MatchUpdate::Prices(prices)
        }
        MatchUpdate::Result(result) => MatchUpdate::Result(MatchResult { time, ..result }),
    }
}

/// Tries for a moment: the engine may be full, or a real event may have come in between.
const TRIES: u32 = 200;
const PAUSE: Duration = Duration::from_millis(10);

/// Hands in a moment of a match that kicked off at a time of its own; the JSON of its answer.
///
/// # Errors
/// When the engine does not take it.
pub async fn play(app: &App, moment: &Moment, kickoff: Time) -> Result<String, Problem> {
    let mut last = Problem::from(SubmitError::Full);
    for _ in 0..TRIES {
        let order = moment.order(when(&app.engine.status(), kickoff, moment.minute));
        match app.engine.submit(order) {
            Ok(reply) => match reply.await {
                Ok(Reply::Accepted(answer)) => return Ok(answer),
                Ok(Reply::Refused(reason @ EntryError::Late { .. })) => {
                    last = Problem::of_entry(&reason)
                }
                Ok(Reply::Refused(reason)) => return Err(Problem::of_entry(&reason)),
                Err(reason) => return Err(reason.into()),
                Ok(_) => return Err(SubmitError::Down.into()),
            },
            Err(SubmitError::Full) => tokio::time::sleep(PAUSE).await,
            Err(down) => return Err(down.into()),
        }
    }
    Err(last)
}

/// When a match kicks off that is invented status.
pub fn kickoff(status: &Arc<EngineStatus>) -> Time {
    status.time.unwrap_or_default()
}

/// When a minute of a match is.
fn when(status: &EngineStatus, kickoff: Time, minute: i64) -> Time {
    let reached = status.time.unwrap_or_default();
    if status.is_real {
        reached
    } else {
        reached.max(kickoff + 60 * minute)
    }
}
