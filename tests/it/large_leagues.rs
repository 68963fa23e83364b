//! Leagues of thousands of teams, as a feed has that names no league: their cost grows with their matches.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use simbet::internals::predict::{self, MOST_TEAMS};
use simbet::internals::season::SeasonError;
use simbet::internals::source::Stoppable;
use simbet::{
    Engine, EngineError, Error, Fixture, LeagueId, Match, MatchState, MatchStatus, Matches,
    ModelConfig, ModelKind, Offer, Opinion, PredictError, Predictor, ReadConfig, Replay, Rules,
    RunConfig, Score, Season, Settings, Source, SourceError, TeamId, Time, backtest, fit,
    read_bytes, run,
};

/// Every team at home to the next one and to two further on, in `leagues` leagues in turn; the last row has prices.
fn csv(teams: usize, leagues: usize) -> String {
    let mut text =
        "league,date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n"
            .to_owned();
    for team in 0..teams {
        for step in [leagues, 3 * leagues, 8 * leagues] {
            let (away, league) = ((team + step) % teams, team % leagues);
            let (home_goals, away_goals) = (team % 4, (team / 7 + step) % 3);
            let day = 1 + team * 28 / teams;
            text += &format!(
                "L{league},2024-01-{day:02},T{team},T{away},{home_goals},{away_goals},,,\n"
            );
        }
    }
    text + "L0,2024-02-10,T0,T1,1,0,2.5,3.4,2.9\n"
}

fn matches(teams: usize, leagues: usize) -> Matches {
    read_bytes(
        "rows.csv",
        csv(teams, leagues).as_bytes(),
        &ReadConfig::default(),
    )
    .unwrap()
}

fn config(toml: &str) -> RunConfig {
    RunConfig::resolve(&Settings::from_toml(toml).unwrap()).unwrap()
}

#[test]
fn six_thousand_teams_in_one_league_are_fitted_and_forecast() {
    let config = config("strategy = 'flat'\nselections = ['home']\nmin_matches = 0");
    let all = matches(6_000, 1);
    let fitted = fit(&config.engine, None, &all).unwrap();
    assert_eq!((fitted.len(), fitted[0].teams.len()), (1, 6_000));
    assert_eq!(fitted[0].fit.groups.len(), 1);
    let done = backtest(&config.engine, config.replay, all, None, &mut |_| {}).unwrap();
    assert_eq!(done.summary.bets, 1);
}

#[test]
fn without_a_prior_too() {
    let config = config("prior = 0");
    let fitted = fit(&config.engine, None, &matches(3_000, 1)).unwrap();
    let fit = &fitted[0].fit;
    let finite = fit.attack.iter().filter(|value| value.is_finite());
    assert!(finite.clone().count() > 2_000);
    assert!((finite.sum::<f64>()).abs() < 1e-6);
}

#[test]
fn more_teams_than_a_model_may_have_are_one_clear_error() {
    let config = config("");
    for teams in [MOST_TEAMS + 1, 100_001] {
        let all = matches(teams, 1);
        let expected = PredictError::TooManyTeams {
            teams,
            most: MOST_TEAMS,
        };
        for result in [
            fit(&config.engine, None, &all).map(|_| ()),
            backtest(
                &config.engine,
                config.replay,
                all.clone(),
                None,
                &mut |_| {},
            )
            .map(|_| ()),
        ] {
            let Err(Error::Engine(EngineError::Predict { league, source, .. })) = result else {
                panic!("{result:?}");
            };
            assert_eq!((league.as_str(), source), ("L0", expected.clone()));
        }
        let text = expected.to_string();
        for word in [&teams.to_string(), "20000", "--league", "--pool", "--alias"] {
            assert!(text.contains(word), "{text}");
        }
    }
    // as many teams in two leagues are no trouble
    let fitted = fit(&config.engine, None, &matches(MOST_TEAMS + 2, 2)).unwrap();
    assert_eq!(fitted.len(), 2);
}

#[test]
fn a_season_of_thousands_of_teams_is_refused() {
    let found = Season::find(&matches(600, 1), Some("L0"), None, Rules::of);
    assert!(
        matches!(found, Err(SeasonError::TooLarge { teams: 600, .. })),
        "{found:?}"
    );
}

fn played(k: usize, teams: usize) -> Match {
    let (home, away) = (k % teams, (k + 1 + k / teams) % teams);
    Match {
        fixture: fixture(home, away, 18_000 + (k / 400) as i64),
        score: Score {
            home: (k % 4) as u8,
            away: (k / 3 % 3) as u8,
        },
        status: MatchStatus::Played,
        statistics: None,
    }
}

fn fixture(home: usize, away: usize, day: i64) -> Arc<Fixture> {
    Arc::new(Fixture {
        id: format!("{home}-{away}-{day}").into(),
        league: LeagueId(0),
        home: TeamId(home as u32),
        away: TeamId(away as u32),
        season: 2024,
        day: Time::from_days(day),
        kickoff: None,
        neutral: false,
    })
}

