//! Matches in play.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::views::{Bet, Probabilities};
use crate::domain::Quote;

/// A price.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Price {
    /// `1x2`, `ou`, `ah` or `btts`.
    pub market: Cow<'static, str>,
    /// `home`, `draw`, `away`, `over`, `under`, `yes` or `no`.
    pub selection: Cow<'static, str>,
    /// Goals in quarters; null for 1X2.
    pub line: Option<f64>,
    /// Whose price.
    pub book: String,
    /// Decimal odds.
    pub odds: f64,
}

impl Price {
    /// That of a quote.
    pub fn of(quote: &Quote) -> Self {
        Self {
            market: quote.selection.market().kind().code().into(),
            selection: quote.selection.side().code().into(),
            line: quote.selection.market().line().map(|line| line.goals()),
            book: quote.book.as_str().to_owned(),
            odds: quote.odds.decimal(),
        }
    }
}

/// Prices as the store keeps them.
pub(super) fn prices_text(quotes: &[Quote]) -> String {
    let prices: Vec<_> = quotes.iter().map(Price::of).collect();
    serde_json::to_string(&prices).unwrap_or_default()
}

/// A match without a result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LiveMatch {
    /// Names the match.
    pub match_id: String,
    /// The home side.
    pub home_team: String,
    /// The away side.
    pub away_team: String,
    /// Where it is played, where that was said.
    pub league: Option<String>,
    /// Minutes played; 0 before kick-off.
    pub minute: u8,
    /// Goals of the home side so far.
    pub home_goals: u8,
    /// Goals of the away side so far.
    pub away_goals: u8,
    /// The last prices.
    pub odds: Vec<Price>,
    /// What the model thinks at these prices; null when it has no opinion.
    pub prediction: Option<Probabilities>,
    /// The open bets on it.
    pub bets: Vec<Bet>,
    /// When it was last heard of.
    #[schema(format = DateTime)]
    pub timestamp: String,
}

/// Matches in play, that heard of last first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LiveMatches {
    /// The matches.
    pub matches: Vec<LiveMatch>,
}
