//! A file of finished work that survives a crash of its writer: every complete line is contents again.

use std::collections::{BTreeMap, HashSet};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{
    self, BufRead as _, BufReader, BufWriter, Read as _, Seek as _, SeekFrom, Write as _,
};
use std::ops::Range;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::error::ResultsError;
use super::names::STAGED;
use super::seal;

/// What the first line of every journal begins with.
const MARK: &[u8] = b"simbet journal ";
/// The first line: it says that the file may be appended to. Its number grows with keys or figures of another meaning.
const HEADER: &[u8] = b"simbet journal 2\n";

/// The digits of a line's checksum.
const DIGITS: usize = 8;

/// Texts by key, a line for each: `key check text`. A line is written at once and never changed; one that was torn by
/// the end of its writer is dropped, and one that its checksum does not match is counted as damaged.
#[derive(Debug)]
pub struct Journal {
    file: File,
    path: PathBuf,
    contents: Contents,
    /// Whether there was none before, and whether there was no folder for it.
    is_new: bool,
    has_new_folder: bool,
}

/// The content of a journal.
#[derive(Debug, Default)]
struct Contents {
    /// Where the text of each key lies.
    places: BTreeMap<String, (u64, usize)>,
    end: u64,
    /// The lines whose content is lost.
    damaged: Vec<Range<u64>>,
}

impl Journal {
    /// Opens the journal `name` in a folder, which is made unless it is there, and locks it until it is dropped.
    ///
    /// # Errors
    /// When it cannot be opened or read, is no journal of this version, or another process has it open.
    pub fn open(folder: &Path, name: &str) -> Result<Self, ResultsError> {
        let path = folder.join(name);
        let [has_no_file, has_no_folder] =
            [&*path, folder].map(|path| path.symlink_metadata().is_err());
        // to open a pipe would wait for its other end
        if path.exists() && !path.is_file() {
            return Err(ResultsError::NoJournal { path });
        }
        let opened = open_file(folder, &path).and_then(|file| file.map(read).transpose());
        let opened = opened.and_then(|opened| {
            let Some((file, contents)) = opened else {
                return Ok(None);
            };
            // a line without an end
            file.set_len(contents.end)?;
            Ok(Some((file, contents)))
        });
        let mut journal = Self::of(path, opened)?;
        journal.is_new = has_no_file && journal.is_empty();
        journal.has_new_folder = has_no_folder;
        Ok(journal)
    }

    /// Opens a journal to read it, whatever others do with it.
    ///
    /// # Errors
    /// When there is none, it cannot be read, or it is no journal of this version.
    pub fn open_to_read(folder: &Path, name: &str) -> Result<Self, ResultsError> {
        let path = folder.join(name);
        if !path.is_file() {
            return Err(ResultsError::NoJournal { path });
        }
        let opened = File::open(&path).and_then(|mut file| {
            let mut first = vec![0; HEADER.len()];
            let is_whole = file.read_exact(&mut first).is_ok() && first == HEADER;
            is_whole.then(|| read(file)).transpose()
        });
        Self::of(path, opened)
    }

    fn of(
        path: PathBuf,
        opened: io::Result<Option<(File, Contents)>>,
    ) -> Result<Self, ResultsError> {
        match opened {
            Ok(Some((file, contents))) => Ok(Self {
                file,
                path,
                contents,
                is_new: false,
                has_new_folder: false,
            }),
            Ok(None) if is_journal(&path) => Err(ResultsError::OtherJournal { path }),
            Ok(None) => Err(ResultsError::NoJournal { path }),
            Err(source) => Err(ResultsError::Unopened { path, source }),
        }
    }

    /// Removes it, and the folder that was made for it, if it was made by this process and has nothing in it yet.
    pub fn discard(self) {
        if !(self.is_new && self.is_empty()) {
            return;
        }
        // while it is locked nobody else writes it; where it cannot be removed it is as good as none
        let _ = std::fs::remove_file(&self.path);
        if let Some(folder) = self.path.parent().filter(|_| self.has_new_folder) {
            // one that has something in it stays
            let _ = std::fs::remove_dir(folder);
        }
    }

