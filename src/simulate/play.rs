//! One run: every strategy on the same invented matches.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::fan;
use crate::config::{ResolvedStrategy, SimulationConfig};
use crate::domain::{Bet, Entry, Money, Names, OutcomeDistribution};
use crate::engine::{Engine, EngineConfig, EngineError};
use crate::error::Error;
use crate::metrics::Summary;
use crate::run;
use crate::sink::{Sink, SinkError};
use crate::source::Stoppable;
use crate::source::synthetic::{Synthetic, TrueModel, World};

/// What became of one strategy in one run.
#[derive(Debug, Clone, PartialEq)]
pub struct RunResult {
    /// The number of the run, from 1.
    pub run: u64,
    /// What came out.
    pub summary: Summary,
    /// The balance after as many matches as [`fan::Fan`] has its points at.
    pub path: Vec<Money>,
}

/// Plays runs, one after the other, keeping what they have in common.
#[derive(Debug)]
pub struct Player {
    config: SimulationConfig,
    source: Synthetic,
}

impl Player {
    /// A player of these settings.
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
        (0..self.config.contenders.len())
            .map(|place| self.play_one(run, place, &mut [], stop))
            .collect()
    }

    /// A run with the strategy at this place, its entries also going to a sink of your own.
    ///
    /// # Errors
    /// As for [`Self::play`], and when a sink fails.
    pub fn play_one(
        &mut self,
        run: u64,
        place: usize,
        sinks: &mut [&mut dyn Sink],
        stop: &AtomicBool,
    ) -> Result<RunResult, Error> {
        let contender = &self.config.contenders[place];
        let mut engine = self.engine(contender, run)?;
        let mut observer = Observer::new(self.source.world(), run, contender.engine.bankroll);
        self.source.restart(run);
        let mut source = Stoppable::new(&mut self.source, stop);
        let mut all: Vec<&mut dyn Sink> = vec![&mut observer];
        for sink in sinks {
            all.push(&mut **sink);
        }
        let mut summary = run::run(&mut source, &mut engine, &mut all, &mut |_| {})?;
        let (path, expected) = observer.finish();
        summary.expected_profit = Some(expected);
        Ok(RunResult { run, summary, path })
    }

    /// The engine of a strategy; its model is told the truth if it is to know it.
    fn engine(&self, contender: &ResolvedStrategy, run: u64) -> Result<Engine, EngineError> {
        let told = contender
            .engine
            .model
            .as_ref()
            .is_some_and(|model| model.kind.knows_truth());
        if !told {
            return Engine::new(&contender.engine);
        }
        let engine = Engine::new(&EngineConfig {
            model: None,
            ..contender.engine.clone()
        })?;
        let (world, noise) = (Arc::clone(self.source.world()), self.config.model_noise);
        Ok(engine.with_models(move |_| Box::new(TrueModel::new(&world, run, noise))))
    }
}

/// Watches a run: the balance after so many matches, and what the bets were worth at the true probabilities.
#[derive(Debug)]
struct Observer {
    truth: TrueModel,
    points: Vec<u64>,
    path: Vec<Money>,
    matches: u64,
    balance: Money,
    /// Σ stake · expected value, in minor units.
    expected: f64,
}

impl Observer {
    /// Watches a run from its start, with this much at first.
    fn new(world: &Arc<World>, run: u64, bankroll: Money) -> Self {
        Self {
            truth: TrueModel::new(world, run, 0.0),
            points: fan::points(world.config().matches),
            path: Vec::new(),
            matches: 0,
            balance: bankroll,
            expected: 0.0,
        }
    }

    /// Notes the balance if the fan has a point here: everything before this match has been settled.
    fn pass(&mut self) {
        if self.points.get(self.path.len()) == Some(&self.matches) {
            self.path.push(self.balance);
        }
    }

    fn appraise(&mut self, bet: &Bet) {
        if let Some(Ok(grid)) = self.truth.grid_at(&bet.fixture, bet.state) {
            let worth = OutcomeDistribution::of(bet.edge.quote.selection, &grid)
                .expected_value(bet.edge.net_odds);
            self.expected += bet.stake.minor() as f64 * worth;
        }
    }

    /// The path of the balance, and the expected profit of all bets.
    fn finish(mut self) -> (Vec<Money>, Money) {
        self.pass();
        (self.path, Money::from_minor(self.expected.round() as i64))
    }
}

impl Sink for Observer {
    fn write(&mut self, entry: &Entry, _: &Names) -> Result<(), SinkError> {
        match entry {
            Entry::Played(_) => {
                self.pass();
                self.matches += 1;
            }
            Entry::Settled(settlement) => self.balance = settlement.balance,
            Entry::Placed(bet) => self.appraise(bet),
            _ => {}
        }
        Ok(())
    }
}
