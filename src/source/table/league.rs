//! The league of a row, and of a file that has no league column.

use std::path::Path;

use super::cells;
use super::lines::Cells;
use super::reader::RowReader;

impl RowReader<'_> {
    pub(super) fn league(&mut self, row: Cells<'_>) -> u32 {
        let league = row.find(self.layout.league).trim_ascii();
        if league.is_empty() {
            let (origin, cut) = (self.origin, self.layout.football_data);
            return self.teams.league(b"", || league_of_file(origin, cut));
        }
        let country = row.find(self.layout.country).trim_ascii();
        if country.is_empty() {
            return self.teams.league(league, || cells::name(league));
        }
        let both = [country, b" ", league].concat();
        self.teams.league(&both, || cells::name(&both))
    }
}

/// The league of a file without a league column: `E0` for football-data's `E0_2023-24.csv`, else the file's name.
fn league_of_file(file: &str, football_data: bool) -> String {
    let stem = Path::new(file)
        .file_stem()
        .map_or(file, |stem| stem.to_str().unwrap_or(file));
    let stem = stem.trim_matches(['<', '>']);
    match stem.split_once('_') {
        Some((league, _)) if football_data && !league.is_empty() => league.to_owned(),
        _ => stem.to_owned(),
    }
}
