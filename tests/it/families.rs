//! Families of goal models: other distributions of goals, and other dependence, than Poisson goals with or without ρ.

use std::fs;
use std::path::{Path, PathBuf};

use clap::ValueEnum as _;
use serde_json::Value;
use simbet::Score;
use simbet::internals::predict::{
    self, Dependence, Family, Fit, FitConfig, Marginal, Prior, WeightedMatch,
};

use crate::backtest::{fails, simbet};

/// Every result of Serie A 1991-92: a row of home teams in alphabetical order, a column of away teams.
const SERIE_A: &str = "
    -- 10 22 13 10 00 21 02 12 02 14 01 14 23 11 01 04 11
    11 -- 21 01 11 10 44 10 10 00 10 02 11 01 01 00 13 00
    21 00 -- 10 00 10 13 12 02 00 12 01 13 11 21 11 11 21
    20 00 00 -- 00 40 22 11 11 11 01 14 00 00 01 32 01 40
    31 12 11 01 -- 13 02 21 01 02 20 11 00 01 12 01 02 30
    12 30 20 10 11 -- 12 31 11 20 11 00 42 11 01 12 00 41
    10 23 41 31 20 33 -- 10 22 01 21 28 10 11 12 00 11 50
    10 02 13 22 20 32 02 -- 12 21 10 00 34 20 11 00 11 10
    21 00 10 00 02 11 11 22 -- 13 10 11 00 00 00 00 00 20
    10 21 20 00 20 10 41 30 21 -- 11 11 31 10 21 00 10 20
    11 11 31 21 32 11 52 11 01 11 -- 11 33 11 11 12 21 20
    41 31 20 10 31 11 31 11 10 11 20 -- 50 20 41 51 20 40
    51 10 10 40 30 10 33 10 11 01 30 11 -- 22 32 21 01 31
    20 00 10 11 11 11 20 20 11 00 10 13 21 -- 31 21 00 11
    10 11 20 00 30 13 11 00 01 11 11 11 11 10 -- 20 10 10
    40 02 11 11 22 20 11 22 40 10 10 02 11 20 11 -- 00 20
    52 11 10 10 20 20 31 40 00 20 01 22 00 00 11 11 -- 00
    10 13 21 20 22 23 10 21 10 33 02 01 01 10 01 00 12 --";

fn serie_a() -> Vec<WeightedMatch> {
    let mut matches = Vec::new();
    for (home, row) in SERIE_A.trim().lines().enumerate() {
        for (away, goals) in row
            .split_whitespace()
            .enumerate()
            .filter(|(away, _)| *away != home)
        {
            let goals = |side: usize| goals.as_bytes()[side] - b'0';
            matches.push(WeightedMatch {
                home,
                away,
                score: Score {
                    home: goals(0),
                    away: goals(1),
                },
                weight: 1.0,
                neutral: false,
            });
        }
    }
    matches
}

fn fitted(matches: &[WeightedMatch], marginal: Marginal, dependence: Dependence) -> Fit {
    let config = FitConfig {
        marginal,
        dependence,
        ..FitConfig::default()
    };
    predict::fit(matches, &config).unwrap()
}

fn near(found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found - expected).abs() <= tolerance,
        "{found} instead of {expected}"
    );
}

/// The possible families, those with a fit of their own included.
fn every_family() -> impl Iterator<Item = Family> {
    let all = Marginal::value_variants().iter().flat_map(|&marginal| {
        let dependences = Dependence::value_variants().iter();
        dependences.map(move |&dependence| Family {
            marginal,
            dependence,
            rho: None,
        })
    });
    all.filter(|family| family.is_possible())
}

