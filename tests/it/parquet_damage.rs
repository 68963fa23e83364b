//! Parquet that is damaged, or made to do harm: each file is read or is an error, and none ends the program, fills the memory
//! or prints what only a developer understands.

use std::path::Path;
use std::process::{Command, Output};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20::ChaCha8Rng;
use polars_arrow::array::{Array, DictionaryArray, NullArray, PrimitiveArray, Utf8ViewArray};
use polars_arrow::datatypes::ArrowDataType;
use polars_arrow_format::ipc::planus::{Builder, Offset};
use polars_arrow_format::ipc::{self, Field, Message, MessageHeader, Schema, Type};
use polars_parquet::write::{CompressionOptions, KeyValue};
use rand::{Rng as _, RngExt as _, SeedableRng as _};
use simbet::{ReadConfig, read_bytes};

use crate::parquet::{lists, parquet, parquet_with, texts, with};

/// The error of a file.
fn failure(bytes: &[u8]) -> String {
    let error = read_bytes("m.parquet", bytes, &ReadConfig::default());
    error.map(|matches| matches.counts).unwrap_err().to_string()
}

/// A good file with columns of several types.
fn good() -> Vec<u8> {
    with(vec![
        ("other", lists()),
        ("time", texts(["15:00", "20:00"])),
    ])
}

/// A file cut, or with some of its bytes changed, or the length of its footer.
fn damaged(good: &[u8], random: &mut ChaCha8Rng) -> Vec<u8> {
    let mut bytes = good.to_vec();
    match random.random_range(0..4) {
        0 => bytes.truncate(random.random_range(4..good.len())),
        1 => {
            let at = random.random_range(4..good.len());
            bytes[at] = random.random();
        }
        2 => {
            for _ in 0..random.random_range(2..20) {
                let at = random.random_range(4..good.len());
                bytes[at] ^= 1 << random.random_range(0..8);
            }
        }
        _ => {
            // in the footer, where what is claimed stands
            let from = good.len() - random.random_range(9..good.len() / 2);
            let length = random.random_range(1..8).min(good.len() - from);
            random.fill_bytes(&mut bytes[from..from + length]);
        }
    }
    bytes
}

/// simbet with two gigabytes of memory at most.
fn simbet(arguments: &str, folder: &Path) -> Output {
    let simbet = assert_cmd::cargo::cargo_bin("simbet");
    let command = format!("ulimit -v 2000000; exec {} {arguments}", simbet.display());
    let output = Command::new("sh")
        .args(["-c", &command])
        .current_dir(folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    for word in [
        "panicked",
        "RUST_BACKTRACE",
        "overflowed",
        "memory allocation",
    ] {
        assert!(!said.contains(word), "{said}");
    }
    output
}

#[test]
fn ten_thousand_damaged_files_are_read_or_are_errors() {
    let seed = 0x5eed;
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let good = good();
    let mut refused = 0;
    for at in 0..10_000 {
        let bytes = damaged(&good, &mut random);
        if let Err(error) = read_bytes("m.parquet", &bytes, &ReadConfig::default()) {
            refused += 1;
            let error = error.to_string();
            assert!(
                error.starts_with("m.parquet") || error.starts_with("the input"),
                "seed {seed}, file {at}: {error}"
            );
        }
    }
    assert!(refused > 5_000, "{refused}");
}

#[test]
fn nothing_of_a_panic_is_printed_on_any_thread() {
    let folder = tempfile::tempdir().unwrap();
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let good = good();
    for at in 0..400 {
        let path = folder.path().join(format!("{at}.parquet"));
        std::fs::write(path, damaged(&good, &mut random)).unwrap();
    }
    let output = simbet("inspect . --threads 3", folder.path());
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("is damaged or incomplete ("), "{said}");
}

/// The length of the footer, and the file before it.
fn cut_footer(bytes: &[u8]) -> (&[u8], &[u8]) {
    let (rest, _) = bytes.split_last_chunk::<4>().unwrap();
    let (rest, length) = rest.split_last_chunk::<4>().unwrap();
    rest.split_at(rest.len() - u32::from_le_bytes(*length) as usize)
}

