//! Matches in play.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store::MatchRow;
use super::views::{Bet, Price, Probabilities, stamp};

/// A match without a result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LiveMatch {
    /// The id of the match.
    pub match_id: String,
    /// The home side.
    pub home_team: String,
    /// The away side.
    pub away_team: String,
    /// Its league, where one was given.
    #[schema(required = true)]
    pub league: Option<String>,
    /// Minutes played; 0 before kick-off.
    pub minute: u8,
    /// Goals of the home side so far.
    pub home_goals: u8,
    /// Goals of the away side so far.
    pub away_goals: u8,
    /// The last prices.
    pub odds: Vec<Price>,
    /// The model's opinion at these prices; null when it has none.
    #[schema(required = true)]
    pub prediction: Option<Probabilities>,
    /// The open bets on it.
    pub bets: Vec<Bet>,
    /// When its latest event came.
    #[schema(format = DateTime)]
    pub timestamp: String,
}

/// Matches in play, the one with the latest event first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LiveMatches {
    /// The matches.
    pub matches: Vec<LiveMatch>,
}

impl From<MatchRow> for LiveMatch {
    fn from(row: MatchRow) -> Self {
        Self {
            match_id: row.match_id,
            home_team: row.home_team,
            away_team: row.away_team,
            league: row.league,
            minute: row.minute,
            home_goals: row.home_goals,
            away_goals: row.away_goals,
            odds: row.prices.into_iter().map(Price::from).collect(),
            prediction: row.forecast.map(Probabilities::from),
            bets: row.open_bets.into_iter().map(Bet::from).collect(),
            timestamp: stamp(row.heard_at),
        }
    }
}

impl From<Vec<MatchRow>> for LiveMatches {
    fn from(rows: Vec<MatchRow>) -> Self {
        Self {
            matches: rows.into_iter().map(LiveMatch::from).collect(),
        }
    }
}
