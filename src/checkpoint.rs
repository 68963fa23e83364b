//! Saved states as bytes, from which a run that was killed can continue.
//!
//! [`encode`] and [`decode`] turn a value into bytes and back, numbers exactly. [`seal`] and [`open`] do the same for a
//! complete state. They add a digest, the format and the version of simbet, so that damaged bytes, or bytes of something
//! else, are refused before they are decoded.

use std::collections::HashMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

/// The format of sealed states. States in another format cannot be read.
pub const FORMAT: u32 = 8;

/// The first bytes of a sealed state.
const MAGIC: &[u8; 8] = b"simbet\0s";
const DIGEST: usize = 32;

/// A state that cannot be saved or restored.
///
/// ```
/// use simbet::CheckpointError;
/// let error = CheckpointError::Unsaved("my model".to_owned());
/// assert!(error.to_string().starts_with("my model cannot be saved"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// Bytes that simbet did not write, or that have changed since.
    #[error("this is not a {what} of simbet, or it is damaged: {problem}; start without it")]
    Damaged {
        /// The kind of state that was expected.
        what: String,
        /// What is wrong with the bytes.
        problem: String,
    },
    /// A state in another format.
    #[error(
        "simbet {version} wrote this {what} in format {found}, but this version reads format {FORMAT}; continue \
         with that version, or start without it"
    )]
    Format {
        /// The kind of state that was expected.
        what: String,
        /// The version of simbet that wrote the bytes.
        version: String,
        /// The format of the bytes.
        found: u32,
    },
    /// A state of a run with other settings.
    #[error(
        "this {what} belongs to a run with {difference}: continue with the same, or start without it"
    )]
    OtherRun {
        /// The kind of state that was expected.
        what: String,
        /// How the runs differ.
        difference: String,
    },
    /// Something whose state cannot be saved.
    #[error("{0} cannot be saved: choose another, or run without checkpoints")]
    Unsaved(String),
}

impl CheckpointError {
    /// The error of damaged bytes.
    pub fn damaged(what: &str, problem: impl ToString) -> Self {
        Self::Damaged {
            what: what.to_owned(),
            problem: problem.to_string(),
        }
    }
}

/// The bytes of a value.
///
/// # Errors
/// When the value cannot be serialized.
///
/// ```
/// use simbet::internals::checkpoint::{decode, encode};
/// let bytes = encode(&(0.1_f64 + 0.2, "Arsenal")).unwrap();
/// assert_eq!(decode::<(f64, String)>("pair", &bytes).unwrap(), (0.1 + 0.2, "Arsenal".to_owned()));
/// assert!(decode::<(f64, String)>("pair", &bytes[1..]).is_err());
/// ```
pub fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, CheckpointError> {
    postcard::to_allocvec(value).map_err(|error| CheckpointError::Unsaved(error.to_string()))
}

/// The value of these bytes; `what` names it in an error.
///
/// # Errors
/// When the bytes are of something else.
pub fn decode<T: DeserializeOwned>(what: &str, bytes: &[u8]) -> Result<T, CheckpointError> {
    match postcard::take_from_bytes(bytes) {
        Ok((value, [])) => Ok(value),
        Ok((_, rest)) => Err(CheckpointError::damaged(
            what,
            format!("{} bytes are left over", rest.len()),
        )),
        Err(error) => Err(CheckpointError::damaged(what, error)),
    }
}

/// The header of a sealed state.
#[derive(Debug, Serialize, Deserialize)]
struct Header {
    format: u32,
    version: String,
    what: String,
}

/// The bytes of a complete state; `what` is its kind, which [`open`] checks.
///
/// # Errors
/// When the state cannot be serialized.
pub fn seal<T: Serialize + ?Sized>(what: &str, state: &T) -> Result<Vec<u8>, CheckpointError> {
    let header = Header {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        what: what.to_owned(),
    };
    let content = [encode(&header)?, encode(state)?].concat();
    Ok([&MAGIC[..], &Sha256::digest(&content), &content].concat())
}

/// The digest of a sealed state, as it stands in its bytes; empty for bytes that are too short to have one.
#[cfg(feature = "redis")]
pub(crate) fn digest_of(bytes: &[u8]) -> String {
    let digest = bytes.get(MAGIC.len()..MAGIC.len() + DIGEST);
    digest.map(hex::encode).unwrap_or_default()
}

/// Whether sealed bytes are those that this digest belongs to.
#[cfg(feature = "redis")]
pub(crate) fn is_whole(bytes: &[u8], digest: &str) -> bool {
    let content = bytes.get(MAGIC.len() + DIGEST..).unwrap_or_default();
    digest_of(bytes) == digest && hex::encode(Sha256::digest(content)) == digest
}

/// The state of sealed bytes.
///
/// # Errors
/// When the bytes are damaged, of another kind, or in another format.
///
/// ```
/// use simbet::internals::checkpoint::{open, seal};
/// let mut bytes = seal("number", &7_u32).unwrap();
/// assert_eq!(open::<u32>("number", &bytes).unwrap(), 7);
/// assert!(open::<u32>("place", &bytes).is_err());
/// *bytes.last_mut().unwrap() ^= 1;
/// assert!(open::<u32>("number", &bytes).unwrap_err().to_string().starts_with("this is not a number of simbet"));
/// ```
pub fn open<T: DeserializeOwned>(what: &str, bytes: &[u8]) -> Result<T, CheckpointError> {
    let rest = bytes
        .strip_prefix(MAGIC)
        .and_then(|rest| rest.split_at_checked(DIGEST));
    let (digest, content) = rest.ok_or_else(|| {
        CheckpointError::damaged(what, "its first bytes are not those of a saved state")
    })?;
    if Sha256::digest(content)[..] != *digest {
        return Err(CheckpointError::damaged(
            what,
            "its checksum does not match",
        ));
    }
    let (header, state): (Header, &[u8]) = postcard::take_from_bytes(content)
        .map_err(|error| CheckpointError::damaged(what, error))?;
    if header.format != FORMAT {
        return Err(CheckpointError::Format {
            what: what.to_owned(),
            version: header.version,
            found: header.format,
        });
    }
    if header.what != what {
        return Err(CheckpointError::damaged(
            what,
            format!("it is a {}", header.what),
        ));
    }
    decode(what, state)
}

/// The SHA-256 digest of a value's JSON.
///
/// # Errors
/// When the value cannot be serialized.
pub fn digest<T: Serialize + ?Sized>(value: &T) -> Result<[u8; DIGEST], CheckpointError> {
    // JSON names its members. In bytes without names, different values could be equal when members that are not set are
    // skipped.
    let text =
        serde_json::to_vec(value).map_err(|error| CheckpointError::Unsaved(error.to_string()))?;
    Ok(Sha256::digest(text).into())
}

/// Serializes a map in the order of its keys, so that equal maps have equal bytes.
///
/// # Errors
/// When the serializer fails.
#[allow(clippy::disallowed_methods, reason = "sorted before it is used")]
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
