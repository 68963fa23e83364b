//! The records of the ledger: forecasts, bets, refusals and settlements.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::bet::Bet;
use super::fixture::{Fixture, Match, TeamId};
use super::line::Line;
use super::money::{Bankroll, Money};
use super::odds::Odds;
use super::opinion::Rates;
use super::outcome::{Outcome, OutcomeDistribution};
use super::score::{MatchState, Score};
use super::selection::Selection;
use super::time::Time;

/// Why the ledger refused a bet.
///
/// ```
/// use simbet::Refusal;
/// assert_eq!(Refusal::NoFreeBankroll.code(), "no_free_bankroll");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Refusal {
    /// Too little is free to stake: the rest is tied up in open bets, or goes to other bets of the round.
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
    /// The whole balance, open stakes included, was too small for it, or for any bet of its round; at the initial bankroll
    /// it would have been placed.
    BankrollTooSmall,
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
            Self::BankrollTooSmall => "bankroll_too_small",
        }
    }

    /// Whether the bet was left out for want of money: the bankroll was too small for it, or tied up in open bets.
    pub const fn is_want_of_money(self) -> bool {
        match self {
            Self::NoFreeBankroll | Self::BankrollTooSmall => true,
            Self::BelowMinimum
            | Self::RoundCap
            | Self::Exposure
            | Self::DrawdownStop
            | Self::Duplicate
            | Self::MatchOver
            | Self::TooLarge => false,
        }
    }
}

/// What the last prices of the book before kick-off say of a bet.
///
/// ```
/// use simbet::internals::domain::Closing;
/// use simbet::{Line, Odds, OutcomeDistribution};
/// // -0.5 was backed, and only -1 is priced at the close: there is no price to compare with, but a value
/// let moved_to = Some(Line::from_quarters(-4));
/// let fair = Some(OutcomeDistribution::binary(0.6));
/// let closing = Closing { odds: None, probability: None, moved_to, fair };
/// assert!((closing.value_of(Odds::new(1.95).unwrap()).unwrap() - 0.17).abs() < 1e-12);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Closing {
    /// The closing odds on the selection and line that was backed; `None` where the line moved.
    pub odds: Option<Odds>,
    /// The probability they imply, as [`Bet::price_probability`] is of the odds taken.
    pub probability: Option<f64>,
    /// The line that is priced at the close, where it is not the one that was backed.
    pub moved_to: Option<Line>,
    /// The outcomes of the bet by the closing prices without their margin; `None` where the book does not price every side,
    /// or the line moved too far.
    pub fair: Option<OutcomeDistribution>,
}

impl Closing {
    /// The expected profit of a unit staked on the selection at these odds, if the closing prices without margin are right.
    /// Where commission is paid the odds are those after it.
    pub fn value_of(&self, odds: Odds) -> Option<f64> {
        self.fair.map(|outcomes| outcomes.expected_value(odds))
    }
}

/// How a bet ended.
///
/// ```
/// use simbet::{Entry, Names, Outcome, RunConfig, Settings, Settlement, Sink, SinkError, backtest, read_bytes};
///
/// #[derive(Default)]
/// struct Settlements(Vec<Settlement>);
///
/// impl Sink for Settlements {
///     fn name(&self) -> &'static str {
///         "settlements"
///     }
///
///     fn write(&mut self, entry: &Entry, _names: &Names) -> Result<(), SinkError> {
///         if let Entry::Settled(settlement) = entry {
///             self.0.push(settlement.clone());
///         }
///         Ok(())
///     }
/// }
///
/// let csv = b"date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n\
///     2024-08-16,Man United,Fulham,1,0,1.60,4.20,5.25\n";
/// let settings = Settings::from_toml("strategy = 'flat'\nselections = ['home']").unwrap();
/// let config = RunConfig::resolve(&settings).unwrap();
/// let matches = read_bytes("mine.csv", csv, &config.read).unwrap();
/// let mut sink = Settlements::default();
/// backtest(&config.engine, config.replay, matches, Some(&mut sink), &mut |_| {}).unwrap();
/// let settlement = &sink.0[0];
/// assert_eq!(settlement.outcome, Outcome::Won);
/// assert_eq!((settlement.payout.units(), settlement.profit.units()), (160.0, 60.0));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settlement {
    /// The bet.
    pub bet: Bet,
    /// The final score; the one at which play stopped where the match has no result.
    pub score: Score,
    /// Won, half won, void, half lost or lost; void where the match has no result.
    pub outcome: Outcome,
    /// The amount paid out: stake included, after commission.
    pub payout: Money,
    /// Payout less stake.
    pub profit: Money,
    /// What the closing prices of the same book say of it.
    pub closing: Option<Closing>,
    /// When the result was known, or its correction.
    pub settled_at: Time,
    /// The balance afterwards.
    pub balance: Money,
}

/// Why no bet on a match is considered, whatever its prices: the model knows too little of it.
///
/// ```
/// use simbet::{TeamId, Withheld};
/// let unknown = Withheld::Misspelt { team: TeamId(7), meant: TeamId(2) };
/// assert_eq!(unknown.code(), "misspelt");
/// assert!(!unknown.has_forecast());
/// assert!(Withheld::Newcomer { team: TeamId(7), seen: 3, other: None }.has_forecast());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Withheld {
    /// The model has seen no result of the league.
    UnknownLeague,
    /// The name of a side was never seen in the league and looks like another that is well known there.
    Misspelt {
        /// The side.
        team: TeamId,
        /// The team that was probably meant.
        meant: TeamId,
    },
    /// The model has seen fewer matches of a side than it takes to bet on it.
    Newcomer {
        /// The side, of two the one that it has seen less of.
        team: TeamId,
        /// How many matches it has seen of it.
        seen: u32,
        /// How many it has seen of the other side, where they are too few as well.
        other: Option<u32>,
    },
}

