//! A file of settings in which every setting is a comment: what it does, what it may be, and what it is unless it is changed.

use std::fmt::Write as _;

use clap::builder::PossibleValue;
use clap::{Arg, Args as _, Command};
use toml::Value;

use super::{Period, Purpose, RunConfig, Settings, out_of_range};

/// What stands at the top.
const TOP: &str = "\
# Settings of simbet, for --config of backtest, sweep, predict, trade and the others.
#
# A line that begins with # and a space explains; one that begins with # alone is a setting with its
# default, or with an example where it has none. As it stands this file changes nothing: take the #
# away from a setting, and change it.
# Names are those of the flags, with _ for -. A flag goes before the environment, that before this
# file, this before the default. `simbet config --config FILE` shows what is in force, and where it
# comes from.
";

/// The widest line of a comment.
const WIDTH: usize = 100;

/// What settings stand among: the first in which one has a default is that of its line.
const CONTEXTS: [(&str, &str); 5] = [
    ("", ""),
    ("strategy = \"kelly\"", "with strategy = \"kelly\""),
    ("strategy = \"flat\"", "with strategy = \"flat\""),
    ("model = \"logistic\"", "with model = \"logistic\""),
    ("model = \"exec:COMMAND\"", "with model = \"exec:COMMAND\""),
];

/// What a setting without a default may look like.
const EXAMPLES: [(&str, &str); 21] = [
    ("probabilities", "[\"my_model.csv\"]"),
    ("ridge", "1.0"),
    ("rho", "-0.08"),
    ("market_book", "\"ps\""),
    ("pool", "[\"E0+E1\"]"),
    ("max_round", "0.1"),
    ("max_exposure", "0.25"),
    ("stop_drawdown", "0.5"),
    ("selections", "[\"home\", \"away\"]"),
    ("min_odds", "1.5"),
    ("max_odds", "5.0"),
    ("min_prob", "0.2"),
    ("from", "\"2024-08-01\""),
    ("to", "\"2025-05-31\""),
    ("map", "{ home_team = \"Home\" }"),
    ("goals_column", "[\"home_xg\", \"away_xg\"]"),
    ("weight_column", "\"weight\""),
    ("alias", "{ \"Man Utd\" = \"Man United\" }"),
    ("time_zone", "\"Europe/London\""),
    ("league", "\"E0\""),
    ("status_word", "{ beendet = \"played\" }"),
];

/// What a line of a setting says.
struct Line {
    value: String,
    /// When that is so.
    remark: String,
}

/// The text of a file with every setting.
pub fn commented_settings() -> String {
    let command = Period::augment_args(Settings::augment_args(Command::new("")));
    let arguments: Vec<&Arg> = command.get_arguments().collect();
    let mut text = TOP.to_owned();
    for heading in headings(&arguments) {
        let _ = write!(text, "\n## {heading}\n");
        let of_heading = |argument: &&&Arg| argument.get_help_heading() == Some(heading);
        for argument in arguments.iter().filter(of_heading) {
            text.push_str(&paragraph(argument));
        }
    }
    text
}

/// The headings of the options, in their order.
fn headings<'a>(arguments: &[&'a Arg]) -> Vec<&'a str> {
    let mut headings = Vec::new();
    for heading in arguments.iter().filter_map(|it| it.get_help_heading()) {
        if !headings.contains(&heading) {
            headings.push(heading);
        }
    }
    headings
}

/// What a setting does, what it may be, and its line.
fn paragraph(argument: &Arg) -> String {
    let name = argument.get_id().as_str();
    let help = argument.get_help().map(ToString::to_string);
    let Line { value, remark } = line(name);
    let mut text = String::from("\n");
    for sentence in help.into_iter().chain(allowed(argument)).chain([remark]) {
        text.push_str(&comment(&sentence));
    }
    let _ = writeln!(text, "#{name} = {value}");
    text
}

/// The default of a setting, or what it may look like.
fn line(name: &str) -> Line {
    let found = CONTEXTS.iter().find_map(|(context, remark)| {
        let value = default_in(context, name)?;
        let remark = if remark.is_empty() {
            String::new()
        } else {
            format!("Default {remark}:")
        };
        Some(Line {
            value: value.to_string(),
            remark,
        })
    });
    found.unwrap_or_else(|| Line {
        value: example(name).to_owned(),
        remark: "Not set; for example:".to_owned(),
    })
}

