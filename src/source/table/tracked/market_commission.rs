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
/// what they won. The rate of such bets, by which their odds are tested, becomes that which they paid on average: what one market paid
/// depends on its result.
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
    markets.retain(|_, market| market.bets > 1);
    let (mut before, mut after) = (0.0, 0.0);
    for bet in bets.iter_mut().filter(|bet| bet.kept > 0.0) {
        let Some(market) = bet.account.and_then(|account| markets.get(&account)) else {
            continue;
        };
        // where the table says what one of them was paid, the others pay no more than their rate
        let kept = bet.kept * (market.net.max(0.0) / market.won).min(1.0);
        (before, after) = (before + bet.kept, after + kept);
        bet.profit += bet.kept - kept;
        bet.kept = kept;
    }
    if before > 0.0 {
        let is_shared = |bet: &&mut TrackedBet| {
            bet.account
                .is_some_and(|account| markets.contains_key(&account))
        };
        bets.iter_mut()
            .filter(is_shared)
            .for_each(|bet| bet.commission *= after / before);
    }
}
