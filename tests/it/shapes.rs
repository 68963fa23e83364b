//! Files of every kind and shape: separators, encodings, quoted line ends, second headers, narrow and broken rows, archives,
//! workbooks, and what is no table of matches at all.

use std::io::Write;

use assert_cmd::Command;
use simbet::internals::source::Remark;
use simbet::{Book, MatchRecord, Matches, OnBadRow, ReadConfig, Side, read, read_bytes};

const HEADER: &str = "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,FTR,AvgH,AvgD,AvgA";
const ASHFORD: &str = "X1,05/08/2023,Ashford,Bexley,2,0,H,2.1,3.4,3.6";
const CORBY: &str = "X1,12/08/2023,Corby,Dunmow,1,1,D,2.5,3.2,2.9";

fn config(on_bad_row: OnBadRow) -> ReadConfig {
    ReadConfig {
        on_bad_row,
        ..ReadConfig::default()
    }
}

fn parse(name: &str, bytes: impl AsRef<[u8]>) -> Matches {
    read_bytes(name, bytes.as_ref(), &ReadConfig::default())
        .unwrap_or_else(|error| panic!("{error}"))
}

fn failure(name: &str, bytes: impl AsRef<[u8]>) -> String {
    read_bytes(name, bytes.as_ref(), &ReadConfig::default())
        .map(|matches| matches.records)
        .unwrap_err()
        .to_string()
}

/// Home team, away team, score and the first book's 1X2 prices of each match.
fn lines(matches: &Matches) -> Vec<String> {
    matches
        .records
        .iter()
        .map(|record| line(matches, record))
        .collect()
}

fn line(matches: &Matches, record: &MatchRecord) -> String {
    let (fixture, names) = (&record.fixture, &matches.names);
    let score = record.score.map_or("fixture".to_owned(), |score| {
        format!("{}-{}", score.home, score.away)
    });
    let prices: String = record
        .pre
        .iter()
        .filter(|quote| quote.book == Book::AVG && quote.selection.side() != Side::Over)
        .map(|quote| format!(" {}", quote.odds.decimal()))
        .collect();
    format!(
        "{} {} {score}{prices}",
        names.team(fixture.home),
        names.team(fixture.away)
    )
}

const BOTH: [&str; 2] = [
    "Ashford Bexley 2-0 2.1 3.4 3.6",
    "Corby Dunmow 1-1 2.5 3.2 2.9",
];

/// The two matches as a file with commas.
fn sample() -> String {
    format!("{HEADER}\n{ASHFORD}\n{CORBY}\n")
}

fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

mod separators {
    use super::*;

    #[test]
    fn every_separator_reads_like_the_comma() {
        for separator in [";", "\t", "|", ", ", "; "] {
            let text = sample().replace(',', separator);
            assert_eq!(lines(&parse("a.csv", &text)), BOTH, "{separator:?}");
        }
    }

    #[test]
    fn a_line_that_says_the_separator_is_obeyed_and_no_row() {
        for (first, separator) in [
            ("sep=;", ";"),
            ("SEP=\t", "\t"),
            ("\"sep=|\"", "|"),
            ("sep=^", "^"),
        ] {
            let text = format!("{first}\r\n{}", sample().replace(',', separator));
            let matches = parse("a.csv", &text);
            assert_eq!(
                (&lines(&matches)[..], matches.counts.rows),
                (&BOTH.map(str::to_owned)[..], 2)
            );
        }
        let error = failure(
            "a.csv",
            format!(
                "sep=;\n{}",
                format!("{HEADER}\nX1,soon,A,B,1,0,H,,,\n").replace(',', ";")
            ),
        );
        assert!(
            error.starts_with("a.csv, line 3, column 2 (Date)"),
            "{error}"
        );
    }

    #[test]
    fn a_cell_in_quotation_marks_may_hold_the_separator() {
        let text = "date; home_team; away_team; home_goals; away_goals\n05/08/2023; \"Ashford; Town\"; 'Bexley', 2;0\n";
        let matches = parse("a.csv", text.replace("', 2", "'; 2"));
        assert_eq!(lines(&matches), ["Ashford; Town 'Bexley' 2-0"]);
    }

