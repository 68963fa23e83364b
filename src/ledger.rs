//! The only code that moves money: bets are placed, noted at their closing odds, and settled.
//!
//! Whatever happens, the initial bankroll plus the profits of all settled bets is the balance, to the minor unit.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use foldhash::fast::FixedState;
use serde::{Deserialize, Serialize};

use crate::checkpoint::{self, CheckpointError};
use crate::domain::{
    Bankroll, Bet, Closing, Commission, Entry, Market, Match, Money, Quote, Refusal, Settlement,
    Time,
};

/// The bankroll and the bets that are open on it.
///
/// A match that is over is forgotten [`Match::REMEMBERED`] later; an open bet never is.
#[derive(Debug, Clone)]
pub struct Ledger {
    initial: Money,
    bankroll: Bankroll,
    peak: Money,
    commission: Commission,
    /// What the open bets win if all of them win: keeps the balance within what can be counted.
    at_best: Money,
    moved: bool,
    /// What is known of the bets on a match, by its id; a seed that is fixed, since nothing here is random.
    places: HashMap<Arc<str>, Place, FixedState>,
    books: Vec<MatchBook>,
    /// Books of settled matches, emptied, to be used again.
    spare: Vec<usize>,
    /// Matches that were bet on and are over, with the time at which that became known, in order of it.
    over: VecDeque<(Time, Arc<str>)>,
    /// Matches bet on so far.
    met: u64,
}

/// Where the bets on a match are.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// In this book.
    Book(usize),
    /// Nowhere: they are settled.
    Settled,
}

/// The bets on one match.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct MatchBook {
    /// How many matches were bet on before this one.
    number: u64,
    open: Vec<OpenBet>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct OpenBet {
    bet: Bet,
    at_best: Money,
    closing: Option<Closing>,
    payout: Money,
}

impl Ledger {
    /// A ledger that starts with this much and charges this commission.
    ///
    /// # Errors
    /// When the bankroll is negative or above [`Money::LIMIT`].
    pub fn new(initial: Money, commission: Commission) -> Result<Self, LedgerError> {
        let bankroll = Bankroll::new(initial).filter(|_| initial <= Money::LIMIT);
        Ok(Self {
            initial,
            bankroll: bankroll.ok_or(LedgerError(initial))?,
            peak: initial,
            commission,
            at_best: Money::ZERO,
            moved: false,
            places: HashMap::default(),
            books: Vec::new(),
            spare: Vec::new(),
            over: VecDeque::new(),
            met: 0,
        })
    }

    /// What there was at first.
    pub fn initial(&self) -> Money {
        self.initial
    }

    /// What there is now, and how much of it is tied up.
    pub fn bankroll(&self) -> &Bankroll {
        &self.bankroll
    }

    /// The highest balance at the end of a round so far; the initial one before any.
    pub fn peak(&self) -> Money {
        self.peak
    }

    /// The bets that are open: by match, in the order of their first bets, and within a match as placed.
    pub fn open_bets(&self) -> impl Iterator<Item = &Bet> {
        self.open_books()
            .into_iter()
            .flat_map(|book| &book.open)
            .map(|open| &open.bet)
    }

    /// How many matches are remembered: those with open bets, and those that have not been over for long.
    pub fn remembered(&self) -> usize {
        self.places.len()
    }

    fn open_books(&self) -> Vec<&MatchBook> {
        let mut books: Vec<_> = self
            .books
            .iter()
            .filter(|book| !book.open.is_empty())
            .collect();
        books.sort_unstable_by_key(|book| book.number);
        books
    }

    /// Places a bet and reserves its stake, or refuses it; the entry says which.
    ///
    /// Refused are a bet on a match that this ledger has settled, one that is open already, a stake that is not
    /// positive or not free, and a bet whose winnings could take the balance beyond [`Money::LIMIT`].
    pub fn place(&mut self, bet: Bet) -> Entry {
        let place = self.places.get(&bet.fixture.id).copied();
        let at_best = bet.stake.winnings(bet.edge.quote.odds);
        if let Err(reason) = self.reserve(&bet, place, at_best) {
            return Entry::Refused { bet, reason };
        }
        let index = match place {
            Some(Place::Book(index)) => index,
            _ => self.open_book(&bet.fixture.id),
        };
        let open = OpenBet {
            bet: bet.clone(),
            at_best,
            closing: None,
            payout: Money::ZERO,
        };
        self.books[index].open.push(open);
        self.at_best += at_best;
        self.moved = true;
        Entry::Placed(bet)
    }

