//! The public schema: the one place where the names of columns and JSON members stand.

pub mod event;

mod record;

use std::borrow::Cow;

pub use record::{BankrollRecord, BetRecord};

use crate::calendar::{format_date, format_time};
use crate::domain::{Bet, Entry, Forecast, MatchState, Names, Refusal, Settlement};
use crate::rounding::rounded;

/// A cell of a table: text, a number, or nothing.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// Text.
    Text(Cow<'a, str>),
    /// A number; written with at most ten decimals.
    Number(f64),
    /// Undefined.
    Missing,
}

impl Cell<'_> {
    /// The number, if it is one.
    pub fn number(&self) -> Option<f64> {
        if let Self::Number(number) = self {
            Some(rounded(*number))
        } else {
            None
        }
    }

    /// The cell as JSON.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Text(text) => text.as_ref().into(),
            Self::Number(number) => rounded(*number).into(),
            Self::Missing => serde_json::Value::Null,
        }
    }
}

/// The cell as tables and CSV files have it; undefined is empty.
///
/// ```
/// use simbet::schema::Cell;
/// assert_eq!(Cell::Number(0.1 + 0.2).to_string(), "0.3");
/// assert_eq!(Cell::Missing.to_string(), "");
/// ```
impl std::fmt::Display for Cell<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => f.pad(text),
            Self::Number(number) => write!(f, "{}", rounded(*number)),
            Self::Missing => Ok(()),
        }
    }
}

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

/// The members of a prediction on the wire, and what they imply.
pub const FORECAST_COLUMNS: [&str; 14] = [
    "match_id",
    "league",
    "date",
    "kickoff",
    "home_team",
    "away_team",
    "expected_goals_home",
    "expected_goals_away",
    "win_prob_home",
    "draw_prob",
    "win_prob_away",
    "fair_odds_home",
    "fair_odds_draw",
    "fair_odds_away",
];

/// A forecast as a row: the cells of [`FORECAST_COLUMNS`].
pub fn forecast_cells<'a>(forecast: &Forecast, names: &'a Names) -> [Cell<'a>; 14] {
    let fixture = &forecast.fixture;
    let kickoff = fixture
        .kickoff
        .map_or(Cell::Missing, |time| Cell::Text(format_time(time).into()));
    let [home, draw, away] = forecast.model;
    let fair = |probability: f64| {
        if probability > 0.0 {
            Cell::Number(1.0 / probability)
        } else {
            Cell::Missing
        }
    };
    [
        Cell::Text(fixture.id.to_string().into()),
        Cell::Text(names.league(fixture.league).into()),
        Cell::Text(format_date(fixture.day).into()),
        kickoff,
        Cell::Text(names.team(fixture.home).into()),
        Cell::Text(names.team(fixture.away).into()),
        Cell::Number(forecast.expected_goals[0]),
        Cell::Number(forecast.expected_goals[1]),
        Cell::Number(home),
        Cell::Number(draw),
        Cell::Number(away),
        fair(home),
        fair(draw),
        fair(away),
    ]
}

/// The columns of the bankroll's table: a row for each round in which money moved.
pub const BANKROLL_COLUMNS: [&str; 4] = ["time", "balance", "reserved", "free"];

/// A row of the bankroll's table; `None` for other entries.
pub fn bankroll_cells(entry: &Entry) -> Option<[Cell<'static>; 4]> {
    let Entry::Closed { time, bankroll } = entry else {
        return None;
    };
    Some([
        Cell::Text(format_time(*time).into()),
        Cell::Number(bankroll.balance().units()),
        Cell::Number(bankroll.reserved().units()),
        Cell::Number(bankroll.free().units()),
    ])
}
