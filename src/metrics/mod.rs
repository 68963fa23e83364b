//! The summary of a run, folded from its entries as they come.

mod closing;
mod drawdown;
mod forecast;
pub(crate) mod forecasts;
mod mean;
mod price_pool;

use serde::{Deserialize, Serialize};

use crate::calendar;
use crate::domain::{
    Bet, Entry, Forecast, Match, MatchState, Money, Outcome, Refusal, Settlement, Time,
};
use crate::predict::MarginMethod;
use crate::significance::{ClosingValue, Significance};

use closing::ClosingMeans;
use drawdown::Drawdown;
use forecast::Comparison;
pub use forecast::Scores;
pub use forecasts::{
    ForecastGroup, ForecastOf, ForecastReport, ForecastScore, Forecaster, ForecastsOf,
};
use mean::Mean;
pub use price_pool::PricePoolSummary;

/// Folds entries into a [`Summary`] without keeping them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Metrics {
    counts: Counts,
    initial: Money,
    balance: Money,
    turnover: Money,
    profit: Money,
    odds: Mean,
    closing: ClosingMeans,
    drawdown: Drawdown,
    forecasts: Comparison,
    /// Since when every bet was left out because the bankroll was too small.
    spent: Option<Time>,
}

#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Counts {
    matches: u64,
    predicted: u64,
    bets: u64,
    refused: u64,
    newcomer_bets: u64,
    unknown_matches: u64,
    settled: [u64; Outcome::ALL.len()],
    corrected: u64,
    unaffordable: u64,
    too_small: u64,
    below_minimum: u64,
}

impl Metrics {
    /// Metrics of a run that starts with this bankroll, before its first entry.
    pub fn new(initial: Money) -> Self {
        Self {
            counts: Counts::default(),
            initial,
            balance: initial,
            turnover: Money::ZERO,
            profit: Money::ZERO,
            odds: Mean::default(),
            closing: ClosingMeans::default(),
            drawdown: Drawdown::new(initial),
            forecasts: Comparison::default(),
            spent: None,
        }
    }

    /// Takes in the next entry.
    pub fn record(&mut self, entry: &Entry) {
        match entry {
            Entry::Played(_) => self.counts.matches += 1,
            Entry::Predicted(forecast) => {
                self.drawdown.begin(forecast.time);
                self.counts.predicted += u64::from(forecast.state == MatchState::default());
            }
            Entry::Placed(bet) => {
                self.drawdown.begin(bet.placed_at);
                self.counts.bets += 1;
                self.spent = None;
                self.odds.add(bet.edge.quote.odds.decimal());
            }
            Entry::Refused { bet, reason } => self.refuse(bet, *reason),
            Entry::Withheld {
                state,
                reason,
                edges,
                ..
            } => {
                self.counts.newcomer_bets += edges;
                let is_unknown = *state == MatchState::default() && !reason.has_forecast();
                self.counts.unknown_matches += u64::from(is_unknown);
            }
            Entry::Settled(settlement) => self.settle(settlement),
            Entry::Corrected { before, after } => self.correct(before, after),
            Entry::Revised {
                before,
                after,
                forecast,
            } => self.revise(before, after, forecast.as_deref()),
            Entry::Scored { forecast, score } => self.forecasts.add(forecast, *score),
            Entry::Closed { time, bankroll } => self.end_round(*time, bankroll.balance()),
        }
    }

    fn refuse(&mut self, bet: &Bet, reason: Refusal) {
        self.counts.refused += 1;
        self.counts.unaffordable += u64::from(reason.is_want_of_money());
        self.counts.below_minimum += u64::from(reason == Refusal::BelowMinimum);
        if reason == Refusal::BankrollTooSmall {
            self.counts.too_small += 1;
            self.spent.get_or_insert(bet.placed_at);
        }
    }

    fn settle(&mut self, settlement: &Settlement) {
        self.counts.settled[settlement.outcome as usize] += 1;
        self.turnover += settlement.bet.stake;
        self.profit += settlement.profit;
        self.balance = settlement.balance;
        if let Some(value) = ClosingValue::of_settled(settlement) {
            self.closing.add(&value);
        }
    }

    /// Odds and closing prices of a bet stay as they are.
    fn correct(&mut self, before: &Settlement, after: &Settlement) {
        self.counts.corrected += 1;
        self.counts.settled[before.outcome as usize] -= 1;
        self.counts.settled[after.outcome as usize] += 1;
        self.profit += after.profit - before.profit;
        self.balance = after.balance;
    }

    fn revise(&mut self, before: &Match, after: &Match, forecast: Option<&Forecast>) {
        if before.status.has_result() {
            self.counts.matches -= 1;
            forecast.inspect(|forecast| self.forecasts.remove(forecast, before.score));
        }
        if after.status.has_result() {
            self.counts.matches += 1;
            forecast.inspect(|forecast| self.forecasts.add(forecast, after.score));
        }
    }

