//! Many seeded runs, and what they come to together.

pub mod season;
