//! Who may ask, and how much.

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use serde_json::json;

use super::{Service, command, example, prices, refusal};

const TOKEN: &str = "a-token-of-a-good-length";

fn with_token(arguments: &[&str]) -> (Service, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = command(folder.path(), arguments);
    command.env("SIMBET_API_TOKEN", TOKEN);
    (Service::start(command), folder)
}

fn raw_get(service: &Service, path: &str, headers: &str) -> String {
    service.raw(&format!(
        "GET {path} HTTP/1.1\n{headers}Connection: close\n\n"
    ))
}

#[test]
fn with_a_token_nobody_is_let_in_without_it() {
    let (service, _folder) = with_token(&[]);
    for path in [
        "/",
        "/bets",
        "/bankroll",
        "/events",
        "/openapi.json",
        "/docs/",
        "/nothing",
        "/live-matches",
    ] {
        let problem = service.get(path).problem(401);
        assert_eq!(problem["field"], "Authorization");
    }
    service.post("/match-events", &example()).problem(401);
    service.post_nothing("/simulate/match").problem(401);
    service.get("/health").ok();
    for wrong in [
        "Bearer",
        "Bearer ",
        "Bearer a-token-of-a-good-lengtH",
        "Bearer a-token",
        "Basic !!!",
        "Basic OmEtdG9rZW4=",
        "Token x",
    ] {
        let answer = raw_get(
            &service,
            "/bets",
            &format!("Host: x\nAuthorization: {wrong}\n"),
        );
        assert!(answer.starts_with("HTTP/1.1 401"), "{wrong}: {answer}");
        assert!(answer.contains("www-authenticate: Bearer"), "{answer}");
    }
    // the second is the token as the password of HTTP Basic, for browsers: "trader:" before it
    for right in [
        format!("Bearer {TOKEN}"),
        "Basic dHJhZGVyOmEtdG9rZW4tb2YtYS1nb29kLWxlbmd0aA==".to_owned(),
    ] {
        let answer = raw_get(
            &service,
            "/bets",
            &format!("Host: trader.example\nAuthorization: {right}\n"),
        );
        assert!(answer.starts_with("HTTP/1.1 200"), "{right}: {answer}");
    }
}

#[test]
fn an_address_that_others_reach_needs_a_token() {
    let folder = tempfile::tempdir().unwrap();
    let said = refusal_of_listening(&folder, "0.0.0.0:0", None);
    assert!(said.contains("SIMBET_API_TOKEN"), "{said}");
    let said = refusal_of_listening(&folder, "0.0.0.0:0", Some("short"));
    assert!(said.contains("at least 16"), "{said}");
}

fn refusal_of_listening(folder: &tempfile::TempDir, address: &str, token: Option<&str>) -> String {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_simbet"));
    command
        .args(["serve", "--listen", address])
        .current_dir(folder.path())
        .env_remove("SIMBET_API_TOKEN");
    if let Some(token) = token {
        command.env("SIMBET_API_TOKEN", token);
    }
    refusal(command)
}

#[test]
fn without_a_token_only_names_of_this_machine_lead_here() {
    let (service, _folder) = Service::new(&[]);
    for host in [
        "localhost",
        "LOCALHOST:8000",
        "127.0.0.1:1",
        "127.1.2.3",
        "[::1]:8000",
    ] {
        let answer = raw_get(&service, "/bets", &format!("Host: {host}\n"));
        assert!(answer.starts_with("HTTP/1.1 200"), "{host}: {answer}");
    }
    for host in [
        "rebound.example",
        "rebound.example:8000",
        "localhost.example",
        "10.0.0.1",
        "[2001:db8::1]",
    ] {
        let answer = raw_get(&service, "/bets", &format!("Host: {host}\n"));
        assert!(answer.starts_with("HTTP/1.1 403"), "{host}: {answer}");
    }
}

#[test]
fn pages_of_other_origins_may_not_post() {
    let (service, _folder) = Service::new(&["--cors", "https://trader.example"]);
    let post = |origin: &str| {
        let request = "POST /simulate/match?duration_minutes=1 HTTP/1.1\nHost: localhost:1\nContent-Length: 0\n";
        service.raw(&format!("{request}Origin: {origin}\nConnection: close\n\n"))
    };
    for origin in [
        "https://evil.example",
        "null",
        "http://localhost:2",
        "https://trader.example.evil.example",
    ] {
        assert!(post(origin).starts_with("HTTP/1.1 403"), "{origin}");
    }
    for origin in ["http://localhost:1", "https://trader.example"] {
        assert!(post(origin).starts_with("HTTP/1.1 200"), "{origin}");
    }
}

