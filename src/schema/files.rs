//! The files that identify a folder of results. Readers of matches pass such folders over.

use serde_json::Value;

/// The version, settings and inputs of the run, and the digests of the other files: what it does not name is of no run.
pub const RUN: &str = "run.json";

/// The most bytes of a [`RUN`] or a [`SUMMARY`]: a run of a hundred thousand files has sixteen MiB.
pub const MOST_OF_RUN: u64 = 64 << 20;

/// The summary of the run.
pub const SUMMARY: &str = "summary.json";

/// The finished settings of a sweep; it is there before the others.
pub const JOURNAL: &str = "sweep.journal";

/// The member of [`RUN`] that names the version that wrote it.
pub const WRITER: &str = "simbet";

/// The member of [`RUN`] that makes a folder a part of a run.
pub const PART: &str = "part";

/// Whether a [`RUN`] was written by simbet, in whatever form: other tools have files of this name too.
pub fn is_run(run: &Value) -> bool {
    run.get(WRITER).is_some_and(Value::is_string)
}
