//! Assembles entries into rounds.

use std::collections::BTreeSet;
use std::hash::{BuildHasher as _, Hash as _, Hasher as _};
use std::sync::Arc;

use foldhash::fast::FixedState;
use serde::{Deserialize, Serialize};

use super::entry_error::EntryError;
use super::fixtures::Fixtures;
use super::pool_teams::PoolTeams;
use crate::domain::{Fixture, Match, Names, Offer, Quote, Round, Time};
use crate::schema::event::{EndOfStream, Event, MatchEvent, MatchResult, UtcTimestamp};
use crate::source::aliases::Aliases;

/// The open round, to which entries are added, and the completed one before it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Assembly {
    fixtures: Fixtures,
    round: Round,
    /// The number of the first entry of the open round, if there is one.
    open: Option<u64>,
    /// A completed round.
    ready: Round,
    /// The number of the completed round's first entry, until the round is handed out.
    waiting: Option<u64>,
    /// The entries of the open round so far, and their expected number (`round_size`), if they have one.
    arrived: usize,
    expected: Option<usize>,
    /// Digests of the prices of this instant, to recognize repeated entries. The hash has a fixed seed, so that runs are
    /// reproducible.
    known_prices: BTreeSet<u64>,
    now: Option<Time>,
    /// The number of the last entry.
    last: u64,
}

/// How an entry was accepted.
pub(crate) enum Accepted {
    /// Something new of this match.
    New(Arc<Fixture>),
    Repeated,
    End(EndOfStream),
}

impl Assembly {
    pub fn with_names(names: Names) -> Self {
        Self {
            fixtures: Fixtures::with_names(names),
            ..Self::default()
        }
    }

    /// Reads these spellings of teams as others.
    pub fn set_aliases(&mut self, aliases: Aliases) {
        self.fixtures.aliases = aliases;
    }

    /// Counts the teams of each pool, these among them.
    pub fn set_teams(&mut self, teams: PoolTeams) {
        self.fixtures.teams = teams;
    }

    /// The name of a team that is spelled so in a league.
    #[cfg(all(unix, feature = "serve"))]
    pub fn team_name<'a>(&'a self, league: &str, spelling: &'a str) -> &'a str {
        self.fixtures.aliases.team_name(league, spelling)
    }

    pub const fn names(&self) -> &Names {
        &self.fixtures.names
    }

    pub const fn days(&self) -> Option<(Time, Time)> {
        self.fixtures.days()
    }

    /// The latest time so far.
    pub const fn now(&self) -> Option<Time> {
        self.now
    }

    /// Whether the open round has no `round_size`.
    pub const fn is_open_ended(&self) -> bool {
        self.open.is_some() && self.expected.is_none()
    }

    /// The number of the last entry.
    pub const fn last(&self) -> u64 {
        self.last
    }

    /// The number of the last entry all of whose effects are in rounds that were handed out.
    pub fn over(&self) -> u64 {
        self.waiting
            .or(self.open)
            .map_or(self.last, |first| first.saturating_sub(1))
    }

    /// How many matches are remembered.
    pub fn remembered(&self) -> usize {
        self.fixtures.len()
    }

    /// Sets the number of the next entry.
    pub const fn number(&mut self, number: u64) {
        self.last = number;
    }

    /// Takes an entry. It completes at most one round, which has to be handed out before the next entry.
    pub fn take(&mut self, event: Event<'_>) -> Result<Accepted, EntryError> {
        match event {
            Event::Prices(prices) => self.price(prices),
            Event::Result(result) => self.end_match(&result),
            Event::End(end) => Ok(Accepted::End(end)),
        }
    }

    /// Ends the open round, if there is one.
    pub fn close(&mut self) {
        let Some(first) = self.open.take() else {
            return;
        };
        (self.arrived, self.expected) = (0, None);
        order(&mut self.round);
        std::mem::swap(&mut self.round, &mut self.ready);
        self.waiting = Some(first);
    }

    /// Hands out the completed round, if there is one. A round whose last entry has come is completed here.
    pub fn hand_out(&mut self, round: &mut Round) -> bool {
        if self.waiting.is_none() && self.expected == Some(self.arrived) {
            self.close();
        }
        let is_ready = self.waiting.take().is_some();
        if is_ready {
            std::mem::swap(round, &mut self.ready);
        }
        is_ready
    }

