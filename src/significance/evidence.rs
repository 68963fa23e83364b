//! What of a run bears on skill and luck, kept as its entries come, and what it shows.

use std::collections::BTreeSet;
use std::sync::Arc;

use rand::Rng;
use serde::{Deserialize, Serialize};

use super::scoring::result;
use super::{
    LosingRun, MeanTest, Prospect, Record, Reliability, Resampling, ScoreTest, SettledBet,
    Surprise, YieldInterval, brier, closing_line_value, log_loss, rps,
};
use crate::domain::{
    Bet, Entry, Fixture, Forecast, Market, Money, Outcome, OutcomeDistribution, Score, Selection,
    Settlement, Time,
};

/// Scores of one match that differ by less are equal but for rounding, and for where the market model's solver stopped.
const ROUNDING: f64 = 1e-9;

/// The settled bets of a run and its forecasts, as far as the statistics of luck need them.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    bets: Vec<Settled>,
    forecasts: Vec<Scored>,
    /// What the last bet was on, and when it was struck.
    last: Option<(Arc<Fixture>, Market, Time)>,
}

#[derive(Debug, Clone, Copy)]
struct Settled {
    day: i64,
    /// Whether it was struck together with the bet before it, on another side of the same market: at most one of such wins.
    joined: bool,
    selection: Selection,
    net_odds: f64,
    stake: f64,
    profit: Money,
    outcome: Outcome,
    price_probability: Option<f64>,
    closing_value: Option<f64>,
}

#[derive(Debug, Clone, Copy)]
struct Scored {
    day: i64,
    model: [f64; 3],
    market: Option<[f64; 3]>,
    score: Score,
}

/// The level of every interval, and of the tests that ask how long a record must be.
pub const LEVEL: f64 = 0.95;

/// Skill or luck: what the bets and forecasts of a run show. What cannot be told is `None`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Significance {
    /// Settled bets.
    pub bets: u64,
    /// Match days with settled bets.
    pub days: u64,
    /// Settled bets whose own price tells a probability, the book having priced every side; bets that were struck together
    /// on several sides of one market count as one.
    pub fair_bets: u64,
    /// Match days with forecasts of model and market.
    pub forecast_days: u64,
    /// The yield, its standard error and 95 % interval, by a bootstrap over match days.
    #[serde(rename = "yield")]
    pub yield_interval: Option<YieldInterval>,
    /// The mean return of a bet, profit / stake, against zero.
    pub mean_return: Option<MeanTest>,
    /// How many more bets, at this mean and variance, until it is above zero at 95 %.
    pub more_bets: Option<u64>,
    /// The Sharpe ratio of the bets' returns.
    pub sharpe: Option<SharpeTest>,
    /// Bets won in full or by half, against those expected if the prices without margin are the truth.
    pub fair_wins: Option<Surprise>,
    /// Profit of the same bets against what those prices lead to expect.
    pub fair_profit: Option<Surprise>,
    /// Closing-line value against zero.
    pub closing_value: Option<MeanTest>,
    /// The longest losing run, against what those prices lead to expect; void bets left out. `None` also when several sides
    /// of one market were backed at once.
    pub losing_run: Option<LosingRun>,
    /// Log loss of the model less that of the market, negative where the model forecast better.
    pub log_loss: Option<ScoreTest>,
    /// The same of the Brier score.
    pub brier: Option<ScoreTest>,
    /// The same of the ranked probability score.
    pub rps: Option<ScoreTest>,
    /// How often what the model forecast happened: each match gives three forecasts.
    pub model_calibration: Option<Reliability>,
    /// The same of the market, on the matches it priced.
    pub market_calibration: Option<Reliability>,
}

