//! The files that identify a folder of results. Readers of matches pass such folders over.

/// The version, settings and inputs of the run. It is written last: without it the other files may be incomplete.
pub const RUN: &str = "run.json";

/// The summary of the run.
pub const SUMMARY: &str = "summary.json";

/// The finished settings of a sweep; it is there before the others.
pub const JOURNAL: &str = "sweep.journal";
