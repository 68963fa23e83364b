//! The file that an option names: where it lies, and what it may replace.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};

use memchr::memmem;

use super::{Console, signals, usage};
use crate::results::{self, ResultsError};
use crate::schema;
use crate::simulate::EmittedMatches;
use crate::source::PlainForm;
use crate::source::synthetic::Pyramid;

/// A file that an option names. What is there already is replaced by its own kind only: a slip of the pen could cost a
/// file of matches, or results.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    pub option: &'static str,
    pub path: &'a Path,
    pub kind: Kind,
}

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The page that lies in its folder of results: one that was edited since is not replaced.
    PageOfFolder,
    Page,
    Svg,
    Png,
    JUnit,
    Baseline,
    PlainCsv,
    PlainParquet,
    FeaturesCsv,
    FeaturesParquet,
    /// The matches of a simulation.
    Emitted,
    /// The matches of a demo: a file that was edited since is not replaced.
    Demo {
        seed: u64,
    },
    /// A page of the manual.
    ManPage,
}

impl Target<'_> {
    /// Finds what cannot be written before any work is done.
    pub fn check(&self) -> anyhow::Result<()> {
        place(self.option, self.path)?;
        if !self.path.exists() || self.kind.may_replace(self.path) {
            return Ok(());
        }
        let path = self.path.display();
        Err(usage(match self.kind {
            Kind::PageOfFolder => format!(
                "{path} is not a page of report, or was edited, so it was not replaced: name another with --output"
            ),
            Kind::Demo { seed } => format!(
                "{path} is not what demo writes with --seed {seed}, or was edited, so it was not replaced: name another file, or \
                 remove it"
            ),
            _ => format!(
                "{} would replace {path}, which is another kind of file: choose another name",
                self.option
            ),
        }))
    }

    /// Writes the file whole, and the folder it lies in where that is not there.
    pub fn write(
        &self,
        console: Console,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> anyhow::Result<()> {
        self.write_if(console, write, || Ok(()))
    }

    /// Writes the file if, at the end, it may get its name.
    pub fn write_if(
        &self,
        console: Console,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
        may_be_named: impl FnOnce() -> Result<(), ResultsError>,
    ) -> anyhow::Result<()> {
        // another file may have come there while the run was at work
        self.check()?;
        let wait = signals::waiting(console);
        Ok(results::write_file(
            &place(self.option, self.path)?,
            &wait,
            write,
            may_be_named,
        )?)
    }
}

/// The path with symbolic links followed; nothing but a file is replaced.
pub fn place(option: &str, path: &Path) -> anyhow::Result<PathBuf> {
    let refused = |problem: String| usage(format!("{option} must name a file{problem}"));
    let shown = path.display();
    if path.as_os_str() == "-" {
        return Err(refused(": it does not write to stdout".to_owned()));
    }
    match path.metadata() {
        Ok(found) if !found.is_file() => Err(refused(format!(", but {shown} is not one"))),
        Err(_) if path.is_symlink() => {
            let problem = format!(", but {shown} is a link to what is not there");
            Err(refused(problem))
        }
        Ok(_) | Err(_) => {
            let place = path.canonicalize().unwrap_or_else(|_| path.to_owned());
            match place.file_name().and_then(|name| name.to_str()) {
                Some(_) => Ok(place),
                None => Err(refused(format!(", not {path:?}"))),
            }
        }
    }
}

impl Kind {
    /// Whether a file is of this kind; an empty one has nothing to lose.
    fn may_replace(self, path: &Path) -> bool {
        let read = |place, most| part(path, place, most).unwrap_or_else(|_| b"?".to_vec());
        let bytes = read(SeekFrom::Start(0), BEGINNING);
        let text = String::from_utf8_lossy(&bytes);
        let is_xml = |element: &str| text.starts_with("<?xml") && text.contains(element);
        bytes.is_empty()
            || match self {
                Self::PageOfFolder => results::is_sealed_page(path),
                Self::Page => text.starts_with("<!DOCTYPE html>") && text.contains(GENERATOR),
                Self::Svg => is_xml("<svg "),
                Self::Png => bytes.starts_with(b"\x89PNG\r\n\x1a\n"),
                Self::JUnit => is_xml("<testsuites "),
                // one with the marks of a merge gone wrong is a baseline still
                Self::Baseline => begins_as_baseline(&text),
                Self::PlainCsv => PlainForm::has_written(&text),
                Self::FeaturesCsv => schema::is_feature_table(&text),
                Self::PlainParquet | Self::FeaturesParquet => {
                    let end = i64::try_from(END).map(|end| read(SeekFrom::End(-end), END));
                    let columns = end.unwrap_or_default();
                    let has = |column: &&str| memmem::find(&columns, column.as_bytes()).is_some();
                    let fields = if self == Self::PlainParquet {
                        &PlainForm::FIELDS[..]
                    } else {
                        &schema::FEATURE_KEYS[..]
                    };
                    bytes.starts_with(b"PAR1") && fields.iter().all(has)
                }
                Self::Emitted => EmittedMatches::has_written(&text),
                Self::Demo { seed } => {
                    let whole = read(SeekFrom::Start(0), LONGEST_DEMO);
                    [seed, USUAL_SEED]
                        .into_iter()
                        .any(|seed| Pyramid::has_written(&whole, seed).unwrap_or(false))
                }
                Self::ManPage => text.starts_with(".ie \\n(.g ") && text.contains("\n.TH simbet"),
            }
    }
}

