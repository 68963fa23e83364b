//! Progress bars: on stderr, and only on a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Talk;

/// A bar that counts up to what [`counted`] says; hidden when nobody looks or nothing is to be said.
pub fn bar(talk: Talk, what: &'static str) -> ProgressBar {
    // indicatif itself hides the bar when stderr is no terminal
    let target = if talk.quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}");
    ProgressBar::with_draw_target(Some(0), target)
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        .with_message(what)
}

/// Moves the bar: done, and of how many.
pub fn counted(bar: &ProgressBar) -> impl FnMut(usize, usize) + '_ {
    |done, total| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    }
}
