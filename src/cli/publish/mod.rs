//! `simbet publish`.

mod limits;
mod outlet;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::pace::{self, Pace, Speed};
use super::redis::{MaxLen, RedisArgs};
use super::settings::{self, ReplayLayers};
use super::{Console, Typed, input, left_out, signals, usage};
use crate::backtest;
use crate::config::{Purpose, RunConfig, Settings, SimulationConfig, SimulationSettings, count_of};
use crate::domain::{Book, Names, Offer, Round, Time};
use crate::report::text_table::{count, counted};
use crate::schema::event::publications;
use crate::source::synthetic::Synthetic;
use crate::source::{Matches, NextRound, Replay, ReplayCounts, Source};
use limits::{ensure_publishable, ensure_short};
use outlet::{Lines, Outlet};

/// The arguments of `publish`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  simbet publish E0.csv | simbet trade -
  simbet publish data/ --book ps --price close --markets 1x2,ah > events.ndjson
  simbet publish --matches 100 --in-play --speed 600 | simbet trade - --profile empirical
  simbet publish E0.csv --redis --speed 3600")]
pub struct Publish {
    /// Files, folders, globs, or - for stdin, as for backtest; invented matches without any
    #[arg(value_name = "FILE", conflicts_with_all = ["matches", "seed", "teams", "in_play"])]
    inputs: Vec<String>,
    #[command(flatten)]
    synthetic: SyntheticArgs,
    /// How fast time passes: max, or a multiple of real time (60: a minute of play in a second)
    #[arg(
        long,
        value_name = "FACTOR",
        default_value = "max",
        help_heading = "Pace"
    )]
    speed: Speed,
    /// Entries a second, however far apart they are
    #[arg(
        long,
        value_name = "N",
        conflicts_with = "speed",
        help_heading = "Pace",
        allow_negative_numbers = true
    )]
    rate: Option<f64>,
    #[command(flatten)]
    redis: RedisArgs,
    /// Continue where a replay of the same matches stopped
    #[arg(long, requires = "redis", help_heading = "Redis")]
    resume: bool,
    #[command(flatten)]
    maxlen: MaxLen,
    #[command(flatten)]
    layers: ReplayLayers,
}

/// What publish may be for: with matches of files, and with invented ones.
pub const PURPOSES: [Purpose; 2] = [
    Purpose::Publish {
        invented: false,
        in_play: false,
    },
    Purpose::Publish {
        invented: true,
        in_play: true,
    },
];

/// Which matches to invent, as simulate does; the rest is as it is there by default.
#[derive(Debug, Args)]
#[group(skip)]
struct SyntheticArgs {
    /// Matches to invent [default: 380, a season]
    #[arg(long, value_parser = count_of::<u64>, value_name = "N", help_heading = "League")]
    matches: Option<u64>,
    /// Seed of everything random [default: 1]
    #[arg(long, value_parser = count_of::<u64>, value_name = "N", help_heading = "League")]
    seed: Option<u64>,
    /// Teams, an even number [default: 20]
    #[arg(long, value_parser = count_of::<usize>, value_name = "N", help_heading = "League")]
    teams: Option<usize>,
    /// Offer prices in play as well
    #[arg(long, help_heading = "Bookmaker")]
    in_play: bool,
    /// Minutes from one offer in play to the next
    #[arg(
        long,
        value_name = "MINUTES",
        default_value_t = 10,
        value_parser = clap::value_parser!(u8).range(1..=90),
        requires = "in_play",
        help_heading = "Bookmaker"
    )]
    every: u8,
}

impl Publish {
    pub fn run(self, console: Console, typed: &Typed) -> anyhow::Result<()> {
        self.redis.ensure_built()?;
        if !self.inputs.is_empty() {
            // clap drops what --every requires, since it conflicts with files
            typed.refuse(
                &["every"],
                "only invented matches have prices in play; leave it out",
            )?;
        }
        let stop = signals::stop_on_signals();
        let settings = self.layers.settings(self.purpose(), console)?;
        let config = settings::resolve(&settings).map_err(usage)?;
        let pace = Pace::new(self.speed, self.rate).map_err(usage)?;
        let Opened {
            mut source,
            content,
            unpriced,
            left_out,
        } = self.open(&settings, &config, console)?;
        let publisher = Publisher {
            left_out,
            books: config.engine.strategy.books.books(),
            pace,
            stop: &stop,
            console,
        };
        if self.redis.is_requested() {
            let replay = replay_of(&config, &content, self.redis.partitions());
            return self.publish_to_redis(publisher, &mut *source, unpriced, &replay);
        }
        publisher.publish(&mut *source, &mut Lines::default(), unpriced)
    }

