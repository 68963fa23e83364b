//! Consumers with strict models: whatever simbet writes to streams, they read.

use std::fs;

use jiff::Timestamp;
use proptest::prelude::*;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use simbet::internals::schema::event::{Event, publications, write_line};
use simbet::internals::source::stream::{Lines, Refused, Stream, StreamConfig};
use simbet::{
    Book, MarketKind, NextRound, OnBadRow, ReadConfig, Replay, ReplayConfig, Round, Selection,
    Source, Synthetic, SyntheticConfig, read_bytes,
};

use crate::backtest::simbet;

/// An entry in the types that the design promises: nothing is null but what may be, whole numbers are whole, instants have an
/// offset.
#[cfg_attr(
    not(feature = "redis"),
    expect(dead_code, reason = "only Redis has latencies")
)]
pub enum Entry {
    MatchEvent(MatchEvent),
    MatchResult,
    EndOfStream,
    Prediction,
    Bet(Bet),
    TradingMetrics(TradingMetrics),
    LatencyMetrics(LatencyMetrics),
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "that they can be read is the point")]
pub struct MatchEvent {
    match_id: String,
    home_team: String,
    away_team: String,
    minute: u8,
    home_goals: u8,
    away_goals: u8,
    pub market_odds_home: f64,
    pub market_odds_away: f64,
    #[serde(deserialize_with = "of_text")]
    timestamp: Timestamp,
    /// Optional members may be absent.
    #[serde(default, deserialize_with = "present")]
    pub market_odds_draw: Option<f64>,
    #[serde(default, deserialize_with = "present")]
    league: Option<String>,
    #[serde(default, deserialize_with = "present")]
    book: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub quotes: Option<Vec<Quote>>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "that they can be read is the point")]
pub struct Quote {
    pub market: String,
    pub selection: String,
    odds: f64,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "that they can be read is the point")]
struct MatchResult {
    match_id: String,
    home_goals: u8,
    away_goals: u8,
    #[serde(deserialize_with = "of_text")]
    timestamp: Timestamp,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "that they can be read is the point")]
struct Prediction {
    match_id: String,
    win_prob_home: f64,
    win_prob_away: f64,
    #[serde(deserialize_with = "of_text")]
    timestamp: Timestamp,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "that they can be read is the point")]
pub struct Bet {
    match_id: String,
    selection: String,
    stake: f64,
    odds_taken: f64,
    pub expected_value: f64,
    #[serde(deserialize_with = "of_text")]
    timestamp: Timestamp,
    result: Option<String>,
    payout: Option<f64>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "that they can be read is the point")]
pub struct TradingMetrics {
    pub total_bets: u64,
    winning_bets: u64,
    total_staked: f64,
    total_payout: f64,
    pub roi: f64,
    pub win_rate: f64,
    pub average_odds: f64,
    #[serde(deserialize_with = "of_text")]
    timestamp: Timestamp,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "that they can be read is the point")]
pub struct LatencyMetrics {
    match_id: String,
    #[serde(deserialize_with = "of_text")]
    pub ingestion_time: Timestamp,
    #[serde(deserialize_with = "of_text")]
    pub prediction_time: Timestamp,
    #[serde(deserialize_with = "of_text")]
    pub decision_time: Timestamp,
    pub ingestion_ms: f64,
    pub prediction_ms: f64,
    pub decision_ms: f64,
    pub end_to_end_latency_ms: f64,
}

fn of_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(D::Error::custom)
}

/// A member that may be absent and may not be null.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// An instant with its offset.
#[track_caller]
pub fn instant(text: &str) -> Timestamp {
    text.parse()
        .unwrap_or_else(|error| panic!("{error} in {text:?}"))
}

#[track_caller]
fn model<T: DeserializeOwned>(data: &Value) -> T {
    T::deserialize(data).unwrap_or_else(|error| panic!("{error} in {data}"))
}

