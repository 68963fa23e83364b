//! The spellings of teams: which of them are one team, decided for a league over all files.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::config::{OnBadRow, ReadConfig};
use super::counts::Remark;
use super::matches::Assumption;
use super::reader::Table;
use crate::look_alike::{club_name, club_of, folded, nearest_names, normal_name};
use crate::source::aliases::Aliases;
use crate::source::error::{BadCell, Place, SourceError};

/// Clubs that football-data spells two ways: country prefix of the divisions, spelling, usual name.
///
/// Only spellings of the same club are here. Universidad de Las Palmas (`U.Las Palmas`), AFC Wimbledon and Airdrie United
/// look similar but are other clubs.
const SPELLINGS: [(&str, &str, &str); 27] = [
    ("E", "Middlesboro", "Middlesbrough"),
    ("E", "Telford United", "AFC Telford United"),
    ("SC", "Raith", "Raith Rvs"),
    ("B", "Zulte Waregem", "Waregem"),
    ("B", "Mouscron-Peruwelz", "Mouscron"),
    ("F", "Red Star 93", "Red Star"),
    ("SP", "Lerida", "Lleida"),
    ("SP", "Leonesa", "Cultural Leonesa"),
    ("SP", "Orense", "Ourense"),
    ("SP", "Villareal", "Villarreal"),
    ("G", "Athens Kallithea", "Kallithea"),
    ("G", "Doxa", "Doxa Dramas"),
    ("G", "Eth Asteras", "Ethnikos Asteras"),
    ("G", "Ethnikos", "Ethnikos Piraeus"),
    ("G", "Heracles", "Iraklis"),
    ("G", "Kalithea", "Kallithea"),
    ("G", "Levadiakos", "Levadeiakos"),
    ("G", "OFI Crete", "OFI"),
    ("G", "Proodeytiki", "Proodeftiki"),
    ("G", "Veroia", "Veria"),
    ("G", "Yiannina", "Giannina"),
    ("P", "Campomaior", "Campomaiorense"),
    ("P", "Desp. Chaves", "Chaves"),
    ("P", "Estrela", "Est Amadora"),
    ("P", "Madeira", "Uniao Madeira"),
    ("T", "Antalya", "Antalyaspor"),
    ("T", "Erzurum", "Erzurumspor"),
];

/// Whether a league is a division of football-data's country: the prefix and one more letter or digit.
fn is_division(league: &str, prefix: &str) -> bool {
    league
        .strip_prefix(prefix)
        .is_some_and(|rest| matches!(rest.as_bytes(), [b'0'..=b'9' | b'C']))
}

/// The usual names of clubs of which football-data has this spelling too, whatever the country.
pub(super) fn usual_names(spelling: &str) -> impl Iterator<Item = &'static str> {
    let known = SPELLINGS.iter();
    let of_spelling = known.filter(move |(_, other, _)| *other == spelling);
    of_spelling.map(|(_, _, name)| *name)
}

/// What is said of the spellings of teams.
pub(super) struct Spellings {
    /// Which names were joined, and which look alike.
    pub assumptions: Vec<Assumption>,
    /// The aliases that no team of the files has.
    pub unused_aliases: Vec<Assumption>,
}

/// Gives each team its usual name, counts the rows that spell it another way, and says which names look alike.
pub(super) fn resolve(tables: &mut [Table], config: &ReadConfig) -> Result<Spellings, SourceError> {
    let aliases = Aliases::new(&config.aliases);
    let mut leagues: BTreeMap<String, League> = BTreeMap::new();
    for table in &*tables {
        for (league, name) in &table.teams.named {
            let league = table.teams.leagues[*league as usize].clone();
            let known = leagues.entry(league).or_default();
            known.spellings.insert(name.clone());
        }
    }
    let mut assumptions = Vec::new();
    let mentions = Mentions::new(tables);
    for (name, league) in &mut leagues {
        league.name_teams(name, &aliases);
        assumptions.extend(league.join_clubs(name, &mentions));
    }
    for table in &mut *tables {
        respell(table, &leagues, config.on_bad_row)?;
    }
    assumptions.extend(look_alikes(tables, &leagues));
    Ok(Spellings {
        assumptions,
        unused_aliases: unused(&aliases, &leagues, &config.spelled_elsewhere),
    })
}

/// The teams of a league by how they are spelled.
#[derive(Default)]
struct League {
    spellings: BTreeSet<String>,
    /// The usual name of what is spelled another way.
    usual: BTreeMap<String, String>,
}

