//! Entries of a feed, read and checked.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use serde::Deserialize;

use super::plausible::{check_match_odds, check_quotes};
use super::raw_value::{RawValue, StatisticData};
use super::statistics;
use super::{EndOfStream, Event, EventError, MAX_ENTRY, MatchEvent, MatchRef, MatchResult};
use crate::calendar::parse_date;
use crate::domain::{
    Book, Line, Market, MarketKind, MatchState, MatchStatus, Odds, Quote, Score, Selection, Side,
    StatusWord, Time,
};

#[derive(Deserialize)]
#[serde(expecting = "an object with event_type, data and timestamp")]
struct Envelope<'a> {
    #[serde(borrow, default)]
    event_type: RawValue<'a>,
    #[serde(borrow, default)]
    data: Option<Data<'a>>,
}

/// The members of `match_event`, `match_result` and `end_of_stream`.
#[derive(Default, Deserialize)]
#[serde(default, expecting = "an object")]
struct Data<'a> {
    #[serde(borrow)]
    match_id: RawValue<'a>,
    #[serde(borrow)]
    home_team: RawValue<'a>,
    #[serde(borrow)]
    away_team: RawValue<'a>,
    #[serde(borrow)]
    league: RawValue<'a>,
    #[serde(borrow)]
    season: RawValue<'a>,
    #[serde(borrow)]
    date: RawValue<'a>,
    #[serde(borrow)]
    kickoff: RawValue<'a>,
    #[serde(borrow)]
    minute: RawValue<'a>,
    #[serde(borrow)]
    home_goals: RawValue<'a>,
    #[serde(borrow)]
    away_goals: RawValue<'a>,
    #[serde(borrow)]
    status: RawValue<'a>,
    #[serde(borrow)]
    market_odds_home: RawValue<'a>,
    #[serde(borrow)]
    market_odds_draw: RawValue<'a>,
    #[serde(borrow)]
    market_odds_away: RawValue<'a>,
    #[serde(borrow)]
    book: RawValue<'a>,
    #[serde(borrow)]
    closing: RawValue<'a>,
    #[serde(borrow)]
    quotes: Option<Vec<QuoteData<'a>>>,
    #[serde(borrow)]
    timestamp: RawValue<'a>,
    #[serde(borrow)]
    round_size: RawValue<'a>,
    #[serde(borrow)]
    entries: RawValue<'a>,
    #[serde(borrow)]
    unpriced: RawValue<'a>,
    #[serde(borrow)]
    neutral: RawValue<'a>,
    #[serde(borrow)]
    statistics: Option<StatisticData<'a>>,
}

/// A price of `quotes`.
#[derive(Default, Deserialize)]
#[serde(
    default,
    expecting = "an object with market, selection, line, book and odds"
)]
struct QuoteData<'a> {
    #[serde(borrow)]
    market: RawValue<'a>,
    #[serde(borrow)]
    selection: RawValue<'a>,
    #[serde(borrow)]
    line: RawValue<'a>,
    #[serde(borrow)]
    book: RawValue<'a>,
    #[serde(borrow)]
    odds: RawValue<'a>,
}

impl<'a> Event<'a> {
    /// Reads an entry that is a line of JSON. Prices without a book are those of `book`.
    ///
    /// # Errors
    /// When it is too long, no JSON, or a member is missing or invalid.
    ///
    /// ```
    /// use simbet::Book;
    /// use simbet::internals::schema::event::Event;
    /// let line = br#"{"event_type":"match_result","data":{"match_id":"7","home_goals":2,"away_goals":-1,
    ///     "timestamp":"2023-08-11T22:00:00Z"},"timestamp":"2023-08-11T22:00:00Z"}"#;
    /// let error = Event::of_line(line, Book::AVG).unwrap_err();
    /// assert_eq!(error.to_string(), "away_goals: expected goals, 0 to 99, found -1");
    /// ```
    pub fn of_line(line: &'a [u8], book: Book) -> Result<Self, EventError> {
        if line.len() > MAX_ENTRY {
            return Err(EventError::TooLong);
        }
        let Envelope { event_type, data } =
            serde_json::from_slice(line).map_err(|error| EventError::json(&error))?;
        Self::of_members(event_type, data.unwrap_or_default(), book)
    }

