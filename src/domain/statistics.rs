//! What becomes known of a match beside its goals.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::last_prices::LastPrices;
use super::score::Score;

/// What was counted in a match, of the home and of the away side. It becomes known with the result.
///
/// ```
/// use simbet::Statistics;
/// let statistics = Statistics { shots: Some([14, 9]), ..Statistics::default() };
/// assert_eq!(statistics.corners, None); // not counted is not 0
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
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
    /// Expected goals of the home and of the away side, by whoever rated their shots; 0 or more.
    pub expected_goals: Option<[f64; 2]>,
    /// How the match was priced last.
    pub last_prices: Option<LastPrices>,
    /// What goal models learn in place of the goals of the home and of the away side; 0 or more.
    pub taught_goals: Option<[f64; 2]>,
    /// The weight of the match for goal models, beside that of its age; `None` is 1, and of 0 nothing is learned.
    pub taught_weight: Option<f64>,
}

impl Statistics {
    /// The most goals that can be expected of a side, or taught in place of its own.
    pub(crate) const MOST_GOALS: f64 = 99.0;
    /// The most goals that the shots of a side can be rated at; the most of any match were about 8.
    pub(crate) const MOST_EXPECTED_GOALS: f64 = 20.0;
    /// The highest weight of a match.
    pub(crate) const MOST_WEIGHT: f64 = 1000.0;

    /// Shots, where they can be true: somebody shot, nobody more often than can be, and neither side had more of them on target.
    ///
    /// ```
    /// use simbet::Statistics;
    /// let counted = Statistics { shots: Some([14, 9]), shots_on_target: Some([6, 2]), ..Statistics::default() };
    /// assert_eq!(counted.credible_shots(), Some([14, 9]));
    /// let swapped = Statistics { shots: Some([6, 2]), shots_on_target: Some([14, 9]), ..Statistics::default() };
    /// assert_eq!((swapped.credible_shots(), swapped.credible_shots_on_target()), (None, None));
    /// let slip = Statistics { shots: Some([999, 9]), ..Statistics::default() };
    /// assert_eq!(slip.credible_shots(), None);
    /// ```
    pub fn credible_shots(&self) -> Option<[u16; 2]> {
        self.shots
            .filter(|shots| Statistic::Shots.can_be(*shots) && !self.contradicts_itself())
    }

    /// Shots on target, where they can be true: there was one, and neither side had fewer shots.
    pub fn credible_shots_on_target(&self) -> Option<[u16; 2]> {
        self.shots_on_target
            .filter(|shots| Statistic::ShotsOnTarget.can_be(*shots) && !self.contradicts_itself())
    }

    /// Corners, where they can be true: there was one.
    pub fn credible_corners(&self) -> Option<[u16; 2]> {
        self.corners
            .filter(|corners| Statistic::Corners.can_be(*corners))
    }

    fn contradicts_itself(&self) -> bool {
        let (Some(shots), Some(on_target)) = (self.shots, self.shots_on_target) else {
            return false;
        };
        on_target[0] > shots[0] || on_target[1] > shots[1]
    }
}

/// A thing that is counted for both sides of a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Statistic {
    /// Goals at half time.
    HalfTimeGoals,
    /// Shots.
    Shots,
    /// Shots on target.
    ShotsOnTarget,
    /// Corners.
    Corners,
    /// Fouls committed.
    Fouls,
    /// Yellow cards.
    YellowCards,
    /// Red cards.
    RedCards,
}

impl Statistic {
    /// Every statistic.
    pub const ALL: [Self; 7] = [
        Self::HalfTimeGoals,
        Self::Shots,
        Self::ShotsOnTarget,
        Self::Corners,
        Self::Fouls,
        Self::YellowCards,
        Self::RedCards,
    ];

