//! Reading the files that were named, and saying what was odd about them.

use std::io::{self, Write as _};

use super::{Talk, progress};
use crate::source::{self, Matches, ReadConfig, ReadCounts, SourceError};

/// Reads with a progress bar; says on stderr what was repaired, dropped or left out.
pub fn read(inputs: &[String], config: &ReadConfig, talk: Talk) -> Result<Matches, SourceError> {
    let bar = progress::bar(talk, "reading");
    let matches = source::read(inputs, config, &|done, total| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    if let Ok(matches) = &matches {
        say_counts(talk, &matches.counts);
    }
    matches
}

fn say_counts(talk: Talk, counts: &ReadCounts) {
    let sentences = if talk.quiet { Vec::new() } else { counts.sentences() };
    for (count, sentence) in sentences {
        // stderr may be closed; that is no reason to stop
        let _ = writeln!(io::stderr(), "note: {count} {sentence}");
    }
}