    #[test]
    fn a_message_keeps_the_separators_of_the_line() {
        let text = format!("{HEADER}\nX1,05/08/2023,\"Ashford,Bexley,2,0\n{CORBY}\n");
        let error = failure("a.csv", text);
        assert!(
            error.contains(r#"found "X1,05/08/2023,\"Ashford,Bexley,2,0""#),
            "{error}"
        );
        let text = format!(
            "{HEADER}\nX1,05/08/2023,\"Ashford\nX1,06/08/2023,Corby,\"Dunmow\",1,1,D,2,3,4\n"
        );
        assert!(failure("a.csv", text).contains("a.csv, line 2: expected a quotation mark"));
    }

    #[test]
    fn what_has_no_separator_is_no_table_and_no_map_can_help() {
        let error = failure("a.csv", "Matches of the season\n1\n");
        assert!(
            error.contains("the first line has no separators") && !error.contains("--map"),
            "{error}"
        );
    }

    #[test]
    fn rows_with_a_cell_that_the_header_lacks_are_refused() {
        let error = failure(
            "a.csv",
            format!("{HEADER}\n{ASHFORD},row 1\n{CORBY},row 2\n"),
        );
        assert!(
            error.starts_with("a.csv, line 2: this and every other row has more cells"),
            "{error}"
        );
    }

    #[test]
    fn decimal_commas_between_commas_are_not_read_as_other_prices() {
        let text = format!(
            "{HEADER}\nX1,05/08/2023,Ashford,Bexley,2,0,H,2,15,3,40,3,10\nX1,12/08/2023,Corby,Dunmow,1,1,D,2,5,3,2,2,9\n"
        );
        for on_bad_row in [OnBadRow::Repair, OnBadRow::Skip] {
            let error = read_bytes("a.csv", text.as_bytes(), &config(on_bad_row))
                .unwrap_err()
                .to_string();
            assert!(
                error.starts_with("a.csv, line 2: ")
                    && error.contains("more cells than the header"),
                "{error}"
            );
        }
    }
}

mod encodings {
    use super::*;

    #[test]
    fn a_spreadsheet_may_save_in_any_encoding() {
        let text = sample().replace("Ashford", "Köln");
        let utf16 =
            |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        let (little, big) = (utf16(u16::to_le_bytes), utf16(u16::to_be_bytes));
        let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
        for bytes in [
            text.clone().into_bytes(),
            ["\u{feff}", &text].concat().into_bytes(),
            latin,
            little.clone(),
            big.clone(),
            [&[0xff, 0xfe][..], &little].concat(),
            [&[0xfe, 0xff][..], &big].concat(),
        ] {
            let matches = parse("a.csv", &bytes);
            assert_eq!(
                lines(&matches),
                ["Köln Bexley 2-0 2.1 3.4 3.6", BOTH[1]],
                "{:?}",
                &bytes[..8]
            );
            let said = matches
                .assumptions
                .iter()
                .any(|said| said.sentence.contains("Windows-1252"));
            assert_eq!(
                said,
                bytes.is_ascii() || str::from_utf8(&bytes).is_err() && !bytes.contains(&0)
            );
        }
    }

    #[test]
    fn a_file_in_two_encodings_is_read_and_said() {
        let utf8 = sample().replace("Ashford", "Köln").into_bytes();
        let row = b"X1,19/08/2023,K\xf6ln,Bexley,0,0,D,2.5,3.2,2.9\n";
        let matches = parse("a.csv", [&utf8[..], row].concat());
        assert_eq!(lines(&matches)[2], "Köln Bexley 0-0 2.5 3.2 2.9");
        assert!(matches.assumptions[0].sentence.contains("partly in UTF-8"));
    }
}

mod quotations {
    use super::*;

    #[test]
    fn a_cell_may_go_on_over_line_ends() {
        let text = "date,home_team,away_team,home_goals,away_goals,notes\n\
            2023-08-05,Ashford,Bexley,2,0,\"rain\nand wind\"\n2023-08-12,Corby,Dunmow,1,1,\n";
        for text in [text.to_owned(), text.replace('\n', "\r\n")] {
            let matches = parse("a.csv", text);
            assert_eq!(lines(&matches), ["Ashford Bexley 2-0", "Corby Dunmow 1-1"]);
            assert_eq!((matches.counts.rows, matches.counts.skipped()), (2, 0));
        }
    }

    #[test]
    fn lines_count_as_in_the_file_after_a_long_cell() {
        let text = "notes,date,home_team,away_team\n\"a\n\nb, c\n\",2023-08-05,Ashford,Bexley\nx,soon,Corby,Dunmow\n";
        assert!(failure("a.csv", text).starts_with("a.csv, line 6, column 2 (date)"));
    }

