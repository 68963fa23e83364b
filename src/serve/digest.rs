//! What tells events apart, so that the same one twice has one effect.

use sha2::{Digest as _, Sha256};

use crate::wire::event::{Event, MatchEvent, MatchResult};

/// Of two events that say the same, these are the same.
pub type Digest = [u8; 16];

/// The digest of an event: who plays, when, and the score, of prices also the minute, and the prices in any order.
pub fn digest(event: &Event<'_>) -> Digest {
    let text = match event {
        Event::Prices(prices) => prices_text(prices),
        Event::Result(result) => result_text(result),
        Event::End(_) => String::new(),
    };
    let hash = Sha256::digest(text.as_bytes());
    let mut digest = [0; 16];
    digest.copy_from_slice(&hash[..16]);
    digest
}

fn prices_text(prices: &MatchEvent<'_>) -> String {
    let about = &prices.about;
    let mut quotes: Vec<_> =
        prices.quotes.iter().map(|q| format!("{} {} {}", q.selection, q.book, q.odds.decimal())).collect();
    quotes.sort_unstable();
    let (time, state, closing) = (prices.time.seconds(), prices.state, prices.closing);
    let teams = (&about.match_id, &about.home_team, &about.away_team);
    format!("prices {teams:?} {time} {state:?} {closing} {quotes:?}")
}

fn result_text(result: &MatchResult<'_>) -> String {
    let about = &result.about;
    let teams = (&about.match_id, &about.home_team, &about.away_team);
    format!("result {teams:?} {} {:?}", result.time.seconds(), result.score)
}
