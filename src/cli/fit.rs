//! `simbet fit`.

use clap::Args;

use super::Talk;

/// What was typed after `fit`.
#[derive(Debug, Args)]
pub struct Fit {
    /// Files, folders, globs, or - for stdin
    #[arg(required = true, value_name = "FILE")]
    inputs: Vec<String>,
}
impl Fit {
    pub fn run(self, _talk: Talk) -> anyhow::Result<()> {
        Ok(())
    }
}
