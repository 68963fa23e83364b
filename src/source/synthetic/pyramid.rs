//! Two invented divisions, one below the other: after each season the last of the upper and the first of the lower one
//! change places.

use std::cmp::Reverse;
use std::sync::Arc;

use chacha20::ChaCha8Rng;
use rand_distr::{Distribution, Normal, Poisson};

use super::bookmaker::Bookmaker;
use super::calendar::{Calendar, FIRST_YEAR};
use super::config::{BookmakerConfig, LeagueConfig};
use super::emit::{football_data_header, match_cells};
use super::generator::{FixtureTruth, SimulatedMatch};
use super::stream::{Purpose, stream};
use crate::domain::{Book, Fixture, GridError, MarketKind, Score};

/// Two divisions over several seasons, in football-data's columns.
///
/// A division has 16 teams, of which three go up or down. From season to season a team loses a fifth of its distance from
/// the mean of its division and gets a random change, so that who went up becomes stronger in time.
///
/// ```
/// use simbet::internals::source::synthetic::Pyramid;
/// let mut pyramid = Pyramid::new(1, 5);
/// assert_eq!(Pyramid::header()[..2], ["Div", "Date"]);
/// let rows = pyramid.next_season().unwrap().unwrap();
/// assert_eq!(rows.len(), 2 * 16 * 15);
/// assert_eq!(rows[0][0], "SIM1");
/// ```
#[derive(Debug)]
pub struct Pyramid {
    seed: u64,
    seasons: u8,
    /// Seasons played so far.
    done: u8,
    clubs: Vec<Club>,
    /// The clubs of each division, by their places in `clubs`.
    divisions: [Vec<usize>; DIVISIONS.len()],
    changes: ChaCha8Rng,
    statistics: ChaCha8Rng,
}

#[derive(Debug, Clone, Copy)]
struct Club {
    name: &'static str,
    /// In log goals; 0 is the average of both divisions.
    attack: f64,
    defence: f64,
}

/// What a club has won in a season: the order of a final table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Record {
    points: i32,
    goal_difference: i32,
    goals: i32,
}

const DIVISIONS: [&str; 2] = ["SIM1", "SIM2"];
/// Mean attack and mean defence of the clubs of a division.
const LEVELS: [f64; DIVISIONS.len()] = [0.12, -0.12];
/// Clubs of a division, and how many of them go up or down.
const SIZE: usize = 16;
const MOVED: usize = 3;
/// Standard deviation of attack and defence in a division, and what is left of a distance from the mean after a season.
const SPREAD: f64 = 0.2;
const PERSISTENCE: f64 = 0.8;
/// The first season begins in 2020.
const FIRST_SEASON: u64 = 2020 - FIRST_YEAR as u64;

/// The statistics that are written after the prices, home and away.
const STATISTICS: [&str; 6] = ["HS", "AS", "HST", "AST", "HC", "AC"];
/// Means at one expected goal, and how fast they grow with expected goals: shots on target without a goal, shots off target,
/// corners. Sides of real leagues that are expected to score 1.35 have 13 shots, 4.5 on target, and 5 corners.
const SAVED: [f64; 2] = [2.4, 0.8];
const OFF_TARGET: [f64; 2] = [7.0, 0.6];
const CORNERS: [f64; 2] = [4.5, 0.5];

const NAMES: [&str; DIVISIONS.len() * SIZE] = [
    "Alderbrook",
    "Ashcombe",
    "Barrowfen",
    "Birchwick",
    "Brackenby",
    "Calderhope",
    "Cinderford Vale",
    "Copperhill",
    "Dunmarsh",
    "Eastmoor",
    "Elmstead Park",
    "Fairholt",
    "Ferncastle",
    "Goosegate",
    "Greywater",
    "Hallowdean",
    "Harrowmere",
    "Ironbridge End",
    "Kingsloe",
    "Larkfield",
    "Longacre",
    "Millhaven",
    "Netherby",
    "Northbank",
    "Oakhurst",
    "Pennyford",
    "Quarrington",
    "Ravensea",
    "Saltmarsh",
    "Thornleigh",
    "Wexcombe",
    "Yarrowdale",
];

