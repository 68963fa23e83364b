//! Who may come in, and what is never said of him.

use std::path::Path;
use std::process::{Command, Stdio};

use super::process::command;
use super::server::free_port;
use super::{Answers, SETTINGS, SMALL, Server, Simbet, assert_traded_like_a_pipe, wait_for};

const USER: &str = "trader-user-name";
const PASSWORD: &str = "Gr3en-pas5word";

fn run(arguments: &[&str], variables: &[(&str, &str)]) -> Simbet {
    let mut command = command(arguments);
    command.envs(variables.iter().copied());
    Simbet::run(command)
}

/// Gives the user these rights.
fn allow(server: &Server, rights: &[&str]) {
    let password = format!(">{PASSWORD}");
    server.ask::<()>(
        &[
            &["ACL", "SETUSER", USER, "on", &password, "~*", "&*"],
            rights,
        ]
        .concat(),
    );
}

fn assert_silent(said: &str) {
    for secret in [USER, PASSWORD, "wrong-one"] {
        assert!(!said.contains(secret), "{secret} is said:\n{said}");
    }
}

/// Publishes, trades and looks, as someone whom Redis knows.
fn assert_let_in(server: &Server, url: &str, variables: &[(&str, &str)]) {
    let commands: [&[&str]; 3] = [
        &[&["publish", "-vv"], SMALL].concat(),
        &[&["trade", "-vv"], SETTINGS].concat(),
        &["streams", "-vv"],
    ];
    for command in commands {
        let ended = run(&[command, &["--redis", url]].concat(), variables).succeed();
        assert_silent(&(ended.said + &ended.out));
    }
    assert_traded_like_a_pipe(server, SMALL, SETTINGS);
    server.ask::<()>(&["FLUSHALL"]);
}

#[test]
fn user_and_password_come_from_the_url_or_the_environment_and_are_never_said() {
    let login = format!("{USER}:{PASSWORD}@");
    let Some(server) = Server::for_user(&format!(":{PASSWORD}@"), &["--requirepass", PASSWORD])
    else {
        return;
    };
    allow(&server, &["+@all"]);
    let place = format!("127.0.0.1:{}", server.port());
    let bare = format!("redis://{place}");
    assert_let_in(&server, &format!("redis://:{PASSWORD}@{place}"), &[]);
    assert_let_in(&server, &format!("redis://{login}{place}"), &[]);
    assert_let_in(&server, &bare, &[("REDIS_PASSWORD", PASSWORD)]);
    assert_let_in(
        &server,
        &bare,
        &[("REDIS_USERNAME", USER), ("REDIS_PASSWORD", PASSWORD)],
    );
    // nobody, and people whom it does not know
    let strangers = [
        (bare.clone(), &[][..]),
        (format!("redis://:wrong-one@{place}"), &[]),
        (format!("redis://{USER}:wrong-one@{place}"), &[]),
        (
            bare,
            &[("REDIS_USERNAME", USER), ("REDIS_PASSWORD", "wrong-one")],
        ),
    ];
    for (url, variables) in strangers {
        for command in ["publish", "trade", "streams"] {
            let ended = run(&[command, "-vv", "--redis", &url], variables)
                .fail(1, "rejected this user and password");
            assert_silent(&(ended.said + &ended.out));
        }
    }
}

#[test]
fn an_address_that_makes_no_sense_is_shown_without_the_login() {
    let urls = [
        format!("redis://{USER}:{PASSWORD}@127.0.0.1:notaport"),
        format!("http://{USER}:{PASSWORD}@127.0.0.1:6379"),
        format!("redis://{USER}:{PASSWORD}@127.0.0.1:6379/nodatabase"),
        format!("redis+unix:///tmp/none?user={USER}&pass={PASSWORD}&db=x"),
        format!("unix+redis:///tmp/none?user={USER}&pass={PASSWORD}"),
        format!("redis://{USER}:{PASSWORD}@"),
        format!("{USER}:{PASSWORD}@127.0.0.1"),
    ];
    for url in urls {
        for (arguments, variables) in [
            (&["streams", "-vv", "--redis", &url][..], &[][..]),
            (&["streams", "-vv", "--redis"], &[("REDIS_URL", &*url)]),
        ] {
            let ended = run(arguments, variables).wait();
            assert!(matches!(ended.code, Some(1 | 2)), "{}", ended.said);
            assert!(ended.said.starts_with("error: "), "{}", ended.said);
            assert_silent(&ended.said);
        }
    }
}

