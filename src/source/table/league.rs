//! The league of a row, and of a file that has no league column.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::config::ReadConfig;
use super::counts::Remark;
use super::file_name::{FileName, of_table};
use super::lines::Cells;
use super::matches::Assumption;
use super::prices::Fault;
use super::reader::Table;
use super::row::Row;
use super::row_reader::RowReader;
use crate::domain::LeagueId;
use crate::printable::{excerpt, shell_word};
use crate::schema::name_of;
use crate::source::error::SourceError;

impl RowReader<'_> {
    pub(super) fn league(&mut self, row: Cells<'_>) -> Result<u32, Fault> {
        let league = row.find(self.layout.league);
        if league.trim_ascii().is_empty() {
            return Ok(self.teams.unnamed_league());
        }
        let fault = Fault {
            remark: Remark::SkippedName,
            column: self.layout.league,
        };
        let country = row.find(self.layout.country);
        if country.trim_ascii().is_empty() {
            return self.teams.league(league).ok_or(fault);
        }
        let both = [country.trim_ascii_end(), b" ", league.trim_ascii_start()].concat();
        self.teams.league(&both).ok_or(fault)
    }
}

/// Names the leagues of files that have no league column, and says by what.
///
/// Such a file's league is its name without a season: `liga_2022.csv` and `liga_2023.csv` are of one league, `serie_a.csv`
/// and `serie_b.csv` are not. Files whose names are nothing but seasons are of one league too, unless a season is there
/// twice: then the folders tell leagues apart. A file of fixtures alone is of the league of the results, if they have one.
///
/// # Errors
/// When the name of a file cannot be that of a league.
pub(super) fn name_unnamed(
    tables: &mut [Table],
    config: &ReadConfig,
) -> Result<Vec<Assumption>, SourceError> {
    let unnamed: Vec<usize> = (0..tables.len())
        .filter(|&at| tables[at].teams.unnamed.is_some())
        .collect();
    let mut named: BTreeMap<usize, String> = BTreeMap::new();
    let mut assumptions = Vec::new();
    if let Some(league) = &config.league {
        named.extend(unnamed.iter().map(|&at| (at, league.clone())));
    } else if !unnamed.is_empty() {
        named = by_file_names(tables, &unnamed)?;
        assumptions = said_of_names(tables, &named);
        assumptions.extend(join_fixtures(tables, &mut named));
    }
    for (at, league) in named {
        let teams = &mut tables[at].teams;
        let unnamed = teams
            .unnamed
            .expect("only tables with a league to name are named");
        teams.leagues[unnamed as usize] = league;
    }
    Ok(assumptions)
}

/// The leagues by the names of the files.
fn by_file_names(
    tables: &[Table],
    unnamed: &[usize],
) -> Result<BTreeMap<usize, String>, SourceError> {
    let names: Vec<FileName> = unnamed
        .iter()
        .map(|&at| of_table(&tables[at].origin))
        .collect();
    let only_season: Vec<&str> = names
        .iter()
        .filter(|name| name.league.is_empty())
        .map(|name| name.season.as_str())
        .collect();
    let is_repeated = only_season.iter().collect::<BTreeSet<_>>().len() < only_season.len();
    let league = |at: usize, name: &FileName| {
        if !name.league.is_empty() {
            name.league.clone()
        } else if is_repeated {
            folder(&tables[at].origin).unwrap_or_else(|| LeagueId::UNNAMED.to_owned())
        } else {
            LeagueId::UNNAMED.to_owned()
        }
    };
    unnamed
        .iter()
        .zip(&names)
        .map(|(&at, name)| Ok((at, league_name(&tables[at], &league(at, name))?)))
        .collect()
}

/// A league's name as a file or a folder has it.
fn league_name(table: &Table, name: &str) -> Result<String, SourceError> {
    let league = name_of(name).map(Cow::into_owned);
    league.ok_or_else(|| SourceError::LeagueName {
        file: table.name.clone(),
        found: excerpt(name),
    })
}

