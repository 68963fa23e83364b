//! Any bytes at all are read or refused: no panic, and no row that is not accounted for.
//!
//! ```text
//! attack/run fuzz --only read
//! ```
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use simbet::Round;
use simbet::{NextRound, OnBadRow, ReadConfig, Replay, ReplayConfig, Source, read_bytes};

fuzz_target!(|bytes: &[u8]| {
    for on_bad_row in [OnBadRow::Error, OnBadRow::Repair, OnBadRow::Skip] {
        let config = ReadConfig {
            on_bad_row,
            ..ReadConfig::default()
        };
        let Ok(matches) = read_bytes("E0_2023-24.csv", bytes, &config) else {
            continue;
        };
        assert_eq!(matches.counts.rows, matches.counts.accounted());
        let mut replay = Replay::new(Arc::new(matches), ReplayConfig::default());
        let (mut round, mut last) = (Round::default(), None);
        while replay
            .next_round(&mut round)
            .expect("a replay does not fail")
            == NextRound::Round
        {
            assert!(last < Some(round.time));
            last = Some(round.time);
        }
    }
});
