//! Entries that could not be used, until they are written among the dead letters.

use std::collections::BTreeMap;

use crate::domain::Time;
use crate::redis::{Answers, Channel, EntryId, RawEntry};
use crate::schema::event::{DeadLetter, MAX_ENTRY};

/// The most bytes that are kept of a name or a value of an entry that is too long.
const HEAD: usize = 512;
/// The most fields that are kept of it.
const MOST_FIELDS: usize = 16;

/// An entry that could not be used, and the reason.
pub(super) struct DeadEntry {
    id: EntryId,
    reason: String,
    original: BTreeMap<String, String>,
    length: Option<usize>,
}

impl DeadEntry {
    /// Keeps the whole entry, or the beginning and the length of one that is too long.
    pub fn of(entry: &RawEntry, reason: String) -> Self {
        let length = entry.length();
        let is_long = length > MAX_ENTRY;
        let (fields, most) = if is_long {
            (MOST_FIELDS, HEAD)
        } else {
            (usize::MAX, MAX_ENTRY)
        };
        let original = entry
            .fields()
            .take(fields)
            .map(|(name, value)| (text(name, most), text(value, most)))
            .collect();
        Self {
            id: entry.id,
            reason,
            original,
            length: is_long.then_some(length),
        }
    }

    pub fn write(&self, answers: &Answers) -> Result<(), serde_json::Error> {
        let letter = DeadLetter {
            id: self.id.to_string(),
            reason: &self.reason,
            original: self.original.clone(),
            length: self.length,
        };
        let published = Time::from_seconds(i64::try_from(self.id.0 / 1000).unwrap_or(i64::MAX));
        answers.add(Channel::Dead, DeadLetter::TYPE, &letter, published)
    }
}

/// The first bytes as a text; invalid UTF-8 is replaced.
fn text(bytes: &[u8], most: usize) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(most)]).into_owned()
}
