//! A model that is a program of its own: `--model 'exec:python my_model.py'`.
//!
//! The program gets lines of JSON on its stdin ([`protocol`]) and answers with lines of JSON on its stdout ([`answer`]). One
//! process serves all leagues of a run: it is told everything in the order in which it becomes known, whatever the threads.
//! It starts with the first question, and ends when its stdin is closed.

mod answer;
mod command;
mod dialogue;
mod error;
mod history;
mod model;
mod opinions;
mod process;
mod protocol;
mod running;
mod settings;
mod tail;

use std::sync::Arc;

pub use command::{CommandError, CommandLine};
use model::ProgramModel;
pub use process::Group;
pub use running::{end_all, stop_asking};
use settings::{Counts, ProgramSettings};

use crate::engine::EngineConfig;
use crate::predict::{MakeModel, ModelConfig, ModelConfigError, ModelKind, Outside, Predictor};

/// A program that makes the models of runs.
#[derive(Debug)]
pub struct Program {
    settings: Arc<ProgramSettings>,
    counts: Arc<Counts>,
}

impl Program {
    fn new(config: &ModelConfig, group: Group) -> Result<Self, CommandError> {
        let text = config.argument.clone().unwrap_or_default();
        let command = CommandLine::parse(&text)?;
        command.ensure_there()?;
        Ok(Self {
            settings: Arc::new(ProgramSettings {
                text,
                command,
                timeout: config.program.timeout,
                prices: config.program.prices,
                group,
            }),
            counts: Arc::default(),
        })
    }
}

impl MakeModel for Program {
    fn make(&self, _: &str, config: &ModelConfig) -> Result<Box<dyn Predictor>, ModelConfigError> {
        let model = ProgramModel::new(&self.settings, config.profile, &self.counts);
        Ok(Box::new(model))
    }

    fn remarks(&self) -> Vec<String> {
        self.counts.remarks()
    }
}

/// Makes the model of these settings where it is a program; nothing is started yet.
///
/// # Errors
/// When the command is none, or there is no such program.
pub fn load(config: &mut EngineConfig, group: Group) -> Result<(), CommandError> {
    let Some(model) = config
        .model
        .as_mut()
        .filter(|model| model.kind == ModelKind::Exec)
    else {
        return Ok(());
    };
    let program = Program::new(model, group)?;
    model.outside = Some(Outside {
        source: vec![program.settings.text.clone()],
        sha256: program.settings.command.digests()?,
        maker: Some(Arc::new(program)),
    });
    Ok(())
}
