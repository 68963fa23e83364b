//! A staking rule of your own: the same win from every bet, whatever its odds.
//!
//! ```sh
//! cargo run --release --example own_staking
//! ```

use simbet::Engine;
use simbet::run;
use simbet::{Bankroll, Money};
use simbet::{Replay, read};
use simbet::{RunConfig, Settings};
use simbet::{Slate, Staking};

/// Stakes so that a winner wins this share of the bankroll.
struct SameWin(f64);

impl Staking for SameWin {
    fn stake(&self, slate: &Slate, bankroll: &Bankroll, stakes: &mut Vec<Money>) {
        stakes.extend(
            slate
                .edges()
                .iter()
                .map(|edge| bankroll.free().share(self.0 / edge.net_odds().net())),
        );
    }
}

/// Runs it on the sample; at odds of 1.5 or more no stake exceeds 2 % of the bankroll.
pub fn main() -> Result<(), Box<dyn std::error::Error>> {
    let config = RunConfig::resolve(&Settings::from_toml("strategy = 'ev'\nmin_odds = 1.5")?)?;
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/epl.csv").to_owned();
    let matches = read(&[file], &config.read, &|_, _| {})?;
    let mut engine = Engine::new(&config.engine)?.with_staking(Box::new(SameWin(0.01)));
    let summary = run(
        &mut Replay::new(matches.into(), config.replay),
        &mut engine,
        &mut [],
        &mut |_| {},
    )?;
    println!(
        "{} bets, turnover {}, profit {}",
        summary.bets, summary.turnover, summary.profit
    );
    assert!(summary.bets > 100 && summary.turnover.units() < 0.02 * 10_000.0 * summary.bets as f64);
    Ok(())
}
