//! The settings of a synthetic league and its bookmaker.

use serde::{Deserialize, Serialize};

use super::calendar::MAX_SEASONS;
use crate::domain::{Book, MarketKind};
use crate::predict::{GoalProfile, MarginMethod};
use crate::source::PriceTime;

/// A synthetic league, its bookmaker, and the number of matches.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SyntheticConfig {
    /// The league: its teams and their strengths.
    pub league: LeagueConfig,
    /// The bookmaker, who prices the matches.
    pub bookmaker: BookmakerConfig,
    /// Matches in a run, at least 1: as many double round robins as that needs, the last one cut short.
    pub matches: u64,
    /// The seed of all random numbers.
    pub seed: u64,
    /// The price that is offered before a match.
    pub price: PriceTime,
    /// Minutes from one offer in play to the next, 1 to 90; `None`: nothing is offered in play.
    pub every: Option<u8>,
    /// The markets that are priced, besides 1X2, which always is.
    pub markets: Vec<MarketKind>,
}

/// The teams of a league and their strengths.
///
/// ```
/// use simbet::{LeagueConfig, Teams};
/// let league = LeagueConfig { teams: Teams::Drawn { count: 18, spread: 0.3 }, ..LeagueConfig::default() };
/// assert_eq!(league.size(), 18);
/// assert_eq!(LeagueConfig::default().size(), 20);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeagueConfig {
    /// The name of the league.
    pub name: String,
    /// Its teams.
    pub teams: Teams,
    /// Expected goals of an average home side and of an average away side against one another.
    pub goals: [f64; 2],
    /// Dixon and Coles's ρ of the true scores, between −1 and 1; 0: goals are independent.
    pub rho: f64,
    /// Standard deviation of the change of attack and defence from round to round, in log goals. They revert to the mean
    /// over the teams, so that their variance remains constant.
    pub drift: f64,
    /// The distribution of goals over the minutes.
    pub profile: GoalProfile,
}

/// The teams of a league: an even number, from 2 to [`LeagueConfig::MAX_TEAMS`].
///
/// ```
/// use simbet::{LeagueConfig, Synthetic, SyntheticConfig, Teams};
/// let league = LeagueConfig { teams: Teams::Drawn { count: 7, spread: 0.2 }, ..LeagueConfig::default() };
/// // seven teams cannot all play on one day
/// assert!(Synthetic::new(&SyntheticConfig { league, ..SyntheticConfig::default() }).is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Teams {
    /// Teams whose attack and defence are drawn for each run from a normal distribution, in log goals.
    Drawn {
        /// The number of teams.
        count: usize,
        /// Standard deviation over the teams.
        spread: f64,
    },
    /// The same teams in every run.
    Given(Vec<Team>),
}

/// A team and its true strength.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Team {
    /// Its name.
    pub name: String,
    /// Attack, in log goals; 0 is average.
    pub attack: f64,
    /// Defence, in log goals prevented; 0 is average.
    pub defence: f64,
}

/// How a bookmaker prices matches.
///
/// ```
/// use simbet::{BookmakerConfig, SyntheticConfig};
/// let bookmaker = BookmakerConfig { margin: 0.02, ..BookmakerConfig::default() };
/// let config = SyntheticConfig { bookmaker, ..SyntheticConfig::default() };
/// assert!(config.validate().is_ok());
/// let bookmaker = BookmakerConfig { margin: 1.0, ..BookmakerConfig::default() };
/// assert!(SyntheticConfig { bookmaker, ..config }.validate().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BookmakerConfig {
    /// The book of the prices.
    pub book: Book,
    /// The sum of the inverse odds of a market less 1: at least 0, below 1.
    pub margin: f64,
    /// How the margin is distributed over the outcomes. By default in proportion, so that every side loses the same share of its
    /// stakes to it, whatever the odds.
    pub margin_method: MarginMethod,
    /// Standard deviation of the error of opening prices, on the logit scale. It is exact for each side of a two-way market,
    /// and a little larger for home, draw and away where the other two are not equally likely.
    pub noise: f64,
    /// The same for closing prices, at most that of the opening ones.
    pub closing_noise: f64,
    /// Favourite–longshot bias b, at least 0 and below 1: prices are made from p^(1 − b), scaled to sum to 1.
    pub longshot_bias: f64,
    /// Decimals of the odds, 2 to 10.
    pub decimals: u8,
}

