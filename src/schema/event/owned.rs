//! Events that outlive the text they were read from.

use std::borrow::Cow;

use super::{Event, MatchEvent, MatchRef, MatchResult};

impl Event<'_> {
    /// A copy that owns its texts, so that it can go to another thread.
    ///
    /// ```
    /// use simbet::Book;
    /// use simbet::internals::schema::event::Event;
    /// let data = br#"{"match_id":"7","home_goals":2,"away_goals":1,"timestamp":"2023-08-11T22:00:00Z"}"#.to_vec();
    /// let event = Event::of_parts("match_result", &data, Book::AVG).unwrap().into_owned();
    /// drop(data);
    /// assert!(matches!(event, Event::Result(result) if result.about.match_id == "7"));
    /// ```
    pub fn into_owned(self) -> Event<'static> {
        match self {
            Self::Prices(prices) => Event::Prices(prices.into_owned()),
            Self::Result(result) => Event::Result(result.into_owned()),
            Self::End(end) => Event::End(end),
        }
    }
}

impl MatchEvent<'_> {
    /// A copy that owns its texts.
    pub fn into_owned(self) -> MatchEvent<'static> {
        MatchEvent {
            about: self.about.into_owned(),
            time: self.time,
            state: self.state,
            closing: self.closing,
            quotes: self.quotes,
            round_size: self.round_size,
        }
    }
}

impl MatchResult<'_> {
    /// A copy that owns its texts.
    pub fn into_owned(self) -> MatchResult<'static> {
        MatchResult {
            about: self.about.into_owned(),
            time: self.time,
            score: self.score,
            status: self.status,
            statistics: self.statistics,
            dropped: self.dropped,
            round_size: self.round_size,
        }
    }
}

impl MatchRef<'_> {
    /// A copy that owns its texts.
    pub fn into_owned(self) -> MatchRef<'static> {
        MatchRef {
            match_id: owned(self.match_id),
            home_team: self.home_team.map(owned),
            away_team: self.away_team.map(owned),
            league: self.league.map(owned),
            season: self.season,
            date: self.date,
            kickoff: self.kickoff,
            neutral: self.neutral,
        }
    }
}

fn owned(text: Cow<'_, str>) -> Cow<'static, str> {
    Cow::Owned(text.into_owned())
}