/// A Sharpe ratio and how sure it is; per bet, not annualised.
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
                let joined = self.joins(&settlement.bet);
                self.bets.push(Settled::of(settlement, joined));
            }
            Entry::Scored { forecast, score } => self.forecasts.push(Scored::of(forecast, *score)),
            _ => {}
        }
    }

    fn joins(&mut self, bet: &Bet) -> bool {
        let key = (
            Arc::clone(&bet.fixture),
            bet.edge.quote.selection.market(),
            bet.placed_at,
        );
        let joined = self
            .last
            .as_ref()
            .is_some_and(|last| last.0.id == key.0.id && (last.1, last.2) == (key.1, key.2));
        self.last = Some(key);
        joined
    }

    /// What it all shows; the bootstrap draws from `random`.
    pub fn assess(&self, random: &mut impl Rng) -> Significance {
        let returns: Vec<f64> = self
            .bets
            .iter()
            .map(|bet| bet.profit.units() / bet.stake)
            .collect();
        let values: Vec<f64> = self
            .bets
            .iter()
            .filter_map(|bet| bet.closing_value)
            .collect();
        let mean_return = super::mean_test(&returns);
        let splits: Vec<Option<OutcomeDistribution>> =
            self.bets.iter().map(Settled::fair_distribution).collect();
        let profit: Money = self
            .bets
            .iter()
            .zip(&splits)
            .filter(|(_, split)| split.is_some())
            .map(|(bet, _)| bet.profit)
            .sum();
        let prospects: Vec<Prospect> = self.groups(&splits).map(|group| group.prospect()).collect();
        let wins: Vec<(f64, bool)> = self.groups(&splits).map(|group| group.win()).collect();
        Significance {
            bets: self.bets.len() as u64,
            days: days(self.bets.iter().map(|bet| bet.day)),
            fair_bets: prospects.len() as u64,
            forecast_days: days(
                self.forecasts
                    .iter()
                    .filter(|one| one.market.is_some())
                    .map(|one| one.day),
            ),
            yield_interval: self.yield_interval(random),
            more_bets: mean_return.and_then(|test| super::bets_until_significant(&test, LEVEL)),
            sharpe: sharpe(&returns),
            mean_return,
            fair_wins: super::win_surprise(&wins),
            fair_profit: super::profit_surprise(&prospects, profit.units()),
            closing_value: super::mean_test(&values),
            losing_run: wins_and_losses(self.groups(&splits))
                .and_then(|bets| super::losing_run(&bets)),
            log_loss: self.difference(log_loss),
            brier: self.difference(brier),
            rps: self.difference(rps),
            model_calibration: super::reliability(
                &self.calibration(|forecast| Some(forecast.model)),
            ),
            market_calibration: super::reliability(&self.calibration(|forecast| forecast.market)),
        }
    }

    /// The bets whose price tells a probability, those on sides of one market together; with `splits` by the bets' places.
    fn groups<'a>(
        &'a self,
        splits: &'a [Option<OutcomeDistribution>],
    ) -> impl Iterator<Item = Group<'a>> {
        let ends =
            (1..=self.bets.len()).filter(|&end| self.bets.get(end).is_none_or(|next| !next.joined));
        let mut start = 0;
        let group = move |end| {
            let places = std::mem::replace(&mut start, end)..end;
            Group {
                bets: &self.bets[places.clone()],
                splits: &splits[places],
            }
        };
        ends.map(group)
            .filter(|group| group.fair().next().is_some())
    }

    fn yield_interval(&self, random: &mut impl Rng) -> Option<YieldInterval> {
        let bet = |bet: &Settled| SettledBet {
            day: bet.day,
            stake: bet.stake,
            profit: bet.profit.units(),
        };
        let bets: Vec<SettledBet> = self.bets.iter().map(bet).collect();
        super::yield_interval(
            &bets,
            Resampling {
                level: LEVEL,
                ..Resampling::default()
            },
            random,
        )
    }

    /// Scores of the model less those of the market, where both have an opinion, days kept together.
    fn difference(&self, score: impl Fn([f64; 3], Score) -> f64) -> Option<ScoreTest> {
        let pair = |one: &Scored| {
            let market = one.market?;
            let difference = score(one.model, one.score) - score(market, one.score);
            // nothing but this is left of the market's own model, and it would differ between processors
            let is_rounding = difference.abs() < ROUNDING;
            Some((one.day, if is_rounding { 0.0 } else { difference }))
        };
        super::diebold_mariano_by_day(&self.forecasts.iter().filter_map(pair).collect::<Vec<_>>())
    }

    /// Home win, draw and away win of each match: what was forecast, and whether it happened.
    fn calibration(&self, of: impl Fn(&Scored) -> Option<[f64; 3]>) -> Vec<(f64, bool)> {
        let three = |one: &Scored| {
            let happened = result(one.score);
            Some(
                of(one)?
                    .into_iter()
                    .enumerate()
                    .map(move |(side, p)| (p.clamp(0.0, 1.0), side == happened)),
            )
        };
        self.forecasts.iter().filter_map(three).flatten().collect()
    }
}

