//! What comes of orders: written to the store, told as news, answered.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::SyncSender;
use std::time::Instant;

use tokio::sync::oneshot;

use super::{EngineThreadConfig, Shared};
use crate::checkpoint::{self, CheckpointError};
use crate::config::value_name;
use crate::domain::{
    Bankroll, Bet, Book, Entry, Fixture, Forecast, Match, Names, Refusal, Settlement, Time,
};
use crate::schema::event::{Event, MatchEvent, MatchResult, OutgoingEvent};
use crate::serve::clock;
use crate::serve::digest::Digest;
use crate::serve::engine_handle::{Now, Order, Reply};
use crate::serve::simulation;
use crate::serve::store::{Accepted, StoreError, Writer};
use crate::serve::views::{self, EventAnswer, NotPlaced, Probabilities, ResultAnswer};
use crate::sink::events::Totals;
use crate::sink::{Sink, SinkError};
use crate::source::stream::EntryError;

/// The books of the service: what is in hand, and what waits to be durable.
pub(super) struct OrderProcessor {
    store: Writer,
    shared: Arc<Shared>,
    book: Book,
    /// Who predicts.
    model: Option<String>,
    totals: Totals,
    bankroll: Bankroll,
    time: Option<Time>,
    is_real: bool,
    /// Told once the store has been folded.
    ready: Option<SyncSender<()>>,
    refused: u64,
    repeated: u64,
    in_hand: Option<InHand>,
    /// Whether what is folded was folded before, so that all that comes of it is in the store.
    is_recalling: bool,
    /// Replies that are sent, and messages that are told, once the transaction is committed.
    replies: Vec<(oneshot::Sender<Reply>, Reply)>,
    news: Vec<(&'static str, String)>,
    steps: Vec<[Instant; 3]>,
    /// Where among the messages that of the order in hand belongs: before its effects.
    told: usize,
}

/// The order that is being folded, and its effects so far.
struct InHand {
    order: Order,
    reply: oneshot::Sender<Reply>,
    taken: Instant,
    refused: Option<EntryError>,
    is_folded: bool,
    prediction: Option<Probabilities>,
    bets: Vec<views::Bet>,
    not_placed: Vec<NotPlaced>,
    settled: Vec<views::Bet>,
}

impl InHand {
    /// Whether this is of its match; a round may be of several, and be over with the last of them.
    fn is_of(&self, fixture: &Fixture) -> bool {
        *fixture.id == *self.order.match_id
    }
}

impl OrderProcessor {
    pub fn new(
        store: Writer,
        shared: Arc<Shared>,
        config: &EngineThreadConfig,
        ready: SyncSender<()>,
    ) -> Self {
        let bankroll = shared.now().bankroll;
        let model = config
            .engine
            .model
            .as_ref()
            .map(|model| value_name(model.kind));
        Self {
            store,
            shared,
            book: config.book,
            model,
            totals: Totals::default(),
            bankroll,
            time: None,
            is_real: false,
            ready: Some(ready),
            refused: 0,
            repeated: 0,
            in_hand: None,
            is_recalling: true,
            replies: Vec::new(),
            news: Vec::new(),
            steps: Vec::new(),
            told: 0,
        }
    }

    pub const fn store(&self) -> &Writer {
        &self.store
    }

    /// Forgets what was counted: the store is folded from its beginning.
    pub fn begin_anew(&mut self) {
        let bankroll = self.shared.now().bankroll;
        (self.totals, self.bankroll, self.time) = (Totals::default(), bankroll, None);
    }

    /// How many replies wait.
    pub const fn waiting(&self) -> usize {
        self.replies.len()
    }

    pub const fn time(&self) -> Option<Time> {
        self.time
    }

    /// Notes that a request does not wait any more.
    pub fn took_one(&self) {
        self.shared.waiting.fetch_sub(1, Ordering::Relaxed);
    }

    /// Takes an order in hand; its line, unless it can be answered at once.
    pub fn take(
        &mut self,
        order: Order,
        reply: oneshot::Sender<Reply>,
        taken: Instant,
    ) -> Result<Option<String>, StoreError> {
        let Some((order, reply)) = self.answer_known(order, reply)? else {
            return Ok(None);
        };
        let line = order.line.clone();
        self.put_in_hand(order, reply, taken)?;
        Ok(Some(line))
    }

