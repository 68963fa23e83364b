//! How fast entries are published: the one place that waits.

use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::domain::Time;

/// How fast time passes; `None`: as fast as it can.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Speed(Option<f64>);

impl FromStr for Speed {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        if text == "max" {
            return Ok(Self(None));
        }
        let factor = text
            .parse::<f64>()
            .ok()
            .filter(|factor| *factor > 0.0 && factor.is_finite());
        let factor = factor
            .ok_or_else(|| format!("expected max, or a factor above 0 such as 60, not {text:?}"))?;
        Ok(Self(Some(factor)))
    }
}

/// Tells how long to wait for the next entry.
#[derive(Debug)]
pub struct Pace {
    speed: Speed,
    rate: Option<f64>,
    started: Instant,
    /// The first instant that was published.
    first: Option<Time>,
}

/// A pause that is not worth making.
const SHORTEST: Duration = Duration::from_millis(1);
/// The longest pause between two looks at the flag to stop.
const SLICE: Duration = Duration::from_millis(50);

impl Pace {
    pub fn new(speed: Speed, rate: Option<f64>) -> Result<Self, String> {
        match rate.filter(|rate| !(*rate > 0.0 && rate.is_finite())) {
            Some(rate) => Err(format!(
                "--rate must be above 0, such as 1000 entries a second, not {rate}"
            )),
            None => Ok(Self {
                speed,
                rate,
                started: now(),
                first: None,
            }),
        }
    }

    /// How long it is until a time of the data.
    pub fn until(&mut self, time: Time) -> Option<Duration> {
        let factor = self.speed.0?;
        let first = *self.first.get_or_insert(time);
        self.until_due((time - first) as f64 / factor)
    }

    /// How long it is until the turn of the entry after so many.
    pub fn until_turn(&self, entries: u64) -> Option<Duration> {
        self.until_due(entries as f64 / self.rate?)
    }

    fn until_due(&self, seconds: f64) -> Option<Duration> {
        let due = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
        due.checked_sub(now() - self.started)
            .filter(|pause| *pause >= SHORTEST)
    }
}

/// Waits, unless the process is told to stop.
pub fn sleep(mut pause: Duration, stop: &AtomicBool) {
    while !pause.is_zero() && !stop.load(Ordering::Relaxed) {
        let slice = pause.min(SLICE);
        thread::sleep(slice);
        pause -= slice;
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "a pace is kept by the clock; what is published does not depend on it"
)]
fn now() -> Instant {
    Instant::now()
}
