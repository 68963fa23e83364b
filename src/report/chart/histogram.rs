//! How often values fell where.

use plotters::style::RGBColor;
use plotters::style::text_anchor::HPos;

use super::axis::{Axis, Unit, drawable, nice_step, widened};
use super::frame::{Drawn, Frame, HEIGHT, Key, Plot, nothing};
use super::palette::{BLUE, GREEN, INK, MUTED, ORANGE, VERMILLION};
use super::timeline::extent;
use super::{Chart, Labels};
use crate::report::sheet::thousands;
use crate::significance::quantile;

/// A value that a histogram points out with a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Marker<'a> {
    /// What it is: "mean", "start".
    pub name: &'a str,
    /// Where it is.
    pub value: f64,
}

/// Bins between the fences, at least and at most.
const BINS: (f64, f64) = (8.0, 50.0);
/// How far the fences are beyond the quartiles, in distances between them: far, so that only strays are outside.
const FENCE: f64 = 4.0;

const LINES: [RGBColor; 4] = [VERMILLION, INK, GREEN, ORANGE];

struct Bins {
    first: f64,
    width: f64,
    counts: Vec<u64>,
    below: u64,
    above: u64,
}

/// The values' distribution, with some values pointed out (at most four are told apart by colour).
///
/// Strays far beyond the quartiles are counted in a bar at the edge that says so.
///
/// # Formula
/// ```text
/// bin width ≥ 2 · IQR / n^(1/3), rounded to 1, 2 or 5 times a power of ten; at most 50 bins
/// ```
/// Freedman & Diaconis (1981), Zeitschrift für Wahrscheinlichkeitstheorie 57.
///
/// ```
/// use simbet::report::chart::{Labels, Unit, histogram};
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
        return nothing(labels.title, &format!("fewer than two {}", labels.counted));
    }
    let bins = bins(&sorted, labels.unit);
    let markers: Vec<_> = markers
        .iter()
        .filter(|marker| drawable(marker.value))
        .collect();
    let key = |(order, marker): (usize, &&Marker<'_>)| {
        Key::new(
            LINES[order % LINES.len()],
            format!("{} {}", marker.name, labels.unit.show(marker.value)),
        )
    };
    let tallest = bins
        .counts
        .iter()
        .chain([&bins.below, &bins.above])
        .max()
        .copied()
        .unwrap_or(1) as f64;
    let frame = Frame {
        title: labels.title,
        summary: summary(&sorted, &bins, labels),
        x: bins.axis(labels),
        y: counts_axis(labels.counted, tallest),
        legend: markers.iter().enumerate().map(key).collect(),
        height: HEIGHT,
        right: 60,
    };
    frame.draw(|plot| {
        draw_bars(plot, &bins, labels)?;
        let (low, high) = bins.range();
        for (order, marker) in markers
            .iter()
            .enumerate()
            .filter(|(_, marker)| (low..=high).contains(&marker.value))
        {
            plot.line(
                [(marker.value, 0.0), (marker.value, tallest * 1.05)],
                LINES[order % LINES.len()],
                4,
            )?;
        }
        Ok(())
    })
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
    // a step is rounded upwards, by up to 2.5 times, which must not leave fewer than the least number of bins
    let wanted = if rule > 0.0 {
        (span / rule).clamp(BINS.0, BINS.1)
    } else {
        BINS.1 / 2.0
    };
    let width = nice_step(span, wanted as usize);
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

/// Beyond what values are strays: the extremes themselves where there are none.
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
    // most values are the same: a hundredth at either end may be strays, unless that leaves nothing
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
            let place = ((value - self.first) / self.width + 1e-9).floor().max(0.0) as usize;
            let last = self.counts.len() - 1;
            self.counts[place.min(last)] += 1;
        }
    }

    fn edge(&self, number: usize) -> f64 {
        self.first + self.width * number as f64
    }

    /// How much room a bar of strays takes, and its distance from the others.
    fn aside(&self) -> f64 {
        self.width * (self.counts.len() as f64 / 25.0).max(1.0)
    }

    /// The axis, whose ticks end where the bars of strays begin.
    fn axis(&self, labels: Labels<'_>) -> Axis {
        let mut axis = Axis::values(labels.axis, labels.unit, self.range(), 6);
        let slack = self.width / 2.0;
        let (low, high) = (self.first - slack, self.edge(self.counts.len()) + slack);
        axis.ticks.retain(|(at, _)| (low..=high).contains(at));
        axis
    }

    fn range(&self) -> (f64, f64) {
        let room = |strays: u64| {
            if strays > 0 {
                2.0 * self.aside()
            } else {
                self.width * 0.5
            }
        };
        (
            self.first - room(self.below),
            self.edge(self.counts.len()) + room(self.above),
        )
    }
}

fn draw_bars(plot: &mut Plot<'_, '_>, bins: &Bins, labels: Labels<'_>) -> Drawn {
    let show = |value| labels.unit.show(value);
    for (number, &count) in bins
        .counts
        .iter()
        .enumerate()
        .filter(|(_, count)| **count > 0)
    {
        let (from, to) = (bins.edge(number), bins.edge(number + 1));
        let text = format!(
            "{} to {}: {} {}",
            show(from),
            show(to),
            thousands(&count.to_string()),
            labels.counted
        );
        draw_bar(plot, (from, to), count, BLUE, text)?;
    }
    let (low, high) = (bins.first, bins.edge(bins.counts.len()));
    let strays = |count: u64, word: &str| format!("{} {word}", thousands(&count.to_string()));
    if bins.below > 0 {
        let text = strays(bins.below, "below");
        plot.text(
            &text,
            (low - 2.0 * bins.aside(), bins.below as f64),
            (4, -20),
            HPos::Left,
            MUTED,
        )?;
        draw_bar(
            plot,
            (low - 1.8 * bins.aside(), low - 0.8 * bins.aside()),
            bins.below,
            MUTED,
            text,
        )?;
    }
    if bins.above > 0 {
        let text = strays(bins.above, "above");
        plot.text(
            &text,
            (high + 2.0 * bins.aside(), bins.above as f64),
            (0, -20),
            HPos::Right,
            MUTED,
        )?;
        draw_bar(
            plot,
            (high + 0.8 * bins.aside(), high + 1.8 * bins.aside()),
            bins.above,
            MUTED,
            text,
        )?;
    }
    Ok(())
}

fn draw_bar(
    plot: &mut Plot<'_, '_>,
    (from, to): (f64, f64),
    count: u64,
    colour: RGBColor,
    text: String,
) -> Drawn {
    plot.bar((from, 0.0), (to, count as f64), 1, colour, 0.8)?;
    plot.hover_column(from, to, text);
    Ok(())
}

fn summary(sorted: &[f64], bins: &Bins, labels: Labels<'_>) -> String {
    let show = |value| labels.unit.show(value);
    let (low, high) = extent(sorted.iter().copied()).unwrap_or((0.0, 0.0));
    let n = thousands(&sorted.len().to_string());
    let strays = bins.below + bins.above;
    let strays = if strays > 0 {
        format!("; {} far outside", thousands(&strays.to_string()))
    } else {
        String::new()
    };
    let median = show(quantile::nearest(sorted, 0.5));
    format!(
        "{} of {n} {}: median {median}, from {} to {}{strays}.",
        labels.axis,
        labels.counted,
        show(low),
        show(high)
    )
}
