//! The command line: arguments become a [`RunConfig`](crate::config::RunConfig), and results are printed.

mod alias_file;
mod apart;
mod assess;
mod backtest;
#[cfg(all(unix, feature = "serve"))]
mod backtest_worker;
mod compare;
mod compare_models;
mod completions;
mod config;
mod convert;
mod demo;
mod duration;
mod features;
mod fit;
mod fit_filter;
mod fit_logistic;
mod fit_sides;
mod grid_input;
mod groups;
#[cfg(all(unix, feature = "serve"))]
mod health;
mod init;
mod input;
mod inspect;
mod layers;
mod left_out;
mod man;
mod merge;
mod output;
mod pace;
mod plot;
mod predict;
mod probabilities;
mod progress;
mod publish;
mod recorded;
mod redis;
mod report;
mod season;
#[cfg(all(unix, feature = "serve"))]
mod serve;
mod settings;
mod signals;
mod simulate;
#[cfg(feature = "redis")]
mod streams;
mod suggestions;
mod sweep;
mod target;
mod trade;
mod tune;
mod unmatched;

use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgAction, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::config::Purpose;
use crate::printable::{QUOTED, is_unsafe, lines, message};
use crate::report::Format;
use crate::report::text_table::counted;
use crate::results::Committed;

/// The help, with what to try first above everything that there is.
const TEMPLATE: &str = "\
{about-with-newline}
Begin with:
  simbet backtest E0.csv        a season's file, as football-data.co.uk publishes it
  simbet assess my_bets.csv     a record of bets: was it luck?
  simbet simulate               invented matches, without any file

{usage-heading} {usage}

{all-args}{after-help}";

/// Backtest and simulate football betting.
///
/// Replays matches through a goal model and a staking rule, and says what would have become of the bankroll.
/// For research, not advice: most models lose to the closing line.
#[derive(Debug, Parser)]
#[command(
    name = "simbet",
    version,
    max_term_width = 100,
    arg_required_else_help = true,
    help_template = TEMPLATE
)]
#[command(after_help = "Exit codes: 0 done, 1 the run failed or a check did not hold, 2 usage.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Print nothing but errors on stderr
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Print more on stderr; give it twice for everything [environment: LOG_LEVEL]
    #[arg(short, long, global = true, action = ArgAction::Count)]
    verbose: u8,
    /// Begin cells of CSV that a spreadsheet would take for formulas (= + - @, but not numbers) with '
    #[arg(long, global = true)]
    escape_formulas: bool,
    /// Threads to use [default: one per core]; results are the same whatever their number
    #[arg(long, global = true, value_name = "N")]
    threads: Option<usize>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Replay historical matches with bookmakers' odds, bet on them, settle, and sum up
    #[command(mut_args(settings::hide_idle(&[Purpose::Backtest])))]
    Backtest(backtest::Backtest),
    /// Predict fixtures: probabilities, fair odds, and the bets a strategy would place now
    #[command(mut_args(settings::hide_idle(&[Purpose::Predict])))]
    Predict(predict::Predict),
    /// Fit a goal model and print its table of teams
    #[command(mut_args(settings::hide_idle(&[Purpose::Fit])))]
    Fit(fit::Fit),
    /// Choose settings of a model by how well it forecasts: a profile of scores, with errors, together and by league
    #[command(mut_args(settings::hide_idle(&[Purpose::Tune])), mut_arg("chart", |chart| chart.hide(true)))]
    Tune(Box<tune::Tune>),
    /// Backtest a grid of settings, rank them, and say what the best may owe to luck
    #[command(mut_args(settings::hide_idle(&[Purpose::Backtest])))]
    Sweep(Box<sweep::Sweep>),
    /// Say of any record of bets whether it was luck, what it can show at all, and what may become of it
    Assess(Box<assess::Assess>),
    /// Score the forecasts of several models on the same matches: which is better, is it luck, and what they are worth together
    #[command(mut_args(settings::hide_idle(&[Purpose::CompareModels])))]
    CompareModels(Box<compare_models::CompareModels>),
    /// Compare two results: what moved, and whether that is allowed
    Compare(compare::Compare),
    /// Turn what --out wrote into a page to read and to send
    Report(report::Report),
    /// Invent matches whose true probabilities are known, bet on them, and see what a strategy is worth apart from luck
    Simulate(Box<simulate::Simulate>),
    /// Play the rest of a season many times over: who will be champion, and who goes down
    #[command(mut_args(settings::hide_idle(&[Purpose::Season])))]
    Season(Box<season::SeasonArgs>),
    /// Put the parts of a sweep or a simulation together that several machines did with --shard
    Merge(merge::Merge),
    /// Publish matches as a stream of prices and results, a line of JSON each, at any pace
    #[command(mut_args(settings::hide_idle(&publish::PURPOSES)))]
    Publish(Box<publish::Publish>),
    /// Bet on a stream of prices and results as they come
    Trade(Box<trade::Trade>),
    /// Show the streams of a Redis: how long they are, who reads them, and what is left to do
    #[cfg(feature = "redis")]
    Streams(streams::Streams),
    /// Bet over HTTP: events in, bets out, in a service that forgets nothing
    #[cfg(all(unix, feature = "serve"))]
    Serve(Box<serve::Serve>),
    /// Ask a service whether it works
    #[cfg(all(unix, feature = "serve"))]
    Health(health::Health),
    /// Run one backtest of a service, which hands it over on stdin
    #[cfg(all(unix, feature = "serve"))]
    #[command(hide = true)]
    BacktestWorker(backtest_worker::BacktestWorker),
    /// Show what is understood of files: columns, dates, seasons, leagues, teams and books
    #[command(mut_args(settings::hide_idle(&[Purpose::Inspect])))]
    Inspect(Box<inspect::Inspect>),
    /// Write matches in simbet's plain form, as CSV or Parquet
    #[command(mut_args(settings::hide_idle(&[Purpose::Convert])))]
    Convert(convert::Convert),
    /// Write what was known before each match, as a table to train models on
    #[command(mut_args(settings::hide_idle(&[Purpose::Features])))]
    Features(Box<features::Features>),
    /// Write five invented seasons of two divisions to try everything on: promotion, three markets, closing prices, shots
    Demo(demo::Demo),
    /// Write a file of settings: each with its default, its range and a word of what it does
    Init(init::Init),
    /// Show the settings in force, and where each comes from: flag, environment, file or default
    #[command(mut_args(settings::hide_idle(&[Purpose::Backtest])))]
    Config(Box<config::Config>),
    /// Print completions for a shell
    Completions(completions::Completions),
    /// Print the manual, or write its pages into a folder
    Man(man::Man),
}

