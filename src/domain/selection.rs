//! What a bet is on.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::grid::ScoreGrid;
use super::market::{Market, MarketKind};
use super::outcome::{Outcome, OutcomeDistribution};
use super::score::Score;
use super::side::Side;

/// The object of a bet: a side of a market. A market has only its own sides.
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
    /// use simbet::{Line, Market, Selection, Side};
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
    /// use simbet::{Line, Market, Outcome, Score, Selection, Side};
    /// let home = Selection::new(Market::AsianHandicap(Line::from_quarters(-1)), Side::Home).unwrap();
    /// assert_eq!(home.settle(Score { home: 1, away: 1 }), Outcome::HalfLost);
    /// ```
    pub fn settle(self, score: Score) -> Outcome {
        self.market.settle(self.place(), score)
    }

    /// What is backed, as a bettor says it in a match of these sides: a handicap from the side that gets it.
    ///
    /// ```
    /// use simbet::{Line, Market, Selection, Side};
    /// let away = Selection::new(Market::AsianHandicap(Line::from_quarters(-4)), Side::Away).unwrap();
    /// assert_eq!(away.as_backed("Spain", "Andorra"), "Andorra +1");
    /// let over = Selection::new(Market::OverUnder(Line::TWO_AND_A_HALF), Side::Over).unwrap();
    /// assert_eq!(over.as_backed("Spain", "Andorra"), "over 2.5");
    /// assert_eq!(Selection::DRAW.as_backed("Spain", "Andorra"), "draw");
    /// ```
    pub fn as_backed(self, home: &str, away: &str) -> String {
        match (self.market.kind(), self.market.line()) {
            (MarketKind::BothTeamsToScore, _) => format!("both score: {}", self.side),
            (MarketKind::AsianHandicap, Some(line)) => {
                handicap(self.side == Side::Away, line.goals(), [home, away])
            }
            (MarketKind::MatchOdds | MarketKind::OverUnder | MarketKind::AsianHandicap, line) => {
                let line = line.map_or_else(String::new, |line| format!(" {line}"));
                format!("{}{line}", self.side)
            }
        }
    }

    /// Its place among the sides of its market.
    pub(crate) fn place(self) -> usize {
        let sides = self.market.kind().sides().iter();
        sides.take_while(|side| **side != self.side).count()
    }
}

/// A handicap as the side that is backed gets it, with its sign; one of no goals has none. `line` is the home side's.
pub(crate) fn handicap(is_away: bool, line: f64, [home, away]: [&str; 2]) -> String {
    let (team, line) = if is_away { (away, -line) } else { (home, line) };
    if line == 0.0 {
        format!("{team} 0")
    } else {
        format!("{team} {line:+}")
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
    /// use simbet::{OutcomeDistribution, ScoreGrid, Selection};
    /// let grid = ScoreGrid::poisson(1.6, 1.1).unwrap();
    /// let outcomes = OutcomeDistribution::of(Selection::HOME, &grid);
    /// assert!((outcomes.won - 0.489573537).abs() < 1e-9);
    /// ```
    pub fn of(selection: Selection, grid: &ScoreGrid) -> Self {
        selection.market.outcomes(selection.place(), grid)
    }
}
