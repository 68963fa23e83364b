//! Values counted in bins, of which each is as wide as its values are large.

use hdrhistogram::Histogram;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Counts of values by size, to a number of significant digits, in memory that does not grow with their number.
#[derive(Debug, Clone)]
pub(super) struct Bins(Histogram<u32>);

impl Bins {
    /// No value yet; `digits` are from 1 to 5.
    pub fn new(digits: u8) -> Self {
        Self(Histogram::new(digits).expect("so few digits are within what a histogram can hold"))
    }

    /// Counts a value of at least −`offset`.
    pub fn record(&mut self, unit: f64, offset: f64, value: f64) {
        // a float that is too large or too small becomes the nearest integer, and the histogram grows to hold it
        let _ = self.0.record(((value + offset) / unit).round() as u64);
    }

    /// Counts those of other bins too.
    pub fn join(&mut self, others: &Self) {
        for (value, count) in others.counts() {
            let _ = self.0.record_n(value, count);
        }
    }

    /// A value of each bin that is not empty, and how many are in it.
    fn counts(&self) -> impl Iterator<Item = (u64, u32)> {
        let bins = self.0.iter_recorded();
        bins.map(|bin| (bin.value_iterated_to(), bin.count_at_value()))
    }

    pub const fn histogram(&self) -> &Histogram<u32> {
        &self.0
    }
}

/// The digits, and the count of each bin with its distance from the one before.
#[derive(Serialize, Deserialize)]
struct Written {
    digits: u8,
    counts: Vec<(u64, u32)>,
}

impl Serialize for Bins {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut last = 0;
        let counts = self.counts().map(|(value, count)| {
            let step = value - last;
            last = value;
            (step, count)
        });
        let written = Written {
            digits: self.0.sigfig(),
            counts: counts.collect(),
        };
        written.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Bins {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Written::deserialize(deserializer)?;
        let mut bins = Self(Histogram::new(written.digits).map_err(de::Error::custom)?);
        let mut value = 0_u64;
        for (step, count) in written.counts {
            value = value
                .checked_add(step)
                .ok_or_else(|| de::Error::custom("a bin is out of range"))?;
            bins.0.record_n(value, count).map_err(de::Error::custom)?;
        }
        Ok(bins)
    }
}
