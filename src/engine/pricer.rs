//! The edges and the forecast of one offer, from its prices and the model's opinion.

use std::sync::Arc;

use super::config::EngineConfig;
use super::fair::{Fair, FairResult};
use super::pooled::{PooledOpinion, pooled_opinion};
use crate::domain::{
    Book, Edge, Forecast, Line, Market, MarketKind, MatchState, Odds, Offer, Opinion,
    OutcomeDistribution, Quote, Selection, Side, Time, Withheld,
};
use crate::predict::{MarginMethod, margin};
use crate::significance::{PriceWeights, log_ratios};
use crate::strategy::{Rejection, Slate, Strategy};

/// The forecast and the edges of one offer, without a bet.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    /// The model's forecast; `None` when it has none for this match, or when there is no model.
    pub forecast: Option<Forecast>,
    /// The edge at each price that may be bet at, and whether it passes the filters.
    pub edges: Vec<(Edge, bool)>,
    /// Why no bet would be considered.
    pub withheld: Option<Withheld>,
}

/// An offer as it was priced, with what its prices lack to be bet at.
#[derive(Debug)]
pub struct AssessedOffer {
    /// What the model says; `None` without a forecast.
    pub opinion: Option<Opinion>,
    /// The edge at each price that may be bet at, and why the filters leave it out.
    pub edges: Vec<(Edge, Option<Rejection>)>,
}

/// A model's opinion on a match, and whether it is bet on.
#[derive(Debug, Default)]
pub struct JudgedOpinion {
    /// What the model says; `None` without a forecast.
    pub opinion: Option<Opinion>,
    /// How many matches of both sides the model rests on; `None` where it does not learn from results.
    pub seen: Option<[u32; 2]>,
    /// Why no bet is considered.
    pub withheld: Option<Withheld>,
}

/// An offer with its forecast; its edges are in the slate.
#[derive(Debug)]
pub struct PricedOffer {
    /// The forecast.
    pub forecast: Option<Arc<Forecast>>,
    /// Why no bet is considered, and how many edges would have passed the filters.
    pub withheld: Option<(Withheld, u64)>,
    /// The prices of home win, draw and away win beside the forecast, without their margin; `None` without all three.
    pub market: Option<FairResult>,
    /// What price and model say of who wins, where forecasts are pooled with prices.
    pub ratios: Option<Box<[f64; 4]>>,
}

/// Prices offers by the settings of an engine.
pub struct Pricer<'a> {
    strategy: &'a Strategy,
    margin_method: MarginMethod,
    market_book: Option<Book>,
    least_matches: u32,
    keeps_prices: bool,
    /// Whether forecasts have more than a summary needs: selections beside the result, and the market in play.
    keeps_details: bool,
    /// The weights of prices and model; `None` where forecasts are the model's own.
    weights: Option<PriceWeights>,
}

impl<'a> Pricer<'a> {
    pub fn new(strategy: &'a Strategy, config: &EngineConfig) -> Self {
        Self {
            strategy,
            margin_method: config.margin_method,
            market_book: config.market_book,
            least_matches: config.model.as_ref().map_or(0, |model| model.min_matches),
            keeps_prices: false,
            keeps_details: true,
            weights: None,
        }
    }

    /// The same, whose forecasts are pooled with prices by these weights.
    pub fn pooling(&self, weights: PriceWeights) -> Self {
        Self {
            weights: Some(weights),
            ..*self
        }
    }

    /// The same, whose forecasts have the prices that could be bet at where that is asked for.
    pub const fn keeping_prices(mut self, keeps: bool) -> Self {
        self.keeps_prices = keeps;
        self
    }

    /// The same, whose forecasts have more than a summary needs where that is asked for.
    pub const fn keeping_details(mut self, keeps: bool) -> Self {
        self.keeps_details = keeps;
        self
    }

    /// How many matches a model must have seen of either side before a bet.
    pub const fn least_matches(&self) -> u32 {
        self.least_matches
    }