    #[test]
    fn a_header_may_have_line_ends_in_its_cells() {
        let text = "date,home_team,away_team,\"goals\n(home)\",home_goals,away_goals\n2023-08-05,Ashford,Bexley,9,2,0\n";
        assert_eq!(lines(&parse("a.csv", text)), ["Ashford Bexley 2-0"]);
    }

    #[test]
    fn a_stray_quotation_mark_costs_one_row() {
        for row in [
            "X1,05/08/2023,\"Ashford,Bexley,2,0,H,2.1,3.4,3.6",
            "\"X1,05/08/2023,Ashford,Bexley,2,0,H,2.1,3.4,3.6",
        ] {
            let rest = CORBY.replace("Dunmow", "\"Dunmow\"");
            let text = format!(
                "{HEADER}\n{row}\n{rest}\n{}\n",
                CORBY.replace("12/08", "19/08")
            );
            let matches = read_bytes("a.csv", text.as_bytes(), &config(OnBadRow::Skip)).unwrap();
            assert_eq!(
                (matches.records.len(), matches.counts.skipped()),
                (2, 1),
                "{row}"
            );
            assert_eq!(matches.counts.rows, matches.counts.accounted());
        }
    }
}

mod headers {
    use super::*;

    const OTHER: &str = "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,FTR,AvgH,AvgD,AvgA,B365H,B365D,B365A";

    fn joined() -> String {
        let first = "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,FTR,B365H,B365D,B365A,AvgH,AvgD,AvgA";
        format!(
            "{first}\nX1,05/08/2017,Ashford,Bexley,2,0,H,1.50,4.20,7.00,1.48,4.10,6.80\n\
             {OTHER}\nX1,04/08/2018,Ashford,Corby,0,1,A,1.60,3.90,5.50,1.75,4.50,6.00\n"
        )
    }

    #[test]
    fn rows_are_read_under_the_header_above_them() {
        for text in [
            joined(),
            joined().replace("Div,", "\u{feff}Div,"),
            joined().replace(',', ";"),
        ] {
            let matches = parse("a.csv", &text);
            let expected = [
                "Ashford Bexley 2-0 1.48 4.1 6.8",
                "Ashford Corby 0-1 1.6 3.9 5.5",
            ];
            assert_eq!(lines(&matches), expected);
            assert_eq!(
                matches.names.league(matches.records[1].fixture.league),
                "X1"
            );
            let counts = &matches.counts;
            assert_eq!((counts.rows, counts.remark(Remark::SecondHeader)), (2, 1));
            assert_eq!(counts.rows, counts.accounted());
        }
    }

    #[test]
    fn a_header_may_have_other_columns_than_the_first() {
        let text = format!(
            "date,home_team,away_team,home_goals,away_goals\n2017-08-05,Ashford,Bexley,2,0\n\
             {OTHER}\nX1,04/08/2018,Ashford,Corby,0,1,A,1.60,3.90,5.50,1.75,4.50,6.00\n\
             home_team,away_team,date,home_goals,away_goals\nCorby,Dunmow,2019-08-05,1,1\n"
        );
        let matches = parse("X1.csv", text);
        assert_eq!(
            lines(&matches),
            [
                "Ashford Bexley 2-0",
                "Ashford Corby 0-1 1.6 3.9 5.5",
                "Corby Dunmow 1-1"
            ]
        );
        assert_eq!(matches.counts.remark(Remark::SecondHeader), 2);
        assert_eq!(
            matches.counts.remark(Remark::ExtraCells) + matches.counts.remark(Remark::MissingCells),
            0
        );
    }

    #[test]
    fn strictly_there_is_one_header() {
        let error = read_bytes("a.csv", joined().as_bytes(), &config(OnBadRow::Error)).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("a.csv, line 3: expected rows under the first header only"),
            "{error}"
        );
    }

    #[test]
    fn files_that_were_joined_without_a_line_end_are_refused() {
        let text = format!("{HEADER}\n{ASHFORD}{HEADER}\n{CORBY}\n");
        for on_bad_row in [OnBadRow::Repair, OnBadRow::Skip] {
            let error = read_bytes("a.csv", text.as_bytes(), &config(on_bad_row))
                .unwrap_err()
                .to_string();
            assert!(
                error.starts_with("a.csv, line 2: a second header starts in the middle"),
                "{error}"
            );
        }
    }
}

