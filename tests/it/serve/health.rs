//! `simbet health`, which asks a service from outside.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::{Command, Output};
use std::thread;

use serde_json::Value;

use super::Service;

fn ask(address: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_simbet"))
        .args(["health", address])
        .output()
        .unwrap()
}

#[test]
fn a_service_that_works_says_so_and_one_that_was_killed_does_not() {
    let (service, _folder) = Service::new(&[]);
    let address = service.address.clone();
    let answer = ask(&address);
    assert!(answer.status.success(), "{answer:?}");
    let health: Value = serde_json::from_slice(&answer.stdout).unwrap();
    assert_eq!(
        (health["status"].as_str(), health["bus"].as_str()),
        (Some("ok"), Some("embedded"))
    );
    service.kill();
    let answer = ask(&address);
    assert_eq!(answer.status.code(), Some(1));
    let said = String::from_utf8(answer.stderr).unwrap();
    assert!(
        said.starts_with(&format!("error: no service answers on {address}: ")),
        "{said}"
    );
}

#[test]
fn a_service_behind_a_token_is_asked_without_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut start = super::command(folder.path(), &[]);
    start.env("SIMBET_API_TOKEN", "sixteen-characters");
    let service = Service::start(start);
    assert!(ask(&service.address).status.success());
}

#[test]
fn somebody_else_who_answers_is_no_service() {
    for (answer, said) in [
        ("HTTP/1.0 200 OK\r\n\r\n<html>", "is not simbet serve"),
        (
            "HTTP/1.0 200 OK\r\n\r\n{\"healthy\":true}",
            "is not simbet serve",
        ),
        ("", "is not simbet serve"),
        (
            "HTTP/1.1 503 Service Unavailable\r\n\r\n{\"status\":\"down\"}",
            "does not work",
        ),
        (
            "HTTP/1.1 503 Service Unavailable\r\n\r\n{\"type\":\"urn:simbet:problem:crowded\",\"status\":503}",
            "does not work",
        ),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let stranger = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = [0; 1024];
            let _ = stream.read(&mut asked).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
        });
        let found = ask(&address);
        stranger.join().unwrap();
        assert_eq!(found.status.code(), Some(1), "{answer}");
        let text = String::from_utf8(found.stderr).unwrap();
        assert!(text.contains(said), "{answer}: {text}");
    }
}
