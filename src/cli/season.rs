//! `simbet simulate --season`: the rest of a season, played many times over.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;
use std::sync::atomic::Ordering;

use clap::Args;
use serde_json::{Value, json};

use super::output::{RESULTS, write_json};
use super::{Console, input, progress, signals, usage};
use crate::calendar;
use crate::config::{Day, Pair, RunConfig, value_name};
use crate::report::Format;
use crate::report::sheet::{Sheet, decimals, thousands};
use crate::results::folder::Folder;
use crate::rounding;
use crate::season::{
    Chance, Outlook, Projection, Prospects, Rules, Season, SeasonError, TieBreak, project,
};
use crate::sink;
use crate::source::Matches;

/// How often the rest is played unless something else is said: a probability of one half then has a standard error
/// of half a percentage point.
const RUNS: u64 = 10_000;

/// What is said of an invented league, and of bets: a season has neither.
const INVENTED: [&str; 25] = [
    "like",
    "matches",
    "teams",
    "spread",
    "home_goals",
    "away_goals",
    "rho",
    "drift",
    "margin",
    "bookmaker_noise",
    "closing_noise",
    "longshot_bias",
    "odds_decimals",
    "in_play",
    "every",
    "model_noise",
    "run",
    "strategies",
    "ruin",
    "precision",
    "emit",
    "bets",
    "by",
    "strategy",
    "plot",
];

/// What can be said of a season still to play.
#[derive(Debug, Args)]
#[group(skip)]
pub struct SeasonArgs {
    /// Play the rest of a season: matches of it and, for the fit, of the seasons before
    #[arg(long, value_name = "FILE", num_args = 1.., help_heading = "Season", conflicts_with_all = INVENTED)]
    pub season: Vec<String>,
    /// The rest, in the same columns without a score [default: the unplayed part of the double round robin]
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "season", help_heading = "Season")]
    fixtures: Vec<String>,
    /// The league, where the files hold several
    #[arg(
        long,
        value_name = "CODE",
        requires = "season",
        help_heading = "Season"
    )]
    league: Option<String>,
    /// Forget the results after this day: they are played anew
    #[arg(long, value_name = "DAY", requires = "season", help_heading = "Season")]
    as_of: Option<Day>,
    /// Draw the teams' strengths in each run from what they may be, instead of taking the estimates for the truth
    #[arg(long, requires = "season", help_heading = "Season")]
    uncertainty: bool,
    /// How many of the last go down [default: by the league's code]
    #[arg(long, value_name = "N", requires = "season", help_heading = "Season")]
    relegated: Option<usize>,
    /// What tells teams apart that are level on points [default: by the league's code]
    #[arg(long, value_enum, requires = "season", help_heading = "Season")]
    tie_break: Option<TieBreak>,
    /// Points taken from a team; may be repeated
    #[arg(
        long,
        value_name = "TEAM=POINTS",
        requires = "season",
        help_heading = "Season"
    )]
    deduct: Vec<Pair>,
    /// Points for a win
    #[arg(long, value_name = "N", default_value_t = 3, requires = "season", help_heading = "Season",
        value_parser = clap::value_parser!(u8).range(1..=10))]
    points: u8,
}

/// Everything that can be printed of it.
struct Printed<'a> {
    season: &'a Season,
    rules: Rules,
    projection: &'a Projection,
    model: String,
    uncertainty: bool,
    seed: u64,
}

