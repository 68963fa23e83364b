//! What OpenAPI says of bodies that the wire reads: see [`Event::of_line`](crate::schema::event::Event::of_line).

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
    /// The id of the match.
    #[schema(
        min_length = 1,
        max_length = 128,
        pattern = r"^[^\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff]+$"
    )]
    pub match_id: String,
    /// The home side.
    #[schema(
        min_length = 1,
        max_length = 128,
        pattern = r"^[\t\n\r ]*[^\x00-\x1f\x7f-\x9f]+[\t\n\r ]*$"
    )]
    pub home_team: String,
    /// The away side.
    #[schema(
        min_length = 1,
        max_length = 128,
        pattern = r"^[\t\n\r ]*[^\x00-\x1f\x7f-\x9f]+[\t\n\r ]*$"
    )]
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
    pub market_odds_home: Option<f64>,
    /// Decimal odds on the away side.
    #[schema(exclusive_minimum = 1.0)]
    pub market_odds_away: Option<f64>,
    /// Decimal odds on a draw; without them there is no bet on a draw.
    #[schema(exclusive_minimum = 1.0)]
    pub market_odds_draw: Option<f64>,
    /// When they became known; without a zone it is UTC.
    #[schema(format = DateTime)]
    pub timestamp: String,
    /// The book of prices that name none.
    #[schema(pattern = r"^[A-Za-z0-9._-]{1,15}$")]
    pub book: Option<String>,
    /// Whether they are closing prices: they are stored with the bets, and not bet at.
    pub closing: Option<bool>,
    /// Prices of any markets; with these, those of match odds may be missing.
    pub quotes: Option<Vec<QuoteBody>>,
    /// Its league; matches of a league share a model.
    #[schema(
        min_length = 1,
        max_length = 128,
        pattern = r"^[\t\n\r ]*[^\x00-\x1f\x7f-\x9f]+[\t\n\r ]*$"
    )]
    pub league: Option<String>,
    /// The year in which its season starts.
    #[schema(minimum = 1800, maximum = 9999)]
    pub season: Option<i32>,
    /// The match day.
    pub date: Option<DayText>,
    /// Kick-off; without a zone it is UTC.
    pub kickoff: Option<InstantText>,
    /// Whether neither side is at home.
    pub neutral: Option<bool>,
    /// How many entries belong to this instant, where that is known: bets are placed when all of them are there.
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub round_size: Option<u32>,
}

/// A price: of a market, for one of its selections.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "market")]
#[expect(dead_code, reason = "read by OpenAPI only")]
pub enum QuoteBody {
    /// Home, draw, away.
    #[serde(rename = "1x2")]
    MatchOdds {
        /// The side.
        selection: MatchSide,
        /// Decimal odds.
        #[schema(exclusive_minimum = 1.0)]
        odds: f64,
        /// Whose price.
        #[schema(pattern = r"^[A-Za-z0-9._-]{1,15}$")]
        book: Option<String>,
    },
    /// More or fewer goals than the line.
    #[serde(rename = "ou")]
    OverUnder {
        /// The side.
        selection: GoalSide,
        /// Goals, in quarters.
        #[schema(minimum = -50, maximum = 50, multiple_of = 0.25)]
        line: f64,
        /// Decimal odds.
        #[schema(exclusive_minimum = 1.0)]
        odds: f64,
        /// Whose price.
        #[schema(pattern = r"^[A-Za-z0-9._-]{1,15}$")]
        book: Option<String>,
    },
    /// A side, after the line is added to the home side's goals.
    #[serde(rename = "ah")]
    AsianHandicap {
        /// The side.
        selection: TeamSide,
        /// Goals, in quarters.
        #[schema(minimum = -50, maximum = 50, multiple_of = 0.25)]
        line: f64,
        /// Decimal odds.
        #[schema(exclusive_minimum = 1.0)]
        odds: f64,
        /// Whose price.
        #[schema(pattern = r"^[A-Za-z0-9._-]{1,15}$")]
        book: Option<String>,
    },
    /// Both teams to score.
    #[serde(rename = "btts")]
    BothTeamsToScore {
        /// The side.
        selection: AnswerSide,
        /// Decimal odds.
        #[schema(exclusive_minimum = 1.0)]
        odds: f64,
        /// Whose price.
        #[schema(pattern = r"^[A-Za-z0-9._-]{1,15}$")]
        book: Option<String>,
    },
}

