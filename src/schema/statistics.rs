//! The names of what is counted in a match: columns of files, and members of JSON.

use crate::domain::Statistic;

/// The name of the referee.
pub const REFEREE: &str = "referee";

/// The names of expected goals, of the home and of the away side.
pub const EXPECTED_GOALS: [&str; 2] = ["home_xg", "away_xg"];

/// The names of what goal models learn in place of the goals of the home and of the away side.
pub const TAUGHT_GOALS: [&str; 2] = ["taught_home_goals", "taught_away_goals"];

/// The name of the weight of a match for goal models.
pub const TAUGHT_WEIGHT: &str = "taught_weight";

/// The names of a statistic, of the home and of the away side.
///
/// ```
/// use simbet::internals::domain::Statistic;
/// use simbet::internals::schema::statistic_names;
/// assert_eq!(statistic_names(Statistic::Shots), ["home_shots", "away_shots"]);
/// ```
pub const fn statistic_names(statistic: Statistic) -> [&'static str; 2] {
    match statistic {
        Statistic::HalfTimeGoals => ["half_time_home_goals", "half_time_away_goals"],
        Statistic::Shots => ["home_shots", "away_shots"],
        Statistic::ShotsOnTarget => ["home_shots_on_target", "away_shots_on_target"],
        Statistic::Corners => ["home_corners", "away_corners"],
        Statistic::Fouls => ["home_fouls", "away_fouls"],
        Statistic::YellowCards => ["home_yellow_cards", "away_yellow_cards"],
        Statistic::RedCards => ["home_red_cards", "away_red_cards"],
    }
}
