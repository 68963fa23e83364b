//! The engine with a program: the bets of the same model in Rust, states, questions without consequences, corrections.

use std::collections::HashMap;
use std::sync::Arc;

use simbet::internals::program::{self, Group};
use simbet::{
    Book, Engine, EngineConfig, Entry, Fixture, Forecast, Match, MatchState, MatchStatus, Names,
    Odds, Offer, Opinion, PredictError, Predictor, Quote, Rates, Round, RunConfig, Score,
    ScoreGrid, Selection, Settings, Statistics, TeamId, Time,
};

use super::{Folder, LOGGING};

/// Goals expected of a side: those that it has scored so far, over its matches, with ten of one goal before.
const RATES: &str = "\
from collections import defaultdict
scored, matches = defaultdict(float), defaultdict(float)
log = open('log.' + str(os.getpid()), 'w')

def add(message, sign):
    for side in 'home', 'away':
        scored[message[side + '_team']] += sign * message[side + '_goals']
        matches[message[side + '_team']] += sign

def rate(team):
    return (scored[team] + 10.0) / (matches[team] + 10.0)

for line in sys.stdin:
    log.write(line)
    log.flush()
    message = json.loads(line)
    if message['type'] == 'result':
        add(message, 1.0)
    elif message['type'] == 'retract':
        add(message, -1.0)
    elif message['type'] == 'predict':
        answer(message, [{'rates': [1.3 * rate(f['home_team']), rate(f['away_team'])], 'rho': -0.05} for f in message['fixtures']])
";

/// The same model in Rust.
#[derive(Default)]
struct InRust {
    teams: HashMap<TeamId, [f64; 2]>,
}

impl InRust {
    fn add(&mut self, played: &Match, sign: f64) {
        let Score { home, away } = played.score;
        for (team, goals) in [(played.fixture.home, home), (played.fixture.away, away)] {
            let [scored, matches] = self.teams.entry(team).or_default();
            *scored += sign * f64::from(goals);
            *matches += sign;
        }
    }

    fn rate(&self, team: TeamId) -> f64 {
        let [scored, matches] = self.teams.get(&team).copied().unwrap_or_default();
        (scored + 10.0) / (matches + 10.0)
    }
}

impl Predictor for InRust {
    fn observe(&mut self, played: &Match) {
        self.add(played, 1.0);
    }

    fn retract(&mut self, played: &Match) {
        self.add(played, -1.0);
    }

    fn predict(&mut self, offer: &Offer, _: Time) -> Result<Option<Opinion>, PredictError> {
        let (home, away) = (
            1.3 * self.rate(offer.fixture.home),
            self.rate(offer.fixture.away),
        );
        let rates = Rates {
            home,
            away,
            rho: -0.05,
        };
        let grid = ScoreGrid::dixon_coles(home, away, rates.rho);
        Ok(grid.ok().map(|grid| Opinion::of_rates(rates, grid)))
    }
}

fn config(folder: &Folder, toml: &str) -> EngineConfig {
    let script = folder.path().join("model.py").display().to_string();
    // the log is written in the folder that the process is started in
    let model = format!(
        "exec:sh -c \\\"cd '{}' && exec python3 '{script}'\\\"",
        folder.path().display()
    );
    let settings = Settings::from_toml(&format!("model = \"{model}\"\n{toml}")).unwrap();
    let mut config = RunConfig::resolve(&settings).unwrap().engine;
    program::load(&mut config, Group::Own).unwrap();
    config
}

fn quotes(time: Time, odds: [f64; 3]) -> Vec<Quote> {
    let sides = [Selection::HOME, Selection::DRAW, Selection::AWAY];
    let quote = |(selection, odds)| Quote {
        selection,
        odds: Odds::new(odds).unwrap(),
        book: Book::AVG,
        as_of: time,
    };
    sides.into_iter().zip(odds).map(quote).collect()
}

