//! A season still to play: tables and tie-breaks by hand, probabilities beside the analytic ones, calibration.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use rand_distr::{Distribution as _, StandardNormal};
use serde_json::Value;
use simbet::EngineConfig;
use simbet::Fit;
use simbet::internals::calendar;
use simbet::internals::predict::Dependence;
use simbet::internals::predict::{FitConfig, Prior, WeightedMatch, fit};
use simbet::internals::season::{Prospects, SeasonError, Standings, TieBreak, table_of_run};
use simbet::internals::source::synthetic::{Purpose, stream};
use simbet::{Matches, ReadConfig, read, read_bytes};
use simbet::{Outlook, Projection, Rules, Season, project};
use simbet::{RunConfig, Settings};
use simbet::{Score, ScoreGrid, Time};

use crate::backtest::simbet;

#[allow(dead_code)]
#[path = "../../examples/season_calibration.rs"]
mod season_calibration;

// ---- leagues made by hand ----

/// Home, away, and the score of what has been played.
type Row<'a> = (&'a str, &'a str, Option<(u8, u8)>);

/// A day for each row, from 1 September 2024.
fn csv(league: &str, rows: &[Row<'_>]) -> String {
    let mut text = "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG\n".to_owned();
    for (&(home, away, score), day) in rows.iter().zip(0..) {
        let date =
            calendar::format_date(calendar::parse_date("2024-09-01").unwrap() + day * Time::DAY);
        let score = score.map_or_else(|| ",".to_owned(), |(home, away)| format!("{home},{away}"));
        text += &format!("{league},{date},{home},{away},{score}\n");
    }
    text
}

fn matches(league: &str, rows: &[Row<'_>]) -> Matches {
    read_bytes(
        "rows.csv",
        csv(league, rows).as_bytes(),
        &ReadConfig::default(),
    )
    .unwrap()
}

fn season(rows: &[Row<'_>]) -> Result<Season, SeasonError> {
    Season::find(&matches("E0", rows), None, None, Rules::of)
}

fn day(text: &str) -> Option<Time> {
    Some(calendar::parse_date(text).unwrap())
}

fn rules(tie_break: TieBreak, relegated: usize) -> Rules {
    Rules {
        tie_break,
        relegated: Some(relegated),
        ..Rules::of("E0")
    }
}

/// All of a double round robin but Ayton–Brae. Brae has 13 points and 11:2 goals, Ayton 10 and 5:2, Crail 5, Doune 2.
const ALL_BUT_ONE: [Row<'static>; 11] = [
    ("Brae", "Ayton", Some((1, 0))),
    ("Ayton", "Crail", Some((2, 0))),
    ("Crail", "Ayton", Some((0, 1))),
    ("Ayton", "Doune", Some((2, 1))),
    ("Doune", "Ayton", Some((0, 0))),
    ("Brae", "Crail", Some((3, 1))),
    ("Crail", "Brae", Some((1, 1))),
    ("Brae", "Doune", Some((5, 0))),
    ("Doune", "Brae", Some((0, 1))),
    ("Crail", "Doune", Some((1, 0))),
    ("Doune", "Crail", Some((2, 2))),
];

fn team<'a>(projection: &'a Projection, name: &str) -> &'a Prospects {
    projection
        .teams
        .iter()
        .find(|team| team.name == name)
        .unwrap()
}

fn played_out(season: &Season, rules: &Rules, rates: &[[f64; 2]], runs: u64) -> Projection {
    let outlook = Outlook::known(season, rates, -0.1).unwrap();
    project(season, rules, &outlook, 0..runs, 7, &|_| true).unwrap()
}

fn assert_within(found: f64, expected: f64, error: f64) {
    assert!(
        (found - expected).abs() <= 4.0 * error,
        "{found} is not {expected} within 4 × {error}"
    );
}

/// By hand: level on points after a home win. By goal difference (Ayton 3 + m, Brae 9 − m) Ayton must win by 4; by
/// their own matches (Brae won the first 1-0) by 2.
#[test]
fn one_match_from_the_end_the_title_has_the_probability_of_the_score_grid() {
    let season = season(&ALL_BUT_ONE).unwrap();
    assert_eq!(season.left(), [[0, 1]]);
    let (rates, runs) = ([2.4, 0.9], 40_000);
    let grid = ScoreGrid::dixon_coles(rates[0], rates[1], -0.1).unwrap();
    let sum = |keep: &dyn Fn(i32) -> bool| -> f64 {
        let margin = |score: Score| i32::from(score.home) - i32::from(score.away);
        grid.cells()
            .filter(|(score, _)| keep(margin(*score)))
            .map(|(_, p)| p)
            .sum()
    };
    for (tie_break, margin) in [(TieBreak::GoalDifference, 4), (TieBreak::HeadToHead, 2)] {
        let projection = played_out(&season, &rules(tie_break, 1), &[rates], runs);
        let title = sum(&|m| m >= margin);
        let error = (title * (1.0 - title) / runs as f64).sqrt();
        assert_within(team(&projection, "Ayton").title.share, title, error);
        assert_within(team(&projection, "Brae").title.share, 1.0 - title, error);
    }
    let (win, draw) = (sum(&|m| m > 0), sum(&|m| m == 0));
    let (mean, square) = (3.0 * win + draw, 9.0 * win + draw);
    let sd = (square - mean * mean).sqrt();
    let projection = played_out(&season, &rules(TieBreak::GoalDifference, 1), &[rates], runs);
    let ayton = team(&projection, "Ayton");
    assert_within(
        ayton.expected_points,
        10.0 + mean,
        sd / (runs as f64).sqrt(),
    );
    assert!((ayton.points_sd.unwrap() / sd - 1.0).abs() < 0.02);
    assert_within(
        ayton.expected_goal_difference,
        3.0 + rates[0] - rates[1],
        ((2.4 + 0.9) / runs as f64).sqrt(),
    );
}

#[test]
fn what_the_points_left_cannot_change_is_settled() {
    let season = season(&ALL_BUT_ONE).unwrap();
    let projection = played_out(
        &season,
        &rules(TieBreak::GoalDifference, 1),
        &[[1.5, 1.0]],
        200,
    );
    let doune = team(&projection, "Doune");
    assert_eq!(
        (
            doune.relegated.unwrap().settled,
            doune.relegated.unwrap().share
        ),
        (Some(true), 1.0)
    );
    assert_eq!((doune.title.settled, doune.title.share), (Some(false), 0.0));
    assert_eq!(
        team(&projection, "Crail").relegated.unwrap().settled,
        Some(false)
    );
    assert_eq!(team(&projection, "Ayton").title.settled, None);
    assert_eq!(team(&projection, "Ayton").top_half.settled, Some(true));
    assert_eq!(team(&projection, "Crail").top_four.settled, Some(true));
}

#[test]
fn a_title_that_is_clinched_is_certain() {
    let mut rows = ALL_BUT_ONE;
    rows[0].2 = Some((1, 1)); // Brae 11, Ayton 11
    rows[3].2 = Some((0, 1)); // Ayton 8
    rows[9].2 = Some((0, 1)); // Doune up to 8
    rows[8].2 = Some((1, 1)); // Brae 9: nothing is settled
    let mut open = season(&rows).unwrap();
    let projection = played_out(
        &open,
        &rules(TieBreak::GoalDifference, 1),
        &[[1.5, 1.0]],
        200,
    );
    assert_eq!(team(&projection, "Brae").title.settled, None);
    // four points off Ayton leave it 4 of at most 7, and Doune has 9 at most
    open.deduct("Ayton", 4).unwrap();
    open.deduct("Doune", 3).unwrap();
    let projection = played_out(
        &open,
        &rules(TieBreak::GoalDifference, 1),
        &[[1.5, 1.0]],
        200,
    );
    assert_eq!(
        (
            team(&projection, "Brae").title.settled,
            team(&projection, "Brae").title.share
        ),
        (Some(true), 1.0)
    );
    assert_eq!(team(&projection, "Brae").positions, [200, 0, 0, 0]);
}

#[test]
fn the_real_title_of_2024_25_was_clinched_four_rounds_before_the_end() {
    // Liverpool were champions on 27 April 2025 after 34 matches with 82 points; Arsenal had 67 of at most 79.
    let matches = sample();
    let chance = |as_of| {
        let season = Season::find(&matches, None, day(as_of), Rules::of).unwrap();
        let outlook = Outlook::fit(&season, &matches, &engine(), false).unwrap();
        let projection =
            project(&season, &Rules::of("E0"), &outlook, 0..500, 1, &|_| true).unwrap();
        team(&projection, "Liverpool").title
    };
    assert_eq!(chance("2025-04-26").settled, None);
    assert_eq!(
        (chance("2025-04-27").settled, chance("2025-04-27").share),
        (Some(true), 1.0)
    );
}

fn sample() -> Matches {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/epl.csv").to_owned();
    read(&[file], &ReadConfig::default(), &|_, _| ()).unwrap()
}

fn engine() -> EngineConfig {
    RunConfig::resolve(&Settings::default()).unwrap().engine
}

// ---- tables ----

fn table(teams: usize, tie_break: TieBreak, played: &[(usize, usize, u8, u8)]) -> Standings {
    let mut table = Standings::new(teams, &rules(tie_break, 0));
    for &(home, away, x, y) in played {
        table.add(home, away, Score { home: x, away: y });
    }
    table
}

fn order(table: &Standings) -> Vec<usize> {
    table.rank(&mut stream(1, 0, Purpose::Lots))
}

/// By hand: 0, 1 and 2 have 10 points each. Among them 0 has 9 points, 1 and 2 have 4 and a goal difference of −1; of
/// those two, 1 has won one match against the other and drawn one. Over all matches 2 is at +9, and 0 and 1 are at +1
/// with 3 goals each, of which 0 has won both matches against 1.
#[test]
fn three_teams_level_on_points_are_parted_by_hand() {
    let played = [
        (0, 1, 1, 0),
        (1, 0, 0, 1),
        (0, 2, 1, 0),
        (2, 0, 1, 0),
        (1, 2, 1, 0),
        (2, 1, 0, 0),
        (0, 3, 0, 0),
        (3, 0, 1, 0),
        (1, 3, 1, 0),
        (3, 1, 0, 1),
        (2, 3, 5, 0),
        (3, 2, 0, 5),
    ];
    let by_matches = table(4, TieBreak::HeadToHead, &played);
    assert_eq!(
        [0, 1, 2, 3].map(|team| by_matches.line(team).points),
        [10, 10, 10, 4]
    );
    assert_eq!(order(&by_matches), [0, 1, 2, 3]);
    assert_eq!(
        order(&table(4, TieBreak::GoalDifference, &played)),
        [2, 0, 1, 3]
    );
    // 1 and 2 have won three each, and goal difference parts them; 0 too
    assert_eq!(order(&table(4, TieBreak::Wins, &played)), [2, 0, 1, 3]);
}

#[test]
fn in_belgium_three_wins_go_before_a_better_goal_difference() {
    // 0: a win and two defeats by one; 1: three draws and +0; both 3 points
    let played = [
        (0, 2, 1, 0),
        (3, 0, 1, 0),
        (0, 3, 0, 1),
        (1, 2, 0, 0),
        (1, 3, 2, 2),
        (2, 1, 1, 1),
    ];
    assert_eq!(Rules::of("B1").tie_break, TieBreak::Wins);
    let place = |tie_break| {
        let order = order(&table(4, tie_break, &played));
        order.iter().position(|&team| team == 0) < order.iter().position(|&team| team == 1)
    };
    assert!(place(TieBreak::Wins) && !place(TieBreak::GoalDifference));
}

#[test]
fn what_nothing_tells_apart_is_drawn_by_lot() {
    let table = table(3, TieBreak::GoalDifference, &[(0, 1, 1, 1), (1, 0, 1, 1)]);
    let first = (0..4000)
        .filter(|&run| table.rank(&mut stream(3, run, Purpose::Lots))[0] == 0)
        .count();
    assert_within(first as f64 / 4000.0, 0.5, (0.25_f64 / 4000.0).sqrt());
    assert!((0..100).all(|run| table.rank(&mut stream(3, run, Purpose::Lots))[2] == 2));
}

#[test]
fn two_points_for_a_win_and_points_taken_away_count() {
    let mut table = Standings::new(
        2,
        &Rules {
            win: 2,
            ..Rules::of("I1")
        },
    );
    table.add(0, 1, Score { home: 2, away: 0 });
    table.deduct(0, 3);
    assert_eq!((table.line(0).points, table.line(1).points), (-1, 0));
    assert_eq!(order(&table), [1, 0]);
}

/// Premier League tables as published: 2023-24 with 8 points taken from Everton and 4 from Nottingham Forest.
#[test]
fn the_tables_of_real_seasons_come_out() {
    let matches = sample();
    let rules = Rules::of("E0");
    let last = Season::find(&matches, None, None, Rules::of).unwrap();
    let names = |season: &Season| -> Vec<String> {
        let order = order(&season.standings(&rules));
        order
            .into_iter()
            .map(|team| season.names()[team].clone())
            .collect()
    };
    assert_eq!(
        (last.title().as_str(), last.left().len()),
        ("E0 2024-25", 0)
    );
    let ended = names(&last);
    assert_eq!(
        ended[..6],
        [
            "Liverpool",
            "Arsenal",
            "Man City",
            "Chelsea",
            "Newcastle",
            "Aston Villa"
        ]
    );
    assert_eq!(ended[17..], ["Leicester", "Ipswich", "Southampton"]);
    let mut before = Matches {
        records: matches.records.clone(),
        ..matches
    };
    before
        .records
        .retain(|record| record.fixture.season == 2023);
    let mut before = Season::find(&before, None, None, Rules::of).unwrap();
    before.deduct("Everton", 8).unwrap();
    before.deduct("Nott'm Forest", 4).unwrap();
    let table = before.standings(&rules);
    let points = |name: &str| {
        table
            .line(
                before
                    .names()
                    .iter()
                    .position(|other| other == name)
                    .unwrap(),
            )
            .points
    };
    assert_eq!(
        ["Man City", "Arsenal", "Everton", "Nott'm Forest", "Luton"].map(points),
        [91, 89, 40, 32, 26]
    );
    assert_eq!(
        names(&before)[14..18],
        ["Everton", "Brentford", "Nott'm Forest", "Luton"]
    );
}

/// Spain 2006-07: Real Madrid and Barcelona had 76 points; Real won 2-0 and drew 3-3, Barcelona had 78:33 goals to 66:40.
#[test]
fn real_madrid_were_champions_of_2006_07_on_their_matches_against_barcelona() {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/football-data/SP1_2006-07.csv");
    if !file.exists() {
        return eprintln!("skipped: {} is not there", file.display());
    }
    let matches = read(
        &[file.to_string_lossy().into_owned()],
        &ReadConfig::default(),
        &|_, _| (),
    )
    .unwrap();
    let season = Season::find(&matches, None, None, Rules::of).unwrap();
    let champion = |rules: Rules| season.names()[order(&season.standings(&rules))[0]].clone();
    assert_eq!(champion(Rules::of("SP1")), "Real Madrid");
    assert_eq!(champion(rules(TieBreak::GoalDifference, 3)), "Barcelona");
}

// ---- what is to be played ----

#[test]
fn without_fixtures_the_rest_is_the_unplayed_part_of_the_double_round_robin() {
    let season = season(&ALL_BUT_ONE[..7]).unwrap();
    assert_eq!(season.names(), ["Ayton", "Brae", "Crail", "Doune"]);
    assert_eq!(season.left(), [[0, 1], [1, 3], [2, 3], [3, 1], [3, 2]]);
    assert_eq!(season.missing(), 0);
}

#[test]
fn results_after_the_day_are_forgotten_and_teams_known_from_them() {
    let matches = matches("E0", &ALL_BUT_ONE);
    let season = Season::find(&matches, None, day("2024-09-01"), Rules::of).unwrap();
    assert_eq!(
        (
            season.played().len(),
            season.left().len(),
            season.names().len()
        ),
        (1, 11, 4)
    );
    assert_eq!(season.standings(&Rules::of("E0")).line(0).played, 1);
}

#[test]
fn a_play_off_among_the_forgotten_results_is_not_played() {
    // as in Belgium and Greece, whose files hold the second round as well
    let mut rows = ALL_BUT_ONE.to_vec();
    rows.extend([
        ("Ayton", "Brae", Some((2, 2))),
        ("Brae", "Ayton", Some((0, 4))),
    ]);
    let season = Season::find(&matches("B1", &rows), None, day("2024-09-11"), Rules::of).unwrap();
    assert_eq!(season.left(), [[0, 1]]);
}

#[test]
fn forgotten_results_move_nothing_but_what_is_left_to_play() {
    let matches = sample();
    let cut = |matches: &Matches| {
        let season = Season::find(matches, None, day("2024-12-31"), Rules::of).unwrap();
        let outlook = Outlook::fit(&season, matches, &engine(), true).unwrap();
        project(&season, &Rules::of("E0"), &outlook, 0..300, 1, &|_| true).unwrap()
    };
    let mut upset = Matches {
        records: matches.records.clone(),
        ..sample()
    };
    for record in upset
        .records
        .iter_mut()
        .filter(|record| Some(record.fixture.day) > day("2024-12-31"))
    {
        record.score = Some(Score { home: 9, away: 0 });
    }
    assert_eq!(cut(&matches), cut(&upset));
}

#[test]
fn fixtures_are_what_is_left_and_what_they_leave_out_is_counted() {
    let mut rows = ALL_BUT_ONE[..10].to_vec();
    rows.push(("Ayton", "Brae", None));
    let season = season(&rows).unwrap();
    assert_eq!((season.left(), season.missing()), (&[[0, 1]][..], 1));
}

#[test]
fn a_day_in_an_earlier_season_finishes_that_season() {
    let season = Season::find(&sample(), None, day("2024-01-15"), Rules::of).unwrap();
    assert_eq!(
        (
            season.title().as_str(),
            season.played().len(),
            season.left().len()
        ),
        ("E0 2023-24", 203, 177)
    );
    let between = Season::find(&sample(), None, day("2024-07-01"), Rules::of).unwrap();
    assert_eq!(
        (
            between.title().as_str(),
            between.played().len(),
            between.left().len()
        ),
        ("E0 2024-25", 0, 380)
    );
}

#[test]
fn a_promoted_team_is_played_with_what_is_expected_of_a_newcomer() {
    let matches = sample();
    let season = Season::find(&matches, None, day("2024-07-01"), Rules::of).unwrap();
    let outlook = Outlook::fit(&season, &matches, &engine(), false).unwrap();
    let projection = project(&season, &Rules::of("E0"), &outlook, 0..500, 1, &|_| true).unwrap();
    assert_eq!(projection.teams.len(), 20);
    let promoted =
        ["Ipswich", "Leicester", "Southampton"].map(|name| team(&projection, name).expected_points);
    assert!(
        promoted.iter().all(|points| (30.0..50.0).contains(points)),
        "{promoted:?}"
    );
    assert!(
        promoted
            .iter()
            .all(|points| (points - promoted[0]).abs() < 2.0),
        "{promoted:?}"
    );
    let without = EngineConfig {
        model: Some(simbet::ModelConfig {
            prior: None,
            ..Default::default()
        }),
        ..engine()
    };
    let error = Outlook::fit(&season, &matches, &without, false).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Ipswich has no result that the model remembers: without a --prior its strength is unknown"
    );
}

