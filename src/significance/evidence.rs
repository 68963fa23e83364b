//! The bets and forecasts of a run, collected as its entries come, and the tests of skill over them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rand::Rng;
use serde::{Deserialize, Serialize};

use super::bet_result::{BetResult, Link};
use super::market_group::{MarketGroup, wins_and_losses};
use super::scoring::result;
use super::{
    ClosingValue, LosingRun, MeanTest, OutcomeTest, ProfitDistribution, Reliability, Resampling,
    ReturnMoments, ScoreTest, SettledBet, YieldInterval, brier, log_loss, rps,
};
use crate::domain::{
    Bet, Entry, Fixture, Forecast, Market, Match, Money, OutcomeDistribution, Score, Settlement,
    Time,
};

/// Differences of scores below this are rounding errors, or come from where the market model's solver stopped.
const ROUNDING: f64 = 1e-9;

/// The settled bets and scored forecasts of a run, as far as [`Significance`] needs them.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    bets: Vec<BetResult>,
    forecasts: Vec<ScoredForecast>,
    /// Match, market and time of placement of the last bet.
    last: Option<(Arc<Fixture>, Market, Time)>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct ScoredForecast {
    day: i64,
    model: [f64; 3],
    market: Option<[f64; 3]>,
    score: Score,
}

/// The level of every interval, and of the tests that ask how long a record must be.
pub const LEVEL: f64 = 0.95;

/// Skill or luck: the tests of a run's bets and forecasts. An undefined test is `None`.
///
/// ```
/// use simbet::{RunConfig, Settings, backtest, read_bytes};
/// let csv = b"date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n\
///     2024-08-16,Man United,Fulham,1,0,1.60,4.20,5.25\n";
/// let settings = Settings::from_toml("strategy = 'flat'\nselections = ['home']").unwrap();
/// let config = RunConfig::resolve(&settings).unwrap();
/// let matches = read_bytes("mine.csv", csv, &config.read).unwrap();
/// let summary = backtest(&config.engine, config.replay, matches, None, &mut |_| {}).unwrap().summary;
/// let significance = summary.significance.unwrap();
/// assert_eq!((significance.bets, significance.days), (1, 1));
/// assert_eq!(significance.mean_return, None); // one bet has no variance
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Significance {
    /// BetResult bets.
    pub bets: u64,
    /// Match days with settled bets.
    pub days: u64,
    /// BetResult bets whose price without margin is known, because the book priced every side. Bets that were placed
    /// together on several sides of one market count as one.
    pub fair_bets: u64,
    /// Match days with forecasts of model and market.
    pub forecast_days: u64,
    /// The yield, its standard error and 95 % interval, by a bootstrap over match days; `None` of fewer than 30 of them.
    #[serde(rename = "yield")]
    pub yield_interval: Option<YieldInterval>,
    /// A test of the mean return of a bet, profit / stake, against zero.
    pub mean_return: Option<MeanTest>,
    /// How many more bets it takes, at this mean and variance, until the mean return is above zero at 95 %.
    pub more_bets: Option<u64>,
    /// The Sharpe ratio of the bets' returns.
    pub sharpe: Option<SharpeTest>,
    /// Bets won in full or by half, against the number expected at prices without margin.
    pub fair_wins: Option<OutcomeTest>,
    /// Profit of the same bets, against the profit expected at those prices.
    pub fair_profit: Option<OutcomeTest>,
    /// A test of the mean closing-line value, at the close without its margin, against zero.
    pub closing_value: Option<MeanTest>,
    /// The longest losing run, void bets left out, against that expected at those prices. `None` also when there are
    /// several bets on one match, which lose together.
    pub losing_run: Option<LosingRun>,
    /// Log loss of the model less that of the market, negative where the model forecast better.
    pub log_loss: Option<ScoreTest>,
    /// Brier score of the model less that of the market.
    pub brier: Option<ScoreTest>,
    /// Ranked probability score of the model less that of the market.
    pub rps: Option<ScoreTest>,
    /// Calibration of the model: each match gives three forecasts.
    pub model_calibration: Option<Reliability>,
    /// Calibration of the market, on the matches that it priced.
    pub market_calibration: Option<Reliability>,
    /// Settled bets whose price without margin is not known; the tests against fair prices leave them out.
    pub fair_unknown: u64,
    /// A test of the mean profit of a match day, in units of money, against zero.
    pub daily_profit: Option<MeanTest>,
    /// The same test as `closing_value`, at the mean odds of the books in place of the best ones: what is left of it without
    /// the choice among books. `None` where no bet was at the best of several prices, or the mean of none is known.
    #[serde(default)]
    pub closing_value_unchosen: Option<MeanTest>,
    /// Match days of the bets with a closing-line value.
    #[serde(default)]
    pub closing_days: u64,
    /// Bets with a closing-line value at the best of several prices whose mean is not known.
    #[serde(default)]
    pub closing_unchosen_unknown: u64,
}

