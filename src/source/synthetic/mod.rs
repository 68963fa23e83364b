//! Synthetic matches: a league whose true strengths are known, and a bookmaker who prices it.

mod bookmaker;
mod calendar;
mod config;
mod emit;
mod generator;
mod league;
mod pyramid;
mod scores;
mod stream;
mod truth;
mod world;

use std::sync::Arc;

use crate::domain::{Fixture, Match, MatchState, MatchStatus, Names, Offer, Quote, Round, Time};
use crate::source::replay::RESULT_AFTER;
use crate::source::{NextRound, PriceTime, Source, SourceError};

pub use config::{BookmakerConfig, LeagueConfig, SyntheticConfig, SyntheticError, Team, Teams};
pub use emit::{FOOTBALL_DATA_SEASONS, football_data_header, football_data_row};
use generator::{Generator, SimulatedMatch};
pub use pyramid::Pyramid;
pub use scores::ScoreSampler;
pub use stream::{Purpose, stream};
pub use truth::TrueModel;
pub use world::World;

/// A source of synthetic matches.
///
/// As in a [`Replay`](crate::source::Replay), opening prices come at the start of a match day, closing prices at kick-off,
/// prices in play at a fixed interval, and results two hours after kick-off.
#[derive(Debug)]
pub struct Synthetic {
    generator: Generator,
    /// The matches of the current round.
    matches: Vec<SimulatedMatch>,
    next: Moment,
    /// Buffers of earlier offers, for reuse.
    spare: Vec<Vec<Quote>>,
}

/// The next moment of a round of matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    Opening,
    Kickoff,
    InPlay(u8),
    Result,
}

/// Length of the break between the halves, in seconds.
const BREAK: i64 = 15 * 60;
/// The last minute at which there are prices in play: stoppage time has none.
const LAST_MINUTE: u8 = 90;

impl Synthetic {
    /// The matches of run 0, from the first on.
    ///
    /// # Errors
    /// When a setting is out of its range.
    ///
    /// ```
    /// use simbet::Round;
    /// use simbet::{NextRound, Source};
    /// use simbet::{Synthetic, SyntheticConfig};
    /// let mut source = Synthetic::new(&SyntheticConfig::default()).unwrap();
    /// let (mut round, mut results) = (Round::default(), 0);
    /// while source.next_round(&mut round).unwrap() == NextRound::Round {
    ///     results += round.results.len();
    /// }
    /// assert_eq!(results, 380);
    /// ```
    pub fn new(config: &SyntheticConfig) -> Result<Self, SyntheticError> {
        let generator = Generator::new(Arc::new(World::new(config)?));
        Ok(Self {
            generator,
            matches: Vec::new(),
            next: Moment::Opening,
            spare: Vec::new(),
        })
    }

    /// Goes to the start of a run. Its matches depend only on its number, not on earlier runs.
    pub fn restart(&mut self, run: u64) {
        self.generator.restart(run);
        self.next = Moment::Opening;
    }

    /// The part that all runs share.
    pub fn world(&self) -> &Arc<World> {
        self.generator.world()
    }

    fn config(&self) -> &SyntheticConfig {
        &self.generator.world().config
    }

    fn recycle(&mut self, round: &mut Round) {
        for mut offer in round.offers.drain(..).chain(round.closes.drain(..)) {
            offer.quotes.clear();
            self.spare.push(offer.quotes);
        }
    }

    /// Fills the round with the prices or results of a moment of the matches.
    fn fill(&mut self, moment: Moment, round: &mut Round) -> Result<(), SourceError> {
        let fixture = &self.matches[0].fixture;
        let kickoff = fixture.kickoff.unwrap_or(fixture.day);
        let struck_at_close = self.config().price == PriceTime::Close;
        match moment {
            Moment::Opening => round.reset(fixture.day),
            Moment::Kickoff => round.reset(kickoff),
            Moment::InPlay(minute) => round.reset(minute_of_day(kickoff, minute)),
            Moment::Result => round.reset(kickoff + RESULT_AFTER),
        }
        match moment {
            Moment::Opening => {
                let matches = self.matches.iter_mut();
                round.offers.extend(matches.map(|one| {
                    offer(&one.fixture, take_quotes(&mut self.spare, &mut one.opening))
                }));
            }
            Moment::Kickoff => {
                if struck_at_close {
                    let matches = self.matches.iter();
                    round.offers.extend(
                        matches
                            .map(|one| offer(&one.fixture, copied(&mut self.spare, &one.closing))),
                    );
                }
                let matches = self.matches.iter_mut();
                round.closes.extend(matches.map(|one| {
                    offer(&one.fixture, take_quotes(&mut self.spare, &mut one.closing))
                }));
            }
            Moment::InPlay(minute) => self.fill_in_play(minute, round)?,
            Moment::Result => round.results.extend(self.matches.iter().map(result)),
        }
        Ok(())
    }

    fn fill_in_play(&mut self, minute: u8, round: &mut Round) -> Result<(), SourceError> {
        for one in &self.matches {
            let mut quotes = self.spare.pop().unwrap_or_default();
            let state = self
                .generator
                .in_play(one, minute, round.time, &mut quotes)?;
            round.offers.push(Offer {
                fixture: one.fixture.clone(),
                state,
                quotes,
            });
        }
        Ok(())
    }

    fn after(&self, moment: Moment) -> Moment {
        let every = self.config().every;
        let played = match moment {
            Moment::Opening => return Moment::Kickoff,
            Moment::Result => return Moment::Opening,
            Moment::Kickoff => 0,
            Moment::InPlay(minute) => minute,
        };
        let next = every
            .map(|every| played + every)
            .filter(|&minute| minute <= LAST_MINUTE);
        next.filter(|&minute| self.config().league.profile.left(minute) > 0.0)
            .map_or(Moment::Result, Moment::InPlay)
    }
}

impl Source for Synthetic {
    fn next_round(&mut self, round: &mut Round) -> Result<NextRound, SourceError> {
        self.recycle(round);
        round.reset(round.time);
        if self.next == Moment::Opening {
            self.generator.next_round(&mut self.matches)?;
            if self.matches.is_empty() {
                return Ok(NextRound::End);
            }
            if self.config().price == PriceTime::Close {
                self.next = Moment::Kickoff;
            }
        }
        let moment = self.next;
        self.fill(moment, round)?;
        self.next = self.after(moment);
        Ok(NextRound::Round)
    }

    fn names(&self) -> &Names {
        self.world().calendar.names()
    }
}

fn offer(fixture: &Arc<Fixture>, quotes: Vec<Quote>) -> Offer {
    Offer {
        fixture: Arc::clone(fixture),
        state: MatchState::default(),
        quotes,
    }
}

/// Takes the quotes and leaves an empty buffer.
fn take_quotes(spare: &mut Vec<Vec<Quote>>, quotes: &mut Vec<Quote>) -> Vec<Quote> {
    std::mem::replace(quotes, spare.pop().unwrap_or_default())
}

fn copied(spare: &mut Vec<Vec<Quote>>, quotes: &[Quote]) -> Vec<Quote> {
    let mut buffer = spare.pop().unwrap_or_default();
    buffer.extend_from_slice(quotes);
    buffer
}

fn result(one: &SimulatedMatch) -> Match {
    Match {
        fixture: one.fixture.clone(),
        score: one.score,
        status: MatchStatus::Played,
        statistics: None,
    }
}

/// The time at a minute of play, with the break between the halves and without stoppage time.
fn minute_of_day(kickoff: Time, minute: u8) -> Time {
    kickoff + i64::from(minute) * 60 + if minute > 45 { BREAK } else { 0 }
}