/// Fits, plays, prints, and writes `out`.
pub fn run(
    args: &SeasonArgs,
    mut config: RunConfig,
    runs: Option<u64>,
    seed: u64,
    format: Format,
    out: Option<&Path>,
    console: Console,
) -> anyhow::Result<()> {
    if config.replay.from.is_some() || config.replay.to.is_some() {
        return Err(usage(
            "--season does not go with --from and --to: say --as-of, and --window for how far back",
        ));
    }
    let runs = runs.unwrap_or(RUNS);
    if runs == 0 {
        return Err(usage("--runs must be at least 1, not 0"));
    }
    let model = value_name(config.engine.model.get_or_insert_default().kind);
    let matches = input::read(
        &[&args.season[..], &args.fixtures].concat(),
        &config.read,
        console,
    )?;
    let (season, rules) = args.find(&matches, console)?;
    args.ensure_fixtures_are_used(&matches, season.league(), console)?;
    let outlook =
        Outlook::fit(&season, &matches, &config.engine, args.uncertainty).map_err(as_usage)?;
    let stop = signals::stop_on_signals()?;
    let bar = progress::runs(console, "playing", runs);
    let go_on = |done| {
        bar.inc(done);
        !stop.load(Ordering::Relaxed)
    };
    let projection = project(&season, &rules, &outlook, 0..runs, seed, &go_on).map_err(as_usage)?;
    bar.finish_and_clear();
    let printed = Printed {
        season: &season,
        rules,
        projection: &projection,
        model,
        uncertainty: args.uncertainty,
        seed,
    };
    // what came out is printed even where it cannot be written
    let written = out.map_or(Ok(()), |folder| {
        printed.write_folder(folder, &config, &matches)
    });
    printed.print(format)?;
    written?;
    signals::ensure_all_done(projection.runs, runs)
}

/// Mistakes in what was typed, as opposed to those in what was read.
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

impl SeasonArgs {
    fn find(&self, matches: &Matches, console: Console) -> anyhow::Result<(Season, Rules)> {
        let as_of = self.as_of.map(|day| day.0);
        let mut season = Season::find(matches, self.league.as_deref(), as_of, |code| {
            self.rules(code)
        })
        .map_err(as_usage)?;
        for Pair(team, points) in &self.deduct {
            let number = points.parse().map_err(|_| {
                usage(format!("--deduct {team}={points}: expected a number of points from 0 to 255, not {points:?}"))
            })?;
            season.deduct(team, number).map_err(as_usage)?;
        }
        let rules = self.rules(season.league());
        if rules.double_round_robin && season.missing() > 0 {
            console.note(format!(
                "{} matches of the double round robin are neither played nor to come",
                season.missing()
            ));
        }
        if rules.relegated.is_none() {
            console.note(format!(
                "how many go down from {} is not known: say it with --relegated",
                season.league()
            ));
        }
        Ok((season, rules))
    }

