//! Files inside gzip and zip, within bounds: a small file may be made to grow without end.

use std::io::{self, Cursor, Read};

use flate2::read::MultiGzDecoder;
use zip::ZipArchive;

use super::inputs::is_match_file;
use crate::source::error::SourceError;

/// The most bytes that all files in an archive may have.
const MOST_BYTES: u64 = 1 << 30;

/// The most bytes of the cells of all Parquet files in a file, and what they may have in a small one.
const MOST_OF_CELLS: u64 = 1 << 32;
const FEW_CELLS: u64 = 1 << 28;

/// Beyond this size a file may be no more than [`MOST_GROWTH`] times as large as its archive. Tables of matches shrink to a
/// tenth.
const LARGE: u64 = 1 << 26;
const MOST_GROWTH: u64 = 200;

/// The bytes that an archive, or the cells of Parquet, may still grow to.
#[derive(Debug)]
pub(super) struct Budget(u64);

impl Budget {
    /// The budget of a file of this size.
    pub fn of(size: usize) -> Self {
        let growth = (size as u64).saturating_mul(MOST_GROWTH);
        Self(MOST_BYTES.min(growth.max(LARGE)))
    }

    /// The budget for the cells of Parquet in a file of this size.
    pub fn of_columns(size: usize) -> Self {
        let growth = (size as u64).saturating_mul(MOST_GROWTH);
        Self(MOST_OF_CELLS.min(growth.max(FEW_CELLS)))
    }

    /// What is left.
    #[cfg(feature = "parquet")]
    pub fn left(&self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }

    /// The error of a file that grows beyond it.
    pub fn exceeded(file: &str) -> SourceError {
        SourceError::TooLarge {
            file: file.to_owned(),
        }
    }

    /// All bytes of a decoder.
    fn read_all(&mut self, name: &str, mut decoder: impl Read) -> Result<Vec<u8>, SourceError> {
        let mut bytes = Vec::new();
        let read = decoder.by_ref().take(self.0).read_to_end(&mut bytes);
        // one byte more is not to double the memory
        let beyond = read.and_then(|_| io::copy(&mut decoder.take(1), &mut io::sink()));
        let beyond = beyond.map_err(|error| unreadable(name, error))?;
        self.spend(name, bytes.len() as u64 + beyond)?;
        Ok(bytes)
    }

    /// Takes this many bytes, where there are as many.
    pub fn spend(&mut self, name: &str, bytes: u64) -> Result<(), SourceError> {
        self.0 = self
            .0
            .checked_sub(bytes)
            .ok_or_else(|| Self::exceeded(name))?;
        Ok(())
    }
}

/// The file in a gzip file.
pub(super) fn gunzip(
    name: &str,
    bytes: &[u8],
    budget: &mut Budget,
) -> Result<Vec<u8>, SourceError> {
    budget.read_all(name, MultiGzDecoder::new(bytes))
}

