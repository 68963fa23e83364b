//! What a file is, by its bytes, and the tables that it holds.

use std::borrow::Cow;

use super::parquet;
use super::sheet::Sheet;
use crate::source::error::SourceError;

/// The tables of a file.
pub(super) fn sheets<'a>(
    name: &str,
    bytes: &'a [u8],
    is_parquet: bool,
) -> Result<Vec<Sheet<'a>>, SourceError> {
    if is_parquet {
        return Ok(vec![Sheet::of_records(
            name,
            parquet::records(name, bytes)?,
        )]);
    }
    Ok(vec![text_sheet(name, bytes)])
}

/// The table of a text file.
pub(super) fn text_sheet<'a>(name: &str, bytes: &'a [u8]) -> Sheet<'a> {
    let text = match from_utf16(bytes) {
        Some(text) => Cow::Owned(without_bom(text.as_bytes()).to_vec()),
        None => Cow::Borrowed(without_bom(bytes)),
    };
    Sheet::of_text(name, text)
}

/// The text of a file that a byte order mark declares to be UTF-16, as spreadsheets save "Unicode text".
fn from_utf16(bytes: &[u8]) -> Option<String> {
    let (encoding, _) = encoding_rs::Encoding::for_bom(bytes)
        .filter(|(encoding, _)| *encoding != encoding_rs::UTF_8)?;
    Some(encoding.decode(bytes).0.into_owned())
}

/// The bytes after byte order marks, including those that were encoded twice.
fn without_bom(mut bytes: &[u8]) -> &[u8] {
    const TWICE: &str = "ï»¿";
    while let Some(rest) = bytes
        .strip_prefix("\u{feff}".as_bytes())
        .or_else(|| bytes.strip_prefix(TWICE.as_bytes()))
    {
        bytes = rest;
    }
    bytes
}