fn refused(league: &str, rows: &[Row<'_>], as_of: Option<&str>) -> String {
    let as_of = as_of.and_then(day);
    Season::find(&matches(league, rows), None, as_of, Rules::of)
        .unwrap_err()
        .to_string()
}

#[test]
fn what_cannot_be_finished_is_refused_with_the_reason() {
    let twice = [&ALL_BUT_ONE[..], &[("Brae", "Ayton", None)]].concat();
    assert_eq!(
        refused("E0", &twice, None),
        "E0 2024-25: Brae – Ayton is to be played on 2024-09-12, but the files also have it on 2024-09-01: remove \
         one of the two"
    );
    let misspelt = [&ALL_BUT_ONE[..], &[("Aytton", "Brae", None)]].concat();
    assert_eq!(
        refused("E0", &misspelt, None),
        "E0 2024-25: the fixtures name Aytton, which has not played this season, did you mean Ayton?; another \
         spelling can be given with --alias"
    );
    assert_eq!(
        refused("SC0", &ALL_BUT_ONE, None),
        "SC0 2024-25: here teams meet more than twice, so the rest of the season must be given with --fixtures"
    );
    assert_eq!(
        refused("E0", &ALL_BUT_ONE, Some("2024-08-01")),
        "no match with a score was read up to 2024-08-01: there is nothing to fit to"
    );
    let mut both = csv("E0", &ALL_BUT_ONE);
    both += "SP1,2024-09-01,Getafe,Betis,1,1\n";
    let both = read_bytes("rows.csv", both.as_bytes(), &ReadConfig::default()).unwrap();
    let error = Season::find(&both, None, None, Rules::of).unwrap_err();
    assert_eq!(
        error.to_string(),
        "results of E0, SP1 were read: choose the league to finish with --league"
    );
    assert_eq!(
        Season::find(&both, Some("E0"), None, Rules::of)
            .unwrap()
            .names()
            .len(),
        4
    );
    let full = [&ALL_BUT_ONE[..], &[("Ayton", "Brae", Some((0, 0)))]].concat();
    let season = season(&full).unwrap();
    let outlook = Outlook::known(&season, &[], 0.0).unwrap();
    let error = project(
        &season,
        &rules(TieBreak::Wins, 1),
        &outlook,
        0..10,
        1,
        &|_| true,
    )
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "E0 2024-25: nothing is left to play; give the rest with --fixtures, or a day to go back to with --as-of"
    );
}

