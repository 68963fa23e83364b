//! The command line of a program: split as a shell would split it, and run without one.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use sha2::{Digest as _, Sha256};

use crate::printable::excerpt;

/// A command line, as its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandLine {
    program: String,
    arguments: Vec<String>,
}

/// Why a command line cannot be run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CommandError {
    /// It has no word.
    #[error(
        "--model exec needs a command after the colon, such as --model \"exec:python my_model.py\""
    )]
    Empty,
    /// A quotation mark is not closed.
    #[error("--model exec: a quotation mark of {0:?} is not closed")]
    Quotation(String),
    /// There is no such program.
    #[error("--model exec: there is no program {0:?} in any folder of PATH{1}")]
    NotInPath(String, String),
    /// There is no such file.
    #[error(
        "--model exec: there is no file {0:?}; paths are read from the folder that simbet was started in"
    )]
    NoFile(String),
    /// The file is no program.
    #[error(
        "--model exec: the file {0:?} cannot be executed: name its interpreter, as in \"exec:python {0}\", or make it \
         executable with chmod +x"
    )]
    NotExecutable(String),
    /// A file among its words cannot be read.
    #[error("--model exec: cannot read {path:?}: {problem}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why not.
        problem: std::io::Error,
    },
}

impl CommandLine {
    /// Splits a text into words; quotation marks and backslashes work as in a shell, and nothing else does.
    ///
    /// # Errors
    /// When it has no word, or a quotation mark is not closed.
    pub fn parse(text: &str) -> Result<Self, CommandError> {
        let words = shlex::split(text).ok_or_else(|| CommandError::Quotation(excerpt(text)))?;
        let mut words = words.into_iter();
        let program = words.next().filter(|word| !word.is_empty());
        Ok(Self {
            program: program.ok_or(CommandError::Empty)?,
            arguments: words.collect(),
        })
    }

    /// The command, to be started.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments);
        command
    }

    /// Checks that there is such a program, before anything is read or made for it.
    ///
    /// # Errors
    /// When there is none, or it cannot be executed.
    pub fn ensure_there(&self) -> Result<(), CommandError> {
        let name = excerpt(&self.program);
        if is_path(&self.program) {
            return match fs::metadata(&self.program) {
                Err(_) => Err(CommandError::NoFile(name)),
                Ok(file) if !is_executable(&file) => Err(CommandError::NotExecutable(name)),
                Ok(_) => Ok(()),
            };
        }
        let path = env::var_os("PATH").unwrap_or_default();
        let is_found = env::split_paths(&path).any(|folder| is_program(&folder, &self.program));
        if is_found {
            return Ok(());
        }
        let hint = if Path::new(&self.program).is_file() {
            format!(
                "; for the file here write ./{name}, or name its interpreter, as in \"exec:python {name}\""
            )
        } else {
            String::new()
        };
        Err(CommandError::NotInPath(name, hint))
    }

    /// The SHA-256 of each of its words that is a file, in hexadecimal: with another script it is another model.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn digests(&self) -> Result<Vec<String>, CommandError> {
        self.words()
            .filter(|word| Path::new(word).is_file())
            .map(|word| {
                digest(Path::new(word)).map_err(|problem| CommandError::Unreadable {
                    path: excerpt(word),
                    problem,
                })
            })
            .collect()
    }

    /// Its words; the name of a program that is looked up is no path of a file.
    fn words(&self) -> impl Iterator<Item = &str> {
        let program = Some(self.program.as_str()).filter(|program| is_path(program));
        program
            .into_iter()
            .chain(self.arguments.iter().map(String::as_str))
    }
}

fn digest(path: &Path) -> std::io::Result<String> {
    let mut digest = Sha256::new();
    std::io::copy(&mut fs::File::open(path)?, &mut Digesting(&mut digest))?;
    Ok(hex::encode(digest.finalize()))
}

/// A digest as something to write to.
struct Digesting<'a>(&'a mut Sha256);

impl std::io::Write for Digesting<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Whether the name of a program is a path, and not looked up.
fn is_path(program: &str) -> bool {
    program.contains(std::path::is_separator)
}

#[cfg(unix)]
fn is_program(folder: &Path, name: &str) -> bool {
    fs::metadata(folder.join(name)).is_ok_and(|file| is_executable(&file))
}

#[cfg(not(unix))]
fn is_program(folder: &Path, name: &str) -> bool {
    let named = |ending: &str| folder.join(format!("{name}{ending}"));
    ["", ".exe", ".bat", ".cmd"]
        .iter()
        .any(|ending| named(ending).is_file())
}

#[cfg(unix)]
fn is_executable(file: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.is_file() && file.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn is_executable(file: &fs::Metadata) -> bool {
    file.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let line = CommandLine::parse(text).unwrap();
        [vec![line.program], line.arguments].concat()
    }

    #[test]
    fn words_are_those_of_a_shell() {
        assert_eq!(words("python my_model.py"), ["python", "my_model.py"]);
        assert_eq!(
            words(r#"  python  "my model.py" --k='20 30' a\ b ''"#),
            ["python", "my model.py", "--k=20 30", "a b", ""]
        );
        // no shell reads it
        assert_eq!(words("cat $HOME; ls|wc"), ["cat", "$HOME;", "ls|wc"]);
    }

    #[test]
    fn a_command_without_a_program_is_none() {
        for text in ["", "   ", "''", "\"\" x"] {
            let error = CommandLine::parse(text).unwrap_err();
            assert!(matches!(error, CommandError::Empty), "{text:?}");
        }
        let error = CommandLine::parse("python 'my model.py").unwrap_err();
        assert_eq!(
            error.to_string(),
            r#"--model exec: a quotation mark of "python 'my model.py" is not closed"#
        );
    }

    #[test]
    fn a_program_that_is_not_there_is_found_missing() {
        let missing = |text: &str| {
            let line = CommandLine::parse(text).unwrap();
            line.ensure_there().unwrap_err().to_string()
        };
        assert_eq!(
            missing("no-such-program x"),
            r#"--model exec: there is no program "no-such-program" in any folder of PATH"#
        );
        assert!(missing("./no-such-file").contains("there is no file \"./no-such-file\""));
        assert!(missing("Cargo.toml").ends_with(
            r#"; for the file here write ./Cargo.toml, or name its interpreter, as in "exec:python Cargo.toml""#
        ));
        #[cfg(unix)]
        assert!(missing("./Cargo.toml").contains("cannot be executed"));
    }

    #[test]
    fn words_that_are_files_are_digested() {
        let digests = |text: &str| CommandLine::parse(text).unwrap().digests().unwrap();
        assert_eq!(digests("cat no-such-file").len(), 0);
        let file = digests("cat Cargo.toml -x Cargo.lock");
        assert_eq!(file.len(), 2);
        assert_eq!(
            file[0],
            hex::encode(Sha256::digest(fs::read("Cargo.toml").unwrap()))
        );
    }
}