/// What a zip archive holds.
pub(super) enum Zip {
    /// A workbook, which is an archive of XML.
    Workbook,
    /// Another document that is an archive of XML: its name.
    Document(&'static str),
    /// Match files, each with its path in the archive, in the order of their paths.
    Files(Vec<(String, Vec<u8>)>),
}

/// The match files of a zip archive; `passed_over` gets the paths of others.
pub(super) fn unzip(
    name: &str,
    bytes: &[u8],
    budget: &mut Budget,
    passed_over: &mut Vec<String>,
) -> Result<Zip, SourceError> {
    let mut archive =
        ZipArchive::new(Cursor::new(bytes)).map_err(|error| unreadable(name, error))?;
    if let Some(document) = document_of(&archive) {
        check_growth(name, &mut archive, budget)?;
        return Ok(document);
    }
    let mut files = Vec::new();
    for index in 0..archive.len() {
        let mut file = archive
            .by_index(index)
            .map_err(|error| unreadable(name, error))?;
        let path = file
            .name()
            .map_err(|error| unreadable(name, error))?
            .into_owned();
        if file.is_dir() || is_hidden(&path) {
            continue;
        }
        if is_match_file(path.as_ref()) && !is_outside(&path) {
            let inner = budget.read_all(&format!("{name}, {path}"), &mut file)?;
            files.push((path, inner));
        } else {
            passed_over.push(path);
        }
    }
    files.sort_unstable();
    passed_over.sort_unstable();
    Ok(Zip::Files(files))
}

/// The document that an archive is, by the files that only such a document has.
fn document_of(archive: &ZipArchive<Cursor<&[u8]>>) -> Option<Zip> {
    let has = |path: &str| archive.index_for_name(path).is_some();
    if has("xl/workbook.bin") {
        Some(Zip::Document("a binary workbook (.xlsb)"))
    } else if has("[Content_Types].xml")
        && archive
            .file_names_raw()
            .any(|path| path.starts_with(b"xl/"))
    {
        Some(Zip::Workbook)
    } else if has("word/document.xml") {
        Some(Zip::Document("a text document (.docx)"))
    } else if has("mimetype") && has("content.xml") {
        Some(Zip::Document("an OpenDocument file (.ods)"))
    } else if has("Index/Document.iwa") {
        Some(Zip::Document("a Numbers document (.numbers)"))
    } else {
        None
    }
}

/// Unpacks every file of a workbook once to nowhere, since the reader of workbooks sets no bounds.
fn check_growth(
    name: &str,
    archive: &mut ZipArchive<Cursor<&[u8]>>,
    budget: &mut Budget,
) -> Result<(), SourceError> {
    for index in 0..archive.len() {
        let file = archive
            .by_index(index)
            .map_err(|error| unreadable(name, error))?;
        let path = file.name_raw().to_ascii_lowercase();
        if memchr::memmem::find(&path, b"sharedstrings.xml").is_some() {
            check_shared_strings(name, &budget.read_all(name, file)?)?;
            continue;
        }
        let grown = io::copy(&mut file.take(budget.0 + 1), &mut io::sink())
            .map_err(|error| unreadable(name, error))?;
        budget.spend(name, grown)?;
    }
    Ok(())
}

/// Checks that a table of texts claims no more of them than it has bytes: memory is reserved by that number.
fn check_shared_strings(name: &str, xml: &[u8]) -> Result<(), SourceError> {
    const CLAIM: &[u8] = b"uniqueCount";
    let claims = memchr::memmem::find_iter(xml, CLAIM).map(|at| {
        let value = xml[at + CLAIM.len()..].trim_ascii_start();
        let value = value.strip_prefix(b"=").unwrap_or(value).trim_ascii_start();
        let digits = value
            .iter()
            .skip(1)
            .take_while(|byte| byte.is_ascii_digit());
        digits.fold(0_u64, |number, digit| {
            number
                .saturating_mul(10)
                .saturating_add(u64::from(digit - b'0'))
        })
    });
    if claims.max().is_some_and(|most| most > xml.len() as u64) {
        return Err(damaged(name, "the workbook claims more texts than it has"));
    }
    Ok(())
}

/// Files that systems add to archives and folders.
fn is_hidden(path: &str) -> bool {
    path.split('/').any(|part| {
        let is_named = !matches!(part, "." | "..");
        part.starts_with('.') && is_named || part == "__MACOSX"
    })
}

/// Whether a path leads out of its archive.
pub(super) fn is_outside(path: &str) -> bool {
    path.split(['/', '\\']).any(|part| part == "..")
}

/// What a decoder says: that bytes are damaged, or that there is no memory for them.
fn unreadable(name: &str, error: impl Into<io::Error>) -> SourceError {
    let source = error.into();
    match source.kind() {
        io::ErrorKind::OutOfMemory => SourceError::Io {
            path: name.to_owned(),
            source,
        },
        _ => damaged(name, &source.to_string()),
    }
}

fn damaged(name: &str, problem: &str) -> SourceError {
    SourceError::Damaged {
        file: name.to_owned(),
        problem: problem.to_owned(),
    }
}