#[test]
fn a_user_who_lacks_a_right_is_told_so() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    allow(&server, &["+@all", "-xadd"]);
    let url = format!("redis://{USER}:{PASSWORD}@127.0.0.1:{}", server.port());
    let ended = run(&["publish", "--matches", "5", "--redis", &url], &[])
        .fail(1, "denies this user a command");
    assert!(!ended.said.contains(PASSWORD), "{}", ended.said);
    allow(&server, &["+xadd", "-xreadgroup"]);
    Simbet::spawn(&[&["publish", "--matches", "5", "--redis", &server.url()]]).succeed();
    let ended = run(&["trade", "--redis", &url], &[]).fail(1, "'xreadgroup' command");
    assert!(!ended.said.contains(PASSWORD), "{}", ended.said);
}

/// The commands that `docs/src/redis.md` names, and no others.
#[test]
fn the_rights_that_are_documented_suffice() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let commands = "eval evalsha script|load info type exists del get set incr pexpire pttl hget hmget hset zadd zcard \
                    zrem zremrangebyscore time @stream";
    let allowed: Vec<_> = commands
        .split_whitespace()
        .map(|name| format!("+{name}"))
        .collect();
    let keys = ["match_events", "predictions", "bets", "metrics"].map(|key| format!("~{key}*"));
    let mut rights = vec!["-@all", "resetkeys"];
    rights.extend(keys.iter().chain(&allowed).map(String::as_str));
    allow(&server, &rights);
    let url = format!("redis://{USER}:{PASSWORD}@127.0.0.1:{}", server.port());
    assert_let_in(&server, &url, &[]);
    let spread = ["--partitions", "2"];
    run(
        &[&["publish"], SMALL, &["--redis", &url], &spread[..]].concat(),
        &[],
    )
    .succeed();
    run(
        &[&["trade", "--redis", &url][..], &spread, SETTINGS].concat(),
        &[],
    )
    .succeed();
    let denied: Vec<Vec<::redis::Value>> = server.ask(&["ACL", "LOG"]);
    assert!(denied.is_empty(), "{denied:?}");
}

fn openssl(folder: &Path, arguments: &str) -> bool {
    let mut command = Command::new("openssl");
    command
        .current_dir(folder)
        .args(arguments.split(' '))
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

#[test]
fn an_encrypted_connection_goes_only_to_a_redis_whose_certificate_is_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let make =
        "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -days 2 -subj /CN=tests";
    if !openssl(folder.path(), make) {
        eprintln!("skipped: openssl is not installed");
        return;
    }
    std::fs::write(
        folder.path().join("names"),
        "subjectAltName=IP:127.0.0.1,DNS:localhost\n",
    )
    .unwrap();
    for step in [
        "req -newkey rsa:2048 -nodes -keyout redis.key -out redis.csr -subj /CN=localhost",
        "x509 -req -in redis.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile names -out redis.crt",
    ] {
        assert!(openssl(folder.path(), step), "{step}");
    }
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (tls, authority) = (free_port().to_string(), path("ca.crt"));
    let options = [
        "--tls-port",
        &tls,
        "--tls-auth-clients",
        "no",
        "--tls-cert-file",
        &path("redis.crt"),
    ]
    .map(str::to_owned);
    let more = [
        "--tls-key-file",
        &path("redis.key"),
        "--tls-ca-cert-file",
        &authority,
    ]
    .map(str::to_owned);
    let options: Vec<_> = options.iter().chain(&more).map(String::as_str).collect();
    let Some(server) = Server::with(&options) else {
        return;
    };
    let url = format!("rediss://127.0.0.1:{tls}");
    let trusted = [("SSL_CERT_FILE", &*authority)];
    wait_for("the encrypted port", || {
        std::net::TcpStream::connect(format!("127.0.0.1:{tls}")).ok()
    });
    run(
        &[&["publish"], SMALL, &["--redis", &url]].concat(),
        &trusted,
    )
    .succeed();
    run(&[&["trade", "--redis", &url], SETTINGS].concat(), &trusted).succeed();
    assert_traded_like_a_pipe(&server, SMALL, SETTINGS);
    let before = Answers::in_redis(&server, "");
    run(&["streams", "--redis", &url], &[]).fail(1, "certificate");
    run(&["trade", "--redis", &url], &[]).fail(1, "certificate");
    before.assert_same(&Answers::in_redis(&server, ""), "nobody was let in");
}
