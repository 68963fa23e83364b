//! `simbet trade`.

mod dead_letter_file;
#[cfg(feature = "redis")]
mod partition;
#[cfg(feature = "redis")]
mod redis;
#[cfg(feature = "redis")]
mod shares;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use serde_json::json;

use super::output::{self, BetsFormat, Written};
use super::redis::{MaxLen, RedisArgs};
use super::settings::{self, Layers};
use super::{Console, input, signals, usage};
use crate::config::{RunConfig, value_name};
use crate::domain::Time;
use crate::engine::Engine;
use crate::metrics::Summary;
use crate::report::sheet::thousands;
use crate::run;
use crate::sink::Sink;
use crate::sink::events::{Events, Lines};
use crate::sink::memory::Memory;
use crate::sink::significance::SignificanceSink;
use crate::source::stream::{self, Refused, Stream, StreamConfig, StreamCounts};
use crate::source::{Matches, Replay, Source as _, Stoppable};
use dead_letter_file::DeadLetterFile;

/// What was typed after `trade`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  simbet publish E0.csv | simbet trade -
  simbet trade events.ndjson --strategy kelly --kelly-fraction 0.25 --out results/
  feed | simbet trade - --history data/ --model dixon-coles --dead refused.ndjson > bets.ndjson
  simbet trade --redis --history data/ --strategy kelly --kelly-fraction 0.25")]
pub struct Trade {
    /// A file of entries, a line of JSON each, or - for stdin
    #[arg(
        value_name = "FILE",
        required_unless_present = "redis",
        conflicts_with = "redis"
    )]
    input: Option<PathBuf>,
    /// Files of matches whose results the models learn before the stream begins
    #[arg(long, value_name = "FILE", num_args = 1.., help_heading = "Stream")]
    history: Vec<String>,
    /// Milliseconds of silence that end a round which does not say how many entries it has, or off; never in a file
    #[arg(long, value_name = "MS", default_value = "50", help_heading = "Stream")]
    linger: Linger,
    /// Write entries that are put aside to a file, with the reason
    #[arg(
        long,
        value_name = "FILE",
        help_heading = "Stream",
        conflicts_with = "redis"
    )]
    dead: Option<PathBuf>,
    #[command(flatten)]
    redis: RedisArgs,
    #[command(flatten)]
    maxlen: MaxLen,
    #[command(flatten)]
    group: GroupArgs,
    #[command(flatten)]
    layers: Layers,
    /// Write bets, bankroll.csv, summary.json and run.json to a folder
    #[arg(
        long,
        value_name = "DIR",
        help_heading = "Output",
        conflicts_with = "redis"
    )]
    out: Option<PathBuf>,
    /// Form of the bets in --out
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    bets_format: BetsFormat,
}

/// Who trades on the streams of a Redis, and for how long.
#[derive(Debug, Clone, Args)]
#[group(skip)]
struct GroupArgs {
    /// Consumer group: those in it share what it knows and has bet
    #[arg(long, value_name = "NAME", default_value = "processors", requires = "redis", help_heading = "Redis", value_parser = group)]
    group: String,
    /// Name in the group; a consumer that is started again under its name need not wait for its own lease to run out
    /// [default: host and process]
    #[arg(long, value_name = "NAME", requires = "redis", help_heading = "Redis")]
    consumer: Option<String>,
    /// How long nothing is heard of a consumer until another takes over
    #[arg(long, value_name = "TIME", default_value = "5s", requires = "redis", help_heading = "Redis", value_parser = lease)]
    lease: Duration,
    /// End when nothing has come for so long, such as 5s [default: only an end of the stream, or Ctrl-C]
    #[arg(long, value_name = "TIME", requires = "redis", help_heading = "Redis", value_parser = time)]
    until_idle: Option<Duration>,
    /// Do not end with the stream, but wait for what comes after its end
    #[arg(long, requires = "redis", help_heading = "Redis")]
    stay: bool,
    /// Do not say in metrics how long each entry took
    #[arg(long, requires = "redis", help_heading = "Redis")]
    no_latency: bool,
}

