//! The matches of a run by their ids: the one place where a match becomes a number, and where it is forgotten.

use std::collections::VecDeque;
use std::hash::BuildHasher as _;
use std::sync::Arc;

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::{Match, Time};

/// The remembered matches, each with an optional value.
///
/// An id is looked up once, and then its slot stands for the match. A match is forgotten [`Match::REMEMBERED`] after its
/// result became known; from then on its id is that of another match, which has a slot of its own.
///
/// ```
/// use simbet::Time;
/// use simbet::internals::match_index::MatchIndex;
///
/// let mut matches = MatchIndex::<&str>::default();
/// let slot = matches.intern(&"match 1".into());
/// matches.set(slot, "a value");
/// assert!(matches.end(slot, Time::from_days(0)));
/// assert!(!matches.end(slot, Time::from_days(1)), "a second result is nothing new");
/// assert_eq!(matches.find("match 1"), Some(slot));
///
/// let other = matches.intern(&"match 2".into());
/// matches.end(other, Time::from_days(31));
/// assert_eq!(matches.find("match 1"), None);
/// ```
#[derive(Debug, Clone)]
pub struct MatchIndex<T> {
    /// The slots by the hashes of their ids, which stay with the matches: no id is hashed or kept twice.
    slots: HashTable<Slot>,
    matches: Vec<Remembered<T>>,
    /// Matches that are over, with the time at which that became known, in order of it.
    over: VecDeque<(Time, Slot)>,
    /// Slots of forgotten matches that may still be in use.
    forgotten: Vec<Slot>,
    /// Slots that are free for other matches.
    free: Vec<Slot>,
}

/// The number of a match, for as long as it is remembered; the number itself means nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(pub u32);

#[derive(Debug, Clone)]
struct Remembered<T> {
    id: Arc<str>,
    hash: u64,
    stage: Stage,
    value: Option<T>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Open,
    Over,
    Forgotten,
}

impl Slot {
    /// The position of the match in a list of all slots.
    pub const fn position(self) -> usize {
        self.0 as usize
    }
}

impl<T> Default for MatchIndex<T> {
    fn default() -> Self {
        Self {
            slots: HashTable::new(),
            matches: Vec::new(),
            over: VecDeque::new(),
            forgotten: Vec::new(),
            free: Vec::new(),
        }
    }
}

impl<T> MatchIndex<T> {
    /// How many matches are remembered.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether no match is remembered.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// The slot of a match that is remembered.
    pub fn find(&self, id: &str) -> Option<Slot> {
        self.find_hashed(hash_of(id), id)
    }

    fn find_hashed(&self, hash: u64, id: &str) -> Option<Slot> {
        let is_of_match = |slot: &Slot| {
            let known = &*self.matches[slot.position()].id;
            // the fixtures of a match mostly share their id
            std::ptr::eq(known, id) || known == id
        };
        self.slots.find(hash, is_of_match).copied()
    }

    /// The slot of a match, new or remembered.
    pub fn intern(&mut self, id: &Arc<str>) -> Slot {
        let hash = hash_of(id);
        self.find_hashed(hash, id)
            .unwrap_or_else(|| self.add(hash, Arc::clone(id)))
    }

    fn add(&mut self, hash: u64, id: Arc<str>) -> Slot {
        let slot = self.free.pop().unwrap_or_else(|| {
            Slot(u32::try_from(self.matches.len()).expect("fewer than 2^32 matches"))
        });
        match self.matches.get_mut(slot.position()) {
            // the value of the one before was dropped when its slot became free
            Some(known) => (known.id, known.hash, known.stage) = (id, hash, Stage::Open),
            None => self.matches.push(Remembered {
                id,
                hash,
                stage: Stage::Open,
                value: None,
            }),
        }
        let matches = &self.matches;
        self.slots
            .insert_unique(hash, slot, |slot| matches[slot.position()].hash);
        slot
    }

    /// Whether the result of a match is known.
    pub fn is_over(&self, slot: Slot) -> bool {
        self.matches[slot.position()].stage != Stage::Open
    }

    /// Marks a match as over at `time`, and forgets the matches that have been over for too long. Returns whether the result
    /// is new.
    pub fn end(&mut self, slot: Slot, time: Time) -> bool {
        if self.is_over(slot) {
            return false;
        }
        self.matches[slot.position()].stage = Stage::Over;
        self.over.push_back((time, slot));
        self.forget(time);
        true
    }

