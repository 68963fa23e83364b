//! How the bankroll spreads as matches are played.

use super::Chart;
use super::axis::{Axis, Unit, drawable};
use super::frame::{Drawn, Frame, HEIGHT, Key, Plot, nothing};
use super::palette::{BLUE, MUTED};
use super::timeline::{extent, hover};
use crate::report::sheet::thousands;

/// Quantiles of the bankroll after so many matches.
#[derive(Debug, Clone, PartialEq)]
pub struct FanQuantiles {
    /// Matches played.
    pub matches: u64,
    /// The bankroll at each level, in the levels' order.
    pub quantiles: Vec<f64>,
}

/// How amounts become heights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scale {
    /// By order of magnitude when the amounts span a factor of 50 or more, else in proportion.
    #[default]
    Auto,
    /// In proportion.
    Linear,
    /// By order of magnitude; what is below 0.01 is at the lowest amount that is not.
    Logarithmic,
}

/// A band for each pair of levels; how opaque it is.
const SHADE: f64 = 0.22;
/// The least amount on an axis by order of magnitude: a hundredth, the smallest that money counts.
const LEAST: f64 = 0.01;
/// The factor from which amounts are shown by order of magnitude.
const WIDE: f64 = 50.0;

/// Bands between quantiles of the bankroll, outermost to innermost, and the median, against matches played.
///
/// `levels` are the probabilities of the quantiles, ascending: `[0.05, 0.25, 0.5, 0.75, 0.95]`. Points that lack a
/// quantile are left out. `start` is the bankroll before the first match.
///
/// ```
/// use simbet::report::chart::{FanQuantiles, Scale, fan};
/// let at = |matches, quantiles: [f64; 3]| FanQuantiles { matches, quantiles: quantiles.to_vec() };
/// let points = [at(0, [100.0, 100.0, 100.0]), at(380, [70.0, 95.0, 140.0])];
/// let chart = fan("Bankroll", &[0.05, 0.5, 0.95], &points, 100.0, Scale::Auto);
/// assert!(chart.svg().contains("after 380 matches 95 %: 140.00 50 %: 95.00 5 %: 70.00"));
/// ```
pub fn fan(
    title: &str,
    levels: &[f64],
    points: &[FanQuantiles],
    start: f64,
    scale: Scale,
) -> Chart {
    let whole = |point: &&FanQuantiles| {
        point.quantiles.len() == levels.len() && point.quantiles.iter().all(|q| drawable(*q))
    };
    let mut points: Vec<_> = points.iter().filter(whole).collect();
    points.sort_by_key(|point| point.matches);
    let amounts = || {
        points
            .iter()
            .flat_map(|point| point.quantiles.iter().copied())
            .chain(Some(start).filter(|start| drawable(*start)))
    };
    let (Some(range), true, false) = (extent(amounts()), points.len() > 1, levels.is_empty())
    else {
        return nothing(title, "fewer than two points");
    };
    let heights = Heights::new(
        scale,
        range,
        extent(amounts().filter(|amount| *amount >= LEAST)),
    );
    let last = points.last().map_or(0, |point| point.matches);
    let fan = Fan {
        levels,
        points,
        heights,
    };
    let frame = Frame {
        title,
        summary: fan.summary(start),
        x: Axis::values(
            "matches played",
            Unit::Number,
            (fan.points[0].matches as f64, last as f64),
            6,
        ),
        y: fan.axis(),
        legend: fan.legend(),
        height: HEIGHT,
        right: 60,
    };
    frame.draw(|plot| fan.draw(plot, start))
}

/// Where amounts are on the axis.
struct Heights {
    range: (f64, f64),
    logarithmic: bool,
}

