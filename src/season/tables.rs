//! The teams as people read them.

use super::Prospects;
use super::report::{SeasonReport, chance_text};
use crate::report::text_table::{TextTable, decimals};

const HEADER: [&str; 11] = [
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

pub(super) fn teams_table(report: &SeasonReport<'_>) -> TextTable {
    let projection = report.projection;
    let rows = projection
        .teams
        .iter()
        .map(|team| row(team, projection.runs));
    TextTable {
        title: report.title(),
        header: HEADER.map(str::to_owned).to_vec(),
        rows: rows.collect(),
        numeric: (1..HEADER.len()).collect(),
        spare: vec![8, 5, 1, 4, 10],
    }
}

fn row(team: &Prospects, runs: u64) -> Vec<String> {
    let relegated = team.relegated.map(|chance| chance_text(chance, runs));
    vec![
        team.name.clone(),
        team.played.to_string(),
        team.points.to_string(),
        format!("{:.1}", team.expected_points),
        decimals(team.points_sd, 1),
        format!("{:+.1}", team.expected_goal_difference),
        chance_text(team.title, runs),
        chance_text(team.top_four, runs),
        chance_text(team.top_half, runs),
        relegated.unwrap_or_else(|| "–".to_owned()),
        format!("{:.1}", team.average_position),
    ]
}
