//! What a stake may not exceed, and what happens when it does.

use super::{Decision, StakeUnit, StrategyConfig};
use crate::domain::{Bankroll, Money, Refusal};

/// The caps of a strategy; shares are of the free bankroll, the exposure's of the balance.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Caps {
    max_stake: Option<f64>,
    max_round: Option<f64>,
    max_exposure: Option<f64>,
    min_stake: Money,
    step: Money,
    stop_drawdown: Option<f64>,
    /// Stakes are amounts that do not shrink for want of money: as many as can be paid are placed, in the order of
    /// the slate.
    whole: bool,
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
            whole: config.kind.stake() == StakeUnit::Amount,
        }
    }

    /// Adds a decision for each stake asked for.
    pub(super) fn decide(
        &self,
        asked: &[Money],
        bankroll: &Bankroll,
        peak: Money,
        decisions: &mut Vec<Decision>,
    ) {
        if self.is_stopped(bankroll.balance(), peak) {
            decisions.extend(
                asked
                    .iter()
                    .map(|&stake| unless_zero(stake, |stake| refuse(Refusal::DrawdownStop, stake))),
            );
            return;
        }
        let most = self
            .max_stake
            .map_or(Money::LIMIT, |share| bankroll.free().share(share));
        let total: Money = asked.iter().map(|&stake| stake.min(most)).sum();
        let (limit, reason) = self.limit(bankroll);
        if self.whole && total > limit && reason == Refusal::NoFreeBankroll {
            self.decide_whole(asked, most, limit, decisions);
            return;
        }
        let scaled = |stake: Money| {
            if total > limit {
                stake.scaled_down(limit, total)
            } else {
                stake
            }
        };
        decisions.extend(asked.iter().map(|&stake| {
            let capped = stake.min(most);
            unless_zero(stake, |stake| {
                match (self.rounded(scaled(capped)), self.rounded(capped)) {
                    (Some(stake), _) => Decision::Place(stake),
                    (None, Some(_)) => refuse(reason, stake),
                    (None, None) => refuse(Refusal::BelowMinimum, stake),
                }
            })
        }));
    }

    fn decide_whole(
        &self,
        asked: &[Money],
        most: Money,
        mut left: Money,
        decisions: &mut Vec<Decision>,
    ) {
        decisions.extend(
            asked
                .iter()
                .map(|&stake| match self.rounded(stake.min(most)) {
                    Some(stake) if stake <= left => {
                        left -= stake;
                        Decision::Place(stake)
                    }
                    Some(stake) => refuse(Refusal::NoFreeBankroll, stake),
                    None => unless_zero(stake, |stake| refuse(Refusal::BelowMinimum, stake)),
                }),
        );
    }

    fn is_stopped(&self, balance: Money, peak: Money) -> bool {
        self.stop_drawdown
            .is_some_and(|stop| balance <= peak - peak.share(stop))
    }

    /// What the whole slate may stake, and which limit says so.
    fn limit(&self, bankroll: &Bankroll) -> (Money, Refusal) {
        let free = bankroll.free();
        let round = self.max_round.map_or(free, |share| free.share(share));
        let exposure = self.max_exposure.map_or(free, |share| {
            bankroll.balance().share(share) - bankroll.reserved()
        });
        let limits = [
            (free, Refusal::NoFreeBankroll),
            (exposure.max(Money::ZERO), Refusal::Exposure),
            (round, Refusal::RoundCap),
        ];
        limits
            .into_iter()
            .min_by_key(|limit| limit.0)
            .unwrap_or((free, Refusal::NoFreeBankroll))
    }

    /// The stake rounded down to the step; `None` when that is nothing, or below the minimum.
    fn rounded(&self, stake: Money) -> Option<Money> {
        let stake = stake.floor_to(self.step);
        (stake > Money::ZERO && stake >= self.min_stake).then_some(stake)
    }
}

fn unless_zero(stake: Money, decide: impl FnOnce(Money) -> Decision) -> Decision {
    if stake == Money::ZERO {
        Decision::Pass
    } else {
        decide(stake)
    }
}

const fn refuse(reason: Refusal, stake: Money) -> Decision {
    Decision::Refuse(reason, stake)
}
