//! The header of a file, searchable by the meaning of columns.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::cells;
use super::columns::{self, Target, canonical};
use super::config::ReadConfig;
use super::contents::Unmapped;
use super::header_words::look_alikes;
use super::lines::Cells;
use super::other_kind;
use super::probability_columns::Field;
use crate::printable::is_unsafe;
use crate::source::error::{SourceError, suggestion};

/// The header of a file.
pub(super) struct Header<'a> {
    pub file: &'a str,
    pub cells: Vec<String>,
    /// The first column of each name.
    positions: HashMap<String, usize, FixedState>,
    /// The column of each name without regard to case, blanks and underscores; `None` where several share it.
    similar: HashMap<String, Option<usize>, FixedState>,
    /// The columns whose name an earlier one has.
    pub repeated: Vec<usize>,
    config: &'a ReadConfig,
}

impl<'a> Header<'a> {
    /// The header of matches.
    ///
    /// # Errors
    /// When it lacks a column without which no row is a match.
    pub fn new(
        file: &'a str,
        header: Cells<'_>,
        config: &'a ReadConfig,
    ) -> Result<Self, SourceError> {
        let header = Self::of(file, header, config);
        config.check()?;
        header.require(&[Target::Date, Target::HomeTeam, Target::AwayTeam])?;
        Ok(header)
    }

    /// The header of any table.
    pub fn of(file: &'a str, header: Cells<'_>, config: &'a ReadConfig) -> Self {
        let cells: Vec<String> = header
            .iter()
            .map(|cell| {
                let text = cells::text(cell);
                let lines = text.trim_start_matches('\u{feff}').lines();
                lines.collect::<Vec<_>>().join(" ").trim().to_owned()
            })
            .collect();
        let mut positions = HashMap::with_capacity_and_hasher(cells.len(), FixedState::default());
        let mut similar = HashMap::with_capacity_and_hasher(cells.len(), FixedState::default());
        let mut repeated = Vec::new();
        for (position, name) in cells
            .iter()
            .enumerate()
            .filter(|(_, name)| !name.is_empty())
        {
            if positions.contains_key(name) {
                repeated.push(position);
                continue;
            }
            positions.insert(name.clone(), position);
            similar
                .entry(canonical(name))
                .and_modify(|column| *column = None)
                .or_insert(Some(position));
        }
        Self {
            file,
            cells,
            positions,
            similar,
            repeated,
            config,
        }
    }

