//! What the cells of a row claim, before it is held against what else is said of the match.

use super::super::probability_columns::Field;
use crate::domain::{Line, Market, MarketKind, Side};

/// A part of a market whose probability a cell says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// A side, by its place among those of the market.
    Side(u8),
    /// The scores at which the line returns the stake, or half of it.
    Push,
}

/// The probability that a cell says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Claim {
    pub market: Market,
    pub part: Part,
    pub probability: f64,
    pub column: u32,
}

/// A market, and the columns of its sides, of a push, and of its line.
pub(super) type WideMarket = (MarketKind, &'static [Field], Option<Field>, Option<Field>);

/// The markets of a table with a column for each side: their sides, their push, and their line.
pub(super) const WIDE: [WideMarket; 4] = [
    (
        MarketKind::MatchOdds,
        &[Field::Home, Field::Draw, Field::Away],
        None,
        None,
    ),
    (
        MarketKind::OverUnder,
        &[Field::Over, Field::Under],
        Some(Field::TotalPush),
        Some(Field::Line),
    ),
    (
        MarketKind::AsianHandicap,
        &[Field::HandicapHome, Field::HandicapAway],
        Some(Field::HandicapPush),
        Some(Field::HandicapLine),
    ),
    (
        MarketKind::BothTeamsToScore,
        &[Field::BothScore, Field::NotBothScore],
        None,
        None,
    ),
];

/// A word for a market, in a column of markets.
pub(super) fn market_of(word: &str) -> Option<MarketKind> {
    named(&folded(word))
}

/// The market that somebody names with its line, as bookmakers do: `Over/Under 2.5 Goals`.
pub(in crate::source::table) fn market_with_line(word: &str) -> Option<MarketKind> {
    let folded = folded(word);
    let bare = folded
        .trim_end_matches("goals")
        .trim_end_matches(|c: char| c.is_ascii_digit());
    named(&folded).or_else(|| named(bare))
}

fn named(folded: &str) -> Option<MarketKind> {
    let words: [(MarketKind, &[&str]); MarketKind::COUNT] = [
        (
            MarketKind::MatchOdds,
            &[
                "1x2",
                "matchodds",
                "h2h",
                "result",
                "fulltimeresult",
                "matchresult",
                "matchwinner",
                "moneyline",
            ],
        ),
        (
            MarketKind::OverUnder,
            &[
                "ou",
                "overunder",
                "goalsoverunder",
                "totals",
                "total",
                "totalgoals",
                "goals",
            ],
        ),
        (
            MarketKind::AsianHandicap,
            &["ah", "asianhandicap", "handicap", "spread", "spreads"],
        ),
        (
            MarketKind::BothTeamsToScore,
            &["btts", "bothteamstoscore", "bothscore"],
        ),
    ];
    let known = words.into_iter().find(|(_, words)| words.contains(&folded));
    known.map(|(kind, _)| kind)
}

/// A word for a part of a market, in a column of selections.
pub(super) fn part_of(kind: MarketKind, word: &str) -> Option<Part> {
    let folded = folded(word);
    if folded == "push" && kind.has_line() {
        return Some(Part::Push);
    }
    let side = match (kind, folded.as_str()) {
        (MarketKind::MatchOdds, "1" | "h") => Some(Side::Home),
        (MarketKind::MatchOdds, "x" | "d") => Some(Side::Draw),
        (MarketKind::MatchOdds, "2" | "a") => Some(Side::Away),
        (MarketKind::AsianHandicap, "1" | "h") => Some(Side::Home),
        (MarketKind::AsianHandicap, "2" | "a") => Some(Side::Away),
        (_, word) => Side::ALL.into_iter().find(|side| side.code() == word),
    };
    let sides = kind.sides().iter();
    let place = sides.zip(0..).find(|(known, _)| Some(**known) == side);
    place.map(|(_, place)| Part::Side(place))
}

fn folded(word: &str) -> String {
    let letters = word.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// The market of a kind at the line of a cell; the usual line where there is none.
pub(super) fn market_at(kind: MarketKind, line: Option<f64>) -> Result<Market, LineFault> {
    if !kind.has_line() {
        return match line {
            Some(_) => Err(LineFault::Needless),
            None => Market::new(kind, None).ok_or(LineFault::Needless),
        };
    }
    let line = match line {
        Some(goals) => Some(
            Line::from_goals(goals)
                .filter(|line| kind.is_plausible_line(*line))
                .ok_or(LineFault::NoLine)?,
        ),
        None => kind.usual_line(),
    };
    Market::new(kind, line).ok_or(LineFault::Missing)
}

/// Why there is no market at a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineFault {
    /// The market has no line.
    Needless,
    /// The market needs one.
    Missing,
    /// It is no line that can be bet on.
    NoLine,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markets_and_sides_have_the_names_of_the_trade() {
        for kind in MarketKind::ALL {
            assert_eq!(market_of(kind.code()), Some(kind));
            for (place, side) in (0..).zip(kind.sides()) {
                assert_eq!(part_of(kind, side.code()), Some(Part::Side(place)));
            }
            assert_eq!(part_of(kind, "push").is_some(), kind.has_line());
        }
        assert_eq!(market_of("Over/Under"), Some(MarketKind::OverUnder));
        assert_eq!(market_of("corners"), None);
        for (word, kind) in [
            ("Over/Under 2.5 Goals", MarketKind::OverUnder),
            ("Goals Over/Under", MarketKind::OverUnder),
            ("Asian Handicap -0.75", MarketKind::AsianHandicap),
            ("1X2", MarketKind::MatchOdds),
        ] {
            assert_eq!(market_with_line(word), Some(kind), "{word}");
        }
        assert_eq!(market_with_line("Corners 9.5"), None);
        assert_eq!(part_of(MarketKind::MatchOdds, "X"), Some(Part::Side(1)));
        assert_eq!(part_of(MarketKind::AsianHandicap, "draw"), None);
    }

    #[test]
    fn a_line_is_usual_or_said() {
        let usual = Market::OverUnder(Line::TWO_AND_A_HALF);
        assert_eq!(market_at(MarketKind::OverUnder, None), Ok(usual));
        assert_eq!(
            market_at(MarketKind::OverUnder, Some(2.6)),
            Err(LineFault::NoLine)
        );
        assert_eq!(
            market_at(MarketKind::OverUnder, Some(-1.0)),
            Err(LineFault::NoLine)
        );
        assert_eq!(
            market_at(MarketKind::AsianHandicap, None),
            Err(LineFault::Missing)
        );
        assert_eq!(
            market_at(MarketKind::MatchOdds, Some(0.0)),
            Err(LineFault::Needless)
        );
    }
}
