//! How a running service is, asked from outside: what a container's health check needs, without another program.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long is waited for each step.
const PATIENCE: Duration = Duration::from_secs(3);
/// The most bytes of an answer.
const MOST: u64 = 64 * 1024;

/// The report of a service on itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Whether it works.
    pub is_well: bool,
    /// The JSON of `GET /health`.
    pub health: String,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProbeError {
    /// Nobody is there, or nobody speaks.
    #[error("no service answers on {address}: {reason}")]
    Silent {
        /// Where it was looked for.
        address: SocketAddr,
        /// What the system said, in words: a connection that breaks is not a reader of stdout that goes away.
        reason: String,
    },
    /// Somebody else is there.
    #[error("the server on {0} is not simbet serve")]
    Stranger(SocketAddr),
}

/// Asks the service on an address how it is.
///
/// # Errors
/// When there is no answer within a few seconds, or one that no service gives.
pub fn ask(address: SocketAddr) -> Result<Report, ProbeError> {
    let answer = exchange(address).map_err(|error| ProbeError::Silent {
        address,
        reason: error.to_string(),
    })?;
    read(&answer).ok_or(ProbeError::Stranger(address))
}

/// The whole answer; by HTTP 1.0 it ends with the connection, and is not in chunks.
fn exchange(address: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    // in one piece: the service may answer the first part and close before the next
    stream.write_all(format!("GET /health HTTP/1.0\r\nHost: {address}\r\n\r\n").as_bytes())?;
    let mut answer = Vec::new();
    stream.take(MOST).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn read(answer: &str) -> Option<Report> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.strip_prefix("HTTP/1.")?.split(' ').nth(1)?;
    let health: serde_json::Value = serde_json::from_str(body).ok()?;
    // where there is no room the answer is a problem
    let kind = health["type"].as_str().unwrap_or_default();
    (health["status"].is_string() || kind.starts_with("urn:simbet:")).then(|| Report {
        is_well: status == "200",
        health: health.to_string(),
    })
}
