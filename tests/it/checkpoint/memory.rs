//! What is remembered stays bounded, and nothing that was forgotten counts twice.

use std::time::Duration;

use simbet::Engine;
use simbet::internals::checkpoint::CheckpointError;
use simbet::internals::schema::event::UtcTimestamp;
use simbet::internals::source::stream::{Feed, FeedItem, Refused};
use simbet::internals::source::stream::{Stream, StreamConfig};
use simbet::{Entry, Round, Time};
use simbet::{NextRound, Source, SourceError};

use super::config;

/// Matches of one day.
const A_DAY: u64 = 100;

/// So many days of matches: in the morning the prices of all, in the evening the results of all but the very first.
struct Endless {
    days: u64,
    number: u64,
    text: String,
    state: Vec<u8>,
}

impl Feed for Endless {
    fn next(&mut self, _: Duration) -> Result<FeedItem<'_>, SourceError> {
        let (day, rest) = (self.number / (2 * A_DAY), self.number % (2 * A_DAY));
        if day == self.days {
            return Ok(FeedItem::End);
        }
        self.number += 1;
        let is_result = rest >= A_DAY && (day, rest) != (0, A_DAY);
        self.text = entry(
            &format!("{day}-{}", rest % A_DAY),
            day as i64,
            is_result,
            "",
        );
        Ok(FeedItem::Entry {
            number: self.number,
            text: self.text.as_bytes(),
        })
    }

    fn commit(
        &mut self,
        _: u64,
        state: Option<&dyn Fn() -> Result<Vec<u8>, CheckpointError>>,
    ) -> Result<(), SourceError> {
        self.state = state.unwrap()()?;
        Ok(())
    }
}

fn entry(id: &str, day: i64, is_result: bool, more: &str) -> String {
    let time = UtcTimestamp(Time::from_days(10_000 + day) + if is_result { 7200 } else { 0 });
    let (event, said) = match is_result {
        true => ("match_result", "\"home_goals\":1,\"away_goals\":0"),
        false => (
            "match_event",
            "\"minute\":0,\"home_goals\":0,\"away_goals\":0,\"market_odds_home\":2,\"market_odds_away\":4",
        ),
    };
    format!(
        "{{\"event_type\":\"{event}\",\"data\":{{\"match_id\":\"{id}\",\"home_team\":\"A\",\"away_team\":\"B\",{said},\
         {more}\"timestamp\":\"{time}\"}},\"timestamp\":\"{time}\"}}"
    )
}

/// Takes rounds of the feed until there are no more, or so many; the most matches that stream, engine and ledger remembered
/// in the meantime, and how many were played.
fn fold(feed: &mut Endless, engine: &mut Engine, rounds: usize) -> ([usize; 3], usize) {
    let state = std::mem::take(&mut feed.state);
    let mut aside = |refused: &Refused<'_>| panic!("{}: {}", refused.number, refused.reason);
    let mut stream = Stream::new(feed, StreamConfig::default(), &mut aside);
    if !state.is_empty() {
        let (resumed, rest) = stream.with_state(&state).unwrap();
        stream = resumed;
        engine.restore(&rest).unwrap();
    }
    let (mut round, mut entries, mut most, mut played) = (Round::default(), Vec::new(), [0; 3], 0);
    for _ in 0..rounds {
        if stream.next_round(&mut round).unwrap() == NextRound::End {
            break;
        }
        entries.clear();
        engine
            .process(std::slice::from_ref(&round), stream.names(), &mut entries)
            .unwrap();
        played += entries
            .iter()
            .filter(|entry| matches!(entry, Entry::Played(_)))
            .count();
        let now = [
            stream.remembered(),
            engine.remembered(),
            engine.ledger().remembered(),
        ];
        most = std::array::from_fn(|k| most[k].max(now[k]));
    }
    stream.commit(&|| engine.save()).unwrap();
    (most, played)
}

