//! Whether what was forecast at 30 % happened 30 times in 100.

use plotters::style::RGBColor;
use plotters::style::text_anchor::HPos;

use super::Chart;
use super::axis::{Axis, Unit, drawable};
use super::frame::{Drawn, Frame, HEIGHT, Key, Plot, nothing};
use super::palette::{BLUE, MUTED, ORANGE};
use crate::report::sheet::{percent, thousands};
use crate::significance::{BINS, Reliability, ReliabilityBin};

const TITLE: &str = "Reliability of the forecasts";
/// Where the strip of counts lies below the diagram: foot, and top of the tallest bar.
const FOOT: f64 = -0.3;
const TALLEST: f64 = 0.17;

struct Forecaster<'a> {
    name: &'static str,
    colour: RGBColor,
    table: &'a Reliability,
}

/// What was forecast against what happened, with 95 % intervals, and below it the number of forecasts in each bin.
///
/// # Formula
/// ```text
/// (p + z²/2n ± z·√(p(1 − p)/n + z²/4n²)) / (1 + z²/n),   z = 1.959964
/// ```
/// of p observed in n forecasts: Wilson (1927), Journal of the American Statistical Association 22.
///
/// ```
/// use simbet::significance;
/// let table = significance::reliability(&[(0.75, true), (0.75, true), (0.25, false), (0.25, true)]);
/// let chart = simbet::report::chart::reliability(table.as_ref(), None);
/// assert!(chart.svg().contains("model: 4 forecasts, calibration error 25.00 %"));
/// ```
pub fn reliability(model: Option<&Reliability>, market: Option<&Reliability>) -> Chart {
    let named = [("model", BLUE, model), ("market", ORANGE, market)];
    let known = |(name, colour, table): (_, _, Option<_>)| {
        Some(Forecaster {
            name,
            colour,
            table: table?,
        })
    };
    let shown: Vec<_> = named
        .into_iter()
        .filter_map(known)
        .filter(|shown| most(shown) > 0)
        .collect();
    if shown.is_empty() {
        return nothing(TITLE, "no forecasts whose matches were played");
    }
    let mut legend: Vec<_> = shown
        .iter()
        .map(|shown| Key::new(shown.colour, shown.name))
        .collect();
    legend.push(Key::new(MUTED, "perfect"));
    let mut observed = Axis::values("share that happened", Unit::Percent, (0.0, 1.0), 5);
    observed.range = (FOOT, 1.05);
    let frame = Frame {
        title: TITLE,
        summary: summary(&shown),
        x: Axis::values("forecast probability", Unit::Percent, (0.0, 1.0), 5),
        y: observed,
        legend,
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

fn most(shown: &Forecaster<'_>) -> u64 {
    shown.table.bins.iter().map(|bin| bin.n).max().unwrap_or(0)
}

/// Forecast and share of a bin that has both.
fn place(bin: &ReliabilityBin) -> Option<(f64, f64)> {
    let place = (bin.mean_forecast?, bin.observed?);
    (drawable(place.0) && drawable(place.1) && bin.n > 0)
        .then_some((place.0.clamp(0.0, 1.0), place.1.clamp(0.0, 1.0)))
}

fn draw_points(plot: &mut Plot<'_, '_>, shown: &Forecaster<'_>) -> Drawn {
    let places = || {
        shown
            .table
            .bins
            .iter()
            .filter_map(|bin| Some((bin, place(bin)?)))
    };
    plot.line(places().map(|(_, place)| place), shown.colour, 2)?;
    for (bin, (forecast, observed)) in places() {
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

/// Bars side by side, and the first forecaster's counts above them.
fn draw_counts(plot: &mut Plot<'_, '_>, shown: &[Forecaster<'_>]) -> Drawn {
    let (bin_width, tallest) = (
        1.0 / BINS as f64,
        shown.iter().map(most).max().unwrap_or(1) as f64,
    );
    let width = bin_width / shown.len() as f64;
    plot.line([(0.0, 0.0), (1.0, 0.0)], MUTED, 2)?;
    for (order, one) in shown.iter().enumerate() {
        for (number, bin) in one
            .table
            .bins
            .iter()
            .enumerate()
            .filter(|(_, bin)| bin.n > 0)
        {
            let left = number as f64 * bin_width + order as f64 * width;
            let top = FOOT + TALLEST * bin.n as f64 / tallest;
            plot.bar((left, FOOT), (left + width, top), 2, one.colour, 0.6)?;
            if order == 0 {
                let middle = (number as f64 + 0.5) * bin_width;
                plot.text(
                    &count_text(bin.n),
                    (middle, FOOT + TALLEST),
                    (0, -22),
                    HPos::Center,
                    MUTED,
                )?;
            }
        }
    }
    Ok(())
}

/// A count in at most six letters.
fn count_text(n: u64) -> String {
    match n {
        0..10_000 => thousands(&n.to_string()),
        10_000..1_000_000 => format!("{}k", n / 1_000),
        _ => format!("{}m", n / 1_000_000),
    }
}

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
    let show = |share| percent(Some(share), false);
    let happened = format!(
        "happened {} ({} to {})",
        show(observed),
        show(low),
        show(high)
    );
    format!(
        "{name}: forecast {}\n{happened}\n{} forecasts",
        show(forecast),
        thousands(&bin.n.to_string())
    )
}

fn summary(shown: &[Forecaster<'_>]) -> String {
    let of = |shown: &Forecaster<'_>| {
        let n: u64 = shown
            .table
            .bins
            .iter()
            .map(|bin| bin.n)
            .fold(0, u64::saturating_add);
        let error = Some(shown.table.calibration_error).filter(|error| drawable(*error));
        format!(
            "{}: {} forecasts, calibration error {}",
            shown.name,
            thousands(&n.to_string()),
            percent(error, false)
        )
    };
    let parts: Vec<_> = shown.iter().map(of).collect();
    format!(
        "Observed shares against forecast probabilities. {}. Counts in the strip are the {}'s.",
        parts.join("; "),
        shown[0].name
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
