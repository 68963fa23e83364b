//! Bettors without skill, and some with it: how often a verdict speaks of skill.
//!
//! Everybody here bets on an invented league whose prices are the truth, with a margin on it or without: nobody can have skill.
//! Where there are several books, each is the truth with errors of its own, and the best price of them is chosen.

use std::sync::Arc;

use rand_distr::{Distribution as _, StandardNormal};
use rayon::prelude::*;
use simbet::MarginMethod;
use simbet::internals::predict::margin;
use simbet::internals::report::summary;
use simbet::internals::sink::significance::SignificanceSink;
use simbet::internals::source::synthetic::{Purpose, TrueModel, stream};
use simbet::{Book, Engine, EngineConfig, Names, NextRound, Odds, Offer, Quote, Round};
use simbet::{Settings, SimulationConfig, SimulationSettings, Source, SourceError, Synthetic};
use simbet::{Sink, Summary};

/// A way of betting.
#[derive(Clone, Copy)]
struct Kind {
    name: &'static str,
    settings: &'static str,
    matches: u64,
    margin: f64,
    /// The error of the bookmaker, in logits.
    noise: f64,
    /// The error of the true model, in log goals.
    model_noise: f64,
    books: Books,
    in_play: bool,
}

/// Whose prices there are.
#[derive(Clone, Copy, PartialEq)]
enum Books {
    One,
    /// Of the sides of a market only the first, so that no fair price is known.
    FirstSide,
    /// So many books, each with errors of its own, this large in logits.
    Several(usize, f64),
    /// The highest and the mean price of so many.
    Aggregates(usize, f64),
}

/// Without a margin the chances of a verdict of skill are greatest: with one there is mostly a loss.
const fn fair(name: &'static str, settings: &'static str) -> Kind {
    Kind {
        name,
        settings,
        matches: 380,
        margin: 0.0,
        noise: 0.0,
        model_noise: 0.0,
        books: Books::One,
        in_play: false,
    }
}

const fn best_of(books: usize, name: &'static str, settings: &'static str) -> Kind {
    Kind {
        books: Books::Several(books, 0.1),
        ..fair(name, settings)
    }
}

const fn maximum(name: &'static str, settings: &'static str) -> Kind {
    Kind {
        books: Books::Aggregates(5, 0.1),
        ..priced(0.05, fair(name, settings))
    }
}

const fn priced(margin: f64, kind: Kind) -> Kind {
    Kind { margin, ..kind }
}

const fn over(matches: u64, kind: Kind) -> Kind {
    Kind { matches, ..kind }
}

const fn noisy(kind: Kind) -> Kind {
    Kind {
        model_noise: 0.5,
        ..kind
    }
}

