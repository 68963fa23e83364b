//! The connections that are open, and which of them are closed for others.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::stream::{Stream, StreamExt as _};
use tokio::sync::Notify;

use super::activity::{Activity, Ticks};
use super::client::Client;
use super::limits::Limits;

/// The connections that are open.
#[derive(Debug)]
pub struct Connections {
    limits: Limits,
    table: Mutex<Table>,
    now: AtomicU64,
    /// Told when the last connection has gone.
    all_gone: Notify,
}

#[derive(Debug, Default)]
struct Table {
    /// By number, which grows.
    open: BTreeMap<u64, Arc<Connection>>,
    of_clients: BTreeMap<Client, Counts>,
    listeners: usize,
    next: u64,
}

#[derive(Debug, Default)]
struct Counts {
    open: usize,
    listeners: usize,
}

/// A connection, as those see it who do not hold it.
#[derive(Debug)]
pub struct Connection {
    number: u64,
    client: Client,
    all: Arc<Connections>,
    activity: Activity,
    /// Whether it was told to close, and not only to finish.
    is_closing: AtomicBool,
    told: Notify,
    gone: Notify,
}

/// What a connection is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// To end after the request that it has, at once if it has none.
    Finish,
    /// To end.
    Close,
}

/// A place among the connections, which is free again when this is dropped.
#[derive(Debug)]
pub struct Seat(Arc<Connection>);

/// A place among the listeners, which is free again when this is dropped.
#[derive(Debug)]
pub struct ListenerSeat(Arc<Connection>);

impl Connections {
    /// None yet.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            table: Mutex::default(),
            now: AtomicU64::new(0),
            all_gone: Notify::new(),
        }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time.
    pub fn now(&self) -> Ticks {
        self.now.load(Ordering::Relaxed)
    }

    /// Gives a client a place. Where none is free, a connection that waits for its client is told to close, and stands beside
    /// the place. `None` where nobody can be told so.
    pub fn admit(self: &Arc<Self>, client: Client) -> Option<(Seat, Option<Arc<Connection>>)> {
        let mut table = self.table();
        let of_client = table
            .of_clients
            .get(&client)
            .map_or(0, |counts| counts.open);
        let is_client_full = of_client >= self.limits.connections_of_client;
        let mut leaving = None;
        if is_client_full || table.open.len() >= self.limits.connections {
            if table.open.len() >= self.limits.connections + self.limits.leaving {
                return None;
            }
            let victim = table.victim(is_client_full.then_some(client))?;
            victim.tell(Order::Close);
            leaving = Some(Arc::clone(victim));
        }
        Some((table.seat(client, self), leaving))
    }

    /// Lets time pass, and closes connections whose clients let the service wait for too long.
    pub fn tick(&self) {
        let now = self.now.fetch_add(1, Ordering::Relaxed) + 1;
        self.close_if(|connection| connection.activity.is_overdue(now));
    }

    /// Has all end after the request that they have.
    pub fn finish(&self) {
        let table = self.table();
        table
            .open
            .values()
            .for_each(|connection| connection.tell(Order::Finish));
    }

    /// Closes those that wait for their clients.
    pub fn close_waiting(&self) {
        self.close_if(|connection| connection.activity.is_waiting());
    }

    /// Closes all.
    pub fn close(&self) {
        self.close_if(|_| true);
    }

    fn close_if(&self, is_meant: impl Fn(&Connection) -> bool) {
        let table = self.table();
        let meant = table
            .open
            .values()
            .filter(|connection| is_meant(connection.as_ref()));
        meant.for_each(|connection| connection.tell(Order::Close));
    }

    /// How many are open.
    pub fn count(&self) -> usize {
        self.table().open.len()
    }

    /// Ends when none is open.
    pub async fn all_gone(&self) {
        while self.count() > 0 {
            self.all_gone.notified().await;
        }
    }
}

impl Table {
    /// The connection that is closed first, of one client or of all.
    fn victim(&self, client: Option<Client>) -> Option<&Arc<Connection>> {
        let candidates = self.open.values().filter(|connection| {
            client.is_none_or(|client| connection.client == client) && !connection.is_closing()
        });
        let ranked = candidates.filter_map(|connection| {
            let rank = connection.activity.expendable(connection.now())?;
            Some((rank, connection.number, connection))
        });
        ranked
            .min_by_key(|(rank, number, _)| (*rank, *number))
            .map(|(_, _, connection)| connection)
    }

    fn seat(&mut self, client: Client, all: &Arc<Connections>) -> Seat {
        let connection = Arc::new(Connection {
            number: self.next,
            client,
            all: Arc::clone(all),
            activity: Activity::new(all.now()),
            is_closing: AtomicBool::new(false),
            told: Notify::new(),
            gone: Notify::new(),
        });
        self.next += 1;
        self.of_clients.entry(client).or_default().open += 1;
        self.open.insert(connection.number, Arc::clone(&connection));
        Seat(connection)
    }

    /// Forgets a connection. Returns whether it was the last.
    fn leave(&mut self, connection: &Connection) -> bool {
        self.open.remove(&connection.number);
        if let Some(counts) = self.of_clients.get_mut(&connection.client) {
            counts.open -= 1;
            self.forget_if_gone(connection.client);
        }
        self.open.is_empty()
    }