/// Karlis and Ntzoufras (2003), table 3: double Poisson and bivariate Poisson with a constant λ₃.
#[test]
fn serie_a_has_the_published_likelihoods() {
    let matches = serie_a();
    assert_eq!(matches.len(), 306);
    let double = fitted(&matches, Marginal::Poisson, Dependence::Independent);
    near(double.log_likelihood, -771.476264, 1e-6);
    let bivariate = fitted(&matches, Marginal::Poisson, Dependence::BivariatePoisson);
    near(bivariate.log_likelihood, -764.949021, 1e-6);
    let shapes = bivariate.shapes();
    assert_eq!((shapes.len(), shapes[0].name), (1, "lambda_3"));
    near(shapes[0].estimate, 0.259577, 1e-6);
    near(shapes[0].standard_error.unwrap(), 0.0686, 1e-3);
    near(
        bivariate.aic().unwrap(),
        2.0 * 37.0 + 2.0 * 764.949021,
        1e-5,
    );
    // what both sides score at once is part of what is expected of each
    let [home, away] = bivariate.rates(0, 1).unwrap();
    let [other_home, other_away] = double.rates(0, 1).unwrap();
    assert!((home / other_home - 1.0).abs() < 0.1 && (away / other_away - 1.0).abs() < 0.1);
}

/// What a maximisation of the same likelihoods finds that shares no code with this one (numpy and scipy, BFGS, the recursions of the
/// papers): likelihood, level, home advantage, attack and defence of the first team, and the parameters of the family.
struct Elsewhere {
    marginal: Marginal,
    dependence: Dependence,
    log_likelihood: f64,
    levels: [f64; 2],
    first: [f64; 2],
    shapes: &'static [f64],
}

impl Elsewhere {
    fn assert_found(&self, matches: &[WeightedMatch]) {
        let fit = fitted(matches, self.marginal, self.dependence);
        near(fit.log_likelihood, self.log_likelihood, 1e-5);
        let found = [
            fit.intercept,
            fit.home_advantage,
            fit.attack[0],
            fit.defence[0],
        ];
        let [level, advantage] = self.levels;
        let [attack, defence] = self.first;
        for (found, expected) in found.into_iter().zip([level, advantage, attack, defence]) {
            near(found, expected, 1e-5);
        }
        let shapes = fit.shapes();
        assert_eq!(shapes.len(), self.shapes.len());
        for (found, expected) in shapes.iter().zip(self.shapes) {
            near(found.estimate, *expected, 2e-5);
        }
    }
}

#[test]
fn joint_fits_of_serie_a_are_those_of_another_program() {
    let matches = serie_a();
    for elsewhere in [
        Elsewhere {
            marginal: Marginal::ConwayMaxwellPoisson,
            dependence: Dependence::Independent,
            log_likelihood: -765.02231459,
            levels: [-0.17712907, 0.36301714],
            first: [-0.34903116, -0.5993074],
            shapes: &[1.44944506],
        },
        Elsewhere {
            marginal: Marginal::Weibull,
            dependence: Dependence::Frank,
            log_likelihood: -757.15546179,
            levels: [-0.08367508, 0.40196325],
            first: [-0.38542794, -0.66772421],
            shapes: &[1.25673231, 1.61835787],
        },
    ] {
        elsewhere.assert_found(&matches);
    }
}

/// A season of a file, teams in alphabetical order.
fn season(path: &Path) -> Vec<WeightedMatch> {
    let matches = simbet::read(
        &[path.to_str().unwrap().to_owned()],
        &simbet::ReadConfig::default(),
        &|_, _| {},
    )
    .unwrap();
    let names = |team| matches.names.team(team).to_owned();
    let mut teams: Vec<String> = matches
        .records
        .iter()
        .flat_map(|record| [record.fixture.home, record.fixture.away].map(names))
        .collect();
    teams.sort_unstable();
    teams.dedup();
    let number = |team| teams.binary_search(&names(team)).unwrap();
    let rows = matches.records.iter().map(|record| WeightedMatch {
        home: number(record.fixture.home),
        away: number(record.fixture.away),
        score: record.result().unwrap(),
        weight: 1.0,
        neutral: false,
    });
    rows.collect()
}