const NO_SKILL: [Kind; 36] = [
    fair("home", "selections = ['home']"),
    priced(0.05, fair("home, margin", "selections = ['home']")),
    over(300, fair("home, 30 days", "selections = ['home']")),
    fair("draw", "selections = ['draw']"),
    fair("away", "selections = ['away']"),
    fair("favourites", "max_odds = 1.8"),
    fair("outsiders", "min_odds = 5"),
    over(1_600, fair("long odds", "min_odds = 15")),
    fair(
        "two sides, commission",
        "selections = ['draw', 'away']\ncommission = '0.05'",
    ),
    fair("all sides, commission", "commission = '0.05'"),
    priced(0.05, fair("all sides, margin", "commission = '0.05'")),
    fair("handicap", "markets = ['ah']\nselections = ['home']"),
    fair(
        "handicap, away",
        "markets = ['ah']\nselections = ['away']\ncommission = '0.02'",
    ),
    fair("totals", "markets = ['ou']\nselections = ['over']"),
    fair(
        "totals, both sides",
        "markets = ['ou']\ncommission = '0.02'",
    ),
    fair(
        "both teams to score",
        "markets = ['btts']\nselections = ['yes']",
    ),
    fair(
        "home, two markets",
        "markets = ['1x2', 'ah']\nselections = ['home']",
    ),
    fair(
        "goals, three markets",
        "markets = ['1x2', 'ou', 'btts']\nselections = ['home', 'over', 'yes']",
    ),
    Kind {
        in_play: true,
        ..over(400, fair("home, in play", "selections = ['home']"))
    },
    fair(
        "share of the bankroll",
        "strategy = 'proportional'\nselections = ['away']\nstake = 0.05",
    ),
    fair("ev, useless model", "strategy = 'ev'\nmodel = 'average'"),
    noisy(fair("ev, errors", "strategy = 'ev'\nmodel = 'truth'")),
    fair(
        "kelly, useless model",
        "strategy = 'kelly'\nmodel = 'average'",
    ),
    noisy(fair(
        "kelly, errors",
        "strategy = 'kelly'\nmodel = 'truth'\nkelly_fraction = 0.5",
    )),
    priced(
        0.05,
        fair("kelly, margin", "strategy = 'kelly'\nmodel = 'average'"),
    ),
    noisy(fair(
        "level, errors",
        "model = 'truth'\nmin_ev = 0.02\nmarkets = ['1x2', 'ou', 'ah']",
    )),
    Kind {
        books: Books::FirstSide,
        ..fair("home, no fair price", "selections = ['home']")
    },
    best_of(
        5,
        "home, best of five",
        "selections = ['home']\nbook = 'best:one,two,three,four,five'",
    ),
    best_of(
        5,
        "outsiders, best of five",
        "min_odds = 5\nbook = 'best:one,two,three,four,five'",
    ),
    best_of(
        5,
        "all sides, best of five",
        "book = 'best:one,two,three,four,five'",
    ),
    priced(
        0.05,
        best_of(
            5,
            "the same, margin",
            "book = 'best:one,two,three,four,five'",
        ),
    ),
    best_of(
        3,
        "handicap, best of three",
        "markets = ['ah']\nselections = ['home']\nbook = 'best:one,two,three'",
    ),
    priced(
        0.05,
        best_of(
            1,
            "home, a book that errs",
            "selections = ['home']\nbook = 'one'",
        ),
    ),
    maximum("home, maximum", "selections = ['home']\nbook = 'max'"),
    maximum("draw, maximum", "selections = ['draw']\nbook = 'max'"),
    maximum("all sides, maximum", "book = 'best:max,avg'"),
];

/// The truth against a bookmaker who errs, and of 1,000 runs those whose verdict spoke of skill before profit was judged by the
/// distribution of its sum.
const SKILL: [(Kind, usize); 4] = [
    (skilled(380, "level stakes", "min_ev = 0.02"), 461),
    (skilled(1_600, "level stakes, 1,600", "min_ev = 0.02"), 650),
    (skilled(380, "kelly", "strategy = 'kelly'"), 365),
    (
        skilled(
            380,
            "three markets",
            "min_ev = 0.02\nmarkets = ['1x2', 'ou', 'ah']",
        ),
        546,
    ),
];

const fn skilled(matches: u64, name: &'static str, settings: &'static str) -> Kind {
    Kind {
        matches,
        margin: 0.02,
        noise: 0.12,
        ..fair(name, settings)
    }
}

const NAMES: [&str; 5] = ["one", "two", "three", "four", "five"];

/// An invented league with other books than the one that it has.
struct Priced {
    source: Synthetic,
    books: Books,
    margin: f64,
    random: chacha20::ChaCha8Rng,
}

