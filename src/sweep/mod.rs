//! A grid of settings, each a full walk-forward backtest, and corrections for choosing the best of many.
//!
//! Settings that differ only in staking share the predictions of one of them; each still gives exactly the summary that
//! it has on its own. Ranks and statistics depend neither on threads nor on results that a journal already had.
//!
//! # Returns
//! The statistics are over match days: the days on which a result became known of a match that could be bet on by any
//! setting of the sweep. A setting's return on such a day is the profit of the bets settled on it / the balance at its
//! start, and 0 where none was settled. All settings share the calendar.

pub(crate) mod content;
mod data_snooping;
mod hold_out;
mod machine;
mod outcome;
mod packed;
mod plan;
mod play;
mod progress;
mod rank;
mod render;
mod sentences;
mod tables;
mod tried;

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;

use crate::calendar;
use crate::config::GridPoint;
use crate::domain::Time;
use crate::error::Error;
use crate::results::{Journal, ResultsError};
use crate::significance::BlockBootstrap;
use crate::source::{Matches, ReadConfig, Replay, ReplayConfig, SourceError};

pub use data_snooping::DataSnooping;
pub use hold_out::{HoldOutLook, HoldOutResult};
pub(crate) use hold_out::{RecordedLook, look_name, remember};
pub(crate) use machine::{header, is_number, json, rows};
pub use outcome::Outcome;
pub use plan::Plan;
pub(crate) use play::hash;
use play::{Player, Task};
pub(crate) use progress::SearchProgress;
pub use rank::{RankBy, Ranked};
pub(crate) use render::render;
pub(crate) use sentences::headline;
use tried::{Best, Sample, Tried};

/// The settings of a sweep.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SweepConfig {
    /// The names of the grid's axes.
    pub names: Vec<String>,
    /// The settings, at least one.
    #[serde(skip)]
    pub points: Vec<GridPoint>,
    /// The figure that settings are ranked by.
    pub rank_by: RankBy,
    /// The first day that the search does not see; the best setting is then run from there on.
    #[serde(serialize_with = "calendar::serialize_day")]
    pub hold_out: Option<Time>,
    /// Resamples of the match days.
    pub resamples: usize,
    /// Mean length of a block of match days, from 1; `None` for [`BlockBootstrap::usual_length`].
    pub block_length: Option<f64>,
    /// Parts that the match days are cut into for the probability of overfitting, an even number.
    pub parts: usize,
    /// Seed of the resamples.
    pub seed: u64,
}

impl SweepConfig {
    /// A sweep of these points without a hold-out: ranked by Sharpe ratio, 1,000 resamples in blocks of the usual length,
    /// 16 parts, seed 1.
    pub fn new(names: Vec<String>, points: Vec<GridPoint>) -> Self {
        Self {
            names,
            points,
            rank_by: RankBy::default(),
            hold_out: None,
            resamples: BlockBootstrap::default().resamples,
            block_length: None,
            parts: 16,
            seed: 1,
        }
    }

    /// The label of a setting: its values on the axes.
    pub fn label(&self, place: usize) -> String {
        let values = self.names.iter().zip(&self.points[place].labels);
        let labels = values.filter_map(|(name, value)| Some(format!("{name}={}", value.as_ref()?)));
        labels.collect::<Vec<_>>().join(", ")
    }

    /// How so many match days are resampled.
    fn resampling(&self, days: u64) -> BlockBootstrap {
        let mean_length = self.block_length;
        BlockBootstrap {
            resamples: self.resamples,
            mean_length: mean_length.unwrap_or_else(|| BlockBootstrap::usual_length(days)),
        }
    }

    /// A setting as the search runs it: up to the day before the hold-out.
    fn search_task(&self, place: usize) -> Task {
        let point = &self.points[place];
        let mut config = point.config.clone();
        if let Some(day) = self.hold_out {
            config.replay.to = Some(day.start_of_day() + -Time::DAY);
        }
        Task {
            label: self.label(place),
            config,
            assessed: false,
        }
    }

