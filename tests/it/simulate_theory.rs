//! The simulator against theory: what it draws, prices and pays must be what the formulas say, within so many standard
//! errors. Every seed is fixed, so that a test which passes once passes always.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use rand::RngExt as _;
use simbet::Engine;
use simbet::internals::predict::Dependence;
use simbet::internals::predict::{FitConfig, WeightedMatch, fit, margin};
use simbet::internals::simulate::{Distribution, QUANTILES, RunResult, RunSimulator};
use simbet::internals::sink::Outputs;
use simbet::internals::source::synthetic::{Purpose, ScoreSampler, Team, Teams, TrueModel, stream};
use simbet::simulate;
use simbet::{
    Bet, Book, Entry, Fixture, Market, MarketKind, Match, MatchStatus, Money, Names, Odds, Offer,
    Outcome, OutcomeDistribution, Quote, Round, Score, ScoreGrid, Selection, Settlement, Side,
    Time,
};
use simbet::{BookmakerConfig, LeagueConfig, Synthetic, SyntheticConfig};
use simbet::{Fit, GoalProfile, MarginMethod};
use simbet::{NextRound, PriceTime, Source, SourceError};
use simbet::{Settings, SimulationConfig, SimulationSettings};
use simbet::{Sink, SinkError};

use crate::margins::methods;

/// How far a mean may be from what theory says, in standard errors.
const FAR: f64 = 4.0;

/// Fewer draws where every one of them takes longer.
fn sized(full: usize) -> usize {
    if cfg!(debug_assertions) {
        full / 10
    } else {
        full
    }
}

/// Mean and standard error.
fn mean(values: &[f64]) -> [f64; 2] {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values
        .iter()
        .map(|value| (value - mean).powi(2))
        .sum::<f64>()
        / (n - 1.0);
    [mean, (variance / n).sqrt()]
}

/// Asserts that a mean is within four standard errors of what it should be.
fn assert_mean(values: &[f64], expected: f64, what: &str) {
    let [mean, error] = mean(values);
    let z = (mean - expected) / error;
    assert!(
        z.abs() < FAR,
        "{what}: {mean} ± {error} should be {expected}, which is {z:.2} standard errors away"
    );
}

/// How far a chi-square is from its mean, in standard deviations of a normal variable: its cube root is nearly normal
/// (Wilson & Hilferty 1931).
fn chi_square_z(chi_square: f64, freedom: f64) -> f64 {
    let spread = 2.0 / (9.0 * freedom);
    ((chi_square / freedom).cbrt() - (1.0 - spread)) / spread.sqrt()
}

// ---------------------------------------------------------------------------------------------- scores

/// Counts of scores against the grid: every cell that is expected at least five times, and all of them together.
fn assert_drawn_from_grid(rates: [f64; 2], rho: f64, draws: usize) {
    let sampler = ScoreSampler::new(rates, rho).unwrap();
    let mut random = stream(7, (rates[0] * 100.0) as u64, Purpose::Scores);
    let mut counts: BTreeMap<(u8, u8), u64> = BTreeMap::new();
    for _ in 0..draws {
        let score = sampler.draw(&mut random);
        *counts.entry((score.home, score.away)).or_default() += 1;
    }
    let grid = ScoreGrid::dixon_coles(rates[0], rates[1], rho).unwrap();
    let n = draws as f64;
    let (mut chi_square, mut cells, mut rest) = (0.0, 0.0, [0.0; 2]);
    let mut weigh = |count: f64, p: f64, what: &str| {
        let z = (count - n * p) / (n * p * (1.0 - p)).sqrt();
        assert!(
            z.abs() < 4.5,
            "rates {rates:?}, ρ {rho}, {what}: {count} of {n}, expected {:.1}, z {z:.2}",
            n * p
        );
        chi_square += (count - n * p).powi(2) / (n * p);
        cells += 1.0;
    };
    for (score, p) in grid.cells() {
        let count = counts.remove(&(score.home, score.away)).unwrap_or(0) as f64;
        if p < 1e-12 {
            assert_eq!(
                count, 0.0,
                "rates {rates:?}, ρ {rho}: {score:?} is impossible"
            );
        } else if n * p >= 5.0 {
            weigh(count, p, &format!("{score:?}"));
        } else {
            rest = [rest[0] + count, rest[1] + p];
        }
    }
    assert!(
        counts.is_empty(),
        "rates {rates:?}: scores beyond the grid {counts:?}"
    );
    if n * rest[1] >= 5.0 {
        weigh(rest[0], rest[1], "all rare scores");
    }
    let z = chi_square_z(chi_square, cells - 1.0);
    assert!(
        z.abs() < FAR,
        "rates {rates:?}, ρ {rho}: χ² {chi_square:.1} of {cells} cells, z {z:.2}"
    );
}

#[test]
fn scores_are_as_frequent_as_the_grid_says() {
    for rates in [
        [1.5, 1.2],
        [0.3, 2.5],
        [3.1, 0.05],
        [6.0, 4.0],
        [15.0, 15.0],
        [20.0, 0.01],
    ] {
        for rho in [-1.0, -0.1, 0.0, 0.1, 1.0] {
            assert_drawn_from_grid(rates, rho, sized(1_000_000));
        }
    }
}

#[test]
fn a_side_that_cannot_score_does_not() {
    let sampler = ScoreSampler::new([0.0, 1.0], -0.1).unwrap();
    let mut random = stream(1, 1, Purpose::Scores);
    assert!((0..10_000).all(|_| sampler.draw(&mut random).home == 0));
}

// --------------------------------------------------------------------------------------------- in play

/// Sums over matches: what happened less what was expected, and its variance.
#[derive(Default, Clone, Copy)]
struct Gap {
    surprise: f64,
    variance: f64,
}