    fn open(
        &self,
        settings: &Settings,
        config: &RunConfig,
        console: Console,
    ) -> anyhow::Result<Opened> {
        if self.inputs.is_empty() {
            let (source, content) = self.invent(settings)?;
            return Ok(Opened {
                source: Box::new(source),
                content,
                unpriced: None,
                left_out: Vec::new(),
            });
        }
        let matches = input::read(&self.inputs, &config.read, console)?;
        ensure_publishable(&matches)?;
        backtest::ensure_something_fits(&config.engine, &config.replay, &matches)?;
        let content: Vec<_> = matches
            .inputs
            .iter()
            .map(|input| input.sha256.clone())
            .collect();
        let matches = Arc::new(matches);
        let replay = Replay::new(Arc::clone(&matches), config.replay);
        let counts = replay.counts();
        Ok(Opened {
            source: Box::new(replay),
            content: json!(content),
            unpriced: Some(counts.in_period - counts.offered),
            left_out: left_out_of(&matches, counts),
        })
    }

    fn purpose(&self) -> Purpose {
        Purpose::Publish {
            invented: self.inputs.is_empty(),
            in_play: self.synthetic.in_play,
        }
    }

    fn invent(&self, settings: &Settings) -> anyhow::Result<(Synthetic, Value)> {
        let SyntheticArgs {
            matches,
            seed,
            teams,
            in_play,
            every,
        } = self.synthetic;
        // what simulate has by default besides; of the staking nothing matters here
        let defaults = SimulationSettings {
            seed: seed.unwrap_or(1),
            every,
            ruin: 0.5,
            ..SimulationSettings::default()
        };
        let simulation = SimulationSettings {
            matches,
            teams,
            in_play,
            ..defaults
        };
        let config = SimulationConfig::resolve(settings, &simulation, None).map_err(usage)?;
        let mut source = Synthetic::new(&config.synthetic)?;
        source.restart(config.first_run);
        Ok((source, json!([config.synthetic, config.first_run])))
    }

    #[cfg(feature = "redis")]
    fn publish_to_redis(
        &self,
        publisher: Publisher<'_>,
        source: &mut dyn Source,
        unpriced: Option<u64>,
        replay: &str,
    ) -> anyhow::Result<()> {
        use super::redis::{Server, warn_once};
        use crate::redis::{Publisher as Writer, PublisherConfig};
        let Server { address, layout } = Server::new(&self.redis)?;
        let note = warn_once(publisher.console);
        let patience = Server::patience(publisher.stop, &note);
        let (replay, maxlen) = (replay.to_owned(), self.maxlen.maxlen);
        let config = PublisherConfig {
            address,
            layout,
            replay,
            maxlen,
            resume: self.resume,
        };
        let mut outlet = outlet::Streams(Writer::open(config, patience)?);
        publisher.publish(source, &mut outlet, unpriced)
    }

    #[cfg(not(feature = "redis"))]
    fn publish_to_redis(
        &self,
        _: Publisher<'_>,
        _: &mut dyn Source,
        _: Option<u64>,
        _: &str,
    ) -> anyhow::Result<()> {
        self.redis.ensure_built()
    }
}

/// What is published.
struct Opened {
    source: Box<dyn Source>,
    /// What it is made of.
    content: Value,
    /// The number of matches without a price, of files.
    unpriced: Option<u64>,
    /// What of the files is not published, in words.
    left_out: Vec<String>,
}

fn left_out_of(matches: &Matches, counts: ReplayCounts) -> Vec<String> {
    let unpriced = counts.in_period - counts.offered;
    let parts = [
        left_out::counted(
            unpriced,
            "match without a price (its result is published)",
            "matches without a price (their results are published)",
        ),
        left_out::counted(
            counts.played - counts.in_period,
            "match outside the period (its result is published)",
            "matches outside the period (their results are published)",
        ),
        left_out::counted(matches.counts.fixtures, "fixture", "fixtures"),
        left_out::counted(
            matches.counts.skipped(),
            "row that cannot be read",
            "rows that cannot be read",
        ),
    ];
    let prices = left_out::prices(&matches.left_out);
    parts.into_iter().flatten().chain(prices).collect()
}

