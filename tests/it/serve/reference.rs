//! The pages of the book on requests and metrics, made from what a service says of itself.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::Service;

type Object = Map<String, Value>;

fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_default()
}

/// A text as a cell of a table.
fn cell(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    ["|", "<", "*"].iter().fold(text, |text, special| {
        text.replace(special, &format!("\\{special}"))
    })
}

/// A type in words, which leads to those that have a name.
fn type_of(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or(reference);
        return format!("[{name}](#{})", name.to_lowercase());
    }
    for several in ["oneOf", "anyOf", "allOf"] {
        if schema[several].is_array() {
            let types: Vec<String> = list(&schema[several]).map(type_of).collect();
            return types.join(" or ");
        }
    }
    if schema["enum"].is_array() {
        let values: Vec<String> = list(&schema["enum"])
            .map(|value| format!("`{}`", value.as_str().unwrap_or("null")))
            .collect();
        return values.join(", ");
    }
    let names: Vec<&str> = match &schema["type"] {
        Value::String(name) => vec![name],
        names => list(names).filter_map(Value::as_str).collect(),
    };
    let names = names.iter().map(|name| match *name {
        "array" => format!("list of {}", type_of(&schema["items"])),
        name => name.to_owned(),
    });
    let names: Vec<String> = names.collect();
    if names.is_empty() {
        "any".to_owned()
    } else {
        names.join(" or ")
    }
}

/// What a body may be.
fn content(body: &Value) -> String {
    let types = object(&body["content"])
        .map(|(media, content)| format!("{} as `{media}`", type_of(&content["schema"])));
    types.collect::<Vec<_>>().join(", or ")
}

fn operation(page: &mut String, method: &str, path: &str, operation: &Value) {
    let _ = writeln!(page, "### {} {path}\n", method.to_uppercase());
    for said in ["summary", "description"]
        .map(|member| text(operation, member))
        .iter()
        .filter(|said| !said.is_empty())
    {
        let _ = writeln!(page, "{}\n", said.replace('<', "\\<"));
    }
    let parameters: Vec<&Value> = list(&operation["parameters"]).collect();
    if !parameters.is_empty() {
        page.push_str("| parameter | in | type | is |\n|---|---|---|---|\n");
        for parameter in parameters {
            let needed = if parameter["required"] == true {
                ", needed"
            } else {
                ""
            };
            let _ = writeln!(
                page,
                "| `{}` | {}{needed} | {} | {} |",
                text(parameter, "name"),
                text(parameter, "in"),
                type_of(&parameter["schema"]),
                cell(text(parameter, "description"))
            );
        }
        page.push('\n');
    }
    if operation["requestBody"].is_object() {
        let _ = writeln!(page, "Body: {}\n", content(&operation["requestBody"]));
    }
    page.push_str("| answer | is |\n|---|---|\n");
    for (status, answer) in object(&operation["responses"]) {
        let content = content(answer);
        let content = if content.is_empty() {
            content
        } else {
            format!(" ({content})")
        };
        let _ = writeln!(
            page,
            "| {status} | {}{content} |",
            cell(text(answer, "description"))
        );
    }
    page.push('\n');
}

fn schema(page: &mut String, name: &str, schema: &Value) {
    let _ = writeln!(page, "### {name}\n");
    shape(page, schema);
}

/// What a schema says of itself: its members, its forms, or its type.
fn shape(page: &mut String, schema: &Value) {
    let about = text(schema, "description");
    if !about.is_empty() {
        let _ = writeln!(page, "{}\n", about.replace('<', "\\<"));
    }
    if let Some(members) = schema["properties"].as_object() {
        table_of(page, schema, members);
    } else if list(&schema["oneOf"]).any(|form| form["properties"].is_object()) {
        page.push_str("One of these:\n\n");
        list(&schema["oneOf"]).for_each(|form| shape(page, form));
    } else {
        let _ = writeln!(page, "{}\n", type_of(schema));
    }
}

fn table_of(page: &mut String, schema: &Value, members: &Object) {
    let needed: Vec<&str> = list(&schema["required"])
        .filter_map(Value::as_str)
        .collect();
    page.push_str("| member | type | is |\n|---|---|---|\n");
    for (member, of) in members {
        let needed = if needed.contains(&member.as_str()) {
            ""
        } else {
            ", may be missing"
        };
        let about = cell(text(of, "description"));
        let _ = writeln!(page, "| `{member}` | {}{needed} | {about} |", type_of(of));
    }
    page.push('\n');
}

#[test]
fn the_page_of_requests_is_what_the_service_takes() {
    let (service, _folder) = Service::new(&[]);
    let document = service.get("/openapi.json").ok();
    let mut page = "## Requests\n\n".to_owned();
    for (path, methods) in object(&document["paths"]) {
        for (method, of) in object(methods) {
            operation(&mut page, method, path, of);
        }
    }
    page.push_str("## Bodies and answers\n\n");
    let none = Object::new();
    let schemas = document["components"]["schemas"]
        .as_object()
        .unwrap_or(&none);
    for (name, of) in schemas {
        schema(&mut page, name, of);
    }
    crate::book::generated("docs/src/reference/api.md", "requests", &page);
}

#[test]
fn the_page_of_metrics_is_what_the_service_counts() {
    let (service, _folder) = Service::new(&[]);
    service.post("/match-events", &super::example()).ok();
    // some metrics are there once a bet is settled
    let result = super::result("match_001", [2, 1], 0);
    let settled = service.post("/match-results", &result).ok();
    assert_eq!(settled["settled"].as_array().map(Vec::len), Some(1));
    let request = service
        .agent
        .get(service.url("/metrics"))
        .header("Accept", "text/plain");
    let text = super::answer(request.call().unwrap()).text;
    let mut page = "| metric | type | is |\n|---|---|---|\n".to_owned();
    for help in text.lines().filter_map(|line| line.strip_prefix("# HELP ")) {
        let (name, about) = help.split_once(' ').unwrap();
        let kind = text
            .lines()
            .find_map(|line| line.strip_prefix(&format!("# TYPE {name} ")));
        let _ = writeln!(page, "| `{name}` | {} | {} |", kind.unwrap(), cell(about));
    }
    assert!(page.lines().count() > 5, "{text}");
    crate::book::generated("docs/src/reference/metrics.md", "metrics", &page);
}
