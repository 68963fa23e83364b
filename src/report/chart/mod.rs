//! Charts of results, as SVG and PNG.
//!
//! Each chart is a pure function from numbers to a [`Chart`]; the same numbers give the same bytes. Values that are not
//! finite or beyond ±10¹⁵ are left out. A chart without values gives the reason instead.
//!
//! Charts are drawn with plotters. charts-rs has more kinds of charts and needs fewer lines, but only categorical axes and
//! series of equal length. plotters has numerical axes, intervals and shaded areas, and returns the pixel of a value,
//! which the texts shown on hovering need.
//!
//! ```
//! use simbet::Time;
//! use simbet::internals::report::chart;
//! let day = |n: i64| Time::from_days(19_580 + n);
//! let chart = chart::bankroll(&[(day(0), 1000.0), (day(7), 1090.0), (day(14), 981.0)], 1000.0);
//! assert!(chart.svg().contains("greatest fall from a peak 10.00 %"));
//! assert!(chart.svg().contains("2023-08-25\nbalance 981.00\n10.00 % below its peak")); // shown on hovering
//! ```

mod axis;
mod balance;
mod bankroll;
mod fan;
mod frame;
mod groups;
mod histogram;
mod palette;
#[cfg_attr(not(feature = "png"), path = "png_disabled.rs")]
mod png;
mod profile;
mod profit;
mod reliability;
mod svg;
mod timeline;

pub use axis::Unit;
pub use balance::balance;
pub use bankroll::bankroll;
pub use fan::{FanQuantiles, Scale, fan};
pub use groups::{Group, groups};
pub use histogram::{Marker, histogram};
pub use palette::style;
pub use profile::{ProfilePoint, profile};
pub use profit::profit;
pub use reliability::reliability;

/// The widest PNG, in pixels.
pub const MAX_WIDTH: u32 = 8_000;

/// The labels of a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Labels<'a> {
    /// The chart's title.
    pub title: &'a str,
    /// The name of the values.
    pub axis: &'a str,
    /// Their unit.
    pub unit: Unit,
    /// The name of what is counted, such as "bets" or "runs".
    pub counted: &'a str,
}

impl Labels<'_> {
    /// A number of what is counted: `1 bet`, `12,345 bets`.
    fn count(&self, number: u64) -> String {
        let one = self.counted.strip_suffix('s').unwrap_or(self.counted);
        crate::report::text_table::counted(number, one, self.counted)
    }
}

/// A drawn chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    svg: String,
    size: (u32, u32),
}

/// A chart that cannot be rendered as PNG.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChartError {
    /// A width out of range.
    #[error("a PNG {width} pixels wide: from 1 to {MAX_WIDTH} can be drawn")]
    Width {
        /// The width asked for.
        width: u32,
    },
    /// The build is without the feature `png`.
    #[error("this simbet was built without PNG; build it with the default features, or write SVG")]
    Unsupported,
    /// The renderer failed.
    #[error("cannot draw the PNG: {0}")]
    Render(String),
}

impl Chart {
    /// SVG for a page: as wide as its container, without a background, in colours that [`style`] restyles.
    pub fn svg(&self) -> &str {
        &self.svg
    }

    /// SVG for a file: with a size, a white background and the XML declaration.
    pub fn standalone(&self) -> String {
        svg::standalone(&self.svg, self.size)
    }

    /// The standalone chart as PNG, `width` pixels wide; the pixels are the same on every machine.
    ///
    /// # Errors
    /// When the width is 0 or above [`MAX_WIDTH`], or the build is without the feature `png`.
    pub fn png(&self, width: u32) -> Result<Vec<u8>, ChartError> {
        if !(1..=MAX_WIDTH).contains(&width) {
            return Err(ChartError::Width { width });
        }
        png::render(&self.standalone(), width)
    }
}
