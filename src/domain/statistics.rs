//! What is counted in a match beside its goals.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::score::Score;

/// What was counted in a match, of the home and of the away side. It becomes known with the result.
///
/// ```
/// use simbet::Statistics;
/// let statistics = Statistics { shots: Some([14, 9]), ..Statistics::default() };
/// assert_eq!(statistics.corners, None); // not counted is not 0
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Statistics {
    /// Goals at half time.
    pub half_time: Option<Score>,
    /// Shots.
    pub shots: Option<[u16; 2]>,
    /// Shots on target.
    pub shots_on_target: Option<[u16; 2]>,
    /// Corners.
    pub corners: Option<[u16; 2]>,
    /// Fouls committed.
    pub fouls: Option<[u16; 2]>,
    /// Yellow cards.
    pub yellow_cards: Option<[u16; 2]>,
    /// Red cards.
    pub red_cards: Option<[u16; 2]>,
    /// The referee.
    pub referee: Option<Arc<str>>,
}

impl Statistics {
    /// Shots, where they can be true: somebody shot, and neither side had more of them on target.
    ///
    /// ```
    /// use simbet::Statistics;
    /// let counted = Statistics { shots: Some([14, 9]), shots_on_target: Some([6, 2]), ..Statistics::default() };
    /// assert_eq!(counted.credible_shots(), Some([14, 9]));
    /// let swapped = Statistics { shots: Some([6, 2]), shots_on_target: Some([14, 9]), ..Statistics::default() };
    /// assert_eq!((swapped.credible_shots(), swapped.credible_shots_on_target()), (None, None));
    /// ```
    pub fn credible_shots(&self) -> Option<[u16; 2]> {
        self.shots
            .filter(|shots| any(*shots) && !self.contradicts_itself())
    }

    /// Shots on target, where they can be true: there was one, and neither side had fewer shots.
    pub fn credible_shots_on_target(&self) -> Option<[u16; 2]> {
        self.shots_on_target
            .filter(|shots| any(*shots) && !self.contradicts_itself())
    }

    /// Corners, where they can be true: there was one.
    pub fn credible_corners(&self) -> Option<[u16; 2]> {
        self.corners.filter(|corners| any(*corners))
    }

    fn contradicts_itself(&self) -> bool {
        let (Some(shots), Some(on_target)) = (self.shots, self.shots_on_target) else {
            return false;
        };
        on_target[0] > shots[0] || on_target[1] > shots[1]
    }
}

/// Whether something was counted at all: of a whole match 0 for both sides means that nobody counted.
fn any(counts: [u16; 2]) -> bool {
    counts != [0, 0]
}
