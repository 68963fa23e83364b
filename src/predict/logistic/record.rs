//! The matches that a regression learns from.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::rows::Rows;
use super::scale::Scale;

/// A match: what was known before it, NaN where it was not, and how it ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Entry {
    pub day: i64,
    /// 0: home win, 1: draw, 2: away win.
    pub result: u8,
    pub numbers: Box<[f64]>,
}

impl Entry {
    /// By day, and within a day in an order that does not depend on that of the results.
    fn order(&self, other: &Self) -> Ordering {
        let numbers = || {
            let pairs = self.numbers.iter().zip(&other.numbers);
            pairs
                .map(|(a, b)| a.total_cmp(b))
                .find(|order| order.is_ne())
        };
        (self.day.cmp(&other.day))
            .then_with(|| numbers().unwrap_or(Ordering::Equal))
            .then(self.result.cmp(&other.result))
    }
}

/// Matches in order.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Record(Vec<Entry>);

impl Record {
    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn add(&mut self, entry: Entry) {
        let later = self.0.iter().rev();
        let later = later
            .take_while(|other| other.order(&entry).is_gt())
            .count();
        self.0.insert(self.0.len() - later, entry);
    }

    /// Takes a match out; `false` where it is not there.
    pub fn remove(&mut self, entry: &Entry) -> bool {
        let place = self.0.iter().rposition(|other| other.order(entry).is_eq());
        place.map(|place| self.0.remove(place)).is_some()
    }

    /// Whether each match has so many numbers. Restored states are checked by this.
    pub fn is_of(&self, width: usize) -> bool {
        self.0
            .iter()
            .all(|entry| entry.numbers.len() == width && entry.result < 3)
    }

    /// The scale of the first matches.
    pub fn scale(&self, width: usize, first: usize) -> Scale {
        Scale::of(width, self.0[..first].iter().map(|entry| &*entry.numbers))
    }

    /// Some of the matches on a scale.
    pub fn rows(&self, scale: &Scale, range: std::ops::Range<usize>) -> Rows {
        let mut rows = Rows::of_width(scale.means.len());
        for entry in &self.0[range] {
            rows.push(&scale.apply(&entry.numbers), entry.result, true);
        }
        rows
    }
}
