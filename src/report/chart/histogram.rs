//! Histograms.

use plotters::style::RGBColor;
use plotters::style::text_anchor::HPos;

use super::axis::{Axis, Unit, drawable, nice_step, widened};
use super::frame::{Drawn, Frame, HEIGHT, Key, Plot, empty_chart};
use super::palette::{BLUE, GREEN, INK, MUTED, ORANGE, VERMILLION};
use super::timeline::extent;
use super::{Chart, Labels};
use crate::report::text_table::count;
use crate::significance::quantile;

/// A value that a histogram marks with a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Marker<'a> {
    /// Its name, such as "mean" or "start".
    pub name: &'a str,
    /// The value.
    pub value: f64,
}

/// The least and the most bins between the fences.
const BINS: (f64, f64) = (8.0, 50.0);
/// The distance of the fences from the quartiles, as a multiple of the interquartile range: large, so that only outliers
/// are beyond them.
const FENCE: f64 = 4.0;

const LINES: [RGBColor; 4] = [VERMILLION, INK, GREEN, ORANGE];

struct Bins {
    /// The lower edge of the first bin.
    first: f64,
    width: f64,
    counts: Vec<u64>,
    /// Outliers below and above the fences.
    below: u64,
    above: u64,
}

/// The distribution of values, with markers; the colours of markers repeat after four.
///
/// Outliers far beyond the quartiles are counted in a bar of their own at the edge.
///
/// # Formula
/// ```text
/// bin width ≥ 2 · IQR / n^(1/3), rounded to 1, 2 or 5 times a power of ten; at most 50 bins
/// ```
/// Freedman & Diaconis (1981), Zeitschrift für Wahrscheinlichkeitstheorie 57.
///
/// ```
/// use simbet::internals::report::chart::{Labels, Unit, histogram};
/// let labels = Labels { title: "Final bankroll", axis: "bankroll", unit: Unit::Money, counted: "runs" };
/// let chart = histogram(&[900.0, 1000.0, 1500.0], labels, &[]);
/// assert!(chart.svg().contains("3 runs: median 1,000.00, from 900.00 to 1,500.00"));
/// ```
pub fn histogram(values: &[f64], labels: Labels<'_>, markers: &[Marker<'_>]) -> Chart {
    let mut sorted: Vec<f64> = values
        .iter()
        .copied()
        .filter(|value| drawable(*value))
        .collect();
    sorted.sort_by(f64::total_cmp);
    if sorted.len() < 2 {
        return empty_chart(labels.title, &format!("fewer than two {}", labels.counted));
    }
    let bins = bins(&sorted, labels.unit);
    let markers: Vec<_> = markers
        .iter()
        .filter(|marker| drawable(marker.value))
        .collect();
    let tallest = bins.tallest();
    let frame = Frame {
        title: labels.title,
        summary: summary(&sorted, &bins, labels),
        x: bins.axis(labels),
        y: counts_axis(labels.counted, tallest),
        legend: legend(&markers, labels.unit, bins.range()),
        height: HEIGHT,
        right: 60,
    };
    frame.draw(|plot| {
        draw_bars(plot, &bins, labels)?;
        draw_outliers(plot, &bins)?;
        draw_markers(plot, &markers, bins.range(), tallest * 1.05)
    })
}

