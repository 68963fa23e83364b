//! Nobody can make the service deaf: however many connections there are, another is answered.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::driver::now;
use super::{Service, after, command, refusal};

/// A service that may have so many files open.
fn limited(files: u32) -> (Service, tempfile::TempDir) {
    raise_own_limit();
    let folder = tempfile::tempdir().unwrap();
    let command = limited_command(&folder, files, &[]);
    (Service::start(command), folder)
}

fn limited_command(folder: &tempfile::TempDir, files: u32, arguments: &[&str]) -> Command {
    let usual = command(folder.path(), arguments);
    after(&format!("ulimit -n {files}"), &usual)
}

#[test]
fn a_limit_of_open_files_with_which_it_would_be_deaf_is_no_start() {
    let folder = tempfile::tempdir().unwrap();
    for (files, arguments) in [
        (10, &[][..]),
        (20, &[]),
        (127, &[]),
        (20, &["--undo-from", "1"]),
    ] {
        let said = refusal(limited_command(&folder, files, arguments));
        let expected = format!(
            "error: this process may have {files} files open (ulimit -n), and serve needs 128 or more"
        );
        assert!(said.starts_with(&expected), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    let (service, _folder) = limited(128);
    assert_not_deaf(&service);
}

/// This process has one end of each connection, and those of other tests.
fn raise_own_limit() {
    let maximum = getrlimit(Resource::Nofile).maximum;
    let most = Rlimit {
        current: maximum,
        maximum,
    };
    setrlimit(Resource::Nofile, most).unwrap();
}

/// Connections by which so much was sent each, as many as are accepted.
fn connections(service: &Service, count: usize, text: &str) -> Vec<TcpStream> {
    let address = service.address.parse().unwrap();
    (0..count)
        .map(|_| {
            let stream = TcpStream::connect_timeout(&address, Duration::from_secs(5)).unwrap();
            // the service may have closed it already
            let _ = (&stream).write_all(text.as_bytes());
            stream
        })
        .collect()
}

/// The quickest of some answers: other tests may have the processors for a while.
#[track_caller]
fn assert_not_deaf(service: &Service) {
    let times = (0..5).map(|_| {
        let begun = now();
        let answer = service.raw("GET /health HTTP/1.1\nHost: localhost\nConnection: close\n\n");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer:?}");
        begun.elapsed()
    });
    let quickest = times.min().unwrap();
    assert!(quickest < Duration::from_millis(100), "{quickest:?}");
}

/// The status lines of what comes by connections, of those by which something comes within a moment.
fn statuses(streams: &[TcpStream]) -> Vec<String> {
    let status = |mut stream: &TcpStream| {
        stream
            .set_read_timeout(Some(Duration::from_millis(1_000)))
            .unwrap();
        let mut start = [0; 12];
        stream.read_exact(&mut start).ok()?;
        Some(String::from_utf8_lossy(&start).into_owned())
    };
    streams.iter().filter_map(status).collect()
}

const LISTEN: &str = "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n";

#[test]
fn a_thousand_half_open_connections_leave_it_answering() {
    for files in [1_024, 4_096] {
        let (service, _folder) = limited(files);
        let _silent = connections(&service, 500, "");
        let _half = connections(&service, 1_000, "GET /health HTTP/1.1\r\nX: ");
        assert_not_deaf(&service);
        service.post("/match-events", &super::example()).ok();
        assert!(service.stop());
    }
}

#[test]
fn a_thousand_listeners_leave_it_answering() {
    for (files, least) in [(1_024, 200), (8_192, 1_000)] {
        let (service, _folder) = limited(files);
        let listeners = connections(&service, 1_000, LISTEN);
        assert_not_deaf(&service);
        service.post("/match-events", &super::example()).ok();
        let statuses = statuses(&listeners[..least]);
        assert_eq!(statuses, vec!["HTTP/1.1 200"; least], "of {files}");
        assert!(service.stop());
    }
}

#[test]
fn connections_that_rest_make_room_for_others() {
    let (service, _folder) = limited(128);
    let resting = connections(
        &service,
        200,
        "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n",
    );
    assert!(statuses(&resting[190..]).len() == 10);
    assert_not_deaf(&service);
}

#[test]
fn bodies_that_do_not_come_and_answers_that_are_not_taken_make_room_for_others() {
    let (service, _folder) = limited(128);
    let half = "POST /match-events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{";
    let _bodies = connections(&service, 200, half);
    assert_not_deaf(&service);
    let large = "GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(20);
    let _readers = connections(&service, 100, &large);
    assert_not_deaf(&service);
}

#[test]
fn a_listener_for_whom_there_is_no_room_is_told_when_to_come_again() {
    let (service, _folder) = limited(128);
    let first = connections(&service, 18, LISTEN);
    assert_eq!(statuses(&first).len(), 18);
    for path in ["/events", "/page/events"] {
        let answer = service.raw(&format!(
            "GET {path} HTTP/1.1\nHost: localhost\nConnection: close\n\n"
        ));
        assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
        assert!(answer.contains("retry-after: 1"), "{answer}");
        assert!(answer.contains("urn:simbet:problem:crowded"), "{answer}");
    }
    drop(first);
    // the service hears of it when it writes to them
    service.post("/match-events", &super::example()).ok();
    let heard = wait_for_room(&service);
    assert!(heard, "the places of those who have gone are not free");
}

/// Whether somebody may listen, after a while.
fn wait_for_room(service: &Service) -> bool {
    (0..50).any(|_| {
        std::thread::sleep(Duration::from_millis(50));
        statuses(&connections(service, 1, LISTEN)) == ["HTTP/1.1 200"]
    })
}

#[test]
fn hundreds_of_connections_of_one_machine_are_served_together() {
    let (service, _folder) = limited(1_024);
    let streams = connections(&service, 400, "");
    for _ in 0..3 {
        for mut stream in &streams {
            stream
                .write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
                .unwrap();
        }
        let mut answer = [0; 16_384];
        for mut stream in &streams {
            let length = stream.read(&mut answer).unwrap();
            assert!(answer[..length].starts_with(b"HTTP/1.1 200"));
        }
    }
}

#[test]
fn each_step_of_a_client_has_its_time() {
    let (service, _folder) = Service::new(&[]);
    let begun = now();
    let [silent, half, slow] = [
        "",
        "GET /health HTTP/1.1\r\nX: ",
        "GET /health HTTP/1.1\r\n",
    ]
    .map(|text| connections(&service, 1, text).remove(0));
    let body = "POST /match-events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{";
    let mut body = connections(&service, 1, body).remove(0);
    let mut trickle = slow.try_clone().unwrap();
    std::thread::spawn(move || {
        while trickle.write_all(b"X: y\r\n").is_ok() {
            std::thread::sleep(Duration::from_millis(500));
        }
    });
    let mut answer = String::new();
    body.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    for mut stream in [silent, half, slow] {
        // one that has unread bytes is reset
        let _ = stream.read(&mut [0; 1]);
    }
    let took = begun.elapsed();
    let expected = Duration::from_secs(8)..Duration::from_secs(16);
    assert!(expected.contains(&took), "{took:?}");
}
