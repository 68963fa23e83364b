//! Markets, selections, and how a selection settles on a score: the one place where those rules stand.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::grid::{Along, ScoreGrid};
use super::line::Line;
use super::outcome::{Outcome, OutcomeDistribution};
use super::score::Score;

/// A kind of market, whatever its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum MarketKind {
    /// Home, draw or away at full time.
    #[serde(rename = "1x2")]
    MatchOdds,
    /// Total goals against a line.
    #[serde(rename = "ou")]
    OverUnder,
    /// Goal difference against a handicap given to the home side.
    #[serde(rename = "ah")]
    AsianHandicap,
}

impl MarketKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::MatchOdds, Self::OverUnder, Self::AsianHandicap];

    /// The code on the command line and in tables: `1x2`, `ou`, `ah`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::MatchOdds => "1x2",
            Self::OverUnder => "ou",
            Self::AsianHandicap => "ah",
        }
    }

    /// The sides one can back.
    pub const fn sides(self) -> &'static [Side] {
        match self {
            Self::MatchOdds => &[Side::Home, Side::Draw, Side::Away],
            Self::OverUnder => &[Side::Over, Side::Under],
            Self::AsianHandicap => &[Side::Home, Side::Away],
        }
    }
}

impl fmt::Display for MarketKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl std::str::FromStr for MarketKind {
    type Err = CodeError;
    fn from_str(text: &str) -> Result<Self, CodeError> {
        let found = Self::ALL
            .into_iter()
            .find(|kind| kind.code().eq_ignore_ascii_case(text));
        found.ok_or_else(|| CodeError::new("market", Self::ALL.map(Self::code).join(", "), text))
    }
}

/// A market of a match: the kind, with its line where it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Market {
    /// Home, draw or away.
    MatchOdds,
    /// Total goals over or under the line.
    OverUnder(Line),
    /// The line is added to the home side's goals.
    AsianHandicap(Line),
}

impl Market {
    /// The kind, without the line.
    pub const fn kind(self) -> MarketKind {
        match self {
            Self::MatchOdds => MarketKind::MatchOdds,
            Self::OverUnder(_) => MarketKind::OverUnder,
            Self::AsianHandicap(_) => MarketKind::AsianHandicap,
        }
    }

    /// What of a score the market settles on, and the last whole number that is not above its line.
    fn pivot(self) -> (Along, i32) {
        match self {
            Self::MatchOdds => (Along::Margin, 0),
            Self::OverUnder(line) => (Along::Total, i32::from(line.quarters()).div_euclid(4)),
            Self::AsianHandicap(line) => (Along::Margin, (-i32::from(line.quarters())).div_euclid(4)),
        }
    }

    /// The line, where the market has one.
    pub const fn line(self) -> Option<Line> {
        match self {
            Self::MatchOdds => None,
            Self::OverUnder(line) | Self::AsianHandicap(line) => Some(line),
        }
    }
}

/// The side of a market that is backed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The home side.
    Home,
    /// The draw.
    Draw,
    /// The away side.
    Away,
    /// More goals than the line.
    Over,
    /// Fewer goals than the line.
    Under,
}

impl Side {
    /// Every side.
    pub const ALL: [Self; 5] = [Self::Home, Self::Draw, Self::Away, Self::Over, Self::Under];

    /// The code on the command line and in tables.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Draw => "draw",
            Self::Away => "away",
            Self::Over => "over",
            Self::Under => "under",
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl std::str::FromStr for Side {
    type Err = CodeError;
    fn from_str(text: &str) -> Result<Self, CodeError> {
        let found = Self::ALL
            .into_iter()
            .find(|side| side.code().eq_ignore_ascii_case(text));
        found.ok_or_else(|| CodeError::new("selection", Self::ALL.map(Self::code).join(", "), text))
    }
}

/// A text that is no code of a market or of a side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeError {
    what: &'static str,
    known: String,
    text: String,
}

impl CodeError {
    fn new(what: &'static str, known: String, text: &str) -> Self {
        Self {
            what,
            known,
            text: text.to_owned(),
        }
    }
}

impl fmt::Display for CodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a {} is one of {}, not {:?}",
            self.what, self.known, self.text
        )
    }
}

impl std::error::Error for CodeError {}

/// What a bet is on: a side of a market. A market has only its own sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "(Market, Side)", into = "(Market, Side)")]
pub struct Selection {
    market: Market,
    side: Side,
}