impl League {
    fn name_teams(&mut self, league: &str, aliases: &Aliases) {
        for spelling in &self.spellings {
            let name = aliases.name(league, spelling).or_else(|| {
                let known = SPELLINGS
                    .iter()
                    .find(|(prefix, other, _)| other == spelling && is_division(league, prefix));
                known.map(|(_, _, name)| *name)
            });
            if let Some(name) = name.filter(|name| name != spelling) {
                self.usual.insert(spelling.clone(), name.to_owned());
            }
        }
    }

    fn name<'a>(&'a self, spelling: &'a str) -> &'a str {
        self.usual.get(spelling).map_or(spelling, String::as_str)
    }

    /// Joins the common names of one club, and says so, but only where a league has two of them: otherwise the one that it
    /// has is the name of that club there. A name that an alias gives is kept, else the one that most results have, else
    /// that of football-data.
    fn join_clubs(&mut self, league: &str, mentions: &Mentions<'_>) -> Option<Assumption> {
        let mut clubs: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
        for spelling in &self.spellings {
            let name = self.name(spelling);
            if let Some(club) = club_of(name) {
                clubs.entry(club).or_default().insert(name);
            }
        }
        let mut joined = Vec::new();
        let mut said = Vec::new();
        for (club, names) in clubs.iter().filter(|(_, names)| names.len() > 1) {
            let given = self
                .usual
                .values()
                .find(|name| names.contains(name.as_str()));
            let usual = given.map_or_else(
                || most_frequent(mentions, league, names).unwrap_or(club_name(*club)),
                String::as_str,
            );
            let is_other = |name: &str| name != usual && !differ_in_case(name, usual);
            let others = self.spellings.iter().filter(|spelling| {
                let name = self.name(spelling);
                names.contains(name) && is_other(name)
            });
            joined.extend(others.map(|spelling| (spelling.clone(), usual.to_owned())));
            said.extend(read_as(
                names.iter().copied().filter(|name| is_other(name)),
                usual,
            ));
        }
        self.usual.extend(joined);
        (!said.is_empty()).then(|| Assumption {
            sentence: format!("in {league} {}", said.join(", ")),
            files: Vec::new(),
        })
    }

    /// The names in use.
    fn names(&self) -> BTreeSet<&str> {
        let spellings = self.spellings.iter();
        spellings.map(|spelling| self.name(spelling)).collect()
    }
}

/// `Man Utd and Manchester United are read as Man United`; nothing where there is no other name.
fn read_as<'a>(others: impl Iterator<Item = &'a str>, usual: &str) -> Option<String> {
    let others: Vec<&str> = others.collect();
    let verb = if others.len() == 1 { "is" } else { "are" };
    (!others.is_empty()).then(|| format!("{} {verb} read as {usual}", others.join(" and ")))
}

/// The name that most results have; `None` where two have as many.
fn most_frequent<'a>(
    mentions: &Mentions<'_>,
    league: &str,
    names: &BTreeSet<&'a str>,
) -> Option<&'a str> {
    let counted = names.iter().map(|&name| {
        let results = mentions.of(league, name).map_or(0, |found| found.results);
        (results, name)
    });
    let mut counted: Vec<(usize, &str)> = counted.collect();
    counted.sort_unstable_by_key(|(rows, _)| Reverse(*rows));
    match counted[..] {
        [(most, name), (next, _), ..] if most > next => Some(name),
        _ => None,
    }
}

/// Whether the name of another alias is the spelling of this one.
fn continues(key: &str, aliases: &Aliases) -> bool {
    let spelling = key.split_once(':').map_or(key, |(_, spelling)| spelling);
    aliases
        .pairs()
        .any(|(other, name)| other != key && [key, spelling].contains(&name))
}

/// Says which aliases no team of the files has.
fn unused(
    aliases: &Aliases,
    leagues: &BTreeMap<String, League>,
    elsewhere: &BTreeSet<String>,
) -> Vec<Assumption> {
    // in the form in which those of aliases are
    let elsewhere: BTreeSet<_> = elsewhere.iter().map(|key| normal_name(key)).collect();
    let is_unused =
        |key: &str| !is_used(key, leagues) && !continues(key, aliases) && !elsewhere.contains(key);
    let unused = aliases.pairs().filter(|(key, _)| is_unused(key));
    let sentence = |(key, name): (&str, &str)| {
        let known = leagues.values().flat_map(|league| &league.spellings);
        let spelling = key.split_once(':').map_or(key, |(_, spelling)| spelling);
        let near = nearest_names(spelling, known.map(String::as_str));
        if let Some(problem) = of_other_league(key, leagues) {
            return format!("--alias \"{key}={name}\" has no effect: {problem}");
        }
        format!(
            "--alias \"{key}={name}\" has no effect: no team is spelled so{}",
            offered(&near)
        )
    };
    unused
        .map(|alias| Assumption {
            sentence: sentence(alias),
            files: Vec::new(),
        })
        .collect()
}

