//! The journal of a sweep: whatever the file holds, it is refused or goes on, and what is added to it is there afterwards,
//! beside all that was.
//!
//! ```text
//! attack/run fuzz --only journal
//! ```
#![no_main]

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use simbet::internals::results::Journal;
use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> =
    LazyLock::new(|| tempfile::tempdir().expect("a temporary folder"));
const NAME: &str = "sweep.journal";
const ADDED: &str = "added-by-the-test";

/// Every key with its text.
fn contents(journal: &mut Journal) -> Vec<(String, Option<String>)> {
    let keys = journal.keys("");
    keys.into_iter()
        .map(|key| (key.clone(), journal.get(&key)))
        .collect()
}

fn open(folder: &Path) -> Journal {
    Journal::open(folder, NAME).expect("a journal that was opened opens again")
}

fuzz_target!(|bytes: &[u8]| {
    let folder = FOLDER.path();
    fs::write(folder.join(NAME), bytes).expect("a temporary file");
    let Ok(mut journal) = Journal::open(folder, NAME) else {
        return;
    };
    let (before, damaged) = (contents(&mut journal), journal.damaged());
    assert!(before.iter().all(|(_, text)| text.is_some()));
    journal.append(ADDED, "text").expect("a temporary file");
    drop(journal);
    let mut again = open(folder);
    assert_eq!(
        (again.get(ADDED).as_deref(), again.damaged()),
        (Some("text"), damaged)
    );
    let others = |(key, _): &(String, _)| key != ADDED;
    let after: Vec<_> = contents(&mut again).into_iter().filter(others).collect();
    assert_eq!(after, before.into_iter().filter(others).collect::<Vec<_>>());
});