/// A side of 1X2.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[expect(dead_code, reason = "read by OpenAPI only")]
pub enum MatchSide {
    /// The home side wins.
    Home,
    /// Nobody wins.
    Draw,
    /// The away side wins.
    Away,
}

/// A side of over/under.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[expect(dead_code, reason = "read by OpenAPI only")]
pub enum GoalSide {
    /// More goals.
    Over,
    /// Fewer goals.
    Under,
}

/// A side of a handicap.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[expect(dead_code, reason = "read by OpenAPI only")]
pub enum TeamSide {
    /// The home side.
    Home,
    /// The away side.
    Away,
}

/// A side of a question.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[expect(dead_code, reason = "read by OpenAPI only")]
pub enum AnswerSide {
    /// It happens.
    Yes,
    /// It does not.
    No,
}

/// What was counted in a match beside its goals: of each what both sides have, or nothing. What cannot be true is dropped and named
/// in the answer, and the result counts without it; what models are to learn in place of goals is refused.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"home_shots": 14, "away_shots": 9, "home_corners": 7, "away_corners": 2}))]
pub struct StatisticsBody {
    /// Goals of the home side at half time.
    #[schema(minimum = 0, maximum = 99)]
    pub half_time_home_goals: Option<u8>,
    /// Goals of the away side at half time.
    #[schema(minimum = 0, maximum = 99)]
    pub half_time_away_goals: Option<u8>,
    /// Shots of the home side.
    #[schema(minimum = 0, maximum = 80)]
    pub home_shots: Option<u16>,
    /// Shots of the away side.
    #[schema(minimum = 0, maximum = 80)]
    pub away_shots: Option<u16>,
    /// Shots on target of the home side.
    #[schema(minimum = 0, maximum = 50)]
    pub home_shots_on_target: Option<u16>,
    /// Shots on target of the away side.
    #[schema(minimum = 0, maximum = 50)]
    pub away_shots_on_target: Option<u16>,
    /// Corners of the home side.
    #[schema(minimum = 0, maximum = 50)]
    pub home_corners: Option<u16>,
    /// Corners of the away side.
    #[schema(minimum = 0, maximum = 50)]
    pub away_corners: Option<u16>,
    /// Fouls of the home side.
    #[schema(minimum = 0, maximum = 999)]
    pub home_fouls: Option<u16>,
    /// Fouls of the away side.
    #[schema(minimum = 0, maximum = 999)]
    pub away_fouls: Option<u16>,
    /// Yellow cards of the home side.
    #[schema(minimum = 0, maximum = 999)]
    pub home_yellow_cards: Option<u16>,
    /// Yellow cards of the away side.
    #[schema(minimum = 0, maximum = 999)]
    pub away_yellow_cards: Option<u16>,
    /// Red cards of the home side.
    #[schema(minimum = 0, maximum = 999)]
    pub home_red_cards: Option<u16>,
    /// Red cards of the away side.
    #[schema(minimum = 0, maximum = 999)]
    pub away_red_cards: Option<u16>,
    /// The referee.
    #[schema(
        min_length = 1,
        max_length = 128,
        pattern = r"^[\t\n\r ]*[^\x00-\x1f\x7f-\x9f]+[\t\n\r ]*$"
    )]
    pub referee: Option<String>,
    /// Expected goals of the home side, by whoever rated its shots.
    #[schema(minimum = 0, maximum = 20)]
    pub home_xg: Option<f64>,
    /// Expected goals of the away side.
    #[schema(minimum = 0, maximum = 20)]
    pub away_xg: Option<f64>,
    /// What goal models learn in place of the goals of the home side; both or none.
    #[schema(minimum = 0, maximum = 99)]
    pub taught_home_goals: Option<f64>,
    /// What goal models learn in place of the goals of the away side.
    #[schema(minimum = 0, maximum = 99)]
    pub taught_away_goals: Option<f64>,
    /// The weight of the match for goal models; 0: nothing is learned from it.
    #[schema(minimum = 0, maximum = 1000)]
    pub taught_weight: Option<f64>,
    /// The last price of the home side, for models that learn from prices; all three or none.
    #[schema(exclusive_minimum = 1)]
    pub last_odds_home: Option<f64>,
    /// The last price of the draw.
    #[schema(exclusive_minimum = 1)]
    pub last_odds_draw: Option<f64>,
    /// The last price of the away side.
    #[schema(exclusive_minimum = 1)]
    pub last_odds_away: Option<f64>,
    /// Where these prices are from; Pinnacle's close where it is not said.
    pub last_odds_source: Option<PriceSourceText>,
    /// The last price of over 2.5 goals; both or none.
    #[schema(exclusive_minimum = 1)]
    pub last_odds_over: Option<f64>,
    /// The last price of under 2.5 goals.
    #[schema(exclusive_minimum = 1)]
    pub last_odds_under: Option<f64>,
    /// Where these prices are from.
    pub last_totals_source: Option<PriceSourceText>,
}

