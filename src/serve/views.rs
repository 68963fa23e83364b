//! What requests and answers are made of: their JSON, and what OpenAPI says of it.
//!
//! The names are those of the entries of streams ([`schema::event`](crate::schema::event)), so that whoever reads those reads
//! these.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store::{BetPage, BetRow, ForecastRow, PriceRow};
use crate::domain::{self, Edge, Names, Quote, Refusal, Time};
use crate::rounding::rounded;
use crate::schema::event::UtcTimestamp;

/// A bet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Bet {
    /// The id of the bet: a pure function of match, selection, time and strategy.
    pub bet_id: String,
    /// The match.
    pub match_id: String,
    /// The home side.
    pub home_team: String,
    /// The away side.
    pub away_team: String,
    /// Its league; `unknown` where none was given.
    pub league: String,
    /// `1x2`, `ou`, `ah` or `btts`.
    pub market: String,
    /// `home`, `draw`, `away`, `over`, `under`, `yes` or `no`.
    pub selection: String,
    /// Goals in quarters; null for 1X2.
    #[schema(required = true)]
    pub line: Option<f64>,
    /// Whose price.
    pub book: String,
    /// The stake, in units of currency.
    pub stake: f64,
    /// Decimal odds.
    pub odds_taken: f64,
    /// Expected profit per unit of stake; null without a model.
    #[schema(required = true)]
    pub expected_value: Option<f64>,
    /// Minute of the match in which it was placed.
    pub minute: u8,
    /// When it was placed.
    #[schema(format = DateTime)]
    pub timestamp: String,
    /// `win`, `loss`, `void`, `half_win` or `half_loss`; null while it is open.
    #[schema(required = true)]
    pub result: Option<String>,
    /// What came back, stake included; null while it is open.
    #[schema(required = true)]
    pub payout: Option<f64>,
    /// When it was settled; null while it is open.
    #[schema(format = DateTime, required = true)]
    pub settled_at: Option<String>,
}

impl From<BetRow> for Bet {
    fn from(row: BetRow) -> Self {
        Self {
            bet_id: row.bet_id,
            match_id: row.match_id,
            home_team: row.home_team,
            away_team: row.away_team,
            league: row.league,
            market: row.market,
            selection: row.selection,
            line: row.line,
            book: row.book,
            stake: row.stake,
            odds_taken: row.odds_taken,
            expected_value: row.expected_value,
            minute: row.minute,
            timestamp: stamp(row.placed_at),
            result: row.result,
            payout: row.payout,
            settled_at: row.settled_at.map(stamp),
        }
    }
}

/// A price.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Price {
    /// `1x2`, `ou`, `ah` or `btts`.
    pub market: Cow<'static, str>,
    /// `home`, `draw`, `away`, `over`, `under`, `yes` or `no`.
    pub selection: Cow<'static, str>,
    /// Goals in quarters; null for 1X2.
    #[schema(required = true)]
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

impl From<PriceRow> for Price {
    fn from(row: PriceRow) -> Self {
        Self {
            market: row.market,
            selection: row.selection,
            line: row.line,
            book: row.book,
            odds: row.odds,
        }
    }
}

/// An instant as answers have it.
pub fn stamp(time: Time) -> String {
    UtcTimestamp(time).to_string()
}

/// Bets, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Bets {
    /// The bets.
    pub bets: Vec<Bet>,
    /// Where the next page begins; null on the last one.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}

impl From<BetPage> for Bets {
    fn from(page: BetPage) -> Self {
        Self {
            bets: page.bets.into_iter().map(Bet::from).collect(),
            next_cursor: page.next.map(|place| place.to_string()),
        }
    }
}

/// A bet that the strategy wanted and that was not placed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NotPlaced {
    /// The bet that the strategy wanted.
    #[serde(flatten)]
    pub bet: Bet,
    /// Why it was refused.
    pub reason: String,
}

impl NotPlaced {
    /// A refused bet.
    pub fn new(bet: &domain::Bet, reason: Refusal, names: &Names) -> Self {
        Self {
            bet: BetRow::placed(bet, names).into(),
            reason: reason.code().to_owned(),
        }
    }
}

