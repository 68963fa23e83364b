//! What the closing prices of a book say of a bet.

use super::fair;
use crate::domain::{
    Bet, Book, Closing, MarketKind, MatchState, OutcomeDistribution, Quote, Selection, Side,
};
use crate::predict::MarginMethod;
use crate::significance::{
    distribution_at_line, even_goals_by_result, even_goals_by_total, fair_distribution,
};

/// The farthest that a line may have moved, in quarter goals: a bet whose line moved farther is counted, but not valued. So
/// far the conversion was checked on real matches.
const FARTHEST: u16 = 4;

/// What the closing prices of a bet's book say of it. `None` where the book prices its side on no line, and for bets placed in
/// play, which come after the close.
pub fn closing(bet: &Bet, quotes: &[Quote], method: MarginMethod) -> Option<Closing> {
    if bet.state != MatchState::default() {
        return None;
    }
    of_quote(&bet.edge.quote, quotes, method)
}

/// What the closing prices of a price's book say of a bet at it.
pub fn of_quote(taken: &Quote, quotes: &[Quote], method: MarginMethod) -> Option<Closing> {
    let selection = taken.selection;
    let quote = closing_quote(taken, quotes)?;
    let probability = fair::probability(quote, quotes, method);
    if quote.selection == selection {
        return Some(Closing {
            odds: Some(quote.odds),
            probability,
            moved_to: None,
            fair: probability.and_then(|chance| fair_distribution(selection, chance)),
        });
    }
    Some(Closing {
        odds: None,
        probability: None,
        moved_to: quote.selection.market().line(),
        fair: probability.and_then(|chance| converted(selection, quote, chance, quotes, method)),
    })
}

/// The closing quote of the same book and side on the line that is nearest to the one backed: that line itself if it is
/// priced, and of two that are as near the lower one.
fn closing_quote<'a>(taken: &Quote, quotes: &'a [Quote]) -> Option<&'a Quote> {
    let (kind, side) = (taken.selection.market().kind(), taken.selection.side());
    quotes
        .iter()
        .filter(|quote| {
            quote.book == taken.book
                && quote.selection.side() == side
                && quote.selection.market().kind() == kind
        })
        .min_by_key(|quote| {
            let line = quote.selection.market().line();
            (distance(taken.selection, quote.selection), line)
        })
}

/// How far the lines of two selections of one kind of market are apart, in quarter goals.
fn distance(one: Selection, other: Selection) -> u16 {
    let quarters =
        |selection: Selection| selection.market().line().map_or(0, |line| line.quarters());
    quarters(one).abs_diff(quarters(other))
}

/// The outcomes of a selection by the close of another line.
fn converted(
    selection: Selection,
    quote: &Quote,
    probability: f64,
    quotes: &[Quote],
    method: MarginMethod,
) -> Option<OutcomeDistribution> {
    if distance(selection, quote.selection) > FARTHEST {
        return None;
    }
    // the price of a total says itself how many goals there are
    let is_handicap = selection.market().kind() == MarketKind::AsianHandicap;
    let goals = is_handicap.then(|| {
        goals_by_result(quote.book, quotes, method)
            .or_else(|| goals_by_total(quote.book, quotes, method))
    });
    let goals = goals.flatten();
    distribution_at_line(selection, quote.selection, probability, goals)
}

/// How many goals the prices of home win, draw and away win go by.
fn goals_by_result(book: Book, quotes: &[Quote], method: MarginMethod) -> Option<f64> {
    let chance = |selection| {
        let mut of_book = quotes.iter().filter(|quote| quote.book == book);
        fair::probability(
            of_book.find(|quote| quote.selection == selection)?,
            quotes,
            method,
        )
    };
    even_goals_by_result(chance(Selection::HOME)?, chance(Selection::DRAW)?)
}

/// How many goals the price of the total goes by that is nearest to even.
fn goals_by_total(book: Book, quotes: &[Quote], method: MarginMethod) -> Option<f64> {
    let priced = quotes
        .iter()
        .filter(|quote| quote.book == book && is_over(quote.selection))
        .filter_map(|quote| Some((quote, fair::probability(quote, quotes, method)?)));
    let (quote, chance) = priced.min_by_key(|(quote, chance)| {
        // in parts of a million, since floating-point numbers have no order
        let off = ((chance - 0.5).abs() * 1e6) as u32;
        (off, quote.selection.market().line())
    })?;
    even_goals_by_total(quote.selection, chance)
}

fn is_over(selection: Selection) -> bool {
    selection.market().kind() == MarketKind::OverUnder && selection.side() == Side::Over
}
