//! Measures latencies by a clock that is a parameter.

use std::collections::VecDeque;
use std::sync::Arc;

use hdrhistogram::Histogram;

use crate::domain::Time;
use crate::redis::{Answers, Channel, EntryId};
use crate::schema::event::{LatencyMetrics, UtcMillis};
use crate::source::Stage;

/// Milliseconds since 1970.
pub type Clock = Box<dyn Fn() -> f64 + Send>;

/// Measures the latency of each entry.
pub struct Stopwatch {
    clock: Clock,
    /// The time of the last read.
    read: f64,
    begun: f64,
    predicted: f64,
    decided: f64,
    waiting: VecDeque<InFlight>,
    latencies: Latencies,
}

/// An entry that is being processed.
struct InFlight {
    number: u64,
    published: u64,
    read: f64,
    match_id: Arc<str>,
}

/// Histograms of latencies, in microseconds.
#[derive(Debug, Clone)]
pub struct Latencies {
    /// From the publication of an entry until it was read.
    pub ingestion: Histogram<u64>,
    /// Of the prediction.
    pub prediction: Histogram<u64>,
    /// Of the decision.
    pub decision: Histogram<u64>,
    /// From the publication of an entry until its answers were sent.
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
    /// Adds the latencies of another partition.
    pub fn add(&mut self, other: &Self) {
        self.ingestion += &other.ingestion;
        self.prediction += &other.prediction;
        self.decision += &other.decision;
        self.end_to_end += &other.end_to_end;
    }

    fn record(&mut self, latency: &LatencyMetrics<'_>) {
        let pairs = [
            (&mut self.ingestion, latency.ingestion_ms),
            (&mut self.prediction, latency.prediction_ms),
            (&mut self.decision, latency.decision_ms),
            (&mut self.end_to_end, latency.end_to_end_latency_ms),
        ];
        for (histogram, milliseconds) in pairs {
            // the histogram grows with its values, so recording does not fail
            let _ = histogram.record((milliseconds * 1e3) as u64);
        }
    }
}

impl Stopwatch {
    /// Measures by this clock.
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

    /// The latencies so far.
    pub const fn latencies(&self) -> &Latencies {
        &self.latencies
    }

    pub(super) fn read(&mut self) {
        self.read = (self.clock)();
    }

    pub(super) fn on_accepted(&mut self, number: u64, id: EntryId, match_id: &Arc<str>) {
        let match_id = Arc::clone(match_id);
        self.waiting.push_back(InFlight {
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

    /// Writes the latencies of the entries up to this one.
    pub(super) fn publish(
        &mut self,
        upto: u64,
        answers: &Answers,
    ) -> Result<(), serde_json::Error> {
        let now = (self.clock)();
        let time = Time::from_seconds((now / 1e3) as i64);
        while let Some(entry) = self.waiting.pop_front_if(|entry| entry.number <= upto) {
            let published = entry.published as f64;
            let latency = LatencyMetrics {
                match_id: &entry.match_id,
                ingestion_time: UtcMillis(entry.read),
                prediction_time: UtcMillis(self.predicted),
                decision_time: UtcMillis(self.decided),
                ingestion_ms: milliseconds(entry.read - published),
                prediction_ms: milliseconds(self.predicted - self.begun),
                decision_ms: milliseconds(self.decided - self.predicted),
                end_to_end_latency_ms: milliseconds(now - published),
            };
            answers.add(Channel::Metrics, LatencyMetrics::TYPE, &latency, time)?;
            self.latencies.record(&latency);
        }
        Ok(())
    }
}

/// Rounded to microseconds. The clocks of two machines may differ, so a negative latency counts as 0.
fn milliseconds(time: f64) -> f64 {
    (time.max(0.0) * 1e3).round() / 1e3
}

/// An empty histogram of three significant digits, which grows with the values that it counts.
fn histogram() -> Histogram<u64> {
    Histogram::new(3).unwrap_or_else(|_| unreachable!("three digits are a valid precision"))
}
