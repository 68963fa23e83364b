//! The hold-out: days that the search does not see. The best setting is run over them once, and the journal remembers it.

use serde::{Deserialize, Serialize};

use super::play::{self, Played, Player, Task};
use super::rank::Ranked;
use super::{Reader, SweepConfig, SweepError};
use crate::calendar;
use crate::domain::Time;
use crate::metrics::Summary;
use crate::results::{Journal, ResultsError};
use crate::source::Replay;

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
    /// A hash of the inputs.
    inputs: String,
}

impl HoldOutLook {
    /// Whether both saw some of the same days of the same input.
    fn overlaps(&self, other: &Self) -> bool {
        let begins_within =
            |one: &Self, other: &Self| other.to.as_ref().is_none_or(|to| one.from <= *to);
        self.inputs == other.inputs && begins_within(self, other) && begins_within(other, self)
    }
}

/// Runs the best setting from the hold-out's first day on; `None` without a hold-out, when no setting bet anything, or
/// when no match of the hold-out has the best one's price.
pub(super) fn run(
    config: &SweepConfig,
    best: Option<&Ranked>,
    player: &Player<'_>,
    played: &Played,
    read: &mut Reader<'_>,
) -> Result<Option<HoldOutResult>, SweepError> {
    let best = best.filter(|best| best.summary.bets > 0);
    let (Some(from), Some(best)) = (config.hold_out, best) else {
        return Ok(None);
    };
    let task = hold_out_task(config, best.place, from);
    let look = HoldOutLook {
        from: calendar::format_date(from),
        to: task.config.replay.to.map(calendar::format_date),
        setting: task.label.clone(),
        inputs: play::hash(&[&play::inputs(&played.matches)]),
    };
    let replay = Replay::new(read(&task.config.read)?, task.config.replay);
    if replay.counts().offered == 0 {
        return Ok(None);
    }
    // written before the run: a look that was interrupted is a look as well
    let looks =
        player.journal(|journal| remember(journal, &format!("{TOUCHED}{}", name(config)), &look));
    let looks = looks.transpose()?.unwrap_or_default();
    let outcome = player.play(&[task], read)?.outcomes.pop();
    Ok(outcome.map(|outcome| HoldOutResult {
        place: best.place,
        from,
        summary: outcome.summary,
        touched: looks.others,
        is_uncertain: looks.is_uncertain,
    }))
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
struct EarlierLooks {
    others: Vec<HoldOutLook>,
    is_uncertain: bool,
}

/// Writes a look to the journal, and finds the earlier ones of other sweeps.
fn remember(
    journal: &mut Journal,
    own: &str,
    look: &HoldOutLook,
) -> Result<EarlierLooks, ResultsError> {
    let mut looks = EarlierLooks {
        others: Vec::new(),
        is_uncertain: journal.damaged() > 0,
    };
    for key in journal.keys(TOUCHED).into_iter().filter(|key| key != own) {
        match journal
            .get(&key)
            .and_then(|text| serde_json::from_str::<HoldOutLook>(&text).ok())
        {
            Some(other) if other.overlaps(look) => looks.others.push(other),
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

/// A hash of everything that decides which setting is run over the hold-out.
fn name(config: &SweepConfig) -> String {
    let points: Vec<_> = config.points.iter().map(|point| &point.config).collect();
    play::hash(&[&serde_json::to_string(&(points, config)).unwrap_or_default()])
}