/// The data of an entry in its model.
#[track_caller]
pub fn read(event_type: &str, data: &Value) -> Entry {
    match event_type {
        "match_event" => Entry::MatchEvent(model(data)),
        "match_result" => {
            model::<MatchResult>(data);
            Entry::MatchResult
        }
        "end_of_stream" => Entry::EndOfStream,
        "prediction" => {
            model::<Prediction>(data);
            Entry::Prediction
        }
        "bet" | "bet_settled" | "bet_corrected" => {
            let bet: Bet = model(data);
            let is_open = event_type == "bet";
            assert_eq!(
                (bet.result.is_none(), bet.payout.is_none()),
                (is_open, is_open)
            );
            Entry::Bet(bet)
        }
        "trading_metrics" => Entry::TradingMetrics(model(data)),
        "latency_metrics" => Entry::LatencyMetrics(model(data)),
        other => panic!("{other}: {data}"),
    }
}

#[track_caller]
fn read_lines(lines: &str) -> Vec<Entry> {
    let entries = lines.lines().map(|line| {
        let entry: Value = serde_json::from_str(line).unwrap();
        instant(entry["timestamp"].as_str().unwrap());
        read(entry["event_type"].as_str().unwrap(), &entry["data"])
    });
    entries.collect()
}

fn printed(arguments: &[&str], stdin: &str) -> String {
    let run = simbet()
        .args(arguments)
        .write_stdin(stdin)
        .assert()
        .success();
    String::from_utf8(run.get_output().stdout.clone()).unwrap()
}

fn match_events(entries: &[Entry]) -> impl Iterator<Item = &MatchEvent> {
    entries.iter().filter_map(|entry| {
        let Entry::MatchEvent(event) = entry else {
            return None;
        };
        Some(event)
    })
}

fn quotes_side(event: &MatchEvent, side: &str) -> bool {
    event.quotes.as_ref().is_none_or(|quotes| {
        quotes
            .iter()
            .any(|quote| quote.market == "1x2" && quote.selection == side)
    })
}

const LIMITS: [f64; 2] = [1.01, 1000.0];

/// Regression: 194 of 2,200 events had `market_odds_home` null.
#[test]
fn every_entry_of_a_season_in_play_has_the_types_that_were_promised() {
    let season = ["--matches", "380", "--seed", "7", "--in-play"];
    for markets in ["1x2", "1x2,ou,ah,btts", "ou"] {
        let lines = printed(
            &[&["publish"], &season[..], &["--markets", markets]].concat(),
            "",
        );
        let entries = read_lines(&lines);
        assert!(match_events(&entries).count() > 2_000);
        let mut limits = 0;
        for event in match_events(&entries) {
            let sides = [
                ("home", event.market_odds_home),
                ("away", event.market_odds_away),
            ];
            for (side, odds) in sides {
                if !quotes_side(event, side) {
                    assert!(LIMITS.contains(&odds), "{side} at {odds}");
                    limits += 1;
                }
            }
        }
        assert!(limits > 100, "{limits} of {markets}");
    }
}

#[test]
fn what_a_trader_writes_has_the_types_that_were_promised() {
    let season = ["--matches", "200", "--in-play", "--markets", "1x2,ah"];
    let lines = printed(&[&["publish"], &season[..]].concat(), "");
    for settings in [
        &["--markets", "1x2,ah"][..],
        &["--strategy", "kelly"],
        // no model, and so no expected value
        &["--strategy", "flat", "--selections", "home"],
    ] {
        let entries = read_lines(&printed(
            &[&["trade", "-", "-q"], settings].concat(),
            &lines,
        ));
        let metrics: Vec<_> = entries
            .iter()
            .filter_map(|entry| {
                let Entry::TradingMetrics(metrics) = entry else {
                    return None;
                };
                Some(metrics)
            })
            .collect();
        let first = metrics[0];
        assert_eq!(first.total_bets, 0, "{settings:?}");
        assert_eq!(
            [first.roi, first.win_rate, first.average_odds],
            [0.0; 3],
            "{settings:?}"
        );
        assert!(metrics.last().unwrap().average_odds > 1.0, "{settings:?}");
        let mut bets = entries.iter().filter_map(|entry| {
            let Entry::Bet(bet) = entry else { return None };
            Some(bet.expected_value)
        });
        let is_flat = settings.contains(&"flat");
        assert!(bets.all(|value| (value == 0.0) == is_flat), "{settings:?}");
    }
}

