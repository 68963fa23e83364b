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

/// The status of the answer to a request with these lines.
fn status_of(service: &Service, lines: &str) -> String {
    let answer = service.raw(&format!("{lines}\nConnection: close\n\n"));
    answer.get(9..12).unwrap_or_default().to_owned()
}

#[test]
fn a_host_that_is_none_or_that_is_not_the_one_is_refused() {
    let (service, _folder) = Service::new(&[]);
    let (with_token, _folder) = with_token(&[]);
    for (host, status) in [
        ("Host: localhost\nHost: localhost", "400"),
        ("Host: localhost\nHost: evil.com", "400"),
        ("Host:", "400"),
        ("Host: [::1]evil.com", "400"),
        ("Host: [localhost]", "400"),
        ("Host: localhost:80:90", "400"),
        ("Host: localhost:http", "400"),
        ("Host: localhost:", "400"),
        ("Host: user@localhost", "400"),
        ("Host: localhost, evil.com", "400"),
        ("X-Forwarded-Host: localhost", "400"),
        ("Host: localhost.evil.com", "403"),
        ("Host: 127.0.0.1.evil.com", "403"),
        ("Host: 127.1", "403"),
        ("Host: localhost.", "403"),
    ] {
        let lines = format!("GET /bets HTTP/1.1\n{host}");
        assert_eq!(status_of(&service, &lines), status, "{host}");
        // with a token the name may be any, as long as it is one
        let expected = if status == "400" { "400" } else { "401" };
        assert_eq!(status_of(&with_token, &lines), expected, "{host}");
    }
    for (line, status) in [
        (
            "GET http://localhost:1/bets HTTP/1.1\nHost: localhost:1",
            "200",
        ),
        ("GET http://evil.com/bets HTTP/1.1\nHost: localhost", "400"),
        ("GET http://localhost/bets HTTP/1.1\nHost: evil.com", "400"),
        ("GET http://evil.com/bets HTTP/1.1\nHost: evil.com", "403"),
        (
            "GET http://x@localhost/bets HTTP/1.1\nHost: localhost",
            "400",
        ),
        ("GET http://evil.com/bets HTTP/1.0", "403"),
        ("GET /bets HTTP/1.0", "200"),
    ] {
        assert_eq!(status_of(&service, line), status, "{line}");
    }
}

#[test]
fn what_is_said_twice_is_refused() {
    let (service, _folder) = with_token(&[]);
    let right = format!("Authorization: Bearer {TOKEN}");
    let wrong = "Authorization: Bearer wrong";
    for lines in [
        format!("GET /bets HTTP/1.1\nHost: x\n{right}\n{wrong}"),
        format!("GET /bets HTTP/1.1\nHost: x\n{wrong}\n{right}"),
        format!("GET /bets HTTP/1.1\nHost: x\n{right}\nOrigin: http://x\nOrigin: http://y"),
        format!(
            "POST /match-events HTTP/1.1\nHost: x\n{right}\nContent-Length: 0\nContent-Type: text/plain\nContent-Type: application/json"
        ),
        format!(
            "POST /match-events HTTP/1.1\nHost: x\n{right}\nContent-Length: 0\nContent-Length: 1"
        ),
        format!("POST /match-events HTTP/1.1\nHost: x\n{right}\nTransfer-Encoding: gzip"),
        format!("POST /match-events HTTP/1.1\nHost: x\n{right}\nContent-Length: -1"),
        format!("POST /match-events HTTP/1.0\nHost: x\n{right}\nTransfer-Encoding: chunked"),
    ] {
        assert_eq!(status_of(&service, &lines), "400", "{lines}");
    }
}

#[test]
fn percent_encoding_is_read_whole_or_not_at_all() {
    let (service, _folder) = Service::new(&[]);
    for target in [
        "/bets?match_id=%zz",
        "/bets?match_id=%ff",
        "/bets?match_id=a%2",
        "/bets?match_id=%",
        "/bets?%zz=1",
        "/bets?match_id=%C0%AF",
        "/bets?match_id=%ED%A0%80",
        "/%zz",
        "/backtests/%ff",
        "/docs/%",
        "/page/page.css?%",
    ] {
        assert_eq!(
            status_of(&service, &format!("GET {target} HTTP/1.1\nHost: localhost")),
            "400",
            "{target}"
        );
    }
    let settle =
        "POST /bets/%ff/settle?status=abandoned HTTP/1.1\nHost: localhost\nContent-Length: 0";
    assert_eq!(status_of(&service, settle), "400");
    let readable = "GET /bets?match_id=%C3%A4%20%25zz HTTP/1.1\nHost: localhost";
    assert_eq!(status_of(&service, readable), "200");
}

#[test]
fn targets_methods_and_heads_that_are_too_much_have_their_status() {
    let (service, _folder) = Service::new(&[]);
    let long = |count: usize| "a".repeat(count);
    for (line, status) in [
        (
            format!("GET /{} HTTP/1.1\nHost: localhost", long(9_000)),
            "414",
        ),
        (
            format!(
                "GET /bets?match_id={} HTTP/1.1\nHost: localhost",
                long(9_000)
            ),
            "414",
        ),
        (
            format!("GET /{} HTTP/1.1\nHost: localhost", long(70_000)),
            "431",
        ),
        (
            format!("GET /health HTTP/1.1\nHost: localhost\nX: {}", long(60_000)),
            "431",
        ),
        (
            format!(
                "GET /health HTTP/1.1\nHost: localhost{}",
                "\nX: y".repeat(150)
            ),
            "431",
        ),
        ("BREW /bets HTTP/1.1\nHost: localhost".to_owned(), "405"),
        ("TRACE /bets HTTP/1.1\nHost: localhost".to_owned(), "405"),
        (
            "CONNECT localhost:80 HTTP/1.1\nHost: localhost:80".to_owned(),
            "404",
        ),
        ("OPTIONS * HTTP/1.1\nHost: localhost".to_owned(), "404"),
        ("GET /health HTTP/2.0\nHost: localhost".to_owned(), "400"),
        ("GET /health".to_owned(), "400"),
        ("G@T /health HTTP/1.1\nHost: localhost".to_owned(), "400"),
    ] {
        let start: String = line.chars().take(60).collect();
        assert_eq!(status_of(&service, &line), status, "{start}");
    }
}

#[test]
fn whatever_can_be_got_has_a_head() {
    let (service, _folder) = Service::new(&[]);
    for path in [
        "/",
        "/health",
        "/bets",
        "/bets/active",
        "/bets/settled",
        "/live-matches",
        "/bankroll",
        "/metrics",
        "/streams/info",
        "/events",
        "/page/events",
        "/openapi.json",
        "/docs/",
    ] {
        let answer = service.raw(&format!(
            "HEAD {path} HTTP/1.1\nHost: localhost\nConnection: close\n\n"
        ));
        assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
        assert!(answer.ends_with("\r\n\r\n"), "{path} has a body: {answer}");
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
        "http://",
        "file://",
        "ftp://localhost:1",
        "http://localhost:1/",
        "http://x@localhost:1",
        "http://localhost:1.evil.example",
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
