//! Traders and masters on machines of their own, of which one is killed, one cut off and one slowed.

use std::collections::BTreeMap;
use std::thread;
use std::time::Duration;

use super::super::process::command;
use super::super::{Answers, SETTINGS, Server, Simbet, wait_for};
use super::network::{Machine, Network};
use super::{cluster_of, leases, of_one_trader, of_partition, sorted};

const PUBLISHED: &[&str] = &[
    "--matches",
    "160",
    "--seed",
    "12",
    "--in-play",
    "--every",
    "30",
];
const PARTITIONS: u32 = 16;
const LEASE: Duration = Duration::from_secs(1);

/// Traders of one group, by name.
struct Traders<'a> {
    nodes: &'a [Server],
    /// What a trader is started with.
    urls: String,
}

impl Traders<'_> {
    fn start(&self, name: &str, machine: &Machine) -> Simbet {
        let count = PARTITIONS.to_string();
        let place = ["trade", "--redis", &self.urls, "--partitions", &count];
        let who = ["--lease", "1s", "--consumer", name];
        let trade = [&place[..], &who, SETTINGS].concat();
        Simbet::run(machine.on(&command(&trade)))
    }

    /// How many partitions each has.
    fn shares(&self) -> BTreeMap<String, usize> {
        thread::sleep(Duration::from_millis(30));
        let mut shares = BTreeMap::new();
        for name in leases(self.nodes).into_values() {
            *shares.entry(name).or_default() += 1;
        }
        shares
    }

    fn share(&self, name: &str) -> usize {
        self.shares().get(name).copied().unwrap_or(0)
    }

    /// Entries of all partitions that are done.
    fn done(&self) -> u64 {
        let keys = (0..PARTITIONS).map(|one| format!("match_events:{{{one}}}:processors"));
        let of_key = |key: &String| {
            let mut ask = ::redis::cmd("HGET");
            ask.arg(key).arg("done_number");
            self.nodes.iter().find_map(|node| {
                let done = ask.query::<Option<u64>>(&mut node.connection());
                done.ok().flatten()
            })
        };
        keys.filter_map(|key| of_key(&key)).sum()
    }
}

/// A publisher that stops before its end until it is let go, so that nobody is too late for the work.
struct Publisher<'a> {
    simbet: Simbet,
    node: &'a Server,
    stream: String,
    most: u64,
    is_held: bool,
}

impl Publisher<'_> {
    fn hold_back(&mut self) {
        if !self.is_held && self.node.length(&self.stream) > self.most {
            self.simbet.signal("STOP");
            self.is_held = true;
        }
    }

    fn let_go(self) {
        self.simbet.signal("CONT");
        self.simbet.succeed();
    }
}

fn published_slowly<'a>(nodes: &'a [Server], urls: &str, rate: &str) -> Publisher<'a> {
    let count = PARTITIONS.to_string();
    let place = ["--redis", urls, "--partitions", &count, "--rate", rate];
    let simbet = Simbet::spawn(&[&["publish"], PUBLISHED, &place]);
    let stream = "match_events:{0}".to_owned();
    let keeps = |node: &&Server| {
        let mut ask = ::redis::cmd("TYPE");
        ask.arg(&stream)
            .query::<String>(&mut node.connection())
            .is_ok()
    };
    Publisher {
        simbet,
        node: nodes.iter().find(keeps).unwrap(),
        stream,
        // a partition has a result of each match, and a price of one in sixteen or more
        most: 120,
        is_held: false,
    }
}

/// Stops and continues a process in turns, each longer than its lease lasts.
fn stagger(trader: &Simbet, publisher: &mut Publisher<'_>, turns: u32) {
    for _ in 0..turns {
        trader.signal("STOP");
        thread::sleep(LEASE * 3 / 2);
        publisher.hold_back();
        trader.signal("CONT");
        thread::sleep(LEASE / 2);
        publisher.hold_back();
    }
}

#[test]
fn traders_on_other_machines_bet_like_one_though_one_is_killed_one_cut_off_and_one_slowed() {
    let Some(alone) = of_one_trader(PUBLISHED, PARTITIONS, SETTINGS) else {
        return;
    };
    let Some(mut network) = Network::new() else {
        return;
    };
    let nodes = cluster_of(&["--cluster-node-timeout", "15000"], |_, options| {
        let Machine {
            namespace, address, ..
        } = network.machine();
        Server::inside(&namespace, &address, options)
    });
    let nodes = nodes.unwrap();
    let addresses: Vec<_> = nodes.iter().map(Server::address).collect();
    let urls = format!("redis://{}", addresses.join(","));
    let machines: Vec<_> = (0..4).map(|_| network.machine()).collect();
    machines[2].slow_down();
    let traders = Traders {
        nodes: &nodes,
        urls: urls.clone(),
    };
    let [killed, cut_off, slowed, steady] = ["killed", "cut off", "slowed", "steady"];
    let all = [(killed, 0), (cut_off, 1), (slowed, 2), (steady, 3)];
    let mut running: BTreeMap<_, _> = all
        .iter()
        .map(|&(name, place)| (name, traders.start(name, &machines[place])))
        .collect();
    wait_for("each to have a quarter of the partitions", || {
        let shares = traders.shares();
        (shares.len() == 4 && shares.values().all(|share| *share == 4)).then_some(())
    });
    let mut publisher = published_slowly(&nodes, &urls, "250");
    wait_for("entries to be done", || {
        (traders.done() > 100).then_some(())
    });

    running.remove(killed).unwrap().kill();
    machines[1].unplug();
    stagger(&running[slowed], &mut publisher, 2);
    wait_for("the others to have taken over", || {
        publisher.hold_back();
        let shares = traders.shares();
        let has = |name| shares.contains_key(name);
        (!has(killed) && !has(cut_off) && shares.values().sum::<usize>() == 16).then_some(())
    });
    running[slowed].signal("STOP");
    wait_for("the last one to have all", || {
        publisher.hold_back();
        (traders.share(steady) == 16).then_some(())
    });
    running[slowed].signal("CONT");
    machines[1].plug();
    wait_for("both to be back at work", || {
        publisher.hold_back();
        [cut_off, slowed]
            .iter()
            .all(|name| traders.share(name) > 0)
            .then_some(())
    });
    publisher.let_go();
    for (name, trader) in running {
        let said = trader.succeed().said;
        let had_to_begin_anew = said.contains("trying again");
        assert!(had_to_begin_anew || name == steady, "{name} said:\n{said}");
        assert!(!said.contains("panicked"), "{name} said:\n{said}");
    }
    let partitions: Vec<_> = (0..PARTITIONS)
        .map(|one| of_partition(&nodes, one))
        .collect();
    assert_same(&alone, &partitions);
}

/// Each partition has the same bets and bankroll, and so have all together.
fn assert_same(alone: &[Answers], partitions: &[Answers]) {
    for (number, (wanted, found)) in alone.iter().zip(partitions).enumerate() {
        wanted.assert_same(found, &format!("partition {number}"));
    }
    let bets = |all: &[Answers]| sorted(all.iter().flat_map(|one| one.bets.clone()));
    assert!(bets(alone).len() > 100, "{} bets", bets(alone).len());
    assert_eq!(bets(alone), bets(partitions));
    let bankrolls = |all: &[Answers]| -> i64 {
        let with_bets = all.iter().filter(|one| !one.metrics.is_empty());
        with_bets
            .map(|one| (one.bankroll() * 100.0).round() as i64)
            .sum()
    };
    assert_eq!(bankrolls(alone), bankrolls(partitions));
}
