//! `GET /streams/info`.

use axum::Json;
use axum::extract::State;

use super::responses::Invalid;
use crate::serve::params::Params;
use crate::serve::problem::Problem;
use crate::serve::state::App;
use crate::serve::views::StreamsAnswer;

/// The transport of events, and how full it is
#[utoipa::path(get, path = "/streams/info", operation_id = "get_streams", responses(
    (status = 200, description = "The streams", body = StreamsAnswer), Invalid,
))]
pub async fn info(State(app): State<App>, params: Params) -> Result<Json<StreamsAnswer>, Problem> {
    params.only(&[])?;
    Ok(Json(app.engine.streams()))
}
