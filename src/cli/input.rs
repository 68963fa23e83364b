//! Reading the input files, with notes on what was odd about them.

use super::{Console, progress};
use crate::backtest::{self, Misspelling};
use crate::source::{self, Matches, ReadConfig, SourceError};

/// Reads with a progress bar. Notes on stderr say what was repaired, dropped or left out.
pub fn read(
    inputs: &[String],
    config: &ReadConfig,
    console: Console,
) -> Result<Matches, SourceError> {
    let matches = read_with_fixtures(inputs, config, console)?;
    match matches.counts.fixtures {
        0 => {}
        1 => console.note("1 row without a score: a fixture, not a match"),
        fixtures => console.note(format!(
            "{fixtures} rows without a score: fixtures, not matches"
        )),
    }
    Ok(matches)
}

/// As [`read`], for commands that want fixtures: nothing is said of them.
pub fn read_with_fixtures(
    inputs: &[String],
    config: &ReadConfig,
    console: Console,
) -> Result<Matches, SourceError> {
    let matches = read_quietly(inputs, config, console)?;
    note_assumptions_and_aliases(&matches, console);
    Ok(matches)
}

/// Reads what was played and what is to come: fixtures are in the files of `fixtures` only.
pub fn read_history_and_fixtures(
    history: &[String],
    fixtures: &[String],
    config: &ReadConfig,
    console: Console,
) -> Result<Matches, SourceError> {
    let matches = with_bar(console, |progress| {
        source::read_with_fixtures(history, fixtures, config, progress)
    })?;
    note_assumptions_and_aliases(&matches, console);
    Ok(matches)
}

/// Reads what was played before a stream. An alias that no file needs may be for entries.
pub fn read_history(
    inputs: &[String],
    config: &ReadConfig,
    console: Console,
) -> Result<Matches, SourceError> {
    let matches = read_quietly(inputs, config, console)?;
    note_assumptions(&matches, console);
    Ok(matches)
}

fn note_assumptions_and_aliases(matches: &Matches, console: Console) {
    note_assumptions(matches, console);
    for unused in &matches.unused_aliases {
        console.note(unused);
    }
}

fn note_assumptions(matches: &Matches, console: Console) {
    for found in backtest::misspellings(matches) {
        console.warn(misspelling(&found));
    }
    for assumption in &matches.assumptions {
        console.note(assumption);
    }
    for (count, sentence) in matches.counts.sentences() {
        console.note(format!("{count} {sentence}"));
    }
}

fn read_quietly(
    inputs: &[String],
    config: &ReadConfig,
    console: Console,
) -> Result<Matches, SourceError> {
    with_bar(console, |progress| source::read(inputs, config, progress))
}

/// Reads with a progress bar.
fn with_bar(
    console: Console,
    read: impl FnOnce(&(dyn Fn(usize, usize) + Sync)) -> Result<Matches, SourceError>,
) -> Result<Matches, SourceError> {
    let bar = progress::bar(console, "reading");
    let matches = read(&|done, total| {
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
    }
    matches
}

fn misspelling(found: &Misspelling<'_>) -> String {
    let Misspelling {
        league,
        name,
        matches,
        meant,
    } = found;
    let times = if *matches == 1 { "match" } else { "matches" };
    format!(
        "{name:?} occurs in {matches} {times} of {league}, did you mean {meant:?}? --alias {:?} reads it so",
        format!("{name}={meant}")
    )
}
