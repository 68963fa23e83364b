//! The hold-out: days that the search does not see. The best setting is run over them once, and the journal remembers it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::plan::Plan;
use super::play::{self, Player, Task};
use super::rank::Ranked;
use super::{Reader, SweepConfig, SweepError, content};
use crate::calendar;
use crate::config::GridPoint;
use crate::domain::Time;
use crate::metrics::Summary;
use crate::results::{Journal, ResultsError};
use crate::source::{Matches, Replay};

/// The prefix of the journal's keys of looks at a hold-out.
const TOUCHED: &str = "hold-out-";

/// The result of the best setting over the hold-out.
#[derive(Debug, Clone, PartialEq)]
pub struct HoldOutResult {
    /// The setting's place in the grid.
    pub place: usize,
    /// The first day.
    pub from: Time,
    /// The summary, with a bankroll of its own.
    pub summary: Summary,
    /// Other sweeps of the same journal that looked at some of these days before; oldest day first.
    pub touched: Vec<HoldOutLook>,
    /// Whether the journal has damaged lines, each of which may have been another look.
    pub is_uncertain: bool,
    /// Whether a journal has this look.
    pub is_recorded: bool,
}

/// A look at a hold-out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct HoldOutLook {
    /// The first day.
    pub from: String,
    /// The last day of the period.
    pub to: Option<String>,
    /// The setting that was run.
    pub setting: String,
}

/// A look as the journal has it: with what was seen.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RecordedLook {
    /// The look.
    #[serde(flatten)]
    pub look: HoldOutLook,
    /// A hash of the results of each league on each day.
    pub results: BTreeSet<String>,
}

/// Runs the best setting from the hold-out's first day on; `None` without a hold-out, when no setting has the figure
/// that one is chosen by, or when no match of the hold-out has the best one's price.
pub(super) fn run(
    config: &SweepConfig,
    best: Option<&Ranked>,
    player: &Player<'_>,
    matches: &Matches,
    read: &mut Reader<'_>,
) -> Result<Option<HoldOutResult>, SweepError> {
    let best = best.filter(|best| has_something_to_show(config, best));
    let (Some(from), Some(best)) = (config.hold_out, best) else {
        return Ok(None);
    };
    let task = hold_out_task(config, best.place, from);
    let look = RecordedLook {
        look: HoldOutLook {
            from: calendar::format_date(from),
            to: task.config.replay.to.map(calendar::format_date),
            setting: task.label.clone(),
        },
        results: content::results_by_day(matches, task.config.replay),
    };
    let replay = Replay::new(read(&task.config.read)?, task.config.replay);
    if replay.counts().offered == 0 {
        return Ok(None);
    }
    // written before the run: a look that was interrupted is a look as well
    let own = name(config, matches);
    let looks = player.journal(|journal| remember(journal, &own, &look));
    let looks = looks.transpose()?;
    let is_recorded = looks.is_some();
    let looks = looks.unwrap_or_default();
    let (plan, task) = (Plan::of(best.place), |place| {
        hold_out_task(config, place, from)
    });
    let survey = player.survey(&plan, &task, read)?;
    let outcome = player
        .play(&plan, &survey, &task, read, &|_, outcome| outcome)?
        .pop();
    Ok(outcome.map(|outcome| HoldOutResult {
        place: best.place,
        from,
        summary: outcome.summary,
        touched: looks.others,
        is_uncertain: looks.is_uncertain,
        is_recorded,
    }))
}

/// Whether the setting was chosen, by its bets or its forecasts, or is the only one and bet.
fn has_something_to_show(config: &SweepConfig, best: &Ranked) -> bool {
    let is_alone = config.points.len() == 1;
    config.rank_by.has_figure(best) || (is_alone && best.summary.bets > 0)
}

/// The setting at this place of the grid, from the hold-out's first day on.
fn hold_out_task(config: &SweepConfig, place: usize, from: Time) -> Task {
    let mut task = Task {
        label: config.label(place),
        config: config.points[place].config.clone(),
        assessed: true,
    };
    task.config.replay.from = Some(from);
    task
}

/// The earlier looks in a journal.
#[derive(Debug, Default)]
pub(crate) struct EarlierLooks {
    /// Those at some of the same days.
    pub others: Vec<HoldOutLook>,
    /// Whether damaged lines may hold more.
    pub is_uncertain: bool,
}

/// Writes a look to the journal, and finds the earlier ones of other sweeps.
pub(crate) fn remember(
    journal: &mut Journal,
    own: &str,
    look: &RecordedLook,
) -> Result<EarlierLooks, ResultsError> {
    let mut looks = EarlierLooks {
        others: Vec::new(),
        is_uncertain: journal.damaged() > 0,
    };
    for key in journal.keys(TOUCHED).into_iter().filter(|key| key != own) {
        match journal
            .get(&key)
            .and_then(|text| serde_json::from_str::<RecordedLook>(&text).ok())
        {
            Some(other) if !other.results.is_disjoint(&look.results) => {
                looks.others.push(other.look);
            }
            Some(_) => {}
            None => looks.is_uncertain = true,
        }
    }
    looks.others.sort();
    let text = serde_json::to_string(look).unwrap_or_default();
    if journal.get(own).as_ref() != Some(&text) {
        journal.append(own, &text)?;
    }
    Ok(looks)
}

fn name(config: &SweepConfig, matches: &Matches) -> String {
    let hold_out = config.hold_out.map(calendar::format_date);
    look_name(&config.points, &(config.rank_by, hold_out), matches)
}

/// A key of the journal by everything that decides which setting is run over which hold-out: the settings in whatever order and
/// words, what they are chosen by, and the files by content.
pub(crate) fn look_name(
    points: &[GridPoint],
    chosen_by: &impl Serialize,
    matches: &Matches,
) -> String {
    let text = |point: &GridPoint| serde_json::to_string(&point.config).unwrap_or_default();
    let points: BTreeSet<String> = points.iter().map(text).collect();
    let chosen_by = serde_json::to_string(&(points, chosen_by)).unwrap_or_default();
    format!(
        "{TOUCHED}{}",
        play::hash(&[&chosen_by, &content::files(matches)])
    )
}