    fn is_empty(&self) -> bool {
        self.contents.end == HEADER.len() as u64
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The number of damaged lines. Their content is lost.
    pub fn damaged(&self) -> u64 {
        self.contents.damaged.len() as u64
    }

    /// Whether it has a text of a key.
    pub fn has(&self, key: &str) -> bool {
        self.contents.places.contains_key(key)
    }

    /// The text of a key; the last one that was written.
    pub fn get(&mut self, key: &str) -> Option<String> {
        let (start, length) = *self.contents.places.get(key)?;
        let mut bytes = vec![0; length];
        self.file.seek(SeekFrom::Start(start)).ok()?;
        self.file.read_exact(&mut bytes).ok()?;
        String::from_utf8(bytes).ok()
    }

    /// The SHA-256 of the file.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn digest(&self) -> Result<String, ResultsError> {
        seal::digest_of_file(&self.path).map_err(|source| ResultsError::Read {
            path: self.path.clone(),
            source,
        })
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

impl Journal {
    /// Puts the lines of these keys last, in this order, and the others before them by key: what is finished has the same
    /// bytes, whoever finished what first. It is written anew under another name and takes its own at once.
    ///
    /// # Errors
    /// When it cannot be written; then it stays as it was.
    pub fn put_in_order(&mut self, keys: impl Iterator<Item = String>) -> Result<(), ResultsError> {
        let lines = self.contents.in_order(keys);
        let mut end = HEADER.len() as u64;
        let is_in_order = lines.iter().all(|line| {
            let follows = line.start == end;
            end = line.end;
            follows
        });
        if is_in_order && end == self.contents.end {
            return Ok(());
        }
        self.rewrite(&lines)
            .map_err(|source| ResultsError::Journal {
                path: self.path.clone(),
                source,
            })
    }

    fn rewrite(&mut self, lines: &[Range<u64>]) -> io::Result<()> {
        let folder = self.path.parent().unwrap_or_else(|| Path::new("."));
        let mut builder = tempfile::Builder::new();
        builder.prefix(STAGED);
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
        let new = builder.tempfile_in(folder)?;
        lock(new.as_file())?;
        let mut out = BufWriter::new(new.as_file());
        out.write_all(HEADER)?;
        let mut buffer = Vec::new();
        for line in lines {
            buffer.resize((line.end - line.start) as usize, 0);
            self.file.seek(SeekFrom::Start(line.start))?;
            self.file.read_exact(&mut buffer)?;
            out.write_all(&buffer)?;
        }
        out.flush()?;
        drop(out);
        new.as_file().sync_all()?;
        drop(new.persist(&self.path).map_err(|error| error.error)?);
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .open(&self.path)?;
        lock(&file)?;
        file.seek(SeekFrom::Start(HEADER.len() as u64))?;
        let (file, contents) = read(file)?;
        (self.file, self.contents) = (file, contents);
        Ok(())
    }
}

impl Contents {
    /// The lines of keys that are not among these, by key, then the damaged ones, then those of these keys, in this order. A line
    /// that a later one of the same key replaced is not among them. What is torn off the end is then never a look at a hold-out.
    fn in_order(&self, keys: impl Iterator<Item = String>) -> Vec<Range<u64>> {
        let line = |key: &str, &(start, length): &(u64, usize)| {
            let before = (key.len() + 2 + DIGITS) as u64;
            start - before..start + length as u64 + 1
        };
        let mut ordered = Vec::with_capacity(self.places.len());
        let mut taken = HashSet::new();
        for key in keys {
            if let Some(place) = self.places.get(&key).filter(|place| taken.insert(place.0)) {
                ordered.push(line(&key, place));
            }
        }
        let others = self
            .places
            .iter()
            .filter(|(_, place)| !taken.contains(&place.0));
        let mut lines: Vec<_> = others.map(|(key, place)| line(key, place)).collect();
        lines.extend(self.damaged.iter().cloned());
        lines.extend(ordered);
        lines
    }

    /// Adds the content of a complete line.
    fn take(&mut self, line: &[u8]) {
        match parse(line) {
            Some((key, text)) => {
                let start = line.len() - 1 - text.len();
                self.places
                    .insert(key.to_owned(), (self.end + start as u64, text.len()));
            }
            None => self.damaged.push(self.end..self.end + line.len() as u64),
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
    hex::encode(&digest[..DIGITS / 2])
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

/// Checks that another process did not put another file in its place before it was locked.
fn ensure_named(file: &File, path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        if file.metadata()?.ino() != path.metadata()?.ino() {
            return Err(io::Error::new(
                io::ErrorKind::WouldBlock,
                "another process has just written it: repeat the command",
            ));
        }
    }
    let _ = (file, path);
    Ok(())
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

/// Notes where each text lies, up to a line without an end. The first line has been read.
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
    Ok((reader.into_inner(), contents))
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
    ensure_named(&file, path)?;
    let is_journal = begin(&mut file)?;
    Ok(is_journal.then_some(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(folder: &Path) -> String {
        std::fs::read_to_string(folder.join("j")).unwrap()
    }

    #[test]
    fn lines_are_put_in_order_and_nothing_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::open(folder.path(), "j").unwrap();
        for (key, value) in [
            ("b", "1"),
            ("z", "old"),
            ("hold-out", "look"),
            ("a", "2"),
            ("z", "3"),
        ] {
            journal.append(key, value).unwrap();
        }
        drop(journal);
        let damaged = "x 00000000 damaged\n";
        std::fs::write(folder.path().join("j"), text(folder.path()) + damaged).unwrap();
        let mut journal = Journal::open(folder.path(), "j").unwrap();
        let keys = || ["z", "a", "missing", "b"].map(str::to_owned).into_iter();
        journal.put_in_order(keys()).unwrap();
        let ordered = text(folder.path());
        let first: Vec<&str> = ordered
            .lines()
            .filter_map(|line| line.split(' ').next())
            .collect();
        assert_eq!(first, ["simbet", "hold-out", "x", "z", "a", "b"]);
        assert_eq!(
            (journal.get("z").unwrap(), journal.damaged()),
            ("3".to_owned(), 1)
        );
        // it is still locked, still grows, and is left alone once it is in order
        assert!(Journal::open(folder.path(), "j").is_err());
        journal.append("q", "4").unwrap();
        journal.put_in_order(keys()).unwrap();
        let again = text(folder.path());
        journal.put_in_order(keys()).unwrap();
        assert_eq!(text(folder.path()), again);
        drop(journal);
        let mut read = Journal::open_to_read(folder.path(), "j").unwrap();
        assert_eq!(read.get("q").unwrap(), "4");
        assert!(read.append("r", "5").is_err());
        let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(names.len(), 1);
    }
}
