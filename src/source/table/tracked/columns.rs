//! The columns of a table of bets, and which of a file's columns each is.
//!
//! Names count without regard to case, blanks, marks and what stands in brackets: `Stake (£)` is `stake`. `--map` names
//! what is called otherwise.

use crate::source::error::{SourceError, suggestion};
use crate::source::table::cells;
use crate::source::table::lines::Cells;
use crate::source::table::other_kind;
use crate::source::table::parquet;

use super::names::{NAMES, TARGETS, Target, normal};
use super::tags::{self, TagColumn};

use super::super::container::TableKind;

/// The columns of one table.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    pub headers: Vec<String>,
    at: [Option<usize>; TARGETS],
    /// Which columns were named by `--map`.
    mapped: [bool; TARGETS],
    own: bool,
    tags: Vec<TagColumn>,
}

/// Columns that together only simbet writes.
const OWN: [&str; 4] = [
    "placed_at",
    "price_probability",
    "expected_value",
    "bankroll_after",
];

impl Columns {
    /// The columns of a header.
    ///
    /// # Errors
    /// When columns are missing, or `--map` names one that is not there.
    pub fn of(
        file: &str,
        header: Cells<'_>,
        map: &[(String, String)],
        flat: bool,
    ) -> Result<Self, SourceError> {
        let headers: Vec<String> = header
            .iter()
            .map(|cell| {
                let text = cells::text(cell);
                let text = text.trim_start_matches('\u{feff}');
                text.split_whitespace().collect::<Vec<_>>().join(" ")
            })
            .collect();
        let mut columns = Self {
            headers,
            at: [None; TARGETS],
            mapped: [false; TARGETS],
            own: false,
            tags: Vec::new(),
        };
        columns.own = OWN
            .iter()
            .all(|name| columns.headers.iter().any(|header| header == name));
        columns.take_mapped(file, map)?;
        columns.take_named();
        columns.settle_doubts();
        columns.take_tags();
        columns.ensure_enough(file, flat)?;
        Ok(columns)
    }

    /// The column of a target.
    pub const fn get(&self, target: Target) -> Option<usize> {
        self.at[target as usize]
    }

    /// Whether `--map` names the column of a target.
    pub const fn is_mapped(&self, target: Target) -> bool {
        self.mapped[target as usize]
    }

    /// Reads a column as another target.
    pub const fn turn(&mut self, from: Target, to: Target) {
        self.at[to as usize] = self.at[from as usize].take();
    }

    /// Reads this column as a target, and as nothing else.
    pub fn take(&mut self, target: Target, column: usize) {
        let places = self.at.iter_mut().filter(|at| **at == Some(column));
        places.for_each(|at| *at = None);
        for tag in &mut self.tags {
            tag.columns.retain(|own| *own != column);
        }
        self.tags.retain(|tag| !tag.columns.is_empty());
        self.at[target as usize] = Some(column);
    }

    /// That no column is read as the odds, though the name of one says that it has them.
    pub fn on_odds(&self) -> Option<String> {
        const WORDS: [&str; 5] = ["odds", "price", "quot", "cote", "cuota"];
        if self.get(Target::Odds).is_some() {
            return None;
        }
        let used: Vec<usize> = self.used().collect();
        let mut unread = (0..self.headers.len()).filter(|at| !used.contains(at));
        let found = unread.find(|at| {
            let name = normal(&self.headers[*at]);
            WORDS.iter().any(|word| name.contains(word))
        })?;
        let header = &self.headers[found];
        Some(format!(
            "no column is read as the odds; if {header} has them, say --map odds=\"{header}\""
        ))
    }

    /// The columns with tags, by kind.
    pub fn tags(&self) -> &[TagColumn] {
        &self.tags
    }

    /// That tags of several kinds were found by their names.
    pub fn on_tags(&self) -> Option<String> {
        let is_asked = self.is_mapped(Target::Tag) || self.tags.len() < 2;
        let names: Vec<&str> = self.tags.iter().map(|column| &*column.name).collect();
        (!is_asked).then(|| {
            format!(
                "{} are read as tags of bets, each for itself; --map tag=... takes one of them",
                names.join(", ")
            )
        })
    }

    /// Every column that is read.
    pub fn used(&self) -> impl Iterator<Item = usize> {
        let tags = self.tags.iter().flat_map(|column| &column.columns);
        self.at.iter().copied().flatten().chain(tags.copied())
    }

    /// The header of a column.
    pub fn header(&self, column: usize) -> String {
        self.headers.get(column).cloned().unwrap_or_default()
    }

    /// Whether these are the columns of simbet's own `bets.csv`.
    pub const fn are_own(&self) -> bool {
        self.own
    }

    fn take_mapped(&mut self, file: &str, map: &[(String, String)]) -> Result<(), SourceError> {
        for (target, header) in map {
            let known = NAMES.iter().find(|known| known.name == target);
            let known = known.ok_or_else(|| unknown_target(target))?;
            let wanted = header.split_whitespace().collect::<Vec<_>>().join(" ");
            let mut all = self.headers.iter();
            let exact = all.position(|own| *own == wanted);
            let mut all = self.headers.iter();
            let place = exact.or_else(|| all.position(|own| normal(own) == normal(&wanted)));
            let place = place.ok_or_else(|| self.not_there(file, target, header))?;
            if known.target == Target::Tag {
                self.tags.extend(tags::among(&self.headers, &[place], true));
            }
            self.at[known.target as usize] = Some(place);
            self.mapped[known.target as usize] = true;
        }
        Ok(())
    }