impl Pyramid {
    /// The seasons of a seed: the same for the same seed, and the first ones the same however many there are.
    pub fn new(seed: u64, seasons: u8) -> Self {
        let mut changes = stream(seed, 0, Purpose::Strengths);
        let clubs = NAMES.iter().enumerate().map(|(place, name)| {
            let level = LEVELS[place / SIZE];
            let [attack, defence] = changed([0.0; 2], SPREAD, &mut changes);
            Club {
                name,
                attack: level + attack,
                defence: level + defence,
            }
        });
        Self {
            seed,
            seasons,
            done: 0,
            clubs: clubs.collect(),
            divisions: [(0..SIZE).collect(), (SIZE..2 * SIZE).collect()],
            changes,
            statistics: stream(seed, 0, Purpose::Statistics),
        }
    }

    /// The names of the columns.
    pub fn header() -> Vec<String> {
        let prices = football_data_header(Book::AVG, &markets());
        let statistics = STATISTICS.map(str::to_owned);
        prices.into_iter().flatten().chain(statistics).collect()
    }

    /// Whether a file is the table of a seed, of however many seasons, and nothing else: what is lost with it can be made again.
    ///
    /// # Errors
    /// When a rate is out of range of a score grid.
    pub fn has_written(file: &[u8], seed: u64) -> Result<bool, GridError> {
        let mut pyramid = Self::new(seed, u8::MAX);
        let mut rest = file.strip_prefix(line(&Self::header()).as_bytes());
        while let Some(left) = rest.filter(|left| !left.is_empty()) {
            let Some(season) = pyramid.next_season()? else {
                return Ok(false);
            };
            let season: String = season.iter().map(|row| line(row)).collect();
            rest = left.strip_prefix(season.as_bytes());
        }
        Ok(rest.is_some())
    }

    /// The rows of the next season, in the order of [`Pyramid::header`]; `None` after the last one.
    ///
    /// # Errors
    /// When a rate is out of range of a score grid.
    pub fn next_season(&mut self) -> Result<Option<Vec<Vec<String>>>, GridError> {
        if self.done == self.seasons {
            return Ok(None);
        }
        let mut rows = Vec::with_capacity(DIVISIONS.len() * SIZE * (SIZE - 1));
        let tables = [self.play(0, &mut rows)?, self.play(1, &mut rows)?];
        self.promote_and_relegate(&tables);
        self.change_strengths();
        self.done += 1;
        Ok(Some(rows))
    }

    /// Plays a season of a division, and returns its clubs from the first to the last.
    fn play(
        &mut self,
        division: usize,
        rows: &mut Vec<Vec<String>>,
    ) -> Result<Vec<usize>, GridError> {
        let clubs = self.divisions[division].clone();
        let names: Vec<String> = clubs
            .iter()
            .map(|&club| self.clubs[club].name.to_owned())
            .collect();
        let calendar = Calendar::new(DIVISIONS[division], &names);
        let run = u64::from(self.done) * DIVISIONS.len() as u64 + division as u64;
        let mut scores = stream(self.seed, run, Purpose::Scores);
        let mut bookmaker = Bookmaker::new(&BookmakerConfig::default(), self.seed, run);
        let mut records = vec![Record::default(); clubs.len()];
        let fixtures = calendar.season(FIRST_SEASON + u64::from(self.done));
        for (fixture, &pair) in fixtures.iter().zip(calendar.pairs()) {
            let rates = self.rates(pair.map(|side| clubs[side]));
            let one = draw(fixture, rates, &mut scores, &mut bookmaker)?;
            let mut row = match_cells(&one, calendar.names(), &markets());
            row.extend(self.statistics(one.score, rates));
            rows.push(row);
            count(&mut records, pair, one.score);
        }
        let mut table: Vec<usize> = (0..clubs.len()).collect();
        table.sort_by_key(|&side| (Reverse(records[side]), names[side].as_str()));
        Ok(table.into_iter().map(|side| clubs[side]).collect())
    }

