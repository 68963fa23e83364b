//! Keys of another type, streams that take no more, and rights that are taken away while bets are written: steps are whole.

use super::process::{Ended, succeed};
use super::streams::{Entry, entries_of, of_pipe};
use super::{Draws, SETTINGS, SMALL, STATE, Server, Simbet, wait_for};

/// The greatest id there is.
const LAST_ID: &str = "18446744073709551615-18446744073709551615";
/// The one before the last, after which one entry fits.
const LAST_BUT_ONE: &str = "18446744073709551615-18446744073709551614";

/// What is done to a key.
#[derive(Debug, Clone, Copy)]
enum Fault {
    OtherType,
    NoRoom(&'static str),
    Renamed,
    Deleted,
}

/// A trader and a publisher at work, and the entries that were moved aside.
struct Load<'a> {
    server: &'a Server,
    trader: Option<Simbet>,
    publisher: Option<Simbet>,
    asides: Vec<String>,
}

impl<'a> Load<'a> {
    fn new(server: &'a Server) -> Self {
        let mut load = Self {
            server,
            trader: None,
            publisher: None,
            asides: Vec::new(),
        };
        load.start();
        load
    }

    /// Starts those that do not run.
    fn start(&mut self) {
        let url = self.server.url();
        self.trader.get_or_insert_with(|| {
            Simbet::spawn(&[&["trade", "--redis", &url, "--consumer", "a"], SETTINGS])
        });
        self.publisher.get_or_insert_with(|| {
            Simbet::spawn(&[
                &["publish"],
                SMALL,
                &["--rate", "150", "--redis", &url, "--resume"],
            ])
        });
    }

    /// Takes note of those that have ended, each with an error that names something.
    fn collect(&mut self) {
        for place in [&mut self.trader, &mut self.publisher] {
            if place.as_mut().is_some_and(|simbet| !simbet.is_running()) {
                let Ended { code, said, .. } = place.take().unwrap().wait();
                assert!(!said.contains("panicked"), "{said}");
                assert!(matches!(code, Some(0 | 1)), "{code:?}: {said}");
            }
        }
    }

    /// Does this to a key at a random instant, and mends it after a moment.
    fn fault(&mut self, key: &str, fault: Fault, draws: &mut Draws) {
        draws.pause(60);
        let aside = format!("aside:{}", self.asides.len());
        // in one step, since the trader may make it anew in between
        let move_away = |and: &str| {
            let script = format!(
                "if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('RENAME', KEYS[1], KEYS[2]) end {and} return 1"
            );
            let _: u64 = self.server.ask(&["EVAL", &script, "2", key, &aside]);
        };
        match fault {
            Fault::OtherType => move_away("redis.call('SET', KEYS[1], 'garbage')"),
            Fault::NoRoom(id) => {
                let _: ::redis::Value = self.server.ask(&["XADD", key, id, "garbage", "1"]);
            }
            Fault::Renamed => move_away(""),
            Fault::Deleted => {
                let _: u64 = self.server.ask(&["DEL", key]);
            }
        }
        draws.pause(80);
        self.collect();
        match fault {
            Fault::OtherType => self.server.ask::<()>(&["DEL", key]),
            // what there is besides the garbage is kept
            Fault::NoRoom(_) => {
                let _: ::redis::Value = self.server.ask(&["RENAME", key, &aside]);
            }
            Fault::Renamed | Fault::Deleted => {}
        }
        self.asides.push(aside);
    }

    /// Lets both come to their end.
    fn finish(mut self) -> Vec<String> {
        for _ in 0..50 {
            self.start();
            let both = [self.publisher.take(), self.trader.take()];
            let codes = both.map(|simbet| simbet.unwrap().wait().code);
            if codes == [Some(0); 2] {
                return self.asides;
            }
        }
        panic!("they do not come to their end");
    }
}

/// The entries of these streams together, without what somebody has added.
fn union(server: &Server, keys: &[String]) -> Vec<Entry> {
    let mut connection = server.connection();
    let mut all = Vec::new();
    for key in keys {
        let kind: String = server.ask(&["TYPE", key]);
        if kind != "stream" {
            continue;
        }
        let garbage: Vec<(String, Vec<String>)> = server.ask(&["XRANGE", key, "-", "+"]);
        for (id, fields) in &garbage {
            if fields[0] == "garbage" {
                let _: u64 = server.ask(&["XDEL", key, id]);
            }
        }
        all.extend(entries_of(&mut connection, key));
    }
    all.retain(|entry| entry.event_type.starts_with("bet"));
    all.sort();
    all
}