impl Default for SyntheticConfig {
    fn default() -> Self {
        Self {
            league: LeagueConfig::default(),
            bookmaker: BookmakerConfig::default(),
            matches: 380,
            seed: 1,
            price: PriceTime::Pre,
            every: None,
            markets: Vec::new(),
        }
    }
}

impl Default for LeagueConfig {
    /// Twenty teams, with the variance of strengths of a first division.
    fn default() -> Self {
        Self {
            name: "SIM".to_owned(),
            teams: Teams::Drawn {
                count: 20,
                spread: 0.25,
            },
            goals: [1.5, 1.2],
            rho: -0.05,
            drift: 0.0,
            profile: GoalProfile::Empirical,
        }
    }
}

impl Default for BookmakerConfig {
    /// A margin of 5 %, and opening prices about as far from the closing ones as in the Premier League, where the logits of
    /// home, draw and away differed by 0.13, 0.08 and 0.13 (root mean square, Pinnacle, 2012-13 to 2024-25); here it is
    /// 0.10 to 0.11. The error of real closing prices is unknown.
    fn default() -> Self {
        Self {
            book: Book::AVG,
            margin: 0.05,
            margin_method: MarginMethod::Power,
            noise: 0.12,
            closing_noise: 0.06,
            longshot_bias: 0.0,
            decimals: 2,
        }
    }
}

impl LeagueConfig {
    /// The most teams of a league.
    pub const MAX_TEAMS: usize = 100;

    /// The number of teams.
    pub fn size(&self) -> usize {
        match &self.teams {
            Teams::Drawn { count, .. } => *count,
            Teams::Given(teams) => teams.len(),
        }
    }

    /// Mean attack and mean defence over the teams.
    pub(super) fn mean_strength(&self) -> [f64; 2] {
        match &self.teams {
            Teams::Drawn { .. } => [0.0; 2],
            Teams::Given(teams) => {
                let size = teams.len().max(1) as f64;
                [
                    teams.iter().map(|team| team.attack).sum::<f64>() / size,
                    teams.iter().map(|team| team.defence).sum::<f64>() / size,
                ]
            }
        }
    }

    /// Standard deviation of attack and defence over the teams.
    pub(super) fn spread(&self) -> f64 {
        match &self.teams {
            Teams::Drawn { spread, .. } => *spread,
            Teams::Given(teams) => {
                let [attack, defence] = self.mean_strength();
                let squares = teams.iter().map(|team| {
                    ((team.attack - attack).powi(2) + (team.defence - defence).powi(2)) / 2.0
                });
                (squares.sum::<f64>() / teams.len().max(1) as f64).sqrt()
            }
        }
    }

    fn validate(&self) -> Result<(), SyntheticError> {
        let count = self.size();
        if count % 2 == 1 || !(2..=Self::MAX_TEAMS).contains(&count) {
            return Err(SyntheticError::Teams(count));
        }
        if let Teams::Drawn { spread, .. } = self.teams {
            within("the spread of the teams (log goals)", spread, 0.0, 1.0)?;
        }
        within(
            "expected goals of an average home side",
            self.goals[0],
            0.01,
            10.0,
        )?;
        within(
            "expected goals of an average away side",
            self.goals[1],
            0.01,
            10.0,
        )?;
        within("ρ", self.rho, -1.0, 1.0)?;
        within(
            "the drift from round to round (log goals, at most the spread of the teams)",
            self.drift,
            0.0,
            self.spread(),
        )
    }
}

