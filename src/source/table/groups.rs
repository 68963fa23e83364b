//! The prices of a file, gathered from the names of its columns by book, market and time.

use std::collections::BTreeSet;

use super::columns::{self, Price, Target};
use super::config::ReadConfig;
use super::header::Header;
use super::header_words::{
    TOTAL_LINES, is_like_total_line, may_be_price, names_two_and_a_half, offered_target,
    price_of_words,
};
use super::price_lines::{has_own_line, lacks_handicap_line};
use crate::domain::{Book, Line, MarketKind, Side};
use crate::printable::shell_word;

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

impl Group {
    /// The columns of its prices and its line.
    pub fn columns(&self) -> impl Iterator<Item = usize> {
        let line = match self.line {
            LineFrom::Column(column, _) => Some(column),
            LineFrom::Nowhere | LineFrom::Name(_) => None,
        };
        self.cells.into_iter().chain([line]).flatten()
    }

    /// Whether both are prices on one market at one time.
    pub fn is_beside(&self, other: &Self) -> bool {
        (self.kind, self.closing) == (other.kind, other.closing)
    }

    /// The sides without a column.
    fn missing(&self) -> impl Iterator<Item = Side> {
        let sides = self.kind.sides().iter().zip(self.cells);
        sides
            .filter(|(_, column)| column.is_none())
            .map(|(side, _)| *side)
    }
}

/// The columns of prices, and what was assumed about them.
#[derive(Debug, Default)]
pub(super) struct PriceColumns {
    pub groups: Vec<Group>,
    /// Columns that were found by their likeness, each `Name as what`.
    pub alike: Vec<String>,
    /// Whole sentences.
    pub sentences: Vec<String>,
}

/// A price in a column that is named otherwise than simbet's and football-data's own.
struct Similar {
    /// Whether its own name has the book.
    names_book: bool,
    book: Option<Book>,
    price: Price,
    column: usize,
    line: LineFrom,
}

impl PriceColumns {
    /// The prices that a header names. Columns that name their book go before those that do not: the latter are of a book
    /// only where no column names it, or where `--map` says so.
    pub fn new(header: &Header<'_>, config: &ReadConfig) -> Self {
        let unnamed_book = unnamed_book(header, config);
        let own = own_columns(header);
        let similar = (0..header.cells.len())
            .filter(|column| !own.contains(column))
            .filter_map(|column| similar(header, unnamed_book, column))
            .collect::<Vec<_>>();
        let mut of_books = Self::default();
        football_data_groups(header, &mut of_books.groups);
        of_books.add_similar(header, &similar, true);
        let groups = &of_books.groups;
        let of_named: Vec<(Option<Book>, MarketKind)> = groups
            .iter()
            .map(|group| (group.book, group.kind))
            .collect();
        let is_named =
            unnamed_book.is_some() && of_named.iter().any(|(book, _)| *book == unnamed_book);

        let mut found = Self::default();
        found.add_own(header, unnamed_book, true);
        found.add_groups(&of_books);
        found.alike.extend(of_books.alike);
        let mut unnamed = Self::default();
        let without_book = if is_named { &mut unnamed } else { &mut found };
        without_book.add_own(header, unnamed_book, false);
        without_book.add_similar(header, &similar, false);
        let (in_doubt, others) = of_books_markets(unnamed.groups, unnamed_book, &of_named);
        found.add_groups(&Self {
            groups: others,
            ..Self::default()
        });
        found.say_unnamed(&in_doubt, header, unnamed_book);
        found.say_total_lines(header, config);
        found.say_incomplete(header, config, unnamed_book);
        found.say_named_before_rows(header);
        found
    }

    /// Adds prices in simbet's own columns: those that `--map` names, or the others.
    fn add_own(&mut self, header: &Header<'_>, book: Option<Book>, mapped: bool) {
        for (_, target, _) in columns::meanings() {
            let (price, column) = match target {
                Target::Price(price) => match header.find(target) {
                    Some(column) if header.is_mapped(target) == mapped => (price, column),
                    _ => continue,
                },
                _ => continue,
            };
            place(
                &mut self.groups,
                book,
                price,
                column,
                own_line(header, price),
            );
            self.alike.extend(header.assumed(target));
        }
    }

