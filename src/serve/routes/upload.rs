//! The body of `POST /backtests`: as JSON or as a form.
//!
//! Matches are kept as they come, once. What else is in a body is small, or refused before it is parsed: parsed JSON takes many
//! times the memory of its text.

use std::borrow::Cow;
use std::fmt;

use axum::body::Bytes;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::{HeaderValue, header};
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::serve::params::JsonBytes;
use crate::serve::problem::Problem;
use crate::serve::state::App;

/// A backtest as a request asks for it.
#[derive(Default)]
pub struct Upload {
    /// Settings.
    pub settings: Map<String, Value>,
    /// Matches.
    pub csv: Option<Bytes>,
    /// The name of a file.
    pub dataset: Option<String>,
}

/// The most bytes of the settings in JSON.
const MAX_SETTINGS: usize = 64 * 1024;

impl Upload {
    /// The upload of a request.
    ///
    /// # Errors
    /// When it is none.
    pub async fn read(request: Request, app: &App) -> Result<Self, Problem> {
        let media = request.headers().get(header::CONTENT_TYPE);
        if media.is_some_and(is_multipart) {
            of_form(request, app).await
        } else {
            let JsonBytes(bytes) = JsonBytes::from_request(request, app).await?;
            of_json(&bytes)
        }
    }
}

fn is_multipart(media: &HeaderValue) -> bool {
    media.to_str().is_ok_and(|media| {
        media
            .to_ascii_lowercase()
            .starts_with("multipart/form-data")
    })
}

/// The members of a body, as they stand in it.
#[derive(Default)]
struct Members<'a> {
    settings: Option<&'a RawValue>,
    csv: Option<&'a RawValue>,
    dataset: Option<&'a RawValue>,
}

impl<'a> Visitor<'a> for Members<'a> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(mut self, mut map: A) -> Result<Self, A::Error> {
        while let Some(name) = map.next_key::<Cow<'a, str>>()? {
            match &*name {
                "settings" => once(&mut self.settings, &mut map, "settings")?,
                "csv" => once(&mut self.csv, &mut map, "csv")?,
                "dataset" => once(&mut self.dataset, &mut map, "dataset")?,
                // unknown members are ignored, as everywhere
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(self)
    }
}

/// Reads a member that may come once: which of two is meant nobody knows.
fn once<'a, A: MapAccess<'a>>(
    member: &mut Option<&'a RawValue>,
    map: &mut A,
    name: &'static str,
) -> Result<(), A::Error> {
    if member.is_some() {
        return Err(serde::de::Error::duplicate_field(name));
    }
    *member = Some(map.next_value()?);
    Ok(())
}

fn of_json(bytes: &[u8]) -> Result<Upload, Problem> {
    let malformed = |error: serde_json::Error| Problem::malformed(error.to_string());
    if bytes
        .trim_ascii_start()
        .first()
        .is_some_and(|first| *first != b'{')
    {
        serde_json::from_slice::<IgnoredAny>(bytes).map_err(malformed)?;
        return Err(Problem::malformed("expected an object"));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let members = json
        .deserialize_map(Members::default())
        .map_err(malformed)?;
    json.end().map_err(malformed)?;
    let text = |name, member: Option<&RawValue>| member.map(|raw| text(name, raw)).transpose();
    Ok(Upload {
        settings: members.settings.map_or_else(|| Ok(Map::new()), settings)?,
        csv: text("csv", members.csv)?.map(Bytes::from),
        dataset: text("dataset", members.dataset)?,
    })
}

fn settings(raw: &RawValue) -> Result<Map<String, Value>, Problem> {
    let raw = raw.get();
    if raw.len() > MAX_SETTINGS {
        return Err(too_long(raw.len()));
    }
    match serde_json::from_str(raw) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(other) => Err(Problem::field("settings", "an object", &shown(&other))),
        Err(error) => Err(Problem::malformed(error.to_string())),
    }
}

fn too_long(length: usize) -> Problem {
    let allowed = format!("an object of at most {MAX_SETTINGS} bytes");
    Problem::field("settings", &allowed, &format!("{length} bytes"))
}

