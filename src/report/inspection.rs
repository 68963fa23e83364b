//! What was understood of files, as tables.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::Format;
use super::text_table::{TextTable, count, counted};
use crate::printable::escaped;
use crate::source::{
    BookCoverage, InspectedFile, InspectedLeague, InspectedTable, Inspection, SeasonCoverage,
};

/// The most books that a table of coverage has beside each other.
const BOOKS_ABREAST: usize = 8;
/// The most files that are named of those with something odd.
const PLACES_LISTED: usize = 3;
/// The most teams of a league that are listed.
const TEAMS_LISTED: usize = 60;

/// Writes an inspection as tables and sentences.
///
/// # Errors
/// When `out` cannot be written.
pub fn write(out: &mut dyn Write, inspection: &Inspection, format: Format) -> io::Result<()> {
    if format == Format::Csv {
        return columns_of_all(inspection).write(out, format);
    }
    for (table, alike) in forms(inspection) {
        write_form(out, table, alike, format)?;
    }
    for file in &inspection.files {
        if let Some(problem) = &file.problem {
            writeln!(out, "Cannot be used: {}", format.prose(problem))?;
            write_remarks_of(out, file, format)?;
            writeln!(out)?;
        }
    }
    if let Some(problem) = &inspection.problem {
        writeln!(
            out,
            "The files do not go together: {}\n",
            format.prose(problem)
        )?;
    }
    if inspection.leagues.is_empty() {
        return Ok(());
    }
    leagues(inspection).write(out, format)?;
    writeln!(out)?;
    for league in &inspection.leagues {
        writeln!(out, "{}\n", format.prose(&teams(league)))?;
        if let Some(alike) = look_alikes(league) {
            writeln!(out, "{}\n", format.prose(&alike))?;
        }
    }
    write_books(out, inspection, format)?;
    if let Some(sentence) = statistics(inspection) {
        writeln!(out, "{}\n", format.prose(&sentence))?;
    }
    write_remarks(out, inspection, format)
}

/// The tables with different columns, each with the number of further tables that have the same.
fn forms(inspection: &Inspection) -> Vec<(&InspectedTable, usize)> {
    let mut forms: Vec<(&InspectedTable, usize)> = Vec::new();
    let tables = inspection.files.iter().flat_map(tables_of);
    for table in tables {
        match forms
            .iter_mut()
            .find(|(known, _)| known.columns == table.columns)
        {
            Some((_, alike)) => *alike += 1,
            None => forms.push((table, 0)),
        }
    }
    forms
}

fn tables_of(file: &InspectedFile) -> impl Iterator<Item = &InspectedTable> {
    file.tables.iter()
}

fn write_form(
    out: &mut dyn Write,
    table: &InspectedTable,
    alike: usize,
    format: Format,
) -> io::Result<()> {
    columns(table, alike).write(out, format)?;
    let unread: Vec<&str> = table
        .columns
        .iter()
        .filter(|column| column.meaning.is_none() && !column.header.is_empty())
        .map(|column| column.header.as_str())
        .collect();
    if !unread.is_empty() {
        let unread = escaped(&unread.join(", ")).into_owned();
        writeln!(out, "Not read: {}", format.prose(&unread))?;
    }
    writeln!(out)?;
    if table.first.is_empty() {
        return Ok(());
    }
    first_rows(table).write(out, format)?;
    writeln!(out)
}

/// The columns of a table that are read. The sides of a market stand in one row.
fn columns(table: &InspectedTable, alike: usize) -> TextTable {
    let others = match alike {
        0 => String::new(),
        1 => " and 1 other with the same columns".to_owned(),
        _ => format!(" and {} others with the same columns", count(alike as u64)),
    };
    let mut rows: Vec<Vec<String>> = Vec::new();
    for column in &table.columns {
        let Some(meaning) = &column.meaning else {
            continue;
        };
        let meaning = without_side(meaning);
        match rows.iter_mut().find(|row| row[1] == meaning) {
            Some(row) => row[0] = [row[0].as_str(), ", ", &column.header].concat(),
            None => rows.push(vec![column.header.clone(), meaning.to_owned()]),
        }
    }
    TextTable {
        title: format!("{}{others}: {}", table.name, rows_of(table)),
        header: ["column", "read as"].map(str::to_owned).to_vec(),
        rows,
        ..TextTable::default()
    }
}

fn rows_of(table: &InspectedTable) -> String {
    counted(table.rows, "row", "rows")
}

/// `odds of ps: 1x2` for `odds of ps: 1x2 home`.
fn without_side(meaning: &str) -> &str {
    match meaning.rsplit_once(' ') {
        Some((odds, _)) if meaning.contains("odds of ") => odds,
        _ => meaning,
    }
}

fn first_rows(table: &InspectedTable) -> TextTable {
    let header = [
        "line", "league", "date", "kick-off", "home", "away", "score", "prices",
    ];
    let rows = table.first.iter().map(|row| {
        vec![
            row.line.to_string(),
            row.league.clone(),
            row.date.clone(),
            row.kickoff.clone().unwrap_or_default(),
            row.home_team.clone(),
            row.away_team.clone(),
            row.score.clone().unwrap_or_default(),
            row.prices.clone().unwrap_or_default(),
        ]
    });
    TextTable {
        title: "First rows as they were read (kick-off in UTC)".to_owned(),
        header: header.map(str::to_owned).to_vec(),
        rows: rows.collect(),
        numeric: vec![0],
        spare: vec![0, 3, 1],
    }
}

