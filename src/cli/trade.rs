//! `simbet trade`.

mod group_args;
mod messages;
#[cfg(feature = "redis")]
mod redis;

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use serde_json::{Value, json};

use super::output::{self, BetsFormat, RunFolder};
use super::redis::{MaxLen, RedisArgs};
use super::settings::{self, Layers};
use super::{Console, Typed, apart, input, probabilities, signals, usage};
use crate::config::{Purpose, RunConfig};
use crate::domain::Book;
use crate::sink::Outputs;
use crate::sink::events::{self, EventWriter, Events};
use crate::sink::memory::Memory;
use crate::sink::significance::SignificanceSink;
use crate::sink::withheld::WithheldNotes;
use crate::source::stream::Lines;
use crate::source::{Input, Matches};
use crate::trade::{
    DeadLetterFile, LineTrader, Notice, Report, TradingResult, is_replaceable, model_name,
};
use group_args::GroupArgs;

/// The arguments of `trade`.
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
    /// Milliseconds of silence that end a round of unknown size, or off; has no effect on files
    #[arg(long, value_name = "MS", default_value = "50", help_heading = "Stream")]
    linger: Linger,
    /// Write rejected entries to a file, with the reason; those of an earlier run are replaced
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
    /// Format of the bets in --out
    #[arg(
        long,
        value_enum,
        default_value_t,
        requires = "out",
        help_heading = "Output"
    )]
    bets_format: BetsFormat,
}

/// The options that are about Redis alone.
const REDIS_OPTIONS: &[&str] = &[
    "prefix",
    "partitions",
    "maxlen",
    "group",
    "consumer",
    "lease",
    "until_idle",
    "stay",
    "no_latency",
];

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
    pub fn run(self, console: Console, typed: &Typed) -> anyhow::Result<()> {
        self.redis.ensure_built()?;
        self.bets_format.ensure_built()?;
        output::ensure_own(self.out.as_deref(), console)?;
        if self.input.as_deref().is_some_and(Path::is_file) {
            typed.refuse(
                &["linger"],
                "a file is silent only at its end; leave it out",
            )?;
        }
        self.ensure_used(typed)?;
        self.ensure_apart()?;
        let purpose = Purpose::Trade {
            history: !self.history.is_empty(),
        };
        let mut config =
            settings::resolve(&self.layers.settings(purpose, console)?).map_err(usage)?;
        probabilities::ensure_apart(self.out.as_deref(), &config.engine)?;
        probabilities::load_for_stream(&mut config, &self.history, console)?;
        let history = self.history(&config, console)?;
        match &self.input {
            Some(input) => self.trade_lines(input, &config, history, console),
            None => self.trade_redis(config, history, console),
        }
    }

    /// Refuses options of what is not requested: a file as the input hides from clap that they lack --redis, and --redis that
    /// they lack --out.
    fn ensure_used(&self, typed: &Typed) -> anyhow::Result<()> {
        if !self.redis.is_requested() {
            let because = "it is for the streams of a Redis; give --redis instead of a file";
            typed.refuse(REDIS_OPTIONS, because)?;
        }
        if self.out.is_none() {
            typed.refuse(
                &["bets_format"],
                "bets are written to a folder only with --out",
            )?;
        }
        Ok(())
    }

    /// Checks that no file that is written is among those that are read.
    fn ensure_apart(&self) -> anyhow::Result<()> {
        let mut inputs = self.history.clone();
        let input = self.input.iter().map(|path| path.display().to_string());
        inputs.extend(input);
        apart::ensure_folder(self.out.as_deref(), &inputs)?;
        inputs.extend(self.layers.files());
        apart::ensure_file("--dead", self.dead.as_deref(), &inputs)?;
        match &self.dead {
            Some(path) if !is_replaceable(path) => Err(usage(format!(
                "--dead would replace {}, which is another kind of file: choose another name",
                path.display()
            ))),
            Some(_) | None => Ok(()),
        }
    }

    fn history(&self, config: &RunConfig, console: Console) -> anyhow::Result<Option<Matches>> {
        let is_wanted = !self.history.is_empty();
        Ok(is_wanted
            .then(|| input::read_history(&self.history, &config.read, console))
            .transpose()?)
    }

    #[cfg(feature = "redis")]
    fn trade_redis(
        &self,
        config: RunConfig,
        history: Option<Matches>,
        console: Console,
    ) -> anyhow::Result<()> {
        let stream = crate::source::stream::StreamConfig {
            book: config.first_book(),
            linger: self.linger.0,
        };
        let trade = redis::RedisTrade {
            redis: &self.redis,
            group: &self.group,
            maxlen: self.maxlen,
        };
        trade.run(config, stream, history, console)
    }

    #[cfg(not(feature = "redis"))]
    fn trade_redis(&self, _: RunConfig, _: Option<Matches>, _: Console) -> anyhow::Result<()> {
        self.redis.ensure_built()
    }

    fn trade_lines(
        &self,
        input: &Path,
        config: &RunConfig,
        history: Option<Matches>,
        console: Console,
    ) -> anyhow::Result<()> {
        let report: Report<'_> = &|notice| report_line(console, &notice);
        let mut dead_letters = self.dead_letters(report)?;
        let inputs = history
            .as_ref()
            .map(|matches| matches.inputs.clone())
            .unwrap_or_default();
        let (mut lines, is_file) = open(input)?;
        let trader = LineTrader {
            config,
            linger: self.linger.0.filter(|_| !is_file),
            history,
        };
        let mut stdout = io::stdout();
        let mut answers = events::Lines::new(&mut stdout);
        let warn = |sentence: &str| console.warn(sentence);
        let mut outputs = Outputs {
            withheld: Some(WithheldNotes::new(&config.engine.strategy, &warn)),
            ..self.outputs(config, &mut answers)
        };
        let stop = signals::stop_on_signals();
        let mut dropped = messages::DroppedNotes::new(console);
        let traded = trader.trade(
            &mut lines,
            &mut outputs,
            &stop,
            &mut |refused| dead_letters.put(refused),
            &mut |statistic| dropped.put(statistic),
        )?;
        settings::remark([&config.engine], console);
        messages::summarise(console, &traded.summary, traded.counts);
        let priced = ensure_wanted_books(config, &traded.books);
        self.write_folder(config, &inputs, traded, outputs, console)?;
        dead_letters
            .finish()
            .context("cannot write the rejected entries")?;
        priced
    }

    /// The sinks of a run. A folder of results needs every row and the significance tests.
    fn outputs<'a>(&self, config: &RunConfig, answers: &'a mut dyn EventWriter) -> Outputs<'a> {
        let has_folder = self.out.is_some();
        Outputs {
            events: Some(Events::new(answers, model_name(config))),
            memory: has_folder.then(Memory::default),
            significance: has_folder.then(SignificanceSink::default),
            ..Outputs::default()
        }
    }

    fn write_folder(
        &self,
        config: &RunConfig,
        inputs: &[Input],
        mut traded: TradingResult,
        outputs: Outputs<'_>,
        console: Console,
    ) -> anyhow::Result<()> {
        let Some(folder) = &self.out else {
            return Ok(());
        };
        traded.summary.significance = outputs.significance.map(|sink| Box::new(sink.assess()));
        let memory = outputs.memory.unwrap_or_default();
        let mut run = json!({
            "headline": messages::headline(config, traded.days),
            "config": config,
            "inputs": inputs,
            "stream": traded.counts,
        });
        output::record_environment(&mut run, &self.layers.environment(&[&config.engine])?);
        self.run_folder(&traded, &memory, run)
            .write(folder, console)
    }

    fn dead_letters<'a>(&self, report: Report<'a>) -> anyhow::Result<DeadLetterFile<'a>> {
        let path = self.dead.as_deref();
        DeadLetterFile::create(path, report).with_context(|| {
            let shown = path.unwrap_or(Path::new("")).display();
            format!("cannot write {shown}")
        })
    }

    fn run_folder<'a>(
        &self,
        traded: &'a TradingResult,
        memory: &'a Memory,
        run: Value,
    ) -> RunFolder<'a> {
        RunFolder {
            summary: &traded.summary,
            names: &traded.names,
            predictions: None,
            memory,
            format: self.bets_format,
            run,
        }
    }
}

