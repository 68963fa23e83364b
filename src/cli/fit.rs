//! `simbet fit`.

use std::io::{self, Write};
use std::sync::Arc;

use clap::Args;
use serde_json::{Value, json};

use super::settings::ReplayLayers;
use super::{Console, fit_filter, fit_logistic, fit_sides, input, usage};
use crate::backtest::{self, Fitted};
use crate::calendar;
use crate::config::Purpose;
use crate::domain::Names;
use crate::predict::{Fit as FittedModel, Group, ModelKind};
use crate::report::Format;
use crate::report::text_table::{TextTable, counted};
use crate::rounding;

/// The arguments of `fit`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  simbet fit datasets/epl.csv --model dixon-coles --half-life 0 --window 0 --prior 0
  simbet fit datasets/epl.csv --learn goals --model poisson --marginal weibull --dependence frank
  simbet fit datasets/epl.csv --model average --marginal negative-binomial
  simbet fit datasets/epl.csv --model logistic --features elo,form --link ordered
  simbet fit datasets/epl.csv --model filter --history

Attack and defence are in log goals against an average side: a team scores e^(attack) times as many.")]
pub struct Fit {
    /// Files, folders, globs, or - for stdin
    #[arg(required = true, value_name = "FILE")]
    inputs: Vec<String>,
    #[command(flatten)]
    layers: ReplayLayers,
    /// Print the strengths of each team at the end of each season too (--model filter)
    #[arg(long)]
    history: bool,
    /// Format of what is printed
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    format: Format,
}

impl Fit {
    pub fn run(self, console: Console) -> anyhow::Result<()> {
        let config = self.layers.resolve(Purpose::Fit, console)?;
        let matches = input::read(&self.inputs, &config.read, console)?;
        self.layers.ensure_matched(&config, &matches, console)?;
        if let Some(teachers) = backtest::teachers(&config, &matches)
            && teachers.has_columns()
        {
            console.note(teachers.sentence());
        }
        let kind = config.engine.model.as_ref().map(|model| model.kind);
        if kind == Some(ModelKind::Filter) {
            let (engine, to) = (&config.engine, config.replay.to);
            let fitted = backtest::fit_filter(engine, to, &matches, self.history)?;
            let mut out = Vec::new();
            fit_filter::write(&mut out, &fitted, &matches.names, self.format)?;
            return super::print(&out, self.format);
        }
        if self.history {
            return Err(usage(
                "--history is for --model filter, whose strengths change from match to match; leave it out, or choose that model",
            ));
        }
        if kind == Some(ModelKind::Logistic) {
            let fitted = backtest::fit_logistic(&config.engine, config.replay, &Arc::new(matches))?;
            let mut out = Vec::new();
            fit_logistic::write(&mut out, &fitted, self.format)?;
            return super::print(&out, self.format);
        }
        if kind == Some(ModelKind::Average) {
            let fitted = backtest::fit_sides(&config.engine, config.replay.to, &matches)?;
            let mut out = Vec::new();
            fit_sides::write(&mut out, &fitted, self.format)?;
            return super::print(&out, self.format);
        }
        let fitted = backtest::fit(&config.engine, config.replay.to, &matches)?;
        if fitted.is_empty() {
            let kind = config
                .engine
                .model
                .map_or(ModelKind::default(), |model| model.kind);
            anyhow::ensure!(
                !kind.has_strengths(),
                "nothing to fit: no match with a score was read"
            );
            return Err(usage(format!(
                "--model must be average, {} or logistic: the other models have no table of teams, and no coefficients",
                ModelKind::those_with_strengths().replace(" or ", ", ")
            )));
        }
        let mut out = Vec::new();
        if self.format == Format::Csv {
            machine_table(&fitted, &matches.names).write(&mut out, Format::Csv)?;
        } else if self.format == Format::Json {
            let all: Vec<_> = fitted
                .iter()
                .map(|fitted| to_json(fitted, &matches.names))
                .collect();
            writeln!(out, "{:#}", Value::from(all))?;
        } else {
            for fitted in &fitted {
                print(&mut out, fitted, &matches.names, self.format)?;
            }
        }
        super::print(&out, self.format)
    }
}

