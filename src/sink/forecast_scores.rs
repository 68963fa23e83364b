//! Scores forecasts beside the base rates of the league, the opening price and the closing price.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use foldhash::fast::FixedState;

use super::{Sink, SinkError};
use crate::domain::{
    Book, Entry, Fixture, Forecast, Line, Market, MarketKind, MatchState, Names, Odds, Outcome,
    PriceSource, Quote, Score, Selection, Side, Time,
};
use crate::engine::{EngineConfig, closing_of_quote, fair_probability};
use crate::metrics::forecasts::{
    BaseRates, ForecastFold, ForecastOf, ForecastReport, Forecaster, ScoredMatch,
    settled_probability,
};
use crate::predict::MarginMethod;
use crate::predict::margin::fair_of;
use crate::schema::opinion_of_forecast;
use crate::source::{Matches, PriceTime};

/// Folds the forecasts of a run on matches of files. A match has its result once there: no file corrects one.
#[derive(Debug)]
pub struct ForecastScoreSink {
    matches: Arc<Matches>,
    /// Whose closing prices count where files have neither Pinnacle's nor the average.
    books: Vec<Book>,
    method: MarginMethod,
    pinnacle: Option<Book>,
    /// Whether the price that is bet at is the closing price.
    at_close: bool,
    /// What was known of the league when a match that is not over was forecast.
    open: HashMap<Arc<str>, BaseRates, FixedState>,
    /// The day of the match that was scored last, and where its matches are among the records.
    day: (Time, Range<usize>),
    fold: ForecastFold,
}

/// Probabilities of a match, as prices without their margin or a model say.
#[derive(Debug, Default)]
struct Prices {
    results: Option<[f64; 3]>,
    over: Option<f64>,
    handicap: Option<f64>,
    /// Whose price that of 1X2 is.
    source: Option<Book>,
}

impl ForecastScoreSink {
    /// A sink for the run of an engine on these matches.
    pub fn new(config: &EngineConfig, price: PriceTime, matches: &Arc<Matches>) -> Self {
        let mut books: Vec<Book> = config.market_book.into_iter().collect();
        books.extend(config.strategy.books.books());
        // the highest price of many is the price of no book
        if books.iter().any(|book| book.is_choice()) {
            books.push(Book::AVG);
            books.retain(|book| !book.is_choice());
        }
        Self {
            matches: Arc::clone(matches),
            books,
            method: config.margin_method,
            pinnacle: Book::new("ps").ok(),
            at_close: price == PriceTime::Close,
            open: HashMap::default(),
            day: (Time::from_seconds(i64::MIN), 0..0),
            fold: ForecastFold::default(),
        }
    }

    /// How good the forecasts were; `None` without one.
    pub fn report(&self) -> Option<ForecastReport> {
        let mut report = self.fold.report(&self.matches.names)?;
        if self.at_close {
            let result = report.all.of.get(&ForecastOf::Result);
            let close = result.and_then(|all| all.score(Forecaster::Closing));
            let matches = close.map(|close| (OFFERED.to_owned(), close.own.n));
            report.closing_prices = matches.into_iter().collect();
        }
        Some(report)
    }

    /// The record of a match; records are in order of day and id.
    fn record(&mut self, fixture: &Fixture) -> Option<usize> {
        let records = &self.matches.records;
        if self.day.0 != fixture.day {
            // matches become known in order of time, so that most are of the same day as the last one
            let start = records.partition_point(|record| record.fixture.day < fixture.day);
            let of_day = records[start..].iter();
            let count = of_day.take_while(|record| record.fixture.day == fixture.day);
            self.day = (fixture.day, start..start + count.count());
        }
        let start = self.day.1.start;
        let of_day = &records[self.day.1.clone()];
        let place = of_day.binary_search_by(|record| record.fixture.id.cmp(&fixture.id));
        Some(start + place.ok()?)
    }

