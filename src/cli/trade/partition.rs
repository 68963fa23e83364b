//! A trader at a partition of a Redis: it waits for its turn, goes on where others stopped, and lets nothing but the end, a
//! mistake or somebody who says stop keep it from that.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::model_name;
use super::redis::Task;
use crate::config::RunConfig;
use crate::engine::Engine;
use crate::error::Error;
use crate::metrics::Summary;
use crate::redis::{
    Answers, Channel, Link, PartitionConfig, PartitionConsumer, Patience, Recovered, RedisError,
};
use crate::run;
use crate::schema::event::OutgoingEvent;
use crate::sink::events::{EventWriter, Events};
use crate::sink::{Sink, SinkError};
use crate::source::stream::redis::{Latencies, RedisConfig, RedisFeed, Stopwatch};
use crate::source::stream::{Refused, Stream, StreamCounts};
use crate::source::{Replay, SourceError, Stoppable};

/// What trading at a partition came to.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// What came out.
    pub summary: Summary,
    /// What was read.
    pub counts: StreamCounts,
    /// How long entries took that this trader saw itself.
    pub latencies: Option<Latencies>,
}

/// How a trader's turn ended.
pub enum Turn {
    /// The stream is over, or somebody said stop.
    Over(Box<Outcome>),
    /// Somebody else's turn: nothing was done.
    Elsewhere,
}

/// Who trades where.
pub struct Trader<'a> {
    pub task: &'a Task<'a>,
    /// With this partition's part of the bankroll.
    pub config: RunConfig,
    pub consumer: PartitionConfig,
    pub partition: u32,
    pub until_idle: Option<Duration>,
    pub stay: bool,
}

impl Trader<'_> {
    /// Connects, and waits for a Redis that is away.
    pub fn connect(&self, patience: &Patience<'_>) -> Result<Link, RedisError> {
        let key = self.consumer.layout.keys(self.partition).match_events;
        patience.insist(|| {
            Link::open(
                &self.consumer.address,
                &key,
                self.consumer.layout.partitions.is_some(),
            )
        })
    }

    /// Trades, if it is this trader's turn.
    ///
    /// # Errors
    /// Also when the connection broke or somebody took over: what this trader knew is then out of date.
    pub fn take_turn(&self, link: Link, stop: &Arc<AtomicBool>) -> Result<Turn, Error> {
        match PartitionConsumer::open(link, self.consumer.clone(), self.partition)
            .map_err(SourceError::from)?
        {
            Some((consumer, opened)) => self
                .trade(consumer, &opened, stop)
                .map(|outcome| Turn::Over(Box::new(outcome))),
            None => Ok(Turn::Elsewhere),
        }
    }

    fn trade(
        &self,
        consumer: PartitionConsumer,
        opened: &Recovered,
        stop: &Arc<AtomicBool>,
    ) -> Result<Outcome, Error> {
        let config = RedisConfig {
            until_idle: self.until_idle,
            stay: self.stay,
            stopwatch: self.task.clock().map(Stopwatch::new),
        };
        let mut feed = RedisFeed::new(consumer, opened, config).map_err(SourceError::from)?;
        let result = self.fold(&mut feed, opened, stop);
        let latencies = feed.latencies().cloned();
        match result {
            Ok((summary, counts)) => {
                feed.close().map_err(SourceError::from)?;
                Ok(Outcome {
                    summary,
                    counts,
                    latencies,
                })
            }
            Err(error) => {
                // others should not have to wait for it; a connection that broke cannot say so
                let _ = feed.close();
                Err(error)
            }
        }
    }

    fn fold(
        &self,
        feed: &mut RedisFeed,
        opened: &Recovered,
        stop: &Arc<AtomicBool>,
    ) -> Result<(Summary, StreamCounts), Error> {
        let mut writer = Streams(feed.answers());
        let mut events = Events::new(&mut writer, model_name(&self.config));
        let mut sinks: [&mut dyn Sink; 1] = [&mut events];
        let mut engine = Engine::new(&self.config.engine)?;
        let done = opened.done.number;
        let mut put_aside = |refused: &Refused<'_>| self.task.put_aside(refused, done);
        let mut stream = Stream::new(feed, self.task.stream, &mut put_aside);
        let Some((_, checkpoint)) = &opened.checkpoint else {
            if let Some(history) = &self.task.history {
                stream = stream.with_history(Replay::of_results(Arc::clone(history)));
            }
            let mut source = Stoppable::endless(&mut stream, stop);
            let summary = run::run(&mut source, &mut engine, &mut sinks, &mut |_| {})?;
            return Ok((summary, stream.counts()));
        };
        let (mut stream, rest) = stream.with_state(checkpoint)?;
        let mut source = Stoppable::endless(&mut stream, stop);
        let summary = run::resume(&rest, &mut source, &mut engine, &mut sinks, &mut |_| {})?;
        Ok((summary, stream.counts()))
    }
}

/// Answers into the streams.
struct Streams(Answers);

impl EventWriter for Streams {
    fn write(&mut self, event: &OutgoingEvent<'_>) -> Result<(), SinkError> {
        let channel = match event {
            OutgoingEvent::Prediction(_) => Channel::Predictions,
            OutgoingEvent::Bet(_) => Channel::Bets,
            OutgoingEvent::Metrics(_) => Channel::Metrics,
        };
        let added = self.0.add(channel, event.event_type(), event, event.time());
        added.map_err(|error| SinkError::Stream(error.into()))
    }
}
