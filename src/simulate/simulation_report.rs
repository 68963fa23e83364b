//! The report of many runs: for each strategy, and between strategies.

use serde::Serialize;

use super::distribution::Distribution;
use super::fan::Fan;
use super::moments::{Mean, Moments};
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
#[derive(Debug, Clone)]
pub struct SimulationReport {
    /// One for each strategy.
    pub strategies: Vec<StrategyStats>,
    /// One for each strategy but the first.
    pub differences: Vec<Difference>,
}

/// Statistics of one strategy over all runs.
#[derive(Debug, Clone)]
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
    unexpected_growth: Moments,
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
#[derive(Debug, Clone, Copy, Default)]
pub struct Difference {
    final_bankroll: Moments,
    yield_on_turnover: Moments,
    log_growth: Moments,
}

impl SimulationReport {
    /// No run yet.
    pub fn new(config: &SimulationConfig) -> Self {
        let strategies = config.strategies.iter();
        Self {
            strategies: strategies
                .map(|strategy| StrategyStats::new(strategy, config))
                .collect(),
            differences: vec![Difference::default(); config.strategies.len().saturating_sub(1)],
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

    /// The number of runs.
    pub fn runs(&self) -> u64 {
        self.strategies.first().map_or(0, |stats| stats.runs)
    }
}

impl StrategyStats {
    /// No run of this strategy yet.
    fn new(strategy: &ResolvedStrategy, config: &SimulationConfig) -> Self {
        let initial = strategy.engine.bankroll;
        Self {
            name: strategy.name.clone(),
            initial,
            ruin: config.ruin,
            runs: 0,
            profitable: 0,
            ruined: 0,
            spent: 0,
            bets: 0,
            final_bankroll: Distribution::new(0.01, 0.0),
            growth: Distribution::new(1e-6, 1.0),
            yield_on_turnover: Distribution::new(1e-6, 1.0),
            expected_growth: Distribution::new(1e-6, 10.0),
            unexpected_growth: Moments::default(),
            max_drawdown: Distribution::new(1e-6, 0.0),
            days_under_water: Distribution::new(0.01, 0.0),
            // a bankroll that is not lost has at least one minor unit
            log_growth: Distribution::new(1e-6, (initial.minor().max(1) as f64).ln()),
            fan: Fan::new(config.synthetic.matches),
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
        self.final_bankroll.add(summary.final_bankroll.units());
        self.max_drawdown.add(summary.max_drawdown);
        self.days_under_water.add(summary.longest_drawdown_days);
        add_defined(&mut self.growth, summary.growth);
        add_defined(&mut self.yield_on_turnover, summary.yield_on_turnover);
        let expected = summary.expected_profit.filter(|_| initial > 0.0);
        let expected = expected.map(|profit| profit.units() / initial);
        add_defined(&mut self.expected_growth, expected);
        if let Some((growth, expected)) = summary.growth.zip(expected) {
            self.unexpected_growth.add(growth - expected);
        }
        add_defined(&mut self.log_growth, log_growth(result));
        self.fan.add(&result.path);
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
        self.unexpected_growth.mean()
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
    fn add(&mut self, first: &RunResult, other: &RunResult) {
        let [first_bankroll, other_bankroll] =
            [first, other].map(|result| result.summary.final_bankroll.units());
        self.final_bankroll.add(other_bankroll - first_bankroll);
        let yields = other
            .summary
            .yield_on_turnover
            .zip(first.summary.yield_on_turnover);
        let growths = log_growth(other).zip(log_growth(first));
        for (moments, pair) in [
            (&mut self.yield_on_turnover, yields),
            (&mut self.log_growth, growths),
        ] {
            if let Some((other, first)) = pair {
                moments.add(other - first);
            }
        }
    }

    /// Of the bankroll at the end, in units of money.
    pub fn final_bankroll(&self) -> Mean {
        self.final_bankroll.mean()
    }

    /// Of the yield, in runs in which both have one.
    pub fn yield_on_turnover(&self) -> Mean {
        self.yield_on_turnover.mean()
    }

    /// Of ln(final / initial bankroll), in runs in which both ended above 0.
    pub fn log_growth(&self) -> Mean {
        self.log_growth.mean()
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

fn add_defined(distribution: &mut Distribution, value: Option<f64>) {
    if let Some(value) = value {
        distribution.add(value);
    }
}

fn log_growth(result: &RunResult) -> Option<f64> {
    let (initial, last) = (
        result.summary.initial_bankroll.units(),
        result.summary.final_bankroll.units(),
    );
    (initial > 0.0 && last > 0.0).then(|| (last / initial).ln())
}
