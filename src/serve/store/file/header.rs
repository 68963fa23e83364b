//! The first bytes of a file of SQLite: <https://www.sqlite.org/fileformat.html#the_database_header>.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rusqlite::{Connection, OpenFlags};

use super::forbid_checkpoint;
use super::wal::big;

/// The bytes of a header.
const BYTES: usize = 100;

/// What is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    page: u32,
    pages: u32,
    /// Grows with every change of the first page.
    changes: u32,
    /// The number that the store was given when it was begun.
    number: u32,
    /// The program whose file it is.
    pub application: u32,
}

/// The number of this program in the header: `sbet`.
pub(in crate::serve::store) const APPLICATION: u32 = 0x7362_6574;

impl Header {
    /// Reads the one of a file.
    pub fn read(file: &File) -> Option<Self> {
        let mut bytes = [0; BYTES];
        file.read_exact_at(&mut bytes, 0).ok()?;
        Self::of(&bytes)
    }

    /// Reads it; `None` if the file is not one of SQLite.
    pub fn of(bytes: &[u8; BYTES]) -> Option<Self> {
        let page = match u16::from_be_bytes([bytes[16], bytes[17]]) {
            1 => 65_536,
            bytes => u32::from(bytes),
        };
        bytes.starts_with(b"SQLite format 3\0").then(|| Self {
            page,
            pages: big(bytes, 28),
            changes: big(bytes, 24),
            number: big(bytes, 60),
            application: big(bytes, 68),
        })
    }

    /// Whether it is a later one of the same file, and not that of another or of an older copy.
    pub const fn continues(&self, first: &Self) -> bool {
        // a store of an earlier version has no number of a program before it is opened
        (self.application == first.application || first.application == 0)
            && self.number == first.number
            && self.page == first.page
            && self.changes.wrapping_sub(first.changes) < u32::MAX / 2
    }

    /// The bytes of the whole file.
    pub const fn length(&self) -> u64 {
        self.page as u64 * self.pages as u64
    }
}

/// Whether a file without a number of its program is a store of an earlier version. The file is only looked at, and nothing
/// is made beside it, unless it has a log.
pub(super) fn is_legacy(path: &Path, has_log: bool) -> bool {
    let Some(text) = path.to_str() else {
        return false;
    };
    let escaped = utf8_percent_encode(text, NON_ALPHANUMERIC);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    let sql = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('meta', 'events', 'checkpoint')";
    let immutable = u8::from(!has_log);
    Connection::open_with_flags(format!("file:{escaped}?immutable={immutable}"), flags)
        .inspect(forbid_checkpoint)
        .and_then(|connection| connection.query_row(sql, [], |row| row.get::<_, u32>(0)))
        .is_ok_and(|tables| tables == 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(changes: u32, number: u32) -> Header {
        let mut bytes = [0; BYTES];
        bytes[..16].copy_from_slice(b"SQLite format 3\0");
        bytes[16..18].copy_from_slice(&2_048_u16.to_be_bytes());
        bytes[24..28].copy_from_slice(&changes.to_be_bytes());
        bytes[28..32].copy_from_slice(&7_u32.to_be_bytes());
        bytes[60..64].copy_from_slice(&number.to_be_bytes());
        Header::of(&bytes).unwrap()
    }

    #[test]
    fn an_older_copy_and_another_file_do_not_continue_a_store() {
        let first = header(41, 9);
        assert_eq!(first.length(), 7 * 2_048);
        assert!(first.continues(&first) && header(42, 9).continues(&first));
        assert!(header(3, 9).continues(&header(u32::MAX, 9)));
        assert!(!header(40, 9).continues(&first));
        assert!(!header(42, 8).continues(&first));
        assert_eq!(Header::of(&[0; BYTES]), None);
    }

    #[test]
    fn a_store_of_an_earlier_version_is_known_whatever_its_name() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["plain.db", "a%41?b#c &=+\u{e4}.db"] {
            let path = folder.path().join(name);
            let sql = "CREATE TABLE meta (a); CREATE TABLE events (a); CREATE TABLE checkpoint (a)";
            Connection::open(&path).unwrap().execute_batch(sql).unwrap();
            assert!(is_legacy(&path, false) && is_legacy(&path, true), "{name}");
        }
        assert!(!is_legacy(&folder.path().join("other.db"), false));
    }
}
