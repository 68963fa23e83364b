//! What settings are for, and which of them a purpose uses.

use crate::predict::ModelSetting;

/// What settings are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Bets on matches of files: `backtest`, `sweep`, and backtests of the service.
    Backtest,
    /// Forecasts of matches of files, scored without bets.
    Tune,
    /// Bets on fixtures of files.
    Predict,
    /// A table of teams.
    Fit,
    /// The rest of a season.
    Season,
    /// Another form of the same matches.
    Convert,
    /// What is understood of files.
    Inspect,
    /// What was known before each match.
    Features,
    /// Forecasts of several models on the same matches.
    CompareModels,
    /// A stream of prices and results.
    Publish {
        /// Whether the matches are invented, and not read.
        invented: bool,
        /// Whether there are prices in play.
        in_play: bool,
    },
    /// Bets on invented matches.
    Simulate {
        /// Whether the league is fitted to matches of files.
        fitted: bool,
        /// Whether there are prices in play.
        in_play: bool,
    },
    /// Bets on entries as they come: `trade` and `serve`.
    Trade {
        /// Whether files teach the models before.
        history: bool,
    },
}

/// What a setting is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The choice of the model.
    Model,
    /// A setting of models.
    OfModel(ModelSetting),
    /// Stakes, and what they are limited by.
    Staking,
    /// Which prices are backed.
    Choice,
    /// Whose prices there are.
    Prices,
    /// Of which markets.
    Markets,
    /// Which of the prices before kick-off.
    PriceTime,
    /// The first day.
    From,
    /// The last day.
    To,
    /// How files are read.
    Reading,
    /// Columns from which models learn.
    Taught,
    /// Spellings of names, which entries have as well.
    Names,
}

impl Purpose {
    /// Whether a model is there even where the staking needs none.
    pub const fn always_models(self) -> bool {
        match self {
            Self::Tune | Self::Predict | Self::Fit | Self::Season => true,
            Self::Backtest
            | Self::Convert
            | Self::Inspect
            | Self::Features
            | Self::CompareModels
            | Self::Publish { .. }
            | Self::Simulate { .. }
            | Self::Trade { .. } => false,
        }
    }

    /// Whether it places bets.
    pub fn bets(self) -> bool {
        self.uses(Part::Staking)
    }

    /// Whether settings of this part are used to fit a league, whatever the model that is played.
    pub(super) fn fits_a_league(self, part: Part) -> bool {
        let fits = matches!(self, Self::Simulate { fitted: true, .. });
        let of_fit = [
            ModelSetting::HalfLife,
            ModelSetting::Window,
            ModelSetting::Prior,
            ModelSetting::Pool,
        ];
        fits && of_fit.map(Part::OfModel).contains(&part)
    }

    /// Why a part can have no effect; `None` where it can.
    pub(super) fn unused_because(self, part: Part) -> Option<String> {
        (!self.uses(part)).then(|| format!("{}; leave it out", self.why_not(part)))
    }

    /// Whether a part can have an effect.
    pub(super) fn uses(self, part: Part) -> bool {
        match part {
            Part::Model => !matches!(
                self,
                Self::Convert
                    | Self::Inspect
                    | Self::Features
                    | Self::CompareModels
                    | Self::Publish { .. }
            ),
            Part::OfModel(setting) => self.uses_setting(setting),
            Part::Staking | Part::Choice => self.decides(),
            Part::Markets => self != Self::Features && self.uses(Part::Prices),
            Part::Prices => !matches!(
                self,
                Self::Fit | Self::Season | Self::Inspect | Self::CompareModels
            ),
            Part::PriceTime => self.takes_prices_of_a_time(),
            Part::From | Part::To => self.has_period(part),
            Part::Reading => match self {
                Self::Backtest
                | Self::Tune
                | Self::Predict
                | Self::Fit
                | Self::Season
                | Self::Convert
                | Self::Inspect
                | Self::Features
                | Self::CompareModels => true,
                Self::Publish { invented, .. } => !invented,
                Self::Simulate { fitted, .. } => fitted,
                Self::Trade { history } => history,
            },
            Part::Taught => self != Self::CompareModels && self.uses(Part::Reading),
            Part::Names => matches!(self, Self::Trade { .. }) || self.uses(Part::Reading),
        }
    }

    /// Whether a setting of models can have an effect.
    fn uses_setting(self, setting: ModelSetting) -> bool {
        use ModelSetting as Of;
        match setting {
            Of::HalfLife | Of::Window | Of::Prior | Of::Features => {
                self.uses(Part::Model) || self == Self::Features
            }
            // invented matches have neither shots nor prices before them
            Of::Learn => {
                let is_invented = matches!(self, Self::Simulate { fitted: false, .. });
                self.uses(Part::Model) && !is_invented
            }
            // what --rho says there is of the league
            Of::Rho => !matches!(self, Self::Simulate { .. }) && self.uses(Part::Model),
            Of::Link | Of::Ridge | Of::Marginal | Of::Dependence => self.uses(Part::Model),
            Of::Probabilities => match self {
                Self::Backtest | Self::Tune | Self::Predict | Self::Trade { .. } => true,
                Self::Fit
                | Self::Season
                | Self::Convert
                | Self::Inspect
                | Self::Features
                | Self::CompareModels
                | Self::Publish { .. }
                | Self::Simulate { .. } => false,
            },
            Of::Pool => {
                let is_invented = matches!(self, Self::Simulate { fitted: false, .. });
                self == Self::Features || self.uses(Part::Model) && !is_invented
            }
            // its prices are published for the models of those who read the stream
            Of::MarketBook => match self {
                Self::Backtest
                | Self::Tune
                | Self::Predict
                | Self::Features
                | Self::Trade { .. } => true,
                Self::Publish { invented, .. } => !invented,
                Self::Fit
                | Self::Season
                | Self::Convert
                | Self::Inspect
                | Self::CompareModels
                | Self::Simulate { .. } => false,
            },
            Of::MarginMethod => {
                let is_bookmaker = matches!(self, Self::Publish { invented: true, .. });
                self.bets() || is_bookmaker || matches!(self, Self::Features | Self::Tune)
            }
            Of::Profile => self.has_prices_in_play(),
            Of::InPlayGoals => self.has_prices_in_play() && self.decides(),
            Of::RefitEvery => self.decides() || matches!(self, Self::Features | Self::Tune),
            Of::Program => self.decides() || self == Self::Tune,
            Of::PoolWith | Of::MinMatches => self.decides(),
        }
    }