    /// Checks that the period has days before the hold-out and in it.
    ///
    /// # Errors
    /// When they do not.
    pub fn check(&self) -> Result<(), SweepError> {
        let Some(day) = self.hold_out else {
            return Ok(());
        };
        for point in &self.points {
            let replay = point.config.replay;
            if replay.from.is_some_and(|from| from >= day) || replay.to.is_some_and(|to| to < day) {
                return Err(SweepError::HoldOut {
                    day: calendar::format_date(day),
                    days: None,
                });
            }
        }
        Ok(())
    }

    /// Checks the same for the matches: a hold-out without matches would count as a look for nothing.
    fn check_matches(&self, read: &mut Reader<'_>) -> Result<(), SweepError> {
        let Some(day) = self.hold_out else {
            return Ok(());
        };
        let first = &self.points[0].config.read;
        let matches = read(first)?;
        let mut replays: Vec<ReplayConfig> = Vec::new();
        for point in self
            .points
            .iter()
            .filter(|point| point.config.read == *first)
        {
            if !replays.contains(&point.config.replay) {
                replays.push(point.config.replay);
            }
        }
        // where no match has a price at all, a later error says that
        match replays
            .into_iter()
            .filter_map(|replay| Replay::new(Arc::clone(&matches), replay).offered_days())
            .find(|(first, last)| day <= *first || day > *last)
        {
            None => Ok(()),
            Some((first, last)) => Err(SweepError::HoldOut {
                day: calendar::format_date(day),
                days: Some((calendar::format_date(first), calendar::format_date(last))),
            }),
        }
    }
}

/// Why a sweep did not come to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SweepError {
    /// The hold-out leaves nothing to search in, or nothing to hold out.
    #[error("--hold-out {day} must lie after the first day that is bet on{}, and not after the last{}", in_brackets(days, |days| &days.0), in_brackets(days, |days| &days.1))]
    HoldOut {
        /// Its first day.
        day: String,
        /// The first and the last day on which there is a match with a price, if they are known.
        days: Option<(String, String)>,
    },
    /// The sweep was stopped.
    #[error("stopped after {done} of {all} settings")]
    Stopped {
        /// The number of finished settings.
        done: usize,
        /// The number of all settings.
        all: usize,
    },
    /// A setting cannot be run.
    #[error("with {label}")]
    Setting {
        /// Its label.
        label: String,
        /// What went wrong.
        source: Box<Error>,
    },
    /// Others have not finished a setting, although they said so.
    #[error("the outcome of {label} is missing")]
    Missing {
        /// Its place in the grid.
        place: usize,
        /// Its label.
        label: String,
    },
    /// The input cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The journal cannot be written.
    #[error(transparent)]
    Journal(#[from] ResultsError),
}

/// A day in brackets.
fn in_brackets(days: &Option<(String, String)>, which: fn(&(String, String)) -> &String) -> String {
    days.as_ref()
        .map_or_else(String::new, |days| format!(" ({})", which(days)))
}

/// Reads the matches by the settings of a point.
pub type Reader<'a> = dyn FnMut(&ReadConfig) -> Result<Arc<Matches>, SourceError> + 'a;

/// The result of a sweep.
#[derive(Debug, Clone)]
pub struct SweepResult {
    /// The settings, the best first.
    pub ranked: Vec<Ranked>,
    /// The corrections for choosing the best of many.
    pub data_snooping: DataSnooping,
    /// The best setting over the hold-out; `None` also when it had nothing to bet on there.
    pub hold_out: Option<HoldOutResult>,
    /// Settings that an earlier run had finished.
    pub taken_over: usize,
    /// The matches of the first setting.
    pub matches: Arc<Matches>,
}

