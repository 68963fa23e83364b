//! Forecasts of models from files, brought to the same matches.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{Contest, Forecaster, PlayedMatch};
use crate::domain::{Book, MarketKind, MatchState, Score, Selection, Time};
use crate::predict::{KnownProbabilities, MarginMethod, ProbabilityTable, margin};
use crate::report::text_table::counted;
use crate::results::names;
use crate::source::{
    self, MatchRecord, Matches, ProbabilitiesIn, ReadConfig, SourceError, read_probabilities,
};

/// The columns of the market's probabilities, each with the one that it is read as.
const MARKET_COLUMNS: [(&str, &str); 3] = [
    ("p_home", "market_p_home"),
    ("p_draw", "market_p_draw"),
    ("p_away", "market_p_away"),
];

/// A file of forecasts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct ModelFile {
    /// What the model is called.
    pub name: String,
    /// The file.
    pub path: String,
}

/// What was read.
#[derive(Debug)]
pub(crate) struct Gathered {
    /// The matches and the forecasts of them.
    pub contest: Contest,
    /// What is to be said of the files.
    pub notes: Vec<String>,
}

/// Why models cannot be compared.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GatherError {
    /// A folder that no run with a model wrote.
    #[error(
        "{} has no predictions.csv or predictions.parquet: write one with --out of backtest, predict or simulate",
        .0.display()
    )]
    NoPredictions(PathBuf),
    /// Two arguments of one file.
    #[error("{0} is named twice: a model cannot be compared with itself")]
    Twice(String),
    /// No file says how matches ended.
    #[error(
        "no file of forecasts has scores ({0}): name match files that have them with --results"
    )]
    NoResults(String),
    /// Two files say different things of a match.
    #[error(
        "the files contradict each other: {0}; correct one, or name match files with --results"
    )]
    Contradiction(String),
    /// A file has no forecast of home win, draw and away win.
    #[error("{0} has no probabilities of home win, draw and away win")]
    NoOutcomes(String),
    /// A file whose every forecast became known too late.
    #[error(
        "every forecast of {0} became known only after kick-off (known_at), so that none can be compared; correct known_at if it \
         says something else"
    )]
    TooLate(String),
    /// A file cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
}

/// The files of forecasts that were named: each a folder of results or a file.
///
/// # Errors
/// When a folder has no forecasts, or a file is named twice.
pub(crate) fn model_files(arguments: &[String]) -> Result<Vec<ModelFile>, GatherError> {
    let mut files: Vec<ModelFile> = Vec::new();
    for argument in arguments {
        let path = file_of(Path::new(argument))?;
        if files.iter().any(|known| known.path == path) {
            return Err(GatherError::Twice(argument.clone()));
        }
        files.push(ModelFile {
            name: name_of(Path::new(argument)),
            path,
        });
    }
    let names: Vec<String> = files.iter().map(|file| file.name.clone()).collect();
    for (file, argument) in files.iter_mut().zip(arguments) {
        // a name that two have says nothing
        if names.iter().filter(|name| **name == file.name).count() > 1 {
            file.name = argument.trim_end_matches('/').to_owned();
        }
    }
    Ok(files)
}

fn file_of(path: &Path) -> Result<String, GatherError> {
    if !path.is_dir() {
        return Ok(path.to_string_lossy().into_owned());
    }
    [names::csv_file, names::parquet_file]
        .map(|file| path.join(file(names::PREDICTIONS)))
        .into_iter()
        .find(|file| file.is_file())
        .map(|file| file.to_string_lossy().into_owned())
        .ok_or_else(|| GatherError::NoPredictions(path.to_owned()))
}

/// The last part of a path, without its ending. The predictions of a folder of results have the name of the folder.
fn name_of(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or(path.as_os_str());
    let parent = path.parent().and_then(Path::file_name);
    let named = if stem == names::PREDICTIONS {
        parent
    } else {
        None
    };
    let is_folder = path.is_dir();
    let whole = if is_folder { path.file_name() } else { None };
    named
        .or(whole)
        .unwrap_or(stem)
        .to_string_lossy()
        .into_owned()
}

/// Reads the forecasts, and brings them to the matches of `results`, or else of the file with most scores to which the others fit.
///
/// # Errors
/// When a file cannot be read, has no forecasts of those matches, or nobody says how they ended; when two files contradict each
/// other on that.
pub(crate) fn gather(
    files: &[ModelFile],
    results: Option<Matches>,
    config: &ReadConfig,
) -> Result<Gathered, GatherError> {
    if let Some(matches) = results {
        return gather_for(files, &matches, config);
    }
    let candidates = with_scores(files, config)?;
    ensure_agreement(&candidates)?;
    let mut first = None;
    for (_, matches) in &candidates {
        match gather_for(files, matches, config) {
            Ok(gathered) => return Ok(gathered),
            Err(error) => first = first.or(Some(error)),
        }
    }
    Err(first.unwrap_or_else(|| GatherError::NoResults("there is none".to_owned())))
}

