//! The layouts of the headers that were read: the files of one source have few, and each is understood once.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use foldhash::fast::FixedState;

use super::config::ReadConfig;
use super::layout::Layout;
use super::lines::Cells;
use crate::source::error::SourceError;

/// Layouts by the cells of their headers, under one configuration.
#[derive(Default)]
pub(super) struct Layouts(Mutex<HashMap<Vec<u8>, Layout, FixedState>>);

impl Layouts {
    /// The layout of a file.
    pub fn of(
        &self,
        file: &str,
        header: Cells<'_>,
        config: &ReadConfig,
    ) -> Result<Layout, SourceError> {
        let cells: Vec<&[u8]> = header.iter().collect();
        let key = cells.join(&b"\0"[..]);
        if let Some(known) = self.known(&key) {
            return Ok(known.in_file(file));
        }
        let layout = Layout::new(file, header, config)?;
        self.lock().insert(key, layout.clone());
        Ok(layout)
    }

    fn known(&self, key: &[u8]) -> Option<Layout> {
        self.lock().get(key).cloned()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Vec<u8>, Layout, FixedState>> {
        // nothing is half done while it is locked
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
