//! What the rest of a season comes to, in words.

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
    pub(super) fn legend(&self) -> String {
        let runs = self.projection.runs;
        format!(
            "Level on points: {}.\n{}{}0 % and 100 %: certain, whatever points are still to be won. {} and {}: \
             almost never, or almost always, in {}.",
            self.tie_break(),
            self.relegation(),
            self.deductions(),
            chance_text(Chance::open(0.0), runs),
            chance_text(Chance::open(1.0), runs),
            counted(runs, "run", "runs"),
        )
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