#[test]
fn teams_that_have_yet_to_appear_must_be_named() {
    let mut text = csv("E0", &ALL_BUT_ONE);
    text += "E0,16/08/2025,Ayton,Brae,2,0\n";
    let read =
        |text: &str| read_bytes("rows.csv", text.as_bytes(), &ReadConfig::default()).unwrap();
    let error = Season::find(&read(&text), None, None, Rules::of).unwrap_err();
    assert_eq!(
        error.to_string(),
        "E0 2025-26: only 2 teams have played yet, and last season had 4: name the rest with --fixtures"
    );
    text += "E0,17/08/2025,Crail,Eyemouth,,\n";
    let season = Season::find(&read(&text), None, None, Rules::of).unwrap();
    assert_eq!(season.names(), ["Ayton", "Brae", "Crail", "Eyemouth"]);
}

#[test]
fn more_teams_than_there_are_cannot_go_down_and_no_run_is_no_answer() {
    let season = season(&ALL_BUT_ONE).unwrap();
    let outlook = Outlook::known(&season, &[[1.0, 1.0]], 0.0).unwrap();
    let refused = |relegated, runs| {
        project(
            &season,
            &rules(TieBreak::Wins, relegated),
            &outlook,
            0..runs,
            1,
            &|_| true,
        )
        .unwrap_err()
        .to_string()
    };
    assert_eq!(refused(5, 1), "5 teams cannot go down: only 4 take part");
    assert_eq!(
        refused(1, 0),
        "the rest of a season must be played at least once, not 0 times"
    );
    assert!(Outlook::known(&season, &[[1.0, -1.0]], 0.0).is_err());
    assert!(Outlook::known(&season, &[], 0.0).is_err());
}

