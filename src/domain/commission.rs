//! The commission of an exchange on net winnings.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::market::MarketKind;
use super::odds::Odds;

/// The share of a market's net winnings that is paid as commission, for each kind of market; 0 by default.
///
/// Written as one rate for all (`0.05`), a rate for some (`1x2=0.05,ah=0.02`), or both (`0.05,ah=0.02`).
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Commission {
    rates: [f64; MarketKind::COUNT],
}

impl Commission {
    /// One rate for every market.
    ///
    /// # Errors
    /// When the rate is negative, 1 or more, or not a number.
    pub fn flat(rate: f64) -> Result<Self, CommissionError> {
        Ok(Self {
            rates: [checked(rate)?; MarketKind::COUNT],
        })
    }

    /// The rate of one kind of market: at least 0, below 1.
    pub const fn rate(&self, kind: MarketKind) -> f64 {
        self.rates[kind as usize]
    }

    /// The odds after commission: 1 + (odds − 1) · (1 − rate).
    ///
    /// ```
    /// use simbet::{Commission, MarketKind, Odds};
    /// let commission: Commission = "0.05,ah=0.02".parse().unwrap();
    /// let evens = Odds::new(2.0).unwrap();
    /// assert_eq!(commission.net_odds(evens, MarketKind::MatchOdds).decimal(), 1.95);
    /// assert_eq!(commission.net_odds(evens, MarketKind::AsianHandicap).decimal(), 1.98);
    /// ```
    pub fn net_odds(&self, odds: Odds, kind: MarketKind) -> Odds {
        match self.rate(kind) {
            0.0 => odds,
            // odds a few 10^-16 above 1 may have nothing left that a number could show
            rate => Odds::new(1.0 + odds.net() * (1.0 - rate)).unwrap_or(odds),
        }
    }

    fn one_rate(&self) -> Option<f64> {
        self.rates
            .iter()
            .all(|rate| *rate == self.rates[0])
            .then_some(self.rates[0])
    }
}

fn checked(rate: f64) -> Result<f64, CommissionError> {
    if (0.0..1.0).contains(&rate) {
        Ok(rate)
    } else {
        Err(CommissionError(rate.to_string()))
    }
}

impl std::str::FromStr for Commission {
    type Err = CommissionError;
    fn from_str(text: &str) -> Result<Self, CommissionError> {
        let mut commission = Self::default();
        for part in text.split(',') {
            let (kind, rate) = part
                .split_once('=')
                .map_or((None, part), |(kind, rate)| (Some(kind), rate));
            let rate = checked(
                rate.trim()
                    .parse()
                    .map_err(|_| CommissionError(text.to_owned()))?,
            )?;
            match kind {
                None => commission = Self::flat(rate)?,
                Some(kind) => {
                    let kind: MarketKind = kind
                        .trim()
                        .parse()
                        .map_err(|_| CommissionError(text.to_owned()))?;
                    commission.rates[kind as usize] = rate;
                }
            }
        }
        Ok(commission)
    }
}

impl fmt::Display for Commission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.one_rate() {
            Some(rate) => write!(f, "{rate}"),
            None => {
                let parts = MarketKind::ALL
                    .into_iter()
                    .filter(|kind| kind.is_in_every_file() || self.rate(*kind) > 0.0)
                    .map(|kind| format!("{kind}={}", self.rate(kind)));
                f.write_str(&parts.collect::<Vec<_>>().join(","))
            }
        }
    }
}

/// A commission in a file: a number, or the text of the command line.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Rate(f64),
    Text(String),
}

impl TryFrom<Written> for Commission {
    type Error = CommissionError;
    fn try_from(written: Written) -> Result<Self, CommissionError> {
        match written {
            Written::Rate(rate) => Self::flat(rate),
            Written::Text(text) => text.parse(),
        }
    }
}

impl From<Commission> for Written {
    fn from(commission: Commission) -> Self {
        commission
            .one_rate()
            .map_or_else(|| Self::Text(commission.to_string()), Self::Rate)
    }
}

/// The error of a text or number that is no commission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommissionError(String);

impl fmt::Display for CommissionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a commission must be a rate from 0 to below 1, for all markets (0.05) or by market (1x2=0.05,ah=0.02), \
             not {}",
            self.0
        )
    }
}

impl std::error::Error for CommissionError {}