    /// Replaces `edges` by those of the offer, and adds a group with those that pass the filters to the slate. The group is
    /// empty where the model knows too little, unless bets do not depend on the model, and where a name looks misspelt.
    pub fn price(
        &self,
        offer: &Offer,
        judged: &JudgedOpinion,
        time: Time,
        edges: &mut Vec<Edge>,
        slate: &mut Slate,
    ) -> PricedOffer {
        edges.clear();
        let own = judged.opinion.as_ref();
        let pooled = own.and_then(|own| self.pooled(offer, own));
        let opinion = pooled.as_ref().map(|pooled| &pooled.opinion).or(own);
        self.strategy.edges(offer, opinion, edges);
        self.strategy.select(edges, slate);
        let withheld = judged
            .withheld
            .and_then(|reason| self.withhold(reason, slate));
        let newcomer = judged.withheld.is_some();
        let market = opinion.and_then(|_| self.market_prices(offer, edges));
        let forecast = opinion.map(|opinion| {
            Arc::new(Forecast {
                fixture: Arc::clone(&offer.fixture),
                time,
                state: offer.state,
                model: opinion.outcomes(),
                unpooled: pooled.as_ref().map(|pooled| pooled.model),
                expected_goals: opinion.expected_goals(),
                rates: opinion.rates(),
                standard_errors: opinion.standard_errors(),
                named: self.named(opinion, edges),
                market: market.as_ref().and_then(Fair::probabilities),
                prices: self.prices(edges),
                seen: judged.seen,
                newcomer,
            })
        });
        PricedOffer {
            forecast,
            withheld,
            market,
            ratios: pooled.map(|pooled| Box::new(pooled.ratios())),
        }
    }

    /// What price and model say of a match that only teaches the weights.
    pub fn lesson(&self, offer: &Offer, judged: &JudgedOpinion) -> Option<[f64; 4]> {
        let own = judged.opinion.as_ref()?;
        let (price, model) = self.views(offer, own)?;
        Some(log_ratios(price, model))
    }

    /// The opinion pooled with the price; `None` where it stays as it is.
    fn pooled(&self, offer: &Offer, own: &Opinion) -> Option<PooledOpinion> {
        let weights = self.weights?;
        let (price, model) = self.views(offer, own)?;
        let method = self.margin_method;
        let totals = self.strategy.prices(MarketKind::OverUnder, offer);
        let opinion = pooled_opinion(weights.pool(price, model), own, &totals, method);
        Some(PooledOpinion {
            opinion,
            price,
            model,
        })
    }

    /// What the price that is bet at and the model say of who wins. `None` in play, without all three prices, and where the model
    /// does not say it.
    fn views(&self, offer: &Offer, own: &Opinion) -> Option<([f64; 3], [f64; 3])> {
        if offer.state != MatchState::default() {
            return None;
        }
        let prices = self.strategy.prices(MarketKind::MatchOdds, offer);
        let odds = |selection| {
            let quote = prices.iter().find(|quote| quote.selection == selection)?;
            Some(quote.odds.decimal())
        };
        let odds = [
            odds(Selection::HOME)?,
            odds(Selection::DRAW)?,
            odds(Selection::AWAY)?,
        ];
        let price = margin::fair_of(odds, self.margin_method).ok()?;
        Some((price, own.outcomes()?))
    }

    /// Takes the bets on an offer out of the slate, and counts them; `None` where the reason withholds nothing. Bets that do
    /// not depend on the model do not need its knowledge, but a name that is probably another's is not bet on.
    fn withhold(&self, reason: Withheld, slate: &mut Slate) -> Option<(Withheld, u64)> {
        let binds = self.strategy.config().needs_model();
        match reason {
            Withheld::Misspelt { .. } => Some((reason, slate.empty_last())),
            Withheld::UnknownLeague | Withheld::Newcomer { .. } if binds => {
                Some((reason, slate.empty_last()))
            }
            Withheld::UnknownLeague => Some((reason, 0)),
            Withheld::Newcomer { .. } => None,
        }
    }

    /// Prices an offer that is not part of a batch.
    pub fn assess(&self, offer: &Offer, opinion: &JudgedOpinion, time: Time) -> Assessment {
        let (mut edges, mut slate) = (Vec::new(), Slate::default());
        let PricedOffer {
            forecast, withheld, ..
        } = self.price(offer, opinion, time, &mut edges, &mut slate);
        let selected = slate.edges();
        let edges = edges
            .iter()
            .map(|edge| (*edge, selected.contains(edge)))
            .collect();
        Assessment {
            forecast: forecast.map(Arc::unwrap_or_clone),
            edges,
            withheld: withheld.map(|(reason, _)| reason),
        }
    }