    /// Whether it decides what to bet on.
    const fn decides(self) -> bool {
        match self {
            Self::Backtest | Self::Predict | Self::Simulate { .. } | Self::Trade { .. } => true,
            Self::Tune
            | Self::Fit
            | Self::Season
            | Self::Convert
            | Self::Inspect
            | Self::Features
            | Self::CompareModels
            | Self::Publish { .. } => false,
        }
    }

    /// Whether it matters which of the prices before kick-off are taken.
    const fn takes_prices_of_a_time(self) -> bool {
        match self {
            Self::Backtest
            | Self::Tune
            | Self::Predict
            | Self::Features
            | Self::Publish { .. }
            | Self::Simulate { .. } => true,
            Self::Fit
            | Self::Season
            | Self::Convert
            | Self::Inspect
            | Self::CompareModels
            | Self::Trade { .. } => false,
        }
    }

    /// Whether it looks at the first day, or at the last one.
    fn has_period(self, part: Part) -> bool {
        match self {
            Self::Backtest
            | Self::Tune
            | Self::Predict
            | Self::Features
            | Self::CompareModels
            | Self::Publish {
                invented: false, ..
            } => true,
            Self::Fit => part == Part::To,
            Self::Season
            | Self::Convert
            | Self::Inspect
            | Self::Publish { .. }
            | Self::Simulate { .. }
            | Self::Trade { .. } => false,
        }
    }

    fn has_prices_in_play(self) -> bool {
        match self {
            Self::Trade { .. } => true,
            Self::Publish { in_play, .. } | Self::Simulate { in_play, .. } => in_play,
            Self::Backtest
            | Self::Tune
            | Self::Predict
            | Self::Fit
            | Self::Season
            | Self::Convert
            | Self::Inspect
            | Self::Features
            | Self::CompareModels => false,
        }
    }

    /// Why a part that is not used is not.
    fn why_not(self, part: Part) -> &'static str {
        match (part, self) {
            (
                Part::OfModel(ModelSetting::Profile | ModelSetting::InPlayGoals),
                Self::Simulate { .. } | Self::Publish { .. },
            ) => "there are no prices in play without --in-play",
            (
                Part::OfModel(ModelSetting::Profile | ModelSetting::InPlayGoals),
                Self::Backtest | Self::Tune | Self::Predict | Self::Features,
            ) => "files have no prices in play",
            (
                Part::OfModel(ModelSetting::MarketBook),
                Self::Simulate { .. } | Self::Publish { .. },
            ) => "an invented league has one bookmaker",
            (Part::OfModel(ModelSetting::Rho), Self::Simulate { .. }) => {
                "in a simulation rho is that of the league"
            }
            (Part::OfModel(ModelSetting::Pool), Self::Simulate { .. }) => {
                "an invented league is one league"
            }
            (Part::OfModel(ModelSetting::Probabilities), Self::Simulate { .. }) => {
                "no file can have probabilities of matches that are yet to be invented"
            }
            (Part::Reading | Part::Taught | Part::Names, Self::Trade { .. }) => {
                "it is about reading files, and without --history it has no effect on entries"
            }
            (Part::Taught, Self::CompareModels) => Self::CompareModels.what_it_does(),
            (Part::Reading | Part::Taught | Part::Names, _) => {
                "it is about reading files, and none is read"
            }
            (Part::PriceTime, Self::Trade { .. }) => {
                "entries say themselves whether their prices are those at kick-off"
            }
            (Part::From | Part::To, Self::Trade { .. }) => "every entry of a stream is bet on",
            (Part::From | Part::To, Self::Simulate { .. } | Self::Publish { .. }) => {
                "--from and --to select matches of files, and none is read"
            }
            (Part::Markets, Self::Features) => {
                "features have the prices of 1x2 and of over 2.5 goals"
            }
            (Part::From, Self::Fit) => {
                "how far back a fit looks is --window, and --half-life how fast results fade"
            }
            (Part::From | Part::To, Self::Season) => {
                "a season has no --from and --to: use --as-of, and --window for how far back"
            }
            (_, purpose) => purpose.what_it_does(),
        }
    }

    const fn what_it_does(self) -> &'static str {
        match self {
            Self::Backtest | Self::Predict | Self::Simulate { .. } | Self::Trade { .. } => {
                "nothing here uses it"
            }
            Self::Tune => "tune scores forecasts, and places no bets",
            Self::Fit => "fit makes one table of teams from all results, and places no bets",
            Self::Season => "season plays the rest of a season, and places no bets",
            Self::Convert => "convert writes every match that it reads, and places no bets",
            Self::Inspect => "inspect only says what it reads, and places no bets",
            Self::Features => "features says what was known before each match, and places no bets",
            Self::CompareModels => "compare-models only scores forecasts, and places no bets",
            Self::Publish { .. } => {
                "publish places no bets, which is for those who read the stream"
            }
        }
    }
}
