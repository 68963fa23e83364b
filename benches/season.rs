//! The second half of a Premier League season, played 10,000 times.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use simbet::internals::calendar;
use simbet::{Outlook, Rules, Season, project};
use simbet::{ReadConfig, read};
use simbet::{RunConfig, Settings};

const RUNS: u64 = 10_000;

fn half_seasons(c: &mut Criterion) {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/epl.csv").to_owned();
    let matches = read(&[file], &ReadConfig::default(), &|_, _| ()).unwrap();
    let engine = RunConfig::resolve(&Settings::default()).unwrap().engine;
    let season = Season::find(
        &matches,
        None,
        calendar::parse_date("2024-12-31"),
        Rules::of,
    )
    .unwrap();
    let rules = Rules::of("E0");
    let mut group = c.benchmark_group("season");
    group
        .sample_size(10)
        .throughput(Throughput::Elements(RUNS * season.left().len() as u64));
    for (name, uncertainty) in [
        ("half_10000_times", false),
        ("half_10000_times_uncertain", true),
    ] {
        let outlook = Outlook::fit(&season, &matches, &engine, uncertainty).unwrap();
        group.bench_function(name, |b| {
            b.iter(|| {
                project(&season, &rules, &outlook, 0..black_box(RUNS), 1, &|_| true).unwrap()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, half_seasons);
criterion_main!(benches);
