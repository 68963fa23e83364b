//! Strategies: which edges to back, and with what stake.
//!
//! A [`Strategy`] takes three steps. [`Strategy::edges`] chooses the prices of a match and computes their outcome
//! distributions; it depends on books, markets and commission only. [`Strategy::select`] applies the filters.
//! [`Strategy::size`] stakes a whole round together.
//!
//! A new rule is one file here, one variant of [`StrategyKind`] and one arm of `rule`.

mod books;
mod caps;
mod config;
mod ev;
mod flat;
mod kelly;
mod proportional;
mod rejection;
mod slate;

use std::cmp::Ordering;

use crate::domain::{
    Bankroll, Edge, MarketKind, Money, Offer, Opinion, OutcomeDistribution, Quote, Refusal,
    ScoreGrid,
};

pub use books::{BookChoice, BookChoiceError};
use caps::Caps;
pub use config::{StakeUnit, StrategyConfig, StrategyError, StrategyKind, shown_share};
pub use ev::Ev;
pub use flat::Flat;
pub use kelly::{Kelly, exclusive_kelly_fractions, kelly_fraction, netted_kelly_fractions};
pub use proportional::Proportional;
pub use rejection::Rejection;
pub use slate::Slate;

/// A staking rule.
///
/// ```
/// use simbet::{Bankroll, Book, Edge, Money, Odds, Quote, Selection, Slate, Staking, Time};
///
/// /// One percent of the free bankroll on every edge.
/// struct OnePercent;
///
/// impl Staking for OnePercent {
///     fn stake(&self, slate: &Slate, bankroll: &Bankroll, stakes: &mut Vec<Money>) {
///         stakes.extend(slate.edges().iter().map(|_| bankroll.free().share(0.01)));
///     }
/// }
///
/// let odds = Odds::new(2.0).unwrap();
/// let quote = Quote { selection: Selection::HOME, odds, book: Book::AVG, as_of: Time::default() };
/// let mut slate = Slate::default();
/// slate.push(Edge::new(quote, None));
/// let bankroll = Bankroll::new(Money::from_minor(50_000)).unwrap();
/// let mut stakes = Vec::new();
/// OnePercent.stake(&slate, &bankroll, &mut stakes);
/// assert_eq!(stakes, [Money::from_minor(500)]);
/// ```
pub trait Staking: Send + Sync {
    /// Adds one stake for each edge of the slate, in order; 0 where nothing is to be staked.
    ///
    /// The slate is sized together: `bankroll` is that before any of its bets is placed.
    fn stake(&self, slate: &Slate, bankroll: &Bankroll, stakes: &mut Vec<Money>);
}

/// What the balance was before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BankrollHistory {
    /// At the start.
    pub initial: Money,
    /// The highest so far.
    pub peak: Money,
}

/// The decision on one edge of a slate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Back it with this stake.
    Place(Money),
    /// Do not place the stake of the rule, for this reason.
    Refuse(Refusal, Money),
    /// The stake of the rule is 0.
    Pass,
}

/// Edges, filters, a staking rule and caps: everything between a prediction and a bet.
pub struct Strategy {
    config: StrategyConfig,
    rule: Box<dyn Staking>,
    caps: Caps,
}

impl Strategy {
    /// A strategy from its settings, completed by [`StrategyConfig::resolved`].
    ///
    /// # Errors
    /// When a setting is out of its range; the error names the setting, what is allowed and what it was.
    pub fn new(config: &StrategyConfig) -> Result<Self, StrategyError> {
        let config = config.resolved();
        config.validate()?;
        Ok(Self {
            rule: rule(&config),
            caps: Caps::new(&config),
            config,
        })
    }

    /// Replaces the staking rule.
    pub fn set_rule(&mut self, rule: Box<dyn Staking>) {
        self.rule = rule;
    }

