//! Quantiles: the value that a share of values does not exceed. Which definition a figure goes by is said where it is
//! reported; where they differ, no figure may move from one to another.
//!
//! The types are those of Hyndman & Fan (1996), Sample quantiles in statistical packages, The American Statistician 50(4).

use hdrhistogram::Histogram;

/// Type 7: interpolated between the two order statistics around place (n − 1)·p, counted from 0; the default of R and of
/// NumPy. `sorted` holds at least one value.
///
/// Resampled yields go by it: with many resamples the definitions agree, and an end of an interval may lie between two.
pub(crate) fn interpolated(sorted: &[f64], probability: f64) -> f64 {
    let place = probability * (sorted.len() - 1) as f64;
    let below = (place as usize).min(sorted.len() - 1);
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}

/// The order statistic nearest to place (n − 1)·p, counted from 0, the later of two as near: NumPy's `nearest`, but for
/// such halves. `sorted` holds at least one value.
///
/// Charts go by it: what they mark as a quantile is one of the values they show.
pub(crate) fn nearest(sorted: &[f64], probability: f64) -> f64 {
    sorted[((sorted.len() - 1) as f64 * probability).round() as usize]
}

/// Type 1, also called the nearest rank: the value of rank ⌈p·n⌉, counted from 1, the inverse of the empirical
/// distribution function. `sorted` holds at least one value.
///
/// Figures over many runs go by it: at least a share p of the runs came to no more.
pub(crate) fn of_rank(sorted: &[f64], probability: f64) -> f64 {
    let rank = (probability * sorted.len() as f64).ceil() as usize;
    sorted[rank.clamp(1, sorted.len()) - 1]
}

/// Type 1 of values that were counted in bins: the middle of the bin with the value of rank ⌈p·n⌉, held to the least and
/// the greatest value.
pub(crate) fn of_rank_in_bins(histogram: &Histogram<u32>, probability: f64) -> f64 {
    let bin = histogram.value_at_quantile(probability);
    let (low, high) = (
        histogram.lowest_equivalent(bin),
        histogram.highest_equivalent(bin),
    );
    let middle = (low as f64 + high as f64) / 2.0;
    middle.clamp(histogram.min() as f64, histogram.max() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of 1 to 4, by hand: place 0.75, place 0.75, rank 1; in the middle place 1.5, place 1.5, rank 2.
    #[test]
    fn the_definitions_differ_where_they_should() {
        let sorted = [1.0, 2.0, 3.0, 4.0];
        let all = |p| {
            [
                interpolated(&sorted, p),
                nearest(&sorted, p),
                of_rank(&sorted, p),
            ]
        };
        assert_eq!(all(0.25), [1.75, 2.0, 1.0]);
        assert_eq!(all(0.5), [2.5, 3.0, 2.0]);
        assert_eq!(all(0.0), [1.0; 3]);
        assert_eq!(all(1.0), [4.0; 3]);
    }

    #[test]
    fn bins_of_one_value_each_give_the_value_of_the_rank() {
        let mut histogram = Histogram::new(4).unwrap();
        (1..=4).for_each(|value| histogram.record(value).unwrap());
        assert_eq!(
            [0.25, 0.5, 1.0].map(|p| of_rank_in_bins(&histogram, p)),
            [1.0, 2.0, 4.0]
        );
    }
}
