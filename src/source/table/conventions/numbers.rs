//! The form of prices, and the mark of decimals: judged by every price of a file once some of them cast doubt.

use std::collections::BTreeMap;

use super::super::cells::{self, DecimalMark, Number};
use super::super::config::ReadConfig;
use super::super::groups::{Group, LineFrom};
use super::super::layout::Layout;
use super::super::lines::Line;
use super::super::odds_format::OddsFormat;
use super::price_forms::{Count, Form, Prices, add};
use crate::domain::{Book, MarketKind};
use crate::source::error::{Place, SourceError};

/// How numbers are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in super::super) struct Numbers {
    pub odds: OddsFormat,
    pub mark: DecimalMark,
}

/// How the numbers of a file are read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in super::super) struct NumberForms {
    odds: OddsFormat,
    pub mark: DecimalMark,
    /// The books whose prices have another form.
    books: Vec<(Option<Book>, OddsFormat)>,
}

impl NumberForms {
    pub(super) fn assumed(config: &ReadConfig) -> Self {
        let odds = match config.odds_format {
            OddsFormat::Auto => OddsFormat::Decimal,
            named => named,
        };
        Self {
            odds,
            mark: DecimalMark::Point,
            books: Vec::new(),
        }
    }

    /// How the prices of a book are read.
    pub fn of(&self, book: Option<Book>) -> Numbers {
        let other = self.books.iter().find(|(known, _)| *known == book);
        Numbers {
            odds: other.map_or(self.odds, |(_, odds)| *odds),
            mark: self.mark,
        }
    }
}

/// What was met on the way that speaks against the assumed form of numbers. Only what cannot be read is looked at, so that
/// an ordinary file costs nothing.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct NumberEvidence {
    /// Cells that have another form.
    pub other_form: u64,
    /// Of those and of lines and goals, numbers with a decimal comma.
    pub commas: u64,
    /// Sets of prices with an impossible margin.
    pub impossible: u64,
    /// Rows with more cells than the header.
    pub wide: u64,
    /// All numbers of the file, counted when these give cause.
    pub tally: Option<Tally>,
}

impl NumberEvidence {
    /// Notes a cell that could not be read as a price.
    pub fn note_price(&mut self, cell: &[u8]) {
        self.commas += u64::from(cells::has_decimal_comma(cell));
        self.other_form += u64::from(Form::of(cell).is_other());
    }

    /// Notes a line or a number of goals that could not be read.
    pub fn note_number(&mut self, cell: &[u8]) {
        self.commas += u64::from(cells::has_decimal_comma(cell));
    }

    /// Whether the numbers of the whole file have to be counted. A few odd cells among many are typing errors.
    pub const fn gives_cause(&self, rows: u64) -> bool {
        self.commas > 0
            || self.other_form * 100 > rows
            || self.impossible * 2 > rows
            || self.wide * 2 > rows
    }

    /// The form that fits the numbers.
    ///
    /// # Errors
    /// When no one form fits them.
    pub(super) fn judge(
        &self,
        assumed: NumberForms,
        file: &str,
        config: &ReadConfig,
        assumptions: &mut Vec<String>,
    ) -> Result<NumberForms, SourceError> {
        let Some(tally) = &self.tally else {
            return Ok(assumed);
        };
        tally.ensure_whole_cells(file)?;
        let mark = tally.mark();
        assumptions.extend(tally.assumed_mark(mark));
        if config.odds_format != OddsFormat::Auto {
            tally.all().ensure_named(config.odds_format, file)?;
            let mut numbers = assumed;
            numbers.mark = mark;
            return Ok(numbers);
        }
        let mut books = tally.odds_formats(file)?;
        assumptions.extend(tally.assumed_forms(&books));
        books.retain(|(_, odds)| *odds != assumed.odds);
        Ok(NumberForms {
            mark,
            books,
            ..assumed
        })
    }
}

/// All prices of a file by book and form, and the decimal marks of its prices, lines and goals.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Tally {
    rows: u64,
    books: BTreeMap<Option<Book>, Prices>,
    commas: Count,
    points: u64,
    /// Rows with more filled cells than the header has names.
    wide: u64,
    first_wide: Option<u64>,
}

