//! The matches of a run as a file that `backtest` reads.

use std::io::{self, Write};

use crate::config::SimulationConfig;
use crate::domain::{Book, MarketKind};
use crate::source::SourceError;
use crate::source::synthetic::{
    FOOTBALL_DATA_SEASONS, Synthetic, SyntheticConfig, SyntheticError, football_data_header,
    football_data_row,
};

/// The margin above which a reader takes prices as damaged.
const MOST_MARGIN: f64 = 0.39;

/// How the header begins, and the day of the first match.
const FIRST_COLUMNS: &str = "Div,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,FTR,";
const FIRST_DAY: &str = "12/08/2000";

/// Why the matches of a run cannot be written as a file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EmitError {
    /// More matches than football-data's two-digit years have days for.
    #[error("--emit has dates for {most} matches of {teams} teams, not for {matches}")]
    Matches { matches: u64, most: u64, teams: u64 },
    /// Prices that a reader would refuse.
    #[error(
        "--emit needs a --margin of at most {MOST_MARGIN}, not {0}: backtest drops prices above that"
    )]
    Margin(f64),
    /// A book that football-data has no columns for.
    #[error("--emit has no columns for --book {0}: it must be one of football-data's")]
    Book(Book),
    /// An invalid league.
    #[error(transparent)]
    Synthetic(#[from] SyntheticError),
}

/// The first run of a simulation: every market that football-data has priced, whatever is bet on, and those that are bet on.
pub(crate) struct EmittedMatches {
    header: Vec<String>,
    source: Synthetic,
}

impl EmittedMatches {
    pub fn new(config: &SimulationConfig) -> Result<Self, EmitError> {
        let synthetic = SyntheticConfig {
            markets: MarketKind::written(&config.synthetic.markets).collect(),
            ..config.synthetic.clone()
        };
        ensure_readable(&synthetic)?;
        let book = synthetic.bookmaker.book;
        let header = football_data_header(book, &synthetic.markets).ok_or(EmitError::Book(book))?;
        let mut source = Synthetic::new(&synthetic)?;
        source.restart(config.first_run);
        Ok(Self { header, source })
    }

    /// Whether a file that begins like this was written here: real ones have other columns, or other days.
    pub fn has_written(beginning: &str) -> bool {
        let mut lines = beginning.lines();
        let header = lines.next().unwrap_or_default();
        let mut cells = lines.next().unwrap_or_default().split(',').skip(1);
        header.starts_with(FIRST_COLUMNS) && cells.next() == Some(FIRST_DAY)
    }

    /// Writes all matches as CSV; the inner error is that of a match that cannot be invented.
    pub fn write(&mut self, out: &mut dyn Write) -> io::Result<Result<(), SourceError>> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(&self.header)?;
        loop {
            match football_data_row(&mut self.source) {
                Ok(rows) if rows.is_empty() => return writer.flush().map(Ok),
                Ok(rows) => rows.iter().try_for_each(|row| writer.write_record(row))?,
                Err(error) => return Ok(Err(error)),
            }
        }
    }
}

fn ensure_readable(synthetic: &SyntheticConfig) -> Result<(), EmitError> {
    let (matches, margin) = (synthetic.matches, synthetic.bookmaker.margin);
    let teams = synthetic.league.size() as u64;
    let most = FOOTBALL_DATA_SEASONS * teams * (teams - 1);
    if matches > most {
        return Err(EmitError::Matches {
            matches,
            most,
            teams,
        });
    }
    if margin > MOST_MARGIN {
        return Err(EmitError::Margin(margin));
    }
    Ok(())
}