    fn forget_if_gone(&mut self, client: Client) {
        let counts = self.of_clients.get(&client);
        if counts.is_some_and(|counts| counts.open == 0 && counts.listeners == 0) {
            self.of_clients.remove(&client);
        }
    }
}

impl Connection {
    /// What it is doing.
    pub const fn activity(&self) -> &Activity {
        &self.activity
    }

    /// The time.
    pub fn now(&self) -> Ticks {
        self.all.now()
    }

    fn tell(&self, order: Order) {
        if order == Order::Close {
            self.is_closing.store(true, Ordering::Release);
        }
        self.told.notify_one();
    }

    fn is_closing(&self) -> bool {
        self.is_closing.load(Ordering::Acquire)
    }

    /// Ends when it has gone.
    pub async fn gone(&self) {
        self.gone.notified().await;
    }

    /// Ends when it is told something since this was asked last.
    pub async fn told(&self) -> Order {
        self.told.notified().await;
        if self.is_closing() {
            Order::Close
        } else {
            Order::Finish
        }
    }

    /// A place among the listeners; `None`: there is none.
    pub fn listen(self: &Arc<Self>) -> Option<ListenerSeat> {
        let limits = self.all.limits;
        let mut table = self.all.table();
        let all = table.listeners;
        let counts = table.of_clients.entry(self.client).or_default();
        if all >= limits.listeners || counts.listeners >= limits.listeners_of_client {
            return None;
        }
        counts.listeners += 1;
        table.listeners += 1;
        Some(ListenerSeat(Arc::clone(self)))
    }
}

impl Seat {
    /// The connection.
    pub const fn connection(&self) -> &Arc<Connection> {
        &self.0
    }
}

impl ListenerSeat {
    /// A stream that holds this place for as long as it lives.
    pub fn held_by<S: Stream>(self, stream: S) -> impl Stream<Item = S::Item> {
        stream.map(move |item| {
            let _seat = &self;
            item
        })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let is_last = self.0.all.table().leave(&self.0);
        self.0.gone.notify_one();
        if is_last {
            self.0.all.all_gone.notify_one();
        }
    }
}

impl Drop for ListenerSeat {
    fn drop(&mut self) {
        let mut table = self.0.all.table();
        table.listeners -= 1;
        if let Some(counts) = table.of_clients.get_mut(&self.0.client) {
            counts.listeners -= 1;
        }
        table.forget_if_gone(self.0.client);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(last: u8) -> Client {
        Client::at([192, 0, 2, last].into())
    }

    fn connections() -> Arc<Connections> {
        Arc::new(Connections::new(Limits {
            connections: 4,
            connections_of_client: 3,
            listeners: 2,
            listeners_of_client: 1,
            leaving: 2,
            readers: 1,
        }))
    }

    fn seats(all: &Arc<Connections>, client: Client, count: usize) -> Vec<Seat> {
        let admitted = (0..count).map(|_| all.admit(client).unwrap());
        admitted
            .inspect(|(_, leaving)| assert!(leaving.is_none()))
            .map(|(seat, _)| seat)
            .collect()
    }

    #[test]
    fn a_client_with_too_many_connections_loses_its_own_oldest_head_first() {
        let all = connections();
        let others = seats(&all, client(1), 1);
        let own = seats(&all, client(2), 3);
        own[0].0.activity.requested(false, 0);
        let (_seat, leaving) = all.admit(client(2)).unwrap();
        assert_eq!(leaving.unwrap().number, own[1].0.number);
        let closing: Vec<_> = own.iter().map(|seat| seat.0.is_closing()).collect();
        assert_eq!(closing, [false, true, false]);
        assert!(!others[0].0.is_closing());
    }

    #[test]
    fn where_all_are_at_work_nobody_is_closed_and_nobody_admitted() {
        let all = connections();
        let busy = seats(&all, client(1), 3);
        busy.iter()
            .for_each(|seat| seat.0.activity.requested(false, 0));
        assert!(all.admit(client(1)).is_none());
        let (other, _) = all.admit(client(2)).unwrap();
        other.0.activity.requested(false, 0);
        assert!(all.admit(client(3)).is_none());
        drop(busy);
        assert!(all.admit(client(1)).is_some());
    }

    #[test]
    fn connections_on_their_way_out_do_not_pile_up() {
        let all = connections();
        let mut seats = Vec::new();
        while let Some((seat, _)) = all.admit(client(seats.len() as u8)) {
            seats.push(seat);
        }
        assert_eq!(seats.len(), 4 + 2);
        drop(seats);
        assert!(all.table().of_clients.is_empty());
    }

    #[test]
    fn listeners_are_counted_for_each_client_and_for_all() {
        let all = connections();
        let held: Vec<_> = (0..3)
            .flat_map(|last| seats(&all, client(last), 1))
            .collect();
        let first = held[0].0.listen().unwrap();
        assert!(held[0].0.listen().is_none());
        let _second = held[1].0.listen().unwrap();
        assert!(held[2].0.listen().is_none());
        drop(first);
        assert!(held[2].0.listen().is_some());
    }
}
