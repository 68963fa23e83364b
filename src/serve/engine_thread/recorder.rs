//! Entries of the ledger: written to the store, and published as messages.

use super::outbox::EventText;
use crate::config::value_name;
use crate::domain::{Bankroll, Bet, Entry, Fixture, Forecast, Money, Names, Settlement, Time};
use crate::engine::EngineConfig;
use crate::schema::event::{OutgoingEvent, TradingMetrics};
use crate::serve::store::{BetRow, ForecastRow, StoreError, Writer};
use crate::serve::views::NotPlaced;
use crate::sink::events::Totals;
use crate::sink::withheld::WithheldNotes;

/// The effects of an event. A round may have several matches, and the event that ends it then has effects on each of them: its answer
/// has all bets, and the forecast of its own match.
#[derive(Default)]
pub(super) struct Effects {
    /// The match of the order that is processed; `None` for an event that was not ordered here.
    pub match_id: Option<String>,
    pub forecast: Option<ForecastRow>,
    pub bets: Vec<BetRow>,
    pub not_placed: Vec<NotPlaced>,
    pub settled: Vec<BetRow>,
    pub corrected: Vec<BetRow>,
    /// What the settled and corrected bets add to the balance.
    pub profit: Money,
    pub events: Vec<EventText>,
}

impl Effects {
    fn is_of(&self, fixture: &Fixture) -> bool {
        self.match_id.as_deref() == Some(&*fixture.id)
    }

    fn announce(&mut self, event: &OutgoingEvent<'_>) {
        if let Ok(data) = serde_json::to_string(event) {
            self.events.push((event.event_type(), data));
        }
    }
}

/// The store, and the totals of the entries so far.
pub(super) struct Recorder {
    pub store: Writer,
    /// The name of the model.
    model: Option<String>,
    totals: Totals,
    bankroll: Bankroll,
    withheld: WithheldNotes<'static>,
}

fn warn(sentence: &str) {
    tracing::warn!("{sentence}");
}

impl Recorder {
    pub fn new(store: Writer, config: &EngineConfig, bankroll: Bankroll) -> Self {
        Self {
            store,
            model: config.model.as_ref().map(|model| value_name(model.kind)),
            totals: Totals::default(),
            bankroll,
            withheld: WithheldNotes::new(&config.strategy, &warn),
        }
    }

    /// The totals of all entries, to be saved.
    pub const fn tallies(&self) -> (&Totals, Bankroll) {
        (&self.totals, self.bankroll)
    }

    /// Continues from saved totals.
    pub const fn restore(&mut self, totals: Totals, bankroll: Bankroll) {
        (self.totals, self.bankroll) = (totals, bankroll);
    }

    pub const fn bankroll(&self) -> &Bankroll {
        &self.bankroll
    }

    /// The metrics of the settled bets at this time.
    pub fn metrics(&self, time: Time) -> TradingMetrics {
        self.totals.metrics(time, &self.bankroll)
    }

    /// Counts an entry.
    pub fn count(&mut self, entry: &Entry) {
        match entry {
            Entry::Closed { bankroll, .. } => self.bankroll = *bankroll,
            Entry::Played(_)
            | Entry::Revised { .. }
            | Entry::Predicted(_)
            | Entry::Placed(_)
            | Entry::Refused { .. }
            | Entry::Withheld { .. }
            | Entry::Settled(_)
            | Entry::Corrected { .. }
            | Entry::Scored { .. } => self.totals.count(entry),
        }
    }

    /// Counts an entry, writes it, and adds it to the effects of its event.
    pub fn note(
        &mut self,
        entry: &Entry,
        names: &Names,
        effects: &mut Effects,
    ) -> Result<(), StoreError> {
        self.count(entry);
        self.store.begin()?;
        if let Some(event) = OutgoingEvent::of(entry, self.model.as_deref()) {
            effects.announce(&event);
        }
        match entry {
            Entry::Predicted(forecast) => self.predicted(forecast, effects),
            Entry::Placed(bet) => self.placed(bet, names, effects),
            Entry::Refused { bet, reason } => {
                effects.not_placed.push(NotPlaced::new(bet, *reason, names));
                Ok(())
            }
            Entry::Settled(settlement) => self.settled(settlement, names, effects),
            Entry::Corrected { before, after } => self.corrected(before, after, names, effects),
            Entry::Closed { time, bankroll } => {
                let metrics = self.totals.metrics(*time, bankroll);
                effects.announce(&OutgoingEvent::Metrics(metrics));
                self.store.keep_balance(*time, bankroll)
            }
            Entry::Withheld { .. } => {
                self.withheld.note(entry, names);
                Ok(())
            }
            Entry::Played(_) | Entry::Revised { .. } | Entry::Scored { .. } => Ok(()),
        }
    }

    fn predicted(&mut self, forecast: &Forecast, effects: &mut Effects) -> Result<(), StoreError> {
        let Some(row) = ForecastRow::of(forecast) else {
            return Ok(());
        };
        if effects.is_of(&forecast.fixture) {
            effects.forecast = Some(row);
            return Ok(());
        }
        // the round of an earlier event was over only now: its answer has been sent
        self.store.keep_forecast(&forecast.fixture.id, &row)
    }

    fn placed(
        &mut self,
        bet: &Bet,
        names: &Names,
        effects: &mut Effects,
    ) -> Result<(), StoreError> {
        let row = BetRow::placed(bet, names);
        self.store.place(&row)?;
        effects.bets.push(row);
        Ok(())
    }

    fn settled(
        &mut self,
        settlement: &Settlement,
        names: &Names,
        effects: &mut Effects,
    ) -> Result<(), StoreError> {
        let row = BetRow::settled(settlement, names);
        self.store.settle(&row)?;
        effects.settled.push(row);
        effects.profit += settlement.profit;
        Ok(())
    }

    fn corrected(
        &mut self,
        before: &Settlement,
        after: &Settlement,
        names: &Names,
        effects: &mut Effects,
    ) -> Result<(), StoreError> {
        let row = BetRow::settled(after, names);
        self.store.settle(&row)?;
        effects.corrected.push(row);
        effects.profit += after.profit - before.profit;
        Ok(())
    }
}
