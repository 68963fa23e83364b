//! The door of the service: connections are accepted, served, and let go.
//!
//! A client cannot hold the service up. Each step that is the client's (the head of a request, its body, the next request,
//! taking the answer) has its time, and the connections of all and of each client are counted. Where there is no room for
//! another, the connection goes that has waited longest for its client; where none waits, the new one is told to come again.
//! So nobody has to wait at the door, and a service that is to stop does.

mod activity;
mod bodies;
mod client;
mod connections;
mod limits;
mod turned_away;
mod watched;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use tower::ServiceExt as _;

use activity::TICK;
use bodies::{RequestBody, ResponseBody};
use client::Client;
pub use connections::Connection;
use connections::{Connections, Order, Seat};
pub use limits::{LEAST as LEAST_FILES, Limits};
use turned_away::TurnedAway;
use watched::Watched;

/// How long requests that came before the stop may take. Then their connections are closed.
const DRAIN: Duration = Duration::from_secs(10);
/// How long a client may take, once the service is to stop, for the rest of a request that it has begun to send.
const DRAIN_WAITING: Duration = Duration::from_secs(1);
/// The most bytes of a head, and of what is held of a body or an answer.
const MAX_BUFFER: usize = 32 * 1024;
/// The pause after the system could not give another connection.
const PAUSE: Duration = Duration::from_millis(50);

/// Serves the requests of all connections until `stopped` ends, and then those that have been accepted, within ten seconds.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    stopped: impl Future<Output = ()>,
) {
    let connections = Arc::new(Connections::new(limits));
    let turned_away = TurnedAway::new(limits.leaving);
    let accepting = accept(listener, &router, &connections, &turned_away);
    let serving = async {
        tokio::select! {
            () = accepting => {}
            () = stopped => {}
        }
        // nobody else is accepted: the listener is gone
        drain(&connections).await;
    };
    tokio::select! {
        () = serving => {}
        () = pass_time(&connections) => {}
    }
}

async fn pass_time(connections: &Connections) {
    loop {
        sleep(TICK).await;
        connections.tick();
    }
}

/// Lets the connections end that are open, and closes those that do not.
async fn drain(connections: &Connections) {
    connections.finish();
    if timeout(DRAIN_WAITING, connections.all_gone()).await.is_ok() {
        return;
    }
    connections.close_waiting();
    let rest = DRAIN.saturating_sub(DRAIN_WAITING);
    if timeout(rest, connections.all_gone()).await.is_ok() {
        return;
    }
    tracing::warn!(
        "{} connections were closed before they had their answers",
        connections.count()
    );
    connections.close();
    // they only have to be let go
    let _ = timeout(DRAIN_WAITING, connections.all_gone()).await;
}

/// Accepts connections, for ever.
async fn accept(
    listener: TcpListener,
    router: &Router,
    connections: &Arc<Connections>,
    turned_away: &TurnedAway,
) {
    let mut is_warned = false;
    loop {
        match listener.accept().await {
            Ok((stream, address)) => {
                is_warned = false;
                admit(stream, address, router, connections, turned_away).await;
            }
            Err(error) if is_of_connection(&error) => {}
            Err(error) => {
                if !std::mem::replace(&mut is_warned, true) {
                    tracing::warn!("no connection can be accepted: {error}");
                }
                sleep(PAUSE).await;
            }
        }
    }
}

/// Whether an error is of the connection that was to be accepted, and not of the system.
fn is_of_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}

async fn admit(
    stream: TcpStream,
    address: SocketAddr,
    router: &Router,
    connections: &Arc<Connections>,
    turned_away: &TurnedAway,
) {
    let Some((seat, leaving)) = connections.admit(Client::at(address.ip())) else {
        turned_away.tell(stream);
        return;
    };
    tokio::spawn(converse(stream, seat, router.clone()));
    if let Some(leaving) = leaving {
        // its file is to be closed before others are opened
        let _ = timeout(PAUSE, leaving.gone()).await;
    }
}

/// Serves the requests of a connection until it ends.
async fn converse(stream: TcpStream, seat: Seat, router: Router) {
    // an answer is written in one piece: the kernel must not wait for more of it
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!("a connection may be slow: {error}");
    }
    let connection = seat.connection();
    let io = TokioIo::new(Watched::new(stream, Arc::clone(connection)));
    let service = service_fn(|request| answer(router.clone(), Arc::clone(connection), request));
    let mut http = pin!(
        http1::Builder::new()
            .max_buf_size(MAX_BUFFER)
            .max_header_size(MAX_BUFFER)
            .serve_connection(io, service)
    );
    loop {
        tokio::select! {
            ended = http.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!("a connection ended: {error}");
                }
                return;
            }
            order = connection.told() => match order {
                Order::Finish => http.as_mut().graceful_shutdown(),
                Order::Close => return,
            }
        }
    }
}

async fn answer(
    router: Router,
    connection: Arc<Connection>,
    request: Request<Incoming>,
) -> Result<Response<ResponseBody>, Infallible> {
    let has_body = !request.body().is_end_stream();
    connection.activity().requested(has_body, connection.now());
    let mut request =
        request.map(|body| Body::new(RequestBody::new(body, Arc::clone(&connection))));
    request.extensions_mut().insert(Arc::clone(&connection));
    let response = router.oneshot(request).await;
    response.map(|response| response.map(|body| ResponseBody::new(body, connection)))
}