/// The name of a group, which is the last part of the names of its keys: there must be no other such.
fn group(text: &str) -> Result<String, String> {
    let is_taken = text.is_empty() || text.contains(':') || ["dead", "published"].contains(&text);
    (!is_taken).then(|| text.to_owned()).ok_or_else(|| {
        format!("expected a name without ':' that is none of simbet's own, not {text:?}")
    })
}

/// A time such as `5s` or `300ms`.
fn time(text: &str) -> Result<Duration, String> {
    let time = text
        .parse::<jiff::SignedDuration>()
        .ok()
        .and_then(|time| Duration::try_from(time).ok());
    time.filter(|time| !time.is_zero())
        .ok_or_else(|| format!("expected a time such as 5s or 300ms, not {text:?}"))
}

fn lease(text: &str) -> Result<Duration, String> {
    let range = Duration::from_millis(100)..=Duration::from_secs(3600);
    let lease = time(text)?;
    range
        .contains(&lease)
        .then_some(lease)
        .ok_or_else(|| format!("a lease lasts 100ms to 1h, not {text}"))
}

/// Milliseconds, or `off`.
#[derive(Debug, Clone, Copy)]
struct Linger(Option<Duration>);

impl FromStr for Linger {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        if text == "off" {
            return Ok(Self(None));
        }
        let milliseconds = text
            .parse::<u32>()
            .ok()
            .filter(|milliseconds| *milliseconds > 0);
        let milliseconds = milliseconds
            .ok_or_else(|| format!("expected milliseconds such as 50, or off, not {text:?}"))?;
        Ok(Self(Some(Duration::from_millis(milliseconds.into()))))
    }
}

impl Trade {
    pub fn run(self, console: Console) -> anyhow::Result<()> {
        self.redis.ensure_built()?;
        self.bets_format.ensure_built()?;
        output::ensure_own(self.out.as_deref())?;
        let config = settings::resolve(&self.layers.settings()?).map_err(usage)?;
        let history = self.history(&config, console)?;
        match &self.input {
            Some(input) => self.trade_lines(input, &config, history, console),
            None => self.trade_redis(&config, history, console),
        }
    }

    #[cfg(feature = "redis")]
    fn trade_redis(
        &self,
        config: &RunConfig,
        history: Option<Matches>,
        console: Console,
    ) -> anyhow::Result<()> {
        let stream = StreamConfig {
            book: config.first_book(),
            linger: self.linger.0,
        };
        let history = history.map(Arc::new);
        redis::trade(&redis::Task {
            arguments: self,
            config,
            stream,
            history,
            console,
        })
    }

    #[cfg(not(feature = "redis"))]
    fn trade_redis(&self, _: &RunConfig, _: Option<Matches>, _: Console) -> anyhow::Result<()> {
        self.redis.ensure_built()
    }

    fn trade_lines(
        &self,
        input: &Path,
        config: &RunConfig,
        history: Option<Matches>,
        console: Console,
    ) -> anyhow::Result<()> {
        let inputs = history
            .as_ref()
            .map(|matches| matches.inputs.clone())
            .unwrap_or_default();
        let mut aside = DeadLetterFile::new(console, self.dead.as_deref())?;
        let mut put_aside = |refused: &Refused<'_>| aside.put(refused);
        let (mut lines, is_file) = open(input)?;
        let linger = self.linger.0.filter(|_| !is_file);
        let mut stream = Stream::new(
            &mut lines,
            StreamConfig {
                book: config.first_book(),
                linger,
            },
            &mut put_aside,
        );
        if let Some(matches) = history {
            stream = stream.with_history(Replay::of_results(Arc::new(matches)));
        }
        let (mut memory, mut witness) = (Memory::default(), SignificanceSink::default());
        let mut kept: [&mut dyn Sink; 2] = [&mut memory, &mut witness];
        let mut summary = bet(
            config,
            &mut stream,
            if self.out.is_some() {
                &mut kept
            } else {
                &mut []
            },
        )?;
        let counts = stream.counts();
        summary.unpriced = counts.end.and_then(|end| end.unpriced).unwrap_or(0);
        summarise(console, &summary, counts);
        if let Some(folder) = &self.out {
            summary.significance = Some(witness.assess());
            let headline = headline(config, stream.days());
            let run = json!({ "headline": headline, "config": config, "inputs": inputs, "stream": counts });
            let names = stream.names();
            Written {
                summary: &summary,
                names,
                memory: &memory,
                format: self.bets_format,
                run,
            }
            .write(folder)?;
        }
        aside.finish()
    }

