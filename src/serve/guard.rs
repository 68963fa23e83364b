//! Which requests are admitted, and what a browser may do with the answers.
//!
//! On a loopback address no token is needed, but two things that a web page somewhere else could do are refused: to have its
//! own name lead here (a `Host` that is no loopback name), and to post here (an `Origin` that is not ours). With a token, in
//! `SIMBET_API_TOKEN`, every request but `GET /health` has to bring it: as `Authorization: Bearer`, or, since a browser can
//! send no such thing by itself, as the password of HTTP Basic with any user name. So the page, its events and its buttons
//! work behind the browser's own question for a password.

use std::sync::Arc;

use axum::body::{Body, HttpBody as _};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::host::{Host, ensure_once};
use super::problem::{PROBLEM_JSON, Problem};
use super::target;

/// What clients send as base64, those included that leave bits of the last character over: only the token decides.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    NO_PAD.with_decode_allow_trailing_bits(true),
);

/// Which requests are admitted.
#[derive(Debug, Clone)]
pub struct Guard {
    /// The digest of the token; `None` when none is needed.
    token: Option<[u8; 32]>,
    /// Other origins whose pages are admitted.
    origins: Arc<Vec<String>>,
}

impl Guard {
    /// Admits requests with the token, and pages of these origins.
    pub fn new(token: Option<&str>, origins: &[String]) -> Self {
        let token = token.map(|token| Sha256::digest(token.as_bytes()).into());
        Self {
            token,
            origins: Arc::new(origins.to_vec()),
        }
    }

    fn admit(&self, request: &Request) -> Result<(), Problem> {
        let headers = request.headers();
        ensure_once(headers)?;
        target::ensure_readable(request.uri())?;
        let host = Host::of(request)?;
        // browsers always name a host
        let is_local = || host.as_ref().is_none_or(Host::is_loopback);
        if self.token.is_none() && !is_local() {
            return Err(forbidden(
                "Host",
                "without a token the service answers to localhost and loopback addresses only",
            ));
        }
        let is_reading = matches!(
            *request.method(),
            Method::GET | Method::HEAD | Method::OPTIONS
        );
        if !is_reading && !self.is_own_origin(headers, host.as_ref()) {
            return Err(forbidden(
                "Origin",
                "a page of another origin may not do this: see --cors",
            ));
        }
        let is_open = request.method() == Method::OPTIONS || request.uri().path() == "/health";
        if is_open || self.is_authorised(headers) {
            Ok(())
        } else {
            Err(unauthorised())
        }
    }

    fn is_own_origin(&self, headers: &HeaderMap, host: Option<&Host>) -> bool {
        let Some(origin) = headers.get(header::ORIGIN) else {
            return true;
        };
        let Ok(origin) = origin.to_str() else {
            return false;
        };
        host.is_some_and(|host| host.is_origin(origin))
            || self.origins.iter().any(|allowed| allowed == origin)
    }

    fn is_authorised(&self, headers: &HeaderMap) -> bool {
        let Some(token) = &self.token else {
            return true;
        };
        let presented = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(presented_token);
        let presented = Sha256::digest(presented.unwrap_or_default());
        // compared in constant time: the duration must not tell how many bytes are right
        bool::from(presented.as_slice().ct_eq(token))
    }
}

fn forbidden(field: &str, detail: &str) -> Problem {
    Problem {
        field: Some(field.to_owned()),
        ..Problem::new(StatusCode::FORBIDDEN, detail)
    }
}

fn unauthorised() -> Problem {
    let detail =
        "this service needs a token: send Authorization: Bearer with the token of SIMBET_API_TOKEN";
    let problem = Problem::new(StatusCode::UNAUTHORIZED, detail);
    Problem {
        field: Some("Authorization".to_owned()),
        ..problem
    }
}

/// The token that an `Authorization` brings.
fn presented_token(value: &str) -> Option<Vec<u8>> {
    let (scheme, credentials) = value.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(credentials.trim().as_bytes().to_vec());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = decode_base64(credentials.trim())?;
    let colon = pair.iter().position(|&byte| byte == b':')?;
    Some(pair[colon + 1..].to_vec())
}

/// The bytes of a text in base64, with any padding or none.
fn decode_base64(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text.trim_end_matches('=')).ok()
}

/// Admits or refuses a request. Where its body was not read the connection cannot go on, which the answer says.
pub async fn admit(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let has_body = !request.body().is_end_stream();
    let (mut response, is_admitted) = match guard.admit(&request) {
        Ok(()) => (next.run(request).await, true),
        Err(problem) => (refusal(problem), false),
    };
    let is_unread = !is_admitted
        || matches!(
            response.status(),
            StatusCode::NOT_FOUND
                | StatusCode::METHOD_NOT_ALLOWED
                | StatusCode::PAYLOAD_TOO_LARGE
                | StatusCode::UNSUPPORTED_MEDIA_TYPE
        );
    if has_body && is_unread {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    }
    response
}

fn refusal(problem: Problem) -> Response {
    let is_unknown = problem.status == StatusCode::UNAUTHORIZED.as_u16();
    let mut response = problem.into_response();
    if is_unknown {
        let challenge = HeaderValue::from_static(
            "Bearer realm=\"simbet\", Basic realm=\"simbet\", charset=\"UTF-8\"",
        );
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}

/// Headers that allow a browser to use nothing but resources of this service.
const HEADERS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::CACHE_CONTROL, "no-store"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'",
    ),
];

/// Puts the headers of safety on an answer that does not bring its own, and makes every error a problem.
pub async fn finish(response: Response) -> Response {
    let mut response = problem_of(response);
    response.headers_mut().reserve(HEADERS.len());
    for (name, value) in HEADERS {
        response
            .headers_mut()
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    response
}

/// An error that is no problem in JSON yet, as one.
fn problem_of(response: Response) -> Response {
    let status = response.status();
    let media = response
        .headers()
        .get(header::CONTENT_TYPE)
        .map(HeaderValue::as_bytes)
        .unwrap_or_default();
    let is_error = status.is_client_error() || status.is_server_error();
    if !is_error || media == PROBLEM_JSON.as_bytes() || media == b"application/json" {
        return response;
    }
    let detail = match status {
        StatusCode::NOT_FOUND => "there is nothing at this path: /docs lists what there is",
        StatusCode::METHOD_NOT_ALLOWED => {
            "this path does not accept this method: the header Allow lists those it accepts"
        }
        StatusCode::PAYLOAD_TOO_LARGE => "the body is too large",
        StatusCode::GATEWAY_TIMEOUT | StatusCode::REQUEST_TIMEOUT => {
            "the request took too long and was abandoned"
        }
        _ => "the request failed",
    };
    let (mut parts, _) = response.into_parts();
    let problem = Problem::new(status, detail).into_response();
    for (name, value) in problem.headers() {
        parts.headers.insert(name, value.clone());
    }
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::new(problem.into_body()))
}
