//! What a trader writes in one atomic step.

use ::redis::{Cmd, cmd};

use super::partition::Offset;
use super::reply::EntryId;
use super::{Keys, Lease};

/// About how many idle timeouts are remembered: more than there can be from one checkpoint to the next.
const IDLE_TIMEOUTS: u32 = 50_000;

/// What one atomic step writes.
#[derive(Debug, Default)]
pub struct Transaction {
    /// Answers, as packed commands.
    pub answers: Vec<u8>,
    /// The number of those commands.
    pub commands: usize,
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

impl Transaction {
    /// The commands of a step, and how many there are between MULTI and EXEC.
    pub(super) fn pack(&self, keys: &Keys, group: &str, lease: &Lease) -> (Vec<u8>, usize) {
        let mut packed = Vec::with_capacity(self.answers.len() + 1024);
        cmd("MULTI").write_packed_command(&mut packed);
        packed.extend_from_slice(&self.answers);
        let others = self.bookkeeping(keys, group, lease);
        for command in &others {
            command.write_packed_command(&mut packed);
        }
        cmd("EXEC").write_packed_command(&mut packed);
        (packed, self.commands + others.len())
    }

    fn bookkeeping(&self, keys: &Keys, group: &str, lease: &Lease) -> Vec<Cmd> {
        let (state, idle_timeouts) = (keys.state(group), keys.idle_timeouts(group));
        let mut commands = Vec::new();
        if !self.read.is_empty() {
            let mut acknowledge = cmd("XACK");
            acknowledge
                .arg(&keys.match_events)
                .arg(group)
                .arg(&self.read);
            commands.push(acknowledge);
        }
        let mut set = cmd("HSET");
        set.arg(&state)
            .arg("done")
            .arg(self.done.id)
            .arg("done_number")
            .arg(self.done.number);
        set.arg("ended").arg(u8::from(self.ended));
        if let Some((mark, bytes)) = &self.checkpoint {
            set.arg("checkpoint_at")
                .arg(mark.id)
                .arg("checkpoint_number")
                .arg(mark.number);
            set.arg("checkpoint").arg(bytes.as_slice());
        }
        commands.push(set);
        for id in &self.idle_timeouts {
            let mut add = cmd("XADD");
            // as an entry of the same id, so that followers find it in order
            add.arg(&idle_timeouts)
                .arg("MAXLEN")
                .arg("~")
                .arg(IDLE_TIMEOUTS)
                .arg(id)
                .arg("ended")
                .arg(1);
            commands.push(add);
        }
        commands.push(lease.prolongation());
        commands
    }
}
