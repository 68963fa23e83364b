//! Tables of features: what was known before each match.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use rayon::prelude::*;

use crate::calendar;
use crate::domain::{Match, Offer, Round, Time};
use crate::engine::{EngineConfig, EngineError, pool_name};
use crate::error::Error;
use crate::predict::{FeatureGroup, Features, ModelConfig, PredictError};
use crate::source::{Matches, NextRound, Offered, Replay, ReplayConfig, Source as _};

/// The features of matches, each at the time of its price.
#[derive(Debug, Clone)]
pub struct FeatureTable {
    /// The names of the features.
    pub names: Vec<&'static str>,
    /// A row for each match of the period, by day and id.
    pub rows: Vec<FeatureRow>,
}

/// What was known before a match.
#[derive(Debug, Clone)]
pub struct FeatureRow {
    /// The position of the match among the records that were read.
    pub record: usize,
    /// When this was all that was known: the time of its last price before kick-off.
    pub known_at: Time,
    /// The features, in the order of their names.
    pub values: Vec<Option<f64>>,
}

/// What happens in a pool of leagues, in order.
enum Step {
    Learn(Match),
    Describe(Offer, Time),
}

/// The features of every match of the period, whether it is over or to come: one fold for each pool of leagues.
///
/// # Errors
/// When a setting is out of its range, or a goal model does not converge.
pub fn features(
    config: &EngineConfig,
    groups: &[FeatureGroup],
    replay: ReplayConfig,
    matches: &Arc<Matches>,
    stop: &AtomicBool,
) -> Result<FeatureTable, Error> {
    let model = config.model.clone().unwrap_or_default();
    let names = features_of(groups, &model)?.names();
    let pools = steps(config, replay, matches)?;
    let described: Vec<Result<_, Error>> = pools
        .into_par_iter()
        .map(|(pool, steps)| {
            let features = features_of(groups, &model)?;
            run(features, steps, stop).map_err(|(at, source)| {
                EngineError::Predict {
                    league: pool,
                    day: calendar::format_date(at),
                    source,
                }
                .into()
            })
        })
        .collect();
    let mut rows: BTreeMap<usize, FeatureRow> = BTreeMap::new();
    let records = matches.records.iter().enumerate();
    let places: HashMap<&str, usize> = records
        .map(|(place, record)| (&*record.fixture.id, place))
        .collect();
    for described in described {
        for Described {
            id,
            known_at,
            values,
        } in described?
        {
            // of several prices the last one stays, since time goes on
            let record = places[&*id];
            rows.insert(
                record,
                FeatureRow {
                    record,
                    known_at,
                    values,
                },
            );
        }
    }
    Ok(FeatureTable {
        names,
        rows: rows.into_values().collect(),
    })
}

fn features_of(groups: &[FeatureGroup], model: &ModelConfig) -> Result<Features, Error> {
    Ok(Features::new(groups, model).map_err(EngineError::from)?)
}

/// What happens in each pool: results before prices, as in every replay.
fn steps(
    config: &EngineConfig,
    replay: ReplayConfig,
    matches: &Arc<Matches>,
) -> Result<BTreeMap<String, Vec<Step>>, Error> {
    let every = ReplayConfig {
        offered: Offered::Every,
        ..replay
    };
    let mut replay = Replay::new(Arc::clone(matches), every);
    let mut pools: BTreeMap<String, Vec<Step>> = BTreeMap::new();
    let mut round = Round::default();
    while replay.next_round(&mut round)? == NextRound::Round {
        let now = round.time;
        let results = round.results.drain(..);
        let learned = results.filter(|played| played.status.has_result());
        let steps = learned.map(|played| (played.fixture.league, Step::Learn(played)));
        let offers = round.offers.drain(..);
        let described = offers.map(|offer| (offer.fixture.league, Step::Describe(offer, now)));
        for (league, step) in steps.chain(described) {
            let name = pool_name(matches.names.league(league), &config.pools);
            pools.entry(name).or_default().push(step);
        }
    }
    Ok(pools)
}

/// A match that was described.
struct Described {
    id: Arc<str>,
    known_at: Time,
    values: Vec<Option<f64>>,
}

/// The features of the matches of a pool; where a model fails also when.
fn run(
    mut features: Features,
    steps: Vec<Step>,
    stop: &AtomicBool,
) -> Result<Vec<Described>, (Time, PredictError)> {
    let mut described = Vec::new();
    for step in steps {
        match step {
            Step::Learn(played) => features.observe(&played),
            Step::Describe(offer, now) => {
                let values = features
                    .of(&offer, now, stop)
                    .map_err(|error| (now, error))?;
                described.push(Described {
                    id: Arc::clone(&offer.fixture.id),
                    known_at: now,
                    values,
                });
            }
        }
    }
    Ok(described)
}
