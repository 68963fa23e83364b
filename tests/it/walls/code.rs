//! Rust source as a reader sees it who looks only for its structure.

use std::ops::Range;

/// The code of a file up to its unit tests, line for line: comments are blank, and what strings and characters hold is `_`,
/// but for paths, which attributes name in strings.
pub fn of(text: &str) -> String {
    let text = text.split("#[cfg(test)]").next().unwrap();
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let before = code.chars().next_back();
        let (length, hides) = match c {
            '/' if rest.starts_with("//") => (rest.find('\n').unwrap_or(rest.len()), Some(' ')),
            '/' if rest.starts_with("/*") => (block_comment(rest), Some(' ')),
            '"' if is_path(&rest[..string(rest)]) => (string(rest), None),
            '"' => (string(rest), Some('_')),
            'r' if before.is_none_or(|c| !is_name(c) || c == 'b') => (raw_string(rest), Some('_')),
            '\'' => (character(rest), Some('_')),
            _ => (0, None),
        };
        let hides = hides.filter(|_| length > 0);
        let length = length.max(c.len_utf8());
        let shown = |c: char| hides.filter(|_| c != '\n').unwrap_or(c);
        code.extend(rest[..length].chars().map(shown));
        rest = &rest[length..];
    }
    code
}

pub fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether a string is a path of names, such as `"schema::serialize_day"`.
fn is_path(string: &str) -> bool {
    let inside = string.trim_matches('"');
    inside.contains("::") && inside.chars().all(|c| is_name(c) || c == ':')
}

fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    loop {
        if text[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if text[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
        } else {
            at += text[at..].chars().next().map_or(0, char::len_utf8);
        }
        if depth == 0 || at >= text.len() {
            return at;
        }
    }
}

fn string(text: &str) -> usize {
    let mut escaped = true; // the opening mark
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// 0 where no raw string begins.
fn raw_string(text: &str) -> usize {
    let hashes = text[1..].chars().take_while(|&c| c == '#').count();
    if !text[1 + hashes..].starts_with('"') {
        return 0;
    }
    let (start, end) = (hashes + 2, format!("\"{}", "#".repeat(hashes)));
    text[start..]
        .find(&end)
        .map_or(text.len(), |at| start + at + end.len())
}

/// 0 where a lifetime begins.
fn character(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some(_)) => chars.find(|(_, c)| *c == '\'').map_or(0, |(at, _)| at + 1),
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 0,
    }
}

/// Names, `::`, and every other character that is no blank.
pub fn tokens(code: &str) -> Vec<&str> {
    let (mut tokens, mut rest) = (Vec::new(), code.trim_start());
    while !rest.is_empty() {
        let name = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        let length = match name {
            0 if rest.starts_with("::") => 2,
            0 => rest.chars().next().map_or(0, char::len_utf8),
            name => name,
        };
        tokens.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    tokens
}

/// How many lines of code there are.
pub fn lines(code: &str) -> usize {
    code.lines().filter(|line| !line.trim().is_empty()).count()
}

/// Every function with a body: its name, and how many lines it has from `fn` to the closing brace.
pub fn functions(code: &str) -> Vec<(&str, usize)> {
    let starts = code.match_indices("fn ").map(|(at, _)| at);
    let is_word = |at: &usize| !code[..*at].ends_with(is_name);
    starts
        .filter(is_word)
        .filter_map(|at| {
            let body = body(&code[at..])?;
            let name = code[at + 3..].split(|c| !is_name(c)).next()?;
            Some((name, code[at..at + body.end].lines().count()))
        })
        .collect()
}

/// Where the braces after a signature open and close; `None` where there are none.
fn body(text: &str) -> Option<Range<usize>> {
    let (mut depth, mut start) = (0, None);
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ';' if depth == 0 => return None,
            _ => continue,
        }
        match (c, start) {
            ('{', None) if depth == 1 => start = Some(at),
            ('}', Some(start)) if depth == 0 => return Some(start..at + 1),
            _ => {}
        }
    }
    None
}

#[test]
fn comments_strings_and_tests_are_no_code() {
    let text = "let a = \"use b::C; // no\"; // use d::E\nlet c = 'x'; /* {\n { */ fn f<'a>() {}\n#[cfg(test)]\nmod tests {}";
    let code = of(text);
    assert!(!code.contains("use") && !code.contains("tests") && !code.contains('x'));
    assert_eq!(functions(&code), [("f", 1)]);
    assert_eq!(lines(&code), 3);
    assert_eq!(of("let a = r#\"{\"#;{"), "let a = ______;{");
    assert_eq!(
        of("use crate::report; fn f(&'a self)"),
        "use crate::report; fn f(&'a self)"
    );
    assert_eq!(of("#[serde(with = \"a::b\")]"), "#[serde(with = \"a::b\")]");
    assert_eq!(
        of(r"match c { '\'' => '{', b'\\' => 1 }"),
        "match c { ____ => ___, b____ => 1 }"
    );
}

#[test]
fn functions_are_measured_to_their_closing_brace() {
    let code = "trait T {\n    fn none(&self);\n    fn two(&self, a: [u8; 2]) {\n    }\n}\nconst fn three()\n{\n}\n";
    assert_eq!(functions(code), [("two", 2), ("three", 3)]);
}
