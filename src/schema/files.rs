//! The two files by which a folder of results is known, also to those who look in folders for matches.

/// What was asked for: version, settings, inputs. It is written last: without it the others may be half there.
pub const RUN: &str = "run.json";

/// What came out.
pub const SUMMARY: &str = "summary.json";
