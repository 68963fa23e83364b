//! Reading the files that were named, and saying what was odd about them.

use super::{Talk, progress};
use crate::source::{self, Matches, ReadConfig, SourceError};

/// Reads with a progress bar; says on stderr what was repaired, dropped or left out.
pub fn read(inputs: &[String], config: &ReadConfig, talk: Talk) -> Result<Matches, SourceError> {
    let bar = progress::bar(talk, "reading");
    let matches = source::read(inputs, config, &|done, total| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    if let Ok(matches) = &matches {
        let counts = &matches.counts;
        tracing::info!(
            files = matches.inputs.len(),
            rows = counts.rows,
            matches = counts.matches,
            "read"
        );
        if counts.fixtures > 0 {
            talk.note(format!(
                "{} rows without a score: fixtures, not matches",
                counts.fixtures
            ));
        }
    }
    for (count, sentence) in matches
        .iter()
        .flat_map(|matches| matches.counts.sentences())
    {
        talk.note(format!("{count} {sentence}"));
    }
    matches
}
