//! `POST /backtests`, `GET` and `DELETE /backtests/{id}`.

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::responses::{Invalid, InvalidBody, Limited, TookLong, Unavailable, Unknown};
use super::upload::{Upload, shown};
use crate::config::{ModelSpec, Purpose, RunConfig, Settings, out_of_range};
use crate::printable::excerpt;
use crate::serve::backtests::{BacktestAnswer, Input, Work};
use crate::serve::body_budget;
use crate::serve::clock;
use crate::serve::params::Params;
use crate::serve::problem::Problem;
use crate::serve::state::App;

/// A backtest to be run: settings, and either matches or the name of a dataset.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "read by OpenAPI only")]
pub struct BacktestBody {
    /// Settings as they stand in a file for `--config`.
    #[schema(value_type = Option<Object>, nullable = false)]
    settings: Option<Value>,
    /// Matches, as CSV: football-data.co.uk's columns or simbet's plain form.
    #[schema(nullable = false)]
    csv: Option<String>,
    /// The name of a file in the folder of datasets.
    #[schema(nullable = false)]
    dataset: Option<String>,
}

/// The same as a form.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "read by OpenAPI only")]
pub struct BacktestForm {
    /// Settings, as JSON.
    #[schema(nullable = false)]
    settings: Option<String>,
    /// A file of matches, as CSV.
    #[schema(value_type = Option<String>, format = Binary, nullable = false)]
    file: Option<String>,
    /// The name of a file in the folder of datasets.
    #[schema(nullable = false)]
    dataset: Option<String>,
}

/// Runs a backtest in the background
///
/// `Location` says where to ask for it. It runs in a process of its own, with limits on memory and time; one that needs more
/// has failed, and says so. Two run at once; further ones are refused before their body is read.
#[utoipa::path(post, path = "/backtests", operation_id = "start_backtest",
    request_body(content((BacktestBody = "application/json"), (BacktestForm = "multipart/form-data"))),
    responses((status = 202, description = "The backtest has started", body = BacktestAnswer), InvalidBody, Limited, TookLong, Unavailable))]
pub async fn start(
    State(app): State<App>,
    params: Params,
    request: Request,
) -> Result<Response, Problem> {
    params.only(&[])?;
    let room = app
        .backtests
        .ensure_free()
        .and_then(|()| app.bodies.upload(request.headers()));
    // held until the backtest has the body
    let _room = match room {
        Ok(room) => room,
        Err(problem) => {
            body_budget::drain(request);
            return Err(problem);
        }
    };
    let Upload {
        settings,
        csv,
        dataset: name,
    } = Upload::read(request, &app).await?;
    ensure_own_model(&settings, &app.config)?;
    ensure_sound(settings.clone())?;
    let input = match (csv, name) {
        (Some(csv), None) => Input::Csv(csv),
        (None, Some(name)) => dataset(&app, name).await?,
        _ => {
            return Err(Problem::field(
                "csv",
                "either csv (or a file) or dataset",
                "both or neither",
            ));
        }
    };
    let id = clock::microseconds() + clock::count();
    let answer = app.backtests.start(id, Work { settings, input })?;
    let place = [(header::LOCATION, format!("/backtests/{}", answer.id))];
    Ok((StatusCode::ACCEPTED, place, Json(answer)).into_response())
}

/// The progress of a backtest, and its result
#[utoipa::path(get, path = "/backtests/{id}", operation_id = "get_backtest", params(("id" = u64, Path, description = "The id of the backtest")),
    responses((status = 200, description = "The backtest", body = BacktestAnswer), Invalid, Unknown))]
pub async fn get(
    State(app): State<App>,
    path: Path<String>,
    params: Params,
) -> Result<Json<BacktestAnswer>, Problem> {
    params.only(&[])?;
    let id = id_of(&path)?;
    app.backtests.get(id).map(Json).ok_or_else(unknown)
}

/// Cancels a backtest, or deletes one that is finished
///
/// Its process is ended at once. Another backtest can be started when it is gone.
#[utoipa::path(delete, path = "/backtests/{id}", operation_id = "delete_backtest", params(("id" = u64, Path, description = "The id of the backtest")),
    responses((status = 204, description = "The backtest was cancelled or deleted"), Invalid, Unknown))]
