//! Groups side by side: leagues, seasons, markets, bands of odds, months.

use plotters::style::RGBColor;
use plotters::style::text_anchor::HPos;

use super::axis::{Axis, drawable};
use super::frame::{Drawn, Frame, Plot, letters, nothing, shortened};
use super::palette::{BLUE, INK, MUTED, VERMILLION};
use super::timeline::extent;
use super::{Chart, Labels};
use crate::report::sheet::thousands;

/// A group of bets, and how it did.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// How many of what is counted.
    pub n: u64,
    /// Its value; `None` when undefined.
    pub value: Option<f64>,
    /// The interval around it, where there is one.
    pub interval: Option<(f64, f64)>,
}

/// Groups that are shown, at most.
const MOST: usize = 40;
/// Units for a row, a name and a count.
const ROW: u32 = 52;
const NAME: i32 = 400;
const COUNT: i32 = 170;
/// How many times as far as the values themselves the axis may reach for the sake of intervals.
const REACH: f64 = 2.0;

/// A row for each group, in the order given: with intervals where there are any, else as bars from zero.
///
/// At most 40 are shown; how many more there are is said. Intervals that would squeeze everything else run off the
/// edge, without a cap.
///
/// ```
/// use simbet::report::chart::{Group, Labels, Unit, groups};
/// let labels = Labels { title: "Yield by league", axis: "yield", unit: Unit::Percent, counted: "bets" };
/// let row = Group { name: "E0".to_owned(), n: 548, value: Some(-0.158), interval: Some((-0.31, 0.01)) };
/// assert!(groups(&[row], labels).svg().contains("E0: -15.80 % (-31.00 % to 1.00 %), 548 bets"));
/// ```
pub fn groups(rows: &[Group], labels: Labels<'_>) -> Chart {
    let shown = &rows[..rows.len().min(MOST)];
    let values = shown.iter().filter_map(|row| known(row.value));
    let Some(values) =
        extent(values.chain([0.0])).filter(|_| shown.iter().any(|row| known(row.value).is_some()))
    else {
        return nothing(labels.title, &format!("no {} in any group", labels.counted));
    };
    let more = if rows.len() > MOST {
        format!(" (and {} more)", rows.len() - MOST)
    } else {
        String::new()
    };
    let height = shown.len() as f64;
    let name = |(place, row): (usize, &Group)| {
        (
            height - place as f64 - 0.5,
            shortened(&row.name, letters(NAME)),
        )
    };
    let dots = shown.iter().any(|row| interval(row).is_some());
    let with = if dots { " with its interval" } else { "" };
    let frame = Frame {
        title: labels.title,
        summary: format!(
            "{} by group: {}{more}.",
            labels.axis,
            summary(shown, labels)
        ),
        x: Axis::roomy(
            &format!("{}{with}{more}", labels.axis),
            labels.unit,
            reach(shown, values),
            5,
        ),
        y: Axis {
            name: String::new(),
            range: (0.0, height),
            ticks: shown.iter().enumerate().map(name).collect(),
        },
        legend: Vec::new(),
        height: 260 + ROW * shown.len() as u32,
        right: COUNT,
    };
    frame.draw(|plot| {
        let (left, right) = plot.width();
        plot.line([(0.0, 0.0), (0.0, height)], INK, 2)?;
        plot.text(
            labels.counted,
            (right, height),
            (COUNT - 10, -20),
            HPos::Right,
            MUTED,
        )?;
        for (place, row) in shown.iter().enumerate() {
            let y = height - place as f64 - 0.5;
            plot.text(
                &thousands(&row.n.to_string()),
                (right, y),
                (COUNT - 10, 0),
                HPos::Right,
                MUTED,
            )?;
            if let Some(value) = known(row.value) {
                draw_row(plot, (value, y), interval(row), dots)?;
            }
            plot.hover((left, y - 0.5), (right, y + 0.5), row_text(row, labels));
        }
        Ok(())
    })
}

fn known(value: Option<f64>) -> Option<f64> {
    value.filter(|value| drawable(*value))
}

fn interval(row: &Group) -> Option<(f64, f64)> {
    row.interval
        .filter(|(low, high)| drawable(*low) && drawable(*high) && low <= high)
}

/// From where to where the axis goes.
fn reach(rows: &[Group], (low, high): (f64, f64)) -> (f64, f64) {
    let ends = rows
        .iter()
        .filter_map(interval)
        .flat_map(|(low, high)| [low, high]);
    let (lowest, highest) = extent(ends.chain([low, high])).unwrap_or((low, high));
    let furthest = REACH * low.abs().max(high.abs());
    if furthest > 0.0 {
        (lowest.max(-furthest), highest.min(furthest))
    } else {
        (lowest, highest)
    }
}

fn draw_row(
    plot: &mut Plot<'_, '_>,
    at: (f64, f64),
    interval: Option<(f64, f64)>,
    dots: bool,
) -> Drawn {
    let colour = if at.0 < 0.0 { VERMILLION } else { BLUE };
    if !dots {
        return plot.bar((0.0, at.1 - 0.3), (at.0, at.1 + 0.3), 0, colour, 1.0);
    }
    if let Some(interval) = interval {
        draw_interval(plot, interval, at.1, colour)?;
    }
    plot.dot(at, 10, colour)
}

fn draw_interval(
    plot: &mut Plot<'_, '_>,
    (low, high): (f64, f64),
    y: f64,
    colour: RGBColor,
) -> Drawn {
    let (left, right) = plot.width();
    plot.line(
        [(low.clamp(left, right), y), (high.clamp(left, right), y)],
        colour,
        4,
    )?;
    let caps = [low, high]
        .into_iter()
        .filter(|end| (left..=right).contains(end));
    caps.into_iter()
        .try_for_each(|end| plot.line([(end, y - 0.2), (end, y + 0.2)], colour, 4))
}

fn row_text(row: &Group, labels: Labels<'_>) -> String {
    let show = |value: f64| labels.unit.show(value);
    let value = known(row.value).map_or_else(|| "–".to_owned(), show);
    let interval = interval(row)
        .map(|(low, high)| format!(" ({} to {})", show(low), show(high)))
        .unwrap_or_default();
    format!(
        "{}: {value}{interval}, {} {}",
        row.name,
        thousands(&row.n.to_string()),
        labels.counted
    )
}

fn summary(rows: &[Group], labels: Labels<'_>) -> String {
    rows.iter()
        .map(|row| row_text(row, labels))
        .collect::<Vec<_>>()
        .join("; ")
}
