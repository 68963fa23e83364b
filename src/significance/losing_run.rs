//! The longest losing run and its distribution.

use serde::{Deserialize, Serialize};

/// The tail is cut off below this probability, where it no longer adds to the expectation.
const NEGLIGIBLE: f64 = 1e-12;

/// The longest losing run and its expectation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LosingRun {
    /// Bets.
    pub n: u64,
    /// The most bets lost in a row.
    pub longest: u64,
    /// The expected length of the longest losing run.
    pub expected: f64,
    /// The probability of a longest run at least as long: small when the run is longer than the probabilities explain.
    /// 0 when it is below 1e-12.
    pub p: f64,
}

/// The longest losing run of bets in the order of their settlement, each with its probability of winning and whether
/// it won.
///
/// Leave void bets out: they neither lengthen nor break a run. Bets are taken to be independent. `None` without bets,
/// or when a probability is not from 0 to 1.
///
/// # Formula
/// ```text
/// E[L] = Σ_{m≥1} P(L ≥ m),   p = P(L ≥ longest)   with the tail of losing_run_tail
/// ```
///
/// ```
/// use simbet::internals::significance::losing_run;
/// let run = losing_run(&[(0.5, false), (0.5, false), (0.5, true)]).unwrap();
/// assert_eq!((run.longest, run.expected, run.p), (2, 1.375, 0.375));
/// ```
pub fn losing_run(bets: &[(f64, bool)]) -> Option<LosingRun> {
    let chances: Vec<f64> = bets.iter().map(|&(p, _)| p).collect();
    let longest = bets
        .split(|&(_, won)| won)
        .map(<[_]>::len)
        .max()
        .unwrap_or(0);
    let tail = losing_run_tail(&chances)?;
    let expected = tail[1..].iter().rev().sum();
    let p = tail.get(longest).copied().unwrap_or(0.0);
    Some(LosingRun {
        n: bets.len() as u64,
        longest: longest as u64,
        expected,
        p,
    })
}

/// The distribution of the longest losing run: element m is the probability that it is at least m, from m = 0, up to
/// the number of bets or until it falls below 1e-12.
///
/// `None` without bets, or when a probability of winning is not from 0 to 1. The time is linear in the number of
/// bets per element.
///
/// # Formula
/// ```text
/// F(i) = F(i−1) − F(i−m−1)·p(i−m)·Π_{j=i−m+1..i} (1 − p(j)),   F(i) = 1 for i < m,   P(L ≥ m) = 1 − F(n)
/// ```
/// with F(i) the probability of no run of m within the first i bets, and F(−1)·p(0) = 1. The Markov chain of the
/// current run with an absorbing state at m (Fu & Koutras 1994, JASA 89(427)), its states summed away.
///
/// ```
/// use simbet::internals::significance::losing_run_tail;
/// assert_eq!(losing_run_tail(&[0.5, 0.5, 0.5]).unwrap(), [1.0, 0.875, 0.375, 0.125]);
/// ```
pub fn losing_run_tail(win_chances: &[f64]) -> Option<Vec<f64>> {
    if win_chances.is_empty() || !win_chances.iter().all(|p| (0.0..=1.0).contains(p)) {
        return None;
    }
    let mut tail = vec![1.0];
    let mut lost = vec![1.0; win_chances.len()];
    let mut none = vec![0.0; win_chances.len() + 1];
    for length in 1..=win_chances.len() {
        lengthen(&mut lost, win_chances, length);
        let chance = some_run(win_chances, &lost, &mut none, length);
        if chance < NEGLIGIBLE {
            break;
        }
        tail.push(chance);
    }
    Some(tail)
}

/// For each bet, turns the probability of `length - 1` losses in a row up to it into that of `length`.
fn lengthen(lost: &mut [f64], win_chances: &[f64], length: usize) {
    for (end, chance) in lost.iter_mut().enumerate().skip(length - 1) {
        *chance *= 1.0 - win_chances[end + 1 - length];
    }
}

/// P(L ≥ length), as the sum over bets of the probability that the first such run ends there.
///
/// 1 − F(n) of the formula would lose the digits of small probabilities.
fn some_run(win_chances: &[f64], lost: &[f64], none: &mut [f64], length: usize) -> f64 {
    none[..length].fill(1.0);
    let mut some = 0.0;
    for end in length..=win_chances.len() {
        let before = match end - length {
            0 => 1.0,
            start => none[start - 1] * win_chances[start - 1],
        };
        some += before * lost[end - 1];
        none[end] = (1.0 - some).max(0.0);
    }
    some.clamp(0.0, 1.0)
}
