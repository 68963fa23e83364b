//! The form of the prices of a book, judged by all of them.

use std::cmp::Reverse;

use super::super::cells::{self, DecimalMark, Number};
use super::super::layout::Layout;
use super::super::lines::Line;
use super::super::odds_format::{OddsFormat, is_evens, parts_of_fraction};
use crate::domain::price_set::PLAUSIBLE_SUMS;
use crate::source::error::{Place, SourceError};

/// A cell that stands for others like it.
#[derive(Debug, Clone)]
pub(super) struct Example {
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
pub(super) struct Count {
    pub cells: u64,
    pub first: Option<Example>,
}

impl Count {
    fn merge(&mut self, other: &Self) {
        self.cells += other.cells;
        let firsts = [self.first.take(), other.first.clone()];
        let firsts = firsts.into_iter().flatten();
        self.first = firsts.max_by_key(|example| Reverse((example.line, example.column.0)));
    }
}

/// The form of a price.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Form {
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
    pub fn of(cell: &[u8]) -> Self {
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
    pub fn is_other(self) -> bool {
        match self {
            Self::American(value, _) => value < 0.0,
            Self::BelowOne(_) | Self::Fraction | Self::Evens | Self::Percent => true,
            // a number above 1 that could not be read has a decimal comma
            Self::Decimal(_) => true,
            Self::Missing | Self::Nonsense => false,
        }
    }

    pub const fn value(self) -> Option<f64> {
        match self {
            Self::Decimal(value) | Self::American(value, _) | Self::BelowOne(value) => Some(value),
            Self::Missing | Self::Fraction | Self::Evens | Self::Percent | Self::Nonsense => None,
        }
    }
}

fn is_fraction(cell: &[u8]) -> bool {
    let number = |text| matches!(cells::number(text), Number::Value(value) if value > 0.0);
    parts_of_fraction(cell).is_some_and(|(profit, stake)| number(profit) && number(stake))
}

fn is_percent(cell: &[u8]) -> bool {
    let number = cell.strip_suffix(b"%");
    number.is_some_and(|number| matches!(cells::number(number), Number::Value(_)))
}

/// The prices of a book by their form.
#[derive(Debug, Clone, Default)]
pub(super) struct Prices {
    pub prices: u64,
    american: Count,
    /// American ones whose sign is written.
    signed: Count,
    fractions: Count,
    evens: u64,
    below_one: Count,
    percent: Count,
    decimal: Count,
    /// Whole numbers below 100.
    pub small_whole: u64,
    /// Complete sets of prices; of those, impossible as decimal odds; plausible as profit per unit; as probabilities; as
    /// probabilities in percent.
    sets: u64,
    impossible: u64,
    profits: u64,
    probabilities: u64,
    percentages: u64,
}

impl Prices {
    /// Adds those of another book.
    pub fn merge(&mut self, other: &Self) {
        let counts = [
            (&mut self.american, &other.american),
            (&mut self.signed, &other.signed),
            (&mut self.fractions, &other.fractions),
            (&mut self.below_one, &other.below_one),
            (&mut self.percent, &other.percent),
            (&mut self.decimal, &other.decimal),
        ];
        for (count, other) in counts {
            count.merge(other);
        }
        self.prices += other.prices;
        self.evens += other.evens;
        self.small_whole += other.small_whole;
        self.sets += other.sets;
        self.impossible += other.impossible;
        self.profits += other.profits;
        self.probabilities += other.probabilities;
        self.percentages += other.percentages;
    }

    pub fn add_price(&mut self, form: Form, column: usize, line: &Line<'_>, layout: &Layout) {
        let count = match form {
            Form::Missing => return,
            Form::Decimal(value) => {
                self.small_whole += u64::from(value.fract() == 0.0);
                Some(&mut self.decimal)
            }
            Form::American(_, sign) => {
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
    }

    pub fn add_values(&mut self, values: &[f64]) {
        let is_plausible = |sum: f64| PLAUSIBLE_SUMS.contains(&sum);
        let positive = values.iter().all(|value| *value > 0.0);
        let inverse: f64 = values.iter().map(|value| value.recip()).sum();
        let inverse_of_profit: f64 = values.iter().map(|value| (1.0 + value).recip()).sum();
        let sum: f64 = values.iter().sum();
        self.sets += 1;
        self.impossible += u64::from(!positive || !is_plausible(inverse));
        self.profits += u64::from(positive && is_plausible(inverse_of_profit));
        self.probabilities += u64::from(positive && is_plausible(sum));
        self.percentages += u64::from(positive && is_plausible(sum / 100.0));
    }

    /// The form that all prices have.
    pub fn odds_format(&self, file: &str) -> Result<OddsFormat, SourceError> {
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
            self.signed.cells + self.fractions.cells + self.below_one.cells + self.percent.cells;
        // one odd cell is a typing error, and so are a few among many
        let some = others >= 2 && others * 20 > self.prices;
        let most_are_impossible = self.impossible * 2 > self.sets;
        let all_are_american = self.prices > 0 && self.american.cells == self.prices;
        let are_profits = self.sets >= 2 && most_are_impossible && self.profits * 2 > self.sets;
        if self.are_percentages() {
            let first = self.decimal.first.as_ref();
            return first.map_or(Ok(()), |first| {
                let problem = format!(
                    "{:?} and the prices beside it sum to about 100: they are probabilities in percent, and odds were \
                     expected; write 100 over each, or leave such prices out with --odds-format decimal",
                    first.text
                );
                Err(first.refuse(file, problem))
            });
        }
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

    const fn are_percentages(&self) -> bool {
        self.sets >= 2 && self.impossible * 2 > self.sets && self.percentages * 2 > self.sets
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

    /// Checks that some price has the form that the settings name.
    pub fn ensure_named(&self, named: OddsFormat, file: &str) -> Result<(), SourceError> {
        let (readable, name) = match named {
            OddsFormat::American => (self.american.cells, "american"),
            OddsFormat::Fractional => (self.fractions.cells, "fractional"),
            OddsFormat::Auto
            | OddsFormat::Decimal
            | OddsFormat::Hongkong
            | OddsFormat::Malay
            | OddsFormat::Indonesian => return Ok(()),
        };
        let decimal = self.decimal.first.as_ref();
        match decimal.filter(|_| readable + self.evens == 0) {
            Some(example) => {
                let text = &example.text;
                let problem = format!(
                    "{text:?} is no price in the form of --odds-format {name}, and no other is; leave the option out"
                );
                Err(example.refuse(file, problem))
            }
            None => Ok(()),
        }
    }

    /// The words about a form that was not asked for, with an example; `None` for decimal odds.
    pub fn assumed(&self, odds: OddsFormat) -> Option<String> {
        let (name, count) = match odds {
            OddsFormat::American => ("American", &self.signed),
            OddsFormat::Fractional => ("fractional", &self.fractions),
            OddsFormat::Auto
            | OddsFormat::Decimal
            | OddsFormat::Hongkong
            | OddsFormat::Malay
            | OddsFormat::Indonesian => return None,
        };
        let example = count.first.as_ref()?;
        Some(format!("are read as {name} odds, such as {}", example.text))
    }
}

pub(super) fn add(count: &mut Count, column: usize, line: &Line<'_>, layout: &Layout) {
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