#[test]
fn only_origins_that_are_named_may_read() {
    let allowed = "access-control-allow-origin";
    let (service, _folder) = Service::new(&[]);
    let asked = "Host: localhost\nOrigin: https://trader.example\n";
    assert!(!raw_get(&service, "/bets", asked).contains(allowed));
    let (service, _folder) = Service::new(&["--cors", "https://trader.example"]);
    assert!(
        raw_get(&service, "/bets", asked)
            .contains("access-control-allow-origin: https://trader.example")
    );
    assert!(
        !raw_get(
            &service,
            "/bets",
            "Host: localhost\nOrigin: https://evil.example\n"
        )
        .contains(allowed)
    );
    let preflight = "OPTIONS /match-events HTTP/1.1\nHost: localhost\nOrigin: https://trader.example\n\
        Access-Control-Request-Method: POST\nAccess-Control-Request-Headers: content-type\nConnection: close\n\n";
    assert!(
        service
            .raw(preflight)
            .contains("access-control-allow-methods: GET,POST,DELETE")
    );
    let folder = tempfile::tempdir().unwrap();
    assert!(
        refusal(command(folder.path(), &["--cors", "trader.example"])).contains("not an origin")
    );
}

#[test]
fn answers_forbid_a_browser_what_it_need_not_do() {
    let (service, _folder) = Service::new(&[]);
    for path in ["/", "/bets", "/nothing", "/docs/"] {
        let answer = raw_get(&service, path, "Host: localhost\n");
        for header in [
            "x-content-type-options: nosniff",
            "x-frame-options: DENY",
            "referrer-policy: no-referrer",
        ] {
            assert!(answer.contains(header), "{path} lacks {header}: {answer}");
        }
        let policy = answer
            .lines()
            .find(|line| line.starts_with("content-security-policy: "))
            .unwrap();
        assert!(
            policy.contains("default-src 'none'") && policy.contains("script-src 'self';"),
            "{policy}"
        );
    }
}

#[test]
fn a_full_channel_is_answered_by_503_and_a_time_to_try_again() {
    let (service, _folder) = Service::new(&["--queue", "1"]);
    let (full, done) = (AtomicU32::new(0), AtomicU32::new(0));
    thread::scope(|scope| {
        for thread in 0..32 {
            let (service, full, done) = (&service, &full, &done);
            scope.spawn(move || {
                for number in 0..1000 {
                    if full.load(Ordering::Relaxed) > 0 && done.load(Ordering::Relaxed) > 0 {
                        return;
                    }
                    let event = prices(&format!("{thread} {number}"), 0);
                    let request = service
                        .agent
                        .post(service.url("/match-events"))
                        .content_type("application/json");
                    let response = request.send(event.to_string()).unwrap();
                    let retry = response
                        .headers()
                        .get("retry-after")
                        .map(|value| value.to_str().unwrap().to_owned());
                    let answer = super::answer(response);
                    if answer.status == 503 {
                        assert_eq!(answer.problem(503)["type"], "urn:simbet:problem:full");
                        assert_eq!(retry.as_deref(), Some("1"));
                        full.fetch_add(1, Ordering::Relaxed);
                    } else {
                        answer.ok();
                        done.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    assert!(full.into_inner() > 0, "the channel was never full");
    assert!(done.into_inner() > 0);
    service.get("/health").ok();
}

#[test]
fn a_request_cannot_name_a_file() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("data")).unwrap();
    std::fs::write(folder.path().join("secret.csv"), "secret").unwrap();
    std::fs::write(
        folder.path().join("data/mine.csv"),
        "date,home_team,away_team,home_goals,away_goals\n",
    )
    .unwrap();
    let service = Service::start(command(folder.path(), &["--datasets", "data"]));
    for name in [
        "../secret.csv",
        "data/../../secret.csv",
        "/etc/passwd",
        "",
        ".",
        "..",
        "./mine.csv",
        "mine.csv/",
        "mine.csv\u{0}",
    ] {
        let problem = service
            .post("/backtests", &json!({ "dataset": name }))
            .problem(422);
        assert_eq!(
            (&problem["field"], &problem["allowed"]),
            (&json!("dataset"), &json!("mine.csv")),
            "{name:?}"
        );
    }
    for setting in ["config", "out", "inputs", "dead", "history"] {
        let body = json!({ "dataset": "mine.csv", "settings": { setting: "/etc/passwd" } });
        assert_eq!(
            service.post("/backtests", &body).problem(422)["field"],
            format!("settings.{setting}")
        );
    }
}
