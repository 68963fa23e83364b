//! The parts of a sweep, put together, ranked and tested.

use std::path::Path;

use serde_json::json;

use super::Sweep;
use crate::cli::grid_input::InputReader;
use crate::cli::recorded::Recorded;
use crate::cli::{Console, usage};
use crate::report::Format;
use crate::results::names::JOURNAL;
use crate::results::{Journal, Part, ResultsError, first_missing};
use crate::source::Matches;
use crate::sweep::{Plan, SweepConfig, SweepError};

/// Writes and prints what one command would have, from all parts. The files of matches are read again, for the days on
/// which there was something to bet on, and for the hold-out.
pub fn merge(
    mut command: Sweep,
    recorded: Recorded,
    parts: &[Part],
    (out, inputs): (&Path, Vec<String>),
    (format, top): (Format, Option<usize>),
    console: Console,
) -> anyhow::Result<()> {
    let first = &parts[0];
    command.layers.take_from(recorded);
    command.out = Some(out.to_owned());
    command.format = format;
    command.top = top.unwrap_or(command.top);
    command.check_top()?;
    if !inputs.is_empty() {
        command.inputs = inputs;
    }
    if command.inputs.iter().any(|input| input == "-") {
        return Err(usage(
            "the parts read their matches from stdin: name the files with --inputs",
        ));
    }
    crate::cli::apart::ensure_folder(Some(out), &command.inputs)?;
    let config = command.config(command.points(Console { quiet: true })?.points);
    let journals = parts.iter().map(journal).collect::<anyhow::Result<_>>()?;
    let merged = command.merged(config, first, journals, console);
    merged.map_err(|error| match error.downcast::<SweepError>() {
        Ok(SweepError::Missing { place, label }) => command.missing(place, &label, parts),
        Ok(error) => error.into(),
        Err(error) => error,
    })
}

impl Sweep {
    fn merged(
        &self,
        config: SweepConfig,
        first: &Part,
        journals: Vec<Journal>,
        console: Console,
    ) -> anyhow::Result<()> {
        let mut reader = InputReader::new(&self.inputs, Console { quiet: true });
        let matches = reader.read(&config.points[0].config.read);
        let matches = matches.map_err(|error| {
            let error = anyhow::Error::new(error);
            usage(format!(
                "{error:#}: the matches are read again; name their files with --inputs if they are elsewhere now"
            ))
        })?;
        ensure_same_inputs(&matches, first)?;
        let mut own = json!({});
        self.describe(&config, &mut own);
        // probabilities of files are loaded later
        let is_same = ["config", "grid", "settings"]
            .iter()
            .all(|name| own[name] == first.run[name]);
        if !is_same {
            return Err(first.of_other_build().into());
        }
        self.whole(config, journals, console)
    }

    /// The error of an outcome that its part should have.
    fn missing(&self, place: usize, label: &str, parts: &[Part]) -> anyhow::Error {
        let points = self.points(Console { quiet: true });
        let place = points.ok().and_then(|points| {
            let plan = Plan::new(&self.config(points.points));
            plan.places().position(|known| known == place)
        });
        let place = place.map(|place| place as u64);
        let has_it = |part: &&Part| {
            place.is_some_and(|place| (part.span.first..part.span.end).contains(&place))
        };
        let path = parts
            .iter()
            .find(has_it)
            .map(|part| part.path.join(JOURNAL));
        let path = path.unwrap_or_else(|| JOURNAL.into());
        anyhow::anyhow!(
            "{} does not have the outcome of {label} for the matches and models that are here: repeat the command of this part, which \
             runs what is missing. Where it did that before, the part had another model program, another file of \
             probabilities, or another league, which files without a league column take from their names",
            path.display()
        )
    }
}

/// The outcomes of a part.
fn journal(part: &Part) -> anyhow::Result<Journal> {
    match Journal::open_to_read(&part.path, JOURNAL) {
        Err(ResultsError::NoJournal { .. } | ResultsError::OtherJournal { .. }) => {
            let problem = "it is not there, or does not begin as a journal of this version";
            Err(part.damaged(JOURNAL, problem).into())
        }
        journal => Ok(journal?),
    }
}

/// Checks that the files are those that a part read, whatever they are called here.
fn ensure_same_inputs(matches: &Matches, part: &Part) -> anyhow::Result<()> {
    let here = matches.inputs.iter();
    let here = here.map(|input| (input.sha256.as_str(), input.path.as_str()));
    let (here, recorded) = (here.collect(), part.inputs());
    if let Some((_, path)) = first_missing(&recorded, &here) {
        return Err(usage(format!(
            "the parts read {path}, but no file that is here has its content: name the files as they were with --inputs"
        )));
    }
    match first_missing(&here, &recorded) {
        Some((_, path)) => Err(usage(format!(
            "{path} is here and was not read by the parts: name the files as they were with --inputs"
        ))),
        None => Ok(()),
    }
}
