//! Tables of any separator: no panic, no row that is not accounted for, and the same matches as with commas.
//!
//! ```text
//! attack/run fuzz --only tables
//! ```
#![no_main]

use libfuzzer_sys::fuzz_target;
use simbet::{OnBadRow, ReadConfig, read_bytes};

const HEADER: &str =
    "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,FTR,Referee,B365H,B365D,B365A,AHh,B365AHH,B365AHA";

fuzz_target!(|bytes: &[u8]| {
    let Some((&choice, rows)) = bytes.split_first() else {
        return;
    };
    let config = ReadConfig {
        on_bad_row: OnBadRow::Skip,
        ..ReadConfig::default()
    };
    let read = |separator: u8| {
        let text = [HEADER.as_bytes(), b"\n", rows].concat();
        let swap = |byte: u8| match byte {
            b',' => separator,
            byte if byte == separator => b',',
            byte => byte,
        };
        let text: Vec<u8> = text.into_iter().map(swap).collect();
        read_bytes("E0_2023-24.csv", &text, &config)
    };
    let separator = [b';', b'\t', b'|'][usize::from(choice) % 3];
    let (commas, others) = (read(b','), read(separator));
    for matches in [&commas, &others].into_iter().flatten() {
        assert_eq!(matches.counts.rows, matches.counts.accounted());
    }
    // what stands between quotation marks, decimal commas and blanks mean something else with another separator
    let plain =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b',' | b'\n');
    if let (Ok(commas), Ok(others)) = (&commas, &others)
        && rows.iter().all(plain)
    {
        assert_eq!(commas.records, others.records);
    }
});
