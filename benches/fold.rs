//! The whole fold on one core, from rounds to summary, where the model costs nothing but its grid: matches a second
//! before kick-off and offers a second in play, and how both grow with the seasons.

use std::sync::Arc;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use simbet::Engine;
use simbet::run;
use simbet::{
    Book, Fixture, Match, MatchState, MatchStatus, Names, Odds, Offer, Quote, Round, Score,
    ScoreGrid, Selection, TeamId, Time,
};
use simbet::{GoalProfile, Opinion, PredictError, Predictor};
use simbet::{NextRound, Source, SourceError};
use simbet::{RunConfig, Settings};

const TEAMS: usize = 20;
const RHO: f64 = -0.1;
const PROFILE: GoalProfile = GoalProfile::Empirical;

/// Goal rates by home and away side.
type Rates = [[[f64; 2]; TEAMS]; TEAMS];

fn rates() -> Rates {
    let strength = |team: usize| 0.03 * team as f64 - 0.285;
    let rate = |base: f64, one: usize, other: usize| (base + strength(one) - strength(other)).exp();
    std::array::from_fn(|home| {
        std::array::from_fn(|away| [rate(0.4, home, away), rate(0.1, away, home)])
    })
}

/// Knows the rates, and makes a grid of them each time it is asked.
struct Known(Rates);

impl Predictor for Known {
    fn observe(&mut self, _: &Match) {}

    fn predict(&mut self, offer: &Offer, _: Time) -> Result<Option<Opinion>, PredictError> {
        let rates = self.0[offer.fixture.home.0 as usize][offer.fixture.away.0 as usize];
        Ok(grid(rates, offer.state).map(Opinion::from))
    }
}

fn grid(rates: [f64; 2], state: MatchState) -> Option<ScoreGrid> {
    let score = Score {
        home: state.home_goals,
        away: state.away_goals,
    };
    match state.minute {
        0 => ScoreGrid::dixon_coles(rates[0], rates[1], RHO).ok(),
        minute => ScoreGrid::in_play(score, rates, RHO, PROFILE.left(minute)).ok(),
    }
}

/// Rounds that lie ready.
#[derive(Clone)]
struct Ready {
    rounds: Vec<Round>,
    next: usize,
    names: Names,
}

impl Source for Ready {
    fn next_round(&mut self, round: &mut Round) -> Result<NextRound, SourceError> {
        let Some(ready) = self.rounds.get_mut(self.next) else {
            return Ok(NextRound::End);
        };
        std::mem::swap(round, ready);
        self.next += 1;
        Ok(NextRound::Round)
    }

    fn names(&self) -> &Names {
        &self.names
    }
}

/// Draws without a library, the same in every version.
struct Draws(u64);

