//! Why an entry of a stream is put aside.

use crate::schema::event::EventError;

/// Why an entry was put aside. The stream goes on as if it had not been there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EntryError {
    /// It is no entry, or a member is not what it should be.
    #[error(transparent)]
    Entry(#[from] EventError),
    /// Prices that were over when they came.
    #[error("prices of {time} came after {now}: they can no longer be bet at")]
    Late {
        /// When they were prices.
        time: String,
        /// The time that the stream had reached.
        now: String,
    },
    /// Something old of a match that is not known, or is not any more.
    #[error(
        "match_id: nothing is known of the match {id:?}, and {day} is too long ago to hear of it for the first time"
    )]
    Forgotten {
        /// The id of the match.
        id: String,
        /// What the entry or the match is of.
        day: String,
    },
    /// A timestamp that has nothing to do with the match.
    #[error("timestamp: the match {id:?} is of {day}, and {time} is more than 400 days later")]
    TooFar {
        /// The id of the match.
        id: String,
        /// When the entry says that it is.
        time: String,
        /// The match day.
        day: String,
    },
    /// The first that is heard of a match does not say who plays.
    #[error(
        "match_id: nothing is known of the match {0:?}, and the entry does not name home_team and away_team"
    )]
    Unknown(String),
    /// A team against itself.
    #[error("away_team: expected another team than home_team, found {0:?} twice")]
    SameTeam(String),
    /// Other teams than those the match is known to be played by.
    #[error("match_id: the match {id:?} is known as {known}, not as {found}")]
    OtherTeams {
        /// The id.
        id: String,
        /// Who plays.
        known: String,
        /// Who was said to play.
        found: String,
    },
    /// Another final score than the one that is known.
    #[error("the result of {id:?} is known as {known}, not as {found}")]
    OtherScore {
        /// The id of the match.
        id: String,
        /// The score that stands.
        known: String,
        /// The score that was said.
        found: String,
    },
}
