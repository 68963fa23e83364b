//! Results that are corrected: the engine, the models and the figures end where the last results lead.

use std::sync::Arc;

use clap::ValueEnum;
use rand::SeedableRng as _;
use simbet::internals::metrics::Metrics;
use simbet::internals::predict;
use simbet::internals::significance::Evidence;
use simbet::{
    Book, Engine, Entry, Fixture, Match, MatchState, MatchStatus, ModelConfig, ModelKind, Names,
    Odds, Offer, Quote, Round, RunConfig, Score, Selection, Settings, Summary, Time,
};

/// A result as it was said: goals and status.
type Result = ([u8; 2], MatchStatus);

const fn played(home: u8, away: u8) -> Result {
    ([home, away], MatchStatus::Played)
}

/// A double round robin of four teams, a match a day.
fn fixtures(names: &mut Names) -> Vec<Arc<Fixture>> {
    let league = names.intern_league("L");
    let teams = ["Ashby", "Corfield", "Dunmore", "Eltham"].map(|name| names.intern_team(name));
    let pairs = teams
        .iter()
        .flat_map(|home| teams.iter().map(move |away| (*home, *away)))
        .filter(|(home, away)| home != away);
    let days = (100..).zip(pairs);
    let fixture = |(day, (home, away))| Fixture {
        id: format!("match {day}").into(),
        league,
        home,
        away,
        season: 2024,
        day: Time::from_days(day),
        kickoff: None,
        neutral: false,
    };
    days.map(fixture).map(Arc::new).collect()
}

fn ended(fixture: &Arc<Fixture>, ([home, away], status): Result) -> Match {
    Match {
        fixture: Arc::clone(fixture),
        score: Score { home, away },
        status,
        statistics: None,
    }
}

fn offer(fixture: &Arc<Fixture>, time: Time) -> Offer {
    let prices = [
        (Selection::HOME, 2.3),
        (Selection::DRAW, 3.3),
        (Selection::AWAY, 3.4),
    ];
    let quote = |(selection, odds)| Quote {
        selection,
        odds: Odds::new(odds).unwrap(),
        book: Book::AVG,
        as_of: time,
    };
    Offer {
        fixture: Arc::clone(fixture),
        state: MatchState::default(),
        quotes: prices.map(quote).to_vec(),
    }
}

/// A round a day: the results of the day before, and what was said of earlier ones, then the day's match.
fn rounds(fixtures: &[Arc<Fixture>], said: &[(usize, usize, Result)]) -> Vec<Round> {
    (0..=fixtures.len())
        .map(|day| {
            let time = Time::from_days(100 + day as i64);
            let of_day = said.iter().filter(|(on, ..)| *on == day);
            Round {
                time,
                results: of_day
                    .map(|(_, number, result)| ended(&fixtures[*number], *result))
                    .collect(),
                offers: fixtures
                    .get(day)
                    .map(|one| offer(one, time))
                    .into_iter()
                    .collect(),
                closes: Vec::new(),
                lessons: Vec::new(),
            }
        })
        .collect()
}

/// The first word on each match is a goal too many for the home side where it is corrected on the next day.
fn corrected_and_at_once() -> [Vec<(usize, usize, Result)>; 2] {
    let last = |number: usize| match number {
        2 => ([1, 0], MatchStatus::Abandoned),
        5 => ([3, 0], MatchStatus::Awarded),
        _ => played((number % 3) as u8, (number % 2) as u8),
    };
    let first = |number: usize| match number {
        // from a result to none, from none to a result, and another score
        2 => played(1, 0),
        3 => ([0, 0], MatchStatus::Postponed),
        7 | 8 => played((number % 3) as u8 + 1, (number % 2) as u8),
        _ => last(number),
    };
    let at_once = (0..12).map(|number| (number + 1, number, last(number)));
    let mut corrected: Vec<_> = (0..12)
        .map(|number| (number + 1, number, first(number)))
        .collect();
    for number in [2, 3, 7, 8] {
        corrected.push((number + 2, number, last(number)));
    }
    [corrected, at_once.collect()]
}

fn engine(settings: &str) -> Engine {
    let settings = Settings::from_toml(settings).unwrap();
    Engine::new(&RunConfig::resolve(&settings).unwrap().engine).unwrap()
}

const FLAT: &str = "strategy = 'flat'\nmodel = 'market'\nmarket_book = 'avg'\nselections = ['home', 'draw']\n\
    multiple = true\ncommission = '0.05'\nmin_ev = -0.9\nmin_odds = 1.1\nmax_odds = 100";

fn entries(said: &[(usize, usize, Result)]) -> Vec<Entry> {
    let (mut names, mut entries) = (Names::default(), Vec::new());
    let fixtures = fixtures(&mut names);
    engine(FLAT)
        .process(&rounds(&fixtures, said), &names, &mut entries)
        .unwrap();
    entries
}

fn summary(entries: &[Entry]) -> Summary {
    let mut metrics = Metrics::new(simbet::Money::from_minor(1_000_000));
    let mut evidence = Evidence::default();
    for entry in entries {
        metrics.record(entry);
        evidence.record(entry);
    }
    let mut summary = metrics.summary();
    let mut random = chacha20::ChaCha8Rng::seed_from_u64(7);
    summary.significance = Some(Box::new(evidence.assess(&mut random)));
    summary
}

