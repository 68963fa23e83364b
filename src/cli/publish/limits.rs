//! What entries can carry: whoever reads them refuses more.

use anyhow::bail;

use crate::printable::excerpt;
use crate::schema::event::{MAX_ENTRY, Publication, write_line};
use crate::schema::{MAX_NAME, is_id};
use crate::source::Matches;

/// Checks that entries can carry every name: whoever reads them refuses a name that is too long.
pub fn ensure_publishable(matches: &Matches) -> anyhow::Result<()> {
    let names = &matches.names;
    for record in &matches.records {
        let fixture = &record.fixture;
        let named = [
            &*fixture.id,
            names.league(fixture.league),
            names.team(fixture.home),
            names.team(fixture.away),
        ];
        if let Some(name) = named.into_iter().find(|name| !is_id(name)) {
            bail!(
                "entries of a stream have names and ids of 1 to {MAX_NAME} characters without control or invisible \
                 characters, and {} is none: give it a shorter name with --alias, or correct the file",
                excerpt(name)
            );
        }
    }
    Ok(())
}

/// Entries with more prices than this may be longer than is read.
const MANY_QUOTES: usize = 300;

/// Checks that an entry is no longer than those who read it allow.
pub fn ensure_short(entry: &Publication<'_>) -> anyhow::Result<()> {
    if entry.quotes() <= MANY_QUOTES {
        return Ok(());
    }
    let mut line = Vec::new();
    write_line(&mut line, entry.event_type(), entry, entry.time())?;
    if line.len() > MAX_ENTRY {
        bail!(
            "{} prices of one match make an entry of more than {MAX_ENTRY} bytes, which nobody reads: publish fewer of \
             them with --book and --markets",
            entry.quotes()
        );
    }
    Ok(())
}
