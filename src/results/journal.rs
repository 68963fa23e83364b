//! A file of finished work that survives a crash of its writer: every complete line is contents again.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::error::ResultsError;

/// What the first line of every journal begins with.
const MARK: &[u8] = b"simbet journal ";
/// The first line: it says that the file may be appended to. Its number grows with keys or figures of another meaning.
const HEADER: &[u8] = b"simbet journal 2\n";

/// Texts by key, a line for each: `key check text`. A line is written at once and never changed; one that was torn by
/// the end of its writer is dropped, and one that its checksum does not match is counted as damaged.
#[derive(Debug)]
pub struct Journal {
    file: File,
    path: PathBuf,
    contents: Contents,
}

/// The content of a journal.
#[derive(Debug, Default)]
struct Contents {
    /// Where the text of each key lies.
    places: BTreeMap<String, (u64, usize)>,
    end: u64,
    damaged: u64,
}

impl Journal {
    /// Opens the journal `name` in a folder, which is made unless it is there, and locks it until it is dropped.
    ///
    /// # Errors
    /// When it cannot be opened or read, is no journal of this version, or another process has it open.
    pub fn open(folder: &Path, name: &str) -> Result<Self, ResultsError> {
        let path = folder.join(name);
        // to open a pipe would wait for its other end
        if path.exists() && !path.is_file() {
            return Err(ResultsError::NoJournal { path });
        }
        match open_file(folder, &path).and_then(|file| file.map(read).transpose()) {
            Ok(Some((file, contents))) => Ok(Self {
                file,
                path,
                contents,
            }),
            Ok(None) if is_journal(&path) => Err(ResultsError::OtherJournal { path }),
            Ok(None) => Err(ResultsError::NoJournal { path }),
            Err(source) => Err(ResultsError::Unopened { path, source }),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The number of damaged lines. Their content is lost.
    pub const fn damaged(&self) -> u64 {
        self.contents.damaged
    }

    /// The text of a key; the last one that was written.
    pub fn get(&mut self, key: &str) -> Option<String> {
        let (start, length) = *self.contents.places.get(key)?;
        let mut bytes = vec![0; length];
        self.file.seek(SeekFrom::Start(start)).ok()?;
        self.file.read_exact(&mut bytes).ok()?;
        String::from_utf8(bytes).ok()
    }

    /// The keys that begin with `prefix`, in order.
    pub fn keys(&self, prefix: &str) -> Vec<String> {
        self.contents
            .places
            .range(prefix.to_owned()..)
            .map(|(key, _)| key)
            .take_while(|key| key.starts_with(prefix))
            .cloned()
            .collect()
    }

    /// Adds a text, which holds no line break, under a key, which holds no blank.
    ///
    /// # Errors
    /// When it cannot be written. Earlier lines stay.
    pub fn append(&mut self, key: &str, text: &str) -> Result<(), ResultsError> {
        debug_assert!(!key.contains([' ', '\n']) && !text.contains('\n'));
        let line = format!("{key} {} {text}\n", check(key.as_bytes(), text.as_bytes()));
        if let Err(source) = self.file.write_all(line.as_bytes()) {
            // the part of a line would spoil the next one
            let _ = self.file.set_len(self.contents.end);
            return Err(ResultsError::Journal {
                path: self.path.clone(),
                source,
            });
        }
        self.contents.take(line.as_bytes());
        Ok(())
    }
}

impl Contents {
    /// Adds the content of a complete line.
    fn take(&mut self, line: &[u8]) {
        match parse(line) {
            Some((key, text)) => {
                let start = line.len() - 1 - text.len();
                self.places
                    .insert(key.to_owned(), (self.end + start as u64, text.len()));
            }
            None => self.damaged += 1,
        }
        self.end += line.len() as u64;
    }
}

/// The key and the text of a line, if it is as it was written.
fn parse(line: &[u8]) -> Option<(&str, &str)> {
    let mut parts = str::from_utf8(line)
        .ok()?
        .strip_suffix('\n')?
        .splitn(3, ' ');
    let (key, digest, text) = (parts.next()?, parts.next()?, parts.next()?);
    (check(key.as_bytes(), text.as_bytes()) == digest).then_some((key, text))
}

/// The first 32 bits of a SHA-256: enough to detect damage by a disk or an editor.
fn check(key: &[u8], text: &[u8]) -> String {
    let digest = Sha256::new()
        .chain_update(key)
        .chain_update(b" ")
        .chain_update(text)
        .finalize();
    hex::encode(&digest[..4])
}

fn lock(file: &File) -> io::Result<()> {
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(io::Error::new(
            io::ErrorKind::WouldBlock,
            "another process is writing it: wait for it, or stop it",
        )),
        // some file systems know no locks
        Err(TryLockError::Error(_)) | Ok(()) => Ok(()),
    }
}

/// Whether the file is a journal; one without a whole first line, whose writer was killed at once, begins anew.
fn begin(file: &mut File) -> io::Result<bool> {
    let mut first = Vec::new();
    io::Read::by_ref(file)
        .take(HEADER.len() as u64)
        .read_to_end(&mut first)?;
    if first == HEADER {
        return Ok(true);
    }
    let is_torn = HEADER.starts_with(&first);
    if is_torn {
        file.set_len(0)?;
        file.write_all(HEADER)?;
        file.seek(SeekFrom::Start(HEADER.len() as u64))?;
    }
    Ok(is_torn)
}

/// Whether a file begins as a journal does, of whatever form.
fn is_journal(path: &Path) -> bool {
    let mut first = Vec::new();
    let read =
        File::open(path).and_then(|file| file.take(MARK.len() as u64).read_to_end(&mut first));
    read.is_ok() && first == MARK
}

/// Notes where each text lies, and cuts off a line without an end. The first line has been read.
fn read(file: File) -> io::Result<(File, Contents)> {
    let mut contents = Contents {
        end: HEADER.len() as u64,
        ..Contents::default()
    };
    let mut line = Vec::new();
    let mut reader = BufReader::new(file);
    while reader.read_until(b'\n', &mut line)? > 0 && line.last() == Some(&b'\n') {
        contents.take(&line);
        line.clear();
    }
    let file = reader.into_inner();
    file.set_len(contents.end)?;
    Ok((file, contents))
}

/// Opens and locks the file, which is made unless it is there; `None` when it is no journal.
fn open_file(folder: &Path, path: &Path) -> io::Result<Option<File>> {
    std::fs::create_dir_all(folder)?;
    let mut file = OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .open(path)?;
    lock(&file)?;
    let is_journal = begin(&mut file)?;
    Ok(is_journal.then_some(file))
}
