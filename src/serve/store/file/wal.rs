//! The write-ahead log as it lies on the disk, before SQLite opens it: <https://www.sqlite.org/fileformat2.html#walformat>.
//!
//! SQLite takes the frames of a log up to the first that is not whole, and drops those after it without a word. That is right
//! for the last transaction of a process that was killed, and for nothing else.

use std::fmt;
use std::fs::File;
use std::io::{ErrorKind, Result};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

/// The bytes before the first frame of a log.
pub(in crate::serve::store) const LOG_HEADER: u64 = 32;
/// The bytes before the page of a frame.
pub(in crate::serve::store) const FRAME_HEADER: u64 = 24;

/// Why a log is not what it was.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Its first bytes are not as they were written.
    Header,
    /// A frame in the middle is not as it was written.
    Frame { readable: u64, all: u64 },
    /// It ends before a frame that was in it. `in_store` of the frames are in the store.
    Cut {
        readable: u64,
        all: u64,
        in_store: u64,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header => to.write_str("is damaged (its header cannot be read)"),
            Self::Frame { readable, all } => {
                write!(
                    to,
                    "is damaged ({readable} of its {all} frames can be read)"
                )
            }
            Self::Cut { readable, all, .. } => write!(
                to,
                "was cut ({readable} of its {all} frames are there; a power cut may take the last ones, too)"
            ),
        }
    }
}

impl Fault {
    /// Whether the store goes on from what is left of the log: it is later than what is in the store.
    pub const fn is_rest_usable(&self) -> bool {
        match self {
            Self::Header | Self::Frame { .. } => false,
            Self::Cut {
                readable, in_store, ..
            } => *readable >= *in_store,
        }
    }
}

/// What is wrong with a log; `None` if a start loses nothing that was answered.
pub(super) fn fault(log: &Path, index: &Path) -> Result<Option<Fault>> {
    let known = Index::read(index)?;
    let found = match Log::read(log)? {
        Content::Nothing => None,
        Content::NoHeader => return Ok(Some(Fault::Header)),
        Content::Log(found) => Some(found),
    };
    let Some(found) = found else {
        let lost = known.filter(|index| index.frames > index.in_store);
        return Ok(lost.map(|index| index.cut(0)));
    };
    let readable = found.readable;
    Ok(match known.filter(|index| index.salts == found.salts) {
        Some(index) if readable >= index.frames => None,
        Some(index) if found.room < index.frames => Some(index.cut(readable)),
        Some(Index { frames: all, .. }) => Some(Fault::Frame { readable, all }),
        None if readable >= found.last => None,
        None => Some(Fault::Frame {
            readable,
            all: found.last,
        }),
    })
}

