//! A file of other spellings of teams: a table with the columns `spelling`, `name` and, where wanted, `league`.

use std::path::Path;

use super::usage;
use crate::config::Pair;

/// The most bytes of a file, enough for twenty thousand spellings.
pub const MOST_BYTES: u64 = 1 << 20;

/// The spellings of a file, each with its name, as `--alias` takes them; `read` is its bytes.
pub fn spellings(path: &Path, read: Result<Vec<u8>, String>) -> anyhow::Result<Vec<Pair>> {
    let fault = |problem: String| usage(format!("--alias-file {}: {problem}", path.display()));
    read.and_then(|bytes| parse(&bytes)).map_err(fault)
}

fn parse(bytes: &[u8]) -> Result<Vec<Pair>, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut rows = csv::ReaderBuilder::new()
        .delimiter(separator(bytes))
        .trim(csv::Trim::All)
        .flexible(true)
        .from_reader(bytes);
    let header = rows.headers().map_err(|error| error.to_string())?.clone();
    let column = |name: &str| {
        header
            .iter()
            .position(|cell| cell.eq_ignore_ascii_case(name))
    };
    let (Some(spelling), Some(name)) = (column("spelling"), column("name")) else {
        return Err("expected the columns spelling, name and, where wanted, league".to_owned());
    };
    let league = column("league");
    let mut pairs = Vec::new();
    for row in rows.records() {
        let row = row.map_err(|error| error.to_string())?;
        let line = row.position().map_or(0, csv::Position::line);
        let cell = |column: usize| row.get(column).filter(|cell| !cell.is_empty());
        let (Some(spelling), Some(name)) = (cell(spelling), cell(name)) else {
            return Err(format!("line {line}: expected a spelling and a name"));
        };
        let spelling = match league.and_then(cell) {
            Some(league) => format!("{league}:{spelling}"),
            None => spelling.to_owned(),
        };
        pairs.push(Pair(spelling, name.to_owned()));
    }
    Ok(pairs)
}

/// What separates the cells: the one of the usual separators that the header has most of.
fn separator(bytes: &[u8]) -> u8 {
    let header = bytes
        .split(|&byte| byte == b'\n')
        .next()
        .unwrap_or_default();
    let times = |separator: u8| header.iter().filter(|&&byte| byte == separator).count();
    let others = [b';', b'\t', b'|'].into_iter();
    others.fold(b',', |best, other| {
        if times(other) > times(best) {
            other
        } else {
            best
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(spelling: &str, name: &str) -> Pair {
        Pair(spelling.to_owned(), name.to_owned())
    }

    #[test]
    fn a_spelling_may_be_of_one_league() {
        let pairs =
            parse(b"\xef\xbb\xbfspelling,name,league\nAsh Utd, Ashby ,\nBrae Rovers,Brae,L1\n");
        let expected = [pair("Ash Utd", "Ashby"), pair("L1:Brae Rovers", "Brae")];
        assert_eq!(pairs.unwrap(), expected);
        assert_eq!(
            parse(b"Name,Spelling\nAshby,Ash Utd\n").unwrap(),
            expected[..1]
        );
    }

    #[test]
    fn a_file_of_aliases_may_have_semicolons_or_tabs() {
        for text in [
            "spelling;name;league\nAsh, Utd;Ashby;L1\n",
            "spelling\tname\tleague\r\nAsh, Utd\tAshby\tL1\r\n",
        ] {
            assert_eq!(
                parse(text.as_bytes()),
                Ok(vec![pair("L1:Ash, Utd", "Ashby")])
            );
        }
    }

    #[test]
    fn what_is_missing_is_said() {
        assert!(
            parse(b"from,to\na,b\n")
                .unwrap_err()
                .contains("spelling, name")
        );
        assert!(
            parse(b"spelling,name\nAsh,\n")
                .unwrap_err()
                .contains("line 2")
        );
    }
}
