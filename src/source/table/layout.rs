//! The layout of one file: the meaning of its columns, determined from the header.

use super::columns::{self, Price, Target};
use super::config::ReadConfig;
use super::contents::{Contents, HeldPrices};
use super::header::Header;
use super::header_words::{
    is_like_price, is_like_status, look_alikes, offered_price, price_of_words,
};
use super::left_out::PassedOver;
use super::lines::Cells;
use crate::calendar::Zone;
use crate::domain::{Book, Line, MarketKind};
use crate::source::error::SourceError;

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
    /// Where there is none: columns whose names are like it, and whose words decide whether one of them is.
    pub like_status: Vec<usize>,
    pub neutral: Option<usize>,
    pub as_of: Option<usize>,
    pub country: Option<usize>,
    pub league: Option<usize>,
    /// Whether the columns have the names of football-data.
    pub football_data: bool,
    /// Whether the columns are those of football-data's files, whose dates are day first and whose times are those of the UK.
    pub is_uk: bool,
    /// Whether the kick-off is in simbet's own column, which is in UTC.
    pub has_canonical_time: bool,
    /// Whether the teams are in columns that are named by initials, which may hold goals at half-time as well.
    pub initials: bool,
    /// A further column of kick-offs, which counts where it alone says their offset.
    pub second_time: Option<usize>,
    /// Whether the date and the time beside it are in UTC by the name of their column.
    pub date_is_gmt: bool,
    pub groups: Vec<Group>,
    /// Columns of prices that were not asked for.
    pub passed_over: Vec<PassedOver>,
    /// The cells up to the last column that is read.
    pub width: usize,
    /// What the file holds, read or not.
    pub contents: Contents,
    /// What was assumed about the names of columns.
    pub assumptions: Vec<String>,
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

impl Group {
    /// The columns of its prices and its line.
    fn columns(&self) -> impl Iterator<Item = usize> {
        let line = match self.line {
            LineFrom::Column(column, _) => Some(column),
            LineFrom::Nowhere | LineFrom::Name(_) => None,
        };
        self.cells.into_iter().chain([line]).flatten()
    }
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
        let sides = [Target::HomeGoals, Target::AwayGoals];
        let goals = match sides.map(|side| header.find(side)) {
            [Some(home), Some(away)] => Some((home, away)),
            [None, None] => None,
            [Some(_), None] | [None, Some(_)] => return Err(header.missing(&sides)),
        };
        let league = header.find(Target::League);
        let result = header.find(Target::Result);
        let in_one_cell = || header.find(Target::Score).or(result);
        let score = if goals.is_none() { in_one_cell() } else { None };
        let (mut groups, mut assumed) = (Vec::new(), assumed_fields(&header));
        own_groups(&header, config, &mut groups);
        assumed.extend(other_groups(&header, config, &mut groups));
        let contents = contents(&header, &groups, goals.is_some() || score.is_some());
        let mut layout = Self {
            date: header.find(Target::Date).unwrap_or_default(),
            home_team: header.find(Target::HomeTeam).unwrap_or_default(),
            away_team: header.find(Target::AwayTeam).unwrap_or_default(),
            time: header.find(Target::Time),
            goals,
            result,
            season: header.find(Target::Season),
            match_id: header.find(Target::MatchId),
            book: header.find(Target::Book),
            score,
            status: header.find(Target::Status),
            like_status: like_status(&header),
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
            is_uk: has_uk_times(&header),
            // a lower-case `time` alone is anybody's
            has_canonical_time: [
                (Target::Time, "time"),
                (Target::HomeTeam, "home_team"),
                (Target::AwayTeam, "away_team"),
            ]
            .into_iter()
            .all(|(target, name)| {
                header
                    .find(target)
                    .is_some_and(|at| header.cells[at] == name)
            }),
            second_time: second_time(&header),
            date_is_gmt: header.find(Target::Date).is_some_and(|at| {
                let name = header.cells[at].to_lowercase();
                name.contains("gmt") || name.contains("utc")
            }),
            initials: [Target::HomeTeam, Target::AwayTeam]
                .into_iter()
                .any(|team| header.find(team) == header.initials(team)),
            passed_over: passed_over(&groups, config),
            groups: kept(groups, config),
            contents,
            assumptions: sentence(assumed),
            headers: header.cells,
            width: 0,
        };
        layout.measure();
        Ok(layout)
    }

    fn measure(&mut self) {
        self.width = self.columns().max().map_or(0, |last| last + 1);
    }

    /// Takes a column whose name is like status for that.
    pub fn adopt_status(&mut self, rank: Option<usize>) {
        if let Some(&column) = rank.and_then(|rank| self.like_status.get(rank)) {
            self.status = Some(column);
            self.measure();
        }
    }

    /// The columns that are read, counted from 0.
    pub fn columns(&self) -> impl Iterator<Item = usize> {
        let fields = [
            Some(self.date),
            Some(self.home_team),
            Some(self.away_team),
            self.time,
            self.goals.map(|(home, _)| home),
            self.goals.map(|(_, away)| away),
            self.result,
            self.season,
            self.match_id,
            self.book,
            self.score,
            self.status,
            self.neutral,
            self.as_of,
            self.country,
            self.league,
            self.second_time,
        ];
        let prices = self.groups.iter().flat_map(Group::columns);
        fields.into_iter().flatten().chain(prices)
    }

    /// The columns of goals, or else those of a market's odds: what holds numbers in every file that has it.
    pub fn number_columns(&self) -> impl Iterator<Item = usize> {
        let goals = self.goals.map(|(home, away)| [home, away]);
        let odds = self.groups.first().filter(|_| goals.is_none());
        let odds = odds.map(|group| group.cells).into_iter().flatten();
        goals.into_iter().flatten().chain(odds.flatten())
    }

    /// The zone of times in football-data's files, which are in UK time as its notes say; `None` for other files.
    pub fn zone(&self) -> Option<Zone> {
        self.is_uk.then(Zone::london)
    }

    /// Whether a column is named by the initials of a team.
    pub fn has_initials(&self, column: usize) -> bool {
        let header = self.headers.get(column).map(String::as_str);
        header.is_some_and(|header| {
            ["HT", "AT"]
                .iter()
                .any(|name| name.eq_ignore_ascii_case(header))
        })
    }

    /// The header cell of a column.
    pub fn header(&self, column: usize) -> String {
        self.headers.get(column).cloned().unwrap_or_default()
    }
}