// ---- runs ----

fn half_of_a_season(uncertainty: bool) -> (Season, Outlook) {
    let matches = sample();
    let season = Season::find(&matches, None, day("2024-12-31"), Rules::of).unwrap();
    let outlook = Outlook::fit(&season, &matches, &engine(), uncertainty).unwrap();
    (season, outlook)
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let rules = Rules::of("E0");
    for uncertainty in [false, true] {
        let (season, outlook) = half_of_a_season(uncertainty);
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            pool.install(|| project(&season, &rules, &outlook, 0..1000, 5, &|_| true).unwrap())
        };
        assert_eq!(with(1), with(2));
        assert_eq!(with(1), with(8));
    }
}

#[test]
fn a_run_alone_is_the_same_run_among_many() {
    let rules = Rules::of("E0");
    for uncertainty in [false, true] {
        let (season, outlook) = half_of_a_season(uncertainty);
        let mut positions = vec![vec![0; 20]; 20];
        for run in 0..300 {
            let order = table_of_run(&season, &rules, &outlook, 5, run);
            order
                .into_iter()
                .enumerate()
                .for_each(|(place, team)| positions[team][place] += 1);
        }
        let all = project(&season, &rules, &outlook, 0..300, 5, &|_| true).unwrap();
        for (name, positions) in season.names().iter().zip(positions) {
            assert_eq!(team(&all, name).positions, positions, "{name}");
        }
        let seventh = project(&season, &rules, &outlook, 7..8, 5, &|_| true).unwrap();
        let order = table_of_run(&season, &rules, &outlook, 5, 7);
        assert_eq!(team(&seventh, &season.names()[order[0]]).positions[0], 1);
        assert_eq!(seventh.teams[0].points_sd, None);
    }
}

