//! Adds events for the traders of a group, and reads their progress without trading.

use std::time::Duration;

use ::redis::{Cmd, Value, cmd, pipe};

use super::partition::Offset;
use super::recovery::gone_so_far;
use super::reply::{self, EntryId, RawEntry};
use super::state::{self, GroupState};
use super::{Address, Keys, Layout, Link, RedisError, lease, scripts};
use crate::printable::excerpt;
use crate::schema::event::field;

/// How long a service waits for an answer: it has to say soon that Redis is away, and to be back soon after it.
const ANSWER: Duration = Duration::from_secs(2);
/// Seconds for which an event's digest is stored, so that it is not added twice: as long as its match may be remembered.
const KNOWN: i64 = crate::domain::Match::REMEMBERED;
/// The most entries that are read at once.
const LOOK: usize = 512;

/// An event to be added to the stream.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// The digest that identifies it.
    pub digest: String,
    /// Its `event_type`.
    pub event_type: String,
    /// The JSON of its data.
    pub data: String,
    /// Its time, in ISO 8601.
    pub timestamp: String,
}

/// The progress of a group's traders since an entry.
#[derive(Debug, Clone, Default)]
pub struct GroupProgress {
    /// Entries that the traders have processed, in order.
    pub entries: Vec<RawEntry>,
    /// Entries after which a silence ended a round.
    pub idle_timeouts: Vec<EntryId>,
    /// The last entry that the traders have processed.
    pub done: Offset,
    /// The digest of their settings; `None` before the group began.
    pub settings: Option<String>,
}

/// Follows the traders of a group.
#[derive(Debug)]
pub struct Follower {
    link: Link,
    keys: Keys,
    group: String,
    /// The digest of the script that posts an event.
    script: String,
}

impl Follower {
    /// Connects.
    ///
    /// # Errors
    /// When Redis cannot be used.
    pub fn open(address: &Address, layout: &Layout, group: &str) -> Result<Self, RedisError> {
        let keys = layout.keys(0);
        let is_tagged = layout.partitions.is_some();
        let mut link = Link::open_within(ANSWER, address, &keys.match_events, is_tagged)?;
        link.ensure_types(&keys.kinds(group))?;
        Ok(Self {
            script: link.load(scripts::POST)?,
            link,
            keys,
            group: group.to_owned(),
        })
    }

    /// Adds events, except those that were added before. Returns their ids, in order.
    ///
    /// # Errors
    /// When Redis cannot be used or refuses; some may have been added then.
    pub fn post(&mut self, posts: &[&NewEvent]) -> Result<Vec<EntryId>, RedisError> {
        if posts.is_empty() {
            return Ok(Vec::new());
        }
        let mut all = pipe();
        for post in posts {
            all.add_command(self.posting(post));
        }
        let ids: Vec<String> = self.link.ask_all(&all)?;
        let of_post = |(id, post): (&String, &&NewEvent)| {
            id.parse().map_err(|_| RedisError::Damaged {
                key: self.keys.posted(&post.digest),
                problem: format!("it is \"{}\", and not the id of an entry", excerpt(id)),
            })
        };
        ids.iter().zip(posts).map(of_post).collect()
    }

    fn posting(&self, post: &NewEvent) -> Cmd {
        let mut add = cmd("EVALSHA");
        add.arg(&self.script)
            .arg(2)
            .arg(&self.keys.match_events)
            .arg(self.keys.posted(&post.digest));
        add.arg(&post.event_type)
            .arg(&post.data)
            .arg(&post.timestamp)
            .arg(KNOWN);
        add
    }

    /// Forgets the digest of an event that had no effect, so that it can be added again.
    ///
    /// # Errors
    /// When Redis cannot be used.
    pub fn forget(&mut self, digest: &str) -> Result<(), RedisError> {
        self.link
            .ask::<i64>(cmd("DEL").arg(self.keys.posted(digest)))
            .map(|_| ())
    }

    /// The progress of the traders after an entry.
    ///
    /// # Errors
    /// When Redis cannot be used.
    pub fn look(&mut self, after: EntryId) -> Result<GroupProgress, RedisError> {
        self.progress(after)
            .map_err(|error| self.link.named(error, &self.keys.kinds(&self.group)))
    }

    fn progress(&mut self, after: EntryId) -> Result<GroupProgress, RedisError> {
        let exclusive = format!("({after}");
        let mut all = pipe();
        let key = self.keys.state(&self.group);
        // the position comes first: the answers after it then hold every entry up to it
        all.cmd("HMGET").arg(&key).arg(&state::FIELDS);
        all.cmd("XRANGE")
            .arg(self.keys.idle_timeouts(&self.group))
            .arg(after)
            .arg("+");
        all.cmd("XRANGE")
            .arg(&self.keys.match_events)
            .arg(exclusive)
            .arg("+")
            .arg("COUNT")
            .arg(LOOK);
        let (values, idle_timeouts, entries): (Vec<Option<Vec<u8>>>, Value, Value) =
            self.link.ask_all(&all)?;
        // a service follows the first partition
        let state = GroupState::read(&key, 0, &values)?;
        let (done, settings) =
            state.map_or_else(Default::default, |state| (state.done, Some(state.settings)));
        let address = self.link.address();
        let idle_timeouts = reply::entries(idle_timeouts, address)?
            .iter()
            .map(|entry| entry.id)
            .collect();
        let mut entries = reply::entries(entries, address)?;
        entries.retain(|entry| entry.id <= done.id);
        Ok(GroupProgress {
            entries,
            idle_timeouts,
            done,
            settings,
        })
    }

    /// The number of entries that were removed from the stream; `None` where Redis does not say.
    ///
    /// # Errors
    /// When Redis cannot be used.
    pub fn gone(&mut self) -> Result<Option<u64>, RedisError> {
        gone_so_far(&mut self.link, &self.keys)
    }

    /// The consumer that has the lease; `None` while nobody has.
    ///
    /// # Errors
    /// When Redis cannot be used.
    pub fn trader(&mut self) -> Result<Option<String>, RedisError> {
        lease::holder(&mut self.link, &self.keys, &self.group)
            .map_err(|error| self.link.named(error, &self.keys.kinds(&self.group)))
    }
}

impl RawEntry {
    /// The text of a field; `None` without one, or when it is no UTF-8.
    fn text(&self, name: &str) -> Option<&str> {
        str::from_utf8(self.field(name)?).ok()
    }

    /// The entry as a line of JSON; `None` when it lacks a field, or has something else there.
    pub fn line(&self) -> Option<String> {
        let [event_type, data] = [field::EVENT_TYPE, field::DATA].map(|name| self.text(name));
        let (event_type, data) = (event_type?, data?);
        let event_type = serde_json::to_string(event_type).ok()?;
        Some(format!(r#"{{"event_type":{event_type},"data":{data}}}"#))
    }
}
