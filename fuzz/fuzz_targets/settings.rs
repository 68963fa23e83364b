//! Files of settings and grids: no panic, and what was read is the same once it was laid over nothing.
//!
//! ```text
//! attack/run fuzz --only settings
//! ```
#![no_main]

use libfuzzer_sys::fuzz_target;
use simbet::internals::config::{Axis, Grid};
use simbet::{RunConfig, Settings, SimulationConfig, SimulationSettings};

/// The most combinations of a grid that are resolved.
const MOST: usize = 50;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    let axes: Vec<Axis> = text.lines().filter_map(|line| line.parse().ok()).collect();
    if let Ok(grid) = Grid::new(axes, &[])
        && grid.len() <= MOST
    {
        let _ = grid.resolve(&Settings::default(), &RunConfig::resolve);
    }
    let Ok(settings) = Settings::from_toml(text) else {
        return;
    };
    if let Ok(over) = settings.over(&Settings::default()) {
        // as text, since there are numbers that do not equal themselves
        assert_eq!(format!("{over:?}"), format!("{settings:?}"));
    }
    if let Ok(config) = RunConfig::resolve(&settings) {
        assert!(!config.describe().is_empty());
    }
    let simulation = SimulationSettings {
        runs: Some(10),
        seed: 1,
        ruin: 0.5,
        ..SimulationSettings::default()
    };
    let _ = SimulationConfig::resolve(&settings, &simulation, None);
});
