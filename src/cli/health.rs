//! `simbet health`.

use std::net::SocketAddr;

use anyhow::bail;
use clap::Args;

use crate::report::Format;
use crate::serve::probe;

/// The arguments of `health`.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 the service works, 1 it does not work or does not answer.

Examples:
  simbet health
  simbet health 127.0.0.1:9000"
)]
pub struct Health {
    /// Address and port that the service listens on
    #[arg(value_name = "ADDRESS", default_value = super::serve::ADDRESS)]
    address: SocketAddr,
}

impl Health {
    pub fn run(&self) -> anyhow::Result<()> {
        let report = probe::ask(self.address)?;
        super::print(format!("{}\n", report.health).as_bytes(), Format::Json)?;
        if !report.is_well {
            bail!(
                "the service on {} does not work: its log says why",
                self.address
            );
        }
        Ok(())
    }
}
