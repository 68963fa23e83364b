//! `simbet streams`.

use std::io::{IsTerminal as _, Write as _};
use std::sync::atomic::Ordering;
use std::time::Duration;

use clap::Args;

use super::redis::{RedisArgs, Server, warn_once};
use super::{Console, pace, signals};
use crate::redis::{GroupInfo, Overview, StreamInfo, overview};
use crate::report::Format;
use crate::report::text_table::{TextTable, thousands};

/// The arguments of `streams`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  simbet streams --redis
  simbet streams --redis redis://10.0.0.7:6379 --watch
  simbet streams --redis --partitions 4 --format json")]
pub struct Streams {
    #[command(flatten)]
    redis: RedisArgs,
    /// Show them again every so many seconds, until Ctrl-C
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "1", value_parser = seconds, help_heading = "Output")]
    watch: Option<Duration>,
    /// Format of what is printed; with --watch, JSON is a line each time
    #[arg(long, value_enum, default_value_t = Format::Table, help_heading = "Output")]
    format: Format,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text
        .parse::<f64>()
        .ok()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let range = Duration::from_millis(100)..=Duration::from_secs(86_400);
    seconds
        .filter(|time| range.contains(time))
        .ok_or_else(|| format!("expected seconds from 0.1 to 86400, not {text:?}"))
}

impl Streams {
    pub fn run(&self, console: Console) -> anyhow::Result<()> {
        let server = Server::new(&self.redis)?;
        let Some(pause) = self.watch else {
            return super::print(
                &self.render(&overview(&server.address, &server.layout)?)?,
                self.format,
            );
        };
        let stop = signals::stop_on_signals();
        let note = warn_once(console);
        let patience = Server::patience(&stop, &note);
        let mut found = overview(&server.address, &server.layout)?;
        while !stop.load(Ordering::Relaxed) {
            self.show(&found)?;
            pace::sleep(pause, &stop);
            match patience.retry(|| overview(&server.address, &server.layout)) {
                Ok(next) => found = next,
                Err(_) if stop.load(Ordering::Relaxed) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Prints in place of what was printed before, on a terminal.
    fn show(&self, found: &[Overview]) -> anyhow::Result<()> {
        if std::io::stdout().is_terminal() {
            // clear, and go to the upper left corner
            super::print_as_it_is(b"\x1b[2J\x1b[H")?;
        }
        super::print(&self.render(found)?, self.format)
    }

    fn render(&self, found: &[Overview]) -> anyhow::Result<Vec<u8>> {
        let mut out = Vec::new();
        if self.format == Format::Json {
            if self.watch.is_some() {
                serde_json::to_writer(&mut out, found)?
            } else {
                serde_json::to_writer_pretty(&mut out, found)?
            }
            out.push(b'\n');
            return Ok(out);
        }
        let count = if self.format == Format::Csv {
            plain
        } else {
            shown
        };
        streams(found, count).write(&mut out, self.format)?;
        let groups = groups(found, count);
        if !groups.rows.is_empty() {
            writeln!(out)?;
            groups.write(&mut out, self.format)?;
        }
        Ok(out)
    }
}

fn all(found: &[Overview]) -> impl Iterator<Item = &StreamInfo> {
    found.iter().flat_map(|partition| &partition.streams)
}

/// A count as people read it, and as programs do.
fn shown(count: Option<u64>) -> String {
    count.map_or_else(|| "–".to_owned(), |count| thousands(&count.to_string()))
}

fn plain(count: Option<u64>) -> String {
    count.map_or_else(String::new, |count| count.to_string())
}

type Count = fn(Option<u64>) -> String;

fn streams(found: &[Overview], count: Count) -> TextTable {
    TextTable {
        header: ["stream", "entries", "first id", "last id"]
            .map(str::to_owned)
            .to_vec(),
        rows: all(found).map(|stream| stream_row(stream, count)).collect(),
        numeric: vec![1],
        ..TextTable::default()
    }
}

fn groups(found: &[Overview], count: Count) -> TextTable {
    TextTable {
        header: [
            "stream",
            "group",
            "at work",
            "consumers",
            "done",
            "pending",
            "lag",
        ]
        .map(str::to_owned)
        .to_vec(),
        rows: all(found)
            .flat_map(|stream| group_rows(stream, count))
            .collect(),
        numeric: vec![4, 5, 6],
        spare: vec![3],
        ..TextTable::default()
    }
}

fn stream_row(stream: &StreamInfo, count: Count) -> Vec<String> {
    let [first, last] =
        [&stream.first_id, &stream.last_id].map(|id| id.clone().unwrap_or_else(|| count(None)));
    vec![stream.name.clone(), count(Some(stream.length)), first, last]
}

fn group_rows(stream: &StreamInfo, count: Count) -> impl Iterator<Item = Vec<String>> {
    stream
        .groups
        .iter()
        .map(move |group| group_row(&stream.name, group, count))
}

fn group_row(stream: &str, group: &GroupInfo, count: Count) -> Vec<String> {
    let holder = group.holder.clone().unwrap_or_else(|| "nobody".to_owned());
    let consumers = group.consumers.join(", ");
    let counts = [group.done, Some(group.pending), group.lag].map(count);
    [stream.to_owned(), group.name.clone(), holder, consumers]
        .into_iter()
        .chain(counts)
        .collect()
}
