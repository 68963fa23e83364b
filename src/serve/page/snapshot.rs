//! Everything that the page shows, read at one time.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::{Commission, Money, Time};
use crate::predict::MarginMethod;
use crate::serve::engine_handle::{BusState, EngineStatus};
use crate::serve::live::LiveMatches;
use crate::serve::state::App;
use crate::serve::store::{BetFilter, BetState, Reads, StoreError};
use crate::serve::views::{Bets, Latencies, StreamsAnswer};
use crate::strategy::BookChoice;

/// Matches in play that are shown.
pub const MATCHES: usize = 24;
/// Bets of either kind that are shown.
pub const BETS: usize = 50;
/// Points of the curve.
const POINTS: usize = 240;

/// Everything that the page shows.
#[derive(Debug)]
pub struct Snapshot {
    /// Bankroll, metrics, counts.
    pub status: Arc<EngineStatus>,
    /// The bankroll at first.
    pub initial: Money,
    /// Whose prices are bet at.
    pub books: BookChoice,
    /// What these books keep of net winnings.
    pub commission: Commission,
    /// How their margin is removed.
    pub margin_method: MarginMethod,
    /// Whether there is an engine.
    pub is_up: bool,
    /// How Redis is; `None` without one.
    pub bus: Option<BusState>,
    /// How long things take.
    pub latencies: Latencies,
    /// What carries events.
    pub streams: StreamsAnswer,
    /// What the store knows.
    pub stored: Stored,
}

/// What the store knows.
#[derive(Debug)]
pub struct Stored {
    /// Time, balance and what of it is reserved.
    pub curve: Vec<(Time, f64, f64)>,
    /// Matches in play.
    pub live: LiveMatches,
    /// Open bets.
    pub open: Bets,
    /// Settled bets.
    pub settled: Bets,
    /// The final scores of their matches.
    pub scores: BTreeMap<String, [u8; 2]>,
}

impl Snapshot {
    /// Reads everything, as it is now. The latencies are handed in: whoever looks at them keeps the engine from noting more.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn take(app: &App, latencies: Latencies) -> Result<Self, StoreError> {
        let status = app.engine.status();
        let since = Time::from_seconds(
            status
                .time
                .unwrap_or_default()
                .seconds()
                .saturating_sub(Time::DAY),
        );
        Ok(Self {
            status,
            initial: app.config.engine.bankroll,
            books: app.config.engine.strategy.books.clone(),
            commission: app.config.engine.strategy.commission.clone(),
            margin_method: app.config.engine.margin_method,
            is_up: app.engine.is_up() && app.engine.stall().is_none(),
            bus: app.engine.bus(),
            latencies,
            streams: app.engine.streams(),
            stored: Stored::read(&app.reads, since)?,
        })
    }
}

impl Stored {
    fn read(reads: &Reads, since: Time) -> Result<Self, StoreError> {
        let settled = bets(reads, BetState::Settled)?;
        let scores = reads.final_scores(settled.bets.iter().map(|bet| bet.match_id.as_str()))?;
        // one more than is shown tells that there are more
        let live = reads.live(since, MATCHES + 1)?;
        Ok(Self {
            curve: reads.curve(POINTS)?,
            live: live.into(),
            open: bets(reads, BetState::Active)?,
            settled,
            scores,
        })
    }
}

fn bets(reads: &Reads, state: BetState) -> Result<Bets, StoreError> {
    let page = reads.bets(&BetFilter {
        state,
        limit: BETS,
        ..BetFilter::default()
    })?;
    Ok(page.into())
}
