//! The matches that a stream has spoken of.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::FixedState;

use super::EntryError;
use crate::domain::{Fixture, Names, Score, Time};
use crate::wire;
use crate::wire::event::About;

/// Every match heard of, by id, and the names of teams and leagues.
#[derive(Debug, Default)]
pub(super) struct Fixtures {
    pub names: Names,
    /// The seed is fixed, since nothing here is random.
    known: HashMap<Arc<str>, Known, FixedState>,
    days: Option<(Time, Time)>,
}

#[derive(Debug)]
struct Known {
    fixture: Arc<Fixture>,
    score: Option<Score>,
}

/// Where a match is played of which that was not said.
const NOWHERE: &str = "unknown";

impl Fixtures {
    pub fn with_names(names: Names) -> Self {
        Self { names, ..Self::default() }
    }

    pub const fn days(&self) -> Option<(Time, Time)> {
        self.days
    }

    /// The match that an entry of this time is about. What was said of it first stands.
    pub fn find(&mut self, about: &About<'_>, time: Time) -> Result<Arc<Fixture>, EntryError> {
        if let Some(known) = self.known.get(&*about.match_id) {
            let fixture = Arc::clone(&known.fixture);
            return if self.agrees(&fixture, about) { Ok(fixture) } else { Err(self.other_teams(&fixture, about)) };
        }
        let fixture = Arc::new(self.fixture(about, time)?);
        self.known.insert(Arc::clone(&fixture.id), Known { fixture: Arc::clone(&fixture), score: None });
        let (first, last) = self.days.unwrap_or((fixture.day, fixture.day));
        self.days = Some((first.min(fixture.day), last.max(fixture.day)));
        Ok(fixture)
    }

    /// Notes a final score; whether it is news.
    pub fn end(&mut self, fixture: &Fixture, score: Score) -> Result<bool, EntryError> {
        let Some(known) = self.known.get_mut(&fixture.id) else { return Ok(true) };
        match known.score {
            None => {
                known.score = Some(score);
                Ok(true)
            }
            Some(known) if known == score => Ok(false),
            Some(known) => {
                Err(EntryError::OtherScore { id: fixture.id.to_string(), known: shown(known), said: shown(score) })
            }
        }
    }

    fn fixture(&mut self, about: &About<'_>, time: Time) -> Result<Fixture, EntryError> {
        let (Some(home), Some(away)) = (&about.home_team, &about.away_team) else {
            return Err(EntryError::Unknown(about.match_id.to_string()));
        };
        if home == away {
            return Err(EntryError::SameTeam(home.to_string()));
        }
        let day = about.date.unwrap_or_else(|| about.kickoff.unwrap_or(time).start_of_day());
        Ok(Fixture {
            id: about.match_id.as_ref().into(),
            league: self.names.intern_league(about.league.as_deref().unwrap_or(NOWHERE)),
            home: self.names.intern_team(home),
            away: self.names.intern_team(away),
            season: about.season.unwrap_or_else(|| season_of(day)),
            day,
            kickoff: about.kickoff,
        })
    }

    fn agrees(&self, fixture: &Fixture, about: &About<'_>) -> bool {
        let same = |said: &Option<std::borrow::Cow<'_, str>>, team| said.as_deref().is_none_or(|said| said == team);
        same(&about.home_team, self.names.team(fixture.home)) && same(&about.away_team, self.names.team(fixture.away))
    }

    fn other_teams(&self, fixture: &Fixture, about: &About<'_>) -> EntryError {
        let said = [&about.home_team, &about.away_team].map(|team| team.as_deref().unwrap_or("?"));
        EntryError::OtherTeams {
            id: fixture.id.to_string(),
            known: [self.names.team(fixture.home), self.names.team(fixture.away)].join(" – "),
            said: said.join(" – "),
        }
    }
}

/// The year in which the season of a day starts: seasons run from July to June where nothing else is said.
fn season_of(day: Time) -> i16 {
    let date = wire::civil(day).date();
    if date.month() >= 7 { date.year() } else { date.year() - 1 }
}

fn shown(score: Score) -> String {
    format!("{}-{}", score.home, score.away)
}