    fn reserve(&mut self, bet: &Bet, place: Option<Place>, at_best: Money) -> Result<(), Refusal> {
        match place {
            Some(Place::Settled) => return Err(Refusal::MatchOver),
            Some(Place::Book(index))
                if self.books[index]
                    .open
                    .iter()
                    .any(|open| open.bet.id == bet.id) =>
            {
                return Err(Refusal::Duplicate);
            }
            Some(Place::Book(_)) | None => {}
        }
        if bet.stake <= Money::ZERO {
            return Err(Refusal::BelowMinimum);
        }
        if self.bankroll.balance() + self.at_best + at_best > Money::LIMIT {
            return Err(Refusal::TooLarge);
        }
        self.bankroll
            .reserve(bet.stake)
            .ok_or(Refusal::NoFreeBankroll)
    }

    fn open_book(&mut self, id: &Arc<str>) -> usize {
        let index = self.spare.pop().unwrap_or_else(|| {
            self.books.push(MatchBook::default());
            self.books.len() - 1
        });
        self.books[index].number = self.met;
        self.met += 1;
        self.places.insert(Arc::clone(id), Place::Book(index));
        index
    }

    /// Notes the closing price on the open bets of a match, where a quote is of the same book, selection and line; does
    /// nothing else. `fair` tells the probability that such a quote implies.
    pub fn close(
        &mut self,
        fixture_id: &str,
        quotes: &[Quote],
        fair: impl Fn(&Quote) -> Option<f64>,
    ) {
        let Some(&Place::Book(index)) = self.places.get(fixture_id) else {
            return;
        };
        for open in &mut self.books[index].open {
            let taken = &open.bet.edge.quote;
            let same =
                |quote: &&Quote| quote.selection == taken.selection && quote.book == taken.book;
            if let Some(quote) = quotes.iter().find(same) {
                open.closing = Some(Closing {
                    odds: quote.odds,
                    probability: fair(quote),
                });
            }
        }
    }

    /// Settles every open bet on a match, in the order in which they were placed, and adds an entry for each.
    ///
    /// A second result of the same match changes nothing.
    pub fn settle(&mut self, played: &Match, time: Time, entries: &mut Vec<Entry>) {
        let Some(place) = self.places.get_mut(&played.fixture.id) else {
            return;
        };
        let Place::Book(index) = std::mem::replace(place, Place::Settled) else {
            return;
        };
        let mut bets = std::mem::take(&mut self.books[index].open);
        for open in &mut bets {
            let quote = &open.bet.edge.quote;
            open.payout = quote
                .selection
                .settle(played.score)
                .payout(open.bet.stake, quote.odds);
        }
        self.charge(&mut bets);
        for open in bets.drain(..) {
            entries.push(Entry::Settled(self.pay(open, played, time)));
        }
        self.books[index].open = bets;
        self.spare.push(index);
        self.over.push_back((time, Arc::clone(&played.fixture.id)));
        self.forget(time);
    }

    /// Drops what is over for longer than it is remembered.
    fn forget(&mut self, now: Time) {
        while let Some((_, id)) = self
            .over
            .pop_front_if(|(time, _)| now - *time > Match::REMEMBERED)
        {
            self.places.remove(&id);
        }
    }

    /// Takes the commission of each market from the payouts.
    fn charge(&self, bets: &mut [OpenBet]) {
        for first in 0..bets.len() {
            let market = market_of(&bets[first]);
            let rate = self.commission.rate(market.kind());
            if rate > 0.0
                && bets[..first]
                    .iter()
                    .all(|earlier| market_of(earlier) != market)
            {
                charge_market(bets, market, rate);
            }
        }
    }