/// The Premier League 2018-19 and 2020-21, and the Scottish one 2011-12, in which goals vary enough for a negative binomial and for
/// more goalless sides.
#[test]
fn joint_fits_of_other_seasons_are_those_of_another_program() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/football-data");
    for (file, elsewhere) in OTHER_SEASONS {
        let path = folder.join(file);
        if !path.exists() {
            eprintln!("skipped: no file {}", path.display());
            continue;
        }
        elsewhere.assert_found(&season(&path));
    }
}

const OTHER_SEASONS: [(&str, Elsewhere); 4] = [
    (
        "E0_2018-19.csv",
        Elsewhere {
            marginal: Marginal::Poisson,
            dependence: Dependence::BivariatePoisson,
            log_likelihood: -1064.80271708,
            levels: [0.06776026, 0.23416843],
            first: [0.37805998, -0.02391551],
            shapes: &[0.05581254],
        },
    ),
    (
        "E0_2018-19.csv",
        Elsewhere {
            marginal: Marginal::Weibull,
            dependence: Dependence::Frank,
            log_likelihood: -1060.61702462,
            levels: [0.20412911, 0.24582382],
            first: [0.39700783, -0.02111009],
            shapes: &[1.16532908, 0.09373872],
        },
    ),
    (
        "E0_2020-21.csv",
        Elsewhere {
            marginal: Marginal::NegativeBinomial,
            dependence: Dependence::Independent,
            log_likelihood: -1093.80498095,
            levels: [0.21601615, 0.00726372],
            first: [0.11623938, 0.2457419],
            shapes: &[0.01657976],
        },
    ),
    (
        "SC0_2011-12.csv",
        Elsewhere {
            marginal: Marginal::ZeroInflated,
            dependence: Dependence::Independent,
            log_likelihood: -650.38164321,
            levels: [0.11846757, 0.12185238],
            first: [-0.33611348, 0.09799546],
            shapes: &[0.06073974],
        },
    ),
];

#[test]
fn a_maximum_is_one_and_its_errors_are_those_of_its_curvature() {
    let matches = serie_a();
    for family in every_family().filter(|family| !family.is_plain()) {
        let fit = fitted(&matches, family.marginal, family.dependence);
        let independent = fitted(&matches, family.marginal, Dependence::Independent);
        assert!(
            fit.log_likelihood >= independent.log_likelihood - 1e-7,
            "{family:?}"
        );
        let mut sum: f64 = fit.attack.iter().sum();
        near(sum, 0.0, 1e-9);
        sum = fit.defence.iter().sum();
        near(sum, 0.0, 1e-9);
        for shape in fit.shapes() {
            if let Some(error) = shape.standard_error {
                assert!(error > 0.0 && error < 1.0, "{family:?}: {shape:?}");
            }
        }
        // the likelihood of the fit is that of its grids, match by match
        let by_grids: f64 = matches
            .iter()
            .map(|played| {
                let grid = fit.grid(played.home, played.away).unwrap().unwrap();
                grid.probability(played.score).ln()
            })
            .sum();
        // a grid holds ρ to where no score is impossible, the likelihood to where none that occurred is
        let is_held = family.dependence == Dependence::DixonColes;
        near(
            by_grids,
            fit.log_likelihood,
            if is_held { 0.1 } else { 1e-4 },
        );
    }
}

#[test]
fn a_prior_holds_the_parameters_near_poisson() {
    let matches = serie_a();
    let config = FitConfig {
        marginal: Marginal::Weibull,
        dependence: Dependence::Frank,
        prior: Some(Prior::default()),
        ..FitConfig::default()
    };
    let held = predict::fit(&matches, &config).unwrap().shapes();
    let free = fitted(&matches, Marginal::Weibull, Dependence::Frank).shapes();
    for (k, plain) in [1.0, 0.0].into_iter().enumerate() {
        let (held, free) = (held[k].estimate - plain, free[k].estimate - plain);
        assert!(held > 0.0 && held < free, "{held} {free}");
    }
}

