//! `simbet publish`.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;

use super::pace::{Pace, Speed};
use super::settings::ReplayLayers;
use super::{Talk, input, signals, usage};
use crate::config::{RunConfig, SimulationConfig, SimulationSettings};
use crate::domain::{Book, Round, Time};
use crate::source::synthetic::Synthetic;
use crate::source::{Next, Replay, Source};
use crate::wire::event::{EndOfStream, publications, write_line};

/// What was typed after `publish`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  simbet publish E0.csv | simbet trade -
  simbet publish data/ --book ps --price close --markets 1x2,ah > events.ndjson
  simbet publish --matches 100 --in-play --speed 600 | simbet trade - --profile empirical")]
pub struct Publish {
    /// Files, folders, globs, or - for stdin, as for backtest; invented matches without any
    #[arg(value_name = "FILE", conflicts_with_all = ["matches", "seed", "teams", "in_play"])]
    inputs: Vec<String>,
    #[command(flatten)]
    invented: Invented,
    /// How fast time passes: max, or so many times as fast as it does (60: a minute of play in a second)
    #[arg(long, value_name = "FACTOR", default_value = "max", help_heading = "Pace")]
    speed: Speed,
    /// So many entries a second, however far apart they are
    #[arg(long, value_name = "N", conflicts_with = "speed", help_heading = "Pace", allow_negative_numbers = true)]
    rate: Option<f64>,
    #[command(flatten)]
    layers: ReplayLayers,
}

/// Whoever publishes does not bet: the same options may be given to publish and to trade, but these do nothing here.
pub fn hide_what_only_bets_need(option: clap::Arg) -> clap::Arg {
    let of_model = ["model", "half_life", "window", "prior", "min_matches", "refit_every", "pool"];
    let of_bets = ["selections", "multiple", "min_odds", "max_odds", "min_prob"];
    let id = option.get_id().as_str();
    let is_idle = option.get_help_heading() == Some("Staking") || of_model.contains(&id) || of_bets.contains(&id);
    option.hide(is_idle)
}

/// Which matches to invent, as simulate does; the rest is as it is there by default.
#[derive(Debug, Args)]
#[group(skip)]
struct Invented {
    /// Matches to invent [default: 380, a season]
    #[arg(long, value_name = "N", help_heading = "League")]
    matches: Option<u64>,
    /// Seed of everything random [default: 1]
    #[arg(long, value_name = "N", help_heading = "League")]
    seed: Option<u64>,
    /// Teams, an even number [default: 20]
    #[arg(long, value_name = "N", help_heading = "League")]
    teams: Option<usize>,
    /// Offer prices in play as well
    #[arg(long, help_heading = "Bookmaker")]
    in_play: bool,
    /// Minutes from one offer in play to the next
    #[arg(long, value_name = "MINUTES", default_value_t = 10, requires = "in_play", help_heading = "Bookmaker")]
    every: u8,
}

impl Publish {
    pub fn run(self, talk: Talk) -> anyhow::Result<()> {
        let stop = signals::stop_on_signals()?;
        let config = self.layers.resolve()?;
        let pace = Pace::new(self.speed, self.rate).map_err(usage)?;
        if self.inputs.is_empty() {
            let mut source = self.invent(&config)?;
            let mut publisher = Publisher::new(&config, pace, &stop);
            return publisher.publish(&mut source, None, talk);
        }
        let matches = input::read(&self.inputs, &config.read, talk)?;
        let mut replay = Replay::new(Arc::new(matches), config.replay);
        let counts = replay.counts();
        if counts.offered == 0 {
            talk.note("no match has a price: only results are published; see --book, --price and --from");
        }
        let unpriced = Some(counts.in_period - counts.offered);
        Publisher::new(&config, pace, &stop).publish(&mut replay, unpriced, talk)
    }

    fn invent(&self, config: &RunConfig) -> anyhow::Result<Synthetic> {
        if config.replay.from.is_some() || config.replay.to.is_some() {
            return Err(usage("--from and --to are of files: say which to publish"));
        }
        let Invented { matches, seed, teams, in_play, every } = self.invented;
        // what simulate has by default besides; of the staking nothing matters here
        let defaults =
            SimulationSettings { seed: seed.unwrap_or(1), every, ruin: 0.5, ..SimulationSettings::default() };
        let simulation = SimulationSettings { matches, teams, in_play, ..defaults };
        let config = SimulationConfig::resolve(&self.layers.settings()?, &simulation, None).map_err(usage)?;
        let mut source = Synthetic::new(&config.synthetic)?;
        source.restart(config.first_run);
        Ok(source)
    }
}

/// Writes rounds as lines of JSON, at their pace.
struct Publisher<'a> {
    books: Vec<Book>,
    pace: Pace,
    stop: &'a AtomicBool,
    lines: Vec<u8>,
    entries: u64,
    last: Time,
}

/// Bytes that are kept back until there are more of them, or there is time to wait.
const BLOCK: usize = 64 * 1024;

impl<'a> Publisher<'a> {
    fn new(config: &RunConfig, pace: Pace, stop: &'a AtomicBool) -> Self {
        let books = config.engine.strategy.books.books().to_vec();
        Self { books, pace, stop, lines: Vec::new(), entries: 0, last: Time::default() }
    }

    fn publish(&mut self, source: &mut dyn Source, unpriced: Option<u64>, talk: Talk) -> anyhow::Result<()> {
        let mut round = Round::default();
        while !self.stop.load(Ordering::Relaxed) {
            match source.next_round(&mut round)? {
                Next::Round => self.round(&round, source)?,
                Next::Wait => {}
                Next::End => {
                    let end = EndOfStream { entries: Some(self.entries), unpriced };
                    write_line(&mut self.lines, EndOfStream::TYPE, &end, self.last)?;
                    return Ok(self.pass_on()?);
                }
            }
        }
        self.pass_on()?;
        talk.note(format!("stopped after {} entries", self.entries));
        Ok(())
    }

    fn round(&mut self, round: &Round, source: &dyn Source) -> io::Result<()> {
        self.wait_for(round.time)?;
        self.last = round.time;
        let books = std::mem::take(&mut self.books);
        let mut written = Ok(());
        for entry in publications(round, source.names(), &books) {
            written = self.entry(&entry);
            if written.is_err() {
                break;
            }
        }
        self.books = books;
        written
    }

    fn entry(&mut self, entry: &crate::wire::event::Publication<'_>) -> io::Result<()> {
        self.wait_for_turn()?;
        write_line(&mut self.lines, entry.event_type(), entry, entry.time())?;
        self.entries += 1;
        if self.lines.len() >= BLOCK { self.pass_on() } else { Ok(()) }
    }

    /// Waits until it is this time, when time is to pass.
    fn wait_for(&mut self, time: Time) -> io::Result<()> {
        match self.pace.until(time) {
            Some(pause) => self.wait(pause),
            None => Ok(()),
        }
    }

    /// Waits until the next entry is due, when there are to be so many a second.
    fn wait_for_turn(&mut self) -> io::Result<()> {
        match self.pace.until_turn(self.entries) {
            Some(pause) => self.wait(pause),
            None => Ok(()),
        }
    }

    /// Nothing is kept back while nothing happens.
    fn wait(&mut self, pause: std::time::Duration) -> io::Result<()> {
        self.pass_on()?;
        super::pace::sleep(pause, self.stop);
        Ok(())
    }

    fn pass_on(&mut self) -> io::Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(&self.lines)?;
        self.lines.clear();
        out.flush()
    }
}
