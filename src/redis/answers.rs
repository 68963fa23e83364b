//! Answers that are not written yet: a trader's events are gathered here until they are written in one step.

use std::cell::RefCell;
use std::rc::Rc;

use serde::Serialize;

use super::packed;
use crate::domain::Time;

/// The stream of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// `predictions`.
    Predictions,
    /// `bets`.
    Bets,
    /// `metrics`.
    Metrics,
    /// `match_events:dead`.
    Dead,
}

/// Answers to be written, shared by the sink that adds them and the feed that writes them.
#[derive(Debug, Clone, Default)]
pub struct Answers(Rc<RefCell<AnswerBuffer>>);

#[derive(Debug, Default)]
struct AnswerBuffer {
    batch: AnswerBatch,
    scratch: Vec<u8>,
}

/// The answers of one step, by their streams in the order of [`Channel`].
#[derive(Debug, Default)]
pub struct AnswerBatch([packed::Arguments; 4]);

impl AnswerBatch {
    pub(super) const fn channels(&self) -> &[packed::Arguments; 4] {
        &self.0
    }
}

impl Answers {
    /// Takes an answer.
    ///
    /// # Errors
    /// When the data cannot be serialized.
    pub fn add(
        &self,
        channel: Channel,
        event_type: &str,
        data: &impl Serialize,
        time: Time,
    ) -> Result<(), serde_json::Error> {
        let mut buffer = self.0.borrow_mut();
        let AnswerBuffer { batch, scratch } = &mut *buffer;
        scratch.clear();
        serde_json::to_writer(&mut *scratch, data)?;
        batch.0[channel as usize].add_entry(event_type, scratch, time);
        Ok(())
    }

    /// Removes and returns all answers.
    pub fn take(&self) -> AnswerBatch {
        std::mem::take(&mut self.0.borrow_mut().batch)
    }
}
