//! A folder of results whose files are whole, and all of one run.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::Value;
use tempfile::NamedTempFile;

use super::error::ResultsError;
use super::lock::{self, FolderLock, Wait};
use super::manifest::{self, Digests};
use super::names::{self, RUN, SUMMARY};
use super::owned;
use super::seal::HashingWriter;

/// Files to be put into a folder together: each is written and flushed to disk under a temporary name, and only when all
/// are complete do they get their own names. While they do, `run.json` says so, and what it says afterwards is true of
/// these files only.
pub struct Folder<'a> {
    path: PathBuf,
    staged: Vec<Staged>,
    wait: Wait<'a>,
}

/// A file that is complete but for its name.
struct Staged {
    file: NamedTempFile,
    name: String,
    digest: String,
}

impl<'a> Folder<'a> {
    /// Makes the folder, with those above it, unless it is there.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn create(path: &Path, wait: Wait<'a>) -> Result<Self, ResultsError> {
        make_folder(path)?;
        Ok(Self {
            path: path.to_owned(),
            staged: Vec::new(),
            wait,
        })
    }

    /// Checks that all that results would replace or remove was written by runs, and that nobody changed it since.
    ///
    /// # Errors
    /// When it was not, or when the wait for another run was given up.
    pub fn ensure_own(path: &Path, wait: Wait<'_>) -> Result<(), ResultsError> {
        // another run may be putting its files there
        let _lock = lock::shared(path, wait)?;
        owned::files(path).map(drop)
    }

    /// Writes a file that [`Self::commit`] will name `name`.
    ///
    /// # Errors
    /// When it cannot be written to the end.
    pub fn stage(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), ResultsError> {
        // between its making and its locking another run must not take it for left behind
        let staged = make_staged(&self.path, name, &lock::exclusive(&self.path, self.wait)?);
        let staged = staged.and_then(|staged| staged.filled(write));
        self.staged
            .push(staged.map_err(|source| failed(&self.path.join(name), source))?);
        Ok(())
    }

    /// Writes a table of texts as CSV; `table` is its name without an ending.
    ///
    /// # Errors
    /// When it cannot be written to the end.
    pub fn stage_csv(
        &mut self,
        table: &str,
        header: &[String],
        rows: &[Vec<String>],
    ) -> Result<(), ResultsError> {
        self.stage(&names::csv_file(table), |out| {
            super::csv::write_table(out, header, rows)
        })
    }

    /// Writes `summary.json`.
    ///
    /// # Errors
    /// When it cannot be written to the end.
    pub fn stage_summary(&mut self, summary: &impl Serialize) -> Result<(), ResultsError> {
        self.stage(SUMMARY, |out| write_json(out, summary))
    }

    /// Gives every staged file its name, removes the other files of earlier runs, and writes `run.json`: version and form,
    /// what the run says of itself, which is an object, and the digests of the files.
    ///
    /// # Errors
    /// When a file cannot be written, renamed or removed, when there is one that no run wrote, or that was changed since, and
    /// when the wait for another run was given up.
    pub fn commit(self, run: &Value) -> Result<(), ResultsError> {
        // two runs take turns, and readers find the files of one of them
        let lock = lock::exclusive(&self.path, self.wait)?;
        let before = owned::files(&self.path)?;
        let after = self.digests();
        let write = |content: &Value| {
            let staged = make_staged(&self.path, RUN, &lock);
            let staged = staged.and_then(|staged| staged.filled(|out| write_json(out, content)));
            staged.map_err(|source| failed(&self.path.join(RUN), source))
        };
        let first = write(&manifest::unfinished(&before, &after))?;
        let last = write(&manifest::finished(run, &after))?;
        put(&self.path, &before, self.staged, first, last)?;
        sweep(&self.path, &lock);
        Ok(())
    }

    fn digests(&self) -> Digests {
        let staged = self.staged.iter();
        let digests = staged.map(|staged| (staged.name.clone(), staged.digest.clone()));
        digests.collect()
    }
}

