//! Requests to a service that runs in this process: bodies of any bytes, and any bytes as a request. No panic, and no answer
//! that blames the service.
//!
//! ```text
//! attack/run fuzz --only bodies
//! ```
#![no_main]

use std::cell::RefCell;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::LazyLock;
use std::time::Duration;
use std::{process, thread};

use libfuzzer_sys::fuzz_target;

const PATHS: [&str; 4] = [
    "/match-events",
    "/match-results",
    "/predictions",
    "/bets/m1/settle?home_goals=1&away_goals=0",
];
const PATIENCE: Duration = Duration::from_secs(10);

/// The address of the service, which ends only with this process.
static SERVICE: LazyLock<SocketAddr> = LazyLock::new(|| {
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let address = free.expect("a free port");
    let store = tempfile::tempdir()
        .expect("a temporary folder")
        .keep()
        .join("store.db");
    let (listen, store) = (address.to_string(), store.display().to_string());
    thread::spawn(move || {
        let arguments = [
            "simbet",
            "serve",
            "--quiet",
            "--min-matches",
            "0",
            "--listen",
            &listen,
            "--store",
            &store,
        ];
        simbet::internals::cli::main(arguments.map(Into::into));
        eprintln!("the service has ended");
        process::abort();
    });
    while TcpStream::connect(address).is_err() {
        thread::sleep(Duration::from_millis(20));
    }
    address
});

thread_local! {
    /// The connection that bodies are sent over.
    static CONNECTION: RefCell<Option<BufReader<TcpStream>>> = const { RefCell::new(None) };
}

fn connect() -> io::Result<BufReader<TcpStream>> {
    let stream = TcpStream::connect(*SERVICE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    Ok(BufReader::new(stream))
}

/// The status of an answer whose length is told.
fn answer(reader: &mut impl BufRead) -> io::Result<u16> {
    let (mut status, mut length) = (None, 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        let value = line
            .split_once(':')
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim()));
        match value {
            Some((name, value)) if name == "content-length" => {
                length = value.parse().map_err(io::Error::other)?
            }
            Some(_) => {}
            None => {
                status = line
                    .split(' ')
                    .nth(1)
                    .and_then(|status| status.parse().ok())
            }
        }
    }
    io::copy(&mut reader.take(length), &mut io::sink())?;
    status.ok_or_else(|| io::Error::other("no status"))
}

fn post(path: &str, body: &[u8]) -> io::Result<u16> {
    CONNECTION.with_borrow_mut(|connection| {
        let mut open = connection.take().map_or_else(connect, Ok)?;
        let head = format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ");
        let head = format!("{head}{}\r\n\r\n", body.len());
        open.get_mut().write_all(&[head.as_bytes(), body].concat())?;
        let status = answer(&mut open)?;
        *connection = Some(open);
        Ok(status)
    })
}

/// Sends bytes as they are, and reads to the end.
fn send_raw(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut open = connect()?.into_inner();
    open.write_all(bytes)?;
    open.shutdown(Shutdown::Write)?;
    let mut answer = Vec::new();
    open.read_to_end(&mut answer)?;
    Ok(answer)
}

fuzz_target!(|bytes: &[u8]| {
    let Some((&choice, body)) = bytes.split_first() else {
        return;
    };
    if choice > 250 {
        // a request that is none may be cut off; `GET /events` never ends
        if let Ok(answer) = send_raw(body) {
            assert!(
                !answer.starts_with(b"HTTP/1.1 500"),
                "{}",
                String::from_utf8_lossy(&answer)
            );
        }
        return;
    }
    let path = PATHS[usize::from(choice) % PATHS.len()];
    // a connection that the service has closed meanwhile is opened again
    let status = post(path, body)
        .or_else(|_| post(path, body))
        .expect("an answer");
    assert!(status < 500, "{path}: {status}");
});