    fn forget(&mut self, now: Time) {
        while let Some((_, slot)) = self
            .over
            .pop_front_if(|(time, _)| now - *time > Match::REMEMBERED)
        {
            let forgotten = &mut self.matches[slot.position()];
            forgotten.stage = Stage::Forgotten;
            if let Ok(entry) = self
                .slots
                .find_entry(forgotten.hash, |other| *other == slot)
            {
                entry.remove();
            }
            self.forgotten.push(slot);
        }
    }

    /// Lets other matches have the slots of those that were forgotten, if `is_free` says that nothing depends on the slot
    /// any more. The others are tried again at the next call.
    pub fn reuse_forgotten(&mut self, mut is_free: impl FnMut(Slot) -> bool) {
        let (matches, free) = (&mut self.matches, &mut self.free);
        self.forgotten.retain(|&slot| {
            if is_free(slot) {
                matches[slot.position()].value = None;
                free.push(slot);
                return false;
            }
            true
        });
    }

    /// The value of a match.
    pub fn get(&self, slot: Slot) -> Option<&T> {
        self.matches[slot.position()].value.as_ref()
    }

    /// The value of a match, to be changed.
    pub fn get_mut(&mut self, slot: Slot) -> Option<&mut T> {
        self.matches[slot.position()].value.as_mut()
    }

    /// Gives a match a value instead of the one it had.
    pub fn set(&mut self, slot: Slot, value: T) {
        self.matches[slot.position()].value = Some(value);
    }

    /// The value of a match, to be changed; a default one if it had none.
    pub fn get_or_default(&mut self, slot: Slot) -> &mut T
    where
        T: Default,
    {
        self.matches[slot.position()].value.get_or_insert_default()
    }

    /// The matches that are over, in the order in which that became known.
    pub fn over(&self) -> impl Iterator<Item = Slot> {
        self.over.iter().map(|(_, slot)| *slot)
    }
}

/// The seed is fixed, since nothing here is random.
fn hash_of(id: &str) -> u64 {
    FixedState::default().hash_one(id)
}

/// The saved form of an index: the matches that are not over, in order of their ids, and those that are, each with the
/// time at which that became known, in order of it. Slots are not, since they depend on how rounds were cut into batches.
type Saved<K, V> = (Vec<(K, V)>, Vec<(Time, K, V)>);

impl<T: Serialize> Serialize for MatchIndex<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut open: Vec<(&str, Option<&T>)> = self
            .matches
            .iter()
            .filter(|one| one.stage == Stage::Open)
            .map(|one| (&*one.id, one.value.as_ref()))
            .collect();
        open.sort_unstable_by_key(|(id, _)| *id);
        let over = self.over.iter().map(|(time, slot)| {
            let one = &self.matches[slot.position()];
            (*time, &*one.id, one.value.as_ref())
        });
        let saved: Saved<&str, Option<&T>> = (open, over.collect());
        saved.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for MatchIndex<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (open, over) = Saved::<Arc<str>, Option<T>>::deserialize(deserializer)?;
        let mut index = Self::default();
        for (id, value) in open {
            index.restore(&id, value);
        }
        for (time, id, value) in over {
            let slot = index.restore(&id, value);
            index.end(slot, time);
        }
        Ok(index)
    }
}

impl<T> MatchIndex<T> {
    fn restore(&mut self, id: &Arc<str>, value: Option<T>) -> Slot {
        let slot = self.intern(id);
        self.matches[slot.position()].value = value;
        slot
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever is forgotten and whichever slots are given to others, an id finds the value that was last set under it.
        #[test]
        fn an_id_finds_its_own_match(steps in prop::collection::vec((0..40_usize, any::<bool>(), 0..20_i64), 1..300)) {
            let (mut index, mut known) = (MatchIndex::default(), BTreeMap::new());
            let mut day = 0;
            for (number, (match_number, ends, days)) in steps.into_iter().enumerate() {
                let id: Arc<str> = format!("E0:2023-08-11:Nott'm Forest:{match_number}").into();
                let slot = index.intern(&id);
                index.set(slot, number);
                known.entry(Arc::clone(&id)).or_insert((0, None)).0 = number;
                day += days;
                let now = Time::from_days(day);
                if ends && index.end(slot, now) {
                    known.entry(id).and_modify(|one| one.1 = Some(now));
                    known.retain(|_, (_, over)| over.is_none_or(|over| now - over <= Match::REMEMBERED));
                    index.reuse_forgotten(|_| true);
                }
                prop_assert_eq!(index.len(), known.len());
                for (id, (value, _)) in &known {
                    let slot = index.find(id);
                    prop_assert_eq!(slot.and_then(|slot| index.get(slot)), Some(value));
                }
            }
        }
    }
}
