//! `simbet man`.

use std::path::{Path, PathBuf};

use clap::{Args, Command, CommandFactory as _};

use super::target::{Kind, Target};
use super::{Console, usage};
use crate::results;

/// The arguments of `man`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  simbet man | man -l -
  simbet man backtest | man -l -
  simbet man --output ~/.local/share/man/man1")]
pub struct Man {
    /// Whose page is printed [default: that of simbet, which lists its subcommands]
    #[arg(value_name = "SUBCOMMAND", conflicts_with = "output")]
    subcommand: Option<String>,
    /// Write every page into a folder: simbet.1, simbet-backtest.1 and so on
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
}

impl Man {
    pub fn run(self, console: Console) -> anyhow::Result<()> {
        let program = program();
        match (&self.output, &self.subcommand) {
            (Some(folder), _) => write_all(&program, folder, console),
            (None, None) => super::print_as_it_is(&page(&program)?),
            (None, Some(name)) => super::print_as_it_is(&page(subcommand(&program, name)?)?),
        }
    }
}

/// The program with all that its pages say.
fn program() -> Command {
    // a page for a subcommand that prints the others would say nothing
    let mut program = super::Cli::command().disable_help_subcommand(true);
    program.build();
    program
}

/// The subcommands that have a page.
fn subcommands(program: &Command) -> impl Iterator<Item = &Command> {
    program.get_subcommands().filter(|it| !it.is_hide_set())
}

fn subcommand<'a>(program: &'a Command, name: &str) -> anyhow::Result<&'a Command> {
    let found = subcommands(program).find(|it| it.get_name() == name);
    found.ok_or_else(|| {
        let names: Vec<&str> = subcommands(program).map(Command::get_name).collect();
        usage(format!(
            "no subcommand {name:?}: expected one of {}",
            names.join(", ")
        ))
    })
}

fn page(command: &Command) -> anyhow::Result<Vec<u8>> {
    // a page is called as it is looked up: simbet-backtest
    let title = command
        .get_display_name()
        .unwrap_or_else(|| command.get_name());
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone())
        .title(title.to_owned())
        .manual("simbet")
        .render(&mut page)?;
    Ok(page)
}

fn write_all(program: &Command, folder: &Path, console: Console) -> anyhow::Result<()> {
    if folder.exists() && !folder.is_dir() {
        let folder = folder.display();
        return Err(usage(format!(
            "--output must be a folder, but {folder} is none"
        )));
    }
    results::make_folder(folder)?;
    let commands: Vec<&Command> = [program].into_iter().chain(subcommands(program)).collect();
    for command in &commands {
        let path = folder.join(clap_mangen::Man::new((*command).clone()).get_filename());
        let target = Target {
            option: "--output",
            path: &path,
            kind: Kind::ManPage,
        };
        let page = page(command)?;
        target.write(console, |out| out.write_all(&page))?;
    }
    let (count, folder) = (commands.len(), folder.display());
    console.note(format!("wrote {count} pages to {folder}"));
    Ok(())
}
