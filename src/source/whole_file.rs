//! All bytes of a file: of no more than a bound, and of nothing that may never end.

use std::fs::{File, FileType, Metadata};
use std::io::{self, Read};
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::error::suggestion;
use crate::printable::escaped;

/// How long it may take until somebody writes to a pipe, and until a file of the system that says it is empty has been read.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why a file is not read.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The system refused.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// What has no end.
    #[error("this is a device or a socket, not a file")]
    Device,
    /// A pipe without a writer.
    #[error(
        "nobody has written to it for 5 seconds: start the program that writes to this pipe first, or give a file"
    )]
    Silent,
    /// What has more bytes than are wanted.
    #[error("it has more than {} MiB", most >> 20)]
    TooBig {
        /// The most bytes.
        most: u64,
    },
}

impl From<LoadError> for io::Error {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Io(error) => error,
            LoadError::Device | LoadError::Silent | LoadError::TooBig { .. } => Self::other(error),
        }
    }
}

/// All bytes of a file, a pipe, or a device that has none, as `/dev/null`; an error where there are more than `most`.
///
/// # Errors
/// When it cannot be read, has more, or may never end.
pub fn load(path: &Path, most: u64) -> Result<Vec<u8>, LoadError> {
    let bytes = load_with(path, most, move |file, length| read(file, length, most));
    match bytes {
        Err(LoadError::Device) if is_empty(path) => Ok(Vec::new()),
        bytes => bytes,
    }
}

/// The same, read in another way: from the opened file, given the length that it should have.
///
/// # Errors
/// When it cannot be opened, is too long, or may never end; those of `read`.
pub(super) fn load_with<T, E>(
    path: &Path,
    most: u64,
    read: impl FnOnce(File, u64) -> Result<T, E> + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<LoadError> + Send + 'static,
{
    let (file, known) = open(path, most)?;
    if known.is_file() && known.len() == 0 {
        // what the system makes up may never end
        return in_time(move || read(file, 0));
    }
    let length = if known.is_file() { known.len() } else { 0 };
    read(file, length)
}

/// The error about a file, with the name that may be meant where there is none of this one.
fn named(path: &Path, error: io::Error) -> io::Error {
    if error.kind() != io::ErrorKind::NotFound {
        return error;
    }
    let meant = path.file_name().map_or_else(String::new, |name| {
        suggestion(
            &name.to_string_lossy(),
            beside(path).iter().map(String::as_str),
        )
    });
    io::Error::new(error.kind(), format!("no such file{}", escaped(&meant)))
}

/// The names of the files of a folder, sorted, so that equally alike ones do not change places.
fn beside(path: &Path) -> Vec<String> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    };
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let files = entries.filter(|entry| entry.path().is_file());
    let mut names: Vec<String> = files
        .take(MOST_NAMES)
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort_unstable();
    names
}

/// The most names that are looked at for one that may be meant: a folder may have millions.
const MOST_NAMES: usize = 10_000;

fn open(path: &Path, most: u64) -> Result<(File, Metadata), LoadError> {
    let known = std::fs::metadata(path).map_err(|error| named(path, error))?;
    if is_device(known.file_type()) {
        return Err(LoadError::Device);
    }
    if known.is_file() && known.len() > most {
        return Err(LoadError::TooBig { most });
    }
    if known.is_file() {
        return Ok((File::open(path)?, known));
    }
    // opening a pipe to which nobody writes may never end
    let own = path.to_owned();
    let file = in_time(move || File::open(own).map_err(LoadError::Io))?;
    Ok((file, known))
}

fn read(file: File, length: u64, most: u64) -> Result<Vec<u8>, LoadError> {
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    file.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(LoadError::TooBig { most });
    }
    Ok(bytes)
}

/// Whether a device is at its end at once.
fn is_empty(device: &Path) -> bool {
    let own = device.to_owned();
    let first = move || Ok::<_, LoadError>(File::open(own)?.read(&mut [0])?);
    in_time(first).is_ok_and(|read| read == 0)
}

#[cfg(unix)]
fn is_device(kind: FileType) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    kind.is_char_device() || kind.is_block_device() || kind.is_socket()
}

#[cfg(not(unix))]
const fn is_device(_: FileType) -> bool {
    false
}

/// What is done on a thread of its own, which is left alone where it does not end.
fn in_time<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<LoadError> + Send + 'static,
{
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(work()));
    receiver
        .recv_timeout(PATIENCE)
        .unwrap_or_else(|_| Err(LoadError::Silent.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_as_many_bytes_as_it_may() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        for (text, most, is_read) in [("", 0, true), ("ab", 2, true), ("abc", 2, false)] {
            std::fs::write(&path, text).unwrap();
            let bytes = load(&path, most);
            assert_eq!(bytes.ok(), is_read.then(|| text.as_bytes().to_vec()));
        }
        assert!(matches!(load(folder.path(), 9), Err(LoadError::Io(_))));
        assert!(matches!(
            load(&folder.path().join("none"), 9),
            Err(LoadError::Io(_))
        ));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_device_is_read_where_it_is_empty() {
        assert_eq!(load(Path::new("/dev/null"), 9).unwrap(), Vec::<u8>::new());
        assert!(matches!(
            load(Path::new("/dev/zero"), 9),
            Err(LoadError::Device)
        ));
    }
}
