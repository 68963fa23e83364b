//! The only code that moves money: bets are placed, get their closing odds, and are settled; a correction settles them anew.
//!
//! Invariant: the initial bankroll plus the profits of all settled bets, as they are settled now, is the balance, to the
//! minor unit. So after any number of corrections it is as if the last result of each match had come first.

use serde::{Deserialize, Serialize};

use crate::checkpoint::{self, CheckpointError};
use crate::domain::{
    Bankroll, Bet, BetId, Book, Closing, Commission, Entry, Market, Match, Money, Refusal,
    Settlement, Time,
};
use crate::match_index::{MatchIndex, Slot};

/// The bankroll and the open bets.
///
/// Matches are named by their slots in a [`MatchIndex`], whose owner tells the ledger which of them to forget.
///
/// ```
/// use simbet::{Commission, Ledger, Money};
/// let ledger = Ledger::new(Money::from_minor(100_000), Commission::default()).unwrap();
/// assert_eq!(ledger.bankroll().free(), Money::from_minor(100_000));
/// assert_eq!(ledger.open_bets().count(), 0);
/// assert!(Ledger::new(Money::from_minor(-1), Commission::default()).is_err());
/// ```
#[derive(Debug, Clone)]
pub struct Ledger {
    initial: Money,
    bankroll: Bankroll,
    peak: Money,
    commission: Commission,
    /// The winnings of the open bets if all of them win. It keeps the balance within [`Money::LIMIT`].
    at_best: Money,
    moved: bool,
    /// The bets on each match, by its slot.
    matches: Vec<MatchBets>,
    /// Buffers of settled matches, emptied, to be used again.
    spare: Vec<Vec<OpenBet>>,
    /// Buffers of forgotten matches.
    spare_settled: Vec<Vec<Settlement>>,
    /// Matches bet on so far.
    met: u64,
}

