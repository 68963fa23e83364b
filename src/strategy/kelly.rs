//! The Kelly criterion: the share of the bankroll that maximises its expected logarithm.
//!
//! Every bet of a round is sized as if it were the only one. Selections of one market of one match are the exception:
//! only one of them can win, so they are sized together. Other dependence, between markets of one match or between the
//! bets of one round, is left to the caps.
//!
//! Selections of one market at one book pay commission on their net winnings, and are sized for that. Where their books
//! differ each is sized as if it paid on its own winnings alone, which stakes a little less than the best.

use super::{Slate, Staking};
use crate::domain::{Bankroll, Edge, Market, Money, Odds, Outcome, OutcomeDistribution};

/// Stakes a fraction of the Kelly share of the free bankroll.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kelly {
    /// The fraction: 1 is full Kelly, 0.5 half Kelly.
    pub fraction: f64,
}

impl Staking for Kelly {
    fn stake(&self, slate: &Slate, bankroll: &Bankroll, stakes: &mut Vec<Money>) {
        for edges in slate.matches() {
            for market in edges.chunk_by(|one, other| market_of(one) == market_of(other)) {
                match market {
                    [edge] => stakes.push(self.amount(share(edge), bankroll)),
                    _ => stakes.extend(
                        shares(market)
                            .into_iter()
                            .map(|share| self.amount(share, bankroll)),
                    ),
                }
            }
        }
    }
}

impl Kelly {
    fn amount(&self, share: f64, bankroll: &Bankroll) -> Money {
        bankroll.free().share(share * self.fraction)
    }
}

fn market_of(edge: &Edge) -> Market {
    edge.quote.selection.market()
}

fn share(edge: &Edge) -> f64 {
    edge.distribution
        .map_or(0.0, |outcomes| kelly_fraction(&outcomes, edge.net_odds()))
}

/// The Kelly shares of several selections of one market: sized together when each either wins or loses, else one by one.
fn shares(market: &[Edge]) -> Vec<f64> {
    if !market.iter().all(wins_or_loses) {
        return market.iter().map(share).collect();
    }
    let rate = rate_of_one_book(market);
    let odds = |edge: &Edge| match rate {
        Some(_) => edge.quote.odds,
        None => edge.net_odds(),
    };
    let bets: Vec<(f64, Odds)> = market
        .iter()
        .map(|edge| (backable_probability(edge), odds(edge)))
        .collect();
    match rate {
        Some(rate) => netted_kelly_fractions(&bets, rate),
        None => exclusive_kelly_fractions(&bets),
    }
}

/// The commission of prices that are all of one book; `None` when there is none, or the books differ.
fn rate_of_one_book(market: &[Edge]) -> Option<f64> {
    let first = market.first()?;
    let is_one = market
        .iter()
        .all(|edge| edge.quote.book == first.quote.book);
    Some(first.commission).filter(|rate| is_one && *rate > 0.0)
}

/// Whether neither the stake nor half of it can come back. The tolerance is for the rounding of sums over the grid.
fn wins_or_loses(edge: &Edge) -> bool {
    edge.distribution
        .is_some_and(|outcomes| outcomes.won + outcomes.lost > 1.0 - 1e-9)
}

/// The probability of winning, or 0 for a selection without an edge.
///
/// [`exclusive_kelly_fractions`] might back such a selection as a hedge, but nothing is staked without an edge.
fn backable_probability(edge: &Edge) -> f64 {
    match (edge.expected_value(), edge.distribution) {
        (Some(value), Some(outcomes)) if value > 0.0 => outcomes.won,
        _ => 0.0,
    }
}

