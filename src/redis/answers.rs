//! Answers that are not written yet: a trader's events are gathered here until they are written in one step.

use std::cell::RefCell;
use std::rc::Rc;

use serde::Serialize;

use super::Keys;
use super::publisher::xadd;
use crate::domain::Time;
use crate::schema::event::{UtcTimestamp, field};

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
#[derive(Debug, Clone)]
pub struct Answers(Rc<RefCell<AnswerBuffer>>);

#[derive(Debug)]
struct AnswerBuffer {
    keys: Keys,
    dead: String,
    maxlen: Option<u64>,
    bytes: Vec<u8>,
    commands: usize,
    scratch: Vec<u8>,
}

impl Answers {
    pub(super) fn new(keys: Keys, maxlen: Option<u64>) -> Self {
        let dead = keys.dead();
        let (bytes, scratch) = (Vec::new(), Vec::new());
        Self(Rc::new(RefCell::new(AnswerBuffer {
            keys,
            dead,
            maxlen,
            bytes,
            commands: 0,
            scratch,
        })))
    }

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
        let mut packed = self.0.borrow_mut();
        let AnswerBuffer {
            keys,
            dead,
            maxlen,
            bytes,
            commands,
            scratch,
        } = &mut *packed;
        let key = match channel {
            Channel::Predictions => &keys.predictions,
            Channel::Bets => &keys.bets,
            Channel::Metrics => &keys.metrics,
            Channel::Dead => dead,
        };
        scratch.clear();
        serde_json::to_writer(&mut *scratch, data)?;
        let mut add = xadd(key, *maxlen);
        add.arg(field::EVENT_TYPE)
            .arg(event_type)
            .arg(field::DATA)
            .arg(scratch.as_slice());
        add.arg(field::TIMESTAMP)
            .arg(UtcTimestamp(time).to_string());
        add.write_packed_command(bytes);
        *commands += 1;
        Ok(())
    }

    /// Removes and returns all answers, as packed commands, and the number of commands.
    pub fn take(&self) -> (Vec<u8>, usize) {
        let mut packed = self.0.borrow_mut();
        (
            std::mem::take(&mut packed.bytes),
            std::mem::take(&mut packed.commands),
        )
    }
}
