//! Settings without what no bet of theirs would use.

use super::{ConfigError, Settings, SimulationSettings, StrategySpec};
use crate::strategy::StakeUnit;

impl Settings {
    /// These settings without credit where stakes are no amounts: only those go on credit.
    pub(crate) fn without_idle_credit(mut self) -> Self {
        if self.strategy.unwrap_or_default().stake() != StakeUnit::Amount {
            self.credit = None;
        }
        self
    }

    /// The settings without rates of commission that no bet would pay, and what those rates are for.
    pub(crate) fn without_unpaid_rates(mut self) -> Result<(Self, Option<String>), ConfigError> {
        let Some(commission) = &self.commission else {
            return Ok((self, None));
        };
        let strategy = super::staking::strategy(&self)?;
        let (books, markets) = (strategy.books.books(), &strategy.markets);
        let unpaid = commission.unused(books, markets);
        self.commission = Some(commission.used(books, markets));
        Ok((self, unpaid))
    }
}

impl SimulationSettings {
    /// The settings without credit where none of the strategies stakes amounts.
    pub(crate) fn without_idle_credit(&self, settings: &Settings) -> Settings {
        let mut settings = settings.clone();
        if self.strategies.is_empty() {
            return settings.without_idle_credit();
        }
        if !self.strategies.iter().any(StrategySpec::has_level_stake) {
            settings.credit = None;
        }
        settings
    }
}
