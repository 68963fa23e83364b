//! The rest of the season played many times over, and who ends where.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::error::SeasonError;
use super::outlook::Outlook;
use super::rules::Rules;
use super::schedule::Season;
use super::standings::Standings;
use crate::source::synthetic::{Purpose, stream};

/// Runs that one thread takes at a time.
const CHUNK: u64 = 128;

/// Who ended where, over all runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {
    /// How often the rest was played.
    pub runs: u64,
    /// The teams, by expected points, then by name.
    pub teams: Vec<Prospects>,
}

/// What is to be expected of one team.
#[derive(Debug, Clone, PartialEq)]
pub struct Prospects {
    /// Its name.
    pub name: String,
    /// Matches it has played.
    pub played: u32,
    /// Points it has.
    pub points: i32,
    /// Goal difference it has.
    pub goal_difference: i32,
    /// Points at the end, on average.
    pub expected_points: f64,
    /// Standard deviation of the points at the end; `None` after a single run.
    pub points_sd: Option<f64>,
    /// Goal difference at the end, on average.
    pub expected_goal_difference: f64,
    /// Place at the end on average; 1 is first.
    pub average_position: f64,
    /// In how many runs it was first, second, ... last.
    pub positions: Vec<u64>,
    /// First.
    pub title: Chance,
    /// Among the first four.
    pub top_four: Chance,
    /// In the upper half; where the number of teams is odd the middle one is not.
    pub top_half: Chance,
    /// Among those that go down without a play-off; `None` where nobody knows how many do.
    pub relegated: Option<Chance>,
}

/// How likely something is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chance {
    /// The share of the runs in which it came about, 0 to 1.
    pub share: f64,
    /// Whether the points that are left settle it whatever happens: surely, surely not, or (`None`) open. Some things
    /// are settled earlier than this says, where rivals must take points from each other.
    pub settled: Option<bool>,
}

/// Plays the rest of the season once for each of `runs`; `go_on` is told of every batch of runs that is done, from any
/// thread, and answers whether there is to be another.
///
/// A run is a function of the seed and its number: results are the same on any number of threads, and memory does not
/// grow with the runs.
///
/// # Errors
/// When nothing is left to play, there is no run, or more teams are to go down than there are.
///
/// ```
/// use simbet::season::{Outlook, Rules, Season, project};
/// use simbet::source::{ReadConfig, read_bytes};
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
    let teams = season.teams().len();
    if season.left().is_empty() {
        return Err(SeasonError::AllPlayed {
            season: season.title(),
        });
    }
    if runs.is_empty() {
        return Err(SeasonError::NoRuns);
    }
    if let Some(relegated) = rules.relegated.filter(|&relegated| relegated > teams) {
        return Err(SeasonError::TooManyRelegated { relegated, teams });
    }
    let now = season.standings(rules);
    let play = Play {
        season,
        outlook,
        seed,
        now: &now,
    };
    let chunks = (runs.end - runs.start).div_ceil(CHUNK);
    let stopped = AtomicBool::new(false);
    let chunk = |number: u64| {
        if stopped.load(Ordering::Relaxed) {
            return Tally::new(teams);
        }
        let first = runs.start + number * CHUNK;
        let tally = play.chunk(first..runs.end.min(first.saturating_add(CHUNK)));
        if !go_on(tally.runs) {
            stopped.store(true, Ordering::Relaxed);
        }
        tally
    };
    let tally = (0..chunks)
        .into_par_iter()
        .map(chunk)
        .reduce(|| Tally::new(teams), Tally::with);
    Ok(tally.project(season, rules, &now))
}

/// The teams from first to last at the end of one run.
pub fn table_of_run(
    season: &Season,
    rules: &Rules,
    outlook: &Outlook,
    seed: u64,
    run: u64,
) -> Vec<usize> {
    let now = season.standings(rules);
    let mut table = now.clone();
    Play {
        season,
        outlook,
        seed,
        now: &now,
    }
    .run(run, &mut table)
}

/// What one run is made of.
struct Play<'a> {
    season: &'a Season,
    outlook: &'a Outlook,
    seed: u64,
    now: &'a Standings,
}

impl Play<'_> {
    fn chunk(&self, runs: Range<u64>) -> Tally {
        let mut table = self.now.clone();
        let mut tally = Tally::new(self.season.teams().len());
        for run in runs {
            let order = self.run(run, &mut table);
            tally.count(&table, &order);
        }
        tally
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

/// Whole numbers only, so that it does not matter in which order they are summed.
#[derive(Debug, Clone)]
struct Tally {
    runs: u64,
    points: Vec<i64>,
    squares: Vec<i64>,
    goal_differences: Vec<i64>,
    /// How often each team (row) came in each place (column).
    positions: Vec<u64>,
}

impl Tally {
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
        for (place, &team) in order.iter().enumerate() {
            let line = table.line(team);
            let points = i64::from(line.points);
            self.points[team] += points;
            self.squares[team] += points * points;
            self.goal_differences[team] += i64::from(line.goal_difference());
            self.positions[team * order.len() + place] += 1;
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
        let mean = |sum: i64| sum as f64 / self.runs as f64;
        let share = |positions: &[u64]| positions.iter().sum::<u64>() as f64 / self.runs as f64;
        let first = |places: usize| Chance {
            share: share(&positions[..places.min(count)]),
            settled: reach.within(team, places),
        };
        let last = |places: usize| Chance {
            share: share(&positions[count - places..]),
            settled: reach.within(team, count - places).map(|sure| !sure),
        };
        let places = (1..)
            .zip(positions)
            .map(|(place, runs): (u64, _)| place * runs)
            .sum::<u64>();
        Prospects {
            name: season.names()[team].clone(),
            played: line.played,
            points: line.points,
            goal_difference: line.goal_difference(),
            expected_points: mean(self.points[team]),
            points_sd: self.points_sd(team),
            expected_goal_difference: mean(self.goal_differences[team]),
            average_position: places as f64 / self.runs as f64,
            positions: positions.to_vec(),
            title: first(1),
            top_four: first(4),
            top_half: first(count / 2),
            relegated: rules.relegated.map(last),
        }
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

/// The points each team has at least and at most at the end.
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

    /// Whether a team surely ends, or surely does not, among the first `places`.
    fn within(&self, team: usize, places: usize) -> Option<bool> {
        let [least, most] = self.0[team];
        let others = || {
            self.0
                .iter()
                .enumerate()
                .filter(|&(other, _)| other != team)
        };
        let may_pass = others().filter(|(_, other)| other[1] >= least).count();
        let surely_above = others().filter(|(_, other)| other[0] > most).count();
        if may_pass < places {
            Some(true)
        } else if surely_above >= places {
            Some(false)
        } else {
            None
        }
    }
}
