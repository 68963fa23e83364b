//! Removing the margin, against published numbers.

use clap::ValueEnum as _;
use proptest::prelude::*;
use simbet::MarginMethod;
use simbet::internals::predict::margin::{MarginError, add, fair};

/// The introduction vignette of the R package `implied`.
const A: [f64; 3] = [4.20, 3.70, 1.95];
const B: [f64; 3] = [2.45, 3.70, 2.90];

/// Every method, those of tomorrow included.
pub fn methods() -> impl Iterator<Item = MarginMethod> {
    MarginMethod::value_variants().iter().copied()
}

#[track_caller]
fn check(odds: &[f64], method: MarginMethod, expected: &[f64], tolerance: f64) {
    let probabilities = fair(odds, method).unwrap();
    assert_eq!(probabilities.len(), expected.len());
    for (p, e) in probabilities.iter().zip(expected) {
        assert!(
            (p - e).abs() < tolerance,
            "{method:?}: {probabilities:?}, expected {expected:?}"
        );
    }
}

#[test]
fn the_vignette_of_implied_is_reproduced() {
    // converged double-precision values; the iterative methods of the vignette itself are good to 1e-5
    for (method, a, b) in [
        (
            MarginMethod::Multiplicative,
            [0.233155599, 0.264663112, 0.502181289],
            [0.398884758, 0.264126394, 0.336988848],
        ),
        (
            MarginMethod::Additive,
            [0.231033231, 0.263208263, 0.505758506],
            [0.400409558, 0.262516563, 0.337073879],
        ),
        (
            MarginMethod::OddsRatio,
            [0.232004527, 0.263641296, 0.504354177],
            [0.399691353, 0.263386748, 0.336921899],
        ),
        (
            MarginMethod::Power,
            [0.231140980, 0.263064092, 0.505794928],
            [0.400316650, 0.262717908, 0.336965442],
        ),
        (
            MarginMethod::Shin,
            [0.231571959, 0.263574496, 0.504853545],
            [0.400022061, 0.262927150, 0.337050789],
        ),
    ] {
        check(&A, method, &a, 6e-10);
        check(&B, method, &b, 6e-10);
    }
    check(
        &A,
        MarginMethod::Power,
        &[0.2311414, 0.2630644, 0.5057941],
        1e-5,
    );
    check(
        &A,
        MarginMethod::Shin,
        &[0.2315811, 0.2635808, 0.5048382],
        2e-5,
    );
}

#[test]
fn goto_takes_the_same_number_of_standard_errors_from_each_price() {
    // the inverse odds .8, .16 and .1 sum to 1.06; √(1 − q) is .447214, .916515 and .948683, together 2.312412, so
    // that .06/2.312412 of each is taken
    let expected = [0.788_396_178_8, 0.136_219_243_1, 0.075_384_578_1];
    check(&[1.25, 6.25, 10.0], MarginMethod::Goto, &expected, 1e-9);
    // an outsider at 120 has less than one percent, and all of it is margin
    assert!(fair(&[1.02, 15.0, 120.0], MarginMethod::Goto).is_err());
}

#[test]
fn shin_agrees_with_the_package_of_that_name() {
    // mberk/shin
    let three = [
        0.372_994_060_332_089_65,
        0.404_779_410_920_018_4,
        0.222_226_528_747_474_25,
    ];
    check(&[2.6, 2.4, 4.3], MarginMethod::Shin, &three, 2e-12);
    let two = [0.650_851_581_508_515_7, 0.349_148_418_491_484_1];
    check(&[1.5, 2.74], MarginMethod::Shin, &two, 2e-12);
    // with two outcomes Shin's method is the additive one
    check(&[1.5, 2.74], MarginMethod::Additive, &two, 2e-12);
}

#[test]
fn a_negative_probability_is_an_error() {
    let odds = [0.870, 0.2, 0.1, 0.05, 0.02, 0.01].map(|implied| 1.0 / implied);
    let Err(MarginError::NotAProbability(p)) = fair(&odds, MarginMethod::Additive) else {
        panic!("not refused")
    };
    assert!((p + 0.021_666_67).abs() < 1e-8);
    assert!(matches!(
        fair(&odds, MarginMethod::Goto),
        Err(MarginError::NotAProbability(_))
    ));
    let subtracts = [MarginMethod::Additive, MarginMethod::Goto];
    for method in methods().filter(|method| !subtracts.contains(method)) {
        assert!(fair(&odds, method).unwrap().iter().all(|p| *p > 0.0));
    }
}

