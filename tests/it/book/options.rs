//! The page of options, as clap has them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use clap::{Arg, Command};

/// The options of one subcommand, or of several alike.
struct Listed<'a> {
    arg: &'a Arg,
    /// The subcommands that have it, with the same words.
    of: Vec<&'a str>,
}

fn program() -> Command {
    let mut program = simbet::internals::cli::command().disable_help_subcommand(true);
    program.build();
    program
}

fn subcommands(program: &Command) -> impl Iterator<Item = &Command> {
    program
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
}

/// What an option is called and what may stand after it.
fn spelling(arg: &Arg) -> String {
    let values = arg.get_value_names().unwrap_or_default();
    let mut values: String = values.iter().map(|name| format!(" <{name}>")).collect();
    if !arg.get_action().takes_values() {
        values.clear();
    } else if arg
        .get_num_args()
        .is_some_and(|count| count.max_values() > 1)
    {
        values.push_str("...");
    } else if arg
        .get_num_args()
        .is_some_and(|count| count.min_values() == 0)
    {
        values = format!("[{}]", values.replacen(' ', "=", 1));
    }
    let names = [
        arg.get_short().map(|short| format!("-{short}")),
        arg.get_long().map(|long| format!("--{long}")),
    ];
    let names: Vec<String> = names.into_iter().flatten().collect();
    format!("{}{values}", names.join(", ")).trim().to_owned()
}

/// The help as it stands, with the values and the default that clap adds.
fn about(arg: &Arg) -> String {
    let text = arg.get_long_help().or(arg.get_help());
    let mut about = text.map(ToString::to_string).unwrap_or_default();
    let has_values = arg.get_action().takes_values();
    let defaults: Vec<_> = arg
        .get_default_values()
        .iter()
        .map(|value| value.to_string_lossy())
        .collect();
    if has_values && !defaults.is_empty() && !arg.is_hide_default_value_set() {
        let _ = write!(about, " [default: {}]", defaults.join(" "));
    }
    if has_values && !arg.is_hide_possible_values_set() {
        about.push_str(&values(arg));
    }
    cell(&about)
}

/// The values that are possible, with what each is where it says so.
fn values(arg: &Arg) -> String {
    let possible = arg.get_possible_values();
    let possible: Vec<_> = possible
        .iter()
        .filter(|value| !value.is_hide_set())
        .collect();
    let values = possible.iter().map(|value| match value.get_help() {
        Some(help) => format!("`{}`: {help}", value.get_name()),
        None => format!("`{}`", value.get_name()),
    });
    match values.collect::<Vec<_>>().join("; ") {
        none if none.is_empty() => none,
        values => format!(". Values: {values}"),
    }
}

/// A text as a cell of a table.
fn cell(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    ["|", "<", "*", "~"].iter().fold(text, |text, special| {
        text.replace(special, &format!("\\{special}"))
    })
}

fn heading(arg: &Arg) -> &str {
    let usual = if arg.is_positional() {
        "Arguments"
    } else {
        "Options"
    };
    arg.get_help_heading().unwrap_or(usual)
}

fn is_listed(arg: &Arg) -> bool {
    !arg.is_hide_set()
        && !arg.is_global_set()
        && !["help", "version"].contains(&arg.get_id().as_str())
}

/// All options; those alike in words are one.
fn options(program: &Command) -> Vec<Listed<'_>> {
    let mut options: Vec<Listed<'_>> = Vec::new();
    let key = |arg: &Arg| (spelling(arg), about(arg), heading(arg).to_owned());
    let mut places = BTreeMap::new();
    for command in subcommands(program) {
        for arg in command
            .get_arguments()
            .filter(|arg| is_listed(arg) && !arg.is_positional())
        {
            let place = *places.entry(key(arg)).or_insert_with(|| {
                options.push(Listed {
                    arg,
                    of: Vec::new(),
                });
                options.len() - 1
            });
            options[place].of.push(command.get_name());
        }
    }
    options
}

fn table(page: &mut String, head: [&str; 2], rows: impl Iterator<Item = (String, String)>) {
    let _ = writeln!(page, "| {} | {} |\n|---|---|", head[0], head[1]);
    for (name, about) in rows {
        let _ = writeln!(page, "| `{name}` | {about} |");
    }
    page.push('\n');
}

/// The options that several subcommands have, by their headings.
fn shared(page: &mut String, options: &[Listed<'_>]) {
    let shared: Vec<&Listed<'_>> = options
        .iter()
        .filter(|option| option.of.len() > 1)
        .collect();
    let mut headings: Vec<&str> = Vec::new();
    for option in &shared {
        if !headings.contains(&heading(option.arg)) {
            headings.push(heading(option.arg));
        }
    }
    for name in headings {
        let _ = writeln!(page, "### {name}\n");
        let rows = shared.iter().filter(|option| heading(option.arg) == name);
        let rows = rows.map(|option| {
            (
                spelling(option.arg),
                format!("{} *({})*", about(option.arg), option.of.join(", ")),
            )
        });
        table(page, ["option", "is, and of which subcommands"], rows);
    }
}

fn usage(command: &Command) -> String {
    let usage = command.clone().render_usage().to_string();
    usage.trim_start_matches("Usage: ").to_owned()
}

fn subcommand(page: &mut String, command: &Command, options: &[Listed<'_>]) {
    let name = command.get_name();
    let about = command.get_long_about().or(command.get_about());
    let about = about.map(ToString::to_string).unwrap_or_default();
    let _ = writeln!(
        page,
        "## {name}\n\n{}.\n\n```text\n{}\n```\n",
        about.trim_end_matches('.'),
        usage(command)
    );
    let arguments: Vec<&Arg> = command
        .get_positionals()
        .filter(|arg| is_listed(arg))
        .collect();
    if !arguments.is_empty() {
        let rows = arguments
            .iter()
            .map(|arg| (spelling(arg), self::about(arg)));
        table(page, ["argument", "is"], rows);
    }
    let (own, others): (Vec<_>, Vec<_>) = options
        .iter()
        .filter(|option| option.of.contains(&name))
        .partition(|option| option.of.len() == 1);
    if !own.is_empty() {
        table(
            page,
            ["option", "is"],
            own.iter()
                .map(|option| (spelling(option.arg), self::about(option.arg))),
        );
    }
    let others: Vec<String> = others
        .iter()
        .map(|option| format!("`--{}`", option.arg.get_long().unwrap_or_default()))
        .collect();
    if !others.is_empty() {
        let own = if own.is_empty() {
            "It takes"
        } else {
            "It also takes"
        };
        let _ = writeln!(
            page,
            "{own} of the [options of several](#options-of-several-subcommands) {}.\n",
            others.join(", ")
        );
    }
    if let Some(after) = command.get_after_long_help().or(command.get_after_help()) {
        let _ = writeln!(page, "```text\n{}\n```\n", after.to_string().trim());
    }
}

#[test]
fn the_page_of_options_is_what_the_program_takes() {
    let program = program();
    let options = options(&program);
    let mut page = "## Options of every subcommand\n\n".to_owned();
    let global = program
        .get_arguments()
        .filter(|arg| arg.is_global_set() && !arg.is_hide_set());
    table(
        &mut page,
        ["option", "is"],
        global.map(|arg| (spelling(arg), about(arg))),
    );
    for command in subcommands(&program) {
        subcommand(&mut page, command, &options);
    }
    page.push_str("## Options of several subcommands\n\n");
    shared(&mut page, &options);
    super::generated("docs/src/reference/options.md", "options", &page);
}
