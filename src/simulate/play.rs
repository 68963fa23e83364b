//! One run: every strategy on the same invented matches.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::fan;
use crate::config::{ResolvedStrategy, SimulationConfig};
use crate::domain::{Money, Names};
use crate::engine::{Engine, EngineConfig, EngineError};
use crate::error::Error;
use crate::metrics::Summary;
use crate::predict::{ModelConfig, PredictionCache, Recorder};
use crate::run;
use crate::sink::Outputs;
use crate::sink::simulation::SimulationSink;
use crate::source::Stoppable;
use crate::source::synthetic::{Synthetic, SyntheticConfig, TrueModel};

/// The result of one strategy in one run.
#[derive(Debug, Clone, PartialEq)]
pub struct RunResult {
    /// The number of the run, from 1.
    pub run: u64,
    /// The summary.
    pub summary: Summary,
    /// The balance at each point of [`fan::Fan`].
    pub path: Vec<Money>,
}

/// Plays runs, one after the other, and reuses what they have in common.
#[derive(Debug)]
pub struct RunSimulator {
    config: SimulationConfig,
    source: Synthetic,
    /// For each strategy the first one whose model says the same, where that has others to share with.
    teachers: Vec<Option<usize>>,
}

/// The most offers of a run whose predictions are kept for other strategies: they take some 50 MB.
const MOST_SHARED: u64 = 100_000;

