//! Traders that are killed, stopped and restarted, and others that take over.

mod live;
mod together;

use std::thread;
use std::time::Duration;

use super::process::{succeed, wait_until};
use super::proxy::Proxy;
use super::streams::{Entry, lines, of_pipe, traded};
use super::{
    Answers, Draws, LONG, SETTINGS, SMALL, Server, Simbet, assert_traded_like_a_pipe, wait_for,
};

/// Traders of a group that are killed and started again.
struct Crew {
    arguments: Vec<String>,
    draws: Draws,
    traders: Vec<(String, Simbet)>,
    started: u32,
}

impl Crew {
    fn new(url: &str, settings: &[&str], seed: u64) -> Self {
        let arguments = [&["trade", "--redis", url, "--lease", "250ms"], settings].concat();
        let arguments = arguments
            .iter()
            .map(|&argument| argument.to_owned())
            .collect();
        let mut crew = Self {
            arguments,
            draws: Draws(seed),
            traders: Vec::new(),
            started: 0,
        };
        for name in ["first", "second"] {
            crew.start(name.to_owned());
        }
        crew
    }

    fn start(&mut self, name: String) {
        let arguments: Vec<_> = self.arguments.iter().map(String::as_str).collect();
        let trader = Simbet::spawn(&[&arguments, &["--consumer", &name]]);
        self.traders.push((name, trader));
    }

    /// Kills one of them, at once or after a while, and starts another: under the same name, or under a new one.
    fn kill_one(&mut self) {
        self.draws.pause(160);
        let place = self.draws.below(self.traders.len() as u64) as usize;
        let (name, trader) = self.traders.swap_remove(place);
        let said = trader.kill();
        assert!(
            !said.contains("error") && !said.contains("panicked"),
            "{name} said:\n{said}"
        );
        self.started += 1;
        let name = if self.draws.below(3) > 0 {
            name
        } else {
            format!("consumer {}", self.started)
        };
        if self.draws.below(4) == 0 {
            self.draws.pause(60);
        }
        self.start(name);
    }

    fn finish(self) {
        for (_, trader) in self.traders {
            trader.succeed();
        }
    }
}

#[test]
fn fifty_kills_while_matches_are_published_change_nothing() {
    let Some(server) = Server::start() else {
        return;
    };
    let url = server.url();
    let published = [
        "--matches",
        "120",
        "--seed",
        "5",
        "--in-play",
        "--every",
        "20",
    ];
    let entries = lines(&published).lines().count();
    // as long as the kills take
    let rate = (entries as f64 / 6.0).to_string();
    let publisher = Simbet::spawn(&[
        &["publish"],
        &published,
        &["--rate", &rate, "--redis", &url],
    ]);
    let mut crew = Crew::new(&url, SETTINGS, 50);
    for _ in 0..55 {
        crew.kill_one();
    }
    publisher.succeed();
    crew.finish();
    assert_traded_like_a_pipe(&server, &published, SETTINGS);
}

/// The first checkpoint comes after 500 entries: kills fall before, within and after it, while what came after it is read
/// again, and at the end.
#[test]
fn a_kill_after_any_number_of_entries_changes_nothing() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let url = server.url();
    let wanted = of_pipe(LONG, SETTINGS);
    let count = lines(LONG).lines().count() as u64;
    assert!(
        count > 1100,
        "{count} entries are too few for two checkpoints"
    );
    let mut draws = Draws(4);
    for run in 0..12 {
        let prefix = format!("{run}:");
        let place = ["--redis", &url, "--prefix", &prefix];
        succeed(&[&["publish"], LONG, &place]);
        let mut kills = vec![0, count - 1, 498 + draws.below(30), 1000 + draws.below(60)];
        kills.extend((0..2).map(|_| draws.below(count)));
        kills.sort_unstable();
        let mut connection = server.connection();
        for &kill in &kills[run % 2..] {
            let mut trader = Simbet::spawn(&[&["trade", "--consumer", "same"], &place, SETTINGS]);
            let state = format!("{prefix}match_events:processors");
            wait_for("entries to be done", || {
                let done: Option<u64> = ::redis::cmd("HGET")
                    .arg(&state)
                    .arg("done_number")
                    .query(&mut connection)
                    .unwrap();
                (done.unwrap_or(0) >= kill || !trader.is_running()).then_some(())
            });
            trader.kill();
        }
        succeed(&[&["trade", "--consumer", "same"], &place, SETTINGS]);
        wanted.assert_same(
            &Answers::in_redis(&server, &prefix),
            &format!("run {run}, killed after {kills:?}"),
        );
        server.assert_nothing_pending(&format!("{prefix}match_events"), "processors");
    }
}