    /// Fixtures of another league are none of this season's, and a file that names no league may be meant otherwise.
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
        if self.fixtures.is_empty() || others.is_empty() {
            return Ok(());
        }
        let others = others.into_iter().collect::<Vec<_>>().join(", ");
        let advice = "a file without a column Div or league takes its name for one";
        if !leagues.contains(&league) {
            anyhow::bail!("--fixtures has no match of {league}, only of {others}; {advice}");
        }
        console.note(format!(
            "the fixtures of {others} are not of {league} and are left out; {advice}"
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

impl Printed<'_> {
    fn print(&self, format: Format) -> anyhow::Result<()> {
        // in memory first: stdout may be closed at any time
        let mut out = Vec::new();
        match format {
            Format::Json => writeln!(out, "{:#}", self.json())?,
            Format::Csv => self.machine_sheet().write(&mut out, format)?,
            Format::Table | Format::Markdown => {
                self.people_sheet().write(&mut out, format)?;
                writeln!(out, "\n{}", self.legend())?;
            }
        }
        super::print(&out)
    }

    fn title(&self) -> String {
        let count = |number: u64| thousands(&number.to_string());
        format!(
            "{} as of {}: {} matches played, {} to play; {} runs, seed {}, {}{}",
            self.season.title(),
            calendar::format_date(self.season.as_of()),
            self.season.played().len(),
            self.season.left().len(),
            count(self.projection.runs),
            self.seed,
            self.model,
            if self.uncertainty {
                " with uncertain strengths"
            } else {
                ""
            },
        )
    }

    /// What the table counts as what.
    fn legend(&self) -> String {
        let tie_break = match self.rules.tie_break {
            TieBreak::GoalDifference => "goal difference, goals scored, their own matches, lot",
            TieBreak::HeadToHead => "their own matches, goal difference, goals scored, lot",
            TieBreak::Wins => "matches won, goal difference, goals scored, lot",
        };
        let (teams, runs) = (self.season.teams().len(), self.projection.runs);
        let down = match self.rules.relegated {
            Some(0) | None => String::new(),
            Some(count) => format!(
                "Down: from place {} on, without play-offs.\n",
                teams - count + 1
            ),
        };
        let taken: Vec<_> = self
            .season
            .deductions()
            .map(|(team, points)| format!("{team} {points}"))
            .collect();
        let taken = if taken.is_empty() {
            String::new()
        } else {
            format!("Points taken away: {}.\n", taken.join(", "))
        };
        format!(
            "Level on points: {tie_break}.\n{down}{taken}0 % and 100 %: settled by the points that are left. {} and {}: hardly \
             ever, or nearly always, in {} runs.",
            shown(
                Chance {
                    share: 0.0,
                    settled: None
                },
                runs
            ),
            shown(
                Chance {
                    share: 1.0,
                    settled: None
                },
                runs
            ),
            thousands(&runs.to_string()),
        )
    }

    /// The teams as people read them.
    fn people_sheet(&self) -> Sheet {
        let header = [
            "team",
            "played",
            "points",
            "at the end",
            "±",
            "goal difference",
            "title",
            "top 4",
            "top half",
            "down",
            "place",
        ];
        let runs = self.projection.runs;
        let row = |team: &Prospects| {
            vec![
                team.name.clone(),
                team.played.to_string(),
                team.points.to_string(),
                format!("{:.1}", team.expected_points),
                decimals(team.points_sd, 1),
                format!("{:+.1}", team.expected_goal_difference),
                shown(team.title, runs),
                shown(team.top_four, runs),
                shown(team.top_half, runs),
                team.relegated
                    .map_or_else(|| "–".to_owned(), |chance| shown(chance, runs)),
                format!("{:.1}", team.average_position),
            ]
        };
        Sheet {
            title: self.title(),
            header: header.map(str::to_owned).to_vec(),
            rows: self.projection.teams.iter().map(row).collect(),
            numeric: (1..header.len()).collect(),
            spare: vec![8, 5, 1, 4, 10],
        }
    }

    /// The teams with every number.
    fn machine_sheet(&self) -> Sheet {
        let header = [
            "team",
            "played",
            "points",
            "goal_difference",
            "expected_points",
            "points_sd",
            "expected_goal_difference",
            "title",
            "top_four",
            "top_half",
            "relegated",
            "average_position",
        ];
        let row = |team: &Prospects| {
            let number = |number: Option<f64>| {
                number.map_or_else(String::new, |n| rounding::rounded(n).to_string())
            };
            let whole = [
                i64::from(team.played),
                i64::from(team.points),
                i64::from(team.goal_difference),
            ];
            let [title, four, half] =
                [team.title, team.top_four, team.top_half].map(|chance| Some(chance.share));
            let numbers = [
                Some(team.expected_points),
                team.points_sd,
                Some(team.expected_goal_difference),
                title,
                four,
                half,
                team.relegated.map(|chance| chance.share),
                Some(team.average_position),
            ];
            let name = std::iter::once(team.name.clone());
            name.chain(whole.map(|count| count.to_string()))
                .chain(numbers.map(number))
                .collect()
        };
        Sheet {
            header: header.map(str::to_owned).to_vec(),
            rows: self.projection.teams.iter().map(row).collect(),
            ..Sheet::default()
        }
    }

    /// How likely each team is to come in each place.
    fn positions_sheet(&self) -> Sheet {
        let rows = self.projection.teams.iter().flat_map(|team| {
            self.shares(team)
                .zip(1..)
                .map(|(share, place)| vec![team.name.clone(), place.to_string(), share.to_string()])
        });
        let header = ["team", "position", "probability"]
            .map(str::to_owned)
            .to_vec();
        Sheet {
            header,
            rows: rows.collect(),
            ..Sheet::default()
        }
    }

    fn shares(&self, team: &Prospects) -> impl Iterator<Item = f64> {
        let runs = self.projection.runs as f64;
        team.positions
            .iter()
            .map(move |&count| rounding::rounded(count as f64 / runs))
    }

    fn json(&self) -> Value {
        let mut value = self.facts();
        value["teams"] = self
            .projection
            .teams
            .iter()
            .map(|team| self.team_json(team))
            .collect();
        value
    }

    /// What was asked, as it was understood.
    fn facts(&self) -> Value {
        json!({
            "league": self.season.league(),
            "season": self.season.year(),
            "as_of": calendar::format_date(self.season.as_of()),
            "played": self.season.played().len(),
            "left": self.season.left().len(),
            "runs": self.projection.runs,
            "deductions": self.season.deductions().collect::<BTreeMap<_, _>>(),
            "seed": self.seed,
            "model": self.model,
            "uncertainty": self.uncertainty,
            "rules": self.rules,
        })
    }

    fn team_json(&self, team: &Prospects) -> Value {
        let chance = |chance: Option<Chance>| match chance {
            Some(chance) => {
                json!({ "probability": rounding::rounded(chance.share), "settled": chance.settled })
            }
            None => Value::Null,
        };
        json!({
            "team": team.name,
            "played": team.played,
            "points": team.points,
            "goal_difference": team.goal_difference,
            "expected_points": rounding::rounded(team.expected_points),
            "points_sd": team.points_sd.map(rounding::rounded),
            "expected_goal_difference": rounding::rounded(team.expected_goal_difference),
            "title": chance(Some(team.title)),
            "top_four": chance(Some(team.top_four)),
            "top_half": chance(Some(team.top_half)),
            "relegated": chance(team.relegated),
            "average_position": rounding::rounded(team.average_position),
            "positions": self.shares(team).collect::<Vec<_>>(),
        })
    }

    /// Writes the folder of results; run.json comes last and says that the rest is there.
    fn write_folder(
        &self,
        path: &Path,
        config: &RunConfig,
        matches: &Matches,
    ) -> anyhow::Result<()> {
        let mut folder = Folder::create(path)?;
        for (name, sheet) in [
            ("season.csv", self.machine_sheet()),
            ("positions.csv", self.positions_sheet()),
        ] {
            folder.stage(name, |out| {
                sink::csv::write_table(out, &sheet.header, &sheet.rows)
            })?;
        }
        // with a summary.json beside run.json nobody takes the folder for one of matches
        folder.stage("summary.json", |out| write_json(out, &self.json()))?;
        let run = json!({
            "simbet": env!("CARGO_PKG_VERSION"),
            "headline": self.title(),
            "season": self.facts(),
            "config": config,
            "inputs": matches.inputs,
            "counts": matches.counts,
        });
        folder.stage("run.json", |out| write_json(out, &run))?;
        Ok(folder.commit(&RESULTS)?)
    }
}

/// A chance in percent. What never came about in n runs may still have a chance of up to 3/n, at 95 % confidence, so
/// it is shown as less than that, and not as 0 %: that is for what cannot come about any more.
fn shown(chance: Chance, runs: u64) -> String {
    let least = (300.0 / runs as f64).clamp(0.1, 50.0);
    let percent = 100.0 * chance.share;
    match chance.settled {
        Some(true) => "100 %".to_owned(),
        Some(false) => "0 %".to_owned(),
        None if percent < 0.05 => format!("<{least:.1} %"),
        None if percent > 99.95 => format!(">{:.1} %", 100.0 - least),
        None => format!("{percent:.1} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_in_so_many_runs_is_not_never() {
        let open = |share| {
            shown(
                Chance {
                    share,
                    settled: None,
                },
                10_000,
            )
        };
        assert_eq!(
            [open(0.0), open(0.0004), open(0.0005), open(0.123)],
            ["<0.1 %", "<0.1 %", "0.1 %", "12.3 %"]
        );
        assert_eq!(
            [open(1.0), open(0.9999), open(0.9994)],
            [">99.9 %", ">99.9 %", "99.9 %"]
        );
        assert_eq!(
            shown(
                Chance {
                    share: 0.0,
                    settled: None
                },
                100
            ),
            "<3.0 %"
        );
        assert_eq!(
            shown(
                Chance {
                    share: 0.0,
                    settled: Some(false)
                },
                100
            ),
            "0 %"
        );
        assert_eq!(
            shown(
                Chance {
                    share: 1.0,
                    settled: Some(true)
                },
                100
            ),
            "100 %"
        );
    }
}