impl Gap {
    fn add(&mut self, happened: bool, p: f64) {
        self.surprise += f64::from(u8::from(happened)) - p;
        self.variance += p * (1.0 - p);
    }

    fn z(self) -> f64 {
        self.surprise / self.variance.sqrt()
    }
}

/// What was seen of a match in play: minute, score and probabilities.
type Seen = Vec<(u8, Score, [f64; 3])>;

/// A league's matches in play, every ten minutes: what was seen of each, and its final score.
fn in_play(profile: GoalProfile, matches: u64) -> Vec<(Seen, Score)> {
    let league = LeagueConfig {
        profile,
        rho: -0.1,
        ..LeagueConfig::default()
    };
    let config = SyntheticConfig {
        league,
        matches,
        every: Some(10),
        ..SyntheticConfig::default()
    };
    let mut source = Synthetic::new(&config).unwrap();
    let mut truth = TrueModel::new(source.world(), 0, 0.0);
    let (mut round, mut open, mut done) = (
        Round::default(),
        BTreeMap::<Arc<str>, Seen>::new(),
        Vec::new(),
    );
    while source.next_round(&mut round).unwrap() == NextRound::Round {
        for played in &round.results {
            done.push((open.remove(&played.fixture.id).unwrap(), played.score));
        }
        for offer in &round.offers {
            let score = Score {
                home: offer.state.home_goals,
                away: offer.state.away_goals,
            };
            let outcomes = truth.grid(offer).unwrap().unwrap().outcomes();
            open.entry(Arc::clone(&offer.fixture.id))
                .or_default()
                .push((offer.state.minute, score, outcomes));
        }
    }
    assert!(open.is_empty());
    done
}

#[test]
fn in_play_what_is_said_to_happen_so_often_does() {
    for profile in [GoalProfile::Uniform, GoalProfile::Empirical] {
        let mut gaps: BTreeMap<u8, [Gap; 3]> = BTreeMap::new();
        for (seen, last) in in_play(profile, sized(50_000) as u64) {
            let happened = [
                last.home > last.away,
                last.home == last.away,
                last.home < last.away,
            ];
            for (minute, _, p) in seen {
                let gaps = gaps.entry(minute).or_default();
                (0..3).for_each(|k| gaps[k].add(happened[k], p[k]));
            }
        }
        assert!(gaps.len() >= 9);
        for (minute, gaps) in gaps {
            for (gap, outcome) in gaps.iter().zip(["home", "draw", "away"]) {
                // in the very last minutes hardly anything is open, and a sum of few terms is not normal
                let z = if gap.variance > 10.0 { gap.z() } else { 0.0 };
                assert!(
                    z.abs() < FAR,
                    "{profile:?}, minute {minute}, {outcome}: z {z:.2}"
                );
            }
        }
    }
}

#[test]
fn in_play_goals_add_up_to_the_result_and_fall_when_the_profile_says() {
    for profile in [GoalProfile::Uniform, GoalProfile::Empirical] {
        let mut by_minute: BTreeMap<u8, u32> = BTreeMap::new();
        let mut goals = 0;
        for (seen, last) in in_play(profile, sized(20_000) as u64) {
            let path: Vec<Score> = seen
                .iter()
                .map(|(_, score, _)| *score)
                .chain([last])
                .collect();
            assert_eq!(
                path[0],
                Score::default(),
                "nothing has happened at kick-off"
            );
            assert!(
                path.windows(2)
                    .all(|pair| pair[0].home <= pair[1].home && pair[0].away <= pair[1].away)
            );
            for (minute, score, _) in seen {
                *by_minute.entry(minute).or_default() +=
                    u32::from(score.home) + u32::from(score.away);
            }
            goals += u32::from(last.home) + u32::from(last.away);
        }
        for (minute, scored) in by_minute {
            let (n, p) = (f64::from(goals), 1.0 - profile.left(minute));
            let z = (f64::from(scored) - n * p) / (n * p * (1.0 - p)).sqrt().max(1.0);
            assert!(
                z.abs() < FAR,
                "{profile:?}, minute {minute}: {scored} of {goals} goals, expected {:.1}",
                n * p
            );
        }
    }
}

#[test]
fn in_play_offers_come_at_their_minutes_and_end_with_the_match() {
    for (every, profile, minutes) in [
        (
            10,
            GoalProfile::Uniform,
            vec![0, 10, 20, 30, 40, 50, 60, 70, 80],
        ),
        (45, GoalProfile::Empirical, vec![0, 45, 90]),
        (90, GoalProfile::Uniform, vec![0]),
        (90, GoalProfile::Empirical, vec![0, 90]),
    ] {
        let league = LeagueConfig {
            profile,
            ..LeagueConfig::default()
        };
        let config = SyntheticConfig {
            league,
            matches: 10,
            every: Some(every),
            ..SyntheticConfig::default()
        };
        let mut source = Synthetic::new(&config).unwrap();
        let (mut round, mut offered, mut last) = (Round::default(), Vec::new(), None);
        while source.next_round(&mut round).unwrap() == NextRound::Round {
            assert!(
                last.is_none_or(|last| last < round.time),
                "rounds go forward in time"
            );
            last = Some(round.time);
            offered.extend(round.offers.first().map(|offer| offer.state.minute));
            assert!(round.results.is_empty() || round.offers.is_empty());
        }
        assert_eq!(offered, minutes, "every {every}, {profile:?}");
    }
}

// ------------------------------------------------------------------------------------------- simulations