/// Whether the columns are those of football-data's files: on the main leagues, early ones included, or on the new ones.
fn has_uk_times(header: &Header<'_>) -> bool {
    let has = |names: &[&str]| names.iter().all(|name| header.position(name).is_some());
    let main = has(&["Date", "HomeTeam"]) && (has(&["Div"]) || has(&["FTHG"]));
    main || has(&["Div", "Date", "HT"]) || has(&["Country", "League", "Date", "Home", "Away"])
}

/// A further column of kick-offs, beside those of date and time.
fn second_time(header: &Header<'_>) -> Option<usize> {
    let time = header.find(Target::Time)?;
    let names = ["commence_time", "kickoff"].into_iter();
    let mut others = names.filter_map(|name| header.position(name));
    others.find(|&column| column != time && Some(column) != header.find(Target::Date))
}

/// The fields whose columns were found under other names than simbet knows, each `Name as field`.
fn assumed_fields(header: &Header<'_>) -> Vec<String> {
    let mut assumed = Vec::new();
    for (_, target, _) in columns::meanings() {
        assumed.extend(header.assumed(target));
    }
    assumed
}

/// The columns whose names are like status, where none is called so and none is of another meaning.
fn like_status(header: &Header<'_>) -> Vec<usize> {
    if header.find(Target::Status).is_some() {
        return Vec::new();
    }
    let cells = header.cells.iter().enumerate();
    let alike = cells.filter(|(_, cell)| is_like_status(cell));
    let has_meaning = |column| {
        let mut meanings = columns::meanings();
        meanings.any(|(_, target, _)| header.find(target) == Some(column))
    };
    alike
        .map(|(column, _)| column)
        .filter(|&column| !has_meaning(column))
        .collect()
}

fn sentence(assumed: Vec<String>) -> Vec<String> {
    if assumed.is_empty() {
        return Vec::new();
    }
    vec![format!(
        "columns are read by their likeness: {}",
        assumed.join(", ")
    )]
}

/// What a file holds.
fn contents(header: &Header<'_>, groups: &[Group], has_goals: bool) -> Contents {
    let targets = [Target::HomeGoals, Target::AwayGoals, Target::Score];
    let like_goals = targets
        .into_iter()
        .filter(|_| !has_goals)
        .flat_map(|target| look_alikes(target, &header.cells));
    let like_prices = header
        .cells
        .iter()
        .filter(|cell| groups.is_empty() && is_like_price(cell))
        .map(|cell| offered_price(cell));
    Contents {
        file: header.file.to_owned(),
        has_goals,
        like_goals: like_goals.collect(),
        like_prices: like_prices.take(8).collect(),
        prices: groups
            .iter()
            .map(|group| HeldPrices {
                book: group.book,
                kind: group.kind,
                closing: group.closing,
                column: group.cells.into_iter().flatten().next().unwrap_or_default(),
            })
            .collect(),
        ..Contents::default()
    }
}

