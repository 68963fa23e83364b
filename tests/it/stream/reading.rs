//! Entries read one by one, and the rounds that are made of them.

use std::io::{self, Read};
use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};
use simbet::internals::schema::event::{Event, MAX_ENTRY, parse_instant};
use simbet::internals::source::stream::{Feed, FeedItem, Lines, Refused, StreamCounts};
use simbet::internals::source::stream::{Stream, StreamConfig};
use simbet::{Book, MatchState, Names, Round, Selection, Time};
use simbet::{NextRound, Source, SourceError};

/// What the members that every entry must have are, and nothing else.
fn prices() -> Value {
    json!({
        "match_id": "m1", "home_team": "Burnley", "away_team": "Man City", "minute": 0, "home_goals": 0,
        "away_goals": 0, "market_odds_home": 9.02, "market_odds_away": 1.35, "timestamp": "2023-08-11T18:00:00Z"
    })
}

fn result(home: u8, away: u8, time: &str) -> Value {
    json!({ "match_id": "m1", "home_goals": home, "away_goals": away, "timestamp": time })
}

fn line(event_type: &str, data: &Value) -> String {
    json!({ "event_type": event_type, "data": data, "timestamp": data["timestamp"] }).to_string()
        + "\n"
}

fn with(mut data: Value, member: &str, value: Value) -> Value {
    data[member] = value;
    data
}

/// Why an entry with this data is refused.
fn refusal(event_type: &str, data: &Value) -> String {
    let line = line(event_type, data);
    Event::of_line(line.as_bytes(), Book::AVG)
        .map(|event| format!("{event:?}"))
        .unwrap_err()
        .to_string()
}

#[derive(Debug, Default)]
struct Heard {
    rounds: Vec<Round>,
    refused: Vec<String>,
    counts: StreamCounts,
    names: Names,
}

fn hear(reader: impl Read + Send + 'static, linger: Option<Duration>) -> Heard {
    hear_feed(&mut Lines::new(reader), linger)
}

fn hear_feed(feed: &mut dyn Feed, linger: Option<Duration>) -> Heard {
    let mut refused = Vec::new();
    let mut put_aside =
        |aside: &Refused<'_>| refused.push(format!("{}: {}", aside.number, aside.reason));
    let mut stream = Stream::new(
        feed,
        StreamConfig {
            book: Book::AVG,
            linger,
        },
        &mut put_aside,
    );
    let (mut rounds, mut round) = (Vec::new(), Round::default());
    loop {
        match stream.next_round(&mut round).unwrap() {
            NextRound::Round => rounds.push(round.clone()),
            NextRound::Wait => assert!(round.offers.is_empty() && round.results.is_empty()),
            NextRound::End => break,
        }
    }
    let (counts, names) = (stream.counts(), stream.names().clone());
    Heard {
        rounds,
        refused,
        counts,
        names,
    }
}

fn hear_text(text: String) -> Heard {
    hear(io::Cursor::new(text), None)
}

#[test]
fn an_entry_with_the_mandatory_members_alone_works() {
    let heard = hear_text(
        line("match_event", &prices())
            + &line("match_result", &result(0, 3, "2023-08-11 22:00:00")),
    );
    assert_eq!(heard.refused, [""; 0]);
    let [offered, ended] = &heard.rounds[..] else {
        panic!("{heard:?}")
    };
    let offer = &offered.offers[0];
    let sides: Vec<_> = offer
        .quotes
        .iter()
        .map(|quote| (quote.selection, quote.odds.decimal()))
        .collect();
    assert_eq!(
        sides,
        [(Selection::HOME, 9.02), (Selection::AWAY, 1.35)],
        "no price of the draw"
    );
    assert_eq!(
        (offer.state, offer.quotes[0].book),
        (MatchState::default(), Book::AVG)
    );
    let fixture = &offer.fixture;
    assert_eq!(
        (&*fixture.id, fixture.season, fixture.kickoff),
        ("m1", 2023, None)
    );
    assert_eq!(fixture.day, Time::from_days(19_580));
    assert_eq!(heard.names.league(fixture.league), "unknown");
    assert_eq!(
        (ended.time - offered.time, ended.results[0].score.away),
        (4 * 3600, 3)
    );
}

