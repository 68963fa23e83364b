//! Partitions: shared by several traders, on the nodes of a real cluster.

mod lost;
mod network;
mod scattered;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::process::succeed;
use super::server::free_port;
use super::streams::{Entry, of_pipe};
use super::{Answers, SETTINGS, Server, Simbet, wait_for};

const PUBLISHED: &[&str] = &[
    "--matches",
    "120",
    "--seed",
    "11",
    "--in-play",
    "--every",
    "30",
];
const PARTITIONS: u32 = 6;

/// Three masters without replicas that share all slots.
fn cluster() -> Option<Vec<Server>> {
    cluster_of(&["--cluster-node-timeout", "15000"], |_, options| {
        Server::with(options)
    })
}

/// The same with more options, each node made by a function of its number and its options.
fn cluster_of(
    options: &[&str],
    mut make: impl FnMut(usize, &[&str]) -> Option<Server>,
) -> Option<Vec<Server>> {
    let mut nodes = Vec::new();
    for number in 0..3 {
        let bus = free_port().to_string();
        let own = ["--cluster-enabled", "yes", "--cluster-port", &bus];
        nodes.push((make(number, &[&own, options].concat())?, bus));
    }
    let slots = [("0", "5460"), ("5461", "10922"), ("10923", "16383")];
    for ((node, _), (first, last)) in nodes.iter().zip(slots) {
        node.ask::<()>(&["CLUSTER", "ADDSLOTSRANGE", first, last]);
    }
    for (node, bus) in &nodes[1..] {
        let port = node.port().to_string();
        nodes[0]
            .0
            .ask::<()>(&["CLUSTER", "MEET", node.host(), &port, bus]);
    }
    for (node, _) in &nodes {
        wait_until_whole(node);
    }
    Some(nodes.into_iter().map(|(node, _)| node).collect())
}