impl Source for Priced {
    fn next_round(&mut self, round: &mut Round) -> Result<NextRound, SourceError> {
        let next = self.source.next_round(round)?;
        match self.books {
            Books::One => {}
            Books::FirstSide => round
                .offers
                .iter_mut()
                .for_each(|offer| offer.quotes.truncate(1)),
            Books::Several(count, noise) | Books::Aggregates(count, noise) => {
                for offer in &mut round.offers {
                    self.reprice(offer, count, noise);
                }
                // without a margin, prices that err are worth more than nothing on average: there is no close to beat
                if self.margin == 0.0 {
                    round.closes.clear();
                }
                for offer in &mut round.closes {
                    self.reprice(offer, count, noise / 2.0);
                }
            }
        }
        Ok(next)
    }

    fn names(&self) -> &Names {
        self.source.names()
    }
}

impl Priced {
    fn reprice(&mut self, offer: &mut Offer, count: usize, noise: f64) {
        let fair = std::mem::take(&mut offer.quotes);
        for market in fair.chunk_by(|a, b| a.selection.market() == b.selection.market()) {
            let books = NAMES[..count]
                .iter()
                .map(|name| self.quotes(market, name, noise));
            let books: Vec<Vec<Quote>> = books.collect();
            match self.books {
                Books::Aggregates(..) => offer.quotes.extend(aggregated(&books)),
                Books::One | Books::FirstSide | Books::Several(..) => {
                    offer.quotes.extend(books.into_iter().flatten());
                }
            }
        }
    }

    /// The prices of a market at one book.
    fn quotes(&mut self, fair: &[Quote], name: &str, noise: f64) -> Vec<Quote> {
        let mut prices: Vec<f64> = fair
            .iter()
            .map(|quote| {
                let error: f64 = StandardNormal.sample(&mut self.random);
                quote.odds.implied() * (noise * error).exp()
            })
            .collect();
        let sum: f64 = prices.iter().sum();
        let book = Book::new(name).unwrap();
        prices.iter_mut().for_each(|price| *price /= sum);
        // as it is removed
        margin::add(&mut prices, self.margin, MarginMethod::default()).unwrap();
        let quotes = fair.iter().zip(prices);
        quotes
            .filter_map(|(quote, price)| {
                let odds = Odds::new(1.0 / price).ok()?;
                Some(Quote {
                    odds,
                    book,
                    ..*quote
                })
            })
            .collect()
    }
}

/// The highest and the mean price of each side.
fn aggregated(books: &[Vec<Quote>]) -> Vec<Quote> {
    let both = books[0].iter().flat_map(|quote| {
        let of_side = books.iter().flatten();
        let odds: Vec<f64> = of_side
            .filter(|other| other.selection == quote.selection)
            .map(|other| other.odds.decimal())
            .collect();
        let highest = odds.iter().copied().fold(1.0, f64::max);
        let mean = odds.iter().sum::<f64>() / odds.len() as f64;
        [(Book::MAX, highest), (Book::AVG, mean)].map(|(book, odds)| Quote {
            book,
            odds: Odds::new(odds).unwrap(),
            ..*quote
        })
    });
    both.collect()
}

fn config(kind: Kind) -> SimulationConfig {
    let toml = settings(kind);
    let (margin, noise) = match kind.books {
        Books::One | Books::FirstSide => (kind.margin, kind.noise),
        Books::Several(..) | Books::Aggregates(..) => (0.0, 0.0),
    };
    let settings = SimulationSettings {
        seed: 14,
        every: 10,
        ruin: 0.5,
        odds_decimals: Some(10),
        matches: Some(kind.matches),
        margin: Some(margin),
        bookmaker_noise: Some(noise),
        in_play: kind.in_play,
        ..SimulationSettings::default()
    };
    SimulationConfig::resolve(&Settings::from_toml(&toml).unwrap(), &settings, None).unwrap()
}

/// Level stakes where nothing else is said, which are never refused.
fn settings(kind: Kind) -> String {
    let is_level = !kind.settings.contains("strategy");
    let strategy = if is_level {
        "strategy = 'flat'\nbankroll = 100000000\n"
    } else {
        ""
    };
    let is_skilled = kind.noise > 0.0;
    let model = if is_skilled { "model = 'truth'\n" } else { "" };
    format!("{strategy}{model}{}", kind.settings)
}

