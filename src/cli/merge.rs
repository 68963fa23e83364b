//! `simbet merge`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use serde::Deserialize as _;
use serde_json::Value;

use super::recorded::Recorded;
use super::{Command, Console, output, signals, simulate, sweep, usage};
use crate::config::count_of;
use crate::report::Format;
use crate::report::text_table::count;
use crate::results::{Part, first_missing};

/// The most parts that an error names one by one.
const MOST_NAMED: usize = 12;

/// The arguments of `merge`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  simbet merge s/*/ --out results/
  simbet merge s/*/ --out results/ --inputs data/")]
pub struct Merge {
    /// Folders that sweep or simulate wrote with --shard: all parts of one run, in any order
    #[arg(required = true, value_name = "PART")]
    parts: Vec<PathBuf>,
    /// Folder of the results: the same files as the command without --shard writes
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    out: PathBuf,
    /// Files of the matches of a sweep, where they are not where its parts found them; their content must be the same
    #[arg(long, value_name = "FILE", num_args = 1.., help_heading = "Output")]
    inputs: Vec<String>,
    /// Format of what is printed
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    format: Format,
    /// Settings of a sweep that are printed; all are in --out [default: as the first part was asked]
    #[arg(long, value_parser = count_of::<usize>, value_name = "N", help_heading = "Output")]
    top: Option<usize>,
}

impl Merge {
    pub fn run(self, console: Console) -> anyhow::Result<()> {
        output::ensure_own(Some(&self.out), console)?;
        let parts = self.read(console)?;
        ensure_alike(&parts)?;
        let parts = in_order(parts, console)?;
        let first = &parts[0];
        let recorded = Recorded::deserialize(&first.run["command"]);
        let recorded = recorded.with_context(|| format!("cannot read {}", first.path.display()))?;
        let arguments = recorded.arguments.iter().map(Into::into);
        let (cli, _) = super::parse(arguments)?;
        if cli.escape_formulas {
            crate::results::csv::escape_formulas();
        }
        match cli.command {
            Command::Sweep(command) => {
                let places = (self.out.as_path(), self.inputs);
                let shown = (self.format, self.top);
                sweep::merge(*command, recorded, &parts, places, shown, console)
            }
            Command::Simulate(_) if self.top.is_some() => Err(usage(
                "--top has no effect: it is of the settings of a sweep, and the parts are of a simulation",
            )),
            Command::Simulate(_) if !self.inputs.is_empty() => Err(usage(
                "--inputs has no effect: the parts of a simulation have all that is needed of the matches",
            )),
            Command::Simulate(command) => {
                simulate::merge(*command, recorded, &parts, &self.out, self.format, console)
            }
            _ => Err(usage(format!(
                "{} is of no known command",
                first.path.display()
            ))),
        }
    }

    fn read(&self, console: Console) -> anyhow::Result<Vec<Part>> {
        let wait = signals::waiting(console);
        let out = self.out.canonicalize().ok();
        let parts = self.parts.iter().map(|path| {
            if out.is_some() && path.canonicalize().ok() == out {
                let path = path.display();
                return Err(usage(format!(
                    "--out {path} is one of the parts: name another folder"
                )));
            }
            Ok(Part::read(path, &wait)?)
        });
        parts.collect()
    }
}

/// Checks that all are parts of one run.
fn ensure_alike(parts: &[Part]) -> anyhow::Result<()> {
    let first = &parts[0];
    for part in &parts[1..] {
        if let Some(difference) = difference(first, part) {
            return Err(usage(format!(
                "{} is a part of another run than {}: {difference}; leave it out, or repeat its command with the settings and \
                 the files of the others",
                part.path.display(),
                first.path.display(),
            )));
        }
    }
    Ok(())
}

/// How two parts show that they are of different runs.
fn difference(one: &Part, other: &Part) -> Option<String> {
    let (command, other_command) = (&one.span.command, &other.span.command);
    if command != other_command {
        return Some(format!("it is of {other_command}, not of {command}"));
    }
    different_inputs(&one.inputs(), &other.inputs())
        .or_else(|| first_difference("", &one.run["config"], &other.run["config"]))
        .or_else(|| {
            let mut members = ["league", "grid", "settings", "first_setting"].into_iter();
            members.find_map(|name| first_difference(name, &one.run[name], &other.run[name]))
        })
}

/// The first file that only one of both has, by content.
fn different_inputs(one: &BTreeMap<&str, &str>, other: &BTreeMap<&str, &str>) -> Option<String> {
    let extra = |of, not_of| {
        let (sha256, path) = first_missing(of, not_of)?;
        Some(format!("{path} (SHA-256 {sha256:.8}...)"))
    };
    match (extra(other, one), extra(one, other)) {
        (None, None) => None,
        (Some(other), Some(one)) => Some(format!("it read {other}, and not {one}")),
        (Some(other), None) => Some(format!("it read {other} as well")),
        (None, Some(one)) => Some(format!("it did not read {one}")),
    }
}

/// The first value in which two JSON values differ, with its place.
fn first_difference(place: &str, one: &Value, other: &Value) -> Option<String> {
    if one == other {
        return None;
    }
    let inner = |name: &str| match place {
        "" => name.to_owned(),
        _ => format!("{place}.{name}"),
    };
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            let mut names = one.keys().chain(other.keys());
            names.find_map(|name| {
                let [one, other] = [one, other].map(|of| of.get(name).unwrap_or(&Value::Null));
                first_difference(&inner(name), one, other)
            })
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => one
            .iter()
            .zip(other)
            .enumerate()
            .find_map(|(number, (one, other))| {
                first_difference(&inner(&number.to_string()), one, other)
            }),
        _ => Some(format!("{place} is {other}, not {one}")),
    }
}

/// The parts in the order of what they have, each once, with nothing between them.
fn in_order(mut parts: Vec<Part>, console: Console) -> anyhow::Result<Vec<Part>> {
    parts.sort_by_key(|part| (part.span.first, part.span.end));
    let mut ordered: Vec<Part> = Vec::new();
    for part in parts {
        match ordered.last() {
            Some(before) if before.is_same_as(&part) => {
                let (path, before) = (part.path.display(), before.path.display());
                console.note(format!("{path} is the same as {before}, and counts once"));
            }
            _ => ordered.push(part),
        }
    }
    ensure_apart(&ordered)?;
    ensure_complete(&ordered)?;
    Ok(ordered)
}

/// Checks that nothing is in two parts.
fn ensure_apart(parts: &[Part]) -> anyhow::Result<()> {
    let mut held: Option<&Part> = None;
    for part in parts.iter().filter(|part| part.span.first < part.span.end) {
        if let Some(before) = held.filter(|before| before.span.end > part.span.first) {
            let end = before.span.end.min(part.span.end);
            return Err(usage(format!(
                "{} (part {}) and {} (part {}) both have {}, and not the same: leave one of them out",
                before.path.display(),
                before.span.shard,
                part.path.display(),
                part.span.shard,
                items(part, part.span.first, end),
            )));
        }
        held = Some(part);
    }
    Ok(())
}

/// Checks that nothing is missing.
fn ensure_complete(parts: &[Part]) -> anyhow::Result<()> {
    let last = &parts[parts.len() - 1];
    let ends = parts.iter().map(|part| part.span.end);
    let ends = [0].into_iter().chain(ends);
    let firsts = parts.iter().map(|part| part.span.first);
    let firsts = firsts.chain([last.span.all]);
    let gaps: Vec<String> = ends
        .zip(firsts)
        .filter(|(end, first)| end < first)
        .map(|(end, first)| items(last, end, first))
        .collect();
    if gaps.is_empty() {
        return Ok(());
    }
    Err(usage(format!(
        "none of the folders has {} of {}; they have {}: name the folders of the other parts, or play them first",
        some_of(&gaps),
        count(last.span.all),
        shards(parts)
    )))
}

/// The first of what is missing, and how much more there is.
fn some_of(gaps: &[String]) -> String {
    match gaps.get(..MOST_NAMED) {
        Some(first) if gaps.len() > MOST_NAMED => {
            let more = count((gaps.len() - MOST_NAMED) as u64);
            format!("{} and {more} more gaps", first.join(", "))
        }
        _ => gaps.join(", "),
    }
}

/// Which parts there are; of many the first and the last.
fn shards(parts: &[Part]) -> String {
    let shard = |part: &Part| part.span.shard.clone();
    match parts {
        [first, .., last] if parts.len() > MOST_NAMED => {
            format!(
                "{} parts from {} to {}",
                count(parts.len() as u64),
                shard(first),
                shard(last)
            )
        }
        _ => parts.iter().map(shard).collect::<Vec<_>>().join(", "),
    }
}

/// What lies between two places, in words.
fn items(part: &Part, first: u64, end: u64) -> String {
    let noun = match part.span.command.as_str() {
        "simulate" => "run",
        _ => "setting",
    };
    if end - first == 1 {
        return format!("{noun} {}", count(end));
    }
    format!("{noun}s {} to {}", count(first + 1), count(end))
}