/// A Sharpe ratio and its uncertainty; per bet, not annualised.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SharpeTest {
    /// Bets.
    pub n: u64,
    /// Mean return / standard deviation.
    pub ratio: f64,
    /// Sample skewness of the returns.
    pub skewness: f64,
    /// Sample kurtosis of the returns; 3 for a normal distribution.
    pub kurtosis: f64,
    /// The probability that the true ratio is above zero.
    pub probability: Option<f64>,
    /// Bets it takes until that probability is 95 %; `None` when the ratio is not above zero.
    pub track_record: Option<f64>,
}

impl Evidence {
    /// Takes in the next entry.
    pub fn record(&mut self, entry: &Entry) {
        match entry {
            Entry::Settled(settlement) => {
                let link = self.link(&settlement.bet);
                self.bets.push(BetResult::of(settlement, link));
            }
            Entry::Corrected { after, .. } => self.correct(after),
            Entry::Scored { forecast, score } => {
                self.forecasts.extend(ScoredForecast::of(forecast, *score));
            }
            Entry::Revised {
                before,
                after,
                forecast: Some(forecast),
            } => self.revise(before, after, forecast),
            Entry::Revised { forecast: None, .. }
            | Entry::Predicted(_)
            | Entry::Placed(_)
            | Entry::Refused { .. }
            | Entry::Withheld { .. }
            | Entry::Played(_)
            | Entry::Closed { .. } => {}
        }
    }

    fn correct(&mut self, after: &Settlement) {
        let mut newest_first = self.bets.iter_mut().rev();
        if let Some(known) = newest_first.find(|known| known.id == after.bet.id) {
            *known = BetResult::of(after, known.link);
        }
    }

    /// Replaces a scored forecast in its place. Of two that are the same in every figure it does not matter which.
    fn revise(&mut self, before: &Match, after: &Match, forecast: &Forecast) {
        let old = ScoredForecast::of(forecast, before.score);
        let place = before
            .status
            .has_result()
            .then(|| {
                self.forecasts
                    .iter()
                    .rposition(|known| Some(known) == old.as_ref())
            })
            .flatten();
        let new = after
            .status
            .has_result()
            .then(|| ScoredForecast::of(forecast, after.score))
            .flatten();
        match (place, new) {
            (Some(place), Some(new)) => self.forecasts[place] = new,
            (Some(place), None) => {
                self.forecasts.remove(place);
            }
            (None, Some(new)) => self.forecasts.push(new),
            (None, None) => {}
        }
    }

    /// What a bet has to do with the one before it.
    fn link(&mut self, bet: &Bet) -> Link {
        let key = (
            Arc::clone(&bet.fixture),
            bet.edge.quote.selection.market(),
            bet.placed_at,
        );
        let link = match &self.last {
            Some(last) if last.0.id != key.0.id => Link::None,
            Some(last) if (last.1, last.2) == (key.1, key.2) => Link::Market,
            Some(_) => Link::Match,
            None => Link::None,
        };
        self.last = Some(key);
        link
    }

