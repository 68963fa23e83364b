//! What the model thinks of prices, without a bet.

use std::sync::Arc;

use super::order_processor::OrderProcessor;
use crate::domain::{Book, Fixture, LeagueId, Names, Offer, TeamId, Time};
use crate::engine::Engine;
use crate::schema::event::{Event, EventError, MatchEvent};
use crate::serve::engine_handle::{Opinion, Reply};
use crate::serve::views::{PredictionAnswer, Probabilities, Worth, stamp};
use crate::source::stream::{EntryError, NOWHERE, season_of};

/// What the engine thinks of the prices in a line: as of their time, or of that which the events have reached.
pub(super) fn of(
    line: &str,
    book: Book,
    ledger: &OrderProcessor,
    engine: &Engine,
    names: &Names,
) -> Opinion {
    let refused = |error: EventError| Reply::Refused(EntryError::Entry(error));
    let Event::Prices(prices) = Event::of_line(line.as_bytes(), book).map_err(refused)? else {
        return Err(Reply::Failed);
    };
    let about = &prices.about;
    if about.home_team == about.away_team {
        return Err(Reply::Refused(EntryError::SameTeam(
            about.home_team.as_deref().unwrap_or_default().to_owned(),
        )));
    }
    let known = ledger
        .store()
        .league_of(&about.match_id)
        .map_err(|_| Reply::Failed)?;
    let league = about
        .league
        .as_deref()
        .or(known.as_deref())
        .unwrap_or(NOWHERE);
    let time = ledger
        .time()
        .map_or(prices.time, |now| now.max(prices.time));
    let offer = offer(&prices, league, time, names);
    let opinion = engine.consult(&offer, league, time).map_err(|error| {
        tracing::error!("no opinion: {error}");
        Reply::Failed
    })?;
    Ok(PredictionAnswer {
        match_id: about.match_id.to_string(),
        timestamp: stamp(time),
        prediction: opinion.forecast.as_ref().map(Probabilities::of),
        prices: opinion
            .edges
            .iter()
            .map(|(edge, is_wanted)| Worth::of(edge, *is_wanted))
            .collect(),
    })
}

/// The prices as an offer; teams and leagues that are not known get numbers that nobody has.
fn offer(prices: &MatchEvent<'_>, league: &str, time: Time, names: &Names) -> Offer {
    let about = &prices.about;
    let team = |name: Option<&str>, unknown| {
        name.and_then(|name| names.find_team(name))
            .unwrap_or(TeamId(unknown))
    };
    let day = about
        .date
        .unwrap_or_else(|| about.kickoff.unwrap_or(time).start_of_day());
    let fixture = Fixture {
        id: about.match_id.as_ref().into(),
        league: names.find_league(league).unwrap_or(LeagueId(u32::MAX)),
        home: team(about.home_team.as_deref(), u32::MAX),
        away: team(about.away_team.as_deref(), u32::MAX - 1),
        season: about.season.unwrap_or_else(|| season_of(day)),
        day,
        kickoff: about.kickoff,
    };
    Offer {
        fixture: Arc::new(fixture),
        state: prices.state,
        quotes: prices.quotes.clone(),
    }
}
