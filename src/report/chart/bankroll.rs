//! The balance over time, and how far it is below its peak.

use super::Chart;
use super::axis::{Axis, Unit, day_text, drawable};
use super::frame::{Frame, HEIGHT, Key, Point, nothing};
use super::palette::{BLUE, MUTED, VERMILLION};
use super::timeline::{extent, hover, ordered, span, stepped, thinned};
use crate::domain::Time;
use crate::report::sheet::percent;

const TITLE: &str = "Bankroll";
const SHADE: f64 = 0.3;

/// The balance after each change, in units of money, with the fall from its highest so far shaded.
///
/// `initial` is the balance before the first change. Of many points those are drawn that can be told apart, extremes
/// among them.
pub fn bankroll(points: &[(Time, f64)], initial: f64) -> Chart {
    let balance = ordered(points);
    let (Some(days), true, true) = (span(&balance), balance.len() > 1, drawable(initial)) else {
        return nothing(TITLE, "the balance changed less than twice");
    };
    let peaks = running_peak(&balance, initial);
    let kept = thinned(&balance);
    let shown = stepped(&pick(&balance, &kept));
    let peak = stepped(&pick(&peaks, &kept));
    let heights = extent(
        shown
            .iter()
            .chain(&peak)
            .map(|point| point.1)
            .chain([initial]),
    )
    .unwrap_or((0.0, 1.0));
    let frame = Frame {
        title: TITLE,
        summary: summary(&balance, &peaks, initial),
        x: Axis::dates(days),
        y: Axis::roomy("balance", Unit::Money, heights, 7),
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
        hover(plot, &balance, |place| {
            hover_text(balance[place], peaks[place].1)
        });
        Ok(())
    })
}

fn pick(points: &[Point], places: &[usize]) -> Vec<Point> {
    places.iter().map(|&place| points[place]).collect()
}

fn running_peak(balance: &[Point], initial: f64) -> Vec<Point> {
    let mut peak = initial;
    let raise = |&(time, value): &Point| {
        peak = peak.max(value);
        (time, peak)
    };
    balance.iter().map(raise).collect()
}

/// The fall from a peak as a share of it; none from a peak that is not above 0.
fn fall(balance: f64, peak: f64) -> Option<f64> {
    (peak > 0.0).then(|| (peak - balance) / peak)
}

fn summary(balance: &[Point], peaks: &[Point], initial: f64) -> String {
    let falls = balance
        .iter()
        .zip(peaks)
        .filter_map(|(balance, peak)| fall(balance.1, peak.1));
    let greatest = extent(falls).map(|(_, greatest)| greatest);
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
    let below = fall(balance, peak).filter(|fall| *fall > 0.0);
    let below = below.map_or_else(String::new, |fall| {
        format!("\n{} below its peak", percent(Some(fall), false))
    });
    format!(
        "{}\nbalance {}{below}",
        day_text(time),
        Unit::Money.show(balance)
    )
}
