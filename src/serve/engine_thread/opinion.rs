//! Assessments of prices without a bet.

use std::sync::Arc;

use super::fold::Fold;
use crate::domain::{Fixture, LeagueId, Names, Offer, TeamId, Time};
use crate::schema::event::MatchEvent;
use crate::serve::engine_handle::Opinion;
use crate::serve::order::Reply;
use crate::serve::store::{ForecastRow, Writer};
use crate::serve::views::{PredictionAnswer, Probabilities, Worth, stamp};
use crate::source::stream::{EntryError, NOWHERE, season_of};

/// The assessment of prices as of a time.
pub(super) fn of(prices: &MatchEvent<'_>, time: Time, store: &Writer, fold: &Fold) -> Opinion {
    let about = &prices.about;
    if about.home_team == about.away_team {
        return Err(Reply::Refused(EntryError::SameTeam(
            about.home_team.as_deref().unwrap_or_default().to_owned(),
        )));
    }
    let known = store
        .league_of(&about.match_id)
        .map_err(|_| Reply::Failed)?;
    let league = about
        .league
        .as_deref()
        .or(known.as_deref())
        .unwrap_or(NOWHERE);
    let offer = offer(prices, league, time, fold.names());
    let opinion = fold.consult(&offer, league, time).map_err(|error| {
        tracing::error!("no opinion: {error}");
        Reply::Failed
    })?;
    let forecast = opinion.forecast.as_ref().map(ForecastRow::of);
    Ok(PredictionAnswer {
        match_id: about.match_id.to_string(),
        timestamp: stamp(time),
        prediction: forecast.map(Probabilities::from),
        prices: opinion
            .edges
            .iter()
            .map(|(edge, is_wanted)| Worth::of(edge, *is_wanted))
            .collect(),
    })
}

/// The prices as an offer. Unknown teams and leagues get ids that are not in use.
fn offer(prices: &MatchEvent<'_>, league: &str, time: Time, names: &Names) -> Offer {
    let about = &prices.about;
    let day = about
        .date
        .unwrap_or_else(|| about.kickoff.unwrap_or(time).start_of_day());
    let fixture = Fixture {
        id: about.match_id.as_ref().into(),
        league: names.find_league(league).unwrap_or(LeagueId(u32::MAX)),
        home: team(about.home_team.as_deref(), names, u32::MAX),
        away: team(about.away_team.as_deref(), names, u32::MAX - 1),
        season: about.season.unwrap_or_else(|| season_of(day)),
        day,
        kickoff: about.kickoff,
        neutral: false,
    };
    Offer {
        fixture: Arc::new(fixture),
        state: prices.state,
        quotes: prices.quotes.clone(),
    }
}

fn team(name: Option<&str>, names: &Names, unknown: u32) -> TeamId {
    name.and_then(|name| names.find_team(name))
        .unwrap_or(TeamId(unknown))
}