/// The bytes from the start of a file that are there.
fn open(path: &Path) -> Result<Option<(File, u64)>> {
    match File::open(path) {
        Ok(file) => {
            let length = file.metadata()?.len();
            Ok(Some((file, length)))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// What is in the file of a log.
enum Content {
    Nothing,
    NoHeader,
    Log(Log),
}

/// The frames of a log.
struct Log {
    /// They are also in each frame of this log; frames that are left of an earlier one have others.
    salts: [u8; 8],
    /// The frames that the file has room for.
    room: u64,
    /// The last frame that ends a transaction, and before which all are whole.
    readable: u64,
    /// The last frame that says that it ends a transaction; not the first one that is not whole, which a process may have
    /// been killed at.
    last: u64,
}

impl Log {
    fn read(path: &Path) -> Result<Content> {
        let Some((file, length)) = open(path)? else {
            return Ok(Content::Nothing);
        };
        let mut header = [0; LOG_HEADER as usize];
        if length < LOG_HEADER {
            return Ok(Content::Nothing);
        }
        file.read_exact_at(&mut header, 0)?;
        let Some((page, sum)) = page_and_sum(&header) else {
            return Ok(if has_frames(&file, length)? {
                Content::NoHeader
            } else {
                Content::Nothing
            });
        };
        let mut log = Self {
            salts: eight(&header, 16),
            room: (length - LOG_HEADER) / (FRAME_HEADER + page),
            readable: 0,
            last: 0,
        };
        log.walk(&file, page, sum)?;
        Ok(Content::Log(log))
    }

    /// Reads all frames, of those after the first that is not whole only the headers.
    fn walk(&mut self, file: &File, page: u64, mut sum: Sum) -> Result<()> {
        let mut frame = vec![0; (FRAME_HEADER + page) as usize];
        let (mut is_whole, mut was_whole) = (true, true);
        for number in 1..=self.room {
            let wanted = if is_whole {
                frame.len()
            } else {
                FRAME_HEADER as usize
            };
            let start = LOG_HEADER + (number - 1) * (FRAME_HEADER + page);
            file.read_exact_at(&mut frame[..wanted], start)?;
            let is_own = eight(&frame, 8) == self.salts;
            is_whole = is_whole && is_own && big(&frame, 0) > 0 && {
                sum.add(&frame[..8]);
                sum.add(&frame[FRAME_HEADER as usize..]);
                sum.is_at(&frame, 16)
            };
            if is_own && big(&frame, 4) > 0 {
                if is_whole {
                    self.readable = number;
                }
                if is_whole || !was_whole {
                    self.last = number;
                }
            }
            was_whole = is_whole;
        }
        Ok(())
    }
}

/// The bytes of a page, and the checksum so far; `None` if it is no header.
fn page_and_sum(header: &[u8; LOG_HEADER as usize]) -> Option<(u64, Sum)> {
    let (magic, version, page) = (big(header, 0), big(header, 4), big(header, 8));
    let mut sum = Sum {
        is_big: magic & 1 == 1,
        words: [0, 0],
    };
    sum.add(&header[..24]);
    let is_header = magic & !1 == 0x377f_0682
        && version == 3_007_000
        && page.is_power_of_two()
        && (512..=65_536).contains(&page)
        && sum.is_at(header, 24);
    is_header.then_some((page.into(), sum))
}

/// Whether there is something after the header.
fn has_frames(file: &File, length: u64) -> Result<bool> {
    let mut first = [0; FRAME_HEADER as usize];
    if length < LOG_HEADER + FRAME_HEADER {
        return Ok(false);
    }
    file.read_exact_at(&mut first, LOG_HEADER)?;
    Ok(first.iter().any(|byte| *byte != 0))
}

/// What the index of a log knows of it, which outlives a process that is killed: the first bytes of `-shm`.
struct Index {
    salts: [u8; 8],
    frames: u64,
    in_store: u64,
}

impl Index {
    /// `None` if there is none, or it was not written to the end.
    fn read(path: &Path) -> Result<Option<Self>> {
        let mut bytes = [0; 100];
        match open(path)? {
            Some((file, length)) if length >= 100 => file.read_exact_at(&mut bytes, 0)?,
            Some(_) | None => return Ok(None),
        }
        let native = |at| u32::from_ne_bytes(four(&bytes, at));
        let mut sum = Sum {
            is_big: cfg!(target_endian = "big"),
            words: [0, 0],
        };
        sum.add(&bytes[..40]);
        let is_known = native(0) == 3_007_000
            && bytes[12] == 1
            && bytes[..48] == bytes[48..96]
            && sum.words == [native(40), native(44)];
        Ok(is_known.then(|| Self {
            salts: eight(&bytes, 32),
            frames: native(16).into(),
            in_store: native(96).into(),
        }))
    }

    const fn cut(&self, readable: u64) -> Fault {
        Fault::Cut {
            readable,
            all: self.frames,
            in_store: self.in_store,
        }
    }
}

/// A checksum of everything so far.
struct Sum {
    is_big: bool,
    words: [u32; 2],
}

impl Sum {
    fn add(&mut self, bytes: &[u8]) {
        let read = if self.is_big {
            u32::from_be_bytes
        } else {
            u32::from_le_bytes
        };
        let [mut first, mut second] = self.words;
        for pair in bytes.chunks_exact(8) {
            first = first.wrapping_add(read(four(pair, 0))).wrapping_add(second);
            second = second.wrapping_add(read(four(pair, 4))).wrapping_add(first);
        }
        self.words = [first, second];
    }

    /// Whether it is the one that is written there.
    fn is_at(&self, bytes: &[u8], at: usize) -> bool {
        self.words == [big(bytes, at), big(bytes, at + 4)]
    }
}

/// The number that is written there, as in all files of SQLite.
pub(super) fn big(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(four(bytes, at))
}

fn four(bytes: &[u8], at: usize) -> [u8; 4] {
    [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]
}

fn eight(bytes: &[u8], at: usize) -> [u8; 8] {
    std::array::from_fn(|byte| bytes[at + byte])
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use rusqlite::Connection;
    use tempfile::TempDir;

    use super::*;

    /// A log of some transactions and its index, copied while they were in use, as a kill leaves them.
    fn killed() -> (TempDir, PathBuf, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let connection = Connection::open(&path).unwrap();
        connection
            .execute_batch(
                "PRAGMA page_size = 2048; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE t (a)",
            )
            .unwrap();
        for number in 0..20 {
            connection
                .execute("INSERT INTO t VALUES (?1)", [number])
                .unwrap();
        }
        let copies = ["log", "index"].map(|name| folder.path().join(name));
        for (suffix, copy) in ["-wal", "-shm"].iter().zip(&copies) {
            fs::copy(folder.path().join(format!("a.db{suffix}")), copy).unwrap();
        }
        let [log, index] = copies;
        (folder, log, index)
    }

    fn flip(path: &Path, at: usize) {
        let mut bytes = fs::read(path).unwrap();
        bytes[at] ^= 1;
        fs::write(path, bytes).unwrap();
    }

    fn cut(path: &Path, length: u64) {
        File::options()
            .write(true)
            .open(path)
            .unwrap()
            .set_len(length)
            .unwrap();
    }

    #[test]
    fn every_flipped_byte_of_a_log_is_noticed_by_its_index_and_all_but_those_of_its_end_without() {
        let (_folder, log, index) = killed();
        assert_eq!(fault(&log, &index).unwrap(), None);
        let none = Path::new("nothing-of-this-name");
        assert_eq!(fault(&log, none).unwrap(), None);
        let length = fs::metadata(&log).unwrap().len() as usize;
        let last = length - (FRAME_HEADER as usize + 2_048);
        for at in (0..length).step_by(97) {
            flip(&log, at);
            assert!(fault(&log, &index).unwrap().is_some(), "{at}");
            assert_eq!(fault(&log, none).unwrap().is_some(), at < last, "{at}");
            flip(&log, at);
        }
    }

    #[test]
    fn a_log_that_was_cut_is_noticed_by_its_index() {
        let (_folder, log, index) = killed();
        let length = fs::metadata(&log).unwrap().len();
        for length in [length - 1, length / 2, 40, 3, 0] {
            cut(&log, length);
            let found = fault(&log, &index).unwrap().unwrap();
            assert!(found.is_rest_usable() && found.to_string().contains("was cut"));
        }
        fs::remove_file(&index).unwrap();
        assert_eq!(fault(&log, &index).unwrap(), None);
    }

    #[test]
    fn a_transaction_that_was_not_written_to_the_end_is_no_fault() {
        let (_folder, log, index) = killed();
        let mut bytes = fs::read(&log).unwrap();
        let frame = FRAME_HEADER as usize + 2_048;
        let copied = bytes[bytes.len() - frame..].to_vec();
        bytes.extend(copied);
        let length = bytes.len();
        // a frame without the end of its transaction
        bytes[length - frame + 4..length - frame + 8].fill(0);
        for rest in [frame, frame / 2, 10] {
            fs::write(&log, &bytes[..length - frame + rest]).unwrap();
            assert_eq!(fault(&log, &index).unwrap(), None);
            assert_eq!(
                fault(&log, Path::new("nothing-of-this-name")).unwrap(),
                None
            );
        }
    }
}