/// The name of the folder in which a file lies.
fn folder(file: &str) -> Option<String> {
    let folder = Path::new(file).parent()?.file_name()?;
    Some(folder.to_string_lossy().into_owned())
}

/// What is said of leagues that files do not name, where there is more than one such file with results.
fn said_of_names(tables: &[Table], named: &BTreeMap<usize, String>) -> Vec<Assumption> {
    let with_results = |(at, league): (&usize, &String)| {
        (!is_fixtures(&tables[*at])).then(|| (*at, league.clone()))
    };
    let played: Vec<(usize, String)> = named.iter().filter_map(with_results).collect();
    if played.len() < 2 {
        return Vec::new();
    }
    let leagues: BTreeSet<&str> = played.iter().map(|(_, league)| league.as_str()).collect();
    let listed: Vec<&str> = leagues.iter().copied().take(8).collect();
    let sentence = match listed.as_slice() {
        [LeagueId::UNNAMED] => {
            "no league column, and no name of a league in the files' names: they are read as one league; \
             --league NAME names it, a league column tells leagues apart"
                .to_owned()
        }
        [league] => {
            format!("no league column: the files are of one league, {league}, by their names")
        }
        leagues => format!(
            "no league column: the names of the files, or of their folders, are their leagues, without seasons ({}); \
             --league NAME makes them one",
            leagues.join(", ")
        ),
    };
    let files = played
        .iter()
        .map(|(at, _)| tables[*at].name.clone())
        .collect();
    vec![Assumption { sentence, files }]
}

/// Whether a table has rows, and none with a score.
fn is_fixtures(table: &Table) -> bool {
    table.rows.iter().all(Row::is_fixture)
}

/// Gives files of fixtures alone the league of the results, where there is one and the files have the same form.
fn join_fixtures(tables: &[Table], named: &mut BTreeMap<usize, String>) -> Vec<Assumption> {
    let results: BTreeMap<String, &Table> = leagues_with_results(tables, named);
    let mut assumptions = Vec::new();
    let fixtures: Vec<usize> = named
        .keys()
        .copied()
        .filter(|&at| is_fixtures(&tables[at]) && !results.is_empty())
        .collect();
    for at in fixtures {
        let table = &tables[at];
        if results.contains_key(&named[&at]) {
            continue;
        }
        let mut leagues = results.iter();
        let sentence = match (leagues.next(), leagues.next()) {
            (Some((league, played)), None) if played.form == table.form => {
                let sentence = format!(
                    "no league column: the fixtures are taken to be of {league}, the league of the results"
                );
                named.insert(at, league.clone());
                sentence
            }
            (only, other) => {
                of_no_result(&named[&at], only.map(|(league, _)| league), other.is_none())
            }
        };
        assumptions.push(Assumption {
            sentence,
            files: vec![table.name.clone()],
        });
    }
    assumptions
}

/// What to do about fixtures of a league without a result: where there is one league alone its name is the answer.
fn of_no_result(own: &str, first: Option<&String>, is_only: bool) -> String {
    let advice = match first.filter(|_| is_only) {
        Some(league) => format!("if they are of {league}, add --league {}", shell_word(league)),
        None => "--league NAME makes fixtures and results one league, a league column tells leagues apart".to_owned(),
    };
    format!(
        "no league column: the fixtures count as of a league of their own, {own}, after the name of the file, and no result is of \
         it; {advice}"
    )
}

/// The leagues that have a result, each with the first table that has one.
fn leagues_with_results<'a>(
    tables: &'a [Table],
    named: &BTreeMap<usize, String>,
) -> BTreeMap<String, &'a Table> {
    let mut leagues = BTreeMap::new();
    for (at, table) in tables.iter().enumerate() {
        let played: BTreeSet<u32> = table
            .rows
            .iter()
            .filter(|row| row.score.is_some())
            .map(|row| row.league)
            .collect();
        for league in played {
            let name = match named.get(&at) {
                Some(name) if table.teams.unnamed == Some(league) => name,
                _ => &table.teams.leagues[league as usize],
            };
            leagues.entry(name.clone()).or_insert(table);
        }
    }
    leagues
}