/// A match a day between six teams of two leagues, offered on its day; its result comes on the next. The third result is
/// corrected a week later, and the fifth turns out to be none.
fn rounds(names: &mut Names, days: i64) -> Vec<Round> {
    let leagues = ["Alpha", "Beta"].map(|name| names.intern_league(name));
    let teams: Vec<TeamId> = (0..6)
        .map(|n| names.intern_team(&format!("Team \"{n}\" \u{e9}")))
        .collect();
    let fixture = |day: i64| {
        let league = (day % 2) as usize;
        let (home, away) = (
            (day / 2 % 3) as usize,
            ((day / 2 + 1 + day / 6 % 2) % 3) as usize,
        );
        Arc::new(Fixture {
            id: format!("match {day}").into(),
            league: leagues[league],
            home: teams[3 * league + home],
            away: teams[3 * league + away],
            season: 2024,
            day: Time::from_days(19_000 + day),
            kickoff: None,
            neutral: day % 5 == 0,
        })
    };
    let ended = |day: i64, extra: i64, status| Match {
        fixture: fixture(day),
        score: Score {
            home: ((day * 7 + extra) % 4) as u8,
            away: (day * 5 % 3) as u8,
        },
        status,
        statistics: (day % 3 == 0).then(|| {
            Arc::new(Statistics {
                shots: Some([10, day as u16]),
                half_time: Some(Score { home: 0, away: 0 }),
                ..Statistics::default()
            })
        }),
    };
    let round = |day: i64| {
        let mut results = Vec::new();
        results.extend((day > 0).then(|| ended(day - 1, 0, MatchStatus::Played)));
        results.extend((day == 10).then(|| ended(3, 1, MatchStatus::Played)));
        results.extend((day == 12).then(|| ended(5, 0, MatchStatus::Awarded)));
        let time = Time::from_days(19_000 + day);
        let offer = Offer {
            fixture: fixture(day),
            state: MatchState::default(),
            quotes: quotes(time, [2.4 + (day % 7) as f64 / 10.0, 3.6, 3.9]),
        };
        Round {
            time,
            results,
            offers: vec![offer],
            closes: Vec::new(),
            lessons: Vec::new(),
        }
    };
    (0..days).map(round).collect()
}

fn entries(engine: &mut Engine, rounds: &[Round], names: &Names) -> Vec<Entry> {
    let mut entries = Vec::new();
    engine.process(rounds, names, &mut entries).unwrap();
    entries
}

const EV: &str = "min_ev = 0.0\nmarkets = ['1x2']";

