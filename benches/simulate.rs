//! Invented matches: scores alone, and whole runs.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rayon::prelude::*;
use simbet::Engine;
use simbet::Predictor;
use simbet::Round;
use simbet::internals::run;
use simbet::internals::simulate;
use simbet::internals::source::synthetic::{Purpose, ScoreSampler, TrueModel, stream};
use simbet::{Next, Source};
use simbet::{RunConfig, Settings, SimulationConfig, SimulationSettings};
use simbet::{Synthetic, SyntheticConfig};

/// Final scores of the fixtures of a season, over and over, on every core: what `rng.poisson` of numpy does for both sides.
fn scores(criterion: &mut Criterion) {
    const SEASONS: u64 = 1_000;
    let rates = |k: u32| [0.8 + f64::from(k) * 0.004, 2.2 - f64::from(k) * 0.004];
    let samplers: Vec<_> = (0..380)
        .map(|k| ScoreSampler::new(rates(k), -0.05).expect("rates"))
        .collect();
    let mut group = criterion.benchmark_group("simulate");
    let mut counts = vec![1, rayon::current_num_threads() as u64];
    counts.dedup();
    for threads in counts {
        group.throughput(Throughput::Elements(
            threads * SEASONS * samplers.len() as u64,
        ));
        group.bench_function(BenchmarkId::new("scores, threads", threads), |bencher| {
            bencher.iter(|| {
                let play = |run: u64| {
                    let mut random = stream(1, run, Purpose::Scores);
                    let seasons = (0..SEASONS).flat_map(|_| &samplers);
                    seasons.fold([0u64; 2], |[home, away], sampler| {
                        let score = sampler.draw(&mut random);
                        [home + u64::from(score.home), away + u64::from(score.away)]
                    })
                };
                if threads == 1 {
                    vec![play(0)]
                } else {
                    (0..threads).into_par_iter().map(play).collect()
                }
            });
        });
    }
    group.finish();
}

/// Rounds of matches with their prices, nobody betting.
fn rounds(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("simulate");
    for (name, every) in [("rounds", None), ("rounds in play", Some(10))] {
        let config = SyntheticConfig {
            matches: 3_800,
            every,
            ..SyntheticConfig::default()
        };
        let mut source = Synthetic::new(&config).expect("settings");
        group.throughput(Throughput::Elements(
            config.matches * if every.is_some() { 10 } else { 1 },
        ));
        group.bench_function(name, |bencher| {
            let mut round = Round::default();
            bencher.iter(|| {
                source.restart(1);
                while source.next_round(&mut round).expect("a round") == Next::Round {
                    black_box(&round);
                }
            });
        });
    }
    group.finish();
}

/// The same rounds through the engine, which is told the truth and stakes by Kelly: what this takes beyond the rounds
/// alone is the engine's.
fn bets(criterion: &mut Criterion) {
    let settings = Settings::from_toml("strategy = 'kelly'").expect("TOML");
    let engine = RunConfig::resolve(&settings).expect("settings").engine;
    let mut group = criterion.benchmark_group("simulate");
    for (name, every) in [
        ("rounds, bet on", None),
        ("rounds in play, bet on", Some(10)),
    ] {
        let config = SyntheticConfig {
            matches: 3_800,
            every,
            ..SyntheticConfig::default()
        };
        let mut source = Synthetic::new(&config).expect("settings");
        group.throughput(Throughput::Elements(
            config.matches * if every.is_some() { 10 } else { 1 },
        ));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                source.restart(1);
                let world = Arc::clone(source.world());
                let told =
                    move |_: &str| Box::new(TrueModel::new(&world, 1, 0.0)) as Box<dyn Predictor>;
                let mut engine = Engine::new(&engine).expect("settings").with_models(told);
                run(&mut source, &mut engine, &mut [], &mut |_| {}).expect("a run")
            });
        });
    }
    group.finish();
}

/// Runs of a thousand matches from end to end: the truth known, Kelly stakes; ten times the runs, ten times the matches.
fn runs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("simulate");
    group.sample_size(10);
    for (runs, matches, in_play) in [
        (100, 1_000, false),
        (1_000, 1_000, false),
        (100, 10_000, false),
        (100, 1_000, true),
    ] {
        let settings = Settings::from_toml("model = 'truth'\nstrategy = 'kelly'").expect("TOML");
        let simulation = SimulationSettings {
            matches: Some(matches),
            runs: Some(runs),
            in_play,
            every: 10,
            seed: 1,
            ruin: 0.5,
            ..SimulationSettings::default()
        };
        let config = SimulationConfig::resolve(&settings, &simulation, None).expect("settings");
        let name = format!(
            "{runs} runs of {matches} matches{}",
            if in_play { " in play" } else { "" }
        );
        group.throughput(Throughput::Elements(
            runs * matches * if in_play { 10 } else { 1 },
        ));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                simulate(&config, &AtomicBool::new(false), &mut |_| Ok(()), &|_| {}).expect("runs")
            });
        });
    }
    group.finish();
}

criterion_group!(benches, scores, rounds, bets, runs);
criterion_main!(benches);
