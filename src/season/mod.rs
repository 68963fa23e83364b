//! The projection of a season: a model is fitted to its results, and the remaining matches are simulated many times.
//!
//! [`Season`] has the results and the remaining matches, [`Outlook`] their expected goals, and [`Rules`] how the table is
//! made. [`project`] simulates the remaining matches and counts the final positions.

mod error;
mod machine;
mod outlook;
mod projection;
mod render;
mod report;
mod rules;
mod schedule;
mod standings;
mod tables;

pub use error::SeasonError;
pub use outlook::Outlook;
pub use projection::{Chance, Projection, Prospects, project, table_of_run};
pub(crate) use render::render;
pub(crate) use report::SeasonReport;
pub use rules::{Rules, TieBreak};
pub use schedule::Season;
pub use standings::{Line, Standings};
