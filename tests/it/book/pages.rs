//! The pages: the README, and those of the book.

use std::fs;
use std::path::{Path, PathBuf};

use super::shell::Block;

/// The folder of the book's pages.
pub const BOOK: &str = "docs/src";

/// A page, by its path from the root of the project.
pub struct Page {
    pub path: String,
    pub text: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The page at this path from the root of the project.
pub fn page(path: &str) -> Page {
    let text =
        fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    let path = path.to_owned();
    Page { path, text }
}

/// The README, and all pages of the book.
pub fn pages() -> Vec<Page> {
    let mut files = Vec::new();
    gather(&root().join(BOOK), &mut files);
    files.sort();
    let names = files.iter().map(|file| {
        let name = file.strip_prefix(root()).unwrap();
        name.to_str().unwrap().replace('\\', "/")
    });
    ["README.md".to_owned()]
        .into_iter()
        .chain(names)
        .map(|path| page(&path))
        .collect()
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            files.push(path);
        }
    }
}

/// The reference of the book and what it refers to, in one text.
pub fn book() -> String {
    let pages = pages().into_iter().filter(|page| page.path != "README.md");
    pages.map(|page| page.text).collect()
}

impl Page {
    pub fn write(&self) {
        fs::write(root().join(&self.path), &self.text).unwrap();
    }

    /// The commands whose output stands below them, with that output.
    pub fn shown(&self) -> Vec<(String, String)> {
        self.below("<!-- output of: ")
    }

    /// The commands of whose output a part stands below them, with that part.
    pub fn shown_in_part(&self) -> Vec<(String, String)> {
        self.below("<!-- part of: ")
    }

    fn below(&self, mark: &str) -> Vec<(String, String)> {
        let parts = self.text.split(mark).skip(1);
        parts
            .map(|part| {
                let (command, rest) = part
                    .split_once(" -->\n```text\n")
                    .unwrap_or_else(|| panic!("{}: no output follows {part:.60}", self.path));
                (
                    command.to_owned(),
                    rest.split_once("```").unwrap().0.to_owned(),
                )
            })
            .collect()
    }

    /// What is to be typed into a shell, in its order.
    pub fn blocks(&self) -> Vec<Block> {
        let mut blocks: Vec<Block> = Vec::new();
        let (mut before, mut is_open) = ("", false);
        for (number, line) in self.text.lines().enumerate() {
            if is_open && line == "```" {
                is_open = false;
            } else if is_open {
                blocks.last_mut().unwrap().push(line);
            } else if line == "```sh" {
                is_open = true;
                blocks.push(Block::new(&self.path, number + 2, before));
            }
            if !line.is_empty() {
                before = line;
            }
        }
        blocks
    }

    /// The pieces of code within the text.
    #[cfg(all(
        feature = "parquet",
        feature = "png",
        feature = "redis",
        feature = "serve"
    ))]
    pub fn inline_code(&self) -> Vec<String> {
        let mut is_open = false;
        let text = self.text.lines().filter(|line| {
            let is_fence = line.starts_with("```");
            is_open ^= is_fence;
            !is_open && !is_fence
        });
        let text = text.collect::<Vec<_>>().join("\n");
        let pieces = text.split('`').skip(1).step_by(2);
        pieces.map(|piece| piece.replace('\n', " ")).collect()
    }
}