    fn end_round(&mut self, time: Time, balance: Money) {
        self.balance = balance;
        self.drawdown.add(time, balance);
    }

    /// The summary of the entries so far.
    pub fn summary(&self) -> Summary {
        let [won, half_won, void, half_lost, lost] = self.counts.settled;
        let settled: u64 = self.counts.settled.iter().sum();
        let (model, market) = self.forecasts.scores();
        Summary {
            matches: self.counts.matches,
            predicted: self.counts.predicted,
            unpriced: 0,
            bets: self.counts.bets,
            won,
            half_won,
            void,
            half_lost,
            lost,
            open: self.counts.bets.saturating_sub(settled),
            refused: self.counts.refused,
            newcomer_bets: self.counts.newcomer_bets,
            unknown_matches: self.counts.unknown_matches,
            corrected: self.counts.corrected,
            turnover: self.turnover,
            profit: self.profit,
            yield_on_turnover: ratio(self.profit.minor() as f64, self.turnover.minor() as f64),
            expected_profit: None,
            growth: ratio(self.profit.minor() as f64, self.initial.minor() as f64),
            win_rate: ratio((won + half_won) as f64, settled as f64),
            average_odds: self.odds.mean(),
            initial_bankroll: self.initial,
            final_bankroll: self.balance,
            max_bankroll: self.drawdown.highest(),
            min_bankroll: self.drawdown.lowest(),
            max_drawdown: self.drawdown.deepest(),
            max_drawdown_days: self.drawdown.deepest_days(),
            longest_drawdown_days: self.drawdown.longest_days(),
            longest_drawdown_rounds: self.drawdown.longest_rounds(),
            clv_n: self.closing.fair.count(),
            clv_mean: self.closing.fair.mean(),
            clv_beat_share: self.closing.fair.beat_share(),
            clv_raw_n: self.closing.raw.count(),
            clv_raw_mean: self.closing.raw.mean(),
            clv_raw_beat_share: self.closing.raw.beat_share(),
            clv_moved_for: self.closing.moved[1],
            clv_moved_against: self.closing.moved[0],
            model,
            market,
            unpooled: self.forecasts.unpooled(),
            pool_with: None,
            margin_method: None,
            significance: None,
            forecasts: None,
            unaffordable: self.counts.unaffordable,
            spent_on: self.spent.map(Time::start_of_day),
            bankroll_too_small: self.counts.too_small,
            below_minimum: self.counts.below_minimum,
        }
    }
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// The mean of terms, summed as a summary sums them; `None` without terms, or when one is infinite.
pub(crate) fn mean_of(terms: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut mean = Mean::default();
    terms.into_iter().for_each(|term| mean.add(term));
    mean.mean()
}

fn ratio(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

/// The summary of a run. Ratios are fractions; an undefined one is `None`.
///
/// ```
/// use simbet::{RunConfig, Settings, backtest, read_bytes};
/// let csv = b"date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n\
///     2024-08-16,Man United,Fulham,1,0,1.60,4.20,5.25\n";
/// let settings = Settings::from_toml("strategy = 'flat'\nselections = ['home']").unwrap();
/// let config = RunConfig::resolve(&settings).unwrap();
/// let matches = read_bytes("mine.csv", csv, &config.read).unwrap();
/// let summary = backtest(&config.engine, config.replay, matches, None, &mut |_| {}).unwrap().summary;
/// assert_eq!((summary.bets, summary.won, summary.lost), (1, 1, 0));
/// assert_eq!((summary.yield_on_turnover, summary.growth), (Some(0.6), Some(0.006)));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Matches played.
    pub matches: u64,
    /// Matches that were predicted before kick-off.
    pub predicted: u64,
    /// Matches of the period without a price to bet at. Only the source knows their number: 0 until the end of the run.
    pub unpriced: u64,
    /// Bets placed: settled and open.
    pub bets: u64,
    /// Bets that won in full.
    pub won: u64,
    /// Bets of which half won and half of the stake came back.
    pub half_won: u64,
    /// Bets whose stake came back.
    pub void: u64,
    /// Bets of which half of the stake came back and half was lost.
    pub half_lost: u64,
    /// Bets that lost in full.
    pub lost: u64,
    /// Bets without a result yet.
    pub open: u64,
    /// Bets that were refused.
    pub refused: u64,
    /// Bets that were not considered because the model had seen too few matches of a side.
    #[serde(default)]
    pub newcomer_bets: u64,
    /// Matches without a forecast before kick-off because their league, or the name of a side, was not known.
    #[serde(default)]
    pub unknown_matches: u64,
    /// How often a bet was settled anew because a result was corrected. The other figures are those after the corrections.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub corrected: u64,
    /// Stakes of settled bets.
    pub turnover: Money,
    /// Payouts less stakes of settled bets.
    pub profit: Money,
    /// The expected profit of the bets when they were placed, at the true probabilities: Σ stake · expected value, and with
    /// commission what each adds to the net profit of those before it on the same market.
    /// `None` outside simulations, where these are not known.
    #[serde(default)]
    pub expected_profit: Option<Money>,
    /// Profit / turnover; `None` without turnover.
    #[serde(rename = "yield")]
    pub yield_on_turnover: Option<f64>,
    /// Profit / initial bankroll.
    pub growth: Option<f64>,
    /// Settled bets that won in full or by half, as a share of all settled bets.
    pub win_rate: Option<f64>,
    /// Mean decimal odds of the bets placed.
    pub average_odds: Option<f64>,
    /// The bankroll at the start.
    pub initial_bankroll: Money,
    /// The bankroll at the end, stakes of open bets included.
    pub final_bankroll: Money,
    /// The highest bankroll at the start or the end of a round.
    pub max_bankroll: Money,
    /// The lowest bankroll at the start or the end of a round.
    pub min_bankroll: Money,
    /// The deepest drawdown from a peak, as a fraction of that peak; 0 without one, above 1 where credit led below 0. Measured at the end of rounds, so
    /// that the order of settlements within a round does not matter.
    pub max_drawdown: f64,
    /// How long that drawdown lasted: days from when its peak was first reached until it was exceeded, or the end.
    pub max_drawdown_days: f64,
    /// The longest drawdown in days, counted in the same way.
    pub longest_drawdown_days: f64,
    /// The most rounds in which money moved from a peak until it was exceeded, or the end.
    pub longest_drawdown_rounds: u64,
    /// Settled bets of which the closing prices of the book, its margin removed, give the value. A handicap or total whose
    /// line moved is converted by a model of goals.
    pub clv_n: u64,
    /// Mean closing-line value of those bets: the expected profit per unit at the odds taken if those prices are right.
    pub clv_mean: Option<f64>,
    /// The share of those bets that beat the close: whose value is above 0.
    pub clv_beat_share: Option<f64>,
    /// Settled bets for which the closing odds of the same book, selection and line are known.
    #[serde(default)]
    pub clv_raw_n: u64,
    /// The mean of odds taken / closing odds − 1 of those bets, in which the margin of the close is left.
    #[serde(default)]
    pub clv_raw_mean: Option<f64>,
    /// The share of those bets at higher odds than the closing ones.
    #[serde(default)]
    pub clv_raw_beat_share: Option<f64>,
    /// Settled bets whose line moved in their favour: at the close more was asked of the side backed.
    #[serde(default)]
    pub clv_moved_for: u64,
    /// Settled bets whose line moved against them.
    #[serde(default)]
    pub clv_moved_against: u64,
    /// Scores of the model on the matches that the market priced in full, or on all if it priced none.
    pub model: Scores,
    /// Scores of the market on the same matches, margin removed.
    pub market: Scores,
    /// Scores of the model alone on the same matches, where its forecasts were pooled with the price; `None` where none was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unpooled: Option<Scores>,
    /// What the weights of that pool were learned from; `None` without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pool_with: Option<PricePoolSummary>,
    /// How that margin was removed; `None` before the end of a run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub margin_method: Option<MarginMethod>,
    /// Tests of skill; `None` before the end of a run, and in the runs of a sweep or simulation.
    #[serde(rename = "luck", default, skip_serializing_if = "Option::is_none")]
    pub significance: Option<Box<Significance>>,
    /// The forecasts of 1X2, over 2.5 and handicaps beside base rates, opening and closing prices, by league and season; only
    /// of runs on files of matches, with a model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forecasts: Option<Box<ForecastReport>>,
    /// Bets that were refused for want of money: the bankroll was too small for them, or tied up in open bets.
    #[serde(default)]
    pub unaffordable: u64,
    /// The day from which the bankroll was too small for any bet; `None` where it was not.
    ///
    /// A bet was refused that the whole balance, open stakes included, did not pay although the initial bankroll would
    /// have, and no bet was placed from then on. With stakes that are shares of the bankroll, that is when they come out
    /// below the smallest stake, of which much of the bankroll may be left. Money that is only tied up in open bets does not
    /// count.
    #[serde(default, with = "calendar::optional_day")]
    pub spent_on: Option<Time>,
    /// Of the bets that were refused for want of money, those for which the whole balance was too small.
    #[serde(default)]
    pub bankroll_too_small: u64,
    /// Bets that were refused because their stakes came out below the smallest, with the initial bankroll too.
    #[serde(default)]
    pub below_minimum: u64,
}
