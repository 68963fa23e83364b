//! The clock of the service: how long things take, and the numbers of messages. No bet depends on it.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hdrhistogram::Histogram;

use super::views::{Latencies, Quantiles};

/// This instant.
#[expect(
    clippy::disallowed_methods,
    reason = "how long a request takes is told to the user, and decides nothing"
)]
pub fn instant() -> Instant {
    Instant::now()
}

/// Microseconds since 1970: numbers that grow from one start of the service to the next.
#[expect(
    clippy::disallowed_methods,
    reason = "numbers of messages and seeds nobody gave; no bet on real matches depends on them"
)]
pub fn microseconds() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or_default()
}

/// A number that this process has not had before.
pub fn count() -> u64 {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    COUNT.fetch_add(1, Ordering::Relaxed)
}

/// How long the steps of an event take.
#[derive(Debug)]
pub struct Stopwatch(Mutex<[Histogram<u64>; 3]>);

/// The longest latency that is told apart, a minute in microseconds: a longer one counts as this.
const LONGEST: u64 = 60_000_000;

impl Stopwatch {
    /// One that has measured nothing; `None` when that cannot be.
    pub fn new() -> Option<Self> {
        let empty = Histogram::new_with_max(LONGEST, 3).ok()?;
        Some(Self(Mutex::new([empty.clone(), empty.clone(), empty])))
    }

    /// Notes how long an event waited, how long the engine took, and how long it all took.
    pub fn note(&self, steps: [Duration; 3]) {
        let mut histograms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (histogram, step) in histograms.iter_mut().zip(steps) {
            histogram.saturating_record(u64::try_from(step.as_micros()).unwrap_or(LONGEST));
        }
    }

    /// The quantiles of the latencies so far.
    pub fn latencies(&self) -> Latencies {
        let histograms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let [ingestion_ms, decision_ms, end_to_end_ms] =
            [0, 1, 2].map(|step: usize| quantiles(&histograms[step]));
        Latencies {
            ingestion_ms,
            decision_ms,
            end_to_end_ms,
        }
    }
}

fn quantiles(histogram: &Histogram<u64>) -> Quantiles {
    let [p50, p99, p999] = [0.5, 0.99, 0.999].map(|share| quantile(histogram, share));
    Quantiles {
        count: histogram.len(),
        p50,
        p99,
        p999,
    }
}

/// A quantile in milliseconds; `None` when nothing was measured.
fn quantile(histogram: &Histogram<u64>, share: f64) -> Option<f64> {
    (!histogram.is_empty()).then(|| histogram.value_at_quantile(share) as f64 / 1_000.0)
}
