//! Times that are given as text, such as `5m`.

use std::time::Duration;

/// A time such as `5s`, `300ms` or `2h`; `None` where the text is none, or one below 0.
pub fn duration(text: &str) -> Option<Duration> {
    let time = text.parse::<jiff::SignedDuration>().ok()?;
    Duration::try_from(time).ok()
}