mod widths {
    use super::*;

    #[test]
    fn narrow_rows_are_counted_where_something_is_missing() {
        let narrow = "X1,12/08/2023,Corby,Dunmow,1,1,D,2.5";
        let matches = parse("a.csv", format!("{HEADER}\n{ASHFORD}\n{narrow}\n"));
        assert_eq!(lines(&matches), [BOTH[0], "Corby Dunmow 1-1 2.5"]);
        assert_eq!(matches.counts.remark(Remark::MissingCells), 1);
        assert_eq!(matches.counts.sentences()[0].0, 1);
        // nothing is read from the last column, and nothing is in the last but one
        let matches = parse(
            "a.csv",
            format!("{HEADER},Referee,\n{ASHFORD},,\n{CORBY}\n"),
        );
        assert_eq!(matches.counts.remark(Remark::MissingCells), 0);
    }

    #[test]
    fn a_row_in_the_middle_of_which_the_file_ends_is_named() {
        for broken in [
            "X1,12/08/2023,Corby,Dunmow",
            "X1,12",
            "X1,12/08/2023,\"Cor",
            "X1,12/08/2023,Corby,Dunmow,1,1,D,2.5",
        ] {
            let text = format!("{HEADER}\n{ASHFORD}\n{broken}");
            let error = failure("a.csv", &text);
            assert!(
                error.starts_with("a.csv, line 3: ")
                    && error.contains("the file ends in the middle of a row"),
                "{error}"
            );
            let matches = read_bytes("a.csv", text.as_bytes(), &config(OnBadRow::Skip)).unwrap();
            assert_eq!(lines(&matches), [BOTH[0]]);
            assert_eq!(matches.counts.remark(Remark::SkippedBroken), 1);
            assert_eq!(matches.counts.rows, matches.counts.accounted());
        }
    }

    #[test]
    fn a_last_row_is_whole_where_it_has_what_is_needed_or_what_others_have() {
        assert_eq!(lines(&parse("a.csv", sample().trim_end())), BOTH);
        let referee = format!("{HEADER},Referee\n{ASHFORD},\n{CORBY}");
        assert_eq!(lines(&parse("a.csv", referee)), BOTH);
        let fixtures =
            format!("{HEADER}\nX1,12/08/2023,Corby,Dunmow\nX1,13/08/2023,Ashford,Bexley");
        assert_eq!(parse("a.csv", fixtures).counts.fixtures, 2);
    }
}

mod kinds {
    use super::*;

    #[test]
    fn what_is_no_table_is_called_what_it_is() {
        let kinds: [(&str, &[u8], &str); 12] = [
            ("m.json", b"[{\"date\": \"2023-08-05\"}]", "JSON"),
            ("m.csv", b"{\"matches\": []}", "JSON"),
            ("m.csv", b"<!DOCTYPE html><html>", "a web page (HTML)"),
            ("m.csv", b"<?xml version=\"1.0\"?><a/>", "XML"),
            ("m.db", b"SQLite format 3\0..", "an SQLite database"),
            ("m.pdf", b"%PDF-1.7", "a PDF"),
            (
                "m.csv",
                b"version https://git-lfs.github.com/spec/v1\noid",
                "a pointer of Git LFS",
            ),
            (
                "m.xls",
                b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1..",
                "an old or encrypted Office file (.xls)",
            ),
            ("m.csv.bz2", b"BZh91AY", "a bzip2 archive"),
            ("m.xz", b"\xfd7zXZ\0", "an xz archive"),
            ("m.zst", b"\x28\xb5\x2f\xfd", "a zstd archive"),
            ("m.csv", b"\x01\x00\x02", "a binary file"),
        ];
        for (name, bytes, kind) in kinds {
            let error = failure(name, bytes);
            let expected = format!(
                "{name} is {kind}; simbet reads CSV, Parquet, workbooks (.xlsx), gz and zip: "
            );
            assert!(
                error.starts_with(&expected) && !error.contains("--map"),
                "{error}"
            );
        }
        let ods = zip(&[("mimetype", b""), ("content.xml", b"")]);
        assert!(failure("m.ods", ods).starts_with("m.ods is an OpenDocument file (.ods); "));
    }

