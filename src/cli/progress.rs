//! Progress bars: on stderr, and only on a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::Console;

/// A bar of so many steps. It is hidden when stderr is no terminal and with --quiet.
pub fn bar(console: Console, what: &'static str) -> ProgressBar {
    styled(
        what,
        ProgressBar::with_draw_target(Some(0), target(console)),
        "{msg} {wide_bar} {pos}/{len} {eta}",
    )
}

/// A bar over so many runs, with their rate.
pub fn runs(console: Console, what: &'static str, runs: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(runs), target(console));
    styled(
        what,
        bar,
        "{msg} {wide_bar} {human_pos}/{human_len} runs, {rate}, {eta} left",
    )
}

/// A bar over so many settings.
pub fn settings(console: Console, what: &'static str, settings: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(settings), target(console));
    styled(
        what,
        bar,
        "{msg} {wide_bar} {human_pos}/{human_len} settings, {eta} left",
    )
}

/// The same for an unknown number of steps.
pub fn spinner(console: Console, what: &'static str) -> ProgressBar {
    styled(
        what,
        ProgressBar::with_draw_target(None, target(console)),
        "{spinner} {msg}: {human_pos} rounds, {elapsed}",
    )
}

/// stderr, which indicatif leaves alone when it is no terminal.
fn target(console: Console) -> ProgressDrawTarget {
    if console.quiet {
        ProgressDrawTarget::hidden()
    } else {
        ProgressDrawTarget::stderr()
    }
}

fn styled(what: &'static str, bar: ProgressBar, template: &str) -> ProgressBar {
    let style =
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.with_style(style.with_key("rate", write_rate))
        .with_message(what)
}

fn write_rate(state: &ProgressState, out: &mut dyn std::fmt::Write) {
    let _ = write!(out, "{:.0}/s", state.per_sec());
}
