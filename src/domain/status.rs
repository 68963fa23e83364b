//! What became of a match.

use serde::{Deserialize, Serialize};

/// What became of a match: only one that was played has a result.
///
/// | status | bets | models | tables of a season |
/// |---|---|---|---|
/// | played | settled on the score | learn the score | count it |
/// | abandoned | void | learn nothing | do not count it |
/// | postponed | void | learn nothing | do not count it |
/// | awarded | void | learn nothing | count the awarded score |
/// | cancelled | void | learn nothing | do not count it |
///
/// A void bet gives its stake back when it becomes known what became of the match. All bets on a match are void together,
/// also those on markets that were decided when play stopped. A match that is played again on another day is a match of
/// its own.
///
/// ```
/// use simbet::MatchStatus;
/// assert!(MatchStatus::Played.has_result());
/// assert!(!MatchStatus::Abandoned.has_result()); // its bets are void
/// assert!(MatchStatus::Awarded.counts_in_standings());
/// assert_eq!(MatchStatus::Postponed.code(), "postponed");
/// ```
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum MatchStatus {
    /// Played to the end.
    #[default]
    Played,
    /// Begun and not finished.
    Abandoned,
    /// Not begun; to be played on another day.
    Postponed,
    /// Decided by a ruling, not by play.
    Awarded,
    /// Not to be played, or annulled.
    Cancelled,
}

impl MatchStatus {
    /// Every status.
    pub const ALL: [Self; 5] = [
        Self::Played,
        Self::Abandoned,
        Self::Postponed,
        Self::Awarded,
        Self::Cancelled,
    ];

    /// The code in files and on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Played => "played",
            Self::Abandoned => "abandoned",
            Self::Postponed => "postponed",
            Self::Awarded => "awarded",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether the score is a result, on which bets are settled and from which models learn.
    pub const fn has_result(self) -> bool {
        match self {
            Self::Played => true,
            Self::Abandoned | Self::Postponed | Self::Awarded | Self::Cancelled => false,
        }
    }

    /// Whether the score counts in the table of a season: an awarded one does.
    pub const fn counts_in_standings(self) -> bool {
        match self {
            Self::Played | Self::Awarded => true,
            Self::Abandoned | Self::Postponed | Self::Cancelled => false,
        }
    }

    /// The words of feeds and files for this status, in letters and digits alone.
    const fn words(self) -> &'static [&'static str] {
        match self {
            Self::Played => &[
                "played",
                "complete",
                "completed",
                "finished",
                "matchfinished",
                "ended",
                "over",
                "closed",
                "result",
                "final",
                "finalised",
                "finalized",
                "ft",
                "fulltime",
                "aet",
                "afterextratime",
                "pen",
                "pens",
                "ap",
                "afterpenalties",
                "afterpens",
            ],
            Self::Abandoned => &[
                "abandoned",
                "abandonned",
                "abd",
                "aban",
                "interrupted",
                "int",
                "suspended",
                "susp",
                "stopped",
            ],
            Self::Postponed => &[
                "postponed",
                "postp",
                "pst",
                "ppd",
                "pp",
                "delayed",
                "rescheduled",
            ],
            Self::Awarded => &[
                "awarded",
                "awd",
                "award",
                "walkover",
                "wo",
                "technicalloss",
                "forfeit",
                "forfeited",
            ],
            Self::Cancelled => &[
                "cancelled",
                "canceled",
                "canc",
                "cancl",
                "annulled",
                "void",
                "voided",
                "withdrawn",
            ],
        }
    }
}

/// What a word says of a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusWord {
    /// It is over.
    Over(MatchStatus),
    /// It has not begun, or is in play.
    NotOver,
}

/// The words for a match that has not begun, or is in play, in letters and digits alone.
const NOT_OVER: &[&str] = &[
    "scheduled",
    "notstarted",
    "ns",
    "incomplete",
    "tbd",
    "tba",
    "upcoming",
    "fixture",
    "timed",
    "pending",
    "notplayed",
    "unplayed",
    "preview",
    "pre",
    "prematch",
    "live",
    "inplay",
    "inprogress",
    "inprogess",
    "ongoing",
    "playing",
    "started",
    "ht",
    "halftime",
    "break",
    "paused",
    "bt",
    "1h",
    "2h",
    "1sthalf",
    "2ndhalf",
    "firsthalf",
    "secondhalf",
    "et",
    "extratime",
    "penaltyshootout",
];

impl StatusWord {
    /// What a word says, whatever its case, blanks and punctuation; `None` for a word that is not known.
    ///
    /// ```
    /// use simbet::MatchStatus;
    /// use simbet::internals::domain::StatusWord;
    /// assert_eq!(StatusWord::of("Full-Time"), Some(StatusWord::Over(MatchStatus::Played)));
    /// assert_eq!(StatusWord::of("w.o."), Some(StatusWord::Over(MatchStatus::Awarded)));
    /// assert_eq!(StatusWord::of("IN_PLAY"), Some(StatusWord::NotOver));
    /// assert_eq!(StatusWord::of("away"), None);
    /// ```
    pub fn of(word: &str) -> Option<Self> {
        let letters = letters(word);
        let known = |words: &[&str]| words.contains(&letters.as_str());
        let over = MatchStatus::ALL
            .into_iter()
            .find(|status| known(status.words()));
        over.map(Self::Over)
            .or_else(|| known(NOT_OVER).then_some(Self::NotOver))
    }

    /// Whether two words differ in case, blanks and punctuation alone.
    pub fn are_same(one: &str, other: &str) -> bool {
        letters(one) == letters(other)
    }
}

/// A word without case, blanks and punctuation.
fn letters(word: &str) -> String {
    word.chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_a_word_of_its_status_and_no_word_says_two_things() {
        let mut all: Vec<&str> = NOT_OVER.to_vec();
        for status in MatchStatus::ALL {
            assert_eq!(
                StatusWord::of(status.code()),
                Some(StatusWord::Over(status))
            );
            all.extend(status.words());
        }
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn case_blanks_and_punctuation_do_not_matter() {
        for (word, expected) in [
            ("FINISHED", Some(StatusWord::Over(MatchStatus::Played))),
            (
                " After Extra Time ",
                Some(StatusWord::Over(MatchStatus::Played)),
            ),
            ("W/O", Some(StatusWord::Over(MatchStatus::Awarded))),
            ("Canceled", Some(StatusWord::Over(MatchStatus::Cancelled))),
            ("Not Started", Some(StatusWord::NotOver)),
            ("2nd half", Some(StatusWord::NotOver)),
            ("", None),
            ("promoted", None),
            // postponed, or after the match: feeds differ
            ("post", None),
        ] {
            assert_eq!(StatusWord::of(word), expected, "{word:?}");
        }
    }
}
