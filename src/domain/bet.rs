//! Edges, and the bets that are placed on them.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::fixture::Fixture;
use super::money::Money;
use super::odds::Odds;
use super::outcome::OutcomeDistribution;
use super::quote::Quote;
use super::score::MatchState;
use super::selection::Selection;
use super::time::Time;

/// A quote and the model's probabilities of its outcomes: all that a staking rule needs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Edge {
    /// The price.
    pub quote: Quote,
    /// The share of the net winnings on the market that the book keeps: at least 0, below 1.
    pub commission: f64,
    /// The model's probability of each outcome; `None` without a model.
    pub distribution: Option<OutcomeDistribution>,
}

impl Edge {
    /// An edge without commission.
    pub fn new(quote: Quote, distribution: Option<OutcomeDistribution>) -> Self {
        Self {
            quote,
            commission: 0.0,
            distribution,
        }
    }

    /// The odds after commission, if the bet is the only one on its market: the part above 1 is reduced by the rate.
    pub fn net_odds(&self) -> Odds {
        self.quote.odds.after_commission(self.commission)
    }

    /// Expected profit per unit of stake, commission paid; `None` without a model.
    ///
    /// It is that of the bet alone. Several bets at one book on sides of one market pay commission on their winnings less
    /// their losses, so that they expect together at least the sum of what each expects alone.
    pub fn expected_value(&self) -> Option<f64> {
        self.distribution
            .map(|outcomes| outcomes.expected_value(self.net_odds()))
    }

    /// How far the model's probability is above the price's: EV / odds, which is p − 1/o for a bet that
    /// wins or loses. `None` without a model.
    ///
    /// ```
    /// use simbet::{Book, Edge, Odds, OutcomeDistribution, Quote, Selection, Time};
    /// let odds = Odds::new(2.1).unwrap();
    /// let quote = Quote { selection: Selection::HOME, odds, book: Book::AVG, as_of: Time::default() };
    /// let edge = Edge::new(quote, Some(OutcomeDistribution::binary(0.55)));
    /// assert!((edge.advantage().unwrap() - (0.55 - 1.0 / 2.1)).abs() < 1e-12);
    /// ```
    pub fn advantage(&self) -> Option<f64> {
        self.expected_value()
            .map(|value| value / self.net_odds().decimal())
    }
}

/// Names a bet: a pure function of match, selection, time and strategy, so that a replay finds it again.
///
/// ```
/// use simbet::{BetId, Fixture, LeagueId, Selection, TeamId, Time};
/// let day = Time::from_days(19_580);
/// let fixture = Fixture {
///     id: Fixture::id_of("E0", "2023-08-11", "Burnley", "Man City"),
///     league: LeagueId(0),
///     home: TeamId(0),
///     away: TeamId(1),
///     season: 2023,
///     day,
///     kickoff: None,
///     neutral: false,
/// };
/// let id = BetId::new(&fixture, Selection::HOME, day, "kelly");
/// assert_eq!(id, BetId::new(&fixture, Selection::HOME, day, "kelly"));
/// assert_ne!(id, BetId::new(&fixture, Selection::AWAY, day, "kelly"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BetId(u64);

impl BetId {
    /// The id of the bet that `strategy` places at `time` on a selection of a match.
    pub fn new(fixture: &Fixture, selection: Selection, time: Time, strategy: &str) -> Self {
        BetIds::of_match(fixture).of(selection, time, strategy)
    }
}

/// Names the bets on one match.
pub(crate) struct BetIds(Fnv);

impl BetIds {
    /// The ids of bets on a match. Its own id is the longest part of theirs, and is mixed in once.
    pub(crate) fn of_match(fixture: &Fixture) -> Self {
        let mut hash = Fnv::default();
        hash.write(fixture.id.as_bytes());
        Self(hash)
    }

    /// The id of the bet that `strategy` places at `time` on a selection.
    pub(crate) fn of(&self, selection: Selection, time: Time, strategy: &str) -> BetId {
        let mut hash = self.0;
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
        BetId(hash.0)
    }
}

impl fmt::Display for BetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// FNV-1a, 64 bits: small, and the same on every machine and in every version, which `std` does not promise.
#[derive(Clone, Copy)]
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    /// Mixes in the bytes and a separator, so that "ab","c" and "a","bc" differ.
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.mix(*byte));
        self.mix(0xff);
    }

    const fn mix(&mut self, byte: u8) {
        self.0 = (self.0 ^ byte as u64).wrapping_mul(0x0000_0100_0000_01b3);
    }
}

/// A bet that was placed, or would have been.
///
/// ```
/// use std::sync::Arc;
/// use simbet::{Bet, BetId, Book, Edge, Fixture, LeagueId, MatchState, Money, Odds, Quote, Score, Selection, TeamId, Time};
/// let day = Time::from_days(19_580);
/// let fixture = Arc::new(Fixture {
///     id: Fixture::id_of("E0", "2023-08-11", "Burnley", "Man City"),
///     league: LeagueId(0),
///     home: TeamId(0),
///     away: TeamId(1),
///     season: 2023,
///     day,
///     kickoff: None,
///     neutral: false,
/// });
/// let odds = Odds::new(1.35).unwrap();
/// let quote = Quote { selection: Selection::AWAY, odds, book: Book::AVG, as_of: day };
/// let bet = Bet {
///     id: BetId::new(&fixture, Selection::AWAY, day, "flat"),
///     fixture,
///     state: MatchState::default(),
///     edge: Edge::new(quote, None),
///     stake: Money::from_minor(10_000),
///     placed_at: day,
///     price_probability: None,
///     mean_odds: None,
/// };
/// let outcome = bet.edge.quote.selection.settle(Score { home: 0, away: 3 });
/// assert_eq!(outcome.payout(bet.stake, odds), Money::from_minor(13_500));
/// ```
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
    /// The amount at risk.
    pub stake: Money,
    /// When it was struck.
    pub placed_at: Time,
    /// The probability of winning that the book's own prices imply, margin removed; on a line that can be void, of winning
    /// if it is not; where the best of several books was chosen, the mean of those that price every side. `None` where none does.
    pub price_probability: Option<f64>,
    /// The mean of the odds that the books among which the best was chosen had on the selection then; for the market's
    /// maximum its average. `None` where the book was not chosen by its odds, or the average is not known.
    pub mean_odds: Option<Odds>,
}
