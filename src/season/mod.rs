//! The projection of a season: a model is fitted to its results, and the remaining matches are simulated many times.
//!
//! [`Season`] has the results and the remaining matches, [`Outlook`] their expected goals, and [`Rules`] how the table is
//! made. [`project`] simulates the remaining matches and counts the final positions.

mod error;
mod outlook;
mod projection;
mod rules;
mod schedule;
mod standings;

pub use error::SeasonError;
pub use outlook::Outlook;
pub use projection::{Chance, Projection, Prospects, project, table_of_run};
pub use rules::{Rules, TieBreak};
pub use schedule::Season;
pub use standings::{Line, Standings};