/// Whether a league has the spelling of an alias.
fn is_used(key: &str, leagues: &BTreeMap<String, League>) -> bool {
    let in_league = |(league, spelling)| {
        let league: Option<&League> = leagues.get(league);
        league.is_some_and(|league| league.spellings.contains(spelling))
    };
    leagues
        .values()
        .any(|league| league.spellings.contains(key))
        || key
            .match_indices(':')
            .any(|(at, _)| in_league((&key[..at], &key[at + 1..])))
}

/// The words about an alias of a league that lacks its spelling, where others have it.
fn of_other_league(key: &str, leagues: &BTreeMap<String, League>) -> Option<String> {
    let (league, spelling) = key.split_once(':')?;
    let has_it = |(_, other): &(&String, &League)| other.spellings.contains(spelling);
    let others: Vec<_> = leagues
        .iter()
        .filter(has_it)
        .map(|(name, _)| name.as_str())
        .collect();
    let problem = format!(
        "no team of {league} is spelled so, but one of {} is",
        others.join(" and ")
    );
    (!others.is_empty()).then_some(problem)
}

/// The clause `, did you mean X or Y?`, or nothing.
fn offered(near: &[&str]) -> String {
    if near.is_empty() {
        return String::new();
    }
    format!(", did you mean {}?", near.join(" or "))
}

/// Gives the teams of a table their usual names.
fn respell(
    table: &mut Table,
    leagues: &BTreeMap<String, League>,
    on_bad_row: OnBadRow,
) -> Result<(), SourceError> {
    let teams = &mut table.teams;
    let mut respelled = vec![false; teams.named.len()];
    let mut written: Vec<Option<String>> = vec![None; teams.named.len()];
    for (at, (league, name)) in teams.named.iter_mut().enumerate() {
        let league = leagues.get(&teams.leagues[*league as usize]);
        if let Some(usual) = league.and_then(|league| league.usual.get(name)) {
            respelled[at] = true;
            written[at] = Some(std::mem::replace(name, usual.clone()));
        }
    }
    if !respelled.contains(&true) {
        return Ok(());
    }
    for row in &table.rows {
        for (side, team) in [row.home, row.away].into_iter().enumerate() {
            let Some(cell) = &written[team as usize] else {
                continue;
            };
            if on_bad_row == OnBadRow::Error {
                return Err(bad_name(table, row.line, side, cell, Remark::Respelled));
            }
            table.counts.add(Remark::Respelled);
        }
    }
    without_matches_of_one_team(table, &written, on_bad_row)
}

/// Refuses or leaves out rows whose two sides turned out to be one team.
fn without_matches_of_one_team(
    table: &mut Table,
    written: &[Option<String>],
    on_bad_row: OnBadRow,
) -> Result<(), SourceError> {
    let named = &table.teams.named;
    let is_one = |home: u32, away: u32| named[home as usize] == named[away as usize];
    match table.rows.iter().find(|row| is_one(row.home, row.away)) {
        None => Ok(()),
        Some(_) if on_bad_row == OnBadRow::Skip => {
            let before = table.rows.len();
            table.rows.retain(|row| !is_one(row.home, row.away));
            (0..before - table.rows.len()).for_each(|_| table.counts.add(Remark::SkippedTeams));
            Ok(())
        }
        Some(row) => {
            let cell = written[row.away as usize].as_deref();
            let cell = cell.unwrap_or(&named[row.away as usize].1);
            Err(bad_name(table, row.line, 1, cell, Remark::SkippedTeams))
        }
    }
}

fn bad_name(table: &Table, line: u64, side: usize, cell: &str, remark: Remark) -> SourceError {
    SourceError::Cell(Box::new(BadCell {
        place: Place {
            file: table.name.clone(),
            line,
            column: Some(table.team_columns[side].clone()),
        },
        value: cell.to_owned(),
        expected: remark.expected(),
        advice: remark.advice(),
    }))
}

