//! A trader that is killed and goes on from a checkpoint says, byte for byte, what one says that was never killed.

mod damage;
mod memory;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use simbet::Engine;
use simbet::Sink;
use simbet::Summary;
use simbet::internals::checkpoint::CheckpointError;
use simbet::internals::schema::event::{publications, write_line};
use simbet::internals::sink::events;
use simbet::internals::sink::events::Events;
use simbet::internals::source::stream::{Feed, FeedItem, Refused, StreamCounts};
use simbet::internals::source::stream::{Stream, StreamConfig};
use simbet::{Book, Round};
use simbet::{
    NextRound, PriceTime, ReadConfig, Replay, ReplayConfig, Source, SourceError, read_bytes,
};
use simbet::{RunConfig, Settings};
use simbet::{Synthetic, SyntheticConfig};

/// What a feed may hold.
#[derive(Debug, Clone)]
enum Item {
    Entry(String),
    /// Long enough to end a round that does not say how many entries it has.
    Silence,
}

/// What outlives a kill.
#[derive(Debug, Clone, Default)]
struct Kept {
    written: Vec<u8>,
    upto: u64,
    idle_timeouts: BTreeSet<u64>,
    checkpoint: Option<(u64, Vec<u8>)>,
    commits: usize,
}

/// Takes what a run writes until it is committed.
#[derive(Clone, Default)]
struct Pending(Rc<RefCell<Vec<u8>>>);

impl Write for Pending {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A feed that keeps commits in memory, and dies when it is told to.
struct Log<'a> {
    items: &'a [Item],
    kept: &'a mut Kept,
    pending: Pending,
    idle_timeouts: BTreeSet<u64>,
    /// The next item, and the number of the last entry handed out.
    next: usize,
    number: u64,
    /// What comes before the next item.
    ahead: Vec<FeedItem<'static>>,
    /// Up to which entry everything was committed before.
    known: u64,
    every: usize,
    dies: BTreeSet<usize>,
}

impl<'a> Log<'a> {
    fn open(items: &'a [Item], kept: &'a mut Kept, plan: &Plan) -> Self {
        let number = kept.checkpoint.as_ref().map_or(0, |(number, _)| *number);
        let entries = items
            .iter()
            .enumerate()
            .filter(|(_, item)| matches!(item, Item::Entry(_)));
        let next = if number == 0 {
            0
        } else {
            entries
                .map(|(at, _)| at + 1)
                .nth(number as usize - 1)
                .unwrap()
        };
        let known = kept.upto;
        let mut log = Self {
            items,
            kept,
            pending: Pending::default(),
            idle_timeouts: BTreeSet::new(),
            next,
            number,
            ahead: Vec::new(),
            known,
            every: plan.every,
            dies: plan.dies.iter().copied().collect(),
        };
        if known > 0 {
            log.turn();
        }
        log
    }

    /// What comes after this entry when it is read again.
    fn turn(&mut self) {
        if self.number == self.known {
            self.ahead = vec![FeedItem::Nothing, FeedItem::Boundary];
        } else if self.number < self.known && self.kept.idle_timeouts.contains(&self.number) {
            self.ahead = vec![FeedItem::Boundary];
        }
    }
}