impl SyntheticConfig {
    /// Checks every range.
    ///
    /// # Errors
    /// When a setting is out of its range; the error says what is allowed.
    ///
    /// ```
    /// use simbet::{LeagueConfig, SyntheticConfig};
    /// use simbet::internals::source::synthetic::Teams;
    /// let league = LeagueConfig { teams: Teams::Drawn { count: 7, spread: 0.2 }, ..LeagueConfig::default() };
    /// let error = SyntheticConfig { league, ..SyntheticConfig::default() }.validate().unwrap_err();
    /// assert_eq!(error.to_string(), "a league must have an even number of teams between 2 and 100, not 7");
    /// ```
    pub fn validate(&self) -> Result<(), SyntheticError> {
        self.league.validate()?;
        self.bookmaker.validate()?;
        let most = self.most_matches();
        if !(1..=most).contains(&self.matches) {
            return Err(SyntheticError::Matches {
                matches: self.matches,
                most,
                teams: self.league.size(),
            });
        }
        match self.every {
            Some(minutes) if !(1..=90).contains(&minutes) => Err(SyntheticError::Every(minutes)),
            _ => Ok(()),
        }
    }

    /// The most matches that one run has room for on the calendar.
    fn most_matches(&self) -> u64 {
        let teams = self.league.size() as u64;
        teams * (teams - 1) * MAX_SEASONS
    }
}

impl BookmakerConfig {
    fn validate(&self) -> Result<(), SyntheticError> {
        if !(0.0..1.0).contains(&self.margin) {
            return Err(SyntheticError::Margin(self.margin));
        }
        within("the bookmaker's noise (logits)", self.noise, 0.0, 3.0)?;
        within(
            "the noise of closing prices (logits, at most that of the opening ones)",
            self.closing_noise,
            0.0,
            self.noise,
        )?;
        within("the favourite–longshot bias", self.longshot_bias, 0.0, 0.99)?;
        within(
            "the number of decimals of odds",
            f64::from(self.decimals),
            2.0,
            10.0,
        )
    }
}

fn within(name: &'static str, value: f64, low: f64, high: f64) -> Result<(), SyntheticError> {
    if (low..=high).contains(&value) {
        Ok(())
    } else {
        Err(SyntheticError::Range {
            name,
            value,
            low,
            high,
        })
    }
}

/// Why a league or a bookmaker cannot have these settings.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SyntheticError {
    /// Too few teams, too many, or one that would have nobody to play against.
    #[error("a league must have an even number of teams between 2 and {most}, not {0}", most = LeagueConfig::MAX_TEAMS)]
    Teams(usize),
    /// Matches of no league or of several, where a league is to be like a real one.
    #[error("a simulated league is modelled on one real league, but the matches are of {}", if .0.is_empty() { "none".to_owned() } else { .0.join(", ") })]
    Leagues(Vec<String>),
    /// No matches, or more than there are days for.
    #[error(
        "a run of {teams} teams must have between 1 and {most} matches, not {matches}; --runs repeats it as often \
         as you like"
    )]
    Matches {
        /// The number of matches.
        matches: u64,
        /// The greatest possible number.
        most: u64,
        /// The number of teams.
        teams: usize,
    },
    /// No margin that a bookmaker could ask.
    #[error("a margin must be at least 0 and below 1, such as 0.05 for 5 %, not {0}")]
    Margin(f64),
    /// Offers in play too often or too rarely.
    #[error("prices in play must come every 1 to 90 minutes, not every {0}")]
    Every(u8),
    /// A number that is too small, too large, or none.
    #[error("{name} must lie between {low} and {high}, not {value}")]
    Range {
        /// Its name.
        name: &'static str,
        /// The value.
        value: f64,
        /// The least valid value.
        low: f64,
        /// The greatest valid value.
        high: f64,
    },
}
