//! The prices of a market, judged as a set: files, pipes, Redis and HTTP have this one rule.

use std::ops::RangeInclusive;

use super::odds::Odds;

/// The plausible sums of inverse odds of every side. Others come from misplaced digits, from odds in another form, or from a
/// market that was already in play.
pub const PLAUSIBLE_SUMS: RangeInclusive<f64> = 0.85..=1.40;

/// The least plausible sum of the two teams' prices before kick-off: below it a draw would be all but certain.
const WITHOUT_DRAW: f64 = 0.10;

/// The sum of the inverse odds of a set of prices, if no book can have offered it; `None` for a plausible set.
///
/// `odds` has an item for each side of the market, `None` where there is no price. A price that is none condemns its set, so
/// that such a set never comes here.
///
/// ```
/// use simbet::Odds;
/// use simbet::internals::domain::price_set::impossible_sum;
/// let set = |decimals: [f64; 3]| decimals.map(|decimal| Odds::new(decimal).ok());
/// assert_eq!(impossible_sum(&set([2.1, 3.4, 3.5]), false), None);
/// let american = impossible_sum(&set([120.0, 230.0, 240.0]), false).unwrap();
/// assert!((american - 0.01685).abs() < 1e-5);
/// // 1.20 on either side leaves no room for a draw
/// assert!(impossible_sum(&[Odds::new(1.2).ok(), None, Odds::new(1.2).ok()], false).is_some());
/// ```
pub fn impossible_sum(odds: &[Option<Odds>], in_play: bool) -> Option<f64> {
    let (priced, sum) = odds.iter().flatten().fold((0, 0.0), |(count, sum), odds| {
        (count + 1, sum + odds.implied())
    });
    let least = match odds.len() - priced {
        0 => *PLAUSIBLE_SUMS.start(),
        // a team without a price may be too sure for one
        1 if priced == 2 && !in_play && odds[1].is_none() => WITHOUT_DRAW,
        _ => 0.0,
    };
    (!(least..=*PLAUSIBLE_SUMS.end()).contains(&sum)).then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_possible(decimals: &[f64], in_play: bool) -> bool {
        // 0 stands for an absent price
        let odds: Vec<_> = decimals.iter().map(|odds| Odds::new(*odds).ok()).collect();
        impossible_sum(&odds, in_play).is_none()
    }

    #[test]
    fn a_complete_set_has_a_margin_that_a_book_can_have() {
        assert!(is_possible(&[2.1, 3.4, 3.5], false));
        assert!(is_possible(&[1.91, 1.91], false));
        // profit per unit, and American odds
        assert!(!is_possible(&[1.1, 2.4, 2.5], false));
        assert!(!is_possible(&[170.0, 240.0], false));
        assert!(!is_possible(&[120.0, 230.0, 240.0], true));
    }

    #[test]
    fn an_incomplete_set_is_impossible_where_its_sides_alone_are() {
        assert!(is_possible(&[2.1, 0.0, 1.8], false));
        assert!(is_possible(&[0.0, 0.0, 240.0], false));
        assert!(is_possible(&[0.0, 0.0, 0.0], false));
        assert!(is_possible(&[1.95, 0.0], false));
        assert!(!is_possible(&[1.3, 0.0, 1.4], true));
        assert!(!is_possible(&[120.0, 0.0, 240.0], false));
        // a team that is all but certain to win
        assert!(is_possible(&[0.0, 120.0, 240.0], false));
        // a draw that is all but certain
        assert!(is_possible(&[120.0, 0.0, 240.0], true));
    }
}
