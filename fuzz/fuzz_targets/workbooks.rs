//! Workbooks: no panic, whatever the archive or the sheet in it holds, and no row that is not accounted for.
//!
//! ```text
//! attack/run fuzz --only workbooks
//! ```
#![no_main]

use std::io::{Cursor, Write};

use libfuzzer_sys::fuzz_target;
use simbet::{OnBadRow, ReadConfig, read_bytes};
use zip::write::{SimpleFileOptions, ZipWriter};

const WORKBOOK: &str =
    r#"<workbook xmlns:r="r"><sheets><sheet name="E0" sheetId="1" r:id="r1"/></sheets></workbook>"#;
const ROOT: &str = concat!(
    r#"<Relationships><Relationship Id="b" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" "#,
    r#"Target="xl/workbook.xml"/></Relationships>"#
);
const RELATIONS: &str = concat!(
    r#"<Relationships><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" "#,
    r#"Target="worksheets/sheet1.xml"/></Relationships>"#
);

/// A workbook with one sheet.
fn workbook(sheet: &[u8]) -> Vec<u8> {
    let files = [
        ("[Content_Types].xml", &b"<Types/>"[..]),
        ("_rels/.rels", ROOT.as_bytes()),
        ("xl/workbook.xml", WORKBOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", RELATIONS.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet),
    ];
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive
            .start_file(name, SimpleFileOptions::default())
            .expect("a valid name");
        archive.write_all(bytes).expect("memory takes all");
    }
    archive.finish().expect("memory takes all").into_inner()
}

fuzz_target!(|bytes: &[u8]| {
    let config = ReadConfig {
        on_bad_row: OnBadRow::Skip,
        ..ReadConfig::default()
    };
    for file in [bytes, &workbook(bytes)] {
        if let Ok(matches) = read_bytes("E0.xlsx", file, &config) {
            assert_eq!(matches.counts.rows, matches.counts.accounted());
        }
    }
});
