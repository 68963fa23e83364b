//! Parquet files with the types that data frames give their columns.

use std::path::PathBuf;
use std::sync::Arc;

use polars_arrow::array::{
    Array, BinaryViewArray, BooleanArray, DictionaryArray, ListArray, NullArray, PrimitiveArray,
    Utf8ViewArray,
};
use polars_arrow::datatypes::{ArrowDataType, ArrowSchema, Field, TimeUnit};
use polars_arrow::offset::OffsetsBuffer;
use polars_arrow::record_batch::RecordBatchT;
use polars_arrow::types::NativeType;
use polars_buffer::Buffer;
use polars_parquet::write::{
    CompressionOptions, Encoding, FileWriter, KeyValue, StatisticsOptions, Version, WriteOptions,
    row_group_iter, to_parquet_schema,
};
use simbet::{MatchRecord, Matches, ReadConfig, read, read_bytes};

pub type Column = (&'static str, Box<dyn Array>);

/// A file with these columns, in one group of rows.
pub fn parquet(columns: Vec<Column>) -> Vec<u8> {
    parquet_with(columns, CompressionOptions::Snappy, None)
}

/// The same with these pairs of texts in its footer, where they are not the usual ones.
pub fn parquet_with(
    columns: Vec<Column>,
    compression: CompressionOptions,
    pairs: Option<Vec<KeyValue>>,
) -> Vec<u8> {
    let fields = columns
        .iter()
        .map(|(name, array)| Field::new((*name).into(), array.dtype().clone(), true));
    let schema: ArrowSchema = fields.map(|field| (field.name.clone(), field)).collect();
    let options = WriteOptions {
        statistics: StatisticsOptions::empty(),
        version: Version::V1,
        compression,
        data_page_size: None,
    };
    let arrays: Vec<Box<dyn Array>> = columns.into_iter().map(|(_, array)| array).collect();
    let (height, count) = (arrays[0].len(), arrays.len());
    let encodings = arrays.iter().map(|array| match array.dtype() {
        ArrowDataType::Dictionary(..) => vec![Encoding::RleDictionary],
        _ => vec![Encoding::Plain],
    });
    let encodings: Buffer<Vec<Encoding>> = encodings.collect::<Vec<_>>().into();
    assert_eq!(encodings.len(), count);
    let types = to_parquet_schema(&schema).unwrap().fields().to_vec();
    let mut writer = FileWriter::try_new(Vec::new(), schema.clone(), options).unwrap();
    let batch = RecordBatchT::new(height, Arc::new(schema), arrays);
    let rows = row_group_iter(batch, encodings, types, options);
    writer.write(height as u64, rows).unwrap();
    writer.end(pairs).unwrap();
    writer.into_inner()
}

pub fn texts(texts: [&str; 2]) -> Box<dyn Array> {
    Utf8ViewArray::from_slice_values(texts).boxed()
}

fn numbers<T: NativeType>(values: [T; 2]) -> Box<dyn Array> {
    PrimitiveArray::from_slice(values).boxed()
}

fn typed<T: NativeType>(dtype: ArrowDataType, values: [T; 2]) -> Box<dyn Array> {
    PrimitiveArray::new(dtype, values.to_vec().into(), None).boxed()
}

/// The sample with other columns in place of its own, or besides them.
pub fn with(others: Vec<Column>) -> Vec<u8> {
    let mut columns: Vec<Column> = vec![
        ("date", texts(["2023-08-05", "2023-08-12"])),
        ("home_team", texts(["Ashford", "Corby"])),
        ("away_team", texts(["Bexley", "Dunmow"])),
        ("home_goals", numbers([2_i64, 1])),
        ("away_goals", numbers([0_i64, 1])),
        ("odds_home", numbers([2.1_f64, 2.5])),
        ("odds_draw", numbers([3.4_f64, 3.2])),
        ("odds_away", numbers([3.6_f64, 2.9])),
    ];
    for (name, array) in others {
        match columns.iter_mut().find(|(known, _)| *known == name) {
            Some(column) => column.1 = array,
            None => columns.push((name, array)),
        }
    }
    parquet(columns)
}

fn parse(bytes: &[u8]) -> Matches {
    read_bytes("m.parquet", bytes, &ReadConfig::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn sample() -> Vec<MatchRecord> {
    let csv = "date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n\
        2023-08-05,Ashford,Bexley,2,0,2.1,3.4,3.6\n2023-08-12,Corby,Dunmow,1,1,2.5,3.2,2.9\n";
    let matches = read_bytes("m.csv", csv.as_bytes(), &ReadConfig::default());
    matches.unwrap().records
}

const DAYS: [i32; 2] = [19_574, 19_581];

#[test]
fn a_date_of_any_type_is_that_day() {
    use ArrowDataType::{Date32, Date64, Timestamp};
    let seconds = DAYS.map(|days| i64::from(days) * 86_400);
    let scaled = |scale: i64| seconds.map(|seconds| seconds * scale);
    let dates = [
        typed(Date32, DAYS),
        typed(Date64, scaled(1_000)),
        typed(Timestamp(TimeUnit::Millisecond, None), scaled(1_000)),
        typed(Timestamp(TimeUnit::Microsecond, None), scaled(1_000_000)),
        typed(Timestamp(TimeUnit::Nanosecond, None), scaled(1_000_000_000)),
    ];
    for date in dates {
        let dtype = date.dtype().clone();
        assert_eq!(
            parse(&with(vec![("date", date)])).records,
            sample(),
            "{dtype:?}"
        );
    }
}

#[test]
fn numbers_of_any_type_are_that_number() {
    let goals: [[Box<dyn Array>; 2]; 6] = [
        [numbers([2_i8, 1]), numbers([0_i8, 1])],
        [numbers([2_i16, 1]), numbers([0_i16, 1])],
        [numbers([2_u8, 1]), numbers([0_u8, 1])],
        [numbers([2_u16, 1]), numbers([0_u16, 1])],
        [numbers([2_u32, 1]), numbers([0_u64, 1])],
        [numbers([2.0_f64, 1.0]), numbers([0.0_f32, 1.0])],
    ];
    for [home, away] in goals {
        let dtype = home.dtype().clone();
        let bytes = with(vec![("home_goals", home), ("away_goals", away)]);
        assert_eq!(parse(&bytes).records, sample(), "{dtype:?}");
    }
    let prices = [
        numbers([2.1_f32, 2.5]),
        typed(ArrowDataType::Decimal(10, 2), [210_i128, 250]),
        texts(["2.10", "2.5"]),
    ];
    for price in prices {
        let dtype = price.dtype().clone();
        assert_eq!(
            parse(&with(vec![("odds_home", price)])).records,
            sample(),
            "{dtype:?}"
        );
    }
}

#[test]
fn categories_are_the_words_that_they_stand_for() {
    let keys = PrimitiveArray::<u32>::from_slice([1, 0]);
    let words = Utf8ViewArray::from_slice_values(["Corby", "Ashford"]).boxed();
    let teams = DictionaryArray::try_from_keys(keys, words, false)
        .unwrap()
        .boxed();
    assert_eq!(parse(&with(vec![("home_team", teams)])).records, sample());
}

#[test]
fn a_missing_value_is_an_empty_cell() {
    let missing = PrimitiveArray::<f64>::from([Some(2.0), None]).boxed();
    let nan = numbers([0.0_f64, f64::NAN]);
    let bytes = with(vec![("home_goals", missing), ("away_goals", nan)]);
    let matches = parse(&bytes);
    assert_eq!((matches.counts.matches, matches.counts.fixtures), (1, 1));
}

pub fn lists() -> Box<dyn Array> {
    let values = PrimitiveArray::<i64>::from_slice([1, 2, 3]).boxed();
    let dtype = ListArray::<i64>::default_datatype(ArrowDataType::Int64);
    let offsets = OffsetsBuffer::try_from(vec![0, 1, 3]).unwrap();
    ListArray::<i64>::new(dtype, offsets, values, None).boxed()
}

#[test]
fn a_column_that_is_not_needed_may_have_any_type() {
    let others: [Box<dyn Array>; 5] = [
        lists(),
        BinaryViewArray::from_slice_values([&b"\xff"[..], b"a"]).boxed(),
        typed(ArrowDataType::Duration(TimeUnit::Nanosecond), [1_i64, 2]),
        BooleanArray::from_slice([true, false]).boxed(),
        NullArray::new(ArrowDataType::Null, 2).boxed(),
    ];
    for other in others {
        let dtype = other.dtype().clone();
        assert_eq!(
            parse(&with(vec![("other", other)])).records,
            sample(),
            "{dtype:?}"
        );
    }
}

#[test]
fn a_column_that_is_needed_and_has_no_meaning_is_named_with_its_type() {
    for (column, array, expected) in [
        ("odds_home", lists(), "column odds_home is a list"),
        (
            "date",
            BinaryViewArray::from_slice_values([&b"a"[..], b"b"]).boxed(),
            "column date is binary",
        ),
    ] {
        let bytes = with(vec![(column, array)]);
        let error = read_bytes("m.parquet", &bytes, &ReadConfig::default())
            .unwrap_err()
            .to_string();
        assert!(
            error.contains(expected) && error.starts_with("m.parquet: "),
            "{error}"
        );
    }
}

#[test]
fn parquet_is_known_by_its_bytes_and_its_header_is_judged_as_in_csv() {
    let named_csv = read_bytes("m.csv", &with(vec![]), &ReadConfig::default()).unwrap();
    assert_eq!(named_csv.records, sample());
    let bytes = parquet(vec![("day", texts(["2023-08-05", "2023-08-12"]))]);
    let error = read_bytes("m.parquet", &bytes, &ReadConfig::default()).unwrap_err();
    assert!(!error.to_string().contains("damaged"), "{error}");
}

#[test]
fn a_damaged_file_is_an_error_and_never_a_panic() {
    let bytes = with(vec![
        ("other", lists()),
        ("time", texts(["15:00", "20:00"])),
    ]);
    for cut in [4, 8, bytes.len() / 2, bytes.len() - 1] {
        let error = read_bytes("m.parquet", &bytes[..cut], &ReadConfig::default()).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("m.parquet is damaged or incomplete ("),
            "{error}"
        );
    }
    for at in 4..bytes.len() {
        for mask in [0x01, 0x80, 0xff] {
            let mut damaged = bytes.clone();
            damaged[at] ^= mask;
            let _ = read_bytes("m.parquet", &damaged, &ReadConfig::default());
        }
    }
}

#[test]
fn the_same_matches_from_a_data_frame_read_alike_whatever_the_date_is() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/cases/parquet-dates");
    if !folder.is_dir() {
        eprintln!("skipped: there is no {}", folder.display());
        return;
    }
    let file = |name: &str| {
        let path = folder.join(name).to_str().unwrap().to_owned();
        let matches = read(&[path], &ReadConfig::default(), &|_, _| {}).unwrap();
        let records = matches.records.into_iter();
        records
            .map(|record| {
                (
                    record.fixture.day,
                    record.fixture.kickoff,
                    record.score,
                    record.pre,
                )
            })
            .collect::<Vec<_>>()
    };
    let text = file("text.parquet");
    assert_eq!(text.len(), 2);
    for name in [
        "date32.parquet",
        "timestamp.parquet",
        "unused_column.parquet",
    ] {
        assert_eq!(file(name), text, "{name}");
    }
}