/// The model's opinion of a match.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Probabilities {
    /// Probability that the home side wins, 0 to 1.
    pub win_prob_home: f64,
    /// Probability of a draw, 0 to 1.
    pub draw_prob: f64,
    /// Probability that the away side wins, 0 to 1.
    pub win_prob_away: f64,
    /// Goals expected of the home side at full time; absent of a model without a distribution over scores.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_goals_home: Option<f64>,
    /// Goals expected of the away side at full time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_goals_away: Option<f64>,
}

impl From<ForecastRow> for Probabilities {
    fn from(row: ForecastRow) -> Self {
        Self {
            win_prob_home: row.win_prob_home,
            draw_prob: row.draw_prob,
            win_prob_away: row.win_prob_away,
            expected_goals_home: row.expected_goals_home,
            expected_goals_away: row.expected_goals_away,
        }
    }
}

/// The outcome of a match event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EventAnswer {
    /// The number of the event, counted from 1.
    pub event_id: u64,
    /// The match.
    pub match_id: String,
    /// False while the round of the event still waits for others, see `round_size`; its bets are not known then.
    pub is_round_over: bool,
    /// The model's opinion; null when it has none, or there is no model.
    #[schema(required = true)]
    pub prediction: Option<Probabilities>,
    /// The bets it led to: all of its round, on whichever match, where it ended the round.
    pub bets: Vec<Bet>,
    /// The bets that were refused, with the reason.
    pub refused: Vec<NotPlaced>,
    /// The bets that results of its round settled. Missing where there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settled: Vec<Bet>,
    /// Those that results of its round corrected. Missing where there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrected: Vec<Bet>,
}

/// The outcome of a match result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ResultAnswer {
    /// The number of the event, counted from 1.
    pub event_id: u64,
    /// The match.
    pub match_id: String,
    /// False while the round of the result still waits for others, see `round_size`; nothing is settled before.
    pub is_round_over: bool,
    /// The bets that were settled: all of its round, on whichever match, where it ended the round.
    pub settled: Vec<Bet>,
    /// The bets that an earlier result had settled otherwise, with their new result and payout.
    pub corrected: Vec<Bet>,
    /// The bets that prices of its round led to. Missing where there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bets: Vec<Bet>,
    /// Those of them that were refused, with the reason. Missing where there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<NotPlaced>,
    /// What it adds to the balance, in units of currency: the profit of the settled bets, and the change of the others'.
    pub profit: f64,
    /// The balance afterwards, in units of currency.
    pub bankroll: f64,
    /// What of `statistics` cannot be true and was dropped, each with what was expected; the rest counts. Missing where there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dropped_statistics: Vec<String>,
}

/// The bankroll: balance, reserved and free.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BankrollAnswer {
    /// The initial balance, in units of currency.
    pub initial: f64,
    /// The current balance, stakes of open bets included.
    pub current: f64,
    /// Stakes of open bets.
    pub reserved: f64,
    /// What is free to be staked.
    pub free: f64,
    /// Current minus initial.
    pub profit: f64,
    /// Reserved as a share of current: above 1 where a correction took what open bets had staked; null when the balance is 0 or below.
    #[schema(required = true)]
    pub exposure: Option<f64>,
    /// The time that the events have reached; null before any.
    #[schema(format = DateTime, required = true)]
    pub timestamp: Option<String>,
}

/// The totals of the settled bets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MetricsAnswer {
    /// Settled bets.
    pub total_bets: u64,
    /// Those that won in full or by half.
    pub winning_bets: u64,
    /// What was staked on the settled bets.
    pub total_staked: f64,
    /// What came back, stakes included.
    pub total_payout: f64,
    /// (payout − stake) / stake, in percent; null before any.
    #[schema(required = true)]
    pub roi: Option<f64>,
    /// Winning bets / settled bets, in percent; null before any.
    #[schema(required = true)]
    pub win_rate: Option<f64>,
    /// Mean decimal odds of the settled bets; null before any.
    #[schema(required = true)]
    pub average_odds: Option<f64>,
    /// Bets without a result yet.
    pub open_bets: u64,
    /// The balance, stakes of open bets included.
    pub bankroll: f64,
    /// The time that the events have reached; null before any.
    #[schema(format = DateTime, required = true)]
    pub timestamp: Option<String>,
    /// How long things take since the service was started.
    pub latency: Latencies,
}