    /// Answers an order that was accepted before, or whose key was used for another; the order, unless it was answered.
    pub fn answer_known(
        &mut self,
        order: Order,
        reply: oneshot::Sender<Reply>,
    ) -> Result<Option<(Order, oneshot::Sender<Reply>)>, StoreError> {
        let Some(known) = self.known(&order)? else {
            return Ok(Some((order, reply)));
        };
        self.repeated += 1;
        self.replies.push((reply, known));
        Ok(None)
    }

    /// Takes an order in hand whose entry is folded next.
    pub fn put_in_hand(
        &mut self,
        order: Order,
        reply: oneshot::Sender<Reply>,
        taken: Instant,
    ) -> Result<(), StoreError> {
        self.store.begin()?;
        self.told = self.news.len();
        self.in_hand = Some(InHand {
            order,
            reply,
            taken,
            refused: None,
            is_folded: false,
            prediction: None,
            bets: Vec::new(),
            not_placed: Vec::new(),
            settled: Vec::new(),
        });
        Ok(())
    }

    /// The reply to an order that was accepted before, or whose key was used for another.
    fn known(&mut self, order: &Order) -> Result<Option<Reply>, StoreError> {
        if let Some(key) = &order.key
            && let Some(digest) = self.store.digest_of_key(key)?
            && digest != order.digest
        {
            return Ok(Some(Reply::KeyUsed));
        }
        let Some(answer) = self.store.answer(&order.digest)? else {
            return Ok(None);
        };
        if let Some(key) = &order.key {
            self.store.begin()?;
            self.store.keep_key(key, &order.digest)?;
        }
        Ok(Some(Reply::Accepted(answer)))
    }

    /// Notes an event of the store that is folded once more.
    pub fn recall(&mut self, line: &str) {
        let time = match Event::of_line(line.as_bytes(), self.book) {
            Ok(Event::Prices(prices)) => prices.time,
            Ok(Event::Result(result)) => result.time,
            _ => return,
        };
        self.time = self.time.max(Some(time));
    }

    /// Notes that the effects of the order in hand are all there.
    pub fn fold(&mut self) {
        if let Some(in_hand) = &mut self.in_hand {
            in_hand.is_folded = true;
        }
    }

    /// Notes how far another's stream has been folded, with all that came of it.
    #[cfg(feature = "redis")]
    pub fn keep_position(&mut self, position: &str) -> Result<(), StoreError> {
        self.store.begin()?;
        self.store.keep_position(position)
    }

    /// Keeps the state of the engine after every event, to begin from there.
    pub fn keep_state(&mut self, state: &[u8]) -> Result<(), StoreError> {
        self.store.begin()?;
        self.store.keep_state(state)?;
        self.commit()
    }

    /// Tells everybody what is known once the store has been folded.
    pub fn ready(&mut self) -> Result<(), StoreError> {
        self.is_recalling = false;
        self.is_real = self.store.has_real_events()?;
        self.store.ensure_balance(&self.bankroll)?;
        self.shared.set_now(self.now());
        if let Some(ready) = self.ready.take() {
            // who waits for it has a reason of its own to be gone
            let _ = ready.send(());
        }
        Ok(())
    }

    pub fn refuse(&mut self, reason: &EntryError) {
        if let Some(in_hand) = &mut self.in_hand {
            in_hand.refused = Some(reason.clone());
        }
    }

    /// Sees to the order in hand, whose effects are known now; what tells it apart, if it was refused.
    pub fn conclude(&mut self) -> Result<Option<Digest>, StoreError> {
        let Some(in_hand) = self.in_hand.take() else {
            return Ok(None);
        };
        self.steps
            .push([in_hand.order.received, in_hand.taken, clock::instant()]);
        let reply = match &in_hand.refused {
            Some(reason) => {
                self.refused += 1;
                Reply::Refused(reason.clone())
            }
            None => Reply::Accepted(self.accept(&in_hand)?),
        };
        let refused = in_hand.refused.is_some().then_some(in_hand.order.digest);
        self.replies.push((in_hand.reply, reply));
        Ok(refused)
    }

