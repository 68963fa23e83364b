//! Keeps what is written apart from what is read.

use std::path::{Path, PathBuf};

use super::usage;
use crate::source;

/// Checks that a folder of results is not one of the folders that are read, or of a file that is read: results would
/// replace or mix with matches.
pub fn ensure_folder(out: Option<&Path>, inputs: &[String]) -> anyhow::Result<()> {
    let Some(out) = out else {
        return Ok(());
    };
    let Some(place) = whole(out) else {
        return Ok(());
    };
    let folders = inputs.iter().filter(|input| Path::new(input).is_dir());
    let folders = folders.filter_map(|folder| whole(Path::new(folder)));
    let files = files(inputs);
    let parents = files.iter().filter_map(|file| file.parent());
    let is_read = folders
        .chain(parents.map(Path::to_owned))
        .any(|folder| folder == place);
    if is_read {
        return Err(usage(format!(
            "--out {} is a folder of the matches or probabilities that are read, and results would mix with them or replace them: name \
             another folder",
            out.display()
        )));
    }
    Ok(())
}

/// Checks that a file that is written is none that is read, nor would be the next time that a folder is.
pub fn ensure_file(option: &str, path: Option<&Path>, inputs: &[String]) -> anyhow::Result<()> {
    let Some(path) = path else {
        return Ok(());
    };
    let Some(place) = whole(path) else {
        return Ok(());
    };
    if files(inputs)
        .iter()
        .any(|input| *input == place || is_same(input, &place))
    {
        return Err(usage(format!(
            "{option} {path:?} is also an input, and writing it would delete what it has: name another file"
        )));
    }
    let mut folders = inputs.iter().filter(|input| Path::new(input).is_dir());
    let is_within =
        |folder: &String| whole(Path::new(folder)).is_some_and(|folder| place.starts_with(folder));
    match folders.find(|folder| is_within(folder)) {
        Some(folder) if source::is_match_file(path) => Err(usage(format!(
            "{option} {path:?} is in {folder}, which is read, and would be read as matches the next time: name a file elsewhere"
        ))),
        Some(_) | None => Ok(()),
    }
}

/// Whether two paths are hard links to one file.
#[cfg(unix)]
fn is_same(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let file = |path: &Path| path.metadata().map(|data| (data.dev(), data.ino())).ok();
    file(one).is_some_and(|one| file(other) == Some(one))
}

#[cfg(not(unix))]
fn is_same(_: &Path, _: &Path) -> bool {
    false
}

/// The files of inputs that are there, links followed.
fn files(inputs: &[String]) -> Vec<PathBuf> {
    let paths = source::files_of(inputs);
    let paths = paths.iter().filter_map(|path| path.canonicalize().ok());
    paths.collect()
}

/// The whole path, links followed, of what may not be there yet: then that of the nearest folder above it that is.
fn whole(path: &Path) -> Option<PathBuf> {
    if let Ok(whole) = path.canonicalize() {
        return Some(whole);
    }
    let name = path.file_name()?;
    let parent = path.parent()?;
    let parent = if parent.as_os_str().is_empty() {
        Path::new(".")
    } else {
        parent
    };
    Some(whole(parent)?.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_there_yet_has_a_whole_path() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let path = folder.path().join("a/b");
        assert_eq!(whole(&path), Some(root.join("a/b")));
        std::fs::create_dir(root.join("a")).unwrap();
        assert_eq!(
            whole(&folder.path().join("a/../a/b")),
            Some(root.join("a/b"))
        );
    }
}