    /// Finds the others by their names: simbet's own first, then in the order of the list.
    fn take_named(&mut self) {
        let normals: Vec<String> = self.headers.iter().map(|header| normal(header)).collect();
        for exact in [true, false] {
            for known in &NAMES {
                if self.at[known.target as usize].is_some() {
                    continue;
                }
                let own = [normal(known.name)];
                let found = if exact {
                    self.free(&normals, &own[0])
                } else {
                    known
                        .others
                        .iter()
                        .find_map(|other| self.free(&normals, other))
                };
                self.at[known.target as usize] = found;
            }
        }
    }

    /// Finds every column with tags, where `--map` names none.
    fn take_tags(&mut self) {
        if self.is_mapped(Target::Tag) {
            return;
        }
        let tag = self.at[Target::Tag as usize].take();
        let is_free = |place: &usize| !self.at.contains(&Some(*place));
        let places: Vec<usize> = match tag {
            // what simbet writes has one
            Some(tag) if self.own => vec![tag],
            _ => (0..self.headers.len()).filter(is_free).collect(),
        };
        self.tags = tags::among(&self.headers, &places, false);
    }

    /// The first column of this name that nothing else is read from.
    fn free(&self, normals: &[String], name: &str) -> Option<usize> {
        let mut places = normals.iter().enumerate();
        let found = places.find(|(place, own)| *own == name && !self.at.contains(&Some(*place)));
        found.map(|(place, _)| place)
    }

    /// What has one name and may be either of two things, by what else there is.
    fn settle_doubts(&mut self) {
        if self.get(Target::Date).is_none() {
            self.turn(Target::PlacedAt, Target::Date);
        }
        if self.get(Target::Date).is_none() {
            self.turn(Target::Time, Target::Date);
        }
        // a table whose only column about the end of a bet is its status has the result in it
        if self.get(Target::Result).is_none() {
            self.turn(Target::Status, Target::Result);
        }
        // people call the closing odds the closing line
        let has_close = self.get(Target::ClosingOdds).is_some();
        if !has_close && !self.are_own() && !self.is_mapped(Target::ClosingLine) {
            self.turn(Target::ClosingLine, Target::ClosingOdds);
        }
    }

    fn ensure_enough(&self, file: &str, flat: bool) -> Result<(), SourceError> {
        let has = |target: Target| self.get(target).is_some();
        let mut missing = Vec::new();
        if !has(Target::Stake) && !flat {
            missing.push("stake");
        }
        if !has(Target::Profit) && !has(Target::Payout) {
            if !has(Target::Result) {
                missing.push("result, payout or profit");
            }
            if !has(Target::Odds) {
                missing.push("odds");
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        Err(SourceError::Header {
            file: file.to_owned(),
            missing: missing.join(", "),
            headers: self.listed(),
            advice: self.advice(file, &missing),
        })
    }

    fn advice(&self, file: &str, missing: &[&str]) -> String {
        let advice = naming(missing);
        match other_kind::on_matches(file, &self.headers) {
            Some(sentence) => format!("{advice}. {sentence}"),
            None => advice,
        }
    }

    fn not_there(&self, file: &str, target: &str, header: &str) -> SourceError {
        SourceError::MappedHeader {
            file: file.to_owned(),
            target: target.to_owned(),
            header: header.to_owned(),
            suggestion: suggestion(header, self.headers.iter().map(String::as_str)),
            headers: self.listed(),
        }
    }

    /// The first headers.
    fn listed(&self) -> String {
        const LISTED: usize = 16;
        let named = self.headers.iter().filter(|header| !header.is_empty());
        let first = named.clone().take(LISTED);
        let first: Vec<String> = first
            .map(|header| header.chars().take(24).collect())
            .collect();
        let more = if named.count() > LISTED { ", …" } else { "" };
        first.join(", ") + more
    }
}

/// How the first of these columns is named.
fn naming(missing: &[&str]) -> String {
    let first = missing[0].split([',', ' ']).next().unwrap_or("stake");
    if first == "stake" {
        return "Name the column with --map, such as --map stake='Wager size', or say --stake 1 where every stake was the same"
                .to_owned();
    }
    format!("Name the column with --map, such as --map {first}=\"...\"")
}

fn unknown_target(target: &str) -> SourceError {
    SourceError::UnknownTarget {
        target: target.to_owned(),
        suggestion: suggestion(target, NAMES.iter().map(|known| known.name)),
        allowed: NAMES
            .iter()
            .map(|known| known.name)
            .collect::<Vec<_>>()
            .join(", "),
    }
}

/// Tables of bets.
pub(super) struct BetTables<'c> {
    pub map: &'c [(String, String)],
    pub flat: bool,
}

impl TableKind for BetTables<'_> {
    fn columns(&self, file: &str, header: Cells<'_>) -> Result<parquet::Columns, SourceError> {
        let columns = Columns::of(file, header, self.map, self.flat)?;
        let needed: Vec<usize> = columns.used().collect();
        // whether a bet was laid may stand in any column
        let others = (0..columns.headers.len()).filter(|at| !needed.contains(at));
        Ok(parquet::Columns {
            numbers: Vec::new(),
            welcome: others.collect(),
            needed,
        })
    }

    fn rows(&self) -> &'static str {
        "bets"
    }

    fn expected(&self) -> &'static str {
        EXPECTED
    }
}

/// The words about a header that was expected.
pub(super) const EXPECTED: &str = "expected a header such as date,stake,odds,result, its names separated by commas, semicolons, tabs or |";