/// The stake that maximises the expected logarithm of the bankroll, as a share of it, for a bet with up to five outcomes.
///
/// 0 without an edge, at most 1.
///
/// # Formula
/// ```text
/// f* = argmax Σ pₖ ln(1 + f bₖ)   with bₖ = o − 1, (o − 1)/2, 0, −½, −1
/// ```
/// For a bet that wins, loses or is void, f* = EV / ((o − 1)(won + lost)). With halves the derivative's root is found
/// by Newton's method, kept between bounds. Kelly (1956), Bell System Technical Journal 35(4).
///
/// ```
/// use simbet::{Odds, OutcomeDistribution};
/// use simbet::internals::strategy::kelly_fraction;
/// let share = kelly_fraction(&OutcomeDistribution::binary(0.55), Odds::new(2.1).unwrap());
/// assert!((share - 0.1409090909).abs() < 1e-10);
/// ```
pub fn kelly_fraction(outcomes: &OutcomeDistribution, odds: Odds) -> f64 {
    let value = outcomes.expected_value(odds);
    if value.is_nan() || value <= 0.0 {
        return 0.0;
    }
    if outcomes.half_won == 0.0 && outcomes.half_lost == 0.0 {
        return (value / (odds.net() * (outcomes.won + outcomes.lost))).min(1.0);
    }
    five_outcome_fraction(outcomes, odds)
}

/// The root in (0, 1] of the derivative of expected log growth, which falls monotonically from the expected value.
fn five_outcome_fraction(outcomes: &OutcomeDistribution, odds: Odds) -> f64 {
    let terms = Outcome::ALL.map(|outcome| (outcomes.part(outcome), outcome.unit_profit(odds)));
    let (mut low, mut high, mut f) = (0.0, 1.0, 0.0);
    for _ in 0..100 {
        let (first, second) = growth_derivatives(&terms, f);
        if first > 0.0 {
            low = f
        } else {
            high = f
        }
        let newton = f - first / second;
        // bisection where Newton's step leaves the bracket
        let next = if newton > low && newton < high {
            newton
        } else {
            0.5 * (low + high)
        };
        if (next - f).abs() <= 1e-15 {
            return next;
        }
        f = next;
    }
    f
}

/// First and second derivative in f of Σ pₖ ln(1 + f bₖ), the expected log growth of a bet with terms (pₖ, bₖ).
fn growth_derivatives(terms: &[(f64, f64)], f: f64) -> (f64, f64) {
    terms
        .iter()
        // an impossible total loss would give 0 · ∞ at f = 1
        .filter(|term| term.0 > 0.0)
        .fold((0.0, 0.0), |(first, second), &(p, b)| {
            let gain = b / (1.0 + f * b);
            (first + p * gain, second - p * gain * gain)
        })
}

/// The Kelly shares of several selections of which at most one wins.
///
/// `bets` holds the probability and odds of each; the shares are in the same order. A selection without an edge of its
/// own may get a share, as a hedge of the others.
///
/// # Formula
/// ```text
/// fₖ = max(0, pₖ − R/oₖ)   R = (1 − Σ pⱼ) / (1 − Σ 1/oⱼ)   over the j that are backed
/// ```
/// R is the share of the bankroll that is not staked. Selections are taken in descending order of pₖoₖ while pₖoₖ > R.
/// Smoczynski & Tomkins (2010), Mathematical Scientist 35(1).
///
/// ```
/// use simbet::Odds;
/// use simbet::internals::strategy::exclusive_kelly_fractions;
/// let odds = [2.5, 3.2, 2.8].map(|odds| Odds::new(odds).unwrap());
/// let shares = exclusive_kelly_fractions(&[(0.55, odds[0]), (0.25, odds[1]), (0.20, odds[2])]);
/// assert!((shares[0] - 0.2717391304).abs() < 1e-10 && (shares[1] - 0.0326086957).abs() < 1e-10);
/// assert_eq!(shares[2], 0.0);
/// ```
pub fn exclusive_kelly_fractions(bets: &[(f64, Odds)]) -> Vec<f64> {
    let Backed {
        places, reserve, ..
    } = backed(bets);
    let mut shares = vec![0.0; bets.len()];
    for place in places {
        let (probability, odds) = bets[place];
        shares[place] = (probability - reserve * odds.implied()).max(0.0);
    }
    shares
}

