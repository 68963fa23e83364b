//! Loading of the probabilities of `--model file`.

use std::path::Path;

use super::{Console, apart, usage};
use crate::backtest::{LoadedProbabilities, ProbabilityCoverage};
use crate::config::RunConfig;
use crate::engine::EngineConfig;
use crate::predict::ModelKind;
use crate::source::{self, Matches, ProbabilitiesIn, ProbabilityFiles, ReadConfig, SourceError};

/// The files of probabilities of a model, read while `read_matches` reads the matches; `None` for any other model.
///
/// Without files of their own probabilities are columns of the match files.
pub fn read_beside<T>(
    engine: &EngineConfig,
    config: &ReadConfig,
    match_files: &[String],
    console: Console,
    mut read_matches: impl FnMut(&ReadConfig) -> Result<T, SourceError>,
) -> anyhow::Result<(Option<ProbabilityFiles>, T)> {
    let Some(files) = own_files(engine) else {
        return Ok((None, read_matches(config)?));
    };
    let (inputs, whence) = if files.is_empty() {
        (match_files, ProbabilitiesIn::MatchFiles)
    } else {
        (files, ProbabilitiesIn::OwnFiles)
    };
    ensure_readable(inputs, whence)?;
    if whence == ProbabilitiesIn::OwnFiles && !config.aliases.is_empty() {
        // what an alias is for is said once all are read that may need it
        let read = source::read_probabilities(inputs, whence, config)?;
        let mut told = config.clone();
        told.spelled_elsewhere = read.spelled(config.aliases.keys());
        let matches = read_matches(&told);
        return beside(Ok(read), matches, &told, whence, console, read_matches);
    }
    let (read, matches) = std::thread::scope(|scope| {
        let read = scope.spawn(|| source::read_probabilities(inputs, whence, config));
        let matches = read_matches(config);
        (read.join(), matches)
    });
    let read = read.map_err(|_| anyhow::anyhow!("the files of probabilities cannot be read"))?;
    beside(read, matches, config, whence, console, read_matches)
}

/// Both, once each was read. Matches are read again without headers that only the files of probabilities have.
fn beside<T>(
    read: Result<ProbabilityFiles, SourceError>,
    mut matches: Result<T, SourceError>,
    config: &ReadConfig,
    whence: ProbabilitiesIn,
    console: Console,
    mut read_matches: impl FnMut(&ReadConfig) -> Result<T, SourceError>,
) -> anyhow::Result<(Option<ProbabilityFiles>, T)> {
    // a header that only the files of probabilities have need not be in those of matches
    let mut reduced = config.clone();
    while let (Err(SourceError::MappedHeader { target, .. }), Ok(files)) = (&matches, &read) {
        if !files.is_mapped(target) || reduced.map.remove(target).is_none() {
            break;
        }
        matches = read_matches(&reduced);
    }
    let (matches, read) = (matches?, read?);
    // what is assumed of match files is said when these are read
    if whence == ProbabilitiesIn::OwnFiles {
        for assumption in &read.assumptions {
            console.note(assumption);
        }
    }
    Ok((Some(read), matches))
}

/// Checks that results do not go where the probabilities are read from: they would replace them.
pub fn ensure_apart(out: Option<&Path>, engine: &EngineConfig) -> anyhow::Result<()> {
    apart::ensure_folder(out, own_files(engine).unwrap_or_default())
}

/// The files of a model of files; `None` for any other model.
fn own_files(engine: &EngineConfig) -> Option<&[String]> {
    let model = engine.model.as_ref()?;
    let is_of_files = model.kind == ModelKind::File;
    let files = model.outside.as_ref().map(|outside| &outside.source[..]);
    is_of_files.then(|| files.unwrap_or_default())
}

fn ensure_readable(inputs: &[String], whence: ProbabilitiesIn) -> anyhow::Result<()> {
    if whence == ProbabilitiesIn::MatchFiles {
        if inputs.is_empty() {
            return Err(usage(
                "--model file needs files of probabilities: name them with --probabilities",
            ));
        }
        if inputs.iter().any(|input| input == "-") {
            return Err(usage(
                "stdin can be read only once, and --model file reads matches and their probabilities: give files, or name \
                 those of the probabilities with --probabilities",
            ));
        }
    }
    Ok(())
}

/// Brings probabilities to matches, gives them to the model of a run, and their files to those of the matches.
pub fn load(
    files: Option<&ProbabilityFiles>,
    config: &mut RunConfig,
    matches: &mut Matches,
    console: Console,
) -> Result<Option<LoadedProbabilities>, SourceError> {
    let Some(files) = files else {
        return Ok(None);
    };
    let loaded = LoadedProbabilities::of(files, Some(matches))?;
    loaded.install(&mut config.engine);
    for input in &loaded.inputs {
        if matches.inputs.iter().all(|known| known.path != input.path) {
            matches.inputs.push(input.clone());
        }
    }
    matches.inputs.sort_by(|a, b| a.path.cmp(&b.path));
    if let Some(note) = names_read_as(&loaded) {
        console.note(note);
    }
    Ok(Some(loaded))
}

/// The names that the files of probabilities write otherwise than the match files.
fn names_read_as(loaded: &LoadedProbabilities) -> Option<String> {
    let names = &loaded.rows.as_ref()?.read_as;
    let shown: Vec<String> = names
        .iter()
        .take(5)
        .map(|(name, usual)| format!("{name} as {usual}"))
        .collect();
    let more = match names.len().saturating_sub(shown.len()) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    (!names.is_empty()).then(|| {
        format!(
            "names in the files of probabilities are read as those of the match files: {}{more}",
            shown.join(", ")
        )
    })
}

/// Gives a model the probabilities of files whose matches come later.
pub fn load_for_stream(
    config: &mut RunConfig,
    history: &[String],
    console: Console,
) -> anyhow::Result<()> {
    let files = read_beside(&config.engine, &config.read, history, console, |_| Ok(()))?;
    if let (Some(files), ()) = files {
        let loaded = LoadedProbabilities::of(&files, None)?;
        loaded.install(&mut config.engine);
        if !loaded.know_when {
            console.note(
                "the files of probabilities do not say when they were known (known_at), so that nothing keeps back what is \
                 later than its prices",
            );
        }
    }
    Ok(())
}

/// Says what files of probabilities say of a run.
pub fn note(coverage: &ProbabilityCoverage, console: Console) {
    console.note(coverage.headline());
    for sentence in coverage.sentences() {
        console.warn(sentence);
    }
}
