//! The chart of groups of bets: leagues, seasons, markets, bands of odds, months.

use plotters::style::RGBColor;
use plotters::style::text_anchor::HPos;

use super::axis::{Axis, drawable};
use super::frame::{Drawn, Frame, Plot, empty_chart, letters, shortened};
use super::palette::{BLUE, INK, MUTED, VERMILLION};
use super::timeline::extent;
use super::{Chart, Labels};
use crate::report::text_table::thousands;

/// A group of bets and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// The number of what is counted.
    pub n: u64,
    /// Its value; `None` when undefined.
    pub value: Option<f64>,
    /// The interval of the value, where there is one.
    pub interval: Option<(f64, f64)>,
}

/// The most groups that are shown.
const MAX_GROUPS: usize = 40;
/// Height of a row, and widths of a name and a count, in units.
const ROW: u32 = 52;
const NAME: i32 = 400;
const COUNT: i32 = 170;
/// The most that intervals may extend the axis, as a multiple of the reach of half of the rows.
const REACH: f64 = 3.0;

/// A row for each group, in the order given: a dot with its interval if any group has one, else a bar from zero.
///
/// At most 40 are shown, and the number of the others is noted. An interval much wider than the others is cut off at the
/// edge, where an arrow says that it goes on.
///
/// ```
/// use simbet::internals::report::chart::{Group, Labels, Unit, groups};
/// let labels = Labels { title: "Yield by league", axis: "yield", unit: Unit::Percent, counted: "bets" };
/// let row = Group { name: "E0".to_owned(), n: 548, value: Some(-0.158), interval: Some((-0.31, 0.01)) };
/// assert!(groups(&[row], labels).svg().contains("E0: -15.80 % (-31.00 % to 1.00 %), 548 bets"));
/// ```
pub fn groups(rows: &[Group], labels: Labels<'_>) -> Chart {
    let shown = &rows[..rows.len().min(MAX_GROUPS)];
    if shown.iter().all(|row| row.value().is_none()) {
        return empty_chart(labels.title, &format!("no {} in any group", labels.counted));
    }
    let chart = GroupChart {
        rows: shown,
        labels,
        dots: shown.iter().any(|row| row.interval().is_some()),
    };
    let more = match rows.len() - shown.len() {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    let frame = Frame {
        title: labels.title,
        summary: format!("{} by group: {}{more}.", labels.axis, chart.summary()),
        x: chart.values_axis(&more),
        y: chart.names_axis(),
        legend: Vec::new(),
        height: 260 + ROW * shown.len() as u32,
        right: COUNT,
    };
    frame.draw(|plot| chart.draw(plot))
}

impl Group {
    /// The value, if it can be drawn.
    fn value(&self) -> Option<f64> {
        self.value.filter(|value| drawable(*value))
    }

    /// The interval, if it can be drawn.
    fn interval(&self) -> Option<(f64, f64)> {
        self.interval
            .filter(|(low, high)| drawable(*low) && drawable(*high) && low <= high)
    }
}

struct GroupChart<'a> {
    rows: &'a [Group],
    labels: Labels<'a>,
    /// Whether values are dots, which may have intervals, instead of bars.
    dots: bool,
}

impl GroupChart<'_> {
    /// The vertical position of a row, from the top downwards.
    fn y(&self, row: usize) -> f64 {
        self.rows.len() as f64 - row as f64 - 0.5
    }

    fn values_axis(&self, more: &str) -> Axis {
        let with = if self.dots { " with its interval" } else { "" };
        let values = self.rows.iter().filter_map(Group::value);
        let values = extent(values.chain([0.0])).unwrap_or((0.0, 0.0));
        Axis::with_margin(
            &format!("{}{with}{more}", self.labels.axis),
            self.labels.unit,
            reach(self.rows, values),
            5,
        )
    }

    fn names_axis(&self) -> Axis {
        let names = self.rows.iter().enumerate();
        Axis {
            name: String::new(),
            range: (0.0, self.rows.len() as f64),
            ticks: names
                .map(|(i, row)| (self.y(i), shortened(&row.name, letters(NAME))))
                .collect(),
        }
    }

    fn draw(&self, plot: &mut Plot<'_, '_>) -> Drawn {
        let (height, (left, right)) = (self.rows.len() as f64, plot.width());
        plot.line([(0.0, 0.0), (0.0, height)], INK, 2)?;
        let offset = (COUNT - 10, -20);
        plot.text(
            self.labels.counted,
            (right, height),
            offset,
            HPos::Right,
            MUTED,
        )?;
        for (i, row) in self.rows.iter().enumerate() {
            let (y, n) = (self.y(i), thousands(&row.n.to_string()));
            plot.text(&n, (right, y), (COUNT - 10, 0), HPos::Right, MUTED)?;
            if let Some(value) = row.value() {
                draw_row(plot, (value, y), row.interval(), self.dots)?;
            }
            let text = row_text(row, self.labels);
            plot.hover((left, y - 0.5), (right, y + 0.5), text);
        }
        Ok(())
    }

    fn summary(&self) -> String {
        let rows = self.rows.iter();
        rows.map(|row| row_text(row, self.labels))
            .collect::<Vec<_>>()
            .join("; ")
    }
}

