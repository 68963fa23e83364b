//! What the cells of a file mean where a cell alone does not say it: judged once for the whole of a column.
//!
//! A file is read under the conventions that are usual. What the cells say for or against them is collected on the way, and
//! where it speaks against them the file is read again under those that fit.

mod clocks;
pub(super) mod dates;
pub(super) mod numbers;
mod price_forms;
mod status;

use super::cells::FieldOrder;
use super::config::ReadConfig;
use crate::domain::StatusWord;
use crate::source::error::{Place, SourceError};
use clocks::ClockEvidence;
use dates::DateEvidence;
use numbers::{NumberEvidence, NumberForms};
use status::StatusWords;

/// How the cells of a file are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Conventions {
    pub numbers: NumberForms,
    /// The order of the fields of a date.
    pub dates: FieldOrder,
    /// Whether a kick-off at midnight means that it is not known.
    pub midnight_is_unknown: bool,
    /// Whether the column called status says what became of a match.
    pub has_status: bool,
    /// Which of the columns whose names are like status is read as it.
    pub like_status: Option<usize>,
}

impl Conventions {
    /// Those that are usual, or that the settings name.
    pub fn assumed(config: &ReadConfig) -> Self {
        Self {
            numbers: NumberForms::assumed(config),
            dates: config.date_order.fields().unwrap_or_default(),
            midnight_is_unknown: false,
            has_status: true,
            like_status: None,
        }
    }
}

/// What the cells of a file say about its conventions.
#[derive(Debug, Clone, Default)]
pub(super) struct Evidence {
    pub numbers: NumberEvidence,
    pub dates: DateEvidence,
    pub clocks: ClockEvidence,
    pub status: StatusWords,
    /// The words of the columns whose names are like status.
    pub like_status: Vec<StatusWords>,
    /// The first score of which a spreadsheet has made a date.
    pub dated_score: Option<(Place, String)>,
    /// The first cells of two columns of one name that differ.
    pub repeated: Option<(Place, [String; 2])>,
    /// The first goals at half-time in a column that was taken for teams.
    pub half_time: Option<(Place, String)>,
}

/// The conventions of a file, and what had to be assumed.
#[derive(Debug, Clone)]
pub(super) struct Judgement {
    pub conventions: Conventions,
    /// Sentences, each without the file's name: `dates are read month first, since 08/19/2023 allows nothing else`.
    pub assumptions: Vec<String>,
}

impl Evidence {
    /// The conventions that fit these cells, which were read under `assumed`.
    ///
    /// # Errors
    /// When they cannot be decided.
    pub fn judge(
        &self,
        assumed: &Conventions,
        file: &str,
        config: &ReadConfig,
    ) -> Result<Judgement, SourceError> {
        self.ensure_right_columns()?;
        let mut assumptions = Vec::new();
        let dates = match config.date_order.fields() {
            Some(order) => order,
            None => self.dates.judge(file, &mut assumptions)?,
        };
        let numbers =
            self.numbers
                .judge(assumed.numbers.clone(), file, config, &mut assumptions)?;
        let midnight_is_unknown = self.clocks.judge(&mut assumptions);
        let other_status = self.status.says_nothing();
        let has_status = assumed.has_status && other_status.is_none();
        assumptions.extend(other_status);
        let like_status = self.status_column(&mut assumptions);
        Ok(Judgement {
            conventions: Conventions {
                numbers,
                dates,
                midnight_is_unknown,
                has_status,
                like_status,
            },
            assumptions,
        })
    }

    /// Takes note of a word in a column whose name is like status.
    pub fn note_like_status(
        &mut self,
        header: &str,
        cell: &[u8],
        status: Result<Option<StatusWord>, ()>,
    ) {
        let known = self.like_status.iter();
        let rank = known.take_while(|words| words.header != header).count();
        if rank == self.like_status.len() {
            self.like_status.push(StatusWords::of(header));
        }
        self.like_status[rank].add(cell, status);
    }

    /// Which of the columns whose names are like status is one of statuses: the first most of whose words are known.
    fn status_column(&self, assumptions: &mut Vec<String>) -> Option<usize> {
        let mut columns = self.like_status.iter();
        let found = columns.position(StatusWords::are_mostly_known);
        match found {
            Some(rank) => assumptions.push(format!(
                "the column {} is read as status, since its words are those of statuses",
                self.like_status[rank].header
            )),
            None => assumptions.extend(self.like_status.iter().filter_map(StatusWords::is_other)),
        }
        found
    }

    /// Checks that columns hold what their names say.
    fn ensure_right_columns(&self) -> Result<(), SourceError> {
        if let Some((place, [first, second])) = &self.repeated {
            let problem = format!(
                "this column has the name of another one and says {second:?} where that says {first:?}; delete or rename \
                 one of the two"
            );
            return Err(undecided(place, problem));
        }
        if let Some((place, text)) = &self.half_time {
            let problem = format!(
                "{text:?} is no team: the column holds goals at half-time, and no other is named like the teams; name \
                 theirs with --map home_team=... and --map away_team=..."
            );
            return Err(undecided(place, problem));
        }
        match &self.dated_score {
            Some((place, text)) => Err(undecided(
                place,
                format!(
                    "{text:?} is a date: a spreadsheet has made dates of the scores; get the file anew, and open it with \
                     this column as text"
                ),
            )),
            None => Ok(()),
        }
    }
}

fn undecided(place: &Place, problem: String) -> SourceError {
    let place = Box::new(place.clone());
    SourceError::Undecided { place, problem }
}
