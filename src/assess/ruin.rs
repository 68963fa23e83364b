//! What may become of the bankroll when it goes on like this: days of the record are drawn anew, as they happened or as the
//! closing prices say that they may have happened.

use chacha20::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};
use rayon::prelude::*;
use serde::Serialize;

use super::AssessConfig;
use super::drawdown::drawn;
use super::entries::day_of;
use super::event::{FairBet, Joint, On, event_of, hang_together};
use crate::domain::{Outcome, Selection};
use crate::significance::{ProfitDistribution, fair_distribution, quantile};
use crate::source::TrackedBet;

/// What stakes follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum StakesAs {
    /// The bankroll, where stakes vary less as shares of it than as amounts.
    #[default]
    Auto,
    /// Nothing: they are amounts of money.
    Amounts,
    /// The bankroll: they are shares of it.
    Shares,
}

/// The most days that are played where nothing is said.
const MOST_DAYS: u64 = 1_000;
/// Days, and bets by the closing prices, that are drawn in all.
const MOST_DRAWS: u64 = 400_000_000;
/// The fewest days that are drawn from.
const FEWEST_DAYS: usize = 10;
/// The share of the bankroll at which who stakes shares of it is ruined: it never runs out.
const RUINED: f64 = 0.1;

/// What becomes of the bankroll in many runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ruin {
    /// What stakes are: `amounts` or `shares`.
    pub stakes: StakesAs,
    /// The bankroll at the start.
    pub bankroll: Option<f64>,
    /// The share of it at which a run counts as ruined.
    pub ruined_at: f64,
    /// Days with bets of each run.
    pub days: u64,
    /// Runs.
    pub runs: u64,
    /// The seed.
    pub seed: u64,
    /// By days of the record, drawn with replacement.
    pub by_days: Fate,
    /// The same with results drawn by the closing prices without margin; `None` where no bet has one, and where several bets
    /// stand on one event of which it is not known how they end together.
    pub by_close: Option<Fate>,
    /// Whether they do.
    #[serde(skip)]
    pub is_close_unknown: bool,
}

/// Shares of the runs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Fate {
    /// Bets that are drawn from.
    pub bets: u64,
    /// Runs that are ruined; `None` without a bankroll.
    pub ruin: Option<f64>,
    /// The standard error of that share.
    pub ruin_std_error: Option<f64>,
    /// Runs that lose half of the bankroll at some time.
    pub halved: Option<f64>,
    /// Runs that end with less than they began with.
    pub loss: f64,
    /// The 5 % quantile of the profit at the end; of shares that of the growth.
    pub p5: f64,
    /// The median.
    pub p50: f64,
    /// The 95 % quantile.
    pub p95: f64,
    /// The bankroll with which 1 of 20 runs is ruined, where stakes are amounts.
    pub bankroll_for_5_percent: Option<f64>,
    /// The same for 1 of 100.
    pub bankroll_for_1_percent: Option<f64>,
}

/// A day of the record.
enum Day {
    /// As it was: profit, or with shares profit / balance before.
    Happened(f64),
    /// By the closing prices, in the same unit.
    Drawn(Vec<ProfitDistribution>),
}

impl Day {
    fn outcome(&self, random: &mut ChaCha8Rng) -> f64 {
        match self {
            Self::Happened(profit) => *profit,
            Self::Drawn(parts) => parts.iter().map(|part| drawn(part, random.random())).sum(),
        }
    }

    fn draws(&self) -> usize {
        match self {
            Self::Happened(_) => 1,
            Self::Drawn(parts) => parts.len(),
        }
    }
}

/// Plays the future. `None` of fewer than 10 days, which are too few to draw from.
pub(super) fn ruin(
    bets: &[&TrackedBet],
    has_dates: bool,
    bankroll: Option<f64>,
    config: &AssessConfig,
) -> Option<Ruin> {
    let days = days(bets);
    if days.len() < FEWEST_DAYS {
        return None;
    }
    let stakes = stakes_as(&days, bankroll, config.stakes);
    let length = config.days.unwrap_or((days.len() as u64).min(MOST_DAYS));
    let priced: usize = bets.iter().filter(|bet| is_priced(bet)).count();
    let is_priced = priced > 0 && (has_dates || priced == bets.len());
    let by_close = is_priced.then(|| by_close(&days, stakes, bankroll));
    let is_close_unknown = by_close.as_ref().is_some_and(Option::is_none);
    let by_close = by_close.flatten();
    let by_close = by_close.filter(|days| days.len() >= FEWEST_DAYS);
    let a_day = by_close.as_ref().map_or(1, |days| draws_a_day(days));
    let runs = config.runs.min(MOST_DRAWS / (length * a_day).max(1)).max(1);
    let play = Play {
        stakes,
        bankroll,
        length,
        runs,
        seed: config.seed,
        ruined_at: if stakes == StakesAs::Shares {
            RUINED
        } else {
            0.0
        },
    };
    let happened = happened(&days, stakes, bankroll);
    Some(Ruin {
        stakes,
        bankroll,
        ruined_at: play.ruined_at,
        days: length,
        runs,
        seed: config.seed,
        by_days: play.fate(&happened, bets.len() as u64, 0),
        by_close: by_close.map(|days| play.fate(&days, priced as u64, 1)),
        is_close_unknown,
    })
}

