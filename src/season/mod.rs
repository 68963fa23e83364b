//! A season still to play: fitted on what has been played, the rest drawn many times over.
//!
//! [`Season`] says who has played whom and what is left, [`Outlook`] how many goals each side of what is left may
//! expect, [`Rules`] how a table is made of it; [`project`] plays the rest and counts who ends where.

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