/// A simulation of `matches`, with these settings as in a file, and more as `change` has it.
fn simulation(
    toml: &str,
    matches: usize,
    runs: u64,
    change: impl Fn(&mut SimulationSettings),
) -> SimulationConfig {
    let mut settings = SimulationSettings {
        matches: Some(matches as u64),
        runs: Some(runs),
        seed: 1,
        every: 10,
        ruin: 0.5,
        odds_decimals: Some(10),
        ..SimulationSettings::default()
    };
    change(&mut settings);
    SimulationConfig::resolve(&Settings::from_toml(toml).unwrap(), &settings, None).unwrap()
}

/// Every run of the first strategy.
fn results(config: &SimulationConfig) -> Vec<RunResult> {
    let mut all = Vec::new();
    simulate(
        config,
        &AtomicBool::new(false),
        &mut |results| {
            all.push(results[0].clone());
            Ok(())
        },
        &|_| {},
    )
    .unwrap();
    all
}

/// Bets and settlements, as they come.
#[derive(Default)]
struct Slips {
    placed: Vec<Bet>,
    settled: Vec<Settlement>,
}

impl Sink for Slips {
    fn name(&self) -> &'static str {
        "slips"
    }

    fn write(&mut self, entry: &Entry, _: &Names) -> Result<(), SinkError> {
        match entry {
            Entry::Placed(bet) => self.placed.push(bet.clone()),
            Entry::Settled(settlement) => self.settled.push(settlement.clone()),
            _ => {}
        }
        Ok(())
    }
}

/// One run of the first strategy, with its bets.
fn bets(config: &SimulationConfig, run: u64) -> (RunResult, Slips) {
    let mut book = Slips::default();
    let mut simulator = RunSimulator::new(config).unwrap();
    let mut outputs = Outputs {
        own: Some(&mut book),
        ..Outputs::default()
    };
    let result = simulator
        .play_one(run, 0, &mut outputs, &AtomicBool::new(false))
        .unwrap();
    (result, book)
}

// ------------------------------------------------------------------------------------------ fair prices

#[test]
fn at_fair_odds_nothing_is_won_or_lost_but_by_luck() {
    let strategies = [
        "strategy = 'flat'\nmarkets = ['1x2', 'ou', 'ah']",
        "strategy = 'flat'\nprice = 'close'\nselections = ['draw']",
        "strategy = 'proportional'\nstake = 0.001\nmodel = 'truth'\nmin_ev = -1\nmultiple = true",
        "strategy = 'proportional'\nstake = 0.001\nmodel = 'average'\nmin_edge = 0.0",
    ];
    for (strategy, toml) in strategies.iter().enumerate() {
        let toml = format!("bankroll = 10000000\n{toml}");
        let config = simulation(&toml, 380, sized(400) as u64, |one| {
            // no outsider whose fair odds are above the highest there are
            (one.margin, one.bookmaker_noise, one.spread) = (Some(0.0), Some(0.0), Some(0.1));
        });
        let results = results(&config);
        assert!(
            results.iter().all(|one| one.summary.bets > 0),
            "strategy {strategy}"
        );
        let expected = results
            .iter()
            .map(|one| one.summary.expected_profit.unwrap().minor().abs())
            .max();
        assert!(
            expected <= Some(1),
            "strategy {strategy}: expected profit of {expected:?} cents at fair odds"
        );
        let profits: Vec<f64> = results
            .iter()
            .map(|one| one.summary.profit.units())
            .collect();
        assert_mean(&profits, 0.0, &format!("profit of strategy {strategy}"));
    }
}

/// Whatever of 1X2 and over/under is backed, 1/(1 + m) − 1 is what a proportional margin m takes of it.
#[test]
fn a_proportional_margin_takes_its_share_of_every_bet() {
    for (toml, margin) in [
        ("strategy = 'flat'\nmarkets = ['1x2', 'ou']", 0.05),
        ("strategy = 'flat'\nselections = ['away']", 0.2),
        (
            "strategy = 'kelly'\nmodel = 'average'\nmarkets = ['1x2', 'ou']",
            0.03,
        ),
    ] {
        let toml = format!("bankroll = 1000000\nmargin_method = 'multiplicative'\n{toml}");
        let config = simulation(&toml, 380, sized(200) as u64, |one| {
            // no favourite so sure that the lowest odds there are would be too good for him
            (one.margin, one.bookmaker_noise, one.spread) = (Some(margin), Some(0.0), Some(0.1));
        });
        let results = results(&config);
        for one in &results {
            let due = one.summary.turnover.minor() as f64 * (1.0 / (1.0 + margin) - 1.0);
            let expected = one.summary.expected_profit.unwrap().minor() as f64;
            assert!(
                (expected - due).abs() <= 1.0,
                "{toml}: {expected} cents, where {due} are due"
            );
        }
        let gap = |one: &RunResult| {
            one.summary.profit.units() - one.summary.expected_profit.unwrap().units()
        };
        assert_mean(
            &results.iter().map(gap).collect::<Vec<_>>(),
            0.0,
            "profit less expected profit",
        );
    }
}

#[test]
fn the_expected_profit_is_what_the_bets_make_on_average() {
    for toml in [
        "strategy = 'ev'\nmodel = 'poisson'\nmarkets = ['1x2', 'ou', 'ah']",
        "strategy = 'flat'",
    ] {
        let toml = format!("bankroll = 1000000\n{toml}");
        let config = simulation(&toml, 190, sized(200).max(40) as u64, |one| {
            one.bookmaker_noise = Some(0.3)
        });
        let gap = |one: &RunResult| {
            one.summary.growth.unwrap() - one.summary.expected_profit.unwrap().units() / 1e6
        };
        assert_mean(
            &results(&config).iter().map(gap).collect::<Vec<_>>(),
            0.0,
            &toml,
        );
    }
}