/// How long things take, in milliseconds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Latencies {
    /// From the request's arrival until the engine takes the event.
    pub ingestion_ms: Quantiles,
    /// From there until it has predicted and decided.
    pub decision_ms: Quantiles,
    /// From the request's arrival until everything is durable.
    pub end_to_end_ms: Quantiles,
}

/// Quantiles in milliseconds; null before anything was measured.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Quantiles {
    /// How many were measured.
    pub count: u64,
    /// The median.
    #[schema(required = true)]
    pub p50: Option<f64>,
    /// 99 of 100 are below.
    #[schema(required = true)]
    pub p99: Option<f64>,
    /// 999 of 1,000 are below.
    #[schema(required = true)]
    pub p999: Option<f64>,
}

/// The model's opinion of the prices of a match.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PredictionAnswer {
    /// The match.
    pub match_id: String,
    /// The time of the prediction: that of the request, or the time that the events have reached if that is later.
    #[schema(format = DateTime)]
    pub timestamp: String,
    /// The model's opinion; null when it has none, or there is no model.
    #[schema(required = true)]
    pub prediction: Option<Probabilities>,
    /// The value of each price of the chosen books.
    pub prices: Vec<Worth>,
    /// Why there is no forecast, or why no bet would be placed whatever the prices: the league or the name of a side is not
    /// known, or too little was seen of it; null where nothing stands in the way.
    pub reason: Option<String>,
}

/// The value of a price.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Worth {
    /// `1x2`, `ou`, `ah` or `btts`.
    pub market: Cow<'static, str>,
    /// `home`, `draw`, `away`, `over`, `under`, `yes` or `no`.
    pub selection: Cow<'static, str>,
    /// Goals in quarters; null for 1X2.
    #[schema(required = true)]
    pub line: Option<f64>,
    /// Whose price.
    pub book: String,
    /// Decimal odds.
    pub odds: f64,
    /// Probability that the bet pays, in full or by half; null without an opinion.
    #[schema(required = true)]
    pub probability: Option<f64>,
    /// The odds at which the expected value is 0, commission apart; null without an opinion.
    #[schema(required = true)]
    pub fair_odds: Option<f64>,
    /// How far the model's probability is above the price's; null without an opinion.
    #[schema(required = true)]
    pub edge: Option<f64>,
    /// Expected profit per unit of stake; null without an opinion.
    #[schema(required = true)]
    pub expected_value: Option<f64>,
    /// Whether the strategy would bet at this price.
    pub is_wanted: bool,
}

impl Worth {
    /// What a price is worth by an edge.
    pub fn of(edge: &Edge, is_wanted: bool) -> Self {
        let Price {
            market,
            selection,
            line,
            book,
            odds,
        } = Price::of(&edge.quote);
        Self {
            market,
            selection,
            line,
            book,
            odds,
            probability: edge
                .distribution
                .map(|outcomes| rounded(outcomes.probability())),
            fair_odds: edge
                .distribution
                .and_then(|outcomes| outcomes.fair_odds())
                .map(rounded),
            edge: edge.advantage().map(rounded),
            expected_value: edge.expected_value().map(rounded),
            is_wanted,
        }
    }
}

/// The transport of events, and how full it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StreamsAnswer {
    /// `embedded`: a channel in this process.
    pub bus: String,
    /// Events that wait for the engine.
    pub waiting: u64,
    /// Events that may wait; more are answered with 503.
    pub capacity: u64,
    /// Events that were accepted, those of earlier starts included.
    pub accepted: u64,
    /// Events that were refused since the start.
    pub refused: u64,
    /// Events that only repeated another since the start.
    pub repeated: u64,
    /// The streams.
    pub streams: Vec<StreamAnswer>,
}

/// A stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StreamAnswer {
    /// Its name.
    pub name: String,
    /// How many entries it has.
    pub length: u64,
}
