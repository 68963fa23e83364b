//! A program as a model: it is told what becomes known, and asked for a round at once.
//!
//! A copy of the model, which answers a question about something that is not bet on, never asks the process of the original:
//! what that knows depends on the run alone. All copies share a second process, which is told the same when it is first needed.

use std::collections::VecDeque;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::dialogue::{Dialogue, Said};
use super::error::ProgramError;
use super::history::{Known, Question};
use super::settings::{Counts, ProgramSettings};
use crate::checkpoint::{self, CheckpointError};
use crate::domain::{Match, MatchState, Names, Offer, Opinion, Time};
use crate::predict::{GoalProfile, PredictError, Predictor};

/// The kind of a saved state.
const STATE: &str = "what a model's program was told";

/// A program as a model.
#[derive(Debug)]
pub struct ProgramModel {
    settings: Arc<ProgramSettings>,
    profile: GoalProfile,
    /// Of every model of the run.
    counts: Arc<Counts>,
    shared: Arc<Shared>,
    /// How much of the history this model knows.
    known: usize,
    is_copy: bool,
    /// The process of the original, once it was asked.
    live: Option<Dialogue>,
    /// The answers to the round that was asked about, in order.
    ready: VecDeque<Ready>,
}

/// What a model and its copies share.
#[derive(Debug, Default)]
struct Shared {
    history: Mutex<Vec<Known>>,
    /// The process that copies ask.
    aside: Mutex<Option<Dialogue>>,
    last: Mutex<Option<Last>>,
}

/// The last question to the original, which a copy may be asked again.
#[derive(Debug)]
struct Last {
    known: usize,
    question: Question,
    opinions: Vec<Option<Opinion>>,
}

/// The answer about an offer.
#[derive(Debug)]
struct Ready {
    id: Arc<str>,
    state: MatchState,
    opinion: Option<Opinion>,
}

impl ProgramModel {
    /// A model that knows nothing; its process starts with the first question.
    pub fn new(
        settings: &Arc<ProgramSettings>,
        profile: GoalProfile,
        counts: &Arc<Counts>,
    ) -> Self {
        Self {
            settings: Arc::clone(settings),
            profile,
            counts: Arc::clone(counts),
            shared: Arc::default(),
            known: 0,
            is_copy: false,
            live: None,
            ready: VecDeque::new(),
        }
    }

    fn learn(&mut self, known: Known) {
        if self.is_copy {
            self.part();
        }
        lock(&self.shared.history).push(known);
        self.known += 1;
    }

    /// Makes a copy a model of its own, which may learn something else than the original.
    fn part(&mut self) {
        let history = lock(&self.shared.history)[..self.known].to_vec();
        self.shared = Arc::new(Shared {
            history: Mutex::new(history),
            ..Shared::default()
        });
        self.is_copy = false;
    }

    fn ask(
        &mut self,
        question: &Question,
        names: &Names,
        stop: &AtomicBool,
    ) -> Result<Vec<Option<Opinion>>, ProgramError> {
        if self.settings.prices {
            self.learn(question.prices());
        }
        let history = lock(&self.shared.history);
        let dialogue = match self.live.take() {
            Some(dialogue) => dialogue,
            None => Dialogue::start(&self.settings)?,
        };
        let known = &history[..self.known];
        let asked = dialogue.ask(&self.settings, self.profile, known, question, names, stop);
        drop(history);
        let (dialogue, Said { opinions, scaled }) = asked?;
        self.live = Some(dialogue);
        let known = opinions.iter().flatten().count();
        self.counts.add(opinions.len(), known, scaled);
        *lock(&self.shared.last) = Some(Last {
            known: self.known,
            question: question.clone(),
            opinions: opinions.clone(),
        });
        Ok(opinions)
    }