fn wanted() -> Vec<Entry> {
    let mut bets = of_pipe(SMALL, SETTINGS).bets;
    bets.sort();
    bets
}

/// Regression: EXEC went on after a command that failed. The entry was acknowledged, and its bets were written nowhere.
#[test]
fn bets_are_all_there_whatever_becomes_of_the_streams_of_answers() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let seed = 15;
    eprintln!("seed {seed}");
    let (mut draws, mut load) = (Draws(seed), Load::new(&server));
    let faults = [
        Fault::OtherType,
        Fault::NoRoom(LAST_ID),
        Fault::NoRoom(LAST_BUT_ONE),
        Fault::Renamed,
    ];
    for round in 0..16 {
        let key = ["bets", "predictions", "metrics", "match_events:dead"][draws.below(4) as usize];
        // bets twice as often
        let key = if round % 2 == 0 { "bets" } else { key };
        let fault = faults[draws.below(faults.len() as u64) as usize];
        load.start();
        load.fault(key, fault, &mut draws);
        load.collect();
    }
    let mut keys = load.finish();
    keys.push("bets".to_owned());
    assert_eq!(union(&server, &keys), wanted());
    server.assert_nothing_pending("match_events", "processors");
}

#[test]
fn bets_are_all_there_whatever_becomes_of_the_keys_of_the_group() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let (mut draws, mut load) = (Draws(16), Load::new(&server));
    for round in 0..10 {
        let (key, fault) = match round % 5 {
            0 => ("match_events:processors:lease", Fault::OtherType),
            1 => ("match_events:processors:lease", Fault::Deleted),
            2 => ("match_events:processors:fence", Fault::OtherType),
            3 => ("match_events:processors:fence", Fault::Deleted),
            _ => ("match_events:processors:silences", Fault::OtherType),
        };
        load.start();
        load.fault(key, fault, &mut draws);
        if key.ends_with("silences") {
            // the operator puts it back
            let aside = load.asides.last().unwrap().clone();
            if server.ask::<bool>(&["EXISTS", &aside]) {
                server.ask::<()>(&["RENAME", &aside, key]);
            }
        }
        load.collect();
    }
    load.finish();
    assert_eq!(union(&server, &["bets".to_owned()]), wanted());
}

/// The state, the events and the progress of the publisher are moved away and put back while both are at work.
#[test]
fn what_is_moved_away_is_not_made_anew() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let (mut draws, mut load) = (Draws(17), Load::new(&server));
    for round in 0..6 {
        let key = [STATE, "match_events", "match_events:published"][round % 3];
        load.start();
        wait_for("some entries", || {
            (server.done(STATE) > 20 + 10 * round as u64).then_some(())
        });
        draws.pause(40);
        server.ask::<()>(&["RENAME", key, "aside"]);
        // both find it out, and end
        let mut both = [load.publisher.take().unwrap(), load.trader.take().unwrap()];
        wait_for("one of them to end", || {
            both.iter_mut()
                .any(|simbet| !simbet.is_running())
                .then_some(())
        });
        for mut simbet in both {
            if simbet.is_running() {
                simbet.signal("TERM");
            }
            let ended = simbet.wait();
            assert!(!ended.said.contains("panicked"), "{}", ended.said);
        }
        server.ask::<()>(&["RENAME", "aside", key]);
    }
    load.finish();
    assert_eq!(union(&server, &["bets".to_owned()]), wanted());
}

/// Regression: a right that was taken away in the midst of a step left the first half of it.
#[test]
fn a_right_that_is_taken_away_while_bets_are_written_leaves_whole_steps() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let allow = |rules: &[&str]| {
        server.ask::<()>(
            &[
                &["ACL", "SETUSER", "default", "on", "nopass", "~*", "&*"],
                rules,
            ]
            .concat(),
        );
    };
    let mut load = Load::new(&server);
    for (round, right) in ["hset", "xack", "set", "xadd"].into_iter().enumerate() {
        load.start();
        wait_for("some entries", || {
            (server.done(STATE) > 30 + 40 * round as u64).then_some(())
        });
        allow(&[&format!("-{right}")]);
        // the publisher needs most of them as well
        wait_for("one of them to end", || {
            let places = [&mut load.trader, &mut load.publisher];
            places
                .into_iter()
                .any(|place| !place.as_mut().unwrap().is_running())
                .then_some(())
        });
        allow(&["+@all"]);
        load.collect();
    }
    load.finish();
    assert_eq!(union(&server, &["bets".to_owned()]), wanted());
    succeed(&[&["streams", "--redis", &server.url()]]);
}