#[test]
fn the_lowest_odds_in_play_gave_money_away() {
    let toml = "strategy = 'flat'\nstake = 1\nmodel = 'truth'\nbankroll = 1000000\nmargin_method = 'multiplicative'";
    let config = simulation(toml, sized(3800), 1, |one| {
        (one.in_play, one.bookmaker_noise) = (true, Some(0.0));
    });
    let (_, book) = bets(&config, 1);
    let in_play: Vec<&Bet> = book
        .placed
        .iter()
        .filter(|bet| bet.state.minute > 0)
        .collect();
    assert!(in_play.len() > book.placed.len() / 2);
    for bet in in_play {
        let value = bet.edge.expected_value().unwrap();
        let odds = bet.edge.quote.odds.decimal();
        let due = if odds > 1.01 {
            1.0 / 1.05 - 1.0 + 1e-6
        } else {
            0.0
        };
        assert!(
            value <= due,
            "{} at {odds}, {:?}, is worth {value}",
            bet.edge.quote.selection,
            bet.state
        );
    }
}

// -------------------------------------------------------------------------------------------------- Kelly

/// One match a round, fair prices but for the bookmaker's noise, and a model that knows better. Never everything is
/// staked, which double Kelly might, and whose logarithm nobody can take a mean of.
fn kelly(fraction: f64, runs: usize) -> SimulationConfig {
    let toml = format!(
        "strategy = 'kelly'\nmodel = 'truth'\nkelly_fraction = {fraction}\nmax_stake = 0.9\nmin_edge = 0.0\n\
         bankroll = 100000000"
    );
    simulation(&toml, 200, runs as u64, |one| {
        (one.teams, one.margin, one.bookmaker_noise) = (Some(2), Some(0.0), Some(0.25));
    })
}

/// Over the bets of a run: what they made of the logarithm of the bankroll, and what they should have at the true
/// probabilities, Σ p·ln(1 + f·b) + (1 − p)·ln(1 − f).
fn growth(config: &SimulationConfig, run: u64, fraction: f64) -> [f64; 2] {
    let (result, book) = bets(config, run);
    let mut expected = 0.0;
    let mut balance = result.summary.initial_bankroll;
    for (bet, settled) in book.placed.iter().zip(&book.settled) {
        assert_eq!(
            bet.id, settled.bet.id,
            "one match a round: every bet is settled before the next is struck"
        );
        let (p, b) = (
            bet.edge.distribution.unwrap().probability(),
            bet.edge.quote.odds.net(),
        );
        let f = bet.stake.units() / balance.units();
        let best = fraction * (p * (b + 1.0) - 1.0) / b;
        assert!(
            (f - best.min(0.9)).abs() < 1e-9 + 0.006 / balance.units(),
            "a share of {f} is staked where {best} is best"
        );
        expected += p * (1.0 + f * b).ln() + (1.0 - p) * (1.0 - f).ln();
        balance = settled.balance;
    }
    [
        (result.summary.final_bankroll.units() / result.summary.initial_bankroll.units()).ln(),
        expected,
    ]
}

#[test]
fn kelly_grows_as_theory_says() {
    for fraction in [0.5, 1.0, 2.0] {
        let runs = sized(600);
        let config = kelly(fraction, runs);
        let gaps: Vec<f64> = (1..=runs as u64)
            .map(|run| {
                let [grown, expected] = growth(&config, run, fraction);
                grown - expected
            })
            .collect();
        assert_mean(
            &gaps,
            0.0,
            &format!("growth of Kelly × {fraction} beyond theory"),
        );
    }
}

#[test]
fn full_kelly_grows_faster_than_half_and_double() {
    let toml = "model = 'truth'\nmax_stake = 1.0\nmin_edge = 0.0\nbankroll = 1000000";
    let list = ["kelly", "kelly:0.5", "kelly:2"].map(|name| name.parse().unwrap());
    let config = simulation(toml, 200, sized(1000).max(200) as u64, |one| {
        (one.teams, one.margin, one.bookmaker_noise) = (Some(2), Some(0.0), Some(0.25));
        one.strategies = list.to_vec();
    });
    let compared = simulate(&config, &AtomicBool::new(false), &mut |_| Ok(()), &|_| {}).unwrap();
    for (difference, name) in compared.differences.iter().zip(["half", "double"]) {
        let growth = difference.log_growth();
        let (mean, error) = (growth.mean.unwrap(), growth.standard_error.unwrap());
        assert!(
            mean < -FAR * error,
            "{name} Kelly grows by {mean} ± {error} more than full Kelly"
        );
    }
}

// ----------------------------------------------------------------------------------------- fixed fractions

/// A coin that comes down for the bettor 55 times in a hundred, at even money, a toss a day.
struct Coin {
    random: chacha20::ChaCha8Rng,
    names: Names,
    fixture: Option<Arc<Fixture>>,
    day: i64,
    tosses: i64,
}

impl Coin {
    fn new(run: u64, tosses: i64) -> Self {
        Self {
            random: stream(11, run, Purpose::Scores),
            names: Names::default(),
            fixture: None,
            day: 0,
            tosses,
        }
    }

    fn toss(&mut self) -> Fixture {
        let (home, away) = (
            self.names.intern_team("heads"),
            self.names.intern_team("tails"),
        );
        let (league, day) = (self.names.intern_league("coin"), Time::from_days(self.day));
        let id = Fixture::id_of("coin", &self.day.to_string(), "heads", "tails");
        Fixture {
            id,
            league,
            home,
            away,
            season: 2000,
            day,
            kickoff: None,
            neutral: false,
        }
    }
}

