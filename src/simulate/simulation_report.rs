//! The report of many runs: for each strategy, and between strategies.

use serde::{Deserialize, Serialize};

use super::blocks::Blocks;
use super::distribution::Distribution;
use super::fan::Fan;
use super::moments::Mean;
use super::play::RunResult;
use crate::config::{ResolvedStrategy, SimulationConfig};
use crate::domain::Money;

/// Every strategy's figures over the same runs, and how they differ from the first.
///
/// ```
/// use std::sync::atomic::AtomicBool;
/// use simbet::{Settings, SimulationConfig, SimulationSettings, simulate};
/// let settings = Settings::from_toml("model = 'truth'").unwrap();
/// let simulation = SimulationSettings { runs: Some(2), seed: 1, ruin: 0.5, ..SimulationSettings::default() };
/// let config = SimulationConfig::resolve(&settings, &simulation, None).unwrap();
/// let report = simulate(&config, &AtomicBool::new(false), &mut |_| Ok(()), &|_| {}).unwrap();
/// assert_eq!((report.runs(), report.strategies.len()), (2, 1));
/// assert_eq!(report.strategies[0].name, "ev");
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SimulationReport {
    /// One for each strategy.
    pub strategies: Vec<StrategyStats>,
    /// One for each strategy but the first.
    pub differences: Vec<Difference>,
}

/// Statistics of one strategy over all runs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StrategyStats {
    /// Its name.
    pub name: String,
    initial: Money,
    ruin: f64,
    runs: u64,
    profitable: u64,
    ruined: u64,
    spent: u64,
    bets: u64,
    /// Bankroll at the end, in units of money.
    pub final_bankroll: Distribution,
    /// Profit / initial bankroll.
    pub growth: Distribution,
    /// Profit / turnover, in runs with a bet.
    pub yield_on_turnover: Distribution,
    /// Expected profit at the true probabilities / initial bankroll.
    pub expected_growth: Distribution,
    /// growth less expected growth.
    unexpected_growth: Blocks,
    /// Largest fall from a peak, as a share of it.
    pub max_drawdown: Distribution,
    /// Longest time below a peak, in days.
    pub days_under_water: Distribution,
    /// ln(final / initial bankroll), in runs that ended above 0.
    pub log_growth: Distribution,
    /// The bankroll by matches played.
    pub fan: Fan,
}

/// How a strategy did against the first on the same runs: this one's figure less the first one's.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Difference {
    final_bankroll: Blocks,
    yield_on_turnover: Blocks,
    log_growth: Blocks,
}

impl SimulationReport {
    /// No run yet.
    pub fn new(config: &SimulationConfig) -> Self {
        Self::from(config, config.first_run)
    }

    /// No run yet; the first that is added has this number.
    pub fn from(config: &SimulationConfig, run: u64) -> Self {
        let place = run - config.first_run;
        let strategies = config.strategies.iter();
        Self {
            strategies: strategies
                .map(|strategy| StrategyStats::new(strategy, config, place))
                .collect(),
            differences: config.strategies[1..]
                .iter()
                .map(|_| Difference::from(place))
                .collect(),
        }
    }

    /// Adds a run: a result for each strategy, in order.
    pub fn add(&mut self, results: &[RunResult]) {
        self.strategies
            .iter_mut()
            .zip(results)
            .for_each(|(stats, result)| stats.add(result));
        let Some((first, others)) = results.split_first() else {
            return;
        };
        self.differences
            .iter_mut()
            .zip(others)
            .for_each(|(difference, other)| difference.add(first, other));
    }

    /// Adds the runs that follow those that are here; `false` when these do not, or are of other strategies.
    #[must_use]
    pub fn join(&mut self, later: &Self) -> bool {
        let is_alike = self.strategies.len() == later.strategies.len()
            && self.differences.len() == later.differences.len();
        let mut strategies = self.strategies.iter_mut().zip(&later.strategies);
        let mut differences = self.differences.iter_mut().zip(&later.differences);
        is_alike
            && strategies.all(|(stats, later)| stats.join(later))
            && differences.all(|(difference, later)| difference.join(later))
    }

    /// The number of runs.
    pub fn runs(&self) -> u64 {
        self.strategies.first().map_or(0, |stats| stats.runs)
    }
}

impl StrategyStats {
    /// No run of this strategy yet; the first that is added has this place.
    fn new(strategy: &ResolvedStrategy, config: &SimulationConfig, place: u64) -> Self {
        let initial = strategy.engine.bankroll;
        let spread = |unit, offset| Distribution::new(unit, offset).from(place);
        Self {
            name: strategy.name.clone(),
            initial,
            ruin: config.ruin,
            runs: 0,
            profitable: 0,
            ruined: 0,
            spent: 0,
            bets: 0,
            final_bankroll: spread(0.01, 0.0),
            growth: spread(1e-6, 1.0),
            yield_on_turnover: spread(1e-6, 1.0),
            expected_growth: spread(1e-6, 10.0),
            unexpected_growth: Blocks::from(place),
            max_drawdown: spread(1e-6, 0.0),
            days_under_water: spread(0.01, 0.0),
            // a bankroll that is not lost has at least one minor unit
            log_growth: spread(1e-6, (initial.minor().max(1) as f64).ln()),
            fan: Fan::new(config.synthetic.matches, place),
        }
    }

