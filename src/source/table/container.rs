//! The tables that a file holds, whatever kind of file it is.

use std::borrow::Cow;

use csv::ByteRecord;

use super::archive::{self, Budget, Zip, is_outside};
use super::bounds::RowAllowance;
use super::config::ReadConfig;
use super::contents::HeldPrices;
use super::file_kind::FileKind;
use super::groups::Group;
use super::inputs::{listed, passed_over_in};
use super::layout::Layout;
use super::lines::{Cells, cells_of};
use super::parquet;
use super::sheet::{Record, Sheet};
use super::workbook;
use crate::printable::escaped;
use crate::source::error::SourceError;

/// How deep archives may stand in archives.
const MOST_ARCHIVES: usize = 3;

/// What tells a table that is read from any other.
pub(super) trait TableKind {
    /// The columns that are decoded of a table with this header.
    ///
    /// # Errors
    /// When it is no such table.
    fn columns(&self, file: &str, header: Cells<'_>) -> Result<parquet::Columns, SourceError>;

    /// What its rows are, in words: `matches`.
    fn rows(&self) -> &'static str;

    /// The words about a header that was expected.
    fn expected(&self) -> &'static str;
}

/// Tables of matches.
pub(super) struct MatchTables<'c>(pub &'c ReadConfig);

impl TableKind for MatchTables<'_> {
    fn columns(&self, file: &str, header: Cells<'_>) -> Result<parquet::Columns, SourceError> {
        let layout = Layout::new(file, header, self.0)?;
        let needed: Vec<usize> = layout.columns().collect();
        Ok(parquet::Columns {
            welcome: layout
                .contents
                .prices
                .iter()
                .flat_map(HeldPrices::columns)
                .chain(layout.like_status.iter().copied())
                .chain(layout.statistics.columns())
                .chain(layout.last_prices.iter().flat_map(Group::columns))
                .filter(|column| !needed.contains(column))
                .collect(),
            needed,
            numbers: Vec::new(),
        })
    }

    fn rows(&self) -> &'static str {
        "matches"
    }

    fn expected(&self) -> &'static str {
        "expected a header such as Div,Date,HomeTeam,AwayTeam,FTHG,FTAG"
    }
}

/// The tables of a file.
pub(super) fn sheets<'a>(
    name: &str,
    bytes: &'a [u8],
    kind: &dyn TableKind,
    max_rows: u64,
    allowance: &RowAllowance,
) -> Result<Container<'a>, SourceError> {
    let mut opener = Opener {
        kind,
        max_rows,
        allowance,
        budget: Budget::of(bytes.len()),
        columns: Budget::of_columns(bytes.len()),
        archives: 0,
        sheets: Vec::new(),
        passed_over: Vec::new(),
    };
    opener.open(name, Cow::Borrowed(bytes))?;
    Ok(Container {
        sheets: opener.sheets,
        passed_over: opener.passed_over,
    })
}

/// What a file holds.
pub(super) struct Container<'a> {
    pub sheets: Vec<Sheet<'a>>,
    /// Archives and workbooks with something that is no table of matches, each with a sentence about it.
    pub passed_over: Vec<(String, String)>,
}

/// Opens files in files down to their tables.
struct Opener<'a, 'c> {
    kind: &'c dyn TableKind,
    max_rows: u64,
    allowance: &'c RowAllowance,
    budget: Budget,
    /// What the cells of Parquet may still grow to.
    columns: Budget,
    /// The archives around the file that is being opened.
    archives: usize,
    sheets: Vec<Sheet<'a>>,
    passed_over: Vec<(String, String)>,
}

