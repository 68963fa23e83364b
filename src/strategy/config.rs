//! The settings of a strategy.

use serde::{Deserialize, Serialize};

use super::books::BookChoice;
use crate::domain::{Book, Commission, MarketKind, Money, Side};

/// Which staking rule.
///
/// ```
/// use simbet::{Settings, StrategyKind};
/// let settings = Settings::from_toml("strategy = 'kelly'").unwrap();
/// assert_eq!(settings.strategy, Some(StrategyKind::Kelly));
/// assert!(StrategyKind::Kelly.needs_edge());
/// assert!(!StrategyKind::Flat.needs_edge());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StrategyKind {
    /// A fixed share of the bankroll on every bet with enough expected value.
    #[default]
    Ev,
    /// The share of the bankroll that lets it grow fastest, by the model's probabilities.
    Kelly,
    /// A fixed amount on everything that passes the filters.
    Flat,
    /// A fixed share of the bankroll on everything that passes the filters.
    Proportional,
}

impl StrategyKind {
    /// The code on the command line and in tables.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ev => "ev",
            Self::Kelly => "kelly",
            Self::Flat => "flat",
            Self::Proportional => "proportional",
        }
    }

    /// Whether the rule backs only what has an edge.
    pub const fn needs_edge(self) -> bool {
        match self {
            Self::Ev | Self::Kelly => true,
            Self::Flat | Self::Proportional => false,
        }
    }

    /// What the number behind the rule is, as in `kelly:0.5`.
    pub const fn stake(self) -> StakeUnit {
        match self {
            Self::Ev | Self::Proportional => StakeUnit::Share,
            Self::Flat => StakeUnit::Amount,
            Self::Kelly => StakeUnit::KellyFraction,
        }
    }
}

/// What a stake is told as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StakeUnit {
    /// A share of the bankroll.
    Share,
    /// An amount of money, which does not shrink with the bankroll.
    Amount,
    /// A part of the stake that lets the bankroll grow fastest: the setting `kelly_fraction`; no stake is set.
    KellyFraction,
}

/// The settings of a strategy.
///
/// Shares and rates are fractions. `None` switches a filter or cap off, except those that [`Self::resolved`] fills in for
/// the kind of strategy. A share of the bankroll is a share of the *free* bankroll at the start of the round, so that
/// money tied up in open bets is not staked twice. Only `max_exposure` is a share of the balance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StrategyConfig {
    /// The staking rule.
    pub kind: StrategyKind,
    /// The stake: a share of the bankroll for `ev` and `proportional`, an amount for `flat`; unused by `kelly`.
    pub stake: Option<f64>,
    /// Back only above this expected value per unit of stake, commission paid.
    pub min_ev: Option<f64>,
    /// Back only above this edge: expected value / odds, which is p − 1/o for a bet that wins or loses.
    pub min_edge: Option<f64>,
    /// The fraction of the Kelly stake: above 0, at most 2.
    pub kelly_fraction: f64,
    /// The largest stake, as a share of the bankroll.
    pub max_stake: Option<f64>,
    /// The markets to bet on.
    pub markets: Vec<MarketKind>,
    /// The sides to back; all when `None`.
    pub selections: Option<Vec<Side>>,
    /// Back every selection of a market that passes the filters, not only the best.
    pub multiple: bool,
    /// The books whose prices are bet at.
    pub books: BookChoice,
    /// Back only at these odds or more.
    pub min_odds: Option<f64>,
    /// Back only at these odds or less.
    pub max_odds: Option<f64>,
    /// Back only selections that win, in full or by half, with at least this probability.
    pub min_prob: Option<f64>,
    /// The most that a round may stake in total, as a share of the bankroll.
    pub max_round: Option<f64>,
    /// The most that may be tied up in open bets, as a share of the balance.
    pub max_exposure: Option<f64>,
    /// The smallest stake that is placed.
    pub min_stake: Money,
    /// Stakes are rounded down to a multiple of this.
    pub round_stake: Money,
    /// The commission on net winnings, by book and market.
    pub commission: Commission,
    /// No new bets while the balance is this far below its peak, as a share of the peak; only bets that are still
    /// open can lift it again.
    pub stop_drawdown: Option<f64>,
    /// Whether flat stakes are placed although the bankroll does not pay them, so that it can fall below 0.
    pub credit: bool,
}