impl Source for Coin {
    fn next_round(&mut self, round: &mut Round) -> Result<NextRound, SourceError> {
        if let Some(fixture) = self.fixture.take() {
            round.reset(fixture.day + 3600);
            let home = u8::from(self.random.random::<f64>() < 0.55);
            round.results.push(Match {
                fixture,
                score: Score {
                    home,
                    away: 1 - home,
                },
                status: MatchStatus::Played,
                statistics: None,
            });
            self.day += 1;
            return Ok(NextRound::Round);
        }
        if self.day == self.tosses {
            return Ok(NextRound::End);
        }
        let fixture = Arc::new(self.toss());
        round.reset(fixture.day);
        let odds = Odds::new(2.0).unwrap();
        let quote = Quote {
            selection: Selection::HOME,
            odds,
            book: Book::AVG,
            as_of: round.time,
        };
        round.offers.push(Offer {
            fixture: Arc::clone(&fixture),
            state: Default::default(),
            quotes: vec![quote],
        });
        self.fixture = Some(fixture);
        Ok(NextRound::Round)
    }

    fn names(&self) -> &Names {
        &self.names
    }
}

/// Bets won, and the bankroll at the end over that at first.
fn toss(run: u64, fraction: f64) -> (u64, f64) {
    let toml = format!("strategy = 'proportional'\nstake = {fraction}\nbankroll = 1000000");
    let config = simbet::RunConfig::resolve(&Settings::from_toml(&toml).unwrap()).unwrap();
    let mut engine = Engine::new(&config.engine).unwrap();
    let summary = simbet::run(&mut Coin::new(run, 500), &mut engine, &mut [], &mut |_| {}).unwrap();
    assert_eq!(summary.bets, 500);
    (summary.won, summary.final_bankroll.units() / 1_000_000.0)
}

/// The probability of at most k successes in n trials.
fn binomial_at_most(k: u64, n: u64, p: f64) -> f64 {
    use statrs::distribution::{Binomial, DiscreteCDF as _};
    Binomial::new(p, n).unwrap().cdf(k)
}

#[test]
fn fixed_fractions_at_even_money_end_where_the_binomial_says() {
    let runs = sized(4001) | 1;
    for fraction in [0.02_f64, 0.1] {
        let worth =
            |won: u64| (1.0 + fraction).powi(won as i32) * (1.0 - fraction).powi(500 - won as i32);
        let mut ended = Vec::new();
        for run in 0..runs as u64 {
            let (won, factor) = toss(run, fraction);
            // 500 stakes, each rounded to a cent of a bankroll of a million
            assert!(
                (factor / worth(won) - 1.0).abs() < 1e-4,
                "{won} won, {factor} is not {}",
                worth(won)
            );
            ended.push(factor);
        }
        ended.sort_by(f64::total_cmp);
        let median = ended[runs / 2];
        if cfg!(debug_assertions) {
            assert!(median > worth(270) && median < worth(280));
        } else {
            // the median of 4,001 runs is that of the binomial, 275 won, with a probability of 98 %
            assert!(
                (median / worth(275) - 1.0).abs() < 1e-4,
                "median {median}, theory {}",
                worth(275)
            );
        }
        let least = (0..=500).find(|&won| worth(won) > 1.0).unwrap();
        let p = 1.0 - binomial_at_most(least - 1, 500, 0.55);
        let (n, profitable) = (
            runs as f64,
            ended.iter().filter(|&&factor| factor > 1.0).count() as f64,
        );
        let z = (profitable - n * p) / (n * p * (1.0 - p)).sqrt();
        assert!(
            z.abs() < FAR,
            "fraction {fraction}: {profitable} of {n} in profit, expected {:.1}",
            n * p
        );
    }
}

// --------------------------------------------------------------------------------------------------- a fit

/// Twenty teams, attack and defence summing to nothing.
fn known_teams() -> Vec<Team> {
    let team = |k: usize| {
        let attack = 0.03 * (k as f64 - 9.5);
        let defence = 0.025 * ((k * 7 % 20) as f64 - 9.5);
        Team {
            name: format!("Team {k:02}"),
            attack,
            defence,
        }
    };
    (0..20).map(team).collect()
}

fn known_results(matches: u64) -> Vec<WeightedMatch> {
    let league = LeagueConfig {
        teams: Teams::Given(known_teams()),
        rho: -0.1,
        ..LeagueConfig::default()
    };
    let mut source = Synthetic::new(&SyntheticConfig {
        league,
        matches,
        ..SyntheticConfig::default()
    })
    .unwrap();
    let (mut round, mut played) = (Round::default(), Vec::new());
    while source.next_round(&mut round).unwrap() == NextRound::Round {
        played.extend(round.results.iter().map(|one| WeightedMatch {
            home: one.fixture.home.0 as usize,
            away: one.fixture.away.0 as usize,
            score: one.score,
            weight: 1.0,
            neutral: false,
        }));
    }
    played
}

/// Estimates less truth, in the order of the covariance.
fn errors_of(fit: &Fit) -> Vec<f64> {
    let teams = known_teams();
    let attack = fit
        .attack
        .iter()
        .zip(&teams)
        .map(|(found, team)| found - team.attack);
    let defence = fit
        .defence
        .iter()
        .zip(&teams)
        .map(|(found, team)| found - team.defence);
    // goals of average sides as in the default league
    let rest = [
        fit.intercept - 1.2_f64.ln(),
        fit.home_advantage - (1.5_f64 / 1.2).ln(),
        fit.rho + 0.1,
    ];
    attack.chain(defence).chain(rest).collect()
}

