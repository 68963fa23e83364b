//! Matches replayed as rounds: when what becomes known.

use std::sync::Arc;

use proptest::prelude::*;
use simbet::{Matches, NextRound, PriceTime, ReadConfig, Replay, ReplayConfig, Source, read_bytes};
use simbet::{Round, Time};

const HEADER: &str = "Div,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,AvgH,AvgD,AvgA,AvgCH,AvgCD,AvgCA";
/// In UK time, which is an hour ahead of UTC in August.
const ROWS: [&str; 8] = [
    "E0,12/08/2023,13:30,Arsenal,Forest,2,1,1.18,7.64,15.67,1.2,7,15",
    "E0,12/08/2023,16:00,Everton,Fulham,0,1,2.4,3.3,3.0,2.5,3.3,2.9",
    "E0,12/08/2023,16:00,Brighton,Luton,4,1,1.3,5.5,9,1.28,5.6,9.5",
    "E0,12/08/2023,,Bournemouth,West Ham,1,1,2.5,3.4,2.7,2.6,3.4,2.6",
    "E1,12/08/2023,16:00,Leeds,Hull,1,1,2.0,3.4,3.7,,,",
    "E0,13/08/2023,01:00,Brentford,Spurs,2,2,2.7,3.5,2.5,2.8,3.5,2.4",
    "E0,13/08/2023,17:30,Chelsea,Liverpool,1,1,,,,2.9,3.6,2.3",
    "E0,19/08/2023,16:00,Fulham,Brentford,,,2.6,3.3,2.8,,,",
];

fn matches(rows: &[&str]) -> Arc<Matches> {
    let csv = format!("{HEADER}\n{}\n", rows.join("\n"));
    Arc::new(read_bytes("E0.csv", csv.as_bytes(), &ReadConfig::default()).unwrap())
}

fn rounds(matches: &Arc<Matches>, config: ReplayConfig) -> Vec<Round> {
    let mut replay = Replay::new(Arc::clone(matches), config);
    let (mut rounds, mut round) = (Vec::new(), Round::default());
    while replay.next_round(&mut round).unwrap() == NextRound::Round {
        rounds.push(round.clone());
    }
    assert_eq!(
        replay.next_round(&mut round).unwrap(),
        NextRound::End,
        "the end stays the end"
    );
    rounds
}

fn day(date: i64) -> Time {
    // 2023-08-12 is 19,581 days after 1970-01-01.
    Time::from_days(19_581 + date - 12)
}

/// A round in words: hours after the 12th, and the home teams of each part.
fn say(matches: &Matches, round: &Round) -> String {
    let home = |id: simbet::TeamId| matches.names.team(id).to_owned();
    let results: Vec<String> = round.results.iter().map(|m| home(m.fixture.home)).collect();
    let offers: Vec<String> = round.offers.iter().map(|o| home(o.fixture.home)).collect();
    let closes: Vec<String> = round.closes.iter().map(|o| home(o.fixture.home)).collect();
    let hours = (round.time - day(12)) as f64 / 3600.0;
    format!("{hours}: results {results:?} offers {offers:?} closes {closes:?}").replace('"', "")
}

#[test]
fn prices_closes_and_results_come_when_they_are_known() {
    let matches = matches(&ROWS);
    let said: Vec<String> = rounds(&matches, ReplayConfig::default())
        .iter()
        .map(|round| say(&matches, round))
        .collect();
    let expected = [
        "0: results [] offers [Arsenal, Bournemouth, Brighton, Everton, Leeds] closes [Bournemouth]",
        "12.5: results [] offers [] closes [Arsenal]",
        "14.5: results [Arsenal] offers [] closes []",
        "15: results [] offers [] closes [Brighton, Everton]",
        "17: results [Brighton, Everton, Leeds] offers [] closes []",
        "24: results [Bournemouth] offers [Brentford] closes [Brentford]",
        "26: results [Brentford] offers [] closes []",
        "42.5: results [Chelsea] offers [] closes []",
    ];
    assert_eq!(said, expected);
}

#[test]
fn at_the_closing_price_matches_are_offered_at_kick_off() {
    let matches = matches(&ROWS);
    let config = ReplayConfig {
        price: PriceTime::Close,
        ..ReplayConfig::default()
    };
    let rounds = rounds(&matches, config);
    let said: Vec<String> = rounds.iter().map(|round| say(&matches, round)).collect();
    let expected = [
        "0: results [] offers [Bournemouth] closes [Bournemouth]",
        "12.5: results [] offers [Arsenal] closes [Arsenal]",
        "14.5: results [Arsenal] offers [] closes []",
        "15: results [] offers [Brighton, Everton] closes [Brighton, Everton]",
        "17: results [Brighton, Everton, Leeds] offers [] closes []",
        "24: results [Bournemouth] offers [Brentford] closes [Brentford]",
        "26: results [Brentford] offers [] closes []",
        "40.5: results [] offers [Chelsea] closes [Chelsea]",
        "42.5: results [Chelsea] offers [] closes []",
    ];
    assert_eq!(said, expected);
    assert_eq!(rounds[1].offers[0].quotes[0].odds.decimal(), 1.2);
    assert_eq!(rounds[1].offers[0].quotes, rounds[1].closes[0].quotes);
}

