//! The fan chart of the bankroll over simulated runs.

use super::Chart;
use super::axis::{Axis, Unit, drawable};
use super::frame::{Drawn, Frame, HEIGHT, Key, Plot, empty_chart};
use super::palette::{BLUE, MUTED};
use super::timeline::{extent, hover};
use crate::report::text_table::thousands;

/// Quantiles of the bankroll after a number of matches.
#[derive(Debug, Clone, PartialEq)]
pub struct FanQuantiles {
    /// Matches played.
    pub matches: u64,
    /// The quantile at each level, in the order of the levels.
    pub quantiles: Vec<f64>,
}

/// How amounts become heights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scale {
    /// By order of magnitude when the amounts span a factor of 50 or more and none is below 0, else in proportion.
    #[default]
    Auto,
    /// In proportion.
    Linear,
    /// By order of magnitude; what is below 0.01 is at the lowest amount that is not.
    Logarithmic,
}

/// The opacity of the band of one pair of levels.
const SHADE: f64 = 0.22;
/// The least amount on a logarithmic axis: the minor unit of money.
const MIN_AMOUNT: f64 = 0.01;
/// The ratio of amounts from which [`Scale::Auto`] is logarithmic.
const LOGARITHMIC_FROM: f64 = 50.0;

/// Bands between quantiles of the bankroll, outermost to innermost, and the median, against matches played.
///
/// `levels` are the probabilities of the quantiles in ascending order, such as `[0.05, 0.25, 0.5, 0.75, 0.95]`. Points
/// without one of the quantiles are left out. `start` is the bankroll before the first match.
///
/// ```
/// use simbet::internals::report::chart::{FanQuantiles, Scale, fan};
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
    let mut points: Vec<_> = points
        .iter()
        .filter(|point| point.is_complete(levels))
        .collect();
    points.sort_by_key(|point| point.matches);
    let mut amounts: Vec<f64> = points
        .iter()
        .flat_map(|point| point.quantiles.iter().copied())
        .collect();
    amounts.extend(Some(start).filter(|start| drawable(*start)));
    let (false, true, false) = (amounts.is_empty(), points.len() > 1, levels.is_empty()) else {
        return empty_chart(title, "fewer than two points");
    };
    let heights = Heights::new(scale, &amounts);
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

impl FanQuantiles {
    /// Whether there is a quantile for each level and all can be drawn.
    fn is_complete(&self, levels: &[f64]) -> bool {
        self.quantiles.len() == levels.len() && self.quantiles.iter().all(|q| drawable(*q))
    }
}

/// The scale of the vertical axis.
struct Heights {
    range: (f64, f64),
    logarithmic: bool,
}

impl Heights {
    fn new(scale: Scale, amounts: &[f64]) -> Self {
        let positive = extent(
            amounts
                .iter()
                .copied()
                .filter(|amount| *amount >= MIN_AMOUNT),
        );
        let logarithmic = match (scale, positive) {
            (Scale::Logarithmic, Some(_)) => true,
            (Scale::Auto, Some((low, high))) => {
                // debts have no order of magnitude
                amounts.iter().all(|amount| *amount >= 0.0) && high / low >= LOGARITHMIC_FROM
            }
            (Scale::Linear, _) | (_, None) => false,
        };
        let range = extent(amounts.iter().copied()).unwrap_or((0.0, 1.0));
        Self {
            range: positive.filter(|_| logarithmic).unwrap_or(range),
            logarithmic,
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
    /// The indices of pairs of levels, from the outermost inwards.
    fn bands(&self) -> impl Iterator<Item = (usize, usize)> {
        let count = self.levels.len();
        (0..count / 2).map(move |low| (low, count - 1 - low))
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
        Axis::with_margin("bankroll", Unit::Money, self.heights.range, 7)
    }

    fn legend(&self) -> Vec<Key> {
        let middle = self.middle().map(|middle| match self.levels[middle] {
            0.5 => Key::new(BLUE, "median"),
            _ => Key::new(BLUE, format!("{} %", self.level_text(middle))),
        });
        let mut bands: Vec<_> = self
            .bands()
            .enumerate()
            .map(|(depth, (low, high))| {
                // a band is drawn over those that are wider
                let opacity = 1.0 - (1.0 - SHADE).powi(depth as i32 + 1);
                let text = format!("{}–{} %", self.level_text(low), self.level_text(high));
                Key::shade(BLUE, opacity, text)
            })
            .collect();
        bands.reverse();
        middle.into_iter().chain(bands).collect()
    }

    /// A level in percent.
    fn level_text(&self, level: usize) -> String {
        thousands(&format!("{}", (self.levels[level] * 1e4).round() / 1e2))
    }

    fn draw(&self, plot: &mut Plot<'_, '_>, start: f64) -> Drawn {
        for (low, high) in self.bands() {
            plot.between(self.path(high), self.path(low), BLUE, SHADE)?;
        }
        if drawable(start) {
            let (left, right) = plot.width();
            let height = self.heights.of(start);
            plot.line([(left, height), (right, height)], MUTED, 2)?;
        }
        if let Some(middle) = self.middle() {
            plot.line(self.path(middle), BLUE, 5)?;
        }
        let points: Vec<_> = self.path(0).collect();
        hover(plot, &points, |index| self.text(index));
        Ok(())
    }

    /// The quantiles of a point, highest first.
    fn text(&self, index: usize) -> String {
        let point = self.points[index];
        let quantiles = self.levels.iter().zip(&point.quantiles).rev();
        let lines: String = quantiles
            .map(|(level, amount)| {
                let level = (level * 1e4).round() / 1e2;
                format!("\n{level} %: {}", Unit::Money.show(*amount))
            })
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
