//! Which file needs which: a file needs another when it names something that the other defines.
//!
//! Re-exports are followed to the file that defines the name, and do not count themselves. An associated function counts
//! for the file in which it stands, wherever its type is defined. What is called as a method (`value.method()`) is not seen.

use std::collections::{BTreeMap, BTreeSet};

use super::code;

/// A path of modules from the crate's root.
type Module = Vec<String>;

/// The source of the library.
pub struct House {
    rooms: BTreeMap<Module, Room>,
    modules: BTreeSet<Module>,
}

/// A file, as a module.
struct Room {
    path: String,
    tokens: Vec<String>,
    /// What the file defines at its outermost level.
    items: BTreeSet<String>,
    imports: Vec<Import>,
}

/// A name that a `use` brings, `*` for all of a module.
struct Import {
    name: String,
    target: Module,
    is_public: bool,
}

impl House {
    /// A house of files with their paths below `src` and their text.
    pub fn of<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut rooms: BTreeMap<_, _> = files
            .into_iter()
            .map(|(path, text)| (module_of(path), Room::new(path, text)))
            .collect();
        let modules: BTreeSet<Module> = rooms.keys().cloned().collect();
        for (module, room) in &mut rooms {
            room.imports = imports(&room.tokens);
            for import in &mut room.imports {
                import.target = absolute(module, &import.target, &modules);
            }
        }
        Self { rooms, modules }
    }

    /// The files that each file needs.
    pub fn needs(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let associated = self.associated();
        self.rooms
            .iter()
            .map(|(module, room)| {
                let mut needed: BTreeSet<&str> = BTreeSet::new();
                for path in self.named(module, room) {
                    needed.extend(self.files_of(&path, &associated));
                }
                needed.extend(self.whole_modules(room));
                needed.remove(room.path.as_str());
                (room.path.as_str(), needed)
            })
            .collect()
    }

    /// Every path that a file names, from the crate's root.
    fn named(&self, module: &Module, room: &Room) -> Vec<Module> {
        let imported = room.imports.iter().filter(|import| room.needs(import));
        let paths = paths(&room.tokens);
        imported
            .map(|import| import.target.clone())
            .chain(
                paths
                    .iter()
                    .filter_map(|path| self.rooted(module, room, path)),
            )
            .collect()
    }

    /// A path as it stands in a file, from the crate's root; `None` for what other crates have.
    fn rooted(&self, module: &Module, room: &Room, path: &[String]) -> Option<Module> {
        let (first, rest) = path.split_first()?;
        if let Some(import) = room.imports.iter().find(|import| import.name == *first) {
            return Some([&import.target, rest].concat());
        }
        let is_local = room.items.contains(first)
            || self
                .rooms
                .contains_key(&[module.as_slice(), std::slice::from_ref(first)].concat())
            || ["crate", "self", "super"].contains(&first.as_str());
        is_local.then(|| {
            if room.items.contains(first) {
                [module, path].concat()
            } else {
                absolute(module, path, &self.modules)
            }
        })
    }

    /// The files that define what a path names: those of a type and of its associated function, if it names one.
    fn files_of<'a>(
        &'a self,
        path: &[String],
        associated: &BTreeMap<(&'a str, String, String), &'a str>,
    ) -> Vec<&'a str> {
        let mut files = Vec::new();
        for length in 0..path.len() {
            let Some((file, name)) = self.definition(&path[..length], &path[length], 0) else {
                continue;
            };
            files.push(file);
            if let Some(function) = path.get(length + 1) {
                files.extend(associated.get(&(file, name, function.clone())));
            }
        }
        files
    }

    /// The files of which a file imports everything.
    fn whole_modules<'a>(&'a self, room: &'a Room) -> impl Iterator<Item = &'a str> {
        let globs = room
            .imports
            .iter()
            .filter(|import| import.name == "*" && !import.is_public);
        globs.filter_map(|import| Some(self.rooms.get(&import.target)?.path.as_str()))
    }

    /// The file that defines a name of a module, and the name that it has there.
    fn definition(&self, module: &[String], name: &str, hops: usize) -> Option<(&str, String)> {
        let room = self.rooms.get(module).filter(|_| hops < 8)?;
        if room.items.contains(name) {
            return Some((&room.path, name.to_owned()));
        }
        let follow = |import: &Import| {
            let target = match import.name.as_str() {
                "*" => [&import.target, [name.to_owned()].as_slice()].concat(),
                known if known == name => import.target.clone(),
                _ => return None,
            };
            let (last, module) = target.split_last()?;
            self.definition(module, last, hops + 1)
        };
        room.imports.iter().find_map(follow)
    }

    /// The files of associated functions that stand elsewhere than their types: by the type's file and name, and their own.
    fn associated(&self) -> BTreeMap<(&str, String, String), &str> {
        let mut functions = BTreeMap::new();
        for (module, room) in &self.rooms {
            for (of, function) in inherent(&room.tokens) {
                let Some(path) = self.rooted(module, room, &[of]) else {
                    continue;
                };
                let Some((name, parent)) = path.split_last() else {
                    continue;
                };
                if let Some((file, name)) = self.definition(parent, name, 0)
                    && file != room.path
                {
                    functions.insert((file, name, function), room.path.as_str());
                }
            }
        }
        functions
    }

    /// Sets of files each of which needs, in the end, every other of its set.
    ///
    /// A file inside a module may use what the module's own file defines, which names it in turn: traits and settings stand
    /// there beside the one function that chooses among the files. Only what siblings and strangers need counts.
    pub fn circles(&self) -> Vec<BTreeSet<&str>> {
        let mut needs = self.needs();
        for (module, room) in &self.rooms {
            let own = |length: usize| {
                self.rooms
                    .get(&module[..length])
                    .map(|room| room.path.as_str())
            };
            let parents: Vec<&str> = (0..module.len()).filter_map(own).collect();
            let needed = needs.get_mut(room.path.as_str()).unwrap();
            needed.retain(|file| !parents.contains(file));
        }
        let reached: BTreeMap<&str, BTreeSet<&str>> = needs
            .keys()
            .map(|file| (*file, reach(&needs, file)))
            .collect();
        let mut circles: Vec<BTreeSet<&str>> = Vec::new();
        for (file, others) in &reached {
            let known = circles.iter().any(|circle| circle.contains(file));
            if others.contains(file) && !known {
                let back = |other: &&&str| reached[**other].contains(file);
                circles.push(others.iter().filter(back).copied().collect());
            }
        }
        circles
    }
}