/// What a setting is among others, where something is filled in and looked at; a setting that is of prices in play is
/// looked at in streams.
fn default_in(context: &str, name: &str) -> Option<Value> {
    let settings = Settings::from_toml(context).ok()?;
    let purposes = [Purpose::Backtest, Purpose::Trade { history: true }];
    purposes.into_iter().find_map(|purpose| {
        let settings = RunConfig::in_force(&settings, purpose).ok()?;
        let setting = settings.into_iter().find(|it| it.setting == name)?;
        setting.value.filter(|_| setting.idle.is_none())
    })
}

fn example(name: &str) -> &'static str {
    let found = EXAMPLES.iter().find(|(setting, _)| *setting == name);
    found.map_or("", |(_, value)| value)
}

/// What a setting may be: the names that it takes, or the range that the checks of settings state.
fn allowed(argument: &Arg) -> Option<String> {
    let takes_bool = argument
        .get_num_args()
        .is_some_and(|it| it.min_values() == 0);
    let possible = argument.get_possible_values();
    let names: Vec<&str> = possible.iter().map(PossibleValue::get_name).collect();
    if takes_bool {
        Some("true or false".to_owned())
    } else if names.is_empty() {
        range(argument.get_id().as_str())
    } else if argument.is_hide_possible_values_set() {
        None
    } else {
        Some(format!("One of {}", names.join(", ")))
    }
}

/// What is said of numbers that nobody can mean.
fn range(name: &str) -> Option<String> {
    let mut said: Vec<String> = Vec::new();
    for absurd in ["-1e9", "1e18", "0"] {
        let settings = Settings::from_toml(&format!("{name} = {absurd}"));
        let refused = settings.and_then(|settings| RunConfig::resolve(&settings));
        let error = refused.err().map(|error| error.to_string());
        let allowed = error.as_deref().and_then(out_of_range);
        let allowed = allowed.map(|(_, allowed, _)| allowed.to_owned());
        said.extend(allowed.filter(|allowed| !said.contains(allowed)));
    }
    (!said.is_empty()).then(|| format!("Must be {}", said.join("; ")))
}

/// A sentence as lines of a comment.
fn comment(sentence: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in sentence.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("# {word}")),
        }
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::super::in_force::without_traces;
    use super::*;

    /// The lines of settings, without their #, each with the remark above it.
    fn lines() -> Vec<(String, String)> {
        let text = commented_settings();
        let lines: Vec<&str> = text.lines().collect();
        let pairs = lines.windows(2).filter_map(|two| {
            let line = two[1].strip_prefix('#')?;
            let is_setting = line.starts_with(|c: char| c.is_ascii_lowercase());
            is_setting.then(|| (two[0].to_owned(), line.to_owned()))
        });
        pairs.collect()
    }

    fn run(toml: &str) -> RunConfig {
        without_traces(&Settings::from_toml(toml).unwrap())
    }

    #[test]
    fn every_setting_has_a_line() {
        let found: Vec<String> = lines()
            .iter()
            .map(|(_, line)| line.split(' ').next().unwrap().to_owned())
            .collect();
        for name in Settings::names() {
            let count = found.iter().filter(|found| **found == name).count();
            assert_eq!(count, 1, "{name}");
        }
        assert_eq!(found.len(), Settings::names().len());
    }

    #[test]
    fn as_it_stands_it_sets_nothing() {
        let settings = Settings::from_toml(&commented_settings()).unwrap();
        assert_eq!(settings, Settings::default());
    }

    #[test]
    fn a_default_that_is_given_changes_nothing_and_an_example_is_a_setting() {
        for (above, line) in lines() {
            let context = CONTEXTS
                .iter()
                .find(|(_, remark)| !remark.is_empty() && above.contains(remark))
                .map_or("", |(context, _)| context);
            let with = format!("{context}\n{line}");
            if above == "# Not set; for example:" {
                let name = line.split(' ').next().unwrap();
                assert!(EXAMPLES.iter().any(|(known, _)| *known == name));
                assert_ne!(Settings::from_toml(&with).unwrap(), Settings::default());
            } else {
                assert_eq!(run(&with), run(context), "{line}");
            }
        }
    }

    #[test]
    fn ranges_are_those_that_are_checked() {
        let text = commented_settings();
        for sentence in [
            "# Must be 0, or a number of days between 0.01 and 1000000\n#half_life",
            "# Must be 0, or a number of days between 1 and 1000000\n#window",
            "# Must be 0, or a standard deviation in log goals between 0.001 and 10\n#prior",
            "# Must be above 0 and at most 2\n# Default with strategy = \"kelly\":\n#kelly_fraction = 1.0",
            "# Must be 1 or more\n#max_rows",
            "# true or false\n#multiple = false",
        ] {
            assert!(text.contains(sentence), "{sentence}: {text}");
        }
        assert!(
            text.lines().all(|line| line.chars().count() <= WIDTH + 2),
            "{text}"
        );
    }
}
