//! Orders that were accepted before.

use crate::domain::Book;
use crate::schema::event::Event;
use crate::serve::digest::{self, Digest};
use crate::serve::match_update::MatchUpdate;
use crate::serve::order::{Order, Reply};
use crate::serve::store::{StoreError, Writer};

/// What the store has of an order.
pub(super) enum Known {
    /// It was accepted before, or its key was used for another.
    Before(Reply),
    /// It was not, or something else came after it: then it counts again, under a digest of its own.
    New(Digest),
}

/// Looks an order up.
///
/// A result that goes back to an earlier one is no repetition: what counts is whether it says what the last one says.
pub(super) fn find(store: &mut Writer, order: &Order) -> Result<Known, StoreError> {
    let key = order.key.as_deref();
    let used = key
        .map(|key| store.digest_of_key(key))
        .transpose()?
        .flatten();
    let mut times = 0;
    loop {
        let digest = digest::repeated(&order.digest, times);
        let is_of_key = used.as_deref().map(|used| used == digest);
        let Some((event_id, answer)) = store.answer(&digest)? else {
            return Ok(match is_of_key {
                Some(false) => Known::Before(Reply::KeyUsed),
                Some(true) | None => Known::New(digest),
            });
        };
        let is_meant = match is_of_key {
            Some(is_of_key) => is_of_key,
            None => !is_superseded(store, order, event_id)?,
        };
        if is_meant {
            if let Some(key) = key {
                store.begin()?;
                store.keep_key(key, &digest)?;
            }
            return Ok(Known::Before(Reply::Accepted(answer)));
        }
        times += 1;
    }
}

/// Whether the match has another result since this event, which this order comes after. An older one is sent again.
fn is_superseded(store: &mut Writer, order: &Order, event_id: u64) -> Result<bool, StoreError> {
    let MatchUpdate::Result(result) = &order.update else {
        return Ok(false);
    };
    let last = store.last_result(&result.about.match_id)?;
    Ok(last.is_some_and(|(last, line)| {
        let event = Event::of_line(line.as_bytes(), Book::AVG);
        let is_older = matches!(event, Ok(Event::Result(last)) if result.time < last.time);
        last != event_id && !is_older
    }))
}
