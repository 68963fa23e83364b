//! Markets: a table with one row for each kind, which holds how it settles on a score and its names.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::code::CodeError;
use super::grid::{Along, ScoreGrid};
use super::line::Line;
use super::outcome::{Outcome, OutcomeDistribution};
use super::score::Score;
use super::side::Side;

/// A kind of market, whatever its line.
///
/// ```
/// use simbet::{MarketKind, Side};
/// let kind: MarketKind = "ou".parse().unwrap();
/// assert_eq!(kind, MarketKind::OverUnder);
/// assert_eq!(kind.sides(), [Side::Over, Side::Under]);
/// assert!(kind.has_line() && kind.is_two_way());
/// ```
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
    /// Whether both sides score.
    #[serde(rename = "btts")]
    BothTeamsToScore,
}

/// Everything about a kind of market: its row of the table.
struct Row {
    code: &'static str,
    sides: &'static [Side],
    line: LineRule,
    settles: Rule,
    /// Columns of odds in the canonical form, one for each side: before the match, and at kick-off.
    columns: [&'static [&'static str]; 2],
    football_data: Option<FootballData>,
}

/// How a market gets its line.
enum LineRule {
    /// The market has no line.
    None(Market),
    /// From a number of goals.
    Goals {
        market: fn(Line) -> Market,
        /// The line where none is given.
        usual: Option<Line>,
        /// The lowest and the highest plausible line, in quarter goals. A line outside is a mistake.
        plausible: [i16; 2],
        /// Columns of the line in the canonical form: before the match, and at kick-off.
        columns: [&'static str; 2],
    },
}

/// How the sides of a market settle on a score.
enum Rule {
    /// Three sides: more home goals, as many, more away goals.
    Result,
    /// Two sides: above the line, and below.
    Line(Along),
    /// Two sides: both teams have scored, or not.
    BothScore,
}

/// The columns of a market in the files of football-data.co.uk.
pub(crate) struct FootballData {
    /// The suffix of each side after the prefix of a book; closing prices have a `C` between them.
    pub suffixes: &'static [&'static str],
    /// The line, where it has a column: before the match, and at kick-off.
    pub line: Option<[&'static str; 2]>,
}

impl MarketKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [
        Self::MatchOdds,
        Self::OverUnder,
        Self::AsianHandicap,
        Self::BothTeamsToScore,
    ];

    /// How many kinds there are.
    pub const COUNT: usize = Self::ALL.len();

    /// The most sides that a market has.
    pub(crate) const MOST_SIDES: usize = 3;

