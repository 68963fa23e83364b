//! Probabilities of Parquet files, whose numbers were never text.

use std::fs;

use polars_arrow::array::{Array, PrimitiveArray};
use polars_arrow::datatypes::{ArrowDataType, TimeUnit};

use super::{MATCHES, folder, json};
use crate::backtest::simbet;
use crate::parquet::{parquet, texts};

/// A file of two matches, of which the second has this probability of a home win.
fn file(home: Box<dyn Array>) -> Vec<u8> {
    let missing = |value| PrimitiveArray::<f64>::from([Some(value), None]).boxed();
    parquet(vec![
        ("match_id", texts(["m1", "m2"])),
        ("p_home", home),
        ("p_draw", missing(0.25)),
        ("p_away", missing(0.25)),
    ])
}

/// A NaN, which says that a model has failed, was taken for a forecast that is not there, as a missing value is.
#[test]
fn a_nan_is_an_error_and_a_missing_value_is_none() {
    let folder = folder(MATCHES, "");
    let run = ["--probabilities", "p.parquet"];
    let path = folder.path().join("p.parquet");
    let missing = PrimitiveArray::<f64>::from([Some(0.5), None]).boxed();
    fs::write(&path, file(missing)).unwrap();
    let found = json(folder.path(), &run);
    assert_eq!(found["probabilities"]["rows"], 1);
    for nan in [
        PrimitiveArray::from_slice([0.5, f64::NAN]).boxed(),
        PrimitiveArray::from_slice([0.5_f32, f32::NAN]).boxed(),
    ] {
        fs::write(&path, file(nan)).unwrap();
        let mut failing = simbet();
        failing.current_dir(folder.path());
        failing.args(["backtest", "matches.csv", "--model", "file", "-q"]);
        let output = failing.args(run).assert().code(1);
        let said = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
        assert_eq!(
            said.trim_end(),
            "error: p.parquet, line 3, column 2 (p_home): expected a probability from 0 to 1, found \"NaN\"; leave the cell empty \
             where there is none"
        );
    }
}

/// A data frame has no type for days but that of times: they were taken for midnights, which came before every price of the day.
#[test]
fn a_column_of_midnights_is_one_of_days() {
    let folder = folder(MATCHES, "");
    let known = |hours: [i64; 2]| {
        // the matches are of 17 and 18 August 2024
        let hours = hours.map(|hour| Some((1_723_852_800 + hour * 3_600) * 1_000_000));
        let times = PrimitiveArray::<i64>::from(hours);
        let times = times.to(ArrowDataType::Timestamp(TimeUnit::Microsecond, None));
        let half = || PrimitiveArray::<f64>::from([Some(0.6), Some(0.6)]).boxed();
        let rest = || PrimitiveArray::<f64>::from([Some(0.2), Some(0.2)]).boxed();
        parquet(vec![
            ("match_id", texts(["m1", "m2"])),
            ("p_home", half()),
            ("p_draw", rest()),
            ("p_away", rest()),
            ("known_at", times.boxed()),
        ])
    };
    let run = |hours| {
        fs::write(folder.path().join("p.parquet"), known(hours)).unwrap();
        let mut run = simbet();
        run.current_dir(folder.path());
        run.args(["backtest", "matches.csv", "--model", "file"]);
        let output = run.args(["--probabilities", "p.parquet"]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.success(), said)
    };
    let (is_done, said) = run([-24, 0]);
    assert!(
        is_done && said.contains("known_at is midnight in every row: read as days"),
        "{said}"
    );
    let (is_done, said) = run([0, 24]);
    assert!(
        !is_done && said.contains("a day without a time counts as the end of that day"),
        "{said}"
    );
    // with another time beside them they are times
    let (is_done, said) = run([0, 23]);
    assert!(is_done && !said.contains("read as days"), "{said}");
}
