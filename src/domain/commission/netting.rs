//! What bets on one market pay together: each book takes its commission from what all of them win at it.

use crate::domain::bet::Bet;
use crate::domain::grid::ScoreGrid;
use crate::domain::market::Market;
use crate::domain::odds::{Book, Odds};
use crate::domain::outcome::Outcome;
use crate::domain::selection::Selection;

/// The most ways in which a market can settle.
///
/// A market with two sides settles in one of five: how its first side ends, best first; the second ends opposite. One with
/// more sides settles in as many as it has sides: which of them wins.
pub(crate) const WAYS: usize = Outcome::ALL.len();

/// A bet on one of several markets or sides, as far as its profit matters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct MarketBet {
    pub(crate) selection: Selection,
    pub(crate) odds: Odds,
    pub(crate) book: Book,
    /// The share of its net winnings that the book keeps.
    pub(crate) rate: f64,
    /// In any unit of money, which is that of the profit too.
    pub(crate) stake: f64,
}

impl MarketBet {
    /// The bet, its stake in units of currency.
    pub(crate) fn of(bet: &Bet) -> Self {
        let quote = &bet.edge.quote;
        Self {
            selection: quote.selection,
            odds: quote.odds,
            book: quote.book,
            rate: bet.edge.commission,
            stake: bet.stake.units(),
        }
    }

    /// The outcome when the market settles in this way.
    fn outcome(&self, way: usize) -> Outcome {
        let place = self.selection.place();
        match (self.selection.market().kind().is_two_way(), place) {
            (true, 0) => Outcome::ALL[way],
            (true, _) => Outcome::ALL[WAYS - 1 - way],
            (false, _) => Outcome::won_if(place == way),
        }
    }

    /// The profit before commission when the market settles in this way.
    fn gross_profit(&self, way: usize) -> f64 {
        self.outcome(way).unit_profit(self.odds) * self.stake
    }
}

/// The probability of each way in which a market can settle.
pub(crate) fn chances(market: Market, grid: &ScoreGrid) -> [f64; WAYS] {
    if market.kind().is_two_way() {
        let first = market.outcomes(0, grid);
        return Outcome::ALL.map(|outcome| first.part(outcome));
    }
    let mut chances = [0.0; WAYS];
    for (place, chance) in (0..market.kind().sides().len()).zip(&mut chances) {
        *chance = market.outcomes(place, grid).won;
    }
    chances
}

/// The profit of bets on one market together, commission paid, for each way in which it can settle.
fn net_profits(bets: &[MarketBet]) -> [f64; WAYS] {
    std::array::from_fn(|way| {
        let books = bets.iter().enumerate();
        books
            .filter(|(place, bet)| bets[..*place].iter().all(|other| other.book != bet.book))
            .map(|(_, first)| net_profit_at(first, bets, way))
            .sum()
    })
}

/// What more bets on a market add to the profit of those before them, for each way in which it can settle.
pub(crate) fn added_profits(
    mut bets: Vec<MarketBet>,
    more: impl IntoIterator<Item = MarketBet>,
) -> [f64; WAYS] {
    let before = net_profits(&bets);
    bets.extend(more);
    let mut profits = net_profits(&bets);
    for (profit, before) in profits.iter_mut().zip(before) {
        *profit -= before;
    }
    profits
}

/// The profit of those bets that are at the book of one of them.
fn net_profit_at(one: &MarketBet, bets: &[MarketBet], way: usize) -> f64 {
    let at_book = bets.iter().filter(|bet| bet.book == one.book);
    let gross: f64 = at_book.map(|bet| bet.gross_profit(way)).sum();
    gross - one.rate * gross.max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Line, OutcomeDistribution, Side};

    fn bet(selection: Selection, decimal: f64, stake: f64, book: &str, rate: f64) -> MarketBet {
        let (odds, book) = (Odds::new(decimal).unwrap(), Book::new(book).unwrap());
        MarketBet {
            selection,
            odds,
            book,
            rate,
            stake,
        }
    }

    fn handicap(side: Side) -> Selection {
        Selection::new(Market::AsianHandicap(Line::from_quarters(-1)), side).unwrap()
    }

    #[test]
    fn a_book_takes_its_share_of_what_all_bets_at_it_win() {
        let sides = [
            (Selection::HOME, 2.0),
            (Selection::DRAW, 4.0),
            (Selection::AWAY, 4.0),
        ];
        let bets = sides.map(|(side, decimal)| bet(side, decimal, 10.0, "avg", 0.05));
        assert_eq!(net_profits(&bets)[..3], [-10.0, 9.5, 9.5]);
    }

    #[test]
    fn the_losses_at_another_book_are_not_set_off() {
        let home = bet(Selection::HOME, 2.02, 100.0, "bfe", 0.05);
        let draw = bet(Selection::DRAW, 3.6, 100.0, "b365", 0.0);
        let [home, draw, away] = *net_profits(&[home, draw]).first_chunk().unwrap();
        assert!((home - (102.0 - 5.1 - 100.0)).abs() < 1e-9, "{home}");
        assert_eq!((draw, away), (160.0, -200.0));
    }

    #[test]
    fn half_a_win_is_set_off_against_half_a_loss() {
        let home = bet(handicap(Side::Home), 2.1, 10.0, "bfe", 0.1);
        let away = bet(handicap(Side::Away), 1.9, 20.0, "bfe", 0.1);
        let expected = [-9.0, -4.5, 0.0, 3.6, 7.2];
        for (profit, expected) in net_profits(&[home, away]).into_iter().zip(expected) {
            assert!((profit - expected).abs() < 1e-9, "{profit}");
        }
    }

    #[test]
    fn the_ways_of_a_market_have_the_probabilities_of_its_sides() {
        let grid = ScoreGrid::poisson(1.6, 1.1).unwrap();
        for selection in [Selection::AWAY, handicap(Side::Away)] {
            let bet = bet(selection, 3.0, 1.0, "avg", 0.0);
            let profits = net_profits(&[bet]).into_iter();
            let pairs = profits.zip(chances(selection.market(), &grid));
            let expected: f64 = pairs.map(|(profit, chance)| profit * chance).sum();
            let alone = OutcomeDistribution::of(selection, &grid).expected_value(bet.odds);
            assert!((expected - alone).abs() < 1e-12, "{selection}");
        }
    }
}