fn text(name: &str, raw: &RawValue) -> Result<String, Problem> {
    if raw.get().starts_with('"') {
        return serde_json::from_str(raw.get())
            .map_err(|error| Problem::malformed(format!("{name}: {error}")));
    }
    Err(Problem::field(name, "a text", &cut(raw.get())))
}

/// A value, cut off where it is long.
pub fn shown(value: &Value) -> String {
    cut(&value.to_string())
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{} and more", &text[..end]),
        None => text.to_owned(),
    }
}

/// The parts of a form that are read, each with its names.
const PARTS: [&[&str]; 3] = [&["csv", "file"], &["dataset"], &["settings"]];

async fn of_form(request: Request, app: &App) -> Result<Upload, Problem> {
    let form = Multipart::from_request(request, app).await;
    let mut form = form.map_err(|error| Problem::new(error.status(), error.body_text()))?;
    let (mut upload, mut seen) = (Upload::default(), Vec::new());
    while let Some(field) = form.next_field().await.map_err(broken_form)? {
        let name = field.name().unwrap_or_default();
        let part = PARTS.iter().find(|parts| parts.contains(&name));
        if let Some(part) = part {
            if seen.contains(part) {
                return Err(Problem::field(part[0], "one part", "two"));
            }
            seen.push(*part);
        }
        match name {
            "settings" => upload.settings = form_settings(field).await?,
            "file" | "csv" => upload.csv = Some(field.bytes().await.map_err(broken_form)?),
            "dataset" => upload.dataset = Some(form_text("dataset", field).await?),
            _ => {}
        }
    }
    Ok(upload)
}

async fn form_settings(field: Field<'_>) -> Result<Map<String, Value>, Problem> {
    let text = form_text("settings", field).await?;
    if text.len() > MAX_SETTINGS {
        return Err(too_long(text.len()));
    }
    serde_json::from_str(&text)
        .map_err(|_| Problem::field("settings", "an object in JSON", "something else"))
}

async fn form_text(name: &str, field: Field<'_>) -> Result<String, Problem> {
    let bytes = field.bytes().await.map_err(broken_form)?;
    String::from_utf8(bytes.into())
        .map_err(|_| Problem::field(name, "a text in UTF-8", "other bytes"))
}

fn broken_form(error: MultipartError) -> Problem {
    Problem::new(error.status(), error.body_text())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_upload_is_read_whatever_else_is_in_it() {
        let upload = of_json(br#" {"csv":"c","x":[[[1]],{"csv":3}],"settings":{"window":3}} "#);
        let upload = upload.unwrap();
        assert_eq!(upload.csv.as_deref(), Some(&b"c"[..]));
        assert_eq!(upload.settings["window"], 3);
        assert_eq!(upload.dataset, None);
        assert!(of_json(b"{}").unwrap().csv.is_none());
        // of two nobody knows which is meant
        assert!(of_json(br#"{"dataset":"a.csv","dataset":"b.csv"}"#).is_err());
    }

    #[test]
    fn what_does_not_fit_in_an_upload_is_named() {
        for (body, field) in [
            (&br#"{"csv":null}"#[..], "csv"),
            (br#"{"csv":[1,2]}"#, "csv"),
            (br#"{"dataset":{}}"#, "dataset"),
            (br#"{"settings":"x"}"#, "settings"),
        ] {
            let problem = of_json(body).err().unwrap();
            assert_eq!(
                (problem.status, problem.field.as_deref()),
                (422, Some(field))
            );
        }
        for body in [
            "",
            "7",
            "[]",
            "{",
            r#"{"csv":"a"} x"#,
            r#"{"csv":"\ud800"}"#,
            r#"{"csv" "a"}"#,
        ] {
            assert_eq!(
                of_json(body.as_bytes()).err().unwrap().status,
                400,
                "{body}"
            );
        }
    }

    #[test]
    fn settings_that_would_grow_are_not_parsed() {
        let nested = format!(r#"{{"settings":{{"a":[{}[]]}}}}"#, "[],".repeat(1 << 20));
        let problem = of_json(nested.as_bytes()).err().unwrap();
        assert_eq!(
            (problem.status, problem.field.as_deref()),
            (422, Some("settings"))
        );
    }
}
