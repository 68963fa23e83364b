//! Tables that another command reads: a record of bets where matches are wanted, and matches where bets are.

use super::columns::canonical;
use super::tracked::names::is_record;

/// Names of columns of matches: the day, the teams and the goals.
const OF_MATCHES: [&[&str]; 5] = [
    &["date", "kickoff", "commencetime"],
    &["hometeam", "home"],
    &["awayteam", "away"],
    &["fthg", "hg", "homegoals", "score", "ft"],
    &["ftag", "ag", "awaygoals", "score", "ft"],
];

/// The sentence about a table without matches that is one of bets; `None` of another.
pub(super) fn on_bets(file: &str, headers: &[String]) -> Option<String> {
    is_record(headers).then(|| {
        let file = argument(file);
        format!("This looks like a record of bets: simbet assess {file}")
    })
}

/// The sentence about a table without bets that is one of matches; `None` of another.
pub(super) fn on_matches(file: &str, headers: &[String]) -> Option<String> {
    is_of_matches(headers).then(|| {
        let file = argument(file);
        format!("This looks like a file of matches: simbet backtest {file}")
    })
}

/// Whether there is a column for each.
fn is_of_matches(headers: &[String]) -> bool {
    let names: Vec<String> = headers.iter().map(|header| canonical(header)).collect();
    let has = |one_of: &&[&str]| names.iter().any(|name| one_of.contains(&name.as_str()));
    OF_MATCHES.iter().all(has)
}

/// The file as it is typed; FILE where its name would need quotes, or is that of a sheet or of standard input.
fn argument(file: &str) -> &str {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+\\:".contains(c);
    if file.chars().all(is_plain) {
        file
    } else {
        "FILE"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_told_by_its_columns() {
        let headers = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
        let bets = headers("Date,Event,Stake,Odds,Result");
        let matches = headers("Div,Date,HomeTeam,AwayTeam,FTHG,FTAG");
        assert_eq!(
            on_bets("my_bets.csv", &bets).as_deref(),
            Some("This looks like a record of bets: simbet assess my_bets.csv")
        );
        assert_eq!(
            on_matches("my matches.xlsx", &matches).as_deref(),
            Some("This looks like a file of matches: simbet backtest FILE")
        );
        assert_eq!(on_bets("a.csv", &matches), None);
        assert_eq!(on_matches("a.csv", &bets), None);
        assert_eq!(on_matches("a.csv", &headers("date,home,away,stake")), None);
    }
}
