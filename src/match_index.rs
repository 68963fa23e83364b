//! Which matches are known, and what was thought of those that are not over.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use foldhash::fast::FixedState;
use serde::{Deserialize, Serialize};

use crate::checkpoint;
use crate::domain::{Forecast, Match, Time};

/// The matches met, by id, and the forecasts of those whose result is not known.
///
/// One look at the id of a match serves everything else that is to be remembered of it, which then has a place. Matches
/// that are over are forgotten [`Match::REMEMBERED`] after that became known: a second result that late is a first one.
#[derive(Default, Serialize, Deserialize)]
pub struct MatchIndex {
    /// The seed is fixed, since nothing here is random.
    #[serde(serialize_with = "checkpoint::in_order")]
    stages: HashMap<Arc<str>, Stage, FixedState>,
    forecasts: Vec<Option<Forecast>>,
    /// Places of matches that are over, to be used again.
    free: Vec<Slot>,
    /// Matches that are over, with the time at which that became known, in order of it.
    over: VecDeque<(Time, Arc<str>)>,
}

/// Where the forecast of a match is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot(u32);

#[derive(Clone, Copy, Serialize, Deserialize)]
enum Stage {
    Offered(Slot),
    Over,
}

impl MatchIndex {
    /// How many matches are remembered.
    pub fn len(&self) -> usize {
        self.stages.len()
    }

    /// The place of a match that is offered; `None` when it is over.
    pub fn offer(&mut self, id: &Arc<str>) -> Option<Slot> {
        match self.stages.get(id) {
            Some(Stage::Over) => None,
            Some(&Stage::Offered(place)) => Some(place),
            None => {
                let place = self.free.pop().unwrap_or_else(|| {
                    self.forecasts.push(None);
                    Slot(self.forecasts.len() as u32 - 1)
                });
                self.stages.insert(Arc::clone(id), Stage::Offered(place));
                Some(place)
            }
        }
    }

    /// Notes that a match is over, which became known at `time`: `None` when that is nothing new, and else its place if it
    /// was ever offered.
    pub fn end(&mut self, id: &Arc<str>, time: Time) -> Option<Option<Slot>> {
        let place = match self.stages.get_mut(id) {
            Some(stage) => match std::mem::replace(stage, Stage::Over) {
                Stage::Offered(place) => Some(place),
                Stage::Over => return None,
            },
            None => {
                self.stages.insert(Arc::clone(id), Stage::Over);
                None
            }
        };
        self.over.push_back((time, Arc::clone(id)));
        self.forget(time);
        Some(place)
    }

    /// Drops what is over for longer than it is remembered.
    fn forget(&mut self, now: Time) {
        while let Some((_, id)) = self
            .over
            .pop_front_if(|(time, _)| now - *time > Match::REMEMBERED)
        {
            self.stages.remove(&id);
        }
    }

    /// Keeps what is thought of a match, instead of what was thought before.
    pub fn keep(&mut self, place: Slot, forecast: Forecast) {
        self.forecasts[place.0 as usize] = Some(forecast);
    }

    /// Gives back what was thought last of a match that is over, and its place for another.
    pub fn take(&mut self, place: Slot) -> Option<Forecast> {
        self.free.push(place);
        self.forecasts[place.0 as usize].take()
    }

    /// Whether every place is one that there is.
    #[allow(
        clippy::disallowed_methods,
        reason = "whether all are does not depend on their order"
    )]
    pub fn is_sound(&self) -> bool {
        let within = |place: &Slot| (place.0 as usize) < self.forecasts.len();
        let offered = |stage: &Stage| {
            if let Stage::Offered(place) = stage {
                within(place)
            } else {
                true
            }
        };
        self.free.iter().all(within) && self.stages.values().all(offered)
    }
}
