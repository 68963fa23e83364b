//! What is wanted of matches, held against what the files hold.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::columns::canonical;
use super::contents::Contents;
use super::counts::Remark;
use super::header_words::offered_price;
use super::matches::{MatchRecord, Matches};
use crate::calendar;
use crate::domain::{Book, MarketKind, Quote, Time};
use crate::look_alike::OFFERED;
use crate::source::error::SourceError;

/// The prices that are wanted of matches.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WantedPrices<'a> {
    pub books: &'a [Book],
    pub markets: &'a [MarketKind],
    pub closing: bool,
    /// The first and the last day.
    pub period: (Option<Time>, Option<Time>),
}

impl WantedPrices<'_> {
    /// Whether a match of the period has such a price.
    pub(crate) fn has_price(&self, record: &MatchRecord) -> bool {
        let (from, to) = self.period;
        let day = record.fixture.day;
        let quotes = if self.closing {
            &record.close
        } else {
            &record.pre
        };
        from.is_none_or(|from| day >= from.start_of_day())
            && to.is_none_or(|to| day <= to.start_of_day())
            && quotes.iter().any(|quote| {
                self.books.contains(&quote.book)
                    && self.markets.contains(&quote.selection.market().kind())
            })
    }
}

/// `avg, b365 on 1x2 before the match day`.
impl fmt::Display for WantedPrices<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let codes: Vec<&str> = self.books.iter().map(Book::as_str).collect();
        let markets: Vec<&str> = self.markets.iter().map(|kind| kind.code()).collect();
        write!(
            f,
            "{} on {} {}",
            codes.join(", "),
            markets.join(", "),
            time(self.closing)
        )
    }
}

impl Matches {
    /// Checks that a match with a score was read.
    pub(crate) fn ensure_results(&self) -> Result<(), SourceError> {
        if self.records.iter().any(|record| record.score.is_some()) {
            return Ok(());
        }
        let lacking = || self.contents.iter().filter(|table| !table.has_goals);
        let all = |is: fn(&Contents) -> bool| self.contents.iter().all(is);
        let problem = if all(|table| table.rows == 0) {
            "there is no row after the header".to_owned()
        } else if lacking().count() == self.contents.len() {
            let offers = distinct(lacking().flat_map(|table| &table.like_goals));
            let offers = if offers.is_empty() {
                "name them with --map home_goals=... --map away_goals=..., or --map score=..."
                    .to_owned()
            } else {
                format!("perhaps {}", first_few(&offers))
            };
            format!("no column of goals is recognised; {offers}")
        } else if all(|table| !table.has_goals || table.has_letters) {
            "no column of goals is recognised: there are letters of results, which say who won and not how; name the goals with \
             --map home_goals=... --map away_goals=..., or --map score=..."
                .to_owned()
        } else {
            format!("no match with a score was read: {}", self.rows_instead())
        };
        let files = self.named_files();
        Err(SourceError::NoResults { files, problem })
    }

    /// What the rows are where none is a match with a score.
    fn rows_instead(&self) -> String {
        let counts = &self.counts;
        let left_out: Vec<String> = Remark::ALL
            .into_iter()
            .filter(|&remark| remark.is_skip() && counts.remark(remark) > 0)
            .map(|remark| {
                let count = counts.remark(remark);
                format!("{count} {}", remark.sentence(count))
            })
            .collect();
        let left_out = first_few(&left_out);
        match (counts.fixtures, counts.skipped()) {
            (_, 0) => "every row is a fixture".to_owned(),
            (0, _) => format!("every row was left out ({left_out})"),
            (1, _) => format!("1 row is a fixture, and others were left out ({left_out})"),
            (fixtures, _) => {
                format!("{fixtures} rows are fixtures, and others were left out ({left_out})")
            }
        }
    }

