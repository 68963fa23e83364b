//! How a program is started and asked.

use std::time::Duration;

use super::command::CommandLine;
use super::process::Group;

/// How a program is started and asked.
#[derive(Debug, Clone)]
pub struct ProgramSettings {
    /// The command in the words of the user.
    pub text: String,
    /// The command.
    pub command: CommandLine,
    /// How long it may take for an answer, and to read what it is told.
    pub timeout: Duration,
    /// Whether it is told prices.
    pub prices: bool,
    /// Whose group of processes it belongs to.
    pub group: Group,
}