    /// Keeps an order that was accepted; its answer.
    fn accept(&mut self, in_hand: &InHand) -> Result<String, StoreError> {
        let line = in_hand.order.line.as_str();
        let event = Event::of_line(line.as_bytes(), self.book);
        match event.map_err(|error| StoreError::Damaged(error.to_string()))? {
            Event::Prices(prices) => self.accept_prices(in_hand, &prices),
            Event::Result(result) => self.accept_result(in_hand, &result),
            Event::End(_) => Ok(String::new()),
        }
    }

    fn accept_prices(
        &mut self,
        in_hand: &InHand,
        prices: &MatchEvent<'_>,
    ) -> Result<String, StoreError> {
        self.time = self.time.max(Some(prices.time));
        self.store.keep_match(prices, in_hand.prediction.as_ref())?;
        let answer = EventAnswer {
            event_id: self.store.last_event() + 1,
            match_id: prices.about.match_id.to_string(),
            is_round_over: in_hand.is_folded,
            prediction: in_hand.prediction.clone(),
            bets: in_hand.bets.clone(),
            refused: in_hand.not_placed.clone(),
        };
        self.keep(in_hand, &prices.about.match_id, MatchEvent::TYPE, &answer)
    }

    fn accept_result(
        &mut self,
        in_hand: &InHand,
        result: &MatchResult<'_>,
    ) -> Result<String, StoreError> {
        let match_id = &*result.about.match_id;
        let forgotten = self.time.map(|time| time + -Match::REMEMBERED);
        if let Some(answer) = self.store.answer_to_result(match_id, forgotten)? {
            return Ok(answer);
        }
        let time = self.time.map_or(result.time, |time| time.max(result.time));
        self.time = Some(time);
        let event_id = self.store.last_event() + 1;
        self.store.end_match(
            match_id,
            [result.score.home, result.score.away],
            event_id,
            time,
        )?;
        let profit: f64 = in_hand
            .settled
            .iter()
            .map(|bet| bet.payout.unwrap_or(0.0) - bet.stake)
            .sum();
        let answer = ResultAnswer {
            event_id,
            match_id: match_id.to_owned(),
            is_round_over: in_hand.is_folded,
            settled: in_hand.settled.clone(),
            profit: crate::schema::rounded(profit),
            bankroll: self.bankroll.balance().units(),
        };
        self.keep(in_hand, match_id, MatchResult::TYPE, &answer)
    }

    fn keep(
        &mut self,
        in_hand: &InHand,
        match_id: &str,
        event_type: &'static str,
        answer: &impl serde::Serialize,
    ) -> Result<String, StoreError> {
        let answer = serde_json::to_string(answer)
            .map_err(|error| StoreError::Damaged(error.to_string()))?;
        let Order {
            line, digest, key, ..
        } = &in_hand.order;
        let digest: &Digest = digest;
        let event_id = self.store.last_event() + 1;
        let key = key.as_deref();
        self.store.accept(&Accepted {
            event_id,
            match_id,
            line,
            digest,
            key,
            answer: &answer,
        })?;
        self.is_real |= !simulation::is_simulated(match_id);
        self.news.insert(self.told, (event_type, data_of(line)));
        Ok(answer)
    }

    /// Makes everything durable, then answers and tells.
    pub fn commit(&mut self) -> Result<(), StoreError> {
        let is_news = self.store.commit()?;
        if self.replies.is_empty() && !is_news {
            return Ok(());
        }
        self.shared.set_now(self.now());
        self.shared.broadcast.publish(self.news.drain(..));
        for (sender, reply) in self.replies.drain(..) {
            // who asked may have gone
            let _ = sender.send(reply);
        }
        let done = clock::instant();
        for [received, taken, decided] in self.steps.drain(..) {
            self.shared
                .stopwatch
                .note([taken - received, decided - taken, done - received]);
        }
        Ok(())
    }

    fn now(&self) -> Now {
        Now {
            time: self.time,
            is_real: self.is_real,
            bankroll: self.bankroll,
            metrics: self
                .totals
                .metrics(self.time.unwrap_or_default(), &self.bankroll),
            events: self.store.last_event(),
            refused: self.refused,
            repeated: self.repeated,
        }
    }
}

/// The data of a line: what stands between its type and its end.
fn data_of(line: &str) -> String {
    let data = line
        .split_once("\"data\":")
        .and_then(|(_, rest)| rest.strip_suffix('}'));
    data.unwrap_or("{}").to_owned()
}

/// Takes what the engine says.
pub(super) struct StoreSink {
    ledger: Rc<RefCell<OrderProcessor>>,
}

impl StoreSink {
    pub const fn new(ledger: Rc<RefCell<OrderProcessor>>) -> Self {
        Self { ledger }
    }
}

impl Sink for StoreSink {
    fn write(&mut self, entry: &Entry, names: &Names) -> Result<(), SinkError> {
        let mut ledger = self.ledger.borrow_mut();
        ledger.count(entry);
        if ledger.is_recalling {
            return Ok(());
        }
        ledger
            .note(entry, names)
            .map_err(|error| SinkError::Stream(std::io::Error::other(error)))
    }

