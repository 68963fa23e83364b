//! Answers that several requests have in common.

use utoipa::IntoResponses;

use crate::serve::problem::Problem;

/// A request that is not valid.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "read by OpenAPI only")]
pub enum Invalid {
    /// The request cannot be read.
    #[response(status = 400, content_type = "application/problem+json")]
    Malformed(Problem),
    /// A value does not fit.
    #[response(status = 422, content_type = "application/problem+json")]
    Value(Problem),
}

/// A body that is not valid.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "read by OpenAPI only")]
pub enum InvalidBody {
    /// The request cannot be read.
    #[response(status = 400, content_type = "application/problem+json")]
    Malformed(Problem),
    /// The body is too large.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(Problem),
    /// The body has a media type that is not accepted.
    #[response(status = 415, content_type = "application/problem+json")]
    MediaType(Problem),
    /// A value does not fit.
    #[response(status = 422, content_type = "application/problem+json")]
    Value(Problem),
}

/// What is asked of the engine.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "read by OpenAPI only")]
pub enum Busy {
    /// It took too long.
    #[response(status = 504, content_type = "application/problem+json")]
    TookTooLong(Problem),
    /// The engine has too much to do, or is down; `Retry-After` says when to try again.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(Problem),
}

/// What takes its time.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "read by OpenAPI only")]
pub enum TookLong {
    /// It took too long.
    #[response(status = 504, content_type = "application/problem+json")]
    TookTooLong(Problem),
}

/// What there is no room for now.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "read by OpenAPI only")]
pub enum Unavailable {
    /// Too much is being sent at once; `Retry-After` says when to try again.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(Problem),
}

/// As many run as may.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "read by OpenAPI only")]
pub enum Limited {
    /// Too many run at once; `Retry-After` says when to try again.
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(Problem),
}

/// Nothing of that name.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "read by OpenAPI only")]
pub enum Unknown {
    /// There is nothing of that name.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(Problem),
}

/// Something else stands against it.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "read by OpenAPI only")]
pub enum Conflicting {
    /// It contradicts something that is already known.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(Problem),
}