    /// The tests of everything recorded; the bootstrap draws from `random`.
    pub fn assess(&self, random: &mut impl Rng) -> Significance {
        let returns: Vec<f64> = self.bets.iter().map(BetResult::return_on_stake).collect();
        let mean_return = super::mean_test(&returns);
        let fair: FairDistributions = self.bets.iter().map(BetResult::fair_distribution).collect();
        let groups: Vec<MarketGroup<'_>> = self.groups(&fair).collect();
        let profits: Vec<ProfitDistribution> = groups.iter().map(MarketGroup::profit).collect();
        let design_effect = design_effect(&groups, &profits);
        let days = distinct_days(self.bets.iter().map(|bet| bet.day));
        Significance {
            bets: self.bets.len() as u64,
            days,
            fair_bets: groups.len() as u64,
            forecast_days: distinct_days(self.compared().map(|(forecast, _)| forecast.day)),
            yield_interval: self.yield_interval(days, random),
            more_bets: mean_return.and_then(|test| super::bets_until_significant(&test, LEVEL)),
            sharpe: sharpe(&returns),
            mean_return,
            fair_wins: win_test(&groups, design_effect),
            fair_profit: profit_test(&groups, &profits, design_effect),
            closing_value: self.closing_value_test(|closing| closing.fair),
            closing_value_unchosen: self.unchosen_test(),
            closing_days: distinct_days(
                self.closing_values(|closing| closing.fair)
                    .map(|(day, _)| day),
            ),
            closing_unchosen_unknown: self
                .closing_values(|closing| closing.fair.filter(|_| closing.unchosen.is_none()))
                .count() as u64,
            losing_run: wins_and_losses(&groups).and_then(|bets| super::losing_run(&bets)),
            log_loss: self.score_test(log_loss),
            brier: self.score_test(brier),
            rps: self.score_test(rps),
            model_calibration: calibration(self.forecasts.iter().map(|one| (one.model, one.score))),
            market_calibration: calibration(
                self.compared().map(|(one, market)| (market, one.score)),
            ),
            fair_unknown: fair.iter().filter(|fair| fair.is_none()).count() as u64,
            daily_profit: self.daily_profit_test(),
        }
    }

    /// The bets whose price without margin is known, those on sides of one market together.
    ///
    /// `fair` holds the distribution of each bet, in the same order.
    fn groups<'a>(
        &'a self,
        fair: &'a [Option<OutcomeDistribution>],
    ) -> impl Iterator<Item = MarketGroup<'a>> {
        let (mut start, mut first_on_match) = (0, 0);
        (1..=self.bets.len())
            .filter(|&end| {
                let next = self.bets.get(end);
                next.is_none_or(|next| next.link != Link::Market)
            })
            .map(move |end| {
                let range = std::mem::replace(&mut start, end)..end;
                if self.bets[range.start].link == Link::None {
                    first_on_match = range.start;
                }
                MarketGroup {
                    match_number: first_on_match,
                    earlier: &self.bets[first_on_match..range.start],
                    bets: &self.bets[range.clone()],
                    distributions: &fair[range],
                }
            })
            .filter(|group| group.fair().next().is_some())
    }

    /// The interval of the yield; `None` also of fewer match days than it takes for one that is not too narrow.
    fn yield_interval(&self, days: u64, random: &mut impl Rng) -> Option<YieldInterval> {
        let results = self.bets.iter().map(|result| {
            let odds = result.bet.odds.decimal();
            (Some(odds), result.profit.units())
        });
        if days < super::MIN_BETS || !super::tell_spread(results) {
            return None;
        }
        let bets: Vec<SettledBet> = self.bets.iter().map(BetResult::settled).collect();
        let resampling = Resampling {
            level: LEVEL,
            ..Resampling::default()
        };
        super::yield_interval(&bets, resampling, random)
    }

    /// A test of the profit of match days against zero. Bets of a day may depend on each other, and stakes may differ.
    fn daily_profit_test(&self) -> Option<MeanTest> {
        let mut days: BTreeMap<i64, Money> = BTreeMap::new();
        for bet in &self.bets {
            *days.entry(bet.day).or_default() += bet.profit;
        }
        let profits: Vec<f64> = days.values().map(|profit| profit.units()).collect();
        super::mean_test(&profits)
    }

    /// A figure of the bets that have it, each with its day.
    fn closing_values(
        &self,
        figure: fn(&ClosingValue) -> Option<f64>,
    ) -> impl Iterator<Item = (i64, f64)> {
        self.bets
            .iter()
            .filter_map(move |bet| Some((bet.day, figure(bet.closing.as_ref()?)?)))
    }

    fn closing_value_test(&self, figure: fn(&ClosingValue) -> Option<f64>) -> Option<MeanTest> {
        let values = self.closing_values(figure).map(|(_, value)| value);
        super::mean_test(&values.collect::<Vec<f64>>())
    }

    fn unchosen_test(&self) -> Option<MeanTest> {
        let chosen = |closing: &ClosingValue| closing.unchosen.filter(|_| closing.is_chosen);
        self.closing_values(chosen).next()?;
        self.closing_value_test(|closing| closing.unchosen)
    }

    /// The forecasts of matches that the market priced as well, with the market's probabilities.
    fn compared(&self) -> impl Iterator<Item = (&ScoredForecast, [f64; 3])> {
        self.forecasts
            .iter()
            .filter_map(|forecast| Some((forecast, forecast.market?)))
    }

    /// A test of the model's scores less the market's, days kept together.
    fn score_test(&self, score: impl Fn([f64; 3], Score) -> f64) -> Option<ScoreTest> {
        let differences: Vec<(i64, f64)> = self
            .compared()
            .map(|(one, market)| {
                let difference = score(one.model, one.score) - score(market, one.score);
                // a model that forecasts what the market does differs by rounding alone, which varies between processors
                let is_rounding = difference.abs() < ROUNDING;
                (one.day, if is_rounding { 0.0 } else { difference })
            })
            .collect();
        super::diebold_mariano_by_day(&differences)
    }
}

