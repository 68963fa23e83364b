//! The table of bets: its columns, and its rows as they are written.

use std::borrow::Cow;

use super::record::{BetRecord, Slot};
use crate::calendar::{format_date, format_time};
use crate::domain::{Bet, MatchState, Names, Refusal, Settlement};
use crate::schema::Cell;

/// The columns of the table of bets, in their order. Everything about a column stands in its row here.
pub const BET_COLUMNS: &[Column] = &[
    text(
        "bet_id",
        "id of the bet; the same in every replay",
        |row| Some(row.bet.id.to_string().into()),
        |record| Slot::Text(&mut record.bet_id),
    ),
    text(
        "placed_at",
        "when it was placed, in UTC",
        |row| Some(format_time(row.bet.placed_at).into()),
        |record| Slot::Text(&mut record.placed_at),
    ),
    text(
        "league",
        "league",
        |row| Some(row.names.league(row.bet.fixture.league).into()),
        |record| Slot::Text(&mut record.league),
    ),
    number(
        "season",
        "year in which the season began",
        |row| Some(row.bet.fixture.season.into()),
        |record| Slot::MaybeNumber(&mut record.season),
    ),
    text(
        "date",
        "day of the match",
        |row| Some(format_date(row.bet.fixture.day).into()),
        |record| Slot::Text(&mut record.date),
    ),
    text(
        "home_team",
        "home side",
        |row| Some(row.names.team(row.bet.fixture.home).into()),
        |record| Slot::Text(&mut record.home_team),
    ),
    text(
        "away_team",
        "away side",
        |row| Some(row.names.team(row.bet.fixture.away).into()),
        |record| Slot::Text(&mut record.away_team),
    ),
    number(
        "minute",
        "minute of play when it was placed; 0 before kick-off",
        |row| Some(row.bet.state.minute.into()),
        |record| Slot::Number(&mut record.minute),
    )
    .or_default(),
    text(
        "score",
        "score when it was placed",
        |row| Some(score_text(&row.bet.state).into()),
        |record| Slot::Text(&mut record.score),
    )
    .or_default(),
    text(
        "market",
        "`1x2`, `ou`, `ah` or `btts`",
        |row| Some(row.bet.edge.quote.selection.market().kind().code().into()),
        |record| Slot::Text(&mut record.market),
    ),
    text(
        "selection",
        "side backed: `home`, `draw`, `away`, `over`, `under`, `yes`, `no`",
        |row| Some(row.bet.edge.quote.selection.side().code().into()),
        |record| Slot::Text(&mut record.selection),
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
        |record| Slot::MaybeNumber(&mut record.line),
    ),
    text(
        "book",
        "whose price it was",
        |row| Some(row.bet.edge.quote.book.to_string().into()),
        |record| Slot::Text(&mut record.book),
    ),
    number(
        "odds",
        "decimal odds taken",
        |row| Some(row.bet.edge.quote.odds.decimal()),
        |record| Slot::Number(&mut record.odds),
    ),
    number(
        "probability",
        "the model's probability that the bet pays, in full or by half",
        |row| {
            row.bet
                .edge
                .distribution
                .map(|outcomes| outcomes.probability())
        },
        |record| Slot::MaybeNumber(&mut record.probability),
    ),
    number(
        "price_probability",
        "the chance of winning by the book's own prices, margin removed (with `best:` the mean of the books that price \
         every side, at `max` that of `avg`); where the stake can come back, the chance of winning if it does not",
        |row| row.bet.price_probability,
        |record| Slot::MaybeNumber(&mut record.price_probability),
    ),
    number(
        "expected_value",
        "expected profit per unit of stake of the bet alone, commission paid",
        |row| row.bet.edge.expected_value(),
        |record| Slot::MaybeNumber(&mut record.expected_value),
    ),
    number(
        "stake",
        "amount staked; for a refused bet, the amount wanted",
        |row| Some(row.bet.stake.units()),
        |record| Slot::Number(&mut record.stake),
    ),
    text(
        "result",
        "`win`, `half_win`, `void`, `half_loss`, `loss`, `refused`, or empty while open",
        |row| row.result().map(Cow::Borrowed),
        |record| Slot::MaybeText(&mut record.result),
    ),
    number(
        "payout",
        "what came back, stake included",
        |row| row.settlement.map(|s| s.payout.units()),
        |record| Slot::MaybeNumber(&mut record.payout),
    ),
    number(
        "profit",
        "payout minus stake",
        |row| row.settlement.map(|s| s.profit.units()),
        |record| Slot::MaybeNumber(&mut record.profit),
    ),
    number(
        "closing_odds",
        "closing odds of the same book, selection and line",
        |row| {
            row.settlement
                .and_then(|s| s.closing)
                .and_then(|closing| closing.odds)
                .map(|odds| odds.decimal())
        },
        |record| Slot::MaybeNumber(&mut record.closing_odds),
    ),
    number(
        "closing_probability",
        "the same from the closing prices",
        |row| {
            row.settlement
                .and_then(|s| s.closing)
                .and_then(|closing| closing.probability)
        },
        |record| Slot::MaybeNumber(&mut record.closing_probability),
    ),
    number(
        "closing_line",
        "the line that the book prices at the close, where it is not the one backed",
        |row| {
            row.settlement
                .and_then(|s| s.closing)
                .and_then(|closing| closing.moved_to)
                .map(|line| line.goals())
        },
        |record| Slot::MaybeNumber(&mut record.closing_line),
    ),
    number(
        "closing_value",
        "expected profit per unit at the odds taken, commission paid, if the closing prices, margin removed, are right; of a bet at the closing price itself, what the margin takes",
        |row| {
            let closing = row.settlement.and_then(|s| s.closing)?;
            closing.value_of(row.bet.edge.net_odds())
        },
        |record| Slot::MaybeNumber(&mut record.closing_value),
    ),
    number(
        "mean_odds",
        "mean odds of the books among which the best was chosen",
        |row| row.bet.mean_odds.map(|odds| odds.decimal()),
        |record| Slot::MaybeNumber(&mut record.mean_odds),
    ),
    number(
        "bankroll_after",
        "balance once settled",
        |row| row.settlement.map(|s| s.balance.units()),
        |record| Slot::MaybeNumber(&mut record.bankroll_after),
    ),
    text(
        "reason",
        "why it was refused",
        |row| row.refusal.map(|reason| reason.code().into()),
        |record| Slot::MaybeText(&mut record.reason),
    ),
];

