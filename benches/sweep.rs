//! A grid of staking settings on one set of predictions, and the statistics of the best of many.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rand::SeedableRng as _;
use rand_distr::{Distribution as _, StandardNormal};
use simbet::internals::config::Grid;
use simbet::internals::significance::{
    BlockBootstrap, data_snooping_tests, probability_of_overfitting,
};
use simbet::internals::sweep::SweepConfig;
use simbet::internals::sweep::sweep;
use simbet::{ReadConfig, read};
use simbet::{RunConfig, Settings};

fn staking_settings(c: &mut Criterion) {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/epl.csv").to_owned();
    let mut group = c.benchmark_group("sweep");
    group.sample_size(10);
    for fractions in [
        "kelly_fraction=0.1..1.0:0.1",
        "kelly_fraction=0.01..1.00:0.01",
    ] {
        let axes = vec![
            fractions.parse().unwrap(),
            "max_stake=0.01..0.10:0.01".parse().unwrap(),
        ];
        let grid = Grid::new(axes, &["kelly".parse().unwrap()]).unwrap();
        let points = grid
            .resolve(&Settings::default(), &RunConfig::resolve)
            .unwrap()
            .points;
        let config = SweepConfig::new(
            grid.names().into_iter().map(str::to_owned).collect(),
            points,
        );
        group.throughput(Throughput::Elements(config.points.len() as u64));
        group.bench_function(format!("epl_{}_settings", config.points.len()), |b| {
            let mut reader = |config: &ReadConfig| {
                read(std::slice::from_ref(&file), config, &|_, _| ()).map(Arc::new)
            };
            b.iter(|| {
                sweep(
                    black_box(&config),
                    &mut reader,
                    None,
                    &AtomicBool::new(false),
                    &|_| (),
                )
                .unwrap()
            });
        });
    }
    group.finish();
}

fn statistics(c: &mut Criterion) {
    let mut random = chacha20::ChaCha8Rng::seed_from_u64(1);
    let mut row = |_| {
        (0..1_000)
            .map(|_| StandardNormal.sample(&mut random))
            .collect::<Vec<f64>>()
    };
    let returns: Vec<Vec<f64>> = (0..1_000).map(&mut row).collect();
    let mut group = c.benchmark_group("selection");
    group
        .sample_size(10)
        .throughput(Throughput::Elements(1_000));
    group.bench_function("reality_check_and_spa_1000_by_1000", |b| {
        let mut random = chacha20::ChaCha8Rng::seed_from_u64(2);
        b.iter(|| {
            data_snooping_tests(
                black_box(&returns),
                BlockBootstrap::default(),
                &mut random,
                &AtomicBool::new(false),
            )
            .unwrap()
        });
    });
    group.bench_function("probability_of_overfitting_1000_by_1000", |b| {
        b.iter(|| probability_of_overfitting(black_box(&returns), 16).unwrap());
    });
    group.finish();
}

criterion_group!(benches, staking_settings, statistics);
criterion_main!(benches);
