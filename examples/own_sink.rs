//! A sink of your own: the ledger's entries as they come, here counted by home side and result.
//!
//! ```sh
//! cargo run --release --example own_sink
//! ```

use std::collections::BTreeMap;

use simbet::backtest;
use simbet::read;
use simbet::{Entry, Names};
use simbet::{RunConfig, Settings};
use simbet::{Sink, SinkError};

/// How often each thing happened.
#[derive(Default)]
struct Tally(BTreeMap<String, u32>);

impl Sink for Tally {
    fn name(&self) -> &'static str {
        "tally"
    }

    fn write(&mut self, entry: &Entry, names: &Names) -> Result<(), SinkError> {
        let what = match entry {
            Entry::Settled(settlement) => {
                format!(
                    "{} {}",
                    names.team(settlement.bet.fixture.home),
                    settlement.outcome.code()
                )
            }
            Entry::Refused { reason, .. } => reason.code().to_owned(),
            _ => return Ok(()),
        };
        *self.0.entry(what).or_default() += 1;
        Ok(())
    }
}

/// Backs every home side of the sample with 100.
pub fn main() -> Result<(), Box<dyn std::error::Error>> {
    let settings =
        Settings::from_toml("strategy = 'flat'\nselections = ['home']\nbankroll = 100000")?;
    let config = RunConfig::resolve(&settings)?;
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/epl.csv").to_owned();
    let matches = read(&[file], &config.read, &|_, _| {})?;
    let mut tally = Tally::default();
    let done = backtest(
        &config.engine,
        config.replay,
        matches,
        Some(&mut tally),
        &mut |_| {},
    )?;
    for (what, times) in &tally.0 {
        println!("{times:3} {what}");
    }
    assert_eq!(tally.0["Arsenal win"] + tally.0["Arsenal loss"], 38);
    assert_eq!(
        tally.0.values().map(|&times| u64::from(times)).sum::<u64>(),
        done.summary.bets
    );
    Ok(())
}
