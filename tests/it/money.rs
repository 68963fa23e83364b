//! Money, its one rounding rule, and commission.

use proptest::prelude::*;
use simbet::{Book, Commission, MarketKind, Money, Odds, Outcome};

fn cents(minor: i64) -> Money {
    Money::from_minor(minor)
}

/// The nearest whole number to numerator / denominator, halves away from zero, in whole numbers throughout.
fn nearest(numerator: i128, denominator: i128) -> i128 {
    let (quotient, rest) = (numerator.abs() / denominator, numerator.abs() % denominator);
    (quotient + i128::from(2 * rest >= denominator)) * numerator.signum()
}

/// Odds of so many thousandths.
fn odds(thousandths: u32) -> Odds {
    Odds::new(f64::from(thousandths) / 1000.0).unwrap()
}

proptest! {
    #[test]
    fn winnings_are_exact_for_odds_of_three_decimals(minor in 0..1_000_000_000_000_i64, thousandths in 1_001..1_000_000_u32) {
        let exact = nearest(i128::from(minor) * i128::from(thousandths - 1000), 1000);
        let half = nearest(i128::from(minor) * i128::from(thousandths - 1000), 2000);
        let limit = i128::from(Money::LIMIT.minor());
        prop_assert_eq!(i128::from(cents(minor).winnings(odds(thousandths)).minor()), exact.min(limit));
        prop_assert_eq!(i128::from(cents(minor).half_winnings(odds(thousandths)).minor()), half.min(limit));
    }

    #[test]
    fn every_payout_is_the_exact_one_rounded_once(minor in 1..10_000_000_i64, thousandths in 1_001..200_000_u32) {
        let (stake, net) = (i128::from(minor), i128::from(thousandths) - 1000);
        for outcome in Outcome::ALL {
            // twice a thousand times the payout
            let exact = match outcome {
                Outcome::Won => 2 * stake * (1000 + net),
                Outcome::HalfWon => stake * (2000 + net),
                Outcome::Void => 2000 * stake,
                Outcome::HalfLost => 1000 * stake,
                Outcome::Lost => 0,
            };
            let payout = outcome.payout(cents(minor), odds(thousandths));
            prop_assert_eq!(i128::from(payout.minor()), nearest(exact, 2000));
        }
    }

    #[test]
    fn a_share_in_hundredths_of_a_percent_is_exact(minor in -100_000_000_000..100_000_000_000_i64, share in 0..=10_000_i64) {
        let exact = nearest(i128::from(minor) * i128::from(share), 10_000);
        prop_assert_eq!(i128::from(cents(minor).share(share as f64 / 10_000.0).minor()), exact);
    }

    #[test]
    fn an_amount_survives_the_way_through_a_decimal_number(minor in -1_000_000_000_000_000..=1_000_000_000_000_000_i64) {
        let amount = cents(minor);
        prop_assert_eq!(Money::from_units(amount.units()), Some(amount));
        prop_assert_eq!(amount.to_string().parse::<Money>().unwrap(), amount);
        let json = serde_json::to_string(&amount).unwrap();
        prop_assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), amount);
    }

    #[test]
    fn no_odds_and_no_stake_overflow(minor in any::<i64>(), decimal in 1.0..1e300_f64) {
        if let Ok(odds) = Odds::new(decimal) {
            let stake = cents(minor.clamp(0, Money::LIMIT.minor()));
            for outcome in Outcome::ALL {
                let payout = outcome.payout(stake, odds);
                prop_assert!(payout >= Money::ZERO && payout <= stake + Money::LIMIT);
            }
        }
    }

    #[test]
    fn scaling_down_never_exceeds_what_is_shared_out(stakes in prop::collection::vec(0..10_000_000_i64, 1..30), limit in 0..1_000_000_i64) {
        let total: Money = stakes.iter().map(|&minor| cents(minor)).sum();
        prop_assume!(total > cents(limit));
        let scaled: Money = stakes.iter().map(|&minor| cents(minor).scaled_down(cents(limit), total)).sum();
        prop_assert!(scaled <= cents(limit));
        prop_assert!(scaled > cents(limit) - cents(stakes.len() as i64));
    }
}

/// A nudge proportional to the amount, meant for the noise of binary fractions, once added whole cents to amounts
/// above 500 million.
#[test]
fn a_large_amount_gains_no_cents_by_rounding() {
    assert_eq!(Money::from_units(5e9), Some(cents(500_000_000_000)));
    assert_eq!(cents(900_000_000_000).share(1.0), cents(900_000_000_000));
    assert_eq!(Money::from_units(1e13), Some(Money::LIMIT));
    assert_eq!(Money::from_units(1.1e13), None);
}

/// The nudge once reached a thousandth of a cent, and lifted 0.4992 of one.
#[test]
fn less_than_half_a_cent_is_rounded_down_also_of_millions() {
    assert_eq!(cents(-30_464_677_298).share(0.2104), cents(-6_409_768_103));
}

/// Half of winnings that had been rounded already was a cent too much: 5 cents at 1.1 win 0.5, half of it 0.25.
#[test]
fn half_a_win_is_rounded_once() {
    assert_eq!(Outcome::HalfWon.payout(cents(5), odds(1100)), cents(5));
}

#[test]
fn halves_round_away_from_zero() {
    assert_eq!((cents(3).half(), cents(-3).half()), (cents(2), cents(-2)));
    assert_eq!(Money::from_units(20.505), Some(cents(2051)));
    assert_eq!(cents(-1050).share(0.01), cents(-11));
    assert_eq!(cents(150).winnings(odds(2150)), cents(173));
}

#[test]
fn an_amount_that_is_no_number_is_refused_in_words() {
    let error = "ten".parse::<Money>().unwrap_err().to_string();
    assert!(
        error.contains("\"ten\"") && error.contains("12.50"),
        "{error}"
    );
    assert!("NaN".parse::<Money>().is_err() && "inf".parse::<Money>().is_err());
}

#[test]
fn a_commission_reads_as_it_is_written() {
    for (text, rates) in [
        ("0.05", [0.05; 4]),
        ("ah=0.02", [0.0, 0.0, 0.02, 0.0]),
        ("0.05, ou=0", [0.05, 0.0, 0.05, 0.05]),
    ] {
        let commission: Commission = text.parse().unwrap();
        let of_average = |kind| commission.rate(Book::AVG, kind);
        assert_eq!(MarketKind::ALL.map(of_average), rates);
        assert_eq!(
            commission.to_string().parse::<Commission>().unwrap(),
            commission
        );
        let json = serde_json::to_string(&commission).unwrap();
        assert_eq!(
            serde_json::from_str::<Commission>(&json).unwrap(),
            commission
        );
    }
    assert_eq!(
        serde_json::to_string(&Commission::flat(0.05).unwrap()).unwrap(),
        "0.05"
    );
    for text in ["", "1", "-0.1", "NaN", "1x2", "ps:corners=0.05", "0.05,"] {
        assert!(text.parse::<Commission>().is_err(), "{text:?}");
    }
}
