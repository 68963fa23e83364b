//! Errors as RFC 9457 has them.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::engine_handle::SubmitError;
use super::views::stamp;
use crate::domain::Time;
use crate::printable::excerpt;
use crate::schema::event::EventError;
use crate::source::stream::EntryError;

/// What went wrong, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// Names the kind of problem: `about:blank` where the status says it all.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The kind of problem in words.
    pub title: &'static str,
    /// The status code.
    pub status: u16,
    /// What it was here, and what to do.
    pub detail: String,
    /// Which member, parameter or header is not what it should be.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub field: Option<String>,
    /// What it should be.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub allowed: Option<String>,
}

/// What is allowed of the prices of a market together.
const PLAUSIBLE: &str = "decimal odds with a margin from -15 % to 40 %";

/// The media type of problems.
pub const PROBLEM_JSON: &str = "application/problem+json";

impl Problem {
    /// A problem of which the status says what kind it is.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("Error");
        Self {
            kind: "about:blank",
            title,
            status: status.as_u16(),
            detail: detail.into(),
            field: None,
            allowed: None,
        }
    }

    /// A problem of a kind of its own.
    fn named(
        status: StatusCode,
        kind: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            title,
            ..Self::new(status, detail)
        }
    }

    /// A value that does not fit.
    pub fn field(field: &str, allowed: &str, found: &str) -> Self {
        let (field, found) = (excerpt(field), excerpt(found));
        let detail = format!("{field}: expected {allowed}, found {found}");
        let named = Self::named(
            StatusCode::UNPROCESSABLE_ENTITY,
            "urn:simbet:problem:value",
            "A value does not fit",
            detail,
        );
        Self {
            field: Some(field),
            allowed: Some(allowed.to_owned()),
            ..named
        }
    }

    /// Text that is not what it should be as a whole.
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::named(
            StatusCode::BAD_REQUEST,
            "urn:simbet:problem:malformed",
            "The request cannot be read",
            detail,
        )
    }

    /// Something that went wrong here.
    pub fn internal(error: &dyn std::fmt::Display) -> Self {
        tracing::error!("a request failed: {error}");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the service failed; its log says why",
        )
    }

    /// An event that is not what it should be.
    pub fn of_event(error: &EventError) -> Self {
        match error {
            EventError::Member {
                member,
                expected,
                found,
            } => Self::field(member, expected, found),
            EventError::Prices { member, .. } => Self {
                field: Some((*member).to_owned()),
                allowed: Some(PLAUSIBLE.to_owned()),
                ..Self::named(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "urn:simbet:problem:value",
                    "A value does not fit",
                    error.to_string(),
                )
            },
            EventError::TooLong => Self::new(StatusCode::PAYLOAD_TOO_LARGE, error.to_string()),
            _ => Self::malformed(error.to_string()),
        }
    }

    /// An event that cannot be used now.
    pub fn of_entry(error: &EntryError) -> Self {
        let (kind, title, field) = match error {
            EntryError::Entry(error) => return Self::of_event(error),
            EntryError::SameTeam(team) => {
                let found = format!("{team:?} twice");
                return Self::field("away_team", "another team than home_team", &found);
            }
            EntryError::Late { .. } => (
                "urn:simbet:problem:late",
                "The prices came too late",
                "timestamp",
            ),
            EntryError::OtherTeams { .. } => (
                "urn:simbet:problem:other-teams",
                "The match has other teams",
                "match_id",
            ),
            EntryError::Over { .. } => ("urn:simbet:problem:over", "The match is over", "match_id"),
            EntryError::OtherScore { .. } => (
                "urn:simbet:problem:other-score",
                "The match has another result",
                "match_id",
            ),
            EntryError::TooManyTeams { .. } | EntryError::TooManyInAll { .. } => (
                "urn:simbet:problem:too-many-teams",
                "The league has too many teams",
                "league",
            ),
            EntryError::Forgotten { .. } => (
                "urn:simbet:problem:forgotten",
                "The match is too long ago",
                "timestamp",
            ),
            EntryError::TooFar { .. } => (
                "urn:simbet:problem:too-far",
                "The time does not fit the match",
                "timestamp",
            ),
            EntryError::Unknown(_) => (
                "urn:simbet:problem:unknown-match",
                "The match is not known",
                "match_id",
            ),
        };
        let status = match error {
            EntryError::Unknown(_) => StatusCode::NOT_FOUND,
            _ => StatusCode::CONFLICT,
        };
        Self {
            field: Some(field.to_owned()),
            ..Self::named(status, kind, title, error.to_string())
        }
    }

    /// A time in the future, further from that of the clock than so many seconds.
    pub fn ahead(time: Time, clock: Time, most: i64) -> Self {
        let detail = format!(
            "timestamp: {} is more than {most} seconds ahead of the clock, which says {}; if it were accepted, every event \
             of the present would be late. A time that is not in UTC needs its zone; --ahead allows more",
            stamp(time),
            stamp(clock)
        );
        let named = Self::named(
            StatusCode::CONFLICT,
            "urn:simbet:problem:ahead",
            "The time is in the future",
            detail,
        );
        Self {
            field: Some("timestamp".to_owned()),
            ..named
        }
    }

    /// More of something than may run at once.
    pub fn too_many(what: &str) -> Self {
        let detail = format!("no more {what} may run at once: try again when one has finished");
        Self::named(
            StatusCode::TOO_MANY_REQUESTS,
            "urn:simbet:problem:too-many",
            "Too many at once",
            detail,
        )
    }

    /// No room for another of these.
    pub fn crowded(what: &str) -> Self {
        Self::named(
            StatusCode::SERVICE_UNAVAILABLE,
            "urn:simbet:problem:crowded",
            "There is no room",
            format!("there are too many {what}: close some, or try again in a second"),
        )
    }

    /// More bytes of bodies than may be under way.
    pub fn bodies() -> Self {
        let detail = "the bodies of other requests are under way, and there is no room for this one: try again in a second";
        Self::named(
            StatusCode::SERVICE_UNAVAILABLE,
            "urn:simbet:problem:bodies",
            "Too much is being sent at once",
            detail,
        )
    }

    /// An event that nobody has taken up.
    pub fn not_yet() -> Self {
        let detail = "the event is published, but no trader has processed it yet. Its round may wait for the others \
            that its round_size says: send them. Else see whether a trader runs (/health). Repeat the request to see the result";
        Self::named(
            StatusCode::SERVICE_UNAVAILABLE,
            "urn:simbet:problem:no-trader",
            "No trader has processed it",
            detail,
        )
    }

    /// An event that cannot be published now.
    pub fn no_redis() -> Self {
        Self::named(
            StatusCode::SERVICE_UNAVAILABLE,
            "urn:simbet:problem:no-redis",
            "Redis is away",
            "the Redis that carries the events cannot be reached: repeat the request in a second; nothing is taken twice",
        )
    }

    /// A store on which nothing can be written now.
    pub fn unwritable(reason: &str) -> Self {
        let detail = format!(
            "nothing can be written now: {reason}. What was answered is kept; repeat the request, which has one effect \
             only, until it is answered"
        );
        Self::named(
            StatusCode::SERVICE_UNAVAILABLE,
            "urn:simbet:problem:unwritable",
            "The store cannot be written on",
            detail,
        )
    }

    /// A store that cannot be read now.
    pub fn unreadable(reason: &str) -> Self {
        Self::named(
            StatusCode::SERVICE_UNAVAILABLE,
            "urn:simbet:problem:unreadable",
            "The store cannot be read",
            format!("nothing can be read now: {reason}. Try again in a second"),
        )
    }

    /// A key that was used for something else.
    pub fn key_used() -> Self {
        let detail = "this Idempotency-Key was used for another request: choose another key";
        let title = "The key was used before";
        let named = Self::named(
            StatusCode::UNPROCESSABLE_ENTITY,
            "urn:simbet:problem:key-used",
            title,
            detail,
        );
        Self {
            field: Some("Idempotency-Key".to_owned()),
            ..named
        }
    }
}

impl From<SubmitError> for Problem {
    fn from(reason: SubmitError) -> Self {
        let unavailable = StatusCode::SERVICE_UNAVAILABLE;
        match reason {
            SubmitError::Full => Self::named(
                unavailable,
                "urn:simbet:problem:full",
                "Too many events are waiting",
                "the engine has too much to do: try again in a second",
            ),
            SubmitError::Stalled(reason) => Self::unwritable(&reason),
            SubmitError::Down => Self::named(
                unavailable,
                "urn:simbet:problem:down",
                "The engine is down",
                "the engine has stopped; the log says why",
            ),
        }
    }
}

/// Seconds after which one may try again.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("1");

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(&self)).into_response();
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if matches!(
            status,
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS
        ) {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, RETRY_AFTER);
        }
        response
    }
}