    fn score(&mut self, forecast: &Forecast, score: Score) {
        let fixture = &forecast.fixture;
        let Some(base) = self.open.remove(&fixture.id) else {
            return;
        };
        let handicap = self.handicap(forecast);
        let home = handicap.and_then(|(line, _)| home(line));
        let offered = Prices {
            results: forecast.market,
            over: over().and_then(|over| self.opening(forecast, over)),
            handicap: handicap.map(|(_, p)| p),
            source: None,
        };
        let (opening, closing) = if self.at_close {
            (Prices::default(), offered)
        } else {
            let record = self.record(fixture);
            (offered, self.close(record, home))
        };
        let mut all = ScoredMatch::default();
        let mut set = |who: Forecaster, said: &Prices| {
            all.results[who as usize] = said.results;
            all.over[who as usize] = said.over;
            all.handicap[who as usize] = said.handicap;
        };
        set(Forecaster::Base, &of_base(&base, home));
        let said = of_model(forecast, home);
        if forecast.unpooled.is_some() {
            // of totals and handicaps the model alone is not known
            let alone = Prices {
                results: forecast.unpooled,
                ..Prices::default()
            };
            set(Forecaster::Model, &alone);
            set(Forecaster::Pool, &said);
        } else {
            set(Forecaster::Model, &said);
        }
        set(Forecaster::Opening, &opening);
        set(Forecaster::Closing, &closing);
        all.handicap_settled = home.map_or([0.0; 2], |home| settled(home.settle(score)));
        if let Some(source) = closing.source.filter(|_| forecast.model.is_some()) {
            self.fold.closed_by(source);
        }
        self.fold.add(fixture, score, &all);
    }

    /// The probability of the first side of a market of two by the price that could be bet at.
    fn opening(&self, forecast: &Forecast, first: Selection) -> Option<f64> {
        let odds = |wanted: Selection| {
            let mut prices = forecast.prices.iter();
            let price = prices.find(|(selection, _)| *selection == wanted)?;
            Some(price.1.decimal())
        };
        let odds = [odds(first)?, odds(opposite(first)?)?];
        Some(fair_of(odds, self.method).ok()?[0])
    }

    /// The handicap whose opening price is nearest to even, with the probability of the home side; of equal ones the lowest.
    fn handicap(&self, forecast: &Forecast) -> Option<(Line, f64)> {
        let priced = forecast.prices.iter().map(|(selection, _)| *selection);
        let homes = priced.filter(|selection| {
            selection.market().kind() == MarketKind::AsianHandicap && selection.side() == Side::Home
        });
        let lines = homes.filter_map(|selection| {
            let p = self.opening(forecast, selection)?;
            Some((selection.market().line()?, p))
        });
        lines.min_by(|(line, p), (other, q)| {
            let (off, farther) = ((p - 0.5).abs(), (q - 0.5).abs());
            off.total_cmp(&farther).then(line.cmp(other))
        })
    }

    /// The closing prices of a match: Pinnacle's, else the average, else those of the book that is bet at.
    fn close(&self, record: Option<usize>, home: Option<Selection>) -> Prices {
        let Some(record) = record.and_then(|place| self.matches.records.get(place)) else {
            return Prices::default();
        };
        let last = record.statistics.as_ref().and_then(|one| one.last_prices);
        let results = last.and_then(|last| self.last(last.result));
        let results = results.or_else(|| self.close_of_books(&record.close));
        let over = last.and_then(|last| self.last(last.totals));
        let over = over.map(|(p, _)| p[0]);
        let of_books = |selection| self.settled_at_close(selection, &record.close);
        let (p, source) = results.unzip();
        Prices {
            results: p,
            over: over.or_else(|| of_books(self::over()?)),
            handicap: home.and_then(of_books),
            source: source.flatten(),
        }
    }

    /// Last prices without their margin and their name, where they are of the close.
    fn last<const SIDES: usize>(
        &self,
        last: Option<(PriceSource, [Odds; SIDES])>,
    ) -> Option<([f64; SIDES], Option<Book>)> {
        let (source, odds) = last?;
        let book = match source {
            PriceSource::PinnacleClose => self.pinnacle,
            PriceSource::AverageClose => Some(Book::AVG),
            PriceSource::AveragePre | PriceSource::Bet365Pre => return None,
        };
        let p = fair_of(odds.map(Odds::decimal), self.method).ok()?;
        Some((p, book))
    }

