//! The address of a Redis, with user and password.

use std::fmt;
use std::str::FromStr;

use ::redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo as _};
use url::Url;

use super::RedisError;

/// The address of a Redis with user and password, which it never shows.
#[derive(Clone)]
pub struct Address(ConnectionInfo);

impl Address {
    /// The default address.
    pub const DEFAULT: &'static str = "redis://127.0.0.1:6379";

    /// The same for this user and password, where the URL names none.
    #[must_use]
    pub fn with_login(self, user: Option<&str>, password: Option<&str>) -> Self {
        let mut login = self.0.redis_settings().clone();
        if let Some(user) = user.filter(|_| login.username().is_none()) {
            login = login.set_username(user);
        }
        if let Some(password) = password.filter(|_| login.password().is_none()) {
            login = login.set_password(password);
        }
        Self(self.0.set_redis_settings(login))
    }

    /// The same user on another node of a cluster, `host:port`.
    pub(super) fn on_node(&self, node: &str) -> Option<Self> {
        let (host, port) = node.rsplit_once(':')?;
        let port = port.parse().ok()?;
        let mut addr = self.0.addr().clone();
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
        Some(Self(self.0.clone().set_addr(addr)))
    }

    pub(super) fn info(&self) -> ConnectionInfo {
        self.0.clone()
    }
}

impl FromStr for Address {
    type Err = RedisError;

    fn from_str(text: &str) -> Result<Self, RedisError> {
        let url = Url::parse(text).map_err(|_| invalid_url(text, String::new()))?;
        if !matches!(url.scheme(), "redis" | "rediss" | "unix" | "redis+unix") {
            return Err(invalid_url(text, String::new()));
        }
        let info = url
            .into_connection_info()
            .map_err(|error| invalid_url(text, format!(": {error}")))?;
        // without it, Nagle's algorithm would delay the commands that follow
        let tcp = info.tcp_settings().clone().set_nodelay(true);
        Ok(Self(info.set_tcp_settings(tcp)))
    }
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
        write!(f, "{}", self.0.addr())
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
