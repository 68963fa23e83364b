//! Members that are read one by one, of which those that cannot be true are dropped.

use super::EventError;
use super::raw_value::{RawValue, StatisticData};

/// The members that have not been read, and what was wrong with those that are dropped.
pub(super) struct Members<'a> {
    data: StatisticData<'a>,
    pub(super) dropped: Vec<EventError>,
}

impl<'a> Members<'a> {
    pub(super) const fn new(data: StatisticData<'a>) -> Self {
        Self {
            data,
            dropped: Vec::new(),
        }
    }

    /// Takes a member, where it is there.
    pub(super) fn take(&mut self, name: &str) -> Option<RawValue<'a>> {
        self.data.remove(name).and_then(RawValue::present)
    }

    /// What was read, or nothing, with the reason noted.
    pub(super) fn keep<T>(&mut self, read: Result<T, EventError>) -> Option<T> {
        read.map_err(|error| self.dropped.push(error)).ok()
    }
}
