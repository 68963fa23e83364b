//! What only the tests, the benches and fuzzing of simbet itself use, room by room. None of it is part of the public face.

#![allow(missing_docs, unused_imports)]

pub mod assess {
    pub use crate::assess::*;
}
pub mod domain {
    pub use crate::domain::*;
}
pub mod backtest {
    pub use crate::backtest::*;
}
pub mod calendar {
    pub use crate::calendar::*;
}
pub mod checkpoint {
    pub use crate::checkpoint::*;
}
pub mod cli {
    pub use crate::cli::*;
}
pub mod config {
    pub use crate::config::*;
}
pub mod engine {
    pub use crate::engine::*;
}
pub mod error {
    pub use crate::error::*;
}
pub mod ledger {
    pub use crate::ledger::*;
}
pub mod look_alike {
    pub use crate::look_alike::*;
}
pub mod match_index {
    pub use crate::match_index::*;
}
pub mod metrics {
    pub use crate::metrics::*;
}
pub mod model_comparison {
    pub use crate::model_comparison::*;
}
pub mod predict {
    pub use crate::predict::*;
}
pub mod printable {
    pub use crate::printable::*;
}
pub mod program {
    pub use crate::program::*;
}
#[cfg(feature = "redis")]
pub mod redis {
    pub use crate::redis::*;
}
pub mod report {
    pub use crate::report::*;
}
pub mod results {
    pub use crate::results::*;
}
pub mod rounding {
    pub use crate::rounding::*;
}
pub mod run {
    pub use crate::run::*;
}
pub mod schema {
    pub use crate::schema::*;
}
pub mod season {
    pub use crate::season::*;
}
#[cfg(all(unix, feature = "serve"))]
pub mod serve {
    pub use crate::serve::*;
}
pub mod significance {
    pub use crate::significance::*;
}
pub mod simulate {
    pub use crate::simulate::*;
}
pub mod sink {
    pub use crate::sink::*;
}
pub mod source {
    pub use crate::source::*;
}
pub mod strategy {
    pub use crate::strategy::*;
}
pub mod sweep {
    pub use crate::sweep::*;
}
pub mod trade {
    pub use crate::trade::*;
}
pub mod tune {
    pub use crate::tune::*;
}
