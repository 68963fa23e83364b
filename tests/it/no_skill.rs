//! Bettors without skill, and some with it: how often a verdict speaks of skill.
//!
//! Everybody here bets on an invented league whose prices are the truth, with a margin on it or without: nobody can have skill.
//! Where there are several books, each is the truth with errors of its own, and the best price of them is chosen.

use std::sync::Arc;

use rand_distr::{Distribution as _, StandardNormal};
use rayon::prelude::*;
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
    books: Books,
    in_play: bool,
}

/// Whose prices there are.
#[derive(Clone, Copy, PartialEq)]
enum Books {
    One,
    /// Of the sides of a market only the first, so that no fair price is known.
    FirstSide,
    /// So many books, the errors of each this large, in logits.
    Several(usize, f64),
}

const LEVEL_HOME: Kind = Kind {
    name: "home",
    settings: "strategy = 'flat'\nselections = ['home']",
    matches: 380,
    margin: 0.05,
    noise: 0.0,
    books: Books::One,
    in_play: false,
};

const fn kind(name: &'static str, settings: &'static str) -> Kind {
    Kind {
        name,
        settings,
        ..LEVEL_HOME
    }
}

const fn fair(kind: Kind) -> Kind {
    Kind {
        margin: 0.0,
        ..kind
    }
}

/// Without a margin the chances of a verdict of skill are greatest: with one there is mostly a loss.
const NO_SKILL: [Kind; 26] = [
    fair(LEVEL_HOME),
    LEVEL_HOME,
    fair(kind("draw", "strategy = 'flat'\nselections = ['draw']")),
    fair(kind("away", "strategy = 'flat'\nselections = ['away']")),
    fair(kind("favourites", "strategy = 'flat'\nmax_odds = 1.8")),
    fair(kind("outsiders", "strategy = 'flat'\nmin_odds = 5")),
    Kind {
        matches: 1_600,
        ..fair(kind("long odds", "strategy = 'flat'\nmin_odds = 15"))
    },
    fair(kind(
        "all sides, commission",
        "strategy = 'flat'\ncommission = '0.05'",
    )),
    fair(kind(
        "two sides, commission",
        "strategy = 'flat'\nselections = ['draw', 'away']\ncommission = '0.05'",
    )),
    fair(kind(
        "handicap",
        "strategy = 'flat'\nmarkets = ['ah']\nselections = ['home']",
    )),
    fair(kind(
        "totals",
        "strategy = 'flat'\nmarkets = ['ou']\nselections = ['over']",
    )),
    fair(kind(
        "both teams to score",
        "strategy = 'flat'\nmarkets = ['btts']\nselections = ['yes']",
    )),
    fair(kind(
        "home on result and handicap",
        "strategy = 'flat'\nmarkets = ['1x2', 'ah']\nselections = ['home']",
    )),
    fair(kind(
        "goals on three markets",
        "strategy = 'flat'\nmarkets = ['1x2', 'ou', 'btts']\nselections = ['home', 'over', 'yes']",
    )),
    Kind {
        in_play: true,
        matches: 400,
        ..fair(kind(
            "home in play",
            "strategy = 'flat'\nselections = ['home']",
        ))
    },
    fair(kind(
        "share of the bankroll",
        "strategy = 'proportional'\nselections = ['away']\nstake = 0.05",
    )),
    fair(kind(
        "ev, useless model",
        "strategy = 'ev'\nmodel = 'average'",
    )),
    fair(kind(
        "kelly, useless model",
        "strategy = 'kelly'\nmodel = 'average'",
    )),
    fair(kind(
        "kelly uncapped, useless model",
        "strategy = 'kelly'\nmodel = 'average'\nmax_stake = 1\nkelly_fraction = 0.5",
    )),
    kind(
        "kelly, useless model, margin",
        "strategy = 'kelly'\nmodel = 'average'",
    ),
    Kind {
        matches: 60,
        ..fair(kind(
            "home, 60 matches",
            "strategy = 'flat'\nselections = ['home']",
        ))
    },
    Kind {
        matches: 380,
        books: Books::FirstSide,
        ..fair(kind(
            "home, no fair price",
            "strategy = 'flat'\nselections = ['home']",
        ))
    },
    Kind {
        books: Books::Several(5, 0.1),
        ..fair(kind(
            "home, best of five",
            "strategy = 'flat'\nselections = ['home']\nbook = 'best:one,two,three,four,five'",
        ))
    },
    Kind {
        books: Books::Several(5, 0.1),
        ..fair(kind(
            "all sides, best of five",
            "strategy = 'flat'\nbook = 'best:one,two,three,four,five'",
        ))
    },
    Kind {
        books: Books::Several(5, 0.1),
        ..kind(
            "outsiders, best of five",
            "strategy = 'flat'\nmin_odds = 5\nbook = 'best:one,two,three,four,five'",
        )
    },
    Kind {
        books: Books::Several(3, 0.1),
        ..fair(kind(
            "handicap, best of three",
            "strategy = 'flat'\nmarkets = ['ah']\nbook = 'best:one,two,three'",
        ))
    },
];