impl Command {
    /// Whether it may write results or files of its own, and does not take signals by itself.
    const fn writes_files(&self) -> bool {
        match self {
            #[cfg(all(unix, feature = "serve"))]
            Self::Serve(_) | Self::Health(_) | Self::BacktestWorker(_) => false,
            #[cfg(feature = "redis")]
            Self::Streams(_) => true,
            Self::Completions(_) | Self::Config(_) => false,
            Self::Backtest(_)
            | Self::Assess(_)
            | Self::Simulate(_)
            | Self::Season(_)
            | Self::Sweep(_)
            | Self::Merge(_)
            | Self::Demo(_)
            | Self::Tune(_)
            | Self::Fit(_)
            | Self::Features(_)
            | Self::Predict(_)
            | Self::Compare(_)
            | Self::CompareModels(_)
            | Self::Inspect(_)
            | Self::Convert(_)
            | Self::Report(_)
            | Self::Publish(_)
            | Self::Trade(_)
            | Self::Init(_)
            | Self::Man(_) => true,
        }
    }
}

/// How talkative to be on stderr.
#[derive(Debug, Clone, Copy)]
struct Console {
    quiet: bool,
}

impl Console {
    /// Says something on stderr that is no error; a closed stderr is no reason to stop.
    fn note(self, text: impl std::fmt::Display) {
        if !self.quiet {
            let _ = writeln!(std::io::stderr(), "{}", message(format!("note: {text}")));
        }
    }

    /// Says what was put into a folder of results.
    fn wrote(self, folder: &Committed) {
        let files = counted(folder.files as u64, "file", "files");
        let path = folder.path.display().to_string();
        self.note(format!(
            "wrote {files} to {}/{}",
            path.trim_end_matches('/'),
            folder.in_place()
        ));
    }

    /// Says that something is wrong which is no reason to stop.
    fn warn(self, text: impl std::fmt::Display) {
        if !self.quiet {
            let _ = writeln!(std::io::stderr(), "{}", message(format!("warning: {text}")));
        }
    }
}

/// The program with all its subcommands and options, as the documentation lists them.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Parses, runs, reports, and turns the outcome into an exit code: 0 done, 1 failed, 2 usage.
///
/// A reader of stdout that goes away is no failure.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let (cli, typed) = match parse(arguments) {
        Ok(parsed) => parsed,
        Err(error) => return answer(&error),
    };
    match execute(cli, &typed) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // a closed stderr changes nothing of the exit code
            let said = message(format!("error: {error:#}"));
            let _ = writeln!(std::io::stderr(), "{said}");
            ExitCode::from(if error.is::<Usage>() { 2 } else { 1 })
        }
    }
}

/// Prints help, a version, or what is wrong with the arguments.
fn answer(error: &clap::Error) -> ExitCode {
    let printed = print_usage(error).and_then(|()| std::io::stdout().flush());
    match printed {
        Err(failed) if !error.use_stderr() && failed.kind() != std::io::ErrorKind::BrokenPipe => {
            let _ = writeln!(std::io::stderr(), "error: cannot write to stdout: {failed}");
            ExitCode::FAILURE
        }
        Ok(()) | Err(_) => ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2)),
    }
}

/// Arguments that a terminal would obey are shown without colours, among which they would not be seen.
fn print_usage(error: &clap::Error) -> std::io::Result<()> {
    let is_plain = std::env::args_os().all(|argument| {
        let argument = argument.to_string_lossy();
        !argument.chars().any(is_unsafe) && argument.chars().count() <= QUOTED
    });
    if is_plain {
        print_grouped(error)
    } else {
        write!(std::io::stderr(), "{}", lines(&error.render().to_string()))
    }
}

