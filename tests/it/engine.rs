//! The fold: what a feed may do twice or too late changes nothing.

use std::sync::Arc;

use simbet::config::{RunConfig, Settings};
use simbet::domain::{
    Book, Entry, Fixture, Match, MatchState, Names, Odds, Offer, Quote, Round, Score, Selection,
    Time,
};
use simbet::engine::Engine;

fn engine() -> Engine {
    let config = RunConfig::resolve(
        &Settings::from_toml("strategy = 'flat'\nselections = ['home']").unwrap(),
    )
    .unwrap();
    Engine::new(&config.engine).unwrap()
}

fn fixture(names: &mut Names) -> Arc<Fixture> {
    let (home, away) = (names.intern_team("Home"), names.intern_team("Away"));
    let (id, league, day) = (
        "match_001".into(),
        names.intern_league("L"),
        Time::from_days(100),
    );
    Arc::new(Fixture {
        id,
        league,
        home,
        away,
        season: 2024,
        day,
        kickoff: None,
    })
}

fn round(time: Time, offers: &[&Arc<Fixture>], results: &[&Arc<Fixture>]) -> Round {
    let quote = Quote {
        selection: Selection::HOME,
        odds: Odds::new(2.0).unwrap(),
        book: Book::AVG,
        as_of: time,
    };
    let offer = |fixture: &&Arc<Fixture>| Offer {
        fixture: Arc::clone(fixture),
        state: MatchState::default(),
        quotes: vec![quote],
    };
    let score = Score { home: 1, away: 0 };
    let result = |fixture: &&Arc<Fixture>| Match {
        fixture: Arc::clone(fixture),
        score,
    };
    Round {
        time,
        results: results.iter().map(result).collect(),
        offers: offers.iter().map(offer).collect(),
        closes: vec![],
    }
}

fn day(day: i64) -> Time {
    Time::from_days(day)
}

#[test]
fn a_second_result_changes_nothing() {
    let (mut engine, mut names, mut entries) = (engine(), Names::default(), Vec::new());
    let fixture = fixture(&mut names);
    let rounds = [
        round(day(100), &[&fixture], &[]),
        round(day(101), &[], &[&fixture]),
    ];
    engine.process(&rounds, &names, &mut entries).unwrap();
    let before = (entries.len(), *engine.ledger().bankroll());
    engine
        .process(&[round(day(102), &[], &[&fixture])], &names, &mut entries)
        .unwrap();
    assert_eq!(before, (entries.len(), *engine.ledger().bankroll()));
}

#[test]
fn a_price_after_the_result_is_not_bet_on() {
    let (mut engine, mut names, mut entries) = (engine(), Names::default(), Vec::new());
    let fixture = fixture(&mut names);
    let rounds = [
        round(day(100), &[], &[&fixture]),
        round(day(101), &[&fixture], &[]),
    ];
    engine.process(&rounds, &names, &mut entries).unwrap();
    assert!(
        entries
            .iter()
            .all(|entry| !matches!(entry, Entry::Placed(_))),
        "{entries:?}"
    );
    assert_eq!(engine.ledger().bankroll().reserved().minor(), 0);
}

#[test]
fn rounds_in_one_batch_or_one_by_one_give_the_same_entries() {
    let mut names = Names::default();
    let fixture = fixture(&mut names);
    let rounds = [
        round(day(100), &[&fixture], &[]),
        round(day(101), &[], &[&fixture]),
    ];
    let (mut together, mut apart) = (Vec::new(), Vec::new());
    engine().process(&rounds, &names, &mut together).unwrap();
    let mut engine = engine();
    for round in &rounds {
        engine
            .process(std::slice::from_ref(round), &names, &mut apart)
            .unwrap();
    }
    assert_eq!(together, apart);
    assert!(
        together
            .iter()
            .any(|entry| matches!(entry, Entry::Settled(_)))
    );
}
