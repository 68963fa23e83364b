//! How bets end, what they pay, and the probability of each end.

use serde::{Deserialize, Serialize};

use super::money::Money;
use super::odds::Odds;

/// How a bet ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Outcome {
    /// The whole stake wins.
    Won,
    /// Half the stake wins, half comes back.
    HalfWon,
    /// The stake comes back.
    Void,
    /// Half the stake comes back, half is lost.
    HalfLost,
    /// The whole stake is lost.
    Lost,
}

impl Outcome {
    /// Whether it won, in full or by half.
    pub const fn is_win(self) -> bool {
        match self {
            Self::Won | Self::HalfWon => true,
            Self::Void | Self::HalfLost | Self::Lost => false,
        }
    }

    /// Every outcome, best first.
    pub const ALL: [Self; 5] = [
        Self::Won,
        Self::HalfWon,
        Self::Void,
        Self::HalfLost,
        Self::Lost,
    ];

    /// The outcome of a bet that either wins or loses.
    pub(super) const fn won_if(won: bool) -> Self {
        if won { Self::Won } else { Self::Lost }
    }

    /// The outcome of a bet that is `quarters` quarter goals on the right side of its line.
    pub(super) const fn of_margin(quarters: i32) -> Self {
        match quarters {
            2.. => Self::Won,
            1 => Self::HalfWon,
            0 => Self::Void,
            -1 => Self::HalfLost,
            _ => Self::Lost,
        }
    }

    /// The code in tables and on the wire: `win`, `half_win`, `void`, `half_loss`, `loss`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Won => "win",
            Self::HalfWon => "half_win",
            Self::Void => "void",
            Self::HalfLost => "half_loss",
            Self::Lost => "loss",
        }
    }

    /// The payout of a stake at `odds`, the stake included: rounded once, to the minor unit.
    ///
    /// ```
    /// use simbet::{Money, Odds, Outcome};
    /// let (stake, odds) = (Money::from_minor(101), Odds::new(1.9).unwrap());
    /// assert_eq!(Outcome::HalfWon.payout(stake, odds), Money::from_minor(146));
    /// assert_eq!(Outcome::HalfLost.payout(stake, odds), Money::from_minor(51));
    /// ```
    pub fn payout(self, stake: Money, odds: Odds) -> Money {
        match self {
            Self::Won => stake + stake.winnings(odds),
            Self::HalfWon => stake + stake.half_winnings(odds),
            Self::Void => stake,
            Self::HalfLost => stake.half(),
            Self::Lost => Money::ZERO,
        }
    }

    /// Profit of one unit of stake at `odds`.
    ///
    /// ```
    /// use simbet::{Odds, Outcome};
    /// assert_eq!(Outcome::HalfWon.unit_profit(Odds::new(3.0).unwrap()), 1.0);
    /// ```
    pub fn unit_profit(self, odds: Odds) -> f64 {
        match self {
            Self::Won => odds.net(),
            Self::HalfWon => odds.net() / 2.0,
            Self::Void => 0.0,
            Self::HalfLost => -0.5,
            Self::Lost => -1.0,
        }
    }
}

/// The probability of each [`Outcome`] of one selection; they sum to 1.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct OutcomeDistribution {
    /// The whole stake wins.
    pub won: f64,
    /// Half the stake wins.
    pub half_won: f64,
    /// The stake comes back.
    pub void: f64,
    /// Half the stake is lost.
    pub half_lost: f64,
    /// The whole stake is lost.
    pub lost: f64,
}

impl OutcomeDistribution {
    /// A bet that either wins with probability `won` or loses.
    pub fn binary(won: f64) -> Self {
        Self {
            won,
            lost: 1.0 - won,
            ..Self::default()
        }
    }

    /// The distribution of the other side of a two-sided market, which settles opposite on every score.
    ///
    /// ```
    /// use simbet::OutcomeDistribution;
    /// assert_eq!(OutcomeDistribution::binary(0.75).opposite(), OutcomeDistribution::binary(0.25));
    /// ```
    pub const fn opposite(self) -> Self {
        Self {
            won: self.lost,
            half_won: self.half_lost,
            void: self.void,
            half_lost: self.half_won,
            lost: self.won,
        }
    }

    /// The probability of one outcome.
    pub const fn part(&self, outcome: Outcome) -> f64 {
        match outcome {
            Outcome::Won => self.won,
            Outcome::HalfWon => self.half_won,
            Outcome::Void => self.void,
            Outcome::HalfLost => self.half_lost,
            Outcome::Lost => self.lost,
        }
    }

    /// Every probability times a factor.
    pub(crate) fn scaled(self, factor: f64) -> Self {
        Self {
            won: self.won * factor,
            half_won: self.half_won * factor,
            void: self.void * factor,
            half_lost: self.half_lost * factor,
            lost: self.lost * factor,
        }
    }

    pub(crate) fn part_mut(&mut self, outcome: Outcome) -> &mut f64 {
        match outcome {
            Outcome::Won => &mut self.won,
            Outcome::HalfWon => &mut self.half_won,
            Outcome::Void => &mut self.void,
            Outcome::HalfLost => &mut self.half_lost,
            Outcome::Lost => &mut self.lost,
        }
    }

    /// The probability that the bet pays, in full or by half.
    pub fn probability(&self) -> f64 {
        self.won + self.half_won
    }

    /// The decimal odds at which the expected profit is 0; `None` when the bet cannot win.
    ///
    /// ```
    /// use simbet::OutcomeDistribution;
    /// assert_eq!(OutcomeDistribution::binary(0.4).fair_odds(), Some(2.5));
    /// assert_eq!(OutcomeDistribution::binary(0.0).fair_odds(), None);
    /// ```
    pub fn fair_odds(&self) -> Option<f64> {
        let (won, lost) = (
            self.won + 0.5 * self.half_won,
            self.lost + 0.5 * self.half_lost,
        );
        (won > 0.0).then(|| (won + lost) / won)
    }

    /// Expected profit of one unit of stake at `odds`.
    ///
    /// # Formula
    /// ```text
    /// EV = (o − 1)·(won + ½·half_won) − ½·half_lost − lost
    /// ```
    ///
    /// ```
    /// use simbet::{Odds, OutcomeDistribution};
    /// let even = OutcomeDistribution::binary(0.55).expected_value(Odds::new(2.1).unwrap());
    /// assert!((even - 0.155).abs() < 1e-12);
    /// ```
    pub fn expected_value(&self, odds: Odds) -> f64 {
        odds.net() * (self.won + 0.5 * self.half_won) - 0.5 * self.half_lost - self.lost
    }
}
