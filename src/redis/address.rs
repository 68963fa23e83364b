//! The address of a Redis, or of several nodes of a cluster, with user and password.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use ::redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo as _};
use url::Url;

use super::RedisError;
use super::nodes::Nodes;

/// The address of a Redis with user and password, which it never shows. Of a cluster it may name several nodes.
#[derive(Clone)]
pub struct Address {
    /// The first node, and how to log in to each.
    info: ConnectionInfo,
    /// The nodes that were named.
    named: Vec<ConnectionAddr>,
    /// The nodes that are known, shared by all connections of a process.
    nodes: Arc<Nodes>,
}

impl Address {
    /// The default address.
    pub const DEFAULT: &'static str = "redis://127.0.0.1:6379";

    /// The same for this user and password, where the URL names none.
    #[must_use]
    pub fn with_login(self, user: Option<&str>, password: Option<&str>) -> Self {
        let mut login = self.info.redis_settings().clone();
        if let Some(user) = user.filter(|_| login.username().is_none()) {
            login = login.set_username(user);
        }
        if let Some(password) = password.filter(|_| login.password().is_none()) {
            login = login.set_password(password);
        }
        Self {
            info: self.info.set_redis_settings(login),
            ..self
        }
    }

    /// Whether several nodes were named, as of a cluster.
    pub(super) const fn names_several(&self) -> bool {
        self.named.len() > 1
    }

    /// The nodes that are known, the one that answered last first.
    pub(super) fn nodes(&self) -> Vec<ConnectionAddr> {
        self.nodes.all()
    }

    /// Takes note that a node has answered.
    pub(super) fn prefer(&self, node: &ConnectionAddr) {
        self.nodes.prefer(node);
    }

    /// Takes note of the nodes of a cluster, `host:port`, as the node that was asked knows them.
    pub(super) fn learn(&self, asked: &ConnectionAddr, nodes: &[String]) {
        let nodes = nodes.iter().filter_map(|node| other_node(asked, node));
        self.nodes.learn(nodes);
    }

    /// How to connect to a node.
    pub(super) fn info_of(&self, node: ConnectionAddr) -> ConnectionInfo {
        self.info.clone().set_addr(node)
    }
}

/// Another node of a cluster, `host:port`, as a node of it calls it.
pub(super) fn other_node(asked: &ConnectionAddr, node: &str) -> Option<ConnectionAddr> {
    let (host, port) = node.rsplit_once(':')?;
    let port = port.parse().ok()?;
    let mut addr = asked.clone();
    match &mut addr {
        // an empty host in a redirect means the host that sent it
        ConnectionAddr::Tcp(known, known_port)
        | ConnectionAddr::TcpTls {
            host: known,
            port: known_port,
            ..
        } => {
            if !host.is_empty() {
                host.clone_into(known);
            }
            *known_port = port;
        }
        _ => return None,
    }
    Some(addr)
}

impl FromStr for Address {
    type Err = RedisError;

    fn from_str(text: &str) -> Result<Self, RedisError> {
        let all = each_url(text).into_iter();
        let all: Vec<_> = all
            .map(|url| parse_one(&url, text))
            .collect::<Result<_, _>>()?;
        let named: Vec<_> = all.iter().map(|info| info.addr().clone()).collect();
        let first = all.into_iter().next();
        let info = first.ok_or_else(|| invalid_url(text, String::new()))?;
        Ok(Self {
            info,
            nodes: Arc::new(Nodes::new(named.clone())),
            named,
        })
    }
}

/// A URL for each host of a URL that lists several, `redis://a:7000,b:7000`.
fn each_url(text: &str) -> Vec<String> {
    let Some((scheme, rest)) = text
        .split_once("://")
        .filter(|(scheme, _)| matches!(*scheme, "redis" | "rediss"))
    else {
        return vec![text.to_owned()];
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    let hosts = authority.rfind('@').map_or(0, |at| at + 1);
    let (login, hosts) = authority.split_at(hosts);
    let hosts = hosts.split(',');
    hosts
        .map(|host| format!("{scheme}://{login}{host}{tail}"))
        .collect()
}

/// The address of one node; an error shows the whole text.
fn parse_one(url: &str, text: &str) -> Result<ConnectionInfo, RedisError> {
    let url = Url::parse(url).map_err(|_| invalid_url(text, String::new()))?;
    if !matches!(url.scheme(), "redis" | "rediss" | "unix" | "redis+unix") {
        return Err(invalid_url(text, String::new()));
    }
    let info = url
        .into_connection_info()
        .map_err(|error| invalid_url(text, format!(": {error}")))?;
    // without it, Nagle's algorithm would delay the commands that follow
    let tcp = info.tcp_settings().clone().set_nodelay(true);
    Ok(info.set_tcp_settings(tcp))
}

/// An address as it may be shown: without user and password.
fn without_login(text: &str) -> String {
    // the login of a Unix socket stands in the query
    let text = text.split('?').next().unwrap_or(text);
    match text.rsplit_once('@') {
        Some((_, place)) => format!("...@{place}"),
        None => text.to_owned(),
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named: Vec<_> = self.named.iter().map(ToString::to_string).collect();
        write!(f, "{}", named.join(", "))
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

fn invalid_url(text: &str, problem: String) -> RedisError {
    RedisError::Url {
        found: without_login(text),
        problem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        text.parse::<Address>().map_or_else(
            |error| error.to_string(),
            |address| {
                format!(
                    "{address} as {:?}",
                    address.info.redis_settings().password()
                )
            },
        )
    }

    #[test]
    fn a_url_names_one_node_or_several_of_a_cluster() {
        assert_eq!(shown("redis://a"), "a:6379 as None");
        assert_eq!(
            shown("redis://a:7000,b,c:7002"),
            "a:7000, b:6379, c:7002 as None"
        );
        // a comma of a password is none between hosts
        assert_eq!(
            shown("redis://me:x,y@[::1]:7000,b:7001/0"),
            "::1:7000, b:7001 as Some(\"x,y\")"
        );
        assert_eq!(shown("rediss://:p@a,b"), "a:6379, b:6379 as Some(\"p\")");
        for bad in [
            "redis://a,b:x",
            "redis://a:1,,b:2",
            "redis://a:1,",
            "a:1,b:2",
            "",
        ] {
            let said = shown(bad);
            assert!(said.starts_with("expected the URL"), "{bad}: {said}");
        }
        let said = shown("redis://me:secret@a:1,b:x");
        assert!(
            said.contains("...@a:1,b:x") && !said.contains("secret"),
            "{said}"
        );
    }

    #[test]
    fn a_node_is_called_as_the_one_that_was_asked_calls_it() {
        let asked = ConnectionAddr::Tcp("a".to_owned(), 7000);
        let other = |node| other_node(&asked, node).map(|node| node.to_string());
        assert_eq!(other("10.0.0.2:7001").as_deref(), Some("10.0.0.2:7001"));
        assert_eq!(other(":7001").as_deref(), Some("a:7001"));
        assert_eq!(other("fd00::2:7001").as_deref(), Some("fd00::2:7001"));
        assert_eq!(other("b"), None);
    }
}
