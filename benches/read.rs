//! How fast files are read and replayed. The corpus is measured where it lies beside the repository.

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use simbet::{Book, Round};
use simbet::{Matches, NextRound, ReadConfig, Replay, ReplayConfig, Source, read, read_bytes};

/// A file as football-data published it from 2019 on: 20 teams, a double round robin, 106 columns.
fn football_data_file() -> Vec<u8> {
    let books = ["B365", "BW", "IW", "PS", "WH", "VC", "Max", "Avg"];
    let mut text = String::from(
        "Div,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,FTR,HTHG,HTAG,HTR,Referee,HS,AS,HC,AC",
    );
    for closing in ["", "C"] {
        for book in books {
            let _ = write!(text, ",{book}{closing}H,{book}{closing}D,{book}{closing}A");
        }
        for book in ["B365", "P", "Max", "Avg"] {
            let _ = write!(text, ",{book}{closing}>2.5,{book}{closing}<2.5");
        }
        let _ = write!(text, ",AH{}h", closing);
        for book in ["B365", "P", "Max", "Avg"] {
            let _ = write!(text, ",{book}{closing}AHH,{book}{closing}AHA");
        }
    }
    for (number, (home, away)) in (0..400)
        .map(|n| (n / 20, n % 20))
        .filter(|(h, a)| h != a)
        .enumerate()
    {
        let (day, month) = (number / 10 % 28 + 1, number / 280 + 8);
        let _ = write!(
            text,
            "\nE0,{day:02}/{month:02}/2019,15:00,Team {home:02},Team {away:02},2,1,H,1,0,H,A Referee,9,8,7,6"
        );
        for _ in 0..2 {
            text.push_str(&",2.15,3.4,3.6".repeat(books.len()));
            text.push_str(&",1.85,2.05".repeat(4));
            text.push_str(",-0.25");
            text.push_str(&",1.87,2.03".repeat(4));
        }
    }
    text.push('\n');
    text.into_bytes()
}

fn average_only() -> ReadConfig {
    ReadConfig {
        books: Some(vec![Book::AVG]),
        markets: Vec::new(),
        ..ReadConfig::default()
    }
}

/// What a backtest without a model reads, and writes to no folder.
fn flat_run() -> ReadConfig {
    ReadConfig {
        statistics: false,
        last_prices: false,
        digests: false,
        ..average_only()
    }
}

fn replay(matches: &Arc<Matches>) -> usize {
    let mut replay = Replay::new(Arc::clone(matches), ReplayConfig::default());
    let (mut round, mut rounds) = (Round::default(), 0);
    while replay
        .next_round(&mut round)
        .expect("a replay does not fail")
        == NextRound::Round
    {
        rounds += black_box(&round).offers.len();
    }
    rounds
}

fn one_file(criterion: &mut Criterion) {
    let file = football_data_file();
    let mut group = criterion.benchmark_group("read one season");
    group.throughput(Throughput::Bytes(file.len() as u64));
    group.bench_function("average odds", |bench| {
        let config = average_only();
        bench.iter(|| {
            read_bytes("E0_2019-20.csv", black_box(&file), &config).expect("a sound file")
        });
    });
    group.bench_function("as a flat run", |bench| {
        let config = flat_run();
        bench.iter(|| {
            read_bytes("E0_2019-20.csv", black_box(&file), &config).expect("a sound file")
        });
    });
    group.bench_function("every price", |bench| {
        let config = ReadConfig::default();
        bench.iter(|| {
            read_bytes("E0_2019-20.csv", black_box(&file), &config).expect("a sound file")
        });
    });
    group.finish();
}

fn corpus(criterion: &mut Criterion) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/football-data");
    if !Path::new(folder).is_dir() {
        return;
    }
    let load =
        || read(&[folder.to_owned()], &average_only(), &|_, _| ()).expect("the corpus reads");
    let matches = Arc::new(load());
    let mut group = criterion.benchmark_group("468 files");
    group.sample_size(10);
    group.throughput(Throughput::Bytes(
        matches.inputs.iter().map(|input| input.bytes).sum(),
    ));
    group.bench_function("read average odds", |bench| bench.iter(load));
    group.throughput(Throughput::Elements(matches.records.len() as u64));
    group.bench_function("replay", |bench| bench.iter(|| replay(&matches)));
    group.finish();
}

criterion_group!(benches, one_file, corpus);
criterion_main!(benches);
