//! Settings that name what no file has.

use std::collections::BTreeSet;

use crate::config::{Idle, RunConfig};
use crate::domain::Book;
use crate::source::Matches;

/// The settings of a run that name leagues or books that these matches do not have.
pub fn unmatched(config: &RunConfig, matches: &Matches) -> Vec<Idle> {
    let leagues: BTreeSet<&str> = matches
        .records
        .iter()
        .map(|record| matches.names.league(record.fixture.league))
        .collect();
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
