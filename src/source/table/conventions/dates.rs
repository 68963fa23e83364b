//! The order of day, month and year, judged by all dates of a file.

use jiff::civil::Date;

use super::super::cells::{self, DateFields, FieldOrder};
use crate::source::error::SourceError;

/// The orders between which dates decide.
const ORDERS: [FieldOrder; 3] = [
    FieldOrder::DayFirst,
    FieldOrder::MonthFirst,
    FieldOrder::YearFirst,
];

/// One reading is far longer than another when it spreads the matches over as many times more days.
const FAR_MORE: i64 = 3;

/// Files of fewer days may leave out whole years.
const DAYS_WITHOUT_GAPS: i64 = 3 * 366;

/// What the dates of a file say about the order of their fields.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct DateEvidence {
    /// Whether the columns are those of football-data, whose dates are day first.
    pub is_day_first: bool,
    /// By the orders of [`ORDERS`].
    readings: [Reading; 3],
    /// Whether a date is another one month first, or year first.
    differs: [bool; 3],
    dates: u64,
    /// Month and day of the first date as read day first, and the first years; `None` once another has others.
    one_day: Option<((i8, i8), Vec<i16>)>,
}

/// Files of so many years with one and the same day of each are dates with the year first.
const YEARS_OF_ONE_DAY: usize = 3;

/// The dates as read in one order.
#[derive(Debug, Clone, Default)]
struct Reading {
    /// A date that has no such reading, but another.
    against: Option<Witness>,
    first: Option<Date>,
    last: Option<Date>,
}

/// A cell that decides.
#[derive(Debug, Clone)]
struct Witness {
    cell: String,
    line: u64,
}

impl Reading {
    fn take(&mut self, date: Date) {
        self.first = Some(self.first.map_or(date, |first| first.min(date)));
        self.last = Some(self.last.map_or(date, |last| last.max(date)));
    }

    fn fits(&self) -> bool {
        self.against.is_none()
    }

    /// Days from the first to the last, both included.
    fn span(&self) -> i64 {
        let days = self.first.zip(self.last).map(|(first, last)| {
            let between = last.duration_since(first);
            between.as_hours() / 24
        });
        days.map_or(0, |days| days + 1)
    }

    fn is_far_shorter_than(&self, other: &Self) -> bool {
        self.span() * FAR_MORE <= other.span()
    }
}

/// Whether one reading is so much shorter than another that it is the right one: the other would leave out whole years.
fn leaves_no_doubt(one: &Reading, other: &Reading) -> bool {
    one.is_far_shorter_than(other) && other.span() > DAYS_WITHOUT_GAPS
}

impl DateEvidence {
    /// Takes a date. Those that no order can read say nothing.
    pub fn note(&mut self, fields: DateFields, cell: &[u8], line: u64) {
        let dates = ORDERS.map(|order| fields.date(order));
        if dates.iter().all(Option::is_none) {
            return;
        }
        self.note_day(dates[0].filter(|_| !fields.named));
        self.dates += 1;
        for (reading, date) in self.readings.iter_mut().zip(dates) {
            match date {
                Some(date) => reading.take(date),
                None => {
                    reading.against.get_or_insert_with(|| Witness {
                        cell: cells::text(cell).trim().to_owned(),
                        line,
                    });
                }
            }
        }
        for (differs, date) in self.differs.iter_mut().zip(dates) {
            // nobody writes 05-Aug-23 with the year first
            *differs |= date.is_some() && date != dates[0] && !fields.named;
        }
    }

    /// Notes month, day and year of a date that was read day first.
    fn note_day(&mut self, date: Option<Date>) {
        let date = date.map(|date| ((date.month(), date.day()), date.year()));
        match (&mut self.one_day, date) {
            (one_day, Some((day, year))) if self.dates == 0 => *one_day = Some((day, vec![year])),
            (Some((known, years)), Some((day, year))) if *known == day => {
                if years.len() < YEARS_OF_ONE_DAY && !years.contains(&year) {
                    years.push(year);
                }
            }
            (one_day, _) => *one_day = None,
        }
    }

    /// Whether the dates are one day of several years if they are read day first.
    fn is_one_day_of_years(&self) -> bool {
        let years = self.one_day.as_ref().map(|(_, years)| years.len());
        years == Some(YEARS_OF_ONE_DAY)
    }

    /// The order of the fields. What is not beyond doubt is added to the assumptions.
    ///
    /// # Errors
    /// When no order fits all dates.
    pub fn judge(
        &self,
        file: &str,
        assumptions: &mut Vec<String>,
    ) -> Result<FieldOrder, SourceError> {
        let (order, assumption) = self.decide().map_err(|problem| SourceError::DateOrder {
            file: file.to_owned(),
            problem,
        })?;
        assumptions.extend(assumption);
        Ok(order)
    }

    fn decide(&self) -> Result<(FieldOrder, Option<String>), String> {
        let [day, month, year] = &self.readings;
        if self.dates == 0 {
            return Ok((FieldOrder::DayFirst, None));
        }
        if year.fits() && self.is_year_first() {
            let reason = if day.fits() || month.fits() {
                "otherwise they would lie years apart; --date-order dmy reads them day first"
            } else {
                "no other order fits all of them"
            };
            let sentence = format!("dates are read year first, since {reason}");
            return Ok((FieldOrder::YearFirst, Some(sentence)));
        }
        match (day.fits(), month.fits()) {
            (true, true) if self.differs[1] && !self.is_day_first => {
                Ok((FieldOrder::DayFirst, Some(self.day_or_month())))
            }
            (true, _) => Ok((FieldOrder::DayFirst, self.day_or_year())),
            (false, true) => {
                let sentence = "dates are read month first, since some have no other reading";
                Ok((FieldOrder::MonthFirst, Some(sentence.to_owned())))
            }
            (false, false) => Err(self.mixed()),
        }
    }

