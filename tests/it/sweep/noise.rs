//! From simulated bets to the verdict: without skill and with some.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use simbet::Book;
use simbet::internals::config::Grid;
use simbet::internals::source::synthetic::{football_data_header, football_data_row};
use simbet::internals::sweep::DataSnooping;
use simbet::internals::sweep::SweepConfig;
use simbet::internals::sweep::sweep;
use simbet::{BookmakerConfig, Synthetic, SyntheticConfig};
use simbet::{ReadConfig, read_bytes};
use simbet::{RunConfig, Settings};

/// A file of invented matches at fair prices; those of home sides are raised by `gift`.
fn matches(seed: u64, gift: f64) -> Vec<u8> {
    let fair = BookmakerConfig {
        margin: 0.0,
        noise: 0.0,
        closing_noise: 0.0,
        decimals: 4,
        ..BookmakerConfig::default()
    };
    let config = SyntheticConfig {
        bookmaker: fair,
        matches: 760,
        seed,
        ..SyntheticConfig::default()
    };
    let mut source = Synthetic::new(&config).unwrap();
    source.restart(1);
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = football_data_header(Book::AVG, &config.markets).unwrap();
    let home = header.iter().position(|column| column == "AvgH").unwrap();
    writer.write_record(&header).unwrap();
    loop {
        let rows = football_data_row(&mut source).unwrap();
        if rows.is_empty() {
            return writer.into_inner().unwrap();
        }
        for mut row in rows {
            // a side that is too likely gets no price
            if let Ok(odds) = row[home].parse::<f64>() {
                row[home] = (odds * (1.0 + gift)).to_string();
            }
            writer.write_record(&row).unwrap();
        }
    }
}

/// Flat stakes on all that the filters let pass: nobody predicts anything.
fn selection(seed: u64, gift: f64) -> DataSnooping {
    let axes = ["selections=home,draw,away", "min_odds=1.1,2.5,3.5"];
    swept(&matches(seed, gift), &axes, Some(1.0))
}

fn swept(bytes: &[u8], axes: &[&str], block_length: Option<f64>) -> DataSnooping {
    let axes = axes.iter().map(|axis| axis.parse().unwrap()).collect();
    let grid = Grid::new(axes, &["flat:10".parse().unwrap()]).unwrap();
    let points = grid
        .resolve(&Settings::default(), &RunConfig::resolve)
        .unwrap()
        .points;
    let config = SweepConfig {
        resamples: 200,
        block_length,
        parts: 8,
        ..SweepConfig::new(
            grid.names().into_iter().map(str::to_owned).collect(),
            points,
        )
    };
    let mut reader = |config: &ReadConfig| read_bytes("sim.csv", bytes, config).map(Arc::new);
    sweep(&config, &mut reader, None, &AtomicBool::new(false), &|_| {})
        .unwrap()
        .data_snooping
}

#[test]
fn bets_without_skill_give_uniform_p_and_half_of_the_choices_are_overfitted() {
    let all: Vec<DataSnooping> = (0..100).map(|seed| selection(seed, 0.0)).collect();
    let mut p: Vec<f64> = all.iter().map(|one| one.reality_check.unwrap().p).collect();
    p.sort_unstable_by(f64::total_cmp);
    let n = p.len() as f64;
    let gap = |(i, p): (usize, &f64)| (p - i as f64 / n).max((i + 1) as f64 / n - p);
    let distance = p.iter().enumerate().map(gap).fold(0.0, f64::max);
    // Kolmogorov's 1.9495/√n, one set in a thousand, and the step of 200 resamples
    assert!(distance < 1.9495 / n.sqrt() + 0.005, "{distance}");
    let overfitted = all
        .iter()
        .map(|one| one.overfitting.unwrap().probability)
        .sum::<f64>()
        / n;
    assert!((overfitted - 0.5).abs() < 0.1, "{overfitted}");
    let sure = all
        .iter()
        .filter(|one| one.deflated_sharpe.unwrap() > 0.95)
        .count();
    assert!(sure < 12, "{sure}");
}

/// A season of ten matches a match day, bet on at home and away at fair prices.
#[test]
fn a_season_without_skill_is_seldom_called_skill() {
    let mut beyond = [0; 2];
    for seed in 0..200 {
        let bytes = matches(seed, 0.0);
        let lines: Vec<&str> = std::str::from_utf8(&bytes).unwrap().lines().collect();
        let season = lines[..=380].join("\n");
        let one = swept(season.as_bytes(), &["selections=home,away"], None);
        assert!(one.days >= 30 && one.block_length < 5.0, "{one:?}");
        beyond[0] += i32::from(one.reality_check.unwrap().p < 0.05);
        beyond[1] += i32::from(one.spa.unwrap().p < 0.05);
    }
    // ten are to be expected, and more than 20 once in a thousand; blocks of ten match days make thirty
    assert!(beyond[0] <= 20 && beyond[1] <= 20, "{beyond:?}");
}

#[test]
fn one_price_that_is_too_good_is_found() {
    let all: Vec<DataSnooping> = (0..20).map(|seed| selection(seed, 0.25)).collect();
    let mean = |value: &dyn Fn(&DataSnooping) -> f64| all.iter().map(value).sum::<f64>() / 20.0;
    let p = mean(&|one| one.spa.unwrap().p);
    let overfitted = mean(&|one| one.overfitting.unwrap().probability);
    assert!(p < 0.05 && overfitted < 0.2, "{p} {overfitted}");
}