/// Checks that an event with each of these members is refused in these words.
fn assert_refused(cases: &[(&str, Value, &str)]) {
    for (member, value, expected) in cases {
        let event = with(prices(), member, value.clone());
        assert_eq!(refusal("match_event", &event), *expected);
    }
}

#[test]
fn a_minute_that_does_not_fit_is_named_with_what_was_expected_and_what_it_was() {
    assert_refused(&[
        (
            "minute",
            json!(-3),
            "minute: expected minutes played, 0 to 130, found -3",
        ),
        (
            "minute",
            json!(45.5),
            "minute: expected minutes played, 0 to 130, found 45.5",
        ),
        (
            "minute",
            json!("45"),
            "minute: expected minutes played, 0 to 130, found \"45\"",
        ),
    ]);
}

#[test]
fn goals_that_do_not_fit_are_named_with_what_was_expected_and_what_they_were() {
    assert_refused(&[
        (
            "home_goals",
            json!(100),
            "home_goals: expected goals, 0 to 99, found 100",
        ),
        (
            "away_goals",
            json!(null),
            "away_goals: expected goals, 0 to 99, found null",
        ),
    ]);
}

#[test]
fn odds_that_do_not_fit_are_named_with_what_was_expected_and_what_they_were() {
    assert_refused(&[
        (
            "market_odds_home",
            json!(0.9),
            "market_odds_home: expected decimal odds above 1, found 0.9",
        ),
        (
            "market_odds_home",
            json!(null),
            "market_odds_home: expected decimal odds above 1, found null",
        ),
        (
            "market_odds_draw",
            json!("3.4"),
            "market_odds_draw: expected decimal odds above 1, found \"3.4\"",
        ),
        (
            "market_odds_away",
            json!([2]),
            "market_odds_away: expected decimal odds above 1, found a list",
        ),
    ]);
}

#[test]
fn a_name_that_does_not_fit_is_named_with_what_was_expected_and_what_it_was() {
    assert_refused(&[
        (
            "match_id",
            json!(""),
            "match_id: expected a text of 1 to 128 characters without control characters, found \"\"",
        ),
        (
            "match_id",
            json!(7),
            "match_id: expected a text of 1 to 128 characters without control characters, found 7",
        ),
        (
            "home_team",
            json!(null),
            "home_team: expected a text of 1 to 128 characters without control characters, found nothing",
        ),
        (
            "away_team",
            json!("a\nb"),
            "away_team: expected a text of 1 to 128 characters without control characters, found \"a\\nb\"",
        ),
        (
            "league",
            json!({}),
            "league: expected a text of 1 to 128 characters without control characters, found an object",
        ),
        (
            "book",
            json!("A Book!"),
            "book: expected 1 to 15 letters, digits, '-', '_' or '.', found \"A Book!\"",
        ),
    ]);
}

#[test]
fn a_time_that_does_not_fit_is_named_with_what_was_expected_and_what_it_was() {
    assert_refused(&[
        (
            "timestamp",
            json!("noon"),
            "timestamp: expected a time in ISO 8601, such as 2023-08-11T20:00:00Z, found \"noon\"",
        ),
        (
            "kickoff",
            json!(true),
            "kickoff: expected a time in ISO 8601, such as 2023-08-11T20:00:00Z, found true",
        ),
        (
            "date",
            json!("11/08/2023"),
            "date: expected a day, such as 2023-08-11, found \"11/08/2023\"",
        ),
        ("season", json!(23), "season: expected a year, found 23"),
    ]);
}

#[test]
fn a_flag_or_a_count_that_does_not_fit_is_named_with_what_was_expected_and_what_it_was() {
    assert_refused(&[
        (
            "closing",
            json!("yes"),
            "closing: expected true or false, found \"yes\"",
        ),
        (
            "round_size",
            json!(0),
            "round_size: expected a count from 1 to 1000000, found 0",
        ),
    ]);
}