/// Says which names of a league differ in case, accents, blanks or punctuation alone. They stay two teams: only an alias
/// says that they are one.
fn look_alikes(tables: &[Table], leagues: &BTreeMap<String, League>) -> Vec<Assumption> {
    let mut assumptions = leagues_that_look_alike(leagues);
    let mentions = Mentions::new(tables);
    for (league, known) in leagues {
        let mut alike: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for name in known.names() {
            alike.entry(folded(name)).or_default().push(name);
        }
        for (folded, mut names) in alike {
            if names.len() > 1 && !folded.is_empty() {
                names.sort_by_key(|name| {
                    let rows = mentions.of(league, name).map_or(0, |found| found.rows);
                    (Reverse(rows), is_in_capitals(name), *name)
                });
                assumptions.push(look_alike(tables, &mentions, league, &names));
            }
        }
    }
    assumptions
}

/// Whether two names of one club differ in case or accents, so that an alias has to say that they are one team. Points and
/// apostrophes alone are no other spelling.
fn differ_in_case(a: &str, b: &str) -> bool {
    let letters = |name: &str| {
        name.chars()
            .filter(|c| c.is_alphanumeric())
            .collect::<String>()
    };
    folded(a) == folded(b) && letters(a) != letters(b)
}

/// Says which leagues differ in case, accents, blanks or punctuation alone.
fn leagues_that_look_alike(leagues: &BTreeMap<String, League>) -> Vec<Assumption> {
    let mut alike: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for name in leagues.keys() {
        alike.entry(folded(name)).or_default().push(name);
    }
    let several = alike
        .into_iter()
        .filter(|(folded, names)| names.len() > 1 && !folded.is_empty());
    several
        .map(|(_, names)| Assumption {
            sentence: format!(
                "the leagues {} differ in case, accents, blanks or punctuation alone and are read as {} leagues, \
                 each with a model of its own",
                names.join(" and "),
                names.len()
            ),
            files: Vec::new(),
        })
        .collect()
}

fn is_in_capitals(name: &str) -> bool {
    !name.chars().any(char::is_lowercase)
}

/// What is said of names that look alike, the most frequent of them first.
fn look_alike(
    tables: &[Table],
    mentions: &Mentions<'_>,
    league: &str,
    names: &[&str],
) -> Assumption {
    let found = names.iter().filter_map(|name| mentions.of(league, name));
    let naming: BTreeSet<usize> = found.flat_map(|found| &found.tables).copied().collect();
    let aliases: Vec<String> = names[1..]
        .iter()
        .map(|other| format!("--alias \"{other}={}\"", names[0]))
        .collect();
    Assumption {
        sentence: format!(
            "{} differ in case, accents, blanks or punctuation alone and count as {} teams; if they are one, say {}",
            names.join(" and "),
            names.len(),
            aliases.join(" ")
        ),
        files: naming
            .into_iter()
            .map(|table| tables[table].name.clone())
            .collect(),
    }
}

/// The rows that name each team of a league, counted once for all questions about them.
struct Mentions<'a>(HashMap<&'a str, HashMap<&'a str, Mention>>);

/// The rows that name a team.
#[derive(Default)]
struct Mention {
    rows: usize,
    /// Those with a score.
    results: usize,
    /// The tables that have such rows, in ascending order.
    tables: BTreeSet<usize>,
}

impl<'a> Mentions<'a> {
    fn new(tables: &'a [Table]) -> Self {
        let mut mentions: HashMap<&str, HashMap<&str, Mention>> = HashMap::new();
        for (at, table) in tables.iter().enumerate() {
            for (team, [rows, results]) in rows_by_team(table).into_iter().enumerate() {
                if rows > 0 {
                    let (league, name) = &table.teams.named[team];
                    let league = &table.teams.leagues[*league as usize];
                    let of_league = mentions.entry(league).or_default();
                    let mention = of_league.entry(name).or_default();
                    mention.rows += rows;
                    mention.results += results;
                    mention.tables.insert(at);
                }
            }
        }
        Self(mentions)
    }

    fn of(&self, league: &str, name: &str) -> Option<&Mention> {
        self.0.get(league)?.get(name)
    }
}

/// How many rows of a table name each of its teams, and how many of them have a score.
fn rows_by_team(table: &Table) -> Vec<[usize; 2]> {
    let mut counts = vec![[0, 0]; table.teams.named.len()];
    for row in &table.rows {
        for team in [row.home, row.away] {
            let [rows, results] = &mut counts[team as usize];
            *rows += 1;
            *results += usize::from(row.score.is_some());
        }
    }
    counts
}