#[test]
fn draws_from_the_posterior_vary_the_parameters_too() {
    let fit = fitted(&serie_a(), Marginal::Weibull, Dependence::Frank);
    let posterior = fit.posterior().unwrap();
    assert_eq!(posterior.draw(&mut || 0.0).shapes(), fit.shapes());
    let drawn = posterior.draw(&mut || 0.5);
    for (one, other) in drawn.shapes().iter().zip(fit.shapes()) {
        assert!(one.estimate != other.estimate);
    }
    assert!(drawn.grid(0, 1).unwrap().is_ok());
}

// ------------------------------------------------------------------------------------------------ from the command line

const EPL: &str = "datasets/epl.csv";

fn json(arguments: &[&str]) -> Value {
    let output = simbet()
        .args(arguments)
        .args(["-q", "--format", "json"])
        .assert()
        .success();
    serde_json::from_slice(&output.get_output().stdout).unwrap()
}

fn table(arguments: &[&str]) -> String {
    let output = simbet().args(arguments).assert().success();
    String::from_utf8_lossy(&output.get_output().stdout).into_owned()
}

#[test]
fn fit_prints_the_parameters_with_their_errors() {
    let asked = [
        "fit",
        EPL,
        "--model",
        "poisson",
        "--marginal",
        "weibull",
        "--dependence",
        "frank",
        "--learn",
        "goals",
    ];
    let fitted = json(&asked);
    let parameters = fitted[0]["parameters"].as_array().unwrap();
    let names: Vec<_> = parameters
        .iter()
        .map(|each| each["parameter"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["shape", "kappa"]);
    assert!(
        parameters
            .iter()
            .all(|each| each["standard_error"].as_f64().unwrap() > 0.0)
    );
    let printed = table(&asked);
    assert!(
        printed.contains("shape +") && printed.contains(" ± "),
        "{printed}"
    );
    let csv = table(&[&asked[..], &["--format", "csv"]].concat());
    let header = csv.lines().next().unwrap();
    assert_eq!(
        header,
        "pool,team,attack,defence,intercept,home_advantage,rho,shape,kappa"
    );
    assert_eq!(csv.lines().nth(1).unwrap().split(',').count(), 9);
}

#[test]
fn what_makes_no_sense_is_refused_with_the_reason() {
    for (arguments, reason) in [
        (
            &["--dependence", "bivariate-poisson", "--marginal", "weibull"][..],
            "made of Poisson goals",
        ),
        (
            &["--model", "dixon-coles", "--dependence", "frank"],
            "choose --model poisson",
        ),
        (
            &["--model", "elo", "--marginal", "weibull"],
            "the model elo does not use it",
        ),
        (
            &["--model", "average", "--marginal", "weibull"],
            "the model average does not use it",
        ),
        (
            &["--in-play-goals", "birth-process"],
            "files have no prices in play",
        ),
        (&["--marginal", "gamma"], "negative-binomial"),
    ] {
        fails(&[&["backtest", EPL][..], arguments].concat(), 2, &[reason]);
    }
}

#[test]
fn a_dependence_needs_no_model_beside_it() {
    let log_loss = |arguments: &[&str]| {
        let done = json(&[&["backtest", EPL, "--min-matches", "1"][..], arguments].concat());
        done.to_string()
    };
    // the names of models are those of their dependence
    let [named, asked] = [
        log_loss(&["--model", "poisson"]),
        log_loss(&["--dependence", "independent"]),
    ];
    assert_eq!(named, asked);
    assert_ne!(named, log_loss(&["--dependence", "frank"]));
}

#[test]
fn a_sweep_goes_through_families() {
    let done = json(&[
        "sweep",
        EPL,
        "--min-matches",
        "1",
        "--grid",
        "marginal=poisson,weibull",
        "--grid",
        "dependence=independent,frank",
    ]);
    let text = done.to_string();
    assert!(text.contains("weibull") && text.contains("frank"), "{text}");
}

#[test]
fn seasons_and_simulations_are_played_by_families() {
    let simulated = |more: &[&str]| {
        let arguments = [
            "simulate",
            "--matches",
            "80",
            "--in-play",
            "--model",
            "poisson",
            "--min-matches",
            "2",
        ];
        json(&[&arguments[..], more].concat())
    };
    let plain = simulated(&[]);
    assert_ne!(plain, simulated(&["--in-play-goals", "birth-process"]));
    assert_ne!(plain, simulated(&["--marginal", "negative-binomial"]));
    assert_ne!(
        plain,
        simulated(&["--marginal", "weibull", "--dependence", "frank"])
    );
}

#[test]
fn goals_of_one_side_have_a_distribution_whoever_plays() {
    let asked = [
        "fit",
        EPL,
        "--model",
        "average",
        "--half-life",
        "0",
        "--window",
        "0",
    ];
    let fitted = json(&asked);
    let sides = fitted[0]["sides"].as_array().unwrap();
    assert_eq!(sides.len(), 2);
    let mean = sides[0]["parameters"][0]["estimate"].as_f64().unwrap();
    near(mean, sides[0]["mean"].as_f64().unwrap(), 1e-12);
    let printed = table(&[&asked[..], &["--marginal", "weibull"]].concat());
    assert!(
        printed.contains("weibull goals whoever plays") && printed.contains("scale"),
        "{printed}"
    );
}

// ------------------------------------------------------------------------------------------------ real files

fn seasons(years: std::ops::Range<u32>) -> Option<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/football-data");
    let files: Vec<PathBuf> = years
        .map(|year| folder.join(format!("E0_{year}-{:02}.csv", (year + 1) % 100)))
        .collect();
    let are_there = files.iter().all(|file| fs::metadata(file).is_ok());
    if !are_there {
        eprintln!("skipped: no files in {}", folder.display());
    }
    are_there.then_some(files)
}

