//! Seasons of matches whose files do not name them, for each league over all files.

use std::collections::BTreeMap;

use super::matches::Assumption;
use super::reader::Table;
use super::season::{self, Judgement, MatchDay, Seasons, date_of};

/// The matches of a league, and what is said of its seasons.
#[derive(Default)]
struct League {
    matches: Vec<MatchDay>,
    teams: BTreeMap<String, u32>,
    is_untold: bool,
    /// How many named seasons are those of calendars that change in summer and in winter.
    told: [u32; 2],
}

/// Gives every row without a season that of its day, and says where a calendar was judged or assumed.
pub(super) fn fill(tables: &mut [Table]) -> Vec<Assumption> {
    let mut leagues: BTreeMap<String, League> = BTreeMap::new();
    for table in &*tables {
        collect(table, &mut leagues);
    }
    let mut assumptions = Vec::new();
    let mut calendars: BTreeMap<&str, Seasons> = BTreeMap::new();
    for (name, league) in leagues.iter().filter(|(_, league)| league.is_untold) {
        let judgement = league.judge();
        assumptions.extend(sentence(name, judgement).map(|sentence| Assumption {
            sentence,
            files: untold_files(tables, name),
        }));
        let days = league.matches.iter().map(|one| one.day).collect();
        calendars.insert(name, Seasons::new(days, judgement.change()));
    }
    for table in tables {
        name_seasons(table, &mut calendars);
    }
    assumptions
}

/// Gives the rows of a table that name no season that of their days.
fn name_seasons(table: &mut Table, calendars: &mut BTreeMap<&str, Seasons>) {
    let names = &table.teams.leagues;
    let rows = &mut table.rows;
    // the rows of a league stand together, so that its calendar is looked up once
    for rows in rows.chunk_by_mut(|a, b| a.league == b.league) {
        let Some(seasons) = calendars.get_mut(names[rows[0].league as usize].as_str()) else {
            continue;
        };
        for row in rows.iter_mut().filter(|row| row.season.is_none()) {
            row.season = Some(seasons.of(row.day.day()));
        }
    }
}

/// Adds the rows of a table to their leagues.
fn collect(table: &Table, leagues: &mut BTreeMap<String, League>) {
    let names = &table.teams.leagues;
    let mut numbers = Vec::with_capacity(table.teams.named.len());
    for (league, team) in &table.teams.named {
        let league = leagues.entry(names[*league as usize].clone()).or_default();
        numbers.push(league.number(team));
    }
    let mut rows: Vec<_> = table.rows.iter().collect();
    rows.sort_by_key(|row| row.league);
    for rows in rows.chunk_by(|a, b| a.league == b.league) {
        let name = &names[rows[0].league as usize];
        let league = leagues.entry(name.clone()).or_default();
        for row in rows {
            let [home, away] = [row.home, row.away].map(|team| numbers[team as usize]);
            league.add(
                row.season,
                MatchDay {
                    day: row.day.day(),
                    home,
                    away,
                },
            );
        }
    }
}

impl League {
    /// The number of a team.
    fn number(&mut self, team: &str) -> u32 {
        let next = u32::try_from(self.teams.len()).expect("fewer than 2^32 names");
        *self.teams.entry(team.to_owned()).or_insert(next)
    }

    fn add(&mut self, season: Option<i16>, one: MatchDay) {
        match season {
            None => self.is_untold = true,
            Some(season) => self.told_by(one.day, season),
        }
        self.matches.push(one);
    }

    /// Counts a season that a file names: in spring it is of this year or of the year before.
    fn told_by(&mut self, day: i64, season: i16) {
        let date = date_of(day);
        if (3..=5).contains(&date.month()) {
            self.told[usize::from(season == date.year())] += 1;
        }
    }

    fn judge(&self) -> Judgement {
        match self.told {
            [summer, winter] if winter > summer => Judgement::CalendarYears,
            [0, 0] => season::judge(&self.matches),
            _ => Judgement::Usual,
        }
    }
}

fn sentence(league: &str, judgement: Judgement) -> Option<String> {
    match judgement {
        Judgement::Usual => None,
        Judgement::CalendarYears => Some(format!(
            "no season column: the league {league} is played from spring to autumn, so that its seasons are calendar years"
        )),
        Judgement::Assumed => Some(format!(
            "no season column: the seasons of the league {league} are taken to run from autumn to spring; if they are calendar \
             years, add a column season"
        )),
    }
}

/// The files with a row of the league that names no season.
fn untold_files(tables: &[Table], league: &str) -> Vec<String> {
    let is_untold = |table: &&Table| {
        let names = &table.teams.leagues;
        let mut rows = table.rows.iter();
        rows.any(|row| row.season.is_none() && names[row.league as usize] == league)
    };
    tables
        .iter()
        .filter(is_untold)
        .map(|table| table.name.clone())
        .collect()
}