impl Heights {
    fn new(scale: Scale, range: (f64, f64), positive: Option<(f64, f64)>) -> Self {
        let wide = |(low, high): (f64, f64)| high / low >= WIDE;
        match (scale, positive) {
            (Scale::Logarithmic, Some(range)) => Self {
                range,
                logarithmic: true,
            },
            (Scale::Auto, Some(positive)) if wide(positive) => Self {
                range: positive,
                logarithmic: true,
            },
            _ => Self {
                range,
                logarithmic: false,
            },
        }
    }

    fn of(&self, amount: f64) -> f64 {
        if self.logarithmic {
            amount.max(self.range.0).log10()
        } else {
            amount
        }
    }
}

struct Fan<'a> {
    levels: &'a [f64],
    points: Vec<&'a FanQuantiles>,
    heights: Heights,
}

impl Fan<'_> {
    /// The pairs of levels, by place, from the outermost inwards.
    fn bands(&self) -> impl Iterator<Item = (usize, usize)> {
        let count = self.levels.len();
        (0..count / 2).map(move |place| (place, count - 1 - place))
    }

    fn path(&self, level: usize) -> impl DoubleEndedIterator<Item = (f64, f64)> {
        self.points.iter().map(move |point| {
            (
                point.matches as f64,
                self.heights.of(point.quantiles[level]),
            )
        })
    }

    fn middle(&self) -> Option<usize> {
        (self.levels.len() % 2 == 1).then_some(self.levels.len() / 2)
    }

    fn axis(&self) -> Axis {
        if self.heights.logarithmic {
            let (low, high) = self.heights.range;
            return Axis::logarithmic(
                "bankroll, by order of magnitude",
                (low.log10(), high.log10()),
            );
        }
        Axis::roomy("bankroll", Unit::Money, self.heights.range, 7)
    }

    fn legend(&self) -> Vec<Key> {
        let share =
            |level: usize| thousands(&format!("{}", (self.levels[level] * 1e4).round() / 1e2));
        let middle = self.middle().map(|middle| match self.levels[middle] {
            0.5 => Key::new(BLUE, "median"),
            _ => Key::new(BLUE, format!("{} %", share(middle))),
        });
        // bands lie upon each other
        let opacity = |depth: usize| 1.0 - (1.0 - SHADE).powi(depth as i32 + 1);
        let band = |(depth, (low, high)): (usize, (usize, usize))| {
            Key::shade(
                BLUE,
                opacity(depth),
                format!("{}–{} %", share(low), share(high)),
            )
        };
        let mut bands: Vec<_> = self.bands().enumerate().map(band).collect();
        bands.reverse();
        middle.into_iter().chain(bands).collect()
    }

    fn draw(&self, plot: &mut Plot<'_, '_>, start: f64) -> Drawn {
        for (low, high) in self.bands() {
            plot.between(self.path(high), self.path(low), BLUE, SHADE)?;
        }
        if drawable(start) {
            let (left, right) = plot.width();
            plot.line(
                [
                    (left, self.heights.of(start)),
                    (right, self.heights.of(start)),
                ],
                MUTED,
                2,
            )?;
        }
        if let Some(middle) = self.middle() {
            plot.line(self.path(middle), BLUE, 5)?;
        }
        let places: Vec<_> = self.path(0).collect();
        hover(plot, &places, |place| self.text(place));
        Ok(())
    }

    fn text(&self, place: usize) -> String {
        let point = self.points[place];
        let line = |(level, amount): (&f64, &f64)| {
            format!(
                "\n{} %: {}",
                (level * 1e4).round() / 1e2,
                Unit::Money.show(*amount)
            )
        };
        let lines: String = self
            .levels
            .iter()
            .zip(&point.quantiles)
            .rev()
            .map(line)
            .collect();
        format!(
            "after {} matches{lines}",
            thousands(&point.matches.to_string())
        )
    }

    fn summary(&self, start: f64) -> String {
        let start = if drawable(start) {
            format!("From {}. ", Unit::Money.show(start))
        } else {
            String::new()
        };
        format!(
            "{start}Quantiles of the bankroll {}.",
            self.text(self.points.len() - 1).replace('\n', " ")
        )
    }
}
