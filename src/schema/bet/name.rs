//! What a bet is on, in words for people.

use super::record::BetRecord;
use crate::domain::selection::handicap;
use crate::domain::{MarketKind, Side};

impl BetRecord {
    /// What the bet is on, as people say it: see [`selection_name`].
    pub fn name(&self) -> String {
        let teams = [&self.home_team, &self.away_team].map(String::as_str);
        selection_name(&self.market, &self.selection, self.line, teams)
    }
}

/// What a bet is on, as people say it: a handicap as the team that is backed with the goals that it is given, so that
/// the line of the away side is the negative of that in the column `line`; other bets as market, side and line.
///
/// ```
/// use simbet::internals::schema::selection_name;
/// let teams = ["Spain", "Andorra"];
/// assert_eq!(selection_name("ah", "away", Some(-1.0), teams), "ah Andorra +1");
/// assert_eq!(selection_name("ah", "home", Some(-1.0), teams), "ah Spain -1");
/// assert_eq!(selection_name("ou", "over", Some(2.5), teams), "ou over 2.5");
/// assert_eq!(selection_name("1x2", "draw", None, teams), "1x2 draw");
/// ```
pub fn selection_name(market: &str, side: &str, line: Option<f64>, teams: [&str; 2]) -> String {
    let Some(line) = line else {
        return format!("{market} {side}");
    };
    if market.parse() != Ok(MarketKind::AsianHandicap) {
        return format!("{market} {side} {line}");
    }
    // who is not named is called by the side
    let teams = teams.map(|team| if team.is_empty() { side } else { team });
    let handicap = handicap(side == Side::Away.code(), line, teams);
    format!("{market} {handicap}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handicap_is_that_of_the_side_backed() {
        let name = |side, line| selection_name("ah", side, Some(line), ["Leeds", "Hull"]);
        assert_eq!(name("away", -0.75), "ah Hull +0.75");
        assert_eq!(name("away", 1.5), "ah Hull -1.5");
        assert_eq!(name("home", 0.25), "ah Leeds +0.25");
        assert_eq!(
            ["home", "away"].map(|side| name(side, 0.0)),
            ["ah Leeds 0", "ah Hull 0"]
        );
    }

    #[test]
    fn without_teams_the_side_is_named() {
        assert_eq!(
            selection_name("ah", "away", Some(-1.0), ["", ""]),
            "ah away +1"
        );
    }
}
