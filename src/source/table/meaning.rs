//! What each column of a table is read as, in words.

use serde::Serialize;

use super::columns::price_of_any_case;
use super::groups::{Group, LineFrom};
use super::header_words::price_of_words;
use super::layout::Layout;
use crate::domain::{Book, MarketKind};
use crate::schema::{EXPECTED_GOALS, REFEREE, TAUGHT_GOALS, TAUGHT_WEIGHT, statistic_names};

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColumnMeaning {
    /// Its number, counted from 1.
    pub number: usize,
    /// Its header.
    pub header: String,
    /// What it is read as; `None` for a column that is not read.
    pub meaning: Option<String>,
}

impl ColumnMeaning {
    /// Whether it is read as a price of this book, which its header does not name.
    pub(super) fn is_price_without_book(&self, book: Book) -> bool {
        let is_price = |meaning: &String| meaning.contains(&format!("odds of {book}: "));
        let header = self.header.as_str();
        let is_named = price_of_any_case(header).is_some()
            || price_of_words(header).is_some_and(|(book, _)| book.is_some());
        self.meaning.as_ref().is_some_and(is_price) && !is_named
    }
}

impl Layout {
    /// The meaning of every column.
    pub(super) fn meanings(&self) -> Vec<ColumnMeaning> {
        let mut meanings: Vec<Option<String>> = vec![None; self.headers.len()];
        for (column, meaning) in self.fields() {
            add(&mut meanings, column, meaning.to_owned());
        }
        for group in &self.groups {
            describe_group(group, &mut meanings);
        }
        let headers = self.headers.iter().zip(meanings);
        let columns = headers.enumerate();
        columns
            .map(|(column, (header, meaning))| ColumnMeaning {
                number: column + 1,
                header: header.clone(),
                meaning,
            })
            .collect()
    }

    /// The columns that are no prices, each with simbet's name for it.
    fn fields(&self) -> impl Iterator<Item = (usize, &'static str)> {
        let goals = self.goals;
        let statistics = self.statistics.pairs().iter();
        let statistics = statistics.flat_map(|(statistic, columns)| {
            columns.iter().copied().zip(statistic_names(*statistic))
        });
        let expected = self.statistics.expected_goals().into_iter().flatten();
        let expected = expected.zip(EXPECTED_GOALS);
        let taught = self.statistics.taught();
        let taught_goals = taught.goals.into_iter().flatten().zip(TAUGHT_GOALS);
        let fields = [
            (Some(self.date), "date"),
            (self.time, "time"),
            (Some(self.home_team), "home_team"),
            (Some(self.away_team), "away_team"),
            (goals.map(|(home, _)| home), "home_goals"),
            (goals.map(|(_, away)| away), "away_goals"),
            (self.score, "score"),
            (self.result, "result, compared with the score"),
            (self.status, "status"),
            (self.league, "league"),
            (self.country, "country, part of the league's name"),
            (self.season, "season"),
            (self.match_id, "match_id"),
            (self.neutral, "neutral"),
            (self.book, "book"),
            (self.as_of, "as_of, when the row's prices were known"),
            (self.second_time, "time, where it has its offset"),
            (self.statistics.referee(), REFEREE),
            (taught.weight, TAUGHT_WEIGHT),
        ];
        fields
            .into_iter()
            .filter_map(|(column, meaning)| Some((column?, meaning)))
            .chain(statistics)
            .chain(expected)
            .chain(taught_goals)
    }
}

fn describe_group(group: &Group, meanings: &mut [Option<String>]) {
    let book = group
        .book
        .map_or("the row's book".to_owned(), |book| book.to_string());
    let closing = if group.closing { "closing " } else { "" };
    let market = group.kind.code();
    for (&side, column) in group.kind.sides().iter().zip(group.cells) {
        if let Some(column) = column {
            let meaning = format!("{closing}odds of {book}: {market} {}", side.code());
            add(meanings, column, meaning);
        }
    }
    if let LineFrom::Column(column, _) = group.line {
        add(meanings, column, line_meaning(group.kind, group.closing));
    }
}

fn line_meaning(kind: MarketKind, closing: bool) -> String {
    let closing = if closing { "closing " } else { "" };
    format!("{closing}line of {}", kind.code())
}

/// Adds a meaning to a column; one that several groups of prices share is said once.
fn add(meanings: &mut [Option<String>], column: usize, meaning: String) {
    if let Some(known) = meanings.get_mut(column) {
        known.get_or_insert(meaning);
    }
}
