//! The matches that rows of probabilities are about, found by id or by league, day and names.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use foldhash::fast::FixedState;

use super::super::matches::Matches;
use super::super::spellings;
use super::groups::NamedMatch;
use crate::domain::{Fixture, LeagueId, Names, TeamId, Time};
use crate::look_alike::{club_of, folded};

/// Finds matches by what files of probabilities call them.
pub(super) struct MatchFinder<'a> {
    pub matches: &'a Matches,
    /// The names that the files of probabilities use.
    names: &'a Names,
    by_id: HashMap<&'a str, u32, FixedState>,
    /// Day, home, away, league and record of each match, in order.
    by_day: Vec<Known>,
    /// The teams that each name of a file may mean, by its number.
    meant: Vec<Vec<TeamId>>,
    /// The league that each name of a file means.
    leagues: Vec<Option<LeagueId>>,
}

/// The day, the home and the away team, the league and the record of a match.
type Known = (Time, TeamId, TeamId, LeagueId, u32);

/// The teams of the matches by what is easily written another way.
#[derive(Default)]
struct Teams {
    by_club: HashMap<usize, Vec<TeamId>, FixedState>,
    by_folded: HashMap<String, Vec<TeamId>, FixedState>,
}

impl Teams {
    fn of(matches: &Matches) -> Self {
        let mut teams: Vec<TeamId> = matches
            .records
            .iter()
            .flat_map(|record| [record.fixture.home, record.fixture.away])
            .collect();
        teams.sort_unstable();
        teams.dedup();
        let mut known = Self::default();
        for team in teams {
            let name = matches.names.team(team);
            if let Some(club) = club_of(name) {
                known.by_club.entry(club).or_default().push(team);
            }
            known.by_folded.entry(folded(name)).or_default().push(team);
        }
        known
    }

    /// The teams that a name may mean, the one that is called so first.
    fn meant(&self, name: &str, names: &Names) -> Vec<TeamId> {
        let mut meant: Vec<TeamId> = names.find_team(name).into_iter().collect();
        let usual = spellings::usual_names(name).filter_map(|usual| names.find_team(usual));
        let clubs = club_of(name).and_then(|club| self.by_club.get(&club));
        let alike = self.by_folded.get(&folded(name));
        let others = [clubs, alike].into_iter().flatten().flatten().copied();
        for team in usual.chain(others) {
            if !meant.contains(&team) {
                meant.push(team);
            }
        }
        meant
    }
}

/// What was found of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// This record.
    Match(u32),
    /// Matches of these leagues.
    Leagues(Vec<LeagueId>),
    Nothing,
}

impl<'a> MatchFinder<'a> {
    /// Finds matches by id only where `has_ids` says that some row has one.
    pub fn new(matches: &'a Matches, names: &'a Names, most: (u32, u32), has_ids: bool) -> Self {
        let records = (0..).zip(&matches.records);
        let mut by_day: Vec<_> = records
            .clone()
            .map(|(at, record)| {
                let Fixture {
                    day,
                    home,
                    away,
                    league,
                    ..
                } = *record.fixture;
                (day, home, away, league, at)
            })
            .collect();
        by_day.sort_unstable();
        let teams = Teams::of(matches);
        let (leagues, named) = most;
        let meant = (0..named).map(|team| teams.meant(names.team(TeamId(team)), &matches.names));
        Self {
            by_id: records
                .filter(|_| has_ids)
                .map(|(at, record)| (&*record.fixture.id, at))
                .collect(),
            by_day,
            meant: meant.collect(),
            leagues: (0..leagues)
                .map(|league| league_of(names.league(LeagueId(league)), matches))
                .collect(),
            names,
            matches,
        }
    }

