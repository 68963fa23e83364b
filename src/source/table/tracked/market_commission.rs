//! Commission on what all bets on one market of one event win together at one book, as exchanges charge it.

use std::collections::BTreeMap;

use super::bet::TrackedBet;

/// What the bets of a market made together.
#[derive(Default)]
struct Together {
    /// Less what was lost, before commission.
    net: f64,
    /// Of the bets that commission was taken from, before it.
    won: f64,
    bets: u32,
}

/// Gives back what was taken from each winning bet beyond the commission on what its market won. It is split among the winning bets by
/// what they won.
///
/// # Formula
/// ```text
/// kept = r·w·max(0, Σ gross) / Σ w      w what a bet won, r its rate
/// ```
pub(super) fn share(bets: &mut [TrackedBet]) {
    let mut markets: BTreeMap<u64, Together> = BTreeMap::new();
    for bet in &*bets {
        let Some(account) = bet.account else { continue };
        let market = markets.entry(account).or_default();
        market.net += bet.profit + bet.kept;
        market.bets += 1;
        if bet.kept > 0.0 {
            market.won += bet.profit + bet.kept;
        }
    }
    for bet in bets.iter_mut().filter(|bet| bet.kept > 0.0) {
        let market = bet.account.and_then(|account| markets.get(&account));
        let Some(market) = market.filter(|market| market.bets > 1) else {
            continue;
        };
        let kept = bet.kept * market.net.max(0.0) / market.won;
        bet.profit += bet.kept - kept;
        bet.kept = kept;
    }
}
