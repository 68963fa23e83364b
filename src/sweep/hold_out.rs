//! The time that the search does not see: the best setting is run over it once, and that it was is remembered.

use serde::{Deserialize, Serialize};

use super::play::{self, Played, Player, Task};
use super::rank::Ranked;
use super::{Reader, SweepConfig, SweepError};
use crate::calendar;
use crate::domain::Time;
use crate::metrics::Summary;
use crate::results::{Journal, ResultsError};
use crate::source::Replay;

/// How keys of the journal begin that say that a hold-out was looked at.
const TOUCHED: &str = "hold-out-";

/// The best setting over the time that the search did not see.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldOut {
    /// The setting's place in the grid.
    pub place: usize,
    /// The first day.
    pub from: Time,
    /// What came out, with a bankroll of its own.
    pub summary: Summary,
    /// Other sweeps of the same journal that looked at some of these days before; oldest day first.
    pub touched: Vec<Touch>,
    /// Whether lines of the journal could not be read, any of which may have told of another look.
    pub is_uncertain: bool,
}

/// A look at a hold-out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Touch {
    /// The first day.
    pub from: String,
    /// The last day that was asked for.
    pub to: Option<String>,
    /// The setting that was run.
    pub setting: String,
    /// What was read, as a hash.
    inputs: String,
}

impl Touch {
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
    bench: &Player<'_>,
    played: &Played,
    read: &mut Reader<'_>,
) -> Result<Option<HeldOut>, SweepError> {
    let best = best.filter(|best| best.summary.bets > 0);
    let (Some(from), Some(best)) = (config.hold_out, best) else {
        return Ok(None);
    };
    let (label, found) = (
        config.label(best.place),
        config.points[best.place].config.clone(),
    );
    let mut task = Task {
        label,
        config: found,
        assessed: true,
    };
    task.config.replay.from = Some(from);
    let inputs = play::hash(&[&play::inputs(&played.matches)]);
    let to = task.config.replay.to.map(calendar::format_date);
    let touch = Touch {
        from: calendar::format_date(from),
        to,
        setting: task.label.clone(),
        inputs,
    };
    if Replay::new(read(&task.config.read)?, task.config.replay)
        .counts()
        .offered
        == 0
    {
        return Ok(None);
    }
    // written before it is run: a look that was cut short is a look
    let looks =
        bench.journal(|journal| remember(journal, &format!("{TOUCHED}{}", name(config)), &touch));
    let looks = looks.transpose()?.unwrap_or_default();
    let outcome = bench.play(&[task], read)?.outcomes.pop();
    Ok(outcome.map(|outcome| HeldOut {
        place: best.place,
        from,
        summary: outcome.summary,
        touched: looks.others,
        is_uncertain: looks.is_uncertain,
    }))
}

/// What a journal says of earlier looks.
#[derive(Debug, Default)]
struct Looks {
    others: Vec<Touch>,
    is_uncertain: bool,
}

/// Writes a look down, and finds the earlier ones of others.
fn remember(journal: &mut Journal, own: &str, touch: &Touch) -> Result<Looks, ResultsError> {
    let mut looks = Looks {
        others: Vec::new(),
        is_uncertain: journal.damaged() > 0,
    };
    for key in journal.keys(TOUCHED).into_iter().filter(|key| key != own) {
        match journal
            .get(&key)
            .and_then(|text| serde_json::from_str::<Touch>(&text).ok())
        {
            Some(other) if other.overlaps(touch) => looks.others.push(other),
            Some(_) => {}
            None => looks.is_uncertain = true,
        }
    }
    looks.others.sort();
    let text = serde_json::to_string(touch).unwrap_or_default();
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