/// The entries of a source as lines, and what each offers.
fn published(source: &mut dyn Source, books: &[Book]) -> (Vec<u8>, Vec<Vec<simbet::Quote>>) {
    let (mut round, mut lines, mut quotes) = (Round::default(), Vec::new(), Vec::new());
    while source.next_round(&mut round).unwrap() == NextRound::Round {
        for entry in publications(&round, source.names(), books) {
            write_line(&mut lines, entry.event_type(), &entry, entry.time()).unwrap();
        }
        let offers = round.offers.iter().chain(&round.closes);
        quotes.extend(offers.map(|offer| offer.quotes.clone()));
    }
    (lines, quotes)
}

/// The quotes of every entry with prices, as whoever reads the lines has them.
fn read_back(lines: &[u8]) -> Vec<Vec<simbet::Quote>> {
    let lines = lines.split(|byte| *byte == b'\n').filter(|l| !l.is_empty());
    lines
        .filter_map(|line| match Event::of_line(line, Book::AVG).unwrap() {
            Event::Prices(prices) => Some(prices.quotes),
            Event::Result(_) | Event::End(_) => None,
        })
        .collect()
}

#[test]
fn nobody_bets_on_a_limit_that_stands_for_an_absent_price() {
    let config = SyntheticConfig {
        every: Some(5),
        matches: 100,
        markets: MarketKind::ALL.to_vec(),
        ..SyntheticConfig::default()
    };
    let mut source = Synthetic::new(&config).unwrap();
    let (lines, quotes) = published(&mut source, &[Book::AVG]);
    let of_sides = |quotes: &Vec<simbet::Quote>| {
        let sides = quotes
            .iter()
            .filter(|quote| [Selection::HOME, Selection::AWAY].contains(&quote.selection));
        sides.count()
    };
    assert!(quotes.iter().filter(|quotes| of_sides(quotes) < 2).count() > 50);
    assert_eq!(read_back(&lines), quotes);
    assert_eq!(refused(lines), [""; 0]);
}

fn matches_of(csv: &str, config: &ReadConfig) -> Replay {
    let matches = read_bytes("L.csv", csv.as_bytes(), config).unwrap();
    Replay::new(matches.into(), ReplayConfig::default())
}

#[test]
fn matches_without_match_odds_have_limits_and_their_own_quotes() {
    let csv = "date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away,odds_over,odds_under\n\
        2024-03-02,Ashby,Corfield,1,0,,,,1.95,1.95\n\
        2024-03-02,Dunmore,Elvet,1,1,1.25,6.5,,1.8,2.1\n\
        2024-03-02,Farrow,Gorse,1,1,,6.5,1.25,,\n";
    let mut replay = matches_of(csv, &ReadConfig::default());
    let (lines, quotes) = published(&mut replay, &[Book::AVG]);
    assert_eq!(read_back(&lines), quotes);
    let entries = read_lines(std::str::from_utf8(&lines).unwrap());
    let odds: Vec<_> = match_events(&entries)
        .map(|event| [event.market_odds_home, event.market_odds_away])
        .collect();
    assert_eq!(odds, [[1000.0, 1000.0], [1.25, 1000.0], [1000.0, 1.25]]);
    assert!(match_events(&entries).all(|event| event.quotes.is_some()));
}

/// Feeds lines to a trader's reader; the reasons of what it refuses.
fn refused(lines: Vec<u8>) -> Vec<String> {
    let mut reasons = Vec::new();
    let mut on_refused = |refused: &Refused<'_>| reasons.push(refused.reason.to_string());
    let mut feed = Lines::new(std::io::Cursor::new(lines));
    let mut stream = Stream::new(&mut feed, StreamConfig::default(), &mut on_refused);
    let mut round = Round::default();
    while stream.next_round(&mut round).unwrap() != NextRound::End {}
    reasons
}

/// Cells of prices as files have them: plausible, absent, none at all, or in another form.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => (101_u32..2_000).prop_map(|cents| format!("{}.{:02}", cents / 100, cents % 100)),
        2 => Just(String::new()),
        1 => (-300_i32..400).prop_map(|whole| whole.to_string()),
        1 => Just("n/a".to_owned()),
    ]
}

