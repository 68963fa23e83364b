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
