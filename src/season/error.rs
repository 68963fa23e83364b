//! Errors of a projection.

use crate::calendar;
use crate::domain::Time;
use crate::engine::EngineError;
use crate::predict::ModelKind;

/// A season that cannot be projected.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SeasonError {
    /// No league has a result.
    #[error("no match with a score was read{}: there is nothing to fit to", up_to(*as_of))]
    NothingPlayed {
        /// The day of the projection.
        as_of: Option<Time>,
    },
    /// Several leagues were read and none was chosen.
    #[error("results of {leagues} were read: choose the league to finish with --league")]
    SeveralLeagues {
        /// Their names.
        leagues: String,
    },
    /// A league that was not read.
    #[error("there is no result of league {league}{}: the results are those of {leagues}", up_to(*as_of))]
    UnknownLeague {
        /// The name that was given.
        league: String,
        /// The day of the projection.
        as_of: Option<Time>,
        /// The leagues that were read.
        leagues: String,
    },
    /// A season without a match to play.
    #[error(
        "{season}: nothing is left to play; give the rest with --fixtures, or a day to go back to with --as-of"
    )]
    AllPlayed {
        /// League and season.
        season: String,
    },
    /// Teams meet more than twice, so the remaining matches cannot be derived from the results.
    #[error(
        "{season}: here teams meet more than twice, so the rest of the season must be given with --fixtures"
    )]
    NeedsFixtures {
        /// League and season.
        season: String,
    },
    /// Some teams have not played yet.
    #[error(
        "{season}: only {teams} teams have played yet, and last season had {before}: name the rest with --fixtures"
    )]
    TeamsMissing {
        /// League and season.
        season: String,
        /// Teams that have played.
        teams: usize,
        /// Teams of the season before.
        before: usize,
    },
    /// More teams than a season is projected for: everybody plays everybody.
    #[error(
        "{season} has {teams} teams, and {most} are the most for a season: name each match's league in a column of its own \
         or with --league"
    )]
    TooLarge {
        /// League and season.
        season: String,
        /// Its teams.
        teams: usize,
        /// The most there may be.
        most: usize,
    },
    /// A match that a double round robin has only once.
    #[error(
        "{season}: {home} – {away} is to be played on {}, but the files also have it on {}: remove one of the two",
        calendar::format_date(*day), calendar::format_date(*other)
    )]
    PairTwice {
        /// League and season.
        season: String,
        /// The home side.
        home: String,
        /// The away side.
        away: String,
        /// The day of the match to be played.
        day: Time,
        /// The day of the other match.
        other: Time,
    },
    /// A fixture of a team that has not played while all others have.
    #[error(
        "{season}: the fixtures name {team}, which has not played this season{suggestion}; \
         another spelling can be given with --alias"
    )]
    Stranger {
        /// League and season.
        season: String,
        /// Its name.
        team: String,
        /// A clause with the most similar name of the season, or empty.
        suggestion: String,
    },
    /// A team that is not in the season.
    #[error("{season}: there is no team {team}{suggestion}")]
    UnknownTeam {
        /// League and season.
        season: String,
        /// The name that was given.
        team: String,
        /// A clause with the most similar name of the season, or empty.
        suggestion: String,
    },
    /// More teams would be relegated than there are.
    #[error("{relegated} teams cannot go down: only {teams} take part")]
    TooManyRelegated {
        /// The number of relegated teams.
        relegated: usize,
        /// The number of teams.
        teams: usize,
    },
    /// A model without strengths of teams.
    #[error(
        "--model must be {}: the other models have no team strengths to play a season with",
        ModelKind::those_with_strengths()
    )]
    NoStrengths,
    /// A team without results, and no prior.
    #[error(
        "{team} has no result that the model remembers: without a --prior its strength is unknown"
    )]
    NoResult {
        /// Its name.
        team: String,
    },
    /// The covariance of the fit does not exist.
    #[error(
        "the results do not determine every strength: --uncertainty needs more of them, or a --prior above 0"
    )]
    Undetermined,
    /// More teams in the model than can vary together.
    #[error(
        "--uncertainty is for models of at most {most} teams, and this one has {teams}: leave other leagues out of its --pool"
    )]
    TooManyTeams {
        /// The teams of the model.
        teams: usize,
        /// The most there may be.
        most: usize,
    },
    /// Expected goals out of range, or not one pair for each remaining match.
    #[error("expected goals must be given for each of {left} matches, each between 0 and 20")]
    Rates {
        /// Matches left.
        left: usize,
    },
    /// There is no run.
    #[error("the rest of a season must be played at least once, not 0 times")]
    NoRuns,
    /// The fit failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

fn up_to(day: Option<Time>) -> String {
    day.map_or_else(String::new, |day| {
        format!(" up to {}", calendar::format_date(day))
    })
}

/// The clause `, did you mean X?` with the most similar of `known`, or an empty text.
pub(super) fn suggestion<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> String {
    let nearest = known
        .map(|name| (strsim::jaro_winkler(word, name), name))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match nearest {
        Some((likeness, name)) if likeness > 0.8 => format!(", did you mean {name}?"),
        _ => String::new(),
    }
}