    /// Checks that a match was played in a period, first and last day included.
    pub(crate) fn ensure_period(
        &self,
        (from, to): (Option<Time>, Option<Time>),
    ) -> Result<(), SourceError> {
        let covers = |day: Time| {
            from.is_none_or(|from| day >= from.start_of_day())
                && to.is_none_or(|to| day <= to.start_of_day())
        };
        let mut days = self
            .records
            .iter()
            .filter(|record| record.score.is_some())
            .map(|record| record.fixture.day);
        let Some(first) = days.clone().next() else {
            return Ok(());
        };
        if days.clone().any(covers) {
            return Ok(());
        }
        Err(SourceError::NothingInPeriod {
            first: calendar::format_date(first),
            last: calendar::format_date(days.next_back().unwrap_or(first)),
        })
    }

    /// Checks that some match has a price that is wanted.
    pub(crate) fn ensure_prices(&self, wanted: WantedPrices<'_>) -> Result<(), SourceError> {
        if self.records.iter().any(|record| wanted.has_price(record)) {
            return Ok(());
        }
        Err(SourceError::NoPrices {
            files: self.named_files(),
            wanted: wanted.to_string(),
            held: self.held_instead(&wanted),
        })
    }

    /// Checks that files of fixtures which have prices have some that are wanted. Fixtures without any price can be
    /// predicted nevertheless.
    pub(crate) fn ensure_prices_of_fixtures(
        &self,
        wanted: WantedPrices<'_>,
    ) -> Result<(), SourceError> {
        if self.fixtures().any(|fixture| wanted.has_price(fixture)) {
            return Ok(());
        }
        let contents = self.contents.iter();
        let of_fixtures = Self {
            contents: contents
                .filter(|table| table.has_fixtures && !table.prices.is_empty())
                .cloned()
                .collect(),
            ..Self::default()
        };
        let held = of_fixtures.held_books(wanted.closing, |kind| wanted.markets.contains(kind));
        let is_held = held.iter().any(|(book, _)| wanted.books.contains(book));
        if of_fixtures.contents.is_empty() || is_held {
            return Ok(());
        }
        of_fixtures.ensure_prices(wanted)
    }

    /// What there is instead of the prices that are wanted.
    fn held_instead(&self, wanted: &WantedPrices<'_>) -> String {
        let is_wanted = |kind: &MarketKind| wanted.markets.contains(kind);
        let now = self.held_books(wanted.closing, is_wanted);
        let wanted_is_held = now.iter().any(|(book, _)| wanted.books.contains(book));
        if wanted_is_held {
            return self.why_unusable(wanted);
        }
        if !now.is_empty() {
            return format!(
                "the files hold prices of {}{}{}",
                self.listed(&now),
                option_for(wanted.books, &now),
                self.unread_of(wanted.books)
            );
        }
        let other_time = self.held_books(!wanted.closing, is_wanted);
        if !other_time.is_empty() {
            let option = if wanted.closing { "pre" } else { "close" };
            return format!(
                "the files hold none {}, but {} (--price {option}) those of {}",
                time(wanted.closing),
                time(!wanted.closing),
                self.listed(&other_time)
            );
        }
        let others: Vec<String> = MarketKind::ALL
            .into_iter()
            .filter(|kind| !is_wanted(kind))
            .map(|kind| (kind, self.held_books(wanted.closing, |held| *held == kind)))
            .filter(|(_, books)| !books.is_empty())
            .map(|(kind, books)| format!("--markets {kind} of {}", self.listed(&books)))
            .collect();
        if !others.is_empty() {
            return format!("the files hold other markets: {}", others.join("; "));
        }
        self.no_prices_at_all()
    }