/// What a program was told is in the checkpoint, and told again to the next one.
#[test]
fn a_trader_whose_model_is_a_program_can_be_killed_as_any_other() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let url = server.url();
    let settings = [
        "--model",
        "exec:python3 examples/models/elo.py",
        "--min-ev",
        "0",
    ];
    let wanted = of_pipe(LONG, &settings);
    succeed(&[&["publish"], LONG, &["--redis", &url]]);
    for kill in [300, 700, 1050] {
        let mut trader = Simbet::spawn(&[
            &["trade", "--consumer", "same", "--redis", &url],
            &settings[..],
        ]);
        wait_for("entries to be done", || {
            let is_there = server.done("match_events:processors") >= kill;
            (is_there || !trader.is_running()).then_some(())
        });
        trader.kill();
    }
    succeed(&[
        &["trade", "--consumer", "same", "--redis", &url],
        &settings[..],
    ]);
    wanted.assert_same(&Answers::in_redis(&server, ""), "killed three times");
}

/// Adds every entry so often, and some once more later on.
fn repeat(server: &Server, stream: &[Entry], times: usize) {
    let mut connection = server.connection();
    for (number, entry) in stream.iter().enumerate() {
        for _ in 0..times {
            entry.add_to("match_events", &mut connection);
        }
        if number % 7 == 0 && number > 20 {
            stream[number - 20].add_to("match_events", &mut connection);
        }
    }
}

#[test]
fn entries_that_come_twice_and_thrice_are_bet_on_once_even_across_a_restart() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let url = server.url();
    let all: Vec<_> = lines(SMALL).lines().map(Entry::of_line).collect();
    let (end, stream) = all.split_last().unwrap();
    let (first, second) = stream.split_at(stream.len() / 2);
    let until_idle = ["--until-idle", "300ms"];
    repeat(&server, first, 2);
    succeed(&[&["trade", "--redis", &url], SETTINGS, &until_idle]);
    let half = Answers::in_redis(&server, "");
    // the same again, to a trader who has to remember
    repeat(&server, first, 1);
    let trader = Simbet::spawn(&[&["trade", "--redis", &url, "--consumer", "b"], SETTINGS]);
    wait_for("the repetitions to be done", || {
        (server.done("match_events:processors") > first.len() as u64 * 3).then_some(())
    });
    trader.kill();
    half.assert_same(
        &Answers::in_redis(&server, ""),
        "repeated to another trader",
    );
    repeat(&server, second, 3);
    end.add_to("match_events", &mut server.connection());
    succeed(&[&["trade", "--redis", &url, "--consumer", "b"], SETTINGS]);
    assert_traded_like_a_pipe(&server, SMALL, SETTINGS);
}

/// Results before their prices, results of matches that were never offered, and results that come days late.
#[test]
fn results_in_any_order_lead_to_what_they_lead_to_over_a_pipe() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let mut all: Vec<_> = lines(SMALL).lines().map(str::to_owned).collect();
    let end = all.pop().unwrap();
    let mut draws = Draws(8);
    let mut altered = Vec::new();
    let mut held: Vec<String> = Vec::new();
    for line in all {
        let is_result = line.contains("match_result");
        if is_result && draws.below(3) == 0 {
            held.push(line);
            continue;
        }
        if !is_result && draws.below(12) == 0 {
            // a match that is never offered before its result
            continue;
        }
        altered.push(line);
        if held.len() > 3 {
            altered.append(&mut held);
        }
    }
    altered.extend(held);
    altered.push(end);
    let unsized_lines: Vec<_> = altered.iter().map(|line| without_size(line)).collect();
    let wanted = traded(&(unsized_lines.join("\n") + "\n"), SETTINGS);
    assert!(wanted.bets.len() > 10);
    let mut connection = server.connection();
    for line in &unsized_lines {
        Entry::of_line(line).add_to("match_events", &mut connection);
    }
    succeed(&[
        &["trade", "--redis", &server.url(), "--linger", "off"],
        SETTINGS,
    ]);
    wanted.assert_same(&Answers::in_redis(&server, ""), "out of order");
}

/// A line that does not say how many entries its round has.
fn without_size(line: &str) -> String {
    let Some((before, after)) = line.split_once(",\"round_size\":") else {
        return line.to_owned();
    };
    [before, &after[after.find('}').unwrap()..]].concat()
}

#[test]
fn what_a_consumer_left_pending_when_it_died_is_taken_over() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let url = server.url();
    succeed(&[&["publish"], SMALL, &["--redis", &url]]);
    server.ask::<()>(&["XGROUP", "CREATE", "match_events", "processors", "0"]);
    let read = [
        "XREADGROUP",
        "GROUP",
        "processors",
        "the dead",
        "COUNT",
        "100",
        "STREAMS",
        "match_events",
        ">",
    ];
    server.ask::<::redis::Value>(&read);
    succeed(&[&["trade", "--redis", &url], SETTINGS]);
    assert_traded_like_a_pipe(&server, SMALL, SETTINGS);
}

