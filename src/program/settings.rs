//! How a program is started and asked.

use std::sync::atomic::{AtomicU64, Ordering};
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

/// How many forecasts the programs of a run were asked for, and what came of them.
#[derive(Debug, Default)]
pub struct Counts {
    asked: AtomicU64,
    opinions: AtomicU64,
    scaled: AtomicU64,
}

impl Counts {
    /// Counts an answer: forecasts that were asked for, those that are no opinion left out, and those that were scaled to sum to
    /// 1.
    pub fn add(&self, asked: usize, opinions: usize, scaled: u64) {
        self.asked.fetch_add(asked as u64, Ordering::Relaxed);
        self.opinions.fetch_add(opinions as u64, Ordering::Relaxed);
        self.scaled.fetch_add(scaled, Ordering::Relaxed);
    }

    /// What a user should know of them: a sentence each.
    pub fn remarks(&self) -> Vec<String> {
        let [asked, opinions, scaled] =
            [&self.asked, &self.opinions, &self.scaled].map(|count| count.load(Ordering::Relaxed));
        let silent = format!(
            "the model's program had no opinion on any of the {} that it was asked about",
            counted(asked, "fixture")
        );
        let off = format!(
            "{} of the model's program had probabilities that did not sum to 1 within 0.000001: they were scaled to do so",
            counted(scaled, "forecast")
        );
        let remarks = [(asked > 0 && opinions == 0, silent), (scaled > 0, off)];
        let remarks = remarks.into_iter().filter(|(applies, _)| *applies);
        remarks.map(|(_, remark)| remark).collect()
    }
}

fn counted(count: u64, what: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {what}{ending}")
}