/// The selections of a market that are backed.
struct Backed {
    places: Vec<usize>,
    /// R, the share of the bankroll that is not staked.
    reserve: f64,
    /// Σ 1/o.
    price: f64,
}

fn backed(bets: &[(f64, Odds)]) -> Backed {
    let mut order: Vec<usize> = (0..bets.len()).collect();
    order.sort_by(|&one, &other| {
        expected_return(bets[other]).total_cmp(&expected_return(bets[one]))
    });
    let (mut taken, mut reserve, mut price, mut chance) = (0, 1.0, 0.0, 0.0);
    for &index in order.iter().take_while(|index| bets[**index].0 > 0.0) {
        let (probability, odds) = bets[index];
        if expected_return(bets[index]) <= reserve || price + odds.implied() >= 1.0 {
            break;
        }
        chance += probability;
        price += odds.implied();
        reserve = f64::max((1.0 - chance) / (1.0 - price), 0.0);
        taken += 1;
    }
    order.truncate(taken);
    Backed {
        places: order,
        reserve,
        price,
    }
}

/// The Kelly shares of several selections of which at most one wins, at a book that takes a commission of `rate` on what
/// they win together.
///
/// `bets` holds the probability of each and its odds before commission; the shares are in the same order. `rate` is at
/// least 0 and below 1.
///
/// # Formula
/// ```text
/// fₖ = (gₖ + F)/oₖ   gₖ = mₖ − min(max(mₖ, 1), 1/(1 − c))   mₖ = u·pₖoₖ   F = 1 − u·(1 − Σ pⱼ)/(1 − Σ 1/oⱼ)
/// ```
/// over the same j as without commission, where gₖ is the profit before commission if k wins, and u solves F = Σ fⱼ. These are
/// the conditions of Karush, Kuhn and Tucker for Σ pₖ ln(1 + gₖ − c·max(gₖ, 0)), which is concave. At c = 0, u is 1 and the
/// shares are those of [`exclusive_kelly_fractions`].
///
/// ```
/// use simbet::Odds;
/// use simbet::internals::strategy::netted_kelly_fractions;
/// let odds = [2.5, 4.0].map(|odds| Odds::new(odds).unwrap());
/// let shares = netted_kelly_fractions(&[(0.45, odds[0]), (0.30, odds[1])], 0.05);
/// // the one winner pays 5 % of what is left of it after the loss of the other
/// assert!((shares[0] - 0.1488533835).abs() < 1e-9 && (shares[1] - 0.1124248120).abs() < 1e-9);
/// ```
pub fn netted_kelly_fractions(bets: &[(f64, Odds)], rate: f64) -> Vec<f64> {
    let Backed {
        places,
        reserve,
        price,
        ..
    } = backed(bets);
    let gross = |place: usize, u: f64| {
        let multiple = u * expected_return(bets[place]);
        multiple - multiple.clamp(1.0, 1.0 / (1.0 - rate))
    };
    // Σ f − F, up to a positive factor: it rises with u
    let excess = |u: f64| {
        let won = places
            .iter()
            .map(|&place| gross(place, u) * bets[place].1.implied());
        won.sum::<f64>() - (1.0 - price) * (1.0 - u * reserve)
    };
    let (mut low, mut high) = (1.0, 1.0 + price * rate / (1.0 - rate));
    for _ in 0..BISECTIONS {
        let middle = 0.5 * (low + high);
        if excess(middle) < 0.0 {
            low = middle
        } else {
            high = middle
        }
    }
    let staked = 1.0 - high * reserve;
    let mut shares = vec![0.0; bets.len()];
    for &place in &places {
        shares[place] = ((gross(place, high) + staked) * bets[place].1.implied()).max(0.0);
    }
    shares
}

/// Halvings of an interval no longer than 1/(1 − rate): enough for every digit.
const BISECTIONS: usize = 100;

/// The expected return of a unit stake, p·o.
fn expected_return((probability, odds): (f64, Odds)) -> f64 {
    probability * odds.decimal()
}
