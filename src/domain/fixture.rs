//! Fixtures, and the names of teams and leagues, interned once per run.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::outcome::Outcome;
use super::score::Score;
use super::selection::Selection;
use super::statistics::Statistics;
use super::status::MatchStatus;
use super::time::Time;

/// A team of this run; [`Names`] turns it into its name. The number itself means nothing: no result may
/// depend on it.
///
/// ```
/// use simbet::{Names, TeamId};
/// let mut names = Names::default();
/// let team: TeamId = names.intern_team("Burnley");
/// assert_eq!(names.team(team), "Burnley");
/// assert_eq!(names.find_team("Burnley"), Some(team));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TeamId(pub u32);

/// A league of this run; [`Names`] turns it into its name.
///
/// ```
/// use simbet::{LeagueId, Names};
/// let mut names = Names::default();
/// let league: LeagueId = names.intern_league("E0");
/// assert_eq!(names.league(league), "E0");
/// assert_eq!(names.find_league("SP1"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LeagueId(pub u32);

impl LeagueId {
    /// The name of the league of matches that name none.
    pub(crate) const UNNAMED: &str = "unknown";
}

/// A scheduled match.
///
/// There is no field for the score, so that code which is given a fixture cannot look ahead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fixture {
    /// Identifies the match in every transport: a pure function of league, day and teams, or the id that
    /// a feed gives it.
    pub id: Arc<str>,
    /// Where it is played.
    pub league: LeagueId,
    /// The home side.
    pub home: TeamId,
    /// The away side.
    pub away: TeamId,
    /// The year in which its season starts.
    pub season: i16,
    /// Start of the match day, which is that of its source: of its midnight as if that were UTC.
    pub day: Time,
    /// Kick-off, where it is known; it may be on the day before or after in UTC.
    pub kickoff: Option<Time>,
    /// Whether neither side is at home.
    pub neutral: bool,
}

impl Fixture {
    /// The id of a match to which a feed gives none: `league:YYYY-MM-DD:home:away`.
    ///
    /// ```
    /// use simbet::Fixture;
    /// assert_eq!(&*Fixture::id_of("E0", "2023-08-11", "Burnley", "Man City"), "E0:2023-08-11:Burnley:Man City");
    /// ```
    pub fn id_of(league: &str, day: &str, home: &str, away: &str) -> Arc<str> {
        let mut id = String::new();
        Self::write_id(&mut id, [league, day, home, away]);
        id.into()
    }

    /// Writes the id of league, day, home and away team in place of what a buffer holds.
    pub(crate) fn write_id(id: &mut String, [league, day, home, away]: [&str; 4]) {
        id.clear();
        for part in [league, ":", day, ":", home, ":", away] {
            id.push_str(part);
        }
    }
}

/// A fixture that is over: its final score, and whether that is a result.
///
/// ```
/// use std::sync::Arc;
/// use simbet::{Fixture, LeagueId, Match, MatchStatus, Outcome, Score, Selection, TeamId, Time};
/// let day = Time::from_days(19_580);
/// let fixture = Fixture {
///     id: Fixture::id_of("E0", "2023-08-11", "Burnley", "Man City"),
///     league: LeagueId(0),
///     home: TeamId(0),
///     away: TeamId(1),
///     season: 2023,
///     day,
///     kickoff: None,
///     neutral: false,
/// };
/// let score = Score { home: 0, away: 3 };
/// let played = Match { fixture: Arc::new(fixture), score, status: MatchStatus::Played, statistics: None };
/// assert_eq!(played.settle(Selection::AWAY), Outcome::Won);
/// let abandoned = Match { status: MatchStatus::Abandoned, ..played };
/// assert_eq!(abandoned.settle(Selection::AWAY), Outcome::Void);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Match {
    /// The fixture.
    pub fixture: Arc<Fixture>,
    /// Goals at full time; those at which play stopped where there is no result.
    pub score: Score,
    /// What became of it.
    pub status: MatchStatus,
    /// What else was counted, where it is known.
    pub statistics: Option<Arc<Statistics>>,
}

impl Match {
    /// How long after its result became known a match is remembered at least, in seconds on the clock of the data: 30
    /// days. Tables of matches forget them after that; otherwise an endless run would need endless memory.
    pub const REMEMBERED: i64 = 30 * Time::DAY;

    /// The outcome of a bet on a selection: void where the match has no result.
    pub fn settle(&self, selection: Selection) -> Outcome {
        if self.status.has_result() {
            selection.settle(self.score)
        } else {
            Outcome::Void
        }
    }

    /// Whether score and status are those of another match, or another word on this one.
    pub fn is_same_result(&self, other: &Self) -> bool {
        (self.score, self.status) == (other.score, other.status)
    }
}

/// The names of a run's teams and leagues.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Names {
    teams: Interner,
    leagues: Interner,
}

impl Names {
    /// The team called `name`, new or known.
    ///
    /// ```
    /// use simbet::Names;
    /// let mut names = Names::default();
    /// let team = names.intern_team("Arsenal");
    /// assert_eq!(team, names.intern_team("Arsenal"));
    /// assert_eq!(names.team(team), "Arsenal");
    /// ```
    pub fn intern_team(&mut self, name: &str) -> TeamId {
        TeamId(self.teams.intern(name))
    }

    /// The league called `name`, new or known.
    pub fn intern_league(&mut self, name: &str) -> LeagueId {
        LeagueId(self.leagues.intern(name))
    }

    /// A team's name.
    pub fn team(&self, id: TeamId) -> &str {
        &self.teams.names[id.0 as usize]
    }

    /// A league's name.
    pub fn league(&self, id: LeagueId) -> &str {
        &self.leagues.names[id.0 as usize]
    }

    /// The league called `name`, if the run has it.
    pub fn find_league(&self, name: &str) -> Option<LeagueId> {
        self.leagues.ids.get(name).copied().map(LeagueId)
    }

    /// The team called `name`, if the run has it.
    pub fn find_team(&self, name: &str) -> Option<TeamId> {
        self.teams.ids.get(name).copied().map(TeamId)
    }
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Arc<str>>", into = "Vec<Arc<str>>")]
struct Interner {
    ids: HashMap<Arc<str>, u32>,
    names: Vec<Arc<str>>,
}

impl From<Interner> for Vec<Arc<str>> {
    fn from(interner: Interner) -> Self {
        interner.names
    }
}

impl From<Vec<Arc<str>>> for Interner {
    fn from(names: Vec<Arc<str>>) -> Self {
        Self {
            ids: (0..)
                .zip(&names)
                .map(|(id, name)| (Arc::clone(name), id))
                .collect(),
            names,
        }
    }
}

impl Interner {
    fn intern(&mut self, name: &str) -> u32 {
        if let Some(&id) = self.ids.get(name) {
            return id;
        }
        let id = u32::try_from(self.names.len()).expect("fewer than 2^32 names");
        let name: Arc<str> = name.into();
        self.names.push(Arc::clone(&name));
        self.ids.insert(name, id);
        id
    }
}