    fn add(&mut self, result: &RunResult) {
        let summary = &result.summary;
        let initial = self.initial.units();
        self.runs += 1;
        self.bets += summary.bets;
        self.profitable += u64::from(summary.final_bankroll > self.initial);
        self.spent += u64::from(summary.spent_on.is_some());
        self.ruined += u64::from(summary.min_bankroll.units() <= self.ruin * initial);
        self.final_bankroll
            .add(Some(summary.final_bankroll.units()));
        self.max_drawdown.add(Some(summary.max_drawdown));
        self.days_under_water
            .add(Some(summary.longest_drawdown_days));
        self.growth.add(summary.growth);
        self.yield_on_turnover.add(summary.yield_on_turnover);
        let expected = summary.expected_profit.filter(|_| initial > 0.0);
        let expected = expected.map(|profit| profit.units() / initial);
        self.expected_growth.add(expected);
        let unexpected = summary.growth.zip(expected);
        self.unexpected_growth
            .add(unexpected.map(|(growth, expected)| growth - expected));
        self.log_growth.add(log_growth(result));
        self.fan.add(&result.path);
    }

    /// Adds the runs that follow those that are here; `false` when these do not, or are of another strategy.
    fn join(&mut self, later: &Self) -> bool {
        if (&self.name, self.initial) != (&later.name, later.initial) {
            return false;
        }
        self.runs += later.runs;
        self.bets += later.bets;
        self.profitable += later.profitable;
        self.spent += later.spent;
        self.ruined += later.ruined;
        self.final_bankroll.join(&later.final_bankroll)
            && self.max_drawdown.join(&later.max_drawdown)
            && self.days_under_water.join(&later.days_under_water)
            && self.growth.join(&later.growth)
            && self.yield_on_turnover.join(&later.yield_on_turnover)
            && self.expected_growth.join(&later.expected_growth)
            && self.unexpected_growth.join(&later.unexpected_growth)
            && self.log_growth.join(&later.log_growth)
            && self.fan.join(&later.fan)
    }

    /// The number of runs.
    pub const fn runs(&self) -> u64 {
        self.runs
    }

    /// Bankroll at first.
    pub const fn initial(&self) -> Money {
        self.initial
    }

    /// growth less expected growth at the true probabilities: the part of luck, whose mean tends to 0 over many runs.
    pub fn unexpected_growth(&self) -> Mean {
        self.unexpected_growth.moments().mean()
    }

    /// Mean number of bets in a run.
    pub fn mean_bets(&self) -> Option<f64> {
        (self.runs > 0).then(|| self.bets as f64 / self.runs as f64)
    }

    /// The share of runs that ended with more than they began with.
    pub fn profitable(&self) -> Share {
        Share::new(self.profitable, self.runs)
    }

    /// The share of runs in which the balance fell to the limit of ruin at the end of a round.
    pub fn ruined(&self) -> Share {
        Share::new(self.ruined, self.runs)
    }

    /// The share of runs in which the bankroll was spent before the end: see [`Summary::spent_on`](crate::Summary).
    pub fn spent(&self) -> Share {
        Share::new(self.spent, self.runs)
    }

    /// The number of runs that a standard error of the mean growth of `precision` takes.
    ///
    /// # Formula
    /// ```text
    /// n · (standard error / precision)²
    /// ```
    pub fn runs_for(&self, precision: f64) -> Option<u64> {
        let error = self.growth.mean().standard_error?;
        Some((self.runs as f64 * (error / precision).powi(2)).ceil() as u64)
    }
}

impl Difference {
    /// No run yet; the first that is added has this place.
    fn from(place: u64) -> Self {
        Self {
            final_bankroll: Blocks::from(place),
            yield_on_turnover: Blocks::from(place),
            log_growth: Blocks::from(place),
        }
    }

    fn add(&mut self, first: &RunResult, other: &RunResult) {
        let less = |figure: fn(&RunResult) -> Option<f64>| {
            figure(other)
                .zip(figure(first))
                .map(|(other, first)| other - first)
        };
        self.final_bankroll
            .add(less(|result| Some(result.summary.final_bankroll.units())));
        self.yield_on_turnover
            .add(less(|result| result.summary.yield_on_turnover));
        self.log_growth.add(less(log_growth));
    }

    /// Adds the runs that follow those that are here; `false` when these do not.
    fn join(&mut self, later: &Self) -> bool {
        self.final_bankroll.join(&later.final_bankroll)
            && self.yield_on_turnover.join(&later.yield_on_turnover)
            && self.log_growth.join(&later.log_growth)
    }

    /// Of the bankroll at the end, in units of money.
    pub fn final_bankroll(&self) -> Mean {
        self.final_bankroll.moments().mean()
    }

    /// Of the yield, in runs in which both have one.
    pub fn yield_on_turnover(&self) -> Mean {
        self.yield_on_turnover.moments().mean()
    }

    /// Of ln(final / initial bankroll), in runs in which both ended above 0.
    pub fn log_growth(&self) -> Mean {
        self.log_growth.moments().mean()
    }
}

/// A share of runs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Share {
    /// The share; `None` without a run.
    pub share: Option<f64>,
    /// Its standard error, √(p·(1 − p)/n).
    pub standard_error: Option<f64>,
}

impl Share {
    fn new(part: u64, whole: u64) -> Self {
        let share = (whole > 0).then(|| part as f64 / whole as f64);
        Self {
            share,
            standard_error: share.map(|p| (p * (1.0 - p) / whole as f64).sqrt()),
        }
    }
}

fn log_growth(result: &RunResult) -> Option<f64> {
    let (initial, last) = (
        result.summary.initial_bankroll.units(),
        result.summary.final_bankroll.units(),
    );
    (initial > 0.0 && last > 0.0).then(|| (last / initial).ln())
}
