//! Scripts, each of which writes all or nothing.
//!
//! Redis runs a script without anything in between, but takes nothing back when a command of it fails. So each looks first at
//! everything that could refuse a command: the types of its keys, the last ids of its streams, the rights of its user. A
//! Redis that is full or read-only, or whose disk fails, refuses the first write.

use ::redis::{Cmd, cmd};

/// A step of a trader.
pub(super) const COMMIT: &str = concat!(
    include_str!("lua/guard.lua"),
    include_str!("lua/commit.lua")
);
/// The beginning of a group.
pub(super) const BEGIN: &str =
    concat!(include_str!("lua/guard.lua"), include_str!("lua/begin.lua"));
/// The end of a trader.
pub(super) const LEAVE: &str =
    concat!(include_str!("lua/guard.lua"), include_str!("lua/leave.lua"));
/// The lease of a partition is taken.
pub(super) const TAKE: &str = concat!(include_str!("lua/guard.lua"), include_str!("lua/take.lua"));
/// Entries of a replay.
pub(super) const PUBLISH: &str = concat!(
    include_str!("lua/guard.lua"),
    include_str!("lua/progress.lua"),
    include_str!("lua/publish.lua")
);
/// The progress of a replay is read.
pub(super) const PUBLISHED: &str = concat!(
    include_str!("lua/guard.lua"),
    include_str!("lua/progress.lua"),
    include_str!("lua/published.lua")
);
/// An event that is posted.
pub(super) const POST: &str = concat!(include_str!("lua/guard.lua"), include_str!("lua/post.lua"));
/// How the streams are spread.
pub(super) const PARTITIONS: &str = concat!(
    include_str!("lua/guard.lua"),
    include_str!("lua/partitions.lua")
);

/// The command that runs a script on keys; arguments follow.
pub(super) fn on_keys(script: &str, keys: &[&str]) -> Cmd {
    let mut run = cmd("EVAL");
    run.arg(script).arg(keys.len()).arg(keys);
    run
}
