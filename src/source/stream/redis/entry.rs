//! The entries of `match_events` as events, for traders and for followers.

use crate::domain::Book;
use crate::redis::RawEntry;
#[cfg(all(unix, feature = "serve"))]
use crate::schema::event::EventError;
use crate::schema::event::{EndOfStream, Event, MAX_ENTRY, field};
use crate::source::stream::feed::FeedItem;

/// The text of an entry without an `event_type`: it is refused like a line without one.
const WITHOUT_TYPE: &[u8] = b"{}";

/// The entry as an item of a feed.
pub fn feed_item(entry: &RawEntry, number: u64) -> FeedItem<'_> {
    match event_type(entry) {
        Some(event_type) => FeedItem::Parts {
            number,
            event_type,
            data: data_of(entry),
        },
        None => FeedItem::Entry {
            number,
            text: WITHOUT_TYPE,
        },
    }
}

/// The entry as an event.
///
/// # Errors
/// When it is not valid.
#[cfg(all(unix, feature = "serve"))]
pub fn event(entry: &RawEntry, book: Book) -> Result<Event<'_>, EventError> {
    match event_type(entry) {
        Some(event_type) => Event::of_parts(event_type, data_of(entry), book),
        None => Event::of_line(WITHOUT_TYPE, book),
    }
}

/// The end of the stream, if the entry is a valid one.
pub fn end(entry: &RawEntry) -> Option<EndOfStream> {
    if event_type(entry) != Some(EndOfStream::TYPE) {
        return None;
    }
    match Event::of_parts(EndOfStream::TYPE, data_of(entry), Book::AVG) {
        Ok(Event::End(end)) => Some(end),
        Ok(Event::Prices(_) | Event::Result(_)) | Err(_) => None,
    }
}

fn event_type(entry: &RawEntry) -> Option<&str> {
    entry
        .field(field::EVENT_TYPE)
        .and_then(|bytes| str::from_utf8(bytes).ok())
}

/// The data of an entry, cut off where it is too long, so that it remains too long.
fn data_of(entry: &RawEntry) -> &[u8] {
    let data = entry
        .field(field::DATA)
        .filter(|data| !data.trim_ascii().is_empty())
        .unwrap_or(b"{}");
    &data[..data.len().min(MAX_ENTRY + 1)]
}
