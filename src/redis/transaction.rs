//! What a trader writes in one atomic step.

use super::answers::AnswerBatch;
use super::packed::Arguments;
use super::partition::Offset;
use super::reply::EntryId;
use super::state::{self, GroupState};
use super::{Keys, Lease};

/// About how many idle timeouts are remembered: more than there can be from one checkpoint to the next.
const IDLE_TIMEOUTS: u32 = 50_000;

/// What one atomic step writes.
#[derive(Debug, Default)]
pub struct Transaction {
    /// Answers.
    pub answers: AnswerBatch,
    /// Entries to acknowledge.
    pub read: Vec<EntryId>,
    /// The number of entries read since the group began, those included that are not processed yet.
    pub received: u64,
    /// The last processed entry.
    pub done: Offset,
    /// Whether that is the end of the stream.
    pub ended: bool,
    /// Entries after which a silence ended a round.
    pub idle_timeouts: Vec<EntryId>,
    /// The trader's state after this entry.
    pub checkpoint: Option<(Offset, Vec<u8>)>,
}

/// Where a step is written, and by whom.
pub(super) struct Place<'a> {
    pub keys: &'a Keys,
    pub group: &'a str,
    pub partition: u32,
    pub lease: &'a Lease,
    pub maxlen: Option<u64>,
    /// The digest of the script.
    pub script: &'a str,
}

impl Transaction {
    /// The state after this step.
    pub(super) fn apply(&self, before: &GroupState) -> GroupState {
        let mut after = before.clone();
        if let Some(checkpoint) = &self.checkpoint {
            after = after.with_checkpoint(checkpoint);
        }
        (after.done, after.ended) = (self.done, self.ended);
        let timeouts = self.idle_timeouts.iter();
        timeouts.for_each(|id| after.add_idle_timeout(*id));
        after
    }

    /// The command of a step from one state to the next.
    pub(super) fn pack(
        &self,
        place: &Place<'_>,
        before: &GroupState,
        after: &GroupState,
    ) -> Vec<u8> {
        let answers = self.answers.channels();
        let size: usize = answers.iter().map(Arguments::len).sum();
        let keys = place.all_keys();
        let keys = keys.each_ref().map(String::as_str);
        let mut packed = Arguments::of_script(place.script, &keys, size + 2048);
        place.add_head(&mut packed, &before.seal(place.partition));
        packed.add_list(&self.fields(after, place.partition));
        packed.add_list(&list(&self.read));
        packed.add_list(&list(&self.idle_timeouts));
        answers.iter().for_each(|list| packed.add_list(list));
        packed.command()
    }

    fn fields(&self, after: &GroupState, partition: u32) -> Arguments {
        let mut fields = Arguments::default();
        for (name, value) in after.fields(partition) {
            fields.add(name.as_bytes());
            fields.add(value.as_bytes());
        }
        if let Some((_, bytes)) = &self.checkpoint {
            fields.add(state::CHECKPOINT.as_bytes());
            fields.add(bytes);
        }
        fields
    }
}

impl Place<'_> {
    /// The keys, as the script counts them.
    fn all_keys(&self) -> [String; 9] {
        let (keys, group) = (self.keys, self.group);
        [
            keys.match_events.clone(),
            keys.predictions.clone(),
            keys.bets.clone(),
            keys.metrics.clone(),
            keys.dead(),
            keys.state(group),
            keys.idle_timeouts(group),
            self.lease.fence.clone(),
            self.lease.key.clone(),
        ]
    }

    fn add_head(&self, packed: &mut Arguments, seal: &str) {
        packed.add(self.lease.token().as_bytes());
        packed.add(seal.as_bytes());
        packed.add(self.group.as_bytes());
        packed.add(self.lease.holder.as_bytes());
        packed.add_text(self.lease.milliseconds);
        packed.add_number(self.maxlen);
        packed.add_text(IDLE_TIMEOUTS);
    }
}

fn list(ids: &[EntryId]) -> Arguments {
    let mut list = Arguments::default();
    ids.iter().for_each(|id| list.add_text(id));
    list
}
