//! Rows of two tables side by side: which belong together, and where they differ.

use std::collections::HashMap;

use csv::StringRecord;
use serde::Serialize;

use super::figures::{Verdict, apart};
use super::tolerance::{self, Tolerance};
use crate::results::{Table, names};
use crate::schema::{Column as BetColumn, bet_column};

/// What differs between two tables.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rows {
    /// The table: `bets`, `bankroll`, `runs`.
    pub table: &'static str,
    /// Rows in the base.
    pub base: usize,
    /// Rows in what is new.
    pub new: usize,
    /// Rows in both, equal in every cell.
    pub same: usize,
    /// Rows in both, every cell within its tolerance, not all equal.
    pub within: usize,
    /// Rows in both with a cell further apart than its tolerance.
    pub moved: usize,
    /// Rows only in what is new.
    pub only_new: usize,
    /// Rows only in the base.
    pub only_base: usize,
    /// Rows in both that stand in another order: the fewest that would have to move.
    pub reordered: usize,
    /// Rows that moved, went, came, or stand elsewhere, each counted once.
    pub changed: usize,
    /// In how many rows each column moved; a column that only one table has, in all of its rows.
    pub columns: Vec<(String, usize)>,
    /// The first row that moved, went, came, or stands elsewhere.
    pub first: Option<RowChange>,
}

/// A row, then and now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RowChange {
    /// What became of it; `Same` or `Within` if it only stands elsewhere.
    pub verdict: Verdict,
    /// Its place in the base, from 1.
    pub base_row: Option<usize>,
    /// Its place in what is new, from 1.
    pub new_row: Option<usize>,
    /// Its cells.
    pub cells: Vec<CellChange>,
}

/// A cell, then and now; `None` where there is no such row or column, empty where it is undefined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CellChange {
    /// The column.
    pub column: String,
    /// In the base.
    pub base: Option<String>,
    /// In what is new.
    pub new: Option<String>,
    /// What became of it.
    pub verdict: Verdict,
}

impl Rows {
    /// Rows of either table, those of both counted once.
    pub fn total(&self) -> usize {
        self.same + self.within + self.moved + self.only_new + self.only_base
    }

    /// Whether anything moved, columns that came or went included.
    pub fn is_changed(&self) -> bool {
        self.changed > 0 || !self.columns.is_empty()
    }
}

/// The tables that are compared, and the columns by which their rows are told apart: where the first do not find a
/// partner, the next do.
pub(super) const TABLES: [(&str, &[&[&str]]); 3] = [
    (
        names::BETS,
        // a bet of another strategy, or struck at another time, has another id and is still the bet on that outcome
        &[&[bet_column("bet_id")], SAME_OUTCOME],
    ),
    (names::BANKROLL, &[&["time"]]),
    (names::RUNS, &[&["run", "strategy"]]),
];

const SAME_OUTCOME: &[&str] = &[
    bet_column("league"),
    bet_column("date"),
    bet_column("home_team"),
    bet_column("away_team"),
    bet_column("minute"),
    bet_column("market"),
    bet_column("selection"),
    bet_column("line"),
];

/// The columns by which a bet is named in a sentence.
pub(super) const NAMED_BY: &[&str] = &[
    bet_column("date"),
    bet_column("home_team"),
    bet_column("away_team"),
    bet_column("market"),
    bet_column("selection"),
    bet_column("line"),
];

/// Compares two tables of this name; tolerances are for `table.column`.
pub(super) fn compare(
    (name, keys): (&'static str, &[&[&str]]),
    base: &Table,
    new: &Table,
    tolerances: &[Tolerance],
) -> Rows {
    let columns = columns(name, base, new, tolerances);
    let partners = partners(base, new, keys);
    let elsewhere = elsewhere(&partners);
    let mut walk = Walk {
        columns: &columns,
        base,
        new,
        rows: empty(name, base, new),
        moved: vec![0; columns.len()],
    };
    let mut next = 0;
    let mut taken = vec![false; new.rows.len()];
    partners
        .iter()
        .flatten()
        .for_each(|&place| taken[place] = true);
    for (place, partner) in partners.iter().enumerate() {
        if let Some(partner) = *partner {
            walk.come(&mut next, partner, &taken);
            walk.pair(place, partner, elsewhere[place]);
        } else {
            walk.go(place);
        }
    }
    walk.come(&mut next, new.rows.len(), &taken);
    walk.finish()
}

fn empty(name: &'static str, base: &Table, new: &Table) -> Rows {
    Rows {
        table: name,
        base: base.rows.len(),
        new: new.rows.len(),
        same: 0,
        within: 0,
        moved: 0,
        only_new: 0,
        only_base: 0,
        reordered: 0,
        changed: 0,
        columns: Vec::new(),
        first: None,
    }
}

/// A column of either table, and where it stands in each.
struct Column<'a> {
    name: &'a str,
    base: Option<usize>,
    new: Option<usize>,
    most: f64,
    is_text: bool,
}

