//! The names of the files in a folder of results, for runs of every kind.

pub use crate::schema::files::{JOURNAL, RUN, SUMMARY};

/// The form of results that this version writes, and the only one that it reads: of folders, summaries and baselines.
///
/// 1 had the profit / initial bankroll as `roi`, and closing-line value against the close with its margin only.
pub const FORM: u64 = 2;

/// The table of bets.
pub const BETS: &str = "bets";
/// The table of forecasts.
pub const PREDICTIONS: &str = "predictions";
/// The table of the forecasts' scores.
pub const FORECASTS: &str = "forecasts";
/// The table of the bankroll.
pub const BANKROLL: &str = "bankroll";
/// The table of simulated runs.
pub const RUNS: &str = "runs";
/// How the bankrolls of simulated runs spread.
pub const FAN: &str = "fan";
/// The table of a season's teams.
pub const SEASON: &str = "season";
/// How likely each place is for a season's teams.
pub const POSITIONS: &str = "positions";
/// The table of a sweep's settings.
pub const SWEEP: &str = "sweep";
/// The profile of settings that were tuned.
pub const TUNE: &str = "tune";
/// The figures of a record of bets.
pub const ASSESSMENT: &str = "assessment";
/// The groups of a record of bets.
pub const GROUPS: &str = "groups";
/// What a part of a simulation has of its runs, for the merge of all parts.
pub const BLOCKS: &str = "blocks.bin";
/// The page.
pub const REPORT: &str = "report.html";

/// The prefix of staged files, so that no other program's file is taken for one that was left behind.
pub(super) const STAGED: &str = ".simbet-staged-";

/// The tables that may be there, each with whether it may be Parquet as well.
const TABLES: [(&str, bool); 12] = [
    (BETS, true),
    (PREDICTIONS, true),
    (FORECASTS, false),
    (BANKROLL, false),
    (RUNS, false),
    (FAN, false),
    (SEASON, false),
    (POSITIONS, false),
    (SWEEP, true),
    (TUNE, false),
    (ASSESSMENT, false),
    (GROUPS, false),
];

/// The file of a table as CSV.
pub fn csv_file(table: &str) -> String {
    format!("{table}.csv")
}

/// The file of a table as Parquet.
pub fn parquet_file(table: &str) -> String {
    format!("{table}.parquet")
}

/// Every file that a folder of results may hold beside [`RUN`] and [`JOURNAL`].
pub(super) fn all() -> Vec<String> {
    let mut files = vec![SUMMARY.to_owned()];
    for (table, has_parquet) in TABLES {
        files.push(csv_file(table));
        files.extend(has_parquet.then(|| parquet_file(table)));
    }
    files.extend([BLOCKS, REPORT].map(str::to_owned));
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_that_a_run_may_write_is_known() {
        let all = all();
        assert_eq!(all.len(), 18);
        assert!(all.contains(&"sweep.parquet".to_owned()));
        assert!(!all.contains(&"bankroll.parquet".to_owned()));
    }
}
