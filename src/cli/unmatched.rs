//! Settings that name what no file has.

use std::collections::BTreeSet;

use crate::config::{Idle, RunConfig, flag};
use crate::domain::{Book, LeagueId, MarketKind};
use crate::source::{MatchRecord, Matches, WantedPrices};

/// A book or a market that a run names and of which there is no price.
pub struct Unpriced {
    /// The setting that names it.
    pub setting: &'static str,
    /// That there is no price, and what names it.
    pub sentence: String,
}

/// The books and markets that these matches have no price of, though they have one of another that is wanted. `whose` are they
/// in the sentence. Where they have none at all an error of its own says what there is instead.
pub fn unpriced<'a>(
    wanted: WantedPrices<'_>,
    matches: impl Iterator<Item = &'a MatchRecord>,
    whose: &str,
) -> Vec<Unpriced> {
    let matches: Vec<&MatchRecord> = matches.collect();
    let is_met = |wanted: WantedPrices<'_>| matches.iter().any(|record| wanted.has_price(record));
    if !is_met(wanted) {
        return Vec::new();
    }
    let lacking = |setting: &'static str, name: &str| Unpriced {
        setting,
        sentence: format!(
            "no {whose} has a price of {name}, which {} names",
            flag(setting)
        ),
    };
    let books = wanted.books.chunks(1);
    let books = books.filter(|books| !is_met(WantedPrices { books, ..wanted }));
    // closing prices of totals help to convert handicaps whose line moved
    let is_closed = |kinds: &[MarketKind]| {
        let mut closes = matches.iter().flat_map(|record| &record.close);
        closes.any(|quote| kinds.contains(&quote.selection.market().kind()))
    };
    let markets = wanted.markets.chunks(1);
    let markets = markets
        .filter(|markets| !is_met(WantedPrices { markets, ..wanted }) && !is_closed(markets));
    let books = books.flatten().map(|book| lacking("book", book.as_str()));
    let markets = markets.flatten();
    books
        .chain(markets.map(|kind| lacking("markets", kind.code())))
        .collect()
}

/// The settings of a run that name leagues or books that these matches do not have.
pub fn unmatched(config: &RunConfig, matches: &Matches) -> Vec<Idle> {
    // each once, before their names are compared
    let leagues: BTreeSet<LeagueId> = (matches.records.iter())
        .map(|record| record.fixture.league)
        .collect();
    let names = leagues.into_iter().map(|id| matches.names.league(id));
    let leagues: BTreeSet<&str> = names.collect();
    let listed = || Vec::from_iter(leagues.iter().copied()).join(", ");
    let idle = |setting: &str, because: String| Idle {
        setting: setting.to_owned(),
        because,
    };
    let is_lone = |pool: &&Vec<String>| {
        let known = pool
            .iter()
            .filter(|league| leagues.contains(league.as_str()));
        known.count() < 2
    };
    let pool = config.engine.pools.iter().find(is_lone).map(|pool| {
        let because = format!(
            "of {} the files do not have two; they have {}",
            pool.join("+"),
            listed()
        );
        idle("pool", because)
    });
    let league = config.read.league.as_deref();
    let league = league.filter(|league| !leagues.contains(league)).map(|_| {
        let because = format!("every file says its leagues itself, which are {}", listed());
        idle("league", because)
    });
    let market_book = config
        .engine
        .market_book
        .filter(|book| !is_priced(*book, matches));
    let market_book = market_book.map(|book| {
        idle(
            "market_book",
            format!("no match has a price of {book}; name another"),
        )
    });
    [pool, league, market_book].into_iter().flatten().collect()
}

fn is_priced(book: Book, matches: &Matches) -> bool {
    let mut records = matches.records.iter();
    records.any(|record| {
        let mut quotes = record.pre.iter().chain(&record.close);
        quotes.any(|quote| quote.book == book)
    })
}
