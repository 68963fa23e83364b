//! Entries as lines of text, from a pipe or a file.

use std::io::{self, ErrorKind, Read};
use std::ops::Range;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use memchr::memchr;

use super::feed::{Feed, FeedItem};
use crate::schema::event::MAX_ENTRY;
use crate::source::SourceError;

/// The most bytes that are read at once.
const BLOCK: usize = 64 * 1024;
/// The most blocks that are read ahead.
const AHEAD: usize = 8;
/// The most bytes that are kept of a line: enough to see that it is too long.
const KEPT: usize = MAX_ENTRY + 1;

/// Reads lines in a thread of its own, so that one can stop waiting for them.
#[derive(Debug)]
pub struct Lines {
    blocks: Receiver<io::Result<Vec<u8>>>,
    block: Vec<u8>,
    /// How much of the block has been handed out.
    at: usize,
    /// The beginning of a line whose end is in a later block.
    partial: Vec<u8>,
    /// Whether `partial` has been handed out.
    taken: bool,
    number: u64,
    ended: bool,
}

/// Where the next line is.
enum Line {
    InBlock(Range<usize>),
    InPartial,
    Nowhere,
    AtEnd,
}

impl Lines {
    /// The lines of a reader. The thread ends with the reader, or at its next block after this is dropped.
    pub fn new(reader: impl Read + Send + 'static) -> Self {
        let (sender, blocks) = sync_channel(AHEAD);
        thread::spawn(move || read_all(reader, &sender));
        Self {
            blocks,
            block: Vec::new(),
            at: 0,
            partial: Vec::new(),
            taken: false,
            number: 0,
            ended: false,
        }
    }

    fn find(&mut self, patience: Duration) -> Result<Line, SourceError> {
        if std::mem::take(&mut self.taken) {
            self.partial.clear();
        }
        loop {
            let rest = &self.block[self.at..];
            if let Some(length) = memchr(b'\n', rest) {
                let line = self.at..self.at + length;
                self.at += length + 1;
                return Ok(if self.partial.is_empty() {
                    Line::InBlock(line)
                } else {
                    self.join(line)
                });
            }
            let room = KEPT.saturating_sub(self.partial.len());
            self.partial
                .extend_from_slice(&rest[..rest.len().min(room)]);
            self.at = self.block.len();
            if !self.fetch(patience)? {
                return Ok(self.without_more());
            }
        }
    }

    /// Completes a line that began in an earlier block.
    fn join(&mut self, line: Range<usize>) -> Line {
        let room = KEPT.saturating_sub(self.partial.len());
        let end = line.end.min(line.start + room);
        self.partial.extend_from_slice(&self.block[line.start..end]);
        self.taken = true;
        Line::InPartial
    }

    /// The state when no block came: a last line may lack its line break.
    fn without_more(&mut self) -> Line {
        if !self.ended {
            return Line::Nowhere;
        }
        self.taken = !self.partial.is_empty();
        if self.taken {
            Line::InPartial
        } else {
            Line::AtEnd
        }
    }

    /// Waits for a block. Returns whether one came.
    fn fetch(&mut self, patience: Duration) -> Result<bool, SourceError> {
        if self.ended {
            return Ok(false);
        }
        match self.blocks.recv_timeout(patience) {
            Ok(Ok(block)) => {
                (self.block, self.at) = (block, 0);
                Ok(true)
            }
            Ok(Err(source)) => Err(SourceError::Io {
                path: "the stream of entries".to_owned(),
                source,
            }),
            Err(RecvTimeoutError::Timeout) => Ok(false),
            Err(RecvTimeoutError::Disconnected) => {
                self.ended = true;
                Ok(false)
            }
        }
    }
}

impl Feed for Lines {
    fn next(&mut self, patience: Duration) -> Result<FeedItem<'_>, SourceError> {
        let line = self.find(patience)?;
        self.number += u64::from(matches!(line, Line::InBlock(_) | Line::InPartial));
        let text = match line {
            Line::InBlock(line) => &self.block[line],
            Line::InPartial => &self.partial,
            Line::Nowhere => return Ok(FeedItem::Nothing),
            Line::AtEnd => return Ok(FeedItem::End),
        };
        let text = if self.number == 1 {
            text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
        } else {
            text
        };
        Ok(FeedItem::Entry {
            number: self.number,
            text,
        })
    }
}

fn read_all(mut reader: impl Read, blocks: &SyncSender<io::Result<Vec<u8>>>) {
    let mut buffer = vec![0; BLOCK];
    loop {
        let block = match reader.read(&mut buffer) {
            Ok(0) => return,
            Ok(read) => Ok(buffer[..read].to_vec()),
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => Err(error),
        };
        let failed = block.is_err();
        if blocks.send(block).is_err() || failed {
            return;
        }
    }
}
