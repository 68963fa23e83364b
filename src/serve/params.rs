//! Parameters of a query, and bodies, with errors that name what does not fit.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use std::str::FromStr;
use std::time::Duration;
use tokio::time::timeout;

use super::problem::Problem;
use crate::domain::Time;
use crate::schema::event::parse_instant;
use crate::schema::{NAME, VISIBLE, is_id, name_of};

/// The parameters of a query, in order.
#[derive(Debug, Default)]
pub struct Params(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = Query::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        query
            .map(|Query(pairs)| Self(pairs))
            .map_err(|error| Problem::malformed(error.body_text()))
    }
}

/// An empty body. A body with values is refused, since they belong into the query.
#[derive(Debug)]
pub struct NoBody;

impl<S: Send + Sync> FromRequestParts<S> for NoBody {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let length = parts
            .headers
            .get(header::CONTENT_LENGTH)
            .is_some_and(|length| length.as_bytes() != b"0");
        if length || parts.headers.contains_key(header::TRANSFER_ENCODING) {
            return Err(Problem::malformed(
                "this request has no body: its values are parameters, as in ?name=value",
            ));
        }
        Ok(Self)
    }
}

impl Params {
    /// Refuses parameters that are not among these, and one that is given twice.
    ///
    /// # Errors
    /// When there is such a one.
    pub fn only(&self, names: &[&str]) -> Result<(), Problem> {
        for (place, (name, _)) in self.0.iter().enumerate() {
            if !names.contains(&name.as_str()) {
                let allowed = if names.is_empty() {
                    "no parameter".to_owned()
                } else {
                    names.join(", ")
                };
                return Err(Problem::field(
                    name,
                    &allowed,
                    "a parameter of another name",
                ));
            }
            if self.0[..place].iter().any(|(earlier, _)| earlier == name) {
                return Err(Problem::field(name, "one value", "two"));
            }
        }
        Ok(())
    }

    /// The text of a parameter.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(other, _)| other == name)
            .map(|(_, text)| text.as_str())
    }

    /// A parameter that is a value from `least` to `most`.
    ///
    /// # Errors
    /// When it is there and is not.
    pub fn number<T: FromStr + PartialOrd + Copy>(
        &self,
        name: &str,
        [least, most]: [T; 2],
        allowed: &str,
    ) -> Result<Option<T>, Problem> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        let number = text
            .parse::<T>()
            .ok()
            .filter(|number| *number >= least && *number <= most);
        number
            .map(Some)
            .ok_or_else(|| Problem::field(name, allowed, &format!("{text:?}")))
    }

    /// A parameter that is the name of a team, in its one form.
    ///
    /// # Errors
    /// When it is there and is none.
    pub fn name(&self, name: &str) -> Result<Option<String>, Problem> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        let team = name_of(text).map(|team| Some(team.into_owned()));
        team.ok_or_else(|| Problem::field(name, NAME, &format!("{text:?}")))
    }

    /// A parameter that is the id of a match.
    ///
    /// # Errors
    /// When it is there and is none.
    pub fn id(&self, name: &str) -> Result<Option<String>, Problem> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        if is_id(text) {
            return Ok(Some(text.to_owned()));
        }
        Err(Problem::field(name, VISIBLE, &format!("{text:?}")))
    }

    /// A parameter that is a time.
    ///
    /// # Errors
    /// When it is there and is none.
    pub fn time(&self, name: &str) -> Result<Option<Time>, Problem> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        let allowed = "a time in ISO 8601, such as 2023-08-11T20:00:00Z";
        parse_instant(text)
            .map(Some)
            .ok_or_else(|| Problem::field(name, allowed, &format!("{text:?}")))
    }
}

/// How long a body of JSON may take to come: it is small.
const PATIENCE: Duration = Duration::from_secs(10);

/// The body of a request whose media type is JSON.
#[derive(Debug)]
pub struct JsonBytes(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for JsonBytes {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            let detail = "the body must be JSON, with the header Content-Type: application/json";
            let problem = Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail);
            return Err(Problem {
                field: Some("Content-Type".to_owned()),
                ..problem
            });
        }
        let bytes = timeout(PATIENCE, Bytes::from_request(request, state)).await;
        let bytes = bytes.map_err(|_| {
            let detail = format!(
                "the body was not there after {} seconds",
                PATIENCE.as_secs()
            );
            Problem::new(StatusCode::REQUEST_TIMEOUT, detail)
        })?;
        bytes
            .map(Self)
            .map_err(|error| Problem::new(error.status(), error.body_text()))
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let media = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    media
        .split(';')
        .next()
        .is_some_and(|media| media.trim().eq_ignore_ascii_case("application/json"))
}
