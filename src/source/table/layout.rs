//! The layout of one file: the meaning of its columns, determined from the header.

use std::collections::HashMap;

use super::cells;
use super::columns::{self, Price, Target};
use super::config::ReadConfig;
use super::lines::Cells;
use crate::domain::{Book, Line, MarketKind};
use crate::source::error::{SourceError, suggestion};

/// The columns of one file.
pub(super) struct Layout {
    pub headers: Vec<String>,
    pub date: usize,
    pub home_team: usize,
    pub away_team: usize,
    pub time: Option<usize>,
    /// Home and away goals: both or neither.
    pub goals: Option<(usize, usize)>,
    pub result: Option<usize>,
    pub season: Option<usize>,
    pub match_id: Option<usize>,
    pub book: Option<usize>,
    pub score: Option<usize>,
    pub status: Option<usize>,
    pub neutral: Option<usize>,
    pub as_of: Option<usize>,
    pub country: Option<usize>,
    pub league: Option<usize>,
    /// Whether the columns have the names of football-data.
    pub football_data: bool,
    pub groups: Vec<Group>,
}

/// The prices of one book on one market.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Group {
    /// `None`: it is in a column.
    pub book: Option<Book>,
    pub kind: MarketKind,
    pub closing: bool,
    /// Columns in the order of the market's sides.
    pub cells: [Option<usize>; MarketKind::MOST_SIDES],
    pub line: LineFrom,
}

/// The origin of the line of a group of prices.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum LineFrom {
    /// The market has no line, or the file lacks it.
    Nowhere,
    /// It is in the name of the column.
    Name(Line),
    /// A column, with a default for empty cells.
    Column(usize, Option<Line>),
}

impl Layout {
    /// The layout of a file.
    pub fn new(file: &str, header: Cells<'_>, config: &ReadConfig) -> Result<Self, SourceError> {
        let header = Header::new(file, header, config)?;
        let goals = [
            header.find(Target::HomeGoals),
            header.find(Target::AwayGoals),
        ];
        header.require(goals[0].is_some() != goals[1].is_some())?;
        let league = header.find(Target::League);
        Ok(Self {
            date: header.find(Target::Date).unwrap_or_default(),
            home_team: header.find(Target::HomeTeam).unwrap_or_default(),
            away_team: header.find(Target::AwayTeam).unwrap_or_default(),
            time: header.find(Target::Time),
            goals: goals[0].zip(goals[1]),
            result: header.find(Target::Result),
            season: header.find(Target::Season),
            match_id: header.find(Target::MatchId),
            book: header.find(Target::Book),
            score: header.find(Target::Score),
            status: header.find(Target::Status),
            neutral: header.find(Target::Neutral),
            as_of: header.find(Target::AsOf),
            // only football-data's new leagues are named by both; elsewhere a country may be where a match was played
            country: header.find(Target::Country).filter(|&country| {
                header.cells[country] == "Country"
                    && league.is_some_and(|league| header.cells[league] == "League")
                    && !config.map.contains_key("league")
            }),
            league,
            football_data: header
                .find(Target::HomeTeam)
                .is_some_and(|at| header.cells[at] == "HomeTeam"),
            groups: groups(&header, config),
            headers: header.cells,
        })
    }

    /// The header cell of a column.
    pub fn header(&self, column: usize) -> String {
        self.headers.get(column).cloned().unwrap_or_default()
    }
}

/// The header of a file, searchable by the meaning of columns.
struct Header<'a> {
    file: &'a str,
    cells: Vec<String>,
    /// The first column of each name.
    positions: HashMap<String, usize>,
    config: &'a ReadConfig,
}

impl<'a> Header<'a> {
    fn new(file: &'a str, header: Cells<'_>, config: &'a ReadConfig) -> Result<Self, SourceError> {
        let cells: Vec<String> = header
            .iter()
            .map(|cell| cells::text(cell).trim().to_owned())
            .collect();
        let mut positions = HashMap::with_capacity(cells.len());
        for (position, name) in cells
            .iter()
            .enumerate()
            .filter(|(_, name)| !name.is_empty())
        {
            positions.entry(name.clone()).or_insert(position);
        }
        let header = Self {
            file,
            cells,
            positions,
            config,
        };
        header.check_map()?;
        header.require(false)?;
        Ok(header)
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.positions.get(name).copied()
    }

    /// The column of a target: the one given by `--map`, else simbet's own name, else another header for it.
    fn find(&self, target: Target) -> Option<usize> {
        let (name, _, others) = columns::meanings().find(|(_, known, _)| *known == target)?;
        let mapped = self
            .config
            .map
            .get(name)
            .and_then(|header| self.position(header.trim()));
        mapped
            .or_else(|| self.position(name))
            .or_else(|| others.iter().find_map(|other| self.position(other)))
    }

