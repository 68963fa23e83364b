//! The form of prices, and the mark of decimals: judged by every price of a file once some of them cast doubt.

use super::super::cells::{self, DecimalMark, Number};
use super::super::config::ReadConfig;
use super::super::layout::{Group, Layout, LineFrom};
use super::super::lines::Line;
use super::super::odds_format::{OddsFormat, is_evens};
use crate::domain::MarketKind;
use crate::domain::price_set::PLAUSIBLE_SUMS;
use crate::source::error::{Place, SourceError};

/// How the numbers of a file are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in super::super) struct Numbers {
    pub odds: OddsFormat,
    pub mark: DecimalMark,
}

impl Numbers {
    pub(super) fn assumed(config: &ReadConfig) -> Self {
        let odds = match config.odds_format {
            OddsFormat::Auto => OddsFormat::Decimal,
            named => named,
        };
        Self {
            odds,
            mark: DecimalMark::Point,
        }
    }
}

/// What was met on the way that speaks against the assumed form of numbers. Only what cannot be read is looked at, so that
/// an ordinary file costs nothing.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct NumberEvidence {
    /// Cells that have another form.
    pub other_form: u64,
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
        self.other_form += u64::from(Form::of(cell).is_other());
    }

    /// Notes a line or a number of goals that could not be read.
    pub fn note_number(&mut self, cell: &[u8]) {
        self.other_form += u64::from(cells::has_decimal_comma(cell));
    }

    /// Whether the numbers of the whole file have to be counted. A few odd cells among many are typing errors.
    pub const fn gives_cause(&self, rows: u64) -> bool {
        self.other_form * 100 > rows || self.impossible * 2 > rows || self.wide * 2 > rows
    }

    /// The form that fits the numbers.
    ///
    /// # Errors
    /// When no one form fits them.
    pub(super) fn judge(
        &self,
        assumed: Numbers,
        file: &str,
        config: &ReadConfig,
        assumptions: &mut Vec<String>,
    ) -> Result<Numbers, SourceError> {
        let Some(tally) = &self.tally else {
            return Ok(assumed);
        };
        tally.ensure_whole_cells(file)?;
        let mark = tally.mark();
        let odds = match config.odds_format {
            OddsFormat::Auto => tally.odds_format(file)?,
            named => named,
        };
        assumptions.extend(tally.assumptions(odds, mark, config));
        Ok(Numbers { odds, mark })
    }
}

/// A cell that stands for others like it.
#[derive(Debug, Clone)]
struct Example {
    line: u64,
    column: (usize, String),
    text: String,
}

impl Example {
    fn refuse(&self, file: &str, problem: String) -> SourceError {
        SourceError::Undecided {
            place: Box::new(Place {
                file: file.to_owned(),
                line: self.line,
                column: Some(self.column.clone()),
            }),
            problem,
        }
    }
}

/// The number of cells of one form, and the first of them.
#[derive(Debug, Clone, Default)]
struct Count {
    cells: u64,
    first: Option<Example>,
}

/// The form of a price.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Form {
    Missing,
    /// Above 1, or 1.
    Decimal(f64),
    /// A whole number that is at least 100, or at most -100, and whether a sign is written.
    American(f64, bool),
    BelowOne(f64),
    Fraction,
    Evens,
    Percent,
    Nonsense,
}

impl Form {
    fn of(cell: &[u8]) -> Self {
        let cell = cell.trim_ascii();
        let mark = if cells::has_decimal_comma(cell) {
            DecimalMark::Comma
        } else {
            DecimalMark::Point
        };
        match cells::number_in(cell, mark) {
            Number::Missing => Self::Missing,
            Number::Value(value) | Number::Spaced(value) => Self::of_number(value, cell),
            Number::Not if is_evens(cell) => Self::Evens,
            Number::Not if is_fraction(cell) => Self::Fraction,
            Number::Not if is_percent(cell) => Self::Percent,
            Number::Not => Self::Nonsense,
        }
    }

    fn of_number(value: f64, cell: &[u8]) -> Self {
        if value.abs() >= 100.0 && value.fract() == 0.0 {
            return Self::American(value, !cell[0].is_ascii_digit());
        }
        if value >= 1.0 {
            Self::Decimal(value)
        } else if value > 0.0 {
            Self::BelowOne(value)
        } else {
            Self::Nonsense
        }
    }

