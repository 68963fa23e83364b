//! What is counted in a match beside its goals: the cells of a row.

use std::sync::Arc;

use super::cells::{self, DecimalMark, Number};
use super::counts::Remark;
use super::lines::Cells;
use super::prices::Fault;
use super::row_reader::RowReader;
use crate::domain::{MatchStatus, Score, Statistic, Statistics};
use crate::schema::name_of;

impl RowReader<'_> {
    /// The statistics of a match that was played; `None` where the row has none.
    pub(super) fn statistics(
        &mut self,
        row: Cells<'_>,
        status: MatchStatus,
        score: Option<Score>,
    ) -> Result<Option<Arc<Statistics>>, Fault> {
        let Some(score) = score.filter(|_| status.has_result()) else {
            return Ok(None);
        };
        if self.layout.statistics.is_empty() {
            return Ok(None);
        }
        let (mut statistics, mut is_known) = (Statistics::default(), false);
        for at in 0..self.layout.statistics.pairs().len() {
            let (statistic, columns) = self.layout.statistics.pairs()[at];
            if let Some(counts) = self.counts(row, columns, statistic.most())? {
                statistic.set(&mut statistics, counts);
                is_known = true;
            }
        }
        if statistics.contradicts(score) {
            statistics.half_time = None;
            is_known = !statistics.is_empty();
            let [column, _] = self.half_time_columns().unwrap_or_default();
            self.notes.note(Remark::HalfTimeScore, Some(column))?;
        }
        statistics.referee = self.referee(row.find(self.layout.statistics.referee()))?;
        is_known |= statistics.referee.is_some();
        statistics.expected_goals = self.expected_goals(row)?;
        is_known |= statistics.expected_goals.is_some();
        statistics.taught_goals = self.taught_goals(row)?;
        statistics.taught_weight = self.taught_weight(row)?;
        is_known |= statistics.taught_goals.is_some() || statistics.taught_weight.is_some();
        Ok(is_known.then(|| Arc::new(statistics)))
    }

    fn half_time_columns(&self) -> Option<[usize; 2]> {
        let mut pairs = self.layout.statistics.pairs().iter();
        let pair = pairs.find(|(statistic, _)| *statistic == Statistic::HalfTimeGoals);
        pair.map(|(_, columns)| *columns)
    }

    /// The counts of both sides; `None` where one of them is missing, is no count, or is more than `most`.
    fn counts(
        &mut self,
        row: Cells<'_>,
        columns: [usize; 2],
        most: u16,
    ) -> Result<Option<[u16; 2]>, Fault> {
        let mut counts = [None; 2];
        for (count, column) in counts.iter_mut().zip(columns) {
            match count_of(row.get(column), self.conventions.numbers.mark) {
                Ok(read) if read.is_none_or(|read| read <= most) => *count = read,
                Ok(_) | Err(()) => self.notes.note(Remark::NoCount, Some(column))?,
            }
        }
        let [home, away] = counts;
        Ok(home.zip(away).map(|(home, away)| [home, away]))
    }

    /// The expected goals of both sides; `None` where one is missing, or cannot be true.
    fn expected_goals(&mut self, row: Cells<'_>) -> Result<Option<[f64; 2]>, Fault> {
        let Some(columns) = self.layout.statistics.expected_goals() else {
            return Ok(None);
        };
        let mut goals = [None; 2];
        for (goals, column) in goals.iter_mut().zip(columns) {
            match cells::number_in(row.get(column), self.conventions.numbers.mark) {
                Number::Missing => {}
                Number::Value(expected) | Number::Spaced(expected)
                    if (0.0..=Statistics::MOST_EXPECTED_GOALS).contains(&expected) =>
                {
                    *goals = Some(expected);
                }
                Number::Value(_) | Number::Spaced(_) | Number::Not => {
                    self.notes.note(Remark::NoCount, Some(column))?;
                }
            }
        }
        let [home, away] = goals;
        Ok(home.zip(away).map(|(home, away)| [home, away]))
    }

    /// What is learned in place of the goals of both sides; `None` where it is missing, so that the score teaches.
    fn taught_goals(&mut self, row: Cells<'_>) -> Result<Option<[f64; 2]>, Fault> {
        let taught = self.layout.statistics.taught();
        if !taught.wants_goals {
            return Ok(None);
        }
        let columns = taught.goals.map_or([None; 2], |columns| columns.map(Some));
        let home = self.taught_number(row, columns[0], Statistics::MOST_GOALS)?;
        let away = self.taught_number(row, columns[1], Statistics::MOST_GOALS)?;
        let goals = home.zip(away).map(|(home, away)| [home, away]);
        if goals.is_none() {
            self.notes.note(Remark::NoTaughtGoals, columns[0])?;
        }
        Ok(goals)
    }

    /// How much a match teaches; `None` where that is missing.
    fn taught_weight(&mut self, row: Cells<'_>) -> Result<Option<f64>, Fault> {
        let taught = self.layout.statistics.taught();
        if !taught.wants_weight {
            return Ok(None);
        }
        let weight = self.taught_number(row, taught.weight, Statistics::MOST_WEIGHT)?;
        if weight.is_none() {
            self.notes.note(Remark::NoTaughtWeight, taught.weight)?;
        }
        Ok(weight)
    }

    /// A number that teaches, from 0 to `most`. Unlike a statistic that nobody asked for, it is not passed over where it cannot
    /// be true.
    fn taught_number(
        &self,
        row: Cells<'_>,
        column: Option<usize>,
        most: f64,
    ) -> Result<Option<f64>, Fault> {
        let cell = row.find(column);
        let number = cells::number_in(cell, self.conventions.numbers.mark);
        match number {
            // software that wrote it could not work the number out, which is another thing than an empty cell
            Number::Missing if !cell.trim_ascii().eq_ignore_ascii_case(b"nan") => Ok(None),
            Number::Value(number) | Number::Spaced(number) if (0.0..=most).contains(&number) => {
                Ok(Some(number))
            }
            Number::Missing | Number::Value(_) | Number::Spaced(_) | Number::Not => Err(Fault {
                remark: Remark::SkippedTaught,
                column,
            }),
        }
    }

    /// The name of the referee, of which each is kept once.
    fn referee(&mut self, cell: &[u8]) -> Result<Option<Arc<str>>, Fault> {
        let cell = cell.trim_ascii();
        if cell.is_empty() {
            return Ok(None);
        }
        if let Some(known) = self.referees.get(cell) {
            return Ok(Some(Arc::clone(known)));
        }
        let text = cells::text(cell);
        let Some(name) = name_of(&text) else {
            self.notes
                .note(Remark::NoCount, self.layout.statistics.referee())?;
            return Ok(None);
        };
        let name: Arc<str> = name.into();
        self.referees.insert(cell.to_vec(), Arc::clone(&name));
        Ok(Some(name))
    }
}

