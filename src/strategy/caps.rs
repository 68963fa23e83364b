//! Limits on stakes, and the decision on a stake that exceeds one.

use super::{Decision, StakeUnit, StrategyConfig};
use crate::domain::{Bankroll, Money, Refusal};

/// The caps of a strategy. `max_exposure` is a share of the balance, the others are shares of the free bankroll.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Caps {
    max_stake: Option<f64>,
    max_round: Option<f64>,
    max_exposure: Option<f64>,
    min_stake: Money,
    step: Money,
    stop_drawdown: Option<f64>,
    /// Whether stakes are fixed amounts, which do not shrink when money is short: as many as can be paid are placed, in
    /// the order of the slate.
    fixed: bool,
}

impl Caps {
    pub(super) fn new(config: &StrategyConfig) -> Self {
        Self {
            max_stake: config.max_stake,
            max_round: config.max_round,
            max_exposure: config.max_exposure,
            min_stake: config.min_stake,
            step: config.round_stake,
            stop_drawdown: config.stop_drawdown,
            fixed: config.kind.stake() == StakeUnit::Amount,
        }
    }

    /// Adds a decision for each stake of the rule.
    pub(super) fn decide(
        &self,
        stakes: &[Money],
        bankroll: &Bankroll,
        peak: Money,
        decisions: &mut Vec<Decision>,
    ) {
        if self.is_stopped(bankroll.balance(), peak) {
            decisions.extend(
                stakes
                    .iter()
                    .map(|&stake| refuse(Refusal::DrawdownStop, stake)),
            );
            return;
        }
        let max_stake = self.max_stake(bankroll);
        let total: Money = stakes.iter().map(|&stake| stake.min(max_stake)).sum();
        let (limit, reason) = self.limit(bankroll);
        if self.fixed && total > limit && reason == Refusal::NoFreeBankroll {
            self.place_while_paid(stakes, max_stake, limit, decisions);
            return;
        }
        decisions.extend(stakes.iter().map(|&stake| {
            let capped = stake.min(max_stake);
            let scaled = if total > limit {
                capped.scaled_down(limit, total)
            } else {
                capped
            };
            match (self.rounded(scaled), self.rounded(capped)) {
                (Some(placed), _) => Decision::Place(placed),
                (None, Some(_)) => refuse(reason, stake),
                (None, None) => refuse(Refusal::BelowMinimum, stake),
            }
        }));
    }

    /// Whether each stake of the rule would be placed if it were alone, the stop aside.
    pub(super) fn places_alone(&self, stakes: &[Money], bankroll: &Bankroll) -> Vec<bool> {
        // a peak of 0 lets no stop bind
        if self.is_stopped(bankroll.balance(), Money::ZERO) {
            return vec![false; stakes.len()];
        }
        let max_stake = self.max_stake(bankroll);
        let (limit, reason) = self.limit(bankroll);
        let is_paid_in_full = self.fixed && reason == Refusal::NoFreeBankroll;
        let placed = stakes.iter().map(|&stake| {
            let capped = stake.min(max_stake);
            if capped <= limit {
                self.rounded(capped).is_some()
            } else if is_paid_in_full {
                self.rounded(capped).is_some_and(|placed| placed <= limit)
            } else {
                self.rounded(capped.scaled_down(limit, capped)).is_some()
            }
        });
        placed.collect()
    }

    /// Places fixed stakes in the order of the slate while `left` pays them.
    fn place_while_paid(
        &self,
        stakes: &[Money],
        max_stake: Money,
        mut left: Money,
        decisions: &mut Vec<Decision>,
    ) {
        for &stake in stakes {
            decisions.push(match self.rounded(stake.min(max_stake)) {
                Some(placed) if placed <= left => {
                    left -= placed;
                    Decision::Place(placed)
                }
                Some(placed) => refuse(Refusal::NoFreeBankroll, placed),
                None => refuse(Refusal::BelowMinimum, stake),
            });
        }
    }

    /// The most that one bet may stake.
    fn max_stake(&self, bankroll: &Bankroll) -> Money {
        self.max_stake
            .map_or(Money::LIMIT, |share| bankroll.free().share(share))
    }

    fn is_stopped(&self, balance: Money, peak: Money) -> bool {
        self.stop_drawdown
            .is_some_and(|stop| balance <= peak - peak.share(stop))
    }

    /// The most that the whole slate may stake, and the reason of the limit that binds.
    fn limit(&self, bankroll: &Bankroll) -> (Money, Refusal) {
        let free = bankroll.available();
        let round = self.max_round.map_or(free, |share| free.share(share));
        let exposure = self.max_exposure.map_or(free, |share| {
            bankroll.balance().share(share) - bankroll.reserved()
        });
        let limits = [
            (free, Refusal::NoFreeBankroll),
            (exposure.max(Money::ZERO), Refusal::Exposure),
            (round, Refusal::RoundCap),
        ];
        // of equal limits the first gives the reason
        limits
            .into_iter()
            .min_by_key(|limit| limit.0)
            .unwrap_or((free, Refusal::NoFreeBankroll))
    }

    /// The stake rounded down to the step; `None` when that is 0 or below the minimum.
    fn rounded(&self, stake: Money) -> Option<Money> {
        let stake = stake.floor_to(self.step);
        (stake > Money::ZERO && stake >= self.min_stake).then_some(stake)
    }
}

/// Refuses a stake of the rule; a stake of 0 is none to refuse.
fn refuse(reason: Refusal, stake: Money) -> Decision {
    if stake == Money::ZERO {
        Decision::Pass
    } else {
        Decision::Refuse(reason, stake)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn share() -> impl proptest::strategy::Strategy<Value = Option<f64>> {
        prop::option::of(0.0..1.0_f64)
    }

    fn money(most: i64) -> impl proptest::strategy::Strategy<Value = Money> {
        (0..most).prop_map(Money::from_minor)
    }

    fn caps() -> impl proptest::strategy::Strategy<Value = Caps> {
        let money = (money(500), (1..300_i64).prop_map(Money::from_minor));
        let parts = (share(), share(), share(), money, share(), any::<bool>());
        parts.prop_map(
            |(max_stake, max_round, max_exposure, money, stop, fixed)| Caps {
                max_stake,
                max_round,
                max_exposure,
                min_stake: money.0,
                step: money.1,
                stop_drawdown: stop,
                fixed,
            },
        )
    }

    proptest! {
        /// What is said of many at once is what is decided on each alone.
        #[test]
        fn a_stake_alone_is_placed_as_a_slate_of_one(
            caps in caps(),
            balance in 1..2_000_i64,
            stakes in prop::collection::vec(money(3_000), 1..8),
        ) {
            let bankroll = Bankroll::new(Money::from_minor(balance)).unwrap();
            let alone = stakes.iter().map(|&stake| {
                let mut decisions = Vec::new();
                caps.decide(&[stake], &bankroll, Money::ZERO, &mut decisions);
                matches!(decisions[..], [Decision::Place(_)])
            });
            let alone: Vec<bool> = alone.collect();
            prop_assert_eq!(caps.places_alone(&stakes, &bankroll), alone);
        }
    }
}
