//! The reliability diagram of forecasts.

use plotters::style::RGBColor;
use plotters::style::text_anchor::HPos;

use super::Chart;
use super::axis::{Axis, Unit, drawable};
use super::frame::{Drawn, Frame, HEIGHT, Key, Plot, Point, empty_chart};
use super::palette::{BLUE, MUTED, ORANGE};
use crate::report::text_table::{percent, thousands};
use crate::significance::{BINS, Reliability, ReliabilityBin};

const TITLE: &str = "Reliability of the forecasts";
/// The strip of counts below the diagram: its foot, and the height of its tallest bar.
const FOOT: f64 = -0.3;
const TALLEST: f64 = 0.17;

struct Forecaster<'a> {
    name: &'static str,
    colour: RGBColor,
    table: &'a Reliability,
}

/// Observed shares against forecast probabilities, with 95 % intervals, and below them the number of forecasts in each bin.
///
/// # Formula
/// ```text
/// (p + z²/2n ± z·√(p(1 − p)/n + z²/4n²)) / (1 + z²/n),   z = 1.959964
/// ```
/// of p observed in n forecasts: Wilson (1927), Journal of the American Statistical Association 22.
///
/// ```
/// use simbet::internals::significance;
/// let table = significance::reliability(&[(0.75, true), (0.75, true), (0.25, false), (0.25, true)]);
/// let chart = simbet::internals::report::chart::reliability(table.as_ref(), None);
/// assert!(chart.svg().contains("model: 4 forecasts, calibration error 25.00 %"));
/// ```
pub fn reliability(model: Option<&Reliability>, market: Option<&Reliability>) -> Chart {
    let named = [("model", BLUE, model), ("market", ORANGE, market)];
    let shown: Vec<_> = named
        .into_iter()
        .filter_map(|(name, colour, table)| {
            table.map(|table| Forecaster {
                name,
                colour,
                table,
            })
        })
        .filter(|forecaster| forecaster.largest_bin() > 0)
        .collect();
    if shown.is_empty() {
        return empty_chart(TITLE, "no forecasts whose matches were played");
    }
    let mut observed = Axis::values("share that happened", Unit::Percent, (0.0, 1.0), 5);
    observed.range = (FOOT, 1.05);
    let frame = Frame {
        title: TITLE,
        summary: summary(&shown),
        x: Axis::values("forecast probability", Unit::Percent, (0.0, 1.0), 5),
        y: observed,
        legend: legend(&shown),
        height: HEIGHT + 120,
        right: 60,
    };
    frame.draw(|plot| {
        plot.line([(0.0, 0.0), (1.0, 1.0)], MUTED, 2)?;
        draw_counts(plot, &shown)?;
        shown
            .iter()
            .rev()
            .try_for_each(|shown| draw_points(plot, shown))
    })
}

fn legend(shown: &[Forecaster<'_>]) -> Vec<Key> {
    let mut legend: Vec<_> = shown
        .iter()
        .map(|forecaster| Key::new(forecaster.colour, forecaster.name))
        .collect();
    legend.push(Key::new(MUTED, "perfect"));
    legend
}

impl Forecaster<'_> {
    /// The forecasts in the largest bin.
    fn largest_bin(&self) -> u64 {
        self.table.bins.iter().map(|bin| bin.n).max().unwrap_or(0)
    }

    /// The bins that can be drawn, with their points.
    fn points(&self) -> impl Iterator<Item = (&ReliabilityBin, Point)> {
        self.table
            .bins
            .iter()
            .filter_map(|bin| Some((bin, point(bin)?)))
    }
}

/// Mean forecast and observed share of a bin; `None` when it is empty.
fn point(bin: &ReliabilityBin) -> Option<Point> {
    let (forecast, observed) = (bin.mean_forecast?, bin.observed?);
    (drawable(forecast) && drawable(observed) && bin.n > 0)
        .then_some((forecast.clamp(0.0, 1.0), observed.clamp(0.0, 1.0)))
}

