//! Values over time: put in order, thinned to what can be seen, and shown on hovering.

use super::axis::drawable;
use super::frame::{Plot, Point};
use crate::domain::Time;

/// Points of a line, at most: more than a line has pixels cannot be told apart.
const POINTS: usize = 600;
/// Up to so many points the line goes in steps, as money does.
const STEPPED: usize = 250;
/// Places to hover over, at most.
const HOVERS: usize = 200;
/// The years 1 to 9998, in seconds: a year away from where calendars end.
const FIRST: i64 = -62_135_596_800;
const LAST: i64 = 253_370_764_800;

/// The points that can be drawn, in order of time.
pub(super) fn ordered(points: &[(Time, f64)]) -> Vec<Point> {
    let known = |time: Time| (FIRST..LAST).contains(&time.seconds());
    let kept = points
        .iter()
        .filter(|(time, value)| known(*time) && drawable(*value));
    let mut kept: Vec<Point> = kept
        .map(|(time, value)| (time.seconds() as f64, *value))
        .collect();
    kept.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    kept
}

/// The first and last place; none without points.
pub(super) fn span(points: &[Point]) -> Option<(f64, f64)> {
    Some((points.first()?.0, points.last()?.0))
}

/// Least and greatest of some values; none without values.
pub(super) fn extent(values: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    values.into_iter().fold(None, |range, value| {
        let (low, high) = range.unwrap_or((value, value));
        Some((low.min(value), high.max(value)))
    })
}

/// The points of a line that are drawn: of each stretch the first, the last, the least and the greatest.
pub(super) fn thinned(points: &[Point]) -> Vec<usize> {
    if points.len() <= POINTS {
        return (0..points.len()).collect();
    }
    let stretch = points.len().div_ceil(POINTS / 4);
    let mut kept = Vec::with_capacity(POINTS);
    for start in (0..points.len()).step_by(stretch) {
        let places = start..points.len().min(start + stretch);
        let by_value = |a: &usize, b: &usize| points[*a].1.total_cmp(&points[*b].1);
        kept.extend([
            Some(start),
            places.clone().min_by(by_value),
            places.clone().max_by(by_value),
            places.last(),
        ]);
    }
    let mut kept: Vec<usize> = kept.into_iter().flatten().collect();
    kept.sort_unstable();
    kept.dedup();
    kept
}

/// The corners of a line that keeps each value until the next, or, with many points, just its points.
pub(super) fn stepped(points: &[Point]) -> Vec<Point> {
    if points.len() > STEPPED {
        return points.to_vec();
    }
    let mut corners: Vec<Point> = Vec::with_capacity(points.len() * 2);
    for &(place, value) in points {
        if let Some(&(_, before)) = corners.last() {
            corners.push((place, before));
        }
        corners.push((place, value));
    }
    corners
}

/// Shows texts where the pointer is nearest to some of the points, which are in order.
pub(super) fn hover(plot: &mut Plot<'_, '_>, points: &[Point], text: impl Fn(usize) -> String) {
    let last = points.len().saturating_sub(1);
    let mut shown: Vec<usize> = (0..HOVERS).map(|k| k * last / (HOVERS - 1)).collect();
    shown.dedup();
    let middle = |a: usize, b: usize| f64::midpoint(points[a].0, points[b].0);
    for (k, &place) in shown.iter().enumerate() {
        let from = if k == 0 {
            points[place].0
        } else {
            middle(shown[k - 1], place)
        };
        let to = shown
            .get(k + 1)
            .map_or(points[place].0, |&next| middle(place, next));
        plot.hover_column(from, to, text(place));
    }
}
