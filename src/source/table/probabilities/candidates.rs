//! What a row may be about that is about no match: the nearest matches.

use super::finder::MatchFinder;
use super::groups::{Key, NamedMatch};
use crate::calendar::format_date;
use crate::domain::{TeamId, Time};
use crate::look_alike::nearest_names;

/// How many days a match may lie from the day of a row to be named.
const NEAR: i64 = 3;
/// Above this many matches nobody looks for ids that are alike.
const MOST_IDS: usize = 20_000;

/// A row that is about no match: what it says, and why it fits none.
pub(super) fn sentence(finder: &MatchFinder<'_>, key: &Key, named: Option<&NamedMatch>) -> String {
    match (key, named) {
        (_, Some(named)) => format!("{}: {}", shown(finder, named), of_names(finder, named)),
        (Key::Id(id), None) => format!("match_id {id}: {}", of_id(finder, id)),
        (Key::Names(named), None) => of_names(finder, named),
    }
}

/// `E0 2024-08-17 Arsenal – Wolves`.
fn shown(finder: &MatchFinder<'_>, named: &NamedMatch) -> String {
    let league = named.league.map_or_else(String::new, |league| {
        format!("{} ", finder.league_name(league))
    });
    let [home, away] = [named.home, named.away].map(|team| finder.team_name(team));
    format!("{league}{} {home} – {away}", format_date(named.day))
}

fn of_id(finder: &MatchFinder<'_>, id: &str) -> String {
    let records = &finder.matches.records;
    let near = if records.len() <= MOST_IDS {
        nearest_names(id, records.iter().map(|record| &*record.fixture.id))
    } else {
        Vec::new()
    };
    match near.first() {
        Some(near) => format!("no match has this id, did you mean {near}?"),
        None => "no match has this id".to_owned(),
    }
}

fn of_names(finder: &MatchFinder<'_>, named: &NamedMatch) -> String {
    let &NamedMatch {
        day, home, away, ..
    } = named;
    if let Some(unknown) = unknown_team(finder, named) {
        return unknown;
    }
    if !finder.on(day, away, home).is_empty() {
        return "home and away are swapped: the match is the other way round".to_owned();
    }
    if let Some(other) = finder.on(day, home, away).first() {
        let league = finder.matches.names.league(other.3);
        return format!(
            "this is a match of {league}: write that in the column league, or leave the column out"
        );
    }
    let near = (1..=NEAR).flat_map(|days| [day + days * Time::DAY, day + -days * Time::DAY]);
    let near = near.into_iter().find_map(|day| {
        let is_played = !finder.on(day, home, away).is_empty();
        let is_swapped = !finder.on(day, away, home).is_empty();
        (is_played || is_swapped).then_some((day, is_played))
    });
    match near {
        Some((day, true)) => format!("the match is on {}", format_date(day)),
        Some((day, false)) => format!("{} has it with home and away swapped", format_date(day)),
        None => format!("these two have no match within {NEAR} days"),
    }
}

/// The match that a row may mean: of the same teams on a day that is near, or on the same day with one of the teams.
pub(super) fn meant(finder: &MatchFinder<'_>, named: &NamedMatch) -> Option<u32> {
    let days =
        (0..=NEAR).flat_map(|days| [named.day + days * Time::DAY, named.day + -days * Time::DAY]);
    let mut days = days.into_iter();
    let same_teams = days.find_map(|day| {
        let found = finder.on(day, named.home, named.away).first();
        found.or_else(|| finder.on(day, named.away, named.home).first())
    });
    let one_team = || finder.of_one_team(named);
    same_teams.map(|known| known.4).or_else(one_team)
}

fn unknown_team(finder: &MatchFinder<'_>, named: &NamedMatch) -> Option<String> {
    let mut teams = [named.home, named.away].into_iter();
    let unknown = teams.find(|team| !finder.knows_team(*team))?;
    let name = finder.team_name(unknown);
    let near = nearest_names(name, teams_near(finder, named));
    Some(match near.first() {
        Some(near) => format!("no team is called {name}, did you mean {near}?"),
        None => format!("no team is called {name}"),
    })
}

/// The teams of the league that a row names, or of all.
fn teams_near<'a>(finder: &MatchFinder<'a>, named: &NamedMatch) -> Vec<&'a str> {
    let league = named.league.and_then(|league| finder.league(league));
    let fixtures = finder.matches.records.iter().map(|record| &record.fixture);
    let fixtures = fixtures.filter(|fixture| league.is_none_or(|league| fixture.league == league));
    let mut teams: Vec<TeamId> = fixtures
        .flat_map(|fixture| [fixture.home, fixture.away])
        .collect();
    teams.sort_unstable();
    teams.dedup();
    let names = &finder.matches.names;
    teams.into_iter().map(|team| names.team(team)).collect()
}
