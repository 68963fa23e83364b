//! `GET /openapi.json` and `/docs`.

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::get;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Components, Content, OpenApi, Ref, RefOr, ResponseBuilder};
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::serve::problem::PROBLEM_JSON;

/// Adds what holds for every request: who may ask, and the version.
pub fn complete(mut api: OpenApi, has_token: bool) -> OpenApi {
    env!("CARGO_PKG_VERSION").clone_into(&mut api.info.version);
    let refused: &[(&str, &str)] = if has_token {
        &[("401", "The token is missing or another"), ("403", "A page of another origin may not ask this")]
    } else {
        &[("403", "The request was sent to another name, or by a page of another origin")]
    };
    for path in api.paths.paths.values_mut() {
        let operations = [&mut path.get, &mut path.post, &mut path.delete];
        operations.into_iter().flatten().for_each(|operation| refuse(operation, refused));
    }
    if has_token {
        let scheme = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        api.components.get_or_insert_with(Components::new).add_security_scheme("token", scheme);
        api.security = Some(vec![SecurityRequirement::new::<_, [&str; 0], _>("token", [])]);
    }
    api
}

fn refuse(operation: &mut Operation, refused: &[(&str, &str)]) {
    for (status, description) in refused {
        let problem = RefOr::Ref(Ref::from_schema_name("Problem"));
        let content = Content::new(Some(problem));
        let response = ResponseBuilder::new().description(*description).content(PROBLEM_JSON, content).build();
        operation.responses.responses.insert((*status).to_owned(), response.into());
    }
}

/// The page of the document needs styles of its own, which it writes into itself; scripts are files of this service.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The document, and a page to try it on.
pub fn router<S: Clone + Send + Sync + 'static>(api: &OpenApi) -> Router<S> {
    let document = api.to_json().unwrap_or_default();
    let media = [(header::CONTENT_TYPE, "application/json")];
    let page: Router<S> = SwaggerUi::new("/docs").config(Config::from("/openapi.json")).into();
    let page = page.route_layer(map_response(|mut response: Response| async {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
        response
    }));
    page.route("/openapi.json", get(move || async move { (media, document) }))
}
