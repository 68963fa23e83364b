//! The bytes of a file: no more than a table of matches can have, and of nothing that may never end.

use std::io::Read;
use std::path::Path;

use super::bounds::MOST_BYTES;
use super::file_kind::FileKind;
use crate::printable::escaped;
use crate::source::error::SourceError;
use crate::source::whole_file::{LoadError, load_with};

/// The bytes by which a file is judged before the rest of it is read.
const HEAD: u64 = 1 << 16;

/// All bytes of a file.
pub(super) fn load_file(path: &Path) -> Result<Vec<u8>, SourceError> {
    let name = path.to_string_lossy().into_owned();
    let own = name.clone();
    load_with(path, MOST_BYTES, move |file, length| {
        read(&own, file, length).map_err(Failed::Judged)
    })
    .map_err(|failed| match failed {
        Failed::Judged(error) => error,
        Failed::Loaded(error) => refused(path, &name, error),
    })
}

/// Why the bytes of a file are not there: of the file, or of what is in it.
enum Failed {
    Loaded(LoadError),
    Judged(SourceError),
}

impl From<LoadError> for Failed {
    fn from(error: LoadError) -> Self {
        Self::Loaded(error)
    }
}

fn refused(path: &Path, name: &str, error: LoadError) -> SourceError {
    let (problem, advice) = match error {
        LoadError::Io(error) => return io_error(path, error),
        LoadError::TooBig { .. } => return too_big(name),
        LoadError::Device => (
            "this is a device or a socket, not a file",
            "check the path, or say - for standard input",
        ),
        LoadError::Silent => (
            "nobody has written to it for 5 seconds",
            "start the program that writes to this pipe first, or give a file",
        ),
    };
    SourceError::NothingToRead {
        input: name.to_owned(),
        problem,
        advice,
    }
}

/// All bytes of a stream.
pub(super) fn load_stream(name: &str, stream: impl Read) -> Result<Vec<u8>, SourceError> {
    read(name, stream, 0)
}

/// Reads to the end. What is no table is told by its first bytes, and not read further.
fn read(name: &str, mut stream: impl Read, length: u64) -> Result<Vec<u8>, SourceError> {
    let failed = |error| io_error(Path::new(name), error);
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
