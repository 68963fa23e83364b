//! What the process of one backtest does.

use std::io::{self, BufRead, Read as _, Write};
use std::path::Path;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setpriority_process, setrlimit};
use serde_json::{Value, json};

use super::job::{Header, MAX_ERROR, Message};
use crate::backtest::{self, LoadedProbabilities};
use crate::config::{RunConfig, Settings};
use crate::error::Error;
use crate::predict::ModelKind;
use crate::program::{self, Group};
use crate::serve::causes::{causes, chain};
use crate::serve::clock;
use crate::source::{Matches, ProbabilitiesIn, SourceError, read_bytes, read_probability_bytes};

/// What the matches of a job are called in messages.
const UPLOAD: &str = "the upload";

/// The least time between two lines on the progress.
const PAUSE: Duration = Duration::from_millis(50);
/// How much the process gives way to others: those of the service come first.
const NICENESS: i32 = 10;

/// Reads a job, calls `begun` once it is read, runs the backtest within its limits, and writes what comes of it.
///
/// # Errors
/// When the job cannot be read, or its outcome not be written.
pub fn work(
    input: &mut dyn BufRead,
    dataset: Option<&Path>,
    begun: impl FnOnce(),
    output: &mut dyn Write,
) -> io::Result<()> {
    let header = read_header(input)?;
    restrain(&header)?;
    let mut csv = Vec::with_capacity(usize::try_from(header.csv).unwrap_or_default());
    input.take(header.csv).read_to_end(&mut csv)?;
    if csv.len() as u64 != header.csv {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    begun();
    let outcome = match summary(header, dataset, csv, output) {
        Ok(summary) => Message::Summary(summary),
        Err(error) if is_out_of_memory(&error) => Message::OutOfMemory,
        Err(error) => Message::Error(chain(&error).chars().take(MAX_ERROR).collect()),
    };
    write(output, &outcome)
}

fn is_out_of_memory(error: &(dyn std::error::Error + 'static)) -> bool {
    causes(error).any(|cause| {
        let system = cause.downcast_ref::<io::Error>();
        system.is_some_and(|error| error.kind() == io::ErrorKind::OutOfMemory)
    })
}

fn read_header(input: &mut dyn BufRead) -> io::Result<Header> {
    let mut line = String::new();
    input.read_line(&mut line)?;
    Ok(serde_json::from_str(&line)?)
}

/// Limits this process, before it does anything.
fn restrain(header: &Header) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
    limit(Resource::Data, header.memory)?;
    limit(Resource::Core, 0)?;
    // it would do without, only less politely
    let _ = setpriority_process(None, NICENESS);
    rayon::ThreadPoolBuilder::new()
        .num_threads(header.threads)
        .build_global()
        .map_err(io::Error::other)
}

fn limit(resource: Resource, most: u64) -> io::Result<()> {
    let hard = getrlimit(resource).maximum;
    let most = Some(hard.map_or(most, |hard| hard.min(most)));
    Ok(setrlimit(
        resource,
        Rlimit {
            current: most,
            maximum: most,
        },
    )?)
}

fn summary(
    header: Header,
    dataset: Option<&Path>,
    csv: Vec<u8>,
    output: &mut dyn Write,
) -> Result<Value, Error> {
    let csv = match dataset {
        Some(path) => std::fs::read(path).map_err(|source| SourceError::Io {
            path: path.display().to_string(),
            source,
        })?,
        None => csv,
    };
    let asked: Vec<String> = header.settings.keys().cloned().collect();
    let mut config = config(header)?;
    let name = dataset.and_then(Path::file_name);
    let name = name.map_or_else(
        || UPLOAD.to_owned(),
        |name| name.to_string_lossy().into_owned(),
    );
    let matches = read_bytes(&name, &csv, &config.read)?;
    ensure_taught(&config, &matches, &asked)?;
    load_probabilities(&csv, &mut config, &matches)?;
    drop(csv);
    let (mut last, mut done) = (clock::instant(), 0);
    // who does not listen does not want to know
    let mut write_rounds = |rounds| drop(write(output, &Message::Rounds(rounds)));
    let mut progress = |rounds: usize| {
        done = rounds as u64;
        if last.elapsed() >= PAUSE {
            last = clock::instant();
            write_rounds(done);
        }
    };
    let result = backtest::backtest(&config.engine, config.replay, matches, None, &mut progress)?;
    write_rounds(done);
    let mut summary = serde_json::to_value(&result.summary).unwrap_or_default();
    if let Some(teachers) = backtest::teachers(&config, &result.matches) {
        summary["taught_by"] = json!(teachers);
    }
    Ok(summary)
}

/// Checks that what settings name to learn from is in the matches.
fn ensure_taught(
    config: &RunConfig,
    matches: &Matches,
    asked: &[String],
) -> Result<(), SourceError> {
    let mut missing = backtest::untaught(config, matches).into_iter();
    match missing.find(|(name, _)| asked.iter().any(|asked| asked == name)) {
        None => Ok(()),
        Some((_, problem)) => Err(SourceError::NoResults {
            files: UPLOAD.to_owned(),
            problem,
        }),
    }
}

/// Gives the model of files the probabilities that are in columns of the matches.
fn load_probabilities(
    csv: &[u8],
    config: &mut RunConfig,
    matches: &Matches,
) -> Result<(), SourceError> {
    let model = config.engine.model.as_ref();
    if model.is_none_or(|model| model.kind != ModelKind::File) {
        return Ok(());
    }
    let columns = ProbabilitiesIn::MatchFiles;
    let files = read_probability_bytes(UPLOAD, csv, columns, &config.read)?;
    let loaded = LoadedProbabilities::of(&files, Some(matches))?;
    loaded.install(&mut config.engine);
    let markets = &config.engine.strategy.markets;
    loaded
        .coverage(matches, &config.replay, markets)
        .map(|_| ())
}

/// The settings of a job, which were resolved once before it was sent.
fn config(header: Header) -> Result<RunConfig, SourceError> {
    let settings = serde_json::from_value::<Settings>(Value::Object(header.settings));
    let settings = settings.map_err(io::Error::from);
    let config =
        settings.and_then(|settings| RunConfig::resolve(&settings).map_err(io::Error::other));
    let loaded = config.and_then(|mut config| {
        // a program ends with this process, whose group it is in
        program::load(&mut config.engine, Group::Inherited).map_err(io::Error::other)?;
        Ok(config)
    });
    loaded.map_err(|source| SourceError::Io {
        path: "the settings".to_owned(),
        source,
    })
}

fn write(output: &mut dyn Write, message: &Message) -> io::Result<()> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    output.write_all(&line)?;
    output.flush()
}
