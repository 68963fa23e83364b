//! The matches of a stream.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::entry_error::EntryError;
use super::pool_teams::PoolTeams;
use crate::calendar;
use crate::domain::{Fixture, LeagueId, Match, MatchStatus, Names, Score, Statistics, Time};
use crate::match_index::MatchIndex;
use crate::schema::event::{MatchRef, UtcTimestamp};
use crate::source::aliases::Aliases;

/// The matches so far, by id, and the names of teams and leagues.
///
/// A match that is over is forgotten [`Match::REMEMBERED`] after its result became known. After that, a repeated entry
/// cannot be recognized. So an entry that is older than this, or of an older match day, must be of a match that is
/// remembered. An id may be used again then.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Fixtures {
    pub names: Names,
    pub aliases: Aliases,
    pub teams: PoolTeams,
    known: MatchIndex<KnownMatch>,
    days: Option<(Time, Time)>,
}

#[derive(Debug, Serialize, Deserialize)]
struct KnownMatch {
    fixture: Arc<Fixture>,
    /// What became of it, by the entries so far: the last one counts. More than one means that it was corrected.
    results: Vec<KnownResult>,
    /// What was counted in it, which may become known after the score, and the last timestamp of what says so.
    counted: Option<(Time, Arc<Statistics>)>,
}

/// What an entry says of a match that is over, and its timestamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct KnownResult {
    time: Time,
    score: Score,
    status: MatchStatus,
}

impl KnownResult {
    fn is_same(&self, other: &Self) -> bool {
        (self.score, self.status) == (other.score, other.status)
    }

    fn shown(&self) -> String {
        let score = format!("{}-{}", self.score.home, self.score.away);
        if self.status.has_result() {
            score
        } else {
            format!("{} at {score}", self.status.code())
        }
    }
}

impl KnownMatch {
    /// Whether an entry says something else of the result than the last one. An older one that was received before does not: it is sent
    /// again. One of the same time does: somebody went back to what was first.
    fn is_new(&self, found: &KnownResult) -> bool {
        self.results.last().is_none_or(|last| {
            let is_sent_again = found.time < last.time && self.results.contains(found);
            !last.is_same(found) && !is_sent_again
        })
    }

    /// Notes a result that is new. What is counted in a match that is to be played again is not of the one before.
    fn note(&mut self, found: KnownResult) {
        if self.results.len() == MOST_RESULTS {
            self.results.remove(0);
        }
        self.results.push(found);
        if !found.status.has_result() {
            self.counted = None;
        }
    }

    fn has_result(&self, found: &KnownResult) -> bool {
        self.results.last().is_some_and(|last| last.is_same(found))
    }

    /// Adds what an entry of this time says was counted, and returns whether that is something new. Where entries differ the
    /// one with the later timestamp counts; what it does not say stays.
    fn count(&mut self, found: Option<&Arc<Statistics>>, time: Time) -> bool {
        let Some(found) = found else { return false };
        let Some((last, known)) = &mut self.counted else {
            self.counted = Some((time, Arc::clone(found)));
            return true;
        };
        let [older, later] = if time < *last {
            [found, &*known]
        } else {
            [&*known, found]
        };
        let mut together = Statistics::clone(older);
        together.update(later);
        *last = time.max(*last);
        let is_new = together != **known;
        if is_new {
            *known = Arc::new(together);
        }
        is_new
    }

    /// What was counted, as far as it can be true of this result.
    fn counted_in(&self, found: &KnownResult) -> Option<Arc<Statistics>> {
        let (_, counted) = self.counted.as_ref()?;
        if !counted.contradicts(found.score) {
            return Some(Arc::clone(counted));
        }
        let without = Statistics {
            half_time: None,
            ..Statistics::clone(counted)
        };
        Some(Arc::new(without)).filter(|counted| !counted.is_empty())
    }
}

/// How many results of a match are remembered, to recognize them when they are repeated after a correction.
const MOST_RESULTS: usize = 16;
/// The longest time after the match day of an entry, in seconds: 400 days. A later timestamp is a mistake,
/// which would make all entries that follow too late.
const AT_MOST_AFTER: i64 = 400 * Time::DAY;

impl Fixtures {
    pub fn with_names(names: Names) -> Self {
        Self {
            names,
            ..Self::default()
        }
    }

    pub const fn days(&self) -> Option<(Time, Time)> {
        self.days
    }

    /// The number of known matches.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// The match of an entry of this time, in a stream that has reached `now`. The first entry of a match defines it.
    pub fn find(
        &mut self,
        about: &MatchRef<'_>,
        time: Time,
        now: Option<Time>,
    ) -> Result<Arc<Fixture>, EntryError> {
        if let Some(known) = self.known(&about.match_id) {
            let fixture = Arc::clone(&known.fixture);
            ensure_near(&fixture.id, time, fixture.day)?;
            return if self.agrees(&fixture, about) {
                Ok(fixture)
            } else {
                Err(self.teams_conflict(&fixture, about))
            };
        }
        let day = day_of(about, time);
        ensure_near(&about.match_id, time, day)?;
        if now.is_some_and(|now| now - time.min(day) > Match::REMEMBERED) {
            let (id, day) = (
                about.match_id.to_string(),
                calendar::format_date(time.min(day)),
            );
            return Err(EntryError::Forgotten { id, day });
        }
        let fixture = Arc::new(self.fixture(about, day)?);
        let slot = self.known.intern(&fixture.id);
        self.known.set(
            slot,
            KnownMatch {
                fixture: Arc::clone(&fixture),
                results: Vec::new(),
                counted: None,
            },
        );
        let (first, last) = self.days.unwrap_or((fixture.day, fixture.day));
        self.days = Some((first.min(fixture.day), last.max(fixture.day)));
        Ok(fixture)
    }

