//! The fold: what a feed may do twice or too late changes nothing.

use std::sync::Arc;

use simbet::{
    Book, Entry, Fixture, Forecast, Match, MatchState, MatchStatus, Names, Odds, Offer, Opinion,
    Quote, Round, Score, ScoreGrid, Selection, Time,
};
use simbet::{Engine, Sink, SinkError, Summary, run};
use simbet::{PredictError, Predictor, Synthetic, SyntheticConfig};
use simbet::{RunConfig, Settings};

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
        neutral: false,
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
        status: MatchStatus::Played,
        statistics: None,
    };
    Round {
        time,
        results: results.iter().map(result).collect(),
        offers: offers.iter().map(offer).collect(),
        closes: vec![],
        lessons: vec![],
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

/// A match of this id, with the prices and the result of the other days.
fn played_on(id: &str, names: &mut Names) -> Arc<Fixture> {
    Arc::new(Fixture {
        id: id.into(),
        ..(*fixture(names)).clone()
    })
}

/// The ledger remembered what it had settled until it settled something else, longer than the engine did.
#[test]
fn an_id_that_is_used_again_a_month_later_is_of_a_match_that_is_bet_on() {
    let (mut engine, mut names, mut entries) = (engine(), Names::default(), Vec::new());
    let again = fixture(&mut names);
    let without_bets = played_on("match_002", &mut names);
    let rounds = [
        round(day(100), &[&again], &[]),
        round(day(101), &[], &[&again]),
        round(day(132), &[], &[&without_bets]),
        round(day(133), &[&again], &[]),
        round(day(134), &[], &[&again]),
    ];
    engine.process(&rounds, &names, &mut entries).unwrap();
    let settled: Vec<Time> = entries
        .iter()
        .filter_map(|entry| match entry {
            Entry::Settled(settlement) => Some(settlement.settled_at),
            _ => None,
        })
        .collect();
    assert_eq!(settled, [day(101), day(134)]);
    assert_eq!(engine.remembered(), 2);
}

#[test]
fn closing_prices_are_noted_on_bets_of_the_same_batch_only_while_they_are_open() {
    let (mut engine, mut names, mut entries) = (engine(), Names::default(), Vec::new());
    let fixture = fixture(&mut names);
    let closing = |time: Time, decimal: f64| {
        let mut closing = round(time, &[&fixture], &[]);
        closing.closes = std::mem::take(&mut closing.offers);
        closing.closes[0].quotes[0].odds = Odds::new(decimal).unwrap();
        closing
    };
    let rounds = [
        closing(day(99), 1.5),
        round(day(100), &[&fixture], &[]),
        closing(day(100) + 60, 1.8),
        round(day(101), &[], &[&fixture]),
        closing(day(101) + 60, 1.6),
    ];
    engine.process(&rounds, &names, &mut entries).unwrap();
    let closing_odds = entries.iter().find_map(|entry| match entry {
        Entry::Settled(settlement) => {
            let odds = settlement.closing.and_then(|closing| closing.odds);
            odds.map(|odds| odds.decimal())
        }
        _ => None,
    });
    assert_eq!(closing_odds, Some(1.8));
}

#[test]
fn what_is_saved_does_not_depend_on_how_rounds_are_cut_into_batches() {
    let mut names = Names::default();
    let ids = ["c", "a", "d", "b"];
    let fixtures = ids.map(|id| played_on(id, &mut names));
    let [c, a, d, b] = &fixtures;
    let rounds = [
        round(day(100), &[c, a], &[]),
        round(day(101), &[], &[c]),
        round(day(132), &[d], &[b]),
        round(day(133), &[c, b], &[d]),
    ];
    let (mut together, mut apart) = (engine(), engine());
    together.process(&rounds, &names, &mut Vec::new()).unwrap();
    for round in &rounds {
        apart
            .process(std::slice::from_ref(round), &names, &mut Vec::new())
            .unwrap();
    }
    assert_eq!(together.save().unwrap(), apart.save().unwrap());
}

#[test]
fn an_engine_goes_on_from_what_it_saved() {
    let mut names = Names::default();
    let [open, over, next] = ["open", "over", "next"].map(|id| played_on(id, &mut names));
    let before = [
        round(day(100), &[&open, &over], &[]),
        round(day(101), &[], &[&over]),
    ];
    let after = [
        // the first is over and the second is bet on already
        round(day(102), &[&over, &open, &next], &[&over]),
        round(day(103), &[], &[&open, &next]),
    ];
    let mut whole = engine();
    whole.process(&before, &names, &mut Vec::new()).unwrap();
    let mut resumed = engine();
    resumed.restore(&whole.save().unwrap()).unwrap();
    let (mut expected, mut found) = (Vec::new(), Vec::new());
    whole.process(&after, &names, &mut expected).unwrap();
    resumed.process(&after, &names, &mut found).unwrap();
    assert_eq!(found, expected);
    assert!(expected.len() > 4);
    assert_eq!(
        (resumed.remembered(), resumed.ledger().remembered()),
        (whole.remembered(), whole.ledger().remembered())
    );
    assert_eq!(resumed.save().unwrap(), whole.save().unwrap());
}

/// Says the same of every match, by a grid whose rates it does not tell.
struct OneGrid;

impl Predictor for OneGrid {
    fn observe(&mut self, _: &Match) {}

    fn predict(&mut self, _: &Offer, _: Time) -> Result<Option<Opinion>, PredictError> {
        Ok(ScoreGrid::poisson(1.6, 1.1).ok().map(Opinion::from))
    }
}

#[derive(Default)]
struct Forecasts {
    wants_details: bool,
    all: Vec<Forecast>,
}

impl Sink for Forecasts {
    fn name(&self) -> &'static str {
        "forecasts"
    }

    fn wants_details(&self) -> bool {
        self.wants_details
    }

    fn write(&mut self, entry: &Entry, _: &Names) -> Result<(), SinkError> {
        if let Entry::Predicted(forecast) = entry {
            self.all.push(Forecast::clone(forecast));
        }
        Ok(())
    }
}

fn forecasts(wants_details: bool) -> (Vec<Forecast>, Summary) {
    let mut source = Synthetic::new(&SyntheticConfig {
        matches: 20,
        every: Some(30),
        ..SyntheticConfig::default()
    })
    .unwrap();
    let settings = Settings::from_toml("strategy = 'kelly'").unwrap();
    let config = RunConfig::resolve(&settings).unwrap().engine;
    let mut engine = Engine::new(&config)
        .unwrap()
        .with_models(|_| Box::new(OneGrid));
    let mut sink = Forecasts {
        wants_details,
        ..Forecasts::default()
    };
    let summary = run(&mut source, &mut engine, &mut [&mut sink], &mut |_| {}).unwrap();
    (sink.all, summary)
}

#[test]
fn forecasts_say_more_than_who_wins_only_where_an_output_asks_and_nothing_else_depends_on_it() {
    let (least, summary) = forecasts(false);
    let (mut all, same) = forecasts(true);
    assert_eq!(summary, same);
    assert!(summary.bets > 0 && summary.market.n == 20);
    let in_play = |forecast: &Forecast| forecast.state != MatchState::default();
    assert!(all.iter().any(|one| in_play(one) && one.market.is_some()));
    for forecast in &mut all {
        assert_eq!(forecast.named.len(), 2, "over and under 2.5");
        forecast.named = Box::default();
        if in_play(forecast) {
            forecast.market = None;
        }
    }
    assert_eq!(least, all);
}
