//! How many bets a second the ledger places and settles, and a strategy sizes.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use simbet::Ledger;
use simbet::internals::match_index::MatchIndex;
use simbet::internals::metrics::Metrics;
use simbet::internals::strategy::{BankrollHistory, Strategy, kelly_fraction};
use simbet::{
    Bankroll, Bet, BetId, Book, Edge, Entry, Fixture, LeagueId, Line, Market, Match, MatchState,
    MatchStatus, Money, Odds, Offer, Opinion, OutcomeDistribution, Quote, Score, ScoreGrid,
    Selection, Side, TeamId, Time,
};
use simbet::{Slate, StrategyConfig, StrategyKind};

/// A season, as a simulated run has it: what is touched stays in the processor's cache.
const SEASON: usize = 380;
/// Matches of many leagues and years, which do not fit.
const ARCHIVE: usize = 100_000;
const ROUND: usize = 10;

fn quote(selection: Selection, decimal: f64) -> Quote {
    Quote {
        selection,
        odds: Odds::new(decimal).unwrap(),
        book: Book::AVG,
        as_of: Time::default(),
    }
}

/// One bet for each match, with ids as long as real ones.
fn bets(matches: usize) -> Vec<(Bet, Match)> {
    (0..matches).map(bet).collect()
}

fn bet(number: usize) -> (Bet, Match) {
    let id = format!("E0:2023-08-11:Nott'm Forest:{number:05}").into();
    let (home, away, league, day) = (TeamId(0), TeamId(1), LeagueId(0), Time::default());
    let fixture = Arc::new(Fixture {
        id,
        league,
        home,
        away,
        season: 2023,
        day,
        kickoff: None,
        neutral: false,
    });
    let quote = quote(Selection::HOME, 2.0 + number as f64 % 7.0 / 10.0);
    let score = Score {
        home: (number % 3) as u8,
        away: (number % 2) as u8,
    };
    let bet = Bet {
        id: BetId::new(&fixture, quote.selection, day, "flat"),
        fixture: Arc::clone(&fixture),
        state: MatchState::default(),
        edge: Edge::new(quote, Some(OutcomeDistribution::binary(0.5))),
        stake: Money::from_minor(10_000),
        placed_at: day,
        price_probability: Some(0.5),
        mean_odds: None,
    };
    (
        bet,
        Match {
            fixture,
            score,
            status: MatchStatus::Played,
            statistics: None,
        },
    )
}

fn run(bets: &[(Bet, Match)], commission: &str, mut record: impl FnMut(&Entry)) -> Money {
    let initial = Money::from_units(1e9).unwrap();
    let mut ledger = Ledger::new(initial, commission.parse().unwrap()).unwrap();
    let (mut matches, mut entries) = (MatchIndex::<()>::default(), Vec::new());
    for round in bets.chunks(ROUND) {
        for (bet, _) in round {
            let slot = matches.intern(&bet.fixture.id);
            entries.push(ledger.place(slot, bet.clone()));
        }
        for (_, played) in round {
            let slot = matches.intern(&played.fixture.id);
            ledger.settle(slot, played, Time::from_days(1), &mut entries);
        }
        entries.extend(ledger.end_round(Time::from_days(1)));
        entries.drain(..).for_each(|entry| record(&entry));
    }
    ledger.bankroll().balance()
}

fn ledger(c: &mut Criterion) {
    for (name, matches) in [("season", SEASON), ("archive", ARCHIVE)] {
        let bets = bets(matches);
        let mut group = c.benchmark_group(format!("ledger, {name}"));
        group.throughput(Throughput::Elements(matches as u64));
        group.bench_function("place and settle", |b| {
            b.iter(|| run(&bets, "0", |entry| _ = black_box(entry)))
        });
        group.bench_function("with commission", |b| {
            b.iter(|| run(&bets, "0.05", |entry| _ = black_box(entry)))
        });
        group.bench_function("with metrics", |b| {
            let metrics = || Metrics::new(Money::from_units(1e9).unwrap());
            b.iter_batched_ref(
                metrics,
                |metrics| run(&bets, "0", |entry| metrics.record(entry)),
                BatchSize::SmallInput,
            );
        });
        group.finish();
    }
}

fn strategy(c: &mut Criterion) {
    let (bet, _) = bet(0);
    let quotes = vec![
        quote(Selection::HOME, 2.3),
        quote(Selection::DRAW, 3.5),
        quote(Selection::AWAY, 3.4),
    ];
    let offer = Offer {
        fixture: bet.fixture,
        state: bet.state,
        quotes,
    };
    let opinion = Opinion::from(ScoreGrid::poisson(1.6, 1.1).unwrap());
    let bankroll = Bankroll::new(Money::from_units(1e4).unwrap()).unwrap();
    let mut group = c.benchmark_group("strategy");
    group.throughput(Throughput::Elements(ROUND as u64));
    for (name, kind, opinion) in [
        ("flat", StrategyKind::Flat, None),
        ("kelly", StrategyKind::Kelly, Some(&opinion)),
    ] {
        let strategy = Strategy::new(&StrategyConfig {
            kind,
            ..StrategyConfig::default()
        })
        .unwrap();
        let (mut edges, mut slate, mut decisions) = (Vec::new(), Slate::default(), Vec::new());
        group.bench_function(format!("{name}, a match"), |b| {
            b.iter(|| {
                slate.clear();
                for _ in 0..ROUND {
                    edges.clear();
                    strategy.edges(black_box(&offer), opinion, &mut edges);
                    strategy.select(&edges, &mut slate);
                }
                let history = BankrollHistory {
                    initial: bankroll.balance(),
                    peak: bankroll.balance(),
                };
                strategy.size(&slate, &bankroll, history, &mut decisions);
                black_box(decisions.len())
            });
        });
    }
    group.finish();
}

fn kelly(c: &mut Criterion) {
    let line = Market::AsianHandicap(Line::from_quarters(-3));
    let split = OutcomeDistribution::of(
        Selection::new(line, Side::Home).unwrap(),
        &ScoreGrid::poisson(1.6, 1.1).unwrap(),
    );
    let odds = Odds::new(2.55).unwrap();
    c.bench_function("kelly of five outcomes", |b| {
        b.iter(|| kelly_fraction(black_box(&split), odds))
    });
}

criterion_group!(benches, ledger, strategy, kelly);
criterion_main!(benches);
