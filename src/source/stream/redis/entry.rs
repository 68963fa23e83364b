//! What an entry of `match_events` says, for whoever reads it: traders, and those who follow them.

use crate::domain::Book;
use crate::redis::RawEntry;
use crate::schema::event::{EndOfStream, Event, MAX_ENTRY, field};
use crate::source::stream::Fed;

/// The entry as a feed hands it out.
pub fn fed(entry: &RawEntry, number: u64) -> Fed<'_> {
    match entry
        .field(field::EVENT_TYPE)
        .and_then(|bytes| str::from_utf8(bytes).ok())
    {
        Some(event_type) => Fed::Parts {
            number,
            event_type,
            data: data_of(entry),
        },
        // what is missing is then said as of a line without it
        None => Fed::Entry {
            number,
            text: b"{}",
        },
    }
}

/// Whether the entry is an end of the stream; one that cannot be read is none.
pub fn is_end(entry: &RawEntry) -> bool {
    let is_called_so = entry.field(field::EVENT_TYPE) == Some(EndOfStream::TYPE.as_bytes());
    is_called_so && Event::of_parts(EndOfStream::TYPE, data_of(entry), Book::AVG).is_ok()
}

/// The data of an entry; of more than an entry may have, only so much that this shows.
fn data_of(entry: &RawEntry) -> &[u8] {
    let data = entry
        .field(field::DATA)
        .filter(|data| !data.trim_ascii().is_empty())
        .unwrap_or(b"{}");
    &data[..data.len().min(MAX_ENTRY + 1)]
}
