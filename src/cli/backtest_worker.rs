//! `simbet backtest-worker`: one backtest of a service, in a process of its own. Not for people.

use std::io::{self, BufReader, Read as _};
use std::path::PathBuf;
use std::thread;

use anyhow::Context as _;
use clap::Args;

use crate::serve::backtests::worker;

/// The arguments of `backtest-worker`.
#[derive(Debug, Args)]
pub struct BacktestWorker {
    /// File of matches, where they are not in the job
    #[arg(long, value_name = "FILE")]
    dataset: Option<PathBuf>,
}

impl BacktestWorker {
    pub fn run(&self) -> anyhow::Result<()> {
        // not the lock of stdin: another thread has to wait for its end
        let mut job = BufReader::new(io::stdin());
        let dataset = self.dataset.as_deref();
        worker::work(&mut job, dataset, end_with_parent, &mut io::stdout())
            .context("expected a job of `simbet serve` on stdin")
    }
}

/// Ends this process when the service that started it is gone, and nobody holds the other end of stdin any more.
fn end_with_parent() {
    thread::spawn(|| {
        let _ = io::stdin().read(&mut [0]);
        std::process::exit(1)
    });
}
