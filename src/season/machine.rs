//! What the rest of a season comes to, as JSON and as tables for programs.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::report::SeasonReport;
use super::{Chance, Prospects};
use crate::report::text_table::TextTable;
use crate::{calendar, rounding};

const TEAM_COLUMNS: [&str; 12] = [
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

impl SeasonReport<'_> {
    /// The teams with every number.
    pub fn teams_table(&self) -> TextTable {
        TextTable {
            header: TEAM_COLUMNS.map(str::to_owned).to_vec(),
            rows: self.projection.teams.iter().map(team_row).collect(),
            ..TextTable::default()
        }
    }

    /// How likely each team is to come in each place.
    pub fn positions_table(&self) -> TextTable {
        let header = ["team", "position", "probability"];
        let teams = self.projection.teams.iter();
        TextTable {
            header: header.map(str::to_owned).to_vec(),
            rows: teams.flat_map(|team| self.position_rows(team)).collect(),
            ..TextTable::default()
        }
    }

    fn position_rows(&self, team: &Prospects) -> impl Iterator<Item = Vec<String>> {
        self.shares(team)
            .zip(1..)
            .map(|(share, place)| vec![team.name.clone(), place.to_string(), share.to_string()])
    }

    /// The share of the runs in which a team came in each place.
    fn shares(&self, team: &Prospects) -> impl Iterator<Item = f64> {
        let runs = self.projection.runs as f64;
        team.positions
            .iter()
            .map(move |&count| rounding::rounded(count as f64 / runs))
    }

    /// The whole as one JSON object.
    pub fn json(&self) -> Value {
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
    pub fn facts(&self) -> Value {
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
        json!({
            "team": team.name,
            "played": team.played,
            "points": team.points,
            "goal_difference": team.goal_difference,
            "expected_points": rounding::rounded(team.expected_points),
            "points_sd": team.points_sd.map(rounding::rounded),
            "expected_goal_difference": rounding::rounded(team.expected_goal_difference),
            "title": chance_json(team.title),
            "top_four": chance_json(team.top_four),
            "top_half": chance_json(team.top_half),
            "relegated": team.relegated.map_or(Value::Null, chance_json),
            "average_position": rounding::rounded(team.average_position),
            "positions": self.shares(team).collect::<Vec<_>>(),
        })
    }
}

fn chance_json(chance: Chance) -> Value {
    json!({ "probability": rounding::rounded(chance.share), "settled": chance.settled })
}

fn team_row(team: &Prospects) -> Vec<String> {
    vec![
        team.name.clone(),
        team.played.to_string(),
        team.points.to_string(),
        team.goal_difference.to_string(),
        number(team.expected_points),
        optional(team.points_sd),
        number(team.expected_goal_difference),
        number(team.title.share),
        number(team.top_four.share),
        number(team.top_half.share),
        optional(team.relegated.map(|chance| chance.share)),
        number(team.average_position),
    ]
}

fn number(number: f64) -> String {
    rounding::rounded(number).to_string()
}

fn optional(value: Option<f64>) -> String {
    value.map_or_else(String::new, number)
}
