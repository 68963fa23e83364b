//! `POST /predictions`.

use axum::Json;
use axum::extract::State;

use super::events::line_of;
use super::responses::{Busy, InvalidBody};
use crate::schema::event::{Event, MatchEvent};
use crate::serve::engine_handle::{NotTaken, Reply};
use crate::serve::params::{JsonBytes, Params};
use crate::serve::problem::Problem;
use crate::serve::requests::MatchEventBody;
use crate::serve::state::App;
use crate::serve::views::PredictionAnswer;

/// What the model thinks of prices, without betting: probabilities, fair odds, edges and expected values
///
/// Nothing is kept, and nothing that comes later depends on having asked.
#[utoipa::path(post, path = "/predictions", operation_id = "post_prediction", request_body = MatchEventBody, responses(
    (status = 200, description = "What the model thinks", body = PredictionAnswer), InvalidBody, Busy,
))]
pub async fn predict(
    State(app): State<App>,
    params: Params,
    JsonBytes(body): JsonBytes,
) -> Result<Json<PredictionAnswer>, Problem> {
    params.only(&[])?;
    let line = line_of(MatchEvent::TYPE, &body)?;
    Event::of_line(line.as_bytes(), app.book).map_err(|error| Problem::of_event(&error))?;
    match app
        .engine
        .consult(line)?
        .await
        .map_err(|_| NotTaken::Down)?
    {
        Ok(opinion) => Ok(Json(opinion)),
        Err(Reply::Refused(reason)) => Err(Problem::of_entry(&reason)),
        Err(_) => Err(Problem::internal(&"no opinion")),
    }
}
