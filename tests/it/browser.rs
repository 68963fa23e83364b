//! A real browser: headless Chromium, asked to open a page, run a script in it and give back what it found.

use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// What a page did.
pub struct Visit {
    /// What the script returned, as JSON.
    pub found: serde_json::Value,
    /// What the page wrote to the console: errors, warnings and refusals.
    pub console: Vec<String>,
}

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// The browser's program; without one the test is skipped, unless `SIMBET_REQUIRE_CHROMIUM` says that there must be one.
pub fn chromium() -> Option<&'static str> {
    let runs = |name: &&&str| {
        Command::new(name)
            .arg("--version")
            .output()
            .is_ok_and(|output| output.status.success())
    };
    let found = NAMES.iter().find(runs).copied();
    assert!(
        found.is_some() || std::env::var_os("SIMBET_REQUIRE_CHROMIUM").is_none(),
        "no Chromium is installed"
    );
    if found.is_none() {
        eprintln!("skipped: no Chromium is installed");
    }
    found
}

/// Opens a page from disk and, once it is loaded, runs the body of a function in it whose value is returned.
pub fn visit(browser: &str, page: &Path, script: &str) -> Visit {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("page.html");
    let probe = format!(
        "<script>window.addEventListener('load', () => {{\n\
         let found; try {{ found = (() => {{ {script} }})(); }} catch (error) {{ found = String(error); }}\n\
         const text = document.createElement('pre'); text.id = 'found'; text.textContent = JSON.stringify(found);\n\
         document.body.replaceChildren(text); }});</script></body>"
    );
    let html = std::fs::read_to_string(page).unwrap();
    assert!(html.contains("</body>"), "the page has no end");
    // the page allows its own script alone, known by its digest, so the copy has to allow this one as well
    let source = &probe["<script>".len()..probe.find("</script>").unwrap()];
    let digest = STANDARD.encode(Sha256::digest(source));
    let html = html.replacen("script-src ", &format!("script-src 'sha256-{digest}' "), 1);
    std::fs::write(&copy, html.replacen("</body>", &probe, 1)).unwrap();
    let output = Command::new(browser)
        .args([
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--dump-dom",
            "--enable-logging=stderr",
            "--v=0",
        ])
        .arg(format!(
            "--user-data-dir={}",
            folder.path().join("profile").display()
        ))
        .arg(format!("file://{}", copy.display()))
        .output()
        .unwrap();
    let dom = String::from_utf8_lossy(&output.stdout).into_owned();
    let log = String::from_utf8_lossy(&output.stderr);
    let found = dom
        .split_once("<pre id=\"found\">")
        .and_then(|(_, rest)| rest.split_once("</pre>"));
    let (found, _) = found.unwrap_or_else(|| panic!("the script did not run: {dom}\n{log}"));
    let text = found
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    let console = log
        .lines()
        .filter(|line| line.contains("CONSOLE"))
        .map(str::to_owned)
        .collect();
    Visit {
        found: serde_json::from_str(&text).unwrap(),
        console,
    }
}

#[test]
fn a_page_that_errs_is_seen_to_err() {
    let Some(browser) = chromium() else { return };
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("bad.html");
    std::fs::write(
        &page,
        "<!DOCTYPE html><body><script>nothing.here();</script></body>",
    )
    .unwrap();
    let visit = visit(browser, &page, "return 1 + 1");
    assert_eq!(visit.found, 2);
    assert!(
        visit
            .console
            .iter()
            .any(|line| line.contains("nothing is not defined")),
        "{:?}",
        visit.console
    );
}
