//! Do the probabilities of a season still to play come true? From the middle of 20 Premier League seasons, 2003-04 to
//! 2022-23, each as of the day on which half of its matches were played, fitted on the six seasons before and that half.
//!
//! ```sh
//! cargo run --release --example season_calibration FOLDER    # of E0_1997-98.csv, E0_1998-99.csv, ...
//! ```

use std::path::{Path, PathBuf};

use simbet::Time;
use simbet::{Matches, ReadConfig, read};
use simbet::{Outlook, Projection, Rules, Season, project};
use simbet::{RunConfig, Settings};

type Failure = Box<dyn std::error::Error>;

/// What is foretold of each of 20 teams, and how many of them it happens to.
pub const EVENTS: [(&str, f64); 4] = [
    ("title", 1.0),
    ("top four", 4.0),
    ("top half", 10.0),
    ("relegated", 3.0),
];

/// The first years of the seasons.
pub const YEARS: std::ops::RangeInclusive<i32> = 2003..=2022;

/// Seasons before, for the fit.
const BEFORE: i32 = 6;

/// What was said of one team and one event, and what became of it.
#[derive(Debug, Clone, Copy)]
pub struct Foretold {
    /// The year in which the season starts.
    pub year: i32,
    /// The place of the event among [`EVENTS`].
    pub event: usize,
    /// Its probability.
    pub probability: f64,
    /// Whether it happened.
    pub happened: bool,
    /// Whether it would have, had the season ended that day.
    pub by_standings: bool,
}

impl Foretold {
    /// Squared error of a probability for it.
    fn error(&self, probability: f64) -> f64 {
        (probability - f64::from(u8::from(self.happened))).powi(2)
    }

    fn base_rate(&self) -> f64 {
        EVENTS[self.event].1 / 20.0
    }
}

fn file(folder: &Path, year: i32) -> PathBuf {
    folder.join(format!("E0_{year}-{:02}.csv", (year + 1) % 100))
}

/// Whether all files are there.
pub fn is_complete(folder: &Path) -> bool {
    years().all(|year| file(folder, year).exists())
}

fn years() -> impl Iterator<Item = i32> {
    YEARS.start() - BEFORE..=*YEARS.end()
}

/// Plays the second half of every season `runs` times.
pub fn foretell(folder: &Path, runs: u64, uncertainty: bool) -> Result<Vec<Foretold>, Failure> {
    let engine = RunConfig::resolve(&Settings::default())?.engine;
    // no prices
    let config = ReadConfig {
        books: Some(Vec::new()),
        ..ReadConfig::default()
    };
    let files: Vec<_> = years()
        .map(|year| file(folder, year).to_string_lossy().into_owned())
        .collect();
    let matches = read(&files, &config, &|_, _| {})?;
    let mut all = Vec::new();
    for year in YEARS {
        let mut known = Matches {
            records: matches.records.clone(),
            names: matches.names.clone(),
            ..Matches::default()
        };
        known
            .records
            .retain(|record| (year - BEFORE..=year).contains(&i32::from(record.fixture.season)));
        let ended = Season::find(&known, None, None, Rules::of)?;
        let season = Season::find(
            &known,
            None,
            Some(half_way(&known, ended.year())),
            Rules::of,
        )?;
        let outlook = Outlook::fit(&season, &known, &engine, uncertainty)?;
        let projection = project(&season, &Rules::of("E0"), &outlook, 0..runs, 1, &|_| true)?;
        compare(
            &projection,
            &places(&season),
            &places(&ended),
            year,
            &mut all,
        );
    }
    Ok(all)
}

/// The day on which half of the matches of a season were played.
fn half_way(matches: &Matches, year: i16) -> Time {
    let days: Vec<_> = matches
        .records
        .iter()
        .filter(|r| r.fixture.season == year)
        .map(|r| r.fixture.day)
        .collect();
    days[days.len() / 2 - 1]
}

/// The teams from first to last.
fn places(season: &Season) -> Vec<String> {
    let ranking = season.ranking(&Rules::of("E0"), 1);
    ranking.into_iter().map(str::to_owned).collect()
}

fn compare(
    projection: &Projection,
    standings: &[String],
    ended: &[String],
    year: i32,
    all: &mut Vec<Foretold>,
) {
    for team in &projection.teams {
        let happens = |table: &[String]| {
            let place = table
                .iter()
                .position(|name| *name == team.name)
                .map_or(0, |place| place + 1);
            [place == 1, place <= 4, place <= 10, place > 17]
        };
        let relegated = team.relegated.map_or(0.0, |chance| chance.share);
        let probabilities = [
            team.title.share,
            team.top_four.share,
            team.top_half.share,
            relegated,
        ];
        for (event, probability) in probabilities.into_iter().enumerate() {
            let (happened, by_standings) = (happens(ended)[event], happens(standings)[event]);
            all.push(Foretold {
                year,
                event,
                probability,
                happened,
                by_standings,
            });
        }
    }
}