    /// Adds the columns of these groups where they have none for a price.
    fn add_groups(&mut self, others: &Self) {
        for group in &others.groups {
            for (&side, column) in group.kind.sides().iter().zip(group.cells) {
                let price = Price {
                    kind: group.kind,
                    side,
                    closing: group.closing,
                };
                if let Some(column) = column {
                    place(&mut self.groups, group.book, price, column, group.line);
                }
            }
        }
    }

    /// Adds columns of other names: where they have a column for every side of a market that has none, or where they are
    /// the only one for a side that is missing. A lone one may be anything.
    fn add_similar(&mut self, header: &Header<'_>, similar: &[Similar], names_book: bool) {
        let used: Vec<usize> = self.groups.iter().flat_map(Group::columns).collect();
        let similar: Vec<&Similar> = similar
            .iter()
            .filter(|similar| similar.names_book == names_book && !used.contains(&similar.column))
            .collect();
        let known = self.groups.clone();
        for first in &similar {
            let of_side = |side: Side| {
                let set = similar.iter().filter(|other| other.key() == first.key());
                set.filter(|other| other.price.side == side).count()
            };
            let fits = match known.iter().find(|group| group.key() == first.key()) {
                Some(group) => {
                    let is_missing = group.missing().any(|side| side == first.price.side);
                    is_missing && of_side(first.price.side) == 1
                }
                None => {
                    let mut sides = first.price.kind.sides().iter();
                    sides.all(|side| of_side(*side) == 1)
                }
            };
            if fits {
                self.alike.push(first.assumption(header));
                place(
                    &mut self.groups,
                    first.book,
                    first.price,
                    first.column,
                    first.line,
                );
            }
        }
    }

    /// Says which prices are left out, since they name no book and the one that they would be of has its own columns.
    fn say_unnamed(&mut self, unnamed: &[Group], header: &Header<'_>, book: Option<Book>) {
        let columns = unnamed.iter().flat_map(|group| group.cells).flatten();
        let names: Vec<&str> = columns.map(|at| header.cells[at].as_str()).collect();
        let (Some(first), Some(group), Some(book)) = (names.first(), unnamed.first(), book) else {
            return;
        };
        let slot = group.cells.iter().position(Option::is_some);
        let target = group.kind.odds_columns(group.closing)[slot.unwrap_or_default()];
        self.sentences.push(format!(
            "{} name no book and are not read, since {book} has columns of its own; --map {target}={} and so on take them \
             for it",
            names.join(", "),
            shell_word(first)
        ));
    }

    /// Says which column is the line of totals where it is not named so, and which one may be and is not read.
    fn say_total_lines(&mut self, header: &Header<'_>, config: &ReadConfig) {
        let kept = self.groups.iter().filter(|group| {
            let is_kept = match group.book {
                Some(book) => config.keeps(book, group.kind),
                None => config.keeps_market(group.kind),
            };
            group.kind == MarketKind::OverUnder && is_kept
        });
        let kept: Vec<&Group> = kept.collect();
        let lines = kept.iter().filter_map(|group| match group.line {
            LineFrom::Column(column, _) => Some(column),
            LineFrom::Nowhere | LineFrom::Name(_) => None,
        });
        let lines: BTreeSet<usize> = lines.collect();
        let unnamed = lines.iter().filter(|column| !header.is_field(**column));
        let alike: Vec<String> = unnamed
            .map(|column| format!("{} as ou_line", header.cells[*column]))
            .collect();
        let may_be = |column: &usize| {
            is_like_total_line(&header.cells[*column]) && !header.is_field(*column)
        };
        let unread = (0..header.cells.len()).find(may_be);
        let sides = kept.iter().flat_map(|group| group.cells).flatten();
        let mut names = sides.map(|column| &header.cells[column]);
        let says_none = names.any(|name| !names_two_and_a_half(name));
        if let Some(column) = unread.filter(|_| lines.is_empty() && says_none) {
            let name = &header.cells[column];
            self.sentences.push(format!(
                "{name} is not read as the line of totals, which is 2.5 goals in every row; --map ou_line={} takes it for that",
                shell_word(name)
            ));
        }
        self.alike.extend(alike);
    }