const SKILL: [Kind; 4] = [
    Kind {
        noise: 0.12,
        margin: 0.02,
        ..kind(
            "truth, level stakes",
            "strategy = 'flat'\nmodel = 'truth'\nmin_ev = 0.02",
        )
    },
    Kind {
        noise: 0.12,
        margin: 0.02,
        matches: 1_600,
        ..kind(
            "truth, level stakes, 1,600",
            "strategy = 'flat'\nmodel = 'truth'\nmin_ev = 0.02",
        )
    },
    Kind {
        noise: 0.12,
        margin: 0.02,
        ..kind("truth, kelly", "strategy = 'kelly'\nmodel = 'truth'")
    },
    Kind {
        noise: 0.12,
        margin: 0.02,
        ..kind(
            "truth, three markets",
            "strategy = 'flat'\nmodel = 'truth'\nmin_ev = 0.02\nmarkets = ['1x2', 'ou', 'ah']",
        )
    },
];

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
            Books::Several(count, noise) => {
                for offer in &mut round.offers {
                    self.reprice(offer, count, noise);
                }
                round.closes.clear();
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
            for name in &NAMES[..count] {
                offer.quotes.extend(self.quotes(market, name, noise));
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
        prices
            .iter_mut()
            .for_each(|price| *price *= (1.0 + self.margin) / sum);
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

fn config(kind: Kind) -> SimulationConfig {
    let toml = format!("bankroll = {}\n{}", bankroll(kind), kind.settings);
    let (margin, noise) = match kind.books {
        Books::One | Books::FirstSide => (kind.margin, kind.noise),
        Books::Several(..) => (0.0, 0.0),
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

/// Level stakes are never refused.
fn bankroll(kind: Kind) -> u64 {
    if kind.settings.contains("flat") {
        100_000_000
    } else {
        10_000
    }
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
            .with_models(move |_| Box::new(TrueModel::new(&world, run, 0.0)))
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
        significance: Some(tests.assess()),
        ..summary
    }
}

/// Whether any sentence says, or lets one think, that there is skill.
fn speaks_of_skill(summary: &Summary) -> bool {
    let sentences = summary::verdict(summary);
    sentences.iter().any(|sentence| {
        [
            "rarely",
            "better sign of skill",
            "smaller than luck",
            "less than luck",
        ]
        .iter()
        .any(|words| sentence.contains(words))
    })
}

fn speaks_of_more_than_bad_luck(summary: &Summary) -> bool {
    let sentences = summary::verdict(summary);
    sentences.iter().any(|sentence| {
        sentence.contains("larger than luck") || sentence.contains("more than luck")
    })
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

#[test]
#[ignore = "prints a table"]
fn table() {
    let runs = std::env::var("RUNS").map_or(1_000, |runs| runs.parse().unwrap());
    for kind in NO_SKILL.into_iter().chain(SKILL) {
        let start = std::time::Instant::now();
        let [skill, loss] = verdicts(kind, runs);
        println!(
            "{:<32} {:.2} {skill:>5} {loss:>5}   {:?}",
            kind.name,
            kind.margin,
            start.elapsed()
        );
        let config = config(kind);
        if runs == 1 {
            println!("{:#?}", summary::verdict(&played(kind, &config, 1)));
            println!("{}", played(kind, &config, 1).bets)
        }
    }
}
