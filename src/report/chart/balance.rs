//! The chart of the balance by changes, with the stakes of open bets.

use super::Chart;
use super::axis::{Axis, Unit, drawable};
use super::frame::{Drawn, Frame, HEIGHT, Key, Plot, Point, empty_chart};
use super::palette::{BLUE, MUTED, ORANGE};
use super::timeline::{extent, hover, stepped};
use crate::calendar;
use crate::domain::Time;
use crate::report::text_table::thousands;

const TITLE: &str = "Bankroll";
const SHADE: f64 = 0.3;
/// The most ticks of the axis.
const MAX_TICKS: usize = 5;

/// The balance after each change in units of money, with the part that is reserved for open bets shaded.
///
/// Each point is a time, the balance and the reserved part of it; `initial` is the balance before the first. All changes
/// have the same width, however much time lies between them. In a service that runs for months most changes are on Saturday
/// afternoons, and a curve over time would be a few steps.
///
/// ```
/// use simbet::Time;
/// use simbet::internals::report::chart;
/// let at = |minute: i64| Time::from_seconds(1_704_121_200 + 60 * minute);
/// let chart = chart::balance(&[(at(0), 1000.0, 50.0), (at(105), 1040.0, 0.0)], 1000.0);
/// assert!(chart.svg().contains("2024-01-01 16:45\nbalance 1,040.00\nat stake 0.00")); // shown on hovering
/// ```
pub fn balance(points: &[(Time, f64, f64)], initial: f64) -> Chart {
    let kept: Vec<_> = points
        .iter()
        .copied()
        .filter(|(_, balance, reserved)| drawable(*balance) && drawable(*reserved))
        .collect();
    if kept.is_empty() || !drawable(initial) {
        return empty_chart(TITLE, "no bet has been placed yet");
    }
    let curve = Curve {
        points: &kept,
        initial,
    };
    let (whole, free) = (
        curve.line(|balance, _| balance),
        curve.line(|balance, reserved| balance - reserved),
    );
    let heights = extent(whole.iter().chain(&free).map(|point| point.1)).unwrap_or((0.0, 1.0));
    let frame = Frame {
        title: TITLE,
        summary: curve.summary(),
        x: curve.axis(),
        y: Axis::with_margin("", Unit::Money, heights, 7),
        legend: vec![
            Key::new(BLUE, "balance"),
            Key::shade(ORANGE, SHADE, "of it at stake"),
            Key::new(MUTED, "start"),
        ],
        height: HEIGHT + 200,
        right: 60,
    };
    frame.draw(|plot| curve.draw(plot, &whole, &free))
}

/// Changes of the balance at the positions 1, 2, ...; at 0 is the balance before them.
struct Curve<'a> {
    points: &'a [(Time, f64, f64)],
    initial: f64,
}

impl Curve<'_> {
    fn line(&self, height: impl Fn(f64, f64) -> f64) -> Vec<Point> {
        let heights = self
            .points
            .iter()
            .map(|&(_, balance, reserved)| height(balance, reserved));
        std::iter::once(self.initial)
            .chain(heights)
            .enumerate()
            .map(|(position, height)| (position as f64, height))
            .collect()
    }

    fn draw(&self, plot: &mut Plot<'_, '_>, whole: &[Point], free: &[Point]) -> Drawn {
        let (upper, lower) = (stepped(whole), stepped(free));
        let last = self.points.len() as f64;
        plot.between(upper.iter().copied(), lower.iter().copied(), ORANGE, SHADE)?;
        plot.line([(0.0, self.initial), (last, self.initial)], MUTED, 2)?;
        plot.line(upper.iter().copied(), BLUE, 4)?;
        hover(plot, whole, |position| self.hover_text(position));
        Ok(())
    }

    fn axis(&self) -> Axis {
        let last = self.points.len();
        let text = self.time_text();
        let mut ticks: Vec<(f64, String)> = Vec::new();
        for position in (0..MAX_TICKS).map(|tick| 1 + tick * (last - 1) / (MAX_TICKS - 1)) {
            let text = text(self.points[position - 1].0);
            // changes at one instant share a tick
            if ticks.last().is_none_or(|before| before.1 != text) {
                ticks.push((position as f64, text));
            }
        }
        Axis {
            name: "changes of the balance, and their times (UTC)".to_owned(),
            range: (0.0, last as f64),
            ticks,
        }
    }

    /// The format of times in which neighbours differ.
    fn time_text(&self) -> impl Fn(Time) -> String + use<> {
        let times = self
            .points
            .iter()
            .map(|point| point.0.seconds() / Time::DAY);
        let days = extent(times.map(|day| day as f64)).map_or(0.0, |(first, last)| last - first);
        let format = match days {
            0.0 => "%H:%M",
            1.0..60.0 => "%m-%d %H:%M",
            _ => "%Y-%m-%d",
        };
        move |time| calendar::civil(time).strftime(format).to_string()
    }

    fn hover_text(&self, position: usize) -> String {
        let Some(&(time, balance, reserved)) = position
            .checked_sub(1)
            .and_then(|index| self.points.get(index))
        else {
            return format!("start\nbalance {}", Unit::Money.show(self.initial));
        };
        let [balance, reserved] = [balance, reserved].map(|amount| Unit::Money.show(amount));
        format!(
            "{}\nbalance {balance}\nat stake {reserved}",
            calendar::civil(time).strftime("%Y-%m-%d %H:%M")
        )
    }

    fn summary(&self) -> String {
        let (balance, reserved) = self
            .points
            .last()
            .map_or((self.initial, 0.0), |last| (last.1, last.2));
        let [initial, balance, reserved] =
            [self.initial, balance, reserved].map(|amount| Unit::Money.show(amount));
        let count = thousands(&self.points.len().to_string());
        format!(
            "Balance from {initial} to {balance} over {count} changes; {reserved} of it at stake."
        )
    }
}
