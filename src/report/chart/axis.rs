//! Axes: their ranges, ticks and labels.

use std::ops::Range;

use jiff::civil::Date;
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};

use super::svg::clean;
use crate::calendar;
use crate::domain::Time;
use crate::report::text_table::{percent, thousands};

/// The unit of the values of a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Amounts of money.
    Money,
    /// Fractions, shown in percent.
    Percent,
    /// Plain numbers.
    Number,
}

/// The largest value that is drawn: far above any bankroll, and far below an overflow.
const LARGEST: f64 = 1e15;

/// Whether a value can be drawn.
pub(super) fn drawable(value: f64) -> bool {
    value.abs() <= LARGEST
}

impl Unit {
    /// A value in full.
    pub(super) fn show(self, value: f64) -> String {
        match self {
            Self::Money => thousands(&format!("{value:.2}")),
            Self::Percent => percent(Some(value), false),
            Self::Number => thousands(&format!("{value:.3}")),
        }
    }

    /// The label of a tick, `step` away from the next, on an axis within ±`reach`.
    fn tick(self, value: f64, step: f64, reach: f64) -> String {
        if self == Self::Percent {
            return format!("{} %", thousands(&fixed(value * 100.0, step * 100.0)));
        }
        let scales = [(1e12, "tn"), (1e9, "bn"), (1e6, "m")];
        let (scale, suffix) = scales
            .into_iter()
            .find(|(scale, _)| reach >= *scale)
            .unwrap_or((1.0, ""));
        format!("{}{suffix}", thousands(&fixed(value / scale, step / scale)))
    }

    /// The least distance from a single value to either end of an axis.
    fn min_margin(self, value: f64) -> f64 {
        let least = if self == Self::Money { 1.0 } else { 0.01 };
        (value.abs() * 0.05).max(least)
    }
}

/// A number with as many decimals as a step of this size needs.
fn fixed(value: f64, step: f64) -> String {
    let decimals = (-step.log10() - 1e-9).ceil().clamp(0.0, 6.0) as usize;
    format!("{value:.decimals$}")
}

/// An axis: its name, its range, and the ticks with their labels.
#[derive(Debug, Clone)]
pub(super) struct Axis {
    pub name: String,
    pub range: (f64, f64),
    pub ticks: Vec<(f64, String)>,
}

impl Axis {
    /// An axis of values from `low` to `high`, with about `count` ticks.
    pub fn values(name: &str, unit: Unit, (low, high): (f64, f64), count: usize) -> Self {
        let (low, high) = widened(unit, low, high);
        let step = nice_step(high - low, count);
        let reach = low.abs().max(high.abs());
        let ticks = multiples(step, low, high)
            .map(|value| (value, unit.tick(value, step, reach)))
            .collect();
        Self {
            name: name.to_owned(),
            range: (low, high),
            ticks,
        }
    }

    /// An axis of values with a margin beyond the outermost.
    pub fn with_margin(name: &str, unit: Unit, (low, high): (f64, f64), count: usize) -> Self {
        let (low, high) = widened(unit, low, high);
        let room = (high - low) * 0.04;
        Self::values(name, unit, (low - room, high + room), count)
    }

    /// The length of the range.
    pub fn span(&self) -> f64 {
        self.range.1 - self.range.0
    }

    /// A logarithmic axis of amounts. Positions are decimal logarithms.
    pub fn logarithmic(name: &str, (low, high): (f64, f64)) -> Self {
        let room = ((high - low) * 0.04).max(0.02);
        let (low, high) = (low - room, high + room);
        let mantissas: &[f64] = if high - low <= 3.0 {
            &[1.0, 2.0, 5.0]
        } else {
            &[1.0]
        };
        let every = (((high - low) / 7.0).ceil() as usize).max(1);
        let decades = (low.floor() as i32..=high.ceil() as i32).step_by(every);
        let values = decades.flat_map(|decade| {
            mantissas
                .iter()
                .map(move |mantissa| mantissa * 10f64.powi(decade))
        });
        let ticks = values.map(|value| (value.log10(), Unit::Money.tick(value, value, value)));
        Self {
            name: name.to_owned(),
            range: (low, high),
            ticks: ticks.filter(|(at, _)| (low..=high).contains(at)).collect(),
        }
    }