    /// The name for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HalfTimeGoals => "goals at half time",
            Self::Shots => "shots",
            Self::ShotsOnTarget => "shots on target",
            Self::Corners => "corners",
            Self::Fouls => "fouls",
            Self::YellowCards => "yellow cards",
            Self::RedCards => "red cards",
        }
    }

    /// The counts of a match, of the home and of the away side.
    pub fn of(self, statistics: &Statistics) -> Option<[u16; 2]> {
        match self {
            Self::HalfTimeGoals => statistics
                .half_time
                .map(|score| [score.home, score.away].map(u16::from)),
            Self::Shots => statistics.shots,
            Self::ShotsOnTarget => statistics.shots_on_target,
            Self::Corners => statistics.corners,
            Self::Fouls => statistics.fouls,
            Self::YellowCards => statistics.yellow_cards,
            Self::RedCards => statistics.red_cards,
        }
    }

    /// Whether the counts of a match are there and cannot be true: see [`Statistics::credible_shots`].
    pub fn is_doubtful(self, statistics: &Statistics) -> bool {
        let credible = match self {
            Self::Shots => statistics.credible_shots(),
            Self::ShotsOnTarget => statistics.credible_shots_on_target(),
            Self::Corners => statistics.credible_corners(),
            Self::HalfTimeGoals | Self::Fouls | Self::YellowCards | Self::RedCards => {
                self.of(statistics)
            }
        };
        credible != self.of(statistics)
    }

    /// The most of it that a side can have in a match; a greater number is a slip of a pen. The most in 180,000 matches of
    /// football-data.co.uk are 44 shots, 31 on target and 26 corners. What no model learns from is bounded by its digits alone.
    pub(crate) const fn most(self) -> u16 {
        match self {
            Self::Shots => 80,
            Self::ShotsOnTarget | Self::Corners => 50,
            Self::HalfTimeGoals => 99,
            Self::Fouls | Self::YellowCards | Self::RedCards => 999,
        }
    }

    /// Whether it was counted, and can be so: of a whole match 0 for both sides means that nobody counted.
    fn can_be(self, counts: [u16; 2]) -> bool {
        counts != [0, 0] && counts.iter().all(|count| *count <= self.most())
    }

    /// Sets the counts of a match. More goals than a score can hold are those that it can hold.
    pub fn set(self, statistics: &mut Statistics, counts: [u16; 2]) {
        let place = match self {
            Self::HalfTimeGoals => {
                let [home, away] = counts.map(|goals| u8::try_from(goals).unwrap_or(u8::MAX));
                statistics.half_time = Some(Score { home, away });
                return;
            }
            Self::Shots => &mut statistics.shots,
            Self::ShotsOnTarget => &mut statistics.shots_on_target,
            Self::Corners => &mut statistics.corners,
            Self::Fouls => &mut statistics.fouls,
            Self::YellowCards => &mut statistics.yellow_cards,
            Self::RedCards => &mut statistics.red_cards,
        };
        *place = Some(counts);
    }
}

impl Statistics {
    /// Whether something was counted: more is known than how the match was priced.
    pub fn has_counts(&self) -> bool {
        let is_counted = |statistic: &Statistic| statistic.of(self).is_some();
        self.referee.is_some()
            || self.expected_goals.is_some()
            || Statistic::ALL.iter().any(is_counted)
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Takes what was said later of the same match: it counts, and what it does not say stays. Of last prices those of a worse
    /// source change nothing.
    pub(crate) fn update(&mut self, later: &Self) {
        for statistic in Statistic::ALL {
            if let Some(counts) = statistic.of(later) {
                statistic.set(self, counts);
            }
        }
        if later.referee.is_some() {
            self.referee.clone_from(&later.referee);
        }
        self.expected_goals = later.expected_goals.or(self.expected_goals);
        self.taught_goals = later.taught_goals.or(self.taught_goals);
        self.taught_weight = later.taught_weight.or(self.taught_weight);
        if let Some(prices) = &later.last_prices {
            self.last_prices.get_or_insert_default().update(prices);
        }
    }

    /// Whether a side has more goals at half time than at the end.
    pub fn contradicts(&self, full_time: Score) -> bool {
        self.half_time
            .is_some_and(|half| half.home > full_time.home || half.away > full_time.away)
    }

    /// Adds what another source says of the same match. The name of the referee is the first one's.
    ///
    /// # Errors
    /// What the two count differently; nothing is added then.
    pub fn add(&mut self, other: &Self) -> Result<(), Statistic> {
        let differs = |statistic: &Statistic| {
            let [own, others] = [statistic.of(self), statistic.of(other)];
            own.is_some() && others.is_some() && own != others
        };
        if let Some(different) = Statistic::ALL.into_iter().find(|it| differs(it)) {
            return Err(different);
        }
        let mut together = other.clone();
        together.update(self);
        *self = together;
        Ok(())
    }
}
