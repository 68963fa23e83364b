//! Whether a column of probabilities holds percentages, judged by all its cells.

use super::super::cells::{self, DecimalMark};
use super::amounts::{self, Amount};
use crate::source::error::{Place, SourceError};

/// The cells of a column of probabilities.
#[derive(Debug, Default)]
pub(super) struct ProbabilityCells {
    /// Cells with a percent sign.
    signs: u64,
    /// Numbers without one above 1, which no share is.
    above: u64,
    /// Numbers without one between 0 and 1, and the first of them.
    shares: u64,
    first_share: Option<(u64, String)>,
}

impl ProbabilityCells {
    pub fn add(&mut self, cell: &[u8], line: u64) {
        if amounts::unit(cell) == "%" {
            self.signs += 1;
            return;
        }
        let marks = [DecimalMark::Point, DecimalMark::Comma].into_iter();
        let mut numbers = marks.filter_map(|mark| match amounts::amount(cell, mark) {
            Amount::Value(value) => Some(value),
            Amount::Missing | Amount::Not => None,
        });
        match numbers.next() {
            Some(value) if value > 1.0 => self.above += 1,
            Some(value) if value > 0.0 && value < 1.0 => {
                self.shares += 1;
                self.first_share
                    .get_or_insert_with(|| (line, cells::text(cell).trim().to_owned()));
            }
            Some(_) | None => {}
        }
    }

    /// Whether they are percentages: some have the sign, or some are above 1 and none may be a share. Among more shares a number
    /// above 1 is no probability.
    ///
    /// # Errors
    /// When among percentages a number may be a share as well.
    pub fn are_percent(&self, file: &str, column: (usize, String)) -> Result<bool, SourceError> {
        let Some((line, text)) = &self.first_share else {
            return Ok(self.signs + self.above > 0);
        };
        let others = if self.signs > 0 {
            "others of the column have a % sign"
        } else if self.above > self.shares {
            "most others of the column are above 1"
        } else {
            return Ok(false);
        };
        Err(SourceError::Undecided {
            place: Box::new(Place {
                file: file.to_owned(),
                line: *line,
                column: Some(column),
            }),
            problem: format!(
                "{text:?} may be a share or a percentage, and {others}: write a % sign behind every percentage, or shares alone"
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(cells: &[&str]) -> Result<bool, String> {
        let mut column = ProbabilityCells::default();
        for (cell, line) in cells.iter().zip(2..) {
            column.add(cell.as_bytes(), line);
        }
        let judged = column.are_percent("my.csv", (5, "p".to_owned()));
        judged.map_err(|error| error.to_string())
    }

    #[test]
    fn one_number_above_1_makes_no_percentages_of_shares() {
        assert_eq!(judged(&["0.45", "1.2", "0.47", "0.5"]), Ok(false));
        assert_eq!(judged(&["0.45", "0", "1", ""]), Ok(false));
        assert_eq!(judged(&["45", "52.3", "1"]), Ok(true));
        assert_eq!(judged(&["45%", "52,3 %", "0.8%"]), Ok(true));
        assert_eq!(judged(&["45%", "52", "-"]), Ok(true));
    }

    #[test]
    fn what_may_be_both_is_asked_about() {
        let advice = "write a % sign behind every percentage, or shares alone";
        assert_eq!(
            judged(&["45", "52.3", "0.8"]),
            Err(format!(
                "my.csv, line 4, column 5 (p): \"0.8\" may be a share or a percentage, and most others of the column are above 1: {advice}"
            ))
        );
        assert_eq!(
            judged(&["45%", "0.52"]),
            Err(format!(
                "my.csv, line 3, column 5 (p): \"0.52\" may be a share or a percentage, and others of the column have a % sign: {advice}"
            ))
        );
    }
}
