//! A client that makes up requests from the document: whatever it asks, the answer is one that the document declares.
//!
//! `pip install schemathesis`; without it this says so and is skipped, but with `SIMBET_REQUIRE_SCHEMATHESIS` it fails.

use std::process::Command;

use super::{Service, command};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/serve/schemathesis");
const TOKEN: &str = "a-token-of-a-good-length";

#[test]
fn the_service_answers_as_its_document_says() {
    let is_there = Command::new("schemathesis")
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success());
    if !is_there {
        assert!(
            std::env::var_os("SIMBET_REQUIRE_SCHEMATHESIS").is_none(),
            "there is no schemathesis"
        );
        eprintln!("skipped: there is no schemathesis");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let datasets = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets");
    let mut command = command(folder.path(), &["--datasets", datasets]);
    command.env("SIMBET_API_TOKEN", TOKEN);
    let service = Service::start(command);
    let examples =
        std::env::var("SIMBET_SCHEMATHESIS_EXAMPLES").unwrap_or_else(|_| "20".to_owned());
    let config = format!("{FOLDER}/schemathesis.toml");
    let document = service.url("/openapi.json");
    let mut client = Command::new("schemathesis");
    client.args([
        "--config-file",
        &config,
        "run",
        &document,
        "--max-examples",
        &examples,
        "--continue-on-failure",
    ]);
    // the same requests each time
    client.args([
        "--seed",
        "1",
        "--generation-database",
        ":memory:",
        "-H",
        &format!("Authorization: Bearer {TOKEN}"),
    ]);
    client
        .current_dir(folder.path())
        .env("SCHEMATHESIS_HOOKS", format!("{FOLDER}/hooks.py"))
        .env("PYTHONDONTWRITEBYTECODE", "1");
    let output = client.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
}