    /// Reads an entry whose type and data are separate texts.
    ///
    /// # Errors
    /// As for [`Self::of_line`].
    pub fn of_parts(event_type: &'a str, data: &'a [u8], book: Book) -> Result<Self, EventError> {
        if data.len() > MAX_ENTRY {
            return Err(EventError::TooLong);
        }
        let data = serde_json::from_slice(data).map_err(|error| EventError::json(&error))?;
        Self::of_members(RawValue::Text(event_type.into()), data, book)
    }

    /// Reads an entry whose data is parsed JSON. Its errors have no position in a text.
    ///
    /// # Errors
    /// When a member is missing or invalid.
    ///
    /// ```
    /// use serde_json::json;
    /// use simbet::Book;
    /// use simbet::internals::schema::event::Event;
    /// let data = json!({"match_id": "7", "home_goals": 2, "away_goals": 1, "timestamp": "2023-08-11T22:00:00Z"});
    /// let text = data.to_string();
    /// let parts = Event::of_parts("match_result", text.as_bytes(), Book::AVG);
    /// assert_eq!(Event::of_value("match_result", &data, Book::AVG), parts);
    /// ```
    pub fn of_value(
        event_type: &'a str,
        data: &'a serde_json::Value,
        book: Book,
    ) -> Result<Self, EventError> {
        let data = Data::deserialize(data).map_err(|error| EventError::json(&error))?;
        Self::of_members(RawValue::Text(event_type.into()), data, book)
    }

    fn of_members(
        event_type: RawValue<'a>,
        data: Data<'a>,
        book: Book,
    ) -> Result<Self, EventError> {
        match &event_type {
            RawValue::Text(text) if text == MatchEvent::TYPE => data.prices(book).map(Self::Prices),
            RawValue::Text(text) if text == MatchResult::TYPE => data.result().map(Self::Result),
            RawValue::Text(text) if text == EndOfStream::TYPE => data.end().map(Self::End),
            other => other.refused("event_type", "match_event, match_result or end_of_stream"),
        }
    }
}

impl MatchEvent<'_> {
    /// The `event_type`.
    pub const TYPE: &'static str = "match_event";
}

impl MatchResult<'_> {
    /// The `event_type`.
    pub const TYPE: &'static str = "match_result";
}

/// The most entries of one instant: more is a mistake of the publisher.
const MAX_ROUND: u32 = 1_000_000;

