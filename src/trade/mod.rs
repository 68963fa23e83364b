//! Trading on streams of prices and results, as they come.
//!
//! [`LineTrader`] bets on the lines of a file or a pipe. [`trade_partitions`] bets on the streams of a Redis: a trader for
//! each partition of this process, with its share of the bankroll, which continues where another one stopped.
//!
//! Nothing here prints, reads a clock or the environment: clocks are parameters, and a [`Report`] gets each [`Notice`].

mod dead_letter_file;
#[cfg(feature = "redis")]
mod group;
mod lines;
mod notice;
#[cfg(feature = "redis")]
mod partition;
#[cfg(feature = "redis")]
mod quota;
#[cfg(feature = "redis")]
mod supervisor;

pub use dead_letter_file::DeadLetterFile;
pub(crate) use dead_letter_file::is_replaceable;
#[cfg(feature = "redis")]
pub use group::GroupConfig;
pub use lines::{LineTrader, TradingResult, model_name};
pub use notice::{Notice, Report};
#[cfg(feature = "redis")]
pub use partition::PartitionOutcome;
#[cfg(feature = "redis")]
pub use supervisor::trade_partitions;
