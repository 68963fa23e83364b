//! A service that is told to stop does, whatever its clients do.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use super::driver::now;
use super::{Service, after, command, prices};

/// A connection by which so much was sent.
fn sent(service: &Service, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(&service.address).unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    stream
}

/// Waits a moment, so that the service has read what was sent.
fn settle() {
    thread::sleep(Duration::from_millis(200));
}

/// Tells a service to stop, and waits until it has; how long that took.
#[track_caller]
fn stopped(service: Service) -> Duration {
    let begun: Instant = now();
    assert!(service.stop(), "it did not end well");
    begun.elapsed()
}

/// Far below the ten seconds that requests under way have.
const SOON: Duration = Duration::from_secs(6);

#[test]
fn half_a_head_does_not_keep_it_from_stopping() {
    let (service, _folder) = Service::new(&[]);
    let _none = sent(&service, "");
    let _half = sent(&service, "GET /health HTTP/1.1\r\nHost: local");
    let _next = sent(
        &service,
        "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\nGET /he",
    );
    settle();
    let took = stopped(service);
    assert!(took < SOON, "{took:?}");
}

#[test]
fn half_a_body_does_not_keep_it_from_stopping() {
    let (service, _folder) = Service::new(&[]);
    let head =
        "POST /match-events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    let _long = sent(&service, &format!("{head}Content-Length: 1000\r\n\r\n{{"));
    let _chunks = sent(
        &service,
        &format!("{head}Transfer-Encoding: chunked\r\n\r\n5\r\n{{"),
    );
    let _waiting = sent(
        &service,
        &format!("{head}Content-Length: 9\r\nExpect: 100-continue\r\n\r\n"),
    );
    settle();
    let took = stopped(service);
    assert!(took < SOON, "{took:?}");
}

#[test]
fn a_reader_who_sleeps_does_not_keep_it_from_stopping() {
    let (service, _folder) = Service::new(&[]);
    let large = "GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let _sleeping = sent(&service, &large.repeat(40));
    let _listening = sent(&service, "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let _watching = sent(
        &service,
        "GET /page/events HTTP/1.1\r\nHost: localhost\r\n\r\n",
    );
    for number in 0..100 {
        service
            .post("/match-events", &prices(&number.to_string(), number))
            .ok();
    }
    let took = stopped(service);
    assert!(took < SOON, "{took:?}");
}

#[test]
fn a_client_that_goes_on_sending_does_not_keep_it_from_stopping() {
    let (service, _folder) = Service::new(&[]);
    let mut head = sent(&service, "GET /health HTTP/1.1\r\n");
    let mut body = sent(
        &service,
        "POST /match-events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n",
    );
    thread::spawn(move || {
        while head.write_all(b"X: y\r\n").is_ok() | body.write_all(b" ").is_ok() {
            thread::sleep(Duration::from_millis(50));
        }
    });
    settle();
    let took = stopped(service);
    assert!(took < SOON, "{took:?}");
}

#[test]
fn a_request_that_is_on_its_way_is_answered_and_kept() {
    let (service, folder) = Service::new(&[]);
    let event = prices("a", 0).to_string();
    let (first, second) = event.split_at(20);
    let mut stream = sent(
        &service,
        &format!(
            "POST /match-events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{first}",
            event.len()
        ),
    );
    settle();
    service.signal("-TERM");
    settle();
    stream.write_all(second.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("connection: close"), "{answer}");
    assert!(service.stop_was_clean());
    let again = Service::again(&folder, &[]);
    assert_eq!(again.get("/streams/info").ok()["accepted"], 1);
}

#[test]
fn a_second_signal_ends_it_at_once_and_loses_nothing() {
    for [first, second] in [["-TERM", "-INT"], ["-INT", "-INT"], ["-TERM", "-TERM"]] {
        let (service, folder) = Service::new(&[]);
        service.post("/match-events", &prices("a", 0)).ok();
        // without a second signal this one is waited for for a second
        let _half = sent(&service, "GET /health HTTP/1.1\r\nHost: local");
        settle();
        let begun = now();
        service.signal(first);
        // two of one kind that are pending are one
        thread::sleep(Duration::from_millis(100));
        service.signal(second);
        assert!(service.stop_was_clean());
        let took = begun.elapsed();
        assert!(
            took < Duration::from_millis(900),
            "{first} {second}: {took:?}"
        );
        let again = Service::again(&folder, &[]);
        assert_eq!(again.get("/streams/info").ok()["accepted"], 1);
        again.post("/match-events", &prices("b", 1)).ok();
    }
}

#[test]
fn a_hangup_stops_it_in_order_and_two_of_them_as_well() {
    for count in [1, 2] {
        let (service, folder) = Service::new(&[]);
        service.post("/match-events", &prices("a", 0)).ok();
        let event = prices("b", 1).to_string();
        let mut stream = sent(
            &service,
            &format!(
                "POST /match-events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{{",
                event.len()
            ),
        );
        settle();
        for _ in 0..count {
            service.signal("-HUP");
            settle();
        }
        stream.write_all(&event.as_bytes()[1..]).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(service.stop_was_clean());
        let again = Service::again(&folder, &[]);
        assert_eq!(again.get("/streams/info").ok()["accepted"], 2);
    }
}

#[test]
fn a_hangup_that_it_was_started_to_ignore_is_ignored() {
    let folder = tempfile::tempdir().unwrap();
    let usual = command(folder.path(), &[]);
    let service = Service::start(after("trap '' HUP", &usual));
    service.signal("-HUP");
    settle();
    service.post("/match-events", &prices("a", 0)).ok();
    assert!(service.stop());
}
