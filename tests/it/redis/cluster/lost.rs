//! A master that is lost: who is told what, who goes on, and what happens when it is back.

use std::collections::BTreeSet;

use super::super::{SETTINGS, Server, Simbet, wait_for};
use super::{
    PARTITIONS, PUBLISHED, cluster_of, leases, of_one_trader, of_partition, wait_until_whole,
};

/// Masters that lose nothing when they are killed, and soon notice that one of them is.
const SAFE: &[&str] = &[
    "--appendonly",
    "yes",
    "--appendfsync",
    "always",
    "--cluster-node-timeout",
    "1000",
];

/// The partitions whose leases are on a node.
fn partitions_of(node: &Server) -> BTreeSet<u32> {
    let keys: Vec<String> = node.ask(&["KEYS", "match_events:{*}:processors:lease"]);
    let number = |key: &String| key.split(['{', '}']).nth(1).unwrap().parse().unwrap();
    keys.iter().map(number).collect()
}

#[test]
fn what_is_on_other_masters_goes_on_when_one_is_lost_and_the_rest_when_it_is_back() {
    let partial = [SAFE, &["--cluster-require-full-coverage", "no"]].concat();
    let alone = of_one_trader(PUBLISHED, PARTITIONS, SETTINGS);
    let nodes = cluster_of(&partial, |_, options| Server::with(options));
    let (Some(mut nodes), Some(alone)) = (nodes, alone) else {
        return;
    };
    // the node that is lost is the only one that anybody was told of
    let place = ["--redis", &nodes[0].url(), "--partitions", "6"].map(str::to_owned);
    let place = place.each_ref().map(String::as_str);
    let trade = |name| {
        let who = ["--lease", "1s", "--consumer", name];
        Simbet::spawn(&[&["trade"], &place, &who, SETTINGS])
    };
    let [first, second] = ["first", "second"].map(trade);
    wait_for("two to have three each", || {
        let held = leases(&nodes);
        let share = |name| held.values().filter(|holder| *holder == name).count();
        (share("first") == 3 && share("second") == 3).then_some(())
    });
    let publisher = Simbet::spawn(&[&["publish"], PUBLISHED, &place, &["--rate", "150"]]);
    wait_for("some entries", || {
        let events: Vec<String> = nodes[0].ask(&["KEYS", "match_events:{*}"]);
        events
            .iter()
            .any(|key| nodes[0].length(key) > 20)
            .then_some(())
    });
    // however slow this is, there is something left to publish
    publisher.signal("STOP");
    let lost = (nodes[0].address(), partitions_of(&nodes[0]));
    assert!(!lost.1.is_empty() && lost.1.len() < 6, "{lost:?}");
    nodes[0].kill();
    publisher.signal("CONT");
    let named = format!("no connection to Redis at {}", lost.0);
    publisher.wait_until_said(&named);
    // its partitions on other nodes pass on, although those of the lost one wait for it
    first.kill();
    second.wait_until_said(&named);
    wait_for("the other to have all that can be had", || {
        let held = leases(&nodes[1..]);
        let is_all = held.len() == 6 - lost.1.len() && held.values().all(|name| name == "second");
        is_all.then_some(())
    });
    nodes[0].restart();
    nodes.iter().for_each(wait_until_whole);
    publisher.succeed();
    second.succeed();
    for (number, wanted) in (0..).zip(&alone) {
        wanted.assert_same(
            &of_partition(&nodes, number),
            &format!("partition {number}"),
        );
    }
}

#[test]
fn a_cluster_that_takes_nothing_without_its_lost_master_says_which_that_is() {
    let Some(mut nodes) = cluster_of(SAFE, |_, options| Server::with(options)) else {
        return;
    };
    let lost = nodes.remove(1);
    let named = format!(
        "no connection to Redis at {} ({} says that its cluster has lost it)",
        lost.address(),
        nodes[1].address()
    );
    let known = [lost.address(), nodes[1].address()].join(",");
    drop(lost);
    wait_for("the loss to be noticed", || {
        let info: String = nodes[1].ask(&["CLUSTER", "INFO"]);
        info.contains("cluster_state:fail").then_some(())
    });
    let url = format!("redis://{known}");
    let streams = ["streams", "--partitions", "6", "--redis", &url];
    Simbet::spawn(&[&streams]).fail(1, &named);
}

#[test]
fn several_addresses_are_for_the_nodes_of_one_cluster() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let several = format!("{},127.0.0.1:1", server.url());
    for command in ["publish", "trade", "streams"] {
        let place = ["--partitions", "2", "--redis", &several];
        Simbet::spawn(&[&[command], &place]).fail(1, "is no node of a cluster");
    }
    assert!(server.ask::<Vec<String>>(&["KEYS", "*"]).is_empty());
}

#[test]
fn a_prefix_that_would_tear_a_partition_apart_is_refused() {
    for prefix in ["a{b:", "{}", "{all}:"] {
        let streams = [
            "streams",
            "--redis",
            "--partitions",
            "2",
            "--prefix",
            prefix,
        ];
        Simbet::spawn(&[&streams]).fail(2, "has a brace");
    }
}
