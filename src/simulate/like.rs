//! A league like a real one: its teams, with the strengths that its matches show.

use crate::backtest::{self, Fitted};
use crate::domain::{Names, TeamId};
use crate::engine::EngineConfig;
use crate::error::Error;
use crate::predict::Marginal;
use crate::source::Matches;
use crate::source::synthetic::{LeagueConfig, SyntheticError, Team, Teams};

/// The league of these matches as its last season has it, attack, defence, home advantage and ρ being fitted to all of
/// them.
///
/// # Errors
/// When the matches are not of one league, there are none, or the fit does not converge.
pub fn league_like(config: &EngineConfig, matches: &Matches) -> Result<LeagueConfig, Error> {
    // invented goals are Poisson goals with ρ, whatever the family of the model that is played
    let mut config = config.clone();
    if let Some(model) = &mut config.model {
        (model.marginal, model.dependence) = (Marginal::default(), None);
    }
    let fitted = backtest::fit(&config, None, matches)?;
    let [fitted] = fitted.as_slice() else {
        let pools = fitted.iter().map(|fitted| fitted.pool.clone()).collect();
        return Err(SyntheticError::Leagues(pools).into());
    };
    let mut teams = teams(fitted, &last_season(matches), &matches.names);
    teams.sort_by(|one, other| one.name.cmp(&other.name));
    let fit = &fitted.fit;
    Ok(LeagueConfig {
        name: fitted.pool.clone(),
        teams: Teams::Given(teams),
        goals: [
            (fit.intercept + fit.home_advantage).exp(),
            fit.intercept.exp(),
        ],
        rho: fit.rho,
        ..LeagueConfig::default()
    })
}

/// The teams that played in the last season of the matches.
fn last_season(matches: &Matches) -> Vec<TeamId> {
    let played = matches
        .records
        .iter()
        .filter(|record| record.result().is_some());
    let last = played.clone().map(|record| record.fixture.season).max();
    let of_last = played.filter(|record| Some(record.fixture.season) == last);
    let mut teams: Vec<_> = of_last
        .flat_map(|record| [record.fixture.home, record.fixture.away])
        .collect();
    teams.sort_unstable();
    teams.dedup();
    teams
}

fn teams(fitted: &Fitted, of_season: &[TeamId], names: &Names) -> Vec<Team> {
    let strengths = fitted.fit.attack.iter().zip(&fitted.fit.defence);
    let all = fitted
        .teams
        .iter()
        .zip(strengths)
        .filter(|(team, _)| of_season.contains(team));
    all.map(|(&team, (&attack, &defence))| Team {
        name: names.team(team).to_owned(),
        attack,
        defence,
    })
    .collect()
}
