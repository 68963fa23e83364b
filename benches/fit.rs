//! Fitting a Dixon-Coles model, on invented seasons.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use simbet::ModelConfig;
use simbet::internals::predict;
use simbet::internals::predict::Dependence;
use simbet::internals::predict::{FitConfig, Prior, WeightedMatch};
use simbet::{Fixture, LeagueId, Match, MatchState, MatchStatus, Offer, Score, TeamId, Time};

/// A reproducible stream of numbers in 0..1 (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Poisson goals, by inversion.
    fn goals(&mut self, rate: f64) -> u8 {
        let (mut left, mut term, mut goals) = (self.next(), (-rate).exp(), 0_u8);
        while left > term && goals < 12 {
            left -= term;
            goals += 1;
            term *= rate / f64::from(goals);
        }
        goals
    }
}

/// Double round robins of 20 teams; two of them are replaced every season, as in 36 teams in 10 seasons.
fn seasons(count: usize) -> Vec<WeightedMatch> {
    let mut numbers = Numbers(1);
    let strength: Vec<f64> = (0..20 + 2 * count)
        .map(|_| 0.6 * numbers.next() - 0.3)
        .collect();
    let mut matches = Vec::new();
    for season in 0..count {
        let teams: Vec<usize> = (0..18).chain([18 + 2 * season, 19 + 2 * season]).collect();
        for (&home, &away) in teams
            .iter()
            .flat_map(|home| teams.iter().map(move |away| (home, away)))
        {
            if home != away {
                let gap = strength[home] - strength[away];
                let score = Score {
                    home: numbers.goals((0.4 + gap).exp()),
                    away: numbers.goals((0.15 - gap).exp()),
                };
                matches.push(WeightedMatch {
                    home,
                    away,
                    score,
                    weight: 1.0,
                    neutral: false,
                });
            }
        }
    }
    matches
}

fn cold(c: &mut Criterion) {
    let mut group = c.benchmark_group("fit");
    let config = FitConfig {
        dependence: Dependence::DixonColes,
        ..FitConfig::default()
    };
    for count in [1, 10] {
        let matches = seasons(count);
        group.throughput(Throughput::Elements(matches.len() as u64));
        group.bench_function(format!("cold_{}_matches", matches.len()), |b| {
            b.iter(|| predict::fit(black_box(&matches), &config).unwrap());
        });
    }
    group.finish();
}

/// Leagues of ever more teams, of which each meets 16 others.
fn large(c: &mut Criterion) {
    let mut group = c.benchmark_group("fit/teams");
    group.sample_size(10);
    let config = FitConfig {
        dependence: Dependence::DixonColes,
        prior: Some(Prior::default()),
        ..FitConfig::default()
    };
    for teams in [20, 200, 2_000, 20_000] {
        let matches = league(teams);
        group.throughput(Throughput::Elements(matches.len() as u64));
        group.bench_function(teams.to_string(), |b| {
            b.iter(|| predict::fit(black_box(&matches), &config).unwrap());
        });
    }
    group.finish();
}

fn league(teams: usize) -> Vec<WeightedMatch> {
    let mut numbers = Numbers(2);
    let pairs = (0..teams).flat_map(|home| (1..=8).map(move |step| (home, home + step * step)));
    let pairs = pairs.map(|(home, away)| (home, away % teams));
    pairs
        .filter(|(home, away)| home != away)
        .map(|(home, away)| WeightedMatch {
            home,
            away,
            score: Score {
                home: numbers.goals(1.5),
                away: numbers.goals(1.2),
            },
            weight: 1.0,
            neutral: false,
        })
        .collect()
}

/// One more round of ten results, and the fit that follows, in a memory of four seasons.
fn warm(c: &mut Criterion) {
    let day = |k: usize| Time::from_days(10_000 + 4 * (k / 10) as i64);
    let matches: Vec<Match> = seasons(10)
        .iter()
        .enumerate()
        .map(|(k, m)| {
            let (home, away) = (TeamId(m.home as u32), TeamId(m.away as u32));
            let season = (k / 380) as i16;
            let fixture = Fixture {
                id: "".into(),
                league: LeagueId(0),
                home,
                away,
                season,
                day: day(k),
                kickoff: None,
                neutral: false,
            };
            Match {
                fixture: Arc::new(fixture),
                score: m.score,
                status: MatchStatus::Played,
                statistics: None,
            }
        })
        .collect();
    let config = ModelConfig {
        half_life: Some(385.0),
        window: Some(608.0),
        ..ModelConfig::default()
    };
    let mut model = predict::build("", &config).unwrap();
    matches[..1520].iter().for_each(|m| model.observe(m));
    let (mut next, mut ready) = (1520, model);
    c.bench_function("fit/warm_round_of_1520_matches", |b| {
        b.iter(|| {
            if next + 10 >= matches.len() {
                ready = predict::build("", &config).unwrap();
                matches[..1520].iter().for_each(|m| ready.observe(m));
                next = 1520;
            }
            let offer = Offer {
                fixture: Arc::clone(&matches[next].fixture),
                state: MatchState::default(),
                quotes: vec![],
            };
            let grid = ready.predict(&offer, day(next)).unwrap();
            matches[next..next + 10]
                .iter()
                .for_each(|m| ready.observe(m));
            next += 10;
            grid
        });
    });
}

criterion_group!(benches, cold, large, warm);
criterion_main!(benches);
