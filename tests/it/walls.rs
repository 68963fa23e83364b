//! The walls of the house: a module imports only from lower levels, and the lower levels neither print, nor
//! read a clock, nor draw random numbers, nor touch files outside `source` and `sink`.

mod circles;
mod code;
mod house;

use std::fs;
use std::path::{Path, PathBuf};

use house::House;

/// The rooms from the lowest to the highest, as CONTRIBUTING.md lists them.
const ROOMS: &[&str] = &[
    "domain",
    "calendar",
    "rounding",
    "printable",
    "look_alike",
    "checkpoint",
    "match_index",
    "predict",
    "strategy",
    "ledger",
    "significance",
    "metrics",
    "schema",
    "redis",
    "engine",
    "source",
    "sink",
    "results",
    "error",
    "run",
    "config",
    "program",
    "report",
    "backtest",
    "assess",
    "simulate",
    "season",
    "model_comparison",
    "sweep",
    "tune",
    "trade",
    "serve",
    "cli",
];

/// The most lines of code that a file may have, and a function.
const MOST_LINES: usize = 450;
const MOST_LINES_OF_A_FUNCTION: usize = 80;

/// Names of modules that say nothing of what is in them.
const EMPTY_NAMES: &[&str] = &[
    "util", "utils", "common", "types", "helpers", "prelude", "misc",
];

fn level(room: &str) -> usize {
    let place = ROOMS.iter().position(|known| *known == room);
    place.unwrap_or_else(|| {
        panic!("src/{room} is not in the list of rooms: give it its place there")
    })
}

/// Every source file below the crate's root, with the module of the root it belongs to.
fn sources() -> Vec<(String, PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    let module = |path: &Path| {
        let first = path
            .strip_prefix(&root)
            .unwrap()
            .components()
            .next()
            .unwrap();
        first
            .as_os_str()
            .to_str()
            .unwrap()
            .trim_end_matches(".rs")
            .to_owned()
    };
    files
        .into_iter()
        .map(|path| (module(&path), path))
        .filter(|(name, _)| !["main", "lib", "internals"].contains(&name.as_str()))
        .collect()
}

/// Adds every Rust file in a folder and its subfolders.
pub fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The code of a file: without comments, and up to its unit tests.
fn code(path: &Path) -> String {
    code::of(&fs::read_to_string(path).unwrap())
}

/// A file's path below `src`.
fn name(path: &Path) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    path.strip_prefix(&root)
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned()
}

/// The root modules a file names as `crate::module`, `use crate::{a, b}` included.
fn imports(code: &str) -> Vec<String> {
    let mut modules = Vec::new();
    for part in code.split("crate::").skip(1) {
        match part.strip_prefix('{') {
            Some(list) => modules.extend(first_names(list)),
            None => modules.extend(
                part.split(|c: char| !c.is_alphanumeric() && c != '_')
                    .next()
                    .map(str::to_owned),
            ),
        }
    }
    modules
}

/// The first names of a braced list of imports.
fn first_names(list: &str) -> Vec<String> {
    let (mut names, mut name, mut depth) = (Vec::new(), String::new(), 0);
    for c in list.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(std::mem::take(&mut name)),
            _ if depth == 0 => name.push(c),
            _ => {}
        }
    }
    names.push(name);
    let first = |name: &String| name.trim().split("::").next().unwrap().trim().to_owned();
    names
        .iter()
        .map(first)
        .filter(|name| !name.is_empty())
        .collect()
}

