//! Rounds as entries.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{MatchEvent, MatchOdds, MatchResult, StatisticMembers, UtcTimestamp};
use crate::calendar::civil;
use crate::domain::{
    Book, Fixture, Match, Names, Odds, Offer, Quote, Round, Selection, Side, Time,
};

/// The entries of a round, in the order in which the engine takes them. The first of `books` that has a price for
/// home or away fills the members `market_odds_…`, for consumers that do not read `quotes`: see [`MatchOdds`].
pub fn publications<'a>(
    round: &'a Round,
    names: &'a Names,
    books: &'a [Book],
) -> impl Iterator<Item = Publication<'a>> {
    let size = round.results.len() + round.offers.len() + round.closes.len();
    let results = round.results.iter().map(Content::Result);
    let offers = round.offers.iter().map(|offer| Content::Prices {
        offer,
        closing: false,
    });
    let closes = round.closes.iter().map(|offer| Content::Prices {
        offer,
        closing: true,
    });
    let all = results.chain(offers).chain(closes);
    all.map(move |content| Publication {
        content,
        time: round.time,
        size,
        names,
        books,
    })
}

/// An entry to be published: a `match_event` or a `match_result`. It serialises as the entry's `data`.
#[derive(Debug, Clone, Copy)]
pub struct Publication<'a> {
    content: Content<'a>,
    time: Time,
    size: usize,
    names: &'a Names,
    books: &'a [Book],
}

#[derive(Debug, Clone, Copy)]
enum Content<'a> {
    Result(&'a Match),
    Prices { offer: &'a Offer, closing: bool },
}

impl Publication<'_> {
    /// The `event_type`.
    pub const fn event_type(&self) -> &'static str {
        match self.content {
            Content::Result(_) => MatchResult::TYPE,
            Content::Prices { .. } => MatchEvent::TYPE,
        }
    }

    /// How many prices it has.
    pub const fn quotes(&self) -> usize {
        match self.content {
            Content::Result(_) => 0,
            Content::Prices { offer, .. } => offer.quotes.len(),
        }
    }

    /// When it became known.
    pub const fn time(&self) -> Time {
        self.time
    }

    fn about<M: SerializeMap>(&self, map: &mut M, fixture: &Fixture) -> Result<(), M::Error> {
        map.serialize_entry("match_id", &*fixture.id)?;
        map.serialize_entry("home_team", self.names.team(fixture.home))?;
        map.serialize_entry("away_team", self.names.team(fixture.away))?;
        map.serialize_entry("league", self.names.league(fixture.league))?;
        map.serialize_entry("season", &fixture.season)?;
        map.serialize_entry("date", &Day(fixture.day))?;
        if fixture.neutral {
            map.serialize_entry("neutral", &true)?;
        }
        fixture.kickoff.map_or(Ok(()), |kickoff| {
            map.serialize_entry("kickoff", &UtcTimestamp(kickoff))
        })
    }

    fn prices<M: SerializeMap>(
        &self,
        map: &mut M,
        offer: &Offer,
        closing: bool,
    ) -> Result<(), M::Error> {
        map.serialize_entry("minute", &offer.state.minute)?;
        map.serialize_entry("home_goals", &offer.state.home_goals)?;
        map.serialize_entry("away_goals", &offer.state.away_goals)?;
        let odds = MatchOdds::of(&offer.quotes, self.books, offer.state);
        map.serialize_entry("market_odds_home", &odds.home)?;
        odds.draw.map_or(Ok(()), |draw| {
            map.serialize_entry("market_odds_draw", &draw)
        })?;
        map.serialize_entry("market_odds_away", &odds.away)?;
        odds.book
            .map_or(Ok(()), |book| map.serialize_entry("book", book.as_str()))?;
        if closing {
            map.serialize_entry("closing", &true)?;
        }
        if !is_match_odds_only(&offer.quotes, odds.book) {
            map.serialize_entry("quotes", &Quotes(&offer.quotes))?;
        }
        Ok(())
    }
}

impl Serialize for Publication<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self.content {
            Content::Result(played) => {
                self.about(&mut map, &played.fixture)?;
                map.serialize_entry("home_goals", &played.score.home)?;
                map.serialize_entry("away_goals", &played.score.away)?;
                if !played.status.has_result() {
                    map.serialize_entry("status", played.status.code())?;
                }
                if let Some(statistics) = &played.statistics {
                    map.serialize_entry("statistics", &StatisticMembers(statistics))?;
                }
            }
            Content::Prices { offer, closing } => {
                self.about(&mut map, &offer.fixture)?;
                self.prices(&mut map, offer, closing)?;
            }
        }
        map.serialize_entry("timestamp", &UtcTimestamp(self.time))?;
        map.serialize_entry("round_size", &self.size)?;
        map.end()
    }
}

/// Whether the only quotes are home, draw and away, or home and away, of this book. They then need no `quotes`.
fn is_match_odds_only(quotes: &[Quote], book: Option<Book>) -> bool {
    let sides = quotes.iter().map(|quote| quote.selection);
    let of_book = quotes.iter().all(|quote| Some(quote.book) == book);
    let all = [Selection::HOME, Selection::DRAW, Selection::AWAY];
    of_book && (sides.clone().eq(all) || sides.eq([Selection::HOME, Selection::AWAY]))
}

struct Day(Time);

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&civil(self.0).date())
    }
}

struct Quotes<'a>(&'a [Quote]);

impl Serialize for Quotes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        struct Priced<'a> {
            market: &'static str,
            selection: Side,
            #[serde(skip_serializing_if = "Option::is_none")]
            line: Option<f64>,
            book: &'a str,
            odds: Odds,
        }
        serializer.collect_seq(self.0.iter().map(|quote| Priced {
            market: quote.selection.market().kind().code(),
            selection: quote.selection.side(),
            line: quote.selection.market().line().map(|line| line.goals()),
            book: quote.book.as_str(),
            odds: quote.odds,
        }))
    }
}
