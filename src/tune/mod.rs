//! Settings chosen by how well they forecast instead of by money: each is a walk-forward run without bets, scored on every
//! match, together and by league.
//!
//! Scores are exactly those that a backtest with the same settings has. They depend neither on threads nor on results that a
//! journal already had. Standard errors and tests let matches of one day depend on each other.

mod figures;
mod hold_out;
mod machine;
mod outcome;
mod page;
mod play;
mod render;
mod sentences;
mod tables;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use serde::{Deserialize, Serialize};

use crate::calendar;
use crate::config::{GridPoint, RunConfig};
use crate::domain::Time;
use crate::error::Error;
use crate::metrics::Scores;
use crate::results::{Journal, ResultsError};
use crate::source::{Matches, SourceError};
use crate::sweep::{Reader, SearchProgress};

pub use figures::{GroupProfile, SettingScore};
pub use hold_out::HeldOut;
pub(crate) use machine::{json, table};
pub(crate) use page::{chart, page};
use play::Player;
pub(crate) use render::render;
pub(crate) use sentences::headline;

/// What settings are scored by; lower is better in all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum ScoreBy {
    /// −ln of the probability of what happened: home win, draw or away win
    #[default]
    LogLoss,
    /// The squared error over home win, draw and away win
    Brier,
    /// The ranked probability score, by which a draw lies between the wins
    Rps,
    /// Log loss of over 2.5 goals
    #[value(name = "over-2.5", alias = "over")]
    #[serde(rename = "over-2.5")]
    Over,
}

impl ScoreBy {
    /// Every score.
    pub const ALL: [Self; 4] = [Self::LogLoss, Self::Brier, Self::Rps, Self::Over];

    /// The market's score, where it is one of 1X2.
    pub const fn of(self, scores: &Scores) -> Option<f64> {
        match self {
            Self::LogLoss => scores.log_loss,
            Self::Brier => scores.brier,
            Self::Rps => scores.rps,
            Self::Over => None,
        }
    }

    /// Its name in sentences and headers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LogLoss => "log loss",
            Self::Brier => "Brier score",
            Self::Rps => "RPS",
            Self::Over => "log loss of over 2.5",
        }
    }
}

/// What is tuned.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TuneConfig {
    /// The names of the grid's axes.
    pub names: Vec<String>,
    /// The settings, at least one.
    #[serde(skip)]
    pub points: Vec<GridPoint>,
    /// What they are scored by.
    pub score: ScoreBy,
    /// The first day that the choice does not see; the best setting alone is then scored from there on.
    #[serde(serialize_with = "calendar::serialize_day")]
    pub hold_out: Option<Time>,
}

impl TuneConfig {
    /// The label of a setting: its values on the axes.
    pub fn label(&self, place: usize) -> String {
        let values = self.names.iter().zip(&self.points[place].labels);
        let labels = values.filter_map(|(name, value)| Some(format!("{name}={}", value.as_ref()?)));
        let label = labels.collect::<Vec<_>>().join(", ");
        if label.is_empty() {
            "the defaults".to_owned()
        } else {
            label
        }
    }

    /// The half-life of a setting in days, where it is on an axis.
    pub fn half_life(&self, place: usize) -> Option<f64> {
        let axis = self.names.iter().position(|name| name == "half_life")?;
        let days: f64 = self.points[place].labels[axis].as_ref()?.parse().ok()?;
        (days > 0.0 && days.is_finite()).then_some(days)
    }

    /// Whether the half-life is on an axis.
    pub fn has_half_life(&self) -> bool {
        (0..self.points.len()).any(|place| self.half_life(place).is_some())
    }

    /// A setting as it is run before the choice: up to the day before the hold-out.
    fn before_choice(&self, place: usize) -> RunConfig {
        let mut config = self.points[place].config.clone();
        if let Some(day) = self.hold_out {
            config.replay.to = Some(day.start_of_day() + -Time::DAY);
        }
        config
    }

    /// Checks that the period has days before the hold-out and in it.
    ///
    /// # Errors
    /// When it has not.
    pub fn check(&self) -> Result<(), TuneError> {
        let Some(day) = self.hold_out else {
            return Ok(());
        };
        let is_outside = self.points.iter().any(|point| {
            let replay = point.config.replay;
            replay.from.is_some_and(|from| from >= day) || replay.to.is_some_and(|to| to < day)
        });
        if is_outside {
            return Err(TuneError::HoldOut(calendar::format_date(day)));
        }
        Ok(())
    }
}

/// Why nothing was tuned.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TuneError {
    /// The hold-out leaves nothing to choose by, or nothing to hold out.
    #[error(
        "--hold-out {0} must lie after the first day of the matches that are scored, and not after the last"
    )]
    HoldOut(String),
    /// No setting can be scored.
    #[error("no match has a forecast of {what} and a result: {advice}")]
    Unscored {
        /// What was to be scored.
        what: &'static str,
        /// What to do.
        advice: &'static str,
    },
    /// It was stopped.
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
    /// The input cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The journal cannot be written.
    #[error(transparent)]
    Journal(#[from] ResultsError),
}

/// What came out.
#[derive(Debug, Clone)]
pub struct TuneResult {
    /// All matches together; settings with the best first.
    pub together: GroupProfile,
    /// Each league, where there are several.
    pub by_league: Vec<GroupProfile>,
    /// The market's scores on the matches of the best setting, where they have prices.
    pub market: Scores,
    /// Matches that were left out because some setting has no forecast of them.
    pub left_out: u64,
    /// The places of settings without any forecast that could be scored.
    pub unscored: Vec<usize>,
    /// The best setting on the days that the choice did not see; `None` also when none of them has a price.
    pub held_out: Option<HeldOut>,
    /// Settings that an earlier run had finished.
    pub taken_over: usize,
    /// The matches of the first setting.
    pub matches: Arc<Matches>,
}

impl TuneResult {
    /// The best setting.
    pub fn best(&self) -> Option<&SettingScore> {
        self.together.settings.first()
    }
}

/// Scores every setting, and the best one on the hold-out.
///
/// A finished setting is written to the journal at once, if there is one, and settings in the journal are not run again.
/// `progress` gets the number of finished settings, from any thread. Once `stop` is raised, it ends with
/// [`TuneError::Stopped`].
///
/// # Errors
/// When the input cannot be read, a model fails, no setting has a forecast that can be scored, or the journal cannot be written.
pub fn tune(
    config: &TuneConfig,
    read: &mut Reader<'_>,
    journal: Option<&mut Journal>,
    stop: &AtomicBool,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<TuneResult, TuneError> {
    config.check()?;
    let progress = SearchProgress::new(config.points.len(), journal, stop, progress);
    let player = Player::new(progress);
    let settings: Vec<(String, RunConfig)> = (0..config.points.len())
        .map(|place| (config.label(place), config.before_choice(place)))
        .collect();
    let played = player.play(&settings, read)?;
    let profile = figures::profile(config, &played)?;
    let best = profile.together.settings.first().map(|best| best.place);
    let held_out = match best {
        Some(best) => hold_out::run(config, best, &player, &played.matches, read)?,
        None => None,
    };
    Ok(TuneResult {
        market: best.map_or_else(Scores::default, |best| played.outcomes[best].market),
        together: profile.together,
        by_league: profile.by_league,
        left_out: profile.left_out,
        unscored: profile.unscored,
        held_out,
        taken_over: played.taken_over,
        matches: played.matches,
    })
}
