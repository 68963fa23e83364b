//! The chart of the balance over time and its drawdowns.

use super::Chart;
use super::axis::{Axis, Unit, day_text, drawable};
use super::frame::{Frame, HEIGHT, Key, Point, empty_chart};
use super::palette::{BLUE, MUTED, VERMILLION};
use super::timeline::{extent, hover, ordered, span, stepped, thinned};
use crate::domain::Time;
use crate::report::text_table::percent;

const TITLE: &str = "Bankroll";
const SHADE: f64 = 0.3;

/// The balance after each change, in units of money, with the drawdown from its peak shaded.
///
/// `initial` is the balance before the first change. Of many points only those are drawn that differ visibly, including
/// the extremes.
pub fn bankroll(points: &[(Time, f64)], initial: f64) -> Chart {
    let balance = ordered(points);
    let (Some(days), true, true) = (span(&balance), balance.len() > 1, drawable(initial)) else {
        return empty_chart(TITLE, "the balance changed less than twice");
    };
    let peaks = running_peak(&balance, initial);
    let kept = thinned(&balance);
    let shown = stepped(&pick(&balance, &kept));
    let peak = stepped(&pick(&peaks, &kept));
    let heights = shown.iter().chain(&peak).map(|point| point.1);
    let range = extent(heights.chain([initial])).unwrap_or((0.0, 1.0));
    let frame = Frame {
        title: TITLE,
        summary: summary(&balance, &peaks, initial),
        x: Axis::dates(days),
        y: Axis::with_margin("balance", Unit::Money, range, 7),
        legend: vec![
            Key::new(BLUE, "balance"),
            Key::shade(VERMILLION, SHADE, "below its peak"),
            Key::new(MUTED, "start"),
        ],
        height: HEIGHT,
        right: 60,
    };
    frame.draw(|plot| {
        plot.line([(days.0, initial), (days.1, initial)], MUTED, 2)?;
        plot.between(
            peak.iter().copied(),
            shown.iter().copied(),
            VERMILLION,
            SHADE,
        )?;
        plot.line(shown.iter().copied(), BLUE, 4)?;
        hover(plot, &balance, |index| {
            hover_text(balance[index], peaks[index].1)
        });
        Ok(())
    })
}

fn pick(points: &[Point], indices: &[usize]) -> Vec<Point> {
    indices.iter().map(|&index| points[index]).collect()
}

fn running_peak(balance: &[Point], initial: f64) -> Vec<Point> {
    let mut peak = initial;
    balance
        .iter()
        .map(|&(time, value)| {
            peak = peak.max(value);
            (time, peak)
        })
        .collect()
}

/// The drawdown from a peak as a share of it; `None` unless the peak is above 0.
fn drawdown(balance: f64, peak: f64) -> Option<f64> {
    (peak > 0.0).then(|| (peak - balance) / peak)
}

fn summary(balance: &[Point], peaks: &[Point], initial: f64) -> String {
    let drawdowns = balance
        .iter()
        .zip(peaks)
        .filter_map(|(balance, peak)| drawdown(balance.1, peak.1));
    let greatest = extent(drawdowns).map(|(_, greatest)| greatest);
    let last = balance.last().map_or(initial, |last| last.1);
    let days = span(balance).map_or_else(String::new, |(first, last)| {
        format!("{} to {}", day_text(first), day_text(last))
    });
    let (from, to) = (Unit::Money.show(initial), Unit::Money.show(last));
    format!(
        "Balance from {from} to {to}, {days}; greatest fall from a peak {}.",
        percent(greatest, false)
    )
}

fn hover_text((time, balance): Point, peak: f64) -> String {
    let below = match drawdown(balance, peak) {
        Some(share) if share > 0.0 => {
            format!("\n{} below its peak", percent(Some(share), false))
        }
        Some(_) | None => String::new(),
    };
    format!(
        "{}\nbalance {}{below}",
        day_text(time),
        Unit::Money.show(balance)
    )
}