/// The teams, strongest first.
fn teams<'a>(fitted: &Fitted, names: &'a Names) -> Vec<(&'a str, f64, f64)> {
    let strengths = fitted.fit.attack.iter().zip(&fitted.fit.defence);
    let mut teams: Vec<_> = fitted
        .teams
        .iter()
        .zip(strengths)
        .map(|(&team, (&attack, &defence))| (names.team(team), attack, defence))
        .collect();
    // a team of which one strength is −∞ and the other ∞ has no sum, and stands at the end like every NaN
    let sum = |team: &(&str, f64, f64)| Some(team.1 + team.2).filter(|sum| !sum.is_nan());
    teams.sort_by(|a, b| {
        let [first, second] = [sum(a), sum(b)].map(|sum| sum.unwrap_or(f64::NEG_INFINITY));
        second.total_cmp(&first).then(a.0.cmp(b.0))
    });
    teams
}

fn to_json(fitted: &Fitted, names: &Names) -> Value {
    let fit = &fitted.fit;
    let teams: Vec<_> = teams(fitted, names)
        .into_iter()
        .map(
            |(name, attack, defence)| json!({ "team": name, "attack": attack, "defence": defence }),
        )
        .collect();
    let parameters: Vec<_> = fit
        .shapes()
        .into_iter()
        .map(|shape| {
            json!({
                "parameter": shape.name,
                "estimate": shape.estimate,
                "standard_error": shape.standard_error,
            })
        })
        .collect();
    json!({
        "pool": fitted.pool,
        "as_of": calendar::format_date(fitted.as_of),
        "matches": fit.matches,
        "learn": fit.learn(),
        "log_likelihood": fit.log_likelihood,
        "aic": fit.aic(),
        "intercept": fit.intercept,
        "home_advantage": is_home_advantage_known(fit).then_some(fit.home_advantage),
        "rho": fit.rho,
        "parameters": parameters,
        "teams": teams,
        "undetermined": undetermined(fitted, names),
    })
}

/// Whether results or a prior say what home advantage is.
const fn is_home_advantage_known(fit: &FittedModel) -> bool {
    fit.has_home_sides || fit.has_prior()
}

/// What the matches do not determine, a sentence each.
fn undetermined(fitted: &Fitted, names: &Names) -> Vec<String> {
    let fit = &fitted.fit;
    let named = |number: usize| names.team(fitted.teams[number]);
    let unbounded = |values: &[f64], what: &str, goals: &str| {
        let teams = (0..values.len()).filter(|&team| values[team].is_infinite());
        let sentence = |team| format!("the {what} of {}: it has not {goals}", named(team));
        teams.map(sentence).collect::<Vec<_>>()
    };
    let mut all = unbounded(&fit.attack, "attack", "scored");
    all.extend(unbounded(&fit.defence, "defence", "conceded"));
    if fit.groups.len() > 1 {
        all.push(between_groups(&fit.groups, fit.has_prior(), &named));
    }
    for group in fit
        .groups
        .iter()
        .filter(|group| group.halved && !fit.has_prior())
    {
        all.push(format!(
            "how far the strengths of {} are attack and how far defence: they come in two halves that met only each other",
            listed(&group.teams, &named)
        ));
    }
    if !fit.has_home_sides {
        let limit = if fit.has_prior() {
            ", which is that of the prior"
        } else {
            ""
        };
        all.push(format!("the home advantage{limit}: no side was at home"));
    }
    all
}

fn between_groups<'a>(
    groups: &[Group],
    has_prior: bool,
    named: &dyn Fn(usize) -> &'a str,
) -> String {
    let groups: Vec<_> = groups
        .iter()
        .map(|group| format!("({})", listed(&group.teams, named)))
        .collect();
    let limit = if has_prior {
        "only the prior decides"
    } else {
        "each has a mean of 0"
    };
    format!(
        "how these groups compare (no team of one met a team of another; {limit}): {}",
        groups.join(", ")
    )
}

/// The names of the first teams, and how many more there are.
fn listed<'a>(teams: &[usize], named: &dyn Fn(usize) -> &'a str) -> String {
    const MOST: usize = 8;
    let mut names: Vec<&str> = teams.iter().map(|&team| named(team)).collect();
    names.sort_unstable();
    let mut names: Vec<String> = names.into_iter().take(MOST).map(str::to_owned).collect();
    if teams.len() > MOST {
        names.push(format!("{} more", teams.len() - MOST));
    }
    names.join(", ")
}

