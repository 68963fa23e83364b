//! Reading of one table: its header, then its rows, under conventions that are judged by column.

use super::cells::{self, WrittenDay};
use super::config::{OnBadRow, ReadConfig};
use super::contents::{Contents, Unmapped};
use super::conventions::Conventions;
use super::conventions::numbers::Tally;
use super::counts::{ReadCounts, Remark};
use super::dialect;
use super::layout::Layout;
use super::layouts::Layouts;
use super::left_out::LeftOut;
use super::lines::Line;
use super::meaning::ColumnMeaning;
use super::prices::Fault;
use super::row::Row;
use super::row_reader::RowReader;
use super::season_label::Style;
use super::sheet::Sheet;
use super::teams::Teams;
use crate::source::error::{BadCell, Place, SourceError};

/// How far a header is looked for below titles.
const MOST_LINES_ABOVE: usize = 20;

/// The rows, teams and counts of one table.
pub(super) struct Table {
    pub name: String,
    /// From what its league is told where no column says it.
    pub origin: String,
    pub teams: Teams,
    pub rows: Vec<Row>,
    pub counts: ReadCounts,
    pub columns: Vec<ColumnMeaning>,
    /// What was assumed about its cells.
    pub assumptions: Vec<String>,
    pub contents: Contents,
    /// What it has of prices that were not asked for.
    pub left_out: LeftOut,
    /// The columns of both teams, counted from 1, and their headers.
    pub team_columns: [(usize, String); 2],
    /// What date and teams are called in the header: files of one form call them the same.
    pub form: [String; 3],
    /// Whether its rows without a score are fixtures.
    pub may_be_to_come: bool,
}

/// Reads a table. Where its cells speak against the conventions that were assumed, it is read again under those that fit.
pub(super) fn read_sheet(
    sheet: &Sheet<'_>,
    config: &ReadConfig,
    layouts: &Layouts,
) -> Result<Table, SourceError> {
    let assumed = Conventions::assumed(config);
    let mut first = read_under(assumed.clone(), sheet, config, layouts)?;
    first.count_numbers(sheet);
    let judgement = first.evidence.judge(&assumed, &sheet.name, config)?;
    let rows = if judgement.conventions == assumed {
        first
    } else {
        read_under(judgement.conventions, sheet, config, layouts)?
    };
    rows.finish([sheet.assumptions.clone(), judgement.assumptions].concat())
}

fn read_under<'a>(
    conventions: Conventions,
    sheet: &'a Sheet<'_>,
    config: &'a ReadConfig,
    layouts: &Layouts,
) -> Result<RowReader<'a>, SourceError> {
    let mut lines = sheet.lines();
    let mut rows: Option<RowReader<'_>> = None;
    while let Some(line) = lines.next() {
        match &mut rows {
            Some(rows) => rows.take(&line),
            None if line.cells.is_blank() => {}
            None if line.cells.len() == 1 => {
                return Err(header_below(sheet, config).unwrap_or_else(|| one_cell(&sheet.name)));
            }
            None => match RowReader::new(sheet, line.cells, conventions.clone(), config, layouts) {
                Ok(reader) => rows = Some(reader),
                Err(error) => return Err(header_below(sheet, config).unwrap_or(error)),
            },
        }
        lines.expect_width(rows.as_ref().map_or(0, |rows| rows.layout.headers.len()));
    }
    rows.ok_or_else(|| empty(&sheet.name))
}

/// The error that names the line of the header, where something stands above it.
fn header_below(sheet: &Sheet<'_>, config: &ReadConfig) -> Option<SourceError> {
    let mut lines = sheet.lines();
    for _ in 0..MOST_LINES_ABOVE {
        let line = lines.next()?;
        if Layout::new(&sheet.name, line.cells, config).is_ok() {
            let place = Place {
                file: sheet.name.clone(),
                line: line.number,
                column: None,
            };
            return Some(SourceError::Undecided {
                place: Box::new(place),
                problem: "this line looks like the header: delete what stands above it".to_owned(),
            });
        }
    }
    None
}

/// Whether a cell is a number as spreadsheets write dates.
fn is_serial(cell: &[u8]) -> bool {
    cells::moment(cell).is_some_and(|moment| matches!(moment.day, WrittenDay::Serial(_)))
}

fn empty(file: &str) -> SourceError {
    SourceError::NothingToRead {
        input: file.to_owned(),
        problem: "the file is empty",
        advice: "expected a header such as Div,Date,HomeTeam,AwayTeam,FTHG,FTAG",
    }
}

fn one_cell(file: &str) -> SourceError {
    SourceError::NothingToRead {
        input: file.to_owned(),
        problem: "the first line has no separators",
        advice: "expected a header such as Div,Date,HomeTeam,AwayTeam,FTHG,FTAG, its names separated by commas, semicolons, tabs \
                 or |",
    }
}

