//! The projection of a season: its remaining matches simulated many times.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::error::SeasonError;
use super::outlook::Outlook;
use super::rules::Rules;
use super::schedule::Season;
use super::standings::Standings;
use crate::source::synthetic::{Purpose, stream};

/// Runs that one task simulates.
const CHUNK: u64 = 128;

/// The final positions of all teams, over all runs.
///
/// ```
/// use simbet::{Outlook, ReadConfig, Rules, Season, project, read_bytes};
/// let csv = b"Div,Date,HomeTeam,AwayTeam,FTHG,FTAG\nE0,10/08/24,Ayton,Brae,3,0\nE0,17/08/24,Brae,Ayton,,\n";
/// let matches = read_bytes("E0.csv", csv, &ReadConfig::default()).unwrap();
/// let season = Season::find(&matches, None, None, Rules::of).unwrap();
/// let outlook = Outlook::known(&season, &[[1.5, 1.1]], 0.0).unwrap();
/// let rules = Rules { relegated: None, ..Rules::of("E0") };
/// let projection = project(&season, &rules, &outlook, 0..100, 1, &|_| true).unwrap();
/// assert_eq!((projection.runs, projection.teams.len()), (100, 2));
/// assert!((projection.teams.iter().map(|team| team.title.share).sum::<f64>() - 1.0).abs() < 1e-12);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {
    /// The number of runs.
    pub runs: u64,
    /// The teams by descending expected points, then by name.
    pub teams: Vec<Prospects>,
}

/// The projection of one team.
#[derive(Debug, Clone, PartialEq)]
pub struct Prospects {
    /// Its name.
    pub name: String,
    /// Matches it has played.
    pub played: u32,
    /// Its current points.
    pub points: i32,
    /// Its current goal difference.
    pub goal_difference: i32,
    /// Mean points at the end.
    pub expected_points: f64,
    /// Standard deviation of the points at the end; `None` after a single run.
    pub points_sd: Option<f64>,
    /// Mean goal difference at the end.
    pub expected_goal_difference: f64,
    /// Mean position at the end; 1 is first.
    pub average_position: f64,
    /// The number of runs in which it was first, second, ... last.
    pub positions: Vec<u64>,
    /// First.
    pub title: Chance,
    /// Among the first four.
    pub top_four: Chance,
    /// In the upper half, to which the middle position of an odd number of teams does not belong.
    pub top_half: Chance,
    /// Among those that are relegated without a play-off; `None` where their number is unknown.
    pub relegated: Option<Chance>,
}

/// The probability of an event.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chance {
    /// The share of runs in which it happened, from 0 to 1.
    pub share: f64,
    /// Whether the event is already certain, or certain not to happen, by the points that each team can still win; `None`
    /// while it is open. This does not see that rivals must take points from each other, so it may be late.
    pub settled: Option<bool>,
}

