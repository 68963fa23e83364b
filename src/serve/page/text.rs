//! Texts that several parts of the page share.

use maud::{Markup, html};

/// An instant: short for readers, in full for programs. `stamp` is one of an answer.
pub fn instant(stamp: &str) -> Markup {
    let short = stamp.get(..16).unwrap_or(stamp).replace('T', " ");
    html! { time datetime=(stamp) { (short) } }
}
