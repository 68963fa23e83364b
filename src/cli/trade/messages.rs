//! The messages of `simbet trade` on stderr.

use crate::calendar::format_date;
use crate::cli::Console;
use crate::config::RunConfig;
use crate::domain::Time;
use crate::metrics::Summary;
use crate::report::summary;
use crate::report::text_table::{amount, count, counted};
use crate::source::stream::{Dropped, StreamCounts};

/// The first line of a folder of results.
pub fn headline(config: &RunConfig, days: Option<(Time, Time)>) -> String {
    let days = days.map_or_else(String::new, |(first, last)| {
        format!(", {} to {}", format_date(first), format_date(last))
    });
    let model = config.engine.model.as_ref();
    let taught = model.and_then(|model| model.teachers());
    let taught = taught.map_or_else(String::new, |learn| format!("\n{}", learn.sentence()));
    format!("a stream{days}\n{}{taught}", config.describe_stream())
}

/// Writes the result in a few lines.
pub fn summarise(console: Console, summary: &Summary, counts: StreamCounts) {
    console.note(format!(
        "{}{}, {} rejected{}; {}, {} predicted",
        counted(counts.entries, "entry", "entries"),
        completeness(counts),
        count(counts.refused),
        of_dropped_in_all(counts.dropped_statistics),
        counted(summary.matches, "match", "matches"),
        count(summary.predicted)
    ));
    let corrected = match summary.corrected {
        0 => String::new(),
        corrected => format!(", {} corrected", count(corrected)),
    };
    console.note(format!(
        "{}, {} open, {} refused{corrected}; turnover {}, profit {}, bankroll {}",
        counted(summary.bets, "bet", "bets"),
        count(summary.open),
        count(summary.refused),
        amount(summary.turnover),
        amount(summary.profit),
        amount(summary.final_bankroll)
    ));
    for sentence in summary::first_sentences(summary) {
        console.note(sentence);
    }
}

fn of_dropped_in_all(dropped: u64) -> String {
    match dropped {
        0 => String::new(),
        dropped => format!(", {} dropped", counted(dropped, "statistic", "statistics")),
    }
}

/// What is said of a statistic that cannot be true, of a line or an entry.
pub fn of_dropped(of: &str, dropped: &Dropped<'_>) -> String {
    let Dropped { number, reason } = dropped;
    format!("{of} {number}: {reason}: dropped, and the result counts without it")
}

/// Says of the first statistics that are dropped what is wrong with them.
pub struct DroppedNotes {
    console: Console,
    dropped: u64,
}

impl DroppedNotes {
    /// The most that are said one by one.
    const MOST: u64 = 20;

    pub const fn new(console: Console) -> Self {
        Self {
            console,
            dropped: 0,
        }
    }

    pub fn put(&mut self, dropped: &Dropped<'_>) {
        self.dropped += 1;
        if self.dropped <= Self::MOST {
            self.console.warn(of_dropped("line", dropped));
        } else if self.dropped == Self::MOST + 1 {
            self.console.warn("there are more such statistics");
        }
    }
}

/// Whether all that was published came.
fn completeness(counts: StreamCounts) -> &'static str {
    let Some(end) = counts.end else {
        return ", without an end of the stream";
    };
    let came = counts.entries - counts.repeated;
    if end.entries.is_some_and(|published| published > came) {
        ", fewer than were published"
    } else {
        ""
    }
}