    /// The name that goes into each [`BetId`](crate::domain::BetId).
    pub fn name(&self) -> &'static str {
        self.config.kind.code()
    }

    /// The settings, with every default filled in.
    pub fn config(&self) -> &StrategyConfig {
        &self.config
    }

    /// Whether bets can depend on a model: see [`StrategyConfig::needs_model`].
    pub fn needs_model(&self) -> bool {
        self.config.needs_model()
    }

    /// Adds the edges of one match: the prices of the chosen books in the chosen markets, in the order of their
    /// selections, with the probability of each outcome where there is a `grid`.
    ///
    /// Nothing is added when no chosen book has a price.
    pub fn edges(&self, offer: &Offer, opinion: Option<&Opinion>, edges: &mut Vec<Edge>) {
        let start = edges.len();
        let StrategyConfig {
            markets,
            books,
            commission,
            ..
        } = &self.config;
        for &kind in markets {
            books.choose(kind, &offer.quotes, commission, |quote| {
                edges.push(self.edge(*quote))
            });
        }
        let edges = &mut edges[start..];
        // prices mostly come in the order of their selections
        if !edges.is_sorted_by(|one, next| order(one, next).is_le()) {
            edges.sort_unstable_by(order);
        }
        match opinion.map(|opinion| (opinion, opinion.grid())) {
            Some((opinion, Some(grid))) if opinion.named().is_empty() => {
                fill_distributions(edges, grid);
            }
            Some((opinion, _)) => {
                for edge in edges {
                    edge.distribution = opinion.distribution(edge.quote.selection);
                }
            }
            None => {}
        }
    }

    /// The prices of one kind of market that are bet at, or would be if it were chosen.
    pub(crate) fn prices<'a>(&self, kind: MarketKind, offer: &'a Offer) -> Vec<&'a Quote> {
        let StrategyConfig {
            books, commission, ..
        } = &self.config;
        let mut prices = Vec::new();
        books.choose(kind, &offer.quotes, commission, |quote| prices.push(quote));
        prices
    }

    fn edge(&self, quote: Quote) -> Edge {
        Edge {
            commission: self.config.commission.rate_of(&quote),
            ..Edge::new(quote, None)
        }
    }

    /// Adds the edges of one match that pass the filters to the slate of the round, as one group.
    ///
    /// Where bets depend on a model and `multiple` is not set, at most one edge is added for each kind of market: the one
    /// with the highest expected value, and of equal ones the first in the order of
    /// [`Selection`](crate::domain::Selection).
    pub fn select(&self, edges: &[Edge], slate: &mut Slate) {
        let single = self.needs_model() && !self.config.multiple;
        slate.next_match();
        for edge in edges.iter().filter(|edge| self.accepts(edge)) {
            match slate
                .last_match_mut()
                .iter_mut()
                .find(|held| single && same_kind(held, edge))
            {
                Some(held) if edge.expected_value() > held.expected_value() => *held = *edge,
                Some(_) => {}
                None => slate.push(*edge),
            }
        }
    }

    /// Whether an edge passes every filter.
    fn accepts(&self, edge: &Edge) -> bool {
        self.rejection(edge).is_none()
    }

    /// Replaces `decisions` by one for each edge of the slate: the stake of the rule, limited by the caps.
    ///
    /// `bankroll` is that of the round before any of the slate is placed. When a limit on the whole slate binds (free
    /// bankroll, cap of the round, exposure), every stake is scaled by the same factor, so that no bet depends on its place
    /// in the slate. Only flat stakes, which are amounts and not shares, do not shrink when money is short: they are placed
    /// in the order of the slate while they can be paid.
    ///
    /// What is refused for want of money has one of two reasons. [`Refusal::BankrollTooSmall`]: the bet would not be placed
    /// if every open stake came back and it were alone in its round, but with the initial bankroll it would; or no bet of the
    /// round would be placed if every open stake came back, but with the initial bankroll this one would.
    /// [`Refusal::NoFreeBankroll`]: it would be, so that the money is only tied up.
    pub fn size(
        &self,
        slate: &Slate,
        bankroll: &Bankroll,
        history: BankrollHistory,
        decisions: &mut Vec<Decision>,
    ) {
        decisions.clear();
        if slate.edges().is_empty() {
            return;
        }
        let mut stakes = Vec::with_capacity(slate.edges().len());
        self.rule.stake(slate, bankroll, &mut stakes);
        self.caps.decide(&stakes, bankroll, history.peak, decisions);
        for (decision, edge) in decisions.iter_mut().zip(slate.edges()) {
            // a stake of 0 on an edge that passes the filters means that the bankroll is too small, which is recorded
            if *decision == Decision::Pass && self.accepts(edge) {
                *decision = Decision::Refuse(Refusal::BelowMinimum, Money::ZERO);
            }
        }
        if decisions.iter().any(|decision| decision.may_want_money()) {
            self.tell_want_of_money(slate, bankroll, history.initial, decisions);
        }
    }

    /// Gives the bets that are refused for want of money their reason.
    fn tell_want_of_money(
        &self,
        slate: &Slate,
        bankroll: &Bankroll,
        initial: Money,
        decisions: &mut [Decision],
    ) {
        let whole = self.placeable(slate, Some(bankroll.with_nothing_reserved()));
        let at_first = self.placeable(slate, Bankroll::new(initial));
        let outgrown = self.outgrown(slate, bankroll, initial);
        let known = whole.into_iter().zip(at_first).zip(outgrown);
        for (decision, ((whole, at_first), outgrown)) in decisions.iter_mut().zip(known) {
            if let Decision::Refuse(reason, _) = decision
                && may_be_want_of_money(*reason)
            {
                *reason = match (whole && !outgrown, at_first || outgrown, *reason) {
                    (false, true, _) => Refusal::BankrollTooSmall,
                    // where the initial bankroll would not do either, the stake itself is at fault
                    (true, _, Refusal::BelowMinimum) => Refusal::NoFreeBankroll,
                    (_, _, reason) => reason,
                };
            }
        }
    }

    /// Whether the round has become too large for the bankroll: each bet that the initial bankroll would have placed in it,
    /// where the whole balance places none.
    fn outgrown(&self, slate: &Slate, bankroll: &Bankroll, initial: Money) -> Vec<bool> {
        let now = self.placed_together(slate, Some(bankroll.with_nothing_reserved()));
        if now.contains(&true) {
            return vec![false; slate.edges().len()];
        }
        self.placed_together(slate, Bankroll::new(initial))
    }

    /// Whether each bet of the slate would be placed together with the others, the stop aside.
    fn placed_together(&self, slate: &Slate, bankroll: Option<Bankroll>) -> Vec<bool> {
        let Some(bankroll) = bankroll.filter(|bankroll| bankroll.available() > Money::ZERO) else {
            return vec![false; slate.edges().len()];
        };
        let mut stakes = Vec::with_capacity(slate.edges().len());
        self.rule.stake(slate, &bankroll, &mut stakes);
        let mut decisions = Vec::with_capacity(stakes.len());
        // a peak of 0 lets no stop bind
        self.caps
            .decide(&stakes, &bankroll, Money::ZERO, &mut decisions);
        let placed = decisions
            .iter()
            .map(|decision| matches!(decision, Decision::Place(_)));
        placed.collect()
    }

    /// Whether each bet of the slate would be placed if it were alone.
    fn placeable(&self, slate: &Slate, bankroll: Option<Bankroll>) -> Vec<bool> {
        let Some(bankroll) = bankroll.filter(|bankroll| bankroll.available() > Money::ZERO) else {
            return vec![false; slate.edges().len()];
        };
        let mut stakes = Vec::with_capacity(slate.edges().len());
        self.rule.stake(slate, &bankroll, &mut stakes);
        self.caps.places_alone(&stakes, &bankroll)
    }
}