/// Mean squared errors: of the forecast, what it expects of itself, of base rates, of the standings.
pub fn brier(all: &[Foretold]) -> [f64; 4] {
    let mean =
        |error: &dyn Fn(&Foretold) -> f64| all.iter().map(error).sum::<f64>() / all.len() as f64;
    [
        mean(&|f| f.error(f.probability)),
        mean(&|f| f.probability * (1.0 - f.probability)),
        mean(&|f| f.error(f.base_rate())),
        mean(&|f| f.error(f64::from(u8::from(f.by_standings)))),
    ]
}

/// Forecasts whose probabilities are alike.
#[derive(Debug, Clone, Copy)]
pub struct Bin {
    /// From which probability, up to which.
    pub range: [f64; 2],
    /// How many.
    pub count: usize,
    /// Their mean probability.
    pub forecast: f64,
    /// The share that happened.
    pub observed: f64,
    /// Standard error of that share if the forecasts are right and do not depend on each other.
    pub error: f64,
}

const EDGES: [f64; 12] = [
    0.0, 0.01, 0.05, 0.1, 0.2, 0.35, 0.65, 0.8, 0.9, 0.95, 0.99, 1.0,
];

/// The forecasts by their probability.
pub fn bins(all: &[Foretold]) -> Vec<Bin> {
    let place = |f: &Foretold| {
        EDGES[..EDGES.len() - 1]
            .iter()
            .rposition(|&edge| f.probability >= edge)
    };
    let within = |bin: usize| all.iter().filter(move |f| place(f) == Some(bin));
    let bin = |bin: usize| {
        let count = within(bin).count();
        let mean = |sum: f64| sum / count as f64;
        let variance: f64 = within(bin)
            .map(|f| f.probability * (1.0 - f.probability))
            .sum();
        Bin {
            range: [EDGES[bin], EDGES[bin + 1]],
            count,
            forecast: mean(within(bin).map(|f| f.probability).sum()),
            observed: mean(within(bin).filter(|f| f.happened).count() as f64),
            error: mean(variance.sqrt()),
        }
    };
    (0..EDGES.len() - 1)
        .map(bin)
        .filter(|bin| bin.count > 0)
        .collect()
}

/// Spiegelhalter's z: about standard normal if the probabilities are right, positive if they are too bold.
///
/// # Formula
/// ```text
/// z = Σ (o − p)(1 − 2p) / √Σ (1 − 2p)² p (1 − p)
/// ```
/// Spiegelhalter (1986), Statistics in Medicine 5.
pub fn boldness(all: &[Foretold]) -> f64 {
    let tilt = |f: &Foretold| 1.0 - 2.0 * f.probability;
    let surprise: f64 = all
        .iter()
        .map(|f| (f64::from(u8::from(f.happened)) - f.probability) * tilt(f))
        .sum();
    let variance: f64 = all
        .iter()
        .map(|f| tilt(f).powi(2) * f.probability * (1.0 - f.probability))
        .sum();
    surprise / variance.sqrt()
}

fn print(all: &[Foretold]) {
    println!("| forecast | n | mean forecast | happened | ± |");
    println!("|---|---|---|---|---|");
    for bin in bins(all) {
        let range = format!("{:.0}–{:.0} %", 100.0 * bin.range[0], 100.0 * bin.range[1]);
        let [forecast, observed, error] =
            [bin.forecast, bin.observed, bin.error].map(|share| 100.0 * share);
        println!(
            "| {range} | {} | {forecast:.1} % | {observed:.1} % | {error:.1} |",
            bin.count
        );
    }
    println!("\n| Brier | forecast | as it expects | base rates | standings | z |");
    println!("|---|---|---|---|---|---|");
    for (event, (name, _)) in EVENTS.iter().enumerate() {
        print_brier(
            name,
            &all.iter()
                .copied()
                .filter(|f| f.event == event)
                .collect::<Vec<_>>(),
        );
    }
    print_brier("all", all);
    // earlier seasons had a part in choosing the model's defaults
    let held_out: Vec<_> = all.iter().copied().filter(|f| f.year >= 2018).collect();
    print_brier("all, 2018-19 on", &held_out);
}

fn print_brier(name: &str, all: &[Foretold]) {
    let [forecast, expected, base, standings] = brier(all);
    println!(
        "| {name} | {forecast:.4} | {expected:.4} | {base:.4} | {standings:.4} | {:+.2} |",
        boldness(all)
    );
}

/// Prints both tables, without and with uncertain strengths.
pub fn main() -> Result<(), Failure> {
    let Some(folder) = std::env::args_os()
        .nth(1)
        .map(PathBuf::from)
        .filter(|folder| is_complete(folder))
    else {
        return Err(
            "give a folder with E0_1997-98.csv to E0_2022-23.csv of football-data.co.uk".into(),
        );
    };
    for (title, uncertainty) in [
        ("Strengths as estimated", false),
        ("Strengths uncertain", true),
    ] {
        println!("\n{title}, 20 seasons, 10,000 runs each\n");
        print(&foretell(&folder, 10_000, uncertainty)?);
    }
    Ok(())
}
