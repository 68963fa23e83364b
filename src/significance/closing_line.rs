//! Closing-line value: how much better the odds taken were than the last ones before kick-off.

use crate::domain::grid::Along;
use crate::domain::{Closing, Edge, Line, Odds, Selection, Settlement};

/// The closing-line value of the odds taken against the closing odds of the same book, selection and line.
///
/// A fraction: 0.1 is 10 % better than the closing odds. The margin of the close is left in, so that more than 0 may still be
/// a loss: [`ClosingValue`] has the value without it.
///
/// # Formula
/// ```text
/// CLV = odds taken / closing odds − 1
/// ```
///
/// ```
/// use simbet::{Odds, closing_line_value};
/// let value = closing_line_value(Odds::new(2.20).unwrap(), Odds::new(2.00).unwrap());
/// assert!((value - 0.1).abs() < 1e-12);
/// ```
pub fn closing_line_value(taken: Odds, closing: Odds) -> f64 {
    taken.decimal() / closing.decimal() - 1.0
}

/// The closing-line value against the fair closing odds: those of the whole market, its margin removed by proportion.
///
/// `others` are the closing odds of the market's other sides. This is the expected profit per unit if the closing
/// market is right, commission not deducted: [`ClosingValue`] deducts it.
///
/// # Formula
/// ```text
/// CLV = odds taken · (1/c) / Σ (1/cⱼ) − 1
/// ```
///
/// ```
/// use simbet::Odds;
/// use simbet::internals::significance::fair_closing_line_value;
/// let odds = |decimal| Odds::new(decimal).unwrap();
/// let value = fair_closing_line_value(odds(2.20), odds(2.00), &[odds(1.90)]);
/// assert!((value - 0.0717948718).abs() < 1e-10);
/// ```
pub fn fair_closing_line_value(taken: Odds, closing: Odds, others: &[Odds]) -> f64 {
    let book: f64 = closing.implied() + others.iter().map(|odds| odds.implied()).sum::<f64>();
    taken.decimal() * closing.implied() / book - 1.0
}

/// What the closing prices say of a settled bet.
///
/// ```
/// use simbet::internals::domain::Closing;
/// use simbet::internals::significance::ClosingValue;
/// use simbet::{Book, Edge, Odds, OutcomeDistribution, Quote, Selection, Time};
/// let odds = |decimal| Odds::new(decimal).unwrap();
/// let quote = Quote { selection: Selection::HOME, odds: odds(1.95), book: Book::AVG, as_of: Time::default() };
/// let fair = Some(OutcomeDistribution::binary(0.5));
/// let closing = Closing { odds: Some(odds(1.90)), probability: Some(0.5), moved_to: None, fair };
/// let value = ClosingValue::of(&Edge::new(quote, None), None, &closing);
/// assert!((value.fair.unwrap() + 0.025).abs() < 1e-12); // better than the closing odds, and yet a loss
/// assert!((value.raw.unwrap() - 0.026315789).abs() < 1e-9);
/// let with_commission = Edge { commission: 0.05, ..Edge::new(quote, None) };
/// let value = ClosingValue::of(&with_commission, None, &closing);
/// assert!((value.fair.unwrap() - (0.5 * 0.95 * 0.95 - 0.5)).abs() < 1e-12);
/// assert!((value.raw.unwrap() - 0.026315789).abs() < 1e-9); // odds against odds
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClosingValue {
    /// The expected profit per unit at the odds taken, commission paid as in [`Edge::expected_value`], if the closing prices
    /// without margin are right.
    pub fair: Option<f64>,
    /// The same without the choice among books: at the mean odds where the best of several was taken, else at the odds
    /// taken. `None` where it is not known.
    pub unchosen: Option<f64>,
    /// Whether the odds taken were the best of several.
    pub is_chosen: bool,
    /// Odds taken / closing odds − 1; `None` where the line moved.
    pub raw: Option<f64>,
    /// Where the line moved: whether in favour of the bet, so that at the close more was asked of the side backed.
    pub moved_for: Option<bool>,
}

impl ClosingValue {
    /// What the close says of the bet on an edge; `mean_odds` are those of [`Bet`](crate::domain::Bet).
    pub fn of(taken: &Edge, mean_odds: Option<Odds>, closing: &Closing) -> Self {
        let quote = &taken.quote;
        let net = |odds: Odds| closing.value_of(odds.after_commission(taken.commission));
        let is_chosen = mean_odds.is_some() || quote.book.is_choice();
        let unchosen = if is_chosen {
            mean_odds
        } else {
            Some(quote.odds)
        };
        Self {
            fair: net(quote.odds),
            unchosen: unchosen.and_then(net),
            is_chosen,
            raw: closing
                .odds
                .map(|close| closing_line_value(quote.odds, close)),
            moved_for: closing
                .moved_to
                .and_then(|line| is_easier_than(quote.selection, line)),
        }
    }

    /// The same of a settled bet; `None` without closing prices.
    pub fn of_settled(settlement: &Settlement) -> Option<Self> {
        let (bet, closing) = (&settlement.bet, settlement.closing.as_ref()?);
        Some(Self::of(&bet.edge, bet.mean_odds, closing))
    }

    /// Whether the bet was worth more than nothing at the close; `None` where that has no fair price.
    pub fn beat_close(&self) -> Option<bool> {
        self.fair.map(|value| value > ROUNDING)
    }
}

/// A value within this of 0 is 0: fair odds that were taken at the close differ from it by rounding alone.
const ROUNDING: f64 = 1e-12;

/// Whether the line of a selection asks less of its side than another line does; `None` for markets without lines.
fn is_easier_than(selection: Selection, other: Line) -> Option<bool> {
    let own = selection.market().line()?.quarters();
    let other = other.quarters();
    // the first side of a handicap wants a high line, that of a total a low one; the second side the opposite
    let first = match selection.market().along()? {
        Along::Margin => own > other,
        Along::Total => own < other,
    };
    Some(first == (selection.place() == 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Market, Side};

    #[test]
    fn a_line_moves_in_favour_of_the_side_that_has_the_easier_one() {
        let handicap = |side| Selection::new(Market::AsianHandicap(Line::from_quarters(-2)), side);
        let total = |side| Selection::new(Market::OverUnder(Line::TWO_AND_A_HALF), side);
        for (selection, close, wanted) in [
            (handicap(Side::Home), -4, true),
            (handicap(Side::Home), -1, false),
            (handicap(Side::Away), -4, false),
            (handicap(Side::Away), 0, true),
            (total(Side::Over), 11, true),
            (total(Side::Over), 9, false),
            (total(Side::Under), 11, false),
            (total(Side::Under), 8, true),
        ] {
            let found = is_easier_than(selection.unwrap(), Line::from_quarters(close));
            assert_eq!(found, Some(wanted), "{selection:?} {close}");
        }
        assert_eq!(is_easier_than(Selection::HOME, Line::TWO_AND_A_HALF), None);
    }
}
