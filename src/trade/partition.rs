//! A trader on a partition of a Redis. It waits for its lease and continues where others stopped. Only the end of the
//! stream, an error or a stop ends it.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::group::GroupConfig;
use super::lines::model_name;
use super::notice::{Notice, Report};
use crate::config::RunConfig;
use crate::engine::Engine;
use crate::error::Error;
use crate::metrics::Summary;
use crate::redis::{
    Answers, Channel, Lease, Link, PartitionConfig, PartitionConsumer, Patience, Recovered,
    RedisError,
};
use crate::run;
use crate::schema::event::OutgoingEvent;
use crate::sink::events::{EventWriter, Events};
use crate::sink::withheld::WithheldNotes;
use crate::sink::{Outputs, SinkError};
use crate::source::stream::redis::{Latencies, RedisConfig, RedisFeed, Stopwatch};
use crate::source::stream::{Dropped, Refused, Stream, StreamCounts};
use crate::source::{Replay, SourceError, Stoppable};

/// The result of trading on a partition.
#[derive(Debug, Clone)]
pub struct PartitionOutcome {
    /// The summary.
    pub summary: Summary,
    /// Counts of entries.
    pub counts: StreamCounts,
    /// The latencies of the entries that this trader processed.
    pub latencies: Option<Latencies>,
}

/// How a trader's attempt at a partition ended.
pub(super) enum TurnOutcome {
    /// The stream is over, or the trader was stopped.
    Finished(Box<PartitionOutcome>),
    /// Another trader holds the lease: nothing was done.
    LeaseHeld,
}

/// The trader of a partition.
pub(super) struct PartitionTrader<'a> {
    pub partition: u32,
    group: &'a GroupConfig,
    report: Report<'a>,
    /// The settings, with this partition's share of the bankroll.
    config: RunConfig,
    consumer: PartitionConfig,
}

impl<'a> PartitionTrader<'a> {
    pub fn new(group: &'a GroupConfig, partition: u32, report: Report<'a>) -> Self {
        let config = group.config_of(partition);
        Self {
            partition,
            group,
            report,
            consumer: group.consumer_of(&config),
            config,
        }
    }

    /// Connects, and waits for a Redis that is unreachable.
    pub fn connect(&self, patience: &Patience<'_>) -> Result<Link, RedisError> {
        let PartitionConfig {
            address, layout, ..
        } = &self.consumer;
        let key = layout.keys(self.partition).match_events;
        patience.retry(|| Link::open(address, &key, layout.partitions.is_some()))
    }

    /// Whether another trader is at work on the partition.
    ///
    /// # Errors
    /// When Redis cannot be reached.
    pub fn is_held(&self, link: &mut Link) -> Result<bool, RedisError> {
        let PartitionConfig {
            layout,
            group,
            consumer,
            ..
        } = &self.consumer;
        Lease::is_with_another(link, &layout.keys(self.partition), group, consumer)
    }

    /// Trades, if the lease is free.
    ///
    /// # Errors
    /// Also when the connection broke or another trader took over: this trader's state is then out of date.
    pub fn attempt(&self, link: Link, stop: &AtomicBool) -> Result<TurnOutcome, Error> {
        let opened = PartitionConsumer::open(link, self.consumer.clone(), self.partition);
        match opened.map_err(SourceError::from)? {
            Some((consumer, recovered)) => self
                .trade(consumer, &recovered, stop)
                .map(|outcome| TurnOutcome::Finished(Box::new(outcome))),
            None => Ok(TurnOutcome::LeaseHeld),
        }
    }

    fn trade(
        &self,
        consumer: PartitionConsumer,
        recovered: &Recovered,
        stop: &AtomicBool,
    ) -> Result<PartitionOutcome, Error> {
        let config = RedisConfig {
            until_idle: self.group.until_idle,
            stay: self.group.stay,
            stopwatch: self
                .group
                .clock
                .map(|clock| Stopwatch::new(Box::new(clock))),
        };
        let mut feed = RedisFeed::new(consumer, recovered, config).map_err(SourceError::from)?;
        let result = self.fold(&mut feed, recovered, stop);
        let latencies = feed.latencies().cloned();
        match result {
            Ok((summary, counts)) => {
                feed.close().map_err(SourceError::from)?;
                Ok(PartitionOutcome {
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
        recovered: &Recovered,
        stop: &AtomicBool,
    ) -> Result<(Summary, StreamCounts), Error> {
        let mut writer = AnswerWriter(feed.answers());
        let events = Events::new(&mut writer, model_name(&self.config));
        let warn = |sentence: &str| (self.report)(Notice::Withheld(sentence));
        let mut outputs = Outputs {
            events: Some(events),
            withheld: Some(WithheldNotes::new(&self.config.engine.strategy, &warn)),
            ..Outputs::default()
        };
        let sinks = &mut outputs.sinks();
        let mut engine = Engine::new(&self.config.engine)?;
        let done = recovered.done.number;
        let mut on_refused = |refused: &Refused<'_>| self.report_refused(refused, done);
        let mut on_dropped = |dropped: &Dropped<'_>| self.report_dropped(dropped, done);
        let mut stream =
            Stream::new(feed, self.group.stream, &mut on_refused).noting(&mut on_dropped);
        let Some((_, checkpoint)) = &recovered.checkpoint else {
            if let Some(history) = &self.group.history {
                let lessons = self.config.engine.wants_lessons();
                let history = Replay::of_history(Arc::clone(history), lessons);
                stream = stream.with_history(history);
            }
            stream = stream
                .with_aliases(&self.config.read.aliases)
                .with_team_limit(&self.config.engine)?;
            let mut source = Stoppable::endless(&mut stream, stop);
            let summary = run::run(&mut source, &mut engine, sinks, &mut |_| {})?;
            return Ok((summary, stream.counts()));
        };
        let (mut stream, rest) = stream.with_state(checkpoint)?;
        let mut source = Stoppable::endless(&mut stream, stop);
        let summary = run::resume(&rest, &mut source, &mut engine, sinks, &mut |_| {})?;
        Ok((summary, stream.counts()))
    }

    /// Reports a dropped statistic, unless an earlier trader has done so.
    fn report_dropped(&self, dropped: &Dropped<'_>, done: u64) {
        if dropped.number > done {
            (self.report)(Notice::Dropped(dropped));
        }
    }

    /// Reports a refused entry, unless an earlier trader has done so.
    fn report_refused(&self, refused: &Refused<'_>, done: u64) {
        if refused.number > done {
            (self.report)(Notice::Refused(refused));
        }
    }
}

/// Writes events to the streams of answers.
struct AnswerWriter(Answers);

impl EventWriter for AnswerWriter {
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
