//! How long entries take, by a clock that is handed in: nothing here knows what time it is.

use std::collections::VecDeque;
use std::sync::Arc;

use hdrhistogram::Histogram;

use crate::domain::Time;
use crate::redis::{Answers, Channel, EntryId};
use crate::schema::event::LatencyMetrics;
use crate::source::Stage;

/// Milliseconds since 1970.
pub type Clock = Box<dyn Fn() -> f64 + Send>;

/// Measures each entry.
pub struct Stopwatch {
    clock: Clock,
    /// When entries were read last.
    read: f64,
    begun: f64,
    predicted: f64,
    decided: f64,
    waiting: VecDeque<Waiting>,
    latencies: Latencies,
}

/// An entry on its way.
struct Waiting {
    number: u64,
    published: u64,
    read: f64,
    match_id: Arc<str>,
}

/// How long entries took, in microseconds.
#[derive(Debug, Clone)]
pub struct Latencies {
    /// From when an entry was published until it was read.
    pub ingestion: Histogram<u64>,
    /// In which it was predicted.
    pub prediction: Histogram<u64>,
    /// In which it was decided.
    pub decision: Histogram<u64>,
    /// From when it was published until the answers to it were on their way.
    pub end_to_end: Histogram<u64>,
}

impl Default for Latencies {
    fn default() -> Self {
        let [ingestion, prediction, decision, end_to_end] = [(); 4].map(|()| histogram());
        Self {
            ingestion,
            prediction,
            decision,
            end_to_end,
        }
    }
}

impl Latencies {
    /// Adds what another partition measured.
    pub fn add(&mut self, other: &Self) {
        self.ingestion += &other.ingestion;
        self.prediction += &other.prediction;
        self.decision += &other.decision;
        self.end_to_end += &other.end_to_end;
    }

    fn record(&mut self, latency: &LatencyMetrics<'_>) {
        let pairs = [
            (&mut self.ingestion, latency.ingestion_time),
            (&mut self.prediction, latency.prediction_time),
            (&mut self.decision, latency.decision_time),
            (&mut self.end_to_end, latency.end_to_end_latency_ms),
        ];
        for (histogram, milliseconds) in pairs {
            // it grows with what it is told
            let _ = histogram.record((milliseconds * 1e3) as u64);
        }
    }
}

impl Stopwatch {
    /// Looks at this clock.
    pub fn new(clock: Clock) -> Self {
        let now = clock();
        let (waiting, latencies) = (VecDeque::new(), Latencies::default());
        Self {
            clock,
            read: now,
            begun: now,
            predicted: now,
            decided: now,
            waiting,
            latencies,
        }
    }

    /// How long entries took so far.
    pub const fn latencies(&self) -> &Latencies {
        &self.latencies
    }

    pub(super) fn read(&mut self) {
        self.read = (self.clock)();
    }

    pub(super) fn taken(&mut self, number: u64, id: EntryId, match_id: &Arc<str>) {
        let match_id = Arc::clone(match_id);
        self.waiting.push_back(Waiting {
            number,
            published: id.0,
            read: self.read,
            match_id,
        });
    }

    pub(super) fn reached(&mut self, stage: Stage) {
        let now = (self.clock)();
        match stage {
            Stage::Started => self.begun = now,
            Stage::Predicted => self.predicted = now,
            Stage::Decided => self.decided = now,
        }
    }

    /// Says how long the entries up to this one took.
    pub(super) fn tell(&mut self, upto: u64, answers: &Answers) -> Result<(), serde_json::Error> {
        let now = (self.clock)();
        let time = Time::from_seconds((now / 1e3) as i64);
        while let Some(entry) = self.waiting.pop_front_if(|entry| entry.number <= upto) {
            let published = entry.published as f64;
            let latency = LatencyMetrics {
                match_id: &entry.match_id,
                ingestion_time: milliseconds(entry.read - published),
                prediction_time: milliseconds(self.predicted - self.begun),
                decision_time: milliseconds(self.decided - self.predicted),
                end_to_end_latency_ms: milliseconds(now - published),
            };
            answers.add(Channel::Metrics, LatencyMetrics::TYPE, &latency, time)?;
            self.latencies.record(&latency);
        }
        Ok(())
    }
}

/// To the microsecond; clocks of two machines may differ, but nothing takes less than no time.
fn milliseconds(time: f64) -> f64 {
    (time.max(0.0) * 1e3).round() / 1e3
}

/// An empty histogram of three significant digits, which grows with the values that it counts.
fn histogram() -> Histogram<u64> {
    Histogram::new(3).unwrap_or_else(|_| unreachable!("three digits are a valid precision"))
}