impl Selection {
    /// Home in match odds.
    pub const HOME: Self = Self {
        market: Market::MatchOdds,
        side: Side::Home,
    };
    /// Draw in match odds.
    pub const DRAW: Self = Self {
        market: Market::MatchOdds,
        side: Side::Draw,
    };
    /// Away in match odds.
    pub const AWAY: Self = Self {
        market: Market::MatchOdds,
        side: Side::Away,
    };

    /// A side of a market; `None` when the market has no such side.
    ///
    /// ```
    /// use simbet::domain::{Line, Market, Selection, Side};
    /// assert!(Selection::new(Market::OverUnder(Line::TWO_AND_A_HALF), Side::Over).is_some());
    /// assert!(Selection::new(Market::MatchOdds, Side::Over).is_none());
    /// ```
    pub fn new(market: Market, side: Side) -> Option<Self> {
        market
            .kind()
            .sides()
            .contains(&side)
            .then_some(Self { market, side })
    }

    /// The market.
    pub const fn market(self) -> Market {
        self.market
    }

    /// The side.
    pub const fn side(self) -> Side {
        self.side
    }

    /// How a bet on this selection ends at a final score.
    ///
    /// ```
    /// use simbet::domain::{Line, Market, Outcome, Score, Selection, Side};
    /// let home = Selection::new(Market::AsianHandicap(Line::from_quarters(-1)), Side::Home).unwrap();
    /// assert_eq!(home.settle(Score { home: 1, away: 1 }), Outcome::HalfLost);
    /// ```
    pub fn settle(self, score: Score) -> Outcome {
        let (home, away) = (i32::from(score.home), i32::from(score.away));
        let quarters = match self.market {
            Market::MatchOdds => return self.settle_match_odds(home - away),
            Market::OverUnder(line) => 4 * (home + away) - i32::from(line.quarters()),
            Market::AsianHandicap(line) => 4 * (home - away) + i32::from(line.quarters()),
        };
        match self.side {
            Side::Home | Side::Over => Outcome::of_margin(quarters),
            _ => Outcome::of_margin(-quarters),
        }
    }

    fn settle_match_odds(self, difference: i32) -> Outcome {
        let won = match self.side {
            Side::Home => difference > 0,
            Side::Draw => difference == 0,
            _ => difference < 0,
        };
        if won { Outcome::Won } else { Outcome::Lost }
    }
}

impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.market.line() {
            None => write!(f, "{} {}", self.market.kind(), self.side),
            Some(line) => write!(f, "{} {line} {}", self.market.kind(), self.side),
        }
    }
}

impl From<Selection> for (Market, Side) {
    fn from(selection: Selection) -> Self {
        (selection.market, selection.side)
    }
}

impl TryFrom<(Market, Side)> for Selection {
    type Error = &'static str;
    fn try_from((market, side): (Market, Side)) -> Result<Self, Self::Error> {
        Self::new(market, side).ok_or("a market has no such side")
    }
}

impl OutcomeDistribution {
    /// Sums a grid of scores by how the selection settles on each.
    ///
    /// ```
    /// use simbet::domain::{ScoreGrid, Selection, OutcomeDistribution};
    /// let grid = ScoreGrid::poisson(1.6, 1.1).unwrap();
    /// let split = OutcomeDistribution::of(Selection::HOME, &grid);
    /// assert!((split.won - 0.489573537).abs() < 1e-9);
    /// ```
    pub fn of(selection: Selection, grid: &ScoreGrid) -> Self {
        if selection.market == Market::MatchOdds {
            return Self::binary(grid.outcomes()[selection.side as usize]);
        }
        let (along, pivot) = selection.market.pivot();
        // further from the line than these four, nothing changes any more
        let outcomes = [-1, 0, 1, 2].map(|step| selection.settle(along.example(pivot + step)));
        let top = (0..4)
            .rev()
            .take_while(|&k| outcomes[k] == outcomes[3])
            .last()
            .unwrap_or(3);
        let mut left = 1.0;
        let mut split = Self::default();
        for k in (0..=top).rev() {
            let value = pivot + k as i32 - 1;
            let probability = match k {
                0 => left,
                _ if k == top => grid.at_least(along, value),
                _ => grid.exactly(along, value),
            };
            left = f64::max(left - probability, 0.0);
            *split.part_mut(outcomes[k]) += probability;
        }
        split
    }
}
