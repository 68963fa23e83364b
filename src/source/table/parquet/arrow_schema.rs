//! The schema that writers of Arrow leave in the footer, walked before it is decoded.
//!
//! It is a flat buffer, in which many may point to one: a few hundred bytes can stand for more columns than there is memory,
//! or for one that stands in itself deeper than the stack.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use polars_arrow_format::ipc::planus::{self, ReadAsRoot};
use polars_arrow_format::ipc::{FieldRef, KeyValueRef, MessageHeaderRef, MessageRef, TypeRef};
use polars_parquet::read::FileMetadata;

/// What a schema may come to: bytes of texts, and this many for each column.
const MOST: usize = 1 << 24;
const COLUMN: usize = 1 << 8;

/// How deep columns may stand in one another.
const MOST_LEVELS: usize = 16;

const CONTRADICTS: &str = "its Arrow schema contradicts itself, or is too large";

/// Checks the Arrow schemas of a file. What else they may be the decoder judges.
pub(super) fn check(metadata: &FileMetadata) -> Result<(), String> {
    let pairs = metadata.key_value_metadata().iter().flatten();
    let schemas = pairs.filter(|pair| pair.key == "ARROW:schema");
    for encoded in schemas.filter_map(|pair| pair.value.as_ref()) {
        let bytes = STANDARD.decode(encoded).map_err(|_| CONTRADICTS)?;
        let message = bytes.strip_prefix(&[0xff; 4]).map_or(&bytes[..], |rest| {
            // the length of the message follows the mark
            rest.get(4..).unwrap_or_default()
        });
        is_bounded(message)
            .ok()
            .flatten()
            .ok_or_else(|| CONTRADICTS.to_owned())?;
    }
    Ok(())
}

/// `None` where a schema comes to more than [`MOST`].
fn is_bounded(message: &[u8]) -> planus::Result<Option<()>> {
    let Some(MessageHeaderRef::Schema(schema)) = MessageRef::read_as_root(message)?.header()?
    else {
        return Ok(None);
    };
    let mut left = MOST;
    if let Some(pairs) = schema.custom_metadata()?
        && !spend_pairs(pairs.iter(), &mut left)?
    {
        return Ok(None);
    }
    for field in schema.fields()?.into_iter().flatten() {
        if !spend_field(&field?, MOST_LEVELS, &mut left)? {
            return Ok(None);
        }
    }
    Ok(Some(()))
}

/// Counts a column and those in it; `false` where nothing is left to count with.
fn spend_field(field: &FieldRef<'_>, levels: usize, left: &mut usize) -> planus::Result<bool> {
    let Some(levels) = levels.checked_sub(1) else {
        return Ok(false);
    };
    let name = field.name()?.unwrap_or_default();
    if !spend(COLUMN + name.len() + size_of_type(field)?, left) {
        return Ok(false);
    }
    if let Some(pairs) = field.custom_metadata()?
        && !spend_pairs(pairs.iter(), left)?
    {
        return Ok(false);
    }
    for child in field.children()?.into_iter().flatten() {
        if !spend_field(&child?, levels, left)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What a type has besides its kind, which is not with the columns in it.
fn size_of_type(field: &FieldRef<'_>) -> planus::Result<usize> {
    Ok(match field.type_()? {
        Some(TypeRef::Timestamp(time)) => time.timezone()?.map_or(0, str::len),
        Some(TypeRef::Union(union)) => union.type_ids()?.map_or(0, |ids| 4 * ids.len()),
        _ => 0,
    })
}

fn spend_pairs<'a>(
    pairs: impl Iterator<Item = planus::Result<KeyValueRef<'a>>>,
    left: &mut usize,
) -> planus::Result<bool> {
    for pair in pairs {
        let pair = pair?;
        let texts = [pair.key()?, pair.value()?].map(Option::unwrap_or_default);
        let bytes = texts.iter().map(|text| text.len()).sum::<usize>();
        if !spend(COLUMN + bytes, left) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn spend(cost: usize, left: &mut usize) -> bool {
    let rest = left.checked_sub(cost);
    *left = rest.unwrap_or_default();
    rest.is_some()
}
