//! Skill or luck: tests, intervals and expectations over the bets and forecasts of a run.
//!
//! Most are plain functions over slices. Random numbers come from the caller's generator. An undefined result is `None`,
//! and so is every result whose input has a number that is not finite. Every p-value lies in [0, 1].
//!
//! Tests that treat bets as independent have too small p-values when a run bets several times on one match. The
//! bootstrap over days ([`yield_interval`]), [`diebold_mariano_by_day`] and the design effect of [`profit_test`] allow for that.

mod bet_result;
mod bootstrap;
mod calibration;
mod closing_line;
mod data_snooping;
mod deflated;
mod evidence;
mod expected;
mod fair_distribution;
mod log_linear_pool;
mod losing_run;
mod market_group;
mod mean_test;
mod moments;
mod overfitting;
mod price_pool;
mod profit_distribution;
mod profit_step;
mod profit_sums;
mod profit_tails;
pub(crate) mod quantile;
mod score_test;
mod scoring;
mod sharpe;
mod tails;

pub use bootstrap::{Resampling, SettledBet, YieldInterval, yield_interval};
pub use calibration::{BINS, Reliability, ReliabilityBin, reliability};
pub use closing_line::{ClosingValue, closing_line_value, fair_closing_line_value};
pub use data_snooping::{
    BlockBootstrap, RealityCheck, SuperiorAbility, data_snooping_tests, reality_check, spa,
    stationary_bootstrap,
};
pub use deflated::{deflated_sharpe, expected_best_sharpe};
pub use evidence::{Evidence, LEVEL, SharpeTest, Significance};
pub use expected::{EXACT_BETS, OutcomeTest, poisson_binomial, profit_test, win_test};
pub use fair_distribution::{
    distribution_at_line, even_goals_by_result, even_goals_by_total, fair_distribution,
};
pub use log_linear_pool::{PoolWeights, PooledMatches};
pub use losing_run::{LosingRun, losing_run, losing_run_tail};
pub use mean_test::{MeanTest, bets_until_significant, mean_test};
pub use moments::{kurtosis, skewness};
pub use overfitting::{Overfitting, probability_of_overfitting};
pub use price_pool::{PricePoolFit, PriceWeights, PricedMatches, log_ratios};
pub use profit_distribution::ProfitDistribution;
pub use score_test::{ScoreTest, diebold_mariano, diebold_mariano_by_day, holm};
pub(crate) use scoring::result;
pub use scoring::{brier, ignorance, log_loss, rps};
pub use sharpe::{
    ReturnMoments, min_track_record, probabilistic_sharpe, sharpe_ratio, sortino_ratio,
};

/// The fewest bets, and the fewest match days with bets, from which anything is concluded: of fewer, an interval by resampled
/// days is too narrow, and one day decides.
pub const MIN_BETS: u64 = 30;

/// The fewest matches for a verdict on forecasts. The difference of the log losses of a good model and the market is near 0.01, and
/// its standard error over n matches near 0.2 / √n.
pub const MIN_MATCHES: u64 = 400;

/// What forecasts of so many matches on so many match days lack for a verdict, wherever one is given: the least of it, with what
/// one and several of that are called; `None` where they are enough.
pub(crate) const fn lacking(matches: u64, days: u64) -> Option<(u64, [&'static str; 2])> {
    if matches < MIN_MATCHES {
        Some((MIN_MATCHES, ["match", "matches"]))
    } else if days < MIN_BETS {
        Some((MIN_BETS, ["match day", "match days"]))
    } else {
        None
    }
}

/// The fewest wins, and the fewest losses, that the odds of bets lead to expect where their yield has an interval.
const MIN_EXPECTED: f64 = 10.0 - 1e-9;
/// The fewest that must have come.
const MIN_CAME: usize = 5;

/// Whether the results of bets, each with its odds, if they are known, and its profit, can tell their own spread: of a few wins at
/// long odds, or a few losses at short ones, an interval by resampled days is too narrow, and of none it is a point.
pub fn tell_spread(bets: impl Iterator<Item = (Option<f64>, f64)>) -> bool {
    let (mut expected, mut came) = ([0.0_f64; 2], [0_usize; 2]);
    for (odds, profit) in bets {
        let won = odds.map_or(f64::from(u8::from(profit > 0.0)), |odds| 1.0 / odds);
        expected[0] += won;
        expected[1] += 1.0 - won;
        came[0] += usize::from(profit > 0.0);
        came[1] += usize::from(profit < 0.0);
    }
    expected.iter().all(|count| *count >= MIN_EXPECTED)
        && came.iter().all(|count| *count >= MIN_CAME)
}