    fn rates(&self, [home, away]: [usize; 2]) -> [f64; 2] {
        let (home, away) = (&self.clubs[home], &self.clubs[away]);
        let goals = LeagueConfig::default().goals;
        [
            goals[0] * (home.attack - away.defence).exp(),
            goals[1] * (away.attack - home.defence).exp(),
        ]
    }

    /// Shots, shots on target and corners, home before away.
    fn statistics(&mut self, score: Score, rates: [f64; 2]) -> [String; STATISTICS.len()] {
        let goals = [score.home, score.away].map(f64::from);
        let mut sides = [[0.0; 3]; 2];
        for ((side, goals), rate) in sides.iter_mut().zip(goals).zip(rates) {
            let on_target = goals + self.events(SAVED, rate);
            let shots = on_target + self.events(OFF_TARGET, rate);
            *side = [shots, on_target, self.events(CORNERS, rate)];
        }
        let [home, away] = sides;
        [home[0], away[0], home[1], away[1], home[2], away[2]].map(|count| count.to_string())
    }

    /// A Poisson number of events that become more frequent with expected goals.
    fn events(&mut self, [at_one, power]: [f64; 2], rate: f64) -> f64 {
        Poisson::new(at_one * rate.powf(power))
            .map_or(0.0, |events| events.sample(&mut self.statistics))
    }

    /// The last of the upper division and the first of the lower one change places.
    fn promote_and_relegate(&mut self, [upper, lower]: &[Vec<usize>; DIVISIONS.len()]) {
        let (safe, relegated) = upper.split_at(SIZE - MOVED);
        let (promoted, others) = lower.split_at(MOVED);
        self.divisions = [[safe, promoted].concat(), [relegated, others].concat()];
    }

    /// Moves each club towards the mean of the division that it now plays in, and changes it at random.
    fn change_strengths(&mut self) {
        // what is added makes up for what is lost, so that the clubs stay as far apart as they are
        let noise = SPREAD * (1.0 - PERSISTENCE * PERSISTENCE).sqrt();
        for (clubs, level) in self.divisions.iter().zip(LEVELS) {
            for &club in clubs {
                let club = &mut self.clubs[club];
                let kept =
                    [club.attack, club.defence].map(|strength| PERSISTENCE * (strength - level));
                let [attack, defence] = changed(kept, noise, &mut self.changes);
                (club.attack, club.defence) = (level + attack, level + defence);
            }
        }
    }
}

/// A line of the table as CSV; no cell of it needs quotes.
fn line(cells: &[String]) -> String {
    format!("{}\n", cells.join(","))
}

/// Two strengths, each with a normal change.
fn changed(strengths: [f64; 2], deviation: f64, random: &mut ChaCha8Rng) -> [f64; 2] {
    strengths.map(|strength| {
        Normal::new(strength, deviation).map_or(strength, |normal| normal.sample(random))
    })
}

/// The markets that the prices are of: the three that football-data has columns for.
fn markets() -> Vec<MarketKind> {
    MarketKind::written(&[]).collect()
}

/// A match with its score and its prices.
fn draw(
    fixture: &Arc<Fixture>,
    rates: [f64; 2],
    scores: &mut ChaCha8Rng,
    bookmaker: &mut Bookmaker,
) -> Result<SimulatedMatch, GridError> {
    let truth = FixtureTruth::new(rates, LeagueConfig::default().rho)?;
    let mut one = SimulatedMatch::blank(Arc::clone(fixture));
    one.score = truth.scores.draw(scores);
    one.price(&truth, &markets(), bookmaker);
    Ok(one)
}

fn count(records: &mut [Record], sides: [usize; 2], score: Score) {
    let [home, away] = [score.home, score.away].map(i32::from);
    for (side, goals, against) in [(sides[0], home, away), (sides[1], away, home)] {
        records[side].points += match goals.cmp(&against) {
            std::cmp::Ordering::Greater => 3,
            std::cmp::Ordering::Equal => 1,
            std::cmp::Ordering::Less => 0,
        };
        records[side].goal_difference += goals - against;
        records[side].goals += goals;
    }
}
