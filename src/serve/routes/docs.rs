//! `GET /openapi.json` and `/docs`.

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::get;
use serde_json::{Value, json};
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Components, Content, OpenApi, Ref, RefOr, ResponseBuilder};
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::domain::MatchStatus;
use crate::serve::problem::PROBLEM_JSON;

/// The OpenAPI document, with the parts that types cannot express: answers that every request may get, the token, the version.
pub fn complete(api: OpenApi, has_token: bool) -> Value {
    let mut document = serde_json::to_value(guarded(api, has_token)).unwrap_or_default();
    // prices are those of match odds, or those of any markets
    let both = json!({ "type": "number" });
    document["components"]["schemas"]["MatchEventBody"]["anyOf"] = json!([
        {
            "required": ["market_odds_home", "market_odds_away"],
            "properties": { "market_odds_home": both, "market_odds_away": both },
        },
        { "required": ["quotes"], "properties": { "quotes": { "type": "array" } } },
    ]);
    // a match that was played has a score
    let goals = json!({ "type": "integer" });
    let without_result = MatchStatus::ALL
        .into_iter()
        .filter(|status| !status.has_result())
        .map(MatchStatus::code);
    document["components"]["schemas"]["MatchResultBody"]["anyOf"] = json!([
        {
            "required": ["home_goals", "away_goals"],
            "properties": { "home_goals": goals, "away_goals": goals },
        },
        {
            "required": ["status"],
            "properties": { "status": { "enum": without_result.collect::<Vec<_>>() } },
        },
    ]);
    document
}

fn guarded(mut api: OpenApi, has_token: bool) -> OpenApi {
    env!("CARGO_PKG_VERSION").clone_into(&mut api.info.version);
    let refused: &[(&str, &str)] = if has_token {
        &[("401", "The token is missing or wrong")]
    } else {
        &[]
    };
    for path in api.paths.paths.values_mut() {
        let operations = [&mut path.get, &mut path.post, &mut path.delete];
        for operation in operations.into_iter().flatten() {
            // an operation that needs no token has a `security` of its own
            let is_guarded = operation.security.is_none();
            refuse(operation, if is_guarded { refused } else { &[] });
            refuse(operation, &OTHERS);
        }
    }
    if has_token {
        let scheme =
            SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        api.components
            .get_or_insert_with(Components::new)
            .add_security_scheme("token", scheme);
        api.security = Some(vec![SecurityRequirement::new::<_, [&str; 0], _>(
            "token",
            [],
        )]);
    }
    api
}

const OTHERS: [(&str, &str); 3] = [
    ("400", "The request cannot be read"),
    (
        "403",
        "The request names another host, or comes from a page of another origin",
    ),
    ("414", "The path and the query are too long"),
];

fn refuse(operation: &mut Operation, refused: &[(&str, &str)]) {
    for (status, description) in refused {
        let problem = RefOr::Ref(Ref::from_schema_name("Problem"));
        let content = Content::new(Some(problem));
        let response = ResponseBuilder::new()
            .description(*description)
            .content(PROBLEM_JSON, content)
            .build();
        operation
            .responses
            .responses
            .insert((*status).to_owned(), response.into());
    }
}

/// The page of the document needs styles of its own, which it writes into itself; scripts are files of this service.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The document, and a page to try it on.
pub fn router<S: Clone + Send + Sync + 'static>(api: &Value) -> Router<S> {
    let document = api.to_string();
    let media = [(header::CONTENT_TYPE, "application/json")];
    let page: Router<S> = SwaggerUi::new("/docs")
        .config(Config::from("/openapi.json"))
        .into();
    let page = page.route_layer(map_response(|mut response: Response| async {
        response.headers_mut().insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(POLICY),
        );
        response
    }));
    page.route(
        "/openapi.json",
        get(move || async move { (media, document) }),
    )
}