/// Simulates the remaining matches once for each of `runs`.
///
/// After each batch `go_on` is called with the number of its runs, from any thread, and returns whether to continue. A run
/// depends on the seed and its number only, so results are the same on any number of threads. Memory does not grow with the
/// runs.
///
/// # Errors
/// When no match is left to play, there is no run, or more teams are relegated than there are.
///
/// ```
/// use simbet::{Outlook, Rules, Season, project};
/// use simbet::{ReadConfig, read_bytes};
///
/// let csv = b"Div,Date,HomeTeam,AwayTeam,FTHG,FTAG\nE0,10/08/24,Ayton,Brae,3,0\nE0,17/08/24,Brae,Ayton,,\n";
/// let matches = read_bytes("E0.csv", csv, &ReadConfig::default()).unwrap();
/// let season = Season::find(&matches, None, None, Rules::of).unwrap();
/// let outlook = Outlook::known(&season, &[[1.5, 1.1]], 0.0).unwrap();
/// let rules = Rules { relegated: None, ..Rules::of("E0") };
/// let projection = project(&season, &rules, &outlook, 0..1000, 1, &|_| true).unwrap();
/// // Brae would have to win by four, or by three and more goals
/// assert!(projection.teams[0].name == "Ayton" && projection.teams[0].title.share > 0.9);
/// ```
pub fn project(
    season: &Season,
    rules: &Rules,
    outlook: &Outlook,
    runs: Range<u64>,
    seed: u64,
    go_on: &(dyn Fn(u64) -> bool + Sync),
) -> Result<Projection, SeasonError> {
    check(season, rules, &runs)?;
    let teams = season.teams().len();
    let now = season.standings(rules);
    let simulation = Simulation {
        season,
        outlook,
        seed,
        now: &now,
    };
    let chunks = (runs.end - runs.start).div_ceil(CHUNK);
    let stopped = AtomicBool::new(false);
    let totals = (0..chunks)
        .into_par_iter()
        .map(|number| {
            if stopped.load(Ordering::Relaxed) {
                return Totals::new(teams);
            }
            let first = runs.start + number * CHUNK;
            let totals = simulation.chunk(first..runs.end.min(first.saturating_add(CHUNK)));
            if !go_on(totals.runs) {
                stopped.store(true, Ordering::Relaxed);
            }
            totals
        })
        .reduce(|| Totals::new(teams), Totals::with);
    Ok(totals.project(season, rules, &now))
}

fn check(season: &Season, rules: &Rules, runs: &Range<u64>) -> Result<(), SeasonError> {
    let teams = season.teams().len();
    if season.left().is_empty() {
        return Err(SeasonError::AllPlayed {
            season: season.title(),
        });
    }
    if runs.is_empty() {
        return Err(SeasonError::NoRuns);
    }
    match rules.relegated {
        Some(relegated) if relegated > teams => {
            Err(SeasonError::TooManyRelegated { relegated, teams })
        }
        Some(_) | None => Ok(()),
    }
}

/// The final table of one run: the teams from first to last.
pub fn table_of_run(
    season: &Season,
    rules: &Rules,
    outlook: &Outlook,
    seed: u64,
    run: u64,
) -> Vec<usize> {
    let now = season.standings(rules);
    let mut table = now.clone();
    Simulation {
        season,
        outlook,
        seed,
        now: &now,
    }
    .run(run, &mut table)
}

/// What every run needs.
struct Simulation<'a> {
    season: &'a Season,
    outlook: &'a Outlook,
    seed: u64,
    now: &'a Standings,
}

impl Simulation<'_> {
    fn chunk(&self, runs: Range<u64>) -> Totals {
        let mut table = self.now.clone();
        let mut totals = Totals::new(self.season.teams().len());
        for run in runs {
            let order = self.run(run, &mut table);
            totals.count(&table, &order);
        }
        totals
    }

    fn run(&self, run: u64, table: &mut Standings) -> Vec<usize> {
        table.copy_from(self.now);
        let mut random = stream(self.seed, run, Purpose::Scores);
        let samplers = self.outlook.samplers(self.seed, run);
        for (&[home, away], sampler) in self.season.left().iter().zip(&*samplers) {
            table.add(home, away, sampler.draw(&mut random));
        }
        table.rank(&mut stream(self.seed, run, Purpose::Lots))
    }
}

/// Sums over runs. They are whole numbers, so the order in which threads add them does not matter.
#[derive(Debug, Clone)]
struct Totals {
    runs: u64,
    points: Vec<i64>,
    squares: Vec<i64>,
    goal_differences: Vec<i64>,
    /// The number of runs in which each team (row) was in each position (column).
    positions: Vec<u64>,
}

impl Totals {
    fn new(teams: usize) -> Self {
        let zeros = vec![0; teams];
        let positions = vec![0; teams * teams];
        Self {
            runs: 0,
            points: zeros.clone(),
            squares: zeros.clone(),
            goal_differences: zeros,
            positions,
        }
    }

    fn count(&mut self, table: &Standings, order: &[usize]) {
        self.runs += 1;
        for (position, &team) in order.iter().enumerate() {
            let line = table.line(team);
            let points = i64::from(line.points);
            self.points[team] += points;
            self.squares[team] += points * points;
            self.goal_differences[team] += i64::from(line.goal_difference());
            self.positions[team * order.len() + position] += 1;
        }
    }