/// The bets that are drawn for a day.
fn draws_a_day(days: &[Day]) -> u64 {
    let draws: usize = days.iter().map(Day::draws).sum();
    draws.div_ceil(days.len().max(1)).max(1) as u64
}

/// The bets of each day, in order.
fn days<'a>(bets: &[&'a TrackedBet]) -> Vec<Vec<&'a TrackedBet>> {
    let mut days: Vec<Vec<&TrackedBet>> = Vec::new();
    let mut last = None;
    for (place, bet) in bets.iter().enumerate() {
        let day = day_of(bets, place);
        if last.replace(day) == Some(day)
            && let Some(same) = days.last_mut()
        {
            same.push(bet);
        } else {
            days.push(vec![bet]);
        }
    }
    days
}

/// The balance before each day.
fn balances(days: &[Vec<&TrackedBet>], bankroll: f64) -> Vec<f64> {
    let mut balance = bankroll;
    days.iter()
        .map(|day| {
            let before = balance;
            balance += day.iter().map(|bet| bet.profit).sum::<f64>();
            before
        })
        .collect()
}

/// Stakes are shares where, as shares of the balance of their day, they vary less than as amounts.
fn stakes_as(days: &[Vec<&TrackedBet>], bankroll: Option<f64>, asked: StakesAs) -> StakesAs {
    let (Some(bankroll), StakesAs::Auto) = (bankroll, asked) else {
        return match (asked, bankroll) {
            (StakesAs::Shares, Some(_)) => StakesAs::Shares,
            (StakesAs::Shares, None) | (StakesAs::Auto | StakesAs::Amounts, _) => StakesAs::Amounts,
        };
    };
    let balances = balances(days, bankroll);
    if balances.iter().any(|balance| *balance <= 0.0) {
        return StakesAs::Amounts;
    }
    let bets = || {
        days.iter()
            .zip(&balances)
            .flat_map(|(day, balance)| day.iter().map(move |bet| (bet, *balance)))
    };
    let amounts = variation(bets().map(|(bet, _)| bet.stake));
    let shares = variation(bets().map(|(bet, balance)| bet.stake / balance));
    if shares < amounts * 0.95 {
        StakesAs::Shares
    } else {
        StakesAs::Amounts
    }
}

/// Standard deviation / mean.
fn variation(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let n = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / n;
    let squares: f64 = values.map(|value| (value - mean).powi(2)).sum();
    (squares / n).sqrt() / mean
}

fn happened(days: &[Vec<&TrackedBet>], stakes: StakesAs, bankroll: Option<f64>) -> Vec<Day> {
    let units = units(days, stakes, bankroll);
    days.iter()
        .zip(units)
        .map(|(day, unit)| Day::Happened(day.iter().map(|bet| bet.profit).sum::<f64>() / unit))
        .collect()
}

/// What the profit of each day is divided by: 1, or the balance before.
fn units(days: &[Vec<&TrackedBet>], stakes: StakesAs, bankroll: Option<f64>) -> Vec<f64> {
    match (stakes, bankroll) {
        (StakesAs::Shares, Some(bankroll)) => balances(days, bankroll)
            .into_iter()
            .map(|balance| balance.max(f64::MIN_POSITIVE))
            .collect(),
        _ => vec![1.0; days.len()],
    }
}

fn is_priced(bet: &TrackedBet) -> bool {
    bet.closing_probability.is_some() && bet.odds.is_some()
}