/// A column of the table of bets: its name, its description, how its cell is computed, and where a record that is
/// read back.
pub struct Column {
    /// The name in every file and format.
    pub name: &'static str,
    /// Its description, with its unit.
    pub about: &'static str,
    value: Value,
    pub(super) slot: for<'r> fn(&'r mut BetRecord) -> Slot<'r>,
    /// Whether tables of an older simbet may lack it, although its cells are never empty.
    is_new: bool,
}

enum Value {
    Text(for<'a> fn(&BetRow<'a>) -> Option<Cow<'a, str>>),
    Number(fn(&BetRow<'_>) -> Option<f64>),
}

impl Column {
    /// The column of this name, if there is one.
    pub fn named(name: &str) -> Option<&'static Self> {
        BET_COLUMNS.iter().find(|column| column.name == name)
    }

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

    const fn or_default(self) -> Self {
        Self {
            is_new: true,
            ..self
        }
    }

    /// Whether a table without it is damaged.
    pub(super) fn is_required(&self, record: &mut BetRecord) -> bool {
        !self.is_new && matches!((self.slot)(record), Slot::Text(_) | Slot::Number(_))
    }
}

const fn text(
    name: &'static str,
    about: &'static str,
    text: for<'a> fn(&BetRow<'a>) -> Option<Cow<'a, str>>,
    slot: for<'r> fn(&'r mut BetRecord) -> Slot<'r>,
) -> Column {
    column(name, about, Value::Text(text), slot)
}

const fn number(
    name: &'static str,
    about: &'static str,
    number: fn(&BetRow<'_>) -> Option<f64>,
    slot: for<'r> fn(&'r mut BetRecord) -> Slot<'r>,
) -> Column {
    column(name, about, Value::Number(number), slot)
}

const fn column(
    name: &'static str,
    about: &'static str,
    value: Value,
    slot: for<'r> fn(&'r mut BetRecord) -> Slot<'r>,
) -> Column {
    Column {
        name,
        about,
        value,
        slot,
        is_new: false,
    }
}

fn score_text(state: &MatchState) -> String {
    format!("{}-{}", state.home_goals, state.away_goals)
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
    /// The names of its teams and league.
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

/// The name of a column, checked: as a constant, an unknown name does not compile.
///
/// # Panics
/// When there is no such column.
///
/// ```
/// const KEY: &str = simbet::internals::schema::bet_column("bet_id");
/// assert_eq!(KEY, "bet_id");
/// ```
pub const fn bet_column(name: &'static str) -> &'static str {
    let mut place = 0;
    while !is_same(BET_COLUMNS[place].name.as_bytes(), name.as_bytes()) {
        place += 1;
        assert!(place < BET_COLUMNS.len(), "bets have no such column");
    }
    BET_COLUMNS[place].name
}

/// Equality of texts in a constant context, where `==` is not available yet.
const fn is_same(one: &[u8], other: &[u8]) -> bool {
    let mut place = 0;
    while place < one.len() && place < other.len() && one[place] == other[place] {
        place += 1;
    }
    place == one.len() && place == other.len()
}
