//! Rounds that do not say how many entries they have: a silence ends them, or a later time.

use std::thread;
use std::time::Duration;

use ::redis::{cmd, pipe};

use super::super::streams::{Entry, lines, traded};
use super::super::{Answers, Draws, SETTINGS, SMALL, Server, wait_for};
use super::{Crew, without_size};

/// The entries of SMALL as a feed would say them that does not know what else will come at the same instant.
fn live() -> Vec<Entry> {
    lines(SMALL)
        .lines()
        .map(|line| Entry::of_line(&without_size(line)))
        .collect()
}

/// Adds entries in one step, so that nobody reads but a part of them.
fn add_all(entries: &[Entry], server: &Server) {
    let mut all = pipe();
    all.atomic();
    for Entry {
        event_type,
        data,
        timestamp,
    } in entries
    {
        let fields = [
            ("event_type", event_type),
            ("data", data),
            ("timestamp", timestamp),
        ];
        all.add_command(cmd("XADD").arg("match_events").arg("*").arg(&fields).take())
            .ignore();
    }
    all.exec(&mut server.connection()).unwrap();
}

fn everything_is_done(server: &Server, entries: usize) {
    wait_for("everything to be done", || {
        (server.done("match_events:processors") == entries as u64).then_some(())
    });
    server.assert_nothing_pending("match_events", "processors");
}

/// Each instant comes whole, so that the idle_timeouts after it end what a later time would.
#[test]
fn rounds_that_silences_end_are_the_same_after_kills() {
    let Some(server) = Server::start() else {
        return;
    };
    let entries = live();
    let text: String = lines(SMALL)
        .lines()
        .map(|line| without_size(line) + "\n")
        .collect();
    let wanted = traded(&text, SETTINGS);
    let mut crew = Crew::new(&server.url(), &[SETTINGS, &["--linger", "20"]].concat(), 7);
    let instants: Vec<_> = entries
        .chunk_by(|a, b| a.timestamp == b.timestamp && b.event_type != "end_of_stream")
        .collect();
    thread::scope(|scope| {
        let publisher = scope.spawn(|| {
            let mut draws = Draws(21);
            for instant in &instants {
                add_all(instant, &server);
                draws.pause(2 * 4000 / instants.len() as u64);
            }
        });
        while !publisher.is_finished() {
            crew.kill_one();
        }
    });
    crew.finish();
    everything_is_done(&server, entries.len());
    wanted.assert_same(&Answers::in_redis(&server, ""), "silences");
}

/// Where an instant is torn apart by idle_timeouts, which rounds there are depends on the clock; but not whether all is well.
#[test]
fn rounds_that_silences_tear_apart_are_bet_on_once_whoever_is_killed() {
    let Some(server) = Server::start() else {
        return;
    };
    let entries = live();
    let mut crew = Crew::new(&server.url(), &[SETTINGS, &["--linger", "5"]].concat(), 3);
    thread::scope(|scope| {
        let publisher = scope.spawn(|| {
            let (mut draws, mut connection) = (Draws(2), server.connection());
            for entry in &entries {
                entry.add_to("match_events", &mut connection);
                thread::sleep(Duration::from_millis(if draws.below(8) == 0 {
                    draws.below(60)
                } else {
                    draws.below(8)
                }));
            }
        });
        while !publisher.is_finished() {
            crew.kill_one();
        }
    });
    crew.finish();
    everything_is_done(&server, entries.len());
    let answers = Answers::in_redis(&server, "");
    assert!(answers.bets.len() > 10);
    answers.assert_sound(10_000.0, "torn apart");
    let events = entries
        .iter()
        .filter(|entry| entry.event_type == "match_event")
        .count();
    assert!(
        answers.predictions.len() <= events,
        "{} predictions of {events} prices",
        answers.predictions.len()
    );
}
