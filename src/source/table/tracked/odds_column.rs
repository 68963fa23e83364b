//! The form of the odds of a column, judged by all its cells.

use super::super::cells::{self, DecimalMark, Number};
use super::super::odds_format::{OddsFormat, is_evens, parts_of_fraction};
use super::amounts::{self, Amount};
use crate::source::error::{Place, SourceError};

/// A cell that stands for others like it.
#[derive(Debug, Clone)]
struct Example {
    line: u64,
    text: String,
}

/// The odds of a column by their form.
#[derive(Debug, Clone, Default)]
pub(super) struct OddsCells {
    /// Above 1, and no American odds.
    decimal: u64,
    first_decimal: Option<Example>,
    /// Whole numbers from 100 on, or up to -100.
    american: u64,
    signed: u64,
    first_american: Option<Example>,
    fractions: u64,
    first_fraction: Option<Example>,
    below_one: u64,
    first_below_one: Option<Example>,
}

impl OddsCells {
    /// Takes note of a cell.
    pub fn add(&mut self, cell: &[u8], mark: DecimalMark, line: u64) {
        let trimmed = cell.trim_ascii();
        let example = || {
            Some(Example {
                line,
                text: cells::text(trimmed).chars().take(24).collect(),
            })
        };
        match amounts::amount(trimmed, mark) {
            // of a void bet, whose stake came back: it says nothing of the form
            Amount::Value(1.0) => {}
            Amount::Value(value) if value.abs() >= 100.0 && value.fract() == 0.0 => {
                self.american += 1;
                self.signed += u64::from(!trimmed[0].is_ascii_digit());
                if self.first_american.is_none() {
                    self.first_american = example();
                }
            }
            Amount::Value(value) if value > 1.0 => {
                self.decimal += 1;
                if self.first_decimal.is_none() {
                    self.first_decimal = example();
                }
            }
            Amount::Value(value) if value != 0.0 => {
                self.below_one += 1;
                if self.first_below_one.is_none() {
                    self.first_below_one = example();
                }
            }
            Amount::Not if !is_evens(trimmed) && parts_of_fraction(trimmed).is_some() => {
                self.fractions += 1;
                if self.first_fraction.is_none() {
                    self.first_fraction = example();
                }
            }
            Amount::Value(_) | Amount::Missing | Amount::Not => {}
        }
    }

    /// The form that all have.
    ///
    /// # Errors
    /// When no one form fits them.
    pub fn judge(
        &self,
        named: OddsFormat,
        file: &str,
        column: (usize, String),
        assumptions: &mut Vec<String>,
    ) -> Result<OddsFormat, SourceError> {
        if named != OddsFormat::Auto {
            return Ok(named);
        }
        let refuse = |example: &Option<Example>, problem: &str| {
            let example = example.clone().unwrap_or(Example {
                line: 1,
                text: String::new(),
            });
            SourceError::Undecided {
                place: Box::new(Place {
                    file: file.to_owned(),
                    line: example.line,
                    column: Some(column.clone()),
                }),
                problem: format!("{:?} {problem}", example.text),
            }
        };
        let others = self.decimal + self.below_one;
        if self.fractions > 0 {
            if self.decimal + self.below_one + self.american > 0 {
                let problem = "is a fraction, but not all odds of the column are; write them in one form, or say \
                               --odds-format and leave the others out with --on-bad-row skip";
                return Err(refuse(&self.first_fraction, problem));
            }
            assumptions.push(said("fractional", &column.1, &self.first_fraction));
            return Ok(OddsFormat::Fractional);
        }
        if self.american > 0 && others == 0 {
            if self.signed == 0 {
                let problem = "may be American or decimal odds, for none has a sign; say --odds-format american or decimal";
                return Err(refuse(&self.first_american, problem));
            }
            assumptions.push(said("American", &column.1, &self.first_american));
            return Ok(OddsFormat::American);
        }
        if self.signed > 0 {
            let problem = "looks like American odds, but not all odds of the column do; write them in one form, or say \
                           --odds-format and leave the others out with --on-bad-row skip";
            return Err(refuse(&self.first_american, problem));
        }
        if self.below_one > self.decimal {
            let problem = "is not decimal odds, which are above 1, but may be profit per unit or a probability; say \
                           --odds-format hongkong, or write decimal odds";
            return Err(refuse(&self.first_below_one, problem));
        }
        Ok(OddsFormat::Decimal)
    }
}

fn said(form: &str, column: &str, example: &Option<Example>) -> String {
    let text = example.as_ref().map_or("", |example| &example.text);
    format!("{column} is read as {form} odds, such as {text}")
}

/// Decimal odds of a cell: `Ok(None)` where it is empty or 0.
pub(super) fn odds(cell: &[u8], form: OddsFormat, mark: DecimalMark) -> Result<Option<f64>, ()> {
    let trimmed = cell.trim_ascii();
    let read = match (form, amounts::amount(trimmed, mark)) {
        (_, Amount::Missing) => return Ok(None),
        (OddsFormat::Auto | OddsFormat::Decimal, Amount::Value(value)) => Number::Value(value),
        (OddsFormat::Fractional, _) => form.read(trimmed, DecimalMark::Point),
        (_, Amount::Value(0.0)) => return Ok(None),
        (_, _) => form.read(trimmed, mark),
    };
    match read {
        Number::Missing => Ok(None),
        Number::Value(0.0) => Ok(None),
        Number::Value(value) | Number::Spaced(value) if value > 1.0 && value.is_finite() => {
            Ok(Some(value))
        }
        Number::Value(_) | Number::Spaced(_) | Number::Not => Err(()),
    }
}