    /// Prices an offer that was part of a round, its filters without what the model lacks to know.
    pub fn explain(&self, offer: &Offer, opinion: Option<Opinion>) -> AssessedOffer {
        let (mut edges, mut slate) = (Vec::new(), Slate::default());
        let pooled = opinion.as_ref().and_then(|own| self.pooled(offer, own));
        let opinion = pooled.map(|pooled| pooled.opinion).or(opinion);
        self.strategy.edges(offer, opinion.as_ref(), &mut edges);
        self.strategy.select(&edges, &mut slate);
        let rejection = |edge: &Edge| {
            let is_selected = slate.edges().contains(edge);
            let first = self.strategy.rejection(edge);
            (!is_selected).then(|| first.unwrap_or(Rejection::OtherSelection))
        };
        let edges = edges
            .into_iter()
            .map(|edge| (edge, rejection(&edge)))
            .collect();
        AssessedOffer { opinion, edges }
    }

    /// The market's prices of home win, draw and away win, freed of the margin. Nothing is scored in play, where removing it
    /// takes longer than the rest of a forecast.
    fn market_prices(&self, offer: &Offer, edges: &[Edge]) -> Option<FairResult> {
        if offer.state != MatchState::default() && !self.keeps_details {
            return None;
        }
        let others = self.prices_beside(offer);
        let quotes = [
            self.market_quote(Selection::HOME, offer, edges, &others)?,
            self.market_quote(Selection::DRAW, offer, edges, &others)?,
            self.market_quote(Selection::AWAY, offer, edges, &others)?,
        ];
        let odds = quotes.map(|quote| quote.odds.decimal());
        Some(Fair::of(odds, self.margin_method))
    }

    /// The prices of who wins at the books that are bet at, where only other markets are bet on.
    fn prices_beside<'o>(&self, offer: &'o Offer) -> Vec<&'o Quote> {
        let markets = &self.strategy.config().markets;
        if self.market_book.is_some() || markets.contains(&MarketKind::MatchOdds) {
            return Vec::new();
        }
        self.strategy.prices(MarketKind::MatchOdds, offer)
    }

    /// The price of the market book; without one, the price at which a bet would be placed.
    fn market_quote<'o>(
        &self,
        selection: Selection,
        offer: &'o Offer,
        edges: &'o [Edge],
        others: &[&'o Quote],
    ) -> Option<&'o Quote> {
        match self.market_book {
            Some(book) => offer
                .quotes
                .iter()
                .find(|quote| quote.book == book && quote.selection == selection),
            None => edges
                .iter()
                .map(|edge| &edge.quote)
                .chain(others.iter().copied())
                .find(|quote| quote.selection == selection),
        }
    }

    /// The prices of edges, one of each selection, where that is asked for.
    fn prices(&self, edges: &[Edge]) -> Box<[(Selection, Odds)]> {
        if !self.keeps_prices {
            return Box::default();
        }
        let quotes = edges.iter().map(|edge| &edge.quote);
        let mut prices: Vec<_> = quotes.map(|quote| (quote.selection, quote.odds)).collect();
        prices.dedup_by_key(|(selection, _)| *selection);
        prices.into()
    }

    /// What a forecast keeps of an opinion selection by selection, where that is asked for.
    fn named(&self, opinion: &Opinion, edges: &[Edge]) -> Box<[(Selection, OutcomeDistribution)]> {
        if self.keeps_details {
            named(opinion, edges)
        } else {
            Box::default()
        }
    }
}

/// What a forecast keeps of an opinion selection by selection: what was named, and what no rates can tell.
fn named(opinion: &Opinion, edges: &[Edge]) -> Box<[(Selection, OutcomeDistribution)]> {
    let mut named = opinion.named().to_vec();
    if opinion.rates().is_none() {
        let others = edges
            .iter()
            .filter(|edge| edge.quote.selection.market().kind() != MarketKind::MatchOdds);
        named.extend(others.filter_map(|edge| Some((edge.quote.selection, edge.distribution?))));
        // every forecast of goals is scored on over 2.5, whether or not that is priced
        if let Some(grid) = opinion.grid() {
            let usual = Market::OverUnder(Line::TWO_AND_A_HALF);
            let sides = [Side::Over, Side::Under].map(|side| Selection::new(usual, side));
            if let [Some(over), Some(under)] = sides {
                let outcomes = OutcomeDistribution::of(over, grid);
                named.extend([(over, outcomes), (under, outcomes.opposite())]);
            }
        }
        named.sort_unstable_by_key(|(selection, _)| *selection);
        named.dedup_by_key(|(selection, _)| *selection);
    }
    named.into()
}