    /// Reads names of leagues that no league of the matches has as the one whose matches their rows are about, where each is
    /// of one league alone, and that league is no other name's. Gives the names that are read so.
    pub fn learn_leagues<'n>(
        &mut self,
        rows: impl Iterator<Item = &'n NamedMatch>,
    ) -> Vec<(String, String)> {
        let mut about: BTreeMap<LeagueId, BTreeSet<LeagueId>> = BTreeMap::new();
        for named in rows {
            if let Some(league) = named.league.filter(|league| self.league(*league).is_none()) {
                let found = self.on(named.day, named.home, named.away);
                let leagues = about.entry(league).or_default();
                leagues.extend(found.iter().map(|known| known.3));
            }
        }
        let known: Vec<LeagueId> = self.leagues.iter().flatten().copied().collect();
        let of_one = |leagues: &BTreeSet<LeagueId>| match leagues.len() {
            1 => leagues.first().copied(),
            _ => None,
        };
        let claims = |league| about.values().filter(|own| own.contains(&league)).count();
        let learned = about.iter().filter_map(|(name, leagues)| {
            let league = of_one(leagues)?;
            (!known.contains(&league) && claims(league) == 1).then_some((*name, league))
        });
        let learned: Vec<_> = learned.collect();
        let names = learned.into_iter().map(|(name, league)| {
            self.leagues[name.0 as usize] = Some(league);
            let usual = self.matches.names.league(league);
            (self.names.league(name).to_owned(), usual.to_owned())
        });
        names.collect()
    }

    pub fn by_id(&self, id: &str) -> Option<u32> {
        self.by_id.get(id).copied()
    }

    /// The teams that a name of a file may mean.
    pub fn meant(&self, team: TeamId) -> &[TeamId] {
        &self.meant[team.0 as usize]
    }

    /// The league of the matches that a name of a file means.
    pub fn league(&self, league: LeagueId) -> Option<LeagueId> {
        self.leagues[league.0 as usize]
    }

    /// The match of these names.
    pub fn by_names(&self, named: &NamedMatch) -> Found {
        let league = named.league.map(|league| self.league(league));
        let found = self.on(named.day, named.home, named.away);
        let of_league = |known: &&Known| league.is_none_or(|league| league == Some(known.3));
        let mut found = found.iter().filter(of_league);
        let Some(first) = found.next() else {
            return Found::Nothing;
        };
        let mut leagues = vec![];
        leagues.extend(
            found
                .map(|known| known.3)
                .filter(|league| *league != first.3),
        );
        if leagues.is_empty() {
            return Found::Match(first.4);
        }
        leagues.dedup();
        leagues.insert(0, first.3);
        Found::Leagues(leagues)
    }

    /// The matches of teams that are called so, on a day: those of the names themselves where there are any.
    pub fn on(&self, day: Time, home: TeamId, away: TeamId) -> &[Known] {
        for &home in self.meant(home) {
            for &away in self.meant(away) {
                let wanted = (day, home, away);
                let teams = |known: &Known| (known.0, known.1, known.2);
                let from = self.by_day.partition_point(|known| teams(known) < wanted);
                let same = self.by_day[from..].iter();
                let same = same.take_while(|known| teams(known) == wanted).count();
                if same > 0 {
                    return &self.by_day[from..from + same];
                }
            }
        }
        &[]
    }

    /// The match of the day that has one of the two teams on its side, where the name of the other is not known.
    pub fn of_one_team(&self, named: &NamedMatch) -> Option<u32> {
        let [home, away] = [self.meant(named.home), self.meant(named.away)];
        if home.is_empty() == away.is_empty() {
            return None;
        }
        let from = self.by_day.partition_point(|known| known.0 < named.day);
        let mut of_day = self.by_day[from..]
            .iter()
            .take_while(|known| known.0 == named.day);
        let found = of_day.find(|known| home.contains(&known.1) || away.contains(&known.2));
        found.map(|known| known.4)
    }

    pub fn fixture(&self, record: u32) -> &Fixture {
        &self.matches.records[record as usize].fixture
    }

    /// A name of the files of probabilities.
    pub fn team_name(&self, team: TeamId) -> &str {
        self.names.team(team)
    }

    pub fn league_name(&self, league: LeagueId) -> &str {
        self.names.league(league)
    }

    /// Whether some name of the matches is written in this way, or nearly.
    pub fn knows_team(&self, team: TeamId) -> bool {
        !self.meant(team).is_empty()
    }

    /// Whether the teams of a match may be called so.
    pub fn may_be(&self, record: u32, named: &NamedMatch) -> bool {
        let fixture = self.fixture(record);
        let may =
            |name: TeamId, team: TeamId| !self.knows_team(name) || self.meant(name).contains(&team);
        may(named.home, fixture.home) && may(named.away, fixture.away)
    }

    /// How many teams have another name in the files of probabilities than in the matches, with the first few of them.
    pub fn read_as(&self) -> Vec<(String, String)> {
        let names = (0..).zip(&self.meant).filter_map(|(team, meant)| {
            let name = self.names.team(TeamId(team));
            let usual = self.matches.names.team(*meant.first()?);
            (usual != name).then(|| (name.to_owned(), usual.to_owned()))
        });
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }
}

fn league_of(name: &str, matches: &Matches) -> Option<LeagueId> {
    matches.names.find_league(name).or_else(|| {
        let mut leagues = matches.records.iter().map(|record| record.fixture.league);
        let wanted = folded(name);
        leagues.find(|league| folded(matches.names.league(*league)) == wanted)
    })
}