impl<'a> Opener<'a, '_> {
    /// Opens a file.
    fn open(&mut self, name: &str, bytes: Cow<'a, [u8]>) -> Result<(), SourceError> {
        match FileKind::of(&bytes) {
            FileKind::Text => self
                .sheets
                .push(Sheet::of_text(name, bytes, self.allowance)?),
            FileKind::Parquet => self.parquet(name, &bytes)?,
            FileKind::Gzip => {
                let inner = archive::gunzip(name, &bytes, &mut self.budget)?;
                self.enter(name, |opener| opener.open(name, Cow::Owned(inner)))?;
            }
            FileKind::Zip => self.zip(name, &bytes)?,
            FileKind::Foreign(what, advice) => return Err(foreign(name, what, advice)),
        }
        Ok(())
    }

    fn enter(
        &mut self,
        name: &str,
        open: impl FnOnce(&mut Self) -> Result<(), SourceError>,
    ) -> Result<(), SourceError> {
        self.archives += 1;
        if self.archives > MOST_ARCHIVES {
            return Err(foreign(
                name,
                "an archive in archives in an archive",
                "unpack it first",
            ));
        }
        open(self)?;
        self.archives -= 1;
        Ok(())
    }

    fn zip(&mut self, name: &str, bytes: &[u8]) -> Result<(), SourceError> {
        let mut passed_over = Vec::new();
        match archive::unzip(name, bytes, &mut self.budget, &mut passed_over)? {
            Zip::Workbook => self.workbook(name, bytes),
            Zip::Document(what) => Err(foreign(name, what, "save it as .xlsx or CSV")),
            Zip::Files(files)
                if files.is_empty() && passed_over.iter().any(|path| is_outside(path)) =>
            {
                Err(SourceError::NothingToRead {
                    input: name.to_owned(),
                    problem: "the names in this archive have .. in them, which leads out of it",
                    advice: "pack it anew, or unpack it with care",
                })
            }
            Zip::Files(files) if files.is_empty() => Err(SourceError::NothingToRead {
                input: name.to_owned(),
                problem: "there is no .csv, .tsv, .parquet or .xlsx file in this archive",
                advice: "check what it holds",
            }),
            Zip::Files(files) => self.enter(name, |opener| {
                for (path, bytes) in files {
                    opener.open(&format!("{name}, {}", escaped(&path)), Cow::Owned(bytes))?;
                }
                opener.pass_over(name, passed_over_in("the archive", &passed_over));
                Ok(())
            }),
        }
    }

    /// The tables of a workbook: the sheets with a header of matches. Where there is none, the first sheet is taken, so that its
    /// header is judged.
    fn workbook(&mut self, name: &str, bytes: &[u8]) -> Result<(), SourceError> {
        let sheets = workbook::sheets(name, bytes, self.max_rows)?;
        for sheet in &sheets {
            self.allowance.take(sheet.records.len() as u64 - 1)?;
        }
        let (mut tables, mut others): (Vec<_>, Vec<_>) = sheets
            .into_iter()
            .partition(|sheet| self.is_table(&sheet.records));
        if tables.is_empty() {
            if others.is_empty() {
                return Err(SourceError::NothingToRead {
                    input: name.to_owned(),
                    problem: "the workbook is empty",
                    advice: self.kind.expected(),
                });
            }
            tables.push(others.remove(0));
        }
        let several = tables.len() > 1;
        for sheet in tables {
            let own = format!("{name}, sheet {}", escaped(&sheet.name));
            let mut table = Sheet::of_records(&own, sheet.records);
            if !several {
                name.clone_into(&mut table.origin);
            }
            self.sheets.push(table);
        }
        let others: Vec<String> = others.into_iter().map(|sheet| sheet.name).collect();
        self.pass_over(name, other_sheets(self.kind.rows(), &others));
        Ok(())
    }

    fn pass_over(&mut self, name: &str, sentence: Option<String>) {
        let own = sentence.map(|sentence| (name.to_owned(), sentence));
        self.passed_over.extend(own);
    }

    /// Whether the first row is a header of matches.
    fn is_table(&self, records: &[Record]) -> bool {
        let mut ends = Vec::new();
        records.first().is_some_and(|header| {
            let header = cells_of(&header.cells, &mut ends);
            self.kind.columns("", header).is_ok()
        })
    }

    fn parquet(&mut self, name: &str, bytes: &[u8]) -> Result<(), SourceError> {
        let kind = self.kind;
        let choose = |header: &ByteRecord| {
            let mut ends = Vec::new();
            kind.columns(name, cells_of(header, &mut ends))
        };
        let (allowance, budget) = (self.allowance, &mut self.columns);
        let grid = parquet::chosen_grid(name, bytes, allowance, budget, &choose)?;
        self.sheets.push(Sheet::of_grid(name, grid));
        Ok(())
    }
}

/// The sentence about sheets that hold no matches; `None` where there are none.
fn other_sheets(rows: &str, names: &[String]) -> Option<String> {
    match names {
        [] => None,
        [name] => Some(format!(
            "1 sheet is no table of {rows} and was passed over: {name}"
        )),
        names => Some(format!(
            "{} sheets are no tables of {rows} and were passed over: {}",
            names.len(),
            listed(names)
        )),
    }
}

fn foreign(file: &str, what: &'static str, advice: &'static str) -> SourceError {
    SourceError::Foreign {
        file: file.to_owned(),
        what,
        advice,
    }
}
