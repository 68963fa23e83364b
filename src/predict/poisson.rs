//! Independent Poisson goals from attack, defence and home advantage.
//!
//! # Formula
//! ```text
//! P(x, y) = Poisson(x; λ) · Poisson(y; ν)
//! log λ = μ + h + att_i − def_j      log ν = μ + att_j − def_i      (i at home to j)
//! ```
//! Maher (1982), Statistica Neerlandica 36(3).

use super::ModelConfig;
use super::families::Dependence;
use super::goal_model::GoalModel;

/// The model that `config` asks for, with ρ = 0.
pub(super) fn model(config: &ModelConfig) -> GoalModel {
    GoalModel::new(config, Dependence::Independent)
}
