//! Saved states: any bytes are refused, and those of an engine in which some are other ones are refused or restored, and
//! restored they are saved and go on as a state that nobody touched.
//!
//! The seal's checksum refuses every damage; here it is left out, so that what lies behind it is reached.
//!
//! ```text
//! attack/run fuzz --only checkpoint
//! ```
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use simbet::internals::checkpoint::{open, seal};
use simbet::{Engine, NextRound, Round, RunConfig, Settings, Source, Synthetic, SyntheticConfig};

static CONFIG: LazyLock<RunConfig> = LazyLock::new(|| {
    let settings = "min_matches = 0\nstrategy = 'proportional'\nmin_ev = -0.5";
    RunConfig::resolve(&Settings::from_toml(settings).expect("valid settings"))
        .expect("valid settings")
});

fn engine() -> Engine {
    Engine::new(&CONFIG.engine).expect("valid settings")
}

/// The state of an engine in the middle of an invented season.
static STATE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let config = SyntheticConfig {
        matches: 40,
        ..SyntheticConfig::default()
    };
    let mut season = Synthetic::new(&config).expect("a valid season");
    let (mut engine, mut round, mut entries) = (engine(), Round::default(), Vec::new());
    for _ in 0..6 {
        if season
            .next_round(&mut round)
            .expect("an invented season does not fail")
            == NextRound::Round
        {
            engine
                .process(std::slice::from_ref(&round), season.names(), &mut entries)
                .expect("rounds in order");
        }
    }
    engine.save().expect("models of simbet are saved")
});

/// The state in which each edit of three bytes has put a byte at a place.
fn edited(edits: &[u8]) -> Vec<u8> {
    let mut state = STATE.clone();
    for edit in edits.chunks_exact(3) {
        let place = usize::from(u16::from_le_bytes([edit[0], edit[1]])) % state.len();
        state[place] = edit[2];
    }
    state
}

fuzz_target!(|bytes: &[u8]| {
    assert!(open::<Vec<u8>>("state", bytes).is_err());
    let sealed = seal("state", bytes).expect("bytes are sealed");
    assert_eq!(
        open::<Vec<u8>>("state", &sealed).expect("what was sealed"),
        bytes
    );
    for state in [bytes.to_vec(), edited(bytes)] {
        let mut engine = engine();
        if engine.restore(&state).is_ok() {
            assert!(engine.save().is_ok());
        }
    }
});
