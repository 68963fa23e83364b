//! The bytes of a file: no more than a table of matches can have, and of nothing that may never end.

use std::fs::{File, FileType};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::bounds::MOST_BYTES;
use super::file_kind::FileKind;
use crate::printable::escaped;
use crate::source::error::SourceError;

/// How long it may take until somebody writes to a pipe, and until a file of the system that says it is empty has been read.
const PATIENCE: Duration = Duration::from_secs(5);

/// The bytes by which a file is judged before the rest of it is read.
const HEAD: u64 = 1 << 16;

/// All bytes of a file.
pub(super) fn load_file(path: &Path) -> Result<Vec<u8>, SourceError> {
    let name = path.to_string_lossy();
    let known = std::fs::metadata(path).map_err(|error| io_error(path, error))?;
    if is_device(known.file_type()) {
        return Err(SourceError::NothingToRead {
            input: name.into_owned(),
            problem: "this is a device or a socket, not a file",
            advice: "check the path, or say - for standard input",
        });
    }
    if known.len() > MOST_BYTES {
        return Err(too_big(&name));
    }
    if known.is_file() && known.len() > 0 {
        return read(&name, open(path)?, known.len());
    }
    // opening a pipe to which nobody writes, or reading what the system makes up, may never end
    let own = path.to_owned();
    let file = in_time(path, move || open(&own))?;
    if known.is_file() {
        let own = name.clone().into_owned();
        return in_time(path, move || read(&own, file, 0));
    }
    read(&name, file, 0)
}

/// All bytes of a stream.
pub(super) fn load_stream(name: &str, stream: impl Read) -> Result<Vec<u8>, SourceError> {
    read(name, stream, 0)
}

fn open(path: &Path) -> Result<File, SourceError> {
    File::open(path).map_err(|error| io_error(path, error))
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
fn in_time<T: Send + 'static>(
    path: &Path,
    work: impl FnOnce() -> Result<T, SourceError> + Send + 'static,
) -> Result<T, SourceError> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(work()));
    receiver
        .recv_timeout(PATIENCE)
        .unwrap_or_else(|_| Err(nobody_writes(path)))
}

fn nobody_writes(path: &Path) -> SourceError {
    SourceError::NothingToRead {
        input: path.to_string_lossy().into_owned(),
        problem: "nobody has written to it for 5 seconds",
        advice: "start the program that writes to this pipe first, or give a file",
    }
}

/// Reads to the end. What is no table is told by its first bytes, and not read further.
fn read(name: &str, mut stream: impl Read, length: u64) -> Result<Vec<u8>, SourceError> {
    let failed = |error| io_error(&PathBuf::from(name), error);
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    let mut head = (&mut stream).take(HEAD);
    head.read_to_end(&mut bytes).map_err(failed)?;
    if let FileKind::Foreign(what, advice) = FileKind::of(&bytes) {
        return Err(SourceError::Foreign {
            file: name.to_owned(),
            what,
            advice,
        });
    }
    let mut rest = stream.take(MOST_BYTES);
    rest.read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(too_big(name));
    }
    Ok(bytes)
}

fn too_big(name: &str) -> SourceError {
    SourceError::TooBig {
        file: name.to_owned(),
        what: format!("it has more than {} GiB", MOST_BYTES >> 30),
        advice: "divide it, for example by seasons",
    }
}

pub(super) fn io_error(path: &Path, source: std::io::Error) -> SourceError {
    SourceError::Io {
        path: escaped(&path.to_string_lossy()).into_owned(),
        source,
    }
}