impl Settled {
    fn of(settlement: &Settlement, joined: bool) -> Self {
        let Settlement { bet, .. } = settlement;
        let quote = &bet.edge.quote;
        Self {
            day: bet.fixture.day.day(),
            joined,
            selection: quote.selection,
            net_odds: bet.edge.net_odds.decimal(),
            stake: bet.stake.units(),
            profit: settlement.profit,
            outcome: settlement.outcome,
            price_probability: bet.price_probability,
            closing_value: settlement
                .closing
                .map(|closing| closing_line_value(quote.odds, closing.odds)),
        }
    }

    fn fair_distribution(&self) -> Option<OutcomeDistribution> {
        super::fair_distribution(self.selection, self.price_probability?)
    }

    fn won(&self) -> bool {
        matches!(self.outcome, Outcome::Won | Outcome::HalfWon)
    }
}

impl Scored {
    fn of(forecast: &Forecast, score: Score) -> Self {
        Self {
            day: forecast.time.day(),
            model: forecast.model,
            market: forecast.market,
            score,
        }
    }
}

/// Bets on sides of one market, struck together: what one wins the others do not.
struct Group<'a> {
    bets: &'a [Settled],
    splits: &'a [Option<OutcomeDistribution>],
}

impl<'a> Group<'a> {
    /// Those whose price tells a probability; at least one.
    fn fair(&self) -> impl Iterator<Item = (&'a Settled, &'a OutcomeDistribution)> {
        self.bets
            .iter()
            .zip(self.splits)
            .filter_map(|(bet, split)| Some((bet, split.as_ref()?)))
    }

    /// Whether one of them wins, and how likely that was.
    fn win(&self) -> (f64, bool) {
        let chance: f64 = self.fair().map(|(_, split)| split.probability()).sum();
        // what is sure may have been left a hair from it by rounding
        let chance = if chance > 1.0 - 1e-9 {
            1.0
        } else {
            chance.max(0.0)
        };
        (chance, self.fair().any(|(bet, _)| bet.won()))
    }

    /// All of them as one lottery.
    fn prospect(&self) -> Prospect {
        let mut alone = self.fair().map(|(bet, split)| {
            Prospect::at(
                bet.net_odds,
                bet.stake,
                Outcome::ALL.map(|outcome| split.part(outcome)),
            )
        });
        let first = alone.next().unwrap_or(Prospect {
            chances: [0.0; 5],
            profits: [0.0; 5],
        });
        let kind = self.bets[0].selection.market().kind();
        if self.bets.len() > 1 && !kind.is_two_way() {
            return self.exclusive();
        }
        alone.fold(first, |sum, bet| against(sum, &bet))
    }

    /// Sides of a market with more than two: one of those backed wins, or none.
    fn exclusive(&self) -> Prospect {
        let staked: f64 = self.fair().map(|(bet, _)| bet.stake).sum();
        let mut prospect = Prospect {
            chances: [0.0; 5],
            profits: [-staked; 5],
        };
        for (place, (bet, split)) in self.fair().enumerate().take(4) {
            prospect.chances[place] = split.won;
            prospect.profits[place] = bet.stake * bet.net_odds - staked;
        }
        prospect.chances[4] = (1.0 - prospect.chances[..4].iter().sum::<f64>()).clamp(0.0, 1.0);
        prospect
    }
}

/// Both sides of a market with two: what is won on one is lost on the other.
fn against(mut prospect: Prospect, other: &Prospect) -> Prospect {
    for (profit, opposite) in prospect.profits.iter_mut().zip(other.profits.iter().rev()) {
        *profit += opposite;
    }
    prospect
}

/// The bets that were not void, each with its chance; `None` when several sides of one market were backed at once.
fn wins_and_losses<'a>(groups: impl Iterator<Item = Group<'a>>) -> Option<Vec<(f64, bool)>> {
    let mut bets = Vec::new();
    for group in groups {
        let mut fair = group.fair();
        match (fair.next(), fair.next()) {
            (_, Some(_)) => return None,
            (Some((bet, split)), None) if bet.outcome != Outcome::Void && split.void < 1.0 => {
                bets.push((
                    (split.probability() / (1.0 - split.void)).clamp(0.0, 1.0),
                    bet.won(),
                ));
            }
            _ => {}
        }
    }
    Some(bets)
}

/// How many different days; those given may come in any order.
fn days(days: impl Iterator<Item = i64>) -> u64 {
    days.collect::<BTreeSet<_>>().len() as u64
}

fn sharpe(returns: &[f64]) -> Option<SharpeTest> {
    let spread = super::moments::Spread::of(returns)?;
    let (skewness, kurtosis) = (super::skewness(returns)?, super::kurtosis(returns)?);
    let record = Record {
        sharpe: spread.mean / spread.variance().sqrt(),
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
