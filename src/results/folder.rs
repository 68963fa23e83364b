//! A folder of results whose files are whole, and all of one run.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::Value;
use tempfile::NamedTempFile;

use super::error::ResultsError;
use super::lock::{self, FolderLock, Wait};
use super::manifest::{self, Digests};
use super::names::{self, RUN, STAGED, SUMMARY};
use super::seal::HashingWriter;
use super::{owned, part};
use crate::schema::files::PART;

/// Files to be put into a folder together: each is written and flushed to disk under a temporary name, and only when all
/// are complete do they get their own names. While they do, `run.json` says so, and what it says afterwards is true of
/// these files only.
pub struct Folder<'a> {
    path: PathBuf,
    staged: BTreeMap<String, Staged>,
    wait: Wait<'a>,
}

/// What was put into a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// The folder.
    pub path: PathBuf,
    /// How many files.
    pub files: usize,
    /// Whether those of an earlier run were there.
    pub replaced: bool,
}

impl Committed {
    /// Whether something was replaced, as the end of a sentence.
    pub const fn in_place(&self) -> &'static str {
        if self.replaced {
            ", in place of an earlier run"
        } else {
            ""
        }
    }
}

/// A file that is complete but for its name.
struct Staged {
    file: NamedTempFile,
    path: PathBuf,
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
            staged: BTreeMap::new(),
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
        let staged = stage(&self.path, self.path.join(name), self.wait, write)?;
        self.staged.insert(name.to_owned(), staged);
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
    pub fn commit(self, run: &Value) -> Result<Committed, ResultsError> {
        // two runs take turns, and readers find the files of one of them
        let lock = lock::exclusive(&self.path, self.wait)?;
        let before = owned::files(&self.path)?;
        if let [Some(command), Some(shard)] =
            ["command", "shard"].map(|name| run[PART][name].as_str())
        {
            // another worker may have put one there since the beginning
            part::ensure_no_other_part(&self.path, command, shard)?;
        }
        let after = self.digests();
        let write = |content: &Value| {
            let path = self.path.join(RUN);
            let file = make_temporary(&self.path, &path, &lock)?;
            Staged::write(file, path, |out| write_json(out, content))
        };
        let first = write(&manifest::unfinished(&before, &after))?;
        let last = write(&manifest::finished(run, &after))?;
        put(&self.path, &before, self.staged, first, last)?;
        sweep(&self.path, &lock);
        Ok(Committed {
            path: self.path,
            // run.json besides
            files: after.len() + 1,
            replaced: !before.is_empty(),
        })
    }

    fn digests(&self) -> Digests {
        let staged = self.staged.iter();
        let digests = staged.map(|(name, staged)| (name.clone(), staged.digest.clone()));
        digests.collect()
    }
}

/// Renames and removes. In between, `run.json` says that it is so and whose the files are; nobody who ends this process by a
/// signal ends it there.
fn put(
    folder: &Path,
    before: &Digests,
    staged: BTreeMap<String, Staged>,
    first: Staged,
    last: Staged,
) -> Result<(), ResultsError> {
    let _held = lock::hold_renames();
    first.persist()?;
    for stale in before.keys().filter(|name| !staged.contains_key(*name)) {
        remove(&folder.join(stale))?;
    }
    for staged in staged.into_values() {
        staged.persist()?;
    }
    last.persist()?;
    sync(folder)
}

/// Puts what happened to the names in a folder on the disk.
fn sync(folder: &Path) -> Result<(), ResultsError> {
    #[cfg(unix)]
    File::open(folder)
        .and_then(|opened| opened.sync_all())
        .map_err(|source| failed(folder, source))?;
    #[cfg(not(unix))]
    let _ = folder;
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
    let staged = stage(parent, path.to_owned(), wait, write)?;
    let lock = lock::exclusive(parent, wait)?;
    may_be_named()?;
    staged.persist()?;
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

/// Writes a file that lacks only its name.
fn stage(
    folder: &Path,
    path: PathBuf,
    wait: Wait<'_>,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<Staged, ResultsError> {
    let lock = lock::exclusive(folder, wait)?;
    let file = make_temporary(folder, &path, &lock)?;
    drop(lock);
    Staged::write(file, path, write)
}

impl Staged {
    /// Writes the content, to the disk.
    fn write(
        file: NamedTempFile,
        path: PathBuf,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<Self, ResultsError> {
        // by itself it would name its temporary name in every error
        match fill(file.as_file(), write) {
            Ok(digest) => Ok(Self { file, path, digest }),
            Err(source) => Err(failed(&path, source)),
        }
    }

    /// Gives the file its name.
    fn persist(self) -> Result<(), ResultsError> {
        let persisted = self.file.persist(&self.path);
        persisted
            .map(drop)
            .map_err(|error| failed(&self.path, error.error))
    }
}

/// Writes a file, and puts it on the disk; its SHA-256.
fn fill(file: &File, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<String> {
    let mut out = BufWriter::new(HashingWriter::new(file));
    write(&mut out)?;
    let hash = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    Ok(hash.digest())
}

/// A temporary file for the content of `path`; readable like any other file, where the system asks. It is locked from the
/// beginning, as far as others who lock the folder can tell: they would remove one that is not.
fn make_temporary(
    folder: &Path,
    path: &Path,
    _: &FolderLock,
) -> Result<NamedTempFile, ResultsError> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(STAGED);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let file = builder.tempfile_in(folder);
    let file = file.map_err(|error| failed(path, without_path(error)))?;
    // where there are no locks nothing is swept up, so that nothing is lost either
    let _ = file.as_file().try_lock();
    Ok(file)
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