impl Default for StrategyConfig {
    fn default() -> Self {
        Self {
            kind: StrategyKind::default(),
            stake: None,
            min_ev: None,
            min_edge: None,
            kelly_fraction: 1.0,
            max_stake: None,
            markets: vec![MarketKind::MatchOdds],
            selections: None,
            multiple: false,
            books: BookChoice::Prefer(vec![Book::AVG]),
            min_odds: None,
            max_odds: None,
            min_prob: None,
            max_round: None,
            max_exposure: None,
            min_stake: Money::from_minor(1),
            round_stake: Money::from_minor(1),
            commission: Commission::default(),
            stop_drawdown: None,
            credit: false,
        }
    }
}

impl StrategyConfig {
    /// Whether bets can depend on a model. If not, every price that passes the filters is backed. Defaults have to be filled
    /// in.
    pub fn needs_model(&self) -> bool {
        self.min_ev.is_some() || self.min_edge.is_some() || self.min_prob.is_some()
    }

    /// The settings with the defaults of the kind of strategy in place of `None`.
    ///
    /// `ev` stakes 0.01 above an expected value of 0.05, `kelly` at most 0.05 above an edge of 0.02, `flat` 100,
    /// `proportional` 0.025. Markets are sorted, without repetitions.
    ///
    /// ```
    /// use simbet::{StrategyConfig, StrategyKind};
    /// let kelly = StrategyConfig { kind: StrategyKind::Kelly, ..StrategyConfig::default() }.resolved();
    /// assert_eq!((kelly.min_edge, kelly.max_stake), (Some(0.02), Some(0.05)));
    /// ```
    pub fn resolved(&self) -> Self {
        let mut config = self.clone();
        match config.kind {
            StrategyKind::Ev => {
                config.stake.get_or_insert(0.01);
                config.min_ev.get_or_insert(0.05);
            }
            StrategyKind::Kelly => {
                config.min_edge.get_or_insert(0.02);
                config.max_stake.get_or_insert(0.05);
            }
            StrategyKind::Flat => _ = config.stake.get_or_insert(100.0),
            StrategyKind::Proportional => _ = config.stake.get_or_insert(0.025),
        }
        config.markets.sort_unstable();
        config.markets.dedup();
        config
    }

    pub(super) fn validate(&self) -> Result<(), StrategyError> {
        self.validate_stakes()?;
        self.validate_credit()?;
        self.validate_edges()?;
        self.validate_choice()
    }

    fn validate_stakes(&self) -> Result<(), StrategyError> {
        match self.kind.stake() {
            StakeUnit::Amount => {
                check("stake", "an amount of at least 0.01", self.stake, |units| {
                    Money::from_units(units).is_some_and(|amount| amount > Money::ZERO)
                })
            }
            StakeUnit::Share | StakeUnit::KellyFraction => {
                check_share("stake", SHARE, self.stake, is_share)
            }
        }?;
        check_share("max_stake", SHARE, self.max_stake, is_share)?;
        check_share("max_round", SHARE, self.max_round, is_share)?;
        check_share("max_exposure", SHARE, self.max_exposure, is_share)?;
        check_share("stop_drawdown", SHARE, self.stop_drawdown, is_share)?;
        check_share(
            "kelly_fraction",
            "above 0 and at most 2",
            Some(self.kelly_fraction),
            |value| value > 0.0 && value <= 2.0,
        )?;
        check(
            "min_stake",
            "an amount of 0 or more",
            Some(self.min_stake.units()),
            |units| units >= 0.0,
        )?;
        check(
            "round_stake",
            "an amount of at least 0.01",
            Some(self.round_stake.units()),
            |units| units > 0.0,
        )
    }

    /// Shares of a bankroll that may be below 0 are none.
    fn validate_credit(&self) -> Result<(), StrategyError> {
        if !self.credit {
            return Ok(());
        }
        if self.kind.stake() != StakeUnit::Amount {
            let allowed = "used with level stakes (strategy flat)";
            return Err(StrategyError::new("credit", allowed, self.kind.code()));
        }
        let shares = [
            ("max_stake", self.max_stake),
            ("max_round", self.max_round),
            ("max_exposure", self.max_exposure),
        ];
        let allowed = "left out with credit, under which stakes do not depend on the bankroll";
        shares
            .into_iter()
            .try_for_each(|(setting, share)| check(setting, allowed, share, |_| false))
    }

