//! Reading files of matches: every era, every oddity, and no row lost.

use std::path::PathBuf;

use simbet::domain::{Money, Outcome, Selection};
use simbet::source::{Matches, ReadConfig, Remark, read};

fn quiet(_: usize, _: usize) {}

/// A folder beside the repository with football-data's own files; tests that need it say so and pass without.
fn shared(folder: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(folder);
    if !path.is_dir() {
        eprintln!("skipped: there is no {}", path.display());
        return None;
    }
    Some(path)
}

fn read_path(path: &std::path::Path, config: &ReadConfig) -> Matches {
    read(&[path.to_str().unwrap().to_owned()], config, &quiet).unwrap()
}

mod corpus {
    use super::*;

    #[test]
    fn every_file_reads_and_every_row_is_accounted_for() {
        let Some(folder) = shared("football-data") else { return };
        let start = std::time::Instant::now();
        let matches = read_path(&folder, &ReadConfig::default());
        eprintln!("{:?}", start.elapsed());
        let c = &matches.counts;
        eprintln!("{}", serde_json::to_string_pretty(c).unwrap());
        assert_eq!(c.rows, c.accounted());
        eprintln!("{:?}", matches.records.iter().map(|r| r.pre.len() + r.close.len()).sum::<usize>());
        let _ = (Remark::ALL, Money::ZERO, Outcome::ALL, Selection::HOME);
    }
}