    /// The same of a copy.
    fn ask_aside(
        &self,
        question: &Question,
        names: &Names,
        stop: &AtomicBool,
    ) -> Result<Vec<Option<Opinion>>, ProgramError> {
        if let Some(opinions) = self.answered(question) {
            return Ok(opinions);
        }
        let history = lock(&self.shared.history);
        let mut aside = lock(&self.shared.aside);
        // one that knows more than this copy would look ahead
        let mut dialogue = match aside.take().filter(|aside| aside.told() <= self.known) {
            Some(dialogue) => dialogue,
            None => Dialogue::start(&self.settings)?,
        };
        if self.settings.prices {
            dialogue.suppose(&question.prices(), names);
        }
        let known = &history[..self.known];
        let (dialogue, said) =
            dialogue.ask(&self.settings, self.profile, known, question, names, stop)?;
        // prices that were only asked about must not be known to the next question
        *aside = (!self.settings.prices).then_some(dialogue);
        Ok(said.opinions)
    }

    /// What the original has answered to this very question.
    fn answered(&self, question: &Question) -> Option<Vec<Option<Opinion>>> {
        let last = lock(&self.shared.last);
        let last = last.as_ref()?;
        let is_same = last.known == self.known && last.question == *question;
        is_same.then(|| last.opinions.clone())
    }

    /// What of an offer is kept: its prices only where the program is told prices.
    fn kept(&self, offer: &Offer) -> Offer {
        Offer {
            fixture: Arc::clone(&offer.fixture),
            state: offer.state,
            quotes: if self.settings.prices {
                offer.quotes.clone()
            } else {
                Vec::new()
            },
        }
    }
}

impl Predictor for ProgramModel {
    fn observe(&mut self, played: &Match) {
        self.learn(Known::Result(played.clone()));
    }

    fn retract(&mut self, played: &Match) {
        self.learn(Known::Retracted(played.clone()));
    }

    fn prepare(
        &mut self,
        offers: &mut dyn Iterator<Item = &Offer>,
        now: Time,
        names: &Names,
        stop: &AtomicBool,
    ) -> Result<(), PredictError> {
        self.ready.clear();
        let question = Question {
            time: now,
            offers: offers.map(|offer| self.kept(offer)).collect(),
        };
        if question.offers.is_empty() {
            return Ok(());
        }
        let opinions = if self.is_copy {
            self.ask_aside(&question, names, stop)?
        } else {
            self.ask(&question, names, stop)?
        };
        let answers = question.offers.iter().zip(opinions);
        self.ready.extend(answers.map(|(offer, opinion)| Ready {
            id: Arc::clone(&offer.fixture.id),
            state: offer.state,
            opinion,
        }));
        Ok(())
    }

    fn predict(&mut self, offer: &Offer, _now: Time) -> Result<Option<Opinion>, PredictError> {
        let next = self.ready.pop_front();
        next.filter(|next| next.id == offer.fixture.id && next.state == offer.state)
            .map(|next| next.opinion)
            .ok_or_else(|| {
                let id = &offer.fixture.id;
                PredictError::Outside(format!("the model's program was not asked about {id}"))
            })
    }

    fn save(&self) -> Option<Vec<u8>> {
        let history = lock(&self.shared.history);
        checkpoint::encode(&&history[..self.known]).ok()
    }

    fn restore(&mut self, state: &[u8]) -> Result<(), CheckpointError> {
        let history: Vec<Known> = checkpoint::decode(STATE, state)?;
        self.known = history.len();
        self.shared = Arc::new(Shared {
            history: Mutex::new(history),
            ..Shared::default()
        });
        // the next question goes to a process that is told all of it
        (self.is_copy, self.live) = (false, None);
        self.ready.clear();
        Ok(())
    }

    fn copy(&self) -> Option<Box<dyn Predictor>> {
        Some(Box::new(Self {
            settings: Arc::clone(&self.settings),
            profile: self.profile,
            counts: Arc::clone(&self.counts),
            shared: Arc::clone(&self.shared),
            known: self.known,
            is_copy: true,
            live: None,
            ready: VecDeque::new(),
        }))
    }
}

/// What a mutex holds; nothing that panicked has left it half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