fn row() -> impl Strategy<Value = String> {
    let goals = prop_oneof![
        4 => (0_u8..6, 0_u8..6).prop_map(|(home, away)| format!("{home},{away}")),
        1 => Just(",".to_owned()),
    ];
    let prices = proptest::collection::vec(cell(), 8);
    (1_u8..28, 0_usize..5, 1_usize..5, goals, prices).prop_map(|(day, home, step, goals, cells)| {
        let [home, away] =
            [home, (home + step) % 5].map(|team| ["Ash", "Birch", "Cedar", "Dale", "Elm"][team]);
        format!(
            "2024-03-{day:02},15:00,{home},{away},{goals},{}\n",
            cells.join(",")
        )
    })
}

proptest! {
    #[test]
    fn whatever_is_published_of_a_file_is_accepted(rows in proptest::collection::vec(row(), 1..30)) {
        let header = "date,time,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away,odds_over,\
            odds_under,ah_line,odds_ah_home,odds_ah_away\n";
        let csv = format!("{header}{}", rows.concat());
        let config = ReadConfig { on_bad_row: OnBadRow::Skip, ..ReadConfig::default() };
        // some files contradict themselves, which is another matter
        if let Ok(matches) = read_bytes("L.csv", csv.as_bytes(), &config) {
            let mut replay = Replay::new(matches.into(), ReplayConfig::default());
            let (lines, quotes) = published(&mut replay, &[Book::AVG]);
            prop_assert_eq!(read_back(&lines), quotes);
            prop_assert_eq!(refused(lines), [""; 0]);
        }
    }
}

#[test]
fn what_entries_cannot_carry_is_not_published() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("L.csv");
    let publish = |csv: String| {
        fs::write(&file, csv).unwrap();
        let run = simbet().arg("publish").arg(&file).assert().code(1);
        String::from_utf8_lossy(&run.get_output().stderr).into_owned()
    };
    let header =
        "match_id,date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away";
    let long = "x".repeat(129);
    let said = publish(format!(
        "{header}\n{long},2024-03-02,Ashby,Corfield,1,0,2,3.4,3.9\n"
    ));
    assert!(
        said.contains("names and ids of 1 to 128 characters"),
        "{said}"
    );
    let said = publish(format!(
        "{header}\n1,2024-03-02,{long},Corfield,1,0,2,3.4,3.9\n"
    ));
    assert!(said.contains("a name of at most 128 characters"), "{said}");
}

const LEAGUE: &str = "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,FTR,AvgH,AvgD,AvgA,PSH,PSD,PSA,Avg>2.5,Avg<2.5\n\
    E0,05/08/2023,Ashby,Corfield,2,1,H,2.1,3.4,3.5,2.2,3.4,3.5,1.9,1.9\n\
    E0,06/08/2023,Dunmore,Elvet,2,1,H,,,,2.2,3.4,3.5,1.9,1.9\n\
    E0,13/08/2023,Ashby,Elvet,0,0,D,2.1,3.4,3.5,,,,,\n\
    E0,14/08/2023,Corfield,Elvet,,,,2.1,3.4,3.5,,,,,\n\
    E0,someday,Corfield,Dunmore,1,0,H,2.1,3.4,3.5,,,,,\n";

#[test]
fn publish_says_once_what_it_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("E0.csv");
    fs::write(&file, LEAGUE).unwrap();
    let said = |settings: &[&str]| {
        let run = simbet()
            .arg("publish")
            .arg(&file)
            .args(["--on-bad-row", "skip"])
            .args(settings)
            .assert()
            .success();
        String::from_utf8_lossy(&run.get_output().stderr).into_owned()
    };
    let all = said(&["--to", "2023-08-10"]);
    let wanted = "note: left out: 1 match without a price (its result is published), 1 match outside the period (its \
        result is published), 1 fixture, 1 row that cannot be read, 1 other book (ps; see --book), 1 other market (ou; \
        see --markets)\n";
    assert!(all.ends_with(wanted), "{all}");
    assert_eq!(all.matches("left out:").count(), 1, "{all}");
    let less = said(&["--book", "ps,avg", "--markets", "1x2,ou"]);
    assert!(
        less.ends_with("note: left out: 1 fixture, 1 row that cannot be read\n"),
        "{less}"
    );
    assert_eq!(said(&["-q"]), "");
}