fn columns<'a>(
    table: &str,
    base: &'a Table,
    new: &'a Table,
    tolerances: &[Tolerance],
) -> Vec<Column<'a>> {
    let place = |table: &Table, name: &str| table.header.iter().position(|column| column == name);
    let is_text = |name: &str| BetColumn::named(name).is_some_and(|column| !column.is_numeric());
    let column = |name: &'a String| Column {
        name,
        base: place(base, name),
        new: place(new, name),
        most: tolerance::of(tolerances, &format!("{table}.{name}")),
        is_text: is_text(name),
    };
    let only_new = new.header.iter().filter(|name| !base.header.contains(name));
    base.header.iter().chain(only_new).map(column).collect()
}

impl Column<'_> {
    fn verdict(&self, base: &str, new: &str) -> Verdict {
        if base == new {
            return Verdict::Same;
        }
        let difference = if self.is_text {
            None
        } else {
            difference(base, new)
        };
        match difference {
            Some(0.0) => Verdict::Same,
            Some(difference) if difference.abs() <= self.most => Verdict::Within,
            _ if self.most == f64::INFINITY => Verdict::Within,
            _ => Verdict::Moved,
        }
    }

    /// What became of the column itself.
    fn kept(&self) -> Verdict {
        match (self.base, self.new) {
            (Some(_), Some(_)) => Verdict::Same,
            _ if self.most == f64::INFINITY => Verdict::Within,
            (None, _) => Verdict::New,
            (_, None) => Verdict::Gone,
        }
    }
}

/// New less base where both are numbers; a table says nothing of infinities.
fn difference(base: &str, new: &str) -> Option<f64> {
    let number = |text: &str| text.parse().ok().filter(|number: &f64| number.is_finite());
    Some(apart(number(base)?, number(new)?))
}

/// For each row of the base the row of the new table that is the same thing.
fn partners(base: &Table, new: &Table, keys: &[&[&str]]) -> Vec<Option<usize>> {
    let mut partners = vec![None; base.rows.len()];
    let mut free = vec![true; new.rows.len()];
    for key in keys {
        let (Some(in_base), Some(in_new)) = (places(base, key), places(new, key)) else {
            continue;
        };
        let mut candidates: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, row) in new
            .rows
            .iter()
            .enumerate()
            .rev()
            .filter(|(place, _)| free[*place])
        {
            candidates
                .entry(key_of(row, &in_new))
                .or_default()
                .push(place);
        }
        for (partner, row) in partners
            .iter_mut()
            .zip(&base.rows)
            .filter(|(partner, _)| partner.is_none())
        {
            *partner = candidates
                .get_mut(&key_of(row, &in_base))
                .and_then(Vec::pop);
            partner.iter().for_each(|&place| free[place] = false);
        }
    }
    partners
}

/// Where the columns of a key stand; `None` unless all are there.
fn places(table: &Table, key: &[&str]) -> Option<Vec<usize>> {
    key.iter()
        .map(|name| table.header.iter().position(|column| column == name))
        .collect()
}

/// The cells of a key as one text. Numbers are written as Rust does, so that 2 and 2.0 are one line.
fn key_of(row: &StringRecord, places: &[usize]) -> String {
    let mut key = String::new();
    for &place in places {
        let cell = row.get(place).unwrap_or_default();
        key.push_str(cell.strip_suffix(".0").unwrap_or(cell));
        key.push('\u{1f}');
    }
    key
}

