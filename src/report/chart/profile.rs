//! The chart of a profile: the score of forecasts along a setting.

use std::collections::BTreeMap;

use plotters::style::RGBColor;

use super::Chart;
use super::axis::{Axis, Unit, drawable};
use super::frame::{Drawn, Frame, HEIGHT, Key, Plot, empty_chart};
use super::palette::{BLUE, GREEN, MUTED, ORANGE, VERMILLION};
use super::timeline::extent;

/// A value of the setting and its score.
#[derive(Debug, Clone, PartialEq)]
pub struct ProfilePoint {
    /// The other settings, which name the line that it is on; empty where there are none.
    pub line: String,
    /// The value.
    pub at: f64,
    /// The mean score; lower is better.
    pub score: f64,
    /// Half the interval of the difference to the best; `None` of the best.
    pub error: Option<f64>,
}

/// The colours of the lines; further lines are grey.
const COLOURS: [RGBColor; 4] = [BLUE, GREEN, ORANGE, VERMILLION];

/// The ratio of values from which their axis is logarithmic.
const WIDE_RATIO: f64 = 8.0;

/// Half the width of the end of an interval, as a share of the axis.
const CAP: f64 = 0.006;

/// A line through the scores for each combination of the other settings, with intervals of the difference to the best: where
/// one reaches down to the grey line, that setting is not told from the best.
///
/// ```
/// use simbet::internals::report::chart::{ProfilePoint, profile};
/// let point = |at, score, error| ProfilePoint { line: String::new(), at, score, error };
/// let points = [point(100.0, 0.98, Some(0.004)), point(330.0, 0.97, None), point(900.0, 0.975, Some(0.002))];
/// let chart = profile(&points, "half life", "log loss");
/// assert!(chart.svg().contains("half life 330: log loss 0.97000"));
/// ```
pub fn profile(points: &[ProfilePoint], axis: &str, score: &str) -> Chart {
    let title = format!("Mean {score} by {axis}");
    let lines = Lines::of(points);
    let (Some(across), Some(best)) = (lines.across(), lines.best()) else {
        return empty_chart(&title, "no setting has this score");
    };
    let ends = lines.points().flat_map(|(_, point)| ends(point));
    let heights = extent(ends.chain([best.score])).unwrap_or((best.score, best.score));
    let is_wide = across.0 > 0.0 && across.1 / across.0 >= WIDE_RATIO;
    let frame = Frame {
        title: &title,
        summary: format!("The best is {}.", text(best, axis, score)),
        x: if is_wide {
            Axis::logarithmic(axis, (across.0.log10(), across.1.log10()))
        } else {
            Axis::with_margin(axis, Unit::Number, across, 6)
        },
        y: Axis::with_margin(
            &format!("{score}, lower is better; 95 % of the difference to the best"),
            Unit::Number,
            heights,
            6,
        ),
        legend: lines.legend(),
        height: HEIGHT,
        right: 60,
    };
    let place = |at: f64| if is_wide { at.log10() } else { at };
    frame.draw(|plot| lines.draw(plot, best, &place, &|point| text(point, axis, score)))
}

/// The lowest and the highest value of an interval.
fn ends(point: &ProfilePoint) -> [f64; 2] {
    let error = point.error.unwrap_or_default();
    [point.score - error, point.score + error]
}

fn text(point: &ProfilePoint, axis: &str, score: &str) -> String {
    let line = if point.line.is_empty() {
        String::new()
    } else {
        format!(", {}", point.line)
    };
    let error = point
        .error
        .map_or_else(|| ", the best".to_owned(), |error| format!(" ± {error:.5}"));
    format!(
        "{axis} {}{line}: {score} {:.5}{error}",
        point.at, point.score
    )
}

/// The points of each line, in order of their values.
struct Lines<'a>(BTreeMap<&'a str, Vec<&'a ProfilePoint>>);

impl<'a> Lines<'a> {
    fn of(points: &'a [ProfilePoint]) -> Self {
        let mut lines: BTreeMap<&str, Vec<&ProfilePoint>> = BTreeMap::new();
        let drawn = points
            .iter()
            .filter(|point| drawable(point.at) && ends(point).into_iter().all(drawable));
        for point in drawn {
            lines.entry(&point.line).or_default().push(point);
        }
        for line in lines.values_mut() {
            line.sort_by(|one, other| one.at.total_cmp(&other.at));
        }
        Self(lines)
    }

    /// Every point with the colour of its line.
    fn points(&self) -> impl Iterator<Item = (RGBColor, &'a ProfilePoint)> {
        let lines = self.0.values().enumerate();
        lines.flat_map(|(number, line)| line.iter().map(move |point| (colour(number), *point)))
    }

    fn across(&self) -> Option<(f64, f64)> {
        extent(self.points().map(|(_, point)| point.at))
    }

    fn best(&self) -> Option<&'a ProfilePoint> {
        let points = self.points().map(|(_, point)| point);
        points.min_by(|one, other| one.score.total_cmp(&other.score))
    }

    fn legend(&self) -> Vec<Key> {
        if self.0.len() < 2 {
            return Vec::new();
        }
        let lines = self.0.keys().enumerate();
        lines
            .take(COLOURS.len())
            .map(|(number, line)| Key::new(colour(number), *line))
            .collect()
    }

    fn draw(
        &self,
        plot: &mut Plot<'_, '_>,
        best: &ProfilePoint,
        place: &dyn Fn(f64) -> f64,
        text: &dyn Fn(&ProfilePoint) -> String,
    ) -> Drawn {
        let (left, right) = plot.width();
        plot.line([(left, best.score), (right, best.score)], MUTED, 2)?;
        for (number, line) in self.0.values().enumerate() {
            let points = line.iter().map(|point| (place(point.at), point.score));
            plot.line(points, colour(number), 4)?;
        }
        let cap = CAP * (right - left);
        for (colour, point) in self.points() {
            let (x, [low, high]) = (place(point.at), ends(point));
            if point.error.is_some() {
                plot.line([(x, low), (x, high)], colour, 2)?;
                plot.line([(x - cap, low), (x + cap, low)], colour, 2)?;
                plot.line([(x - cap, high), (x + cap, high)], colour, 2)?;
            }
            plot.dot((x, point.score), if point == best { 14 } else { 8 }, colour)?;
            plot.hover((x - 2.0 * cap, low), (x + 2.0 * cap, high), text(point));
        }
        Ok(())
    }
}

fn colour(line: usize) -> RGBColor {
    COLOURS.get(line).copied().unwrap_or(MUTED)
}