impl Decision {
    /// Whether it is a refusal that may be for want of money.
    fn may_want_money(&self) -> bool {
        matches!(self, Self::Refuse(reason, _) if may_be_want_of_money(*reason))
    }
}

/// Whether the bet might have been placed with more money.
const fn may_be_want_of_money(reason: Refusal) -> bool {
    match reason {
        Refusal::NoFreeBankroll
        | Refusal::BelowMinimum
        | Refusal::RoundCap
        | Refusal::Exposure
        | Refusal::BankrollTooSmall => true,
        Refusal::DrawdownStop | Refusal::Duplicate | Refusal::MatchOver | Refusal::TooLarge => {
            false
        }
    }
}

/// The one place where a kind of strategy becomes its rule.
fn rule(config: &StrategyConfig) -> Box<dyn Staking> {
    let stake = config.stake.unwrap_or_default();
    match config.kind {
        StrategyKind::Ev => Box::new(Ev { fraction: stake }),
        StrategyKind::Kelly => Box::new(Kelly {
            fraction: config.kelly_fraction,
        }),
        StrategyKind::Flat => Box::new(Flat {
            amount: Money::from_units(stake).unwrap_or_default(),
        }),
        StrategyKind::Proportional => Box::new(Proportional { fraction: stake }),
    }
}

/// The order of a match's edges.
fn order(one: &Edge, other: &Edge) -> Ordering {
    let (one, other) = (&one.quote, &other.quote);
    let by_selection = one.selection.cmp(&other.selection);
    by_selection.then_with(|| one.book.cmp(&other.book))
}

fn same_kind(one: &Edge, other: &Edge) -> bool {
    one.quote.selection.market().kind() == other.quote.selection.market().kind()
}

/// Sets the outcome distributions of edges that are sorted by selection, at one sum over the grid for each two-way market.
fn fill_distributions(edges: &mut [Edge], grid: &ScoreGrid) {
    for edges in edges
        .chunk_by_mut(|one, other| one.quote.selection.market() == other.quote.selection.market())
    {
        let first = edges[0].quote.selection;
        if let Some(chances) = first.market().result_probabilities(grid) {
            for edge in edges {
                let chance = chances[edge.quote.selection.place()];
                edge.distribution = Some(OutcomeDistribution::binary(chance));
            }
            continue;
        }
        let distribution = OutcomeDistribution::of(first, grid);
        let is_two_way = first.market().kind().is_two_way();
        for edge in edges {
            edge.distribution = Some(match edge.quote.selection {
                selection if selection == first => distribution,
                _ if is_two_way => distribution.opposite(),
                selection => OutcomeDistribution::of(selection, grid),
            });
        }
    }
}
