//! The chart of cumulative profit and its expectations.

use plotters::style::RGBColor;

use super::Chart;
use super::axis::{Axis, Unit, day_text};
use super::frame::{Drawn, Frame, HEIGHT, Key, Plot, Point, empty_chart};
use super::palette::{BLUE, GREEN, MUTED, ORANGE};
use super::timeline::{extent, hover, ordered, stepped, thinned};
use crate::domain::Time;

const TITLE: &str = "Profit, won and expected";

struct Series {
    name: &'static str,
    colour: RGBColor,
    points: Vec<Point>,
}

/// Cumulative profit over time, in units of money, and the expected profit by the closing line and by the model.
///
/// Empty series are not shown.
///
/// ```
/// use simbet::Time;
/// let profit = [(Time::from_days(19_580), -10.0), (Time::from_days(19_587), 80.0)];
/// let chart = simbet::internals::report::chart::profit(&profit, &[], &[]);
/// assert!(chart.svg().contains("<desc>At the end: profit 80.00.</desc>"));
/// ```
pub fn profit(profit: &[(Time, f64)], by_close: &[(Time, f64)], by_model: &[(Time, f64)]) -> Chart {
    let named = [
        ("profit", BLUE, profit),
        ("expected by the close", GREEN, by_close),
        ("expected by the model", ORANGE, by_model),
    ];
    let series: Vec<_> = named
        .into_iter()
        .map(|(name, colour, points)| Series {
            name,
            colour,
            points: ordered(points),
        })
        .filter(|series| !series.points.is_empty())
        .collect();
    let points: Vec<&Point> = series.iter().flat_map(|series| &series.points).collect();
    let (Some(days), true) = (
        extent(points.iter().map(|point| point.0)),
        series.iter().any(|series| series.points.len() > 1),
    ) else {
        return empty_chart(TITLE, "fewer than two settled bets");
    };
    let heights = points.iter().map(|point| point.1).chain([0.0]);
    let range = extent(heights).unwrap_or((0.0, 1.0));
    let frame = Frame {
        title: TITLE,
        summary: summary(&series),
        x: Axis::dates(days),
        y: Axis::with_margin("cumulative profit", Unit::Money, range, 7),
        legend: series
            .iter()
            .map(|series| Key::new(series.colour, series.name))
            .collect(),
        height: HEIGHT,
        right: 60,
    };
    frame.draw(|plot| {
        plot.line([(days.0, 0.0), (days.1, 0.0)], MUTED, 2)?;
        draw(plot, &series)
    })
}

/// Draws the series, the first on top of the others.
fn draw(plot: &mut Plot<'_, '_>, series: &[Series]) -> Drawn {
    for one in series.iter().rev() {
        let kept: Vec<_> = thinned(&one.points)
            .into_iter()
            .map(|index| one.points[index])
            .collect();
        plot.line(stepped(&kept), one.colour, 4)?;
    }
    hover(plot, &series[0].points, |index| {
        hover_text(series, series[0].points[index].0)
    });
    Ok(())
}

impl Series {
    /// The value at an instant: the last one until then.
    fn at(&self, time: f64) -> Option<f64> {
        let known = self.points.partition_point(|point| point.0 <= time);
        Some(self.points[known.checked_sub(1)?].1)
    }
}

fn summary(series: &[Series]) -> String {
    let ends: Vec<_> = series
        .iter()
        .filter_map(|one| Some((one.name, one.points.last()?.1)))
        .map(|(name, last)| format!("{name} {}", Unit::Money.show(last)))
        .collect();
    format!("At the end: {}.", ends.join(", "))
}

fn hover_text(series: &[Series], time: f64) -> String {
    let lines: String = series
        .iter()
        .filter_map(|one| Some((one.name, one.at(time)?)))
        .map(|(name, value)| format!("\n{name} {}", Unit::Money.show(value)))
        .collect();
    day_text(time) + &lines
}
