//! What is shown is what is printed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::LazyLock;

use rayon::prelude::*;

use super::marks::{is_update, replace};
use super::pages::pages;
use crate::backtest::simbet;

/// Every command whose output is shown, or a part of it, with what it prints.
static PRINTED: LazyLock<BTreeMap<String, String>> = LazyLock::new(printed);

fn printed() -> BTreeMap<String, String> {
    let shown = pages()
        .into_iter()
        .flat_map(|page| [page.shown(), page.shown_in_part()].concat());
    let commands: BTreeSet<String> = shown.map(|(command, _)| command).collect();
    let printed = commands.into_par_iter().map(|command| {
        let run = simbet().args(command.split_whitespace()).assert().success();
        let output = String::from_utf8(run.get_output().stdout.clone()).unwrap();
        (command, output)
    });
    printed.collect()
}

/// Run with `UPDATE_DOCS=1` to put the output of today into the pages.
#[test]
fn the_output_shown_is_the_output_printed() {
    let printed = &*PRINTED;
    assert!(printed.len() > 4);
    let mut wrong = String::new();
    for page in pages() {
        for (command, output) in page.shown() {
            let (old, new) = [&output, &printed[&command]]
                .map(|output| format!("<!-- output of: {command} -->\n```text\n{output}```"))
                .into();
            if old == new {
                continue;
            }
            if is_update() {
                replace(&page.path, |_| old.clone(), &new);
            } else {
                let _ = write!(
                    wrong,
                    "{}: simbet {command} prints\n{}\n",
                    page.path, printed[&command]
                );
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "UPDATE_DOCS=1 cargo test --test it book:: writes what is printed\n{wrong}"
    );
}

#[test]
fn the_command_stands_above_its_output() {
    for page in pages() {
        for (command, _) in [page.shown(), page.shown_in_part()].concat() {
            let (before, _) = page
                .text
                .split_once(&format!(" of: {command} -->"))
                .unwrap();
            assert!(
                before.lines().any(|line| line.ends_with(&command)),
                "{} shows the output of {command:?} and not how to get it",
                page.path
            );
        }
    }
}

/// `...` stands for lines that are left out.
#[test]
fn what_is_shown_of_an_output_is_in_it_line_by_line() {
    let printed = &*PRINTED;
    for page in pages() {
        for (command, part) in page.shown_in_part() {
            let mut lines = printed[&command].lines();
            let mut shown = part.lines().filter(|line| *line != "...");
            let missing = shown.find(|line| !lines.any(|printed| printed == *line));
            assert_eq!(
                missing, None,
                "{}: simbet {command} prints\n{}",
                page.path, printed[&command]
            );
        }
    }
}
