//! The rows of the tables, as those who write and those who read have them.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::domain::{Bet, Forecast, Names, Quote, Settlement, Time};
use crate::rounding::rounded;

/// A bet.
#[derive(Debug, Clone, PartialEq)]
pub struct BetRow {
    /// Names the bet.
    pub bet_id: String,
    /// The match.
    pub match_id: String,
    /// The home side.
    pub home_team: String,
    /// The away side.
    pub away_team: String,
    /// Where it is played.
    pub league: String,
    /// The code of the market.
    pub market: String,
    /// The code of the side.
    pub selection: String,
    /// Goals in quarters, of markets that have a line.
    pub line: Option<f64>,
    /// Whose price.
    pub book: String,
    /// The stake, in units of currency.
    pub stake: f64,
    /// Decimal odds.
    pub odds_taken: f64,
    /// Expected profit per unit of stake.
    pub expected_value: Option<f64>,
    /// Minute of the match in which it was placed.
    pub minute: u8,
    /// When it was placed.
    pub placed_at: Time,
    /// The code of its outcome, once it is settled.
    pub result: Option<String>,
    /// The payout, stake included, once it is settled.
    pub payout: Option<f64>,
    /// When it was settled.
    pub settled_at: Option<Time>,
}

impl BetRow {
    /// A bet that was placed.
    pub fn placed(bet: &Bet, names: &Names) -> Self {
        let (fixture, quote) = (&bet.fixture, &bet.edge.quote);
        Self {
            bet_id: bet.id.to_string(),
            match_id: fixture.id.to_string(),
            home_team: names.team(fixture.home).to_owned(),
            away_team: names.team(fixture.away).to_owned(),
            league: names.league(fixture.league).to_owned(),
            market: quote.selection.market().kind().code().to_owned(),
            selection: quote.selection.side().code().to_owned(),
            line: quote.selection.market().line().map(|line| line.goals()),
            book: quote.book.as_str().to_owned(),
            stake: bet.stake.units(),
            odds_taken: quote.odds.decimal(),
            expected_value: bet.edge.expected_value().map(rounded),
            minute: bet.state.minute,
            placed_at: bet.placed_at,
            result: None,
            payout: None,
            settled_at: None,
        }
    }

    /// A bet that was settled.
    pub fn settled(settlement: &Settlement, names: &Names) -> Self {
        Self {
            result: Some(settlement.outcome.code().to_owned()),
            payout: Some(settlement.payout.units()),
            settled_at: Some(settlement.settled_at),
            ..Self::placed(&settlement.bet, names)
        }
    }
}

/// Bets, newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct BetPage {
    /// The bets.
    pub bets: Vec<BetRow>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<i64>,
}

/// A price, as the column `prices` has it in JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PriceRow {
    /// The code of the market.
    pub market: Cow<'static, str>,
    /// The code of the side.
    pub selection: Cow<'static, str>,
    /// Goals in quarters, of markets that have a line.
    pub line: Option<f64>,
    /// Whose price.
    pub book: String,
    /// Decimal odds.
    pub odds: f64,
}

impl PriceRow {
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

/// The forecast of a match, as the column `forecast` has it in JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ForecastRow {
    /// Probability that the home side wins.
    pub win_prob_home: f64,
    /// Probability of a draw.
    pub draw_prob: f64,
    /// Probability that the away side wins.
    pub win_prob_away: f64,
    /// Goals expected of the home side at full time, by a model that has a distribution over scores.
    pub expected_goals_home: Option<f64>,
    /// Goals expected of the away side at full time.
    pub expected_goals_away: Option<f64>,
}

impl ForecastRow {
    /// That of a forecast; `None` for one that does not name home win, draw and away win.
    pub fn of(forecast: &Forecast) -> Option<Self> {
        let [win_prob_home, draw_prob, win_prob_away] = forecast.model?.map(rounded);
        let goals = forecast.expected_goals.map(|goals| goals.map(rounded));
        Some(Self {
            win_prob_home,
            draw_prob,
            win_prob_away,
            expected_goals_home: goals.map(|goals| goals[0]),
            expected_goals_away: goals.map(|goals| goals[1]),
        })
    }
}

/// A match without a result.
#[derive(Debug, Clone, PartialEq)]
pub struct MatchRow {
    /// The id of the match.
    pub match_id: String,
    /// The home side.
    pub home_team: String,
    /// The away side.
    pub away_team: String,
    /// The league, where it was given.
    pub league: Option<String>,
    /// Minutes played.
    pub minute: u8,
    /// Goals of the home side so far.
    pub home_goals: u8,
    /// Goals of the away side so far.
    pub away_goals: u8,
    /// The last prices.
    pub prices: Vec<PriceRow>,
    /// The forecast at these prices.
    pub forecast: Option<ForecastRow>,
    /// The time of its last event.
    pub heard_at: Time,
    /// The open bets on it.
    pub open_bets: Vec<BetRow>,
}
