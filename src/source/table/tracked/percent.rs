//! Whether a column of probabilities holds percentages, judged by all its cells.

use super::super::cells::{self, DecimalMark};
use super::amounts::{self, Amount};
use crate::source::error::{Place, SourceError};

/// The cells of a column of probabilities.
#[derive(Debug, Default)]
pub(super) struct ProbabilityCells {
    /// Cells with a percent sign.
    signs: u64,
    /// The others, where the decimal mark is a point, and where it is a comma: `0,450` is a number of either.
    numbers: [Numbers; 2],
}

/// Numbers without a percent sign.
#[derive(Debug, Default)]
struct Numbers {
    /// Those above 1, which no share is.
    above: u64,
    /// Those between 0 and 1, and the first of them.
    shares: u64,
    first_share: Option<(u64, String)>,
}

/// The decimal marks that a table may have.
const MARKS: [DecimalMark; 2] = [DecimalMark::Point, DecimalMark::Comma];

impl ProbabilityCells {
    pub fn add(&mut self, cell: &[u8], line: u64) {
        if amounts::unit(cell) == "%" {
            self.signs += 1;
            return;
        }
        for (mark, numbers) in MARKS.into_iter().zip(&mut self.numbers) {
            match amounts::amount(cell, mark) {
                Amount::Value(value) if value > 1.0 => numbers.above += 1,
                Amount::Value(value) if value > 0.0 && value < 1.0 => {
                    numbers.shares += 1;
                    numbers
                        .first_share
                        .get_or_insert_with(|| (line, cells::text(cell).trim().to_owned()));
                }
                Amount::Value(_) | Amount::Missing | Amount::Not => {}
            }
        }
    }

    /// Whether they are percentages: some have the sign, or some are above 1 and none may be a share. Among more shares a number
    /// above 1 is no probability.
    ///
    /// # Errors
    /// When among percentages a number may be a share as well.
    pub fn are_percent(
        &self,
        mark: DecimalMark,
        file: &str,
        column: (usize, String),
    ) -> Result<bool, SourceError> {
        let Numbers {
            above,
            shares,
            first_share,
        } = &self.numbers[usize::from(mark == DecimalMark::Comma)];
        let Some((line, text)) = first_share else {
            return Ok(self.signs + above > 0);
        };
        let others = if self.signs > 0 {
            "others of the column have a % sign"
        } else if above > shares {
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
        judged_by(DecimalMark::Point, cells)
    }

    fn judged_by(mark: DecimalMark, cells: &[&str]) -> Result<bool, String> {
        let mut column = ProbabilityCells::default();
        for (cell, line) in cells.iter().zip(2..) {
            column.add(cell.as_bytes(), line);
        }
        let judged = column.are_percent(mark, "my.csv", (5, "p".to_owned()));
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

    /// They were read as 450 and 512, and so as percentages.
    #[test]
    fn shares_with_a_decimal_comma_and_three_digits_are_shares() {
        let cells = ["0,450", "0,512", "0,475"];
        assert_eq!(judged_by(DecimalMark::Comma, &cells), Ok(false));
        let percentages = ["45,000", "51,200"];
        assert_eq!(judged_by(DecimalMark::Comma, &percentages), Ok(true));
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