    fn check_map(&self) -> Result<(), SourceError> {
        for (target, header) in &self.config.map {
            check_target(target)?;
            if self.position(header.trim()).is_none() {
                return Err(SourceError::MappedHeader {
                    file: self.file.to_owned(),
                    target: target.clone(),
                    header: header.clone(),
                    suggestion: suggestion(header, self.cells.iter().map(String::as_str)),
                    headers: self.listed(),
                });
            }
        }
        Ok(())
    }

    /// Checks for the columns that every match needs, and for the goals of both sides or neither.
    fn require(&self, half_score: bool) -> Result<(), SourceError> {
        let needed = [Target::Date, Target::HomeTeam, Target::AwayTeam];
        let goals = [Target::HomeGoals, Target::AwayGoals];
        let required = needed
            .iter()
            .chain(if half_score { &goals[..] } else { &[] });
        let missing: Vec<&str> = required
            .filter(|target| self.find(**target).is_none())
            .filter_map(|target| columns::meanings().find(|(_, known, _)| known == target))
            .map(|(name, ..)| name)
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(SourceError::Header {
            file: self.file.to_owned(),
            missing: missing.join(", "),
            headers: self.listed(),
        })
    }

    /// The header for an error message: its first cells, without the control characters of a binary file.
    fn listed(&self) -> String {
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

/// The first 24 characters of a cell, without control characters.
fn abbreviated(cell: &str) -> String {
    cell.chars().filter(|c| !c.is_control()).take(24).collect()
}

/// Checks that `target` is a column of simbet.
pub(super) fn check_target(target: &str) -> Result<(), SourceError> {
    if columns::targets().any(|known| known == target) {
        return Ok(());
    }
    Err(SourceError::UnknownTarget {
        target: target.to_owned(),
        suggestion: suggestion(target, columns::targets()),
        allowed: columns::targets().collect::<Vec<_>>().join(", "),
    })
}

/// The prices that are kept, sorted by market and book, so that the order of columns does not matter.
fn groups(header: &Header<'_>, config: &ReadConfig) -> Vec<Group> {
    let mut groups = Vec::new();
    own_groups(header, config, &mut groups);
    football_data_groups(header, config, &mut groups);
    let books = config.books.as_deref().unwrap_or(&[]);
    groups.sort_by_key(|group| {
        let rank = books.iter().position(|book| Some(*book) == group.book);
        (group.kind, rank, group.book, group.closing)
    });
    groups
}

/// Prices in simbet's own columns, or mapped to them.
fn own_groups(header: &Header<'_>, config: &ReadConfig, groups: &mut Vec<Group>) {
    let book = if header.find(Target::Book).is_some() {
        None
    } else {
        Some(config.unnamed_book())
    };
    for (_, target, _) in columns::meanings() {
        let Target::Price(price) = target else {
            continue;
        };
        if let Some(column) = header
            .find(target)
            .filter(|_| config.keeps_market(price.kind))
        {
            place(groups, book, price, column, own_line(header, price));
        }
    }
}

/// A closing line is the line before the match unless the file has one of its own.
fn own_line(header: &Header<'_>, price: Price) -> LineFrom {
    let usual = price.kind.usual_line();
    let column = [price.closing, false].into_iter().find_map(|closing| {
        header.find(Target::Line {
            kind: price.kind,
            closing,
        })
    });
    match column {
        Some(column) => LineFrom::Column(column, usual),
        None => usual.map_or(LineFrom::Nowhere, LineFrom::Name),
    }
}

fn football_data_groups(header: &Header<'_>, config: &ReadConfig, groups: &mut Vec<Group>) {
    for (column, name) in header.cells.iter().enumerate() {
        let Some((code, price)) = columns::price_of(name) else {
            continue;
        };
        let Ok(book) = Book::new(code) else { continue };
        if config.keeps(book, price.kind) {
            place(
                groups,
                Some(book),
                price,
                column,
                football_data_line(header, code, price),
            );
        }
    }
}

fn football_data_line(header: &Header<'_>, book: &str, price: Price) -> LineFrom {
    if let Some(line) = price.kind.usual_line() {
        return LineFrom::Name(line);
    }
    let mut names = columns::line_headers(price.kind, book, price.closing);
    let column = names.find_map(|name| header.position(name));
    column.map_or(LineFrom::Nowhere, |column| LineFrom::Column(column, None))
}

/// Adds a column to its group. Of two columns for one price the first is used.
fn place(groups: &mut Vec<Group>, book: Option<Book>, price: Price, column: usize, line: LineFrom) {
    let Price {
        kind,
        side,
        closing,
    } = price;
    let Some(slot) = kind.sides().iter().position(|known| *known == side) else {
        return;
    };
    let known = groups
        .iter_mut()
        .find(|group| (group.book, group.kind, group.closing) == (book, kind, closing));
    match known {
        Some(group) if group.line == line => {
            group.cells[slot].get_or_insert(column);
        }
        Some(_) => {}
        None => {
            let mut cells = [None; MarketKind::MOST_SIDES];
            cells[slot] = Some(column);
            groups.push(Group {
                book,
                kind,
                closing,
                cells,
                line,
            });
        }
    }
}
