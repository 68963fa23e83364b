//! Every selection of the fixtures that are predicted, at every price, with the stake.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::domain::{
    Bet, Entry, Fixture, Line, Market, MarketKind, Opinion, Quote, Round, Selection, Time, Withheld,
};
use crate::engine::AssessedOffer;
use crate::schema::{NoBet, PricedSelection};
use crate::strategy::Rejection;

/// The selections of the fixtures, gathered round by round.
#[derive(Debug, Default)]
pub struct PredictedSlate {
    fixtures: BTreeMap<(Time, String), PredictedFixture>,
}

/// A fixture with its selections.
#[derive(Debug)]
struct PredictedFixture {
    fixture: Arc<Fixture>,
    opinion: Option<Opinion>,
    selections: Vec<PricedSelection>,
}

impl PredictedSlate {
    /// Adds the offers of a round, with what the engine made of them.
    pub fn add(&mut self, round: &Round, assessed: Vec<AssessedOffer>, entries: &[Entry]) {
        for (offer, assessed) in round.offers.iter().zip(assessed) {
            let known = self
                .fixtures
                .entry(place(&offer.fixture))
                .or_insert_with(|| PredictedFixture {
                    fixture: Arc::clone(&offer.fixture),
                    opinion: None,
                    selections: Vec::new(),
                });
            for (edge, rejection) in &assessed.edges {
                let mut row = PricedSelection::at_price(&offer.fixture, edge);
                decide(&mut row, entries, *rejection);
                known.selections.push(row);
            }
            known.opinion = assessed.opinion;
        }
    }

    /// Every selection by kick-off, then match, with those that no chosen book has a price of: of a kind with lines those
    /// on the lines of any price that was read.
    pub fn finish<'a>(
        self,
        kinds: &[MarketKind],
        quotes_of: impl Fn(&Fixture) -> &'a [Quote],
    ) -> Vec<PricedSelection> {
        let finished = self.fixtures.into_values().map(|mut known| {
            let quotes = quotes_of(&known.fixture);
            known.add_unpriced(kinds, quotes);
            known
                .selections
                .sort_by_key(|row| (row.selection, row.quote.map(|quote| quote.book)));
            known.selections
        });
        finished.flatten().collect()
    }
}

impl PredictedFixture {
    fn add_unpriced(&mut self, kinds: &[MarketKind], quotes: &[Quote]) {
        let Some(opinion) = &self.opinion else {
            return;
        };
        let priced: BTreeSet<Selection> = self.selections.iter().map(|row| row.selection).collect();
        for market in kinds.iter().flat_map(|kind| markets(*kind, quotes)) {
            let sides = market.kind().sides().iter();
            let selections = sides.filter_map(|side| Selection::new(market, *side));
            for selection in selections.filter(|selection| !priced.contains(selection)) {
                let outcomes = opinion.distribution(selection);
                let row = PricedSelection::unpriced(&self.fixture, selection, outcomes);
                self.selections.push(row);
            }
        }
    }
}

/// The place of a fixture: by kick-off, then match.
pub fn place(fixture: &Fixture) -> (Time, String) {
    let time = fixture.kickoff.unwrap_or(fixture.day);
    (time, fixture.id.to_string())
}

/// The markets of a kind: of one with lines those of the prices.
fn markets(kind: MarketKind, quotes: &[Quote]) -> Vec<Market> {
    if !kind.has_line() {
        return Vec::from_iter(Market::new(kind, None));
    }
    let of_kind = quotes
        .iter()
        .map(|quote| quote.selection.market())
        .filter(|market| market.kind() == kind);
    let lines: BTreeSet<Option<Line>> = of_kind.map(Market::line).collect();
    let markets = lines.into_iter();
    markets.filter_map(|line| Market::new(kind, line)).collect()
}

/// What the entries of a round say of a price.
fn decide(row: &mut PricedSelection, entries: &[Entry], rejection: Option<Rejection>) {
    let mut withheld = None;
    for entry in entries {
        match entry {
            Entry::Placed(bet) if is_on(bet, row) => row.stake = Some(bet.stake),
            Entry::Refused { bet, reason } if is_on(bet, row) => {
                row.reason = Some(NoBet::Refused(*reason));
            }
            Entry::Withheld {
                fixture, reason, ..
            } if fixture.id == row.fixture.id => withheld = Some(*reason),
            Entry::Predicted(_)
            | Entry::Placed(_)
            | Entry::Refused { .. }
            | Entry::Withheld { .. }
            | Entry::Settled(_)
            | Entry::Corrected { .. }
            | Entry::Played(_)
            | Entry::Revised { .. }
            | Entry::Scored { .. }
            | Entry::Closed { .. } => {}
        }
    }
    if row.stake.is_none() && row.reason.is_none() {
        row.reason = reason(row, withheld, rejection);
    }
}

fn is_on(bet: &Bet, row: &PricedSelection) -> bool {
    bet.fixture.id == row.fixture.id && Some(bet.edge.quote) == row.quote
}

/// Why a price is not bet at. A filter that needs no model comes before a league that the model does not know: bets that do
/// not depend on the model are placed there too.
fn reason(
    row: &PricedSelection,
    withheld: Option<Withheld>,
    rejection: Option<Rejection>,
) -> Option<NoBet> {
    match (withheld, rejection) {
        (Some(Withheld::Misspelt { .. } | Withheld::Newcomer { .. }), _) => {
            withheld.map(NoBet::Withheld)
        }
        (_, Some(Rejection::Side | Rejection::Odds)) => rejection.map(NoBet::Rejected),
        (Some(Withheld::UnknownLeague), _) => withheld.map(NoBet::Withheld),
        (None, _) if row.distribution.is_none() => Some(NoBet::NoForecast),
        (None, _) => rejection.map(NoBet::Rejected),
    }
}
