//! The part of a simulation that all runs share.

use super::calendar::Calendar;
use super::config::{SyntheticConfig, SyntheticError, Teams};

/// The settings and the calendar, which all runs of a simulation share.
#[derive(Debug)]
pub struct World {
    pub(super) config: SyntheticConfig,
    pub(super) calendar: Calendar,
}

impl World {
    /// The world of these settings.
    ///
    /// # Errors
    /// When a setting is out of its range.
    pub fn new(config: &SyntheticConfig) -> Result<Self, SyntheticError> {
        config.validate()?;
        let calendar = Calendar::new(&config.league.name, &team_names(&config.league.teams));
        Ok(Self {
            config: config.clone(),
            calendar,
        })
    }

    /// The settings.
    pub fn config(&self) -> &SyntheticConfig {
        &self.config
    }
}

/// The names of the teams; random teams are called `Team 01` and so on.
fn team_names(teams: &Teams) -> Vec<String> {
    match teams {
        Teams::Drawn { count, .. } => {
            let digits = count.to_string().len().max(2);
            (1..=*count)
                .map(|number| format!("Team {number:0digits$}"))
                .collect()
        }
        Teams::Given(teams) => teams.iter().map(|team| team.name.clone()).collect(),
    }
}