    /// Stores what became of a match: it has this timestamp, and becomes known at another time. Returns all that is known of it
    /// then, or `None` where nothing is new.
    ///
    /// Of two entries that differ the one with the later timestamp corrects the other; at the same time, the one that comes
    /// later does.
    pub fn end(
        &mut self,
        played: Match,
        time: Time,
        known_at: Time,
    ) -> Result<Option<Match>, EntryError> {
        let slot = self.known.intern(&played.fixture.id);
        let Some(known) = self.known.get_mut(slot) else {
            return Ok(Some(played));
        };
        let found = KnownResult {
            time,
            score: played.score,
            status: played.status,
        };
        let is_new = known.is_new(&found);
        if let Some(last) = known.results.last().filter(|last| time < last.time)
            && is_new
        {
            return Err(older(&played.fixture, last, &found));
        }
        // a result that was corrected since says nothing of what was counted either
        let counts = is_new || known.has_result(&found);
        let is_counted = counts && known.count(played.statistics.as_ref(), time);
        if !is_new && !is_counted {
            return Ok(None);
        }
        if is_new {
            known.note(found);
        }
        let statistics = known.counted_in(&found);
        if self.known.end(slot, known_at) {
            self.known.reuse_forgotten(|_| true);
        }
        Ok(Some(Match {
            statistics,
            ..played
        }))
    }

    /// Refuses prices of a match that is over: nobody could bet at them.
    pub fn ensure_open(&self, fixture: &Fixture) -> Result<(), EntryError> {
        let known = self.known(&fixture.id);
        match known.and_then(|known| known.results.last()) {
            Some(result) => Err(EntryError::Over {
                id: fixture.id.to_string(),
                result: result.shown(),
            }),
            None => Ok(()),
        }
    }

    fn known(&self, id: &str) -> Option<&KnownMatch> {
        self.known.get(self.known.find(id)?)
    }

    fn fixture(&mut self, about: &MatchRef<'_>, day: Time) -> Result<Fixture, EntryError> {
        let (Some(home), Some(away)) = (&about.home_team, &about.away_team) else {
            return Err(EntryError::Unknown(about.match_id.to_string()));
        };
        let league = about.league.as_deref().unwrap_or(LeagueId::UNNAMED);
        let [home, away] = [home, away].map(|team| self.aliases.team_name(league, team));
        if home == away {
            return Err(EntryError::SameTeam(home.to_owned()));
        }
        self.teams.ensure_room(league, [home, away], &self.names)?;
        let [home, away] = [home, away].map(|team| self.names.intern_team(team));
        self.teams.add(league, [home, away]);
        Ok(Fixture {
            id: about.match_id.as_ref().into(),
            league: self.names.intern_league(league),
            home,
            away,
            season: about.season.unwrap_or_else(|| season_of(day)),
            day,
            kickoff: about.kickoff,
            neutral: about.neutral,
        })
    }

    fn agrees(&self, fixture: &Fixture, about: &MatchRef<'_>) -> bool {
        let league = self.names.league(fixture.league);
        let is_or_missing = |name: Option<&str>, known: &str| {
            name.is_none_or(|name| self.aliases.team_name(league, name) == known)
        };
        is_or_missing(about.home_team.as_deref(), self.names.team(fixture.home))
            && is_or_missing(about.away_team.as_deref(), self.names.team(fixture.away))
    }

    fn teams_conflict(&self, fixture: &Fixture, about: &MatchRef<'_>) -> EntryError {
        let found = [&about.home_team, &about.away_team].map(|team| team.as_deref().unwrap_or("?"));
        EntryError::OtherTeams {
            id: fixture.id.to_string(),
            known: [self.names.team(fixture.home), self.names.team(fixture.away)].join(" – "),
            found: found.join(" – "),
        }
    }
}

/// The match day of an entry of this time.
fn day_of(about: &MatchRef<'_>, time: Time) -> Time {
    about
        .date
        .unwrap_or_else(|| about.kickoff.unwrap_or(time).start_of_day())
}

fn ensure_near(id: &str, time: Time, day: Time) -> Result<(), EntryError> {
    if time - day <= AT_MOST_AFTER {
        return Ok(());
    }
    Err(EntryError::TooFar {
        id: id.to_owned(),
        time: UtcTimestamp(time).to_string(),
        day: calendar::format_date(day),
    })
}

/// The year in which the season of a day starts. By default seasons run from July to June.
pub(crate) fn season_of(day: Time) -> i16 {
    let date = calendar::civil(day).date();
    if date.month() >= 7 {
        date.year()
    } else {
        date.year() - 1
    }
}

fn older(fixture: &Fixture, known: &KnownResult, found: &KnownResult) -> EntryError {
    EntryError::OtherScore {
        id: fixture.id.to_string(),
        known: known.shown(),
        since: UtcTimestamp(known.time).to_string(),
        found: found.shown(),
    }
}
