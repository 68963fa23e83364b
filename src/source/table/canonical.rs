//! Writing of simbet's plain form: the matches that [`read`](super::read) returns, one row each.

use std::collections::BTreeSet;

use super::matches::{MatchRecord, Matches};
use crate::calendar;
use crate::domain::{
    Book, Fixture, Market, MarketKind, Names, Quote, Selection, Side, Statistic, Time,
};
use crate::schema::{EXPECTED_GOALS, REFEREE, TAUGHT_GOALS, TAUGHT_WEIGHT, statistic_names};

/// The columns of the plain form that say which match it is, and whose prices follow.
const FIELDS: [&str; 10] = [
    "match_id",
    "league",
    "season",
    "date",
    "time",
    "home_team",
    "away_team",
    "home_goals",
    "away_goals",
    "book",
];

/// The columns of the plain form that some matches need, and their rows.
///
/// ```
/// use simbet::internals::source::PlainForm;
/// let columns = PlainForm::default().columns();
/// assert_eq!((columns.len(), columns[10], columns[28]), (29, "odds_home", "status"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlainForm {
    /// The markets, in order. The columns of those that football-data.co.uk has are always there.
    pub markets: Vec<MarketKind>,
    /// Whether a match is played on neutral ground.
    pub neutral: bool,
    /// Whether prices are of another time than is assumed without one.
    pub as_of: bool,
    /// What is counted of a match.
    pub statistics: Vec<Statistic>,
    /// Whether the referee of a match is known.
    pub referee: bool,
    /// Whether the goals that could be expected in a match are known.
    pub expected_goals: bool,
    /// Whether something else than goals is to be learned.
    pub taught_goals: bool,
    /// Whether matches have weights.
    pub taught_weight: bool,
}

impl PlainForm {
    /// The form that holds all that is known of matches, with the prices of these books.
    pub fn of(matches: &Matches, books: &[Book]) -> Self {
        let records = || matches.records.iter();
        Self {
            markets: held_markets(matches, books),
            neutral: records().any(|record| record.fixture.neutral),
            statistics: counted(matches),
            referee: records().any(|record| referee(record).is_some()),
            expected_goals: records().any(|record| expected_goals(record).is_some()),
            taught_goals: records().any(|record| taught_goals(record).is_some()),
            taught_weight: records().any(|record| taught_weight(record).is_some()),
            as_of: records().any(|record| {
                let mut quotes = record.pre.iter();
                let usual = opening(record);
                quotes.any(|quote| quote.as_of != usual && books.contains(&quote.book))
            }),
        }
    }

    /// The first columns, which every file has.
    pub const FIELDS: [&str; 10] = FIELDS;

    /// Whether a file that begins like this was written here.
    pub fn has_written(beginning: &str) -> bool {
        beginning.starts_with(&FIELDS.join(","))
    }