#[test]
fn only_days_in_the_period_are_offered_and_every_result_is_told() {
    let matches = matches(&ROWS);
    let config = ReplayConfig {
        from: Some(day(13)),
        to: Some(day(13)),
        ..ReplayConfig::default()
    };
    let rounds = rounds(&matches, config);
    let offered: Vec<Time> = rounds
        .iter()
        .flat_map(|round| &round.offers)
        .map(|offer| offer.fixture.day)
        .collect();
    assert_eq!(offered, [day(13)]);
    assert_eq!(
        rounds.iter().map(|round| round.closes.len()).sum::<usize>(),
        1
    );
    assert_eq!(
        rounds
            .iter()
            .map(|round| round.results.len())
            .sum::<usize>(),
        7
    );
    let counts = Replay::new(matches, config).counts();
    assert_eq!((counts.played, counts.in_period, counts.offered), (7, 2, 1));
}

#[test]
fn quotes_say_when_they_were_known() {
    let matches = matches(&ROWS);
    for price in [PriceTime::Pre, PriceTime::Close] {
        for round in rounds(
            &matches,
            ReplayConfig {
                price,
                ..ReplayConfig::default()
            },
        ) {
            let offers = round.offers.iter().chain(&round.closes);
            assert!(
                offers
                    .flat_map(|offer| &offer.quotes)
                    .all(|quote| quote.as_of == round.time)
            );
        }
    }
}

#[test]
fn a_replay_can_be_repeated_and_reuses_a_round_of_any_content() {
    let matches = matches(&ROWS);
    let once = rounds(&matches, ReplayConfig::default());
    let mut replay = Replay::new(Arc::clone(&matches), ReplayConfig::default());
    let mut round = once[0].clone();
    for expected in &once {
        assert_eq!(replay.next_round(&mut round).unwrap(), NextRound::Round);
        assert_eq!(round, *expected);
    }
}

proptest! {
    #[test]
    fn the_order_of_rows_changes_no_round(rows in Just(ROWS.to_vec()).prop_shuffle(), close in any::<bool>()) {
        let price = if close { PriceTime::Close } else { PriceTime::Pre };
        let config = ReplayConfig { price, ..ReplayConfig::default() };
        prop_assert_eq!(rounds(&matches(&rows), config), rounds(&matches(&ROWS), config));
    }

    #[test]
    fn nothing_is_told_before_its_time(
        fixtures in proptest::collection::vec((1_u32..28, 0_u32..26, 0_u32..60, 0_usize..20, 0_usize..20), 1..60),
        close in any::<bool>(),
    ) {
        let mut seen = std::collections::BTreeSet::new();
        let mut csv = format!("{HEADER}\n");
        for (day, hour, minute, home, away) in fixtures {
            if home != away && seen.insert((day, home, away)) {
                // Hours above 23 stand for a match without a time.
                let time = if hour < 24 { format!("{hour}:{minute:02}") } else { String::new() };
                csv += &format!("E0,{day}/02/2024,{time},T{home},T{away},1,0,2,3.4,3.6,2.1,3.3,3.5\n");
            }
        }
        let matches = Arc::new(read_bytes("E0.csv", csv.as_bytes(), &ReadConfig::default()).unwrap());
        let price = if close { PriceTime::Close } else { PriceTime::Pre };
        let rounds = rounds(&matches, ReplayConfig { price, ..ReplayConfig::default() });
        prop_assert!(rounds.is_sorted_by(|a, b| a.time < b.time), "one round for each instant, in order");
        for round in &rounds {
            for played in &round.results {
                let fixture = &played.fixture;
                let end = fixture.kickoff.map_or(fixture.day + Time::DAY, |kickoff| kickoff + 7200);
                prop_assert_eq!(round.time, end);
            }
            for offer in &round.closes {
                prop_assert_eq!(round.time, offer.fixture.kickoff.unwrap_or(offer.fixture.day));
            }
            prop_assert!(round.results.is_sorted_by(|a, b| a.fixture.id < b.fixture.id));
            prop_assert!(round.offers.is_sorted_by(|a, b| a.fixture.id < b.fixture.id));
            prop_assert!(round.closes.is_sorted_by(|a, b| a.fixture.id < b.fixture.id));
        }
        let told: usize = rounds.iter().map(|round| round.results.len()).sum();
        prop_assert_eq!(told, matches.records.len());
    }
}
