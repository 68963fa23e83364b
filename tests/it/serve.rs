//! The service, asked over real sockets.

mod connections;
mod driver;
mod events;
mod faults;
mod guards;
mod health;
mod jobs;
mod kept;
mod limits;
mod load;
mod names;
mod news;
mod page;
mod parity;
mod programs;
mod reading;
mod reference;
mod schemathesis;
mod stopping;
#[cfg(feature = "redis")]
mod streams;
mod strict;
mod undo;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::Agent;
use ureq::http::Response;

/// A service of its own, in a folder of its own.
struct Service {
    child: Child,
    address: String,
    agent: Agent,
    /// What it has said since it listens.
    said: Arc<Mutex<String>>,
}

/// What a request was answered.
#[derive(Debug, Clone, PartialEq)]
struct Answer {
    status: u16,
    media: String,
    text: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    /// The answer in JSON of a request that was to succeed.
    #[track_caller]
    fn ok(&self) -> Value {
        assert!((200..300).contains(&self.status), "{self:?}");
        self.json()
    }

    /// The problem of a request that was to fail.
    #[track_caller]
    fn problem(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.media, "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["status"], status);
        for member in ["type", "title", "detail"] {
            assert!(
                problem[member]
                    .as_str()
                    .is_some_and(|text| !text.is_empty()),
                "{problem}"
            );
        }
        problem
    }
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_simbet"));
    command
        .arg("serve")
        .args(["--listen", "127.0.0.1:0"])
        .args(arguments)
        // these tests are not about what a model knows: it bets on anything, as flat stakes do without one
        .args(
            Some("--min-matches=0")
                .filter(|_| arguments.iter().all(|argument| !has_no_limit(argument))),
        )
        .current_dir(folder);
    for variable in [
        "SIMBET_API_TOKEN",
        "INITIAL_BANKROLL",
        "MIN_EDGE",
        "MAX_STAKE_PERCENTAGE",
        "LOG_LEVEL",
    ] {
        command.env_remove(variable);
    }
    command
}

/// Whether a service with this argument bets on anything by itself.
fn has_no_limit(argument: &str) -> bool {
    argument == "flat" || argument.starts_with("exec:")
}

/// The same command in a shell, after this.
fn after(shell: &str, usual: &Command) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", &format!("{shell}; exec \"$0\" \"$@\"")])
        .arg(usual.get_program())
        .args(usual.get_args())
        .current_dir(usual.get_current_dir().unwrap());
    for (name, value) in usual.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}

impl Service {
    /// A service that begins anew; its folder goes with it.
    fn new(arguments: &[&str]) -> (Self, TempDir) {
        let folder = tempfile::tempdir().unwrap();
        (Self::start(command(folder.path(), arguments)), folder)
    }

    /// A service that goes on with what is in a folder.
    fn again(folder: &TempDir, arguments: &[&str]) -> Self {
        Self::start(command(folder.path(), arguments))
    }

    fn start(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut first = Vec::new();
        let address = loop {
            let Some(line) = lines.next() else {
                panic!("the service did not start: {first:?}")
            };
            let line = line.unwrap();
            if let Some((_, address)) = line.split_once("listening on http://") {
                break address.to_owned();
            }
            first.push(line);
        };
        // what it says is shown when a test fails; and nobody may stop reading, or it would stop as well
        let said: Arc<Mutex<String>> = Arc::default();
        let all = Arc::clone(&said);
        thread::spawn(move || {
            lines.map_while(Result::ok).for_each(|line| {
                eprintln!("{line}");
                *all.lock().unwrap() += &(line + "\n");
            })
        });
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0);
        let agent = config
            .timeout_global(Some(Duration::from_secs(60)))
            .build()
            .new_agent();
        Self {
            child,
            address,
            agent,
            said,
        }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn get(&self, path: &str) -> Answer {
        answer(self.agent.get(self.url(path)).call().unwrap())
    }

    fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_text(path, "application/json", &body.to_string())
    }

    fn post_text(&self, path: &str, media: &str, body: &str) -> Answer {
        answer(
            self.agent
                .post(self.url(path))
                .content_type(media)
                .send(body)
                .unwrap(),
        )
    }

    fn post_nothing(&self, path: &str) -> Answer {
        answer(self.agent.post(self.url(path)).send_empty().unwrap())
    }

    /// The answer to a request that is written out; it has to ask for the connection to be closed.
    fn raw(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream
            .write_all(request.replace('\n', "\r\n").as_bytes())
            .unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        // the files of the API's page are packed
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn signal(&self, signal: &str) {
        let status = Command::new("kill")
            .args([signal, &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(status.success());
    }

    /// Has it stop as the system would, and waits until it has; whether it ended well.
    fn stop(mut self) -> bool {
        self.signal("-TERM");
        self.child.wait().unwrap().success()
    }

    /// Whether it ended well, once it has.
    fn stop_was_clean(mut self) -> bool {
        self.child.wait().unwrap().success()
    }

    /// Kills it as a power cut of the program would.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // it may be gone already
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn answer(mut response: Response<ureq::Body>) -> Answer {
    let media = response
        .headers()
        .get("content-type")
        .map(|media| media.to_str().unwrap().to_owned());
    let status = response.status().as_u16();
    Answer {
        status,
        media: media.unwrap_or_default(),
        text: response.body_mut().read_to_string().unwrap(),
    }
}

/// Why a service that should not start does not.
fn refusal(mut command: Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

/// The event of the book.
fn example() -> Value {
    json!({
        "match_id": "match_001", "home_team": "Arsenal", "away_team": "Chelsea", "minute": 45, "home_goals": 1,
        "away_goals": 0, "market_odds_home": 2.1, "market_odds_away": 1.8, "timestamp": "2024-01-01T15:30:00"
    })
}

/// Prices of a match before kick-off, at so many seconds after noon.
fn prices(match_id: &str, seconds: u32) -> Value {
    json!({
        "match_id": match_id, "home_team": format!("Home of {match_id}"), "away_team": format!("Away of {match_id}"),
        "minute": 0, "home_goals": 0, "away_goals": 0, "market_odds_home": 3.0, "market_odds_draw": 3.4,
        "market_odds_away": 2.2, "timestamp": time(seconds)
    })
}

fn result(match_id: &str, score: [u8; 2], seconds: u32) -> Value {
    json!({ "match_id": match_id, "home_goals": score[0], "away_goals": score[1], "timestamp": time(seconds) })
}

fn time(seconds: u32) -> String {
    let (minutes, second) = (seconds / 60, seconds % 60);
    format!(
        "2024-01-02T{:02}:{:02}:{second:02}Z",
        12 + minutes / 60,
        minutes % 60
    )
}

/// Where to ask for a backtest that has started.
fn path_of(started: &Answer) -> String {
    assert_eq!(started.status, 202, "{started:?}");
    format!("/backtests/{}", started.json()["id"])
}

/// What became of a backtest.
fn ended(service: &Service, path: &str) -> Value {
    let mut last = Value::Null;
    until("an end", || {
        last = service.get(path).ok();
        last["status"] != "running"
    });
    last
}

/// Waits until something is so; how long that took.
#[track_caller]
fn until(what: &str, mut is_so: impl FnMut() -> bool) -> Duration {
    let begun = driver::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(30), "never: {what}");
        thread::sleep(Duration::from_millis(2));
    }
    begun.elapsed()
}