    /// The columns, in order; each is a name that `--map` knows.
    pub fn columns(&self) -> Vec<&'static str> {
        let prices = [false, true].into_iter().flat_map(|closing| {
            MarketKind::written(&self.markets).flat_map(move |kind| {
                let odds = kind.odds_columns(closing).iter().copied();
                kind.line_column(closing).into_iter().chain(odds)
            })
        });
        let neutral = self.neutral.then_some("neutral");
        let as_of = self.as_of.then_some("as_of");
        let last = ["status"].into_iter().chain(neutral).chain(as_of);
        let counts = self.statistics.iter();
        let counts = counts.flat_map(|statistic| statistic_names(*statistic));
        let referee = self.referee.then_some(REFEREE);
        let columns = FIELDS.into_iter().chain(prices).chain(last);
        let expected = EXPECTED_GOALS.into_iter().filter(|_| self.expected_goals);
        let columns = columns.chain(counts).chain(referee);
        let taught = TAUGHT_GOALS.into_iter().filter(|_| self.taught_goals);
        let weight = self.taught_weight.then_some(TAUGHT_WEIGHT);
        columns
            .chain(expected)
            .chain(taught)
            .chain(weight)
            .collect()
    }

    /// The rows, in the order of [`PlainForm::columns`]: one for each match with the prices of the first book, and one for
    /// each other book that has prices of it. Cells of prices that the book lacks are empty. Where a book has prices of several
    /// times, or several lines of a market, the further ones are in further rows.
    pub fn rows<'a>(
        &'a self,
        matches: &'a Matches,
        books: &'a [Book],
    ) -> impl Iterator<Item = Vec<String>> + 'a {
        matches.records.iter().flat_map(move |record| {
            books.iter().enumerate().flat_map(move |(place, &book)| {
                let offers = offers(record, book);
                offers.into_iter().flat_map(move |offer| {
                    let is_first = offer.close.is_some() && place == 0;
                    let rows = offer.lines_needed(&self.markets).max(usize::from(is_first));
                    (0..rows).map(move |line| self.row(record, &matches.names, &offer, line))
                })
            })
        })
    }

    fn row(&self, record: &MatchRecord, names: &Names, offer: &Offer, line: usize) -> Vec<String> {
        let mut row = match_cells(record, names);
        row.push(offer.book.to_string());
        for quotes in [&offer.pre[..], offer.close.as_deref().unwrap_or_default()] {
            row.extend(MarketKind::written(&self.markets).flat_map(|kind| {
                let market = markets_of(kind, quotes).nth(line);
                prices(kind, market, quotes)
            }));
        }
        row.push(status(record).to_owned());
        let flag = if record.fixture.neutral { "1" } else { "0" };
        row.extend(self.neutral.then(|| flag.to_owned()));
        row.extend(self.as_of.then(|| as_of(record, offer)));
        row.extend(self.counts(record));
        let referee = || referee(record).unwrap_or_default().to_owned();
        row.extend(self.referee.then(referee));
        for (is_written, goals) in [
            (self.expected_goals, expected_goals(record)),
            (self.taught_goals, taught_goals(record)),
        ] {
            let goals = goals.map(|goals| goals.map(|goals| goals.to_string()));
            row.extend(goals.unwrap_or_default().into_iter().filter(|_| is_written));
        }
        if self.taught_weight {
            row.push(taught_weight(record).map_or_else(String::new, |weight| weight.to_string()));
        }
        row
    }

    /// The cells of what is counted of a match, empty where it is not known.
    fn counts(&self, record: &MatchRecord) -> impl Iterator<Item = String> {
        let counts = self.statistics.iter().map(|statistic| {
            let counts = record.statistics.as_ref();
            counts.and_then(|counts| statistic.of(counts))
        });
        counts.flat_map(|counts| match counts {
            Some(counts) => counts.map(|count| count.to_string()),
            None => [const { String::new() }; 2],
        })
    }
}

/// Whether a column of the plain form holds odds, a line or the like: a number, with decimals.
pub fn is_price(column: &str) -> bool {
    let is_price = column.starts_with("odds_") || column.starts_with("close_");
    let teaches = EXPECTED_GOALS.contains(&column) || TAUGHT_GOALS.contains(&column);
    is_price || column.ends_with("_line") || teaches || column == TAUGHT_WEIGHT
}

/// What is counted of a match, in order.
fn counted(matches: &Matches) -> Vec<Statistic> {
    let is_counted = |statistic: &Statistic| {
        let mut counts = matches.records.iter();
        counts.any(|record| {
            let counts = record.statistics.as_ref();
            counts.is_some_and(|counts| statistic.of(counts).is_some())
        })
    };
    Statistic::ALL.into_iter().filter(is_counted).collect()
}

fn referee(record: &MatchRecord) -> Option<&str> {
    record.statistics.as_ref()?.referee.as_deref()
}

fn expected_goals(record: &MatchRecord) -> Option<[f64; 2]> {
    record.statistics.as_ref()?.expected_goals
}

fn taught_goals(record: &MatchRecord) -> Option<[f64; 2]> {
    record.statistics.as_ref()?.taught_goals
}

fn taught_weight(record: &MatchRecord) -> Option<f64> {
    record.statistics.as_ref()?.taught_weight
}

/// The markets of which the matches have a price of one of these books, in order.
fn held_markets(matches: &Matches, books: &[Book]) -> Vec<MarketKind> {
    let held: BTreeSet<MarketKind> = matches
        .records
        .iter()
        .flat_map(|record| record.pre.iter().chain(&record.close))
        .filter(|quote| books.contains(&quote.book))
        .map(|quote| quote.selection.market().kind())
        .collect();
    held.into_iter().collect()
}

/// The prices of a book on a match that are of one time.
struct Offer {
    book: Book,
    /// The time of those before the match.
    time: Time,
    pre: Vec<Quote>,
    /// The closing prices, which stand beside the first ones before the match; `None` in further offers.
    close: Option<Vec<Quote>>,
}