/// Reads the forecasts of these matches.
fn gather_for(
    files: &[ModelFile],
    matches: &Matches,
    config: &ReadConfig,
) -> Result<Gathered, GatherError> {
    let records = matches.records.iter();
    let played: Vec<&MatchRecord> = records.filter(|record| record.result().is_some()).collect();
    let mut gathered = Gathered {
        contest: Contest {
            matches: played
                .iter()
                .map(|record| played_match(record, matches))
                .collect(),
            models: Vec::new(),
        },
        notes: Vec::new(),
    };
    for file in files {
        let model = forecaster(file, matches, &played, config, &mut gathered.notes)?;
        gathered.contest.models.push(model);
    }
    let has_market = |model: &Forecaster| model.market.iter().any(Option::is_some);
    if !gathered.contest.models.iter().any(has_market) {
        let priced: Vec<_> = played.iter().map(|record| market_of(record)).collect();
        for model in &mut gathered.contest.models {
            model.market.clone_from(&priced);
        }
    }
    Ok(gathered)
}

/// A file, by its name, and its matches.
type Candidate<'a> = (&'a str, Matches);

/// The files that have scores, those with leagues and then those with most scores first; of equal ones that whose path comes first.
fn with_scores<'a>(
    files: &'a [ModelFile],
    config: &ReadConfig,
) -> Result<Vec<Candidate<'a>>, GatherError> {
    let mut sorted: Vec<&ModelFile> = files.iter().collect();
    sorted.sort_by(|a, b| a.path.cmp(&b.path));
    let mut candidates: Vec<Candidate<'_>> = Vec::new();
    let mut problem = None;
    for file in sorted {
        match as_matches(&file.path, config) {
            Ok(matches) => candidates.push((&file.name, matches)),
            Err(error) => problem = problem.or(Some(error.to_string())),
        }
    }
    candidates.retain(|(_, matches)| scores(matches).next().is_some());
    // the league of a file that does not say it is called as the file, and that of others is known better
    candidates.sort_by_key(|(_, matches)| {
        let has_leagues = matches.contents.iter().all(|table| table.has_league);
        std::cmp::Reverse((has_leagues, scores(matches).count()))
    });
    if candidates.is_empty() {
        let problem = problem.unwrap_or_else(|| "every score is empty".to_owned());
        return Err(GatherError::NoResults(problem));
    }
    Ok(candidates)
}

/// The matches that were played, with their scores.
fn scores(matches: &Matches) -> impl Iterator<Item = (&MatchRecord, Score)> {
    let records = matches.records.iter();
    records.filter_map(|record| Some((record, record.result()?)))
}

/// Checks that no two files have different scores of one match.
fn ensure_agreement(candidates: &[Candidate<'_>]) -> Result<(), GatherError> {
    let mut known: HashMap<&str, (&str, Score)> = HashMap::new();
    for (name, matches) in candidates {
        for (record, score) in scores(matches) {
            let id = &*record.fixture.id;
            let (first, before) = *known.entry(id).or_insert((*name, score));
            if before != score {
                return Err(GatherError::Contradiction(format!(
                    "{id} ended {} in {first} and {} in {name}",
                    goals(before),
                    goals(score)
                )));
            }
        }
    }
    Ok(())
}

fn goals(score: Score) -> String {
    format!("{}-{}", score.home, score.away)
}

/// Reads a file of forecasts as one of matches. Its prices are those of the market where it has no probabilities of it; forecasts of
/// one match at several times may have several.
fn as_matches(path: &str, config: &ReadConfig) -> Result<Matches, SourceError> {
    let read = |config: &ReadConfig| source::read(&[path.to_owned()], config, &|_, _| {});
    let priced = ReadConfig {
        books: None,
        markets: vec![MarketKind::MatchOdds],
        ..config.clone()
    };
    let mut timed = priced.clone();
    timed.map.insert("as_of".to_owned(), "known_at".to_owned());
    let unpriced = ReadConfig {
        books: Some(Vec::new()),
        ..priced.clone()
    };
    read(&timed)
        .or_else(|_| read(&priced))
        .or_else(|_| read(&unpriced))
}

fn played_match(record: &MatchRecord, matches: &Matches) -> PlayedMatch {
    let fixture = &record.fixture;
    PlayedMatch {
        day: fixture.day.day(),
        league: matches.names.league(fixture.league).to_owned(),
        season: fixture.season,
        score: record.score.unwrap_or_default(),
    }
}

fn forecaster(
    file: &ModelFile,
    matches: &Matches,
    played: &[&MatchRecord],
    config: &ReadConfig,
    notes: &mut Vec<String>,
) -> Result<Forecaster, GatherError> {
    let table = probabilities(file, matches, config, notes)?;
    let forecasts: Vec<Option<[f64; 3]>> = played
        .iter()
        .map(|record| {
            let known = in_time(&table, record)?;
            known
                .opinion(MatchState::default(), Default::default())?
                .outcomes()
        })
        .collect();
    let too_late = played
        .iter()
        .filter(|record| in_time(&table, record).is_none() && is_known(&table, record));
    let too_late = too_late.count() as u64;
    let own = forecasts.iter().flatten().count() as u64;
    if own == 0 {
        let path = file.path.clone();
        return Err(match too_late {
            0 => GatherError::NoOutcomes(path),
            _ => GatherError::TooLate(path),
        });
    }
    if too_late > 0 {
        notes.push(format!(
            "{}: {} became known only after kick-off and {} left out",
            file.name,
            counted(too_late, "forecast", "forecasts"),
            if too_late == 1 { "is" } else { "are" },
        ));
    }
    Ok(Forecaster {
        name: file.name.clone(),
        own,
        forecasts,
        market: market(file, matches, played, config),
    })
}

/// The last version of what is said of a match that was known at kick-off; on the day where that is not known.
fn in_time<'t>(
    table: &'t ProbabilityTable,
    record: &MatchRecord,
) -> Option<&'t KnownProbabilities> {
    let fixture = &record.fixture;
    let end = fixture.kickoff.unwrap_or(fixture.day + Time::DAY);
    table.by_id.get(&fixture.id)?.at(end)
}

