//! What is kept in memory of a setting once it has been tried.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use rand::{RngExt as _, SeedableRng as _};
use sha2::{Digest as _, Sha256};

use super::outcome::Outcome;
use super::rank::{RankBy, Ranked, ranked_setting};

/// The most settings whose returns are kept for the tests of data snooping: 80 MB for a thousand match days.
pub(super) const MOST_TESTED: usize = 10_000;

/// The settings whose returns on every day are kept: all, or of many a sample that is drawn before any is played.
///
/// Drawn without a look at the results, a sample makes no test say more than it may: its p holds for the best of the sample.
/// What it costs is power, as a good setting may not be in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sample(Option<Vec<usize>>);

impl Sample {
    /// Every way to take as many is as likely (Knuth, The Art of Computer Programming 2, algorithm S).
    pub fn of(settings: usize, seed: u64) -> Self {
        if settings <= MOST_TESTED {
            return Self(None);
        }
        let mut random = chacha20::ChaCha8Rng::seed_from_u64(seed);
        let mut left = MOST_TESTED;
        let mut places = Vec::with_capacity(left);
        for place in 0..settings {
            if random.random_range(0..settings - place) < left {
                places.push(place);
                left -= 1;
            }
        }
        Self(Some(places))
    }

    /// Its size, where it is not all settings.
    pub fn size(&self) -> Option<u64> {
        self.0.as_ref().map(|places| places.len() as u64)
    }

    fn has(&self, place: usize) -> bool {
        let places = self.0.as_ref();
        places.is_none_or(|places| places.binary_search(&place).is_ok())
    }
}

/// A setting that was tried.
#[derive(Debug)]
pub(super) struct Tried {
    /// Its figures.
    pub ranked: Ranked,
    /// A digest of its returns: two with the same made the same bets.
    pub fingerprint: [u8; 16],
    /// Its return on each day of the calendar, if it is in the sample.
    pub returns: Option<Vec<f64>>,
}

/// The best setting so far, with its returns: it need not be in the sample.
#[derive(Debug, Default)]
pub(super) struct Best(Mutex<Option<(Ranked, Vec<f64>)>>);

impl Best {
    fn offer(&self, by: RankBy, ranked: &Ranked, returns: &[f64]) {
        let mut best = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_better = best
            .as_ref()
            .is_none_or(|(best, _)| by.order(ranked, best).is_lt());
        if is_better {
            *best = Some((ranked.clone(), returns.to_vec()));
        }
    }

    /// The returns of the best setting; none without a setting.
    pub fn returns(self) -> Vec<f64> {
        let best = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        best.map(|(_, returns)| returns).unwrap_or_default()
    }
}

impl Tried {
    /// What is kept of an outcome.
    pub fn new(
        (place, outcome): (usize, &Outcome),
        calendar: &BTreeSet<i64>,
        sample: &Sample,
        (by, best): (RankBy, &Best),
    ) -> Self {
        let returns = outcome.returns(calendar);
        let ranked = ranked_setting(place, outcome, &returns);
        best.offer(by, &ranked, &returns);
        Self {
            fingerprint: fingerprint(&returns),
            ranked,
            returns: sample.has(place).then_some(returns),
        }
    }
}

/// A digest of returns, day by day.
fn fingerprint(returns: &[f64]) -> [u8; 16] {
    let mut digest = Sha256::new();
    for (day, value) in returns
        .iter()
        .enumerate()
        .filter(|(_, value)| **value != 0.0)
    {
        digest.update((day as u64).to_le_bytes());
        digest.update(value.to_bits().to_le_bytes());
    }
    let mut short = [0; 16];
    short.copy_from_slice(&digest.finalize()[..16]);
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_drawn_of_many_settings_only_and_by_its_seed() {
        let all = Sample::of(MOST_TESTED, 1);
        assert!(all.has(0) && all.has(MOST_TESTED - 1));
        assert_eq!(all.size(), None);
        let sample = Sample::of(1_000_000, 1);
        assert_eq!(sample.size(), Some(MOST_TESTED as u64));
        assert_eq!(sample, Sample::of(1_000_000, 1));
        assert_ne!(sample, Sample::of(1_000_000, 2));
        // of a hundred, one; a count of 5,000 would be ten standard deviations from what is expected of one half
        let first_half = (0..500_000).filter(|place| sample.has(*place)).count();
        assert!((4_700..5_300).contains(&first_half), "{first_half}");
    }

    #[test]
    fn returns_are_known_again_by_day_and_bits() {
        let known = fingerprint(&[0.0, 0.1, 0.0]);
        assert_eq!(known, fingerprint(&[0.0, 0.1]));
        for other in [&[0.1, 0.0][..], &[0.0, 0.1, 0.1], &[0.0, -0.1], &[]] {
            assert_ne!(known, fingerprint(other));
        }
    }
}
