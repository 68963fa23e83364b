//! The options of those who trade on the streams of a Redis.

use std::time::Duration;

use clap::Args;

use crate::cli::duration::duration;

/// Who trades on the streams of a Redis, and for how long.
#[derive(Debug, Clone, Args)]
#[group(skip)]
pub struct GroupArgs {
    /// Consumer group: its members share one state and one bankroll
    #[arg(long, value_name = "NAME", default_value = "processors", requires = "redis", help_heading = "Redis", value_parser = crate::cli::redis::group)]
    pub group: String,
    /// Name in the group; a consumer that is started again under its name need not wait for its own lease to run out
    /// [default: host and process]
    #[arg(long, value_name = "NAME", requires = "redis", help_heading = "Redis")]
    pub consumer: Option<String>,
    /// How long a consumer may be silent before another takes over
    #[arg(long, value_name = "TIME", default_value = "5s", requires = "redis", help_heading = "Redis", value_parser = lease)]
    pub lease: Duration,
    /// End when nothing has come for this long, such as 5s [default: only an end of the stream, or Ctrl-C]
    #[arg(long, value_name = "TIME", requires = "redis", help_heading = "Redis", value_parser = time)]
    pub until_idle: Option<Duration>,
    /// Do not end with the stream, but wait for what comes after its end
    #[arg(long, requires = "redis", help_heading = "Redis")]
    pub stay: bool,
    /// Leave out of the metrics how long each entry took
    #[arg(long, requires = "redis", help_heading = "Redis")]
    pub no_latency: bool,
}

/// A time such as `5s` or `300ms`.
fn time(text: &str) -> Result<Duration, String> {
    duration(text)
        .filter(|time| !time.is_zero())
        .ok_or_else(|| format!("expected a time such as 5s or 300ms, not {text:?}"))
}

fn lease(text: &str) -> Result<Duration, String> {
    let range = Duration::from_millis(100)..=Duration::from_secs(3600);
    let lease = time(text)?;
    range
        .contains(&lease)
        .then_some(lease)
        .ok_or_else(|| format!("a lease must last from 100ms to 1h, not {text}"))
}
