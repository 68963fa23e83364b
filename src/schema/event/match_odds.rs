//! The prices in an entry's members `market_odds_…`, which every consumer reads.

use crate::domain::{Book, MatchState, Odds, Quote, Selection};

/// What an entry's members `market_odds_…` and `book` say of its prices.
///
/// Home and away always have odds: a side without a price has an exchange's limit, the lowest odds where it is the likelier
/// side and else the highest. `quotes` then does not have it, so that nobody bets on it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MatchOdds {
    /// Whose prices they are; `None` when no book of those that were asked for has a price for home or away.
    pub book: Option<Book>,
    /// `market_odds_home`.
    pub home: Odds,
    /// `market_odds_draw`; `None` without a price.
    pub draw: Option<Odds>,
    /// `market_odds_away`.
    pub away: Odds,
}

impl MatchOdds {
    /// Those of the first of these books that has a price for home or away.
    ///
    /// ```
    /// use simbet::{Book, MatchState, Odds, Quote, Selection, Time};
    /// use simbet::internals::schema::event::MatchOdds;
    /// let quote = |selection, odds| Quote { selection, odds: Odds::new(odds).unwrap(), book: Book::AVG, as_of: Time::default() };
    /// let quotes = [quote(Selection::DRAW, 151.0), quote(Selection::AWAY, 700.0)];
    /// let state = MatchState { minute: 88, home_goals: 3, away_goals: 0 };
    /// let odds = MatchOdds::of(&quotes, &[Book::AVG], state);
    /// assert_eq!([odds.home.decimal(), odds.away.decimal()], [1.01, 700.0]);
    /// ```
    pub fn of(quotes: &[Quote], books: &[Book], state: MatchState) -> Self {
        let book = books
            .iter()
            .copied()
            .find(|&book| has_home_or_away(quotes, book));
        let [home, draw, away] = [Selection::HOME, Selection::DRAW, Selection::AWAY]
            .map(|selection| book.and_then(|book| odds_of(quotes, book, selection)));
        let [home, away] = both(home, draw, away, state);
        Self {
            book,
            home,
            draw,
            away,
        }
    }
}

/// The odds of home and away, with a limit for the one that has no price. Which side is likelier is said by what the other
/// prices leave to it, and without a price of either by the score.
fn both(
    home: Option<Odds>,
    draw: Option<Odds>,
    away: Option<Odds>,
    state: MatchState,
) -> [Odds; 2] {
    let left_by = |other: Odds| 1.0 - other.implied() - draw.map_or(0.0, Odds::implied);
    match (home, away) {
        (Some(home), Some(away)) => [home, away],
        (Some(home), None) => [home, limit(left_by(home) > home.implied())],
        (None, Some(away)) => [limit(left_by(away) > away.implied()), away],
        (None, None) => [
            limit(state.home_goals > state.away_goals),
            limit(state.away_goals > state.home_goals),
        ],
    }
}

fn limit(is_likelier: bool) -> Odds {
    let [lowest, highest] = Odds::LIMITS;
    if is_likelier { lowest } else { highest }
}

fn odds_of(quotes: &[Quote], book: Book, selection: Selection) -> Option<Odds> {
    quotes
        .iter()
        .find(|quote| quote.book == book && quote.selection == selection)
        .map(|quote| quote.odds)
}

fn has_home_or_away(quotes: &[Quote], book: Book) -> bool {
    quotes.iter().any(|quote| {
        quote.book == book && [Selection::HOME, Selection::AWAY].contains(&quote.selection)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The odds of home and away by prices of home, draw and away, of which 0 is none.
    fn shown(prices: [f64; 3], goals: [u8; 2]) -> [f64; 2] {
        let [home, draw, away] = prices.map(|odds| Odds::new(odds).ok());
        let state = MatchState {
            minute: 60,
            home_goals: goals[0],
            away_goals: goals[1],
        };
        both(home, draw, away, state).map(Odds::decimal)
    }

    #[test]
    fn a_side_without_a_price_has_the_limit_of_the_likelier_or_of_the_other() {
        assert_eq!(shown([2.1, 3.4, 3.5], [0, 0]), [2.1, 3.5]);
        assert_eq!(shown([0.0, 151.0, 700.0], [0, 0]), [1.01, 700.0]);
        assert_eq!(shown([700.0, 151.0, 0.0], [0, 0]), [700.0, 1.01]);
        assert_eq!(shown([0.0, 5.0, 1.25], [0, 0]), [1000.0, 1.25]);
        assert_eq!(shown([1.25, 5.0, 0.0], [0, 0]), [1.25, 1000.0]);
        assert_eq!(shown([1.02, 0.0, 0.0], [0, 0]), [1.02, 1000.0]);
    }

    #[test]
    fn without_a_price_of_either_side_the_score_says_which_is_likelier() {
        assert_eq!(shown([0.0; 3], [2, 0]), [1.01, 1000.0]);
        assert_eq!(shown([0.0, 9.0, 0.0], [0, 1]), [1000.0, 1.01]);
        assert_eq!(shown([0.0, 1.02, 0.0], [1, 1]), [1000.0, 1000.0]);
    }
}
