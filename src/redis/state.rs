//! The state of a group's traders, with a checksum: a state of which a digit was changed is none.

use sha2::{Digest as _, Sha256};

use super::RedisError;
use super::partition::Offset;
use super::reply::EntryId;
use crate::checkpoint;
use crate::printable::excerpt;

/// The fields of a state, besides the bytes of its checkpoint. The seal is the last.
pub(super) const FIELDS: [&str; 12] = [
    "settings",
    "version",
    "gone",
    "done",
    "done_number",
    "ended",
    "checkpoint_at",
    "checkpoint_number",
    "checkpoint_digest",
    "idle_timeout",
    "idle_digest",
    "seal",
];
/// The field of the bytes of a checkpoint.
pub(super) const CHECKPOINT: &str = "checkpoint";

/// The state of the traders of a partition.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GroupState {
    /// The digest of their settings.
    pub settings: String,
    /// The version of simbet that began it.
    pub version: String,
    /// Entries that had been removed before the group began; `None` where Redis does not say.
    pub gone: Option<u64>,
    /// The last entry that was processed.
    pub done: Offset,
    /// Whether that was the end of the stream.
    pub ended: bool,
    /// The entry after which the checkpoint was made, and its digest.
    pub checkpoint: Option<(Offset, String)>,
    /// The idle timeouts since.
    pub idle_timeouts: IdleTimeouts,
}

/// Idle timeouts, by the last of them and a digest of all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IdleTimeouts {
    last: EntryId,
    digest: String,
}

impl IdleTimeouts {
    /// Those after these entries.
    pub fn of(ids: &[EntryId]) -> Self {
        let mut all = Self::default();
        ids.iter().for_each(|id| all.add(*id));
        all
    }

    fn add(&mut self, id: EntryId) {
        self.last = id;
        self.digest = digest(&[&self.digest, &id.to_string()]);
    }

    /// Those that are read again by a trader that begins with a checkpoint after this entry.
    fn since(&self, id: EntryId) -> Self {
        let again = (!self.digest.is_empty() && self.last >= id).then_some(self.last);
        Self::of(again.as_slice())
    }
}

/// A digest of texts; no text has a line feed.
fn digest(texts: &[&str]) -> String {
    hex::encode(&Sha256::digest(texts.join("\n"))[..16])
}

impl GroupState {
    /// The state with this checkpoint.
    pub fn with_checkpoint(mut self, (at, bytes): &(Offset, Vec<u8>)) -> Self {
        self.idle_timeouts = self.idle_timeouts.since(at.id);
        self.checkpoint = Some((*at, checkpoint::digest_of(bytes)));
        self
    }

    /// Adds an idle timeout, unless it is part of the checkpoint.
    pub fn add_idle_timeout(&mut self, id: EntryId) {
        let since = self.checkpoint.as_ref().map(|(at, _)| at.id);
        if since.is_none_or(|since| id >= since) {
            self.idle_timeouts.add(id);
        }
    }

    /// What stands in each field but the seal.
    fn texts(&self) -> [String; 11] {
        let (at, number, digest) = match &self.checkpoint {
            Some((at, digest)) => (at.id.to_string(), at.number.to_string(), digest.clone()),
            None => Default::default(),
        };
        [
            self.settings.clone(),
            self.version.clone(),
            self.gone.map_or_else(String::new, |gone| gone.to_string()),
            self.done.id.to_string(),
            self.done.number.to_string(),
            u8::from(self.ended).to_string(),
            at,
            number,
            digest,
            self.idle_timeouts.last.to_string(),
            self.idle_timeouts.digest.clone(),
        ]
    }

    /// The checksum of the state of this partition.
    pub fn seal(&self, partition: u32) -> String {
        let texts = self.texts();
        let partition = partition.to_string();
        let mut all = vec![partition.as_str()];
        all.extend(texts.iter().map(String::as_str));
        digest(&all)
    }

    /// Every field with its value.
    pub fn fields(&self, partition: u32) -> Vec<(&'static str, String)> {
        let seal = self.seal(partition);
        FIELDS
            .into_iter()
            .zip(self.texts().into_iter().chain([seal]))
            .collect()
    }

    /// The state that stands at a key; `None` where nothing does.
    ///
    /// # Errors
    /// When a field is missing or is not what it should be, or the checksum does not agree.
    pub fn read(
        key: &str,
        partition: u32,
        values: &[Option<Vec<u8>>],
    ) -> Result<Option<Self>, RedisError> {
        if values.iter().all(Option::is_none) {
            return Ok(None);
        }
        let found = Found { key, values };
        let state = found.state()?;
        let seal = found.text("seal")?;
        if seal != state.seal(partition) {
            let fields = FIELDS[..FIELDS.len() - 1].join(", ");
            return Err(found.damaged(
                "seal",
                &format!("the checksum of {fields}: one of them was changed"),
            ));
        }
        Ok(Some(state))
    }
}

