//! Every command of the pages is understood, and what can run here runs.

use super::pages::pages;
use super::shell::Block;

/// All that is to be typed, page after page.
fn blocks() -> Vec<Block> {
    pages()
        .iter()
        .flat_map(super::pages::Page::blocks)
        .collect()
}

#[test]
fn every_block_that_is_not_run_says_why() {
    let blocks = blocks();
    assert!(blocks.len() > 20);
    for block in blocks {
        let reason = block.not_run.as_deref();
        assert!(
            reason.is_none_or(|reason| reason.len() > 5),
            "{}",
            block.place
        );
    }
}

#[cfg(all(
    feature = "parquet",
    feature = "png",
    feature = "redis",
    feature = "serve"
))]
mod with_everything {
    use std::fs;
    use std::path::Path;
    use std::process::{Command, Stdio};

    use clap::error::ErrorKind;
    use rayon::prelude::*;

    use super::*;
    use crate::book::pages::Page;

    #[test]
    fn every_command_is_understood() {
        let program = simbet::internals::cli::command();
        let mut count = 0;
        for block in blocks() {
            for words in block.commands() {
                count += 1;
                let understood = program.clone().try_get_matches_from(&words);
                if let Err(error) = understood
                    && ![ErrorKind::DisplayHelp, ErrorKind::DisplayVersion].contains(&error.kind())
                {
                    panic!("{}: {}\n{error}", block.place, words.join(" "));
                }
            }
        }
        assert!(count > 50, "{count} commands");
    }

    /// Within a sentence values may be missing; the subcommand and its options have to be there.
    #[test]
    fn every_subcommand_and_option_within_a_sentence_is_one() {
        let program = simbet::internals::cli::command();
        for page in pages() {
            for code in page.inline_code() {
                let words = shlex::split(&code).unwrap_or_default();
                let [name, subcommand, rest @ ..] = &words[..] else {
                    continue;
                };
                if name != "simbet" || subcommand.starts_with('-') {
                    continue;
                }
                let Some(subcommand) = program.find_subcommand(subcommand) else {
                    assert!(
                        ["help", "..."].contains(&subcommand.as_str()),
                        "{}: {code}",
                        page.path
                    );
                    continue;
                };
                let known = |long: &str| {
                    let mut all = subcommand.get_arguments().chain(program.get_arguments());
                    all.any(|arg| arg.get_long() == Some(long)) || long == "help"
                };
                for long in rest.iter().filter_map(|word| word.strip_prefix("--")) {
                    let long = long.split('=').next().unwrap();
                    assert!(known(long), "{}: {code}: --{long}", page.path);
                }
            }
        }
    }

    /// What a reader is taken to have: the project's folders, two seasons as files of their own, a feed of fixtures.
    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let project = Path::new(env!("CARGO_MANIFEST_DIR"));
        for name in ["datasets", "examples"] {
            std::os::unix::fs::symlink(project.join(name), root.join(name)).unwrap();
        }
        let epl = fs::read_to_string(project.join("datasets/epl.csv")).unwrap();
        let season = |from: &str| {
            let rows = epl
                .lines()
                .enumerate()
                .filter(|(number, row)| *number == 0 || season_of(row) == from);
            rows.map(|(_, row)| format!("{row}\n")).collect::<String>()
        };
        fs::create_dir(root.join("data")).unwrap();
        for (name, from) in [("E0_2023-24.csv", "2023"), ("E0_2024-25.csv", "2024")] {
            fs::write(root.join(name), season(from)).unwrap();
            fs::write(root.join("data").join(name), season(from)).unwrap();
        }
        let fixtures = "Div,Date,Time,HomeTeam,AwayTeam,AvgH,AvgD,AvgA\n\
            E0,16/08/2025,15:00,Arsenal,Chelsea,1.90,3.60,4.10\nE0,16/08/2025,17:30,Everton,Fulham,2.60,3.20,2.80\n";
        fs::write(root.join("fixtures.csv"), fixtures).unwrap();
        for (from, name) in [
            ("my_bets.csv", "my_bets.csv"),
            ("my_model.csv", "mine.csv"),
            ("simbet.toml", "simbet.toml"),
        ] {
            fs::copy(project.join("examples").join(from), root.join(name)).unwrap();
        }
        folder
    }

    /// The year in which a season began, by the day of a match.
    fn season_of(row: &str) -> &str {
        let date = row.split(',').nth(1).unwrap();
        let (month, year) = (&date[3..5], &date[6..]);
        match (month < "07", year) {
            (true, "2024") => "2023",
            (true, "2025") => "2024",
            _ => year,
        }
    }

    /// Whether the output of all that is typed stands in the page, so that another test runs it.
    fn is_shown(page: &Page, block: &Block) -> bool {
        let shown: Vec<String> = page
            .shown()
            .into_iter()
            .map(|(command, _)| format!("simbet {command}"))
            .collect();
        block
            .text
            .lines()
            .all(|line| shown.iter().any(|command| command == line.trim()))
    }

    /// What went wrong with the blocks of a page, each of which finds what those before it wrote.
    fn run(page: &Page) -> Vec<String> {
        let folder = folder();
        let program = Path::new(env!("CARGO_BIN_EXE_simbet"))
            .parent()
            .unwrap()
            .display()
            .to_string();
        let path = format!("{program}:{}", std::env::var("PATH").unwrap_or_default());
        let blocks = page
            .blocks()
            .into_iter()
            .filter(|block| block.not_run.is_none() && !is_shown(page, block));
        blocks
            .filter_map(|block| {
                let mut shell = Command::new("timeout");
                shell.args(["300", "bash", "-euo", "pipefail", "-c", &block.text]);
                for variable in [
                    "INITIAL_BANKROLL",
                    "MIN_EDGE",
                    "MAX_STAKE_PERCENTAGE",
                    "LOG_LEVEL",
                    "REDIS_URL",
                ] {
                    shell.env_remove(variable);
                }
                let ended = shell
                    .env("PATH", &path)
                    .current_dir(&folder)
                    .stdin(Stdio::null())
                    .output()
                    .unwrap();
                let said = String::from_utf8_lossy(&ended.stderr).into_owned();
                (!ended.status.success())
                    .then(|| format!("{}: {}\n{}{said}", block.place, ended.status, block.text))
            })
            .collect()
    }

    #[test]
    fn every_block_runs_in_its_turn() {
        let wrong: Vec<String> = pages().par_iter().flat_map(run).collect();
        assert!(
            wrong.is_empty(),
            "{} blocks fail:\n{}",
            wrong.len(),
            wrong.join("\n")
        );
    }
}