impl Draws {
    fn uniform(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A factor around 1 that multiplies a rate.
    fn blur(&mut self, size: f64) -> f64 {
        let normal = (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0;
        (size * normal).exp()
    }

    /// The minutes of a side's goals.
    fn goals(&mut self, rate: f64) -> Vec<u8> {
        let (mut waited, mut minutes) = (-self.uniform().ln(), Vec::new());
        while waited < rate {
            minutes.push(PROFILE.minute_of(self.uniform()));
            waited -= self.uniform().ln();
        }
        minutes
    }
}

/// A league that plays as many double round robins as there are seasons.
struct League {
    draws: Draws,
    rates: Rates,
    names: Names,
    rounds: Vec<Round>,
    in_play: bool,
}

/// What a match day needs to know of a match.
struct Played {
    fixture: Arc<Fixture>,
    /// What the bookmaker thinks.
    rates: [f64; 2],
    goals: [Vec<u8>; 2],
}

impl Played {
    fn state(&self, minute: u8) -> MatchState {
        let scored = |side: usize| {
            self.goals[side]
                .iter()
                .filter(|goal| **goal < minute)
                .count() as u8
        };
        MatchState {
            minute,
            home_goals: scored(0),
            away_goals: scored(1),
        }
    }
}

impl League {
    fn season(&mut self, season: usize) {
        for week in 0..2 * (TEAMS - 1) {
            let day = Time::from_days((360 * season + 7 * week) as i64);
            let matches: Vec<Played> = (0..TEAMS / 2)
                .map(|place| self.play(season, week, place, day))
                .collect();
            self.round(day, &matches, 0);
            for (matches, hours) in matches.chunks(TEAMS / 4).zip([15, 18]) {
                self.afternoon(matches, day + hours * 3600);
            }
        }
    }

    /// The matches of one kick-off, with prices at minute 10, 20 ... 90 if there are any in play.
    fn afternoon(&mut self, matches: &[Played], kickoff: Time) {
        let last = if self.in_play { 90 } else { 0 };
        for minute in (10..=last).step_by(10) {
            self.round(kickoff + 60 * i64::from(minute), matches, minute);
        }
        let result = |played: &Played| {
            let MatchState {
                home_goals: home,
                away_goals: away,
                ..
            } = played.state(u8::MAX);
            Match {
                fixture: Arc::clone(&played.fixture),
                score: Score { home, away },
                status: MatchStatus::Played,
                statistics: None,
            }
        };
        let results = matches.iter().map(result).collect();
        self.rounds.push(Round {
            time: kickoff + 7200,
            results,
            ..Round::default()
        });
    }

    fn round(&mut self, time: Time, matches: &[Played], minute: u8) {
        let offers = matches
            .iter()
            .map(|played| Self::offer(played, time, minute))
            .collect();
        self.rounds.push(Round {
            time,
            offers,
            ..Round::default()
        });
    }

    /// Places in a circle of which the first stands still and the others turn by the week.
    fn play(&mut self, season: usize, week: usize, place: usize, day: Time) -> Played {
        let turned = |place: usize| {
            if place == 0 {
                0
            } else {
                1 + (place - 1 + week) % (TEAMS - 1)
            }
        };
        let pair = [turned(place), turned(TEAMS - 1 - place)];
        let [home, away] = if (week + place).is_multiple_of(2) {
            pair
        } else {
            [pair[1], pair[0]]
        };
        let fixture = Fixture {
            id: format!("E0:{season:04}-{week:02}:Team {home:02}:Team {away:02}").into(),
            league: self.names.intern_league("E0"),
            home: TeamId(home as u32),
            away: TeamId(away as u32),
            season: season as i16,
            day,
            kickoff: None,
            neutral: false,
        };
        // what happens lies between what the model and the bookmaker think, nearer to the model where it bets more, so
        // that the bankroll lasts for most of the run and stays below its limit
        let book = if self.in_play { 0.1 } else { 0.58 };
        let truth = self.rates[home][away];
        let blurs = [self.draws.blur(0.12), self.draws.blur(0.12)];
        let goals = [0, 1].map(|side| self.draws.goals(truth[side] * blurs[side].powf(book)));
        Played {
            fixture: Arc::new(fixture),
            rates: [truth[0] * blurs[0], truth[1] * blurs[1]],
            goals,
        }
    }

    /// Fair odds by what the bookmaker thinks, less a margin of 5 %.
    fn offer(played: &Played, time: Time, minute: u8) -> Offer {
        let state = played.state(minute);
        let fair = grid(played.rates, state).expect("rates").outcomes();
        let quote = |(selection, p): (Selection, f64)| {
            let decimal = (100.0 / (1.05 * p)).round().clamp(101.0, 100_000.0) / 100.0;
            Quote {
                selection,
                odds: Odds::new(decimal).expect("odds"),
                book: Book::AVG,
                as_of: time,
            }
        };
        let quotes = [Selection::HOME, Selection::DRAW, Selection::AWAY]
            .into_iter()
            .zip(fair)
            .map(quote)
            .collect();
        Offer {
            fixture: Arc::clone(&played.fixture),
            state,
            quotes,
        }
    }
}

fn rounds(seasons: usize, in_play: bool) -> Ready {
    let (draws, names) = (Draws(12_345), Names::default());
    let mut league = League {
        draws,
        rates: rates(),
        names,
        rounds: Vec::new(),
        in_play,
    };
    (0..seasons).for_each(|season| league.season(season));
    Ready {
        rounds: league.rounds,
        next: 0,
        names: league.names,
    }
}

fn engine() -> Engine {
    let config = RunConfig::resolve(&Settings::from_toml("strategy = 'kelly'").expect("TOML"))
        .expect("settings");
    Engine::new(&config.engine)
        .expect("engine")
        .with_models(|_| Box::new(Known(rates())))
}

fn fold(criterion: &mut Criterion) {
    rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build_global()
        .expect("one thread");
    for (name, in_play, sizes) in [
        ("before kick-off", false, [10, 100]),
        ("in play", true, [2, 20]),
    ] {
        let mut group = criterion.benchmark_group(format!("fold, {name}"));
        group.sample_size(20);
        for seasons in sizes {
            let ready = rounds(seasons, in_play);
            let offers: usize = ready.rounds.iter().map(|round| round.offers.len()).sum();
            group.throughput(Throughput::Elements(offers as u64));
            group.bench_with_input(
                BenchmarkId::new("seasons", seasons),
                &ready,
                |bencher, ready| {
                    bencher.iter_batched_ref(
                        || (ready.clone(), engine()),
                        |(source, engine)| {
                            run(source, engine, &mut [], &mut |_| {}).expect("summary")
                        },
                        BatchSize::LargeInput,
                    );
                },
            );
        }
        group.finish();
    }
}

criterion_group!(benches, fold);
criterion_main!(benches);