/// A count from 0 to 999; `Ok(None)` for an empty cell.
fn count_of(cell: &[u8], mark: DecimalMark) -> Result<Option<u16>, ()> {
    let digit = |byte: u8| u16::from(byte - b'0');
    match *cell {
        [] => Ok(None),
        [one @ b'0'..=b'9'] => Ok(Some(digit(one))),
        [ten @ b'0'..=b'9', one @ b'0'..=b'9'] => Ok(Some(10 * digit(ten) + digit(one))),
        _ => match cells::number_in(cell, mark) {
            Number::Missing => Ok(None),
            Number::Value(count) | Number::Spaced(count)
                if (0.0..1000.0).contains(&count) && count.fract() == 0.0 =>
            {
                Ok(Some(count as u16))
            }
            Number::Value(_) | Number::Spaced(_) | Number::Not => Err(()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_a_whole_number() {
        let point = DecimalMark::Point;
        for (cell, count) in [("7", 7), ("14", 14), (" 8 ", 8), ("12.0", 12), ("999", 999)] {
            assert_eq!(count_of(cell.as_bytes(), point), Ok(Some(count)), "{cell}");
        }
        for cell in ["", " ", "NA", "-"] {
            assert_eq!(count_of(cell.as_bytes(), point), Ok(None), "{cell:?}");
        }
        for cell in ["-1", "7.5", "1000", "x", "14,0"] {
            assert_eq!(count_of(cell.as_bytes(), point), Err(()), "{cell}");
        }
        assert_eq!(count_of(b"14,0", DecimalMark::Comma), Ok(Some(14)));
    }
}
