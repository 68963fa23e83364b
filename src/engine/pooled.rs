//! An opinion that was pooled with the prices of its match.

use crate::domain::{Line, Market, Opinion, OutcomeDistribution, Quote, Selection, Side};
use crate::predict::{MarginMethod, Over, USUAL_RHO, margin, opinion_of, over_of};
use crate::significance::{fair_distribution, log_ratios};

/// An opinion that was pooled with the price.
pub struct PooledOpinion {
    /// What both say together.
    pub opinion: Opinion,
    /// What the price says of home win, draw and away win.
    pub price: [f64; 3],
    /// What the model says of them.
    pub model: [f64; 3],
}

impl PooledOpinion {
    /// What both say, as the weights take it.
    pub fn ratios(&self) -> [f64; 4] {
        log_ratios(self.price, self.model)
    }
}

/// An opinion with these probabilities of home win, draw and away win, and of totals with those of their prices.
///
/// A total that nobody prices, handicaps and both teams to score follow from the goals that these say: a grid with the pooled
/// result, and with the priced number of goals, or the model's own where none is priced.
pub fn pooled_opinion(
    result: [f64; 3],
    own: &Opinion,
    totals: &[&Quote],
    method: MarginMethod,
) -> Opinion {
    let over = over_of(totals.iter().copied(), method).or_else(|| own_over(own));
    let rho = own.rates().map_or(USUAL_RHO, |rates| rates.rho);
    let mut opinion = opinion_of(result, over, rho).unwrap_or_else(|| Opinion::of_outcomes(result));
    for quote in totals {
        if let Some(distribution) = by_price(quote, totals, method) {
            opinion.set(quote.selection, distribution);
        }
    }
    opinion
}

/// The model's own probability of over 2.5.
fn own_over(own: &Opinion) -> Option<Over> {
    let over = Selection::new(Market::OverUnder(Line::TWO_AND_A_HALF), Side::Over)?;
    let probability = own.distribution(over)?.won;
    Some(Over {
        goals: 2,
        probability,
    })
}

/// How a bet on a total ends by its price and that of the other side, without their margin.
fn by_price(quote: &Quote, totals: &[&Quote], method: MarginMethod) -> Option<OutcomeDistribution> {
    let market = quote.selection.market();
    let other = match quote.selection.side() {
        Side::Over => Side::Under,
        Side::Under => Side::Over,
        Side::Home | Side::Draw | Side::Away | Side::Yes | Side::No => return None,
    };
    let other = Selection::new(market, other)?;
    let other = totals.iter().find(|total| total.selection == other)?;
    let odds = [quote, *other].map(|quote| quote.odds.decimal());
    let [probability, _] = margin::fair_of(odds, method).ok()?;
    fair_distribution(quote.selection, probability)
}
