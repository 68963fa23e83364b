//! Parts of pages that are made by the program, or whose first cells are. `UPDATE_DOCS=1` writes them anew.

use std::sync::Mutex;

use super::page;
use super::pages::Page;

/// Tests that write do so one after the other, since some write into the same page.
static WRITER: Mutex<()> = Mutex::new(());

pub fn is_update() -> bool {
    std::env::var_os("UPDATE_DOCS").is_some()
}

/// Puts a part of a page in the place of another, or says that it should stand there.
pub fn replace(path: &str, part: impl Fn(&Page) -> String, new: &str) {
    let _writer = WRITER
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut page = page(path);
    let old = part(&page);
    if is_update() {
        page.text = page.text.replacen(&old, new, 1);
        page.write();
    } else {
        assert!(
            old == new,
            "{path} is not what the program is; UPDATE_DOCS=1 cargo test --test it book:: writes it. First difference:\n{}",
            difference(&old, new)
        );
    }
}

fn difference(old: &str, new: &str) -> String {
    let (mut old, mut new) = (old.lines(), new.lines());
    loop {
        match (old.next(), new.next()) {
            (old, new) if old == new && old.is_some() => {}
            (old, new) => return format!("page:    {old:?}\nprogram: {new:?}"),
        }
    }
}

/// Everything between `<!-- generated: NAME -->` and `<!-- end: NAME -->` of a page is this text.
pub fn generated(path: &str, name: &str, text: &str) {
    let (begin, end) = (
        format!("<!-- generated: {name} -->\n"),
        format!("<!-- end: {name} -->"),
    );
    let part = |page: &Page| {
        let (_, rest) = page
            .text
            .split_once(&begin)
            .unwrap_or_else(|| panic!("{path} has no {begin}"));
        let (inner, _) = rest
            .split_once(&end)
            .unwrap_or_else(|| panic!("{path} has no {end}"));
        format!("{begin}{inner}{end}")
    };
    replace(path, part, &format!("{begin}\n{}\n\n{end}", text.trim()));
}

/// The table below `<!-- names: NAME -->` has a row for each of these names, each with a description, which people write.
pub fn described(path: &str, name: &str, names: &[String]) {
    let mark = format!("<!-- names: {name} -->\n");
    let table = |page: &Page| {
        let (_, rest) = page
            .text
            .split_once(&mark)
            .unwrap_or_else(|| panic!("{path} has no {mark}"));
        let end = rest
            .trim_start()
            .find("\n\n")
            .map_or(rest.len(), |end| end + rest.len() - rest.trim_start().len());
        format!("{mark}{}", rest[..end].trim_end())
    };
    let old = table(&page(path));
    let rows = names.iter().map(|name| {
        let about = old
            .lines()
            .find_map(|row| row.strip_prefix(&format!("| `{name}` | ")))
            .unwrap_or("|");
        format!("| `{name}` | {about}")
    });
    let head = old[mark.len()..]
        .trim_start()
        .lines()
        .take(2)
        .map(str::to_owned);
    let head: Vec<String> = if old.contains("|---") {
        head.collect()
    } else {
        vec!["| name | is |".to_owned(), "|---|---|".to_owned()]
    };
    let new: Vec<String> = head.into_iter().chain(rows).collect();
    replace(path, table, &format!("{mark}\n{}", new.join("\n")));
    let empty: Vec<&str> = new
        .iter()
        .map(String::as_str)
        .filter(|row| row.ends_with("` | |"))
        .collect();
    assert!(
        empty.is_empty(),
        "{path} does not say what these are: {empty:?}"
    );
}