#[test]
fn a_stream_of_200_000_matches_needs_no_more_memory_than_one_of_a_month() {
    let config = config("strategy = 'flat'\nstake = 1\nselections = ['home']");
    let engine = || Engine::new(&config.engine).unwrap();
    let mut feed = Endless {
        days: 2000,
        number: 0,
        text: String::new(),
        state: Vec::new(),
    };
    let (_, before) = fold(&mut feed, &mut engine(), 39);
    // what was remembered when the run was saved is forgotten as well in the one that goes on
    let mut engine = engine();
    let (most, after) = fold(&mut feed, &mut engine, usize::MAX);
    assert_eq!(before + after, 199_999);
    // a month that is over and the day under way, and the match without a result
    let bound = 32 * A_DAY as usize + 1;
    assert!(
        most.iter().all(|most| (bound - 200..=bound).contains(most)),
        "{most:?}"
    );
    // of that nothing is forgotten
    let open: Vec<&str> = engine
        .ledger()
        .open_bets()
        .map(|bet| &*bet.fixture.id)
        .collect();
    assert_eq!(open, ["0-0"]);
}

/// The feed is a list of lines.
struct List(std::vec::IntoIter<String>, u64, String);

impl Feed for List {
    fn next(&mut self, _: Duration) -> Result<FeedItem<'_>, SourceError> {
        let Some(text) = self.0.next() else {
            return Ok(FeedItem::End);
        };
        (self.1, self.2) = (self.1 + 1, text);
        Ok(FeedItem::Entry {
            number: self.1,
            text: self.2.as_bytes(),
        })
    }
}

/// What is put aside of these entries, and the ids of results and offers of the others.
fn heard(lines: Vec<String>) -> (Vec<String>, Vec<String>) {
    let (mut aside, mut taken) = (Vec::new(), Vec::new());
    let mut feed = List(lines.into_iter(), 0, String::new());
    let mut put_aside =
        |refused: &Refused<'_>| aside.push(format!("{}: {}", refused.number, refused.reason));
    let mut stream = Stream::new(&mut feed, StreamConfig::default(), &mut put_aside);
    let mut round = Round::default();
    while stream.next_round(&mut round).unwrap() == NextRound::Round {
        taken.extend(
            round
                .results
                .iter()
                .map(|played| format!("result {}", played.fixture.id)),
        );
        taken.extend(
            round
                .offers
                .iter()
                .map(|offer| format!("offer {}", offer.fixture.id)),
        );
    }
    (aside, taken)
}

#[test]
fn what_is_said_again_of_a_match_that_was_forgotten_is_refused_by_its_age() {
    let old_day = format!(
        "\"date\":\"{}\",",
        simbet::internals::calendar::format_date(Time::from_days(10_000))
    );
    let (aside, taken) = heard(vec![
        entry("a", 0, false, ""),
        entry("a", 0, true, ""),
        // known for 30 days: the same result again is no news, another one is refused
        entry("b", 30, true, ""),
        entry("a", 0, true, ""),
        entry("c", 31, true, ""),
        // forgotten
        entry("a", 0, true, ""),
        entry("a", 31, true, &old_day),
        entry("a", 32, false, &old_day),
        // a result of a match that was never heard of may be a month late
        entry("d", 2, true, ""),
        // of an id that is used again nobody could tell
        entry("a", 33, false, ""),
    ]);
    assert_eq!(
        taken,
        [
            "offer a", "result a", "result b", "result d", "result c", "offer a"
        ]
    );
    let said = "match_id: the match \"a\" is not known, and 1997-05-19 is too long ago for its first entry";
    assert_eq!(aside, [6, 7, 8].map(|number| format!("{number}: {said}")));
}

#[test]
fn a_timestamp_of_another_century_does_not_make_everything_else_late() {
    let kickoff = "\"kickoff\":\"1997-05-25T15:00:00Z\",";
    let (aside, taken) = heard(vec![
        entry("a", 0, false, ""),
        entry("a", 70_000, false, ""),
        entry("a", 70_000, true, ""),
        entry("b", 70_000, false, kickoff),
        entry("c", 1, false, ""),
        // a feed that was silent for years goes on
        entry("e", 5000, false, ""),
        entry("a", 1, true, ""),
        entry("f", 5001, false, ""),
    ]);
    assert_eq!(
        taken,
        ["offer a", "offer c", "result a", "offer e", "offer f"]
    );
    assert!(
        aside
            .iter()
            .all(|said| said.contains("is more than 400 days later")),
        "{aside:?}"
    );
    assert_eq!(aside.len(), 3);
    assert!(
        aside[0].starts_with("2: timestamp: the match \"a\" is on 1997-05-19, and 2189-"),
        "{}",
        aside[0]
    );
}
