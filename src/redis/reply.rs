//! Entries as Redis hands them out.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use ::redis::{ToRedisArgs, Value};

use super::RedisError;

/// The id of an entry: milliseconds by the server's clock, and a number within them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct EntryId(pub u64, pub u64);

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.0, self.1)
    }
}

impl FromStr for EntryId {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (time, number) = text.split_once('-').unwrap_or((text, "0"));
        Ok(Self(time.parse()?, number.parse()?))
    }
}

impl ToRedisArgs for EntryId {
    fn write_redis_args<W: ?Sized + ::redis::RedisWrite>(&self, out: &mut W) {
        out.write_arg_fmt(self);
    }
}

/// An entry with its unchecked fields.
#[derive(Debug, Clone, Default)]
pub struct RawEntry {
    /// Its id.
    pub id: EntryId,
    fields: Vec<Value>,
}

impl RawEntry {
    /// An entry of which only the id is known.
    pub const fn without_fields(id: EntryId) -> Self {
        Self {
            id,
            fields: Vec::new(),
        }
    }

    /// An entry of these names and values.
    #[cfg(test)]
    pub fn of_texts(id: EntryId, texts: Vec<String>) -> Self {
        let fields = texts.into_iter().map(String::into_bytes);
        Self {
            id,
            fields: fields.map(Value::BulkString).collect(),
        }
    }

    /// The value of a field; `None` when the entry lacks it.
    pub fn field(&self, name: &str) -> Option<&[u8]> {
        self.fields()
            .find(|(field, _)| *field == name.as_bytes())
            .map(|(_, value)| value)
    }

    /// The bytes of its names and values.
    pub fn length(&self) -> usize {
        self.fields()
            .map(|(name, value)| name.len() + value.len())
            .sum()
    }

    /// Every field with its value, in order.
    pub fn fields(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.fields
            .chunks_exact(2)
            .filter_map(|pair| Some((bytes(&pair[0])?, bytes(&pair[1])?)))
    }
}

fn bytes(value: &Value) -> Option<&[u8]> {
    match value {
        Value::BulkString(bytes) => Some(bytes),
        Value::SimpleString(text) => Some(text.as_bytes()),
        _ => None,
    }
}

fn text(value: &Value) -> Option<&str> {
    bytes(value).and_then(|bytes| std::str::from_utf8(bytes).ok())
}

/// The entries of an answer to XRANGE.
pub(super) fn entries(answer: Value, address: &str) -> Result<Vec<RawEntry>, RedisError> {
    match answer {
        Value::Nil => Ok(Vec::new()),
        Value::Array(list) => list
            .into_iter()
            .map(|value| entry(value).ok_or_else(|| no_entries(address)))
            .collect(),
        _ => Err(no_entries(address)),
    }
}

/// The entries of an answer to XREADGROUP on one stream.
pub(super) fn of_one_stream(answer: Value, address: &str) -> Result<Vec<RawEntry>, RedisError> {
    match answer {
        Value::Array(mut streams) if streams.len() == 1 => match streams.pop() {
            Some(Value::Array(mut named)) if named.len() == 2 => {
                entries(named.pop().unwrap_or_default(), address)
            }
            _ => entries(Value::Okay, address),
        },
        other => entries(other, address),
    }
}

/// The id of the first entry of a stream, of an answer to XINFO STREAM; `None` where there is no entry.
pub(super) fn first_of(answer: &Value) -> Option<EntryId> {
    let fields: BTreeMap<String, Value> = ::redis::from_redis_value_ref(answer).ok()?;
    entry(fields.get("first-entry")?.clone()).map(|entry| entry.id)
}

/// The last id that a stream has given, of an answer to XINFO STREAM.
pub(super) fn last_of(answer: &Value) -> Option<EntryId> {
    let fields: BTreeMap<String, Value> = ::redis::from_redis_value_ref(answer).ok()?;
    text(fields.get("last-generated-id")?)?.parse().ok()
}

/// The number of removed entries, from an answer to XINFO STREAM of Redis 7 or later.
pub(super) fn gone_of(answer: &Value) -> Option<u64> {
    let fields: BTreeMap<String, Value> = ::redis::from_redis_value_ref(answer).ok()?;
    let deleted: String =
        ::redis::from_redis_value_ref(fields.get("max-deleted-entry-id")?).ok()?;
    let (added, length) = (
        number(&fields, "entries-added")?,
        number(&fields, "length")?,
    );
    (deleted == "0-0").then(|| added.saturating_sub(length))
}

/// Parses an id.
pub(super) fn id(text: &str, address: &str) -> Result<EntryId, RedisError> {
    text.parse().map_err(|_| RedisError::Answer {
        address: address.to_owned(),
        message: format!("the id {text}"),
    })
}

fn entry(value: Value) -> Option<RawEntry> {
    let Value::Array(mut parts) = value else {
        return None;
    };
    let fields = match parts.pop()? {
        Value::Array(fields) => fields,
        // an entry that was removed while it was pending
        Value::Nil => Vec::new(),
        _ => return None,
    };
    Some(RawEntry {
        id: text(&parts.pop()?)?.parse().ok()?,
        fields,
    })
}

fn no_entries(address: &str) -> RedisError {
    RedisError::Answer {
        address: address.to_owned(),
        message: "something that is no entries".to_owned(),
    }
}

fn number(fields: &BTreeMap<String, Value>, name: &str) -> Option<u64> {
    ::redis::from_redis_value_ref(fields.get(name)?).ok()
}
