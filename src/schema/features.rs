//! The table of features: which match, what was known before it, and what became of it.

use crate::calendar;
use crate::domain::{Fixture, Names, Score, Time};

/// The columns that say which match it is, and when its features were known.
pub const FEATURE_KEYS: [&str; 8] = [
    "match_id",
    "league",
    "season",
    "date",
    "home_team",
    "away_team",
    "neutral",
    "known_at",
];

/// The columns that say what became of the match, which nobody knew before it.
pub const FEATURE_TARGETS: [&str; 4] = [
    "target_home_goals",
    "target_away_goals",
    "target_result",
    "target_over",
];

/// The cells of [`FEATURE_KEYS`].
pub fn feature_key_cells(fixture: &Fixture, names: &Names, known_at: Time) -> [String; 8] {
    [
        fixture.id.to_string(),
        names.league(fixture.league).to_owned(),
        fixture.season.to_string(),
        calendar::format_date(fixture.day),
        names.team(fixture.home).to_owned(),
        names.team(fixture.away).to_owned(),
        u8::from(fixture.neutral).to_string(),
        format!("{}Z", calendar::format_time(known_at)),
    ]
}

/// The cells of [`FEATURE_TARGETS`]: goals, `H`, `D` or `A`, and 1 for more than 2.5 goals; empty without a result.
///
/// ```
/// use simbet::Score;
/// use simbet::internals::schema::feature_target_cells;
/// assert_eq!(feature_target_cells(Some(Score { home: 2, away: 1 })), ["2", "1", "H", "1"]);
/// assert_eq!(feature_target_cells(None), ["", "", "", ""]);
/// ```
pub fn feature_target_cells(score: Option<Score>) -> [String; 4] {
    let Some(Score { home, away }) = score else {
        return [const { String::new() }; 4];
    };
    let result = match home.cmp(&away) {
        std::cmp::Ordering::Greater => "H",
        std::cmp::Ordering::Equal => "D",
        std::cmp::Ordering::Less => "A",
    };
    let is_over = u16::from(home) + u16::from(away) > 2;
    [
        home.to_string(),
        away.to_string(),
        result.to_owned(),
        u8::from(is_over).to_string(),
    ]
}

/// Whether a column of the table is a number.
pub fn is_feature_number(column: &str) -> bool {
    column != "target_result"
        && (column == "season" || column == "neutral" || !FEATURE_KEYS.contains(&column))
}

/// Whether a file that begins like this is a table of features.
pub fn is_feature_table(beginning: &str) -> bool {
    beginning.starts_with(&FEATURE_KEYS.join(","))
}
