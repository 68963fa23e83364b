//! What the rest of a season comes to, in words.

use std::collections::BTreeSet;

use super::{Chance, Projection, Rules, Season, TieBreak};
use crate::calendar;
use crate::report::text_table::{self, counted};

/// A season, how often its rest was played, and what came of it.
pub(crate) struct SeasonReport<'a> {
    pub season: &'a Season,
    pub rules: Rules,
    pub projection: &'a Projection,
    /// The model's name.
    pub model: String,
    /// Whether strengths were drawn anew in each run.
    pub uncertainty: bool,
    pub seed: u64,
}

impl SeasonReport<'_> {
    /// What was played, in a line.
    pub fn title(&self) -> String {
        format!(
            "{} as of {}: {} played, {} to play; {}, seed {}, {}{}",
            self.season.title(),
            calendar::format_date(self.season.as_of()),
            counted(self.season.played().len() as u64, "match", "matches"),
            self.season.left().len(),
            counted(self.projection.runs, "run", "runs"),
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
    pub fn legend(&self) -> String {
        format!(
            "Level on points: {}.\n{}{}{}",
            self.tie_break(),
            self.relegation(),
            self.deductions(),
            extremes(&self.chances(), self.projection.runs)
        )
    }

    /// The chances of the table.
    fn chances(&self) -> Vec<Chance> {
        let teams = self.projection.teams.iter();
        teams
            .flat_map(|team| {
                [
                    Some(team.title),
                    Some(team.top_four),
                    Some(team.top_half),
                    team.relegated,
                ]
            })
            .flatten()
            .collect()
    }

    const fn tie_break(&self) -> &'static str {
        match self.rules.tie_break {
            TieBreak::GoalDifference => {
                "goal difference, goals scored, matches between them, drawing of lots"
            }
            TieBreak::HeadToHead => {
                "matches between them, goal difference, goals scored, drawing of lots"
            }
            TieBreak::Wins => "matches won, goal difference, goals scored, drawing of lots",
        }
    }

    fn relegation(&self) -> String {
        match self.rules.relegated {
            Some(0) | None => String::new(),
            Some(count) => format!(
                "Down: from place {} on, without play-offs.\n",
                self.season.teams().len() - count + 1
            ),
        }
    }

    fn deductions(&self) -> String {
        let taken: Vec<_> = self
            .season
            .deductions()
            .map(|(team, points)| format!("{team} {points}"))
            .collect();
        if taken.is_empty() {
            String::new()
        } else {
            format!("Points deducted: {}.\n", taken.join(", "))
        }
    }
}

/// What the ends of the scale mean, as far as the table has them.
fn extremes(chances: &[Chance], runs: u64) -> String {
    let [none, all] = [0.0, 1.0].map(|share| chance_text(Chance::open(share), runs));
    let shown: BTreeSet<String> = chances
        .iter()
        .map(|chance| chance_text(*chance, runs))
        .collect();
    let certain: Vec<&str> = ["0 %", "100 %"]
        .into_iter()
        .filter(|text| shown.contains(*text))
        .collect();
    let mut sentences = Vec::new();
    if !certain.is_empty() {
        sentences.push(format!(
            "{}: certain, whatever points are still to be won.",
            certain.join(" and ")
        ));
    }
    let of_runs = format!("of the {}", counted(runs, "run", "runs"));
    let few = most_unseen(runs);
    if shown.contains(&none) {
        sentences.push(match few {
            0 => format!("{none}: in none {of_runs}; the chance may be up to that."),
            few => format!("{none}: in at most {few} {of_runs}."),
        });
    }
    if shown.contains(&all) {
        sentences.push(match few {
            0 => format!("{all}: in all {of_runs}; the chance may be down to that."),
            few => format!("{all}: in all but at most {few} {of_runs}."),
        });
    }
    sentences.join(" ")
}

/// The most runs whose share would round to 0.0 %.
const fn most_unseen(runs: u64) -> u64 {
    runs.saturating_sub(1) / 2_000
}

impl Chance {
    /// A share of the runs of what the points that are left do not settle.
    const fn open(share: f64) -> Self {
        Self {
            share,
            settled: None,
        }
    }
}

/// A chance in percent, of so many runs.
pub(super) fn chance_text(chance: Chance, runs: u64) -> String {
    text_table::chance(chance.share, chance.settled, runs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(share: f64) -> String {
        chance_text(Chance::open(share), 10_000)
    }

    #[test]
    fn the_legend_names_what_the_table_shows_and_no_more() {
        let of = |shares: &[f64], runs| {
            extremes(
                &shares
                    .iter()
                    .map(|share| Chance::open(*share))
                    .collect::<Vec<_>>(),
                runs,
            )
        };
        assert_eq!(of(&[0.2, 0.5], 500), "");
        assert_eq!(
            of(&[0.0, 0.5], 500),
            "<0.6 %: in none of the 500 runs; the chance may be up to that."
        );
        assert_eq!(
            of(&[0.0, 1.0], 10_000),
            "<0.1 %: in at most 4 of the 10,000 runs. >99.9 %: in all but at most 4 of the 10,000 runs."
        );
        let sure = Chance {
            share: 1.0,
            settled: Some(true),
        };
        assert_eq!(
            extremes(&[sure], 500),
            "100 %: certain, whatever points are still to be won."
        );
    }

    #[test]
    fn as_many_runs_as_round_to_nothing_count_as_unseen() {
        for runs in [1, 500, 2_000, 2_001, 10_000, 10_001] {
            let least = open_of(0, runs);
            let few = most_unseen(runs);
            assert_eq!(open_of(few, runs), least, "{few} of {runs}");
            assert_ne!(open_of(few + 1, runs), least, "{few} of {runs}");
        }
    }

    fn open_of(count: u64, runs: u64) -> String {
        chance_text(Chance::open(count as f64 / runs as f64), runs)
    }

    fn settled(share: f64) -> String {
        let settled = Some(share > 0.5);
        chance_text(Chance { share, settled }, 100)
    }

    #[test]
    fn never_in_so_many_runs_is_not_never() {
        assert_eq!(
            [open(0.0), open(0.0004), open(0.0005), open(0.123)],
            ["<0.1 %", "<0.1 %", "0.1 %", "12.3 %"]
        );
        assert_eq!(
            [open(1.0), open(0.9999), open(0.9994)],
            [">99.9 %", ">99.9 %", "99.9 %"]
        );
        assert_eq!(chance_text(Chance::open(0.0), 100), "<3.0 %");
        assert_eq!([settled(0.0), settled(1.0)], ["0 %", "100 %"]);
    }
}