    #[test]
    fn gz_reads_like_what_it_holds() {
        let plain = parse("X9.csv", sample().replace("X1,", ",").replace("Div,", ","));
        let packed = parse(
            "X9.csv.gz",
            gzip(sample().replace("X1,", ",").replace("Div,", ",").as_bytes()),
        );
        assert_eq!(plain.records, packed.records);
        assert_eq!(packed.names.league(packed.records[0].fixture.league), "X9");
        assert_eq!(packed.inputs[0].path, "X9.csv.gz");
        let twice = gzip(&gzip(sample().as_bytes()));
        assert_eq!(lines(&parse("a.csv", twice)), BOTH);
    }

    #[test]
    fn zip_reads_like_what_it_holds_and_names_it() {
        let header = HEADER.replace("Div,", "");
        let (first, second) = (
            format!("{header}\n{}\n", &ASHFORD[3..]),
            format!("{header}\n{}\n", &CORBY[3..]),
        );
        let archive = zip(&[
            ("data/Y1.csv", second.as_bytes()),
            ("X1.csv", first.as_bytes()),
            ("__MACOSX/._X1.csv", b"\0"),
            ("notes.txt", b"none"),
        ]);
        let matches = parse("data.zip", &archive);
        assert_eq!(lines(&matches), BOTH);
        let leagues: Vec<_> = matches
            .records
            .iter()
            .map(|record| matches.names.league(record.fixture.league))
            .collect();
        assert_eq!(leagues, ["X1", "Y1"]);
        assert_eq!(
            matches.assumptions[0].to_string(),
            "data.zip: 1 file in the archive was passed over for its name: notes.txt; unpack it to have it read"
        );
        let error = failure(
            "data.zip",
            zip(&[("E0.csv", b"date,home_team,away_team\nsoon,Ashford,Bexley\n")]),
        );
        assert!(
            error.starts_with("data.zip, E0.csv, line 2, column 1 (date)"),
            "{error}"
        );
        assert!(failure("data.zip", zip(&[("notes.txt", b"")])).contains("in this archive"));
    }

    #[test]
    fn damaged_archives_are_errors() {
        let (whole, packed) = (
            gzip(sample().as_bytes()),
            zip(&[("a.csv", sample().as_bytes())]),
        );
        for bytes in [
            &whole[..whole.len() / 2],
            &packed[..packed.len() / 2],
            b"PK\x03\x04",
            b"\x1f\x8b",
        ] {
            let error = failure("a.csv", bytes);
            assert!(
                error.starts_with("a.csv is damaged or incomplete ("),
                "{error}"
            );
        }
        for at in 0..packed.len() {
            let mut damaged = packed.clone();
            damaged[at] ^= 0x55;
            let _ = read_bytes("a.zip", &damaged, &ReadConfig::default());
        }
    }

    #[test]
    fn a_small_archive_does_not_grow_without_end() {
        let grown = vec![b'\n'; 80 << 20];
        for (name, bytes) in [
            ("a.csv.gz", gzip(&grown)),
            ("a.zip", zip(&[("a.csv", &grown)])),
        ] {
            let error = failure(name, bytes);
            assert!(error.contains("grows to more than"), "{error}");
        }
        let mut nested = sample().into_bytes();
        for _ in 0..5 {
            nested = gzip(&nested);
        }
        assert!(failure("a.csv", nested).contains("an archive in archives"));
    }

    #[test]
    fn standard_input_is_judged_by_its_bytes_too() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        let convert = |bytes: &[u8]| {
            let mut command = Command::cargo_bin("simbet").unwrap();
            command.args(["convert", "-", "--output"]).arg(&path);
            command.write_stdin(bytes).output().unwrap()
        };
        assert!(convert(&gzip(sample().as_bytes())).status.success());
        assert_eq!(
            lines(&parse("out.csv", std::fs::read(&path).unwrap())).len(),
            2
        );
        let error = String::from_utf8(convert(b"{}").stderr).unwrap();
        assert!(error.contains("<stdin> is JSON"), "{error}");
    }

    #[test]
    fn files_that_are_passed_over_in_a_folder_are_said_once() {
        let text = sample();
        let folder = folder(&[
            ("X1.csv", text.as_bytes()),
            ("a.md", b""),
            ("b.txt", b""),
            ("c.png", b""),
            ("d.json", b"{}"),
            (".hidden", b""),
            (
                "X2.CSV.GZ",
                &gzip(
                    sample()
                        .replace("X1,", "X2,")
                        .replace("ford", "by")
                        .replace("Cor", "Der")
                        .as_bytes(),
                ),
            ),
        ]);
        let path = folder.path().to_str().unwrap().to_owned();
        let matches = read(
            std::slice::from_ref(&path),
            &ReadConfig::default(),
            &|_, _| {},
        )
        .unwrap();
        assert_eq!((matches.records.len(), matches.inputs.len()), (4, 2));
        let said: Vec<_> = matches
            .assumptions
            .iter()
            .map(ToString::to_string)
            .collect();
        let expected =
            "4 files in this folder were passed over for their names: a.md, b.txt, c.png, ...";
        assert_eq!(said, [format!("{path}: {expected}")]);
    }
}