#[test]
fn uncertain_strengths_spread_the_points_and_hardly_move_their_mean() {
    let rules = Rules::of("E0");
    let [sure, unsure] = [false, true].map(|uncertainty| {
        let (season, outlook) = half_of_a_season(uncertainty);
        project(&season, &rules, &outlook, 0..1500, 5, &|_| true).unwrap()
    });
    for known in &sure.teams {
        let drawn = team(&unsure, &known.name);
        assert!(drawn.points_sd > known.points_sd, "{}", known.name);
        assert!(
            (drawn.expected_points - known.expected_points).abs() < 0.7,
            "{}",
            known.name
        );
    }
}

fn unit(runs: u64, counts: impl Iterator<Item = u64>) -> bool {
    counts.sum::<u64>() == runs
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_team_has_a_place_and_every_place_a_team(
        scores in prop::collection::vec(prop::option::of((0..5_u8, 0..5_u8)), 20),
        rule in 0..3_usize,
        seed in any::<u64>(),
    ) {
        let names = ["Ayton", "Brae", "Crail", "Doune", "Eyemouth"];
        let pairs = (0..5).flat_map(|home| (0..5).map(move |away| (home, away))).filter(|(home, away)| home != away);
        let mut rows: Vec<Row<'_>> =
            pairs.zip(&scores).map(|((home, away), score)| (names[home], names[away], *score)).collect();
        // everybody has played, something is left: Ayton–Brae, Crail–Doune, Eyemouth–Ayton; Ayton–Crail
        rows[0].2 = Some((1, 0));
        rows[10].2 = Some((1, 0));
        rows[16].2 = Some((1, 0));
        rows[1].2 = None;
        let season = season(&rows).unwrap();
        let tie_break = [TieBreak::GoalDifference, TieBreak::HeadToHead, TieBreak::Wins][rule];
        let rates = vec![[1.4, 1.1]; season.left().len()];
        let outlook = Outlook::known(&season, &rates, 0.0).unwrap();
        let runs = 40;
        let projection = project(&season, &rules(tie_break, 2), &outlook, 0..runs, seed, &|_| true).unwrap();
        for (place, team) in projection.teams.iter().enumerate() {
            prop_assert!(unit(runs, team.positions.iter().copied()));
            prop_assert!(unit(runs, projection.teams.iter().map(|team| team.positions[place])));
            for chance in [team.title, team.top_four, team.top_half, team.relegated.unwrap()] {
                prop_assert!(chance.settled.is_none_or(|sure| chance.share == f64::from(u8::from(sure))));
            }
        }
        prop_assert!(projection.teams.windows(2).all(|pair| pair[0].expected_points >= pair[1].expected_points));
    }

    #[test]
    fn the_table_goes_down_in_points_then_goal_difference_then_goals(
        played in prop::collection::vec((0..6_usize, 1..6_usize, 0..4_u8, 0..4_u8), 1..40),
    ) {
        let played: Vec<_> = played.into_iter().map(|(home, step, x, y)| (home, (home + step) % 6, x, y)).collect();
        let table = table(6, TieBreak::GoalDifference, &played);
        let keys: Vec<_> = order(&table).into_iter().map(|team| {
            let line = table.line(team);
            (line.points, line.goal_difference(), line.scored)
        }).collect();
        prop_assert!(keys.is_sorted_by(|a, b| a >= b));
    }
}