pub async fn delete(
    State(app): State<App>,
    path: Path<String>,
    params: Params,
) -> Result<StatusCode, Problem> {
    params.only(&[])?;
    let id = id_of(&path)?;
    if app.backtests.remove(id) {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(unknown())
    }
}

fn id_of(Path(text): &Path<String>) -> Result<u64, Problem> {
    text.parse()
        .map_err(|_| Problem::field("id", "the id of a backtest", &format!("{text:?}")))
}

fn unknown() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "there is no backtest of that id; finished ones are kept only for a while",
    )
}

/// Refuses settings that no backtest can have. They are laid over nothing: those of the service are its own.
fn ensure_sound(members: Map<String, Value>) -> Result<(), Problem> {
    for (name, value) in &members {
        let field = format!("settings.{name}");
        if !Settings::is_setting(name) {
            return Err(Problem::field(
                &field,
                "a setting as in a file for --config",
                "one that is not known",
            ));
        }
        let one = Value::Object([(name.clone(), value.clone())].into_iter().collect());
        let read = serde_json::from_value::<Settings>(one);
        read.map_err(|error| Problem::field(&field, allowed(&error.to_string()), &shown(value)))?;
    }
    let settings: Settings =
        serde_json::from_value(Value::Object(members)).map_err(|error| not_together(&error))?;
    if !settings.probabilities.is_empty() {
        return Err(Problem::field(
            "settings.probabilities",
            "nothing: files of the service are its own, and probabilities are columns of the matches",
            "paths",
        ));
    }
    let config = RunConfig::resolve(&settings).map_err(|error| not_together(&error))?;
    if let Some(idle) = settings.idle(&[&config.engine], Purpose::Backtest).first() {
        let field = format!("settings.{}", idle.setting);
        return Err(Problem {
            detail: idle.sentence(&field),
            ..Problem::field(&field, "nothing, beside these others", "a value")
        });
    }
    match &config.engine.model {
        Some(model) if model.kind.knows_truth() => Err(Problem::field(
            "settings.model",
            "a model that can be known: real matches have no known truth",
            "truth",
        )),
        _ => Ok(()),
    }
}

/// Refuses a model that is a program or a file by its path, unless it is the service's own: no request starts or opens one.
fn ensure_own_model(members: &Map<String, Value>, own: &RunConfig) -> Result<(), Problem> {
    let Some(Ok(spec)) = members
        .get("model")
        .and_then(Value::as_str)
        .map(str::parse::<ModelSpec>)
    else {
        // what is no model is refused as that
        return Ok(());
    };
    let is_own = own.engine.model.as_ref().is_some_and(|model| {
        (model.kind, model.argument.as_ref()) == (spec.kind, spec.argument.as_ref())
    });
    if is_own || spec.kind.argument().is_none() {
        return Ok(());
    }
    Err(Problem::field(
        "settings.model",
        "a model of simbet, or the very one that the service was started with: requests start no program and open no file",
        &excerpt(&spec.to_string()),
    ))
}

/// What the error of a member expected, without what it found, which the problem says itself.
fn allowed(error: &str) -> &str {
    let expected = error.rsplit_once(", expected ");
    let expected = expected.map_or(error, |(_, expected)| expected);
    let expected = expected.strip_prefix("expected ").unwrap_or(expected);
    let expected = expected.strip_prefix("write ").unwrap_or(expected);
    expected
        .split_once(", not ")
        .map_or(expected, |(expected, _)| expected)
}

/// A setting that is out of its range, or settings each of which is right, but which do not go together.
fn not_together(error: &dyn std::fmt::Display) -> Problem {
    let text = error.to_string();
    let parts = out_of_range(&text).and_then(|(setting, allowed, found)| {
        let setting = setting.trim_start_matches('-').replace('-', "_");
        Settings::is_setting(&setting).then_some((setting, allowed, found))
    });
    match parts {
        Some((setting, allowed, found)) => {
            Problem::field(&format!("settings.{setting}"), allowed, found)
        }
        None => Problem {
            detail: format!("settings: {text}"),
            ..Problem::field("settings", &text, "these")
        },
    }
}

async fn dataset(app: &App, name: String) -> Result<Input, Problem> {
    let app = app.clone();
    let found = tokio::task::spawn_blocking(move || app.backtests.dataset(&name)).await;
    found
        .map_err(|error| Problem::internal(&error))?
        .map(Input::Dataset)
}