impl<'a> Data<'a> {
    fn prices(mut self, default_book: Book) -> Result<MatchEvent<'a>, EventError> {
        let time = self.timestamp.instant("timestamp")?;
        let state = MatchState {
            minute: self
                .minute
                .whole("minute", [0, 130], "minutes played, 0 to 130")? as u8,
            home_goals: self.home_goals.goals("home_goals")?,
            away_goals: self.away_goals.goals("away_goals")?,
        };
        let closing = match std::mem::take(&mut self.closing).present() {
            Some(flag) => flag.flag("closing")?,
            None => false,
        };
        let quotes = self.quotes(default_book, time, state)?;
        let (round_size, mut about) = (self.round_size()?, self.about()?);
        about.home_team = Some(
            about
                .home_team
                .map_or_else(|| RawValue::Missing.name("home_team"), Ok)?,
        );
        about.away_team = Some(
            about
                .away_team
                .map_or_else(|| RawValue::Missing.name("away_team"), Ok)?,
        );
        Ok(MatchEvent {
            about,
            time,
            state,
            closing,
            quotes,
            round_size,
        })
    }

    fn result(mut self) -> Result<MatchResult<'a>, EventError> {
        let time = self.timestamp.instant("timestamp")?;
        let status = self.status()?;
        let score = Score {
            home: goals(&self.home_goals, "home_goals", status)?,
            away: goals(&self.away_goals, "away_goals", status)?,
        };
        let statistics = self.statistics.take().unwrap_or_default();
        let counted = statistics::read(statistics, status, score)?;
        Ok(MatchResult {
            time,
            score,
            status,
            statistics: counted.statistics.map(Arc::new),
            dropped: counted.dropped,
            round_size: self.round_size()?,
            about: self.about()?,
        })
    }

    /// The status of a match that is over; played where there is none.
    fn status(&self) -> Result<MatchStatus, EventError> {
        match &self.status {
            RawValue::Missing | RawValue::Null => Ok(MatchStatus::Played),
            RawValue::Text(word) => match StatusWord::of(word) {
                Some(StatusWord::Over(status)) => Ok(status),
                Some(StatusWord::NotOver) => self.status.refused("status", &STATUSES_OVER),
                None => self.status.refused("status", &STATUSES),
            },
            other => other.refused("status", &STATUSES),
        }
    }

    fn end(self) -> Result<EndOfStream, EventError> {
        let (entries, unpriced) = (
            count(self.entries, "entries")?,
            count(self.unpriced, "unpriced")?,
        );
        Ok(EndOfStream {
            entries: entries.map(u64::from),
            unpriced: unpriced.map(u64::from),
        })
    }

    fn round_size(&mut self) -> Result<Option<u32>, EventError> {
        let found = std::mem::take(&mut self.round_size).present();
        found
            .map(|found| found.whole("round_size", [1, MAX_ROUND], "a count from 1 to 1000000"))
            .transpose()
    }

    fn about(self) -> Result<MatchRef<'a>, EventError> {
        Ok(MatchRef {
            match_id: self.match_id.id("match_id")?,
            home_team: optional_name(self.home_team, "home_team")?,
            away_team: optional_name(self.away_team, "away_team")?,
            league: optional_name(self.league, "league")?,
            season: self
                .season
                .present()
                .map(|year| year.whole("season", [1800, 9999], "a year"))
                .transpose()?
                .map(|year| year as i16),
            date: self.date.present().map(date).transpose()?,
            kickoff: self
                .kickoff
                .present()
                .map(|found| found.instant("kickoff"))
                .transpose()?,
            neutral: self
                .neutral
                .present()
                .map_or(Ok(false), |found| found.flag("neutral"))?,
        })
    }

    /// The prices: those of `quotes` where it is there, else those of match odds.
    fn quotes(
        &mut self,
        default_book: Book,
        as_of: Time,
        state: MatchState,
    ) -> Result<Vec<Quote>, EventError> {
        let default_book = std::mem::take(&mut self.book)
            .present()
            .map(book)
            .transpose()?
            .unwrap_or(default_book);
        let odds = self.match_odds(state)?;
        match &self.quotes {
            Some(listed) => Self::listed_quotes(listed, default_book, as_of, state),
            None => Ok(of_match_odds(odds, default_book, as_of)),
        }
    }

    /// The members `market_odds_…`, checked; home and away may lack beside `quotes`.
    fn match_odds(&self, state: MatchState) -> Result<[Option<Odds>; 3], EventError> {
        let has_quotes = self.quotes.is_some();
        let members = [
            (&self.market_odds_home, "market_odds_home", has_quotes),
            (&self.market_odds_draw, "market_odds_draw", true),
            (&self.market_odds_away, "market_odds_away", has_quotes),
        ];
        let mut odds = [None; 3];
        for (odds, (found, member, may_lack)) in odds.iter_mut().zip(members) {
            let lacks = matches!(found, RawValue::Missing | RawValue::Null);
            if !(lacks && may_lack) {
                *odds = Some(found.odds(member)?);
            }
        }
        check_match_odds(odds, state, has_quotes)?;
        Ok(odds)
    }

    /// The prices of `quotes`.
    fn listed_quotes(
        listed: &[QuoteData<'_>],
        default_book: Book,
        as_of: Time,
        state: MatchState,
    ) -> Result<Vec<Quote>, EventError> {
        let mut quotes: Vec<Quote> = Vec::with_capacity(listed.len());
        for (place, priced) in listed.iter().enumerate() {
            let quote = priced
                .quote(default_book, as_of)
                .map_err(|error| error.in_quote(place))?;
            let is_same =
                |other: &Quote| (other.selection, other.book) == (quote.selection, quote.book);
            if quotes.iter().any(is_same) {
                let found =
                    RawValue::Text(format!("{} of {} twice", quote.selection, quote.book).into());
                return found.refused("quotes", "one price of a book for a selection");
            }
            quotes.push(quote);
        }
        check_quotes(&quotes, state)?;
        Ok(quotes)
    }
}

