//! The matches of a run as a file that `backtest` reads.

use std::io::Write;
use std::path::Path;

use crate::cli::{convert, usage};
use crate::config::SimulationConfig;
use crate::domain::MarketKind;
use crate::results::folder::Folder;
use crate::source::synthetic::{
    FOOTBALL_DATA_SEASONS, Synthetic, SyntheticConfig, football_data_header, football_data_row,
};

/// The margin above which a reader takes prices for damaged.
const MOST_MARGIN: f64 = 0.39;

/// Writes the first run of a simulation: every market that football-data has priced, whatever is bet on, and those that are
/// bet on.
pub fn write(path: &Path, config: &SimulationConfig) -> anyhow::Result<()> {
    let synthetic = SyntheticConfig {
        markets: MarketKind::written(&config.synthetic.markets).collect(),
        ..config.synthetic.clone()
    };
    let teams = synthetic.league.size() as u64;
    let most = FOOTBALL_DATA_SEASONS * teams * (teams - 1);
    if synthetic.matches > most {
        return Err(usage(format!(
            "--emit has dates for {most} matches of {teams} teams, not for {}",
            synthetic.matches
        )));
    }
    if synthetic.bookmaker.margin > MOST_MARGIN {
        let margin = synthetic.bookmaker.margin;
        return Err(usage(format!(
            "--emit writes prices that backtest believes, with a --margin up to {MOST_MARGIN}, not {margin}"
        )));
    }
    let book = synthetic.bookmaker.book;
    let header = football_data_header(book, &synthetic.markets).ok_or_else(|| {
        usage(format!(
            "--emit has no columns for --book {book}: it must be one of football-data's"
        ))
    })?;
    let mut source = Synthetic::new(&synthetic)?;
    source.restart(config.first_run);
    let (folder, name) = convert::place("--emit", path)?;
    let mut folder = Folder::create(&folder)?;
    let mut failed = None;
    folder.stage(&name, |out| {
        let mut writer = csv::Writer::from_writer(out as &mut dyn Write);
        writer.write_record(&header)?;
        loop {
            match football_data_row(&mut source) {
                Ok(rows) if rows.is_empty() => return writer.flush(),
                Ok(rows) => rows.iter().try_for_each(|row| writer.write_record(row))?,
                Err(error) => {
                    failed = Some(error);
                    return Ok(());
                }
            }
        }
    })?;
    if let Some(error) = failed {
        return Err(error.into());
    }
    Ok(folder.commit(&[])?)
}
