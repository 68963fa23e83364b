//! The hold-out: days that the choice does not see. The best setting is scored on them once, and the journal remembers it.

use std::sync::Arc;

use super::figures::{MeanScore, mean_score};
use super::play::Player;
use super::{TuneConfig, TuneError};
use crate::calendar;
use crate::domain::Time;
use crate::metrics::Scores;
use crate::source::Matches;
use crate::sweep::{HoldOutLook, Reader, RecordedLook, content, look_name, remember};

/// The best setting on the hold-out.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldOut {
    /// The setting's place in the grid.
    pub place: usize,
    /// The first day.
    pub from: Time,
    /// Its score.
    pub score: MeanScore,
    /// The market's scores on the same matches.
    pub market: Scores,
    /// Other searches of the same journal that looked at some of these days before; oldest day first.
    pub touched: Vec<HoldOutLook>,
    /// Whether the journal has damaged lines, each of which may have been another look.
    pub is_uncertain: bool,
    /// Whether a journal has this look.
    pub is_recorded: bool,
}

/// Scores the best setting from the hold-out's first day on.
pub(super) fn run(
    config: &TuneConfig,
    best: usize,
    player: &Player<'_>,
    matches: &Arc<Matches>,
    read: &mut Reader<'_>,
) -> Result<Option<HeldOut>, TuneError> {
    let Some(from) = config.hold_out else {
        return Ok(None);
    };
    let mut setting = config.points[best].config.clone();
    setting.replay.from = Some(from);
    let has_matches = matches
        .ensure_period((setting.replay.from, setting.replay.to))
        .is_ok();
    if !has_matches {
        return Ok(None);
    }
    let look = RecordedLook {
        look: HoldOutLook {
            from: calendar::format_date(from),
            to: setting.replay.to.map(calendar::format_date),
            setting: config.label(best),
        },
        results: content::results_by_day(matches, setting.replay),
    };
    // written before the run: a look that was interrupted is a look as well
    let own = look_name(
        &config.points,
        &("tune", config.score, &look.look.from),
        matches,
    );
    let looks = player.journal(|journal| remember(journal, &own, &look));
    let looks = looks.transpose()?;
    let is_recorded = looks.is_some();
    let looks = looks.unwrap_or_default();
    let mut played = player.play(&[(config.label(best), setting)], read)?;
    let outcome = played.outcomes.pop().unwrap_or_default();
    let Some(score) = mean_score(&outcome, config.score, &played.matches) else {
        return Ok(None);
    };
    Ok(Some(HeldOut {
        place: best,
        from,
        score,
        market: outcome.market,
        touched: looks.others,
        is_uncertain: looks.is_uncertain,
        is_recorded,
    }))
}
