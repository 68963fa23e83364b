//! The expected goals of the remaining matches of a season.

use std::borrow::Cow;
use std::sync::Arc;

use rand_distr::{Distribution as _, StandardNormal};

use super::error::SeasonError;
use super::schedule::Season;
use crate::calendar;
use crate::domain::{Match, MatchStatus, ScoreGrid, TeamId, Time};
use crate::engine::{EngineConfig, EngineError, pool_name};
use crate::predict::{self, Filter, Fit, ModelConfig, Posterior, Predictor, SeasonBelief};
use crate::source::Matches;
use crate::source::synthetic::{Purpose, ScoreSampler, stream};

/// The expected goals of the remaining matches: the same in all runs, or drawn for each run from the distribution of the
/// strengths.
///
/// ```
/// use simbet::{Outlook, ReadConfig, Rules, Season, read_bytes};
/// let csv = b"Div,Date,HomeTeam,AwayTeam,FTHG,FTAG\nE0,10/08/24,Ayton,Brae,3,0\nE0,17/08/24,Brae,Ayton,,\n";
/// let matches = read_bytes("E0.csv", csv, &ReadConfig::default()).unwrap();
/// let season = Season::find(&matches, None, None, Rules::of).unwrap();
/// assert!(Outlook::known(&season, &[[1.5, 1.1]], 0.0).is_ok());
/// assert!(Outlook::known(&season, &[], 0.0).is_err()); // one match is left
/// ```
#[derive(Debug, Clone)]
pub struct Outlook(Strengths);

#[derive(Debug, Clone)]
enum Strengths {
    Known(Vec<ScoreSampler>),
    Uncertain {
        posterior: Box<Posterior>,
        left: Vec<Remaining>,
    },
    Filtered {
        belief: Box<SeasonBelief>,
        left: Vec<Remaining>,
    },
}

/// A remaining match: both sides by their number in the fit, and whether neither is at home.
#[derive(Debug, Clone, Copy)]
struct Remaining {
    teams: [usize; 2],
    neutral: bool,
}

impl Outlook {
    /// Fits the model to the results of the season's league, and of those in its pool, up to the season's last day.
    ///
    /// With `uncertainty` every run draws the strengths from the covariance of the fit; otherwise the estimates are
    /// used in every run.
    ///
    /// # Errors
    /// When the model has no strengths, a team is unknown to it, or the fit fails.
    pub fn fit(
        season: &Season,
        matches: &Matches,
        config: &EngineConfig,
        uncertainty: bool,
    ) -> Result<Self, SeasonError> {
        let model = config.model.clone().unwrap_or_default();
        if model.kind.is_filter() {
            return Self::filtered(season, matches, config, &model, uncertainty);
        }
        let mut model = predict::goal_model(&model)
            .map_err(EngineError::from)?
            .ok_or(SeasonError::NoStrengths)?;
        let pool = pool_name(season.league(), &config.pools);
        observe(&mut model, matches, season.as_of(), |league| {
            pool_name(league, &config.pools) == pool
        });
        if config
            .model
            .as_ref()
            .is_none_or(|model| model.prior.is_some())
        {
            season
                .teams()
                .iter()
                .for_each(|&team| model.expect(team, season.year()));
        }
        // the day after, so that the results of the last day count
        let now = season.as_of() + Time::DAY;
        let (fit, teams) = model.fit_at(now).map_err(|source| {
            SeasonError::from(EngineError::Predict {
                league: pool.clone(),
                day: calendar::format_date(now),
                source,
            })
        })?;
        Self::of(&fit, numbered(season, &teams)?, uncertainty)
    }

    /// The same by a filter, which follows the teams of all divisions of the season's nation.
    fn filtered(
        season: &Season,
        matches: &Matches,
        config: &EngineConfig,
        model: &ModelConfig,
        uncertainty: bool,
    ) -> Result<Self, SeasonError> {
        let unknown = || SeasonError::UnknownLeague {
            league: season.league().to_owned(),
            as_of: Some(season.as_of()),
            leagues: season.league().to_owned(),
        };
        let league = matches.names.find_league(season.league());
        let league = league.ok_or_else(unknown)?;
        let pool = config.pool_of(season.league());
        let mut filter = Filter::new(&pool, model);
        for record in &matches.records {
            let league = record.fixture.league;
            if config.pool_of(matches.names.league(league)) == pool {
                filter.meet(league, matches.names.league(league));
            }
        }
        observe(&mut filter, matches, season.as_of(), |league| {
            config.pool_of(league) == pool
        });
        let day = (season.as_of() + Time::DAY).day();
        let belief = filter.season(league, season.year(), day, season.teams());
        let left = numbered(season, season.teams())?;
        if uncertainty {
            return Ok(Self(Strengths::Filtered {
                belief: Box::new(belief),
                left,
            }));
        }
        let samplers = left.iter().filter_map(|remaining| {
            sampler(belief.rates(remaining.teams, remaining.neutral), belief.rho)
        });
        Ok(Self(Strengths::Known(samplers.collect())))
    }

