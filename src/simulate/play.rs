//! One run: every strategy on the same invented matches.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::fan;
use crate::config::{ResolvedStrategy, SimulationConfig};
use crate::domain::{Money, Names};
use crate::engine::{Engine, EngineConfig, EngineError};
use crate::error::Error;
use crate::metrics::Summary;
use crate::run;
use crate::sink::Outputs;
use crate::sink::simulation::SimulationSink;
use crate::source::Stoppable;
use crate::source::synthetic::{Synthetic, TrueModel};

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
}

impl RunSimulator {
    /// Simulates runs of these settings.
    ///
    /// # Errors
    /// When a setting is out of range.
    pub fn new(config: &SimulationConfig) -> Result<Self, Error> {
        Ok(Self {
            source: Synthetic::new(&config.synthetic)?,
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
        (0..self.config.strategies.len())
            .map(|place| self.play_one(run, place, &mut Outputs::default(), stop))
            .collect()
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
        let strategy = &self.config.strategies[place];
        let mut engine = self.engine(strategy, run)?;
        let world = self.source.world();
        let points = fan::points(world.config().matches);
        let bankroll = strategy.engine.bankroll;
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
    fn engine(&self, strategy: &ResolvedStrategy, run: u64) -> Result<Engine, EngineError> {
        let knows_truth = strategy
            .engine
            .model
            .as_ref()
            .is_some_and(|model| model.kind.knows_truth());
        if !knows_truth {
            return Engine::new(&strategy.engine);
        }
        let engine = Engine::new(&EngineConfig {
            model: None,
            ..strategy.engine.clone()
        })?;
        let (world, noise) = (Arc::clone(self.source.world()), self.config.model_noise);
        Ok(engine.with_models(move |_| Box::new(TrueModel::new(&world, run, noise))))
    }
}
