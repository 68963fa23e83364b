//! The body of an event, which counts towards the bytes that are under way.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};

use crate::serve::body_budget::BodyShare;
use crate::serve::params::JsonBytes;
use crate::serve::problem::Problem;
use crate::serve::state::App;

/// The JSON of an event, and the room that it takes.
#[derive(Debug)]
pub struct EventBody(pub Bytes, pub BodyShare);

impl FromRequest<App> for EventBody {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let share = app.bodies.event(request.headers())?;
        let JsonBytes(bytes) = JsonBytes::from_request(request, app).await?;
        Ok(Self(bytes, share))
    }
}