    /// Why no price of books that are held is left.
    fn why_unusable(&self, wanted: &WantedPrices<'_>) -> String {
        let is_wanted = |quote: &Quote| {
            wanted.books.contains(&quote.book)
                && wanted.markets.contains(&quote.selection.market().kind())
        };
        let mut quotes = self.records.iter().flat_map(|record| match wanted.closing {
            true => &record.close,
            false => &record.pre,
        });
        if quotes.any(is_wanted) {
            return "there are some, but of no match between --from and --to".to_owned();
        }
        let reasons = [
            (Remark::NotANumber, "are not numbers"),
            (Remark::NotAboveOne, "are 1 or less"),
            (Remark::Margin, "have an impossible margin"),
            (Remark::NoLine, "have no line"),
        ];
        let met = reasons
            .iter()
            .filter(|(remark, _)| self.counts.remark(*remark) > 0);
        let met: Vec<&str> = met.map(|(_, reason)| *reason).collect();
        match met.as_slice() {
            [] => "there are columns for them, but no set of prices in them".to_owned(),
            ["have no line"] => "no set of them could be used: they have no line".to_owned(),
            met => format!(
                "no set of them could be used, since prices {}; --odds-format names the form of prices",
                met.join(" or ")
            ),
        }
    }

    /// The clause about columns that may hold prices of these books and that are not read.
    fn unread_of(&self, books: &[Book]) -> String {
        let names_book = |cell: &&String| {
            let cell = canonical(cell);
            books.iter().any(|book| cell.contains(book.as_str()))
        };
        let columns = self.contents.iter().flat_map(|table| &table.with_side);
        let columns = distinct(columns.filter(names_book));
        let offers: Vec<String> = columns.into_iter().take(6).map(offered_price).collect();
        if offers.is_empty() {
            String::new()
        } else {
            format!("; not read as prices are {}", offers.join(", "))
        }
    }

    fn no_prices_at_all(&self) -> String {
        let alike = distinct(self.contents.iter().flat_map(|table| &table.like_prices));
        if alike.is_empty() {
            "the files have no price, or no column that is understood as one".to_owned()
        } else {
            format!(
                "the files have no column that is understood as a price; perhaps {}",
                first_few(&alike)
            )
        }
    }

    /// The books of which files have prices, each with the number of rows of those files.
    fn held_books(
        &self,
        closing: bool,
        is_wanted: impl Fn(&MarketKind) -> bool,
    ) -> Vec<(Book, u64)> {
        let mut books: BTreeMap<Book, u64> = BTreeMap::new();
        for table in &self.contents {
            let held = table
                .prices
                .iter()
                .filter(|held| held.closing == closing && is_wanted(&held.kind));
            let of_table: BTreeSet<Book> = held
                .flat_map(|held| match held.book {
                    Some(book) => vec![book],
                    None => table.books.iter().copied().collect(),
                })
                .collect();
            for book in of_table {
                *books.entry(book).or_default() += table.rows;
            }
        }
        let mut books: Vec<(Book, u64)> = books.into_iter().collect();
        books.sort_by_key(|(_, rows)| std::cmp::Reverse(*rows));
        books
    }

    /// Books with the share of rows whose files have prices of them.
    fn listed(&self, books: &[(Book, u64)]) -> String {
        let rows: u64 = self.contents.iter().map(|table| table.rows).sum();
        let listed: Vec<String> = books
            .iter()
            .map(|(book, held)| {
                if *held == rows {
                    book.to_string()
                } else {
                    format!("{book} (files with {held} of {rows} rows)")
                }
            })
            .collect();
        first_few(&listed)
    }

    /// Checks that no column of goals was overlooked: matches that are all to be played, in files that seem to have goals.
    pub(crate) fn ensure_no_goals_are_overlooked(&self) -> Result<(), SourceError> {
        if self
            .contents
            .iter()
            .all(|table| table.like_goals.is_empty())
        {
            return Ok(());
        }
        self.ensure_results()
    }

    /// Whether files have columns of prices, or such as look like it.
    pub(crate) fn mention_prices(&self) -> bool {
        self.contents
            .iter()
            .any(|table| !table.prices.is_empty() || !table.like_prices.is_empty())
    }