/// The bets on one match.
#[derive(Debug, Clone, Default)]
struct MatchBets {
    /// How many matches were bet on before this one.
    number: u64,
    open: Vec<OpenBet>,
    /// Those that are settled, as the last result settles them. They are remembered as long as the match is.
    settled: Vec<Settlement>,
    /// Whether the result is known.
    is_over: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct OpenBet {
    bet: Bet,
    at_best: Money,
    closing: Option<Closing>,
    payout: Money,
}

impl Ledger {
    /// A ledger with this initial bankroll and commission.
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
            matches: Vec::new(),
            spare: Vec::new(),
            spare_settled: Vec::new(),
            met: 0,
        })
    }

    /// The same ledger, whose bets go on credit where the bankroll does not pay them.
    #[must_use]
    pub fn with_credit(mut self) -> Self {
        self.bankroll = self.bankroll.with_credit();
        self
    }

    /// The initial bankroll.
    pub fn initial(&self) -> Money {
        self.initial
    }

    /// The bankroll as of now.
    pub fn bankroll(&self) -> &Bankroll {
        &self.bankroll
    }

    /// The highest balance at the end of a round so far; the initial one before any.
    pub fn peak(&self) -> Money {
        self.peak
    }

    /// The bets that are open: by match, in the order of their first bets, and within a match as placed.
    pub fn open_bets(&self) -> impl Iterator<Item = &Bet> {
        self.open_matches()
            .into_iter()
            .flat_map(|bets| &bets.open)
            .map(|open| &open.bet)
    }

    /// How many matches are remembered: those with open bets, and those that are over and not forgotten.
    pub fn remembered(&self) -> usize {
        self.matches
            .iter()
            .filter(|bets| bets.is_over || !bets.open.is_empty())
            .count()
    }

    fn open_matches(&self) -> Vec<&MatchBets> {
        let mut open: Vec<_> = self
            .matches
            .iter()
            .filter(|bets| !bets.open.is_empty())
            .collect();
        open.sort_unstable_by_key(|bets| bets.number);
        open
    }

    /// Places a bet and reserves its stake, or refuses it; the entry says which.
    ///
    /// It refuses a bet on a match that it has settled, a bet that is open already, a stake that is not
    /// positive or not free, and a bet whose winnings could take the balance beyond [`Money::LIMIT`].
    pub fn place(&mut self, slot: Slot, bet: Bet) -> Entry {
        let at_best = bet.stake.winnings(bet.edge.quote.odds);
        if let Err(reason) = self.reserve(slot, &bet, at_best) {
            return Entry::Refused { bet, reason };
        }
        let open = OpenBet {
            bet: bet.clone(),
            at_best,
            closing: None,
            payout: Money::ZERO,
        };
        self.open_bets_on(slot).push(open);
        self.at_best += at_best;
        self.moved = true;
        Entry::Placed(bet)
    }

    fn reserve(&mut self, slot: Slot, bet: &Bet, at_best: Money) -> Result<(), Refusal> {
        if let Some(bets) = self.matches.get(slot.position()) {
            bets.ensure_open_to(bet.id)?;
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

    /// The open bets on a match, to which another one is added.
    fn open_bets_on(&mut self, slot: Slot) -> &mut Vec<OpenBet> {
        let Self {
            matches,
            spare,
            met,
            ..
        } = self;
        let bets = bets_on(matches, slot);
        if bets.open.is_empty() {
            bets.number = *met;
            *met += 1;
            bets.open = spare.pop().unwrap_or_default();
        }
        &mut bets.open
    }

    /// Notes on the open bets of a match what the closing prices say of them, and does nothing else. Where `closing` gives
    /// nothing, what was noted before stays.
    pub fn close(&mut self, slot: Slot, closing: impl Fn(&Bet) -> Option<Closing>) {
        let Some(bets) = self.matches.get_mut(slot.position()) else {
            return;
        };
        for open in &mut bets.open {
            open.closing = closing(&open.bet).or(open.closing);
        }
    }

    /// Settles every open bet on a match, in the order in which they were placed, and adds an entry for each. Where the match
    /// has no result they are void.
    ///
    /// Another result of a match that is over corrects the one before: each bet that it settles otherwise gets an entry, and
    /// the difference is booked. The same result again changes nothing.
    pub fn settle(&mut self, slot: Slot, played: &Match, time: Time, entries: &mut Vec<Entry>) {
        let bets = bets_on(&mut self.matches, slot);
        if std::mem::replace(&mut bets.is_over, true) {
            return self.correct(slot, played, time, entries);
        }
        if bets.open.is_empty() {
            return;
        }
        let mut open = std::mem::take(&mut bets.open);
        let mut settled = self.spare_settled.pop().unwrap_or_default();
        self.assess(&mut open, played);
        for open in open.drain(..) {
            let settlement = self.pay(open, played, time);
            entries.push(Entry::Settled(settlement.clone()));
            settled.push(settlement);
        }
        self.spare.push(open);
        self.matches[slot.position()].settled = settled;
    }

    /// Settles the bets on a match anew, commission included, and books what that changes.
    fn correct(&mut self, slot: Slot, played: &Match, time: Time, entries: &mut Vec<Entry>) {
        let mut settled = std::mem::take(&mut self.matches[slot.position()].settled);
        let mut bets: Vec<OpenBet> = settled.iter().map(OpenBet::reopened).collect();
        self.assess(&mut bets, played);
        for (known, bet) in settled.iter_mut().zip(bets) {
            let after = settlement(bet, played, time);
            if (after.outcome, after.payout) != (known.outcome, known.payout) {
                let after = self.rebook(known, after);
                let before = Box::new(std::mem::replace(known, after.clone()));
                entries.push(Entry::Corrected { before, after });
            } else {
                known.score = played.score;
            }
        }
        self.matches[slot.position()].settled = settled;
    }

    /// Books the difference of two settlements of one bet.
    fn rebook(&mut self, before: &Settlement, after: Settlement) -> Settlement {
        self.bankroll.correct(after.profit - before.profit);
        self.moved = true;
        Settlement {
            balance: self.bankroll.balance(),
            ..after
        }
    }

    /// Frees the slot of a match for another one. Returns `false` while the match has open bets, which are never forgotten.
    pub fn forget(&mut self, slot: Slot) -> bool {
        let Some(bets) = self.matches.get_mut(slot.position()) else {
            return true;
        };
        if !bets.open.is_empty() {
            return false;
        }
        bets.is_over = false;
        let mut settled = std::mem::take(&mut bets.settled);
        if settled.capacity() > 0 {
            settled.clear();
            self.spare_settled.push(settled);
        }
        true
    }

    /// Sets the payout of every bet on a match, after commission.
    fn assess(&self, bets: &mut [OpenBet], played: &Match) {
        for open in &mut *bets {
            open.payout = payout(&open.bet, played);
        }
        self.charge(bets);
    }

    /// Takes the commission of each book and market from the payouts.
    fn charge(&self, bets: &mut [OpenBet]) {
        for first in 0..bets.len() {
            let account = account_of(&bets[first]);
            let rate = self.commission.rate(account.0, account.1.kind());
            if rate > 0.0
                && bets[..first]
                    .iter()
                    .all(|earlier| account_of(earlier) != account)
            {
                charge_account(bets, account, rate);
            }
        }
    }

    fn pay(&mut self, open: OpenBet, played: &Match, time: Time) -> Settlement {
        self.at_best -= open.at_best;
        self.moved = true;
        let settlement = settlement(open, played, time);
        self.bankroll
            .release(settlement.bet.stake, settlement.profit);
        Settlement {
            balance: self.bankroll.balance(),
            ..settlement
        }
    }

    /// Ends a round: updates the peak, and if money moved adds an entry with the bankroll.
    pub fn end_round(&mut self, time: Time) -> Option<Entry> {
        self.peak = self.peak.max(self.bankroll.balance());
        std::mem::take(&mut self.moved).then_some(Entry::Closed {
            time,
            bankroll: self.bankroll,
        })
    }

    /// The state on which later entries depend, except the ledger's settings and which matches are over.
    ///
    /// # Errors
    /// When that cannot be put into bytes.
    pub fn save(&self) -> Result<Vec<u8>, CheckpointError> {
        let open: Vec<(u64, &[OpenBet])> = self
            .open_matches()
            .into_iter()
            .map(|bets| (bets.number, &*bets.open))
            .collect();
        let settled: Vec<(u64, &[Settlement])> = self
            .settled_matches()
            .into_iter()
            .map(|bets| (bets.number, &*bets.settled))
            .collect();
        let (initial, bankroll, peak) = (self.initial, self.bankroll, self.peak);
        checkpoint::encode(&(initial, bankroll, peak, self.moved, self.met, open, settled))
    }

    fn settled_matches(&self) -> Vec<&MatchBets> {
        let mut settled: Vec<_> = self
            .matches
            .iter()
            .filter(|bets| !bets.settled.is_empty())
            .collect();
        settled.sort_unstable_by_key(|bets| bets.number);
        settled
    }

    /// Restores the state of another ledger, on the matches that were remembered then. After an error nothing has changed.
    ///
    /// # Errors
    /// When the bytes are no such state, or of other matches.
    pub fn restore<T>(
        &mut self,
        bytes: &[u8],
        matches: &MatchIndex<T>,
    ) -> Result<(), CheckpointError> {
        let (initial, bankroll, peak, moved, met, open, settled): Saved =
            checkpoint::decode(STATE, bytes)?;
        *self = Self {
            initial,
            bankroll,
            peak,
            commission: self.commission.clone(),
            at_best: max_winnings(&open, &bankroll)?,
            moved,
            matches: bets_by_slot(open, settled, matches)?,
            spare: Vec::new(),
            spare_settled: Vec::new(),
            met,
        };
        Ok(())
    }
}

/// The kind of a ledger's saved state.
const STATE: &str = "state of a ledger";

/// The saved state, from the initial bankroll to the open and the settled bets of each match with their number.
type Saved = (
    Money,
    Bankroll,
    Money,
    bool,
    u64,
    Vec<(u64, Vec<OpenBet>)>,
    Vec<(u64, Vec<Settlement>)>,
);

/// The winnings of open bets if all of them win; an error unless their stakes add up to the reserved amount.
fn max_winnings(
    open: &[(u64, Vec<OpenBet>)],
    bankroll: &Bankroll,
) -> Result<Money, CheckpointError> {
    let stakes = total(open, |open| open.bet.stake);
    i64::try_from(total(open, |open| open.at_best))
        .ok()
        .filter(|sum| (0..=Money::LIMIT.minor()).contains(sum))
        .filter(|_| stakes == i128::from(bankroll.reserved().minor()))
        .map(Money::from_minor)
        .ok_or_else(|| {
            CheckpointError::damaged(STATE, "its open bets do not add up to the reserved amount")
        })
}

/// A sum over open bets, in minor units, which damaged bytes cannot make overflow.
fn total(open: &[(u64, Vec<OpenBet>)], part: fn(&OpenBet) -> Money) -> i128 {
    open.iter()
        .flat_map(|(_, bets)| bets)
        .map(|open| i128::from(part(open).minor()))
        .sum()
}

/// The open and the settled bets at the slots of their matches.
fn bets_by_slot<T>(
    open: Vec<(u64, Vec<OpenBet>)>,
    settled: Vec<(u64, Vec<Settlement>)>,
    matches: &MatchIndex<T>,
) -> Result<Vec<MatchBets>, CheckpointError> {
    let mut by_slot = Vec::new();
    for slot in matches.over() {
        bets_on(&mut by_slot, slot).is_over = true;
    }
    for (number, open) in open {
        let Some(first) = open.first() else { continue };
        let bets = matches
            .find(&first.bet.fixture.id)
            .map(|slot| bets_on(&mut by_slot, slot))
            .filter(|bets| !bets.is_over && bets.open.is_empty())
            .ok_or_else(|| {
                CheckpointError::damaged(STATE, "an open bet belongs to no open match")
            })?;
        (bets.number, bets.open) = (number, open);
    }
    for (number, settled) in settled {
        let Some(first) = settled.first() else {
            continue;
        };
        let bets = matches
            .find(&first.bet.fixture.id)
            .map(|slot| bets_on(&mut by_slot, slot))
            .filter(|bets| bets.is_over && bets.settled.is_empty())
            .ok_or_else(|| {
                CheckpointError::damaged(STATE, "a settled bet belongs to no match that is over")
            })?;
        (bets.number, bets.settled) = (number, settled);
    }
    Ok(by_slot)
}

/// The bets on a match, new or known.
fn bets_on(matches: &mut Vec<MatchBets>, slot: Slot) -> &mut MatchBets {
    let position = slot.position();
    if matches.len() <= position {
        matches.resize_with(position + 1, MatchBets::default);
    }
    &mut matches[position]
}

impl MatchBets {
    fn ensure_open_to(&self, bet: BetId) -> Result<(), Refusal> {
        if self.is_over {
            return Err(Refusal::MatchOver);
        }
        if self.open.iter().any(|open| open.bet.id == bet) {
            return Err(Refusal::Duplicate);
        }
        Ok(())
    }
}

impl OpenBet {
    /// A settled bet as it was before.
    fn reopened(settled: &Settlement) -> Self {
        Self {
            bet: settled.bet.clone(),
            at_best: Money::ZERO,
            closing: settled.closing,
            payout: Money::ZERO,
        }
    }
}

/// The payout of a bet before commission, its stake included.
fn payout(bet: &Bet, played: &Match) -> Money {
    let quote = &bet.edge.quote;
    played.settle(quote.selection).payout(bet.stake, quote.odds)
}

/// The settlement of a bet whose payout is known; the balance is not.
fn settlement(open: OpenBet, played: &Match, time: Time) -> Settlement {
    let OpenBet {
        bet,
        closing,
        payout,
        at_best: _,
    } = open;
    Settlement {
        outcome: played.settle(bet.edge.quote.selection),
        score: played.score,
        payout,
        profit: payout - bet.stake,
        closing,
        settled_at: time,
        balance: Money::ZERO,
        bet,
    }
}

/// What commission is charged on: all bets on a market at one book.
type Account = (Book, Market);

/// Charges the commission on the net winnings of an account, to the winners in proportion to their profits.
///
/// Rounding down the running total rather than each part makes the parts add up to the whole.
fn charge_account(bets: &mut [OpenBet], account: Account, rate: f64) {
    let commission = profits(bets, account).sum::<Money>().share(rate);
    if commission <= Money::ZERO {
        return;
    }
    let won: Money = profits(bets, account)
        .filter(|profit| *profit > Money::ZERO)
        .sum();
    let (mut seen, mut charged) = (Money::ZERO, Money::ZERO);
    for open in bets
        .iter_mut()
        .filter(|open| account_of(open) == account && profit(open) > Money::ZERO)
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

fn account_of(open: &OpenBet) -> Account {
    let quote = &open.bet.edge.quote;
    (quote.book, quote.selection.market())
}

/// The error of an initial bankroll that is out of range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a bankroll must lie between 0 and {limit}, not {0}", limit = Money::LIMIT)]
pub struct LedgerError(Money);

/// The profit of each bet of an account.
fn profits(bets: &[OpenBet], account: Account) -> impl Iterator<Item = Money> {
    bets.iter()
        .filter(move |open| account_of(open) == account)
        .map(profit)
}