// ---- uncertain strengths ----

fn small_fit(prior: Option<Prior>) -> Fit {
    let mut matches = Vec::new();
    for (home, away) in (0..6)
        .flat_map(|home| (0..6).map(move |away| (home, away)))
        .filter(|(h, a)| h != a)
    {
        for round in 0..4 {
            let score = Score {
                home: (3 + home * 2 + away + round) as u8 % 4,
                away: (away * 3 + home * round) as u8 % 3,
            };
            matches.push(WeightedMatch {
                home,
                away,
                score,
                weight: 1.0,
                neutral: false,
            });
        }
    }
    fit(
        &matches,
        &FitConfig {
            dependence: Dependence::DixonColes,
            prior,
            newcomers: Vec::new(),
            ..FitConfig::default()
        },
    )
    .unwrap()
}

/// The delta method: log λ and log ν are sums of parameters, so their covariance is one of sums.
#[test]
fn drawn_rates_have_the_covariance_of_the_fit() {
    for prior in [None, Some(Prior::default())] {
        let fit = small_fit(prior);
        let order = 2 * 6 + 3;
        let covariance = fit.covariance().unwrap();
        let (home, away) = (1, 4);
        let weights = |parameters: &[(usize, f64)]| {
            let mut weights = vec![0.0; order];
            parameters
                .iter()
                .for_each(|&(place, weight)| weights[place] = weight);
            weights
        };
        let log_rates = [
            weights(&[(home, 1.0), (6 + away, -1.0), (12, 1.0), (13, 1.0)]),
            weights(&[(away, 1.0), (6 + home, -1.0), (12, 1.0)]),
        ];
        let expected = |a: &[f64], b: &[f64]| -> f64 {
            (0..order)
                .flat_map(|i| (0..order).map(move |j| (i, j)))
                .map(|(i, j)| a[i] * covariance[i * order + j] * b[j])
                .sum()
        };
        let posterior = fit.posterior().unwrap();
        let mut random = stream(11, 0, Purpose::Strengths);
        let runs = 20_000;
        let centre = fit.rates(home, away).unwrap().map(f64::ln);
        let (mut sums, mut means) = ([[0.0; 2]; 2], [0.0; 2]);
        for _ in 0..runs {
            let drawn = posterior
                .draw(&mut || StandardNormal.sample(&mut random))
                .rates(home, away)
                .unwrap();
            let off = [drawn[0].ln() - centre[0], drawn[1].ln() - centre[1]];
            for i in 0..2 {
                means[i] += off[i] / f64::from(runs);
                (0..2).for_each(|j| sums[i][j] += off[i] * off[j] / f64::from(runs));
            }
        }
        let variance = [0, 1].map(|i| expected(&log_rates[i], &log_rates[i]));
        for i in 0..2 {
            assert_within(means[i], 0.0, (variance[i] / f64::from(runs)).sqrt());
            for j in 0..2 {
                // the standard error of a covariance of normals
                let covariance = expected(&log_rates[i], &log_rates[j]);
                let error = ((variance[i] * variance[j] + covariance * covariance)
                    / f64::from(runs))
                .sqrt();
                assert_within(sums[i][j], covariance, error);
            }
        }
    }
}