fn with_footer(before: &[u8], footer: &[u8]) -> Vec<u8> {
    let length = (footer.len() as u32).to_le_bytes();
    [before, footer, &length, b"PAR1"].concat()
}

#[test]
fn a_footer_that_claims_two_billion_columns_or_levels_is_an_error_and_no_abort() {
    let (good, folder) = (good(), tempfile::tempdir().unwrap());
    let (before, _) = cut_footer(&good);
    let billions = [0xfc, 0xff, 0xff, 0xff, 0xff, 0x07];
    let version = [0x15, 2];
    let schema = [&version[..], &[0x19], &billions, &[0]].concat();
    let groups = [&version[..], &[0x39], &billions, &[0]].concat();
    let rows = [&version[..], &[0x49], &billions, &[0]].concat();
    // a schema of a hundred thousand groups, each in the one before
    let count = 100_000_u32;
    let mut deep = [&version[..], &[0x19, 0xfc]].concat();
    deep.extend([
        count as u8 | 0x80,
        (count >> 7) as u8 | 0x80,
        (count >> 14) as u8,
    ]);
    for _ in 0..count {
        deep.extend([0x35, 0, 0x18, 1, b'a', 0x15, 2, 0]);
    }
    deep.extend([0x16, 2, 0x19, 0x0c, 0]);
    for (at, footer) in [schema, groups, rows, deep].iter().enumerate() {
        let name = format!("{at}.parquet");
        std::fs::write(folder.path().join(&name), with_footer(before, footer)).unwrap();
        let output = simbet(&format!("backtest {name}"), folder.path());
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(
            said.starts_with(&format!("error: {name} is damaged or incomplete (")),
            "{said}"
        );
    }
}

/// An Arrow schema with one column, which `nest` makes of a leaf.
fn arrow_schema(nest: impl Fn(&mut Builder, Offset<Field>) -> Offset<Field>) -> Vec<KeyValue> {
    let mut builder = Builder::new();
    let leaf = column(&mut builder, &[]);
    let column = nest(&mut builder, leaf);
    let schema = Schema::create(&mut builder, ipc::Endianness::Little, [column], (), ());
    let header = MessageHeader::create_schema(&mut builder, schema);
    let message = Message::create(&mut builder, ipc::MetadataVersion::V5, header, 0, ());
    let bytes = builder.finish(message, None);
    let framed = [&[0xff; 4][..], &(bytes.len() as u32).to_le_bytes(), bytes].concat();
    vec![KeyValue {
        key: "ARROW:schema".to_owned(),
        value: Some(STANDARD.encode(framed)),
    }]
}

fn column(builder: &mut Builder, children: &[Offset<Field>]) -> Offset<Field> {
    let kind = ipc::Struct::create(builder);
    let kind = Type::create_struct(builder, kind);
    Field::create(builder, "date", true, kind, (), children, ())
}

#[test]
fn an_arrow_schema_of_many_columns_in_few_bytes_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let doubled = arrow_schema(|builder, leaf| {
        (0..60).fold(leaf, |inner, _| column(builder, &[inner, inner]))
    });
    let wide = arrow_schema(|builder, leaf| {
        (0..3).fold(leaf, |inner, _| column(builder, &vec![inner; 20_000]))
    });
    let deep =
        arrow_schema(|builder, leaf| (0..200_000).fold(leaf, |inner, _| column(builder, &[inner])));
    for (name, schema) in [("doubled", doubled), ("wide", wide), ("deep", deep)] {
        let date = ("date", texts(["2023-08-05", "2023-08-12"]));
        let bytes = parquet_with(vec![date], CompressionOptions::Snappy, Some(schema));
        std::fs::write(folder.path().join(format!("{name}.parquet")), bytes).unwrap();
        let output = simbet(&format!("backtest {name}.parquet"), folder.path());
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{name}: {said}");
        assert!(said.contains("damaged or incomplete ("), "{name}: {said}");
    }
}

