//! Why results cannot be written or read.

use std::io;
use std::path::PathBuf;

/// Why results cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResultsError {
    /// A folder has a part of a run already, which another would replace.
    #[error(
        "{} has part {found}: name another folder for part {wanted}, or remove what is there",
        path.display()
    )]
    Occupied {
        /// The folder.
        path: PathBuf,
        /// The part that it has.
        found: String,
        /// The part that was to be put there.
        wanted: String,
    },
    /// The system refused.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// The message of the system.
        source: io::Error,
    },
    /// The folder holds no complete results of a run.
    #[error("{} is not a folder of results: it has no {missing}; write one with --out", path.display())]
    Incomplete {
        /// The folder.
        path: PathBuf,
        /// The file it lacks.
        missing: &'static str,
    },
    /// The files do not belong together.
    #[error("{} contradicts itself: {problem}; its files come from different runs, or were edited", path.display())]
    Contradiction {
        /// The folder.
        path: PathBuf,
        /// The contradiction.
        problem: String,
    },
    /// A file is damaged.
    #[error("{} is damaged: {problem}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The problem, and its place.
        problem: String,
    },
    /// A file or folder cannot be written.
    #[error("cannot write {}; no file was left half written", path.display())]
    Write {
        /// Which one.
        path: PathBuf,
        /// The message of the system.
        source: io::Error,
    },
    /// A folder holds a file that a run would replace and that no run wrote.
    #[error(
        "{} holds {file}, which no run of simbet wrote, so nothing there was replaced: name another folder, or move {file} away",
        path.display()
    )]
    Foreign {
        /// The folder.
        path: PathBuf,
        /// One of its files.
        file: String,
    },
    /// A folder holds a file that somebody changed after the run.
    #[error(
        "{} holds {file}, which was changed or replaced after the run wrote it, so nothing there was replaced: name \
         another folder, or move {file} away",
        path.display()
    )]
    Changed {
        /// The folder.
        path: PathBuf,
        /// One of its files.
        file: String,
    },
    /// A file is of another run than its folder, or was edited.
    #[error(
        "{} is not the file that {} was written with: {problem}; write the results again, to another folder",
        path.display(),
        super::names::RUN
    )]
    Mixed {
        /// The file.
        path: PathBuf,
        /// The difference.
        problem: &'static str,
    },
    /// A `run.json` was edited.
    #[error("{} was changed after the run wrote it: write the results again, to another folder", path.display())]
    Edited {
        /// The file.
        path: PathBuf,
    },
    /// The run that put its files into the folder was stopped in between.
    #[error(
        "{} is incomplete: a run was stopped while it put its files there; repeat its command",
        path.display()
    )]
    CutShort {
        /// The folder.
        path: PathBuf,
    },
    /// Results of a version that did not say which files belong together.
    #[error(
        "{} was written by an older simbet, which noted no digests of its files, so nobody can say whether they belong \
         together: write them again, to another folder",
        path.display()
    )]
    NoDigests {
        /// The folder.
        path: PathBuf,
    },
    /// Other results took the place of those that were read.
    #[error("another run put its results into {} meanwhile: repeat the command", path.display())]
    Replaced {
        /// The folder.
        path: PathBuf,
    },
    /// Another process has a folder, and the wait for it was given up.
    #[error("another run is writing into {}, and this one was stopped while it waited", path.display())]
    GivenUp {
        /// The folder.
        path: PathBuf,
    },
    /// Another process has a folder, and keeps it.
    #[error(
        "another program has kept {} locked for a minute, longer than any run needs to write there: end it and repeat the \
         command, or name another folder",
        path.display()
    )]
    Locked {
        /// The folder.
        path: PathBuf,
    },
    /// Something that is no file has the name of a file of results.
    #[error(
        "{} holds {file}, which is {what} and no file that a run wrote, so nothing there was read or replaced: put the file \
         itself there, name another folder, or move {file} away",
        path.display()
    )]
    NoFile {
        /// The folder.
        path: PathBuf,
        /// What is there.
        file: String,
        /// A link, a folder or another thing.
        what: &'static str,
    },
    /// A journal cannot be opened, or not be read.
    #[error("cannot open {}", path.display())]
    Unopened {
        /// Which one.
        path: PathBuf,
        /// The message of the system.
        source: io::Error,
    },
    /// A file stands where the journal should be.
    #[error(
        "{} exists and is not a journal of this version, so it was not replaced: name another folder, or move it away",
        path.display()
    )]
    NoJournal {
        /// Which one.
        path: PathBuf,
    },
    /// A journal cannot be written on.
    #[error("cannot write {}; it keeps what was finished before, and repeating the command continues from there", path.display())]
    Journal {
        /// Which one.
        path: PathBuf,
        /// The message of the system.
        source: io::Error,
    },
    /// A journal of another form.
    #[error(
        "{} is a journal that another version of simbet wrote, whose figures have other meanings: name another folder, or \
         remove it to run the settings again; a hold-out that was looked at stays used up",
        path.display()
    )]
    OtherJournal {
        /// Which one.
        path: PathBuf,
    },
    /// Results of an earlier form.
    #[error(
        "{} was written by an older simbet ({version}results of form {form}; this one has form {}), whose figures have \
         other names or meanings: {remedy}",
        path.display(),
        super::names::FORM
    )]
    Older {
        /// The folder or file.
        path: PathBuf,
        /// The version that wrote it, where it is known, with a comma.
        version: String,
        /// Its form.
        form: u64,
        /// What to do.
        remedy: &'static str,
    },
    /// Results of a later form.
    #[error(
        "{} was written by a newer simbet ({version}results of form {form}; this one has form {}): update simbet, or {remedy}",
        path.display(),
        super::names::FORM
    )]
    Newer {
        /// The folder or file.
        path: PathBuf,
        /// The version that wrote it, where it is known, with a comma.
        version: String,
        /// Its form.
        form: u64,
        /// What to do.
        remedy: &'static str,
    },
}