#[test]
fn a_quote_that_does_not_fit_is_named_with_what_was_expected_and_what_it_was() {
    assert_refused(&[
        (
            "quotes",
            json!([{ "market": "cs", "odds": 2 }]),
            "quotes[0].market: expected 1x2, ou, ah or btts, found \"cs\"",
        ),
        (
            "quotes",
            json!([{ "market": "ou", "selection": "over", "odds": 2 }]),
            "quotes[0].line: expected goals in quarters, such as -0.75, found nothing",
        ),
        (
            "quotes",
            json!([{ "market": "ou", "line": 2.5, "selection": "home", "odds": 2 }]),
            "quotes[0].selection: expected a side of its market, found \"home\"",
        ),
        (
            "quotes",
            json!([{ "market": "1x2", "selection": "home" }]),
            "quotes[0].odds: expected decimal odds above 1, found nothing",
        ),
    ]);
}

/// Prices with these members instead of theirs; null stands for an absent one.
fn with_match_odds(odds: [Value; 3]) -> Value {
    let sides = ["home", "draw", "away"].into_iter().zip(odds);
    sides.fold(prices(), |data, (side, odds)| {
        with(data, &format!("market_odds_{side}"), odds)
    })
}

#[test]
fn prices_are_judged_as_a_set() {
    let cases = [
        // American odds
        (
            [json!(120), json!(230), json!(240)],
            "market_odds_home, _draw, _away: 120, 230, 240 leave a margin of -98 %: these are no decimal odds",
        ),
        (
            [json!(120), Value::Null, json!(240)],
            "market_odds_home, _away: 120, 240 leave a margin of -99 %: these are no decimal odds",
        ),
        // profit per unit
        (
            [json!(1.1), json!(2.4), json!(2.5)],
            "market_odds_home, _draw, _away: 1.1, 2.4, 2.5 leave a margin of 73 %: these are no decimal odds",
        ),
        (
            [json!(1.3), Value::Null, json!(1.4)],
            "market_odds_home, _away: 1.3, 1.4 leave a margin of 48 %: these are no decimal odds",
        ),
    ];
    for (odds, words) in cases {
        assert_eq!(refusal("match_event", &with_match_odds(odds)), words);
    }
}

#[test]
fn the_prices_of_each_book_and_market_in_quotes_are_judged_as_a_set() {
    let quote = |selection: &str, book: &str, odds: f64| json!({ "market": "ou", "line": 2.5, "selection": selection, "book": book, "odds": odds });
    let plausible = [quote("over", "ps", 1.9), quote("under", "ps", 1.95)];
    let american = [quote("over", "b365", 110.0), quote("under", "b365", 130.0)];
    let quotes = |quotes: &[Value]| with(prices(), "quotes", json!(quotes));
    let words =
        "quotes: ou 2.5 of b365: 110, 130 leave a margin of -98 %: these are no decimal odds";
    let both = [&plausible[..], &american].concat();
    assert_eq!(refusal("match_event", &quotes(&both)), words);
    // one side of each book says nothing of a margin
    let one_each = quotes(&[plausible[0].clone(), american[1].clone()]);
    assert_eq!(hear_text(line("match_event", &one_each)).refused, [""; 0]);
    // beside quotes the match odds are judged all the same
    let data = with(
        with_match_odds([json!(120), json!(230), json!(240)]),
        "quotes",
        json!(plausible),
    );
    assert!(refusal("match_event", &data).starts_with("market_odds_home, _draw, _away: 120"));
}