    /// Says which markets have no column for some of their sides.
    fn say_incomplete(&mut self, header: &Header<'_>, config: &ReadConfig, own: Option<Book>) {
        let used: Vec<usize> = self.groups.iter().flat_map(Group::columns).collect();
        let unread: Vec<&String> = (0..header.cells.len())
            .filter(|column| !used.contains(column) && !header.is_field(*column))
            .map(|column| &header.cells[column])
            .collect();
        for group in &self.groups {
            let is_kept = group.book.is_none_or(|book| config.keeps(book, group.kind));
            if is_kept && group.missing().next().is_some() {
                let maps = if group.book == own {
                    group.maps(&unread)
                } else {
                    String::new()
                };
                self.sentences.push(group.incomplete(header) + &maps);
            }
        }
    }

    /// Says which of two columns for a price of a row's book counts.
    fn say_named_before_rows(&mut self, header: &Header<'_>) {
        let rows = || self.groups.iter().filter(|group| group.book.is_none());
        let named = self
            .groups
            .iter()
            .find(|group| group.book.is_some() && rows().any(|of_row| of_row.is_beside(group)));
        let column = named.and_then(|group| group.cells.into_iter().flatten().next());
        self.sentences.extend(column.map(|column| {
            format!(
                "columns that name their book, such as {}, go before those of the row's book",
                header.cells[column]
            )
        }));
    }
}

impl Group {
    fn key(&self) -> (Option<Book>, MarketKind, bool) {
        (self.book, self.kind, self.closing)
    }

    /// simbet's own name for a side.
    fn target(&self, side: Side) -> Option<&'static str> {
        let slot = self.kind.place_of(side);
        slot.map(|slot| self.kind.odds_columns(self.closing)[slot])
    }

    /// What is said where sides are missing.
    fn incomplete(&self, header: &Header<'_>) -> String {
        let book = self
            .book
            .map_or("the row's book".to_owned(), |book| book.to_string());
        let closing = if self.closing { " at kick-off" } else { "" };
        let held = self.cells.into_iter().flatten();
        let held: Vec<&str> = held.map(|column| header.cells[column].as_str()).collect();
        let missing: Vec<&str> = self.missing().map(Side::code).collect();
        let (kind, held, missing) = (self.kind.code(), held.join(" and "), missing.join(" and "));
        format!("{kind} of {book}{closing} is read from {held} alone, without {missing}")
    }

    /// The options that name what is missing, with the columns that may be meant.
    fn maps(&self, unread: &[&String]) -> String {
        let targets = self.missing().filter_map(|side| self.target(side));
        let maps = targets.map(|target| {
            let mut columns = unread.iter();
            let alike =
                columns.find(|cell| offered_target(cell) == Some(target) && may_be_price(cell));
            let column = alike.map_or("...".to_owned(), |cell| shell_word(cell).into_owned());
            format!("--map {target}={column}")
        });
        let maps: Vec<String> = maps.collect();
        format!("; name the rest with {}", maps.join(" "))
    }
}

impl Similar {
    fn key(&self) -> (Option<Book>, MarketKind, bool) {
        (self.book, self.price.kind, self.price.closing)
    }

    /// `b365h as b365 home`; of prices without a book `1 as odds_home`.
    fn assumption(&self, header: &Header<'_>) -> String {
        let Price {
            kind,
            side,
            closing,
        } = self.price;
        let name = &header.cells[self.column];
        let Some(book) = self.book else {
            let slot = kind.place_of(side);
            let own = kind.odds_columns(closing)[slot.unwrap_or_default()];
            return format!("{name} as {own}");
        };
        let closing = if closing { " at kick-off" } else { "" };
        format!("{name} as {book} {side}{closing}")
    }
}