/// Runs every setting, ranks them, and tests whether luck explains the best.
///
/// A finished setting is written to the journal at once, if there is one, and settings in the journal are not run again.
/// `progress` gets the number of finished settings, from any thread. Once `stop` is raised, the sweep ends with
/// [`SweepError::Stopped`].
///
/// # Errors
/// When the input cannot be read, the hold-out leaves no match on one of its sides, a model fails, or the journal cannot
/// be written.
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::AtomicBool;
/// use simbet::{RunConfig, Settings};
/// use simbet::internals::config::Grid;
/// use simbet::read_bytes;
/// use simbet::internals::sweep::SweepConfig;
/// use simbet::internals::sweep::sweep;
///
/// let csv = b"date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n\
///     2024-08-16,Man United,Fulham,1,0,1.60,4.20,5.25\n";
/// let grid = Grid::new(vec!["selections=home,draw,away".parse().unwrap()], &["flat:10".parse().unwrap()]).unwrap();
/// let points = grid.resolve(&Settings::default(), &RunConfig::resolve).unwrap().points;
/// let config = SweepConfig::new(grid.names().into_iter().map(str::to_owned).collect(), points);
/// let mut read = |config: &_| read_bytes("mine.csv", csv, config).map(Arc::new);
/// let swept = sweep(&config, &mut read, None, &AtomicBool::new(false), &|_| {}).unwrap();
/// assert_eq!(swept.ranked[0].summary.bets, 1);
/// ```
pub fn sweep(
    config: &SweepConfig,
    read: &mut Reader<'_>,
    journal: Option<&mut Journal>,
    stop: &AtomicBool,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<SweepResult, SweepError> {
    merge(config, read, journal, Vec::new(), stop, progress)
}

/// The same where the journals of others have the outcomes of all settings, unless there are none.
///
/// # Errors
/// As for [`sweep`], and when an outcome is in none of the journals.
pub(crate) fn merge(
    config: &SweepConfig,
    read: &mut Reader<'_>,
    journal: Option<&mut Journal>,
    parts: Vec<Journal>,
    stop: &AtomicBool,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<SweepResult, SweepError> {
    config.check()?;
    config.check_matches(read)?;
    let progress = SearchProgress::new(config.points.len(), journal, stop, progress);
    let player = Player::new(progress.of_parts(parts));
    let task = |place: usize| config.search_task(place);
    let plan = Plan::new(config);
    let survey = player.survey(&plan, &task, read)?;
    player.ensure_finished(&plan, &survey, &task)?;
    let sample = Sample::of(config.points.len(), config.seed);
    let (calendar, best) = (&survey.calendar, Best::default());
    let keep = |place, outcome: Outcome| {
        Tried::new(
            (place, &outcome),
            calendar,
            &sample,
            (config.rank_by, &best),
        )
    };
    let tried = player.play(&plan, &survey, &task, read, &keep)?;
    let taken_over = player.taken_over();
    let days = calendar.len() as u64;
    let of_first = best.returns();
    let (data_snooping, ranked) = DataSnooping::of(config, tried, (&of_first, days), &sample, stop);
    if stop.load(Ordering::Relaxed) {
        return Err(player.stopped());
    }
    let hold_out = hold_out::run(config, ranked.first(), &player, &survey.matches, read)?;
    player.put_in_order(&plan, &survey, &task)?;
    Ok(SweepResult {
        ranked,
        data_snooping,
        hold_out,
        taken_over,
        matches: survey.matches,
    })
}

/// Plays some of the settings, in the order of the plan, and leaves their outcomes in the journal for [`merge`]; the number
/// that it had, and the matches.
///
/// # Errors
/// As for [`sweep`].
pub(crate) fn play_part(
    config: &SweepConfig,
    part: &Range<usize>,
    read: &mut Reader<'_>,
    journal: &mut Journal,
    stop: &AtomicBool,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<(usize, Arc<Matches>), SweepError> {
    config.check()?;
    config.check_matches(read)?;
    let plan = Plan::new(config).part(part);
    if plan.is_empty() {
        return Ok((0, read(&config.points[0].config.read)?));
    }
    let progress = SearchProgress::new(plan.len(), Some(journal), stop, progress);
    let player = Player::new(progress);
    let task = |place: usize| config.search_task(place);
    let survey = player.survey(&plan, &task, read)?;
    player.play(&plan, &survey, &task, read, &|_, _| ())?;
    player.put_in_order(&plan, &survey, &task)?;
    Ok((player.taken_over(), survey.matches))
}
