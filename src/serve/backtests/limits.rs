//! What a backtest of the service may take.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// What a backtest of the service may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BacktestLimits {
    /// Memory for data.
    pub memory: Memory,
    /// Time on the wall.
    pub time: Duration,
}

/// An amount of memory, in bytes; 64 MB or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory(u64);

/// The units of memory, in the order in which one is chosen for an amount that it divides.
const UNITS: [(&str, u64); 6] = [
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("KiB", 1 << 10),
    ("KB", 1_000),
];

impl Memory {
    /// The least with which a process can start.
    const LEAST: u64 = 64_000_000;

    /// In bytes.
    pub const fn bytes(self) -> u64 {
        self.0
    }
}

impl FromStr for Memory {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
        let unit = text[digits.len()..].to_ascii_lowercase();
        let factor = UNITS
            .iter()
            .find(|(name, _)| name.to_ascii_lowercase() == unit);
        let bytes = factor.and_then(|(_, factor)| digits.parse::<u64>().ok()?.checked_mul(*factor));
        bytes
            .filter(|bytes| *bytes >= Self::LEAST)
            .map(Self)
            .ok_or_else(|| format!("expected 64MB or more, such as 500MB or 2GB, not {text:?}"))
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = UNITS
            .iter()
            .find(|(_, factor)| self.0.is_multiple_of(*factor));
        match unit {
            Some((name, factor)) => write!(f, "{} {name}", self.0 / factor),
            None => write!(f, "{} bytes", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_and_shown() {
        for (text, bytes, shown) in [
            ("2GB", 2_000_000_000, "2 GB"),
            ("500mb", 500_000_000, "500 MB"),
            ("1GiB", 1 << 30, "1 GiB"),
            ("64000KB", 64_000_000, "64 MB"),
        ] {
            let memory: Memory = text.parse().unwrap();
            assert_eq!(
                (memory.bytes(), memory.to_string().as_str()),
                (bytes, shown)
            );
        }
        for text in [
            "",
            "GB",
            "2",
            "2 GB",
            "-2GB",
            "1MB",
            "2TB",
            "99999999999999GB",
            "1.5GB",
            "2é",
        ] {
            assert!(text.parse::<Memory>().is_err(), "{text}");
        }
    }
}