    fn of(fit: &Fit, left: Vec<Remaining>, uncertainty: bool) -> Result<Self, SeasonError> {
        if !uncertainty {
            return Ok(Self(Strengths::Known(samplers(fit, &left))));
        }
        let (teams, most) = (fit.attack.len(), Fit::MOST_WITH_COVARIANCE);
        if teams > most {
            return Err(SeasonError::TooManyTeams { teams, most });
        }
        let posterior = fit.posterior().ok_or(SeasonError::Undetermined)?;
        Ok(Self(Strengths::Uncertain {
            posterior: Box::new(posterior),
            left,
        }))
    }

    /// Given expected goals of home and away side for each remaining match, and Dixon and Coles's ρ.
    ///
    /// # Errors
    /// When there is not a pair for each match, or a rate is negative, not a number, or above [`ScoreGrid::MAX_RATE`].
    pub fn known(season: &Season, rates: &[[f64; 2]], rho: f64) -> Result<Self, SeasonError> {
        let left = season.left().len();
        let samplers: Option<Vec<_>> = rates
            .iter()
            .map(|&rates| ScoreSampler::new(rates, rho).ok())
            .collect();
        let samplers = samplers
            .filter(|samplers| samplers.len() == left)
            .ok_or(SeasonError::Rates { left })?;
        Ok(Self(Strengths::Known(samplers)))
    }

    /// The samplers of scores of one run, one for each remaining match.
    pub(super) fn samplers(&self, seed: u64, run: u64) -> Cow<'_, [ScoreSampler]> {
        match &self.0 {
            Strengths::Known(samplers) => Cow::Borrowed(samplers),
            Strengths::Uncertain { posterior, left } => {
                let mut random = stream(seed, run, Purpose::Strengths);
                let drawn = posterior.draw(&mut || StandardNormal.sample(&mut random));
                Cow::Owned(samplers(&drawn, left))
            }
            Strengths::Filtered { belief, left } => {
                let mut random = stream(seed, run, Purpose::Strengths);
                let drawn = belief.draw(&mut || StandardNormal.sample(&mut random));
                let samplers = left.iter().filter_map(|remaining| {
                    let (teams, neutral) = (remaining.teams, remaining.neutral);
                    sampler(belief.rates_of(&drawn, teams, neutral), belief.rho)
                });
                Cow::Owned(samplers.collect())
            }
        }
    }
}

fn observe(
    model: &mut dyn Predictor,
    matches: &Matches,
    as_of: Time,
    is_of_pool: impl Fn(&str) -> bool,
) {
    for record in &matches.records {
        if let Some(score) = record.result()
            && record.fixture.day <= as_of
            && is_of_pool(matches.names.league(record.fixture.league))
        {
            model.observe(&Match {
                fixture: Arc::clone(&record.fixture),
                score,
                status: MatchStatus::Played,
                statistics: record.statistics.clone(),
            });
        }
    }
}

fn samplers(fit: &Fit, left: &[Remaining]) -> Vec<ScoreSampler> {
    left.iter()
        .filter_map(|remaining| sampler_of(fit, rates(fit, remaining)))
        .collect()
}

/// The sampler of a family of goals at these rates.
fn sampler_of(fit: &Fit, rates: Option<[f64; 2]>) -> Option<ScoreSampler> {
    if fit.family().is_plain() {
        return sampler(rates, fit.rho);
    }
    let rates = rates?.map(|rate| rate.min(ScoreGrid::MAX_RATE));
    fit.grid_of(rates).ok().map(|grid| ScoreSampler::of(&grid))
}

fn rates(fit: &Fit, remaining: &Remaining) -> Option<[f64; 2]> {
    let [home, away] = remaining.teams;
    if remaining.neutral {
        fit.neutral_rates(home, away)
    } else {
        fit.rates(home, away)
    }
}

/// The sampler at these rates, cut off at the maximum, which only an extreme draw of strengths exceeds.
fn sampler(rates: Option<[f64; 2]>, rho: f64) -> Option<ScoreSampler> {
    let rates = rates?.map(|rate| rate.min(ScoreGrid::MAX_RATE));
    ScoreSampler::new(rates, rho).ok()
}

/// The remaining matches, with teams by their number in the fit.
fn numbered(season: &Season, teams: &[TeamId]) -> Result<Vec<Remaining>, SeasonError> {
    let mut numbers = Vec::new();
    for (team, name) in season.teams().iter().zip(season.names()) {
        let number = teams.iter().position(|other| other == team);
        numbers.push(number.ok_or_else(|| SeasonError::NoResult { team: name.clone() })?);
    }
    let left = season.left().iter().enumerate();
    Ok(left
        .map(|(number, pair)| Remaining {
            teams: pair.map(|team| numbers[team]),
            neutral: season.is_neutral(number),
        })
        .collect())
}
