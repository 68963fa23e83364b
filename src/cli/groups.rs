//! The subcommands in groups, as `simbet --help` lists them.

use anstream::adapter::strip_str;

/// Each group with its subcommands, in the order of [`Command`](super::Command).
const GROUPS: [(&str, &[&str]); 6] = [
    (
        "Backtest and forecast",
        &["backtest", "predict", "fit", "tune", "sweep"],
    ),
    ("Judge", &["assess", "compare-models", "compare", "report"]),
    ("Simulate", &["simulate", "season", "merge"]),
    (
        "Stream and serve",
        &["publish", "trade", "streams", "serve", "health"],
    ),
    ("Data", &["inspect", "convert", "features", "demo"]),
    (
        "Help and setup",
        &["init", "config", "completions", "man", "help"],
    ),
];

/// How the list of subcommands begins, which clap makes one of.
const HEADING: &str = "Commands:";

/// The help of the whole program with a heading above each group; any other text as it is. clap has headings for options only.
pub fn grouped(help: &str) -> String {
    let (mut grouped, mut list) = (String::new(), None);
    for line in help.lines() {
        let plain = strip_str(line).to_string();
        match &mut list {
            None if plain == HEADING => {
                list = Some(List::new(line));
                continue;
            }
            Some(_) if plain.is_empty() => list = None,
            Some(list) => grouped.push_str(&list.heading_above(&plain)),
            None => {}
        }
        grouped.push_str(line);
        grouped.push('\n');
    }
    grouped
}

/// The list of subcommands as it is gone through.
struct List<'a> {
    /// Its own heading, whose style the others have.
    heading: &'a str,
    group: Option<&'static str>,
}

impl<'a> List<'a> {
    const fn new(heading: &'a str) -> Self {
        Self {
            heading,
            group: None,
        }
    }

    /// What stands above a line: a heading, where a group begins.
    fn heading_above(&mut self, line: &str) -> String {
        let group = subcommand_of(line).and_then(group_of);
        if group.is_none() || group == self.group {
            return String::new();
        }
        let gap = if self.group.is_some() { "\n" } else { "" };
        self.group = group;
        let name = HEADING.trim_end_matches(':');
        let heading = self.heading.replace(name, group.unwrap_or(name));
        format!("{gap}{heading}\n")
    }
}

/// The subcommand that a line of the list begins with; none where the line goes on with what stands above it.
fn subcommand_of(line: &str) -> Option<&str> {
    let name = line.strip_prefix("  ")?.split(' ').next();
    name.filter(|name| !name.is_empty())
}

fn group_of(subcommand: &str) -> Option<&'static str> {
    let group = GROUPS
        .iter()
        .find(|(_, subcommands)| subcommands.contains(&subcommand));
    group.map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn every_subcommand_is_in_a_group_and_in_its_order() {
        let mut command = super::super::Cli::command();
        command.build();
        let visible = command.get_subcommands().filter(|it| !it.is_hide_set());
        let listed: Vec<&str> = visible.map(clap::Command::get_name).collect();
        let known = GROUPS
            .iter()
            .flat_map(|(_, subcommands)| subcommands.iter().copied());
        // a build may lack some
        let known: Vec<&str> = known.filter(|name| listed.contains(name)).collect();
        assert_eq!(listed, known);
    }

    #[test]
    fn each_group_has_its_heading_once_at_any_width() {
        for width in [20, 80, 200] {
            let help = super::super::Cli::command().term_width(width).render_help();
            let grouped = grouped(&help.to_string());
            for (heading, _) in GROUPS {
                let lines = grouped.lines();
                let count = lines.filter(|line| *line == format!("{heading}:")).count();
                assert_eq!(count, 1, "{heading} at {width}: {grouped}");
            }
            assert!(!grouped.contains(HEADING), "{grouped}");
        }
    }

    #[test]
    fn the_help_of_a_subcommand_stays_as_it_is() {
        let mut command = super::super::Cli::command();
        let help = command.find_subcommand_mut("fit").unwrap().render_help();
        let help = help.to_string();
        assert_eq!(grouped(&help).trim_end(), help.trim_end());
    }
}
