//! The nouns of football betting. Nothing here opens a file, reads a clock or draws a random number;
//! only `std` and `serde` are used.

pub mod bet;
pub mod commission;
pub mod event;
pub mod fixture;
pub mod grid;
pub mod market;
pub mod money;
pub mod odds;

pub use bet::{Bet, BetId, Closing, Edge, Entry, Forecast, Refusal, Settlement};
pub use commission::Commission;
pub use event::{MatchState, Offer, Round, Time};
pub use fixture::{Fixture, LeagueId, Match, Names, Score, TeamId};
pub use grid::{GridError, ScoreGrid};
pub use market::{Line, Market, MarketKind, Outcome, Selection, Side, Split};
pub use money::{Bankroll, Money};
pub use odds::{Book, Odds, Quote};