    fn with(mut self, other: Self) -> Self {
        self.runs += other.runs;
        add(&mut self.points, &other.points);
        add(&mut self.squares, &other.squares);
        add(&mut self.goal_differences, &other.goal_differences);
        add(&mut self.positions, &other.positions);
        self
    }

    fn project(&self, season: &Season, rules: &Rules, now: &Standings) -> Projection {
        let count = season.teams().len();
        let reach = Reach::new(season, rules, now);
        let mut teams: Vec<_> = (0..count)
            .map(|team| self.prospects(team, season, rules, now, &reach))
            .collect();
        teams.sort_by(|a, b| {
            b.expected_points
                .total_cmp(&a.expected_points)
                .then_with(|| a.name.cmp(&b.name))
        });
        Projection {
            runs: self.runs,
            teams,
        }
    }

    fn prospects(
        &self,
        team: usize,
        season: &Season,
        rules: &Rules,
        now: &Standings,
        reach: &Reach,
    ) -> Prospects {
        let (count, line) = (season.teams().len(), now.line(team));
        let positions = &self.positions[team * count..][..count];
        let first = |places: usize| Chance {
            share: self.share(&positions[..places.min(count)]),
            settled: reach.within(team, places),
        };
        let weighted: u64 = (1..)
            .zip(positions)
            .map(|(position, runs): (u64, _)| position * runs)
            .sum();
        Prospects {
            name: season.names()[team].clone(),
            played: line.played,
            points: line.points,
            goal_difference: line.goal_difference(),
            expected_points: self.points[team] as f64 / self.runs as f64,
            points_sd: self.points_sd(team),
            expected_goal_difference: self.goal_differences[team] as f64 / self.runs as f64,
            average_position: weighted as f64 / self.runs as f64,
            positions: positions.to_vec(),
            title: first(1),
            top_four: first(4),
            top_half: first(count / 2),
            relegated: rules.relegated.map(|places| Chance {
                share: self.share(&positions[count - places..]),
                settled: reach.within(team, count - places).map(|stays| !stays),
            }),
        }
    }

    /// The share of runs that ended in one of these positions.
    fn share(&self, positions: &[u64]) -> f64 {
        positions.iter().sum::<u64>() as f64 / self.runs as f64
    }

    fn points_sd(&self, team: usize) -> Option<f64> {
        let [runs, sum, squares] = [
            i128::from(self.runs),
            self.points[team].into(),
            self.squares[team].into(),
        ];
        let variance = (runs * squares - sum * sum) as f64 / runs as f64 / (runs - 1) as f64;
        (runs > 1).then(|| variance.sqrt())
    }
}

fn add<Number: std::ops::AddAssign + Copy>(sums: &mut [Number], others: &[Number]) {
    sums.iter_mut()
        .zip(others)
        .for_each(|(sum, other)| *sum += *other);
}

/// The least and the most points that each team can have at the end.
struct Reach(Vec<[i32; 2]>);

impl Reach {
    fn new(season: &Season, rules: &Rules, now: &Standings) -> Self {
        let mut reach: Vec<_> = (0..season.teams().len())
            .map(|team| [now.line(team).points; 2])
            .collect();
        for &team in season.left().iter().flatten() {
            reach[team][1] += i32::from(rules.win);
        }
        Self(reach)
    }

    /// Whether a team is certain to end, or certain not to end, among the first `places`; `None` while that is open.
    fn within(&self, team: usize, places: usize) -> Option<bool> {
        let [least, most] = self.0[team];
        // the team itself reaches its own least, and is never above its own most
        let may_pass = self.0.iter().filter(|other| other[1] >= least).count() - 1;
        let surely_above = self.0.iter().filter(|other| other[0] > most).count();
        if may_pass < places {
            Some(true)
        } else if surely_above >= places {
            Some(false)
        } else {
            None
        }
    }
}
