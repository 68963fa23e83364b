//! The nodes of a cluster, any of which leads to the node of a key, and what a node says of the others.

use std::sync::{Mutex, PoisonError};

use ::redis::{ConnectionAddr, Value};

/// The nodes that are known, the one that answered last first.
pub(super) struct Nodes(Mutex<Vec<ConnectionAddr>>);

impl Nodes {
    pub fn new(named: Vec<ConnectionAddr>) -> Self {
        Self(Mutex::new(named))
    }

    fn change<T>(&self, act: impl FnOnce(&mut Vec<ConnectionAddr>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn all(&self) -> Vec<ConnectionAddr> {
        self.change(|nodes| nodes.clone())
    }

    /// Moves a node to the front.
    pub fn prefer(&self, node: &ConnectionAddr) {
        self.change(|nodes| {
            if let Some(place) = nodes.iter().position(|known| known == node) {
                nodes[..=place].rotate_right(1);
            }
        });
    }

    /// Adds those that are new.
    pub fn learn(&self, others: impl Iterator<Item = ConnectionAddr>) {
        self.change(|nodes| {
            for other in others {
                if !nodes.contains(&other) {
                    nodes.push(other);
                }
            }
        });
    }
}

/// The masters of an answer to CLUSTER SLOTS, `host:port`.
pub(super) fn masters(answer: &Value) -> Vec<String> {
    let Value::Array(ranges) = answer else {
        return Vec::new();
    };
    let mut masters: Vec<_> = ranges.iter().filter_map(master_of_range).collect();
    masters.sort();
    masters.dedup();
    masters
}

/// The master of a range of slots: the third element, a list that begins with host and port.
fn master_of_range(range: &Value) -> Option<String> {
    let Value::Array(parts) = range else {
        return None;
    };
    let Value::Array(master) = parts.get(2)? else {
        return None;
    };
    let host: Option<String> = ::redis::from_redis_value_ref(master.first()?).ok()?;
    let port: u16 = ::redis::from_redis_value_ref(master.get(1)?).ok()?;
    Some(format!("{}:{port}", host.unwrap_or_default()))
}

/// The masters that an answer to CLUSTER NODES calls failed, or thinks so, `host:port`.
///
/// A line is `id host:port@bus[,name] flags master ...`.
pub(super) fn lost_masters(answer: &str) -> Vec<String> {
    let lost = answer.lines().filter_map(|line| {
        let mut parts = line.split(' ').skip(1);
        let (address, flags) = (parts.next()?, parts.next()?);
        let has = |wanted: &str| flags.split(',').any(|flag| flag == wanted);
        let is_lost = has("master") && (has("fail") || has("fail?"));
        let address = address.split('@').next().unwrap_or(address);
        is_lost.then(|| address.to_owned())
    });
    lost.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(port: u16) -> ConnectionAddr {
        ConnectionAddr::Tcp("a".to_owned(), port)
    }

    #[test]
    fn the_node_that_answered_last_comes_first_and_none_comes_twice() {
        let nodes = Nodes::new(vec![node(1), node(2)]);
        nodes.learn([node(2), node(3)].into_iter());
        assert_eq!(nodes.all(), [node(1), node(2), node(3)]);
        nodes.prefer(&node(3));
        nodes.prefer(&node(9));
        assert_eq!(nodes.all(), [node(3), node(1), node(2)]);
    }

    #[test]
    fn lost_masters_are_those_that_failed_or_seem_to() {
        let answer = "07c 10.0.0.1:6379@16379 myself,master - 0 0 1 connected 0-5460\n\
             0a1 10.0.0.2:6379@16379,two.example master,fail - 1 2 2 disconnected 5461-10922\n\
             0a2 10.0.0.3:6379@16379 master,fail? - 1 2 3 connected 10923-16383\n\
             0a3 10.0.0.4:6379@16379 slave,fail 07c 1 2 1 disconnected\n";
        assert_eq!(lost_masters(answer), ["10.0.0.2:6379", "10.0.0.3:6379"]);
        assert!(lost_masters("garbage\n\n").is_empty());
    }

    #[test]
    fn masters_are_the_first_of_each_range_once() {
        let text = |text: &str| Value::BulkString(text.as_bytes().to_vec());
        let server = |host: Value, port| Value::Array(vec![host, Value::Int(port), text("id")]);
        let range = |from, master, replica| {
            Value::Array(vec![
                Value::Int(from),
                Value::Int(from + 9),
                master,
                replica,
            ])
        };
        let replica = server(text("b"), 7);
        let answer = Value::Array(vec![
            range(0, server(text("a"), 1), replica.clone()),
            range(10, server(Value::Nil, 2), replica.clone()),
            range(20, server(text("a"), 1), replica),
            Value::Int(3),
        ]);
        assert_eq!(masters(&answer), [":2", "a:1"]);
        assert!(masters(&Value::Nil).is_empty());
    }
}