impl Withheld {
    /// The code in tables.
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownLeague => "unknown_league",
            Self::Misspelt { .. } => "misspelt",
            Self::Newcomer { .. } => "newcomer",
        }
    }

    /// Whether there is a forecast nevertheless, which is scored.
    pub const fn has_forecast(self) -> bool {
        match self {
            Self::UnknownLeague | Self::Misspelt { .. } => false,
            Self::Newcomer { .. } => true,
        }
    }
}

/// A model's forecast of a match, and the market's forecast at the same instant.
///
/// ```
/// use std::sync::Arc;
/// use simbet::{Fixture, Forecast, LeagueId, MatchState, ScoreGrid, TeamId, Time};
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
/// let grid = ScoreGrid::poisson(1.6, 1.1).unwrap();
/// let forecast = Forecast {
///     fixture: Arc::new(fixture),
///     time: day,
///     state: MatchState::default(),
///     model: Some(grid.outcomes()),
///     unpooled: None,
///     expected_goals: Some(grid.expected_goals()),
///     rates: None,
///     standard_errors: None,
///     named: Box::default(),
///     market: None,
///     prices: Box::default(),
///     seen: Some([38, 0]),
///     newcomer: true,
/// };
/// assert!((forecast.model.unwrap()[0] - 0.489573537).abs() < 1e-9);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Forecast {
    /// The match.
    pub fixture: Arc<Fixture>,
    /// When it was made.
    pub time: Time,
    /// Minute and score then.
    pub state: MatchState,
    /// Probabilities of home win, draw and away win; `None` where the model names other selections only.
    pub model: Option<[f64; 3]>,
    /// The same by the model alone, where `model` is pooled with the price; `None` where it is not.
    pub unpooled: Option<[f64; 3]>,
    /// Expected goals of both sides at full time; `None` of a model that has no distribution over scores.
    pub expected_goals: Option<[f64; 2]>,
    /// The rates from which the model's distribution over scores was made, where they are known.
    pub rates: Option<Rates>,
    /// The standard errors of the probabilities in `model`, where the model knows how sure it is.
    pub standard_errors: Option<[f64; 3]>,
    /// What the model says of over and under 2.5 and of each priced selection beside home win, draw and away win where no rates tell
    /// it, and of each that it names one by one; nothing in a run of which no output asks for it.
    pub named: Box<[(Selection, OutcomeDistribution)]>,
    /// The same probabilities by the market, margin removed; `None` without all three prices, and in play in a run of which no
    /// output asks for them.
    pub market: Option<[f64; 3]>,
    /// The prices that could be bet at, by selection; none unless an output of the run asks for them.
    pub prices: Box<[(Selection, Odds)]>,
    /// How many matches of the home and of the away side the model rests on; `None` for a model that does not learn from
    /// results.
    pub seen: Option<[u32; 2]>,
    /// Whether these are too few of either side to bet on.
    pub newcomer: bool,
}

/// A record of the ledger: the only output of the engine.
///
/// ```
/// use simbet::{Bankroll, Entry, Money, Time};
/// let bankroll = Bankroll::new(Money::from_minor(10_350)).unwrap();
/// let entry = Entry::Closed { time: Time::from_days(19_580), bankroll };
/// let Entry::Closed { bankroll, .. } = entry else { panic!("the entry closes a round") };
/// assert_eq!(bankroll.balance().to_string(), "103.50");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// A priced match was predicted.
    Predicted(Arc<Forecast>),
    /// A bet was placed.
    Placed(Bet),
    /// The ledger refused a bet.
    Refused {
        /// The bet.
        bet: Bet,
        /// The reason.
        reason: Refusal,
    },
    /// No bet on a priced match was considered.
    Withheld {
        /// The match.
        fixture: Arc<Fixture>,
        /// Minute and score then.
        state: MatchState,
        /// The reason.
        reason: Withheld,
        /// How many prices would have been bet at otherwise; 0 without a forecast.
        edges: u64,
    },
    /// A bet was settled, once for each bet.
    Settled(Settlement),
    /// A bet that was settled settles otherwise, because the result of its match was corrected. The bankroll moves by the
    /// difference of the two profits.
    Corrected {
        /// How it was settled before.
        before: Box<Settlement>,
        /// How it is settled now: outcome, payout and profit in full, not the difference.
        after: Settlement,
    },
    /// The result of a match became known; a match without one, such as an abandoned one, has no such entry.
    Played(Match),
    /// What was known of a match that is over was corrected.
    Revised {
        /// What was known before.
        before: Match,
        /// What is known now.
        after: Match,
        /// The forecast, if it had been predicted before kick-off.
        forecast: Option<Arc<Forecast>>,
    },
    /// The result of a match that had been predicted before kick-off.
    Scored {
        /// The forecast.
        forecast: Arc<Forecast>,
        /// The final score.
        score: Score,
    },
    /// A round in which money moved is over.
    Closed {
        /// When.
        time: Time,
        /// The bankroll afterwards.
        bankroll: Bankroll,
    },
}
