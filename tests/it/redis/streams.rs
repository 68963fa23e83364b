//! What a trader said: read from a Redis, or from a pipe.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::{LazyLock, Mutex};

use ::redis::{Connection, cmd};
use serde_json::Value;

use super::process::{Simbet, command};
use super::server::Server;

/// An entry: its type, its data and its timestamp, as they were written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    pub event_type: String,
    pub data: String,
    pub timestamp: String,
}

/// What was said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answers {
    pub predictions: Vec<Entry>,
    pub bets: Vec<Entry>,
    /// Without latencies.
    pub metrics: Vec<Entry>,
}

impl Entry {
    /// A line of a pipe.
    pub fn of_line(line: &str) -> Self {
        let (head, rest) = line.split_once(r#"","data":"#).unwrap();
        let (data, timestamp) = rest.rsplit_once(r#","timestamp":""#).unwrap();
        Self {
            event_type: head.strip_prefix(r#"{"event_type":""#).unwrap().to_owned(),
            data: data.to_owned(),
            timestamp: timestamp.strip_suffix("\"}").unwrap().to_owned(),
        }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.data).unwrap()
    }

    /// Adds it to a stream.
    pub fn add_to(&self, stream: &str, connection: &mut Connection) {
        let fields = [
            ("event_type", &self.event_type),
            ("data", &self.data),
            ("timestamp", &self.timestamp),
        ];
        cmd("XADD")
            .arg(stream)
            .arg("*")
            .arg(&fields)
            .exec(connection)
            .unwrap();
    }
}

/// The entries of a stream, each of which must have just the three fields.
pub fn entries(server: &Server, stream: &str) -> Vec<Entry> {
    entries_of(&mut server.connection(), stream)
}

pub fn entries_of(connection: &mut Connection, stream: &str) -> Vec<Entry> {
    let raw: Vec<(String, Vec<String>)> = cmd("XRANGE")
        .arg(stream)
        .arg("-")
        .arg("+")
        .query(connection)
        .unwrap();
    let entry = |(id, fields): (String, Vec<String>)| match <[String; 6]>::try_from(fields) {
        Ok([a, event_type, b, data, c, timestamp])
            if [&*a, &*b, &*c] == ["event_type", "data", "timestamp"] =>
        {
            Entry {
                event_type,
                data,
                timestamp,
            }
        }
        other => panic!("{stream} {id}: {other:?}"),
    };
    raw.into_iter().map(entry).collect()
}

impl Answers {
    /// What stands in the streams that begin with a prefix.
    pub fn in_redis(server: &Server, prefix: &str) -> Self {
        Self::in_streams(&mut server.connection(), |stream| {
            format!("{prefix}{stream}")
        })
    }

    pub fn in_streams(connection: &mut Connection, key: impl Fn(&str) -> String) -> Self {
        let mut of = |stream| entries_of(connection, &key(stream));
        let (predictions, bets, mut metrics) = (of("predictions"), of("bets"), of("metrics"));
        metrics.retain(|entry| entry.event_type == "trading_metrics");
        Self {
            predictions,
            bets,
            metrics,
        }
    }

    pub fn of_lines(lines: &str) -> Self {
        let mut answers = Self::default();
        for entry in lines.lines().map(Entry::of_line) {
            match entry.event_type.as_str() {
                "prediction" => answers.predictions.push(entry),
                "bet" | "bet_settled" => answers.bets.push(entry),
                _ => answers.metrics.push(entry),
            }
        }
        answers
    }

    /// Says where two part, rather than everything.
    pub fn assert_same(&self, other: &Self, what: &str) {
        let pairs = [
            ("predictions", &self.predictions, &other.predictions),
            ("bets", &self.bets, &other.bets),
            ("metrics", &self.metrics, &other.metrics),
        ];
        for (stream, wanted, found) in pairs {
            for (number, (wanted, found)) in wanted.iter().zip(found).enumerate() {
                assert_eq!(wanted, found, "entry {number} of {stream}: {what}");
            }
            assert_eq!(wanted.len(), found.len(), "entries of {stream}: {what}");
        }
    }

    pub fn bankroll(&self) -> f64 {
        self.metrics.last().unwrap().json()["bankroll"]
            .as_f64()
            .unwrap()
    }

    /// What has to hold of any trader, whatever its rounds are: no bet twice, none settled twice, and money is conserved.
    pub fn assert_sound(&self, bankroll: f64, what: &str) {
        let (mut placed, mut settled, mut cents) = (
            BTreeMap::new(),
            BTreeMap::new(),
            (bankroll * 100.0).round() as i64,
        );
        for entry in &self.bets {
            let (bet, is_bet) = (entry.json(), entry.event_type == "bet");
            let before = if is_bet { &mut placed } else { &mut settled }
                .insert(bet["bet_id"].clone().to_string(), ());
            assert!(before.is_none(), "{what}: twice: {entry:?}");
            let amount = |member: &str| (bet[member].as_f64().unwrap() * 100.0).round() as i64;
            cents += if is_bet {
                0
            } else {
                amount("payout") - amount("stake")
            };
        }
        assert!(
            settled.keys().all(|bet| placed.contains_key(bet)),
            "{what}: settled without having been placed"
        );
        assert_eq!(
            (self.bankroll() * 100.0).round() as i64,
            cents,
            "{what}: the bankroll"
        );
        assert_eq!(
            self.metrics.last().unwrap().json()["open_bets"],
            placed.len() - settled.len(),
            "{what}"
        );
    }
}

/// What `simbet publish` prints.
pub fn lines(published: &[&str]) -> String {
    Simbet::spawn(&[&["publish"], published]).succeed().out
}

/// What `simbet trade -` prints of lines.
pub fn traded(lines: &str, settings: &[&str]) -> Answers {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lines");
    std::fs::write(&file, lines).unwrap();
    let mut trade = command(&["trade", file.to_str().unwrap(), "-q"]);
    let output = trade.args(settings).stdin(Stdio::null()).output().unwrap();
    assert!(
        output.status.success(),
        "{settings:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Answers::of_lines(&String::from_utf8(output.stdout).unwrap())
}

type Known = BTreeMap<(Vec<String>, Vec<String>), Answers>;

/// What `simbet publish | simbet trade -` prints; made once.
pub fn of_pipe(published: &[&str], settings: &[&str]) -> Answers {
    static KNOWN: LazyLock<Mutex<Known>> = LazyLock::new(Mutex::default);
    let owned = |texts: &[&str]| {
        texts
            .iter()
            .map(|&text| text.to_owned())
            .collect::<Vec<_>>()
    };
    let key = (owned(published), owned(settings));
    let known = KNOWN
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
        .get(&key)
        .cloned();
    if let Some(answers) = known {
        return answers;
    }
    let answers = traded(&lines(published), settings);
    KNOWN
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
        .insert(key, answers.clone());
    answers
}