fn wait_until_whole(node: &Server) {
    wait_for("the cluster to agree", || {
        let info: String = node.ask(&["CLUSTER", "INFO"]);
        (info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:3")).then_some(())
    });
}

/// Who works on each partition, by the leases on all nodes.
fn leases(nodes: &[Server]) -> BTreeMap<u32, String> {
    let mut held = BTreeMap::new();
    for node in nodes {
        let mut connection = node.connection();
        let keys: Vec<String> = ::redis::cmd("KEYS")
            .arg("match_events:{*}:processors:lease")
            .query(&mut connection)
            .unwrap();
        for key in keys {
            let lease: Option<String> = ::redis::cmd("GET")
                .arg(&key)
                .query(&mut connection)
                .unwrap();
            let name = lease.and_then(|lease| Some(lease.split_once(' ')?.1.to_owned()));
            let number = key.split(['{', '}']).nth(1).unwrap().parse().unwrap();
            held.extend(name.map(|name| (number, name)));
        }
    }
    held
}

/// What stands in the streams of a partition, on whichever node it is.
fn of_partition(nodes: &[Server], partition: u32) -> Answers {
    let events = format!("match_events:{{{partition}}}");
    let node = nodes.iter().find(|node| {
        let exists: Result<bool, _> = ::redis::cmd("EXISTS")
            .arg(&events)
            .query(&mut node.connection());
        exists.is_ok_and(|exists| exists)
    });
    let node = node.unwrap_or_else(|| panic!("no node has {events}"));
    node.assert_nothing_pending(&events, "processors");
    Answers::in_streams(&mut node.connection(), |stream| {
        format!("{stream}:{{{partition}}}")
    })
}

/// Streams of a partition of a plain Redis that one trader has worked on alone.
fn of_one_trader(published: &[&str], partitions: u32, settings: &[&str]) -> Option<Vec<Answers>> {
    let server = Server::with(&[])?;
    let (url, count) = (server.url(), partitions.to_string());
    let place = ["--redis", &url, "--partitions", &count];
    succeed(&[&["publish"], published, &place]);
    succeed(&[&["trade"], settings, &place]);
    Some(
        (0..partitions)
            .map(|partition| of_partition(std::slice::from_ref(&server), partition))
            .collect(),
    )
}

fn sorted(all: impl Iterator<Item = Entry>) -> Vec<Entry> {
    let mut all: Vec<_> = all.collect();
    all.sort();
    all
}

#[test]
fn traders_that_share_a_cluster_bet_like_one_on_a_plain_redis_though_one_is_killed() {
    let (Some(nodes), Some(alone)) = (cluster(), of_one_trader(PUBLISHED, PARTITIONS, SETTINGS))
    else {
        return;
    };
    let url = nodes[0].url();
    let place = ["--redis", &url, "--partitions", "6"];
    let trader = |node: &Server, name| {
        Simbet::spawn(&[
            &[
                "trade",
                "--partitions",
                "6",
                "--lease",
                "1s",
                "--redis",
                &node.url(),
                "--consumer",
                name,
            ],
            SETTINGS,
        ])
    };
    let killed = trader(&nodes[1], "killed");
    let others = [trader(&nodes[0], "first"), trader(&nodes[2], "second")];
    let publisher = Simbet::spawn(&[&["publish"], PUBLISHED, &place, &["--rate", "700"]]);
    let mut held = BTreeMap::new();
    wait_for(
        "every trader to have had work, and all partitions to be worked on",
        || {
            held.extend(
                holders(&url, 6)
                    .into_iter()
                    .filter_map(|(partition, holder)| Some((holder?, partition))),
            );
            (held.len() == 3).then_some(())
        },
    );
    killed.kill();
    publisher.succeed();
    others.into_iter().for_each(|other| drop(other.succeed()));
    let partitions: Vec<_> = (0..PARTITIONS)
        .map(|partition| of_partition(&nodes, partition))
        .collect();
    for (number, (wanted, found)) in alone.iter().zip(&partitions).enumerate() {
        wanted.assert_same(found, &format!("partition {number}"));
    }
    let whole = of_pipe(PUBLISHED, SETTINGS);
    let predictions = partitions
        .iter()
        .flat_map(|partition| partition.predictions.clone());
    assert_eq!(
        sorted(predictions),
        sorted(whole.predictions.iter().cloned()),
        "whatever the partitions, the same is thought"
    );
    let used: BTreeSet<u16> = nodes
        .iter()
        .filter(|node| !node.ask::<Vec<String>>(&["KEYS", "bets:*"]).is_empty())
        .map(Server::port)
        .collect();
    assert!(used.len() > 1, "the partitions are all on one node");
}

#[test]
fn the_parts_of_the_bankroll_add_up() {
    let settings = [SETTINGS, &["--bankroll", "1000.03"]].concat();
    let Some(partitions) = of_one_trader(PUBLISHED, PARTITIONS, &settings) else {
        return;
    };
    let (mut begun, mut ended) = (0, 0);
    let cents = |amount: &Value| (amount.as_f64().unwrap() * 100.0).round() as i64;
    for partition in &partitions {
        let of_bets: i64 = partition
            .bets
            .iter()
            .filter(|bet| bet.event_type == "bet_settled")
            .map(|bet| cents(&bet.json()["payout"]) - cents(&bet.json()["stake"]))
            .sum();
        let last = cents(&partition.metrics.last().unwrap().json()["bankroll"]);
        partition.assert_sound((last - of_bets) as f64 / 100.0, "a partition");
        ended += last;
        begun += last - of_bets;
        assert!(
            [16667, 16668].contains(&(last - of_bets)),
            "{}",
            last - of_bets
        );
    }
    assert_eq!(begun, 100_003);
    assert!(ended > 0);
}

#[test]
fn a_cluster_is_refused_where_there_are_no_partitions() {
    let Some(nodes) = cluster() else { return };
    for command in [&["publish"][..], &["trade"], &["streams"]] {
        let ended = Simbet::spawn(&[command, &["--redis", &nodes[0].url()]]);
        ended.fail(
            1,
            "is a cluster, which keeps only the keys of one partition together: give --partitions",
        );
    }
    assert!(
        nodes
            .iter()
            .all(|node| node.ask::<Vec<String>>(&["KEYS", "*"]).is_empty())
    );
}

/// Who works on each partition, as `simbet streams` says.
fn holders(url: &str, partitions: u32) -> Vec<(usize, Option<String>)> {
    let partitions = partitions.to_string();
    let out = succeed(&[&[
        "streams",
        "--format",
        "json",
        "--redis",
        url,
        "--partitions",
        &partitions,
    ]])
    .out;
    let found: Value = serde_json::from_str(&out).unwrap();
    let holder = |partition: &Value| {
        let groups = partition["streams"][0]["groups"].as_array().unwrap();
        groups
            .first()
            .and_then(|group| group["holder"].as_str())
            .map(str::to_owned)
    };
    found
        .as_array()
        .unwrap()
        .iter()
        .map(holder)
        .enumerate()
        .collect()
}

#[test]
fn partitions_are_shared_out_fairly_whoever_comes_and_goes() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let url = server.url();
    let trade = ["trade", "--redis", &url, "--partitions", "4", "--consumer"];
    let share = |name: &str| {
        holders(&url, 4)
            .iter()
            .filter(|(_, holder)| holder.as_deref() == Some(name))
            .count()
    };
    let first = Simbet::spawn(&[&trade, &["first"], SETTINGS]);
    wait_for("one to have them all", || {
        (share("first") == 4).then_some(())
    });
    let second = Simbet::spawn(&[&trade, &["second"], SETTINGS]);
    wait_for("two to have two each", || {
        (share("first") == 2 && share("second") == 2).then_some(())
    });
    first.signal("TERM");
    first.succeed();
    wait_for("the other to have them all", || {
        (share("second") == 4).then_some(())
    });
    succeed(&[
        &["publish"],
        PUBLISHED,
        &["--redis", &url, "--partitions", "4"],
    ]);
    second.succeed();
}