impl Feed for Log<'_> {
    fn next(&mut self, _: Duration) -> Result<FeedItem<'_>, SourceError> {
        if let Some(fed) = self.ahead.pop() {
            return Ok(fed);
        }
        let Some(item) = self.items.get(self.next) else {
            return Ok(FeedItem::End);
        };
        self.next += 1;
        match item {
            Item::Silence if self.number < self.known => self.next(Duration::ZERO),
            Item::Silence => {
                // the first may only tell the trader that it should not be kept waiting
                self.ahead = vec![FeedItem::Nothing];
                Ok(FeedItem::Nothing)
            }
            Item::Entry(text) => {
                self.number += 1;
                self.turn();
                Ok(FeedItem::Entry {
                    number: self.number,
                    text: text.as_bytes(),
                })
            }
        }
    }

    fn on_idle(&mut self, number: u64) {
        self.idle_timeouts.insert(number);
    }

    fn commit(
        &mut self,
        upto: u64,
        state: Option<&dyn Fn() -> Result<Vec<u8>, CheckpointError>>,
    ) -> Result<(), SourceError> {
        let wants_checkpoint = self.kept.commits % self.every == self.every - 1;
        let state = state.filter(|_| wants_checkpoint);
        let checkpoint = state.map(|state| state()).transpose()?;
        self.kept.commits += 1;
        if self.dies.contains(&self.kept.commits) {
            return Err(SourceError::Stopped);
        }
        let written = self.pending.0.take();
        if upto > self.known {
            self.kept.written.extend(written);
            self.kept.upto = upto;
        }
        self.kept.idle_timeouts.append(&mut self.idle_timeouts);
        if let Some(state) = checkpoint {
            self.kept.checkpoint = Some((self.number, state));
        }
        Ok(())
    }
}

/// When there are checkpoints, and when the trader is killed: counted in commits.
#[derive(Debug, Clone)]
struct Plan {
    every: usize,
    dies: Vec<usize>,
}

const UNHARMED: Plan = Plan {
    every: usize::MAX,
    dies: vec![],
};

#[derive(Debug, PartialEq)]
struct Done {
    written: String,
    summary: Summary,
    counts: StreamCounts,
}

fn config(settings: &str) -> RunConfig {
    RunConfig::resolve(&Settings::from_toml(settings).unwrap()).unwrap()
}

/// Trades until the end, from the last checkpoint after every kill; with how often it went on from one.
fn trade(
    items: &[Item],
    config: &RunConfig,
    history: Option<&Replay>,
    plan: &Plan,
) -> (Done, usize) {
    let (mut kept, mut resumed) = (Kept::default(), 0);
    loop {
        let state = kept.checkpoint.clone();
        resumed += usize::from(state.is_some());
        let commits = kept.commits;
        match attempt(items, config, history, &mut kept, state, plan) {
            Ok((summary, counts)) => {
                let written = String::from_utf8(kept.written).unwrap();
                return (
                    Done {
                        written,
                        summary,
                        counts,
                    },
                    resumed,
                );
            }
            Err(error) => assert_eq!(error.to_string(), SourceError::Stopped.to_string()),
        }
        assert!(kept.commits > commits);
    }
}

fn attempt(
    items: &[Item],
    config: &RunConfig,
    history: Option<&Replay>,
    kept: &mut Kept,
    state: Option<(u64, Vec<u8>)>,
    plan: &Plan,
) -> Result<(Summary, StreamCounts), simbet::Error> {
    let mut log = Log::open(items, kept, plan);
    let mut out = log.pending.clone();
    let mut lines = events::Lines::new(&mut out);
    let mut events = Events::new(&mut lines, Some("model".to_owned()));
    let mut sinks: [&mut dyn Sink; 1] = [&mut events];
    let mut engine = Engine::new(&config.engine)?;
    let mut ignore = |_: &Refused<'_>| {};
    let mut stream = Stream::new(&mut log, StreamConfig::default(), &mut ignore);
    if let Some(history) = history {
        stream = stream.with_history(history.clone());
    }
    let summary = match state {
        None => simbet::run(&mut stream, &mut engine, &mut sinks, &mut |_| {})?,
        Some((_, state)) => {
            let (resumed, rest) = stream.with_state(&state)?;
            stream = resumed;
            simbet::resume(&rest, &mut stream, &mut engine, &mut sinks, &mut |_| {})?
        }
    };
    Ok((summary, stream.counts()))
}

