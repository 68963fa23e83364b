//! How long something may take.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How long something may take: `90s`, `500ms`, `5m`, or a number of seconds.
///
/// ```
/// use std::time::Duration;
/// use simbet::internals::config::Timeout;
/// let of = |text: &str| text.parse::<Timeout>().map(Duration::from);
/// assert_eq!(of("2m"), Ok(Duration::from_secs(120)));
/// assert_eq!(of("0.5"), Ok(Duration::from_millis(500)));
/// assert_eq!(of("0s").unwrap_err(), "expected a time from 1ms to 24h, such as 90s or 5m, not \"0s\"");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "String")]
pub struct Timeout(Duration);

/// A time as it stands in a file of settings.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a time such as 90s or 5m")]
enum Written {
    Seconds(f64),
    Text(String),
}

impl Timeout {
    /// A time from a millisecond to a day; `None` for others.
    pub(super) fn new(time: Duration) -> Option<Self> {
        let range = Duration::from_millis(1)..=Duration::from_secs(86_400);
        range.contains(&time).then_some(Self(time))
    }
}

impl From<Timeout> for Duration {
    fn from(timeout: Timeout) -> Self {
        timeout.0
    }
}

impl FromStr for Timeout {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let seconds = text.trim().parse::<f64>().ok();
        let time = match seconds {
            Some(seconds) => Duration::try_from_secs_f64(seconds).ok(),
            None => text
                .parse::<jiff::SignedDuration>()
                .ok()
                .and_then(|time| Duration::try_from(time).ok()),
        };
        time.and_then(Self::new).ok_or_else(|| {
            format!("expected a time from 1ms to 24h, such as 90s or 5m, not {text:?}")
        })
    }
}

impl TryFrom<Written> for Timeout {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        match written {
            Written::Seconds(seconds) => seconds.to_string().parse(),
            Written::Text(text) => text.parse(),
        }
    }
}

impl fmt::Display for Timeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.as_secs_f64())
    }
}

impl From<Timeout> for String {
    fn from(timeout: Timeout) -> Self {
        timeout.to_string()
    }
}
