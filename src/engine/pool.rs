//! A pool of leagues: its model, and what it has seen.

use std::sync::atomic::AtomicBool;

use super::error::EngineError;
use super::knowledge::Knowledge;
use super::predictions::{PoolPredictions, Step};
use super::pricer::{JudgedOpinion, Pricer};
use crate::calendar;
use crate::checkpoint::CheckpointError;
use crate::domain::{
    Basis, Fixture, LeagueId, Match, Names, Offer, Opinion, Round, Time, Withheld,
};
use crate::predict::{PredictError, Predictor};

/// The leagues that share a model.
pub struct Pool {
    /// Its leagues.
    pub name: String,
    model: Option<Box<dyn Predictor>>,
    pub knowledge: Knowledge,
}

impl Pool {
    /// A pool that has seen nothing.
    pub fn new(name: String, model: Option<Box<dyn Predictor>>) -> Self {
        Self {
            name,
            model,
            knowledge: Knowledge::default(),
        }
    }

    /// A copy, where the model can be copied otherwise than by saving and restoring it.
    pub fn copy(&self) -> Option<Self> {
        let model = self.model.as_ref()?.copy()?;
        Some(Self {
            name: self.name.clone(),
            model: Some(model),
            knowledge: self.knowledge.clone(),
        })
    }

    /// Tells the model which league is which.
    pub fn meet(&mut self, league: LeagueId, name: &str) {
        if let Some(model) = &mut self.model {
            model.meet(league, name);
        }
    }

    /// The state of the model; `None` without one.
    pub fn save(&self) -> Result<Option<Vec<u8>>, CheckpointError> {
        let Some(model) = &self.model else {
            return Ok(None);
        };
        model
            .save()
            .map(Some)
            .ok_or_else(|| CheckpointError::Unsaved(format!("the model of {}", self.name)))
    }

    /// Restores what was known and the state of the model.
    pub fn restore(
        &mut self,
        knowledge: Knowledge,
        state: Option<Vec<u8>>,
    ) -> Result<(), CheckpointError> {
        self.knowledge = knowledge;
        match (&mut self.model, state) {
            (Some(model), Some(state)) => model.restore(&state),
            (None, None) => Ok(()),
            (Some(_), None) | (None, Some(_)) => Err(CheckpointError::damaged(
                "state of an engine",
                "only one of the two has a model",
            )),
        }
    }

    /// Takes the steps of a batch, and prices its offers.
    pub fn run(
        &mut self,
        rounds: &[Round],
        names: &Names,
        pricer: &Pricer<'_>,
        batch: &mut PoolPredictions,
        stop: &AtomicBool,
    ) -> Result<(), EngineError> {
        let PoolPredictions {
            steps,
            priced,
            slate,
            edges,
            lessons,
            taken,
            ..
        } = batch;
        let mut prepared = None;
        let first = std::mem::replace(taken, steps.len());
        for (place, step) in steps.iter().enumerate().skip(first) {
            match step {
                &Step::Observe { round, result } => {
                    self.observe(&rounds[round].results[result]);
                }
                Step::Revise {
                    round,
                    result,
                    before,
                } => self.revise(before, &rounds[*round].results[*result]),
                &Step::Predict {
                    round,
                    offer,
                    is_lesson,
                } => {
                    if prepared.replace(round) != Some(round) {
                        self.prepare(&rounds[round], &steps[place..], names, stop)?;
                    }
                    let round = &rounds[round];
                    let offer = offer_of(round, offer, is_lesson);
                    let least = pricer.least_matches();
                    let opinion = self.predict(offer, round.time, round, names, least, stop)?;
                    if is_lesson {
                        lessons.push(pricer.lesson(offer, &opinion));
                    } else {
                        priced.push(pricer.price(offer, &opinion, round.time, edges, slate));
                    }
                }
            }
        }
        Ok(())
    }

    /// Shows the model the offers of a round that it will predict next: those of the steps until another kind of step.
    fn prepare(
        &mut self,
        round: &Round,
        steps: &[Step],
        names: &Names,
        stop: &AtomicBool,
    ) -> Result<(), EngineError> {
        let Some(Step::Predict { round: number, .. }) = steps.first() else {
            return Ok(());
        };
        let mut offers = steps.iter().map_while(|step| match step {
            Step::Predict {
                round: other,
                offer,
                is_lesson,
            } if other == number => Some(offer_of(round, *offer, *is_lesson)),
            Step::Predict { .. } | Step::Observe { .. } | Step::Revise { .. } => None,
        });
        self.ask(&mut offers, round.time, names, stop)
    }

    /// Lets the model prepare the predictions of these offers.
    pub fn ask(
        &mut self,
        offers: &mut dyn Iterator<Item = &Offer>,
        time: Time,
        names: &Names,
        stop: &AtomicBool,
    ) -> Result<(), EngineError> {
        let prepared = self
            .model
            .as_mut()
            .map_or(Ok(()), |model| model.prepare(offers, time, names, stop));
        prepared.map_err(|source| self.failed(time, source))
    }

    fn failed(&self, time: Time, source: PredictError) -> EngineError {
        EngineError::Predict {
            league: self.name.clone(),
            day: calendar::format_date(time),
            source,
        }
    }

    fn observe(&mut self, played: &Match) {
        if let Some(model) = &mut self.model {
            model.observe(played);
            // a model that learns nothing needs no knowledge, and simulations need every nanosecond
            if model.matches_seen(&played.fixture).is_some() {
                self.knowledge.observe(&played.fixture);
            }
        }
    }

    /// Replaces a result that the model has learned.
    fn revise(&mut self, before: &Match, after: &Match) {
        if let Some(model) = &mut self.model
            && before.status.has_result()
        {
            model.retract(before);
            self.knowledge.retract(&before.fixture);
        }
        if after.status.has_result() {
            self.observe(after);
        }
    }

    /// The opinion on an offer, which stands in a round with others.
    pub fn predict(
        &mut self,
        offer: &Offer,
        time: Time,
        round: &Round,
        names: &Names,
        least: u32,
        stop: &AtomicBool,
    ) -> Result<JudgedOpinion, EngineError> {
        let Some(model) = &mut self.model else {
            return Ok(JudgedOpinion::default());
        };
        let predicted = model.predict_until(offer, time, stop);
        let seen = model.matches_seen(&offer.fixture);
        let mut opinion = predicted.map_err(|source| self.failed(time, source))?;
        let fixture = &offer.fixture;
        let basis = opinion.as_ref().and_then(Opinion::basis);
        let withheld = seen
            .and_then(|seen| self.knowledge.judge(fixture, round, names, seen, least))
            .or_else(|| {
                basis
                    .filter(|basis| basis.newcomer)
                    .map(|basis| newcomer(fixture, basis))
            });
        if !withheld.is_none_or(Withheld::has_forecast) {
            opinion = None;
        }
        Ok(JudgedOpinion {
            opinion,
            seen: seen.or(basis.map(|basis| basis.seen)),
            withheld,
        })
    }
}

/// An offer of a round, or one of its lessons.
fn offer_of(round: &Round, place: usize, is_lesson: bool) -> &Offer {
    let offers = if is_lesson {
        &round.lessons
    } else {
        &round.offers
    };
    &offers[place]
}

/// Why nothing is bet on a match of which the model had seen too little when its opinion was recorded.
fn newcomer(fixture: &Fixture, Basis { seen, .. }: Basis) -> Withheld {
    let rarer = usize::from(seen[1] < seen[0]);
    Withheld::Newcomer {
        team: [fixture.home, fixture.away][rarer],
        seen: seen[rarer],
        other: None,
    }
}
