//! The nouns of football betting. Nothing here opens a file, reads a clock or draws a random number;
//! only `std` and `serde` are used.

pub mod bet;
mod code;
pub mod commission;
pub mod entry;
pub mod fixture;
pub mod grid;
pub mod line;
pub mod market;
pub mod money;
pub mod odds;
pub mod outcome;
pub mod quote;
pub mod round;
pub mod score;
pub mod selection;
pub mod side;
pub mod status;
pub mod time;

pub use bet::{Bet, BetId, Edge};
pub use commission::Commission;
pub use entry::{Closing, Entry, Forecast, Refusal, Settlement};
pub use fixture::{Fixture, LeagueId, Match, Names, TeamId};
pub use grid::{GridError, ScoreGrid};
pub use line::Line;
pub use market::{Market, MarketKind};
pub use money::{Bankroll, Money};
pub use odds::{Book, Odds};
pub use outcome::{Outcome, OutcomeDistribution};
pub use quote::Quote;
pub use round::{Offer, Round};
pub use score::{MatchState, Score};
pub use selection::Selection;
pub use side::Side;
pub use status::{MatchStatus, StatusWord};
pub use time::Time;