    /// The closing prices of 1X2 of the first book that has all three.
    fn close_of_books(&self, quotes: &[Quote]) -> Option<([f64; 3], Option<Book>)> {
        let of = |book: Book, selection: Selection| {
            let mut quotes_of_book = quotes.iter().filter(|quote| quote.book == book);
            let quote = quotes_of_book.find(|quote| quote.selection == selection)?;
            fair_probability(quote, quotes, self.method)
        };
        let mut books = self.books.iter();
        books.find_map(|&book| {
            let [home, draw, away] = [Selection::HOME, Selection::DRAW, Selection::AWAY];
            let p = [of(book, home)?, of(book, draw)?, of(book, away)?];
            Some((p, Some(book)))
        })
    }

    /// The probability of a selection by the closing prices of the first book that has them, on another line if need be.
    fn settled_at_close(&self, selection: Selection, quotes: &[Quote]) -> Option<f64> {
        let first = quotes.first()?;
        let mut books = self.books.iter();
        books.find_map(|&book| {
            let taken = Quote {
                selection,
                book,
                ..*first
            };
            let closing = closing_of_quote(&taken, quotes, self.method)?;
            let same_line = closing.odds.and(closing.probability);
            same_line.or_else(|| settled_probability(&closing.fair?))
        })
    }
}

/// The name of the price that could be bet at, where it is the closing price.
const OFFERED: &str = "offered";

/// What the league's earlier matches say; of a handicap only where one is priced.
fn of_base(base: &BaseRates, home: Option<Selection>) -> Prices {
    Prices {
        results: Some(base.results),
        over: Some(base.over),
        handicap: home.map(|_| base.handicap),
        source: None,
    }
}

/// What the model says.
fn of_model(forecast: &Forecast, home: Option<Selection>) -> Prices {
    let opinion = opinion_of_forecast(forecast);
    let said = |selection: Selection| {
        let outcomes = opinion.distribution(selection).or_else(|| {
            let other = opinion.distribution(opposite(selection)?)?;
            Some(other.opposite())
        });
        settled_probability(&outcomes?)
    };
    Prices {
        results: forecast.model,
        over: over().and_then(said),
        handicap: home.and_then(said),
        source: None,
    }
}

fn over() -> Option<Selection> {
    Selection::new(Market::OverUnder(Line::TWO_AND_A_HALF), Side::Over)
}

fn home(line: Line) -> Option<Selection> {
    Selection::new(Market::AsianHandicap(line), Side::Home)
}

/// The other side of a market of two.
fn opposite(selection: Selection) -> Option<Selection> {
    let market = selection.market();
    let mut others = market.kind().sides().iter();
    let other = others.find(|side| **side != selection.side())?;
    Selection::new(market, *other)
}

/// How much of a bet was won and lost.
const fn settled(outcome: Outcome) -> [f64; 2] {
    match outcome {
        Outcome::Won => [1.0, 0.0],
        Outcome::HalfWon => [0.5, 0.0],
        Outcome::Void => [0.0, 0.0],
        Outcome::HalfLost => [0.0, 0.5],
        Outcome::Lost => [0.0, 1.0],
    }
}

impl Sink for ForecastScoreSink {
    fn name(&self) -> &'static str {
        "forecast scores"
    }

    fn wants_prices(&self) -> bool {
        true
    }

    fn write(&mut self, entry: &Entry, _: &Names) -> Result<(), SinkError> {
        match entry {
            Entry::Played(played) => self.fold.played(played.fixture.league, played.score),
            Entry::Predicted(forecast) if forecast.state == MatchState::default() => {
                let base = self.fold.base_rates(forecast.fixture.league);
                self.open.insert(Arc::clone(&forecast.fixture.id), base);
            }
            Entry::Scored { forecast, score } => self.score(forecast, *score),
            Entry::Predicted(_)
            | Entry::Revised { .. }
            | Entry::Placed(_)
            | Entry::Refused { .. }
            | Entry::Withheld { .. }
            | Entry::Settled(_)
            | Entry::Corrected { .. }
            | Entry::Closed { .. } => {}
        }
        Ok(())
    }
}
