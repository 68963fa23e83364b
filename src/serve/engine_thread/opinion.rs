//! Assessments of prices without a bet.

use std::sync::Arc;

use super::fold::Fold;
use crate::domain::{Fixture, LeagueId, Names, Offer, Time};
use crate::schema::event::MatchEvent;
use crate::serve::engine_handle::Opinion;
use crate::serve::order::Reply;
use crate::serve::store::{ForecastRow, Writer};
use crate::serve::views::{PredictionAnswer, Probabilities, Worth, stamp};
use crate::sink::withheld::sentence;
use crate::source::stream::{EntryError, season_of};

/// The assessment of prices as of a time.
pub(super) fn of(
    prices: &MatchEvent<'_>,
    time: Time,
    store: &mut Writer,
    fold: &mut Fold,
) -> Opinion {
    let about = &prices.about;
    let known = store
        .league_of(&about.match_id)
        .map_err(|_| Reply::Failed)?;
    let league = about
        .league
        .as_deref()
        .or(known.as_deref())
        .unwrap_or(LeagueId::UNNAMED);
    let [home, away] = teams(prices, league, fold);
    if home == away {
        return Err(Reply::Refused(EntryError::SameTeam(home.to_owned())));
    }
    // the request must not leave its names behind
    let mut names = fold.names().clone();
    let offer = offer(prices, league, time, fold, &mut names);
    let opinion = fold.consult(&offer, &names, time).map_err(|error| {
        tracing::error!("no opinion: {error}");
        Reply::Failed
    })?;
    let forecast = opinion.forecast.as_ref().and_then(ForecastRow::of);
    Ok(PredictionAnswer {
        match_id: about.match_id.to_string(),
        timestamp: stamp(time),
        prediction: forecast.map(Probabilities::from),
        prices: opinion
            .edges
            .iter()
            .map(|(edge, is_wanted)| Worth::of(edge, *is_wanted))
            .collect(),
        reason: opinion
            .withheld
            .map(|reason| sentence(&offer.fixture, reason, &names, fold.needs_model())),
    })
}

/// The names of both sides. Sides without a name are teams that nobody knows.
fn teams<'a>(prices: &'a MatchEvent<'_>, league: &str, fold: &'a Fold) -> [&'a str; 2] {
    let about = &prices.about;
    [
        about.home_team.as_deref().unwrap_or("home side"),
        about.away_team.as_deref().unwrap_or("away side"),
    ]
    .map(|team| fold.team_name(league, team))
}

/// The prices as an offer.
fn offer(
    prices: &MatchEvent<'_>,
    league: &str,
    time: Time,
    fold: &Fold,
    names: &mut Names,
) -> Offer {
    let about = &prices.about;
    let [home, away] = teams(prices, league, fold);
    let day = about
        .date
        .unwrap_or_else(|| about.kickoff.unwrap_or(time).start_of_day());
    let fixture = Fixture {
        id: about.match_id.as_ref().into(),
        league: names.intern_league(league),
        home: names.intern_team(home),
        away: names.intern_team(away),
        season: about.season.unwrap_or_else(|| season_of(day)),
        day,
        kickoff: about.kickoff,
        neutral: about.neutral,
    };
    Offer {
        fixture: Arc::new(fixture),
        state: prices.state,
        quotes: prices.quotes.clone(),
    }
}
