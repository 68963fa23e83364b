//! A strategy as a list of them names it.

use std::str::FromStr;

use clap::ValueEnum as _;

use super::{Settings, Stake, forms};
use crate::strategy::{StakeUnit, StrategyKind};

/// A staking rule, and what it stakes: `kelly:0.5`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StrategySpec {
    kind: StrategyKind,
    amount: Option<f64>,
}

impl FromStr for StrategySpec {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let (name, amount) = text
            .split_once(':')
            .map_or((text, None), |(name, amount)| (name, Some(amount)));
        let kind = StrategyKind::from_str(name.trim(), true).map_err(|_| {
            let is_group = text.len() == 3 && text.bytes().all(|c| c.is_ascii_digit());
            let hint = if is_group {
                ": write amounts without commas, such as flat:1000"
            } else {
                ""
            };
            format!(
                "a strategy must be one of {}, optionally with a number (kelly:0.5), not {text:?}{hint}",
                staking_rules()
            )
        })?;
        let amount = amount.map(|amount| match kind.stake() {
            StakeUnit::Amount => forms::amount(amount),
            StakeUnit::Share | StakeUnit::KellyFraction => forms::share(amount),
        });
        Ok(Self {
            kind,
            amount: amount.transpose()?,
        })
    }
}

/// The staking rules, as a sentence lists them.
fn staking_rules() -> String {
    let kinds = StrategyKind::value_variants().iter();
    let names: Vec<String> = kinds.map(|kind| super::value_name(*kind)).collect();
    match names.split_last() {
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

impl StrategySpec {
    /// The settings with this staking rule in them.
    ///
    /// Credit is left to the level stakes of a list that has some.
    pub(super) fn settings(
        &self,
        settings: &Settings,
        edge_of_environment: bool,
        has_level_stakes: bool,
    ) -> Settings {
        let mut settings = Settings {
            strategy: Some(self.kind),
            ..settings.clone()
        };
        if has_level_stakes && !self.has_level_stake() {
            settings.credit = None;
        }
        if edge_of_environment && !self.kind.needs_edge() {
            settings.min_edge = None;
        }
        if self.amount.is_some() {
            match self.kind.stake() {
                StakeUnit::KellyFraction => settings.kelly_fraction = self.amount,
                StakeUnit::Share | StakeUnit::Amount => {
                    settings.stake = self.amount.map(Stake::Number);
                }
            }
        }
        settings
    }

    /// What `--stake` beside the list would be for it; `None` where it has an amount of its own, or stakes as Kelly does.
    pub(super) fn open_stake(&self) -> Option<StakeUnit> {
        let unit = self.kind.stake();
        (self.amount.is_none() && unit != StakeUnit::KellyFraction).then_some(unit)
    }

    /// Whether it stakes as Kelly does, and the fraction is its own.
    pub(super) fn own_kelly_fraction(&self) -> Option<bool> {
        let is_kelly = self.kind.stake() == StakeUnit::KellyFraction;
        is_kelly.then_some(self.amount.is_some())
    }

    pub(super) fn has_level_stake(&self) -> bool {
        self.kind.stake() == StakeUnit::Amount
    }

    /// The setting that it stands for.
    pub(super) fn table(&self) -> toml::Table {
        let amount = match self.kind.stake() {
            StakeUnit::KellyFraction => "kelly_fraction",
            StakeUnit::Share | StakeUnit::Amount => "stake",
        };
        let kind = ("strategy".to_owned(), super::value_name(self.kind).into());
        [kind]
            .into_iter()
            .chain(self.amount.map(|value| (amount.to_owned(), value.into())))
            .collect()
    }

    pub(super) fn name(&self) -> String {
        let kind = super::value_name(self.kind);
        self.amount
            .map_or_else(|| kind.clone(), |amount| format!("{kind}:{amount}"))
    }
}