/// Help or an error, in colours where clap would show them.
fn print_grouped(error: &clap::Error) -> std::io::Result<()> {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let help = groups::grouped(&error.render().ansi().to_string());
            if error.use_stderr() {
                anstream::stderr().write_all(help.as_bytes())
            } else {
                anstream::stdout().write_all(help.as_bytes())
            }
        }
        _ => error.print(),
    }
}

fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<(Cli, Typed), clap::Error> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let mut command = if is_of_version(&arguments) {
        clap::Command::new("simbet").version(env!("CARGO_PKG_VERSION"))
    } else {
        Cli::command()
    };
    let matches = command
        .try_get_matches_from_mut(&arguments)
        .map_err(|error| suggestions::improved(error, &command))?;
    let cli = Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
    Ok((cli, Typed::of(arguments, &matches)))
}

/// Whether only the version is asked for: to name all options of all commands takes longer than the answer.
fn is_of_version(arguments: &[OsString]) -> bool {
    matches!(arguments, [_, flag] if flag == "--version" || flag == "-V")
}

/// What was typed.
#[derive(Debug, Default)]
struct Typed {
    /// All of it, the program's name first.
    arguments: Vec<OsString>,
    /// The options of the subcommand that do not have their default only.
    options: Vec<String>,
}

impl Typed {
    fn of(arguments: Vec<OsString>, matches: &clap::ArgMatches) -> Self {
        let Some((_, matches)) = matches.subcommand() else {
            return Self::default();
        };
        let ids = matches.ids().map(clap::Id::as_str);
        let typed = ids.filter(|id| {
            // a group is among the ids and has no source
            matches.try_contains_id(id).is_ok()
                && matches.value_source(id) == Some(ValueSource::CommandLine)
        });
        Self {
            options: typed.map(str::to_owned).collect(),
            arguments,
        }
    }

    /// Refuses options that have no effect, for this reason.
    fn refuse(&self, options: &[&str], because: &str) -> anyhow::Result<()> {
        let typed = options
            .iter()
            .find(|option| self.options.iter().any(|typed| typed == *option));
        match typed {
            Some(option) => Err(usage(format!(
                "{} has no effect: {because}",
                crate::config::flag(option)
            ))),
            None => Ok(()),
        }
    }
}

/// An error of usage that is found after parsing.
#[derive(Debug)]
struct Usage(String);

impl std::fmt::Display for Usage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

/// Writes results to stdout, without anything in them that a terminal would obey.
fn print(bytes: &[u8], format: Format) -> anyhow::Result<()> {
    print_as_it_is(format.printable(&String::from_utf8_lossy(bytes)).as_bytes())
}

/// Writes to stdout; who reads it may have gone away, which is no failure.
fn print_as_it_is(bytes: &[u8]) -> anyhow::Result<()> {
    let mut stdout = std::io::stdout().lock();
    stdout
        .write_all(bytes)
        .and_then(|()| stdout.flush())
        .context("cannot write to stdout")
}

fn usage(message: impl std::fmt::Display) -> anyhow::Error {
    anyhow::Error::new(Usage(message.to_string()))
}

fn execute(cli: Cli, typed: &Typed) -> anyhow::Result<()> {
    settings::start_log(cli.quiet, cli.verbose)?;
    settings::use_threads(cli.threads)?;
    if cli.escape_formulas {
        crate::results::csv::escape_formulas();
    }
    let console = Console { quiet: cli.quiet };
    if cli.command.writes_files() {
        signals::watch()?;
    }
    match cli.command {
        Command::Backtest(command) => command.run(console),
        Command::Simulate(command) => command.run(console, typed),
        Command::Season(command) => command.run(console),
        Command::Sweep(command) => command.run(console, typed),
        Command::Merge(command) => command.run(console),
        Command::Tune(command) => command.run(console, typed),
        Command::Fit(command) => command.run(console),
        Command::Features(command) => command.run(console),
        Command::Predict(command) => command.run(console),
        Command::Compare(command) => command.run(console),
        Command::Assess(command) => command.run(console),
        Command::CompareModels(command) => command.run(console),
        Command::Inspect(command) => command.run(console),
        Command::Convert(command) => command.run(console),
        Command::Report(command) => command.run(console, typed),
        Command::Publish(command) => command.run(console, typed),
        Command::Trade(command) => command.run(console, typed),
        #[cfg(feature = "redis")]
        Command::Streams(command) => command.run(console),
        #[cfg(all(unix, feature = "serve"))]
        Command::Serve(command) => command.run(console),
        #[cfg(all(unix, feature = "serve"))]
        Command::Health(command) => command.run(),
        #[cfg(all(unix, feature = "serve"))]
        Command::BacktestWorker(command) => command.run(),
        Command::Demo(command) => command.run(console),
        Command::Init(command) => command.run(console),
        Command::Config(command) => command.run(console),
        Command::Completions(command) => command.run(),
        Command::Man(command) => command.run(console),
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn no_subcommand_names_an_option_twice() {
        super::Cli::command().debug_assert();
    }
}
