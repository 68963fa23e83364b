//! What the name of a file says: a league, a season, or both.

use std::path::Path;

/// The parts of a file's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileName {
    /// The name without a season; empty when it is nothing but one.
    pub league: String,
    /// The season; empty when the name has none.
    pub season: String,
}

/// What stands between the words of a name.
const BETWEEN: [char; 6] = ['_', '-', ' ', '.', '(', ')'];

/// Endings of files that a name may have before its last one, as `E0.csv.gz`.
const ENDINGS: [&str; 7] = [".csv", ".tsv", ".txt", ".parquet", ".xlsx", ".zip", ".gz"];

/// The parts of the name of a table: of the file inside an archive or of the sheet of a workbook, if these have a name of
/// their own.
pub(super) fn of_table(table: &str) -> FileName {
    let (outer, inner) = match table.rsplit_once(", ") {
        Some((outer, inner)) if ENDINGS.iter().any(|ending| outer.ends_with(ending)) => {
            (outer, Some(inner))
        }
        _ => (table, None),
    };
    let whole = without_season(stem(outer));
    // what stands after a point in the name of a sheet is no extension
    let part = match inner.map(|inner| (inner, inner.strip_prefix("sheet "))) {
        None => return whole,
        Some((_, Some(sheet))) if is_default_sheet(sheet) => return whole,
        Some((_, Some(sheet))) => without_season(sheet),
        Some((inner, None)) => without_season(stem(inner)),
    };
    FileName {
        league: if part.league.is_empty() {
            whole.league
        } else {
            part.league
        },
        season: if part.season.is_empty() {
            whole.season
        } else {
            part.season
        },
    }
}

/// Whether a sheet has the name that spreadsheets give it.
fn is_default_sheet(name: &str) -> bool {
    name.strip_prefix("Sheet")
        .is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
}

fn stem(file: &str) -> &str {
    let stem = Path::new(file)
        .file_stem()
        .and_then(|stem| stem.to_str())
        .unwrap_or(file);
    let ending = ENDINGS.iter().find(|ending| stem.ends_with(*ending));
    let stem = ending.map_or(stem, |ending| &stem[..stem.len() - ending.len()]);
    stem.trim_matches(['<', '>'])
}

/// Cuts a season off the end of a name, or off its beginning; nothing else is cut.
fn without_season(stem: &str) -> FileName {
    let words = words(stem);
    let cut = at_end(&words).or_else(|| at_beginning(&words));
    let Some((league, season)) = cut else {
        return FileName {
            league: stem.to_owned(),
            season: String::new(),
        };
    };
    let span = |words: &[Word<'_>]| match (words.first(), words.last()) {
        (Some(first), Some(last)) => stem[first.from..last.from + last.text.len()].to_owned(),
        _ => String::new(),
    };
    FileName {
        league: span(without_the_word(league)),
        season: span(season),
    }
}

/// Leaves out the word season beside a season.
fn without_the_word<'w, 's>(words: &'w [Word<'s>]) -> &'w [Word<'s>] {
    let is_it = |word: &Word<'_>| {
        ["season", "seasons"]
            .iter()
            .any(|it| word.text.eq_ignore_ascii_case(it))
    };
    match words {
        [rest @ .., last] if is_it(last) => rest,
        [first, rest @ ..] if is_it(first) => rest,
        _ => words,
    }
}

/// A word of a name, and where it begins.
#[derive(Debug, Clone, Copy)]
struct Word<'a> {
    from: usize,
    text: &'a str,
}

/// The words of a name. A year at the end of a word, as in `liga2022`, is a word of its own.
fn words(stem: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    for text in stem.split(BETWEEN).filter(|text| !text.is_empty()) {
        let from = text.as_ptr() as usize - stem.as_ptr() as usize;
        let letters = text.trim_end_matches(|c: char| c.is_ascii_digit());
        let digits = &text[letters.len()..];
        if !letters.is_empty() && digits.len() == 4 && is_season(digits) {
            words.push(Word {
                from,
                text: letters,
            });
            words.push(Word {
                from: from + letters.len(),
                text: digits,
            });
        } else {
            words.push(Word { from, text });
        }
    }
    words
}

type Parts<'w, 's> = (&'w [Word<'s>], &'w [Word<'s>]);

