//! Streams: rounds written as lines of JSON, and lines put together to rounds.

use std::hint::black_box;
use std::io::Cursor;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use simbet::internals::schema::event::{publications, write_line};
use simbet::internals::source::stream::{Lines, Refused};
use simbet::internals::source::stream::{Stream, StreamConfig};
use simbet::{Book, Round};
use simbet::{NextRound, Source};
use simbet::{Synthetic, SyntheticConfig};

fn publish(source: &mut Synthetic, lines: &mut Vec<u8>) -> u64 {
    let (mut round, mut entries) = (Round::default(), 0);
    source.restart(1);
    while source.next_round(&mut round).expect("a round") == NextRound::Round {
        for entry in publications(&round, source.names(), &[Book::AVG]) {
            write_line(lines, entry.event_type(), &entry, entry.time())
                .expect("memory takes everything");
            entries += 1;
        }
    }
    entries
}

fn hear(lines: Vec<u8>) -> usize {
    let mut lines = Lines::new(Cursor::new(lines));
    let mut ignore = |_: &Refused<'_>| {};
    let mut stream = Stream::new(&mut lines, StreamConfig::default(), &mut ignore);
    let (mut round, mut rounds) = (Round::default(), 0);
    loop {
        match stream.next_round(&mut round).expect("memory can be read") {
            NextRound::Round => rounds += 1,
            NextRound::Wait => {}
            NextRound::End => return rounds,
        }
    }
}

fn streams(criterion: &mut Criterion) {
    let mut source = Synthetic::new(&SyntheticConfig {
        matches: 3800,
        ..SyntheticConfig::default()
    })
    .expect("a league");
    let mut lines = Vec::new();
    let entries = publish(&mut source, &mut lines);
    let mut group = criterion.benchmark_group("stream");
    group.throughput(Throughput::Elements(entries));
    group.bench_function("publish", |bencher| {
        let mut out = Vec::with_capacity(lines.len());
        bencher.iter(|| {
            out.clear();
            publish(black_box(&mut source), &mut out)
        });
    });
    group.bench_function("read", |bencher| {
        bencher.iter_batched(
            || lines.clone(),
            |lines| hear(black_box(lines)),
            criterion::BatchSize::LargeInput,
        );
    });
    group.finish();
}

criterion_group!(benches, streams);
criterion_main!(benches);
