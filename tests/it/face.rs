//! The public face: what `src/lib.rs` re-exports, and nothing else, is what a program that uses simbet sees.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The most types and traits on the page.
const MOST_TYPES: usize = 96;

fn source(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(path)
}

fn lib() -> String {
    fs::read_to_string(source("lib.rs")).unwrap()
}

/// Every name that the page re-exports, with the room that it comes from.
fn exports(lib: &str) -> Vec<(String, String)> {
    let mut exports = Vec::new();
    for line in lib.split("\npub use ").skip(1) {
        let item = line.split(';').next().unwrap();
        let (path, names) = match item.split_once('{') {
            Some((path, list)) => (path, list.trim_end_matches('}')),
            None => item.rsplit_once("::").unwrap(),
        };
        let room = path.split("::").next().unwrap();
        let names = names
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty());
        exports.extend(names.map(|name| (room.to_owned(), name.to_owned())));
    }
    exports
}

fn is_type(name: &str) -> bool {
    name.starts_with(char::is_uppercase)
}

/// The text of every file of a room.
fn texts_of(room: &str) -> Vec<String> {
    let (folder, file) = (source(room), source(&format!("{room}.rs")));
    let mut files = Vec::new();
    if file.exists() {
        files.push(file);
    }
    if folder.exists() {
        crate::walls::collect(&folder, &mut files);
    }
    files
        .iter()
        .map(|file| fs::read_to_string(file).unwrap())
        .collect()
}

/// Whether a text defines this item with an example that asserts something: in its own documentation, or in that of one of
/// its functions.
fn has_example(text: &str, name: &str) -> bool {
    let lines: Vec<&str> = text.lines().collect();
    let defines = |line: &str| {
        ["struct", "enum", "trait", "fn", "const fn"]
            .iter()
            .any(|kind| {
                let rest = line.strip_prefix(&format!("pub {kind} {name}"));
                rest.is_some_and(|rest| {
                    !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_')
                })
            })
    };
    let Some(at) = lines.iter().position(|line| defines(line)) else {
        return false;
    };
    let documentation = lines[..at].iter().rev().take_while(|line| !line.is_empty());
    let inside = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| **line == format!("impl {name} {{"))
        .flat_map(|(start, _)| lines[start..].iter().take_while(|line| **line != "}"));
    let documented: Vec<&str> = documentation
        .chain(inside)
        .map(|line| line.trim_start())
        .filter(|line| line.starts_with("///"))
        .collect();
    documented.contains(&"/// ```") && documented.iter().any(|line| line.contains("assert"))
}

#[test]
fn every_public_item_has_an_example() {
    let mut rooms: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut without = Vec::new();
    for (room, name) in exports(&lib()) {
        let texts = rooms.entry(room.clone()).or_insert_with(|| texts_of(&room));
        if !texts.iter().any(|text| has_example(text, &name)) {
            without.push(format!("{room}: {name}"));
        }
    }
    assert!(without.is_empty(), "without an example: {without:#?}");
}

#[test]
fn the_public_face_fits_on_one_page() {
    let exports = exports(&lib());
    let types = exports.iter().filter(|(_, name)| is_type(name)).count();
    assert!(
        exports.iter().any(|(_, name)| name == "Money"),
        "{exports:?}"
    );
    assert!(types <= MOST_TYPES, "{types} types, at most {MOST_TYPES}");
}

#[test]
fn no_module_is_public_but_the_hidden_one() {
    let lib = lib();
    let public: Vec<&str> = lib
        .lines()
        .filter(|line| line.starts_with("pub mod "))
        .collect();
    assert_eq!(public, ["pub mod internals;"]);
    assert!(lib.contains("#[doc(hidden)]\npub mod internals;"));
}

#[test]
fn examples_use_the_public_face_only() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut files = Vec::new();
    crate::walls::collect(&folder, &mut files);
    assert!(!files.is_empty());
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        assert!(!text.contains("internals"), "{}", file.display());
    }
}

#[test]
fn an_item_without_an_example_is_found() {
    let text = "/// A thing.\n///\n/// ```\n/// assert!(true);\n/// ```\npub struct Thing;\n\n/// Another.\npub struct Thingy;\n";
    assert!(has_example(text, "Thing"));
    assert!(!has_example(text, "Thingy"));
}
