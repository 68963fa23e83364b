//! Connections for which there is no room: they are told so, and not kept waiting.

use std::future::poll_fn;
use std::io::{self, Write as _};
use std::pin::Pin;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::http::StatusCode;
use tokio::io::AsyncWrite as _;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::serve::problem::{PROBLEM_JSON, Problem};

/// How long a client may take to hear it.
const PATIENCE: Duration = Duration::from_secs(1);

static ANSWER: LazyLock<String> = LazyLock::new(|| {
    let problem = Problem::crowded("connections");
    let body = serde_json::to_string(&problem).unwrap_or_default();
    let status = StatusCode::SERVICE_UNAVAILABLE;
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {PROBLEM_JSON}\r\nretry-after: 1\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
});

/// Tells connections that there is no room for them.
#[derive(Debug, Clone)]
pub struct TurnedAway(Arc<Semaphore>);

impl TurnedAway {
    /// Nobody yet. So many are told so at once, each of which has a file open for as long.
    pub fn new(most: usize) -> Self {
        Self(Arc::new(Semaphore::new(most)))
    }

    /// Tells a client that there is no room.
    pub fn tell(&self, stream: TcpStream) {
        // it has not been asked yet what the stream is ready for, and the buffer of a new one takes it all
        let Ok(mut stream) = stream.into_std() else {
            return;
        };
        let told = stream.write_all(ANSWER.as_bytes());
        let Ok(permit) = Arc::clone(&self.0).try_acquire_owned() else {
            return;
        };
        if let Ok(mut stream) = told.and_then(|()| TcpStream::from_std(stream)) {
            tokio::spawn(async move {
                // a connection that is closed before its request was read loses what it was told
                let _ = timeout(PATIENCE, hear_out(&mut stream)).await;
                drop((stream, permit));
            });
        }
    }
}

async fn hear_out(stream: &mut TcpStream) -> io::Result<()> {
    poll_fn(|context| Pin::new(&mut *stream).poll_shutdown(context)).await?;
    let mut ignored = [0; 4_096];
    loop {
        stream.readable().await?;
        match stream.try_read(&mut ignored) {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};

    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_client_is_told_when_to_come_again() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let turned_away = TurnedAway::new(8);
        for _ in 0..16 {
            let mut client = std::net::TcpStream::connect(address).unwrap();
            client
                .write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
                .unwrap();
            let (stream, _) = listener.accept().await.unwrap();
            turned_away.tell(stream);
            let mut answer = String::new();
            client.read_to_string(&mut answer).unwrap();
            let (head, body) = answer.split_once("\r\n\r\n").unwrap();
            assert!(
                head.starts_with("HTTP/1.1 503 Service Unavailable\r\n"),
                "{head}"
            );
            assert!(
                head.contains(&format!("content-length: {}", body.len())),
                "{head}"
            );
            assert!(head.contains("retry-after: 1"), "{head}");
            let problem: serde_json::Value = serde_json::from_str(body).unwrap();
            assert_eq!(problem["status"], 503);
        }
    }
}