fn offer(day: i64) -> (Offer, Time) {
    let offer = Offer {
        fixture: fixture(3, 7, day),
        state: MatchState::default(),
        quotes: Vec::new(),
    };
    (offer, Time::from_days(day))
}

fn model(kind: ModelKind) -> Box<dyn Predictor> {
    predict::build(
        "",
        &ModelConfig {
            kind,
            ..ModelConfig::default()
        },
    )
    .unwrap()
}

#[test]
fn a_model_grows_into_a_large_league_and_is_restored_in_it() {
    let (teams, mut grown) = (700, model(ModelKind::DixonColes));
    let observed = |upto: usize| (0..upto).map(move |k| played(k, teams));
    // refitted on the way: at 100 teams there are tables still, later there are none
    for (k, played) in observed(3 * teams).enumerate() {
        grown.observe(&played);
        if k % 400 == 99 {
            let (offer, now) = offer(18_000 + (k / 400) as i64 + 1);
            grown.predict(&offer, now).unwrap().unwrap();
        }
    }
    let (offer, now) = offer(18_020);
    let mut restored = model(ModelKind::DixonColes);
    restored.restore(&grown.save().unwrap()).unwrap();
    let mut fresh = model(ModelKind::DixonColes);
    observed(3 * teams).for_each(|played| fresh.observe(&played));
    let [grown, restored, fresh] = [grown, restored, fresh].map(|mut model| {
        model
            .predict(&offer, now)
            .unwrap()
            .unwrap()
            .outcomes()
            .unwrap()
    });
    assert_eq!(grown, restored);
    for (one, other) in grown.iter().zip(fresh) {
        assert!((one - other).abs() < 1e-8, "{one} {other}");
    }
}

#[test]
fn a_result_that_is_taken_back_leaves_nothing_in_a_large_league() {
    let (teams, mut corrected) = (600, model(ModelKind::Poisson));
    let mut right = model(ModelKind::Poisson);
    for k in 0..2 * teams {
        corrected.observe(&played(k, teams));
        right.observe(&played(k, teams));
    }
    let (offer, now) = offer(18_020);
    let wrong = Match {
        score: Score { home: 9, away: 0 },
        ..played(3, teams)
    };
    corrected.predict(&offer, now).unwrap();
    corrected.observe(&wrong);
    corrected.retract(&wrong);
    let [one, other] = [corrected, right].map(|mut model| {
        model
            .predict(&offer, now)
            .unwrap()
            .unwrap()
            .outcomes()
            .unwrap()
    });
    for (one, other) in one.iter().zip(other) {
        assert!((one - other).abs() < 1e-8, "{one} {other}");
    }
}

#[test]
fn a_fit_that_was_stopped_can_be_made_again() {
    for teams in [30, 900] {
        let [mut stopped, mut other] = [ModelKind::DixonColes; 2].map(model);
        for k in 0..3 * teams {
            stopped.observe(&played(k, teams));
            other.observe(&played(k, teams));
        }
        let (offer, now) = offer(18_020);
        let raised = AtomicBool::new(true);
        let ended = stopped.predict_until(&offer, now, &raised);
        assert_eq!(ended, Err(PredictError::Stopped));
        raised.store(false, Ordering::Relaxed);
        let again = stopped.predict_until(&offer, now, &raised).unwrap();
        assert_eq!(again, other.predict(&offer, now).unwrap());
        assert!(again.is_some());
    }
}

/// A model during whose fit the run is stopped.
struct Interrupted(Arc<AtomicBool>);

impl Predictor for Interrupted {
    fn observe(&mut self, _: &Match) {}

    fn predict(&mut self, _: &Offer, _: Time) -> Result<Option<Opinion>, PredictError> {
        Ok(None)
    }

    fn predict_until(
        &mut self,
        _: &Offer,
        _: Time,
        stop: &AtomicBool,
    ) -> Result<Option<Opinion>, PredictError> {
        self.0.store(true, Ordering::Relaxed);
        // the flag that a fit is handed is that of the run
        if stop.load(Ordering::Relaxed) {
            Err(PredictError::Stopped)
        } else {
            Ok(None)
        }
    }
}

#[test]
fn a_run_is_stopped_in_the_middle_of_a_fit() {
    let config = config("strategy = 'flat'\nselections = ['home']");
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    let mut engine = Engine::new(&config.engine)
        .unwrap()
        .with_models(move |_| Box::new(Interrupted(Arc::clone(&flag))));
    let mut replay = Replay::new(Arc::new(matches(20, 1)), config.replay);
    assert!(replay.stop().is_none());
    let mut source = Stoppable::new(&mut replay, &stop);
    let ended = run(&mut source, &mut engine, &mut [], &mut |_| {});
    assert!(
        matches!(ended, Err(Error::Source(SourceError::Stopped))),
        "{ended:?}"
    );
}