    fn pay(&mut self, open: OpenBet, played: &Match, time: Time) -> Settlement {
        let OpenBet {
            bet,
            at_best,
            closing,
            payout,
        } = open;
        let profit = payout - bet.stake;
        self.bankroll.release(bet.stake, profit);
        self.at_best -= at_best;
        self.moved = true;
        Settlement {
            outcome: bet.edge.quote.selection.settle(played.score),
            score: played.score,
            payout,
            profit,
            closing,
            settled_at: time,
            balance: self.bankroll.balance(),
            bet,
        }
    }

    /// Ends a round: the balance may be a new peak, and if money moved there is an entry that says what there is now.
    pub fn end_round(&mut self, time: Time) -> Option<Entry> {
        self.peak = self.peak.max(self.bankroll.balance());
        std::mem::take(&mut self.moved).then_some(Entry::Closed {
            time,
            bankroll: self.bankroll,
        })
    }

    /// Everything that later entries depend on, but for what the ledger was made with.
    ///
    /// # Errors
    /// When that cannot be put into bytes.
    pub fn save(&self) -> Result<Vec<u8>, CheckpointError> {
        checkpoint::encode(&(
            self.initial,
            self.bankroll,
            self.peak,
            self.moved,
            self.met,
            self.open_books(),
            &self.over,
        ))
    }

    /// Goes on from what another ledger saved.
    ///
    /// # Errors
    /// When the bytes are no such state.
    pub fn restore(&mut self, bytes: &[u8]) -> Result<(), CheckpointError> {
        let books: Vec<MatchBook>;
        (
            self.initial,
            self.bankroll,
            self.peak,
            self.moved,
            self.met,
            books,
            self.over,
        ) = checkpoint::decode("state of a ledger", bytes)?;
        let sum = |part: fn(&OpenBet) -> Money| {
            books
                .iter()
                .flat_map(|book| &book.open)
                .map(|open| i128::from(part(open).minor()))
                .sum::<i128>()
        };
        let at_best = i64::try_from(sum(|open| open.at_best))
            .ok()
            .filter(|sum| (0..=Money::LIMIT.minor()).contains(sum));
        let is_reserved =
            sum(|open| open.bet.stake) == i128::from(self.bankroll.reserved().minor());
        let at_best = at_best.filter(|_| is_reserved);
        let problem = || {
            CheckpointError::damaged(
                "state of a ledger",
                "its open bets are not what is reserved",
            )
        };
        self.at_best = Money::from_minor(at_best.ok_or_else(problem)?);
        let open = books
            .iter()
            .enumerate()
            .filter_map(|(index, book)| Some((book.open.first()?, Place::Book(index))));
        self.places = open
            .map(|(open, place)| (Arc::clone(&open.bet.fixture.id), place))
            .collect();
        self.places.extend(
            self.over
                .iter()
                .map(|(_, id)| (Arc::clone(id), Place::Settled)),
        );
        (self.books, self.spare) = (books, Vec::new());
        Ok(())
    }
}

/// Takes the commission on what the bets of a market win net, from the winners in proportion to what they win.
///
/// Rounding down the running total rather than each part makes the parts add up to the whole.
fn charge_market(bets: &mut [OpenBet], market: Market, rate: f64) {
    let profits = || {
        bets.iter()
            .filter(|open| market_of(open) == market)
            .map(profit)
    };
    let commission = profits().sum::<Money>().share(rate);
    if commission <= Money::ZERO {
        return;
    }
    let won: Money = profits().filter(|profit| *profit > Money::ZERO).sum();
    let (mut seen, mut charged) = (Money::ZERO, Money::ZERO);
    for open in bets
        .iter_mut()
        .filter(|open| market_of(open) == market && profit(open) > Money::ZERO)
    {
        seen += profit(open);
        let due = commission.scaled_down(seen, won);
        open.payout -= due - charged;
        charged = due;
    }
}

fn profit(open: &OpenBet) -> Money {
    open.payout - open.bet.stake
}

fn market_of(open: &OpenBet) -> Market {
    open.bet.edge.quote.selection.market()
}

/// An amount that no bankroll can start with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a bankroll must lie between 0 and {limit}, not {0}", limit = Money::LIMIT)]
pub struct LedgerError(Money);