// ---- the command line ----

const RUN: [&str; 8] = [
    "season",
    "datasets/epl.csv",
    "--as-of",
    "2024-12-31",
    "--runs",
    "500",
    "--seed",
    "3",
];

fn output(arguments: &[&str]) -> String {
    let output = simbet().args(RUN).args(arguments).assert().success();
    String::from_utf8(output.get_output().stdout.clone()).unwrap()
}

#[test]
fn the_rest_of_a_season_is_printed_in_every_form() {
    let text = output(&[]);
    assert!(
        text.starts_with(
            "E0 2024-25 as of 2024-12-31: 188 matches played, 192 to play; 500 runs, seed 3, dixon-coles\n"
        ),
        "{text}"
    );
    assert!(
        text.contains("<0.6 %: in none of the 500 runs; the chance may be up to that."),
        "{text}"
    );
    let value: Value = serde_json::from_str(&output(&["--format", "json"])).unwrap();
    assert_eq!(value["teams"].as_array().unwrap().len(), 20);
    assert_eq!(value["teams"][0]["team"], "Liverpool");
    assert_eq!(value["rules"]["relegated"], 3);
    let positions = value["teams"][0]["positions"].as_array().unwrap();
    assert!(
        (positions
            .iter()
            .map(|share| share.as_f64().unwrap())
            .sum::<f64>()
            - 1.0)
            .abs()
            < 1e-9
    );
    let csv = output(&["--format", "csv"]);
    assert_eq!(csv.lines().count(), 21);
    assert!(csv.starts_with("team,played,points,goal_difference,expected_points,"));
    assert!(output(&["--format", "markdown"]).contains("| Liverpool "));
    assert!(output(&["--uncertainty"]).contains("with uncertain strengths"));
}

#[test]
fn the_folder_of_a_season_is_the_same_whatever_the_threads() {
    let folders = ["1", "2", "8"].map(|threads| {
        let folder = tempfile::tempdir().unwrap();
        output(&[
            "--threads",
            threads,
            "--uncertainty",
            "--out",
            folder.path().to_str().unwrap(),
        ]);
        folder
    });
    for name in ["season.csv", "positions.csv", "summary.json", "run.json"] {
        let [one, two, eight] =
            [0, 1, 2].map(|place: usize| fs::read(folders[place].path().join(name)).unwrap());
        assert!(one == two && one == eight, "{name}");
    }
    let run: Value =
        serde_json::from_slice(&fs::read(folders[0].path().join("run.json")).unwrap()).unwrap();
    assert_eq!(
        run["inputs"][0]["sha256"],
        "1725d600d383ad1f4f46eb118bba425829fb37e994027b3865b77945af8e70f4"
    );
    assert_eq!(run["season"]["seed"], 3);
}

#[test]
fn points_taken_away_and_other_rules_can_be_said() {
    let value: Value = serde_json::from_str(&output(&[
        "--format",
        "json",
        "--deduct",
        "Liverpool=30",
        "--relegated",
        "4",
        "--tie-break",
        "head-to-head",
        "--points",
        "2",
    ]))
    .unwrap();
    let liverpool = value["teams"]
        .as_array()
        .unwrap()
        .iter()
        .find(|team| team["team"] == "Liverpool")
        .unwrap();
    // 14 wins and 3 draws in 18 matches
    assert_eq!(liverpool["points"], 14 * 2 + 3 - 30);
    assert_eq!(
        value["rules"],
        serde_json::json!({
            "win": 2, "tie_break": "head-to-head", "relegated": 4, "double_round_robin": true
        })
    );
}

#[test]
fn the_rest_may_come_in_a_file_that_holds_other_leagues_too() {
    let folder = tempfile::tempdir().unwrap();
    let (played, rest) = (
        folder.path().join("played.csv"),
        folder.path().join("rest.csv"),
    );
    fs::write(&played, csv("E0", &ALL_BUT_ONE)).unwrap();
    fs::write(
        &rest,
        "Div,Date,HomeTeam,AwayTeam\nE0,20/09/2024,Ayton,Brae\nE1,20/09/2024,Hull,Derby\n",
    )
    .unwrap();
    let command = || {
        let mut command = simbet();
        command
            .arg("season")
            .arg(&played)
            .args(["--relegated", "1", "--runs", "100"]);
        command
    };
    let given = command().arg("--fixtures").arg(&rest).assert().success();
    let text = String::from_utf8_lossy(&given.get_output().stdout).into_owned();
    assert!(
        text.starts_with(
            "E0 2024-25 as of 2024-09-11: 11 matches played, 1 to play; 100 runs, seed "
        ),
        "{text}"
    );
    assert_eq!(
        text,
        String::from_utf8_lossy(&command().assert().success().get_output().stdout)
    );
}

