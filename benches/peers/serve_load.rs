//! Distinct match events for `simbet serve` at a fixed rate: the load of `serve.py`, which compiles it.
//!
//! The load is open: every connection has a thread, and its events are due at fixed times, whatever became of the others. The
//! latency of one counts from when it was due: an answer that is late makes those behind it late as well. What is printed
//! is one object in JSON; "sent_late" is how far the load itself was behind where the connection was free.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

/// What is asked for: port, events a second, connections, matches, seconds before it counts, and that it counts, a name and
/// the instant of all events. Connections overtake one another, and what comes after a later time would be late.
struct Load {
    port: u16,
    rate: f64,
    connections: usize,
    matches: usize,
    warm: f64,
    seconds: f64,
    name: String,
    instant: String,
}

#[derive(Default)]
struct Seen {
    /// When an event was due, and what its answer took, in microseconds.
    took: Vec<(u64, u64)>,
    late: Vec<u64>,
    refused: usize,
    sent: usize,
    /// Microseconds from the first event that is due to the last answer.
    last: u64,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| arguments[at].parse::<f64>().expect("a number");
    let load = Load {
        port: number(0) as u16,
        rate: number(1),
        connections: number(2) as usize,
        matches: number(3) as usize,
        warm: number(4),
        seconds: number(5),
        name: arguments[6].clone(),
        instant: arguments[7].clone(),
    };
    let begun = Instant::now() + Duration::from_millis(100);
    let seen: Vec<Seen> = thread::scope(|scope| {
        let threads: Vec<_> = (0..load.connections)
            .map(|place| {
                let load = &load;
                let thread = thread::Builder::new().stack_size(128 * 1024);
                thread.spawn_scoped(scope, move || load.send(place, begun)).expect("a thread")
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    print(&load, &seen);
}

impl Load {
    /// Sends the events of one connection.
    fn send(&self, place: usize, begun: Instant) -> Seen {
        let mut connection = TcpStream::connect(("127.0.0.1", self.port)).expect("a service");
        connection.set_nodelay(true).expect("no delay");
        let (mut seen, mut answer) = (Seen::default(), Vec::new());
        let counted = micros(self.warm);
        for number in (place..).step_by(self.connections) {
            let due = number as f64 / self.rate;
            if due >= self.warm + self.seconds {
                return seen;
            }
            let (due, before) = (micros(due), since(begun));
            if before < due {
                thread::sleep(Duration::from_micros(due - before));
                seen.late.push(since(begun).saturating_sub(due));
            }
            connection.write_all(self.request(number).as_bytes()).expect("to be heard");
            receive(&mut connection, &mut answer);
            let now = since(begun);
            seen.sent += 1;
            seen.refused += usize::from(!answer.starts_with(b"HTTP/1.1 200"));
            if due >= counted {
                seen.took.push((due, now - due));
                seen.last = now;
            }
        }
        seen
    }

    fn request(&self, number: usize) -> String {
        let of = number % self.matches;
        let body = format!(
            "{{\"match_id\":\"{}-{of}\",\"home_team\":\"Home {of}\",\"away_team\":\"Away {of}\",\"minute\":{},\"home_goals\":{},\
             \"away_goals\":{},\"market_odds_home\":{:.7},\"market_odds_draw\":3.4,\"market_odds_away\":2.5,\"timestamp\":\"{}\"}}",
            self.name,
            number % 90,
            number % 3,
            number % 2,
            2.0 + number as f64 / 1e7,
            self.instant
        );
        format!(
            "POST /match-events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    }
}

fn micros(seconds: f64) -> u64 {
    (seconds * 1e6) as u64
}

/// Microseconds since then; 0 before.
fn since(begun: Instant) -> u64 {
    Instant::now().saturating_duration_since(begun).as_micros() as u64
}

/// Reads one answer.
fn receive(connection: &mut TcpStream, answer: &mut Vec<u8>) {
    answer.clear();
    let mut part = [0; 4_096];
    while !is_whole(answer) {
        let read = connection.read(&mut part).expect("an answer");
        assert!(read > 0, "the service has closed a connection");
        answer.extend(&part[..read]);
    }
}

fn is_whole(answer: &[u8]) -> bool {
    let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else {
        return false;
    };
    let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    length.and_then(|length| length.parse().ok()).is_some_and(|length: usize| answer.len() >= end + 4 + length)
}

fn print(load: &Load, seen: &[Seen]) {
    let mut events: Vec<(u64, u64)> = seen.iter().flat_map(|one| one.took.iter().copied()).collect();
    let calm = calm_p99(&mut events);
    let mut took: Vec<u64> = events.iter().map(|(_, took)| *took).collect();
    let mut late: Vec<u64> = seen.iter().flat_map(|one| one.late.iter().copied()).collect();
    took.sort_unstable();
    late.sort_unstable();
    let quantiles = [0.5, 0.9, 0.99, 0.999, 1.0].map(|share| quantile(&took, share));
    let last = seen.iter().map(|one| one.last).max().unwrap_or(0);
    let rate = took.len() as f64 * 1e6 / (last.saturating_sub(micros(load.warm))).max(1) as f64;
    println!(
        "{{\"rate\":{rate:.0},\"ms\":{quantiles:?},\"calm_p99\":{calm},\"refused\":{},\"sent\":{},\"sent_late\":{}}}",
        seen.iter().map(|one| one.refused).sum::<usize>(),
        seen.iter().map(|one| one.sent).sum::<usize>(),
        quantile(&late, 0.99)
    );
}

/// The median of the 99th percentiles of all quarters of a second: what stops the whole machine now and then is not in it.
fn calm_p99(events: &mut [(u64, u64)]) -> f64 {
    let quarter = |event: &(u64, u64)| event.0 / 250_000;
    events.sort_unstable();
    let quarters = events.chunk_by(|one, other| quarter(one) == quarter(other));
    let mut each: Vec<f64> = quarters
        .map(|events| {
            let mut took: Vec<u64> = events.iter().map(|(_, took)| *took).collect();
            took.sort_unstable();
            quantile(&took, 0.99)
        })
        .collect();
    each.sort_by(f64::total_cmp);
    each.get(each.len() / 2).copied().unwrap_or(0.0)
}

/// A quantile in milliseconds.
fn quantile(sorted: &[u64], share: f64) -> f64 {
    let at = (sorted.len() as f64 * share) as usize;
    sorted.get(at.min(sorted.len().saturating_sub(1))).copied().unwrap_or(0) as f64 / 1e3
}
