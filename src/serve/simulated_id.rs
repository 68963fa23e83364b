//! Ids of matches that the service invented, which differ from those of real ones.

/// What the ids of invented matches begin with.
pub const SIMULATED: &str = "simulated:";

/// Whether a match was invented here.
pub fn is_simulated(match_id: &str) -> bool {
    match_id.starts_with(SIMULATED)
}
