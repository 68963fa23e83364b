//! Traders, publishers and Redis itself, killed at random instants.

use std::time::{SystemTime, UNIX_EPOCH};

use super::super::{Draws, LONG, SETTINGS, Server, Simbet, assert_traded_like_a_pipe};
use super::Crew;

/// Another one each time, or the one of the environment.
#[allow(
    clippy::disallowed_methods,
    reason = "the instants are others each time, and can be repeated"
)]
fn seed() -> u64 {
    let given = std::env::var("SIMBET_SEED").ok();
    given.map_or_else(
        || {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
            now.as_nanos() as u64
        },
        |seed| seed.parse().unwrap(),
    )
}

impl Crew {
    /// Kills one of them, whatever it had to say, and starts it again.
    fn replace_one(&mut self) {
        let place = self.draws.below(self.traders.len() as u64) as usize;
        let (name, trader) = self.traders.swap_remove(place);
        let said = trader.kill();
        assert!(!said.contains("panicked"), "{name}:\n{said}");
        self.start(name);
    }
}

#[test]
fn a_hundred_kills_of_traders_publishers_and_redis_change_nothing() {
    let Some(mut server) = Server::start() else {
        return;
    };
    let seed = seed();
    eprintln!("seed {seed}; SIMBET_SEED={seed} repeats these instants");
    let (url, mut draws) = (server.url(), Draws(seed));
    let publish = [
        &["publish"],
        LONG,
        &["--rate", "130", "--redis", &url, "--resume"],
    ]
    .concat();
    let mut publisher = Simbet::spawn(&[&publish]);
    let mut crew = Crew::new(&url, SETTINGS, seed);
    for _ in 0..100 {
        draws.pause(120);
        match draws.below(8) {
            0 => {
                server.kill();
                draws.pause(60);
                server.restart();
            }
            1 => {
                publisher.kill();
                publisher = Simbet::spawn(&[&publish]);
            }
            _ => crew.replace_one(),
        }
    }
    publisher.succeed();
    crew.finish();
    assert_traded_like_a_pipe(&server, LONG, SETTINGS);
}