fn at_end<'w, 's>(words: &'w [Word<'s>]) -> Option<Parts<'w, 's>> {
    match words {
        [rest @ .., first, last]
            if are_seasons_years(first.text, last.text) && !ends_in_year(rest) =>
        {
            Some((rest, &words[words.len() - 2..]))
        }
        // the year of a date is no season
        [.., day, month, year]
            if is_season(year.text) && is_short_number(day.text) && is_short_number(month.text) =>
        {
            None
        }
        [rest @ .., last] if is_season(last.text) => Some((rest, std::slice::from_ref(last))),
        _ => None,
    }
}

fn at_beginning<'w, 's>(words: &'w [Word<'s>]) -> Option<Parts<'w, 's>> {
    match words {
        [first, second, rest @ ..] if are_seasons_years(first.text, second.text) => {
            Some((rest, &words[..2]))
        }
        [year, month, ..] if is_season(year.text) && is_short_number(month.text) => None,
        [first, rest @ ..] if is_season(first.text) => Some((rest, std::slice::from_ref(first))),
        _ => None,
    }
}

/// Whether the words end in a year: then what follows is a month and a day.
fn ends_in_year(words: &[Word<'_>]) -> bool {
    words
        .last()
        .is_some_and(|word| word.text.len() == 4 && is_season(word.text))
}

/// Whether a word may be the day or the month of a date.
fn is_short_number(text: &str) -> bool {
    text.len() <= 2 && is_number(text)
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether two words are the years of a season: `2023` and `24`, `2023` and `2024`, `23` and `24`.
fn are_seasons_years(first: &str, second: &str) -> bool {
    let (Some(a), Some(b)) = (number(first), number(second)) else {
        return false;
    };
    match (first.len(), second.len()) {
        (4, 4) => is_year(a) && b == a + 1,
        (4, 2) => is_year(a) && b == (a + 1) % 100,
        (2, 2) => b == (a + 1) % 100,
        _ => false,
    }
}

/// Whether a word alone is a season: `2023`, `2324`, `20232024`.
fn is_season(text: &str) -> bool {
    let Some(number) = number(text) else {
        return false;
    };
    match text.len() {
        4 => is_year(number) || number % 100 == (number / 100 + 1) % 100,
        8 => is_year(number / 10_000) && number % 10_000 == number / 10_000 + 1,
        _ => false,
    }
}

fn number(text: &str) -> Option<u32> {
    if is_number(text) {
        text.parse().ok()
    } else {
        None
    }
}

fn is_year(number: u32) -> bool {
    (1872..=2099).contains(&number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn league(file: &str) -> String {
        of_table(file).league
    }

    #[test]
    fn a_name_loses_a_season() {
        for (file, expected) in [
            ("data/E0_2023-24.csv", "E0"),
            ("liga_2022.csv", "liga"),
            ("liga2022.csv", "liga"),
            ("E0-2324.csv", "E0"),
            ("epl_1920.csv", "epl"),
            ("epl 2019-2020.csv", "epl"),
            ("epl_19-20.csv", "epl"),
            ("epl_20192020.csv", "epl"),
            ("2023-24_E0.csv", "E0"),
            ("2023 E0.csv", "E0"),
            ("bundesliga_2_2023.csv", "bundesliga_2"),
            ("serie_a_season_2021.csv", "serie_a"),
            ("E0_2023-24.csv.gz", "E0"),
        ] {
            assert_eq!(league(file), expected, "{file}");
        }
    }

    #[test]
    fn a_name_may_be_nothing_but_a_season() {
        for file in [
            "2020-21.csv",
            "2021.csv",
            "2021_22.csv",
            "2122.csv",
            "season-2021.csv",
            "Season 2021-22.csv",
        ] {
            assert_eq!(league(file), "", "{file}");
        }
    }

    #[test]
    fn a_name_loses_nothing_else() {
        for file in [
            "serie_a",
            "serie_b",
            "liga_1",
            "bundesliga-2",
            "my_league",
            "u21",
            "matches_2023-08-09",
            "09-08-2023",
            "2023-08-05_odds",
            "group_12",
        ] {
            assert_eq!(league(&format!("{file}.csv")), file);
        }
        assert_eq!(league("<stdin>"), "stdin");
    }

    #[test]
    fn the_name_inside_an_archive_or_workbook_comes_first() {
        assert_eq!(league("data.zip, E0_2023-24.csv"), "E0");
        assert_eq!(league("liga_2022.xlsx, sheet Sheet1"), "liga");
        assert_eq!(league("liga.xlsx, sheet 2023-24"), "liga");
        assert_eq!(league("book.xlsx, sheet Serie A"), "Serie A");
    }
}