/// Every file that is needed by one, or by those that it needs, and so on.
fn reach<'a>(needs: &BTreeMap<&'a str, BTreeSet<&'a str>>, from: &str) -> BTreeSet<&'a str> {
    let (mut reached, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(file) = open.pop() {
        for next in &needs[file] {
            if reached.insert(*next) {
                open.push(next);
            }
        }
    }
    reached
}

impl Room {
    fn new(path: &str, text: &str) -> Self {
        let code = code::of(text);
        let tokens: Vec<String> = code::tokens(&code).into_iter().map(str::to_owned).collect();
        Self {
            path: path.to_owned(),
            items: items(&tokens),
            imports: Vec::new(),
            tokens,
        }
    }

    /// Whether the file itself needs what a `use` brings: a re-export may be there for others only.
    fn needs(&self, import: &Import) -> bool {
        if !import.is_public {
            return true;
        }
        let uses = uses(&self.tokens);
        let is_call =
            |at: usize| import.name.starts_with(char::is_uppercase) || self.tokens[at + 1] == "(";
        let names_it = |at: usize| {
            self.tokens[at] == import.name
                && !["::", ".", "fn", "mod"].contains(&before(&self.tokens, at))
                && !uses.iter().any(|range| range.contains(&at))
                && is_call(at)
        };
        (0..self.tokens.len()).any(names_it)
    }
}

fn module_of(path: &str) -> Module {
    let parts = path.trim_end_matches(".rs").split('/');
    parts
        .filter(|part| !["mod", "lib"].contains(part))
        .map(str::to_owned)
        .collect()
}

/// A path that begins with `crate`, `self`, `super` or a child of the module, from the root; any other stays as it is.
fn absolute(module: &Module, path: &[String], modules: &BTreeSet<Module>) -> Module {
    let (mut base, mut rest) = (module.clone(), path);
    while let Some((first, others)) = rest.split_first() {
        match first.as_str() {
            "crate" => base.clear(),
            "self" => {}
            "super" => drop(base.pop()),
            _ => break,
        }
        rest = others;
    }
    let is_child =
        |first: &String| modules.contains(&[base.as_slice(), std::slice::from_ref(first)].concat());
    let is_inside = rest.len() < path.len() || rest.first().is_some_and(is_child);
    if is_inside {
        [&base, rest].concat()
    } else {
        path.to_vec()
    }
}

/// What is defined outside of all braces.
fn items(tokens: &[String]) -> BTreeSet<String> {
    const KINDS: [&str; 8] = [
        "struct", "enum", "trait", "type", "fn", "const", "static", "union",
    ];
    let (mut items, mut depth) = (BTreeSet::new(), 0);
    for (at, token) in tokens.iter().enumerate() {
        match token.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            kind if depth == 0 && KINDS.contains(&kind) && before(tokens, at) != "'" => {
                items.extend(tokens.get(at + 1).cloned());
            }
            _ => {}
        }
    }
    items
}

