//! Whole backtests: how cost grows when the matches grow tenfold, with a model and without.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use simbet::backtest;
use simbet::{Matches, read_bytes};
use simbet::{RunConfig, Settings};

/// A league of 20 teams that plays double round robins, ten matches a week, with scores and prices from a fixed rule.
fn league(seasons: usize, config: &RunConfig) -> Matches {
    let mut csv = String::from("Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,AvgH,AvgD,AvgA\n");
    let mut state = 12_345u64;
    let mut draw = move |sides: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % sides
    };
    for season in 0..seasons {
        for week in 0..38 {
            for pair in 0..10 {
                let (home, away) = ((week + pair) % 20, (week + 19 - pair) % 20);
                if home == away {
                    continue;
                }
                let (year, month) = (1990 + season, [8, 9, 10, 11, 12][week / 8]);
                let day = 1 + week % 8 * 3;
                let odds = [
                    2.0 + draw(200) as f64 / 100.0,
                    3.4,
                    2.4 + draw(200) as f64 / 100.0,
                ];
                let goals = [draw(4), draw(3)];
                csv += &format!(
                    "X,{day:02}/{month:02}/{year},T{home},T{away},{},{},{},{},{}\n",
                    goals[0], goals[1], odds[0], odds[1], odds[2]
                );
            }
        }
    }
    read_bytes("X.csv", csv.as_bytes(), &config.read).expect("the league reads")
}

fn backtests(criterion: &mut Criterion) {
    for (name, toml) in [
        ("flat", "strategy = 'flat'"),
        ("kelly", "strategy = 'kelly'"),
    ] {
        let config =
            RunConfig::resolve(&Settings::from_toml(toml).expect("TOML")).expect("settings");
        let mut group = criterion.benchmark_group(format!("backtest, {name}"));
        group.sample_size(10);
        for seasons in [1, 10] {
            let matches = league(seasons, &config);
            group.throughput(Throughput::Elements(matches.records.len() as u64));
            group.bench_with_input(
                BenchmarkId::from_parameter(seasons),
                &matches,
                |bencher, matches| {
                    bencher.iter(|| {
                        backtest(
                            &config.engine,
                            config.replay,
                            matches.clone(),
                            None,
                            &mut |_| {},
                        )
                    });
                },
            );
        }
        group.finish();
    }
}

criterion_group!(benches, backtests);
criterion_main!(benches);
