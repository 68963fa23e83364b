//! A selection of a fixture, priced by a book and by the model, as a row.

use std::sync::Arc;

use super::Cell;
use crate::calendar::{format_date, format_time};
use crate::domain::{
    Edge, Fixture, Money, Names, OutcomeDistribution, Quote, Refusal, Selection, Withheld,
};
use crate::strategy::Rejection;

/// A selection of a fixture: its price, the model's opinion of it, and what is staked.
#[derive(Debug, Clone, PartialEq)]
pub struct PricedSelection {
    /// The match.
    pub fixture: Arc<Fixture>,
    /// What could be backed.
    pub selection: Selection,
    /// The price; `None` where no chosen book has one.
    pub quote: Option<Quote>,
    /// The model's probability of each outcome; `None` without a forecast.
    pub distribution: Option<OutcomeDistribution>,
    /// Expected profit per unit of stake, commission paid; `None` without a price or a forecast.
    pub expected_value: Option<f64>,
    /// What is staked; `None` without a bet.
    pub stake: Option<Money>,
    /// Why there is no bet.
    pub reason: Option<NoBet>,
}

/// Why a selection is not backed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoBet {
    /// No chosen book has a price.
    Unpriced,
    /// The model has no forecast of the match.
    NoForecast,
    /// The model knows too little of the match.
    Withheld(Withheld),
    /// It does not pass a filter.
    Rejected(Rejection),
    /// The ledger or a cap refused the bet.
    Refused(Refusal),
}

impl NoBet {
    /// The code in tables.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unpriced => "no_price",
            Self::NoForecast => "no_forecast",
            Self::Withheld(reason) => reason.code(),
            Self::Rejected(reason) => reason.code(),
            Self::Refused(reason) => reason.code(),
        }
    }
}

impl PricedSelection {
    /// A selection at a price, without a decision yet.
    pub fn at_price(fixture: &Arc<Fixture>, edge: &Edge) -> Self {
        Self {
            fixture: Arc::clone(fixture),
            selection: edge.quote.selection,
            quote: Some(edge.quote),
            distribution: edge.distribution,
            expected_value: edge.expected_value(),
            stake: None,
            reason: None,
        }
    }

    /// A selection that no chosen book has a price of.
    pub fn unpriced(
        fixture: &Arc<Fixture>,
        selection: Selection,
        distribution: Option<OutcomeDistribution>,
    ) -> Self {
        Self {
            fixture: Arc::clone(fixture),
            selection,
            quote: None,
            distribution,
            expected_value: None,
            stake: None,
            reason: Some(NoBet::Unpriced),
        }
    }

    /// The model's fair odds, before commission; `None` without a forecast, or when the bet cannot win.
    pub fn fair_odds(&self) -> Option<f64> {
        self.distribution.and_then(|outcomes| outcomes.fair_odds())
    }
}

/// The columns of a selection; the line of a handicap is the home side's, as in the table of bets.
pub const SELECTION_COLUMNS: [&str; 17] = [
    "match_id",
    "league",
    "date",
    "kickoff",
    "home_team",
    "away_team",
    "market",
    "selection",
    "line",
    "backed",
    "book",
    "odds",
    "fair_odds",
    "probability",
    "expected_value",
    "stake",
    "reason",
];

/// A selection as a row: the cells of [`SELECTION_COLUMNS`].
pub fn selection_cells<'a>(row: &PricedSelection, names: &'a Names) -> [Cell<'a>; 17] {
    let (fixture, market) = (&row.fixture, row.selection.market());
    let (home, away) = (names.team(fixture.home), names.team(fixture.away));
    let kickoff = fixture.kickoff.map(format_time);
    let outcomes = row.distribution;
    [
        Cell::Text(fixture.id.to_string().into()),
        Cell::Text(names.league(fixture.league).into()),
        Cell::Text(format_date(fixture.day).into()),
        kickoff.map_or(Cell::Missing, |time| Cell::Text(time.into())),
        Cell::Text(home.into()),
        Cell::Text(away.into()),
        Cell::Text(market.kind().code().into()),
        Cell::Text(row.selection.side().code().into()),
        number(market.line().map(|line| line.goals())),
        Cell::Text(row.selection.as_backed(home, away).into()),
        row.quote.map_or(Cell::Missing, |quote| {
            Cell::Text(quote.book.to_string().into())
        }),
        number(row.quote.map(|quote| quote.odds.decimal())),
        number(row.fair_odds()),
        number(outcomes.map(|outcomes| outcomes.probability())),
        number(row.expected_value),
        number(row.stake.map(Money::units)),
        row.reason
            .map_or(Cell::Missing, |reason| Cell::Text(reason.code().into())),
    ]
}

fn number(number: Option<f64>) -> Cell<'static> {
    number.map_or(Cell::Missing, Cell::Number)
}