    /// The first file, and how many more there are.
    fn named_files(&self) -> String {
        let names = distinct(self.contents.iter().map(|table| &table.file));
        match names.split_first() {
            None => "the input".to_owned(),
            Some((first, [])) => (*first).to_owned(),
            Some((first, [_])) => format!("{first} and 1 other file"),
            Some((first, others)) => format!("{first} and {} other files", others.len()),
        }
    }
}

/// When a price is known.
const fn time(closing: bool) -> &'static str {
    if closing {
        "at kick-off"
    } else {
        "before the match day"
    }
}

/// The first of a list, and how many more there are: nobody reads forty books in a sentence.
fn first_few(list: &[impl AsRef<str>]) -> String {
    const FEW: usize = 6;
    // the last one takes no more room than "and 1 more"
    let shown = if list.len() <= FEW + 1 {
        list.len()
    } else {
        FEW
    };
    let texts: Vec<&str> = list[..shown].iter().map(AsRef::as_ref).collect();
    let texts = texts.join(", ");
    match list.len() - shown {
        0 => texts,
        more => format!("{texts} and {more} more"),
    }
}

/// Texts in their order, each once.
fn distinct<'a>(texts: impl Iterator<Item = &'a String>) -> Vec<&'a str> {
    let mut seen: Vec<&str> = Vec::new();
    for text in texts {
        if !seen.contains(&text.as_str()) {
            seen.push(text);
        }
    }
    seen
}

/// The clause that names the option: a wanted book whose code or name is nearly that of one that is held, or the first that
/// is.
fn option_for(wanted: &[Book], held: &[(Book, u64)]) -> String {
    let near =
        |one: &Book, other: &Book| strsim::damerau_levenshtein(one.as_str(), other.as_str()) <= 1;
    let books = || held.iter().map(|(book, _)| book);
    let by_code = || books().find(|held| wanted.iter().any(|book| near(book, held)));
    let named = books().find_map(|held| Some((held, name_like(wanted, held)?)));
    match (named, by_code(), books().next()) {
        (Some((book, name)), _, _) => format!("; did you mean {book} ({name})?"),
        (None, Some(book), _) => format!("; did you mean {book}?"),
        (None, None, Some(book)) => format!(": say --book {book}"),
        (None, None, None) => String::new(),
    }
}

/// The name of a book that a wanted code is nearly: `pinacle` is meant for `pinnacle`. Short codes are like any name.
fn name_like(wanted: &[Book], held: &Book) -> Option<&'static str> {
    let is_like = |book: &Book, name: &str| {
        book.as_str().len() > 3 && strsim::jaro_winkler(book.as_str(), name) > OFFERED
    };
    let mut names = held.names();
    names.find(|name| wanted.iter().any(|book| is_like(book, name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_book_that_is_nearly_meant_is_offered_by_its_code() {
        let book = |code: &str| Book::new(code).unwrap();
        let held = ["avg", "b365", "bfe", "ps"].map(|code| (book(code), 1));
        for (wanted, clause) in [
            ("pinacle", "; did you mean ps (pinnacle)?"),
            ("bet356", "; did you mean b365 (bet365)?"),
            ("b36", "; did you mean b365?"),
            ("ladbrokes", ": say --book avg"),
            ("wh", ": say --book avg"),
        ] {
            assert_eq!(option_for(&[book(wanted)], &held), clause, "{wanted}");
        }
    }

    #[test]
    fn a_long_list_is_cut_to_its_first_members() {
        let names = |count: usize| (1..=count).map(|n| format!("b{n}")).collect::<Vec<_>>();
        assert_eq!(first_few(&names(0)), "");
        assert_eq!(first_few(&names(2)), "b1, b2");
        assert_eq!(first_few(&names(7)), "b1, b2, b3, b4, b5, b6, b7");
        assert_eq!(first_few(&names(8)), "b1, b2, b3, b4, b5, b6 and 2 more");
    }
}
