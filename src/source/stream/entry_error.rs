//! Why an entry of a stream is refused.

use crate::schema::event::EventError;

/// Why an entry was refused. The stream continues as if it had not been there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EntryError {
    /// It is no entry, or a member is invalid.
    #[error(transparent)]
    Entry(#[from] EventError),
    /// Prices that came too late.
    #[error("prices of {time} arrived after {now}: it is too late to bet at them")]
    Late {
        /// The time of the prices.
        time: String,
        /// The time that the stream had reached.
        now: String,
    },
    /// An old entry of a match that is not known, or was forgotten.
    #[error(
        "match_id: the match {id:?} is not known, and {day} is too long ago for its first entry"
    )]
    Forgotten {
        /// The id of the match.
        id: String,
        /// The time of the entry, or the match day.
        day: String,
    },
    /// A timestamp too far from the match day.
    #[error("timestamp: the match {id:?} is on {day}, and {time} is more than 400 days later")]
    TooFar {
        /// The id of the match.
        id: String,
        /// The time of the entry.
        time: String,
        /// The match day.
        day: String,
    },
    /// The first entry of a match does not name the teams.
    #[error(
        "match_id: the match {0:?} is not known, and the entry does not name home_team and away_team"
    )]
    Unknown(String),
    /// A team against itself.
    #[error("away_team: expected another team than home_team, found {0:?} twice")]
    SameTeam(String),
    /// Other teams than those of earlier entries.
    #[error("match_id: the match {id:?} is known as {known}, not as {found}")]
    OtherTeams {
        /// The id.
        id: String,
        /// The known teams.
        known: String,
        /// The teams of this entry.
        found: String,
    },
    /// A team more than the model of its leagues can take.
    #[error(
        "league: {pool:?} has {most} teams already, which is the most that one model may have: name each match's league, \
         split the --pool, or join spellings of one team with --alias"
    )]
    TooManyTeams {
        /// The league, or the leagues that share the model.
        pool: String,
        /// The most teams there may be.
        most: usize,
    },
    /// A team more than the models of all leagues together can take.
    #[error(
        "league: the leagues have {most} teams already, which is the most that there may be: join spellings of one team \
         with --alias, or begin anew"
    )]
    TooManyInAll {
        /// The most teams there may be.
        most: usize,
    },
    /// Prices of a match that is over.
    #[error(
        "match_id: the match {id:?} is over ({result}): a match that is played again needs an id of its own"
    )]
    Over {
        /// The id of the match.
        id: String,
        /// What became of it.
        result: String,
    },
    /// Another result than that of an entry which came earlier and has a later timestamp.
    #[error(
        "the result of {id:?} is known as {known} since {since}; {found} is older than that and corrects nothing"
    )]
    OtherScore {
        /// The id of the match.
        id: String,
        /// The known result.
        known: String,
        /// Its timestamp.
        since: String,
        /// The result of this entry.
        found: String,
    },
}