#[test]
fn a_program_places_the_bets_of_the_same_model_in_rust() {
    let mut names = Names::default();
    let rounds = rounds(&mut names, 40);
    let folder = Folder::with(RATES);
    let config = config(&folder, EV);
    let mut by_program = Engine::new(&config).unwrap();
    let mut in_rust = Engine::new(&config)
        .unwrap()
        .with_models(|_| Box::new(InRust::default()));
    // one model for all leagues of the other too, since no team is in both
    let expected = entries(&mut in_rust, &rounds, &names);
    assert!(
        expected
            .iter()
            .filter(|entry| matches!(entry, Entry::Placed(_)))
            .count()
            > 20
    );
    assert_eq!(entries(&mut by_program, &rounds, &names), expected);
    let log = folder.log();
    assert!(log.contains(r#""home_team":"Team \"1\" é""#), "{log}");
    assert!(
        log.contains(r#""statistics":{"half_time":[0,0],"shots":[10,3]}}"#),
        "{log}"
    );
}

#[test]
fn a_corrected_result_is_taken_back_first() {
    let mut names = Names::default();
    let rounds = rounds(&mut names, 14);
    let folder = Folder::with(RATES);
    let mut engine = Engine::new(&config(&folder, EV)).unwrap();
    entries(&mut engine, &rounds, &names);
    let log = folder.log();
    let of = |id: &str| {
        let name = format!("\"match_id\":\"{id}\"");
        let lines = log
            .lines()
            .filter(|line| line.contains(&name) && !line.contains("predict"));
        let words = lines.map(|line| {
            let kind = line.split('"').nth(3).unwrap();
            let goals = line.split("\"home_goals\":").nth(1).unwrap();
            format!("{kind} {}", &goals[..1])
        });
        words.collect::<Vec<_>>()
    };
    assert_eq!(of("match 3"), ["result 1", "retract 1", "result 2"]);
    // one that was awarded is no result
    assert_eq!(of("match 5"), ["result 3", "retract 3"]);
}

#[test]
fn after_a_restart_a_new_process_is_told_the_same() {
    let mut names = Names::default();
    let rounds = rounds(&mut names, 30);
    let folder = Folder::with(RATES);
    let config = config(&folder, &format!("{EV}\nmodel_prices = true"));
    let mut whole = Engine::new(&config).unwrap();
    let expected = entries(&mut whole, &rounds, &names);
    drop(whole);
    let told = folder.log();
    for cut in [1, 11, 29] {
        let mut first = Engine::new(&config).unwrap();
        let mut halves = entries(&mut first, &rounds[..cut], &names);
        let state = first.save().unwrap();
        drop(first);
        let mut second = Engine::new(&config).unwrap();
        second.restore(&state).unwrap();
        assert_eq!(second.save().unwrap(), state);
        halves.extend(entries(&mut second, &rounds[cut..], &names));
        assert_eq!(halves, expected, "{cut}");
    }
    // all that any process was told of facts, without the questions
    let facts = |log: &str| {
        let lines = log
            .lines()
            .filter(|line| !line.contains(r#""type":"predict""#));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let logs = folder.logs();
    assert_eq!(logs.len(), 7);
    assert_eq!(
        logs.iter().filter(|log| facts(log) == facts(&told)).count(),
        4
    );
}

#[test]
fn questions_have_no_consequences_and_share_a_process() {
    let mut names = Names::default();
    let rounds = rounds(&mut names, 20);
    let play = |ask: bool| {
        let folder = Folder::with(RATES);
        let mut engine = Engine::new(&config(&folder, EV)).unwrap();
        let (mut all, mut assessed) = (Vec::new(), Vec::new());
        for (round, next) in rounds.iter().zip(&rounds[1..]) {
            all.extend(entries(&mut engine, std::slice::from_ref(round), &names));
            for _ in 0..usize::from(ask) * 3 {
                let of_next = engine.assess(&next.offers[0], &names, round.time).unwrap();
                assessed.push(of_next.forecast.unwrap().expected_goals.unwrap());
            }
        }
        drop(engine);
        let mut logs = folder.logs();
        logs.sort_by_key(|log| log.matches("predict").count());
        (all, assessed, logs)
    };
    let (entries, _, logs) = play(false);
    let (same, assessed, mut both) = play(true);
    assert_eq!(entries, same);
    assert_eq!(assessed.len(), 57);
    assert_eq!(both.len(), 2, "one process for all questions");
    // the process of the run was told what it is told without questions
    assert!(both.contains(&logs[0]));
    both.retain(|log| *log != logs[0]);
    assert_eq!(both[0].matches("predict").count(), 57);
}

#[test]
fn what_a_question_says_is_what_the_run_then_bets_by() {
    let mut names = Names::default();
    let rounds = rounds(&mut names, 12);
    for toml in ["", "model_prices = true"] {
        let folder = Folder::with(RATES);
        let mut engine = Engine::new(&config(&folder, &format!("{EV}\n{toml}"))).unwrap();
        entries(&mut engine, &rounds[..11], &names);
        // the last round without its results, which a question cannot bring
        let alone = Round {
            results: Vec::new(),
            ..rounds[11].clone()
        };
        let asked = engine.assess(&alone.offers[0], &names, alone.time).unwrap();
        let said = entries(&mut engine, &[alone], &names);
        let predicted = said.iter().find_map(|entry| match entry {
            Entry::Predicted(forecast) => Some(Forecast::clone(forecast)),
            _ => None,
        });
        assert_eq!(asked.forecast, predicted, "{toml}");
    }
}

#[test]
fn a_program_that_is_never_asked_is_never_started() {
    let folder = Folder::with(LOGGING);
    let mut names = Names::default();
    let mut rounds = rounds(&mut names, 5);
    rounds.iter_mut().for_each(|round| round.offers.clear());
    let mut engine = Engine::new(&config(&folder, EV)).unwrap();
    entries(&mut engine, &rounds, &names);
    assert_eq!(folder.logs().len(), 0);
}

#[test]
fn another_script_is_another_model() {
    let folder = Folder::with(LOGGING);
    let state = Engine::new(&config(&folder, "")).unwrap().save().unwrap();
    let restored = |folder: &Folder| Engine::new(&config(folder, "")).unwrap().restore(&state);
    // here the script is a word of a word, which is no file
    assert!(restored(&folder).is_ok());
    let settings = |text: &str| {
        folder.write("model.py", text);
        let model = format!("exec:python3 {}", folder.path().join("model.py").display());
        let settings = Settings::from_toml(&format!("model = \"{model}\"")).unwrap();
        let mut config = RunConfig::resolve(&settings).unwrap().engine;
        program::load(&mut config, Group::Own).unwrap();
        config
    };
    let state = Engine::new(&settings("one")).unwrap().save().unwrap();
    assert!(
        Engine::new(&settings("one"))
            .unwrap()
            .restore(&state)
            .is_ok()
    );
    let error = Engine::new(&settings("two"))
        .unwrap()
        .restore(&state)
        .unwrap_err();
    assert!(
        error.to_string().contains("other settings of model"),
        "{error}"
    );
}
