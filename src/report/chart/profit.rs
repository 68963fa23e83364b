//! What was won, beside what was to be expected.

use plotters::style::RGBColor;

use super::Chart;
use super::axis::{Axis, Unit, day_text};
use super::frame::{Frame, HEIGHT, Key, Point, nothing};
use super::palette::{BLUE, GREEN, MUTED, ORANGE};
use super::timeline::{extent, hover, ordered, stepped, thinned};
use crate::domain::Time;

const TITLE: &str = "Profit, won and expected";

struct Series {
    name: &'static str,
    colour: RGBColor,
    points: Vec<Point>,
}

/// Cumulative profit over time, in units of money, beside what the closing line and the model expected of the bets.
///
/// An expectation that is empty is not shown.
///
/// ```
/// use simbet::domain::Time;
/// let profit = [(Time::from_days(19_580), -10.0), (Time::from_days(19_587), 80.0)];
/// let chart = simbet::report::chart::profit(&profit, &[], &[]);
/// assert!(chart.svg().contains("<desc>At the end: profit 80.00.</desc>"));
/// ```
pub fn profit(profit: &[(Time, f64)], by_close: &[(Time, f64)], by_model: &[(Time, f64)]) -> Chart {
    let named = [
        ("profit", BLUE, profit),
        ("expected by the close", GREEN, by_close),
        ("expected by the model", ORANGE, by_model),
    ];
    let named = named.into_iter().map(|(name, colour, points)| Series {
        name,
        colour,
        points: ordered(points),
    });
    let series: Vec<_> = named.filter(|series| !series.points.is_empty()).collect();
    let all = || {
        series
            .iter()
            .flat_map(|series| series.points.iter().copied())
    };
    let (Some(days), true) = (
        extent(all().map(|point| point.0)),
        series.iter().any(|series| series.points.len() > 1),
    ) else {
        return nothing(TITLE, "fewer than two settled bets");
    };
    let heights = extent(all().map(|point| point.1).chain([0.0])).unwrap_or((0.0, 1.0));
    let frame = Frame {
        title: TITLE,
        summary: summary(&series),
        x: Axis::dates(days),
        y: Axis::roomy("cumulative profit", Unit::Money, heights, 7),
        legend: series
            .iter()
            .map(|series| Key::new(series.colour, series.name))
            .collect(),
        height: HEIGHT,
        right: 60,
    };
    frame.draw(|plot| {
        plot.line([(days.0, 0.0), (days.1, 0.0)], MUTED, 2)?;
        for one in series.iter().rev() {
            let kept: Vec<_> = thinned(&one.points)
                .into_iter()
                .map(|place| one.points[place])
                .collect();
            plot.line(stepped(&kept), one.colour, 4)?;
        }
        hover(plot, &series[0].points, |place| {
            hover_text(&series, series[0].points[place].0)
        });
        Ok(())
    })
}

impl Series {
    /// The value at an instant: the last one known by then.
    fn at(&self, time: f64) -> Option<f64> {
        let known = self.points.partition_point(|point| point.0 <= time);
        Some(self.points[known.checked_sub(1)?].1)
    }
}

fn summary(series: &[Series]) -> String {
    let end = |series: &Series| {
        series
            .points
            .last()
            .map(|last| format!("{} {}", series.name, Unit::Money.show(last.1)))
    };
    let ends: Vec<_> = series.iter().filter_map(end).collect();
    format!("At the end: {}.", ends.join(", "))
}

fn hover_text(series: &[Series], time: f64) -> String {
    let value = |series: &Series| {
        Some(format!(
            "\n{} {}",
            series.name,
            Unit::Money.show(series.at(time)?)
        ))
    };
    day_text(time) + &series.iter().filter_map(value).collect::<String>()
}