    /// The table of markets.
    const fn row(self) -> &'static Row {
        match self {
            Self::MatchOdds => &Row {
                code: "1x2",
                sides: &[Side::Home, Side::Draw, Side::Away],
                line: LineRule::None(Market::MatchOdds),
                settles: Rule::Result,
                columns: [
                    &["odds_home", "odds_draw", "odds_away"],
                    &["close_home", "close_draw", "close_away"],
                ],
                football_data: Some(FootballData {
                    suffixes: &["H", "D", "A"],
                    line: None,
                }),
            },
            Self::OverUnder => &Row {
                code: "ou",
                sides: &[Side::Over, Side::Under],
                line: LineRule::Goals {
                    market: Market::OverUnder,
                    usual: Some(Line::TWO_AND_A_HALF),
                    plausible: [1, 80],
                    columns: ["ou_line", "close_ou_line"],
                },
                settles: Rule::Line(Along::Total),
                columns: [&["odds_over", "odds_under"], &["close_over", "close_under"]],
                football_data: Some(FootballData {
                    suffixes: &[">2.5", "<2.5"],
                    line: None,
                }),
            },
            Self::AsianHandicap => &Row {
                code: "ah",
                sides: &[Side::Home, Side::Away],
                line: LineRule::Goals {
                    market: Market::AsianHandicap,
                    usual: None,
                    plausible: [-40, 40],
                    columns: ["ah_line", "close_ah_line"],
                },
                settles: Rule::Line(Along::Margin),
                columns: [
                    &["odds_ah_home", "odds_ah_away"],
                    &["close_ah_home", "close_ah_away"],
                ],
                football_data: Some(FootballData {
                    suffixes: &["AHH", "AHA"],
                    line: Some(["AHh", "AHCh"]),
                }),
            },
            Self::BothTeamsToScore => &Row {
                code: "btts",
                sides: &[Side::Yes, Side::No],
                line: LineRule::None(Market::BothTeamsToScore),
                settles: Rule::BothScore,
                columns: [
                    &["odds_btts_yes", "odds_btts_no"],
                    &["close_btts_yes", "close_btts_no"],
                ],
                football_data: None,
            },
        }
    }

    /// The code on the command line and in tables: `1x2`, `ou`, `ah`, `btts`.
    pub const fn code(self) -> &'static str {
        self.row().code
    }

    /// The sides that can be backed.
    pub const fn sides(self) -> &'static [Side] {
        self.row().sides
    }

    /// The place of a side among [`sides`](Self::sides); `None` where it is none of them.
    pub(crate) fn place_of(self, side: Side) -> Option<usize> {
        self.sides().iter().position(|known| *known == side)
    }

    /// Whether the market has two sides, one of which wins what the other loses.
    pub const fn is_two_way(self) -> bool {
        self.sides().len() == 2
    }

    /// Whether its prices are always read: they are the market's forecast of a match.
    pub(crate) const fn is_reference(self) -> bool {
        match self.row().settles {
            Rule::Result => true,
            Rule::Line(_) | Rule::BothScore => false,
        }
    }

    /// Whether a market of this kind has a line.
    pub const fn has_line(self) -> bool {
        matches!(self.row().line, LineRule::Goals { .. })
    }

    /// The line of a price that comes without one.
    pub(crate) const fn usual_line(self) -> Option<Line> {
        match self.row().line {
            LineRule::None(_) => None,
            LineRule::Goals { usual, .. } => usual,
        }
    }

    /// Whether this line is plausible; a line further out has a misplaced digit.
    pub(crate) const fn is_plausible_line(self, line: Line) -> bool {
        match self.row().line {
            LineRule::None(_) => false,
            LineRule::Goals {
                plausible: [lowest, highest],
                ..
            } => lowest <= line.quarters() && line.quarters() <= highest,
        }
    }

    /// The canonical form's columns of odds, one for each side.
    pub(crate) const fn odds_columns(self, closing: bool) -> &'static [&'static str] {
        self.row().columns[closing as usize]
    }

    /// The canonical form's column of the line.
    pub(crate) const fn line_column(self, closing: bool) -> Option<&'static str> {
        match self.row().line {
            LineRule::None(_) => None,
            LineRule::Goals { columns, .. } => Some(columns[closing as usize]),
        }
    }

    /// The columns in football-data.co.uk's files; `None` when they do not have the market.
    pub(crate) const fn football_data(self) -> Option<&'static FootballData> {
        self.row().football_data.as_ref()
    }

    /// Whether every file of matches that simbet writes has columns for the market; those of the others are written where
    /// they are requested.
    pub(crate) const fn is_in_every_file(self) -> bool {
        self.football_data().is_some()
    }

    /// The markets that a file of matches has columns for when these are requested.
    pub(crate) fn written(requested: &[Self]) -> impl Iterator<Item = Self> {
        Self::ALL
            .into_iter()
            .filter(|kind| kind.is_in_every_file() || requested.contains(kind))
    }
}

/// Checked at compile time: every list of a row has an item for each side, and `ALL` is in the order of the enum.
const _: () = {
    let mut k = 0;
    while k < MarketKind::COUNT {
        let kind = MarketKind::ALL[k];
        let (row, sides) = (kind.row(), kind.sides().len());
        assert!(kind as usize == k);
        assert!(2 <= sides && sides <= MarketKind::MOST_SIDES);
        assert!(row.columns[0].len() == sides && row.columns[1].len() == sides);
        if let Some(columns) = kind.football_data() {
            assert!(columns.suffixes.len() == sides);
        }
        k += 1;
    }
};

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
    /// Both sides score, or not.
    BothTeamsToScore,
}

impl Market {
    /// The market of this kind and line; `None` when the kind needs a line and there is none, or has no line and there
    /// is one.
    ///
    /// ```
    /// use simbet::{Line, Market, MarketKind};
    /// let line = Line::TWO_AND_A_HALF;
    /// assert_eq!(Market::new(MarketKind::OverUnder, Some(line)), Some(Market::OverUnder(line)));
    /// assert_eq!(Market::new(MarketKind::OverUnder, None), None);
    /// ```
    pub fn new(kind: MarketKind, line: Option<Line>) -> Option<Self> {
        match kind.row().line {
            LineRule::None(market) => line.is_none().then_some(market),
            LineRule::Goals { market, .. } => line.map(market),
        }
    }

    /// The kind, without the line.
    pub const fn kind(self) -> MarketKind {
        match self {
            Self::MatchOdds => MarketKind::MatchOdds,
            Self::OverUnder(_) => MarketKind::OverUnder,
            Self::AsianHandicap(_) => MarketKind::AsianHandicap,
            Self::BothTeamsToScore => MarketKind::BothTeamsToScore,
        }
    }

    /// The line, where the market has one.
    pub const fn line(self) -> Option<Line> {
        match self {
            Self::MatchOdds | Self::BothTeamsToScore => None,
            Self::OverUnder(line) | Self::AsianHandicap(line) => Some(line),
        }
    }

