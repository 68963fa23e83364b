//! Parquet files: whatever a file holds it is read or refused, and no row is not accounted for.
//!
//! ```text
//! attack/run fuzz --only parquet
//! ```
#![no_main]

use libfuzzer_sys::fuzz_target;
use simbet::{OnBadRow, ReadConfig, read_bytes};

/// Panics of libraries are caught where a file is read; only those that get out of there are failures.
fn let_panics_be_caught() {
    std::panic::set_hook(Box::new(|_| {}));
}

fuzz_target!(init: let_panics_be_caught(), |bytes: &[u8]| {
    let config = ReadConfig { on_bad_row: OnBadRow::Skip, ..ReadConfig::default() };
    if let Ok(matches) = read_bytes("E0.parquet", bytes, &config) {
        assert_eq!(matches.counts.rows, matches.counts.accounted());
    }
});