/// Renames and removes. In between, `run.json` says that it is so and whose the files are; nobody who ends this process by a
/// signal ends it there.
fn put(
    folder: &Path,
    before: &Digests,
    staged: Vec<Staged>,
    first: Staged,
    last: Staged,
) -> Result<(), ResultsError> {
    let _held = lock::hold_renames();
    let is_new = |name: &String| staged.iter().any(|staged| staged.name == *name);
    let stale: Vec<_> = before.keys().filter(|name| !is_new(name)).collect();
    first.persist(&folder.join(RUN))?;
    for name in stale {
        remove(&folder.join(name))?;
    }
    for staged in staged {
        let path = folder.join(&staged.name);
        staged.persist(&path)?;
    }
    last.persist(&folder.join(RUN))?;
    sync(folder)
}

/// Puts what happened to the names in a folder on the disk.
fn sync(folder: &Path) -> Result<(), ResultsError> {
    #[cfg(unix)]
    File::open(folder)
        .and_then(|opened| opened.sync_all())
        .map_err(|source| failed(folder, source))?;
    Ok(())
}

/// Makes a folder, with those above it, unless it is there.
///
/// # Errors
/// When it cannot be made.
pub fn make_folder(path: &Path) -> Result<(), ResultsError> {
    fs::create_dir_all(path).map_err(|source| failed(path, source))
}

/// Writes one file whole: under a temporary name first, and no other file that is there or being written is touched, so
/// that several can be written into a folder at once. Whether it may get its name is asked while no run puts its files into
/// the folder.
///
/// # Errors
/// When the folder cannot be made, the file not be written to the end, or not get its name.
pub fn write_file(
    path: &Path,
    wait: Wait<'_>,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    may_be_named: impl FnOnce() -> Result<(), ResultsError>,
) -> Result<(), ResultsError> {
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    make_folder(parent)?;
    let staged = make_staged(parent, "", &lock::exclusive(parent, wait)?);
    let staged = staged
        .and_then(|staged| staged.filled(write))
        .map_err(|source| failed(path, source))?;
    let lock = lock::exclusive(parent, wait)?;
    may_be_named()?;
    staged.persist(path)?;
    sync(parent)?;
    sweep(parent, &lock);
    Ok(())
}

/// A JSON file, for people to read as well.
fn write_json(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)
}

/// Removes a file, if it is there.
fn remove(path: &Path) -> Result<(), ResultsError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(path, error)),
        _ => Ok(()),
    }
}

/// The prefix of staged files, so that no other program's file is taken for one that was left behind.
const STAGED: &str = ".simbet-staged-";

impl Staged {
    /// The file with its content, on the disk.
    fn filled(mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<Self> {
        // by itself it would name its temporary name in every error
        let mut out = BufWriter::new(HashingWriter::new(self.file.as_file_mut()));
        write(&mut out)?;
        let hash = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        self.digest = hash.digest();
        self.file.as_file().sync_all()?;
        Ok(self)
    }

    /// Gives the file its name.
    fn persist(self, path: &Path) -> Result<(), ResultsError> {
        let persisted = self.file.persist(path);
        persisted
            .map(drop)
            .map_err(|error| failed(path, error.error))
    }
}

/// A temporary file beside its later place; readable like any other file, where the system asks.
fn make_staged(folder: &Path, name: &str, _: &FolderLock) -> io::Result<Staged> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(STAGED);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let file = builder.tempfile_in(folder).map_err(without_path)?;
    // where there are no locks nothing is swept up, so that nothing is lost either
    let _ = file.as_file().try_lock();
    Ok(Staged {
        file,
        name: name.to_owned(),
        digest: String::new(),
    })
}

/// The error of the system alone: the temporary name that would follow it says nothing to anybody.
fn without_path(error: io::Error) -> io::Error {
    let text = error.to_string();
    match text.split_once(" at path \"") {
        Some((text, _)) => io::Error::new(error.kind(), text),
        None => error,
    }
}

/// Removes the temporary files of a run that was killed while writing. A file that cannot be removed stays.
fn sweep(folder: &Path, _: &FolderLock) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_staged = entry.file_name().to_string_lossy().starts_with(STAGED)
            && entry.file_type().is_ok_and(|kind| kind.is_file());
        // a file that another run is still writing is locked
        if is_staged && File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn failed(path: &Path, source: io::Error) -> ResultsError {
    ResultsError::Write {
        path: path.to_owned(),
        source,
    }
}
