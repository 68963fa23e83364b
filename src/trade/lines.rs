//! Trading on lines: a file or a pipe in, lines of answers out.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use crate::config::{RunConfig, value_name};
use crate::domain::{Book, Names, Time};
use crate::engine::Engine;
use crate::error::Error;
use crate::metrics::Summary;
use crate::run;
use crate::sink::Outputs;
use crate::source::stream::{Dropped, Feed, Refused, Stream, StreamConfig, StreamCounts};
use crate::source::{Matches, Replay, Source as _, Stoppable};

/// Bets on a single stream, with the whole bankroll.
#[derive(Debug)]
pub struct LineTrader<'a> {
    /// Models, staking and prices.
    pub config: &'a RunConfig,
    /// The silence after which a round without `round_size` ends; `None`: no silence ends it.
    pub linger: Option<Duration>,
    /// Matches whose results the models learn before the stream begins.
    pub history: Option<Matches>,
}

/// The result of trading on a stream.
#[derive(Debug)]
pub struct TradingResult {
    /// The summary.
    pub summary: Summary,
    /// Counts of entries.
    pub counts: StreamCounts,
    /// First and last day of the matches in the stream.
    pub days: Option<(Time, Time)>,
    /// Teams and leagues.
    pub names: Names,
    /// The books of the prices in the stream.
    pub books: BTreeSet<Book>,
}

impl LineTrader<'_> {
    /// Bets until the stream ends or `stop` is raised. Entries go to the outputs, the answers of
    /// [`Outputs::events`] among them; refused entries go to `on_refused`, and
    /// statistics of accepted ones that cannot be true to `on_dropped`.
    ///
    /// # Errors
    /// When a setting is out of range, nothing can be read any more, a model fails, or an output does.
    ///
    /// ```
    /// use std::io::Cursor;
    /// use std::sync::atomic::AtomicBool;
    /// use simbet::{RunConfig, Settings};
    /// use simbet::internals::sink::Outputs;
    /// use simbet::internals::source::stream::Lines;
    /// use simbet::internals::trade::LineTrader;
    ///
    /// let config = RunConfig::resolve(&Settings::from_toml("strategy = 'flat'").unwrap()).unwrap();
    /// let trader = LineTrader { config: &config, linger: None, history: None };
    /// let mut feed = Lines::new(Cursor::new("rubbish\n"));
    /// let (mut outputs, mut refused) = (Outputs::default(), 0);
    /// let stop = AtomicBool::new(false);
    /// let traded = trader.trade(&mut feed, &mut outputs, &stop, &mut |_| refused += 1, &mut |_| {}).unwrap();
    /// assert_eq!((refused, traded.counts.refused, traded.summary.bets), (1, 1, 0));
    /// ```
    pub fn trade(
        self,
        feed: &mut dyn Feed,
        outputs: &mut Outputs<'_>,
        stop: &AtomicBool,
        on_refused: &mut dyn FnMut(&Refused<'_>),
        on_dropped: &mut dyn FnMut(&Dropped<'_>),
    ) -> Result<TradingResult, Error> {
        let config = StreamConfig {
            book: self.config.first_book(),
            linger: self.linger,
        };
        let mut stream = Stream::new(feed, config, on_refused).noting(on_dropped);
        if let Some(matches) = self.history {
            let lessons = self.config.engine.wants_lessons();
            stream = stream.with_history(Replay::of_history(Arc::new(matches), lessons));
        }
        stream = stream
            .with_aliases(&self.config.read.aliases)
            .with_team_limit(&self.config.engine)?;
        let mut engine = Engine::new(&self.config.engine)?;
        let mut source = Stoppable::endless(&mut stream, stop);
        let sinks = &mut outputs.sinks();
        let mut summary = run::run(&mut source, &mut engine, sinks, &mut |_| {})?;
        let counts = stream.counts();
        summary.unpriced = counts.end.and_then(|end| end.unpriced).unwrap_or(0);
        Ok(TradingResult {
            summary,
            counts,
            days: stream.days(),
            names: stream.names().clone(),
            books: stream.books().clone(),
        })
    }
}

/// The name of the model in predictions.
pub fn model_name(config: &RunConfig) -> Option<String> {
    let model = config.engine.model.as_ref();
    model.map(|model| value_name(model.kind))
}