/// The quotes of a book's match odds.
fn of_match_odds(odds: [Option<Odds>; 3], book: Book, as_of: Time) -> Vec<Quote> {
    let selections = [Selection::HOME, Selection::DRAW, Selection::AWAY];
    let priced = selections.into_iter().zip(odds);
    priced
        .filter_map(|(selection, odds)| {
            Some(Quote {
                selection,
                odds: odds?,
                book,
                as_of,
            })
        })
        .collect()
}

impl QuoteData<'_> {
    fn quote(&self, default_book: Book, as_of: Time) -> Result<Quote, EventError> {
        let book = match &self.book {
            RawValue::Missing | RawValue::Null => default_book,
            found => book(found.clone())?,
        };
        Ok(Quote {
            selection: self.selection()?,
            odds: self.odds.odds("odds")?,
            book,
            as_of,
        })
    }

    fn selection(&self) -> Result<Selection, EventError> {
        let kind = match &self.market {
            RawValue::Text(text) => text.parse::<MarketKind>().ok(),
            _ => None,
        };
        let Some(kind) = kind else {
            return self.market.refused("market", &MARKETS);
        };
        let line = kind.has_line().then(|| self.line()).transpose()?;
        let side = match &self.selection {
            RawValue::Text(text) => text.parse::<Side>().ok(),
            _ => None,
        };
        let market = Market::new(kind, line);
        match market
            .zip(side)
            .and_then(|(market, side)| Selection::new(market, side))
        {
            Some(selection) => Ok(selection),
            None => self.selection.refused("selection", "a side of its market"),
        }
    }

    fn line(&self) -> Result<Line, EventError> {
        let line = if let RawValue::Number(goals) = self.line {
            Line::from_goals(goals)
        } else {
            None
        };
        line.map_or_else(
            || {
                self.line
                    .refused("line", "goals in quarters, such as -0.75")
            },
            Ok,
        )
    }
}

/// The codes of the markets, joined for a sentence.
static MARKETS: LazyLock<String> = LazyLock::new(|| {
    let [others @ .., last] = MarketKind::ALL.map(MarketKind::code);
    format!("{} or {last}", others.join(", "))
});

/// The codes of the statuses, joined for a sentence.
static STATUSES: LazyLock<String> = LazyLock::new(|| {
    let [others @ .., last] = MatchStatus::ALL.map(MatchStatus::code);
    format!("{} or {last}", others.join(", "))
});

/// The same of a match that is not over yet by its status: it has no result.
static STATUSES_OVER: LazyLock<String> =
    LazyLock::new(|| format!("the status of a match that is over: {}", *STATUSES));

/// The goals of a side. A match without a result may lack them: then they count as 0.
fn goals(
    found: &RawValue<'_>,
    member: &'static str,
    status: MatchStatus,
) -> Result<u8, EventError> {
    match found {
        RawValue::Missing | RawValue::Null if !status.has_result() => Ok(0),
        found => found.goals(member),
    }
}

fn book(found: RawValue<'_>) -> Result<Book, EventError> {
    match &found {
        RawValue::Text(text) if let Ok(book) = Book::new(text) => Ok(book),
        other => other.refused("book", "1 to 15 letters, digits, '-', '_' or '.'"),
    }
}

fn date(found: RawValue<'_>) -> Result<Time, EventError> {
    match &found {
        RawValue::Text(text) if let Some(day) = parse_date(text) => Ok(day),
        other => other.refused("date", "a day, such as 2023-08-11"),
    }
}

/// A count from 0, where there is one.
fn count(value: RawValue<'_>, member: &'static str) -> Result<Option<u32>, EventError> {
    value
        .present()
        .map(|value| value.whole(member, [0, u32::MAX], "a count"))
        .transpose()
}

/// A name, where there is one.
fn optional_name<'a>(
    value: RawValue<'a>,
    member: &'static str,
) -> Result<Option<Cow<'a, str>>, EventError> {
    value.present().map(|value| value.name(member)).transpose()
}