    fn history(&self, config: &RunConfig, console: Console) -> anyhow::Result<Option<Matches>> {
        let is_wanted = !self.history.is_empty();
        Ok(is_wanted
            .then(|| input::read(&self.history, &config.read, console))
            .transpose()?)
    }
}

/// The lines of the input, and whether it is a file, which is silent only at its end.
fn open(input: &Path) -> anyhow::Result<(stream::Lines, bool)> {
    if input == Path::new("-") {
        let is_file = stdin_is_file();
        return Ok((stream::Lines::new(io::stdin()), is_file));
    }
    let shown = input.display();
    let file = File::open(input).with_context(|| format!("cannot read {shown}"))?;
    let is_file = file.metadata().is_ok_and(|data| data.is_file());
    Ok((stream::Lines::new(file), is_file))
}

/// Bets on a stream until it ends, or somebody says stop, and says so on stdout.
fn bet(
    config: &RunConfig,
    stream: &mut Stream<'_>,
    kept: &mut [&mut dyn Sink],
) -> anyhow::Result<Summary> {
    let stop = signals::stop_on_signals()?;
    let mut out = io::stdout();
    let mut lines = Lines::new(&mut out);
    let mut events = Events::new(&mut lines, model_name(config));
    let mut sinks: Vec<&mut dyn Sink> = vec![&mut events];
    for sink in kept {
        sinks.push(&mut **sink);
    }
    let mut engine = Engine::new(&config.engine)?;
    Ok(run::run(
        &mut Stoppable::endless(stream, &stop),
        &mut engine,
        &mut sinks,
        &mut |_| {},
    )?)
}

fn model_name(config: &RunConfig) -> Option<String> {
    config
        .engine
        .model
        .as_ref()
        .map(|model| value_name(model.kind))
}

#[cfg(unix)]
fn stdin_is_file() -> bool {
    use std::os::fd::AsFd as _;
    let stdin = io::stdin().as_fd().try_clone_to_owned().map(File::from);
    stdin
        .and_then(|file| file.metadata())
        .is_ok_and(|data| data.is_file())
}

#[cfg(not(unix))]
fn stdin_is_file() -> bool {
    false
}

fn headline(config: &RunConfig, days: Option<(Time, Time)>) -> String {
    use crate::schema::format_date;
    let days = days.map_or_else(String::new, |(first, last)| {
        format!(", {} to {}", format_date(first), format_date(last))
    });
    format!("a stream{days}\n{}", config.describe_stream())
}

/// What came out, in a few lines.
fn summarise(console: Console, summary: &Summary, counts: StreamCounts) {
    let count = |count: u64| thousands(&count.to_string());
    let whole = match counts.end {
        None => ", without an end of the stream",
        Some(end)
            if end
                .entries
                .is_some_and(|said| said > counts.entries - counts.repeated) =>
        {
            ", fewer than were published"
        }
        Some(_) => "",
    };
    console.note(format!(
        "{} entries{whole}, {} put aside; {} matches, {} predicted",
        count(counts.entries),
        count(counts.refused),
        count(summary.matches),
        count(summary.predicted)
    ));
    console.note(format!(
        "{} bets, {} open, {} refused; turnover {}, profit {}, bankroll {}",
        count(summary.bets),
        count(summary.open),
        count(summary.refused),
        thousands(&summary.turnover.to_string()),
        thousands(&summary.profit.to_string()),
        thousands(&summary.final_bankroll.to_string())
    ));
}
