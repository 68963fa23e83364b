//! Edges, bets, settlements, and the entries of the ledger.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::event::{MatchState, Time};
use super::fixture::{Fixture, Match, Score};
use super::market::{Outcome, Selection, Split};
use super::money::{Bankroll, Money};
use super::odds::{Odds, Quote};

/// A quote and what a model thinks of it: all that a staking rule needs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Edge {
    /// The price.
    pub quote: Quote,
    /// The odds less commission on what they win: what a winner really returns.
    pub net_odds: Odds,
    /// The probability of each outcome; `None` when no model has been asked.
    pub split: Option<Split>,
}

impl Edge {
    /// An edge without commission.
    pub fn new(quote: Quote, split: Option<Split>) -> Self {
        Self {
            quote,
            net_odds: quote.odds,
            split,
        }
    }

    /// Expected profit per unit of stake, commission paid; `None` without a model.
    pub fn expected_value(&self) -> Option<f64> {
        self.split.map(|split| split.expected_value(self.net_odds))
    }

    /// How far the model's probability is above the price's: EV / odds, which is p − 1/o for a bet that
    /// wins or loses. `None` without a model.
    ///
    /// ```
    /// use simbet::domain::{Book, Edge, Odds, Quote, Selection, Split, Time};
    /// let odds = Odds::new(2.1).unwrap();
    /// let quote = Quote { selection: Selection::HOME, odds, book: Book::AVG, as_of: Time::default() };
    /// let edge = Edge::new(quote, Some(Split::binary(0.55)));
    /// assert!((edge.advantage().unwrap() - (0.55 - 1.0 / 2.1)).abs() < 1e-12);
    /// ```
    pub fn advantage(&self) -> Option<f64> {
        self.expected_value()
            .map(|value| value / self.net_odds.decimal())
    }
}

/// Names a bet: a pure function of match, selection, time and strategy, so that a replay finds it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BetId(u64);

impl BetId {
    /// The id of the bet that `strategy` places at `time` on a selection of a match.
    pub fn new(fixture: &Fixture, selection: Selection, time: Time, strategy: &str) -> Self {
        let mut hash = Fnv::default();
        hash.write(fixture.id.as_bytes());
        hash.write(selection.market().kind().code().as_bytes());
        hash.write(selection.side().code().as_bytes());
        hash.write(
            &selection
                .market()
                .line()
                .map_or(i16::MAX, |line| line.quarters())
                .to_le_bytes(),
        );
        hash.write(&time.seconds().to_le_bytes());
        hash.write(strategy.as_bytes());
        Self(hash.0)
    }
}

impl fmt::Display for BetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// FNV-1a, 64 bits: small, and the same on every machine and in every version, which `std` does not promise.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    /// Mixes in the bytes and a separator, so that "ab","c" and "a","bc" differ.
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes.iter().chain(&[0xff]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

/// A bet that was placed, or would have been.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bet {
    /// Its name.
    pub id: BetId,
    /// The match.
    pub fixture: Arc<Fixture>,
    /// Minute and score when it was struck.
    pub state: MatchState,
    /// Selection, odds and book.
    pub edge: Edge,
    /// What is at risk.
    pub stake: Money,
    /// When it was struck.
    pub placed_at: Time,
    /// The probability of winning that the book's own prices imply, margin removed; on a line that can be void, of winning
    /// if it is not. `None` unless the book prices every side.
    pub price_probability: Option<f64>,
}

/// Why a bet that a strategy wanted was not placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Refusal {
    /// Nothing is free to stake.
    NoFreeBankroll,
    /// The stake came out below the minimum.
    BelowMinimum,
    /// The round's cap was used up.
    RoundCap,
    /// Open stakes had reached the limit.
    Exposure,
    /// The drawdown limit had been hit: no new bets.
    DrawdownStop,
    /// The same bet was placed before.
    Duplicate,
    /// The result of the match is known.
    MatchOver,
    /// Winning could take the bankroll beyond [`Money::LIMIT`].
    TooLarge,
}

impl Refusal {
    /// The code in tables and on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoFreeBankroll => "no_free_bankroll",
            Self::BelowMinimum => "below_minimum_stake",
            Self::RoundCap => "round_cap",
            Self::Exposure => "max_exposure",
            Self::DrawdownStop => "drawdown_stop",
            Self::Duplicate => "duplicate",
            Self::MatchOver => "match_over",
            Self::TooLarge => "too_large",
        }
    }
}

/// The last price before kick-off.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Closing {
    /// The odds.
    pub odds: Odds,
    /// The probability they imply, as [`Bet::price_probability`] is of the odds taken.
    pub probability: Option<f64>,
}

/// How a bet ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Settlement {
    /// The bet.
    pub bet: Bet,
    /// The final score.
    pub score: Score,
    /// Won, half won, void, half lost or lost.
    pub outcome: Outcome,
    /// What came back, stake included, commission paid.
    pub payout: Money,
    /// Payout less stake.
    pub profit: Money,
    /// The closing price of the same book, selection and line.
    pub closing: Option<Closing>,
    /// When the result was known.
    pub settled_at: Time,
    /// The balance afterwards.
    pub balance: Money,
}

/// What a model thought of a match when it was priced, beside what the price said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Forecast {
    /// The match.
    pub fixture: Arc<Fixture>,
    /// When it was made.
    pub time: Time,
    /// Minute and score then.
    pub state: MatchState,
    /// Probabilities of home win, draw and away win.
    pub model: [f64; 3],
    /// Expected goals of both sides at full time.
    pub expected_goals: [f64; 2],
    /// The same probabilities by the market, margin removed; `None` without all three prices.
    pub market: Option<[f64; 3]>,
}

/// A record of the ledger: everything the engine says.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// A priced match was predicted.
    Predicted(Forecast),
    /// A bet was placed.
    Placed(Bet),
    /// A bet was wanted and not placed.
    Refused {
        /// What was wanted.
        bet: Bet,
        /// Why not.
        reason: Refusal,
    },
    /// A bet was settled.
    Settled(Settlement),
    /// A result became known; once for each match.
    Played(Match),
    /// The result of a match that had been predicted before kick-off.
    Scored {
        /// What had been thought.
        forecast: Forecast,
        /// What happened.
        score: Score,
    },
    /// A round in which money moved is over.
    Closed {
        /// When.
        time: Time,
        /// What there is now.
        bankroll: Bankroll,
    },
}
