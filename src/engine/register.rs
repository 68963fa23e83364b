//! Which matches are known, and what was thought of those that are not over.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::FixedState;

use crate::domain::Forecast;

/// Every match met, by id, and the forecasts of those whose result is not known.
///
/// One look at the id of a match serves everything else that is to be remembered of it, which then has a place.
#[derive(Default)]
pub struct Register {
    /// The seed is fixed, since nothing here is random.
    stages: HashMap<Arc<str>, Stage, FixedState>,
    forecasts: Vec<Option<Forecast>>,
    /// Places of matches that are over, to be used again.
    free: Vec<Place>,
}

/// Where the forecast of a match is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place(u32);

#[derive(Clone, Copy)]
enum Stage {
    Offered(Place),
    Over,
}

impl Register {
    /// The place of a match that is offered; `None` when it is over.
    pub fn offer(&mut self, id: &Arc<str>) -> Option<Place> {
        match self.stages.get(id) {
            Some(Stage::Over) => None,
            Some(&Stage::Offered(place)) => Some(place),
            None => {
                let place = self.free.pop().unwrap_or_else(|| {
                    self.forecasts.push(None);
                    Place(self.forecasts.len() as u32 - 1)
                });
                self.stages.insert(Arc::clone(id), Stage::Offered(place));
                Some(place)
            }
        }
    }

    /// Notes that a match is over: `None` when that is nothing new, and else its place if it was ever offered.
    pub fn end(&mut self, id: &Arc<str>) -> Option<Option<Place>> {
        match self.stages.get_mut(id) {
            Some(stage) => match std::mem::replace(stage, Stage::Over) {
                Stage::Offered(place) => Some(Some(place)),
                Stage::Over => None,
            },
            None => {
                self.stages.insert(Arc::clone(id), Stage::Over);
                Some(None)
            }
        }
    }

    /// Keeps what is thought of a match, instead of what was thought before.
    pub fn keep(&mut self, place: Place, forecast: Forecast) {
        self.forecasts[place.0 as usize] = Some(forecast);
    }

    /// Gives back what was thought last of a match that is over, and its place for another.
    pub fn take(&mut self, place: Place) -> Option<Forecast> {
        self.free.push(place);
        self.forecasts[place.0 as usize].take()
    }
}
