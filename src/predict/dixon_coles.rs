//! Poisson goals with Dixon and Coles's correction of low scores.
//!
//! # Formula
//! ```text
//! P(x, y) = τ(x, y) · Poisson(x; λ) · Poisson(y; ν)
//! τ(0,0) = 1 − λνρ   τ(0,1) = 1 + λρ   τ(1,0) = 1 + νρ   τ(1,1) = 1 − ρ   else 1
//! log λ = μ + h + att_i − def_j      log ν = μ + att_j − def_i      (i at home to j)
//! ```
//! Dixon & Coles (1997), Applied Statistics 46(2); ρ is fitted together with the rest where goals alone teach.

use super::ModelConfig;
use super::families::Dependence;
use super::goal_model::GoalModel;

/// The model that `config` asks for, with Dixon and Coles's ρ.
pub(super) fn model(config: &ModelConfig) -> GoalModel {
    GoalModel::new(config, Dependence::DixonColes)
}