fn lines(source: &mut dyn Source, books: &[Book]) -> Vec<String> {
    let (mut round, mut lines) = (Round::default(), Vec::new());
    while source.next_round(&mut round).unwrap() == NextRound::Round {
        for entry in publications(&round, source.names(), books) {
            let mut line = Vec::new();
            write_line(&mut line, entry.event_type(), &entry, entry.time()).unwrap();
            lines.push(String::from_utf8(line).unwrap());
        }
    }
    lines
}

/// The matches of the rows of a file that come after `skip`.
fn replay(skip: usize, take: usize, config: ReplayConfig) -> Replay {
    let text = fs::read_to_string("datasets/epl.csv").unwrap();
    let rows: Vec<&str> = text.lines().collect();
    let csv = [&rows[..1], &rows[1 + skip..1 + skip + take]]
        .concat()
        .join("\n");
    Replay::new(
        Arc::new(read_bytes("epl.csv", csv.as_bytes(), &ReadConfig::default()).unwrap()),
        config,
    )
}

fn published() -> Vec<String> {
    let close = ReplayConfig {
        price: PriceTime::Close,
        ..ReplayConfig::default()
    };
    let books = [Book::AVG, Book::MAX];
    let mut all = lines(&mut replay(330, 100, ReplayConfig::default()), &books);
    // the next matches are offered at their closing prices
    all.extend(lines(&mut replay(430, 40, close), &books));
    all
}

fn invented_in_play() -> Vec<String> {
    let config = SyntheticConfig {
        matches: 40,
        every: Some(15),
        ..SyntheticConfig::default()
    };
    let mut source = Synthetic::new(&config).unwrap();
    source.restart(1);
    lines(&mut source, &[Book::AVG])
}

/// The same without the number of entries of each round.
fn without_size(lines: Vec<String>) -> Vec<String> {
    let cut = |line: String| {
        let (before, after) = line
            .split_once(",\"round_size\":")
            .expect("every round has a size");
        [before, &after[after.find('}').unwrap()..]].concat()
    };
    lines.into_iter().map(cut).collect()
}

/// Draws without a library, the same in every version.
fn draw(state: &mut u64, below: u64) -> u64 {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) % below
}

/// Entries with idle_timeouts among them, some that come twice, and some that nobody can read.
fn disturbed(lines: Vec<String>, mut seed: u64) -> Vec<Item> {
    let mut items = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        match draw(&mut seed, 20) {
            0..3 => items.push(Item::Silence),
            3 => items.push(Item::Entry(
                lines[number.saturating_sub(draw(&mut seed, 8) as usize)].clone(),
            )),
            4 => items.push(Item::Entry("{\"event_type\":\"tea\"}".to_owned())),
            _ => {}
        }
        items.push(Item::Entry(line.clone()));
    }
    items
}

fn assert_same(left: &Done, right: &Done, what: &str) {
    for (number, (left, right)) in left.written.lines().zip(right.written.lines()).enumerate() {
        assert_eq!(left, right, "{what}, line {}", number + 1);
    }
    assert_eq!(
        left.written.lines().count(),
        right.written.lines().count(),
        "{what}"
    );
    assert!(
        left == right,
        "{what}: {:?} {:?}\n{:?} {:?}",
        left.summary,
        left.counts,
        right.summary,
        right.counts
    );
}

#[test]
fn every_model_and_strategy_goes_on_after_kills_as_if_there_had_been_none() {
    let streams = [
        ("published", disturbed(published(), 1)),
        (
            "published without sizes",
            disturbed(without_size(published()), 2),
        ),
        ("in play", disturbed(invented_in_play(), 3)),
        (
            "in play without sizes",
            disturbed(without_size(invented_in_play()), 4),
        ),
    ];
    for model in ["average", "poisson", "dixon-coles", "market"] {
        for strategy in ["ev", "kelly", "flat", "proportional"] {
            let market = if model == "market" {
                "market_book = 'avg'\nbook = 'max,avg'\n"
            } else {
                ""
            };
            let config = config(&format!(
                "model = '{model}'\nstrategy = '{strategy}'\nmin_ev = 0.0\nmarkets = ['1x2', 'ou']\n{market}"
            ));
            for (name, items) in &streams {
                let (whole, _) = trade(items, &config, None, &UNHARMED);
                let plan = Plan {
                    every: 7,
                    dies: vec![3, 10, 11, 12, 25, 40, 41, 60, 100],
                };
                let (cut, resumed) = trade(items, &config, None, &plan);
                assert!(resumed >= 5 && whole.summary.matches > 10, "{resumed}");
                assert_same(&cut, &whole, &format!("{model} {strategy} {name}"));
            }
        }
    }
}

