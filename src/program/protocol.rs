//! What simbet tells a program: protocol 1, lines of JSON.
//!
//! Only what is known is ever in a line: a fixture has no score but the one so far, a price no time after the question.

use serde::Serialize;

use crate::calendar::format_date;
use crate::domain::{Fixture, Match, MatchState, Names, Offer, Quote, Score, Statistics, Time};
use crate::schema::event::UtcTimestamp;

/// The version of the protocol.
pub const PROTOCOL: u32 = 1;

/// A line to a program.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Line<'a> {
    /// The first line.
    Hello {
        /// The version of the protocol.
        protocol: u32,
        /// The version of simbet.
        simbet: &'static str,
        /// Whether prices are told.
        prices: bool,
    },
    /// A result that has become known.
    Result(PlayedLine<'a>),
    /// A result that was told and was wrong; the right one follows, if there is any.
    Retract(PlayedLine<'a>),
    /// Prices of a fixture that have become known.
    Price(PriceLine<'a>),
    /// A question about the fixtures of a round.
    Predict {
        /// The number of the question.
        id: u64,
        /// The instant as of which it is asked.
        time: UtcTimestamp,
        /// The fixtures, in the order of the answer.
        fixtures: Vec<OfferedLine<'a>>,
    },
}

/// A match as a line names it.
#[derive(Debug, Serialize)]
pub struct FixtureLine<'a> {
    match_id: &'a str,
    league: &'a str,
    season: i16,
    date: String,
    /// Kick-off, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    kickoff: Option<UtcTimestamp>,
    home_team: &'a str,
    away_team: &'a str,
    neutral: bool,
}

/// A match with its result.
#[derive(Debug, Serialize)]
pub struct PlayedLine<'a> {
    #[serde(flatten)]
    fixture: FixtureLine<'a>,
    home_goals: u8,
    away_goals: u8,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    statistics: Option<StatisticsLine<'a>>,
}

/// What was counted in a match, the home side's first; what was not counted is not there.
#[derive(Debug, Serialize)]
pub struct StatisticsLine<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    half_time: Option<[u8; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shots: Option<[u16; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shots_on_target: Option<[u16; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    corners: Option<[u16; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fouls: Option<[u16; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    yellow_cards: Option<[u16; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    red_cards: Option<[u16; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    referee: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected_goals: Option<[f64; 2]>,
}

/// A match with prices.
#[derive(Debug, Serialize)]
pub struct PriceLine<'a> {
    #[serde(flatten)]
    fixture: OfferedLine<'a>,
    time: UtcTimestamp,
    prices: Vec<QuoteLine<'a>>,
}

/// A match to be predicted; under way it has the minute and the score.
#[derive(Debug, Serialize)]
pub struct OfferedLine<'a> {
    #[serde(flatten)]
    fixture: FixtureLine<'a>,
    #[serde(flatten)]
    state: Option<StateLine>,
}

/// Minute and score of a match under way.
#[derive(Debug, Serialize)]
pub struct StateLine {
    minute: u8,
    home_goals: u8,
    away_goals: u8,
}

/// A price.
#[derive(Debug, Serialize)]
pub struct QuoteLine<'a> {
    market: &'static str,
    selection: &'static str,
    /// The line of the market, the home side's for handicaps.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<f64>,
    odds: f64,
    book: &'a str,
}

impl<'a> Line<'a> {
    /// The first line.
    pub const fn hello(prices: bool) -> Self {
        Self::Hello {
            protocol: PROTOCOL,
            simbet: env!("CARGO_PKG_VERSION"),
            prices,
        }
    }

    /// A question about fixtures.
    pub fn predict(id: u64, time: Time, offers: &'a [Offer], names: &'a Names) -> Self {
        let fixtures = offers
            .iter()
            .map(|offer| OfferedLine::of(&offer.fixture, offer.state, names));
        Self::Predict {
            id,
            time: UtcTimestamp(time),
            fixtures: fixtures.collect(),
        }
    }

    /// Appends the line.
    pub fn write(&self, out: &mut Vec<u8>) {
        // numbers, texts and lists go into memory without errors
        let written = serde_json::to_writer(&mut *out, self);
        debug_assert!(written.is_ok());
        out.push(b'\n');
    }
}

impl<'a> FixtureLine<'a> {
    fn of(fixture: &'a Fixture, names: &'a Names) -> Self {
        Self {
            match_id: &fixture.id,
            league: names.league(fixture.league),
            season: fixture.season,
            date: format_date(fixture.day),
            kickoff: fixture.kickoff.map(UtcTimestamp),
            home_team: names.team(fixture.home),
            away_team: names.team(fixture.away),
            neutral: fixture.neutral,
        }
    }
}

impl<'a> PlayedLine<'a> {
    /// A result.
    pub fn of(played: &'a Match, names: &'a Names) -> Self {
        Self {
            fixture: FixtureLine::of(&played.fixture, names),
            home_goals: played.score.home,
            away_goals: played.score.away,
            status: played.status.code(),
            statistics: played
                .statistics
                .as_deref()
                .filter(|statistics| statistics.has_counts())
                .map(StatisticsLine::of),
        }
    }
}

impl<'a> StatisticsLine<'a> {
    fn of(statistics: &'a Statistics) -> Self {
        Self {
            half_time: statistics
                .half_time
                .map(|Score { home, away }| [home, away]),
            shots: statistics.shots,
            shots_on_target: statistics.shots_on_target,
            corners: statistics.corners,
            fouls: statistics.fouls,
            yellow_cards: statistics.yellow_cards,
            red_cards: statistics.red_cards,
            referee: statistics.referee.as_deref(),
            expected_goals: statistics.expected_goals,
        }
    }
}

impl<'a> PriceLine<'a> {
    /// The prices of an offer, in an order of their own.
    pub fn of(offer: &'a Offer, time: Time, names: &'a Names) -> Self {
        let mut prices: Vec<&Quote> = offer.quotes.iter().collect();
        prices.sort_by_key(|quote| (quote.selection, quote.book));
        Self {
            fixture: OfferedLine::of(&offer.fixture, offer.state, names),
            time: UtcTimestamp(time),
            prices: prices.into_iter().map(QuoteLine::of).collect(),
        }
    }
}

impl<'a> OfferedLine<'a> {
    fn of(fixture: &'a Fixture, state: MatchState, names: &'a Names) -> Self {
        let is_under_way = state != MatchState::default();
        Self {
            fixture: FixtureLine::of(fixture, names),
            state: is_under_way.then_some(StateLine {
                minute: state.minute,
                home_goals: state.home_goals,
                away_goals: state.away_goals,
            }),
        }
    }
}

impl<'a> QuoteLine<'a> {
    fn of(quote: &'a Quote) -> Self {
        let market = quote.selection.market();
        Self {
            market: market.kind().code(),
            selection: quote.selection.side().code(),
            line: market.line().map(|line| line.goals()),
            odds: quote.odds.decimal(),
            book: quote.book.as_str(),
        }
    }
}
