//! What tells events apart, so that the same one twice has one effect.

use sha2::{Digest as _, Sha256};

use super::match_update::MatchUpdate;
use crate::domain::{Odds, PriceSource, Quote, Statistic, Statistics, Time};
use crate::schema::event::{MatchEvent, MatchRef, MatchResult};
use crate::schema::{TAUGHT_GOALS, TAUGHT_WEIGHT};

/// Equal for two events with the same content.
pub type Digest = [u8; 16];

/// The digest of an update: who plays, when, and the score, of prices also the minute, and the prices in any order; of a
/// match without a result also its status.
///
/// Digests are kept in the store, so that what goes into one can never change.
pub fn digest(update: &MatchUpdate) -> Digest {
    let mut hash = Hash(Sha256::new());
    match update {
        MatchUpdate::Prices(prices) => hash.prices(prices),
        MatchUpdate::Result(result) => hash.result(result),
    }
    shortened(hash.0)
}

/// The digest of an update that was accepted so many times before, each time with something else after it; 0 is the first
/// time.
pub fn repeated(digest: &Digest, times: u32) -> Digest {
    if times == 0 {
        return *digest;
    }
    let mut hash = Sha256::new();
    hash.update(digest);
    hash.update(times.to_le_bytes());
    shortened(hash)
}

fn shortened(hash: Sha256) -> Digest {
    let mut digest = [0; 16];
    digest.copy_from_slice(&hash.finalize()[..16]);
    digest
}

struct Hash(Sha256);

impl Hash {
    /// A text and its length, so that "ab", "c" and "a", "bc" differ.
    fn text(&mut self, text: &str) {
        self.0.update((text.len() as u64).to_le_bytes());
        self.0.update(text);
    }

    fn about(&mut self, about: &MatchRef<'_>, time: Time) {
        self.text(&about.match_id);
        for team in [&about.home_team, &about.away_team] {
            self.0.update([u8::from(team.is_some())]);
            self.text(team.as_deref().unwrap_or_default());
        }
        self.0.update(time.seconds().to_le_bytes());
    }

    fn prices(&mut self, prices: &MatchEvent<'_>) {
        let state = prices.state;
        self.0.update([
            0,
            u8::from(prices.closing),
            state.minute,
            state.home_goals,
            state.away_goals,
        ]);
        self.about(&prices.about, prices.time);
        let mut quotes: Vec<&Quote> = prices.quotes.iter().collect();
        quotes.sort_unstable_by_key(|quote| (quote.selection, quote.book));
        quotes.into_iter().for_each(|quote| self.quote(quote));
    }

    fn quote(&mut self, quote: &Quote) {
        let market = quote.selection.market();
        self.text(market.kind().code());
        self.text(quote.selection.side().code());
        self.0.update(
            market
                .line()
                .map_or(i16::MAX, |line| line.quarters())
                .to_le_bytes(),
        );
        self.text(quote.book.as_str());
        self.0.update(quote.odds.decimal().to_bits().to_le_bytes());
    }

    fn result(&mut self, result: &MatchResult<'_>) {
        self.0.update([1, result.score.home, result.score.away]);
        self.about(&result.about, result.time);
        if !result.status.has_result() {
            self.text(result.status.code());
        }
        if let Some(statistics) = &result.statistics {
            self.statistics(statistics);
        }
    }

    fn statistics(&mut self, statistics: &Statistics) {
        for statistic in Statistic::ALL {
            let [home, away] = statistic.of(statistics).unwrap_or([u16::MAX; 2]);
            self.0.update(home.to_le_bytes());
            self.0.update(away.to_le_bytes());
        }
        self.text(statistics.referee.as_deref().unwrap_or_default());
        for goals in statistics.expected_goals.into_iter().flatten() {
            self.0.update(goals.to_bits().to_le_bytes());
        }
        if let Some(goals) = statistics.taught_goals {
            self.numbers(TAUGHT_GOALS[0], &goals);
        }
        if let Some(weight) = statistics.taught_weight {
            self.numbers(TAUGHT_WEIGHT, &[weight]);
        }
        let prices = statistics.last_prices.unwrap_or_default();
        if let Some((source, odds)) = prices.result {
            self.last_prices(source, &odds);
        }
        if let Some((source, odds)) = prices.totals {
            self.last_prices(source, &odds);
        }
    }

    /// Numbers that not every result has.
    fn numbers(&mut self, name: &str, numbers: &[f64]) {
        self.text(name);
        for number in numbers {
            self.0.update(number.to_bits().to_le_bytes());
        }
    }

    fn last_prices(&mut self, source: PriceSource, odds: &[Odds]) {
        self.text(source.code());
        for odds in odds {
            self.0.update(odds.decimal().to_bits().to_le_bytes());
        }
    }
}