/// Names a replay by all that its entries depend on, and over how many partitions they are spread.
fn replay_of(config: &RunConfig, content: &Value, partitions: Option<u32>) -> String {
    let strategy = &config.engine.strategy;
    let made_of = json!([
        env!("CARGO_PKG_VERSION"),
        content,
        config.replay,
        config.read,
        strategy.books,
        partitions
    ]);
    hex::encode(Sha256::digest(made_of.to_string()))
}

/// Hands rounds to an outlet, at their pace.
struct Publisher<'a> {
    books: &'a [Book],
    pace: Pace,
    stop: &'a Arc<AtomicBool>,
    console: Console,
    /// What of the files is not published, to be said at the end.
    left_out: Vec<String>,
}

impl Publisher<'_> {
    fn publish(
        mut self,
        source: &mut dyn Source,
        outlet: &mut dyn Outlet,
        unpriced: Option<u64>,
    ) -> anyhow::Result<()> {
        let (mut round, mut part, mut last) = (Round::default(), Round::default(), Time::default());
        while !self.is_stopped() {
            match source.next_round(&mut round)? {
                NextRound::Round => {
                    last = round.time;
                    self.round(&round, &mut part, source.names(), outlet)?;
                }
                NextRound::Wait => {}
                NextRound::End => {
                    outlet.end(unpriced, last)?;
                    self.report(outlet, "published");
                    left_out::note(self.console, &self.left_out);
                    return Ok(());
                }
            }
        }
        outlet.pass_on()?;
        self.report(outlet, "stopped after");
        Ok(())
    }

    /// Publishes a round in the parts that fall to the partitions.
    fn round(
        &mut self,
        round: &Round,
        part: &mut Round,
        names: &Names,
        outlet: &mut dyn Outlet,
    ) -> anyhow::Result<()> {
        if outlet.partitions() == 1 {
            return self.part(0, round, names, outlet);
        }
        for partition in 0..outlet.partitions() {
            cut(round, part, |offer| {
                outlet.partition_of(&offer.fixture.id) == partition
            });
            self.part(partition, part, names, outlet)?;
        }
        Ok(())
    }

    fn part(
        &mut self,
        partition: u32,
        round: &Round,
        names: &Names,
        outlet: &mut dyn Outlet,
    ) -> anyhow::Result<()> {
        for entry in publications(round, names, self.books) {
            if !outlet.has_next(partition) {
                self.wait(round.time, outlet)?;
                if self.is_stopped() {
                    return Ok(());
                }
            }
            ensure_short(&entry)?;
            outlet.write(partition, &entry)?;
        }
        Ok(())
    }

    /// Waits until it is this time, when time is to pass, and until the next entry is due, when there are to be so many a
    /// second. Nothing is kept back while nothing happens.
    fn wait(&mut self, time: Time, outlet: &mut dyn Outlet) -> anyhow::Result<()> {
        let (written, skipped) = outlet.counts();
        let until_turn = self.pace.until_turn(written - skipped.min(written));
        if let Some(pause) = self.pace.until(time).max(until_turn) {
            outlet.pass_on()?;
            pace::sleep(pause, self.stop);
        }
        Ok(())
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn report(&self, outlet: &dyn Outlet, what: &str) {
        let (written, skipped) = outlet.counts();
        match skipped {
            // on a pipe the reader reports how many there were
            0 if what == "published" && !outlet.is_remote() => {}
            0 => self
                .console
                .note(format!("{what} {}", counted(written, "entry", "entries"))),
            _ => {
                let new = counted(written.saturating_sub(skipped), "entry", "entries");
                let there = match skipped {
                    1 => "the one that was there already".to_owned(),
                    _ => format!("the {} that were there already", count(skipped)),
                };
                self.console.note(format!("{what} {new} after {there}"));
            }
        }
    }
}

/// The part of a round that falls to a partition: its own prices, and every result, so that each partition's models learn
/// all there is to learn.
fn cut(round: &Round, part: &mut Round, is_own: impl Fn(&Offer) -> bool) {
    part.reset(round.time);
    part.results.extend_from_slice(&round.results);
    part.offers
        .extend(round.offers.iter().filter(|offer| is_own(offer)).cloned());
    part.closes
        .extend(round.closes.iter().filter(|offer| is_own(offer)).cloned());
}