fn leagues(inspection: &Inspection) -> TextTable {
    let header = [
        "league", "matches", "fixtures", "first", "last", "seasons", "teams",
    ];
    let rows = inspection.leagues.iter().map(|league| {
        vec![
            league.league.clone(),
            count(league.matches),
            count(league.fixtures),
            league.first_day.clone(),
            league.last_day.clone(),
            seasons(&league.seasons),
            count(league.teams.len() as u64),
        ]
    });
    TextTable {
        title: "Leagues".to_owned(),
        header: header.map(str::to_owned).to_vec(),
        rows: rows.collect(),
        numeric: vec![1, 2, 6],
        ..TextTable::default()
    }
}

/// `2012 to 2024 (13)`.
fn seasons<T>(seasons: &BTreeMap<i16, T>) -> String {
    let ends = seasons.first_key_value().zip(seasons.last_key_value());
    match ends {
        None => String::new(),
        Some(((first, _), (last, _))) if first == last => first.to_string(),
        Some(((first, _), (last, _))) => format!("{first} to {last} ({})", seasons.len()),
    }
}

/// `Names of L that look alike: Asbhy (1) and Ashby (38), ...`.
fn look_alikes(league: &InspectedLeague) -> Option<String> {
    let counted = |team: &str| {
        let matches = league.teams.get(team).copied().unwrap_or_default();
        format!("{team} ({})", count(matches))
    };
    let pairs = league.look_alikes.iter();
    let pairs: Vec<String> = pairs
        .map(|(name, meant)| format!("{} and {}", counted(name), counted(meant)))
        .collect();
    (!pairs.is_empty()).then(|| {
        format!(
            "Names of {} that look alike: {}; --alias reads them as one",
            league.league,
            pairs.join(", ")
        )
    })
}

/// What is counted: matches, and fixtures where there are some.
const fn what_is_counted(fixtures: u64) -> &'static str {
    if fixtures == 0 {
        "matches"
    } else {
        "matches and fixtures"
    }
}

/// `Teams of E0 and their matches: Arsenal 76, ...`.
fn teams(league: &InspectedLeague) -> String {
    let listed: Vec<String> = league
        .teams
        .iter()
        .take(TEAMS_LISTED)
        .map(|(team, matches)| format!("{team} {matches}"))
        .collect();
    let rest = league.teams.len() - listed.len();
    let more = if rest == 0 {
        String::new()
    } else {
        format!(", and {rest} more")
    };
    format!(
        "Teams of {} and their {}: {}{more}",
        league.league,
        what_is_counted(league.fixtures),
        listed.join(", ")
    )
}

fn write_books(out: &mut dyn Write, inspection: &Inspection, format: Format) -> io::Result<()> {
    if inspection.books.is_empty() {
        return writeln!(out, "No prices were read.\n");
    }
    books(inspection).write(out, format)?;
    writeln!(out)?;
    let before: Vec<&BookCoverage> = of_match_odds(inspection, |book| book.before);
    for books in before.chunks(BOOKS_ABREAST) {
        coverage(books, what_is_counted(inspection.counts.fixtures)).write(out, format)?;
        writeln!(out)?;
    }
    Ok(())
}

/// In how many matches what is counted beside the goals.
fn statistics(inspection: &Inspection) -> Option<String> {
    let known: Vec<String> = inspection
        .statistics
        .iter()
        .map(|coverage| {
            let doubtful = match coverage.doubtful {
                0 => String::new(),
                doubtful => format!(" ({} of them not credible)", count(doubtful)),
            };
            format!(
                "{} in {}{doubtful}",
                coverage.statistic,
                count(coverage.matches)
            )
        })
        .collect();
    let all = counted(inspection.counts.matches, "match", "matches");
    (!known.is_empty()).then(|| format!("Counted in {all}: {}.", known.join(", ")))
}

/// The books that price 1X2.
fn of_match_odds(inspection: &Inspection, priced: fn(&BookCoverage) -> u64) -> Vec<&BookCoverage> {
    let books = inspection.books.iter();
    books
        .filter(|book| book.market == "1x2" && priced(book) > 0)
        .collect()
}

fn books(inspection: &Inspection) -> TextTable {
    let header = ["book", "market", "before the match", "closing", "seasons"];
    let rows = inspection.books.iter().map(|book| {
        let priced: BTreeMap<i16, ()> = book
            .seasons
            .iter()
            .filter(|(_, season)| season.before + season.closing > 0)
            .map(|(&season, _)| (season, ()))
            .collect();
        vec![
            book.book.clone(),
            book.market.to_owned(),
            count(book.before),
            count(book.closing),
            seasons(&priced),
        ]
    });
    TextTable {
        title: format!(
            "Books: {} with a price",
            what_is_counted(inspection.counts.fixtures)
        ),
        header: header.map(str::to_owned).to_vec(),
        rows: rows.collect(),
        numeric: vec![2, 3],
        ..TextTable::default()
    }
}

