//! Forecasts of fixtures that are not played yet, and the bets on them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::against_market::AgainstMarket;
use super::slate::{PredictedSlate, place};
use super::wanted_prices;
use crate::domain::{Fixture, Forecast, LeagueId, Money, Quote, Round, Time, Withheld};
use crate::engine::{Engine, EngineConfig};
use crate::error::Error;
use crate::metrics::PricePoolSummary;
use crate::schema::PricedSelection;
use crate::sink::Outputs;
use crate::sink::forecasts::Forecasts;
use crate::sink::memory::Memory;
use crate::source::{
    MatchRecord, Matches, NextRound, Offered, PriceTime, Replay, ReplayConfig, Source as _,
};

/// Forecasts of fixtures, and the bets on them.
///
/// ```
/// use simbet::{RunConfig, Settings, predict_fixtures, read_bytes};
/// let csv = b"date,home_team,away_team,home_goals,away_goals\n2024-08-16,Leeds,Hull,3,1\n2024-08-23,Hull,Leeds,,\n";
/// let config = RunConfig::resolve(&Settings::default()).unwrap();
/// let matches = read_bytes("mine.csv", csv, &config.read).unwrap();
/// let predictions = predict_fixtures(&config.engine, config.replay, matches).unwrap();
/// let forecast = &predictions.forecasts[0];
/// assert_eq!(predictions.matches.names.team(forecast.fixture.home), "Hull");
/// assert_eq!(forecast.market, None); // the fixture has no price
/// ```
#[derive(Debug)]
pub struct Predictions {
    /// The forecasts, by kick-off, then match.
    pub forecasts: Vec<Forecast>,
    /// What has no score though a later match of its league has a result: it was called off, or its result is missing. It is
    /// neither predicted nor among the matches.
    pub past: Vec<Arc<Fixture>>,
    /// The matches on which no bet was considered, in order of time, with the reason.
    pub withheld: Vec<(Arc<Fixture>, Withheld)>,
    /// The bets, placed and refused.
    pub bets: Memory,
    /// The matches.
    pub matches: Arc<Matches>,
    /// Every selection of the chosen markets with price, opinion and stake, by kick-off, then match.
    pub selections: Vec<PricedSelection>,
    /// The bankroll that the stakes are from.
    pub bankroll: Money,
    /// What the weights of forecasts that are pooled with the price rest on; `None` where none are.
    pub price_pool: Option<PricePoolSummary>,
    /// How model and market forecast the last seasons of these leagues.
    pub against_market: AgainstMarket,
}

/// Learns from the matches that were played, then predicts the fixtures that were not, and stakes them.
///
/// # Errors
/// When the fixtures' files have prices but none that would be bet at, when a setting is out of range or a model fails.
///
/// ```
/// use simbet::{RunConfig, Settings, predict_fixtures, read_bytes};
/// let csv = b"date,home_team,away_team,home_goals,away_goals\n2024-08-16,Leeds,Hull,3,1\n2024-08-23,Hull,Leeds,,\n";
/// let config = RunConfig::resolve(&Settings::default()).unwrap();
/// let matches = read_bytes("mine.csv", csv, &config.read).unwrap();
/// let predictions = predict_fixtures(&config.engine, config.replay, matches).unwrap();
/// assert_eq!(predictions.forecasts.len(), 1);
/// let sum: f64 = predictions.forecasts[0].model.unwrap().iter().sum();
/// assert!((sum - 1.0).abs() < 1e-9);
/// ```
pub fn predict_fixtures(
    config: &EngineConfig,
    replay: ReplayConfig,
    matches: Matches,
) -> Result<Predictions, Error> {
    matches.ensure_prices_of_fixtures(wanted_prices(config, &replay))?;
    let mut matches = matches;
    let past = leave_out_past(&mut matches);
    let matches = Arc::new(matches);
    let offered = ReplayConfig {
        offered: Offered::Fixtures,
        ..replay
    };
    let mut source = Replay::new(Arc::clone(&matches), offered);
    let mut outputs = Outputs {
        forecasts: Some(Forecasts::default()),
        memory: Some(Memory::default()),
        ..Outputs::default()
    };
    let (slate, price_pool) = fold(&mut source, config, &mut outputs)?;
    let kinds = config.strategy.resolved().markets;
    let quotes: BTreeMap<&str, &[Quote]> = matches
        .fixtures()
        .map(|record| match replay.price {
            PriceTime::Pre => (&*record.fixture.id, &*record.pre),
            PriceTime::Close => (&*record.fixture.id, &*record.close),
        })
        .collect();
    let selections = slate.finish(&kinds, |fixture| {
        quotes.get(&*fixture.id).copied().unwrap_or_default()
    });
    let Forecasts {
        mut forecasts,
        withheld,
    } = outputs.forecasts.unwrap_or_default();
    forecasts.sort_by_cached_key(|forecast| place(&forecast.fixture));
    let fixtures: Vec<&Fixture> = forecasts.iter().map(|one| &*one.fixture).collect();
    let against_market = AgainstMarket::of(config, replay, &matches, &fixtures)?;
    Ok(Predictions {
        forecasts,
        past,
        withheld,
        bets: outputs.memory.unwrap_or_default(),
        matches,
        selections,
        bankroll: config.bankroll,
        price_pool,
        against_market,
    })
}

/// Takes out what has no score and is of a day before the last result of its league.
fn leave_out_past(matches: &mut Matches) -> Vec<Arc<Fixture>> {
    let last = last_results(matches);
    let is_past = |record: &MatchRecord| {
        let last = last.get(&record.fixture.league);
        record.is_fixture() && last.is_some_and(|last| record.fixture.day < *last)
    };
    let past = matches.records.iter().filter(|record| is_past(record));
    let past = past.map(|record| Arc::clone(&record.fixture)).collect();
    matches.records.retain(|record| !is_past(record));
    past
}

/// The day of the last result of each league.
pub(crate) fn last_results(matches: &Matches) -> BTreeMap<LeagueId, Time> {
    let mut last = BTreeMap::new();
    for record in &matches.records {
        if record.result().is_some() {
            let day = last
                .entry(record.fixture.league)
                .or_insert(record.fixture.day);
            *day = record.fixture.day.max(*day);
        }
    }
    last
}

/// Runs round by round, because what the engine makes of an offer is to be seen before the next round.
fn fold(
    source: &mut Replay,
    config: &EngineConfig,
    outputs: &mut Outputs<'_>,
) -> Result<(PredictedSlate, Option<PricePoolSummary>), Error> {
    let mut engine = Engine::new(config)?;
    engine.keep_prices(true);
    let mut slate = PredictedSlate::default();
    let (mut round, mut entries) = (Round::default(), Vec::new());
    while source.next_round(&mut round)? == NextRound::Round {
        entries.clear();
        engine.process(std::slice::from_ref(&round), source.names(), &mut entries)?;
        for sink in &mut outputs.sinks() {
            for entry in &entries {
                sink.write(entry, source.names())?;
            }
        }
        if !round.offers.is_empty() {
            slate.add(&round, engine.explain(&round, source.names())?, &entries);
        }
    }
    Ok((slate, engine.price_pool()))
}