    fn validate_edges(&self) -> Result<(), StrategyError> {
        let least = if self.kind.needs_edge() { 0.0 } else { -1.0 };
        let allowed = if self.kind.needs_edge() {
            "0 or more"
        } else {
            "-1 or more"
        };
        check("min_ev", allowed, self.min_ev, |value| {
            value >= least && value.is_finite()
        })?;
        check("min_edge", allowed, self.min_edge, |value| {
            value >= least && value.is_finite()
        })?;
        check_share(
            "min_edge",
            "below 1, as every edge is",
            self.min_edge,
            |value| value < 1.0,
        )?;
        check_share("min_prob", "from 0 to 1", self.min_prob, |value| {
            (0.0..=1.0).contains(&value)
        })?;
        check("min_odds", "1 or more", self.min_odds, |odds| {
            odds >= 1.0 && odds.is_finite()
        })?;
        let floor = self.min_odds.unwrap_or(1.0);
        check(
            "max_odds",
            "above 1 and not below min_odds",
            self.max_odds,
            |odds| odds > 1.0 && odds >= floor && odds.is_finite(),
        )
    }

    fn validate_choice(&self) -> Result<(), StrategyError> {
        if self.markets.is_empty() {
            return Err(StrategyError::new(
                "markets",
                "a list of at least one market",
                "empty",
            ));
        }
        if self.books.books().is_empty() {
            return Err(StrategyError::new(
                "books",
                "a list of at least one book",
                "empty",
            ));
        }
        let Some(selections) = &self.selections else {
            return Ok(());
        };
        match selections.iter().find(|side| !self.has_side(side)) {
            Some(side) => Err(StrategyError::new(
                "selections",
                "sides of the chosen markets",
                side,
            )),
            None if selections.is_empty() => Err(StrategyError::new(
                "selections",
                "at least one side",
                "empty",
            )),
            None => Ok(()),
        }
    }

    /// Whether a chosen market has this side.
    fn has_side(&self, side: &Side) -> bool {
        self.markets.iter().any(|kind| kind.sides().contains(side))
    }
}

fn is_share(value: f64) -> bool {
    value > 0.0 && value <= 1.0
}

const SHARE: &str = "a share above 0 and at most 1";

/// A share that is out of its range, with the one that was probably meant.
pub fn shown_share(value: f64) -> String {
    if value > 1.0 && value <= 100.0 {
        format!("{value}: write {value}% or {}", value / 100.0)
    } else {
        value.to_string()
    }
}

/// As [`check`], for shares.
fn check_share(
    setting: &'static str,
    allowed: &'static str,
    value: Option<f64>,
    valid: impl Fn(f64) -> bool,
) -> Result<(), StrategyError> {
    check_shown(setting, allowed, value, valid, shown_share)
}

fn check(
    setting: &'static str,
    allowed: &'static str,
    value: Option<f64>,
    valid: impl Fn(f64) -> bool,
) -> Result<(), StrategyError> {
    check_shown(setting, allowed, value, valid, |value| value.to_string())
}

/// Checks a value that is set; the error shows it as `shown` does.
fn check_shown(
    setting: &'static str,
    allowed: &'static str,
    value: Option<f64>,
    valid: impl Fn(f64) -> bool,
    shown: impl Fn(f64) -> String,
) -> Result<(), StrategyError> {
    match value {
        Some(value) if !valid(value) => Err(StrategyError::new(setting, allowed, shown(value))),
        _ => Ok(()),
    }
}

/// A setting that is out of its range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{setting} must be {allowed}, not {was}")]
pub struct StrategyError {
    /// The setting, as the field of [`StrategyConfig`] is called.
    pub setting: &'static str,
    /// What is allowed.
    pub allowed: &'static str,
    /// What it was.
    pub was: String,
}

impl StrategyError {
    fn new(setting: &'static str, allowed: &'static str, was: impl ToString) -> Self {
        Self {
            setting,
            allowed,
            was: was.to_string(),
        }
    }
}
