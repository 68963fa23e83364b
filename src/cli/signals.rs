//! Signals: the work done so far is reported, with a note that it is incomplete, and results are never half put in place.

use std::cell::Cell;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::Console;
use crate::program;
use crate::report::text_table::{count, counted};

/// The flag of a command that ends its work in its own way.
static STOP: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// A flag that the first SIGINT, SIGTERM or SIGHUP raises, or Ctrl-C of a console. The second one ends the program at once.
pub fn stop_on_signals() -> Arc<AtomicBool> {
    Arc::clone(STOP.get_or_init(Arc::default))
}

/// Whether a signal has asked the command to stop.
fn is_stopped() -> bool {
    STOP.get().is_some_and(|stop| stop.load(Ordering::Relaxed))
}

/// Takes signals in a thread from now on, so that none ends the program between the renames of results, which take a
/// millisecond. A command without a flag ends as it would have ended.
#[cfg(unix)]
pub fn watch() -> anyhow::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};

    let ignored = ignored_signals();
    // without a handler the limit on the size of a file kills, with one writing fails
    let mut signals = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM, SIGXFSZ])?;
    let thread = std::thread::Builder::new().name("signals".to_owned());
    thread.spawn(move || {
        for signal in signals.forever() {
            if signal != SIGXFSZ {
                obey(signal, is_in(ignored, signal));
            }
        }
    })?;
    Ok(())
}

/// The same of a console, which tells a program by Ctrl-C, Ctrl-Break or its closing that it is to end.
#[cfg(not(unix))]
pub fn watch() -> anyhow::Result<()> {
    ctrlc::set_handler(|| match STOP.get() {
        Some(stop) if !stop.swap(true, Ordering::Relaxed) => stop_asking_soon(),
        Some(_) | None => {
            let _held = crate::results::hold_renames();
            program::end_all();
            std::process::exit(INTERRUPTED);
        }
    })?;
    Ok(())
}

/// The exit code of a program that Ctrl-C ended, as shells have it.
#[cfg(not(unix))]
const INTERRUPTED: i32 = 130;

/// Raises the flag, or ends the program. Who started it may have it ignore a signal, as nohup does with SIGHUP and shells do
/// with SIGINT in the background; SIGINT still ends a command in its own way.
#[cfg(unix)]
fn obey(signal: i32, is_ignored: bool) {
    use signal_hook::consts::SIGHUP;
    use signal_hook::low_level;

    match STOP.get() {
        Some(_) if is_ignored && signal == SIGHUP => {}
        None if is_ignored => {}
        Some(stop) => {
            if stop.swap(true, Ordering::Relaxed) {
                let _held = crate::results::hold_renames();
                program::end_all();
                low_level::exit(128 + signal);
            }
            stop_asking_soon();
        }
        None => {
            let _held = crate::results::hold_renames();
            program::end_all();
            let _ = low_level::emulate_default_handler(signal);
        }
    }
}

/// How long a model's program may still answer once the command has been asked to stop.
const LAST_ANSWERS: Duration = Duration::from_secs(2);

/// Lets the work under way end with the answers of a program, unless these do not come.
fn stop_asking_soon() {
    let thread = std::thread::Builder::new().name("last-answers".to_owned());
    let started = thread.spawn(|| {
        std::thread::sleep(LAST_ANSWERS);
        program::stop_asking();
    });
    if started.is_err() {
        program::stop_asking();
    }
}

/// Whether SIGHUP is to stop a service, and was not ignored from the start, as with nohup.
#[cfg(all(unix, feature = "serve"))]
pub fn is_hangup_heeded() -> bool {
    !is_in(ignored_signals(), signal_hook::consts::SIGHUP)
}

/// The signals that this process was started to ignore, a bit for each.
#[cfg(unix)]
fn ignored_signals() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or_default()
}

#[cfg(unix)]
const fn is_in(signals: u64, signal: i32) -> bool {
    signals >> (signal - 1) & 1 == 1
}

/// A [`Wait`](crate::results::Wait) for a folder that another run has: it says once that it waits, and a signal ends it.
pub fn waiting(console: Console) -> impl Fn(&Path, Duration) -> bool {
    let (was_stopped, is_said) = (is_stopped(), Cell::new(false));
    move |folder, waited| {
        if waited >= Duration::from_millis(500) && !is_said.replace(true) {
            let folder = folder.display();
            console.note(format!(
                "another run is writing into {folder}, or another program has locked it; waiting for it, a minute at \
                 most; Ctrl-C ends the wait"
            ));
        }
        is_stopped() == was_stopped
    }
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
