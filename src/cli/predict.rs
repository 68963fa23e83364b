//! `simbet predict`.

use clap::Args;

use super::Talk;

/// What was typed after `predict`.
#[derive(Debug, Args)]
pub struct Predict {
    /// Files, folders, globs, or - for stdin
    #[arg(required = true, value_name = "FILE")]
    inputs: Vec<String>,
}
impl Predict {
    pub fn run(self, _talk: Talk) -> anyhow::Result<()> {
        Ok(())
    }
}
