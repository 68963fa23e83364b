//! A process that has been told what is known so far, and is asked.

use std::sync::atomic::AtomicBool;

use super::answer::Answer;
use super::error::ProgramError;
use super::history::{Known, Question};
use super::opinions::opinion_of;
use super::process::{Fault, Process};
use super::protocol::Line;
use super::settings::ProgramSettings;
use crate::domain::{Names, Opinion};
use crate::predict::GoalProfile;

/// The bytes of a text from which it is written, although there is more to tell.
const MUCH: usize = 1 << 16;

/// A process, and what it knows.
#[derive(Debug)]
pub struct Dialogue {
    process: Process,
    /// How much of the history it has been told.
    told: usize,
    /// How many questions it was asked.
    asked: u64,
    text: Vec<u8>,
    /// What it is told after all that is known.
    supposed: Vec<u8>,
}

/// What a program said to a question.
#[derive(Debug, Clone)]
pub struct Said {
    /// The opinion on each fixture, in their order.
    pub opinions: Vec<Option<Opinion>>,
    /// How many of them had probabilities that were scaled to sum to 1.
    pub scaled: u64,
}

impl Dialogue {
    /// Starts a process and greets it.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(settings: &ProgramSettings) -> Result<Self, ProgramError> {
        let process = Process::start(settings.command.command(), settings.group);
        let process = process.map_err(|fault| ProgramError::new(settings, fault, Vec::new()))?;
        let mut text = Vec::new();
        Line::hello(settings.prices).write(&mut text);
        Ok(Self {
            process,
            told: 0,
            asked: 0,
            text,
            supposed: Vec::new(),
        })
    }

    /// How much of the history it has been told.
    pub const fn told(&self) -> usize {
        self.told
    }

    /// Tells it something that is not part of what is known, before it is asked.
    pub fn suppose(&mut self, known: &Known, names: &Names) {
        known.write(names, &mut self.supposed);
    }

    /// Tells it what it has not been told of what is known, and asks it. After an error the process is gone.
    ///
    /// # Errors
    /// When it does not answer, or nonsense.
    pub fn ask(
        mut self,
        settings: &ProgramSettings,
        profile: GoalProfile,
        known: &[Known],
        question: &Question,
        names: &Names,
        stop: &AtomicBool,
    ) -> Result<(Self, Said), ProgramError> {
        if let Err(fault) = self.tell(settings, known, names, stop) {
            let lines = self.process.kill();
            return Err(ProgramError::new(settings, fault, lines));
        }
        let line = match self.put(settings, question, names, stop) {
            Ok(line) => line,
            Err(fault) => return Err(self.fail(settings, question, fault)),
        };
        match judged(&line, self.asked, question, names, profile) {
            Ok(said) => Ok((self, said)),
            Err(problem) => {
                let lines = self.process.kill();
                let question = (self.asked, question.time);
                Err(ProgramError::nonsense(
                    settings, question, problem, &line, lines,
                ))
            }
        }
    }

    fn fail(self, settings: &ProgramSettings, question: &Question, fault: Fault) -> ProgramError {
        let lines = self.process.kill();
        ProgramError::new(settings, fault, lines).of_question(self.asked, question.time)
    }

    /// Tells it what it has not been told, in pieces, so that no text grows with what is known.
    fn tell(
        &mut self,
        settings: &ProgramSettings,
        known: &[Known],
        names: &Names,
        stop: &AtomicBool,
    ) -> Result<(), Fault> {
        for one in &known[self.told..] {
            one.write(names, &mut self.text);
            if self.text.len() >= MUCH {
                let text = std::mem::take(&mut self.text);
                self.process.write(text, settings.timeout, stop)?;
            }
        }
        self.told = known.len();
        self.text.append(&mut self.supposed);
        // an answer to what it has not seen would be taken for that to the question
        match self.process.unread()? {
            Some(line) => Err(Fault::Talkative(line)),
            None => Ok(()),
        }
    }

    /// Puts a question; the line of the answer.
    fn put(
        &mut self,
        settings: &ProgramSettings,
        question: &Question,
        names: &Names,
        stop: &AtomicBool,
    ) -> Result<Vec<u8>, Fault> {
        self.asked += 1;
        Line::predict(self.asked, question.time, &question.offers, names).write(&mut self.text);
        let text = std::mem::take(&mut self.text);
        self.process.write(text, settings.timeout, stop)?;
        self.process.read(settings.timeout, stop)
    }
}

/// The opinions of an answer.
///
/// # Errors
/// When it is none to this question: why not.
fn judged(
    line: &[u8],
    id: u64,
    question: &Question,
    names: &Names,
    profile: GoalProfile,
) -> Result<Said, String> {
    let answer = Answer::read(line)?;
    if answer.id != id {
        return Err(format!(
            "its id is {}, and the question's is {id}",
            answer.id
        ));
    }
    let (asked, said) = (question.offers.len(), answer.forecasts.len());
    if asked != said {
        return Err(format!(
            "forecasts has {said} of {asked}: one for each fixture, in their order, null for no opinion"
        ));
    }
    let mut scaled = 0;
    let mut opinions = Vec::with_capacity(said);
    for (place, (forecast, offer)) in answer.forecasts.iter().zip(&*question.offers).enumerate() {
        let opinion = forecast
            .as_ref()
            .map(|forecast| opinion_of(forecast, offer.state, profile));
        let opinion = opinion.transpose().map_err(|problem| {
            let (home, away) = (
                names.team(offer.fixture.home),
                names.team(offer.fixture.away),
            );
            format!("forecasts[{place}] ({home} - {away}): {problem}")
        })?;
        scaled += u64::from(opinion.as_ref().is_some_and(|(_, is_scaled)| *is_scaled));
        opinions.push(opinion.map(|(opinion, _)| opinion));
    }
    Ok(Said { opinions, scaled })
}