/// Whether anything is said of a match, whenever.
fn is_known(table: &ProbabilityTable, record: &MatchRecord) -> bool {
    table.by_id.contains_key(&record.fixture.id)
}

/// The probabilities of a file by match.
fn probabilities(
    file: &ModelFile,
    matches: &Matches,
    config: &ReadConfig,
    notes: &mut Vec<String>,
) -> Result<ProbabilityTable, SourceError> {
    let path = std::slice::from_ref(&file.path);
    let read = read_probabilities(path, ProbabilitiesIn::OwnFiles, config)?;
    notes.extend(read.assumptions.iter().map(ToString::to_string));
    let resolved = read.resolve(matches)?;
    let rows = &resolved.rows;
    if rows.without_match > 0 {
        notes.push(format!(
            "{}: {} of {} rows are about no match with a score, such as {}",
            file.name,
            rows.without_match,
            rows.rows,
            rows.unmatched.first().map_or("", String::as_str)
        ));
    }
    if !rows.known_at {
        notes.push(format!(
            "{}: not every row says when it was known (known_at), so that look-ahead cannot be excluded",
            file.name
        ));
    }
    Ok(resolved.table)
}

/// The market's probabilities of a file that has them.
fn market(
    file: &ModelFile,
    matches: &Matches,
    played: &[&MatchRecord],
    config: &ReadConfig,
) -> Vec<Option<[f64; 3]>> {
    let mut config = config.clone();
    for (target, header) in MARKET_COLUMNS {
        config.map.insert(target.to_owned(), header.to_owned());
    }
    let table = probabilities(file, matches, &config, &mut Vec::new());
    let Ok(table) = table else {
        return vec![None; played.len()];
    };
    let of_match = |record: &&MatchRecord| named_outcomes(in_time(&table, record)?);
    played.iter().map(of_match).collect()
}

/// The probabilities of home win, draw and away win that were named, whatever rates say.
fn named_outcomes(known: &KnownProbabilities) -> Option<[f64; 3]> {
    let won = |selection| {
        let mut named = known.named.iter();
        named
            .find(|(own, _)| *own == selection)
            .map(|(_, all)| all.won)
    };
    Some([
        won(Selection::HOME)?,
        won(Selection::DRAW)?,
        won(Selection::AWAY)?,
    ])
}

/// The market by the prices of a match file: those of the average before the match, else of the first book that prices all three.
fn market_of(record: &MatchRecord) -> Option<[f64; 3]> {
    let mut books: Vec<Book> = record.pre.iter().map(|quote| quote.book).collect();
    books.sort_unstable_by_key(|book| (*book != Book::AVG, *book));
    books.dedup();
    books.into_iter().find_map(|book| {
        let odds = |selection| {
            let mut quotes = record.pre.iter();
            let quote = quotes.find(|quote| quote.book == book && quote.selection == selection)?;
            Some(quote.odds.decimal())
        };
        let all = [
            odds(Selection::HOME)?,
            odds(Selection::DRAW)?,
            odds(Selection::AWAY)?,
        ];
        margin::fair_of(all, MarginMethod::default()).ok()
    })
}