/// Fails where a stream had prices, and none of a book that was asked for.
fn ensure_wanted_books(config: &RunConfig, priced: &BTreeSet<Book>) -> anyhow::Result<()> {
    let wanted = config.engine.strategy.books.books();
    if priced.is_empty() || wanted.iter().any(|book| priced.contains(book)) {
        return Ok(());
    }
    let listed = |books: Vec<&str>| books.join(", ");
    Err(anyhow::anyhow!(
        "no price was of {} (--book): the entries have {}",
        listed(wanted.iter().map(Book::as_str).collect()),
        listed(priced.iter().map(Book::as_str).collect())
    ))
}

/// Says what happens to lines; what happens to a Redis does not happen to them.
fn report_line(console: Console, notice: &Notice<'_>) {
    match notice {
        Notice::Refused(refused) => {
            console.warn(format!("line {}: {}", refused.number, refused.reason));
        }
        Notice::MoreRefused => console.warn("there are more such lines; --dead FILE keeps them"),
        #[cfg(feature = "redis")]
        Notice::Dropped(_)
        | Notice::Withheld(_)
        | Notice::Started { .. }
        | Notice::StandsBy { .. }
        | Notice::Retrying(_) => {}
    }
}

/// The lines of the input, and whether it is a file, which is silent only at its end.
fn open(input: &Path) -> anyhow::Result<(Lines, bool)> {
    if input == Path::new("-") {
        let is_file = stdin_is_file();
        return Ok((Lines::new(io::stdin()), is_file));
    }
    let shown = input.display();
    let file = File::open(input).with_context(|| format!("cannot read {shown}"))?;
    let is_file = file.metadata().is_ok_and(|data| data.is_file());
    Ok((Lines::new(file), is_file))
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
