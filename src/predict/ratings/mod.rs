//! Ratings of teams that move with every result: of which the models `elo` and `pi` and the features are made.
//!
//! All of them learn results in the order of their match days. A result that comes late, or that corrects another, is put in
//! its place by [`Chronicle`].

mod chronicle;
mod elo;
mod pi;

pub(crate) use chronicle::{Chronicle, Folded};
pub(crate) use elo::{EloRatings, EloScale};
pub(crate) use pi::{PiRatings, PiScale};

#[cfg(test)]
pub(super) use chronicle::tests;
