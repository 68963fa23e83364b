//! Signals to a service, as far as they end more than its listening.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level;

use crate::program;

/// How long a model's program may still answer once the service has been told to stop: less than requests under way have.
const LAST_ANSWERS: Duration = Duration::from_secs(7);

/// Who watches for signals.
#[derive(Debug, Default)]
pub struct SignalWatch {
    is_listening: Arc<AtomicBool>,
}

impl SignalWatch {
    /// Watches in a thread. Until the service listens a signal ends it as it would end any program, unless somebody else
    /// listens to signals (`defers`). Then the first one stops it, and a second one ends the process at once: what was
    /// answered is in the store, and nothing else is promised.
    ///
    /// # Errors
    /// When there can be no handler or no thread.
    pub fn start(stops_on_hangup: bool, defers: bool) -> std::io::Result<Self> {
        let watch = Self::default();
        let heeded = [SIGINT, SIGTERM]
            .into_iter()
            .chain(stops_on_hangup.then_some(SIGHUP));
        let mut signals = Signals::new(heeded)?;
        let is_listening = Arc::clone(&watch.is_listening);
        thread::Builder::new()
            .name("signals".to_owned())
            .spawn(move || {
                let mut is_stopping = false;
                for signal in signals.forever() {
                    if !is_listening.load(Ordering::Acquire) {
                        end_early(signal, defers);
                    } else if !std::mem::replace(&mut is_stopping, true) {
                        stop_asking_soon();
                    } else if signal != SIGHUP {
                        // a terminal that is closed may say so twice: a second one alone ends nothing
                        program::end_all();
                        low_level::exit(0);
                    }
                }
            })?;
        Ok(watch)
    }

    /// Notes that a signal is now one to stop.
    pub fn listens(&self) {
        self.is_listening.store(true, Ordering::Release);
    }
}

fn end_early(signal: i32, defers: bool) {
    program::end_all();
    if !defers {
        let _ = low_level::emulate_default_handler(signal);
    }
}

/// Lets requests under way end with the answers of a program, unless these do not come.
fn stop_asking_soon() {
    let started = thread::Builder::new()
        .name("last-answers".to_owned())
        .spawn(|| {
            thread::sleep(LAST_ANSWERS);
            program::stop_asking();
        });
    if started.is_err() {
        program::stop_asking();
    }
}
