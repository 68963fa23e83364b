//! The public schema: the one place where the names of columns and JSON members stand, and how times are
//! written.

pub mod event;

mod record;

use std::borrow::Cow;

use jiff::civil;

pub use record::{BankrollRecord, BetRecord};

use crate::domain::{Bet, Entry, Forecast, MatchState, Names, Refusal, Settlement, Time};

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

/// Ten decimals: enough for every figure here, and free of the noise of binary fractions.
pub fn rounded(number: f64) -> f64 {
    if number.abs() >= 1e5 {
        number
    } else {
        (number * 1e10).round() / 1e10 + 0.0
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
    text("market", "`1x2`, `ou`, `ah` or `btts`", |row| {
        Some(row.bet.edge.quote.selection.market().kind().code().into())
    }),
    text(
        "selection",
        "side backed: `home`, `draw`, `away`, `over`, `under`, `yes`, `no`",
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

/// The day of an instant, ISO 8601.
///
/// ```
/// use simbet::domain::Time;
/// assert_eq!(simbet::schema::format_date(Time::from_days(19_580)), "2023-08-11");
/// ```
pub fn format_date(time: Time) -> String {
    civil(time).date().to_string()
}

/// An instant on the data's own clock, ISO 8601.
///
/// ```
/// use simbet::domain::Time;
/// assert_eq!(simbet::schema::format_time(Time::from_days(19_580) + 72_000), "2023-08-11T20:00:00");
/// ```
pub fn format_time(time: Time) -> String {
    civil(time).to_string()
}

/// Writes the day of an instant, ISO 8601, or nothing.
pub fn serialize_day<S: serde::Serializer>(
    time: &Option<Time>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => serializer.serialize_str(&format_date(*time)),
        None => serializer.serialize_none(),
    }
}

/// Start of the day written as `YYYY-MM-DD`.
///
/// ```
/// use simbet::domain::Time;
/// assert_eq!(simbet::schema::parse_date("2023-08-11"), Some(Time::from_days(19_580)));
/// assert_eq!(simbet::schema::parse_date("11/08/2023"), None);
/// ```
pub fn parse_date(text: &str) -> Option<Time> {
    text.parse::<civil::Date>().ok().map(time_of_date)
}

/// The instant written as [`format_time`] writes it.
///
/// ```
/// use simbet::domain::Time;
/// assert_eq!(simbet::schema::parse_time("2023-08-11T20:00:00"), Some(Time::from_days(19_580) + 72_000));
/// assert_eq!(simbet::schema::parse_time("20:00"), None);
/// ```
pub fn parse_time(text: &str) -> Option<Time> {
    let time: civil::DateTime = text.parse().ok()?;
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    Some(
        time_of_date(time.date())
            + i64::from(hour) * 3_600
            + i64::from(minute) * 60
            + i64::from(second),
    )
}

/// Start of a calendar day.
pub fn time_of_date(date: civil::Date) -> Time {
    let days = date
        .since(EPOCH)
        .map_or(0, |span| i64::from(span.get_days()));
    Time::from_days(days)
}

/// The calendar day and time of an instant; the first or last that there is when it is out of range.
pub fn civil(time: Time) -> civil::DateTime {
    EPOCH
        .at(0, 0, 0, 0)
        .saturating_add(jiff::SignedDuration::from_secs(time.seconds()))
}

const EPOCH: civil::Date = civil::date(1970, 1, 1);

/// Bytes as hexadecimal digits.
///
/// ```
/// assert_eq!(simbet::schema::hex(&[0, 255]), "00ff");
/// ```
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
