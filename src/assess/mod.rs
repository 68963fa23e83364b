//! A record of bets that were placed somewhere else, judged as a backtest is: what it made, whether that was luck, what a
//! record of its length can show at all, and what may become of it.

mod at_odds;
mod drawdown;
mod entries;
mod event;
mod files;
mod groups;
mod json;
mod money;
mod page;
mod power;
mod ratios;
mod render;
mod ruin;
mod sentences;
mod tables;

use serde::Serialize;

pub use files::{groups_csv, plain_table};
pub use groups::{Dimension, Grouping, RecordGroup};
pub use json::json;
pub use page::{chart, page};
pub use render::{headline, write};
pub use ruin::StakesAs;

use crate::domain::Money;
use crate::error::Error;
use crate::metrics::Summary;
use crate::results::Results;
use crate::source::{FreeBets, TrackedBet, TrackedBets, TrackedCounts};

use at_odds::AtOdds;
use drawdown::{Drawdown, ExpectedDrawdown};
use money::Scale;
use power::Power;
use ratios::Ratios;
use ruin::Ruin;

/// What is asked of a record.
#[derive(Debug, Clone)]
pub struct AssessConfig {
    /// The bankroll at the start, in units of money.
    pub bankroll: Option<f64>,
    /// Seed of everything that is drawn.
    pub seed: u64,
    /// How often the future is played.
    pub runs: u64,
    /// How many days with bets are played each time; as many as the record has, at most 1,000, where nothing is said.
    pub days: Option<u64>,
    /// What stakes follow.
    pub stakes: StakesAs,
    /// Bets in a year, for ratios a year.
    pub per_year: Option<f64>,
    /// The groupings; those that the table allows where none is named.
    pub by: Vec<Dimension>,
}

/// A record, assessed.
#[derive(Debug)]
pub struct Assessment {
    /// What was read, and what was left out.
    pub counts: TrackedCounts,
    /// What free bets made, which is in no other figure; `None` without any.
    free_bets: Option<FreeBets>,
    /// The figures that a backtest has as well; amounts are scaled.
    summary: Summary,
    scale: Scale,
    /// The first and the last day.
    pub days: Option<[String; 2]>,
    /// Whether the bankroll is known, and from where.
    pub bankroll: Option<f64>,
    /// Whether the groupings were named.
    is_asked: bool,
    /// Whether the figures are those that the run itself wrote.
    pub of_run: bool,
    at_odds: AtOdds,
    streaks: Streaks,
    drawdown: Option<Drawdown>,
    expected_drawdown: Option<ExpectedDrawdown>,
    ratios: Ratios,
    power: Option<Power>,
    ruin: Option<Ruin>,
    groups: Vec<(Grouping, Vec<RecordGroup>)>,
    /// By the bettor's own probabilities.
    own: Option<at_odds::Own>,
    /// The running total of the profit at the end of each day.
    profit_by_day: Vec<(crate::domain::Time, f64)>,
    /// The closing-line value of each bet that has one.
    closing_values: Vec<f64>,
}

/// The longest runs of bets that won and lost, void ones left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct Streaks {
    losing: u64,
    winning: u64,
}

/// Assesses a record. `run` is what simbet itself wrote beside its table of bets.
///
/// # Errors
/// When nothing is settled, or amounts are too large.
pub fn assess(
    record: &TrackedBets,
    config: &AssessConfig,
    run: Option<&Results>,
) -> Result<Assessment, AssessError> {
    if record.bets.is_empty() {
        return Err(nothing_settled(&record.counts));
    }
    let bets = entries::in_order(record);
    let of_run = run.filter(|_| config.bankroll.is_none());
    let of_run = of_run.map(Results::parsed_summary::<Summary>).transpose();
    let of_run = of_run.map_err(AssessError::Run)?;
    let bankroll = config
        .bankroll
        .or_else(|| Some(of_run.as_ref()?.initial_bankroll.units()))
        .or_else(|| entries::initial_bankroll(record, &bets));
    let scale = Scale::of(&bets, bankroll)?;
    let folded = entries::fold(record, &bets, bankroll, scale);
    let is_of_run = of_run.is_some();
    let summary = of_run.unwrap_or(folded.summary);
    let periods = drawdown::by_period(&bets);
    let settled = at_odds::settled(&bets);
    let simulated = drawdown::expected(&settled, config);
    let groups = groups::all(record, &bets, scale, config);
    Ok(Assessment {
        counts: record.counts.clone(),
        free_bets: Some(record.free_bets).filter(|free| free.bets > 0),
        days: entries::days(record, &bets),
        at_odds: AtOdds::of(&settled),
        streaks: streaks(&bets),
        drawdown: Drawdown::of(&periods),
        expected_drawdown: simulated,
        ratios: Ratios::of(&bets, record.has_dates, config.per_year),
        power: Power::of(&bets),
        ruin: ruin::ruin(&bets, record.has_dates, bankroll, config),
        own: at_odds::Own::of(&bets),
        profit_by_day: drawdown::by_day(&bets),
        closing_values: bets
            .iter()
            .filter_map(|bet| groups::closing_value(bet))
            .collect(),
        is_asked: !config.by.is_empty(),
        of_run: is_of_run,
        summary,
        scale,
        bankroll,
        groups,
    })
}

/// Why a record cannot be assessed.
#[derive(Debug, thiserror::Error)]
pub enum AssessError {
    /// No bet is settled.
    #[error("no bet is settled: {0}")]
    Nothing(String),
    /// Amounts that no money can be.
    #[error("the stakes come to more than {0}: give them in a larger unit")]
    TooLarge(String),
    /// What the run wrote beside its bets cannot be read.
    #[error(transparent)]
    Run(crate::results::ResultsError),
    /// A failure of what is used.
    #[error(transparent)]
    Other(#[from] Error),
}

fn nothing_settled(counts: &TrackedCounts) -> AssessError {
    let sentences: Vec<String> = counts
        .sentences()
        .into_iter()
        .map(|(count, sentence)| format!("{count} {sentence}"))
        .collect();
    AssessError::Nothing(if sentences.is_empty() {
        "the table has no row below its header".to_owned()
    } else {
        sentences.join("; ")
    })
}

fn streaks(bets: &[&TrackedBet]) -> Streaks {
    let (mut longest, mut run) = ([0_u64; 2], [0_u64; 2]);
    for bet in bets.iter().filter(|bet| bet.profit != 0.0) {
        let won = usize::from(bet.profit > 0.0);
        run[won] += 1;
        run[1 - won] = 0;
        longest[won] = longest[won].max(run[won]);
    }
    Streaks {
        losing: longest[0],
        winning: longest[1],
    }
}

/// An amount of money for a table.
fn shown(amount: f64) -> String {
    Money::from_units(amount).map_or_else(
        || crate::report::text_table::thousands(&format!("{amount:.0}")),
        crate::report::text_table::amount,
    )
}