/// How much of the beginning of a file says what it is, and of the end of a Parquet file, where its columns are named.
const BEGINNING: u64 = 4096;
const END: u64 = 1 << 16;

/// More than the most seasons of a demo take, which is 3.4 MB.
const LONGEST_DEMO: u64 = 1 << 24;

/// The seed of a demo where none is given.
pub const USUAL_SEED: u64 = 1;

/// What the page has in its head.
const GENERATOR: &str = "<meta name=\"generator\" content=\"simbet\">";

/// Whether a text is an object whose first member is `"baseline": 2`.
fn begins_as_baseline(text: &str) -> bool {
    let first = text.find('"').map(|start| &text[start..]);
    let form = first.and_then(|first| first.strip_prefix("\"baseline\""));
    let form = form.and_then(|rest| rest.trim_start().strip_prefix(':'));
    let is_number = |form: &str| form.trim_start().starts_with(|c: char| c.is_ascii_digit());
    text.starts_with('{') && form.is_some_and(is_number)
}

/// A part of a file; all of it where it is shorter.
fn part(path: &Path, place: SeekFrom, most: u64) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    file.seek(place).or_else(|_| file.rewind().map(|()| 0))?;
    let mut found = Vec::new();
    file.take(most).read_to_end(&mut found)?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [(Kind, &str); 9] = [
        (
            Kind::Page,
            "<!DOCTYPE html><html><head><meta name=\"generator\" content=\"simbet\">",
        ),
        (Kind::Svg, "<?xml version=\"1.0\"?>\n<svg width=\"1\">"),
        (
            Kind::JUnit,
            "<?xml version=\"1.0\"?>\n<testsuites name=\"simbet compare\">",
        ),
        (Kind::Baseline, "{\n  \"baseline\": 2,\n"),
        (
            Kind::PlainCsv,
            "match_id,league,season,date,time,home_team,away_team,home_goals,away_goals,book,odds_home\n",
        ),
        (
            Kind::Emitted,
            "Div,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,FTR,B365H\nE0,12/08/2000,15:00,A,B\n",
        ),
        (
            Kind::PlainParquet,
            "PAR1 match_id league season date time home_team away_team home_goals away_goals book PAR1",
        ),
        (Kind::PageOfFolder, ""),
        (Kind::Demo { seed: 7 }, ""),
    ];

    #[test]
    fn a_kind_replaces_its_own_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        for (kind, text) in ALL {
            std::fs::write(&path, text).unwrap();
            for (other, _) in ALL {
                let own = kind == other || text.is_empty();
                assert_eq!(other.may_replace(&path), own, "{other:?} over {kind:?}");
            }
        }
    }

    #[test]
    fn what_only_resembles_a_kind_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        for text in [
            "<?xml version=\"1.0\"?>\n<project><artifactId>mine</artifactId></project>",
            "<!DOCTYPE html><html><head><title>mine</title>",
            "{ \"note\": \"my \\\"baseline\\\"\" }",
            "{\n  \"baseline\": \"mine\",\n",
            "{ \"settings\": { \"baseline\": 2 } }",
            "match_id,mine\n",
            "PAR1 mine PAR1",
            "Div,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,AvgH\nSIM1,08/08/2020,15:00,A,B,1,0,2.5\n",
            "years of work",
        ] {
            std::fs::write(&path, text).unwrap();
            for (kind, _) in ALL {
                assert!(!kind.may_replace(&path), "{kind:?} over {text}");
            }
        }
    }
}
