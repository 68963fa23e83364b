//! `simbet season`: the rest of a season, played many times over.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use clap::Args;
use serde_json::json;

use super::output;
use super::settings::Layers;
use super::{Console, apart, input, progress, signals, usage};
use crate::calendar;
use crate::config::{Day, Pair, Purpose, RunConfig, count_of, pair, value_name};
use crate::domain::TeamId;
use crate::report::Format;
use crate::report::text_table::counted;
use crate::results::{Folder, names};
use crate::season::{
    Outlook, Projection, Rules, Season, SeasonError, SeasonReport, TieBreak, project, render,
};
use crate::source::Matches;

/// The arguments of `season`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  simbet season E0_2023-24.csv E0_2024-25.csv --as-of 2025-01-01
  simbet season E0_2024-25.csv --fixtures rest.csv --uncertainty --deduct Everton=8 --out results/")]
pub struct SeasonArgs {
    /// Matches of the season and, for the fit, of the seasons before: files, folders, globs, or - for stdin
    #[arg(required = true, value_name = "FILE")]
    inputs: Vec<String>,
    /// The remaining matches, in the same columns without a score [default: the unplayed part of the double round
    /// robin]
    #[arg(long, value_name = "FILE", num_args = 1.., help_heading = "Season")]
    fixtures: Vec<String>,
    /// Ignore the results after this day: those matches are simulated
    #[arg(long, value_name = "DAY", help_heading = "Season")]
    as_of: Option<Day>,
    /// Draw the teams' strengths in each run from the uncertainty of the fit, instead of using the estimates as they
    /// are
    #[arg(long, help_heading = "Season")]
    uncertainty: bool,
    /// How many teams are relegated [default: by the league's code]
    #[arg(long, value_parser = count_of::<usize>, value_name = "N", help_heading = "Season")]
    relegated: Option<usize>,
    /// How teams that are level on points are ranked [default: by the league's code]
    #[arg(long, value_enum, help_heading = "Season")]
    tie_break: Option<TieBreak>,
    /// Points taken from a team; may be repeated
    #[arg(long, value_name = "TEAM=POINTS", value_parser = pair("Everton=8"), help_heading = "Season")]
    deduct: Vec<Pair>,
    /// Points for a win
    #[arg(long, value_name = "N", default_value_t = 3, help_heading = "Season",
        value_parser = clap::value_parser!(u8).range(1..=10))]
    points: u8,
    // a probability of one half then has a standard error of half a percentage point
    /// How often the rest is played
    #[arg(
        long,
        value_parser = count_of::<u64>,
        value_name = "N",
        default_value_t = 10_000,
        help_heading = "Runs",
        allow_negative_numbers = true
    )]
    runs: u64,
    /// Seed of everything random
    #[arg(
        long,
        value_parser = count_of::<u64>,
        value_name = "N",
        default_value_t = 1,
        help_heading = "Runs",
        allow_negative_numbers = true
    )]
    seed: u64,
    #[command(flatten)]
    layers: Layers,
    /// Format of what is printed
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    format: Format,
    /// Write season.csv, positions.csv, summary.json and run.json to a folder
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    out: Option<PathBuf>,
}

impl SeasonArgs {
    /// Fits, plays, prints, and writes the folder.
    pub fn run(self, console: Console) -> anyhow::Result<()> {
        output::ensure_own(self.out.as_deref(), console)?;
        let files = [&self.inputs[..], &self.fixtures].concat();
        apart::ensure_folder(self.out.as_deref(), &files)?;
        let mut config = self.config(console)?;
        let model = config.engine.model.get_or_insert_default();
        let (least, model) = (model.min_matches, value_name(model.kind));
        let matches = input::read_with_fixtures(&files, &config.read, console)?;
        matches.ensure_results()?;
        self.layers.ensure_taught(&config, &matches, console)?;
        let league = config.read.league.as_deref();
        let (season, rules) = self.find(&matches, league, console)?;
        self.ensure_fixtures_are_used(&matches, season.league(), console)?;
        if let Some(warning) = warning_of_newcomers(&season, &matches, least) {
            console.warn(warning);
        }
        let outlook =
            Outlook::fit(&season, &matches, &config.engine, self.uncertainty).map_err(as_usage)?;
        let projection = self.project(&season, &rules, &outlook, console)?;
        let report = SeasonReport {
            season: &season,
            rules,
            projection: &projection,
            model,
            uncertainty: self.uncertainty,
            seed: self.seed,
        };
        // the result is printed even if the folder cannot be written
        let written = self.out.as_ref().map_or(Ok(()), |folder| {
            write_folder(folder, &report, &config, &matches, console)
        });
        super::print(&render(&report, self.format)?, self.format)?;
        written?;
        signals::ensure_all_done(projection.runs, self.runs)
    }

    fn config(&self, console: Console) -> anyhow::Result<RunConfig> {
        let settings = self.layers.settings(Purpose::Season, console)?;
        let config = RunConfig::resolve(&settings).map_err(usage)?;
        if self.runs == 0 {
            return Err(usage("--runs must be at least 1, not 0"));
        }
        Ok(config)
    }

    /// Plays the rest of the season until all runs are done or the process is told to stop.
    fn project(
        &self,
        season: &Season,
        rules: &Rules,
        outlook: &Outlook,
        console: Console,
    ) -> anyhow::Result<Projection> {
        let stop = signals::stop_on_signals();
        let bar = progress::runs(console, "playing", self.runs);
        let runs = 0..self.runs;
        let projection = project(season, rules, outlook, runs, self.seed, &|done| {
            bar.inc(done);
            !stop.load(Ordering::Relaxed)
        })
        .map_err(as_usage)?;
        bar.finish_and_clear();
        Ok(projection)
    }

