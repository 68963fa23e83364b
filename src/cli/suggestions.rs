//! What somebody may have meant who typed a command that there is not.

use std::path::Path;

use clap::error::{ContextKind, ContextValue, Error};

use crate::printable::shell_word;

/// The ends of names of files that backtest reads.
const READ: [&str; 3] = ["csv", "parquet", "xlsx"];

/// The error with suggestions that help: no command that the help does not list, and for a file the command that reads it.
pub(super) fn improved(mut error: Error, command: &clap::Command) -> Error {
    let Some(ContextValue::String(typed)) = error.get(ContextKind::InvalidSubcommand) else {
        return error;
    };
    let tip = is_file(typed).then(|| format!("simbet backtest {}", shell_word(typed)));
    let suggested = match error.get(ContextKind::SuggestedSubcommand) {
        Some(ContextValue::Strings(names)) => names.clone(),
        Some(ContextValue::String(name)) => vec![name.clone()],
        _ => Vec::new(),
    };
    let is_listed = |name: &String| {
        let known = command.find_subcommand(name);
        known.is_some_and(|known| !known.is_hide_set())
    };
    let listed: Vec<String> = suggested.into_iter().filter(is_listed).collect();
    error.remove(ContextKind::SuggestedSubcommand);
    if tip.is_none() && !listed.is_empty() {
        error.insert(
            ContextKind::SuggestedSubcommand,
            ContextValue::Strings(listed),
        );
    }
    if let Some(tip) = tip {
        let tip = ContextValue::StyledStrs(vec![tip.into()]);
        error.insert(ContextKind::Suggested, tip);
    }
    error
}

/// Whether what was typed for a command has the name of a file of matches.
fn is_file(typed: &str) -> bool {
    let path = Path::new(typed);
    let extension = path
        .extension()
        .map(|extension| extension.to_string_lossy().to_lowercase());
    extension.is_some_and(|extension| READ.contains(&&*extension))
}
