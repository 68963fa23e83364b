//! The process of one backtest, seen from the service.

use std::ffi::OsString;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::thread;

use rustix::process::{Pid, kill_process_group};
use serde_json::Value;

use super::job::{Header, Input, MAX_MESSAGE, Message, Work};
use super::limits::BacktestLimits;
use crate::config::ModelSpec;
use crate::predict::ModelKind;

/// The subcommand that runs one backtest for a service.
pub const SUBCOMMAND: &str = "backtest-worker";

/// How a backtest ended.
#[derive(Debug, Clone)]
pub(super) enum Outcome {
    Done(Value),
    Failed(String),
    Cancelled,
}

/// What the thread of a backtest waits for.
#[derive(Debug)]
pub(super) enum Signal {
    /// Somebody does not want it any more.
    Stop,
    /// The process has said its last: the outcome, or nothing.
    Ended(Option<Message>),
}

/// Runs a backtest in a process of its own, which is gone when this returns.
///
/// The calling thread has to start the process and to outlive it: the system ends a process whose starter has gone.
pub(super) fn run(
    work: Work,
    limits: BacktestLimits,
    threads: usize,
    sender: Sender<Signal>,
    signals: &Receiver<Signal>,
    rounds: &Arc<AtomicU64>,
) -> Outcome {
    let mut child = match spawn(&work) {
        Ok(child) => child,
        Err(error) => return not_started(&error),
    };
    let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        let _ = child.kill().and_then(|()| child.wait());
        return not_started(&"it has no pipes");
    };
    let rounds = Arc::clone(rounds);
    let header = Header {
        settings: work.settings,
        threads,
        memory: limits.memory.bytes(),
        csv: work.input.csv().len() as u64,
    };
    let speaker = thread::Builder::new()
        .name("backtest-pipe".to_owned())
        .spawn(move || {
            let last = converse(header, work.input, stdin, stdout, &rounds);
            // nobody may be waiting any more
            let _ = sender.send(Signal::Ended(last));
        });
    let signal = match &speaker {
        Ok(_) => signals.recv_timeout(limits.time),
        Err(_) => Ok(Signal::Ended(None)),
    };
    // one that is dying already goes on to do so; a model's program is in its group
    let _ = kill_process_group(Pid::from_child(&child), rustix::process::Signal::KILL);
    let _ = child.kill();
    let status = child.wait();
    if let Ok(speaker) = speaker {
        let _ = speaker.join();
    }
    match (signal, status) {
        (Ok(Signal::Stop), _) => Outcome::Cancelled,
        (Ok(Signal::Ended(Some(Message::Summary(summary)))), _) => Outcome::Done(summary),
        (Ok(Signal::Ended(Some(Message::Error(error)))), _) => Outcome::Failed(error),
        (Ok(Signal::Ended(Some(Message::OutOfMemory))), _) => {
            Outcome::Failed(needed_more_memory(limits))
        }
        (Ok(Signal::Ended(_)), Ok(status)) => {
            Outcome::Failed(died(status, &last_words(&mut child), limits))
        }
        (Err(RecvTimeoutError::Timeout), _) => Outcome::Failed(format!(
            "the backtest took longer than {:?}, which is all that this service gives it (--backtest-time)",
            limits.time
        )),
        (Err(RecvTimeoutError::Disconnected), _) | (_, Err(_)) => {
            Outcome::Failed("the backtest's process was lost".to_owned())
        }
    }
}

fn not_started(error: &dyn std::fmt::Display) -> Outcome {
    tracing::warn!("the process of a backtest cannot be started: {error}");
    Outcome::Failed(
        "the backtest's process cannot be started: the service's log says why".to_owned(),
    )
}

/// A process of this very program, whatever stands under its name by now, with nothing of this process but its folder.
fn spawn(work: &Work) -> io::Result<Child> {
    let mut command = Command::new(program()?);
    command
        .arg0("simbet")
        .args(["--quiet", SUBCOMMAND])
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // what a terminal says to the service is not meant for it
        .process_group(0);
    if is_program(work) {
        command.envs(environment_of_program());
    }
    if let Input::Dataset(path) = &work.input {
        command.arg("--dataset").arg(path);
    }
    command.spawn()
}

/// Whether the model is a program.
fn is_program(work: &Work) -> bool {
    let model = work.settings.get("model").and_then(Value::as_str);
    let spec = model.and_then(|model| model.parse::<ModelSpec>().ok());
    spec.is_some_and(|spec| spec.kind == ModelKind::Exec)
}

/// What a model's program may need of the environment, such as the folders of its interpreter: all that is not a secret of the
/// service.
fn environment_of_program() -> impl Iterator<Item = (OsString, OsString)> {
    std::env::vars_os().filter(|(name, _)| {
        let name = name.to_string_lossy();
        !name.starts_with("SIMBET_") && !name.starts_with("REDIS")
    })
}

fn program() -> io::Result<PathBuf> {
    if cfg!(target_os = "linux") {
        // leads to the file that runs, even if it was replaced or deleted
        return Ok(PathBuf::from("/proc/self/exe"));
    }
    std::env::current_exe()
}

/// Hands over the job and listens; the last message, if one says how it ended. The pipe into the process stays open until
/// then: the process ends when it is closed.
fn converse(
    header: Header,
    input: Input,
    mut stdin: ChildStdin,
    stdout: ChildStdout,
    rounds: &AtomicU64,
) -> Option<Message> {
    // why a process did not read its job is found when it is waited for
    let _ = hand_over(&header, &input, &mut stdin);
    drop(input);
    let mut lines = BufReader::new(stdout);
    loop {
        let mut line = Vec::new();
        let read = lines
            .by_ref()
            .take(MAX_MESSAGE)
            .read_until(b'\n', &mut line);
        if read.ok()? == 0 {
            return None;
        }
        match serde_json::from_slice(&line).ok()? {
            Message::Rounds(done) => rounds.store(done, Ordering::Relaxed),
            last @ (Message::Summary(_) | Message::Error(_) | Message::OutOfMemory) => {
                return Some(last);
            }
        }
    }
}

fn hand_over(header: &Header, input: &Input, stdin: &mut ChildStdin) -> io::Result<()> {
    let mut line = serde_json::to_vec(header)?;
    line.push(b'\n');
    stdin.write_all(&line)?;
    stdin.write_all(input.csv())
}

/// The most bytes of what a process said before it died.
const MAX_WORDS: u64 = 4_096;

fn last_words(child: &mut Child) -> String {
    let mut words = Vec::new();
    if let Some(stderr) = child.stderr.take() {
        // what cannot be read is missed by nobody
        let _ = stderr.take(MAX_WORDS).read_to_end(&mut words);
    }
    String::from_utf8_lossy(&words).into_owned()
}

fn needed_more_memory(limits: BacktestLimits) -> String {
    format!(
        "the backtest needed more than {} of memory, which is all that this service gives it (--backtest-memory)",
        limits.memory
    )
}

/// Why a process ended without an outcome.
fn died(status: ExitStatus, words: &str, limits: BacktestLimits) -> String {
    let is_memory = ["memory allocation of", "annot allocate memory"];
    if is_memory.iter().any(|sign| words.contains(sign)) {
        return needed_more_memory(limits);
    }
    tracing::warn!("the process of a backtest ended with {status}: {words}");
    match status.signal() {
        Some(signal) => format!(
            "the backtest's process was ended by signal {signal}: by somebody, or by a system short of memory"
        ),
        None => format!("the backtest's process failed ({status}); the service's log says why"),
    }
}