/// dᵀ C⁻¹ d by Cholesky's factor, of the rows and columns that are kept.
fn mahalanobis(errors: &[f64], covariance: &[f64], kept: &[usize]) -> f64 {
    let (order, n) = (errors.len(), kept.len());
    let mut factor = vec![0.0; n * n];
    let mut solved = vec![0.0; n];
    for i in 0..n {
        for j in 0..=i {
            let products: f64 = (0..j).map(|k| factor[i * n + k] * factor[j * n + k]).sum();
            let rest = covariance[kept[i] * order + kept[j]] - products;
            factor[i * n + j] = if i == j {
                rest.sqrt()
            } else {
                rest / factor[j * n + j]
            };
        }
        let products: f64 = (0..i).map(|k| factor[i * n + k] * solved[k]).sum();
        solved[i] = (errors[kept[i]] - products) / factor[i * n + i];
    }
    solved.iter().map(|value| value * value).sum()
}

#[test]
fn a_fit_finds_the_truth_within_its_standard_errors() {
    let played = known_results(20_140);
    let fit = fit(
        &played,
        &FitConfig {
            dependence: Dependence::DixonColes,
            ..FitConfig::default()
        },
    )
    .unwrap();
    let (errors, covariance) = (errors_of(&fit), fit.covariance().unwrap());
    for (k, error) in errors.iter().enumerate() {
        let z = error / covariance[k * errors.len() + k].sqrt();
        assert!(
            z.abs() < 4.5,
            "parameter {k} is {error} away from the truth, z {z:.2}"
        );
    }
    // the last team's attack and defence follow from the others'
    let kept: Vec<usize> = (0..errors.len()).filter(|&k| k != 19 && k != 39).collect();
    let chi_square = mahalanobis(&errors, &covariance, &kept);
    let z = chi_square_z(chi_square, kept.len() as f64);
    assert!(
        z.abs() < FAR,
        "χ² {chi_square:.1} of {} parameters, z {z:.2}",
        kept.len()
    );
}

// ------------------------------------------------------------------------------------------- the bookmaker

/// The prices of a match before and at kick-off, and the truth.
struct Priced {
    opening: Vec<Quote>,
    closing: Vec<Quote>,
    truth: ScoreGrid,
    score: Score,
}

fn priced(bookmaker: BookmakerConfig, matches: usize) -> Vec<Priced> {
    let markets = MarketKind::ALL.to_vec();
    let config = SyntheticConfig {
        bookmaker,
        matches: matches as u64,
        markets,
        ..SyntheticConfig::default()
    };
    let mut source = Synthetic::new(&config).unwrap();
    let mut truth = TrueModel::new(source.world(), 0, 0.0);
    let (mut round, mut all, mut done) = (Round::default(), Vec::<Priced>::new(), 0);
    while source.next_round(&mut round).unwrap() == NextRound::Round {
        for offer in &round.offers {
            let truth = truth.grid(offer).unwrap().unwrap();
            let opening = offer.quotes.clone();
            all.push(Priced {
                opening,
                closing: Vec::new(),
                truth,
                score: Score::default(),
            });
        }
        let open = all.len() - round.closes.len();
        all[open..]
            .iter_mut()
            .zip(&round.closes)
            .for_each(|(one, close)| one.closing.clone_from(&close.quotes));
        for played in &round.results {
            all[done].score = played.score;
            done += 1;
        }
    }
    assert_eq!(done, matches);
    all
}

/// The quotes of a market, and its true probabilities: of what can be won or lost, the share that each side wins.
fn market(quotes: &[Quote], kind: MarketKind, truth: &ScoreGrid) -> (Vec<f64>, Vec<f64>) {
    let of_kind = || {
        quotes
            .iter()
            .filter(|quote| quote.selection.market().kind() == kind)
    };
    let share = |quote: &Quote| {
        let split = OutcomeDistribution::of(quote.selection, truth);
        let won = split.part(Outcome::Won) + 0.5 * split.part(Outcome::HalfWon);
        let lost = split.part(Outcome::Lost) + 0.5 * split.part(Outcome::HalfLost);
        won / (won + lost)
    };
    (
        of_kind().map(|quote| quote.odds.decimal()).collect(),
        of_kind().map(share).collect(),
    )
}

