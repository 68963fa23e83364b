//! The table of bets: its columns, its rows as they are written, and as they are read back.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::Cell;
use crate::calendar::{format_date, format_time};
use crate::domain::{Bet, MatchState, Names, Refusal, Settlement};

/// A column of the table of bets: its name, what it holds, and where it comes from.
pub struct Column {
    /// The name in every file and format.
    pub name: &'static str,
    /// What it holds, with its unit.
    pub about: &'static str,
    value: Value,
}

enum Value {
    Text(for<'a> fn(&BetRow<'a>) -> Option<Cow<'a, str>>),
    Number(fn(&BetRow<'_>) -> Option<f64>),
}

impl Column {
    /// Whether the cells are numbers.
    pub const fn is_numeric(&self) -> bool {
        matches!(self.value, Value::Number(_))
    }

    /// This column's cell of a row.
    pub fn cell<'a>(&self, row: &BetRow<'a>) -> Cell<'a> {
        match self.value {
            Value::Text(text) => text(row).map_or(Cell::Missing, Cell::Text),
            Value::Number(number) => number(row).map_or(Cell::Missing, Cell::Number),
        }
    }
}

/// A bet as a row: placed, settled or refused.
#[derive(Debug, Clone, Copy)]
pub struct BetRow<'a> {
    /// The bet.
    pub bet: &'a Bet,
    /// How it ended, if it did.
    pub settlement: Option<&'a Settlement>,
    /// Why it was not placed, if it was refused.
    pub refusal: Option<Refusal>,
    /// What its teams and league are called.
    pub names: &'a Names,
}

impl<'a> BetRow<'a> {
    /// The cells, in the order of [`BET_COLUMNS`].
    pub fn cells(&self) -> impl Iterator<Item = Cell<'a>> + '_ {
        BET_COLUMNS.iter().map(|column| column.cell(self))
    }

    fn result(&self) -> Option<&'static str> {
        self.refusal
            .map(|_| "refused")
            .or(self.settlement.map(|settlement| settlement.outcome.code()))
    }
}

const fn text(
    name: &'static str,
    about: &'static str,
    text: for<'a> fn(&BetRow<'a>) -> Option<Cow<'a, str>>,
) -> Column {
    Column {
        name,
        about,
        value: Value::Text(text),
    }
}

const fn number(
    name: &'static str,
    about: &'static str,
    number: fn(&BetRow<'_>) -> Option<f64>,
) -> Column {
    Column {
        name,
        about,
        value: Value::Number(number),
    }
}

/// The columns of the table of bets.
pub const BET_COLUMNS: &[Column] = &[
    text("bet_id", "names the bet; the same in every replay", |row| {
        Some(row.bet.id.to_string().into())
    }),
    text("placed_at", "when it was struck", |row| {
        Some(format_time(row.bet.placed_at).into())
    }),
    text("league", "league", |row| {
        Some(row.names.league(row.bet.fixture.league).into())
    }),
    number("season", "year in which the season began", |row| {
        Some(row.bet.fixture.season.into())
    }),
    text("date", "day of the match", |row| {
        Some(format_date(row.bet.fixture.day).into())
    }),
    text("home_team", "home side", |row| {
        Some(row.names.team(row.bet.fixture.home).into())
    }),
    text("away_team", "away side", |row| {
        Some(row.names.team(row.bet.fixture.away).into())
    }),
    number(
        "minute",
        "minute of play when it was struck; 0 before kick-off",
        |row| Some(row.bet.state.minute.into()),
    ),
    text("score", "score when it was struck", |row| {
        Some(score_text(&row.bet.state).into())
    }),
    text("market", "`1x2`, `ou` or `ah`", |row| {
        Some(row.bet.edge.quote.selection.market().kind().code().into())
    }),
    text(
        "selection",
        "side backed: `home`, `draw`, `away`, `over`, `under`",
        |row| Some(row.bet.edge.quote.selection.side().code().into()),
    ),
    number(
        "line",
        "goals; in `ah` the home side's handicap, whichever side is backed",
        |row| {
            row.bet
                .edge
                .quote
                .selection
                .market()
                .line()
                .map(|line| line.goals())
        },
    ),
    text("book", "whose price it was", |row| {
        Some(row.bet.edge.quote.book.to_string().into())
    }),
    number("odds", "decimal odds taken", |row| {
        Some(row.bet.edge.quote.odds.decimal())
    }),
    number(
        "probability",
        "the model's probability that the bet pays, in full or by half",
        |row| row.bet.edge.split.map(|split| split.probability()),
    ),
    number(
        "price_probability",
        "the chance of winning by the book's own prices, margin removed; where the stake can come back, of winning if it does not",
        |row| row.bet.price_probability,
    ),
    number(
        "expected_value",
        "expected profit per unit of stake, commission paid",
        |row| row.bet.edge.expected_value(),
    ),
    number(
        "stake",
        "amount staked; of a refused bet what was wanted",
        |row| Some(row.bet.stake.units()),
    ),
    text(
        "result",
        "`win`, `half_win`, `void`, `half_loss`, `loss`, `refused`, or empty while open",
        |row| row.result().map(Cow::Borrowed),
    ),
    number("payout", "what came back, stake included", |row| {
        row.settlement.map(|s| s.payout.units())
    }),
    number("profit", "payout less stake", |row| {
        row.settlement.map(|s| s.profit.units())
    }),
    number(
        "closing_odds",
        "closing odds of the same book, selection and line",
        |row| {
            row.settlement
                .and_then(|s| s.closing)
                .map(|closing| closing.odds.decimal())
        },
    ),
    number(
        "closing_probability",
        "the same of the closing prices",
        |row| {
            row.settlement
                .and_then(|s| s.closing)
                .and_then(|closing| closing.probability)
        },
    ),
    number("bankroll_after", "balance once settled", |row| {
        row.settlement.map(|s| s.balance.units())
    }),
    text("reason", "why it was refused", |row| {
        row.refusal.map(|reason| reason.code().into())
    }),
];

fn score_text(state: &MatchState) -> String {
    format!("{}-{}", state.home_goals, state.away_goals)
}

/// A bet as it stands in a table that an earlier run wrote: the cells of [`BET_COLUMNS`], where there
/// what each holds is said. Columns that an older simbet did not write yet are `None`.
#[allow(missing_docs, reason = "the columns are documented in BET_COLUMNS")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BetRecord {
    pub bet_id: String,
    pub placed_at: String,
    pub league: String,
    #[serde(default)]
    pub season: Option<f64>,
    pub date: String,
    pub home_team: String,
    pub away_team: String,
    #[serde(default)]
    pub minute: f64,
    #[serde(default)]
    pub score: String,
    pub market: String,
    pub selection: String,
    pub line: Option<f64>,
    pub book: String,
    pub odds: f64,
    pub probability: Option<f64>,
    #[serde(default)]
    pub price_probability: Option<f64>,
    pub expected_value: Option<f64>,
    pub stake: f64,
    pub result: Option<String>,
    pub payout: Option<f64>,
    pub profit: Option<f64>,
    pub closing_odds: Option<f64>,
    #[serde(default)]
    pub closing_probability: Option<f64>,
    pub bankroll_after: Option<f64>,
    pub reason: Option<String>,
}

impl BetRecord {
    /// The record of a row, as reading its table back would give it.
    pub fn of(row: &BetRow<'_>) -> Option<Self> {
        let cells = BET_COLUMNS
            .iter()
            .map(|column| (column.name.to_owned(), column.cell(row).to_json()));
        serde_json::from_value(cells.collect()).ok()
    }
}