impl RowReader<'_> {
    /// Counts the numbers of the table by their form, where those that were met give cause.
    fn count_numbers(&mut self, sheet: &Sheet<'_>) {
        if !self.evidence.numbers.gives_cause(self.notes.counts.rows) {
            return;
        }
        let mut lines = sheet.lines();
        let mut tally: Option<Tally> = None;
        while let Some(line) = lines.next() {
            match &mut tally {
                _ if line.cells.is_blank() => {}
                None => tally = Some(Tally::default()),
                Some(tally) => tally.add(&line, &self.layout),
            }
        }
        self.evidence.numbers.tally = tally;
    }

    fn take(&mut self, line: &Line<'_>) {
        self.notes.counts.rows += 1;
        self.notes.counts.set_line(line.number);
        if line.cells.is_blank() {
            self.notes.counts.blank += 1;
            return;
        }
        self.unseen.retain(|held| held.are_missing_in(line.cells));
        let row = match self.row(line) {
            Err(fault) if fault.remark == Remark::SkippedDate => {
                match Layout::new(self.file, line.cells, self.config) {
                    Ok(layout) => return self.header_again(line, layout),
                    Err(_) => match self.other_header(line) {
                        Some(problem) => return self.refuse_header(line, problem),
                        None => Err(fault),
                    },
                }
            }
            row => row,
        };
        self.widths.add(line, &self.layout);
        match row {
            Ok(row) => self.rows.push(row),
            Err(fault) => self.bad_row(line, fault),
        }
    }

    /// Takes a line that is a header again, as where files were joined, for the header of what follows.
    fn header_again(&mut self, line: &Line<'_>, mut layout: Layout) {
        if let Err(fault) = self.notes.note(Remark::SecondHeader, None) {
            return self.bad_row(line, fault);
        }
        self.notes.counts.rows -= 1;
        layout.adopt_status(self.conventions.like_status);
        let error = std::mem::take(&mut self.widths).error(self.file);
        self.error = error.or(self.error.take());
        self.forget_unseen();
        let seen = std::mem::replace(&mut self.layout, layout).contents;
        self.unseen.clone_from(&self.layout.contents.prices);
        self.layout.contents.prices.extend(seen.prices);
        let missing = |map: &Unmapped| seen.unmapped.iter().any(|seen| seen.target == map.target);
        self.layout.contents.unmapped.retain(missing);
    }

    /// What is wrong with a line that is a header again, and under which nothing can be read.
    fn other_header(&self, line: &Line<'_>) -> Option<&'static str> {
        let text = line.text();
        if dialect::is_header_otherwise(&text, line.cells.separator(), |cells| {
            Layout::new(self.file, cells, self.config).is_ok()
        }) {
            return Some("this is a second header, whose names have another separator");
        }
        let is_word = |column| line.cells.get(column).iter().any(u8::is_ascii_alphabetic);
        let mut cells = line.cells.iter();
        let has_digits = cells.any(|cell| cell.iter().any(u8::is_ascii_digit));
        let mut numbers = self.layout.number_columns().peekable();
        let is_header = numbers.peek().is_some() && numbers.all(is_word);
        (is_header && !has_digits && is_word(self.layout.date))
            .then_some("this is a second header, whose names are not known")
    }

    fn refuse_header(&mut self, line: &Line<'_>, problem: &str) {
        let place = Box::new(Place {
            file: self.file.to_owned(),
            line: line.number,
            column: None,
        });
        let problem =
            format!("{problem}: divide the file there, and read each part as a file of its own");
        self.error
            .get_or_insert(SourceError::Undecided { place, problem });
    }

    /// Takes prices whose columns were empty for none.
    fn forget_unseen(&mut self) {
        let held = &mut self.layout.contents.prices;
        held.retain(|held| !self.unseen.contains(held));
    }

    fn bad_row(&mut self, line: &Line<'_>, fault: Fault) {
        if fault.remark.is_skip() && self.config.on_bad_row == OnBadRow::Skip {
            self.notes.counts.add(fault.remark);
            let column = fault.column.filter(|_| fault.remark == Remark::SkippedDate);
            self.has_serials |= column.is_some_and(|column| is_serial(line.cells.get(column)));
        } else if self.error.is_none() {
            self.error = Some(self.bad_cell(line, fault));
        }
    }

    fn bad_cell(&self, line: &Line<'_>, fault: Fault) -> SourceError {
        let column = fault
            .column
            .map(|column| (column + 1, self.layout.header(column)));
        let cell = fault
            .column
            .map_or(line.text(), |column| line.cells.get(column).into());
        let advice = fault.remark.advice();
        SourceError::Cell(Box::new(BadCell {
            place: Place {
                file: self.file.to_owned(),
                line: line.number,
                column,
            },
            value: self.value(line, fault.remark, &cell),
            expected: match fault.remark {
                Remark::SkippedDate => self.config.date_order.expected(),
                Remark::SkippedLabel if fault.column == self.layout.season => {
                    "a season such as 2019, 2019/20, 19-20 or 1920"
                }
                Remark::SkippedLabel => "a book such as b365",
                Remark::SkippedName if fault.column == self.layout.match_id => {
                    "names and ids of 1 to 128 characters without control characters, and ids without invisible ones"
                }
                remark => remark.expected(),
            },
            advice: match fault.remark {
                Remark::SkippedDate if is_serial(&cell) => {
                    "if it is a spreadsheet's number for a date, say --date-order serial"
                }
                Remark::SkippedDate if cells::has_doubtful_year(&cell) => {
                    "a year of two digits is one from 1969 to 2049: write this one with four, or leave such rows out with \
                     --on-bad-row skip"
                }
                _ => advice,
            },
        }))
    }

    /// The content of a cell, for an error; that of the date too where the two contradict each other.
    fn value(&self, line: &Line<'_>, remark: Remark, cell: &[u8]) -> String {
        let text = |cell| cells::text(cell).chars().take(80).collect::<String>();
        if remark == Remark::SkippedKickoff {
            let date = line.cells.get(self.layout.date);
            return format!("{} beside the date {}", text(cell), text(date));
        }
        text(cell)
    }

    fn finish(mut self, mut assumptions: Vec<String>) -> Result<Table, SourceError> {
        let widths = std::mem::take(&mut self.widths);
        if let Some(error) = widths.error(self.file).or(self.error.take()) {
            return Err(error);
        }
        self.forget_unseen();
        let held = &self.layout.contents.prices;
        self.left_out.merge(&LeftOut::of(held, self.config));
        if self.teams.decoded {
            let sentence = "names that are not in UTF-8 are read as Windows-1252, as western spreadsheets write them";
            assumptions.push(sentence.to_owned());
        }
        if self.teams.cleaned {
            let sentence = "invisible characters in names are left out";
            assumptions.push(sentence.to_owned());
        }
        if self.has_serials {
            let sentence = "numbers in the column of dates are left out: where they are a spreadsheet's numbers for dates, \
                            --date-order serial reads them";
            assumptions.push(sentence.to_owned());
        }
        self.name_seasons(&mut assumptions)?;
        let Layout {
            date,
            home_team,
            away_team,
            ..
        } = self.layout;
        let header = |column| self.layout.header(column);
        let has_fixtures = self.rows.iter().any(Row::is_fixture);
        Ok(Table {
            name: self.file.to_owned(),
            origin: self.origin.to_owned(),
            columns: self.layout.meanings(),
            team_columns: [home_team, away_team].map(|column| (column + 1, header(column))),
            form: [date, home_team, away_team].map(header),
            may_be_to_come: true,
            teams: self.teams,
            rows: self.rows,
            assumptions: [self.layout.assumptions, assumptions].concat(),
            contents: Contents {
                rows: self.notes.counts.rows - self.notes.counts.blank,
                has_fixtures,
                books: self.books,
                ..self.layout.contents
            },
            counts: self.notes.counts,
            left_out: self.left_out,
        })
    }

    /// Gives the rows the seasons that their cells name, as the whole column is to be read.
    fn name_seasons(&mut self, assumptions: &mut Vec<String>) -> Result<(), SourceError> {
        let style = self.season_styles.judge();
        if style == Style::End {
            assumptions.push(
                "seasons are named by the year in which they end, since their dates allow nothing else".to_owned(),
            );
        }
        let seasons = std::mem::take(&mut self.row_seasons);
        let mut unreadable = Vec::new();
        for (row, season) in self.rows.iter_mut().zip(seasons) {
            match season.resolve(style, row.day) {
                Ok(season) => row.season = season,
                Err(number) => unreadable.push((row.line, number)),
            }
        }
        match unreadable.first() {
            Some(&(line, number)) if self.config.on_bad_row != OnBadRow::Skip => {
                Err(self.bad_season(line, number))
            }
            _ => {
                self.leave_out(&unreadable);
                Ok(())
            }
        }
    }

    fn leave_out(&mut self, unreadable: &[(u64, i16)]) {
        let is_bad = |row: &Row| unreadable.iter().any(|(line, _)| *line == row.line);
        if !unreadable.is_empty() {
            self.rows.retain(|row| !is_bad(row));
            for &(line, _) in unreadable {
                self.notes.counts.set_line(line);
                self.notes.counts.add(Remark::SkippedSeason);
            }
        }
    }

    fn bad_season(&self, line: u64, number: i16) -> SourceError {
        let column = self.layout.season;
        SourceError::Cell(Box::new(BadCell {
            place: Place {
                file: self.file.to_owned(),
                line,
                column: column.map(|column| (column + 1, self.layout.header(column))),
            },
            value: number.to_string(),
            expected: Remark::SkippedSeason.expected(),
            advice: Remark::SkippedSeason.advice(),
        }))
    }
}