pub mod workbooks {
    use super::*;

    const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

    /// A workbook of these sheets. A cell that starts with `#` is a number, with `@` a date or time.
    pub fn workbook(sheets: &[(&str, &[&[&str]])]) -> Vec<u8> {
        let rows = |rows: &[&[&str]]| {
            (1..)
                .zip(rows)
                .map(|(row, cells)| row_of(row, cells))
                .collect()
        };
        let sheets: Vec<(&str, String)> = sheets
            .iter()
            .map(|(name, cells)| (*name, rows(cells)))
            .collect();
        workbook_of(&sheets)
    }

    /// A workbook of sheets with these rows.
    fn workbook_of(sheets: &[(&str, String)]) -> Vec<u8> {
        let numbered = || (1..).zip(sheets);
        let list: String = numbered()
            .map(|(n, (name, _))| format!("<sheet name=\"{name}\" sheetId=\"{n}\" r:id=\"r{n}\"/>"))
            .collect();
        let relation = |id: &str, kind: &str, target: &str| {
            format!("<Relationship Id=\"{id}\" Type=\"{RELATIONS}/{kind}\" Target=\"{target}\"/>")
        };
        let relations: String = numbered()
            .map(|(n, _)| {
                relation(
                    &format!("r{n}"),
                    "worksheet",
                    &format!("worksheets/sheet{n}.xml"),
                )
            })
            .chain([relation("s", "styles", "styles.xml")])
            .collect();
        let styles = "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs>";
        let mut files = vec![
            ("[Content_Types].xml".to_owned(), "<Types/>".to_owned()),
            (
                "_rels/.rels".to_owned(),
                format!(
                    "<Relationships>{}</Relationships>",
                    relation("b", "officeDocument", "xl/workbook.xml")
                ),
            ),
            (
                "xl/workbook.xml".to_owned(),
                format!(
                    "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\"><sheets>{list}</sheets></workbook>"
                ),
            ),
            (
                "xl/_rels/workbook.xml.rels".to_owned(),
                format!("<Relationships>{relations}</Relationships>"),
            ),
            (
                "xl/styles.xml".to_owned(),
                format!("<styleSheet xmlns=\"{MAIN}\">{styles}</styleSheet>"),
            ),
        ];
        files.extend(numbered().map(|(n, (_, rows))| {
            let sheet =
                format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>");
            (format!("xl/worksheets/sheet{n}.xml"), sheet)
        }));
        let files: Vec<(&str, &[u8])> = files
            .iter()
            .map(|(name, text)| (&**name, text.as_bytes()))
            .collect();
        zip(&files)
    }

    fn row_of(row: usize, cells: &[&str]) -> String {
        let cells = (b'A'..).zip(cells).filter(|(_, cell)| !cell.is_empty());
        let cells: String = cells
            .map(|(column, cell)| cell_of(&format!("{}{row}", column as char), cell))
            .collect();
        format!("<row r=\"{row}\">{cells}</row>")
    }

    fn cell_of(place: &str, cell: &str) -> String {
        match cell.split_at(1) {
            ("#", number) => format!("<c r=\"{place}\"><v>{number}</v></c>"),
            ("@", date) => format!("<c r=\"{place}\" s=\"1\"><v>{date}</v></c>"),
            _ => format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{cell}</t></is></c>"),
        }
    }

    const COLUMNS: &[&str] = &[
        "date",
        "time",
        "home_team",
        "away_team",
        "home_goals",
        "away_goals",
        "odds_home",
        "odds_draw",
        "odds_away",
    ];
    const ASHFORD: &[&str] = &[
        "@45143", "@0.625", "Ashford", "Bexley", "#2", "#0", "#2.1", "#3.4", "#3.6",
    ];
    const CORBY: &[&str] = &[
        "12/08/2023",
        "",
        "Corby",
        "Dunmow",
        "#1",
        "#1",
        "2.5",
        "#3.2",
        "#2.9",
    ];

