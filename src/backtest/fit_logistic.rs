//! The logistic model fitted to played matches.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::calendar;
use crate::domain::{Round, Time};
use crate::engine::{EngineConfig, EngineError, pool_name};
use crate::error::Error;
use crate::predict::{Logistic, LogisticFit, Predictor as _};
use crate::source::{Matches, NextRound, Replay, ReplayConfig, Source as _};

/// A logistic regression fitted to a pool of leagues.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FittedLogistic {
    /// The leagues, joined by `+`.
    pub pool: String,
    /// The day after its last match.
    pub as_of: Time,
    /// The regression.
    pub fit: LogisticFit,
}

/// Fits the regression to the features of every match that is over: one for each pool of leagues.
///
/// # Errors
/// When no match has a result, a setting is out of range, or a fit does not converge.
pub(crate) fn fit_logistic(
    config: &EngineConfig,
    replay: ReplayConfig,
    matches: &Arc<Matches>,
) -> Result<Vec<FittedLogistic>, Error> {
    matches.ensure_results()?;
    let model = config.model.clone().unwrap_or_default();
    let mut pools: BTreeMap<String, (Logistic, Time)> = BTreeMap::new();
    let mut source = Replay::new(Arc::clone(matches), replay);
    let mut round = Round::default();
    while source.next_round(&mut round)? == NextRound::Round {
        let results = round.results.iter().filter(|played| {
            let is_past = replay.to.is_none_or(|to| played.fixture.day <= to);
            played.status.has_result() && is_past
        });
        for played in results {
            let fixture = &played.fixture;
            let pool = pool_name(matches.names.league(fixture.league), &config.pools);
            let (model, last) = entry(&mut pools, pool, &model)?;
            model.observe(played);
            *last = fixture.day.max(*last);
        }
        for offer in &round.offers {
            let pool = pool_name(matches.names.league(offer.fixture.league), &config.pools);
            let (model, last) = entry(&mut pools, pool.clone(), &model)?;
            let noted = model.note(offer, round.time);
            noted.map_err(|source| failed(&pool, *last, source))?;
        }
    }
    let fits = pools.into_iter().map(|(pool, (mut model, last))| {
        let fit = model
            .fit_now()
            .map_err(|source| failed(&pool, last, source))?;
        Ok(FittedLogistic {
            pool,
            as_of: last + Time::DAY,
            fit,
        })
    });
    fits.collect()
}

fn entry<'a>(
    pools: &'a mut BTreeMap<String, (Logistic, Time)>,
    pool: String,
    config: &crate::predict::ModelConfig,
) -> Result<&'a mut (Logistic, Time), Error> {
    use std::collections::btree_map::Entry;
    Ok(match pools.entry(pool) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(place) => {
            let model = Logistic::new(config).map_err(EngineError::from)?;
            place.insert((model, Time::default()))
        }
    })
}

fn failed(pool: &str, last: Time, source: crate::predict::PredictError) -> Error {
    EngineError::Predict {
        league: pool.to_owned(),
        day: calendar::format_date(last),
        source,
    }
    .into()
}