#[test]
fn an_exchange_s_limit_beside_quotes_stands_for_an_absent_price() {
    let draw = json!({ "market": "1x2", "selection": "draw", "odds": 1.02 });
    let data = with(
        with_match_odds([json!(1000), json!(1.02), json!(1000)]),
        "quotes",
        json!([draw]),
    );
    let heard = hear_text(line("match_event", &with(data, "minute", json!(89))));
    assert_eq!(heard.refused, [""; 0]);
    let quotes = &heard.rounds[0].offers[0].quotes;
    let sides: Vec<_> = quotes.iter().map(|quote| quote.selection).collect();
    assert_eq!(sides, [Selection::DRAW]);
    // without quotes they are prices like any other
    let prices = with_match_odds([json!(1000), json!(1.02), json!(1000)]);
    assert_eq!(hear_text(line("match_event", &prices)).refused, [""; 0]);
    let dormant = with_match_odds([json!(1000), json!(1000), json!(1000)]);
    assert!(refusal("match_event", &dormant).contains("a margin of -100 %"));
}

#[test]
fn a_price_that_is_none_condemns_its_set() {
    for none in [json!(1), json!(0.9), json!(-110), json!("2.1"), json!(true)] {
        let data = with_match_odds([json!(2.1), none.clone(), json!(3.5)]);
        let refused = refusal("match_event", &data);
        assert!(
            refused.starts_with("market_odds_draw: expected decimal odds above 1, found "),
            "{none}: {refused}"
        );
    }
    // an absent one does not
    let data = with_match_odds([json!(2.1), Value::Null, json!(3.5)]);
    assert_eq!(hear_text(line("match_event", &data)).refused, [""; 0]);
}

#[test]
fn two_prices_of_a_book_for_a_selection_are_refused() {
    let twice = json!({ "market": "1x2", "selection": "home", "odds": 2.1 });
    assert_refused(&[(
        "quotes",
        json!([twice, twice]),
        "quotes: expected one price of a book for a selection, found \"1x2 home of avg twice\"",
    )]);
}

#[test]
fn what_is_no_object_is_refused_as_json() {
    for refused in [
        refusal("match_event", &json!(7)),
        refusal("match_event", &with(prices(), "quotes", json!(7))),
    ] {
        assert!(
            refused.starts_with("not an entry in JSON: invalid type: integer `7`, expected "),
            "{refused}"
        );
    }
}

#[test]
fn an_entry_that_is_too_long_is_refused() {
    let long = Event::of_line(&vec![b'x'; MAX_ENTRY + 1], Book::AVG).unwrap_err();
    assert_eq!(long.to_string(), "the entry is longer than 65536 bytes");
}

#[test]
fn an_entry_in_parts_is_the_same_as_in_one_line() {
    let data = with(prices(), "market_odds_draw", json!(5.35));
    let whole = line("match_event", &data);
    let text = data.to_string();
    let parts = Event::of_parts("match_event", text.as_bytes(), Book::AVG).unwrap();
    assert_eq!(parts, Event::of_line(whole.as_bytes(), Book::AVG).unwrap());
}

/// A feed of events that are no text.
struct Typed(std::vec::IntoIter<Event<'static>>, u64);

impl Feed for Typed {
    fn next(&mut self, _: Duration) -> Result<FeedItem<'_>, SourceError> {
        self.1 += 1;
        Ok(match self.0.next() {
            Some(event) => FeedItem::Event {
                number: self.1,
                event,
                original: b"typed",
            },
            None => FeedItem::End,
        })
    }
}

#[test]
fn a_feed_may_hand_over_events_that_are_no_text() {
    let texts = [
        line("match_event", &prices()),
        line("match_event", &with(prices(), "away_team", json!("Leeds"))),
        line("match_result", &result(0, 3, "2023-08-11 22:00:00")),
        line("match_event", &prices()),
        line("end_of_stream", &json!({ "entries": 4 })),
    ];
    let expected = hear_text(texts.concat());
    assert_eq!(expected.refused.len(), 2);
    let events: Vec<_> = texts
        .iter()
        .map(|text| Event::of_line(text.as_bytes(), Book::AVG))
        .map(|event| event.unwrap().into_owned())
        .collect();
    let heard = hear_feed(&mut Typed(events.into_iter(), 0), None);
    let shown = |heard: &Heard| format!("{:?} {:?}", heard.rounds, heard.counts);
    assert_eq!(shown(&heard), shown(&expected));
    assert_eq!(heard.refused, expected.refused);
}

