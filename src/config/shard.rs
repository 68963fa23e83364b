//! A part of a run that several machines share.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use super::ConfigError;

/// One of several parts of a run, written `3/16`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    number: u64,
    of: u64,
}

/// The most parts of a run.
const MOST: u64 = 1_000_000;

impl Shard {
    /// The share of so many items in a row. The shares of all shards are next to one another, differ by one item at most,
    /// and are all of them.
    ///
    /// ```
    /// use simbet::internals::config::Shard;
    /// let shares = |of: u64| (1..=of).map(move |i| format!("{i}/{of}").parse::<Shard>().unwrap().of(10)).collect::<Vec<_>>();
    /// assert_eq!(shares(3), [0..3, 3..6, 6..10]);
    /// assert_eq!(shares(1), [0..10]);
    /// ```
    pub fn of(self, items: u64) -> Range<u64> {
        let bound = |shards: u64| {
            let bound = u128::from(items) * u128::from(shards) / u128::from(self.of);
            u64::try_from(bound).unwrap_or(items)
        };
        bound(self.number - 1)..bound(self.number)
    }
}

impl Shard {
    /// How many parts there are.
    pub const fn count(self) -> u64 {
        self.of
    }
}

impl FromStr for Shard {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let numbers = text.split_once('/').and_then(|(number, of)| {
            let number: u64 = number.trim().parse().ok()?;
            Some((number, of.trim().parse().ok()?))
        });
        match numbers {
            Some((number, of)) if (1..=of).contains(&number) && of <= MOST => {
                Ok(Self { number, of })
            }
            Some(_) | None => Err(ConfigError::value(
                "a shard",
                "written i/n with i from 1 to n, such as 3/16 for the third of sixteen",
                text,
            )),
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_shard_is_a_number_of_a_number() {
        assert_eq!("3/16".parse::<Shard>().unwrap().to_string(), "3/16");
        for wrong in [
            "",
            "3",
            "0/4",
            "5/4",
            "1/0",
            "-1/4",
            "a/b",
            "1/2/3",
            "1.5/2",
            "1/99999999",
        ] {
            let error = wrong.parse::<Shard>().unwrap_err().to_string();
            assert!(error.contains("such as 3/16"), "{wrong}: {error}");
        }
    }

    proptest! {
        #[test]
        fn shards_are_neighbours_and_even(items in 0_u64..5_000, of in 1_u64..300) {
            let mut end = 0;
            for number in 1..=of {
                let share = Shard { number, of }.of(items);
                prop_assert_eq!(share.start, end);
                let length = share.end - share.start;
                prop_assert!(length == items / of || length == items.div_ceil(of));
                end = share.end;
            }
            prop_assert_eq!(end, items);
        }
    }
}