/// The types of inherent `impl` blocks, each with the functions in it.
fn inherent(tokens: &[String]) -> Vec<(String, String)> {
    let (mut functions, mut depth, mut current) = (Vec::new(), 0, None);
    for (at, token) in tokens.iter().enumerate() {
        match token.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            "impl" if depth == 0 => current = implemented(&tokens[at + 1..]),
            "trait" if depth == 0 => current = None,
            "fn" if depth == 1 => {
                let name = tokens.get(at + 1).cloned();
                functions.extend(current.clone().zip(name));
            }
            _ => {}
        }
    }
    functions
}

/// The type after `impl`; `None` where a trait is implemented.
fn implemented(tokens: &[String]) -> Option<String> {
    let head = tokens.split(|token| token == "{").next()?;
    let mut angles = 0;
    let outside: Vec<&String> = head
        .iter()
        .filter(|token| {
            angles += i32::from(*token == "<") - i32::from(*token == ">");
            angles == 0 && *token != ">"
        })
        .collect();
    if outside.iter().any(|token| *token == "for") {
        return None;
    }
    outside.first().map(|name| (*name).clone())
}

fn before(tokens: &[String], at: usize) -> &str {
    at.checked_sub(1).map_or("", |at| tokens[at].as_str())
}

/// Where the `use` declarations are.
fn uses(tokens: &[String]) -> Vec<std::ops::Range<usize>> {
    // `impl Trait + use<'a>` declares nothing
    let is_declaration =
        |&at: &usize| tokens[at] == "use" && tokens.get(at + 1).is_none_or(|next| next != "<");
    let starts = (0..tokens.len()).filter(is_declaration);
    starts
        .map(|at| {
            let length = tokens[at..].iter().position(|token| token == ";");
            at..at + length.unwrap_or(0) + 1
        })
        .collect()
}

fn imports(tokens: &[String]) -> Vec<Import> {
    let mut imports = Vec::new();
    for range in uses(tokens) {
        let is_public = ["pub", ")"].contains(&before(tokens, range.start));
        let tree = &tokens[range.start + 1..range.end];
        for (target, name) in tree_of(tree, &mut 0, &[]) {
            imports.push(Import {
                name,
                target,
                is_public,
            });
        }
    }
    imports
}

/// The paths of a tree of imports from a token on, each with the name that it gets.
fn tree_of(tokens: &[String], at: &mut usize, prefix: &[String]) -> Vec<(Module, String)> {
    let (mut found, mut path) = (Vec::new(), prefix.to_vec());
    while let Some(token) = tokens.get(*at) {
        *at += 1;
        match token.as_str() {
            "::" => {}
            "{" => {
                while tokens.get(*at).is_some_and(|token| token != "}") {
                    found.extend(tree_of(tokens, at, &path));
                }
                *at += 1;
                path.clear();
            }
            "*" => found.push((std::mem::take(&mut path), "*".to_owned())),
            "as" => {
                let name = tokens[*at].clone();
                found.push((std::mem::take(&mut path), name));
                *at += 1;
            }
            "self" if !prefix.is_empty() => {}
            "," => break,
            "}" | ";" => {
                *at -= 1;
                break;
            }
            name => path.push(name.to_owned()),
        }
    }
    if let Some(name) = path.last().cloned() {
        found.push((path, name));
    }
    found
}

/// The paths of two names and more outside of imports.
fn paths(tokens: &[String]) -> Vec<Module> {
    let uses = uses(tokens);
    let is_name = |at: usize| {
        tokens
            .get(at)
            .is_some_and(|token| token.starts_with(code::is_name))
    };
    let is_joint = |at: usize| tokens.get(at).is_some_and(|token| token == "::");
    let (mut paths, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        if let Some(range) = uses.iter().find(|range| range.start == at) {
            at = range.end;
            continue;
        }
        let start = at;
        while is_name(at) && is_joint(at + 1) && is_name(at + 2) {
            at += 2;
        }
        if at > start && before(tokens, start) != "::" {
            let names = tokens[start..=at].iter().step_by(2);
            paths.push(names.cloned().collect());
        }
        at += 1;
    }
    paths
}
