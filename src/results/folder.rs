//! A folder of results whose files are whole.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use super::error::ResultsError;
use super::form;
use super::names::{self, JOURNAL, RUN, SUMMARY};

/// Files to be put into a folder together: each is written and flushed to disk under a temporary name, and
/// only when all are complete do they get their own names, in the order in which they were staged. A reader who finds
/// the last file of a run finds all of them.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    staged: Vec<(NamedTempFile, PathBuf)>,
}

impl Folder {
    /// Makes the folder, with those above it, unless it is there.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn create(path: &Path) -> Result<Self, ResultsError> {
        make_folder(path)?;
        Ok(Self {
            path: path.to_owned(),
            staged: Vec::new(),
        })
    }

    /// Checks that what results would replace or remove was written by a run: that a folder with one of the files of
    /// results has a `run.json` as well, or the journal of a sweep that was cut short.
    ///
    /// # Errors
    /// When it was not.
    pub fn ensure_own(path: &Path) -> Result<(), ResultsError> {
        // another run may be putting its files there, run.json last
        let _lock = lock_folder(path);
        check_own(path)
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
        let path = self.path.join(name);
        let file = write_staged(&self.path, write).map_err(|source| failed(&path, source))?;
        self.staged.push((file, path));
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

    /// Writes `run.json`: version, form and settings, an object. It is staged last: its presence means that the rest is
    /// complete.
    ///
    /// # Errors
    /// When it cannot be written to the end.
    pub fn stage_run(&mut self, run: &Value) -> Result<(), ResultsError> {
        self.stage(RUN, |out| write_json(out, &with_version(run)))
    }

    /// Gives every staged file its name, then removes the other files of results: they are of an earlier run.
    ///
    /// # Errors
    /// When a file cannot be renamed or removed, or there are files of results that no run wrote.
    pub fn commit(mut self) -> Result<(), ResultsError> {
        // the lock makes two runs take turns, so that the final files are all of the same run
        let _lock = lock_folder(&self.path);
        check_own(&self.path)?;
        let staged = self.persist()?;
        names::all()
            .iter()
            .map(|name| self.path.join(name))
            .filter(|path| !staged.contains(path))
            .try_for_each(|path| remove(&path))
    }

    /// Gives every staged file its name; what they are called.
    fn persist(&mut self) -> Result<Vec<PathBuf>, ResultsError> {
        let mut named = Vec::new();
        for (file, path) in self.staged.drain(..) {
            file.persist(&path)
                .map_err(|error| failed(&path, error.error))?;
            named.push(path);
        }
        #[cfg(unix)]
        File::open(&self.path)
            .and_then(|folder| folder.sync_all())
            .map_err(|source| failed(&self.path, source))?;
        self.sweep();
        Ok(named)
    }

    /// Removes the temporary files of a run that was killed while writing. A file that cannot be removed stays.
    fn sweep(&self) {
        for entry in fs::read_dir(&self.path).into_iter().flatten().flatten() {
            let is_staged = entry.file_name().to_string_lossy().starts_with(STAGED);
            // a file that another run is still writing is locked
            if is_staged && File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok()) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// Makes a folder, with those above it, unless it is there.
///
/// # Errors
/// When it cannot be made.
pub fn make_folder(path: &Path) -> Result<(), ResultsError> {
    fs::create_dir_all(path).map_err(|source| failed(path, source))
}

/// Writes one file whole: under a temporary name first, and no other file that is there or being written is touched, so
/// that several can be written into a folder at once.
///
/// # Errors
/// When the folder cannot be made, or the file not be written to the end.
pub fn write_file(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), ResultsError> {
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let written = fs::create_dir_all(parent).and_then(|()| write_staged(parent, write));
    let file = written.map_err(|source| failed(path, source))?;
    let mut folder = Folder {
        path: parent.to_owned(),
        staged: vec![(file, path.to_owned())],
    };
    let _lock = lock_folder(parent);
    folder.persist().map(drop)
}

/// The content of a `run.json`: version and form first.
fn with_version(run: &Value) -> Value {
    let mut all = json!({ "simbet": env!("CARGO_PKG_VERSION"), form::MEMBER: names::FORM });
    if let (Some(all), Some(run)) = (all.as_object_mut(), run.as_object()) {
        all.extend(run.clone());
    }
    all
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

fn write_staged(
    folder: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<NamedTempFile> {
    // between its making and its locking another run must not take it for left behind
    let lock = lock_folder(folder);
    let mut file = staging(folder)?;
    // some file systems know no locks: there a run that ends while another writes takes its files for left behind
    let _ = file.as_file().try_lock();
    drop(lock);
    let mut out = BufWriter::new(&mut file);
    write(&mut out)?;
    out.flush()?;
    drop(out);
    file.as_file().sync_all()?;
    Ok(file)
}

/// A temporary file beside its later place; readable like any other file, where the system asks.
fn staging(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(STAGED);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    builder.tempfile_in(folder)
}

fn check_own(path: &Path) -> Result<(), ResultsError> {
    let is_own = [RUN, JOURNAL].iter().any(|name| path.join(name).exists());
    match names::all()
        .into_iter()
        .find(|name| path.join(name).exists())
    {
        Some(file) if !is_own => Err(ResultsError::Foreign {
            path: path.to_owned(),
            file,
        }),
        _ => Ok(()),
    }
}

/// Locks the folder against other runs that put their files into it, until the lock is dropped. Nobody waits
/// where folders cannot be locked.
fn lock_folder(folder: &Path) -> Option<File> {
    let folder = File::open(folder).ok()?;
    folder.lock().ok()?;
    Some(folder)
}

fn failed(path: &Path, source: io::Error) -> ResultsError {
    ResultsError::Write {
        path: path.to_owned(),
        source,
    }
}
