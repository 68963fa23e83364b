//! Entries that are put aside: warnings, and a file.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::Context as _;
use serde_json::json;

use crate::cli::Console;
use crate::source::stream::Refused;

/// Where entries go that cannot be used.
pub struct DeadLetterFile {
    console: Console,
    dead: Option<BufWriter<File>>,
    failed: Option<io::Error>,
    said: u64,
}

/// Warnings after which further ones are only counted.
const MOST_WARNINGS: u64 = 20;

impl DeadLetterFile {
    pub fn new(console: Console, dead: Option<&Path>) -> anyhow::Result<Self> {
        let create = |path: &Path| {
            File::create(path).with_context(|| format!("cannot write {}", path.display()))
        };
        let dead = dead.map(create).transpose()?.map(BufWriter::new);
        Ok(Self {
            console,
            dead,
            failed: None,
            said: 0,
        })
    }

    pub fn put(&mut self, refused: &Refused<'_>) {
        self.said += 1;
        match self.said {
            ..=MOST_WARNINGS => self
                .console
                .warn(format!("line {}: {}", refused.number, refused.reason)),
            said if said == MOST_WARNINGS + 1 => self
                .console
                .warn("there are more lines like that; --dead keeps them"),
            _ => {}
        }
        if let Some(dead) = &mut self.dead
            && let Err(error) = write_dead(dead, refused)
        {
            (self.dead, self.failed) = (None, Some(error));
        }
    }

    pub fn finish(self) -> anyhow::Result<()> {
        self.failed
            .map_or(Ok(()), Err)
            .context("cannot write the entries that were put aside")
    }
}

fn write_dead(out: &mut impl Write, refused: &Refused<'_>) -> io::Result<()> {
    let original = String::from_utf8_lossy(refused.original);
    let line = json!({ "line": refused.number, "reason": refused.reason.to_string(), "original": original });
    writeln!(out, "{line}")?;
    // one that is read while this runs should be whole
    out.flush()
}
