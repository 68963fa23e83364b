//! The layout of one file: the meaning of its columns, determined from the header.

use super::bounds;
use super::columns::{self, Target, canonical};
use super::config::ReadConfig;
use super::contents::{Contents, HeldPrices};
use super::groups::{Group, PriceColumns};
use super::header::Header;
use super::header_words::{
    is_like_price, is_like_status, look_alikes, offered_price, offered_target,
};
use super::lines::Cells;
use super::statistic_columns::StatisticColumns;
use crate::calendar::Zone;
use crate::domain::{Book, MarketKind, PriceSource};
use crate::source::error::SourceError;

/// The columns of one file.
#[derive(Debug, Clone)]
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
    pub statistics: StatisticColumns,
    /// The prices from which models learn, whether they are bet on or not.
    pub last_prices: Vec<Group>,
    /// Columns that are read, each with another one of the same name.
    pub repeated: Vec<(usize, usize)>,
    /// The cells up to the last column that is read.
    pub width: usize,
    /// What the file holds, read or not.
    pub contents: Contents,
    /// What was assumed about the names of columns.
    pub assumptions: Vec<String>,
}

impl Layout {
    /// The layout of a file.
    pub fn new(file: &str, header: Cells<'_>, config: &ReadConfig) -> Result<Self, SourceError> {
        bounds::ensure_columns(file, header.len())?;
        let header = Header::new(file, header, config)?;
        let sides = [Target::HomeGoals, Target::AwayGoals];
        let goals = match sides.map(|side| header.find(side)) {
            [Some(home), Some(away)] => Some((home, away)),
            [None, None] => None,
            [Some(_), None] | [None, Some(_)] => return Err(header.missing(&sides)),
        };
        let result = header.find(Target::Result);
        let in_one_cell = || header.find(Target::Score).or(result);
        let score = if goals.is_none() { in_one_cell() } else { None };
        let PriceColumns {
            groups,
            alike,
            sentences,
        } = PriceColumns::new(&header, config);
        let assumed = [assumed_fields(&header), alike].concat();
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
            country: country(&header, config),
            league: header.find(Target::League),
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
            last_prices: taught(&groups, config),
            groups: kept(groups, config),
            statistics: StatisticColumns::default(),
            contents,
            assumptions: [sentence(assumed), sentences].concat(),
            repeated: Vec::new(),
            headers: header.cells.clone(),
            width: 0,
        };
        layout.repeated = layout.repeated_columns(&header.repeated);
        layout.statistics = layout.statistic_columns(&header, config.statistics);
        layout.measure();
        Ok(layout)
    }

    /// The statistics of matches with a score, in columns that are nothing else, and what teaches in place of goals.
    fn statistic_columns(&self, header: &Header<'_>, counts: bool) -> StatisticColumns {
        if self.goals.is_none() && self.score.is_none() {
            return StatisticColumns::default();
        }
        if !counts {
            return StatisticColumns::of_teaching(header);
        }
        let taken: Vec<usize> = self.columns().collect();
        StatisticColumns::new(header, &taken)
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

    /// The same columns in another file.
    pub fn in_file(mut self, file: &str) -> Self {
        file.clone_into(&mut self.contents.file);
        self
    }

    /// The columns that are read, counted from 0, but for statistics, which no match needs.
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

    /// The columns that are read, each with one of those that repeat its name.
    fn repeated_columns(&self, repeats: &[usize]) -> Vec<(usize, usize)> {
        let repeats = repeats.iter().filter_map(|&repeat| {
            let first = self
                .columns()
                .find(|&column| self.headers[column] == self.headers[repeat]);
            first.map(|first| (first, repeat))
        });
        repeats.collect()
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

    /// Whether a row has prices of this book in columns that name it, beside those that do not.
    pub fn names_prices(&self, unnamed: &Group, book: Book, row: Cells<'_>) -> bool {
        let mut named = self.groups.iter().filter(|group| group.book == Some(book));
        named.any(|group| {
            let is_filled = |column: usize| !row.get(column).trim_ascii().is_empty();
            group.is_beside(unnamed) && group.cells.into_iter().flatten().any(is_filled)
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
        if !matches!(target, Target::Price(_)) {
            assumed.extend(header.assumed(target));
        }
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
    let used: Vec<usize> = groups.iter().flat_map(Group::columns).collect();
    let unread = header.cells.iter().enumerate();
    let unread = unread.filter(|(column, _)| !used.contains(column));
    let like_prices = unread
        .clone()
        .filter(|(_, cell)| is_like_price(cell))
        .map(|(_, cell)| offered_price(cell));
    let with_side = unread
        .filter(|(_, cell)| offered_target(cell).is_some() && canonical(cell).len() > 1)
        .map(|(_, cell)| cell.clone());
    Contents {
        file: header.file.to_owned(),
        has_goals,
        has_league: header.find(Target::League).is_some(),
        like_goals: like_goals.collect(),
        like_prices: like_prices.take(8).collect(),
        with_side: with_side.collect(),
        unmapped: header.unmapped(),
        prices: groups
            .iter()
            .map(|group| HeldPrices {
                book: group.book,
                kind: group.kind,
                closing: group.closing,
                cells: group.cells,
            })
            .collect(),
        ..Contents::default()
    }
}

/// The column of the country that is part of a league's name. Only football-data's new leagues are named by both; elsewhere a
/// country may be where a match was played.
fn country(header: &Header<'_>, config: &ReadConfig) -> Option<usize> {
    let is_called = |column: usize, name: &str| header.cells[column] == name;
    let is_league = || {
        let league = header.find(Target::League);
        league.is_some_and(|league| is_called(league, "League"))
    };
    header.find(Target::Country).filter(|&country| {
        is_called(country, "Country") && is_league() && !config.map.contains_key("league")
    })
}

/// The prices of a file from which models learn.
fn taught(groups: &[Group], config: &ReadConfig) -> Vec<Group> {
    let teaches = |group: &&Group| {
        let has_source = |book| PriceSource::of(book, group.closing).is_some();
        matches!(group.kind, MarketKind::MatchOdds | MarketKind::OverUnder)
            && group.book.is_none_or(has_source)
    };
    let groups = groups.iter().filter(|_| config.last_prices);
    groups.filter(teaches).cloned().collect()
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