/// The summary of a run.
fn played(kind: Kind, config: &SimulationConfig, run: u64) -> Summary {
    let mut source = Synthetic::new(&config.synthetic).unwrap();
    source.restart(run);
    let world = Arc::clone(source.world());
    let strategy = &config.strategies[0].engine;
    let is_truth = strategy
        .model
        .as_ref()
        .is_some_and(|model| model.kind.knows_truth());
    let mut engine = if is_truth {
        let engine = Engine::new(&EngineConfig {
            model: None,
            ..strategy.clone()
        });
        engine
            .unwrap()
            .with_models(move |_| Box::new(TrueModel::new(&world, run, kind.model_noise)))
    } else {
        Engine::new(strategy).unwrap()
    };
    let mut priced = Priced {
        source,
        books: kind.books,
        margin: kind.margin,
        random: stream(15, run, Purpose::Scores),
    };
    let mut tests = SignificanceSink::default();
    let mut sinks: Vec<&mut dyn Sink> = vec![&mut tests];
    let summary = simbet::run(&mut priced, &mut engine, &mut sinks, &mut |_| {}).unwrap();
    Summary {
        significance: Some(Box::new(tests.assess())),
        ..summary
    }
}

/// Whether any sentence says, or lets one think, that there is skill.
fn speaks_of_skill(summary: &Summary) -> bool {
    let words = ["rarely", "better sign of skill", "lost money, but less"];
    let sentences = summary::verdict(summary);
    sentences
        .iter()
        .any(|sentence| words.iter().any(|words| sentence.contains(words)))
}

fn speaks_of_more_than_bad_luck(summary: &Summary) -> bool {
    let sentences = summary::verdict(summary);
    sentences
        .iter()
        .any(|sentence| sentence.contains("luck would usually make it"))
}

/// The numbers of runs whose verdicts speak of skill, and of a loss that luck does not explain.
fn verdicts(kind: Kind, runs: u64) -> [usize; 2] {
    let config = config(kind);
    let found: Vec<[bool; 2]> = (1..=runs)
        .into_par_iter()
        .map(|run| {
            let summary = played(kind, &config, run);
            [
                speaks_of_skill(&summary),
                speaks_of_more_than_bad_luck(&summary),
            ]
        })
        .collect();
    [0, 1].map(|place| found.iter().filter(|one| one[place]).count())
}

/// As many runs as take seconds.
const RUNS: u64 = if cfg!(debug_assertions) { 100 } else { 1_000 };

/// Three standard errors of a number of runs, of which each is one of those with this probability.
fn three_errors(probability: f64) -> f64 {
    3.0 * (RUNS as f64 * probability * (1.0 - probability)).sqrt()
}

/// Of the runs of each kind 5 % may speak of skill, and what chance adds to that.
#[test]
fn without_skill_one_verdict_of_twenty_speaks_of_it_at_most() {
    let most = 0.05 * RUNS as f64 + three_errors(0.05);
    for kind in NO_SKILL {
        let [skill, _] = verdicts(kind, RUNS);
        assert!(
            skill as f64 <= most,
            "{}: {skill} of {RUNS} verdicts speak of skill",
            kind.name
        );
    }
}

#[test]
fn with_skill_verdicts_speak_of_it_as_often_as_before() {
    for (kind, before) in SKILL {
        let [skill, _] = verdicts(kind, RUNS);
        let before = before as f64 / 1_000.0;
        assert!(
            skill as f64 >= before * RUNS as f64 - three_errors(before),
            "{}: {skill} of {RUNS} verdicts speak of skill",
            kind.name
        );
    }
}

