//! What is said of a program that fails.

use std::fmt;
use std::process::ExitStatus;

use super::process::{Fault, MOST_OF_LINE};
use super::settings::ProgramSettings;
use crate::calendar::format_time;
use crate::domain::Time;
use crate::predict::PredictError;
use crate::printable::excerpt;

/// A program that failed: what it did, to which question, with its line and its last words on stderr.
#[derive(Debug, Clone, PartialEq)]
pub struct ProgramError {
    command: String,
    what: What,
    question: Option<(u64, Time)>,
    stderr: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
enum What {
    /// It is not wanted any more, which is no failure.
    Stopped,
    /// It did something; the sentence goes on from its name.
    Did(String),
    /// What it answered is nonsense.
    Answered { problem: String, line: String },
}

impl ProgramError {
    /// A program that does not go on.
    pub fn new(settings: &ProgramSettings, fault: Fault, stderr: Vec<String>) -> Self {
        Self {
            command: excerpt(&settings.text),
            what: what(fault, settings),
            question: None,
            stderr,
        }
    }

    /// A program that answered nonsense.
    pub fn nonsense(
        settings: &ProgramSettings,
        question: (u64, Time),
        problem: String,
        line: &[u8],
        stderr: Vec<String>,
    ) -> Self {
        Self {
            command: excerpt(&settings.text),
            what: What::Answered {
                problem,
                line: beginning(line),
            },
            question: Some(question),
            stderr,
        }
    }

    /// The same to a question.
    pub const fn of_question(mut self, id: u64, time: Time) -> Self {
        self.question = Some((id, time));
        self
    }
}

/// The beginning of a line, as a message quotes it.
fn beginning(line: &[u8]) -> String {
    // a line may have millions of characters, of which a message quotes few
    let line = &line[..line.len().min(2000)];
    excerpt(String::from_utf8_lossy(line).trim_end())
}

fn what(fault: Fault, settings: &ProgramSettings) -> What {
    let seconds = settings.timeout.as_secs_f64();
    What::Did(match fault {
        Fault::Stopped => return What::Stopped,
        Fault::NotStarted(error) => format!("cannot be started: {error}"),
        Fault::Ended(status) => format!("ended {}", manner(status)),
        Fault::Closed => "closed its stdin or stdout and goes on without them".to_owned(),
        Fault::Silent { unread: true } => format!(
            "has read nothing for {seconds} s of what it is told (--model-timeout): it has to read its stdin line by line"
        ),
        Fault::Silent { unread: false } => format!(
            "gave no answer within {seconds} s (--model-timeout): it has to write a line for each question and to flush \
             stdout"
        ),
        Fault::Talkative(line) => format!(
            "writes lines that it was not asked for, such as {}",
            beginning(&line)
        ),
        Fault::TooLong(line) => format!(
            "wrote a line of more than {} MiB without an end, which begins {}",
            MOST_OF_LINE >> 20,
            beginning(&line)
        ),
    })
}

fn manner(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return format!("by signal {signal}");
    }
    match status.code() {
        Some(code) => format!("with exit code {code}"),
        None => "in an unknown way".to_owned(),
    }
}

impl fmt::Display for ProgramError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            command,
            what,
            question,
            stderr,
        } = self;
        let asked = |f: &mut fmt::Formatter<'_>| match question {
            Some((id, time)) => write!(f, "question {id}, of {}", format_time(*time)),
            None => f.write_str("a question"),
        };
        match what {
            What::Stopped => f.write_str("it was stopped")?,
            What::Did(did) => {
                write!(f, "the model's program ({command}) {did}")?;
                if question.is_some() {
                    f.write_str("; it was asked ")?;
                    asked(f)?;
                }
            }
            What::Answered { problem, line } => {
                write!(f, "the answer of the model's program ({command}) to ")?;
                asked(f)?;
                write!(f, ", is refused: {problem}\nit wrote: {line}")?;
            }
        }
        match stderr.as_slice() {
            [] => Ok(()),
            lines => write!(f, "\nits last lines on stderr:\n  {}", lines.join("\n  ")),
        }
    }
}

impl From<ProgramError> for PredictError {
    fn from(error: ProgramError) -> Self {
        match error.what {
            What::Stopped => Self::Stopped,
            What::Did(_) | What::Answered { .. } => Self::Outside(error.to_string()),
        }
    }
}