    #[test]
    fn a_workbook_reads_like_csv() {
        let matches = parse(
            "X7.xlsx",
            workbook(&[("Sheet1", &[COLUMNS, ASHFORD, &[], CORBY])]),
        );
        assert_eq!(lines(&matches), BOTH);
        let csv = "date,time,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n\
            2023-08-05,15:00,Ashford,Bexley,2,0,2.1,3.4,3.6\n2023-08-12,,Corby,Dunmow,1,1,2.5,3.2,2.9\n";
        assert_eq!(matches.records, parse("X7.csv", csv).records);
        let mut said = matches.assumptions.iter();
        assert!(!said.any(|said| said.sentence.contains("passed over")));
    }

    #[test]
    fn all_sheets_are_read_and_those_without_matches_are_said() {
        let notes: &[&[&str]] = &[&["Read", "me"]];
        let book = workbook(&[
            ("Notes", notes),
            ("X1", &[COLUMNS, ASHFORD]),
            ("Empty", &[]),
            ("2. Liga", &[COLUMNS, CORBY]),
        ]);
        let matches = parse("book.xlsx", book);
        let leagues: Vec<_> = matches
            .records
            .iter()
            .map(|record| matches.names.league(record.fixture.league))
            .collect();
        assert_eq!(
            (lines(&matches), leagues),
            (BOTH.map(str::to_owned).to_vec(), vec!["X1", "2. Liga"])
        );
        let expected = "book.xlsx: 1 sheet is no table of matches and was passed over: Notes";
        assert_eq!(matches.assumptions[0].to_string(), expected);
    }

    #[test]
    fn messages_name_the_sheet_and_the_row() {
        let bad: &[&str] = &["soon", "", "Corby", "Dunmow", "#1", "#1"];
        let error = failure(
            "book.xlsx",
            workbook(&[("Matches", &[COLUMNS, &[], ASHFORD, bad])]),
        );
        assert!(
            error.starts_with("book.xlsx, sheet Matches, line 4, column 1 (date): "),
            "{error}"
        );
        let error = failure("book.xlsx", workbook(&[("Notes", &[&["Read", "me"]])]));
        assert!(
            error.starts_with("book.xlsx, sheet Notes: the header has no column for date"),
            "{error}"
        );
        assert!(
            failure("book.xlsx", workbook(&[("Sheet1", &[])])).contains("the workbook is empty")
        );
    }

    #[test]
    fn a_cell_that_stands_far_out_takes_no_memory() {
        let far = format!("<row r=\"1048576\">{}</row>", cell_of("XFD1048576", "x"));
        let book = workbook_of(&[("X1", row_of(1, COLUMNS) + &far)]);
        assert!(failure("book.xlsx", book).contains("line 1048576"));
    }

    #[test]
    fn damaged_workbooks_never_panic() {
        let book = workbook(&[("X1", &[COLUMNS, ASHFORD, CORBY])]);
        for at in (0..book.len()).step_by(3) {
            for mask in [0x01, 0xff] {
                let mut damaged = book.clone();
                damaged[at] ^= mask;
                let _ = read_bytes("a.xlsx", &damaged, &ReadConfig::default());
            }
        }
    }
}

/// Rows that are cut, second headers and lines before the header.
mod broken {
    use super::*;

    #[test]
    fn a_number_that_ends_in_its_mark_is_a_cut_row() {
        let whole = format!("{HEADER}\n{ASHFORD}\n");
        for cut in [
            "X1,12/08/2023,Corby,Dunmow,1,1,D,2.5,3.2,2.",
            "X1,12/08/2023,Corby,Dunmow,1,1,D,2.5,3.2,",
            "X1,12/08/2023,Corby,Dunmow,1,1,D,2.5,3.2,2\u{fffd}",
        ] {
            let error = failure("a.csv", format!("{whole}{cut}"));
            assert!(error.contains("line 3: expected a whole row"), "{error}");
            let ended = read_bytes(
                "a.csv",
                format!("{whole}{cut}\n").as_bytes(),
                &ReadConfig::default(),
            );
            assert_eq!(ended.unwrap().records.len(), 2, "{cut}");
        }
    }