#[test]
fn what_is_no_market_is_refused() {
    assert_eq!(
        fair(&[2.0], MarginMethod::Power),
        Err(MarginError::TooFew(1))
    );
    assert_eq!(
        fair(&[2.0, 1.0], MarginMethod::Power),
        Err(MarginError::Odds(1.0))
    );
    assert!(matches!(
        fair(&[2.0, f64::NAN], MarginMethod::Power),
        Err(MarginError::Odds(_))
    ));
}

proptest! {
    #[test]
    fn a_fair_book_is_left_alone(weights in prop::collection::vec(0.05_f64..1.0, 2..6)) {
        let sum: f64 = weights.iter().sum();
        let odds: Vec<f64> = weights.iter().map(|weight| sum / weight).collect();
        for method in methods() {
            for (p, odds) in fair(&odds, method).unwrap().iter().zip(&odds) {
                prop_assert!((p - 1.0 / odds).abs() < 1e-12, "{method:?} {p} {odds}");
            }
        }
    }

    #[test]
    fn order_is_kept_and_the_sum_is_one(
        weights in prop::collection::vec(0.02_f64..1.0, 2..6),
        // from the least to the most that the reader lets through
        total in 0.85_f64..1.4,
    ) {
        let sum: f64 = weights.iter().sum();
        let odds: Vec<f64> = weights.iter().map(|weight| sum / (weight * total)).collect();
        prop_assume!(odds.iter().all(|odds| *odds > 1.0));
        for method in methods() {
            let Ok(probabilities) = fair(&odds, method) else { continue };
            prop_assert!((probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{method:?} {odds:?}");
            for (p, o) in probabilities.iter().zip(&odds) {
                for (q, r) in probabilities.iter().zip(&odds) {
                    prop_assert!(o > r || p >= q, "{method:?} {odds:?} {probabilities:?}");
                }
            }
        }
    }

    #[test]
    fn any_numbers_give_probabilities_or_an_error(odds in prop::collection::vec(any::<f64>(), 0..6)) {
        for method in methods() {
            if let Ok(probabilities) = fair(&odds, method) {
                prop_assert!(probabilities.iter().all(|p| (0.0..=1.0).contains(p)));
            }
        }
    }
}

#[test]
fn adding_the_margin_of_the_vignette_gives_its_odds_back() {
    for method in methods() {
        for odds in [A, B] {
            let margin = odds.iter().map(|o| 1.0 / o).sum::<f64>() - 1.0;
            let mut prices = fair(&odds, method).unwrap();
            add(&mut prices, margin, method).unwrap();
            for (price, odds) in prices.iter().zip(odds) {
                assert!(
                    (1.0 / price - odds).abs() < 1e-9,
                    "{method:?}: {} for {odds}",
                    1.0 / price
                );
            }
        }
    }
}

#[test]
fn a_margin_that_nobody_could_ask_is_an_error() {
    let error = add(&mut [0.5, 0.5], 1.0, MarginMethod::Shin).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a margin must be at least 0 and below 1, not 1"
    );
    assert!(matches!(
        add(&mut [0.5, 0.5], f64::NAN, MarginMethod::Shin),
        Err(MarginError::Margin(_))
    ));
    assert_eq!(
        add(&mut [1.0, 0.0], 0.05, MarginMethod::Shin).unwrap_err(),
        MarginError::Probability(1.0)
    );
    assert_eq!(
        add(&mut [0.5, 0.4], 0.05, MarginMethod::Power).unwrap_err(),
        MarginError::Sum(0.9)
    );
    assert_eq!(
        add(&mut [1.0], 0.05, MarginMethod::Power).unwrap_err(),
        MarginError::TooFew(1)
    );
}

proptest! {
    #[test]
    fn a_margin_that_was_added_is_removed_again(
        weights in prop::collection::vec(0.02..1.0_f64, 2..6), margin in 0.0..0.2_f64, method in prop::sample::select(MarginMethod::value_variants())
    ) {
        let sum: f64 = weights.iter().sum();
        let truth: Vec<f64> = weights.iter().map(|weight| weight / sum).collect();
        let mut prices = truth.clone();
        add(&mut prices, margin, method).unwrap();
        prop_assert!((prices.iter().sum::<f64>() - 1.0 - margin).abs() < 1e-9);
        prop_assume!(prices.iter().all(|price| *price < 1.0));
        let odds: Vec<f64> = prices.iter().map(|price| 1.0 / price).collect();
        for (p, truth) in fair(&odds, method).unwrap().iter().zip(&truth) {
            prop_assert!((p - truth).abs() < 1e-9, "{:?} {} {}", method, p, truth);
        }
    }
}