impl Tally {
    pub fn add(&mut self, line: &Line<'_>, layout: &Layout) {
        self.rows += 1;
        let (row, width) = (line.cells, layout.headers.len());
        if (width..row.len()).any(|column| !row.get(column).trim_ascii().is_empty()) {
            self.wide += 1;
            self.first_wide.get_or_insert(line.number);
        }
        for group in &layout.groups {
            self.add_set(group, line, layout);
        }
        let lines = layout.groups.iter().filter_map(|group| match group.line {
            LineFrom::Column(column, _) => Some(column),
            LineFrom::Nowhere | LineFrom::Name(_) => None,
        });
        let goals = layout
            .goals
            .into_iter()
            .flat_map(|(home, away)| [home, away]);
        for column in lines.chain(goals) {
            self.add_mark(column, line, layout);
        }
    }

    fn add_set(&mut self, group: &Group, line: &Line<'_>, layout: &Layout) {
        let mut values = [None; MarketKind::MOST_SIDES];
        for (value, column) in values.iter_mut().zip(group.cells) {
            let Some(column) = column else { continue };
            let form = Form::of(line.cells.get(column));
            if form != Form::Missing {
                let prices = self.books.entry(group.book).or_default();
                prices.add_price(form, column, line, layout);
                self.add_mark(column, line, layout);
            }
            *value = form.value();
        }
        let sides = group.kind.sides().len();
        let values: Vec<f64> = values.into_iter().flatten().collect();
        if values.len() == sides {
            let prices = self.books.entry(group.book).or_default();
            prices.add_values(&values);
        }
    }

    fn add_mark(&mut self, column: usize, line: &Line<'_>, layout: &Layout) {
        let cell = line.cells.get(column);
        if cells::has_decimal_comma(cell) {
            add(&mut self.commas, column, line, layout);
        }
        let is_number = matches!(cells::number(cell), Number::Value(_) | Number::Spaced(_));
        self.points += u64::from(is_number && cell.contains(&b'.'));
    }

    /// Checks that no comma inside a price has cut it in two.
    fn ensure_whole_cells(&self, file: &str) -> Result<(), SourceError> {
        let Some(line) = self.first_wide else {
            return Ok(());
        };
        let all = self.all();
        let are_halves = all.prices > 0 && all.small_whole == all.prices;
        if !are_halves || self.wide * 10 < self.rows * 9 {
            return Ok(());
        }
        Err(SourceError::Undecided {
            place: Box::new(Place {
                file: file.to_owned(),
                line,
                column: None,
            }),
            problem: "decimal commas have cut prices in two, for the row has more cells than the header and its prices \
                      are whole numbers; save the file with another separator, such as a semicolon, or with its cells \
                      in quotation marks"
                .to_owned(),
        })
    }

    /// A comma where some number has one: numbers with a point are read all the same, cell by cell, since no price, line
    /// or score has thousands.
    const fn mark(&self) -> DecimalMark {
        if self.commas.cells > 0 {
            DecimalMark::Comma
        } else {
            DecimalMark::Point
        }
    }

    /// The prices of all books.
    fn all(&self) -> Prices {
        let mut all = Prices::default();
        for prices in self.books.values() {
            all.merge(prices);
        }
        all
    }

    /// The form that all prices have; where they differ, the form that those of each book have.
    fn odds_formats(&self, file: &str) -> Result<Vec<(Option<Book>, OddsFormat)>, SourceError> {
        let undecided = match self.all().odds_format(file) {
            Ok(form) => return Ok(self.books.keys().map(|book| (*book, form)).collect()),
            Err(undecided) => undecided,
        };
        let books = self.books.iter();
        let forms: Result<Vec<_>, SourceError> = books
            .map(|(book, prices)| Ok((*book, prices.odds_format(file)?)))
            .collect();
        forms.map_err(|_| undecided)
    }

    /// What is assumed about the form of prices, a sentence each.
    fn assumed_forms(&self, forms: &[(Option<Book>, OddsFormat)]) -> Vec<String> {
        let Some((_, form)) = forms.first() else {
            return Vec::new();
        };
        if forms.iter().all(|(_, other)| other == form) {
            let assumed = self.all().assumed(*form);
            return assumed
                .map(|words| format!("prices {words}"))
                .into_iter()
                .collect();
        }
        let forms = forms.iter().filter_map(|(book, form)| {
            let words = self.books.get(book)?.assumed(*form)?;
            let book = book.map_or("the rows' books".to_owned(), |book| book.to_string());
            Some(format!("prices of {book} {words}"))
        });
        forms.collect()
    }

    /// What is assumed about the mark of decimals.
    fn assumed_mark(&self, mark: DecimalMark) -> Option<String> {
        let and_points = if self.points > 0 {
            " where they have one, others with a point"
        } else {
            ""
        };
        (mark == DecimalMark::Comma)
            .then(|| format!("numbers are read with a decimal comma{and_points}"))
    }
}