/// The factor, the sums and the schedule of a fit are old when it is cut: they have to be as old afterwards.
#[test]
fn a_model_that_is_seldom_fitted_and_forgets_soon_goes_on_where_it_was() {
    let short = disturbed(without_size(published()), 5);
    // so many that the sums are added up afresh in between, because enough was taken out of them
    let mut league = Synthetic::new(&SyntheticConfig {
        matches: 1100,
        ..SyntheticConfig::default()
    })
    .unwrap();
    league.restart(1);
    let long = disturbed(lines(&mut league, &[Book::AVG]), 7);
    for (settings, items, step) in [
        ("refit_every = 9\nwindow = 20\nhalf_life = 5", &short, 9),
        ("prior = 0\nmin_matches = 2", &short, 9),
        ("model = 'average'\nwindow = 150", &long, 29),
        (
            "model = 'poisson'\nwindow = 150\nrefit_every = 5",
            &long,
            29,
        ),
    ] {
        let config = config(&format!(
            "{settings}\nstrategy = 'proportional'\nmin_ev = -0.5\n"
        ));
        let (whole, _) = trade(items, &config, None, &UNHARMED);
        let plan = Plan {
            every: 5,
            dies: (3..600).step_by(step).collect(),
        };
        let (cut, resumed) = trade(items, &config, None, &plan);
        assert!(resumed > 5);
        assert_same(&cut, &whole, settings);
    }
}

#[test]
fn history_is_told_once_however_often_the_trader_is_killed() {
    let items = disturbed(published(), 6);
    let never = simbet::Time::from_seconds(i64::MAX);
    let history = replay(
        0,
        330,
        ReplayConfig {
            from: Some(never),
            ..ReplayConfig::default()
        },
    );
    let config = config("strategy = 'ev'");
    let (whole, _) = trade(&items, &config, Some(&history), &UNHARMED);
    assert!(whole.summary.matches > 400);
    for every in [1, 2, 5] {
        let plan = Plan {
            every,
            dies: vec![1, 3, 4, 8, 12, 13, 21, 33, 40],
        };
        let (cut, resumed) = trade(&items, &config, Some(&history), &plan);
        assert!(resumed >= 3);
        assert_same(&cut, &whole, &format!("a checkpoint every {every}"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn wherever_a_trader_is_killed_it_says_the_same(
        seed in any::<u64>(),
        sized in any::<bool>(),
        in_play in any::<bool>(),
        every in 1_usize..12,
        dies in proptest::collection::btree_set(1_usize..150, 1..9),
    ) {
        let lines = if in_play { invented_in_play() } else { published() };
        let items = disturbed(if sized { lines } else { without_size(lines) }, seed);
        let config = config("model = 'average'\nstrategy = 'kelly'\nmarkets = ['1x2', 'ou', 'ah']\nmin_edge = 0.0");
        let (whole, _) = trade(&items, &config, None, &UNHARMED);
        let plan = Plan { every, dies: dies.into_iter().collect() };
        let (cut, _) = trade(&items, &config, None, &plan);
        prop_assert!(whole.written.lines().count() > 100);
        prop_assert_eq!(&cut.written, &whole.written);
        prop_assert!(cut == whole, "{:?}\n{:?}", cut.summary, whole.summary);
    }
}