    /// Whether it speaks for another form than decimal odds with a point.
    fn is_other(self) -> bool {
        match self {
            Self::American(value, _) => value < 0.0,
            Self::BelowOne(_) | Self::Fraction | Self::Evens | Self::Percent => true,
            // a number above 1 that could not be read has a decimal comma
            Self::Decimal(_) => true,
            Self::Missing | Self::Nonsense => false,
        }
    }

    const fn value(self) -> Option<f64> {
        match self {
            Self::Decimal(value) | Self::American(value, _) | Self::BelowOne(value) => Some(value),
            Self::Missing | Self::Fraction | Self::Evens | Self::Percent | Self::Nonsense => None,
        }
    }
}

fn is_fraction(cell: &[u8]) -> bool {
    let number = |text| matches!(cells::number(text), Number::Value(value) if value > 0.0);
    let slash = cell.iter().position(|&byte| byte == b'/');
    slash.is_some_and(|slash| number(&cell[..slash]) && number(&cell[slash + 1..]))
}

fn is_percent(cell: &[u8]) -> bool {
    let number = cell.strip_suffix(b"%");
    number.is_some_and(|number| matches!(cells::number(number), Number::Value(_)))
}

/// All prices of a file by their form, and the decimal marks of its prices, lines and goals.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Tally {
    rows: u64,
    prices: u64,
    american: Count,
    /// American ones whose sign is written.
    signed: Count,
    negative: u64,
    fractions: Count,
    evens: u64,
    below_one: Count,
    percent: Count,
    decimal: Count,
    /// Whole numbers below 100.
    small_whole: u64,
    commas: Count,
    points: u64,
    /// Rows with more filled cells than the header has names.
    wide: u64,
    first_wide: Option<u64>,
    /// Complete sets of prices; of those, impossible as decimal odds; plausible as profit per unit; as probabilities.
    sets: u64,
    impossible: u64,
    profits: u64,
    probabilities: u64,
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
            self.add_price(form, column, line, layout);
            *value = form.value();
        }
        let sides = group.kind.sides().len();
        let values: Vec<f64> = values.into_iter().flatten().collect();
        if values.len() == sides {
            self.add_values(&values);
        }
    }

    fn add_price(&mut self, form: Form, column: usize, line: &Line<'_>, layout: &Layout) {
        let count = match form {
            Form::Missing => return,
            Form::Decimal(value) => {
                self.small_whole += u64::from(value.fract() == 0.0);
                Some(&mut self.decimal)
            }
            Form::American(value, sign) => {
                self.negative += u64::from(value < 0.0);
                if sign {
                    add(&mut self.signed, column, line, layout);
                }
                Some(&mut self.american)
            }
            Form::BelowOne(_) => Some(&mut self.below_one),
            Form::Fraction => Some(&mut self.fractions),
            Form::Percent => Some(&mut self.percent),
            Form::Evens => {
                self.evens += 1;
                None
            }
            Form::Nonsense => None,
        };
        if let Some(count) = count {
            add(count, column, line, layout);
        }
        self.prices += 1;
        self.add_mark(column, line, layout);
    }

    fn add_mark(&mut self, column: usize, line: &Line<'_>, layout: &Layout) {
        let cell = line.cells.get(column);
        if cells::has_decimal_comma(cell) {
            add(&mut self.commas, column, line, layout);
        }
        let is_number = matches!(cells::number(cell), Number::Value(_) | Number::Spaced(_));
        self.points += u64::from(is_number && cell.contains(&b'.'));
    }

    fn add_values(&mut self, values: &[f64]) {
        let is_plausible = |sum: f64| PLAUSIBLE_SUMS.contains(&sum);
        let positive = values.iter().all(|value| *value > 0.0);
        let inverse: f64 = values.iter().map(|value| value.recip()).sum();
        let inverse_of_profit: f64 = values.iter().map(|value| (1.0 + value).recip()).sum();
        let sum: f64 = values.iter().sum();
        self.sets += 1;
        self.impossible += u64::from(!positive || !is_plausible(inverse));
        self.profits += u64::from(positive && is_plausible(inverse_of_profit));
        self.probabilities += u64::from(positive && is_plausible(sum));
    }

    /// Checks that no comma inside a price has cut it in two.
    fn ensure_whole_cells(&self, file: &str) -> Result<(), SourceError> {
        let Some(line) = self.first_wide else {
            return Ok(());
        };
        let are_halves = self.prices > 0 && self.small_whole == self.prices;
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

    /// A comma only where no number of the file has a point.
    const fn mark(&self) -> DecimalMark {
        if self.commas.cells > 0 && self.points == 0 {
            DecimalMark::Comma
        } else {
            DecimalMark::Point
        }
    }

    /// The form that all prices have.
    fn odds_format(&self, file: &str) -> Result<OddsFormat, SourceError> {
        let american = self.american.cells + self.evens;
        if self.signed.cells > 0 && american == self.prices {
            return Ok(OddsFormat::American);
        }
        let fractions = self.fractions.cells + self.evens;
        if self.fractions.cells > 0 && fractions == self.prices {
            return Ok(OddsFormat::Fractional);
        }
        self.ensure_decimal(file).map(|()| OddsFormat::Decimal)
    }

    fn ensure_decimal(&self, file: &str) -> Result<(), SourceError> {
        let others =
            self.negative + self.fractions.cells + self.below_one.cells + self.percent.cells;
        // one odd cell is a typing error, and so are a few among many
        let some = others >= 2 && others * 20 > self.prices;
        let most_are_impossible = self.impossible * 2 > self.sets;
        let all_are_american = self.prices > 0 && self.american.cells == self.prices;
        let are_profits = self.sets >= 2 && most_are_impossible && self.profits * 2 > self.sets;
        if !some && !all_are_american && !are_profits {
            return Ok(());
        }
        let (example, what) = self.likeliest(are_profits);
        Err(example.map_or_else(
            || SourceError::Undecided {
                place: Box::new(Place {
                    file: file.to_owned(),
                    line: 1,
                    column: None,
                }),
                problem: what.to_owned(),
            },
            |example| example.refuse(file, format!("{:?} {what}", example.text)),
        ))
    }

    /// What the prices are most likely, with the option that decides it, and the first that is.
    fn likeliest(&self, are_profits: bool) -> (Option<&Example>, &'static str) {
        let below_one = self.below_one.first.as_ref();
        if self.percent.cells > 0 {
            let what = "is a probability, and odds were expected; write 1 over the probability, or leave such prices out \
                        with --odds-format decimal";
            return (self.percent.first.as_ref(), what);
        }
        if self.probabilities > 0 && self.probabilities == self.sets {
            let what = "and the prices beside it sum to about 1: they are probabilities, and odds were expected; write 1 \
                        over the probability, or leave such prices out with --odds-format decimal";
            return (below_one, what);
        }
        if self.american.cells > 0
            && self.american.cells >= self.below_one.cells + self.fractions.cells
        {
            let what = "looks like American odds, but not every price does, or none has a sign; say --odds-format \
                        american, or leave such prices out with --odds-format decimal";
            let first = self.signed.first.as_ref().or(self.american.first.as_ref());
            return (first, what);
        }
        if self.fractions.cells > self.below_one.cells {
            let what = "is a fraction, but not every price is; say --odds-format fractional, or leave such prices out \
                        with --odds-format decimal";
            return (self.fractions.first.as_ref(), what);
        }
        let what = "is not decimal odds, but may be profit per unit; say --odds-format hongkong, or leave such prices out \
                    with --odds-format decimal";
        let first = below_one.or(self.decimal.first.as_ref().filter(|_| are_profits));
        (first, what)
    }

    /// What is assumed, a sentence each.
    fn assumptions(&self, odds: OddsFormat, mark: DecimalMark, config: &ReadConfig) -> Vec<String> {
        let odds = match odds {
            _ if config.odds_format != OddsFormat::Auto => None,
            OddsFormat::American => self.signed.first.as_ref().map(|example| {
                format!("prices are read as American odds, such as {}", example.text)
            }),
            OddsFormat::Fractional => self.fractions.first.as_ref().map(|example| {
                format!(
                    "prices are read as fractional odds, such as {}",
                    example.text
                )
            }),
            OddsFormat::Auto
            | OddsFormat::Decimal
            | OddsFormat::Hongkong
            | OddsFormat::Malay
            | OddsFormat::Indonesian => None,
        };
        let comma = self
            .commas
            .first
            .as_ref()
            .filter(|_| mark == DecimalMark::Comma);
        let comma = comma.map(|example| {
            format!(
                "numbers are read with a decimal comma, such as {}",
                example.text
            )
        });
        odds.into_iter().chain(comma).collect()
    }
}

fn add(count: &mut Count, column: usize, line: &Line<'_>, layout: &Layout) {
    count.cells += 1;
    count.first.get_or_insert_with(|| Example {
        line: line.number,
        column: (column + 1, layout.header(column)),
        text: cells::text(line.cells.get(column))
            .trim()
            .chars()
            .take(24)
            .collect(),
    });
}
