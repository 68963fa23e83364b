//! From rates to probabilities: grids, outcomes, splits, margins.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use simbet::MarginMethod;
use simbet::internals::predict::margin;
use simbet::internals::predict::rates_of;
use simbet::{Line, Market, OutcomeDistribution, Score, ScoreGrid, Selection, Side};

fn grids(c: &mut Criterion) {
    let mut group = c.benchmark_group("predict");
    group.throughput(Throughput::Elements(1));
    group.bench_function("grid", |b| {
        b.iter(|| ScoreGrid::dixon_coles(black_box(1.6), black_box(1.1), black_box(-0.1)).unwrap());
    });
    group.bench_function("grid_and_outcomes", |b| {
        b.iter(|| {
            ScoreGrid::dixon_coles(black_box(1.6), black_box(1.1), black_box(-0.1))
                .unwrap()
                .outcomes()
        });
    });
    let grid = ScoreGrid::dixon_coles(1.6, 1.1, -0.1).unwrap();
    group.bench_function("three_splits", |b| {
        let selections = [Selection::HOME, Selection::DRAW, Selection::AWAY];
        b.iter(|| selections.map(|selection| OutcomeDistribution::of(selection, black_box(&grid))));
    });
    let quarter =
        Selection::new(Market::AsianHandicap(Line::from_quarters(-3)), Side::Home).unwrap();
    group.bench_function("handicap_split", |b| {
        b.iter(|| OutcomeDistribution::of(black_box(quarter), black_box(&grid)))
    });
    group.bench_function("rates_of_a_market", |b| {
        b.iter(|| rates_of(black_box([0.45, 0.27, 0.28]), Score::default()));
    });
    group.finish();
}

fn margins(c: &mut Criterion) {
    let mut group = c.benchmark_group("margin");
    group.throughput(Throughput::Elements(1));
    for method in [
        MarginMethod::Multiplicative,
        MarginMethod::Power,
        MarginMethod::Shin,
        MarginMethod::OddsRatio,
    ] {
        group.bench_function(format!("{method:?}").to_lowercase(), |b| {
            b.iter(|| margin::fair(black_box(&[4.20, 3.70, 1.95]), method).unwrap());
        });
    }
    group.finish();
}

criterion_group!(benches, grids, margins);
criterion_main!(benches);