/// Which rows stand elsewhere: those with a partner that are not on a longest rising sequence of partners.
fn elsewhere(partners: &[Option<usize>]) -> Vec<bool> {
    // tails[k]: the row that ends the rising sequence of length k + 1 with the least partner
    let mut tails: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; partners.len()];
    for (place, partner) in partners
        .iter()
        .enumerate()
        .filter(|(_, partner)| partner.is_some())
    {
        let length = tails.partition_point(|&tail| partners[tail] < *partner);
        before[place] = length.checked_sub(1).map(|shorter| tails[shorter]);
        if length == tails.len() {
            tails.push(place)
        } else {
            tails[length] = place
        }
    }
    let mut elsewhere: Vec<bool> = partners.iter().map(Option::is_some).collect();
    let mut at = tails.last().copied();
    while let Some(place) = at {
        elsewhere[place] = false;
        at = before[place];
    }
    elsewhere
}

/// A walk along both tables at once.
struct Walk<'a> {
    columns: &'a [Column<'a>],
    base: &'a Table,
    new: &'a Table,
    rows: Rows,
    /// In how many rows each column moved.
    moved: Vec<usize>,
}

impl Walk<'_> {
    /// Rows of the new table without a partner, up to one.
    fn come(&mut self, next: &mut usize, until: usize, taken: &[bool]) {
        for place in (*next..until).filter(|&place| !taken[place]) {
            self.rows.only_new += 1;
            self.note(Verdict::New, None, Some(place));
        }
        *next = until.max(*next);
    }

    fn go(&mut self, place: usize) {
        self.rows.only_base += 1;
        self.note(Verdict::Gone, Some(place), None);
    }

    fn pair(&mut self, base: usize, new: usize, elsewhere: bool) {
        let verdict = self.weigh(base, new);
        match verdict {
            Verdict::Same => self.rows.same += 1,
            Verdict::Within => self.rows.within += 1,
            _ => self.rows.moved += 1,
        }
        self.rows.reordered += usize::from(elsewhere);
        if elsewhere || verdict.is_change() {
            self.note(verdict, Some(base), Some(new));
        }
    }

    fn weigh(&mut self, base: usize, new: usize) -> Verdict {
        let (base, new) = (&self.base.rows[base], &self.new.rows[new]);
        let mut all = Verdict::Same;
        for (column, moved) in self.columns.iter().zip(&mut self.moved) {
            let (Some(in_base), Some(in_new)) = (column.base, column.new) else {
                continue;
            };
            match column.verdict(&base[in_base], &new[in_new]) {
                Verdict::Same => {}
                Verdict::Within if all == Verdict::Same => all = Verdict::Within,
                Verdict::Within => {}
                _ => {
                    *moved += 1;
                    all = Verdict::Moved;
                }
            }
        }
        all
    }

    /// Counts a change, and keeps the first.
    fn note(&mut self, verdict: Verdict, base: Option<usize>, new: Option<usize>) {
        self.rows.changed += 1;
        if self.rows.first.is_none() {
            let cells = self
                .columns
                .iter()
                .map(|column| self.cell(column, base, new))
                .collect();
            self.rows.first = Some(RowChange {
                verdict,
                base_row: base.map(|place| place + 1),
                new_row: new.map(|place| place + 1),
                cells,
            });
        }
    }

    fn cell(&self, column: &Column<'_>, base: Option<usize>, new: Option<usize>) -> CellChange {
        let text = |table: &Table, row: Option<usize>, place: Option<usize>| {
            Some(table.rows[row?][place?].to_owned())
        };
        let (base, new) = (
            text(self.base, base, column.base),
            text(self.new, new, column.new),
        );
        let verdict = match (&base, &new) {
            (Some(base), Some(new)) => column.verdict(base, new),
            (None, Some(_)) => Verdict::New,
            (Some(_), None) => Verdict::Gone,
            (None, None) => Verdict::Same,
        };
        CellChange {
            column: column.name.to_owned(),
            base,
            new,
            verdict,
        }
    }

    fn finish(mut self) -> Rows {
        for (column, moved) in self.columns.iter().zip(&self.moved) {
            let moved = match column.kept() {
                Verdict::New => self.rows.new,
                Verdict::Gone => self.rows.base,
                _ => *moved,
            };
            if moved > 0 || column.kept().is_change() {
                self.rows.columns.push((column.name.to_owned(), moved));
            }
        }
        self.rows
    }
}
