//! Moments over runs, folded so that it does not matter who played which runs.

use serde::{Deserialize, Serialize};

use super::moments::Moments;

/// The moments of a figure over consecutive runs, in blocks of 1, 2, 4, 8 ... runs.
///
/// Additions of floats depend on their order. Here the order is a binary tree over the numbers of the runs: a block of 2ᵏ
/// runs begins at a multiple of 2ᵏ and is the sum of its halves. Whoever has some of the runs has whole blocks, a few for
/// each size, and when they are put beside those of the neighbours the same tree comes out, to the last bit.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Blocks {
    /// The place of the next run, counted from 0.
    next: u64,
    blocks: Vec<Block>,
}

/// The moments of 2^`level` runs.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Block {
    level: u8,
    moments: Moments,
}

impl Blocks {
    /// No run yet; the first that is added has this place.
    pub const fn from(place: u64) -> Self {
        Self {
            next: place,
            blocks: Vec::new(),
        }
    }

    /// Adds the figure of the next run, if it is defined there.
    pub fn add(&mut self, value: Option<f64>) {
        self.push(Block {
            level: 0,
            moments: Moments::of(value),
        });
    }

    /// Adds the runs that follow those that are here; `false` when these do not.
    #[must_use]
    pub fn join(&mut self, later: &Self) -> bool {
        let runs = later.blocks.iter().map(|block| 1_u64 << block.level);
        if later.next.checked_sub(runs.sum()) != Some(self.next) {
            return false;
        }
        later.blocks.iter().for_each(|block| self.push(*block));
        true
    }

    /// Adds a block, and makes one of every pair of halves.
    fn push(&mut self, block: Block) {
        self.blocks.push(block);
        self.next += 1 << block.level;
        while let [.., first, second] = self.blocks[..]
            && first.level == second.level
            && self.next.is_multiple_of(2 << first.level)
        {
            self.blocks.truncate(self.blocks.len() - 2);
            self.blocks.push(Block {
                level: first.level + 1,
                moments: first.moments.and(second.moments),
            });
        }
    }

    /// The moments of all runs.
    pub fn moments(&self) -> Moments {
        let all = self.blocks.iter().map(|block| block.moments);
        all.reduce(Moments::and).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn folded(place: usize, values: &[Option<f64>]) -> Blocks {
        let mut blocks = Blocks::from(place as u64);
        values.iter().for_each(|value| blocks.add(*value));
        blocks
    }

    fn bits(blocks: &Blocks) -> (u64, [u64; 2]) {
        let Moments {
            count,
            mean,
            squares,
        } = blocks.moments();
        (count, [mean, squares].map(f64::to_bits))
    }

    #[test]
    fn a_part_has_few_blocks() {
        let part = folded(12_345, &vec![Some(1.0); 50_000]);
        assert!(part.blocks.len() < 2 * 17, "{}", part.blocks.len());
        assert_eq!(part.moments().count(), 50_000);
    }

    #[test]
    fn a_gap_is_no_neighbour() {
        let mut first = folded(0, &[Some(1.0)]);
        assert!(!first.join(&folded(2, &[Some(1.0)])));
        assert!(!first.join(&folded(0, &[Some(1.0)])));
        assert!(first.join(&Blocks::from(1)));
        assert!(first.join(&folded(1, &[Some(3.0)])));
        assert_eq!(first.moments().mean().mean, Some(2.0));
    }

    proptest! {
        #[test]
        fn any_split_gives_the_same_bits(
            values in prop::collection::vec(prop::option::weighted(0.9, -1e6..1e6_f64), 0..300),
            cuts in prop::collection::vec(0_usize..300, 0..9),
        ) {
            let whole = folded(0, &values);
            let mut bounds: Vec<usize> = cuts.into_iter().map(|cut| cut.min(values.len())).collect();
            bounds.extend([0, values.len()]);
            bounds.sort_unstable();
            let mut merged = Blocks::from(0);
            for pair in bounds.windows(2) {
                prop_assert!(merged.join(&folded(pair[0], &values[pair[0]..pair[1]])));
            }
            prop_assert_eq!(bits(&merged), bits(&whole));
            prop_assert_eq!(merged.blocks.len(), whole.blocks.len());
        }

        #[test]
        fn they_are_the_moments_of_the_sample(values in prop::collection::vec(-1e3..1e3_f64, 2..200)) {
            let n = values.len() as f64;
            let mean = values.iter().sum::<f64>() / n;
            let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
            let all: Vec<_> = values.iter().copied().map(Some).collect();
            let found = folded(0, &all).moments().mean();
            prop_assert!((found.mean.unwrap() - mean).abs() < 1e-9);
            let expected = (squares / (n - 1.0) / n).sqrt();
            prop_assert!((found.standard_error.unwrap() - expected).abs() < 1e-9);
        }
    }
}
