//! Ctrl-C: the work done so far is reported, with a note that it is incomplete.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::report::text_table::{count, counted};

/// A flag that the first SIGINT or SIGTERM raises. The second one ends the program at once.
pub fn stop_on_signals() -> anyhow::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&stop))?;
        flag::register(signal, Arc::clone(&stop))?;
    }
    Ok(stop)
}

/// Fails when fewer runs were done than requested.
pub fn ensure_all_done(done: u64, wanted: u64) -> anyhow::Result<()> {
    anyhow::ensure!(
        done == wanted,
        "stopped after {} of {}: the results cover only what was done",
        count(done),
        counted(wanted, "run", "runs")
    );
    Ok(())
}