#[test]
fn a_time_with_a_zone_is_converted_and_fractions_are_cut_off() {
    let noon = parse_instant("2024-03-01T12:00:00").unwrap();
    for same in [
        "2024-03-01T12:00:00Z",
        "2024-03-01T13:00:00+01:00",
        "2024-03-01T12:00:00.999999",
        "2024-03-01 12:00",
    ] {
        assert_eq!(parse_instant(same), Some(noon), "{same}");
    }
    assert_eq!(
        parse_instant("1969-12-31T23:59:59.5Z"),
        Some(Time::from_seconds(-1))
    );
    assert_eq!(parse_instant("2024-02-30T12:00:00Z"), None);
}

#[test]
fn what_was_said_of_a_match_first_stands() {
    let named = with(
        with(prices(), "league", json!("E0")),
        "timestamp",
        json!("2023-08-11T19:00:00Z"),
    );
    let other = with(
        with(prices(), "home_team", json!("Leeds")),
        "timestamp",
        json!("2023-08-11T19:00:00Z"),
    );
    let heard = hear_text(
        [prices(), named, other]
            .map(|data| line("match_event", &data))
            .concat(),
    );
    assert_eq!(
        heard.refused,
        ["3: match_id: the match \"m1\" is known as Burnley – Man City, not as Leeds – Man City"]
    );
    assert_eq!(heard.rounds.len(), 2);
    assert_eq!(
        heard.rounds[0].offers[0].fixture,
        heard.rounds[1].offers[0].fixture
    );
}

#[test]
fn a_team_does_not_play_against_itself_nor_a_match_that_nobody_knows_end() {
    let itself = with(prices(), "away_team", json!("Burnley"));
    let heard = hear_text(
        line("match_event", &itself) + &line("match_result", &result(1, 0, "2023-08-11T22:00:00Z")),
    );
    assert_eq!(
        heard.refused,
        [
            "1: away_team: expected another team than home_team, found \"Burnley\" twice",
            "2: match_id: the match \"m1\" is not known, and the entry does not name home_team and away_team",
        ]
    );
    assert!(heard.rounds.is_empty());
}

#[test]
fn the_same_result_again_changes_nothing_and_a_later_one_corrects_it() {
    let of = |home, time| result(home, 0, time);
    let results = [
        of(1, "2023-08-11T22:00:00Z"),
        of(1, "2023-08-11T23:00:00Z"),
        of(2, "2023-08-11T23:00:00Z"),
        // what was corrected comes again
        of(1, "2023-08-11T22:00:00Z"),
        of(3, "2023-08-11T22:30:00Z"),
        with(of(2, "2023-08-12T09:00:00Z"), "status", json!("abandoned")),
        // in the same instant the one that comes later counts
        of(4, "2023-08-12T09:00:00Z"),
    ];
    let text =
        line("match_event", &prices()) + &results.map(|data| line("match_result", &data)).concat();
    let heard = hear_text(text);
    assert_eq!(
        heard.refused,
        [
            "6: the result of \"m1\" is known as 2-0 since 2023-08-11T23:00:00+00:00; 3-0 is older than that and corrects nothing"
        ]
    );
    assert_eq!(heard.counts.repeated, 2);
    let known: Vec<_> = heard
        .rounds
        .iter()
        .flat_map(|round| &round.results)
        .map(|played| (played.score.home, played.status.code()))
        .collect();
    assert_eq!(
        known,
        [
            (1, "played"),
            (2, "played"),
            (2, "abandoned"),
            (4, "played")
        ]
    );
}