fn legend(markers: &[&Marker<'_>], unit: Unit, (low, high): (f64, f64)) -> Vec<Key> {
    let markers = markers.iter().enumerate();
    markers
        .map(|(i, marker)| {
            let beyond = match marker.value {
                value if value < low => " (left of the chart)",
                value if value > high => " (right of the chart)",
                _ => "",
            };
            let text = format!("{} {}{beyond}", marker.name, unit.show(marker.value));
            Key::new(LINES[i % LINES.len()], text)
        })
        .collect()
}

fn draw_markers(
    plot: &mut Plot<'_, '_>,
    markers: &[&Marker<'_>],
    (low, high): (f64, f64),
    top: f64,
) -> Drawn {
    for (i, marker) in markers.iter().enumerate() {
        if (low..=high).contains(&marker.value) {
            let line = [(marker.value, 0.0), (marker.value, top)];
            plot.line(line, LINES[i % LINES.len()], 4)?;
        }
    }
    Ok(())
}

/// An axis of whole numbers from 0.
fn counts_axis(name: &str, tallest: f64) -> Axis {
    let mut axis = Axis::values(name, Unit::Number, (0.0, tallest * 1.08), 6);
    axis.ticks.retain(|(at, _)| at.fract() == 0.0);
    axis
}

fn bins(sorted: &[f64], unit: Unit) -> Bins {
    let (low, high) = fences(sorted);
    let iqr = quantile::nearest(sorted, 0.75) - quantile::nearest(sorted, 0.25);
    let rule = 2.0 * iqr / (sorted.len() as f64).cbrt();
    let (from, to) = widened(unit, low, high);
    let span = to - from;
    // nice_step rounds the width up by as much as 2.5 times, so that there may be fewer bins than this
    let count = if rule > 0.0 {
        (span / rule).clamp(BINS.0, BINS.1)
    } else {
        BINS.1 / 2.0
    };
    let width = nice_step(span, count as usize);
    let first = (low / width + 1e-9).floor() * width;
    let count = (((high - first) / width).floor() as usize + 1).min(2 * BINS.1 as usize);
    let mut bins = Bins {
        first,
        width,
        counts: vec![0; count],
        below: 0,
        above: 0,
    };
    sorted
        .iter()
        .for_each(|value| bins.add(*value, (low, high)));
    bins
}

/// The range beyond which values are outliers; the extremes where there are none.
fn fences(sorted: &[f64]) -> (f64, f64) {
    let (lowest, highest) = (sorted[0], sorted[sorted.len() - 1]);
    let (lower, upper) = (
        quantile::nearest(sorted, 0.25),
        quantile::nearest(sorted, 0.75),
    );
    let reach = FENCE * (upper - lower);
    if reach > 0.0 {
        let (low, high) = (lower - reach, upper + reach);
        let first = sorted.partition_point(|value| *value < low);
        let last = sorted.partition_point(|value| *value <= high);
        return (sorted[first], sorted[last - 1]);
    }
    // with an interquartile range of 0, a hundredth at either end may be outliers, unless the rest is one value
    let inner = (
        quantile::nearest(sorted, 0.01),
        quantile::nearest(sorted, 0.99),
    );
    if inner.1 > inner.0 {
        inner
    } else {
        (lowest, highest)
    }
}

impl Bins {
    fn add(&mut self, value: f64, (low, high): (f64, f64)) {
        if value < low {
            self.below += 1;
        } else if value > high {
            self.above += 1;
        } else {
            // the tolerance keeps a value at an edge out of the bin below it
            let bin = ((value - self.first) / self.width + 1e-9).floor().max(0.0) as usize;
            let last = self.counts.len() - 1;
            self.counts[bin.min(last)] += 1;
        }
    }

    fn edge(&self, number: usize) -> f64 {
        self.first + self.width * number as f64
    }

    /// The largest count of a bar.
    fn tallest(&self) -> f64 {
        let counts = self.counts.iter().chain([&self.below, &self.above]);
        counts.max().copied().unwrap_or(1) as f64
    }

    /// The width of a bar of outliers, which is also the scale of its distance from the others.
    fn outlier_width(&self) -> f64 {
        self.width * (self.counts.len() as f64 / 25.0).max(1.0)
    }

    /// The axis, whose ticks end where the bars of outliers begin.
    fn axis(&self, labels: Labels<'_>) -> Axis {
        let mut axis = Axis::values(labels.axis, labels.unit, self.range(), 6);
        let slack = self.width / 2.0;
        let (low, high) = (self.first - slack, self.edge(self.counts.len()) + slack);
        axis.ticks.retain(|(at, _)| (low..=high).contains(at));
        axis
    }

    fn range(&self) -> (f64, f64) {
        (
            self.first - self.margin(self.below),
            self.edge(self.counts.len()) + self.margin(self.above),
        )
    }

    /// The margin at the side of the outliers.
    fn margin(&self, outliers: u64) -> f64 {
        if outliers > 0 {
            2.0 * self.outlier_width()
        } else {
            self.width * 0.5
        }
    }
}

fn draw_bars(plot: &mut Plot<'_, '_>, bins: &Bins, labels: Labels<'_>) -> Drawn {
    for (bin, &n) in bins.counts.iter().enumerate().filter(|(_, n)| **n > 0) {
        let (from, to) = (bins.edge(bin), bins.edge(bin + 1));
        let range = format!("{} to {}", labels.unit.show(from), labels.unit.show(to));
        let text = format!("{range}: {}", labels.count(n));
        draw_bar(plot, (from, to), n, BLUE, text)?;
    }
    Ok(())
}

/// Draws a bar for the outliers at either side, beside the bins.
fn draw_outliers(plot: &mut Plot<'_, '_>, bins: &Bins) -> Drawn {
    let (low, high) = (bins.first, bins.edge(bins.counts.len()));
    let width = bins.outlier_width();
    if bins.below > 0 {
        let text = format!("{} below", count(bins.below));
        let at = (low - 2.0 * width, bins.below as f64);
        plot.text(&text, at, (4, -20), HPos::Left, MUTED)?;
        let bar = (low - 1.8 * width, low - 0.8 * width);
        draw_bar(plot, bar, bins.below, MUTED, text)?;
    }
    if bins.above > 0 {
        let text = format!("{} above", count(bins.above));
        let at = (high + 2.0 * width, bins.above as f64);
        plot.text(&text, at, (0, -20), HPos::Right, MUTED)?;
        let bar = (high + 0.8 * width, high + 1.8 * width);
        draw_bar(plot, bar, bins.above, MUTED, text)?;
    }
    Ok(())
}

fn draw_bar(
    plot: &mut Plot<'_, '_>,
    (from, to): (f64, f64),
    n: u64,
    colour: RGBColor,
    text: String,
) -> Drawn {
    plot.bar((from, 0.0), (to, n as f64), 1, colour, 0.8)?;
    plot.hover_column(from, to, text);
    Ok(())
}

fn summary(sorted: &[f64], bins: &Bins, labels: Labels<'_>) -> String {
    let (low, high) = extent(sorted.iter().copied()).unwrap_or((0.0, 0.0));
    let n = labels.count(sorted.len() as u64);
    let outliers = match bins.below + bins.above {
        0 => String::new(),
        outliers => format!("; {} far outside", count(outliers)),
    };
    let [median, low, high] =
        [quantile::nearest(sorted, 0.5), low, high].map(|value| labels.unit.show(value));
    format!(
        "{} of {n}: median {median}, from {low} to {high}{outliers}.",
        labels.axis
    )
}