    /// The season of the league that was named, which is also that of files without a league column.
    fn find(
        &self,
        matches: &Matches,
        league: Option<&str>,
        console: Console,
    ) -> anyhow::Result<(Season, Rules)> {
        let as_of = self.as_of.map(|day| day.0);
        let mut season =
            Season::find(matches, league, as_of, |code| self.rules(code)).map_err(as_usage)?;
        self.deduct(&mut season)?;
        let rules = self.rules(season.league());
        write_notes(&season, &rules, console);
        Ok((season, rules))
    }

    fn deduct(&self, season: &mut Season) -> anyhow::Result<()> {
        for Pair(team, points) in &self.deduct {
            let number = points.parse().map_err(|_| {
                usage(format!("--deduct {team}={points}: expected a number of points from 0 to 255, not {points:?}"))
            })?;
            season.deduct(team, number).map_err(as_usage)?;
        }
        Ok(())
    }

    /// Notes fixtures of another league, which are not part of the season. The league of a file that names none is a guess.
    fn ensure_fixtures_are_used(
        &self,
        matches: &Matches,
        league: &str,
        console: Console,
    ) -> anyhow::Result<()> {
        let leagues: Vec<&str> = matches
            .fixtures()
            .map(|record| matches.names.league(record.fixture.league))
            .collect();
        let others: BTreeSet<&str> = leagues
            .iter()
            .copied()
            .filter(|other| *other != league)
            .collect();
        if !self.fixtures.is_empty() && leagues.is_empty() {
            console.note(
                "no match of --fixtures is still to be played: what is left are the pairs that have not met",
            );
        }
        if self.fixtures.is_empty() || others.is_empty() {
            return Ok(());
        }
        let others = others.into_iter().collect::<Vec<_>>().join(", ");
        let advice = "a file without a column Div or league is of the league that --league names, else of its file's name";
        if !leagues.contains(&league) {
            anyhow::bail!("--fixtures has no match of {league}, only of {others}; {advice}");
        }
        console.note(format!(
            "the fixtures of {others} do not belong to {league} and are left out; {advice}"
        ));
        Ok(())
    }

    fn rules(&self, league: &str) -> Rules {
        let rules = Rules::of(league);
        Rules {
            win: self.points,
            tie_break: self.tie_break.unwrap_or(rules.tie_break),
            relegated: self.relegated.or(rules.relegated),
            ..rules
        }
    }
}

/// The teams of whose results there are so few that their chances are little more than a guess.
fn warning_of_newcomers(season: &Season, matches: &Matches, least: u32) -> Option<String> {
    let mut seen: BTreeMap<TeamId, u32> = BTreeMap::new();
    for record in &matches.records {
        if record.result().is_some() && record.fixture.day <= season.as_of() {
            for team in [record.fixture.home, record.fixture.away] {
                *seen.entry(team).or_default() += 1;
            }
        }
    }
    let seen = season
        .teams()
        .iter()
        .map(|team| seen.get(team).copied().unwrap_or(0));
    let few: Vec<String> = (season.names().iter().zip(seen))
        .filter(|(_, seen)| *seen < least)
        .map(|(team, seen)| format!("{team} {seen}"))
        .collect();
    (!few.is_empty()).then(|| {
        format!(
            "the model has seen fewer than {least} matches of {} of {} teams, too few to rely on \
             the chances in this table: {}",
            few.len(),
            season.teams().len(),
            few.join(", ")
        )
    })
}

fn write_notes(season: &Season, rules: &Rules, console: Console) {
    if rules.double_round_robin && season.missing() > 0 {
        let missing = counted(
            season.missing() as u64,
            "match of the double round robin is",
            "matches of the double round robin are",
        );
        console.note(format!("{missing} neither played nor among the fixtures"));
    }
    for (home, away, [first, second]) in season.repeated().take(3) {
        let [first, second] = [first, second].map(calendar::format_date);
        console.note(format!(
            "{home} – {away} was played on {first} and again on {second}, and both count: if one was annulled, remove it or \
             give it a column status that says abandoned"
        ));
    }
    if let Some(more) = season
        .repeated()
        .count()
        .checked_sub(3)
        .filter(|more| *more > 0)
    {
        console.note(format!("{more} more pairs were played twice at one ground"));
    }
    if rules.relegated.is_none() {
        console.note(format!(
            "the number of teams that {} relegates is not known: give it with --relegated",
            season.league()
        ));
    }
}

/// Errors of the arguments are errors of usage; errors of the input are not.
fn as_usage(error: SeasonError) -> anyhow::Error {
    match error {
        SeasonError::NoStrengths
        | SeasonError::TooManyRelegated { .. }
        | SeasonError::SeveralLeagues { .. }
        | SeasonError::UnknownLeague { .. }
        | SeasonError::UnknownTeam { .. } => usage(error),
        error => error.into(),
    }
}

/// Writes the folder of results.
fn write_folder(
    path: &Path,
    report: &SeasonReport<'_>,
    config: &RunConfig,
    matches: &Matches,
    console: Console,
) -> anyhow::Result<()> {
    let wait = signals::waiting(console);
    let mut folder = Folder::create(path, &wait)?;
    for (name, table) in [
        (names::SEASON, report.teams_table()),
        (names::POSITIONS, report.positions_table()),
    ] {
        folder.stage_csv(name, &table.header, &table.rows)?;
    }
    // a summary.json beside run.json marks the folder as results, so that it is not read as one of matches
    folder.stage_summary(&report.json())?;
    let run = json!({
        "headline": report.title(),
        "legend": report.legend(),
        "season": report.facts(),
        "config": config,
        "inputs": matches.inputs,
        "counts": matches.counts,
    });
    console.wrote(&folder.commit(&run)?);
    Ok(())
}
