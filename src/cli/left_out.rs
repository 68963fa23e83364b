//! What a command did not write of its files, in words.

use std::fmt::Display;

use super::Console;
use crate::source::LeftOut;

/// Books and markets that were not asked for, each with the option that asks for it.
pub fn prices(left_out: &LeftOut) -> Vec<String> {
    let markets = left_out.markets.iter();
    let parts = [
        others(left_out.books.iter(), "book", "--book"),
        others(markets, "market", "--markets"),
    ];
    parts.into_iter().flatten().collect()
}

/// `3 other books (avg, b365, max; see --book)`; nothing when there is none.
fn others(
    names: impl ExactSizeIterator<Item = impl Display>,
    what: &str,
    option: &str,
) -> Option<String> {
    let names: Vec<_> = names.map(|name| name.to_string()).collect();
    let ending = if names.len() == 1 { "" } else { "s" };
    (!names.is_empty()).then(|| {
        format!(
            "{} other {what}{ending} ({}; see {option})",
            names.len(),
            names.join(", ")
        )
    })
}

/// `2 rows of something`; nothing when there is none.
pub fn counted(count: u64, one: &str, several: &str) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        _ => Some(format!("{count} {several}")),
    }
}

/// Says it all in one note, if there is any.
pub fn note(console: Console, parts: &[String]) {
    if !parts.is_empty() {
        console.note(format!("left out: {}", parts.join(", ")));
    }
}