#[test]
fn a_bookmaker_without_noise_asks_the_truth_and_the_margin() {
    for margin_method in methods() {
        for margin in [0.0, 0.05, 0.2] {
            let bookmaker = BookmakerConfig {
                margin,
                margin_method,
                noise: 0.0,
                closing_noise: 0.0,
                decimals: 10,
                ..Default::default()
            };
            for one in priced(bookmaker, 100) {
                assert_eq!(one.opening.len(), 9);
                let same = one
                    .opening
                    .iter()
                    .zip(&one.closing)
                    .all(|(open, close)| open.odds == close.odds);
                assert!(same, "without noise prices do not move");
                for kind in MarketKind::ALL {
                    let (odds, truth) = market(&one.opening, kind, &one.truth);
                    if odds.contains(&1.01) {
                        // the lowest odds there are: the margin that was asked for finds no room
                        continue;
                    }
                    let sum: f64 = odds.iter().map(|odds| 1.0 / odds).sum();
                    assert!(
                        (sum - 1.0 - margin).abs() < 1e-8,
                        "{margin_method:?} {kind}: {odds:?} sum to {sum}"
                    );
                    let found = margin::fair(&odds, margin_method).unwrap();
                    let gap = found
                        .iter()
                        .zip(&truth)
                        .map(|(found, truth)| (found - truth).abs())
                        .fold(0.0, f64::max);
                    assert!(
                        gap < 1e-7,
                        "{margin_method:?} {kind}: {found:?} should be {truth:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn the_handicap_is_the_nearest_to_even_and_all_markets_are_of_one_grid() {
    for one in priced(
        BookmakerConfig {
            noise: 0.0,
            closing_noise: 0.0,
            ..Default::default()
        },
        380,
    ) {
        let lines: Vec<Market> = one
            .opening
            .iter()
            .map(|quote| quote.selection.market())
            .collect();
        let handicap = lines
            .iter()
            .find(|market| market.kind() == MarketKind::AsianHandicap)
            .unwrap();
        let [home, away] = one.truth.expected_goals();
        let line = handicap.line().unwrap().goals();
        assert!(
            (line + home - away).abs() <= 0.125 + 1e-9,
            "a line of {line} for {home}–{away} goals"
        );
        let (_, truth) = market(&one.opening, MarketKind::AsianHandicap, &one.truth);
        assert!(
            (truth[0] - 0.5).abs() < 0.1 && (truth[0] + truth[1] - 1.0).abs() < 1e-9,
            "{truth:?}"
        );
    }
}

fn logit(p: f64) -> f64 {
    (p / (1.0 - p)).ln()
}

/// The logits of home, draw and away, or of over, move by the standard deviation that was asked for.
#[test]
fn noise_moved_the_logits_of_two_way_markets_too_far() {
    let [noise, closing_noise] = [0.06, 0.02];
    let bookmaker = BookmakerConfig {
        noise,
        closing_noise,
        decimals: 10,
        ..Default::default()
    };
    let matches = priced(bookmaker, sized(20_000));
    for kind in MarketKind::ALL {
        for (name, wanted) in [("opening", noise), ("closing", closing_noise)] {
            let mut squares = Vec::new();
            for one in &matches {
                let quotes = if name == "opening" {
                    &one.opening
                } else {
                    &one.closing
                };
                let (odds, truth) = market(quotes, kind, &one.truth);
                let found = margin::fair(&odds, MarginMethod::Power).unwrap();
                // of three, the other two count in proportion to their probabilities
                let sides = truth.len() as f64;
                let others: f64 = truth[1..]
                    .iter()
                    .map(|p| (p / (1.0 - truth[0])).powi(2))
                    .sum();
                let due = wanted * ((1.0 + others) * (1.0 - 1.0 / sides)).sqrt();
                assert!(due < 1.2 * wanted);
                squares.push(((logit(found[0]) - logit(truth[0])) / due).powi(2));
            }
            assert_mean(
                &squares,
                1.0,
                &format!("variance of {name} {kind} over what was asked for"),
            );
        }
    }
}

#[test]
fn closing_prices_know_more_than_opening_ones() {
    let bookmaker = BookmakerConfig {
        noise: 0.5,
        closing_noise: 0.1,
        ..Default::default()
    };
    let mut gains = Vec::new();
    for one in priced(bookmaker, sized(10_000).max(4000)) {
        let won = if one.score.home > one.score.away {
            0
        } else {
            1 + usize::from(one.score.home < one.score.away)
        };
        let loss = |quotes: &[Quote]| {
            let odds = market(quotes, MarketKind::MatchOdds, &one.truth).0;
            -margin::fair(&odds, MarginMethod::Multiplicative).unwrap()[won].ln()
        };
        gains.push(loss(&one.opening) - loss(&one.closing));
    }
    let [mean, error] = mean(&gains);
    assert!(
        mean > FAR * error,
        "closing prices are better by {mean} ± {error}"
    );
}

#[test]
fn a_longshot_bias_makes_outsiders_worse_value() {
    let bookmaker = BookmakerConfig {
        longshot_bias: 0.1,
        noise: 0.0,
        closing_noise: 0.0,
        decimals: 10,
        ..Default::default()
    };
    for one in priced(bookmaker, 380) {
        let (odds, truth) = market(&one.opening, MarketKind::MatchOdds, &one.truth);
        let mut values: Vec<(f64, f64)> = truth
            .iter()
            .zip(&odds)
            .map(|(p, odds)| (*p, p * odds))
            .collect();
        values.sort_by(|one, other| one.0.total_cmp(&other.0));
        assert!(
            values.windows(2).all(|pair| pair[0].1 <= pair[1].1),
            "{values:?}"
        );
        let sum: f64 = odds.iter().map(|odds| 1.0 / odds).sum();
        assert!((sum - 1.05).abs() < 1e-8 || odds.contains(&1.01));
    }
}

/// The model that is told the truth walks through the league on its own, and must arrive where the matches are drawn.
#[test]
fn the_true_model_follows_a_league_that_drifts() {
    for teams in [
        Teams::Drawn {
            count: 6,
            spread: 0.25,
        },
        Teams::Given(known_teams()),
    ] {
        let league = LeagueConfig {
            teams,
            drift: 0.05,
            ..LeagueConfig::default()
        };
        let bookmaker = BookmakerConfig {
            noise: 0.0,
            closing_noise: 0.0,
            decimals: 10,
            ..Default::default()
        };
        let config = SyntheticConfig {
            league,
            bookmaker,
            matches: 1000,
            every: Some(45),
            ..SyntheticConfig::default()
        };
        let mut source = Synthetic::new(&config).unwrap();
        let mut truth = TrueModel::new(source.world(), 3, 0.0);
        source.restart(3);
        let (mut round, mut compared) = (Round::default(), 0);
        while source.next_round(&mut round).unwrap() == NextRound::Round {
            for offer in &round.offers {
                let truth = truth.grid(offer).unwrap().unwrap().outcomes();
                let odds: Vec<f64> = offer
                    .quotes
                    .iter()
                    .map(|quote| quote.odds.decimal())
                    .collect();
                if odds.len() < 3 || odds.iter().any(|odds| *odds <= 1.01 || *odds >= 1000.0) {
                    continue;
                }
                let found = margin::fair(&odds, MarginMethod::Power).unwrap();
                assert!(
                    found
                        .iter()
                        .zip(truth)
                        .all(|(found, truth)| (found - truth).abs() < 1e-7)
                );
                compared += 1;
            }
        }
        assert!(compared > 1500);
    }
}

/// What happens in a league: results, and opening prices of 1X2.
fn happenings(config: &SyntheticConfig) -> (Vec<Score>, Vec<f64>) {
    let mut source = Synthetic::new(config).unwrap();
    let (mut round, mut scores, mut odds) = (Round::default(), Vec::new(), Vec::new());
    while source.next_round(&mut round).unwrap() == NextRound::Round {
        scores.extend(round.results.iter().map(|played| played.score));
        let before = round.offers.iter().filter(|offer| offer.state.minute == 0);
        let quotes = before.flat_map(|offer| offer.quotes.iter());
        let of_match = quotes.filter(|quote| quote.selection.market() == Market::MatchOdds);
        odds.extend(of_match.map(|quote| quote.odds.decimal()));
    }
    (scores, odds)
}

#[test]
fn turning_one_dial_moves_nothing_else() {
    let config = SyntheticConfig {
        matches: 500,
        ..SyntheticConfig::default()
    };
    let plain = happenings(&config);
    let in_play = happenings(&SyntheticConfig {
        every: Some(5),
        ..config.clone()
    });
    let markets = happenings(&SyntheticConfig {
        markets: MarketKind::ALL.to_vec(),
        ..config.clone()
    });
    assert!(plain == in_play && plain == markets);
    let longer = happenings(&SyntheticConfig {
        matches: 900,
        ..config.clone()
    });
    assert!(plain.0 == longer.0[..500] && plain.1 == longer.1[..1500]);
    let bookmaker = BookmakerConfig {
        noise: 0.4,
        closing_noise: 0.0,
        margin: 0.2,
        ..Default::default()
    };
    let prices = happenings(&SyntheticConfig {
        bookmaker,
        ..config.clone()
    });
    assert!(plain.0 == prices.0 && plain.1 != prices.1);
    assert_ne!(plain, happenings(&SyntheticConfig { seed: 2, ..config }));
}

// ------------------------------------------------------------------------------------------ distributions

#[test]
fn beyond_a_hundred_thousand_values_quantiles_keep_four_digits_and_nothing_else_is_kept() {
    let (unit, offset) = (0.01, 5.0);
    let mut distribution = Distribution::new(unit, offset);
    let mut random = stream(5, 5, Purpose::Lots);
    let mut values = Vec::new();
    for _ in 0..150_000 {
        // skewed over seven orders of magnitude, and negative at times
        let value = (18.0 * random.random::<f64>() - 2.0).exp() - 4.0;
        distribution.add(Some(value));
        values.push(value);
    }
    assert!(distribution.values().is_empty());
    values.sort_by(f64::total_cmp);
    for (q, found) in QUANTILES.into_iter().zip(distribution.summary().quantiles) {
        let exact = values[(q * values.len() as f64).ceil() as usize - 1];
        let allowed = (exact + offset) / 10_000.0 + unit;
        assert!(
            (found.unwrap() - exact).abs() <= allowed,
            "{q}: {found:?} should be {exact}"
        );
    }
    let exact = values.iter().sum::<f64>() / values.len() as f64;
    assert!((distribution.summary().mean.mean.unwrap() / exact - 1.0).abs() < 1e-9);
}

#[test]
fn a_growth_below_what_was_thought_least_was_lost() {
    // a bankroll of a billion of which a cent is left: ln(10⁻¹¹) = −25.3
    let toml = "strategy = 'flat'\nbankroll = 1000000000";
    let config = simulation(toml, 1, 1, |_| {});
    let mut compared = simbet::SimulationReport::new(&config);
    let mut result = results(&config).remove(0);
    result.summary.final_bankroll = Money::from_minor(1);
    for _ in 0..100_001 {
        compared.add(std::slice::from_ref(&result));
    }
    let mut better = result.clone();
    better.summary.final_bankroll = result.summary.initial_bankroll;
    compared.add(&[better]);
    let median = compared.strategies[0].log_growth.summary().quantiles[3].unwrap();
    assert!((median - 1e-11_f64.ln()).abs() < 1e-5, "{median}");
}

#[test]
fn prices_struck_at_the_close_are_the_closing_ones() {
    let config = simulation("strategy = 'flat'\nprice = 'close'", 50, 1, |_| {});
    assert_eq!(config.synthetic.price, PriceTime::Close);
    let (_, book) = bets(&config, 1);
    assert!(!book.settled.is_empty());
    for settled in &book.settled {
        assert_eq!(
            settled.closing.and_then(|closing| closing.odds),
            Some(settled.bet.edge.quote.odds)
        );
        assert_ne!(settled.bet.edge.quote.selection.side(), Side::Over);
    }
}

#[test]
fn a_fan_of_more_than_ten_thousand_runs_keeps_three_digits() {
    let config = simulation("strategy = 'flat'", 1, 1, |_| {});
    let mut compared = simbet::SimulationReport::new(&config);
    let mut result = results(&config).remove(0);
    let start = result.path[0];
    for units in 1..=12_001 {
        result.path[1] = Money::from_minor(100 * units);
        compared.add(std::slice::from_ref(&result));
    }
    let points: Vec<_> = compared.strategies[0].fan.points().collect();
    assert!(
        points[0]
            .quantiles
            .iter()
            .all(|quantile| *quantile == start.units())
    );
    for (q, found) in QUANTILES.into_iter().zip(points[1].quantiles) {
        let exact = (12_001.0 * q).ceil();
        assert!(
            (found / exact - 1.0).abs() < 1e-3,
            "{q}: {found} should be {exact}"
        );
    }
    assert!((points[1].mean - 6001.0).abs() < 1e-6);
}
