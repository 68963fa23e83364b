//! The parameters of a family, learned from round to round.

use serde::{Deserialize, Serialize};

use super::distribution::{Buffers, ScoreDistribution};
use super::family::Family;
use super::numeric;
use super::shape::ShapeParameter;
use crate::domain::Score;

/// The parameters are learned anew when so many results in a hundred of those in memory are new: they hardly change.
const PERCENT: u64 = 10;
/// The fewest new results from which they are: of a young league every round would be more than that share.
const FEWEST_NEW: u64 = 25;
/// Without a prior the parameters are those of independent Poisson goals until so many matches have been seen.
const FEWEST: usize = 100;

/// A result, the goals that were expected of both sides given all results, and its weight.
#[derive(Debug, Clone, Copy)]
pub(in crate::predict) struct Seen {
    pub(in crate::predict) score: Score,
    pub(in crate::predict) means: [f64; 2],
    pub(in crate::predict) weight: f64,
}

/// A family whose parameters are learned, given the goals that the fit of strengths expects.
#[derive(Debug, Clone)]
pub(in crate::predict) struct Learned {
    family: Family,
    has_prior: bool,
    state: State,
    distribution: ScoreDistribution,
}

/// What it knows.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(in crate::predict) struct State {
    shapes: Vec<f64>,
    /// The results that had been observed when it last learned.
    observed: Option<u64>,
}

impl Learned {
    pub(in crate::predict) fn new(family: Family, has_prior: bool) -> Self {
        let shapes: Vec<f64> = family.parameters().map(|each| each.plain).collect();
        Self {
            family,
            has_prior,
            distribution: ScoreDistribution::new(family, &shapes),
            state: State {
                shapes,
                observed: None,
            },
        }
    }

    pub(in crate::predict) const fn state(&self) -> &State {
        &self.state
    }

    /// Takes up what was saved of a model with or without such a family; `false` when it is of another one.
    pub(in crate::predict) fn restore_all(
        learned: &mut Option<Self>,
        state: Option<State>,
    ) -> bool {
        match (learned, state) {
            (Some(learned), Some(state)) => learned.restore(state),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        }
    }

    /// Takes up a state that was saved; `false`, without a change, when it is of another family.
    fn restore(&mut self, state: State) -> bool {
        let mut values = self.family.parameters().zip(&state.shapes);
        let is_sound = self.family.parameters().count() == state.shapes.len()
            && values.all(|(parameter, value)| (parameter.least..=parameter.most).contains(value));
        if is_sound {
            self.distribution = ScoreDistribution::new(self.family, &state.shapes);
            self.state = state;
        }
        is_sound
    }

    /// The family with the parameters as last learned.
    pub(in crate::predict) const fn distribution(&self) -> &ScoreDistribution {
        &self.distribution
    }

    /// Whether enough results are new, of so many in memory.
    pub(in crate::predict) fn is_due(&self, observed: u64, matches: usize) -> bool {
        let enough = self.has_prior || matches >= FEWEST;
        let share = (matches as u64 * PERCENT / 100).max(FEWEST_NEW);
        enough
            && self
                .state
                .observed
                .is_none_or(|before| observed.saturating_sub(before) >= share)
    }

    /// Learns the parameters: the maximum of the weighted likelihood of these results, times the prior.
    pub(in crate::predict) fn learn(&mut self, seen: &[Seen], observed: u64) {
        let parameters: Vec<ShapeParameter> = self.family.parameters().collect();
        let (family, has_prior) = (self.family, self.has_prior);
        let mut buffers = Buffers::default();
        numeric::maximise(
            &parameters,
            &mut self.state.shapes,
            numeric::ENOUGH,
            &mut |shapes| {
                let prior: f64 = parameters
                    .iter()
                    .zip(shapes)
                    .filter(|_| has_prior)
                    .map(|(parameter, value)| parameter.penalty(*value))
                    .sum();
                let distribution = ScoreDistribution::new(family, shapes);
                likelihood(&distribution, seen, &mut buffers) - prior
            },
        );
        self.distribution = ScoreDistribution::new(family, &self.state.shapes);
        self.state.observed = Some(observed);
    }
}

fn likelihood(distribution: &ScoreDistribution, seen: &[Seen], buffers: &mut Buffers) -> f64 {
    seen.iter()
        .map(|seen| {
            let locations = distribution.locations(seen.means);
            seen.weight * distribution.log(seen.score, locations, buffers)
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::super::{Dependence, Marginal};
    use super::*;

    /// Results whose shares are those of a distribution.
    fn results_of(distribution: &ScoreDistribution) -> Vec<Seen> {
        let pairs = [[1.0, 0.8], [1.5, 1.2], [2.2, 0.9]];
        let all = pairs.into_iter().flat_map(|means| {
            let grid = distribution.grid(Score::default(), means, 1.0).unwrap();
            let cells: Vec<_> = grid.cells().collect();
            cells.into_iter().map(move |(score, p)| Seen {
                score,
                means,
                weight: 1e6 * p,
            })
        });
        all.filter(|seen| seen.weight > 1e-6).collect()
    }

    #[test]
    fn what_scores_were_drawn_from_is_learned() {
        for (marginal, dependence, shapes) in [
            (
                Marginal::NegativeBinomial,
                Dependence::Independent,
                &[0.12][..],
            ),
            (
                Marginal::ConwayMaxwellPoisson,
                Dependence::Independent,
                &[1.15],
            ),
            (Marginal::Weibull, Dependence::Independent, &[0.9]),
            (Marginal::ZeroInflated, Dependence::Independent, &[0.06]),
            (Marginal::Poisson, Dependence::BivariatePoisson, &[0.2]),
            (Marginal::Poisson, Dependence::Frank, &[-0.7]),
            (Marginal::Weibull, Dependence::Frank, &[1.1, 0.5]),
            (
                Marginal::NegativeBinomial,
                Dependence::DixonColes,
                &[0.1, -0.08],
            ),
        ] {
            let family = Family {
                marginal,
                dependence,
                rho: None,
            };
            let truth = ScoreDistribution::new(family, shapes);
            let mut learned = Learned::new(family, true);
            assert!(learned.is_due(0, 10));
            learned.learn(&results_of(&truth), 0);
            for (found, expected) in learned.state.shapes.iter().zip(shapes) {
                assert!(
                    (found - expected).abs() < 2e-4,
                    "{family:?}: {found} {expected}"
                );
            }
            assert!(!learned.is_due(99, 1_000) && learned.is_due(100, 1_000));
        }
    }

    #[test]
    fn a_state_of_another_family_is_refused() {
        let family = |marginal| Family {
            marginal,
            ..Family::default()
        };
        let saved = Learned::new(family(Marginal::Weibull), true)
            .state()
            .clone();
        assert!(Learned::new(family(Marginal::Weibull), true).restore(saved.clone()));
        assert!(!Learned::new(family(Marginal::Poisson), true).restore(saved.clone()));
        // 1 is far beyond a share of matches without goals
        assert!(!Learned::new(family(Marginal::ZeroInflated), true).restore(saved));
    }
}