/// How many times the variance of the profit is that of independent bets, since bets on one match win and lose together:
/// from 1 on. It is estimated from what they made beyond expectation.
///
/// # Formula
/// ```text
/// d = Σ_matches (Σ_{i of the match} eᵢ)² / Σᵢ eᵢ²,   eᵢ = profit − expected profit
/// ```
fn design_effect(groups: &[MarketGroup<'_>], profits: &[ProfitDistribution]) -> f64 {
    let unexpected = groups.iter().zip(profits);
    let unexpected =
        unexpected.map(|(group, profit)| (group.match_number, group.made() - profit.mean()));
    let unexpected: Vec<(usize, f64)> = unexpected.collect();
    let (mut together, mut alone) = (0.0, 0.0);
    for on_match in unexpected.chunk_by(|(one, _), (next, _)| one == next) {
        let of_match: f64 = on_match.iter().map(|(_, unexpected)| unexpected).sum();
        together += of_match * of_match;
        for (_, unexpected) in on_match {
            alone += unexpected * unexpected;
        }
    }
    if alone > 0.0 {
        f64::max(together / alone, 1.0)
    } else {
        1.0
    }
}

fn win_test(groups: &[MarketGroup<'_>], design_effect: f64) -> Option<OutcomeTest> {
    let wins: Vec<_> = groups.iter().map(MarketGroup::win).collect();
    super::win_test(&wins, design_effect)
}

fn profit_test(
    groups: &[MarketGroup<'_>],
    profits: &[ProfitDistribution],
    design_effect: f64,
) -> Option<OutcomeTest> {
    let fair = groups.iter().flat_map(MarketGroup::fair);
    let profit: Money = fair.map(|(bet, _)| bet.profit).sum();
    super::profit_test(profits, profit.units(), design_effect)
}

/// The outcome distribution of each bet at its price without margin, where that is known.
type FairDistributions = Vec<Option<OutcomeDistribution>>;

/// The reliability of forecasts of home win, draw and away win, each given with the score.
fn calibration(forecasts: impl Iterator<Item = ([f64; 3], Score)>) -> Option<Reliability> {
    let outcomes: Vec<(f64, bool)> = forecasts
        .flat_map(|(forecast, score)| {
            let result = result(score);
            std::array::from_fn::<_, 3, _>(|i| (forecast[i].clamp(0.0, 1.0), i == result))
        })
        .collect();
    super::reliability(&outcomes)
}

impl ScoredForecast {
    /// `None` for a forecast that does not name home win, draw and away win.
    fn of(forecast: &Forecast, score: Score) -> Option<Self> {
        Some(Self {
            day: forecast.fixture.day.day(),
            model: forecast.model?,
            market: forecast.market,
            score,
        })
    }
}

/// The number of different days.
fn distinct_days(days: impl Iterator<Item = i64>) -> u64 {
    days.collect::<BTreeSet<_>>().len() as u64
}

fn sharpe(returns: &[f64]) -> Option<SharpeTest> {
    let moments = super::moments::Moments::of(returns)?;
    let (skewness, kurtosis) = (super::skewness(returns)?, super::kurtosis(returns)?);
    let record = ReturnMoments {
        sharpe: moments.mean / moments.variance().sqrt(),
        skewness,
        kurtosis,
    };
    let n = returns.len() as u64;
    Some(SharpeTest {
        n,
        ratio: record.sharpe,
        skewness,
        kurtosis,
        probability: super::probabilistic_sharpe(&record, n, 0.0),
        track_record: super::min_track_record(&record, 0.0, LEVEL),
    })
}
