//! `POST /predictions`.

use axum::Json;
use axum::extract::State;

use super::body;
use super::event_body::EventBody;
use super::responses::{Busy, InvalidBody};
use crate::serve::engine_handle::SubmitError;
use crate::serve::order::Reply;
use crate::serve::params::Params;
use crate::serve::problem::Problem;
use crate::serve::requests::MatchEventBody;
use crate::serve::state::App;
use crate::serve::views::PredictionAnswer;

/// The model's opinion of prices, without betting: probabilities, fair odds, edges and expected values
///
/// Nothing is stored, and the request has no effect on later ones.
#[utoipa::path(post, path = "/predictions", operation_id = "post_prediction", request_body = MatchEventBody, responses(
    (status = 200, description = "The model's opinion", body = PredictionAnswer), InvalidBody, Busy,
))]
pub async fn predict(
    State(app): State<App>,
    params: Params,
    EventBody(body, _share): EventBody,
) -> Result<Json<PredictionAnswer>, Problem> {
    params.only(&[])?;
    let (prices, _) = body::prices(&body, app.book)?;
    let _turn = app.questions.turn().await?;
    match app
        .engine
        .consult(prices)?
        .await
        .map_err(|_| SubmitError::Down)?
    {
        Ok(opinion) => Ok(Json(opinion)),
        Err(Reply::Refused(reason)) => Err(Problem::of_entry(&reason)),
        Err(_) => Err(Problem::internal(&"no opinion")),
    }
}