    /// An axis of instants, in seconds, with about six ticks.
    pub fn dates((first, last): (f64, f64)) -> Self {
        let day = Time::DAY as f64;
        let (first, last) = if last - first < day {
            (first - day, last + day)
        } else {
            (first, last)
        };
        let days = (last - first) / day;
        let ticks = if days < 100.0 {
            day_ticks(first, last)
        } else {
            month_ticks(first, last)
        };
        Self {
            name: "date".to_owned(),
            range: (first, last),
            ticks,
        }
    }
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (from, to): (i32, i32)) -> i32 {
        let share = (value - self.range.0) / self.span();
        from + (f64::from(to - from) * share).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        if hint.weight().allow_light_points() {
            return Vec::new();
        }
        self.ticks.iter().map(|(at, _)| *at).collect()
    }

    fn range(&self) -> Range<f64> {
        self.range.0..self.range.1
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, value: &f64) -> String {
        let tick = self.ticks.iter().find(|(at, _)| at == value);
        tick.map_or_else(String::new, |(_, text)| clean(text))
    }
}

/// A narrower range is widened.
const MIN_SPAN: f64 = 1e-9;

/// The range, widened if it is too narrow for ticks.
pub(super) fn widened(unit: Unit, low: f64, high: f64) -> (f64, f64) {
    let size = low.abs().max(high.abs());
    if high - low > (size * 1e-6).max(MIN_SPAN) {
        (low, high)
    } else {
        (low - unit.min_margin(size), high + unit.min_margin(size))
    }
}

/// The smallest step of 1, 2 or 5 times a power of ten by which a span has at most `count` steps.
pub(super) fn nice_step(span: f64, count: usize) -> f64 {
    let rough = span / count as f64;
    let power = 10f64.powf(rough.log10().floor());
    let factor = [1.0, 2.0, 5.0]
        .into_iter()
        .find(|factor| factor * power >= rough * (1.0 - 1e-9))
        .unwrap_or(10.0);
    factor * power
}

fn multiples(step: f64, low: f64, high: f64) -> impl Iterator<Item = f64> {
    // rounding must not drop a tick at an end of the range
    let slack = 1e-9;
    let (first, last) = (
        (low / step - slack).ceil() as i64,
        (high / step + slack).floor() as i64,
    );
    (first..=last)
        .map(move |multiple| multiple as f64 * step)
        .filter(move |value| (low..=high).contains(value))
}

/// The day of an instant in seconds.
pub(super) fn day_text(seconds: f64) -> String {
    calendar::format_date(Time::from_seconds(seconds as i64))
}

fn day_ticks(first: f64, last: f64) -> Vec<(f64, String)> {
    let day = Time::DAY as f64;
    let step = [1.0, 2.0, 7.0, 14.0]
        .into_iter()
        .find(|step| (last - first) / day / step <= 5.0)
        .unwrap_or(28.0);
    multiples(step * day, first, last)
        .map(|seconds| (seconds, day_text(seconds)))
        .collect()
}

fn month_ticks(first: f64, last: f64) -> Vec<(f64, String)> {
    let (from, to) = (month_number(first), month_number(last));
    let steps = [1, 2, 3, 4, 6, 12, 24, 60, 120, 240, 600, 1_200, 6_000];
    let step = steps
        .into_iter()
        .find(|step| (to - from) / step <= 6)
        .unwrap_or(12_000);
    let from = from.div_euclid(step) * step;
    (from..=to)
        .step_by(step as usize)
        .filter_map(|month| month_tick(month, step))
        .filter(|(at, _)| (first..=last).contains(at))
        .collect()
}

/// The months from year 0 to an instant in seconds.
fn month_number(seconds: f64) -> i64 {
    let date = calendar::civil(Time::from_seconds(seconds as i64)).date();
    i64::from(date.year()) * 12 + i64::from(date.month()) - 1
}

/// The tick at the first day of a month; `None` beyond the calendar.
fn month_tick(month: i64, step: i64) -> Option<(f64, String)> {
    let year = month.div_euclid(12).try_into().ok()?;
    let date = Date::new(year, month.rem_euclid(12) as i8 + 1, 1).ok()?;
    let text = if step % 12 == 0 {
        format!("{}", date.year())
    } else {
        date.strftime("%Y-%m").to_string()
    };
    Some((calendar::time_of_date(date).seconds() as f64, text))
}
