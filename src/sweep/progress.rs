//! How far a search of settings has come, and the journal of what is finished.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::results::{Journal, ResultsError};

/// Counts finished settings, from any thread, and keeps their outcomes in a journal, if there is one.
pub(crate) struct SearchProgress<'a> {
    /// The number of settings to search.
    pub all: usize,
    /// Whether the search is to end.
    pub stop: &'a AtomicBool,
    journal: Option<Mutex<&'a mut Journal>>,
    /// Journals of others, from which all that was searched is taken.
    parts: Vec<Mutex<Journal>>,
    progress: &'a (dyn Fn(usize) + Sync),
    done: AtomicUsize,
    taken_over: AtomicUsize,
}

impl<'a> SearchProgress<'a> {
    pub fn new(
        all: usize,
        journal: Option<&'a mut Journal>,
        stop: &'a AtomicBool,
        progress: &'a (dyn Fn(usize) + Sync),
    ) -> Self {
        let (done, taken_over) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self {
            all,
            stop,
            journal: journal.map(Mutex::new),
            parts: Vec::new(),
            progress,
            done,
            taken_over,
        }
    }

    /// The same where others have finished the search: nothing is run again.
    pub fn of_parts(self, parts: Vec<Journal>) -> Self {
        Self {
            parts: parts.into_iter().map(Mutex::new).collect(),
            ..self
        }
    }

    /// Whether others have finished the search.
    pub fn is_of_parts(&self) -> bool {
        !self.parts.is_empty()
    }

    /// Gives access to the journal, if there is one.
    pub fn journal<T>(&self, with: impl FnOnce(&mut Journal) -> T) -> Option<T> {
        let journal = self.journal.as_ref()?;
        let mut journal = journal.lock().unwrap_or_else(PoisonError::into_inner);
        Some(with(&mut journal))
    }

    /// What the journal has of a setting, as `read` understands it; that counts as taken over. What only a part has comes
    /// into the journal.
    pub fn known<T>(
        &self,
        key: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, ResultsError> {
        let line = self.journal(|journal| journal.get(key)).flatten();
        if let Some(outcome) = line.and_then(|line| read(&line)) {
            self.taken_over.fetch_add(1, Ordering::Relaxed);
            return Ok(Some(outcome));
        }
        for part in &self.parts {
            let line = part.lock().unwrap_or_else(PoisonError::into_inner).get(key);
            let outcome = line.and_then(|line| Some((read(&line)?, line)));
            if let Some((outcome, line)) = outcome {
                self.keep(key, Some(line))?;
                return Ok(Some(outcome));
            }
        }
        Ok(None)
    }

    /// Whether the journal or a part has a setting.
    pub fn has(&self, key: &str) -> bool {
        let has =
            |part: &Mutex<Journal>| part.lock().unwrap_or_else(PoisonError::into_inner).has(key);
        self.journal(|journal| journal.has(key)) == Some(true) || self.parts.iter().any(has)
    }

    /// Writes the outcome of a setting into the journal; one without a line is not kept.
    pub fn keep(&self, key: &str, line: Option<String>) -> Result<(), ResultsError> {
        let kept = line.and_then(|line| self.journal(|journal| journal.append(key, &line)));
        kept.unwrap_or(Ok(()))
    }

    /// Counts a finished setting.
    pub fn count(&self) {
        (self.progress)(self.done.fetch_add(1, Ordering::Relaxed) + 1);
    }

    /// The number of finished settings.
    pub fn done(&self) -> usize {
        self.done.load(Ordering::Relaxed)
    }

    /// The number of settings that the journal had.
    pub fn taken_over(&self) -> usize {
        self.taken_over.load(Ordering::Relaxed)
    }
}