#[test]
fn nothing_is_lost_to_a_consumer_that_is_no_trader() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let url = server.url();
    let trader = Simbet::spawn(&[&["trade", "--redis", &url], SETTINGS]);
    trader.wait_until_said("trades on");
    let mut publisher = Simbet::spawn(&[&["publish"], SMALL, &["--rate", "400", "--redis", &url]]);
    let mut draws = Draws(1);
    let mut stolen = 0;
    let mut connection = server.connection();
    while publisher.is_running() {
        let count = (1 + draws.below(4)).to_string();
        let mut steal = ::redis::cmd("XREADGROUP");
        steal
            .arg("GROUP")
            .arg("processors")
            .arg("thief")
            .arg("COUNT")
            .arg(count);
        // whoever waits is served in turn
        steal.arg("BLOCK").arg(20).arg("STREAMS");
        let found: Result<::redis::streams::StreamReadReply, _> =
            steal.arg("match_events").arg(">").query(&mut connection);
        for entry in found
            .iter()
            .flat_map(|reply| &reply.keys)
            .flat_map(|key| &key.ids)
        {
            stolen += 1;
            if draws.below(2) == 0 {
                let mut acknowledge = ::redis::cmd("XACK");
                acknowledge
                    .arg("match_events")
                    .arg("processors")
                    .arg(&entry.id)
                    .exec(&mut connection)
                    .unwrap();
            }
        }
        draws.pause(5);
    }
    publisher.succeed();
    trader.succeed();
    assert!(stolen > 0, "nothing was stolen");
    assert_traded_like_a_pipe(&server, SMALL, SETTINGS);
}

/// What the holder said while nobody could hear it comes after another has the lease.
#[test]
fn a_holder_whose_words_arrive_after_its_lease_has_passed_on_writes_nothing() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let (url, proxy) = (server.url(), Proxy::to(server.port()));
    let trade = [&["trade", "--lease", "300ms"], SETTINGS].concat();
    let holder = Simbet::spawn(&[&trade, &["--consumer", "holder", "--redis", &proxy.url()]]);
    holder.wait_until_said("trades on");
    wait_for("the lease to be taken", || {
        server
            .ask::<bool>(&["EXISTS", "match_events:processors:lease"])
            .then_some(())
    });
    let standby = Simbet::spawn(&[&trade, &["--consumer", "standby", "--redis", &url]]);
    let publisher = Simbet::spawn(&[&["publish"], SMALL, &["--rate", "100", "--redis", &url]]);
    wait_for("some entries", || {
        (server.done("match_events:processors") > 20).then_some(())
    });
    proxy.freeze();
    wait_for("the other to take over", || {
        let lease: Option<String> = server.ask(&["GET", "match_events:processors:lease"]);
        lease.filter(|lease| lease.ends_with("standby"))
    });
    let done = server.done("match_events:processors");
    wait_for("the other to go on", || {
        (server.done("match_events:processors") > done + 20).then_some(())
    });
    proxy.open();
    holder.wait_until_said("another consumer has taken over");
    publisher.succeed();
    holder.succeed();
    standby.succeed();
    assert_traded_like_a_pipe(&server, SMALL, SETTINGS);
}

#[test]
fn a_holder_that_was_stopped_stands_by_for_the_one_that_took_over() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let url = server.url();
    let trade = ["trade", "--redis", &url, "--lease", "300ms"];
    let mut holder = Simbet::spawn(&[&trade, SETTINGS, &["--consumer", "holder"]]);
    wait_until(&mut holder, "the lease to be taken", || {
        server.ask(&["EXISTS", "match_events:processors:lease"])
    });
    let mut standby = Simbet::spawn(&[&trade, SETTINGS, &["--consumer", "standby"]]);
    let publisher = Simbet::spawn(&[&["publish"], SMALL, &["--rate", "70", "--redis", &url]]);
    for (asleep, awake) in [(&holder, "standby"), (&standby, "holder")] {
        let done = server.done("match_events:processors");
        wait_for("some entries", || {
            (server.done("match_events:processors") > done + 20).then_some(())
        });
        asleep.signal("STOP");
        wait_for("the other to take over", || {
            let lease: Option<String> = server.ask(&["GET", "match_events:processors:lease"]);
            lease.filter(|lease| lease.ends_with(awake))
        });
        asleep.signal("CONT");
        asleep.wait_until_said("trying again");
    }
    assert!(holder.is_running() && standby.is_running());
    publisher.succeed();
    holder.succeed();
    standby.succeed();
    assert_traded_like_a_pipe(&server, SMALL, SETTINGS);
}

/// Regression: a lease that ran out was taken for lost although nobody had taken it. Everything was begun anew, and where
/// the work took longer than the lease, for ever.
#[test]
fn a_lease_that_runs_out_is_kept_as_long_as_nobody_wants_it() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let all: Vec<_> = lines(SMALL).lines().map(Entry::of_line).collect();
    let proxy = Proxy::to(server.port());
    let trader = Simbet::spawn(&[
        &["trade", "--redis", &proxy.url(), "--lease", "100ms"],
        SETTINGS,
    ]);
    trader.wait_until_said("trades on");
    let mut connection = server.connection();
    for part in all.chunks(all.len() / 5) {
        proxy.freeze();
        thread::sleep(Duration::from_millis(200));
        part.iter()
            .for_each(|entry| entry.add_to("match_events", &mut connection));
        proxy.open();
        thread::sleep(Duration::from_millis(150));
    }
    let ended = trader.succeed();
    assert!(!ended.said.contains("another consumer"), "{}", ended.said);
    assert_traded_like_a_pipe(&server, SMALL, SETTINGS);
}
