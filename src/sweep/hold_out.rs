//! The time that the search does not see: the best setting is run over it once, and that it was is remembered.

use serde::{Deserialize, Serialize};

use super::play::{self, Bench, Played, Task};
use super::rank::Ranked;
use super::{Reader, SweepConfig, SweepError};
use crate::domain::Time;
use crate::metrics::Summary;
use crate::wire;

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
        let begins_within = |one: &Self, other: &Self| other.to.as_ref().is_none_or(|to| one.from <= *to);
        self.inputs == other.inputs && begins_within(self, other) && begins_within(other, self)
    }
}

/// Runs the best setting from the hold-out's first day on; `None` without a hold-out, or when no setting bet anything.
pub(super) fn run(
    config: &SweepConfig,
    best: Option<&Ranked>,
    bench: &Bench<'_>,
    played: &Played,
    read: &mut Reader<'_>,
) -> Result<Option<HeldOut>, SweepError> {
    let best = best.filter(|best| best.summary.bets > 0);
    let (Some(from), Some(best)) = (config.hold_out, best) else { return Ok(None) };
    let (label, found) = (config.label(best.place), config.points[best.place].config.clone());
    let mut task = Task { label, config: found, assessed: true };
    task.config.replay.from = Some(from);
    let inputs = play::hash(&[&play::inputs(&played.matches)]);
    let to = task.config.replay.to.map(wire::format_date);
    let touch = Touch { from: wire::format_date(from), to, setting: task.label.clone(), inputs };
    // written before it is run: a look that was cut short is a look
    let touched = bench.journal(|journal| {
        let own = format!("{TOUCHED}{}", name(config));
        let others: Vec<String> = journal.keys(TOUCHED).into_iter().filter(|key| *key != own).collect();
        let others = others.iter().filter_map(|key| serde_json::from_str(&journal.get(key)?).ok());
        let mut touched: Vec<Touch> = others.filter(|other: &Touch| other.overlaps(&touch)).collect();
        touched.sort();
        let text = serde_json::to_string(&touch).unwrap_or_default();
        if journal.get(&own).as_ref() == Some(&text) {
            Ok(touched)
        } else {
            journal.append(&own, &text).map(|()| touched)
        }
    });
    let touched = touched.transpose()?.unwrap_or_default();
    let outcome = bench.play(&[task], read)?.outcomes.pop();
    Ok(outcome.map(|outcome| HeldOut { place: best.place, from, summary: outcome.summary, touched }))
}

/// A hash of everything that decides which setting is run over the hold-out.
fn name(config: &SweepConfig) -> String {
    let points: Vec<_> = config.points.iter().map(|point| &point.config).collect();
    play::hash(&[&serde_json::to_string(&(points, config)).unwrap_or_default()])
}