#[test]
fn a_match_without_a_result_may_lack_goals() {
    let mut bare = result(0, 0, "2023-08-11T22:00:00Z");
    let members = bare.as_object_mut().unwrap();
    members.remove("home_goals");
    members.insert("away_goals".to_owned(), json!(null));
    let with_status = |word: &str| with(bare.clone(), "status", json!(word));
    let results = [
        bare.clone(),
        with_status("Suspended"),
        with_status("in play"),
        with(with_status("postponed"), "home_goals", json!(-1)),
        with(with_status("postponed"), "status", json!(3)),
        with(with_status("played"), "away_goals", json!(1)),
    ];
    let heard = hear_text(
        line("match_event", &prices()) + &results.map(|data| line("match_result", &data)).concat(),
    );
    let status = "status: expected played, abandoned, postponed, awarded or cancelled, found";
    assert_eq!(
        heard.refused,
        [
            "2: home_goals: expected goals, 0 to 99, found nothing".to_owned(),
            "4: status: expected the status of a match that is over: played, abandoned, postponed, awarded or cancelled, \
             found \"in play\""
                .to_owned(),
            "5: home_goals: expected goals, 0 to 99, found -1".to_owned(),
            format!("6: {status} 3"),
            "7: home_goals: expected goals, 0 to 99, found nothing".to_owned(),
        ]
    );
    let known = &heard.rounds[1].results[0];
    assert_eq!(
        (known.score.home, known.score.away, known.status.code()),
        (0, 0, "abandoned")
    );
}

#[test]
fn late_prices_are_refused_and_late_results_count_when_they_come() {
    let other = with(
        with(prices(), "match_id", json!("m2")),
        "timestamp",
        json!("2023-08-12T18:00:00Z"),
    );
    let late = with(prices(), "market_odds_home", json!(8.5));
    let heard = hear_text(
        [
            line("match_event", &prices()),
            line("match_event", &other),
            line("match_event", &late),
            line("match_result", &result(0, 3, "2023-08-11T22:00:00Z")),
        ]
        .concat(),
    );
    let said = "3: prices of 2023-08-11T18:00:00+00:00 arrived after 2023-08-12T18:00:00+00:00: it is too late to bet at them";
    assert_eq!(heard.refused, [said]);
    let last = heard.rounds.last().unwrap();
    assert_eq!(
        (heard.rounds.len(), last.results.len(), last.offers.len()),
        (2, 1, 1)
    );
    assert_eq!(last.time, parse_instant("2023-08-12T18:00:00Z").unwrap());
}

/// One entry for each book, as some feeds have it: together they are what is known, and of a contradiction the lower price.
#[test]
fn prices_of_one_match_at_one_instant_are_put_together_whatever_their_order() {
    let of = |book: &str, odds: f64| {
        line(
            "match_event",
            &with(
                with(prices(), "book", json!(book)),
                "market_odds_home",
                json!(odds),
            ),
        )
    };
    let entries = [of("ps", 9.1), of("b365", 9.0), of("ps", 9.3)];
    let forwards = hear_text(entries.concat());
    let backwards = hear_text(entries.iter().rev().map(String::as_str).collect());
    assert_eq!(forwards.rounds, backwards.rounds);
    let quotes: Vec<_> = forwards.rounds[0].offers[0].quotes.iter().collect();
    let homes: Vec<_> = quotes
        .iter()
        .filter(|quote| quote.selection == Selection::HOME)
        .collect();
    assert_eq!(
        homes
            .iter()
            .map(|quote| quote.odds.decimal())
            .collect::<Vec<_>>(),
        [9.0, 9.1]
    );
}

#[test]
fn what_follows_the_end_of_the_stream_is_not_read() {
    let end = line(
        "end_of_stream",
        &json!({ "timestamp": "2023-08-11T18:00:00Z", "entries": 1, "unpriced": 3 }),
    );
    let heard = hear_text(line("match_event", &prices()) + &end + "rubbish\n");
    assert_eq!(
        (
            heard.rounds.len(),
            heard.refused.len(),
            heard.counts.entries
        ),
        (1, 0, 1)
    );
    assert_eq!(heard.counts.end.unwrap().unpriced, Some(3));
}

