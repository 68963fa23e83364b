//! Ctrl-C: what has been done so far is reported, and that it is not all.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::report::text_table::thousands;

/// A flag that is raised by the first Ctrl-C or polite kill; the second ends the program at once.
pub fn stop_on_signals() -> anyhow::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&stop))?;
        flag::register(signal, Arc::clone(&stop))?;
    }
    Ok(stop)
}

/// An error when there were to be more runs than there are.
pub fn ensure_all_done(done: u64, wanted: u64) -> anyhow::Result<()> {
    let shown = |runs: u64| thousands(&runs.to_string());
    anyhow::ensure!(
        done == wanted,
        "stopped after {} of {} runs: what was printed and written is of those",
        shown(done),
        shown(wanted)
    );
    Ok(())
}
