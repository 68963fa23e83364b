//! The events of a trader: predictions, bets, settlements, and totals.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::{UtcMillis, UtcTimestamp};
use crate::domain::{Bet, Entry, Forecast, Settlement, Time};
use crate::rounding::rounded;

/// An entry of the ledger as an entry of a stream. It serialises as the entry's `data`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum OutgoingEvent<'a> {
    /// A `prediction`.
    Prediction(Prediction<'a>),
    /// A `bet`, a `bet_settled`, or a `bet_corrected`.
    Bet(BetData<'a>),
    /// `trading_metrics`.
    Metrics(TradingMetrics),
}

/// The data of a `prediction`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Prediction<'a> {
    match_id: &'a str,
    win_prob_home: f64,
    draw_prob: f64,
    win_prob_away: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected_goals_home: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected_goals_away: Option<f64>,
    minute: u8,
    model: Option<&'a str>,
    timestamp: UtcTimestamp,
}

/// The data of a `bet`, a `bet_settled` or a `bet_corrected`. Without a model `expected_value` is 0.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BetData<'a> {
    match_id: &'a str,
    bet_id: String,
    market: &'static str,
    selection: &'static str,
    line: Option<f64>,
    book: &'a str,
    stake: f64,
    odds_taken: f64,
    #[serde(serialize_with = "number")]
    expected_value: Option<f64>,
    minute: u8,
    timestamp: UtcTimestamp,
    result: Option<&'static str>,
    payout: Option<f64>,
    /// The bet that was settled before and is settled otherwise now: `result` and `payout` are the new ones, in full.
    #[serde(skip_serializing_if = "Option::is_none")]
    corrects: Option<String>,
}

/// Totals of the settled bets. What is undefined without any is 0 in an entry, whose members are never null.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TradingMetrics {
    /// Settled bets.
    pub total_bets: u64,
    /// Those that won in full or by half.
    pub winning_bets: u64,
    /// The sum of the stakes of the settled bets.
    pub total_staked: f64,
    /// The sum of their payouts.
    pub total_payout: f64,
    /// (payout − stake) / stake, in percent.
    #[serde(serialize_with = "number")]
    pub roi: Option<f64>,
    /// Winning bets / settled bets, in percent.
    #[serde(serialize_with = "number")]
    pub win_rate: Option<f64>,
    /// Mean decimal odds of the settled bets.
    #[serde(serialize_with = "number")]
    pub average_odds: Option<f64>,
    /// Bets without a result yet.
    pub open_bets: u64,
    /// The balance, stakes of open bets included.
    pub bankroll: f64,
    /// When.
    pub timestamp: UtcTimestamp,
}

/// When an entry was processed, and how long that took in milliseconds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LatencyMetrics<'a> {
    /// The match it was of.
    pub match_id: &'a str,
    /// When the entry was read.
    pub ingestion_time: UtcMillis,
    /// When it was predicted, with all entries that were read together.
    pub prediction_time: UtcMillis,
    /// When the same entries were decided on.
    pub decision_time: UtcMillis,
    /// From the publication of the entry until it was read.
    pub ingestion_ms: f64,
    /// The time that the prediction took.
    pub prediction_ms: f64,
    /// The time that the decision took.
    pub decision_ms: f64,
    /// From the publication of the entry until its answers were sent.
    pub end_to_end_latency_ms: f64,
}

impl LatencyMetrics<'_> {
    /// The `event_type`.
    pub const TYPE: &'static str = "latency_metrics";
}

/// An entry that could not be used: a dead letter.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DeadLetter<'a> {
    /// Which entry of the stream it was.
    pub id: String,
    /// The reason.
    pub reason: &'a str,
    /// Its fields; of an entry that is too long, the beginning of each.
    pub original: BTreeMap<String, String>,
    /// The bytes of an entry that is too long, names and values together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<usize>,
}

impl DeadLetter<'_> {
    /// The `event_type`.
    pub const TYPE: &'static str = "dead_letter";
}

impl<'a> OutgoingEvent<'a> {
    /// The event of an entry of the ledger; `None` for an entry that has none. `model` is the name of the model.
    pub fn of(entry: &'a Entry, model: Option<&'a str>) -> Option<Self> {
        match entry {
            Entry::Predicted(forecast) => Prediction::new(forecast, model).map(Self::Prediction),
            Entry::Placed(bet) => Some(Self::Bet(BetData::placed(bet))),
            Entry::Settled(settlement) => Some(Self::Bet(BetData::settled(settlement))),
            Entry::Corrected { after, .. } => Some(Self::Bet(BetData::corrected(after))),
            Entry::Refused { .. }
            | Entry::Withheld { .. }
            | Entry::Played(_)
            | Entry::Revised { .. }
            | Entry::Scored { .. }
            | Entry::Closed { .. } => None,
        }
    }

    /// The `event_type`.
    pub const fn event_type(&self) -> &'static str {
        match self {
            Self::Prediction(_) => "prediction",
            Self::Bet(BetData { result: None, .. }) => "bet",
            Self::Bet(BetData {
                corrects: Some(_), ..
            }) => "bet_corrected",
            Self::Bet(_) => "bet_settled",
            Self::Metrics(_) => "trading_metrics",
        }
    }

    /// The time of the event.
    pub const fn time(&self) -> Time {
        match self {
            Self::Prediction(prediction) => prediction.timestamp.0,
            Self::Bet(bet) => bet.timestamp.0,
            Self::Metrics(metrics) => metrics.timestamp.0,
        }
    }
}

/// Writes a figure that is undefined as 0: the members of an entry that a consumer relies on are never null.
fn number<S: Serializer>(figure: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(figure.unwrap_or(0.0))
}

impl<'a> Prediction<'a> {
    /// `None` for a forecast that does not name home win, draw and away win.
    fn new(forecast: &'a Forecast, model: Option<&'a str>) -> Option<Self> {
        let [home, draw, away] = forecast.model?.map(rounded);
        let goals = forecast.expected_goals.map(|goals| goals.map(rounded));
        Some(Self {
            match_id: &forecast.fixture.id,
            win_prob_home: home,
            draw_prob: draw,
            win_prob_away: away,
            expected_goals_home: goals.map(|goals| goals[0]),
            expected_goals_away: goals.map(|goals| goals[1]),
            minute: forecast.state.minute,
            model,
            timestamp: UtcTimestamp(forecast.time),
        })
    }
}

impl<'a> BetData<'a> {
    fn placed(bet: &'a Bet) -> Self {
        let quote = &bet.edge.quote;
        Self {
            match_id: &bet.fixture.id,
            bet_id: bet.id.to_string(),
            market: quote.selection.market().kind().code(),
            selection: quote.selection.side().code(),
            line: quote.selection.market().line().map(|line| line.goals()),
            book: quote.book.as_str(),
            stake: bet.stake.units(),
            odds_taken: quote.odds.decimal(),
            expected_value: bet.edge.expected_value().map(rounded),
            minute: bet.state.minute,
            timestamp: UtcTimestamp(bet.placed_at),
            result: None,
            payout: None,
            corrects: None,
        }
    }

    fn settled(settlement: &'a Settlement) -> Self {
        Self {
            timestamp: UtcTimestamp(settlement.settled_at),
            result: Some(settlement.outcome.code()),
            payout: Some(settlement.payout.units()),
            ..Self::placed(&settlement.bet)
        }
    }

    fn corrected(settlement: &'a Settlement) -> Self {
        Self {
            corrects: Some(settlement.bet.id.to_string()),
            ..Self::settled(settlement)
        }
    }
}
