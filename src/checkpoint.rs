//! What a run knows, as bytes: kept so that a run that was killed can go on where it was.
//!
//! [`encode`] and [`decode`] turn a part into bytes and back, numbers to the last bit. [`seal`] and [`open`] do the same
//! for a whole that is laid by: with a check, the format and the version of simbet, so that bytes which were damaged, or
//! come from elsewhere, are refused before anything is made of them.

use std::collections::HashMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

/// The format of everything that is sealed: one that differs cannot be read.
pub const FORMAT: u32 = 2;

/// The first bytes of everything that is sealed.
const MAGIC: &[u8; 8] = b"simbet\0s";
const DIGEST: usize = 32;

/// Why a state cannot be kept, or not be gone on from.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// Bytes that simbet did not write, or that are not as it wrote them.
    #[error("this is no {what} of simbet, or it was damaged: {problem}; start without it")]
    Damaged {
        /// What was expected.
        what: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A state in another format.
    #[error(
        "this {what} was written by simbet {version} in format {found}, and format {FORMAT} is read here; go on with that version, or start without it"
    )]
    Format {
        /// What was expected.
        what: String,
        /// The version that wrote it.
        version: String,
        /// Its format.
        found: u32,
    },
    /// A state of a run with other settings.
    #[error("this {what} is of a run with {difference}: go on with the same, or start without it")]
    OtherRun {
        /// What was expected.
        what: String,
        /// In what the runs differ.
        difference: String,
    },
    /// Something that has no way to be kept.
    #[error("{0} cannot be saved: choose another, or go without checkpoints")]
    Unsaved(String),
}

impl CheckpointError {
    /// Bytes that are not what they should be.
    pub fn damaged(what: &str, problem: impl ToString) -> Self {
        Self::Damaged {
            what: what.to_owned(),
            problem: problem.to_string(),
        }
    }
}

/// The bytes of a part.
///
/// # Errors
/// When it has no form in bytes.
///
/// ```
/// use simbet::checkpoint::{decode, encode};
/// let bytes = encode(&(0.1_f64 + 0.2, "Arsenal")).unwrap();
/// assert_eq!(decode::<(f64, String)>("pair", &bytes).unwrap(), (0.1 + 0.2, "Arsenal".to_owned()));
/// assert!(decode::<(f64, String)>("pair", &bytes[1..]).is_err());
/// ```
pub fn encode<T: Serialize + ?Sized>(part: &T) -> Result<Vec<u8>, CheckpointError> {
    postcard::to_allocvec(part).map_err(|error| CheckpointError::Unsaved(error.to_string()))
}

/// The part that these bytes are of; `what` names it in an error.
///
/// # Errors
/// When the bytes are of something else.
pub fn decode<T: DeserializeOwned>(what: &str, bytes: &[u8]) -> Result<T, CheckpointError> {
    match postcard::take_from_bytes(bytes) {
        Ok((part, [])) => Ok(part),
        Ok((_, rest)) => Err(CheckpointError::damaged(
            what,
            format!("{} bytes are left over", rest.len()),
        )),
        Err(error) => Err(CheckpointError::damaged(what, error)),
    }
}

/// What stands before a part that is sealed.
#[derive(Debug, Serialize, Deserialize)]
struct Label {
    format: u32,
    version: String,
    what: String,
}

/// The bytes of a whole, to be laid by; `what` says what it is.
///
/// # Errors
/// When it has no form in bytes.
pub fn seal<T: Serialize + ?Sized>(what: &str, whole: &T) -> Result<Vec<u8>, CheckpointError> {
    let label = Label {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        what: what.to_owned(),
    };
    let content = [encode(&label)?, encode(whole)?].concat();
    Ok([&MAGIC[..], &Sha256::digest(&content), &content].concat())
}

/// The whole that was laid by.
///
/// # Errors
/// When the bytes were damaged, are of something else, or in another format.
///
/// ```
/// use simbet::checkpoint::{open, seal};
/// let mut bytes = seal("number", &7_u32).unwrap();
/// assert_eq!(open::<u32>("number", &bytes).unwrap(), 7);
/// assert!(open::<u32>("place", &bytes).is_err());
/// *bytes.last_mut().unwrap() ^= 1;
/// assert!(open::<u32>("number", &bytes).unwrap_err().to_string().starts_with("this is no number of simbet"));
/// ```
pub fn open<T: DeserializeOwned>(what: &str, bytes: &[u8]) -> Result<T, CheckpointError> {
    let rest = bytes
        .strip_prefix(MAGIC)
        .and_then(|rest| rest.split_at_checked(DIGEST));
    let (digest, content) =
        rest.ok_or_else(|| CheckpointError::damaged(what, "it does not begin like one"))?;
    if Sha256::digest(content)[..] != *digest {
        return Err(CheckpointError::damaged(what, "its check does not fit"));
    }
    let label: Result<(Label, &[u8]), _> = postcard::take_from_bytes(content);
    let (label, part) = label.map_err(|error| CheckpointError::damaged(what, error))?;
    if label.format != FORMAT {
        return Err(CheckpointError::Format {
            what: what.to_owned(),
            version: label.version,
            found: label.format,
        });
    }
    if label.what != what {
        return Err(CheckpointError::damaged(
            what,
            format!("it is a {}", label.what),
        ));
    }
    decode(what, part)
}

/// Tells wholes apart: those that are written alike have the same digest.
///
/// # Errors
/// When it has no form in bytes.
pub fn digest<T: Serialize + ?Sized>(whole: &T) -> Result<[u8; DIGEST], CheckpointError> {
    // as JSON: what is left out there when it is not set has no form of its own elsewhere
    let text =
        serde_json::to_vec(whole).map_err(|error| CheckpointError::Unsaved(error.to_string()))?;
    Ok(Sha256::digest(text).into())
}

/// Writes a map in the order of its keys: the same map always has the same bytes.
///
/// # Errors
/// When the serializer has any.
#[allow(
    clippy::disallowed_methods,
    reason = "sorted before anything is made of it"
)]
pub fn in_order<K, V, H, S>(map: &HashMap<K, V, H>, serializer: S) -> Result<S::Ok, S::Error>
where
    K: Serialize + Ord,
    V: Serialize,
    S: Serializer,
{
    let mut pairs: Vec<(&K, &V)> = map.iter().collect();
    pairs.sort_unstable_by_key(|(key, _)| *key);
    serializer.collect_map(pairs)
}