/// The offers of a book on a match by their time: at least one, which may be empty.
fn offers(record: &MatchRecord, book: Book) -> Vec<Offer> {
    let of_book = |quotes: &[Quote]| -> Vec<Quote> {
        let own = quotes.iter().filter(|quote| quote.book == book);
        own.copied().collect()
    };
    let pre = of_book(&record.pre);
    let mut times: BTreeSet<Time> = pre.iter().map(|quote| quote.as_of).collect();
    if times.is_empty() {
        times.insert(opening(record));
    }
    let mut close = Some(of_book(&record.close));
    let offer = |time| Offer {
        book,
        time,
        pre: pre
            .iter()
            .filter(|quote| quote.as_of == time)
            .copied()
            .collect(),
        close: close.take(),
    };
    times.into_iter().map(offer).collect()
}

impl Offer {
    /// How many rows it needs: as many as it has lines of a market, and none without a price.
    fn lines_needed(&self, markets: &[MarketKind]) -> usize {
        let sets = [&self.pre[..], self.close.as_deref().unwrap_or_default()];
        let lines = sets.into_iter().flat_map(|quotes| {
            MarketKind::written(markets).map(|kind| markets_of(kind, quotes).count())
        });
        lines.max().unwrap_or_default()
    }
}

/// The markets of a kind that have prices, one for each line.
fn markets_of(kind: MarketKind, quotes: &[Quote]) -> impl Iterator<Item = Market> {
    let markets = quotes.iter().map(|quote| quote.selection.market());
    let markets: BTreeSet<Market> = markets.filter(|market| market.kind() == kind).collect();
    markets.into_iter()
}

/// When prices before the match were known where nothing says it.
fn opening(record: &MatchRecord) -> Time {
    let Fixture { day, kickoff, .. } = *record.fixture;
    kickoff.map_or(day, |kickoff| kickoff.min(day))
}

/// The time of an offer; empty where it is the usual one.
fn as_of(record: &MatchRecord, offer: &Offer) -> String {
    if offer.time == opening(record) {
        String::new()
    } else {
        format!("{}Z", calendar::format_time(offer.time))
    }
}

/// The cells that say which match it is, and its score.
fn match_cells(record: &MatchRecord, names: &Names) -> Vec<String> {
    let fixture = &record.fixture;
    let goals = |side: fn(crate::domain::Score) -> u8| {
        record
            .score
            .map_or_else(String::new, |s| side(s).to_string())
    };
    let kickoff = fixture
        .kickoff
        .map_or_else(String::new, |time| kickoff(fixture.day, time));
    vec![
        fixture.id.to_string(),
        names.league(fixture.league).to_owned(),
        fixture.season.to_string(),
        calendar::format_date(fixture.day),
        kickoff,
        names.team(fixture.home).to_owned(),
        names.team(fixture.away).to_owned(),
        goals(|score| score.home),
        goals(|score| score.away),
    ]
}

/// A kick-off: `HH:MM` of UTC where that is on the match day, else the whole instant.
fn kickoff(day: Time, time: Time) -> String {
    if time == time.start_of_day() {
        // 00:00 may be read as unknown
        return format!("{}+01:00", calendar::format_time(time + 3600));
    }
    let is_short = time.start_of_day() == day && time.seconds() % 60 == 0;
    if is_short {
        calendar::civil(time).strftime("%H:%M").to_string()
    } else {
        format!("{}Z", calendar::format_time(time))
    }
}

/// The status of a match that is over; empty for a fixture.
fn status(record: &MatchRecord) -> &'static str {
    if record.is_fixture() {
        ""
    } else {
        record.status.code()
    }
}

/// The cells of a market's prices: the line where the kind has one, and the odds of each side.
fn prices(
    kind: MarketKind,
    market: Option<Market>,
    quotes: &[Quote],
) -> impl Iterator<Item = String> {
    let of = move |side: Side| {
        let selection = Selection::new(market?, side)?;
        quotes.iter().find(|quote| quote.selection == selection)
    };
    let line = kind.has_line().then(|| {
        market
            .and_then(Market::line)
            .map_or_else(String::new, |line| line.to_string())
    });
    let odds = kind.sides().iter().map(move |&side| {
        of(side).map_or_else(String::new, |quote| quote.odds.decimal().to_string())
    });
    line.into_iter().chain(odds)
}
