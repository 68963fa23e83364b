//! `simbet serve`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use super::duration::duration;
use super::redis::RedisArgs;
use super::settings::{self, Layers};
use super::{Console, apart, input, probabilities, signals, usage};
use crate::config::Purpose;
use crate::report::text_table::counted;
use crate::serve::backtests::{BacktestLimits, Memory};
use crate::serve::{self, ServeConfig, undo};

/// The address that a service listens on by default.
pub const ADDRESS: &str = "127.0.0.1:8000";

/// The arguments of `serve`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  simbet serve
  simbet serve --listen 127.0.0.1:9000 --strategy kelly --kelly-fraction 0.25 --store kelly.db
  SIMBET_API_TOKEN=... simbet serve --listen 0.0.0.0:8000
  simbet serve --redis & simbet trade --redis")]
pub struct Serve {
    /// Address and port to listen on; port 0 is any that is free. Other addresses than this machine's own need a token in
    /// the environment's SIMBET_API_TOKEN
    #[arg(long, value_name = "ADDRESS", default_value = ADDRESS, help_heading = "Service")]
    listen: SocketAddr,
    /// File that keeps events and bets from one start to the next
    #[arg(
        long,
        value_name = "FILE",
        default_value = "simbet.db",
        help_heading = "Service"
    )]
    store: PathBuf,
    /// Events that may wait for the engine; more are answered with 503
    #[arg(long, value_name = "N", default_value_t = 4096, value_parser = clap::value_parser!(u32).range(1..=1_000_000), help_heading = "Service")]
    queue: u32,
    /// How far the timestamp of an event may be ahead of the clock, such as 5m or 2h: until the clock is there, events of
    /// the present come too late
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = ahead, help_heading = "Service")]
    ahead: Duration,
    /// Undo the event of this id and all after it, write them to stdout as lines of JSON, and end; the store as it was is
    /// kept beside it
    #[arg(long, value_name = "EVENT_ID", value_parser = clap::value_parser!(u64).range(1..), conflicts_with = "redis", help_heading = "Service")]
    undo_from: Option<u64>,
    /// Folder whose CSV files backtests may name
    #[arg(long, value_name = "DIR", help_heading = "Service")]
    datasets: Option<PathBuf>,
    /// Memory that a backtest may use; one that needs more fails
    #[arg(
        long,
        value_name = "SIZE",
        default_value = "2GB",
        help_heading = "Service"
    )]
    backtest_memory: Memory,
    /// Time that a backtest may take; one that needs more fails
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = backtest_time, help_heading = "Service")]
    backtest_time: Duration,
    /// Origin whose pages may use the service, such as https://example.org; may be repeated
    #[arg(long, value_name = "ORIGIN", help_heading = "Service")]
    cors: Vec<String>,
    /// Files of matches whose results the models learn before the first event
    #[arg(long, value_name = "FILE", num_args = 1.., help_heading = "Service")]
    history: Vec<String>,
    #[command(flatten)]
    redis: RedisArgs,
    /// Group of the traders on the streams, which must have the same settings
    #[arg(
        long,
        value_name = "NAME",
        default_value = "processors",
        requires = "redis",
        help_heading = "Redis",
        value_parser = super::redis::group
    )]
    group: String,
    #[command(flatten)]
    layers: Layers,
}

/// A time of which whole seconds count.
fn ahead(text: &str) -> Result<Duration, String> {
    duration(text).ok_or_else(|| format!("expected a time such as 5m or 2h, not {text:?}"))
}

/// A time from a second to a day.
fn backtest_time(text: &str) -> Result<Duration, String> {
    let range = Duration::from_secs(1)..=Duration::from_secs(86_400);
    duration(text)
        .filter(|time| range.contains(time))
        .ok_or_else(|| format!("expected a time from 1s to 24h, such as 10m, not {text:?}"))
}

impl Serve {
    pub fn run(self, console: Console) -> anyhow::Result<()> {
        self.redis.ensure_built()?;
        serve::ensure_files()?;
        if self.undo_from.is_some() {
            ensure_stdout()?;
        }
        let is_wanted = !self.history.is_empty();
        let purpose = Purpose::Trade { history: is_wanted };
        let inputs = [&self.history[..], &self.layers.files()].concat();
        apart::ensure_file("--store", Some(&self.store), &inputs)?;
        let mut run = settings::resolve(&self.layers.settings(purpose, console)?).map_err(usage)?;
        probabilities::load_for_stream(&mut run, &self.history, console)?;
        let history = is_wanted
            .then(|| input::read_history(&self.history, &run.read, console))
            .transpose()?
            .map(Arc::new);
        #[cfg(feature = "redis")]
        let bus = self
            .redis
            .is_requested()
            .then(|| self.bus(&run, history.as_deref()))
            .transpose()?;
        console.note(format!(
            "{}; kept in {}",
            run.describe_stream(),
            self.store.display()
        ));
        let config = ServeConfig {
            run,
            listen: self.listen,
            store: self.store,
            queue: self.queue as usize,
            ahead: self.ahead,
            history,
            #[cfg(feature = "redis")]
            bus,
            datasets: self.datasets,
            backtests: BacktestLimits {
                memory: self.backtest_memory,
                time: self.backtest_time,
            },
            origins: self.cors,
            stops_on_hangup: signals::is_hangup_heeded(),
            token: std::env::var("SIMBET_API_TOKEN").ok(),
        };
        if let Some(event_id) = self.undo_from {
            return undo(&config, event_id, console);
        }
        Ok(serve::serve(config, |address| {
            console.note(format!("listening on http://{address}"))
        })?)
    }

    #[cfg(feature = "redis")]
    fn bus(
        &self,
        run: &crate::config::RunConfig,
        history: Option<&crate::source::Matches>,
    ) -> anyhow::Result<serve::engine_thread::RedisBus> {
        let super::redis::Server { address, layout } = super::redis::Server::new(&self.redis)?;
        if layout.count() > 1 {
            return Err(usage(
                "serve follows a single partition: give --partitions 1, or leave it out",
            ));
        }
        let settings = run.trading_digest(run.first_book(), history, layout.count());
        Ok(serve::engine_thread::RedisBus {
            address,
            layout,
            group: self.group.clone(),
            settings,
        })
    }
}

/// Refuses a closed stdout, before what is to be written there is taken out of a store.
fn ensure_stdout() -> anyhow::Result<()> {
    anyhow::ensure!(
        !is_stdout_closed(),
        "stdout is closed, and the undone events go there: lead it into a file; nothing was undone"
    );
    Ok(())
}

/// Whether stdout was closed when this process began: then it leads to /dev/null, for reading as well as for writing, since
/// another file would otherwise get its number. Whoever leads it there on purpose has it for writing only.
fn is_stdout_closed() -> bool {
    let leads_to = std::fs::read_link("/proc/self/fd/1").unwrap_or_default();
    let info = std::fs::read_to_string("/proc/self/fdinfo/1").unwrap_or_default();
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
    leads_to == Path::new("/dev/null") && flags.is_some_and(|flags| flags.trim().ends_with('2'))
}

/// Undoes events, and writes them to stdout.
fn undo(config: &ServeConfig, event_id: u64, console: Console) -> anyhow::Result<()> {
    let undone = undo::undo_from(config, event_id, &mut std::io::stdout().lock())?;
    console.note(format!(
        "{} undone; the store as it was is {}",
        counted(undone.events, "event was", "events were"),
        undone.before.display()
    ));
    Ok(())
}
