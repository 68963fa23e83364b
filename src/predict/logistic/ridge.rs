//! How strong the ridge penalty is: chosen by forecasts of matches that came later.

use std::sync::atomic::AtomicBool;

use super::link::Link;
use super::record::Record;
use super::rows::Rows;
use crate::predict::PredictError;

/// The strengths that are tried, from the strongest.
const STRENGTHS: [f64; 7] = [3000.0, 1000.0, 300.0, 100.0, 30.0, 10.0, 3.0];
/// The record is cut into so many parts. Each of the last half of them is forecast from all before it.
const PARTS: usize = 4;

/// The penalty with which matches were forecast best from those before them, by their log loss.
pub(super) fn choose(
    link: Link,
    record: &Record,
    width: usize,
    stop: &AtomicBool,
) -> Result<f64, PredictError> {
    let mut losses = [0.0; STRENGTHS.len()];
    for part in PARTS / 2..PARTS {
        let [start, end] = [part, part + 1].map(|part| record.len() * part / PARTS);
        let scale = record.scale(width, start);
        let past = record.rows(&scale, 0..start);
        let future = record.rows(&scale, start..end);
        let mut theta = link.start(frequencies(&past), width);
        for (loss, strength) in losses.iter_mut().zip(STRENGTHS) {
            let fitted = link.fit(&past, &link.ridge(strength, width), &mut theta, stop);
            match fitted {
                Err(PredictError::Stopped) => return Err(PredictError::Stopped),
                Err(_) => *loss = f64::INFINITY,
                Ok(_) => *loss -= link.log_likelihood(&theta, &future),
            }
        }
    }
    let best = (0..losses.len()).min_by(|&a, &b| losses[a].total_cmp(&losses[b]));
    Ok(STRENGTHS[best.unwrap_or(0)])
}

/// How often the three results occurred, with some matches at the rates of the game.
pub(super) fn frequencies(rows: &Rows) -> [f64; 3] {
    const USUAL: [f64; 3] = [0.45, 0.27, 0.28];
    const MATCHES: f64 = 10.0;
    let (counts, total) = (rows.counts(), rows.len() as f64 + MATCHES);
    [0, 1, 2].map(|result| (counts[result] as f64 + MATCHES * USUAL[result]) / total)
}