/// Every team of every pool, with the parameters of its pool.
fn machine_table(fitted: &[Fitted], names: &Names) -> TextTable {
    let header = [
        "pool",
        "team",
        "attack",
        "defence",
        "intercept",
        "home_advantage",
        "rho",
    ];
    let shapes = |fitted: &Fitted| {
        fitted
            .fit
            .shapes()
            .into_iter()
            .filter(|shape| shape.name != "rho")
    };
    let of_family = fitted
        .first()
        .into_iter()
        .flat_map(shapes)
        .map(|shape| shape.name);
    let header = header
        .into_iter()
        .chain(of_family)
        .map(str::to_owned)
        .collect();
    let rows = fitted.iter().flat_map(|fitted| {
        let fit = &fitted.fit;
        let advantage = if is_home_advantage_known(fit) {
            fit.home_advantage
        } else {
            f64::NAN
        };
        let of_family: Vec<f64> = shapes(fitted).map(|shape| shape.estimate).collect();
        let numbers = move |attack, defence| {
            let levels = [attack, defence, fit.intercept, advantage, fit.rho];
            levels.into_iter().chain(of_family.clone())
        };
        teams(fitted, names)
            .into_iter()
            .map(move |(name, attack, defence)| {
                let numbers = numbers(attack, defence).map(written);
                [fitted.pool.clone(), name.to_owned()]
                    .into_iter()
                    .chain(numbers)
                    .collect()
            })
    });
    TextTable {
        header,
        rows: rows.collect(),
        ..TextTable::default()
    }
}

/// A number of a machine's table; empty where there is no most likely one.
fn written(number: f64) -> String {
    if number.is_finite() {
        rounding::rounded(number).to_string()
    } else {
        String::new()
    }
}

fn print(out: &mut dyn Write, fitted: &Fitted, names: &Names, format: Format) -> io::Result<()> {
    let fit = &fitted.fit;
    let advantage = if is_home_advantage_known(fit) {
        format!("{:+.4}", fit.home_advantage)
    } else {
        "–".to_owned()
    };
    let title = format!(
        "{} as of {}: {}, {}\nintercept {:+.4}, home advantage {advantage}, {}",
        fitted.pool,
        calendar::format_date(fitted.as_of),
        counted(fit.matches as u64, "match", "matches"),
        likelihood(fit),
        fit.intercept,
        parameters(fit),
    );
    let table = TextTable {
        title,
        header: ["team", "attack", "defence", "sum"]
            .map(str::to_owned)
            .to_vec(),
        rows: teams(fitted, names).into_iter().map(row).collect(),
        numeric: vec![1, 2, 3],
        ..TextTable::default()
    };
    table.write(out, format)?;
    let open = undetermined(fitted, names);
    if !open.is_empty() {
        writeln!(out, "These matches do not determine:")?;
        for sentence in open {
            writeln!(out, "- {}", format.prose(&sentence))?;
        }
    }
    writeln!(out)
}

/// The parameters beside strengths and levels, with their standard errors.
fn parameters(fit: &FittedModel) -> String {
    let shapes = fit.shapes();
    if shapes.is_empty() {
        return format!("rho {:+.4}", fit.rho);
    }
    let shapes = shapes.iter().map(|shape| {
        let error = shape.standard_error.filter(|error| error.is_finite());
        let error = error.map_or_else(String::new, |error| format!(" ± {error:.4}"));
        format!("{} {:+.4}{error}", shape.name, shape.estimate)
    });
    shapes.collect::<Vec<_>>().join(", ")
}

/// The likelihood, and what taught the model where that is more than goals.
fn likelihood(fit: &FittedModel) -> String {
    match fit.aic() {
        Some(aic) => format!("log-likelihood {:.3}, AIC {aic:.3}", fit.log_likelihood),
        None => format!(
            "quasi-log-likelihood {:.3}\n{}{}",
            fit.log_likelihood,
            fit.learn().sentence(),
            if fit.is_of_scores() {
                ""
            } else {
                ", which are not those of scores alone"
            }
        ),
    }
}

fn row((name, attack, defence): (&str, f64, f64)) -> Vec<String> {
    vec![
        name.to_owned(),
        shown(attack),
        shown(defence),
        shown(attack + defence),
    ]
}

/// A strength, if there is a most likely one.
fn shown(strength: f64) -> String {
    if strength.is_finite() {
        format!("{strength:+.4}")
    } else {
        "–".to_owned()
    }
}