    fn price(&mut self, prices: MatchEvent<'_>) -> Result<Accepted, EntryError> {
        if let Some(now) = self.now.filter(|now| prices.time < *now) {
            let [time, now] = [prices.time, now].map(|time| UtcTimestamp(time).to_string());
            return Err(EntryError::Late { time, now });
        }
        let fixture = self.fixtures.find(&prices.about, prices.time, self.now)?;
        let digest = digest(&prices);
        if self.now == Some(prices.time) && self.known_prices.contains(&digest) {
            return Ok(Accepted::Repeated);
        }
        self.fixtures.ensure_open(&fixture)?;
        self.advance_to(prices.time);
        self.known_prices.insert(digest);
        self.open();
        let offer = Offer {
            fixture: Arc::clone(&fixture),
            state: prices.state,
            quotes: prices.quotes,
        };
        if prices.closing {
            self.round.closes.push(offer)
        } else {
            self.round.offers.push(offer)
        }
        self.count(prices.round_size);
        Ok(Accepted::New(fixture))
    }

    fn end_match(&mut self, result: &MatchResult<'_>) -> Result<Accepted, EntryError> {
        let fixture = self.fixtures.find(&result.about, result.time, self.now)?;
        // a late result becomes known when it arrives
        let known_at = self.now.map_or(result.time, |now| now.max(result.time));
        let played = Match {
            fixture: Arc::clone(&fixture),
            score: result.score,
            status: result.status,
            statistics: result.statistics.clone(),
        };
        let Some(played) = self.fixtures.end(played, result.time, known_at)? else {
            return Ok(Accepted::Repeated);
        };
        self.advance_to(known_at);
        self.open();
        self.add_result(played);
        self.count(result.round_size);
        Ok(Accepted::New(fixture))
    }

    /// Adds a result to the open round. Where it adds to one of the same instant, only all that is known of the match counts.
    fn add_result(&mut self, played: Match) {
        let is_more = |known: &&mut Match| {
            known.fixture.id == played.fixture.id && known.is_same_result(&played)
        };
        // unless it was corrected in between
        let of_match = |known: &&mut Match| known.fixture.id == played.fixture.id;
        let mut newest_first = self.round.results.iter_mut().rev();
        match newest_first.find(of_match).filter(is_more) {
            Some(known) => *known = played,
            None => self.round.results.push(played),
        }
    }

    /// Ends the open round if this is a later time.
    fn advance_to(&mut self, time: Time) {
        if self.now.is_none_or(|now| time > now) {
            self.close();
            self.known_prices.clear();
            self.now = Some(time);
        }
    }

    fn open(&mut self) {
        if self.open.is_none() {
            self.open = Some(self.last);
            self.round.reset(self.now.unwrap_or_default());
        }
    }

    fn count(&mut self, round_size: Option<u32>) {
        self.arrived += 1;
        self.expected = self.expected.max(round_size.map(|size| size as usize));
    }
}

/// Sorts a round into the engine's order, whatever the order of its entries.
fn order(round: &mut Round) {
    fn key(fixture: &Fixture) -> (Time, &str) {
        (fixture.day, &fixture.id)
    }
    round
        .results
        .sort_by(|a, b| key(&a.fixture).cmp(&key(&b.fixture)));
    for offers in [&mut round.offers, &mut round.closes] {
        let state = |offer: &Offer| {
            (
                offer.state.minute,
                offer.state.home_goals,
                offer.state.away_goals,
            )
        };
        offers.sort_by(|a, b| {
            key(&a.fixture)
                .cmp(&key(&b.fixture))
                .then_with(|| state(a).cmp(&state(b)))
        });
        offers.dedup_by(|later, first| {
            let same = later.fixture.id == first.fixture.id && later.state == first.state;
            if same {
                merge(&mut first.quotes, &later.quotes);
            }
            same
        });
    }
}

/// Merges prices of other books or markets. Of two prices of one book for one selection at one instant, the lower one
/// counts, whichever came first.
fn merge(quotes: &mut Vec<Quote>, more: &[Quote]) {
    for quote in more {
        let same =
            |known: &&mut Quote| known.selection == quote.selection && known.book == quote.book;
        match quotes.iter_mut().find(same) {
            Some(known) if quote.odds < known.odds => known.odds = quote.odds,
            Some(_) => {}
            None => quotes.push(*quote),
        }
    }
    quotes.sort_by_key(|quote| (quote.selection.market().kind(), quote.book, quote.selection));
}

/// A digest of an entry with prices.
fn digest(prices: &MatchEvent<'_>) -> u64 {
    let mut hasher = FixedState::default().build_hasher();
    prices.about.match_id.hash(&mut hasher);
    (prices.closing, prices.state).hash(&mut hasher);
    for quote in &prices.quotes {
        (quote.selection, quote.book, quote.odds.decimal().to_bits()).hash(&mut hasher);
    }
    hasher.finish()
}