/// Divides prices without a book: those of markets for which the book has columns of its own, and the others.
fn of_books_markets(
    unnamed: Vec<Group>,
    book: Option<Book>,
    of_named: &[(Option<Book>, MarketKind)],
) -> (Vec<Group>, Vec<Group>) {
    unnamed
        .into_iter()
        .partition(|group| of_named.contains(&(book, group.kind)))
}

/// The book of prices without one; `None`: it is in a column.
fn unnamed_book(header: &Header<'_>, config: &ReadConfig) -> Option<Book> {
    match header.find(Target::Book) {
        Some(_) => None,
        None => Some(config.unnamed_book()),
    }
}

/// The columns that have a name of simbet's own.
fn own_columns(header: &Header<'_>) -> BTreeSet<usize> {
    columns::targets()
        .filter_map(|target| header.position(target))
        .collect()
}

fn similar(header: &Header<'_>, unnamed_book: Option<Book>, column: usize) -> Option<Similar> {
    let name = &header.cells[column];
    if columns::price_of(name).is_some() {
        return None;
    }
    if let Some((code, price)) = columns::price_of_any_case(name) {
        let line = football_data_line(header, code, price);
        let book = Some(Book::new(code).ok()?);
        return Some(Similar {
            names_book: true,
            book,
            price,
            column,
            line,
        });
    }
    let (book, price) = price_of_words(name)?;
    let line = match book {
        Some(_) => price
            .kind
            .usual_line()
            .map_or(LineFrom::Nowhere, LineFrom::Name),
        None if names_two_and_a_half(name) && !has_own_line(header, price.kind) => price
            .kind
            .usual_line()
            .map_or(LineFrom::Nowhere, LineFrom::Name),
        None => own_line(header, price),
    };
    Some(Similar {
        names_book: book.is_some(),
        book: book.or(unnamed_book),
        price,
        column,
        line,
    })
}

/// A closing line is the line before the match unless the file has one of its own.
fn own_line(header: &Header<'_>, price: Price) -> LineFrom {
    let usual = price.kind.usual_line();
    let column = [price.closing, false].into_iter().find_map(|closing| {
        let target = Target::Line {
            kind: price.kind,
            closing,
        };
        let named = header.find(target);
        named.or_else(|| other_line(header, price.kind, closing))
    });
    match column {
        Some(column) => LineFrom::Column(column, usual),
        None => usual.map_or(LineFrom::Nowhere, LineFrom::Name),
    }
}

/// The line of totals under another name than simbet's own.
fn other_line(header: &Header<'_>, kind: MarketKind, closing: bool) -> Option<usize> {
    if kind != MarketKind::OverUnder {
        return None;
    }
    let starts: &[&str] = if closing {
        &["close_", "closing_"]
    } else {
        &[""]
    };
    let mut names = starts
        .iter()
        .flat_map(|start| TOTAL_LINES.map(|name| (name, format!("{start}{name}"))));
    names.find_map(|(name, header_name)| {
        let column = header.similar(&header_name)?;
        let is_read = name != "line" || !lacks_handicap_line(header);
        (is_read && !header.is_field(column)).then_some(column)
    })
}

fn football_data_groups(header: &Header<'_>, groups: &mut Vec<Group>) {
    for (column, name) in header.cells.iter().enumerate() {
        let Some((code, price)) = columns::price_of(name) else {
            continue;
        };
        let Ok(book) = Book::new(code) else { continue };
        place(
            groups,
            Some(book),
            price,
            column,
            football_data_line(header, code, price),
        );
    }
}

fn football_data_line(header: &Header<'_>, book: &str, price: Price) -> LineFrom {
    if let Some(line) = price.kind.usual_line() {
        return LineFrom::Name(line);
    }
    let mut names = columns::line_headers(price.kind, book, price.closing);
    let column = names.find_map(|name| header.similar(name));
    column.map_or(LineFrom::Nowhere, |column| LineFrom::Column(column, None))
}

/// Adds a column to its group. Of two columns for one price the first is used.
fn place(groups: &mut Vec<Group>, book: Option<Book>, price: Price, column: usize, line: LineFrom) {
    let Price {
        kind,
        side,
        closing,
    } = price;
    let Some(slot) = kind.place_of(side) else {
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