    /// The column of this name.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.positions.get(name).copied()
    }

    /// The column of this name, or the only one that differs from it in case, blanks and underscores alone.
    pub fn similar(&self, name: &str) -> Option<usize> {
        self.position(name)
            .or_else(|| self.canonical(&canonical(name)))
    }

    fn canonical(&self, name: &str) -> Option<usize> {
        self.similar.get(name).copied().flatten()
    }

    /// The column of a target: the one given by `--map`, else simbet's own name, else another header for it, else one that
    /// resembles those, else one that other sources have for it.
    pub fn find(&self, target: Target) -> Option<usize> {
        self.listed_column(target)
            .or_else(|| self.like(target))
            .or_else(|| self.initials(target))
    }

    /// The column that `--map` or the list of simbet's names gives a target.
    fn listed_column(&self, target: Target) -> Option<usize> {
        let (name, _, others) = columns::meanings().find(|(_, known, _)| *known == target)?;
        let mapped = self.config.map.get(name);
        mapped
            .and_then(|header| self.position(header.trim()))
            .or_else(|| self.position(name))
            .or_else(|| others.iter().find_map(|name| self.position(name)))
    }

    /// The column that resembles a name of a target.
    fn like(&self, target: Target) -> Option<usize> {
        let mut names = columns::canonical_names(target).iter();
        names.find_map(|name| self.canonical(name))
    }

    /// The words about a column that was found by its likeness: `Home Goals as home_goals`.
    pub fn assumed(&self, target: Target) -> Option<String> {
        let column = self.like(target)?;
        if self.listed_column(target).is_some() {
            return None;
        }
        let (name, ..) = columns::meanings().find(|(_, known, _)| *known == target)?;
        Some(format!("{} as {name}", self.cells[column]))
    }

    /// The column that is named by the initials of a target.
    pub fn initials(&self, target: Target) -> Option<usize> {
        self.similar(columns::initials(target)?)
    }

    /// The column of a field of probabilities: the one given by `--map`, else simbet's own name, else one that resembles it.
    pub fn of_field(&self, field: Field) -> Option<usize> {
        self.listed_field(field).or_else(|| self.like_field(field))
    }

    fn listed_field(&self, field: Field) -> Option<usize> {
        let mapped = self.config.map.get(field.name());
        mapped
            .and_then(|header| self.position(header.trim()))
            .or_else(|| self.position(field.name()))
    }

    fn like_field(&self, field: Field) -> Option<usize> {
        let names = std::iter::once(field.name()).chain(field.synonyms().iter().copied());
        names.map(canonical).find_map(|name| self.canonical(&name))
    }

    /// The words about a column of probabilities that was found by its likeness: `Home Prob as p_home`.
    pub fn assumed_field(&self, field: Field) -> Option<String> {
        let column = self.like_field(field)?;
        let is_listed = self.listed_field(field).is_some();
        (!is_listed).then(|| format!("{} as {}", self.cells[column], field.name()))
    }

    /// Whether a column is read as something else than a price.
    pub fn is_field(&self, column: usize) -> bool {
        columns::meanings().any(|(_, target, _)| {
            !matches!(target, Target::Price(_)) && self.find(target) == Some(column)
        })
    }

    /// Whether `--map` gives a target its column.
    pub fn is_mapped(&self, target: Target) -> bool {
        let known = columns::meanings().find(|(_, known, _)| *known == target);
        let mapped = known.and_then(|(name, ..)| self.config.map.get(name));
        mapped.is_some_and(|header| self.position(header.trim()).is_some())
    }

    /// Whether `--map` names a column for a target, here or in another file.
    pub fn wants(&self, target: Target) -> bool {
        let known = columns::meanings().find(|(_, known, _)| *known == target);
        known.is_some_and(|(name, ..)| self.config.map.contains_key(name))
    }

    /// The headers of `--map` that are not in this one. Another file may have them.
    pub fn unmapped(&self) -> Vec<Unmapped> {
        let of_matches = |target: &str| columns::targets().any(|known| known == target);
        let map = self.config.map.iter();
        map.filter(|(target, _)| of_matches(target))
            .filter(|(_, header)| self.position(header.trim()).is_none())
            .map(|(target, header)| Unmapped {
                target: target.clone(),
                suggestion: suggestion(header, self.cells.iter().map(String::as_str)),
                headers: self.listed(),
            })
            .collect()
    }

    /// Checks for columns that cannot be done without.
    fn require(&self, targets: &[Target]) -> Result<(), SourceError> {
        if targets.iter().all(|target| self.find(*target).is_some()) {
            Ok(())
        } else {
            Err(self.missing(targets))
        }
    }

    /// The error about those of these targets that no column answers.
    pub fn missing(&self, targets: &[Target]) -> SourceError {
        let missing = || {
            targets
                .iter()
                .filter(|target| self.find(**target).is_none())
        };
        let names: Vec<&str> = missing()
            .filter_map(|target| columns::meanings().find(|(_, known, _)| known == target))
            .map(|(name, ..)| name)
            .collect();
        let mut unmapped = self.unmapped().into_iter();
        if let Some(unmapped) = unmapped.find(|map| names.contains(&map.target.as_str())) {
            return unmapped.error(self.file, self.config);
        }
        let offers: Vec<String> = missing()
            .flat_map(|target| look_alikes(*target, &self.cells))
            .collect();
        let advice = if offers.is_empty() {
            "Name the column with --map, such as --map home_team=Home".to_owned()
        } else {
            let others = if missing().all(|target| !look_alikes(*target, &self.cells).is_empty()) {
                ""
            } else {
                "; name the others in the same way"
            };
            format!("Perhaps {}{others}", offers.join(", "))
        };
        let advice = match other_kind::on_bets(self.file, &self.cells) {
            Some(sentence) => format!("{advice}. {sentence}"),
            None => advice,
        };
        SourceError::Header {
            file: self.file.to_owned(),
            missing: names.join(", "),
            headers: self.listed(),
            advice,
        }
    }

    /// The header for an error message: its first cells, without the control characters of a binary file.
    pub fn listed(&self) -> String {
        let named = self.cells.iter().filter(|cell| !cell.is_empty());
        let mut listed = named
            .clone()
            .take(12)
            .map(|cell| abbreviated(cell))
            .collect::<Vec<_>>()
            .join(", ");
        if named.count() > 12 {
            listed.push_str(", ...");
        }
        listed
    }
}

/// The first 24 characters of a cell, without those that a terminal may obey.
fn abbreviated(cell: &str) -> String {
    cell.chars().filter(|c| !is_unsafe(*c)).take(24).collect()
}