#[test]
fn a_module_imports_only_from_lower_levels() {
    let mut faults = Vec::new();
    for (module, path) in sources() {
        for import in imports(&code(&path)) {
            if import != module && level(&import) >= level(&module) {
                faults.push(format!(
                    "{} (level {}) imports {import}",
                    path.display(),
                    level(&module)
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What is found by name, where the test above looks for `crate::` alone: through `super`, and by functions that a room
/// adds to a type of another.
#[test]
fn a_file_needs_only_files_of_its_own_and_of_lower_rooms() {
    let files = texts();
    let house = House::of(
        files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str())),
    );
    let room = |path: &str| {
        path.split('/')
            .next()
            .unwrap()
            .trim_end_matches(".rs")
            .to_owned()
    };
    let mut faults = Vec::new();
    for (file, needed) in house.needs() {
        for other in needed {
            let (from, to) = (room(file), room(other));
            if from != "lib" && from != to && level(&to) >= level(&from) {
                faults.push(format!("{file} needs {other}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn no_files_need_each_other() {
    let files = texts();
    let house = House::of(
        files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str())),
    );
    let needs = house.needs();
    let explained: Vec<String> = house
        .circles()
        .iter()
        .flat_map(|circle| {
            circle.iter().map(|file| {
                let ties: Vec<_> = needs[file].intersection(circle).copied().collect();
                format!("{file} needs {}", ties.join(", "))
            })
        })
        .collect();
    assert!(explained.is_empty(), "circles:\n{}", explained.join("\n"));
}

/// Every file of the library, by its path below `src`, with its text.
fn texts() -> Vec<(String, String)> {
    let mut files = Vec::new();
    collect(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut files,
    );
    files.retain(|path| !path.ends_with("main.rs"));
    files
        .iter()
        .map(|path| (name(path), fs::read_to_string(path).unwrap()))
        .collect()
}

#[test]
fn no_file_and_no_function_is_too_long() {
    let mut faults = Vec::new();
    for (path, text) in texts() {
        let code = code::of(&text);
        let lines = code::lines(&code);
        if lines > MOST_LINES {
            faults.push(format!("{path} has {lines} lines of code"));
        }
        for (function, lines) in code::functions(&code) {
            if lines > MOST_LINES_OF_A_FUNCTION {
                faults.push(format!("{path}: {function} has {lines} lines"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_module_says_what_is_in_it() {
    for (path, text) in texts() {
        let in_path = path
            .split(['/', '.'])
            .find(|part| EMPTY_NAMES.contains(part));
        assert_eq!(in_path, None, "{path}");
        let code = code::of(&text);
        let tokens = code::tokens(&code);
        let inline = tokens
            .windows(2)
            .find(|pair| pair[0] == "mod" && EMPTY_NAMES.contains(&pair[1]));
        assert_eq!(inline, None, "{path}");
    }
}

#[test]
fn imports_are_found_in_every_form() {
    let code = "use crate::domain::Money; use crate::{ledger::Ledger, schema::{self, Cell}, run}; crate::engine::Engine";
    assert_eq!(
        imports(code),
        ["domain", "ledger", "schema", "run", "engine"]
    );
}

#[test]
fn the_lower_levels_neither_print_nor_read_a_clock_nor_draw_random_numbers() {
    let banned = [
        "println!",
        "eprintln!",
        "print!(",
        "dbg!",
        "Instant::now",
        "SystemTime",
        "rand::rng",
        "thread_rng",
        "tracing::",
    ];
    let files = ["std::fs", "File::", "std::net", "TcpStream"];
    let mut faults = Vec::new();
    for (module, path) in sources()
        .iter()
        .filter(|(module, _)| level(module) <= level("results"))
    {
        let code = code(path);
        let sealed = !["source", "sink", "redis", "results"].contains(&module.as_str());
        for word in banned.iter().chain(files.iter().filter(|_| sealed)) {
            if code.contains(word) {
                faults.push(format!("{} contains {word}", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_nouns_need_only_std_and_serde() {
    for (_, path) in sources().iter().filter(|(module, _)| module == "domain") {
        for line in code(path)
            .lines()
            .filter_map(|line| line.trim().strip_prefix("use "))
        {
            let root = line.split([':', ';', ' ']).next().unwrap();
            assert!(
                ["std", "serde", "super", "crate"].contains(&root),
                "{}: use {line}",
                path.display()
            );
        }
    }
}
