//! What was read, by its content: the same matches under other paths are the same matches.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};

use crate::calendar;
use crate::source::{MatchRecord, Matches, ReplayConfig};

/// SHA-256 of all that was read and of the names that it was given: the league of a file that names none is in the
/// path, and leagues decide which matches teach a model.
pub(crate) fn digest(matches: &Matches) -> String {
    let mut digest = Sha256::new();
    digest.update(files(matches));
    for record in &matches.records {
        let fixture = &record.fixture;
        let league = matches.names.league(fixture.league);
        for text in [league, &fixture.id] {
            digest.update((text.len() as u64).to_le_bytes());
            digest.update(text);
        }
        digest.update(fixture.season.to_le_bytes());
    }
    hex::encode(digest.finalize())
}

/// The hashes of all files, a line each, whatever their names and order.
pub(crate) fn files(matches: &Matches) -> String {
    let hashes: BTreeSet<&str> = matches
        .inputs
        .iter()
        .map(|input| input.sha256.as_str())
        .collect();
    hashes.into_iter().flat_map(|hash| [hash, "\n"]).collect()
}

/// A hash of the results of each league on each day of a period. The name of the league is not part of it, nor are
/// prices, since who has seen a result has seen it, whatever the file was called or offered.
pub(crate) fn results_by_day(matches: &Matches, period: ReplayConfig) -> BTreeSet<String> {
    let mut days: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for record in matches.records.iter().filter(|one| is_in(one, period)) {
        let fixture = &record.fixture;
        if let Some(result) = result(matches, record) {
            days.entry((fixture.league, fixture.day))
                .or_default()
                .push(result);
        }
    }
    days.into_values().map(short_hash).collect()
}

fn is_in(record: &MatchRecord, period: ReplayConfig) -> bool {
    let day = record.fixture.day;
    period.from.is_none_or(|from| from <= day) && period.to.is_none_or(|to| day <= to)
}

/// Day, teams and score of a match that was played.
fn result(matches: &Matches, record: &MatchRecord) -> Option<String> {
    let (fixture, score) = (&record.fixture, record.result()?);
    let [home, away] = [fixture.home, fixture.away].map(|team| matches.names.team(team));
    let day = calendar::format_date(fixture.day);
    Some(format!(
        "{day}\t{home}\t{away}\t{}-{}\n",
        score.home, score.away
    ))
}

/// 64 bits of the hash of texts in any order: enough to tell the days of all football ever played apart.
fn short_hash(mut texts: Vec<String>) -> String {
    texts.sort_unstable();
    hex::encode(&Sha256::digest(texts.concat())[..8])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{ReadConfig, read_bytes};

    const ROWS: &str = "date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n\
        2024-08-16,Ashford,Bexley,1,0,1.60,4.20,5.25\n\
        2024-08-17,Corby,Dunmow,2,2,2.10,3.40,3.50\n";

    fn read(name: &str, text: &str) -> Matches {
        read_bytes(name, text.as_bytes(), &ReadConfig::default()).unwrap()
    }

    #[test]
    fn a_day_is_known_by_its_results_alone() {
        let all = ReplayConfig::default();
        let days = |name: &str, text: &str| results_by_day(&read(name, text), all);
        let known = days("a.csv", ROWS);
        assert_eq!(known.len(), 2);
        assert_eq!(days("elsewhere/b.csv", ROWS), known);
        assert_eq!(days("a.csv", &ROWS.replace('\n', "\r\n")), known);
        assert_eq!(days("a.csv", &ROWS.replace("5.25", "5.50")), known);
        let other = days("a.csv", &ROWS.replace("2,2,", "2,1,"));
        assert_eq!(known.intersection(&other).count(), 1);
    }

    #[test]
    fn a_league_that_is_named_by_its_file_is_content() {
        let (one, other) = (read("E0.csv", ROWS), read("D1.csv", ROWS));
        assert_ne!(digest(&one), digest(&other));
        assert_eq!(files(&one), files(&other));
        let named = ROWS
            .replace("date,", "league,date,")
            .replace("\n2024", "\nE0,2024");
        assert_eq!(
            digest(&read("a.csv", &named)),
            digest(&read("b/c.csv", &named))
        );
    }
}
