//! A bet as a table has it.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::FixedState;

use crate::domain::{Outcome, Selection, Time};

/// A settled bet of a table. Texts are numbers of [`Labels`].
#[derive(Debug, Clone, PartialEq)]
pub struct TrackedBet {
    /// The day of the event, or where no column has it that of the bet.
    pub day: Option<Time>,
    /// The time of day in seconds, where there is one.
    pub time: Option<u32>,
    /// When it was placed, where simbet wrote the table.
    pub placed_at: Option<Time>,
    /// What was staked, above 0.
    pub stake: f64,
    /// Decimal odds.
    pub odds: Option<f64>,
    /// What came back, less the stake.
    pub profit: f64,
    /// How it ended. One that was cashed out won or lost by its profit.
    pub outcome: Outcome,
    /// Whether it was closed before the end.
    pub cashed_out: bool,
    /// Whether it paid otherwise than its odds say.
    pub off_price: bool,
    /// Whether it is on several events at once.
    pub multiple: bool,
    /// The share of net winnings that the book keeps.
    pub commission: f64,
    /// The commission that was taken from what the odds say was won; 0 where the table says what was paid.
    pub kept: f64,
    /// The market of an event at a book whose bets pay commission together, as a hash, where they are known.
    pub account: Option<u64>,
    /// The closing odds of the side backed.
    pub closing_odds: Option<f64>,
    /// The chance of winning by the closing prices without their margin.
    pub closing_probability: Option<f64>,
    /// What the bet was worth at the close, where simbet wrote it.
    pub closing_value: Option<f64>,
    /// The line at the close, where it is another one.
    pub closing_line: Option<f64>,
    /// The bettor's own probability of winning.
    pub probability: Option<f64>,
    /// The chance of winning by the prices taken, without their margin.
    pub price_probability: Option<f64>,
    /// The mean odds of the books among which the best was chosen.
    pub mean_odds: Option<f64>,
    /// What it was on, where simbet has the market.
    pub selection: Option<Selection>,
    /// The market.
    pub market: Option<u32>,
    /// The side backed.
    pub side: Option<u32>,
    /// The bookmaker.
    pub book: Option<u32>,
    /// Strategies, tipsters and labels.
    pub tags: Box<[TrackedTag]>,
    /// The sport.
    pub sport: Option<u32>,
    /// The league.
    pub league: Option<u32>,
    /// The event.
    pub event: Option<u32>,
    /// The year in which the season began, where simbet wrote it.
    pub season: Option<i16>,
    /// The balance after its settlement.
    pub bankroll_after: Option<f64>,
}

/// A tag: the column that it stands in, and what it is, as numbers of [`Labels`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrackedTag {
    /// The header without a number behind it.
    pub column: u32,
    /// The tag.
    pub text: u32,
}

/// What became of a bet.
#[derive(Debug)]
pub(super) struct SettledBet {
    pub stake: f64,
    pub profit: f64,
    pub outcome: Outcome,
    pub cashed_out: bool,
    /// Whether it paid otherwise than its odds say.
    pub off_price: bool,
    /// The commission that was taken from what the odds say was won.
    pub kept: f64,
}

/// Texts by number, each once.
#[derive(Debug, Clone, Default)]
pub struct Labels {
    numbers: HashMap<Arc<str>, u32, FixedState>,
    texts: Vec<Arc<str>>,
}

impl Labels {
    /// The text of a number.
    pub fn text(&self, number: u32) -> &str {
        self.texts.get(number as usize).map_or("", |text| text)
    }

    /// The number of a text; `None` of an empty one.
    pub(super) fn number(&mut self, text: &str) -> Option<u32> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        if let Some(&number) = self.numbers.get(text) {
            return Some(number);
        }
        let number = u32::try_from(self.texts.len()).ok()?;
        let text: Arc<str> = text.into();
        self.texts.push(Arc::clone(&text));
        self.numbers.insert(text, number);
        Some(number)
    }
}
