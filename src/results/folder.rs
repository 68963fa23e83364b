//! A folder of results whose files are whole.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::sink::SinkError;

/// Files to be put into a folder together: each is written and flushed to disk under a temporary name, and
/// only when all are there do they get their own, in the order in which they were staged. Who finds the last one of
/// a run finds all of it.
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
    pub fn create(path: &Path) -> Result<Self, SinkError> {
        fs::create_dir_all(path).map_err(|source| failed(path, source))?;
        Ok(Self {
            path: path.to_owned(),
            staged: Vec::new(),
        })
    }

    /// Checks that what results would replace or remove was written by a run: that a folder with one of `known` has a
    /// `run.json` as well, or the journal of a sweep that was cut short.
    ///
    /// # Errors
    /// When it was not.
    pub fn ensure_own(path: &Path, known: &[&str]) -> Result<(), SinkError> {
        // another run may be putting its files there, run.json last
        let _turn = turn(path);
        check_own(path, known)
    }

    /// Writes a file that [`Self::commit`] will name `name`.
    ///
    /// # Errors
    /// When it cannot be written to the end.
    pub fn stage(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), SinkError> {
        let path = self.path.join(name);
        let file = write_staged(&self.path, write).map_err(|source| failed(&path, source))?;
        self.staged.push((file, path));
        Ok(())
    }

    /// Gives every staged file its name, then removes those of `known` that were not staged: they are of an earlier run.
    ///
    /// # Errors
    /// When a file cannot be renamed or removed, or one of `known` is there that no run wrote.
    pub fn commit(mut self, known: &[&str]) -> Result<(), SinkError> {
        // two runs at once take turns, so that what is there in the end is all of one of them
        let _turn = turn(&self.path);
        check_own(&self.path, known)?;
        let staged: Vec<PathBuf> = self.staged.iter().map(|(_, path)| path.clone()).collect();
        for (file, path) in std::mem::take(&mut self.staged) {
            file.persist(&path)
                .map_err(|error| failed(&path, error.error))?;
        }
        #[cfg(unix)]
        File::open(&self.path)
            .and_then(|folder| folder.sync_all())
            .map_err(|source| failed(&self.path, source))?;
        self.sweep();
        for path in known
            .iter()
            .map(|name| self.path.join(name))
            .filter(|path| !staged.contains(path))
        {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(failed(&path, error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Removes what a run that was killed while writing has left behind; it may stay where it cannot be removed.
    fn sweep(&self) {
        for entry in fs::read_dir(&self.path).into_iter().flatten().flatten() {
            let is_staged = entry.file_name().to_string_lossy().starts_with(STAGED);
            // what another run is still writing is locked
            if is_staged && File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok()) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// Writes one file whole: under a temporary name first, and no other is touched, so that several can be written into a
/// folder at once.
///
/// # Errors
/// When the folder cannot be made, or the file not be written to the end.
pub fn write_file(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), SinkError> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let written = fs::create_dir_all(folder).and_then(|()| write_staged(folder, write));
    let file = written.map_err(|source| failed(path, source))?;
    file.persist(path)
        .map_err(|error| failed(path, error.error))?;
    Ok(())
}

/// How staged files are called: so that no file of anybody else is taken for one left behind.
const STAGED: &str = ".simbet-staged-";

fn write_staged(
    folder: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<NamedTempFile> {
    // between its making and its locking another run must not take it for left behind
    let turn = turn(folder);
    let mut file = staging(folder)?;
    // some file systems know no locks: there a run that ends while another writes takes its files for left behind
    let _ = file.as_file().try_lock();
    drop(turn);
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

fn check_own(path: &Path, known: &[&str]) -> Result<(), SinkError> {
    let is_own = ["run.json", "sweep.journal"]
        .iter()
        .any(|name| path.join(name).exists());
    match known.iter().find(|name| path.join(name).exists()) {
        Some(file) if !is_own => Err(SinkError::Foreign {
            path: path.to_owned(),
            file: (*file).to_owned(),
        }),
        _ => Ok(()),
    }
}

/// Waits until no other run is putting its files into the folder; the turn ends when the lock is dropped. Nobody waits
/// where folders cannot be locked.
fn turn(folder: &Path) -> Option<File> {
    let folder = File::open(folder).ok()?;
    folder.lock().ok()?;
    Some(folder)
}

fn failed(path: &Path, source: io::Error) -> SinkError {
    SinkError::Write {
        path: path.to_owned(),
        source,
    }
}