/// Gives so many bytes at a time, and is silent in between.
struct Drops {
    text: Vec<u8>,
    at: usize,
    size: usize,
    silence: Duration,
}

impl Read for Drops {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        std::thread::sleep(self.silence);
        let size = self.size.min(self.text.len() - self.at).min(buffer.len());
        buffer[..size].copy_from_slice(&self.text[self.at..self.at + size]);
        self.at += size;
        Ok(size)
    }
}

/// Three rounds that say how many entries they have, the second one of two.
fn sized() -> String {
    let at = |id: &str, time: &str, size: u32| {
        let data = with(
            with(prices(), "match_id", json!(id)),
            "timestamp",
            json!(time),
        );
        line("match_event", &with(data, "round_size", json!(size)))
    };
    let (first, second, third) = (
        "2023-08-11T18:00:00Z",
        "2023-08-12T18:00:00Z",
        "2023-08-13T18:00:00Z",
    );
    [
        at("m1", first, 1),
        at("m2", second, 2),
        at("m3", second, 2),
        at("m4", third, 1),
    ]
    .concat()
}

#[test]
fn rounds_that_say_how_many_entries_they_have_do_not_depend_on_how_fast_they_come() {
    let whole = hear_text(sized()).rounds;
    assert_eq!(
        whole
            .iter()
            .map(|round| round.offers.len())
            .collect::<Vec<_>>(),
        [1, 2, 1]
    );
    for size in [1, 7, 100, 1000] {
        let silence = Duration::from_millis(if size > 7 { 5 } else { 0 });
        let drops = Drops {
            text: sized().into_bytes(),
            at: 0,
            size,
            silence,
        };
        assert_eq!(
            hear(drops, Some(Duration::from_millis(1))).rounds,
            whole,
            "{size} bytes at a time"
        );
    }
}

#[test]
fn rounds_that_do_not_say_so_end_with_a_silence_on_a_live_pipe_and_never_in_a_file() {
    let mut other = with(prices(), "match_id", json!("m2"));
    other["market_odds_home"] = json!(3.5);
    let text = line("match_event", &prices()) + &line("match_event", &other);
    let size = text.find('\n').unwrap() + 1;
    let drops = || Drops {
        text: text.clone().into_bytes(),
        at: 0,
        size,
        silence: Duration::from_millis(80),
    };
    assert_eq!(
        hear(drops(), Some(Duration::from_millis(5))).rounds.len(),
        2
    );
    assert_eq!(hear(drops(), None).rounds.len(), 1);
}

/// A line of a published stream with a few bytes changed.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let whole = line(
        "match_event",
        &with(
            prices(),
            "quotes",
            json!([{ "market": "ah", "selection": "home", "line": -0.5, "odds": 2 }]),
        ),
    );
    prop::collection::vec((0..whole.len(), any::<u8>()), 0..4).prop_map(move |changes| {
        let mut bytes = whole.clone().into_bytes();
        changes.into_iter().for_each(|(at, byte)| bytes[at] = byte);
        bytes
    })
}

/// A number in every member that takes one.
fn numbers() -> impl Strategy<Value = Value> {
    let extreme = prop::sample::select(vec![
        0.0,
        1.0,
        1.0000001,
        99.0,
        130.0,
        1e18,
        1e300,
        f64::MIN_POSITIVE,
        -0.0,
    ]);
    prop::collection::vec(
        prop_oneof![
            extreme,
            any::<f64>().prop_filter("JSON has no others", |n| n.is_finite())
        ],
        6,
    )
    .prop_map(|numbers| {
        let mut data = prices();
        let members = [
            "minute",
            "home_goals",
            "away_goals",
            "market_odds_home",
            "market_odds_away",
            "market_odds_draw",
        ];
        for (member, number) in members.iter().zip(numbers) {
            data[member] = json!(number);
        }
        data
    })
}