/// Intercept-only models of away goals in the Premier League 2009-10 to 2016-17, as the R package `Countr` fits them.
#[test]
fn weibull_counts_of_away_goals_are_those_of_countr() {
    let Some(files) = seasons(2009..2017) else {
        return;
    };
    let files: Vec<&str> = files.iter().map(|file| file.to_str().unwrap()).collect();
    let fit = |marginal: &str| {
        let more = [
            "--model",
            "average",
            "--half-life",
            "0",
            "--window",
            "0",
            "--marginal",
            marginal,
        ];
        let fitted = json(&[&["fit"][..], &files, &more].concat());
        assert_eq!(fitted[0]["matches"], 3040);
        fitted[0]["sides"][1].clone()
    };
    let poisson = fit("poisson");
    near(
        poisson["log_likelihood"].as_f64().unwrap(),
        -4364.329856,
        1e-6,
    );
    let weibull = fit("weibull");
    near(
        weibull["log_likelihood"].as_f64().unwrap(),
        -4350.088456,
        1e-5,
    );
    let estimate = |place: usize| weibull["parameters"][place]["estimate"].as_f64().unwrap();
    near(estimate(0), 1.087101, 2e-6);
    near(estimate(1), 0.843014, 2e-6);
}

/// Every family predicts walk-forward, and none is far from another: what they change is small.
#[test]
fn families_forecast_alike() {
    let Some(files) = seasons(2014..2018) else {
        return;
    };
    let files: Vec<&str> = files.iter().map(|file| file.to_str().unwrap()).collect();
    let log_loss = |more: &[&str]| {
        let period = ["--from", "2016-08-01"];
        let done = json(&[&["backtest"][..], &files, &period, more].concat());
        let found = &done["model"]["log_loss"];
        found.as_f64().unwrap_or_else(|| panic!("{done:#}"))
    };
    let plain = log_loss(&["--model", "poisson"]);
    for more in [
        &["--dependence", "bivariate-poisson"][..],
        &["--dependence", "frank", "--marginal", "weibull"],
        &["--marginal", "negative-binomial"],
        &[
            "--marginal",
            "conway-maxwell-poisson",
            "--dependence",
            "dixon-coles",
        ],
        &["--marginal", "zero-inflated"],
    ] {
        let found = log_loss(more);
        assert!(
            found != plain && (found - plain).abs() < 0.004,
            "{more:?}: {found} {plain}"
        );
    }
}