fn draw_points(plot: &mut Plot<'_, '_>, shown: &Forecaster<'_>) -> Drawn {
    plot.line(shown.points().map(|(_, point)| point), shown.colour, 2)?;
    for (bin, (forecast, observed)) in shown.points() {
        let (low, high) = wilson(observed, bin.n as f64);
        plot.line([(forecast, low), (forecast, high)], shown.colour, 4)?;
        plot.dot((forecast, observed), 9, shown.colour)?;
        let text = hover_text(shown.name, bin, (forecast, observed), (low, high));
        plot.hover(
            (forecast - 0.015, low.min(observed - 0.02)),
            (forecast + 0.015, high.max(observed + 0.02)),
            text,
        );
    }
    Ok(())
}

/// Draws the counts of all forecasters as bars side by side, with the first forecaster's counts as text above them.
fn draw_counts(plot: &mut Plot<'_, '_>, shown: &[Forecaster<'_>]) -> Drawn {
    let bin_width = 1.0 / BINS as f64;
    let tallest = shown.iter().map(Forecaster::largest_bin).max().unwrap_or(1) as f64;
    let width = bin_width / shown.len() as f64;
    plot.line([(0.0, 0.0), (1.0, 0.0)], MUTED, 2)?;
    for (order, one) in shown.iter().enumerate() {
        let bins = one.table.bins.iter().enumerate();
        for (number, bin) in bins.filter(|(_, bin)| bin.n > 0) {
            let left = number as f64 * bin_width + order as f64 * width;
            let top = FOOT + TALLEST * bin.n as f64 / tallest;
            plot.bar((left, FOOT), (left + width, top), 2, one.colour, 0.6)?;
            if order == 0 {
                let at = ((number as f64 + 0.5) * bin_width, FOOT + TALLEST);
                plot.text(&count_text(bin.n), at, (0, -22), HPos::Center, MUTED)?;
            }
        }
    }
    Ok(())
}

/// A count in at most six characters.
fn count_text(n: u64) -> String {
    match n {
        0..10_000 => thousands(&n.to_string()),
        10_000..1_000_000 => format!("{}k", n / 1_000),
        _ => format!("{}m", n / 1_000_000),
    }
}

/// The Wilson interval at 95 % of a share observed in `n` forecasts.
fn wilson(share: f64, n: f64) -> (f64, f64) {
    const Z: f64 = 1.959_964;
    let middle = share + Z * Z / (2.0 * n);
    let half = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    let whole = 1.0 + Z * Z / n;
    (
        ((middle - half) / whole).max(0.0),
        ((middle + half) / whole).min(1.0),
    )
}

fn hover_text(
    name: &str,
    bin: &ReliabilityBin,
    (forecast, observed): (f64, f64),
    (low, high): (f64, f64),
) -> String {
    let [forecast, observed, low, high] =
        [forecast, observed, low, high].map(|share| percent(Some(share), false));
    format!(
        "{name}: forecast {forecast}\nhappened {observed} ({low} to {high})\n{} forecasts",
        thousands(&bin.n.to_string())
    )
}

fn summary(shown: &[Forecaster<'_>]) -> String {
    let parts: Vec<_> = shown.iter().map(forecaster_summary).collect();
    format!(
        "Observed shares against forecast probabilities. {}. Counts in the strip are the {}'s.",
        parts.join("; "),
        shown[0].name
    )
}

fn forecaster_summary(shown: &Forecaster<'_>) -> String {
    let bins = shown.table.bins.iter();
    let n = bins.map(|bin| bin.n).fold(0, u64::saturating_add);
    let error = Some(shown.table.calibration_error).filter(|error| drawable(*error));
    format!(
        "{}: {} forecasts, calibration error {}",
        shown.name,
        thousands(&n.to_string()),
        percent(error, false)
    )
}

#[cfg(test)]
mod tests {
    use super::wilson;

    #[test]
    fn the_interval_is_wilsons() {
        // 15 of 148: .0624 to .1605, Newcombe (1998), Statistics in Medicine 17, table I; 0 of 20: 0 to .1611
        let (low, high) = wilson(15.0 / 148.0, 148.0);
        assert!(
            (low - 0.0624).abs() < 5e-5 && (high - 0.1605).abs() < 5e-5,
            "{low} {high}"
        );
        let (low, high) = wilson(0.0, 20.0);
        assert!(low == 0.0 && (high - 0.1611).abs() < 5e-5, "{low} {high}");
    }
}