#[test]
fn the_figures_are_those_of_the_last_results() {
    let [corrected, at_once] = corrected_and_at_once();
    let (found, expected) = (summary(&entries(&corrected)), summary(&entries(&at_once)));
    assert!(found.corrected >= 6, "{}", found.corrected);
    assert_eq!((expected.corrected, expected.bets), (0, 24));
    let counts = |one: &Summary| {
        [
            one.matches,
            one.predicted,
            one.bets,
            one.won,
            one.void,
            one.lost,
            one.open,
            one.clv_n,
            one.model.n,
        ]
    };
    assert_eq!(counts(&found), counts(&expected));
    assert_eq!((expected.matches, expected.void), (10, 4));
    assert_eq!(
        (found.turnover, found.profit, found.final_bankroll),
        (expected.turnover, expected.profit, expected.final_bankroll)
    );
    for (found, expected) in [
        (found.model, expected.model),
        (found.market, expected.market),
    ] {
        for (found, expected) in [
            (found.log_loss, expected.log_loss),
            (found.brier, expected.brier),
            (found.rps, expected.rps),
        ] {
            assert!((found.unwrap() - expected.unwrap()).abs() < 1e-12);
        }
    }
    let (found, expected) = (found.significance.unwrap(), expected.significance.unwrap());
    assert_eq!(found.fair_wins, expected.fair_wins);
    assert_eq!(found.bets, expected.bets);
    assert_eq!(found.forecast_days, expected.forecast_days);
}

#[test]
fn an_engine_that_was_saved_corrects_like_one_that_was_not() {
    let mut names = Names::default();
    let fixtures = fixtures(&mut names);
    let [said, _] = corrected_and_at_once();
    let rounds = rounds(&fixtures, &said);
    let settings = FLAT
        .replace("'market'", "'average'")
        .replace("market_book = 'avg'\n", "");
    for cut in 1..rounds.len() {
        let (mut whole, mut resumed) = (engine(&settings), engine(&settings));
        whole
            .process(&rounds[..cut], &names, &mut Vec::new())
            .unwrap();
        resumed.restore(&whole.save().unwrap()).unwrap();
        let (mut expected, mut found) = (Vec::new(), Vec::new());
        whole
            .process(&rounds[cut..], &names, &mut expected)
            .unwrap();
        for round in &rounds[cut..] {
            resumed
                .process(std::slice::from_ref(round), &names, &mut found)
                .unwrap();
        }
        assert_eq!(found, expected, "after {cut} rounds");
        assert_eq!(
            resumed.save().unwrap(),
            whole.save().unwrap(),
            "after {cut} rounds"
        );
    }
}

#[test]
fn a_forgotten_match_cannot_be_corrected_any_more() {
    let (mut names, mut entries) = (Names::default(), Vec::new());
    let fixtures = fixtures(&mut names);
    let mut engine = engine(FLAT);
    let on = |day: i64, offers: Vec<Offer>, results: Vec<Match>| Round {
        time: Time::from_days(day),
        results,
        offers,
        closes: Vec::new(),
        lessons: Vec::new(),
    };
    let first = [
        on(100, vec![offer(&fixtures[0], Time::from_days(100))], vec![]),
        on(101, vec![], vec![ended(&fixtures[0], played(1, 0))]),
        on(132, vec![], vec![ended(&fixtures[1], played(1, 0))]),
    ];
    engine.process(&first, &names, &mut entries).unwrap();
    let balance = engine.ledger().bankroll().balance();
    assert_eq!(engine.ledger().remembered(), 1, "the first is forgotten");
    let late = [on(133, vec![], vec![ended(&fixtures[0], played(0, 1))])];
    engine.process(&late, &names, &mut entries).unwrap();
    assert_eq!(engine.ledger().bankroll().balance(), balance);
    assert!(
        !entries
            .iter()
            .any(|entry| matches!(entry, Entry::Corrected { .. }))
    );
}

/// Every model that learns from results learns the right one in place of the wrong one.
#[test]
fn a_model_learns_a_corrected_result_in_place_of_the_wrong_one() {
    for kind in ModelKind::value_variants()
        .iter()
        .copied()
        .filter(|kind| kind.learns_from_results() && !kind.is_from_outside())
    {
        let mut names = Names::default();
        let fixtures = fixtures(&mut names);
        let config = ModelConfig {
            kind,
            ..ModelConfig::default()
        };
        let [mut corrected, mut at_once] = [0, 1].map(|_| predict::build("", &config).unwrap());
        let now = Time::from_days(120);
        let next = offer(&fixtures[0], now);
        for (number, fixture) in fixtures.iter().enumerate() {
            let right = ended(fixture, played((number % 3) as u8, (number % 2) as u8));
            let wrong = ended(fixture, played(9, 0));
            at_once.observe(&right);
            corrected.observe(if number % 4 == 1 { &wrong } else { &right });
            if number == 6 {
                // a fit to the wrong results must not stay
                corrected.predict(&next, Time::from_days(110)).unwrap();
                at_once.predict(&next, Time::from_days(110)).unwrap();
            }
        }
        // a fit of a round stays until the next one
        let before = corrected
            .predict(&next, Time::from_days(119))
            .unwrap()
            .unwrap()
            .outcomes()
            .unwrap();
        for (number, fixture) in fixtures
            .iter()
            .enumerate()
            .filter(|(number, _)| number % 4 == 1)
        {
            corrected.retract(&ended(fixture, played(9, 0)));
            corrected.retract(&ended(fixture, played(8, 8)));
            corrected.observe(&ended(
                fixture,
                played((number % 3) as u8, (number % 2) as u8),
            ));
        }
        let found = corrected
            .predict(&next, now)
            .unwrap()
            .unwrap()
            .outcomes()
            .unwrap();
        let expected = at_once
            .predict(&next, now)
            .unwrap()
            .unwrap()
            .outcomes()
            .unwrap();
        for (found, expected) in found.iter().zip(expected) {
            assert!(
                (found - expected).abs() < 1e-6,
                "{kind:?}: {found} {expected}"
            );
        }
        assert!(
            (before[0] - expected[0]).abs() > 1e-3,
            "{kind:?} learns nothing"
        );
    }
}
