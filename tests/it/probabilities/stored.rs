//! Probabilities of Parquet files, whose numbers were never text.

use std::fs;

use polars_arrow::array::{Array, PrimitiveArray};

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
