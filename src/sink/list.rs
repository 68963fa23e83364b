//! The list of outputs: every sink that a run can have.

use super::Sink;
use super::daily_profits::DailyProfits;
use super::events::Events;
use super::forecast_scores::ForecastScoreSink;
use super::forecasts::Forecasts;
use super::memory::Memory;
use super::predictions::PredictionSink;
use super::significance::SignificanceSink;
use super::simulation::SimulationSink;
use super::withheld::WithheldNotes;

/// The outputs of a run; an output that is `None` is off.
///
/// A new output is a file in this folder and a member here; one that [`Self::sinks`] forgets is a warning of the compiler.
///
/// ```
/// use simbet::Sink as _;
/// use simbet::internals::sink::Outputs;
/// use simbet::internals::sink::memory::Memory;
///
/// let mut outputs = Outputs { memory: Some(Memory::default()), ..Outputs::default() };
/// let names: Vec<_> = outputs.sinks().iter().map(|sink| sink.name()).collect();
/// assert_eq!(names, ["memory"]);
/// ```
#[derive(Default)]
pub struct Outputs<'a> {
    /// Predictions, bets and settlements as events of a stream.
    pub events: Option<Events<'a>>,
    /// Bets and bankroll, for tables and files.
    pub memory: Option<Memory>,
    /// The assessment of significance.
    pub significance: Option<SignificanceSink>,
    /// The forecast of each match.
    pub forecasts: Option<Forecasts>,
    /// The forecasts with their prices and what came of them, for files.
    pub predictions: Option<PredictionSink>,
    /// The scores of the forecasts beside base rates, opening and closing prices.
    pub forecast_scores: Option<ForecastScoreSink>,
    /// The profit of each day.
    pub daily_profits: Option<DailyProfits>,
    /// The true expected profit of the bets, which only a simulation knows.
    pub simulation: Option<SimulationSink>,
    /// Why nothing is bet on unknown leagues and names.
    pub withheld: Option<WithheldNotes<'a>>,
    /// An output of your own.
    pub own: Option<&'a mut dyn Sink>,
}

impl Outputs<'_> {
    /// The outputs that are on, in the order in which they are written.
    pub fn sinks(&mut self) -> Vec<&mut dyn Sink> {
        let Self {
            events,
            memory,
            significance,
            forecasts,
            predictions,
            forecast_scores,
            daily_profits,
            simulation,
            withheld,
            own,
        } = self;
        let own = own.as_mut().map(|own| &mut **own as &mut dyn Sink);
        let all = [
            as_sink(events),
            as_sink(memory),
            as_sink(significance),
            as_sink(forecasts),
            as_sink(predictions),
            as_sink(forecast_scores),
            as_sink(daily_profits),
            as_sink(simulation),
            as_sink(withheld),
            own,
        ];
        all.into_iter().flatten().collect()
    }
}

fn as_sink<S: Sink>(output: &mut Option<S>) -> Option<&mut dyn Sink> {
    output.as_mut().map(|sink| sink as &mut dyn Sink)
}
