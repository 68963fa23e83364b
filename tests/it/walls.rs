//! The walls of the house: a module imports only from lower levels, and the lower levels neither print, nor
//! read a clock, nor draw random numbers, nor touch files outside `source` and `sink`.

use std::fs;
use std::path::{Path, PathBuf};

/// The rooms from the lowest to the highest, as CONTRIBUTING.md lists them.
const ROOMS: &[&str] = &[
    "domain",
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
    "report",
    "simulate",
    "season",
    "sweep",
    "trade",
    "serve",
    "cli",
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
        .filter(|(name, _)| name != "main" && name != "lib")
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
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
    let text = fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]").next().unwrap();
    text.lines()
        .map(|line| line.split("//").next().unwrap())
        .collect::<Vec<_>>()
        .join("\n")
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
