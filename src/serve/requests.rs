//! What OpenAPI says of bodies that the wire reads: see [`Event::of_line`](crate::wire::event::Event::of_line).

use serde::Serialize;
use utoipa::ToSchema;

/// Prices of a match that became known at one instant.
///
/// Members that are not named here are ignored.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "match_id": "match_001", "home_team": "Arsenal", "away_team": "Chelsea", "minute": 45, "home_goals": 1, "away_goals": 0,
    "market_odds_home": 2.1, "market_odds_away": 1.8, "timestamp": "2024-01-01T15:30:00"
}))]
pub struct MatchEventBody {
    /// Names the match.
    #[schema(min_length = 1, max_length = 128, pattern = r"^[^\x00-\x1f\x7f-\x9f]+$")]
    pub match_id: String,
    /// The home side.
    #[schema(min_length = 1, max_length = 128, pattern = r"^[^\x00-\x1f\x7f-\x9f]+$")]
    pub home_team: String,
    /// The away side.
    #[schema(min_length = 1, max_length = 128, pattern = r"^[^\x00-\x1f\x7f-\x9f]+$")]
    pub away_team: String,
    /// Minutes played.
    #[schema(minimum = 0, maximum = 130)]
    pub minute: u8,
    /// Goals of the home side so far.
    #[schema(minimum = 0, maximum = 99)]
    pub home_goals: u8,
    /// Goals of the away side so far.
    #[schema(minimum = 0, maximum = 99)]
    pub away_goals: u8,
    /// Decimal odds on the home side.
    #[schema(exclusive_minimum = 1.0)]
    pub market_odds_home: f64,
    /// Decimal odds on the away side.
    #[schema(exclusive_minimum = 1.0)]
    pub market_odds_away: f64,
    /// Decimal odds on a draw; without, there is no bet on a draw.
    #[schema(exclusive_minimum = 1.0)]
    pub market_odds_draw: Option<f64>,
    /// When they became known; without a zone it is UTC.
    #[schema(format = DateTime)]
    pub timestamp: String,
}

/// The final score of a match.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"match_id": "match_001", "home_goals": 2, "away_goals": 1, "timestamp": "2024-01-01T16:50:00"}))]
pub struct MatchResultBody {
    /// Names the match.
    #[schema(min_length = 1, max_length = 128, pattern = r"^[^\x00-\x1f\x7f-\x9f]+$")]
    pub match_id: String,
    /// Goals of the home side.
    #[schema(minimum = 0, maximum = 99)]
    pub home_goals: u8,
    /// Goals of the away side.
    #[schema(minimum = 0, maximum = 99)]
    pub away_goals: u8,
    /// When it became known; without a zone it is UTC.
    #[schema(format = DateTime)]
    pub timestamp: String,
}
