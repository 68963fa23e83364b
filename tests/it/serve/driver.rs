//! A real browser that is operated: headless Chromium by way of chromedriver, which speaks WebDriver, JSON over HTTP.

use std::io::{BufRead as _, BufReader, Lines};
use std::num::NonZeroU16;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::Agent;

use crate::browser::chromium;

/// How long is waited for something to be seen.
const PATIENCE: Duration = Duration::from_secs(60);
/// WebDriver's codes of keys.
pub const TAB: char = '\u{E004}';
pub const ENTER: char = '\u{E007}';

/// This instant.
#[expect(
    clippy::disallowed_methods,
    reason = "how long is waited, and how long something took, by which no bet is struck"
)]
pub fn now() -> Instant {
    Instant::now()
}

/// A browser, and the program that operates it.
pub struct Browser {
    driver: Child,
    agent: Agent,
    session: String,
    _profile: TempDir,
}

/// A browser; without one the test is skipped, unless `SIMBET_REQUIRE_CHROMIUM` says that there must be one.
pub fn browser() -> Option<Browser> {
    chromium()?;
    let is_there = Command::new("chromedriver")
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success());
    assert!(
        is_there || std::env::var_os("SIMBET_REQUIRE_CHROMIUM").is_none(),
        "no chromedriver is installed"
    );
    if !is_there {
        eprintln!("skipped: no chromedriver is installed");
        return None;
    }
    Some(Browser::start())
}

/// A driver, what more it prints, and its port; `None` where it ended before it had one.
fn listening() -> Option<(Child, Lines<BufReader<ChildStdout>>, NonZeroU16)> {
    let mut driver = Command::new("chromedriver")
        .arg("--port=0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
    let port = lines.find_map(|line| {
        let line = line.unwrap();
        let port = line.rsplit_once("on port ")?.1;
        port.trim_end_matches('.').parse().ok()
    });
    port.map(|port| (driver, lines, port))
}

impl Browser {
    fn start() -> Self {
        // another program may take the port between its choice and its use
        let (driver, lines, port) = (0..3)
            .find_map(|_| listening())
            .expect("chromedriver says its port");
        // nobody may stop reading, or it would stop as well
        thread::spawn(move || lines.for_each(drop));
        let profile = tempfile::tempdir().unwrap();
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE));
        let mut browser = Self {
            driver,
            agent: config.build().new_agent(),
            session: String::new(),
            _profile: profile,
        };
        let driver = format!("http://127.0.0.1:{port}/session");
        let session = browser.ask(&driver, &capabilities(&browser._profile));
        browser.session = format!("{driver}/{}", session["sessionId"].as_str().unwrap());
        browser
    }

    fn ask(&self, url: &str, body: &Value) -> Value {
        let mut response = self.agent.post(url).send_json(body).unwrap();
        let answer: Value = response.body_mut().read_json().unwrap();
        assert!(response.status().is_success(), "{url} {body}: {answer}");
        answer["value"].clone()
    }

    fn command(&self, path: &str, body: &Value) -> Value {
        self.ask(&format!("{}/{path}", self.session), body)
    }

    fn protocol(&self, command: &str, parameters: &Value) {
        self.command(
            "goog/cdp/execute",
            &json!({ "cmd": command, "params": parameters }),
        );
    }

    pub fn open(&self, url: &str) {
        self.command("url", &json!({ "url": url }));
    }

    /// What the body of a function returns that is run in the page.
    pub fn run(&self, script: &str) -> Value {
        self.command("execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// Waits until an expression is true in the page.
    #[track_caller]
    pub fn wait_for(&self, expression: &str) {
        let begun = now();
        while self.run(&format!("return Boolean({expression})")) != true {
            let page = || self.run("return document.body.innerText");
            assert!(
                begun.elapsed() < PATIENCE,
                "not seen in time: {expression}, but {}",
                page()
            );
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// The text of what a selector finds first.
    pub fn text(&self, selector: &str) -> String {
        let found = self.run(&format!(
            "return document.querySelector('{selector}').textContent"
        ));
        found.as_str().unwrap().to_owned()
    }

    /// Presses keys one after another, as somebody at the keyboard would.
    pub fn press(&self, keys: &str) {
        let strokes: Vec<Value> = keys
            .chars()
            .flat_map(|key| {
                ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key.to_string() }))
            })
            .collect();
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": strokes });
        self.command("actions", &json!({ "actions": [keyboard] }));
    }

    /// Shows the page as a window of a width would.
    pub fn resize(&self, width: u32) {
        let screen =
            json!({ "width": width, "height": 844, "deviceScaleFactor": 1, "mobile": false });
        self.protocol("Emulation.setDeviceMetricsOverride", &screen);
    }

    /// Has the reader prefer `light` or `dark` pages, or less motion.
    pub fn prefer(&self, feature: &str, value: &str) {
        let features = json!({ "features": [{ "name": feature, "value": value }] });
        self.protocol("Emulation.setEmulatedMedia", &features);
    }

    /// What the page wrote to the console since this was asked last.
    pub fn console(&self) -> Vec<String> {
        let entries = self.command("se/log", &json!({ "type": "browser" }));
        entries
            .as_array()
            .unwrap()
            .iter()
            .map(Value::to_string)
            .collect()
    }
}

fn capabilities(profile: &TempDir) -> Value {
    let profile = format!("--user-data-dir={}", profile.path().display());
    let arguments = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1400,1000",
        profile.as_str(),
    ];
    let options = json!({ "goog:chromeOptions": { "args": arguments }, "goog:loggingPrefs": { "browser": "ALL" } });
    json!({ "capabilities": { "alwaysMatch": options } })
}

impl Drop for Browser {
    fn drop(&mut self) {
        // the browser goes with its session, and what operates it afterwards
        let _ = self.agent.delete(&self.session).call();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