/// The days by what the closing prices say of them; bets without a closing price left out. `None` where more than one in twenty
/// stand on an event with others and it is not known how they end together.
fn by_close(
    days: &[Vec<&TrackedBet>],
    stakes: StakesAs,
    bankroll: Option<f64>,
) -> Option<Vec<Day>> {
    let units = units(days, stakes, bankroll);
    let days = days.iter().zip(units).map(|(day, unit)| {
        let bets = day.iter();
        let bets: Vec<FairBet> = bets.filter_map(|bet| closing_bet(bet)).collect();
        let joint = Joint::of(&bets);
        let of_unit = |part: ProfitDistribution| ProfitDistribution {
            profits: part.profits.map(|profit| profit / unit),
            ..part
        };
        let parts = joint.distributions().into_iter().map(of_unit).collect();
        (Day::Drawn(parts), joint.shared, joint.parts.len())
    });
    let days: Vec<(Day, usize, usize)> = days.collect();
    let shared = days.iter().map(|(_, shared, _)| shared).sum();
    if hang_together(shared, days.iter().map(|(_, _, parts)| parts).sum()) {
        return None;
    }
    let days = days.into_iter().map(|(day, _, _)| day);
    Some(days.filter(|day| day.draws() > 0).collect())
}

/// The bet with the chance of each end by the close.
fn closing_bet(bet: &TrackedBet) -> Option<FairBet> {
    let odds = bet.odds?;
    let selection = bet.selection.unwrap_or(Selection::HOME);
    let fair = fair_distribution(selection, bet.closing_probability?)?;
    let win = (odds - 1.0) * (1.0 - bet.commission);
    Some(FairBet {
        period: 0,
        event: event_of(bet),
        on: On::of(bet),
        outcome: bet.outcome,
        chances: Outcome::ALL.map(|outcome| fair.part(outcome)),
        profits: [win, win / 2.0, 0.0, -0.5, -1.0].map(|unit| unit * bet.stake),
        profit: bet.profit,
        won: bet.outcome.is_win(),
    })
}

/// How the future is played.
struct Play {
    stakes: StakesAs,
    bankroll: Option<f64>,
    length: u64,
    runs: u64,
    seed: u64,
    ruined_at: f64,
}

/// The end and the lowest point of a run: of amounts as profits, of shares as parts of the bankroll.
#[derive(Clone, Copy)]
struct Run {
    end: f64,
    lowest: f64,
}

impl Play {
    fn fate(&self, days: &[Day], bets: u64, kind: u64) -> Fate {
        let runs: Vec<Run> = (0..self.runs)
            .into_par_iter()
            .map(|run| self.run(days, 2 * run + kind))
            .collect();
        let share = |holds: &dyn Fn(&Run) -> bool| {
            runs.iter().filter(|run| holds(run)).count() as f64 / self.runs as f64
        };
        let falls_to = |level: f64| match (self.stakes, self.bankroll) {
            (StakesAs::Shares, _) => Some(share(&|run| run.lowest <= level)),
            (_, Some(bankroll)) => Some(share(&|run| bankroll + run.lowest <= level * bankroll)),
            (_, None) => None,
        };
        let start = if self.stakes == StakesAs::Shares {
            1.0
        } else {
            0.0
        };
        let mut ends: Vec<f64> = runs.iter().map(|run| run.end - start).collect();
        ends.sort_unstable_by(f64::total_cmp);
        let mut depths: Vec<f64> = runs.iter().map(|run| -run.lowest).collect();
        depths.sort_unstable_by(f64::total_cmp);
        let needed = |chance: f64| {
            (self.stakes == StakesAs::Amounts)
                .then(|| quantile::of_rank(&depths, 1.0 - chance).max(0.0))
        };
        let ruin = falls_to(self.ruined_at);
        Fate {
            bets,
            ruin,
            ruin_std_error: ruin.map(|p| (p * (1.0 - p) / self.runs as f64).sqrt()),
            halved: falls_to(0.5),
            loss: share(&|run| run.end < start),
            p5: quantile::of_rank(&ends, 0.05),
            p50: quantile::of_rank(&ends, 0.5),
            p95: quantile::of_rank(&ends, 0.95),
            bankroll_for_5_percent: needed(0.05),
            bankroll_for_1_percent: needed(0.01),
        }
    }

    fn run(&self, days: &[Day], stream: u64) -> Run {
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        random.set_stream(stream);
        let shares = self.stakes == StakesAs::Shares;
        let start = if shares { 1.0 } else { 0.0 };
        let mut run = Run {
            end: start,
            lowest: start,
        };
        let (mut total, mut is_broke) = (start, false);
        for _ in 0..self.length {
            let day = &days[random.random_range(0..days.len())];
            let outcome = day.outcome(&mut random);
            if shares {
                total *= (1.0 + outcome).max(0.0);
            } else {
                total += outcome;
            }
            // how deep it goes tells what bankroll it takes, and so goes on where one would be lost
            run.lowest = run.lowest.min(total);
            if !is_broke {
                run.end = total;
            }
            is_broke |= !shares
                && self
                    .bankroll
                    .is_some_and(|bankroll| bankroll + total <= 0.0);
        }
        run
    }
}