/// The range of the axis: values and intervals, these cut off where they go beyond what half of the rows need by [`REACH`].
fn reach(rows: &[Group], (low, high): (f64, f64)) -> (f64, f64) {
    let mut sizes: Vec<f64> = rows.iter().filter_map(size).collect();
    sizes.sort_by(f64::total_cmp);
    let typical = sizes.get(sizes.len() / 2).copied().unwrap_or(0.0);
    let ends = rows
        .iter()
        .filter_map(Group::interval)
        .flat_map(|(low, high)| [low, high]);
    let (lowest, highest) = extent(ends.chain([low, high])).unwrap_or((low, high));
    let furthest = (REACH * typical).max(low.abs()).max(high.abs());
    if furthest > 0.0 {
        (lowest.max(-furthest), highest.min(furthest))
    } else {
        (lowest, highest)
    }
}

/// How far from zero a row reaches.
fn size(row: &Group) -> Option<f64> {
    let value = row.value()?;
    let (low, high) = row.interval().unwrap_or((value, value));
    Some(low.abs().max(high.abs()).max(value.abs()))
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
    let back = 0.015 * (right - left);
    for (end, edge, inwards) in [(low, left, back), (high, right, -back)] {
        if (left..=right).contains(&end) {
            plot.line([(end, y - 0.2), (end, y + 0.2)], colour, 4)?;
        } else {
            let arrow = [
                (edge + inwards, y - 0.2),
                (edge, y),
                (edge + inwards, y + 0.2),
            ];
            plot.line(arrow, colour, 4)?;
        }
    }
    Ok(())
}

fn row_text(row: &Group, labels: Labels<'_>) -> String {
    let unit = labels.unit;
    let value = row
        .value()
        .map_or_else(|| "–".to_owned(), |value| unit.show(value));
    let interval = row
        .interval()
        .map(|(low, high)| format!(" ({} to {})", unit.show(low), unit.show(high)))
        .unwrap_or_default();
    format!("{}: {value}{interval}, {}", row.name, labels.count(row.n))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(value: f64, interval: (f64, f64)) -> Group {
        Group {
            name: String::new(),
            n: 100,
            value: Some(value),
            interval: Some(interval),
        }
    }

    fn reached(rows: &[Group]) -> (f64, f64) {
        let values = rows.iter().filter_map(Group::value);
        reach(rows, extent(values.chain([0.0])).unwrap())
    }

    #[test]
    fn intervals_wider_than_their_values_are_drawn_whole() {
        let rows = [row(-0.156, (-0.452, 0.141)), row(-0.17, (-0.31, 0.02))];
        assert_eq!(reached(&rows), (-0.452, 0.141));
        assert_eq!(reached(&rows[..1]), (-0.452, 0.141));
    }

    #[test]
    fn an_interval_far_wider_than_the_others_does_not_squeeze_them() {
        let usual = row(0.05, (-0.1, 0.2));
        let rows = [usual.clone(), usual, row(0.1, (-1.0, 40.0))];
        let (low, high) = reached(&rows);
        assert!(
            (low + 0.6).abs() < 1e-12 && (high - 0.6).abs() < 1e-12,
            "{low} {high}"
        );
    }

    #[test]
    fn every_value_is_within_the_axis() {
        let rows = [
            row(0.01, (0.0, 0.02)),
            row(0.01, (0.0, 0.02)),
            row(9.0, (8.0, 10.0)),
        ];
        assert_eq!(reached(&rows), (0.0, 9.0));
    }
}