proptest! {
    #[test]
    fn no_bytes_make_reading_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), changed in mutated()) {
        let _ = Event::of_line(&bytes, Book::AVG);
        let _ = Event::of_line(&changed, Book::AVG);
        let text = [&bytes[..], b"\n", &changed, b"\n", &bytes].concat();
        let _ = hear(io::Cursor::new(text), None);
    }

    #[test]
    fn whatever_is_read_has_odds_above_one_and_a_minute_of_play(data in numbers()) {
        let line = line("match_event", &data);
        if let Ok(Event::Prices(prices)) = Event::of_line(line.as_bytes(), Book::AVG) {
            prop_assert!(prices.state.minute <= 130 && prices.state.home_goals <= 99);
            prop_assert!(prices.quotes.iter().all(|quote| quote.odds.decimal() > 1.0));
        }
    }
}

/// An entry with these members besides those of every entry.
fn entry_with(members: serde_json::Value) -> Result<Event<'static>, String> {
    let mut data = serde_json::json!({
        "match_id": "7", "home_team": "Ashby", "away_team": "Corfield", "minute": 0, "home_goals": 0, "away_goals": 0,
        "market_odds_home": 2.5, "market_odds_away": 2.75, "timestamp": "2024-03-02T12:00:00Z",
    });
    let members = members.as_object().unwrap().clone();
    data.as_object_mut().unwrap().extend(members);
    let line = serde_json::json!({ "event_type": "match_event", "data": data }).to_string();
    Event::of_line(line.as_bytes(), Book::AVG)
        .map(Event::into_owned)
        .map_err(|error| error.to_string())
}

#[test]
fn a_handicap_with_each_sides_own_line_is_refused() {
    let handicap = |home: f64, away: f64, books: [&str; 2]| {
        entry_with(serde_json::json!({ "quotes": [
            { "market": "ah", "selection": "home", "line": home, "odds": 1.9, "book": books[0] },
            { "market": "ah", "selection": "away", "line": away, "odds": 1.95, "book": books[1] },
        ]}))
    };
    let said = handicap(-0.5, 0.5, ["ps", "ps"]).unwrap_err();
    assert_eq!(
        said,
        "quotes: expected the home side's line of a handicap for both sides, found \"ah -0.5 home and ah 0.5 away of ps\""
    );
    assert!(handicap(0.75, -0.75, ["ps", "ps"]).is_err());
    for (home, away, books) in [
        (-0.5, -0.5, ["ps", "ps"]),
        (0.0, 0.0, ["ps", "ps"]),
        (-0.5, 0.5, ["ps", "wh"]),
        (-0.5, 0.75, ["ps", "ps"]),
    ] {
        assert!(handicap(home, away, books).is_ok(), "{home} {away}");
    }
}

#[test]
fn a_name_has_one_form_whatever_way_it_comes() {
    let event =
        entry_with(serde_json::json!({ "home_team": " King\u{2019}s  Lynn", "match_id": "a  b" }));
    let Ok(Event::Prices(prices)) = event else {
        panic!("{event:?}");
    };
    assert_eq!(prices.about.home_team.as_deref(), Some("King's Lynn"));
    assert_eq!(prices.about.match_id, "a  b");
    let blank = entry_with(serde_json::json!({ "away_team": " \u{200b}" })).unwrap_err();
    assert!(
        blank.starts_with("away_team: expected a text of 1"),
        "{blank}"
    );
}

#[test]
fn a_member_of_a_quote_is_named_with_its_place_and_a_large_number_is_short() {
    let said = entry_with(serde_json::json!({ "quotes": [
        { "market": "1x2", "selection": "home", "odds": 2.0 }, { "market": "1x2", "selection": "draw", "odds": 1e300 },
        { "market": "1x2", "selection": "away", "odds": 1e300 },
    ]}))
    .unwrap_err();
    assert!(said.len() < 120, "{said}");
    let said = entry_with(serde_json::json!({ "quotes": [
        { "market": "1x2", "selection": "home", "odds": 2.0 }, { "market": "1x2", "selection": "draw", "odds": 0.5 },
    ]}))
    .unwrap_err();
    assert!(said.starts_with("quotes[1].odds: "), "{said}");
}