/// Where the predictions of a strategy come from.
enum Predictions<'a> {
    /// Its own model.
    Own,
    /// Its own model, and they are kept for others.
    Recorded(&'a Arc<Recorder>),
    /// The model of another strategy.
    Shared(&'a PredictionCache),
}

impl RunSimulator {
    /// Simulates runs of these settings.
    ///
    /// # Errors
    /// When a setting is out of range.
    pub fn new(config: &SimulationConfig) -> Result<Self, Error> {
        Ok(Self {
            source: Synthetic::new(&config.synthetic)?,
            teachers: teachers(config),
            config: config.clone(),
        })
    }

    /// The names of the teams.
    pub fn names(&self) -> &Names {
        use crate::source::Source as _;
        self.source.names()
    }

    /// A run with every strategy, in their order.
    ///
    /// # Errors
    /// When a model fails, or `stop` is raised: [`SourceError::Stopped`](crate::source::SourceError::Stopped).
    pub fn play(&mut self, run: u64, stop: &AtomicBool) -> Result<Vec<RunResult>, Error> {
        let mut known: Vec<Option<PredictionCache>> = vec![None; self.teachers.len()];
        let mut results = Vec::with_capacity(self.teachers.len());
        let mut outputs = Outputs::default();
        for (place, teacher) in self.teachers.clone().into_iter().enumerate() {
            let recorder = Arc::new(Recorder::default());
            let predictions = match teacher.map(|teacher| &known[teacher]) {
                None => Predictions::Own,
                Some(None) => Predictions::Recorded(&recorder),
                Some(Some(predictions)) => Predictions::Shared(predictions),
            };
            let engine = self.engine(place, run, &predictions)?;
            results.push(self.play_with(engine, run, place, &mut outputs, stop)?);
            if teacher == Some(place) {
                known[place] = Some(recorder.finish());
            }
        }
        Ok(results)
    }

    /// A run with the strategy at this place, its entries also going to other outputs.
    ///
    /// # Errors
    /// As for [`Self::play`], and when an output fails.
    pub fn play_one(
        &mut self,
        run: u64,
        place: usize,
        outputs: &mut Outputs<'_>,
        stop: &AtomicBool,
    ) -> Result<RunResult, Error> {
        let engine = self.engine(place, run, &Predictions::Own)?;
        self.play_with(engine, run, place, outputs, stop)
    }

    fn play_with(
        &mut self,
        mut engine: Engine,
        run: u64,
        place: usize,
        outputs: &mut Outputs<'_>,
        stop: &AtomicBool,
    ) -> Result<RunResult, Error> {
        let world = self.source.world();
        let points = fan::points(world.config().matches);
        let bankroll = self.config.strategies[place].engine.bankroll;
        outputs.simulation = Some(SimulationSink::new(world, run, bankroll, points));
        self.source.restart(run);
        let mut source = Stoppable::new(&mut self.source, stop);
        let sinks = &mut outputs.sinks();
        let mut summary = run::run(&mut source, &mut engine, sinks, &mut |_| {})?;
        let simulation = outputs.simulation.take();
        let (path, expected) = simulation.map(SimulationSink::finish).unzip();
        summary.expected_profit = expected;
        let path = path.unwrap_or_default();
        Ok(RunResult { run, summary, path })
    }

    /// The engine of a strategy, with the true model where the strategy has that.
    fn engine(
        &self,
        place: usize,
        run: u64,
        predictions: &Predictions<'_>,
    ) -> Result<Engine, EngineError> {
        let config = &self.config.strategies[place].engine;
        let knows_truth = |model: &ModelConfig| model.kind.knows_truth();
        if config.model.as_ref().is_some_and(knows_truth) {
            let engine = Engine::new(&EngineConfig {
                model: None,
                ..config.clone()
            })?;
            let (world, noise) = (Arc::clone(self.source.world()), self.config.model_noise);
            return Ok(engine.with_models(move |_| Box::new(TrueModel::new(&world, run, noise))));
        }
        let engine = Engine::new(config)?;
        Ok(match predictions {
            Predictions::Own => engine,
            Predictions::Recorded(recorder) => {
                let recorder = Arc::clone(recorder);
                engine.with_wrapped_models(move |pool, model| recorder.record(pool, model))
            }
            Predictions::Shared(predictions) => {
                let predictions = PredictionCache::clone(predictions);
                engine.with_models(move |pool| predictions.predictor(pool))
            }
        })
    }
}

/// For each strategy the first one whose model says the same, where several share one that learns: the others need not learn it
/// again.
fn teachers(config: &SimulationConfig) -> Vec<Option<usize>> {
    let strategies = &config.strategies;
    let SyntheticConfig { matches, every, .. } = config.synthetic;
    let offers = every.map_or(1, |minutes| 1 + 90 / u64::from(minutes.max(1)));
    if matches.saturating_mul(offers) > MOST_SHARED {
        return vec![None; strategies.len()];
    }
    let same = |one: &ResolvedStrategy, other: &ResolvedStrategy| {
        (&one.engine.model, &one.engine.pools) == (&other.engine.model, &other.engine.pools)
    };
    let teacher = |strategy: &ResolvedStrategy| {
        let model = strategy.engine.model.as_ref()?;
        let mut alike = (0..strategies.len()).filter(|&place| same(&strategies[place], strategy));
        let first = alike.next()?;
        (model.kind.learns_from_results() && alike.next().is_some()).then_some(first)
    };
    strategies.iter().map(teacher).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Settings, SimulationSettings};

    /// The teachers of these strategies, with these settings of all.
    fn teachers_of(
        strategies: &[&str],
        toml: &str,
        simulation: SimulationSettings,
    ) -> Vec<Option<usize>> {
        let settings = Settings::from_toml(toml).unwrap();
        let simulation = SimulationSettings {
            strategies: strategies
                .iter()
                .map(|strategy| strategy.parse().unwrap())
                .collect(),
            ..simulation
        };
        teachers(&SimulationConfig::resolve(&settings, &simulation, None).unwrap())
    }

    #[test]
    fn strategies_share_a_model_that_learns() {
        let usual = SimulationSettings::default;
        let shared = [Some(0), Some(0)];
        assert_eq!(teachers_of(&["kelly", "ev"], "", usual()), shared);
        assert_eq!(teachers_of(&["kelly"], "", usual()), [None]);
        // flat staking has no model of its own
        assert_eq!(
            teachers_of(&["flat", "kelly", "ev"], "", usual()),
            [None, Some(1), Some(1)]
        );
        assert_eq!(
            teachers_of(&["kelly", "ev"], "model = 'truth'", usual()),
            [None; 2]
        );
    }
}
