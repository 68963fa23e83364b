//! A forecast as a row.

use super::Cell;
use crate::calendar::{format_date, format_time};
use crate::domain::{Forecast, Names};

/// The members of a prediction on the wire, and the odds that they imply.
pub const FORECAST_COLUMNS: [&str; 20] = [
    "match_id",
    "league",
    "date",
    "kickoff",
    "home_team",
    "away_team",
    "expected_goals_home",
    "expected_goals_away",
    "win_prob_home",
    "draw_prob",
    "win_prob_away",
    "fair_odds_home",
    "fair_odds_draw",
    "fair_odds_away",
    "seen_home",
    "seen_away",
    "newcomer",
    "p_home_se",
    "p_draw_se",
    "p_away_se",
];

/// A forecast as a row: the cells of [`FORECAST_COLUMNS`].
pub fn forecast_cells<'a>(forecast: &Forecast, names: &'a Names) -> [Cell<'a>; 20] {
    let fixture = &forecast.fixture;
    let kickoff = fixture
        .kickoff
        .map_or(Cell::Missing, |time| Cell::Text(format_time(time).into()));
    let [home, draw, away] = forecast.model.map_or([None; 3], |model| model.map(Some));
    let [home_error, draw_error, away_error] = forecast
        .standard_errors
        .map_or([None; 3], |errors| errors.map(Some));
    let [home_goals, away_goals] = forecast
        .expected_goals
        .map_or([None; 2], |goals| goals.map(Some));
    [
        Cell::Text(fixture.id.to_string().into()),
        Cell::Text(names.league(fixture.league).into()),
        Cell::Text(format_date(fixture.day).into()),
        kickoff,
        Cell::Text(names.team(fixture.home).into()),
        Cell::Text(names.team(fixture.away).into()),
        number(home_goals),
        number(away_goals),
        number(home),
        number(draw),
        number(away),
        fair_odds(home),
        fair_odds(draw),
        fair_odds(away),
        seen(forecast, 0),
        seen(forecast, 1),
        Cell::Flag(forecast.newcomer),
        number(home_error),
        number(draw_error),
        number(away_error),
    ]
}

/// How many matches of a side the model had seen; none where it does not learn from results.
fn seen(forecast: &Forecast, side: usize) -> Cell<'static> {
    forecast
        .seen
        .map_or(Cell::Missing, |seen| Cell::Count(seen[side].into()))
}

fn number(number: Option<f64>) -> Cell<'static> {
    number.map_or(Cell::Missing, Cell::Number)
}

/// The odds at which a bet of this probability neither wins nor loses in the long run; none at probability 0.
fn fair_odds(probability: Option<f64>) -> Cell<'static> {
    number(
        probability
            .filter(|probability| *probability > 0.0)
            .map(|probability| 1.0 / probability),
    )
}
