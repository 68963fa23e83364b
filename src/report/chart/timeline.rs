//! Values over time: sorting, thinning, and texts shown on hovering.

use super::axis::drawable;
use super::frame::{Plot, Point};
use crate::domain::Time;

/// The most points of a line: it has about as many pixels.
const MAX_POINTS: usize = 600;
/// The most points of a line that is drawn in steps.
const MAX_STEPPED: usize = 250;
/// The most points with a text.
const MAX_HOVERS: usize = 200;
/// The years 1 to 9998 in seconds: a year away from the ends of the calendar, so that an axis may extend.
const FIRST: i64 = -62_135_596_800;
const LAST: i64 = 253_370_764_800;

/// The points that can be drawn, in order of time.
pub(super) fn ordered(points: &[(Time, f64)]) -> Vec<Point> {
    let mut kept: Vec<Point> = points
        .iter()
        .filter(|(time, value)| (FIRST..LAST).contains(&time.seconds()) && drawable(*value))
        .map(|(time, value)| (time.seconds() as f64, *value))
        .collect();
    kept.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    kept
}

/// The first and last position; `None` without points.
pub(super) fn span(points: &[Point]) -> Option<(f64, f64)> {
    Some((points.first()?.0, points.last()?.0))
}

/// The least and greatest of values; `None` without values.
pub(super) fn extent(values: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    values.into_iter().fold(None, |range, value| {
        let (low, high) = range.unwrap_or((value, value));
        Some((low.min(value), high.max(value)))
    })
}

/// The indices of the points of a line that are drawn: of each section the first, the last, the least and the greatest.
pub(super) fn thinned(points: &[Point]) -> Vec<usize> {
    if points.len() <= MAX_POINTS {
        return (0..points.len()).collect();
    }
    let length = points.len().div_ceil(MAX_POINTS / 4);
    let mut kept = Vec::with_capacity(MAX_POINTS);
    for start in (0..points.len()).step_by(length) {
        let section = start..points.len().min(start + length);
        kept.extend([start, section.end - 1]);
        let by_value = |a: &usize, b: &usize| points[*a].1.total_cmp(&points[*b].1);
        kept.extend(section.clone().min_by(by_value));
        kept.extend(section.max_by(by_value));
    }
    kept.sort_unstable();
    kept.dedup();
    kept
}

/// The corners of a line that keeps each value until the next. With many points, the points themselves.
pub(super) fn stepped(points: &[Point]) -> Vec<Point> {
    if points.len() > MAX_STEPPED {
        return points.to_vec();
    }
    let mut corners: Vec<Point> = Vec::with_capacity(points.len() * 2);
    for &(position, value) in points {
        if let Some(&(_, before)) = corners.last() {
            corners.push((position, before));
        }
        corners.push((position, value));
    }
    corners
}

/// Shows texts where the pointer is nearest to a point. Points must be sorted; of many, some have a text.
pub(super) fn hover(plot: &mut Plot<'_, '_>, points: &[Point], text: impl Fn(usize) -> String) {
    let last = points.len().saturating_sub(1);
    let mut shown: Vec<usize> = (0..MAX_HOVERS)
        .map(|k| k * last / (MAX_HOVERS - 1))
        .collect();
    shown.dedup();
    for (k, &index) in shown.iter().enumerate() {
        let at = points[index].0;
        let before = if k == 0 { index } else { shown[k - 1] };
        let after = shown.get(k + 1).copied().unwrap_or(index);
        let from = f64::midpoint(points[before].0, at);
        let to = f64::midpoint(at, points[after].0);
        plot.hover_column(from, to, text(index));
    }
}