/// The prices that are kept, sorted by market and book, so that the order of columns does not matter.
fn kept(mut groups: Vec<Group>, config: &ReadConfig) -> Vec<Group> {
    groups.retain(|group| match group.book {
        Some(book) => config.keeps(book, group.kind),
        None => config.keeps_market(group.kind),
    });
    let books = config.books.as_deref().unwrap_or(&[]);
    groups.sort_by_key(|group| {
        let rank = books.iter().position(|book| Some(*book) == group.book);
        (group.kind, rank, group.book, group.closing)
    });
    groups
}

/// The book of prices without one; `None`: it is in a column.
fn unnamed_book(header: &Header<'_>, config: &ReadConfig) -> Option<Book> {
    match header.find(Target::Book) {
        Some(_) => None,
        None => Some(config.unnamed_book()),
    }
}

/// The columns of prices that are not kept.
fn passed_over(groups: &[Group], config: &ReadConfig) -> Vec<PassedOver> {
    let mut passed_over = Vec::new();
    for group in groups {
        let book = group.book.filter(|&book| !config.keeps_book(book));
        let market = Some(group.kind).filter(|&kind| !config.keeps_market(kind));
        if book.is_some() || market.is_some() {
            let columns = group.cells.into_iter().flatten();
            passed_over.extend(columns.map(|column| PassedOver {
                book,
                market,
                column,
            }));
        }
    }
    passed_over
}

/// Prices in simbet's own columns, or mapped to them.
fn own_groups(header: &Header<'_>, config: &ReadConfig, groups: &mut Vec<Group>) {
    let book = unnamed_book(header, config);
    for (_, target, _) in columns::meanings() {
        let Target::Price(price) = target else {
            continue;
        };
        if let Some(column) = header.find(target) {
            place(groups, book, price, column, own_line(header, price));
        }
    }
}

/// A price in a column that is named otherwise than simbet's and football-data's own.
struct Similar {
    book: Option<Book>,
    price: Price,
    column: usize,
    line: LineFrom,
}

/// Adds the prices under football-data's names. Where there are none, those in columns of other names, of each market that has
/// a column for every side: in football-data's own files every other column is a statistic. Returns what was assumed.
fn other_groups(header: &Header<'_>, config: &ReadConfig, groups: &mut Vec<Group>) -> Vec<String> {
    let known = groups.len();
    football_data_groups(header, groups);
    if groups.len() > known {
        return Vec::new();
    }
    let mut assumed = Vec::new();
    let found: Vec<Similar> = (0..header.cells.len())
        .filter_map(|column| similar(header, config, column))
        .collect();
    for first in &found {
        let key = |similar: &Similar| (similar.book, similar.price.kind, similar.price.closing);
        let set: Vec<&Similar> = found
            .iter()
            .filter(|other| key(other) == key(first))
            .collect();
        let is_complete = first
            .price
            .kind
            .sides()
            .iter()
            .all(|side| set.iter().filter(|other| other.price.side == *side).count() == 1);
        let is_known = groups[..known]
            .iter()
            .any(|group| (group.book, group.kind, group.closing) == key(first));
        if is_complete && !is_known {
            assumed.push(first.assumption(header));
            place(groups, first.book, first.price, first.column, first.line);
        }
    }
    assumed
}

fn similar(header: &Header<'_>, config: &ReadConfig, column: usize) -> Option<Similar> {
    let name = &header.cells[column];
    if columns::targets().any(|target| header.position(target) == Some(column)) {
        return None;
    }
    if let Some((code, price)) = columns::price_of_any_case(name) {
        let line = football_data_line(header, code, price);
        let book = Some(Book::new(code).ok()?);
        return Some(Similar {
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
        None => own_line(header, price),
    };
    Some(Similar {
        book: book.or_else(|| unnamed_book(header, config)),
        price,
        column,
        line,
    })
}

impl Similar {
    /// `b365h as b365 home`.
    fn assumption(&self, header: &Header<'_>) -> String {
        let book = self
            .book
            .map_or_else(|| "the row's book".to_owned(), |book| book.to_string());
        let closing = if self.price.closing {
            " at kick-off"
        } else {
            ""
        };
        let (name, side) = (&header.cells[self.column], self.price.side);
        format!("{name} as {book} {side}{closing}")
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
