//! A file of finished work that outlives its writer: whatever kills it, what was written whole is found again.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::SinkError;

/// Texts by key, a line for each: `key text`. A line is written at once and never changed; one that was torn by the end
/// of its writer is dropped.
#[derive(Debug)]
pub struct Journal {
    file: File,
    path: PathBuf,
    /// Where the text of each key lies.
    places: BTreeMap<String, (u64, usize)>,
    end: u64,
}

impl Journal {
    /// Opens the journal `name` in a folder, which is made unless it is there, and locks it until it is dropped.
    ///
    /// # Errors
    /// When it cannot be opened or read, or another process has it open.
    pub fn open(folder: &Path, name: &str) -> Result<Self, SinkError> {
        let path = folder.join(name);
        let open = || {
            std::fs::create_dir_all(folder)?;
            let file = OpenOptions::new().read(true).append(true).create(true).open(&path)?;
            lock(&file)?;
            read(file)
        };
        match open() {
            Ok((file, places, end)) => Ok(Self { file, path, places, end }),
            Err(source) => Err(SinkError::Write { path, source }),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The text of a key; the last one that was written.
    pub fn get(&mut self, key: &str) -> Option<String> {
        let (start, length) = *self.places.get(key)?;
        let mut bytes = vec![0; length];
        self.file.seek(SeekFrom::Start(start)).ok()?;
        self.file.read_exact(&mut bytes).ok()?;
        String::from_utf8(bytes).ok()
    }

    /// The keys that begin with `prefix`, in order.
    pub fn keys(&self, prefix: &str) -> Vec<String> {
        let begins = |key: &&String| key.starts_with(prefix);
        self.places.range(prefix.to_owned()..).map(|(key, _)| key).take_while(begins).cloned().collect()
    }

    /// Adds a text, which holds no line break, under a key, which holds no blank.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn append(&mut self, key: &str, text: &str) -> Result<(), SinkError> {
        debug_assert!(!key.contains([' ', '\n']) && !text.contains('\n'));
        let line = format!("{key} {text}\n");
        let written = self.file.write_all(line.as_bytes());
        written.map_err(|source| SinkError::Write { path: self.path.clone(), source })?;
        self.places.insert(key.to_owned(), (self.end + key.len() as u64 + 1, text.len()));
        self.end += line.len() as u64;
        Ok(())
    }
}

fn lock(file: &File) -> io::Result<()> {
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => {
            Err(io::Error::new(io::ErrorKind::WouldBlock, "another process is writing it: wait for it, or stop it"))
        }
        // some file systems know no locks
        Err(TryLockError::Error(_)) | Ok(()) => Ok(()),
    }
}

type Places = BTreeMap<String, (u64, usize)>;

/// Notes where each text lies, and cuts off a line without an end.
fn read(file: File) -> io::Result<(File, Places, u64)> {
    let (mut places, mut end, mut line) = (Places::new(), 0, Vec::new());
    let mut reader = BufReader::new(file);
    while reader.read_until(b'\n', &mut line)? > 0 {
        if line.last() != Some(&b'\n') {
            break;
        }
        let key = line.iter().position(|byte| *byte == b' ').and_then(|blank| str::from_utf8(&line[..blank]).ok());
        if let Some(key) = key {
            let start = key.len() + 1;
            places.insert(key.to_owned(), (end + start as u64, line.len() - start - 1));
        }
        end += line.len() as u64;
        line.clear();
    }
    let file = reader.into_inner();
    file.set_len(end)?;
    Ok((file, places, end))
}
