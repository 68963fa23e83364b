//! Many seeded runs, and what they come to together.