/// The share of each season's matches that these books price.
fn coverage(books: &[&BookCoverage], counted: &str) -> TextTable {
    let mut header = vec!["season".to_owned(), counted.to_owned()];
    header.extend(books.iter().map(|book| book.book.clone()));
    let seasons = books
        .first()
        .map(|book| &book.seasons)
        .into_iter()
        .flatten();
    let rows = seasons.map(|(season, all)| {
        let shares = books
            .iter()
            .map(|book| share(book.seasons.get(season).copied().unwrap_or_default()));
        [season.to_string(), count(all.matches)]
            .into_iter()
            .chain(shares)
            .collect()
    });
    TextTable {
        title: format!("1X2 before the match by season, in % of its {counted}"),
        numeric: (1..header.len()).collect(),
        rows: rows.collect(),
        header,
        ..TextTable::default()
    }
}

/// A share in whole percent. Only all is 100 and only nothing is empty.
fn share(season: SeasonCoverage) -> String {
    match (season.before, season.matches) {
        (0, _) => String::new(),
        (before, matches) if before >= matches => "100".to_owned(),
        (before, matches) => (before * 100 / matches).clamp(1, 99).to_string(),
    }
}

fn write_remarks(out: &mut dyn Write, inspection: &Inspection, format: Format) -> io::Result<()> {
    let counts = &inspection.counts;
    let rest = [
        Some(counted(counts.matches, "match", "matches")),
        Some(counted(counts.fixtures, "fixture", "fixtures")),
        counted_if_any(counts.void, "void"),
        counted_if_any(counts.more_prices, "with more prices"),
        Some(counted(counts.duplicates, "repeat", "repeats")),
        Some(format!("{} empty", count(counts.blank))),
        Some(format!("{} left out", count(counts.skipped()))),
    ];
    let rest: Vec<String> = rest.into_iter().flatten().collect();
    let rows = counted(counts.rows, "row", "rows");
    writeln!(out, "{rows}: {}", rest.join(", "))?;
    for (number, sentence) in counts.sentences() {
        let places = places(inspection, sentence, number);
        let sentence = format!("{} {sentence}{places}", count(number));
        writeln!(out, "{}", format.prose(&sentence))?;
    }
    for assumption in &inspection.assumptions {
        writeln!(out, "{}", format.prose(&assumption.to_string()))?;
    }
    Ok(())
}

/// What else is odd about a file that cannot be used as it is.
fn write_remarks_of(out: &mut dyn Write, file: &InspectedFile, format: Format) -> io::Result<()> {
    let remarks = file.tables.iter().flat_map(|table| &table.remarks);
    let counted: Vec<String> = remarks
        .map(|remark| {
            let sentence = remark.remark.sentence(remark.count);
            let (number, line) = (count(remark.count), remark.first_line);
            format!("{number} {sentence} (first in line {line})")
        })
        .collect();
    if counted.is_empty() {
        return Ok(());
    }
    let sentence = format!("With --on-bad-row skip: {}", counted.join("; "));
    writeln!(out, "{}", format.prose(&sentence))
}

/// Where the rows of a sentence are: ` (a.csv: 2 from line 5, b.csv: line 7)`.
fn places(inspection: &Inspection, sentence: &str, number: u64) -> String {
    let sound = inspection
        .files
        .iter()
        .filter(|file| file.problem.is_none());
    let places: Vec<String> = sound
        .flat_map(tables_of)
        .flat_map(|table| table.remarks.iter().map(move |remark| (table, remark)))
        .filter(|(_, remark)| remark.remark.sentence(number) == sentence)
        .map(|(table, remark)| match remark.count {
            1 => format!("{}: line {}", table.name, remark.first_line),
            several => format!("{}: {several} from line {}", table.name, remark.first_line),
        })
        .collect();
    let rest = match places.len().saturating_sub(PLACES_LISTED) {
        0 => String::new(),
        1 => ", and 1 more file".to_owned(),
        rest => format!(", and {rest} more files"),
    };
    let shown = &places[..places.len().min(PLACES_LISTED)];
    if shown.is_empty() {
        String::new()
    } else {
        format!(" ({}{rest})", shown.join(", "))
    }
}

fn counted_if_any(number: u64, what: &str) -> Option<String> {
    (number > 0).then(|| counted(number, what, what))
}

/// Every column of every table, for programs.
fn columns_of_all(inspection: &Inspection) -> TextTable {
    let tables = inspection.files.iter().flat_map(tables_of);
    let rows = tables.flat_map(|table| {
        table.columns.iter().map(move |column| {
            vec![
                table.name.clone(),
                column.number.to_string(),
                column.header.clone(),
                column.meaning.clone().unwrap_or_default(),
            ]
        })
    });
    TextTable {
        header: ["table", "column", "header", "read_as"]
            .map(str::to_owned)
            .to_vec(),
        rows: rows.collect(),
        ..TextTable::default()
    }
}