/// The values that were found in the fields of a state.
struct Found<'a> {
    key: &'a str,
    values: &'a [Option<Vec<u8>>],
}

impl Found<'_> {
    fn raw(&self, name: &str) -> Option<&[u8]> {
        let place = FIELDS.iter().position(|field| *field == name)?;
        self.values.get(place)?.as_deref()
    }

    fn damaged(&self, name: &str, expected: &str) -> RedisError {
        let found = match self.raw(name) {
            Some(bytes) => format!("\"{}\"", excerpt(&String::from_utf8_lossy(bytes))),
            // what older versions wrote has no seal
            None => "missing (an older simbet wrote it, or it was removed)".to_owned(),
        };
        RedisError::Damaged {
            key: self.key.to_owned(),
            problem: format!("its field {name} is {found}, and not {expected}"),
        }
    }

    fn text(&self, name: &str) -> Result<String, RedisError> {
        let text = self.raw(name).and_then(|bytes| str::from_utf8(bytes).ok());
        text.map(str::to_owned)
            .ok_or_else(|| self.damaged(name, "a text"))
    }

    /// A value that has no other spelling.
    fn value<T: std::str::FromStr + ToString>(
        &self,
        name: &str,
        expected: &str,
    ) -> Result<T, RedisError> {
        let text = self.text(name)?;
        let value = text.parse::<T>().ok();
        value
            .filter(|value| value.to_string() == text)
            .ok_or_else(|| self.damaged(name, expected))
    }

    fn offset(&self, id: &str, number: &str) -> Result<Offset, RedisError> {
        Ok(Offset {
            id: self.value(id, "the id of an entry")?,
            number: self.value(number, "a number of entries")?,
        })
    }

    fn is_empty(&self, name: &str) -> bool {
        self.raw(name) == Some(b"")
    }

    fn state(&self) -> Result<GroupState, RedisError> {
        let checkpoint = ["checkpoint_at", "checkpoint_number", "checkpoint_digest"];
        let checkpoint = match checkpoint.iter().all(|name| self.is_empty(name)) {
            true => None,
            false => Some((
                self.offset("checkpoint_at", "checkpoint_number")?,
                self.text("checkpoint_digest")?,
            )),
        };
        let gone = match self.is_empty("gone") {
            true => None,
            false => Some(self.value("gone", "a number of entries")?),
        };
        Ok(GroupState {
            settings: self.text("settings")?,
            version: self.text("version")?,
            gone,
            done: self.offset("done", "done_number")?,
            ended: self.value::<u8>("ended", "0 or 1")? == 1,
            checkpoint,
            idle_timeouts: IdleTimeouts {
                last: self.value("idle_timeout", "the id of an entry")?,
                digest: self.text("idle_digest")?,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> GroupState {
        GroupState {
            settings: "ab12".to_owned(),
            version: "0.1.0".to_owned(),
            gone: Some(3),
            done: Offset {
                number: 700,
                id: EntryId(1_700_000_000_000, 4),
            },
            ended: true,
            checkpoint: Some((
                Offset {
                    number: 650,
                    id: EntryId(1_699_999_999_999, 0),
                },
                "cd34".to_owned(),
            )),
            idle_timeouts: IdleTimeouts::of(&[EntryId(1_700_000_000_000, 1)]),
        }
    }

    fn stored(state: &GroupState) -> Vec<Option<Vec<u8>>> {
        let fields = state.fields(2).into_iter();
        fields.map(|(_, text)| Some(text.into_bytes())).collect()
    }

    #[test]
    fn a_state_is_read_as_it_was_written() {
        for state in [state(), GroupState::default()] {
            assert_eq!(
                GroupState::read("k", 2, &stored(&state)).unwrap(),
                Some(state)
            );
        }
        assert_eq!(
            GroupState::read("k", 2, &vec![None; FIELDS.len()]).unwrap(),
            None
        );
    }

    #[test]
    fn a_byte_that_is_changed_or_removed_in_any_field_is_damage() {
        for (place, name) in FIELDS.iter().enumerate() {
            let mut values = stored(&state());
            values[place] = None;
            let said = GroupState::read("k", 2, &values).unwrap_err().to_string();
            assert!(
                said.contains(&format!("its field {name} is missing")),
                "{said}"
            );
            for changed in [&b""[..], b"garbage", b"7", b"-1", b"\xff\0", b"00700"] {
                let mut values = stored(&state());
                values[place] = Some(changed.to_vec());
                let error = GroupState::read("k", 2, &values).unwrap_err();
                assert!(
                    matches!(error, RedisError::Damaged { .. }),
                    "{name} {changed:?}"
                );
            }
            let mut values = stored(&state());
            let byte = values[place].as_mut().unwrap().last_mut().unwrap();
            *byte = if *byte == b'1' { b'0' } else { b'1' };
            GroupState::read("k", 2, &values).unwrap_err();
        }
        let of_another_partition = GroupState::read("k", 1, &stored(&state()));
        of_another_partition.unwrap_err();
    }
}