/// What became of a match: its final score, or that it has none. A later one corrects it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"match_id": "match_001", "home_goals": 2, "away_goals": 1, "timestamp": "2024-01-01T16:50:00"}))]
pub struct MatchResultBody {
    /// The id of the match.
    #[schema(
        min_length = 1,
        max_length = 128,
        pattern = r"^[^\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff]+$"
    )]
    pub match_id: String,
    /// Goals of the home side; needed of a match that was played.
    #[schema(minimum = 0, maximum = 99)]
    pub home_goals: Option<u8>,
    /// Goals of the away side; needed of a match that was played.
    #[schema(minimum = 0, maximum = 99)]
    pub away_goals: Option<u8>,
    /// What became of it; played where it is missing. Otherwise every bet on it is void, whatever the goals.
    pub status: Option<StatusText>,
    /// What else was counted in the match, for models that learn from it.
    pub statistics: Option<StatisticsBody>,
    /// When it became known; without a zone it is UTC.
    #[schema(format = DateTime)]
    pub timestamp: String,
    /// The home side; needed, like the away side, when the match had no prices before.
    #[schema(
        min_length = 1,
        max_length = 128,
        pattern = r"^[\t\n\r ]*[^\x00-\x1f\x7f-\x9f]+[\t\n\r ]*$"
    )]
    pub home_team: Option<String>,
    /// The away side.
    #[schema(
        min_length = 1,
        max_length = 128,
        pattern = r"^[\t\n\r ]*[^\x00-\x1f\x7f-\x9f]+[\t\n\r ]*$"
    )]
    pub away_team: Option<String>,
    /// Its league; matches of a league share a model.
    #[schema(
        min_length = 1,
        max_length = 128,
        pattern = r"^[\t\n\r ]*[^\x00-\x1f\x7f-\x9f]+[\t\n\r ]*$"
    )]
    pub league: Option<String>,
    /// The year in which its season starts.
    #[schema(minimum = 1800, maximum = 9999)]
    pub season: Option<i32>,
    /// The match day.
    pub date: Option<DayText>,
    /// Kick-off; without a zone it is UTC.
    pub kickoff: Option<InstantText>,
    /// Whether neither side is at home.
    pub neutral: Option<bool>,
    /// How many entries belong to this instant, where that is known: bets are placed when all of them are there.
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub round_size: Option<u32>,
}

/// Where the last prices of a match are from.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(dead_code, reason = "it is there for its schema")]
pub enum PriceSourceText {
    /// Pinnacle's closing price.
    PinnacleClose,
    /// The average closing price of all books.
    AverageClose,
    /// The average price before the match.
    AveragePre,
    /// Bet365's price before the match.
    Bet365Pre,
}

/// What became of a match.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[expect(dead_code, reason = "read by OpenAPI only")]
pub enum StatusText {
    /// Played to the end.
    Played,
    /// Begun and not finished.
    Abandoned,
    /// Not begun; to be played on another day.
    Postponed,
    /// Decided by a ruling.
    Awarded,
    /// Not to be played, or annulled.
    Cancelled,
}

/// A day in ISO 8601.
#[derive(Debug, Serialize, ToSchema)]
#[schema(format = Date)]
pub struct DayText(pub String);

/// An instant in ISO 8601.
#[derive(Debug, Serialize, ToSchema)]
#[schema(format = DateTime)]
pub struct InstantText(pub String);