/// The table of `docs/src/guide/verdicts.md`: `RUNS=1000 cargo test --release --test it -- no_skill::table --ignored --nocapture`.
#[test]
#[ignore = "a table to read"]
fn table() {
    let runs = std::env::var("RUNS").map_or(RUNS, |runs| runs.parse().unwrap());
    let skilled = SKILL.map(|(kind, _)| kind);
    for kind in NO_SKILL.into_iter().chain(skilled) {
        let [skill, loss] = verdicts(kind, runs);
        println!("{:<26} {skill:>5} {loss:>5}", kind.name);
    }
}

/// A file of matches, one a day, at these odds; home wins where the number of the match is in `won`.
fn matches(count: usize, odds: [&str; 3], won: &[usize]) -> String {
    let mut file =
        "date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n".to_owned();
    for day in 0..count {
        let date = format!("2023-{:02}-{:02}", 1 + day / 28, 1 + day % 28);
        let score = if won.contains(&day) { "1,0" } else { "0,1" };
        let [home, draw, away] = odds;
        file.push_str(&format!(
            "{date},A{},B{},{score},{home},{draw},{away}\n",
            day % 9,
            day % 9
        ));
    }
    file
}

/// The output of a backtest of level stakes on home.
fn backtest(file: &str, more: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("matches.csv");
    std::fs::write(&path, file).unwrap();
    let output = crate::backtest::simbet()
        .args([
            "backtest",
            path.to_str().unwrap(),
            "-q",
            "--strategy",
            "flat",
        ])
        .args(["--selections", "home", "--stake", "1"])
        .args(more)
        .assert()
        .success();
    String::from_utf8(output.get_output().stdout.clone()).unwrap()
}

/// Of 40 bets at 100 one wins: a profit of 60 %, which happens in 33 of 100 tries; the normal distribution said 17.
#[test]
fn one_win_at_long_odds_is_luck() {
    let said = backtest(&matches(40, ["100", "1.02", "100"], &[7]), &[]);
    assert!(said.contains("This profit may well be luck"), "{said}");
    let said = backtest(&matches(40, ["100", "1.02", "100"], &[]), &[]);
    assert!(
        said.contains("The loss is what margin and luck would bring"),
        "{said}"
    );
}

#[test]
fn a_few_match_days_conclude_nothing() {
    let won: Vec<usize> = (0..29).collect();
    let said = backtest(&matches(29, ["3", "3", "3"], &won), &["--by", "selection"]);
    assert!(
        said.contains("29 bets on 29 match days are too few"),
        "{said}"
    );
    assert!(said.contains("needs bets on 30 match days"), "{said}");
    assert!(said.contains("too few"), "{said}");
    let csv = backtest(
        &matches(29, ["3", "3", "3"], &won),
        &["--by", "selection", "--format", "csv"],
    );
    assert!(csv.lines().next().unwrap().ends_with(",days"), "{csv}");
    assert!(csv.contains(",2.0,,,") || csv.contains(",2,,,"), "{csv}");
    assert!(csv.lines().nth(1).unwrap().ends_with(",29"), "{csv}");
}

/// Thirty days are enough, and four of five bets are won, which no luck explains: then the words are there.
#[test]
fn thirty_match_days_conclude_what_they_show() {
    let won: Vec<usize> = (0..30).filter(|day| day % 5 > 0).collect();
    let said = backtest(&matches(30, ["3", "3", "3"], &won), &["--by", "selection"]);
    assert!(
        said.contains("Luck alone would rarely do this well"),
        "{said}"
    );
    assert!(said.contains("fewer than 1 of 100"), "{said}");
    assert!(!said.contains("too few"), "{said}");
}

#[test]
fn without_a_fair_price_the_comparison_is_with_breaking_even() {
    let won: Vec<usize> = (0..40).filter(|day| day % 5 < 3).collect();
    let said = backtest(&matches(40, ["2", "", ""], &won), &[]);
    assert!(
        said.contains("bets that break even in the long run"),
        "{said}"
    );
    assert!(
        said.contains("the comparison is with breaking even"),
        "{said}"
    );
}
