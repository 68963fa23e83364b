//! Lines of a feed: no panic, every line is read or refused, and the money adds up to the cent.
//!
//! ```text
//! attack/run fuzz --only events
//! ```
#![no_main]

use std::io::Cursor;
use std::sync::LazyLock;
use std::sync::atomic::AtomicBool;

use libfuzzer_sys::fuzz_target;
use simbet::internals::schema::event::Event;
use simbet::internals::sink::Outputs;
use simbet::internals::source::stream::Lines;
use simbet::internals::trade::LineTrader;
use simbet::{Book, RunConfig, Settings};

/// A trader that bets on nearly everything.
static CONFIG: LazyLock<RunConfig> = LazyLock::new(|| {
    let settings = "model = 'average'\nmin_matches = 0\nstrategy = 'proportional'\nmin_ev = -0.9\n\
                    markets = ['1x2', 'ou', 'ah', 'btts']\nmultiple = true\ncommission = 0.02";
    RunConfig::resolve(&Settings::from_toml(settings).expect("valid settings"))
        .expect("valid settings")
});

fuzz_target!(|bytes: &[u8]| {
    for line in bytes.split(|byte| *byte == b'\n') {
        if let Ok(event) = Event::of_line(line, Book::AVG) {
            assert_eq!(event.clone().into_owned(), event);
        }
    }
    let trader = LineTrader {
        config: &CONFIG,
        linger: None,
        history: None,
    };
    let (mut feed, mut outputs, mut refused) = (
        Lines::new(Cursor::new(bytes.to_vec())),
        Outputs::default(),
        0,
    );
    let traded = trader.trade(
        &mut feed,
        &mut outputs,
        &AtomicBool::new(false),
        &mut |_| refused += 1,
        &mut |_| {},
    );
    let traded = traded.expect("a stream of lines does not fail");
    assert_eq!(traded.counts.refused, refused);
    let summary = traded.summary;
    assert_eq!(
        summary.final_bankroll,
        summary.initial_bankroll + summary.profit
    );
});
