//! How the streams are spread over partitions: noted once, and the same for all.

use ::redis::cmd;

use super::{Address, Layout, Link, RedisError, scripts};
use crate::printable::excerpt;
use crate::schema::event::stream::MOST_PARTITIONS;

/// How streams without partitions are noted.
const PLAIN: &str = "none";

/// What is noted of a layout.
fn noted(layout: &Layout) -> String {
    layout
        .partitions
        .map_or_else(|| PLAIN.to_owned(), |count| count.to_string())
}

/// In words, and the option that asks for it; `None` for what cannot be noted.
fn described(noted: &str) -> Option<(String, String)> {
    if noted == PLAIN {
        let option = "no --partitions".to_owned();
        return Some(("not spread over partitions".to_owned(), option));
    }
    let count = noted.parse::<u32>().ok();
    let count = count
        .filter(|count| (1..=MOST_PARTITIONS).contains(count) && count.to_string() == noted)?;
    let parts = if count == 1 {
        "partition"
    } else {
        "partitions"
    };
    Some((
        format!("spread over {count} {parts}"),
        format!("--partitions {count}"),
    ))
}

/// Checks that the streams are spread as this layout says. Whoever comes first notes it, where the streams that are there
/// agree; one that only looks (`is_note` false) does not.
///
/// # Errors
/// When they are spread otherwise, or Redis cannot be used.
pub fn ensure_partitions(
    address: &Address,
    layout: &Layout,
    is_note: bool,
) -> Result<(), RedisError> {
    let key = layout.partitions_key();
    let is_tagged = layout.partitions.is_some();
    let mut link = Link::open(address, &key, is_tagged)?;
    link.ensure_type(&key, "string")?;
    let found: Option<Vec<u8>> = link.ask(cmd("GET").arg(&key))?;
    let found = match found {
        Some(found) => String::from_utf8_lossy(&found).into_owned(),
        None => {
            if let Some(found) = other_streams(&mut link, address, layout)? {
                return Err(misfit(key, &found, layout));
            }
            if !is_note {
                return Ok(());
            }
            let mut note = scripts::on_keys(scripts::PARTITIONS, &[&key]);
            note.arg(noted(layout));
            link.ask(&note)?
        }
    };
    if found == noted(layout) {
        Ok(())
    } else {
        Err(misfit(key, &found, layout))
    }
}

/// The error where something else is noted than this layout, or nothing that could be.
fn misfit(key: String, found: &str, layout: &Layout) -> RedisError {
    let Some((found, option)) = described(found) else {
        return RedisError::Damaged {
            key,
            problem: format!(
                "it is \"{}\", and not a number of partitions or {PLAIN}",
                excerpt(found)
            ),
        };
    };
    let (asked, _) = described(&noted(layout)).unwrap_or_default();
    RedisError::OtherPartitions {
        key,
        found,
        asked,
        option,
    }
}

/// How the streams are spread where nothing is noted, if it is in another way.
fn other_streams(
    link: &mut Link,
    address: &Address,
    layout: &Layout,
) -> Result<Option<String>, RedisError> {
    let of = |partitions| Layout {
        prefix: layout.prefix.clone(),
        partitions,
    };
    let mut is_there = |key: String| -> Result<bool, RedisError> {
        if link.is_cluster() {
            return Link::open(address, &key, true)?.exists(&key);
        }
        link.exists(&key)
    };
    let mut there = 0;
    while there < MOST_PARTITIONS && is_there(of(Some(MOST_PARTITIONS)).keys(there).match_events)? {
        there += 1;
    }
    if there > 0 {
        return Ok((layout.partitions != Some(there)).then(|| there.to_string()));
    }
    let is_plain = layout.partitions.is_some()
        && !link.is_cluster()
        && link.exists(&of(None).keys(0).match_events)?;
    Ok(is_plain.then(|| PLAIN.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_noted_has_one_spelling() {
        let layout = |partitions| Layout {
            prefix: String::new(),
            partitions,
        };
        for partitions in [None, Some(1), Some(4), Some(1024)] {
            assert!(described(&noted(&layout(partitions))).is_some());
        }
        for garbage in ["", "0", "04", "4 ", "-4", "1025", "four", "None"] {
            assert!(described(garbage).is_none(), "{garbage}");
        }
    }
}