#[test]
fn a_season_that_cannot_be_played_is_one_error() {
    let said = |arguments: &[&str], code: i32| {
        let output = simbet().args(RUN).args(arguments).assert().code(code);
        String::from_utf8_lossy(&output.get_output().stderr).into_owned()
    };
    let cases = [
        (
            &["--model", "average"][..],
            2,
            "--model must be poisson, dixon-coles or filter: the other models have no team strengths",
        ),
        (
            &["--league", "E1"],
            2,
            "there is no result of league E1 up to 2024-12-31: the results are those of E0",
        ),
        (
            &["--deduct", "Livrpool=3"],
            2,
            "E0 2024-25: there is no team Livrpool, did you mean Liverpool?",
        ),
        (
            &["--deduct", "Liverpool=lots"],
            2,
            "expected a number of points from 0 to 255, not \"lots\"",
        ),
        (
            &["--relegated", "21"],
            2,
            "21 teams cannot go down: only 20 take part",
        ),
    ];
    for (arguments, code, expected) in cases {
        let text = said(arguments, code);
        assert!(
            text.starts_with("error: ") && text.lines().count() == 1 && text.contains(expected),
            "{text}"
        );
    }
    let played = simbet()
        .args(["season", "datasets/epl.csv"])
        .assert()
        .code(1);
    assert!(
        String::from_utf8_lossy(&played.get_output().stderr).contains("nothing is left to play")
    );
}

#[test]
fn simulate_names_the_command_that_a_season_has_of_its_own() {
    for arguments in [
        &["--season", "datasets/epl.csv", "--as-of", "2024-12-31"][..],
        &[
            "--runs",
            "5",
            "--season",
            "datasets/epl.csv",
            "--strategy",
            "ev",
        ],
    ] {
        simbet()
            .arg("simulate")
            .args(arguments)
            .assert()
            .code(2)
            .stdout("")
            .stderr("error: --season is a separate command: simbet season FILE...\n");
    }
}

#[test]
fn a_season_has_no_bets() {
    let refused = simbet().args(RUN).args(["--strategy", "kelly"]).assert();
    let text = String::from_utf8_lossy(&refused.code(2).get_output().stderr).into_owned();
    assert!(text.contains("--strategy has no effect"), "{text}");
    let help = simbet().args(["season", "--help"]).assert().success();
    let help = String::from_utf8_lossy(&help.get_output().stdout).into_owned();
    assert!(help.contains("--half-life") && !help.contains("--kelly-fraction"));
}

#[test]
fn a_period_in_a_file_of_settings_has_no_effect() {
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("simbet.toml");
    fs::write(&settings, "to = '2024-12-31'\n").unwrap();
    let warned = simbet().args(RUN).arg("--config").arg(&settings).assert();
    let text = String::from_utf8_lossy(&warned.success().get_output().stderr).into_owned();
    assert!(
        text.contains("to has no effect") && text.contains("use --as-of"),
        "{text}"
    );
}

// ---- calibration ----

#[test]
fn probabilities_from_the_middle_of_20_seasons_come_true() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/football-data");
    if !season_calibration::is_complete(&folder) {
        return eprintln!("skipped: {} has not all seasons", folder.display());
    }
    for uncertainty in [false, true] {
        let all = season_calibration::foretell(&folder, 300, uncertainty).unwrap();
        assert_eq!(all.len(), 20 * 20 * 4);
        for event in 0..4 {
            let some: Vec<_> = all
                .iter()
                .copied()
                .filter(|foretold| foretold.event == event)
                .collect();
            let [forecast, _, base_rates, standings] = season_calibration::brier(&some);
            assert!(
                forecast < 0.6 * base_rates && forecast < 0.6 * standings,
                "event {event}: {forecast}"
            );
        }
        for bin in season_calibration::bins(&all) {
            // half a team more, for bins in which next to nothing should happen
            let allowed = 4.0 * bin.error + 0.5 / bin.count as f64;
            assert!((bin.observed - bin.forecast).abs() < allowed, "{bin:?}");
        }
        assert!(season_calibration::boldness(&all).abs() < 3.0);
    }
}

#[test]
fn a_season_that_has_just_begun_warns_of_what_it_does_not_know() {
    let said = |day: &str| {
        let run = [
            "season",
            "datasets/epl.csv",
            "--runs",
            "100",
            "--as-of",
            day,
        ];
        let output = simbet().args(run).assert().success();
        String::from_utf8(output.get_output().stderr.clone()).unwrap()
    };
    let early = said("2024-08-20");
    assert!(
        early.contains("fewer than 15 matches of 3 of 20 teams"),
        "{early}"
    );
    assert!(
        early.contains("Ipswich 1") && !early.contains("Arsenal"),
        "{early}"
    );
    let late = said("2025-01-01");
    assert!(!late.contains("fewer than"), "{late}");
}

#[test]
fn the_page_of_a_season_has_its_legend_and_no_settings_of_bets() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    simbet()
        .args(RUN)
        .args(["--deduct", "Everton=8", "--out", out])
        .assert()
        .success();
    simbet().args(["report", "-q", out]).assert().success();
    let page = fs::read_to_string(folder.path().join("report.html")).unwrap();
    for part in [
        "Level on points: goal difference",
        "Points deducted: Everton",
        "in none of the 500 runs",
        "model.half_life",
    ] {
        assert!(page.contains(part), "{part}");
    }
    for part in ["strategy.", "kelly_fraction", "bankroll"] {
        assert!(!page.contains(part), "{part}");
    }
}
