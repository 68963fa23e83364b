//! The comparison of the rows of two tables: which rows match, and how they differ.

use std::collections::HashMap;

use csv::StringRecord;
use serde::Serialize;

use super::figures::{Verdict, rounded_difference};
use super::tolerance::{self, Tolerance};
use crate::results::{Table, names};
use crate::schema::{Column as BetColumn, bet_column};

/// The differences of two tables.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rows {
    /// The table: `bets`, `bankroll`, `runs`.
    pub table: &'static str,
    /// Rows in the base.
    pub base: usize,
    /// Rows in the new table.
    pub new: usize,
    /// Rows in both, equal in every cell.
    pub same: usize,
    /// Rows in both, every cell within its tolerance, not all equal.
    pub within: usize,
    /// Rows in both with a cell that differs by more than its tolerance.
    pub moved: usize,
    /// Rows only in the new table.
    pub only_new: usize,
    /// Rows only in the base.
    pub only_base: usize,
    /// The fewest rows of both that would have to move to give the other order.
    pub reordered: usize,
    /// Rows that moved, are gone, are new, or are in another order, each counted once.
    pub changed: usize,
    /// The number of rows in which each column moved. A column that only one table has counts in all of its rows.
    pub columns: Vec<(String, usize)>,
    /// The first row that changed.
    pub first: Option<RowChange>,
}

/// A row in both tables.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RowChange {
    /// The result of the comparison; `Same` or `Within` if only its order changed.
    pub verdict: Verdict,
    /// Its number in the base, from 1.
    pub base_row: Option<usize>,
    /// Its number in the new table, from 1.
    pub new_row: Option<usize>,
    /// Its cells.
    pub cells: Vec<CellChange>,
}

/// A cell in both tables; `None` where there is no such row or column, empty where it is undefined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CellChange {
    /// The column.
    pub column: String,
    /// Its text in the base.
    pub base: Option<String>,
    /// Its text in the new table.
    pub new: Option<String>,
    /// The result of the comparison.
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

/// The tables that are compared, and the columns by which their rows are matched. Rows that the first key does not match
/// are matched by the next.
pub(super) const TABLES: [(&str, &[&[&str]]); 3] = [
    (
        names::BETS,
        // a bet of another strategy, or placed at another time, has another id but is still a bet on the same outcome
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
    let is_reordered = reordered_rows(&partners);
    let mut walk = Walk {
        columns: &columns,
        base,
        new,
        rows: empty(name, base, new),
        moved: vec![0; columns.len()],
    };
    let mut next = 0;
    let mut has_partner = vec![false; new.rows.len()];
    partners
        .iter()
        .flatten()
        .for_each(|&place| has_partner[place] = true);
    for (place, partner) in partners.iter().enumerate() {
        if let Some(partner) = *partner {
            walk.come(&mut next, partner, &has_partner);
            walk.pair(place, partner, is_reordered[place]);
        } else {
            walk.go(place);
        }
    }
    walk.come(&mut next, new.rows.len(), &has_partner);
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
    let only_new = new.header.iter().filter(|name| !base.header.contains(name));
    base.header
        .iter()
        .chain(only_new)
        .map(|name| Column {
            name,
            base: column_index(base, name),
            new: column_index(new, name),
            most: tolerance::of(tolerances, &format!("{table}.{name}")),
            is_text: is_text(name),
        })
        .collect()
}

fn column_index(table: &Table, name: &str) -> Option<usize> {
    table.header.iter().position(|column| column == name)
}

fn is_text(name: &str) -> bool {
    BetColumn::named(name).is_some_and(|column| !column.is_numeric())
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

    /// The verdict on the column itself.
    fn presence(&self) -> Verdict {
        match (self.base, self.new) {
            (Some(_), Some(_)) => Verdict::Same,
            _ if self.most == f64::INFINITY => Verdict::Within,
            (None, _) => Verdict::New,
            (_, None) => Verdict::Gone,
        }
    }
}

/// New less base where both are finite numbers.
fn difference(base: &str, new: &str) -> Option<f64> {
    Some(rounded_difference(number(base)?, number(new)?))
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// For each row of the base the index of the matching row in the new table.
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

/// The indices of the columns of a key; `None` unless the table has all of them.
fn places(table: &Table, key: &[&str]) -> Option<Vec<usize>> {
    key.iter().map(|name| column_index(table, name)).collect()
}

/// The cells of a key as one text. `.0` is dropped, so that the lines 2 and 2.0 are equal.
fn key_of(row: &StringRecord, places: &[usize]) -> String {
    let mut key = String::new();
    for &place in places {
        let cell = row.get(place).unwrap_or_default();
        key.push_str(cell.strip_suffix(".0").unwrap_or(cell));
        key.push('\u{1f}');
    }
    key
}

/// Which rows are in another order: those with a partner that are not in a longest increasing sequence of partners.
fn reordered_rows(partners: &[Option<usize>]) -> Vec<bool> {
    // tails[k]: the row that ends the increasing sequence of length k + 1 with the least partner
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
    let mut reordered: Vec<bool> = partners.iter().map(Option::is_some).collect();
    let mut at = tails.last().copied();
    while let Some(place) = at {
        reordered[place] = false;
        at = before[place];
    }
    reordered
}

/// The state of going through both tables at once.
struct Walk<'a> {
    columns: &'a [Column<'a>],
    base: &'a Table,
    new: &'a Table,
    rows: Rows,
    /// The number of rows in which each column moved.
    moved: Vec<usize>,
}

impl Walk<'_> {
    /// Notes the rows of the new table without a partner before row `until`.
    fn come(&mut self, next: &mut usize, until: usize, has_partner: &[bool]) {
        for place in (*next..until).filter(|&place| !has_partner[place]) {
            self.rows.only_new += 1;
            self.note(Verdict::New, None, Some(place));
        }
        *next = until.max(*next);
    }

    fn go(&mut self, place: usize) {
        self.rows.only_base += 1;
        self.note(Verdict::Gone, Some(place), None);
    }

    fn pair(&mut self, base: usize, new: usize, is_reordered: bool) {
        let verdict = self.weigh(base, new);
        match verdict {
            Verdict::Same => self.rows.same += 1,
            Verdict::Within => self.rows.within += 1,
            _ => self.rows.moved += 1,
        }
        self.rows.reordered += usize::from(is_reordered);
        if is_reordered || verdict.is_change() {
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

    /// Counts a changed row and keeps the first.
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
        let (base, new) = (
            cell_text(self.base, base, column.base),
            cell_text(self.new, new, column.new),
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
            let moved = match column.presence() {
                Verdict::New => self.rows.new,
                Verdict::Gone => self.rows.base,
                _ => *moved,
            };
            if moved > 0 || column.presence().is_change() {
                self.rows.columns.push((column.name.to_owned(), moved));
            }
        }
        self.rows
    }
}

fn cell_text(table: &Table, row: Option<usize>, column: Option<usize>) -> Option<String> {
    Some(table.rows[row?][column?].to_owned())
}
