//! A wire that can be cut, and frozen.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

const OPEN: u8 = 0;
/// Nothing gets through to the server, and nothing is lost.
const FROZEN: u8 = 1;
/// Whoever connects is thrown out.
const CUT: u8 = 2;

/// Passes on what comes to a port, as long as it is not told otherwise.
pub struct Proxy {
    port: u16,
    wire: Arc<Wire>,
}

#[derive(Default)]
struct Wire {
    state: AtomicU8,
    attempts: AtomicUsize,
    clients: Mutex<Vec<TcpStream>>,
}

impl Proxy {
    pub fn to(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (port, wire) = (
            listener.local_addr().unwrap().port(),
            Arc::<Wire>::default(),
        );
        let accepting = Arc::clone(&wire);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                accepting.attempts.fetch_add(1, Ordering::SeqCst);
                let mut clients = accepting.clients.lock().unwrap();
                if accepting.state.load(Ordering::SeqCst) == CUT {
                    drop(client);
                } else if let Ok(server) = TcpStream::connect(("127.0.0.1", server)) {
                    clients.push(client.try_clone().unwrap());
                    accepting.connect(client, server);
                }
            }
        });
        Self { port, wire }
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Lets nothing through to the server until it is opened.
    pub fn freeze(&self) {
        self.wire.state.store(FROZEN, Ordering::SeqCst);
    }

    pub fn open(&self) {
        self.wire.state.store(OPEN, Ordering::SeqCst);
    }

    /// Throws out whoever is connected, and whoever connects.
    pub fn cut(&self) {
        let mut clients = self.wire.clients.lock().unwrap();
        self.wire.state.store(CUT, Ordering::SeqCst);
        throw_out(&mut clients);
    }

    /// Throws out whoever is connected; what they said before gets through once the wire is open.
    pub fn throw_out(&self) {
        throw_out(&mut self.wire.clients.lock().unwrap());
    }

    /// How often somebody has connected.
    pub fn attempts(&self) -> usize {
        self.wire.attempts.load(Ordering::SeqCst)
    }
}

fn throw_out(clients: &mut Vec<TcpStream>) {
    for client in clients.drain(..) {
        let _ = client.shutdown(Shutdown::Both);
    }
}

impl Wire {
    fn connect(self: &Arc<Self>, client: TcpStream, server: TcpStream) {
        let (to_client, from_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        thread::spawn(move || pass_on(from_server, to_client, || {}));
        let wire = Arc::clone(self);
        thread::spawn(move || {
            pass_on(client, server, || {
                while wire.state.load(Ordering::SeqCst) == FROZEN {
                    thread::sleep(Duration::from_millis(1));
                }
            });
        });
    }
}

/// Passes on what comes until nothing does, each time when `wait` is over.
fn pass_on(mut from: TcpStream, mut to: TcpStream, wait: impl Fn()) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = from.read(&mut bytes) {
        wait();
        if to.write_all(&bytes[..read]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}