/// Columns of a match file with this many rows.
fn rows(count: usize, others: Vec<(&'static str, Box<dyn Array>)>) -> Vec<u8> {
    let words = |word: &str| {
        let keys = PrimitiveArray::<u32>::from_vec(vec![0; count]);
        let words = Utf8ViewArray::from_slice_values([word]).boxed();
        DictionaryArray::try_from_keys(keys, words, false)
            .unwrap()
            .boxed()
    };
    let mut columns: Vec<(&'static str, Box<dyn Array>)> = vec![
        ("date", words("2023-08-05")),
        ("home_team", words("Ashford")),
        ("away_team", words("Bexley")),
    ];
    for (name, array) in others {
        match columns.iter_mut().find(|(known, _)| *known == name) {
            Some(column) => column.1 = array,
            None => columns.push((name, array)),
        }
    }
    parquet(columns)
}

fn repeated(word: &str, count: usize) -> Box<dyn Array> {
    let keys = PrimitiveArray::<u32>::from_vec(vec![0; count]);
    let words = Utf8ViewArray::from_slice_values([word]).boxed();
    DictionaryArray::try_from_keys(keys, words, false)
        .unwrap()
        .boxed()
}

#[test]
fn rows_are_counted_before_they_are_decoded() {
    let bytes = rows(50_000, vec![]);
    assert!(bytes.len() < 20_000, "{}", bytes.len());
    let config = ReadConfig {
        max_rows: 49_999,
        ..ReadConfig::default()
    };
    let error = read_bytes("m.parquet", &bytes, &config)
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("the input has more than 49999 rows"),
        "{error}"
    );
}

#[test]
fn a_word_that_stands_in_every_row_does_not_fill_the_memory() {
    let folder = tempfile::tempdir().unwrap();
    let long = repeated(&"x".repeat(100_000), 50_000);
    let bytes = rows(50_000, vec![("home_team", long)]);
    assert!(bytes.len() < 1_000_000, "{}", bytes.len());
    std::fs::write(folder.path().join("m.parquet"), &bytes).unwrap();
    let output = simbet("backtest m.parquet", folder.path());
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("m.parquet grows to more than"), "{said}");
}

#[test]
fn pages_that_unpack_to_more_than_a_table_can_have_are_not_unpacked() {
    let text = "x".repeat(200 << 20);
    let long = texts([&text, &text]);
    let bytes = parquet_with(
        vec![
            ("date", texts(["2023-08-05", "2023-08-12"])),
            ("home_team", long),
            ("away_team", texts(["A", "B"])),
        ],
        CompressionOptions::Zstd(None),
        None,
    );
    assert!(bytes.len() < 1 << 20, "{}", bytes.len());
    let error = failure(&bytes);
    assert!(error.contains("grows to more than"), "{error}");
}

#[test]
fn a_column_of_nothing_is_a_column_of_empty_cells() {
    let nothing = NullArray::new(ArrowDataType::Null, 3).boxed();
    let bytes = rows(3, vec![("home_goals", nothing)]);
    assert!(
        failure(&bytes).contains("away_goals"),
        "{}",
        failure(&bytes)
    );
}

#[test]
#[cfg(unix)]
fn a_full_disk_is_an_error_and_leaves_the_file_that_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let epl = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/epl.csv");
    let simbet = assert_cmd::cargo::cargo_bin("simbet");
    let convert = |limit: &str| {
        // a file may grow to 16 KiB, and to write beyond is an error and no signal
        let command = format!(
            "trap '' XFSZ; {limit} exec {} convert {} --book avg --output m.parquet",
            simbet.display(),
            epl.display()
        );
        let mut sh = Command::new("sh");
        sh.args(["-c", &command]).current_dir(folder.path());
        sh.output().unwrap()
    };
    assert!(convert("").status.success());
    let before = std::fs::read(folder.path().join("m.parquet")).unwrap();
    assert!(before.len() > 1 << 14);
    let output = convert("ulimit -f 32;");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("error: cannot write") && !said.contains("panicked"),
        "{said}"
    );
    assert_eq!(
        std::fs::read(folder.path().join("m.parquet")).unwrap(),
        before
    );
    let names = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(names, 1, "nothing is left of what was begun");
}