    #[test]
    fn utf16_that_is_cut_in_a_character_is_a_cut_row() {
        let units: Vec<u8> = sample().encode_utf16().flat_map(u16::to_le_bytes).collect();
        let error = failure("a.csv", &units[..units.len() - 5]);
        assert!(error.contains("line 3: expected a whole row"), "{error}");
    }

    #[test]
    fn a_last_cell_that_other_rows_leave_empty_too_is_whole() {
        let text = "date,home_team,away_team,home_goals,away_goals,venue,odds_away\n\
            2023-08-05,Ashford,Bexley,2,0,Park,2.1\n2023-08-06,Corby,Dunmow,2,0,Park,\n\
            2023-08-07,Epsom,Frome,,,Park,";
        assert_eq!(parse("a.csv", text).records.len(), 3);
    }

    #[test]
    fn a_second_header_that_is_not_known_is_refused_whatever_is_skipped() {
        let other = HEADER.replace(',', ";");
        for (second, why) in [
            (other.as_str(), "another separator"),
            ("Liga,Tag,Wir,Ihr,Tw,Tg,Erg,Eins,Ix,Zwei", "not known"),
        ] {
            let text = format!("{HEADER}\n{ASHFORD}\n{second}\n{CORBY}\n");
            for on_bad_row in [OnBadRow::Error, OnBadRow::Skip, OnBadRow::Repair] {
                let error = read_bytes("a.csv", text.as_bytes(), &config(on_bad_row))
                    .map(|_| ())
                    .unwrap_err()
                    .to_string();
                assert!(
                    error.starts_with("a.csv, line 3: this is a second header")
                        && error.contains(why)
                        && !error.contains("skip"),
                    "{error}"
                );
            }
        }
        // no header: a row of which the day is not known yet
        let text = format!("{HEADER}\n{ASHFORD}\nX1,TBC,Corby,Dunmow,,,,,,\n");
        let skipped = read_bytes("a.csv", text.as_bytes(), &config(OnBadRow::Skip));
        assert_eq!(skipped.unwrap().counts.remark(Remark::SkippedDate), 1);
    }

    #[test]
    fn a_line_end_in_a_quoted_header_does_not_hide_its_separator() {
        let text = sample().replace(',', ";").replace("AvgA", "\"AvgA\"");
        let text = text.replacen("Div;", "\"Div\r\nision\";", 1);
        let matches = parse("X1.csv", text);
        assert_eq!(lines(&matches), BOTH);
    }

    #[test]
    fn a_separator_that_is_declared_and_a_mark_at_the_end_are_no_rows() {
        let semicolons = sample().replace(',', ";");
        for text in [
            format!("sep=; \n{semicolons}"),
            format!("sep=;,,,,,,,,,\n{}", sample()),
            format!("\"sep=;\",,\n{}", sample()),
            format!("{}\u{1a}", sample()),
            format!("{}\u{1a}", sample().trim_end()),
        ] {
            let matches = parse("a.csv", &text);
            assert_eq!(lines(&matches), BOTH, "{text}");
            assert_eq!(matches.counts.rows, 2, "{text}");
        }
    }

    #[test]
    fn names_that_lead_out_of_an_archive_are_the_reason_that_is_given() {
        let error = failure("a.zip", zip(&[("../../a.csv", sample().as_bytes())]));
        assert!(error.contains("have .. in them"), "{error}");
    }

    #[test]
    fn one_of_a_kind_is_said_in_the_singular() {
        for remark in Remark::ALL {
            let (one, two) = (remark.sentence(1), remark.sentence(2));
            assert_ne!(one, two, "{one}");
            assert_eq!(one.split(':').count(), two.split(':').count(), "{one}");
        }
        let joined = format!("{HEADER}\n{ASHFORD}\n{HEADER}\n{CORBY}\n");
        let expected = "header after the first: what follows it was read under it";
        assert_eq!(parse("a.csv", joined).counts.sentences(), [(1, expected)]);
    }

    #[test]
    fn a_folder_of_other_names_alone_says_so() {
        let folder = folder(&[("bl.txt", sample().as_bytes())]);
        let path = folder.path().to_str().unwrap().to_owned();
        let error = read(&[path], &ReadConfig::default(), &|_, _| {}).map(|_| ());
        let error = error.unwrap_err().to_string();
        assert!(error.contains("files of other names"), "{error}");
    }
}
