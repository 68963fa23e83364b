//! `simbet init`.

use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;

use super::{Console, usage};
use crate::config::commented_settings;
use crate::results;

/// The arguments of `init`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  simbet init
  simbet init --output kelly.toml
  simbet backtest E0.csv --config simbet.toml

A file that is there is never replaced.")]
pub struct Init {
    /// Where the settings are written, in a folder that is made if need be; - for stdout
    #[arg(short, long, value_name = "FILE", default_value = "simbet.toml")]
    output: PathBuf,
}

impl Init {
    pub fn run(self, console: Console) -> anyhow::Result<()> {
        let settings = commented_settings();
        if self.output.as_os_str() == "-" {
            return super::print_as_it_is(settings.as_bytes());
        }
        write_new(&self.output, &settings)?;
        let path = self.output.display();
        console.note(format!(
            "wrote {path}; use it with --config {path}, and see with `simbet config --config {path}` what is in force"
        ));
        Ok(())
    }
}

fn write_new(path: &Path, text: &str) -> anyhow::Result<()> {
    let shown = path.display();
    if let Some(folder) = path.parent() {
        results::make_folder(folder)?;
    }
    let mut file = File::create_new(path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => usage(format!(
            "{shown} is there already, and is not replaced: name another file with --output, or remove it"
        )),
        _ => anyhow::Error::new(error).context(format!("cannot write {shown}")),
    })?;
    file.write_all(text.as_bytes())
        .with_context(|| format!("cannot write {shown}"))
}