    /// The number of a score that is compared with the line, where the market has one.
    pub(crate) const fn along(self) -> Option<Along> {
        match self.kind().row().settles {
            Rule::Line(along) => Some(along),
            Rule::Result | Rule::BothScore => None,
        }
    }

    /// Whether a bet can end other than in a win or a loss: its stake can come back, in part or whole.
    pub(crate) const fn may_be_void(self) -> bool {
        match self.line() {
            Some(line) => line.quarters().rem_euclid(4) != 2,
            None => false,
        }
    }

    /// The margin or total, in quarter goals, at which the line gives the stake back.
    fn void_at(self, along: Along) -> i32 {
        let line = self.line().map_or(0, |line| i32::from(line.quarters()));
        match along {
            Along::Total => line,
            // the line is added to the home side's goals, so the push is at a margin of minus the line
            Along::Margin => -line,
        }
    }

    /// The outcome of a bet on the side at this position, at a final score.
    pub(super) fn settle(self, place: usize, score: Score) -> Outcome {
        match self.kind().row().settles {
            Rule::Result => Outcome::won_if(place == score.result()),
            Rule::Line(along) => {
                let beyond = 4 * along.of(score) - self.void_at(along);
                Outcome::of_margin(if place == 0 { beyond } else { -beyond })
            }
            Rule::BothScore => Outcome::won_if((place == 0) == score.have_both_scored()),
        }
    }

    /// The outcomes of a bet on the side at this place.
    pub(super) fn outcomes(self, place: usize, grid: &ScoreGrid) -> OutcomeDistribution {
        match self.kind().row().settles {
            Rule::Result => OutcomeDistribution::binary(grid.outcomes()[place]),
            Rule::Line(along) => self.outcomes_along(along, place, grid),
            Rule::BothScore => {
                let both = OutcomeDistribution::binary(grid.both_score());
                if place == 0 { both } else { both.opposite() }
            }
        }
    }

    /// The probabilities of the three sides, where the market settles on the result alone: they need no sum over the grid.
    pub(crate) fn result_probabilities(self, grid: &ScoreGrid) -> Option<[f64; 3]> {
        match self.kind().row().settles {
            Rule::Result => Some(grid.outcomes()),
            Rule::Line(_) | Rule::BothScore => None,
        }
    }

    /// Sums a grid of scores by how the side settles on each.
    fn outcomes_along(self, along: Along, place: usize, grid: &ScoreGrid) -> OutcomeDistribution {
        // the last whole number that is not above the line
        let pivot = self.void_at(along).div_euclid(4);
        // outcomes change only within these four values around the line
        let outcomes = [-1, 0, 1, 2].map(|step| self.settle(place, along.example(pivot + step)));
        let top = (0..4)
            .rev()
            .take_while(|&k| outcomes[k] == outcomes[3])
            .last()
            .unwrap_or(3);
        let mut left = 1.0;
        let mut distribution = OutcomeDistribution::default();
        for k in (0..=top).rev() {
            let value = pivot + k as i32 - 1;
            let probability = match k {
                0 => left,
                _ if k == top => grid.at_least(along, value),
                _ => grid.exactly(along, value),
            };
            left = f64::max(left - probability, 0.0);
            *distribution.part_mut(outcomes[k]) += probability;
        }
        distribution
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names of an enum's variants, from serde's error about an unknown one.
    fn known<'a, T: Deserialize<'a> + fmt::Debug>() -> String {
        serde_json::from_str::<T>("\"\"").unwrap_err().to_string()
    }

    /// `ALL` cannot be derived, so that it could forget a variant; serde forgets none.
    #[test]
    fn all_has_every_variant_under_the_name_that_files_have() {
        let (kinds, sides) = (known::<MarketKind>(), known::<Side>());
        assert_eq!(
            kinds.matches('`').count(),
            2 * (1 + MarketKind::COUNT),
            "{kinds}"
        );
        assert_eq!(
            sides.matches('`').count(),
            2 * (1 + Side::ALL.len()),
            "{sides}"
        );
        for kind in MarketKind::ALL {
            assert!(kinds.contains(&format!("`{}`", kind.code())), "{kinds}");
        }
        for side in Side::ALL {
            assert!(sides.contains(&format!("`{}`", side.code())), "{sides}");
        }
    }

    #[test]
    fn a_market_is_found_by_its_kind_and_line() {
        for kind in MarketKind::ALL {
            let line = kind.has_line().then_some(Line::TWO_AND_A_HALF);
            let market = Market::new(kind, line).unwrap();
            assert_eq!((market.kind(), market.line()), (kind, line));
            assert_eq!(market.along().is_some(), kind.has_line());
            let other = if line.is_none() {
                Some(Line::TWO_AND_A_HALF)
            } else {
                None
            };
            assert_eq!(Market::new(kind, other), None);
        }
    }
}