    fn save(&self) -> Result<Vec<u8>, CheckpointError> {
        let ledger = self.ledger.borrow();
        checkpoint::encode(&(&ledger.totals, ledger.bankroll, ledger.time))
    }

    fn restore(&mut self, bytes: &[u8]) -> Result<(), CheckpointError> {
        let mut ledger = self.ledger.borrow_mut();
        (ledger.totals, ledger.bankroll, ledger.time) =
            checkpoint::decode("state of a service", bytes)?;
        Ok(())
    }
}

impl OrderProcessor {
    /// Counts what happened.
    fn count(&mut self, entry: &Entry) {
        match entry {
            Entry::Closed { bankroll, .. } => self.bankroll = *bankroll,
            _ => self.totals.count(entry),
        }
    }

    /// Writes what happened, and keeps it for the answer.
    fn note(&mut self, entry: &Entry, names: &Names) -> Result<(), StoreError> {
        self.store.begin()?;
        self.announce(entry);
        match entry {
            Entry::Predicted(forecast) => self.predicted(forecast),
            Entry::Placed(bet) => self.placed(bet, names),
            Entry::Refused { bet, reason } => self.not_placed(bet, *reason, names),
            Entry::Settled(settlement) => self.settled(settlement, names),
            Entry::Closed { time, bankroll } => {
                let metrics = self.totals.metrics(*time, bankroll);
                self.say(&OutgoingEvent::Metrics(metrics));
                self.store.keep_balance(*time, bankroll)
            }
            Entry::Played(_) | Entry::Scored { .. } => Ok(()),
        }
    }

    fn announce(&mut self, entry: &Entry) {
        let model = self.model.take();
        if let Some(said) = OutgoingEvent::of(entry, model.as_deref()) {
            self.say(&said);
        }
        self.model = model;
    }

    fn say(&mut self, said: &OutgoingEvent<'_>) {
        if let Ok(data) = serde_json::to_string(said) {
            self.news.push((said.event_type(), data));
        }
    }

    fn predicted(&mut self, forecast: &Forecast) -> Result<(), StoreError> {
        let probabilities = Probabilities::of(forecast);
        match &mut self.in_hand {
            Some(in_hand) if in_hand.is_of(&forecast.fixture) => {
                in_hand.prediction = Some(probabilities)
            }
            // its round was over only now
            _ => self
                .store
                .keep_forecast(&forecast.fixture.id, &probabilities)?,
        }
        Ok(())
    }

    fn placed(&mut self, bet: &Bet, names: &Names) -> Result<(), StoreError> {
        let view = views::Bet::placed(bet, names);
        self.store.place(&view, bet.placed_at)?;
        if let Some(in_hand) = self
            .in_hand
            .as_mut()
            .filter(|in_hand| in_hand.is_of(&bet.fixture))
        {
            in_hand.bets.push(view);
        }
        Ok(())
    }

    fn not_placed(&mut self, bet: &Bet, reason: Refusal, names: &Names) -> Result<(), StoreError> {
        if let Some(in_hand) = self
            .in_hand
            .as_mut()
            .filter(|in_hand| in_hand.is_of(&bet.fixture))
        {
            in_hand.not_placed.push(NotPlaced::new(bet, reason, names));
        }
        Ok(())
    }

    fn settled(&mut self, settlement: &Settlement, names: &Names) -> Result<(), StoreError> {
        let view = views::Bet::settled(settlement, names);
        self.store.settle(&view, settlement.settled_at)?;
        if let Some(in_hand) = self
            .in_hand
            .as_mut()
            .filter(|in_hand| in_hand.is_of(&settlement.bet.fixture))
        {
            in_hand.settled.push(view);
        }
        Ok(())
    }
}