    /// Whether only the year can come first, or the matches would be spread over far more days otherwise.
    fn is_year_first(&self) -> bool {
        let [day, month, year] = &self.readings;
        if self.is_one_day_of_years() {
            return true;
        }
        [day, month]
            .into_iter()
            .filter(|reading| reading.fits())
            .all(|reading| leaves_no_doubt(year, reading))
    }

    /// What has to be said of day first where month first is possible too.
    fn day_or_month(&self) -> String {
        let [day, month, year] = &self.readings;
        if month.is_far_shorter_than(day) {
            return "dates are read day first, since none says otherwise, but month first they would lie far closer \
                    together: if that is right, say --date-order mdy"
                .to_owned();
        }
        let others = if year.fits() && self.differs[2] {
            "mdy or ymd"
        } else {
            "mdy"
        };
        format!(
            "dates are read day first, since none says otherwise; --date-order {others} reads them otherwise"
        )
    }

    /// What has to be said of day first where year first is possible too.
    fn day_or_year(&self) -> Option<String> {
        let [day, _, year] = &self.readings;
        let doubtful = year.fits() && self.differs[2] && !leaves_no_doubt(day, year);
        (doubtful && !self.is_day_first).then(|| {
            "dates are read day first, with the year last; --date-order ymd reads the year first"
                .to_owned()
        })
    }

    fn mixed(&self) -> String {
        let [day, month, year] = self.readings.each_ref().map(|reading| &reading.against);
        let other = |witness: &&Witness| day.as_ref().is_some_and(|day| day.line != witness.line);
        let second = month
            .iter()
            .map(|cell| (cell, "month"))
            .find(|(cell, _)| other(cell));
        let second = second.or_else(|| Some((year.as_ref()?, "year")));
        let (Some(first), Some((second, field))) = (day, second) else {
            return "the dates are in no order that fits all of them".to_owned();
        };
        format!(
            "the dates are not all in one order: {} in line {} cannot be day first, {} in line {} cannot be {field} \
             first; correct them, or say --date-order dmy, mdy or ymd and leave the others out with --on-bad-row skip",
            first.cell, first.line, second.cell, second.line
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::cells::{WrittenDay, moment};
    use super::*;

    fn decided(dates: &[&str]) -> Result<(FieldOrder, bool), String> {
        let mut evidence = DateEvidence::default();
        for (date, line) in dates.iter().zip(2..) {
            if let Some(WrittenDay::Fields(fields)) = moment(date.as_bytes()).map(|read| read.day) {
                evidence.note(fields, date.as_bytes(), line);
            }
        }
        let decided = evidence.decide();
        decided.map(|(order, assumption)| (order, assumption.is_some()))
    }

    #[test]
    fn a_field_above_twelve_decides() {
        use FieldOrder::{DayFirst, MonthFirst, YearFirst};
        for (dates, expected) in [
            (
                &["08/05/2023", "08/12/2023", "08/19/2023"][..],
                (MonthFirst, true),
            ),
            (&["08/05/23", "08/26/23"], (MonthFirst, true)),
            (&["05/08/2023", "19/08/2023"], (DayFirst, false)),
            (&["19.08.23", "26.08.23", "02.09.23"], (DayFirst, false)),
            (&["5-Aug-23", "6-Aug-23"], (DayFirst, false)),
            (&["99/08/14", "99/08/21"], (YearFirst, true)),
            (&["2023-08-05"], (DayFirst, false)),
            (&["08/08/2023"], (DayFirst, false)),
            (&["Sat 08/05/2023"], (MonthFirst, true)),
            (&["Sat 05/08/2023"], (DayFirst, false)),
            (&["31/02/2023"], (DayFirst, false)),
        ] {
            assert_eq!(decided(dates).unwrap(), expected, "{dates:?}");
        }
    }

    #[test]
    fn a_first_field_that_hardly_changes_is_a_year() {
        use FieldOrder::{DayFirst, YearFirst};
        for (dates, expected) in [
            (&["24/08/17", "24/08/24", "24/08/31"][..], (YearFirst, true)),
            (&["23/12/30", "24/01/06", "24/01/13"], (YearFirst, true)),
            (&["24/08/10", "24/08/11", "24/08/12"], (YearFirst, true)),
            (&["24/08/10", "24/08/10", "24/08/11"], (DayFirst, true)),
            (&["17/08/24", "24/08/24", "31/08/24"], (DayFirst, false)),
            (&["24/08/17"], (DayFirst, true)),
            (&["23/12/24", "24/12/25"], (DayFirst, true)),
            (&["05/08/23", "05/08/24"], (DayFirst, true)),
        ] {
            assert_eq!(decided(dates).unwrap(), expected, "{dates:?}");
        }
    }

    #[test]
    fn what_no_cell_decides_is_assumed() {
        for dates in [
            ["05/08/2023", "06/08/2023", "01/09/2023"],
            ["08/05/2023", "08/12/2023", "09/02/2023"],
        ] {
            assert_eq!(decided(&dates).unwrap(), (FieldOrder::DayFirst, true));
        }
    }

    #[test]
    fn two_orders_in_one_column_are_named() {
        let error = decided(&["08/19/2023", "05/08/2023", "26/08/2023"]).unwrap_err();
        assert!(
            error.contains("08/19/2023 in line 2 cannot be day first, 26/08/2023 in line 4 cannot be month first"),
            "{error}"
        );
    }
}
