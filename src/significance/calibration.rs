//! Calibration: an outcome that is forecast at 30 % should happen 30 times in 100.

use serde::{Deserialize, Serialize};

/// Bins of equal width in a reliability table.
pub const BINS: usize = 10;

/// Forecasts of about the same probability, and how often the outcomes that they forecast happened.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct ReliabilityBin {
    /// Forecasts.
    pub n: u64,
    /// Their mean probability; `None` without forecasts.
    pub mean_forecast: Option<f64>,
    /// The share of the forecast outcomes that happened; `None` without forecasts.
    pub observed: Option<f64>,
}

/// A reliability table.
///
/// ```
/// use simbet::reliability;
/// let table = reliability(&[(0.75, true), (0.75, false)]).unwrap();
/// assert_eq!(table.bins[7].observed, Some(0.5));
/// assert_eq!(table.calibration_error, 0.25);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Reliability {
    /// Bin b holds forecasts from b/10 up to, but not including, (b + 1)/10; the last holds 1 as well.
    pub bins: [ReliabilityBin; BINS],
    /// The expected calibration error: from 0 to 1.
    pub calibration_error: f64,
}

/// The reliability table of forecasts, each given with whether the outcome that it forecast happened.
///
/// A forecast of three outcomes gives three entries, one for each outcome. Even a perfect forecaster has a calibration
/// error above 0; the fewer the forecasts, the larger it is. `None` without forecasts, or when one is not from 0 to 1.
///
/// # Formula
/// ```text
/// ECE = Σ_b n_b/n · |mean forecast of b − share that happened in b|
/// ```
/// Naeini, Cooper & Hauskrecht (2015), AAAI 29, on the table of Murphy & Winkler (1977), Applied Statistics 26(1).
///
/// ```
/// use simbet::reliability;
/// let table = reliability(&[(0.75, true), (0.75, true), (0.25, false), (0.25, true)]).unwrap();
/// assert_eq!(table.calibration_error, 0.25);
/// assert_eq!((table.bins[7].n, table.bins[7].observed), (2, Some(1.0)));
/// ```
pub fn reliability(forecasts: &[(f64, bool)]) -> Option<Reliability> {
    let valid = forecasts.iter().all(|(p, _)| (0.0..=1.0).contains(p));
    if forecasts.is_empty() || !valid {
        return None;
    }
    let mut sums = [Sums::default(); BINS];
    for &(p, happened) in forecasts {
        sums[((p * BINS as f64) as usize).min(BINS - 1)].add(p, happened);
    }
    let gaps: f64 = sums
        .iter()
        .map(|bin| (bin.forecast - bin.happened as f64).abs())
        .sum();
    Some(Reliability {
        bins: sums.map(Sums::bin),
        calibration_error: gaps / forecasts.len() as f64,
    })
}

#[derive(Clone, Copy, Default)]
struct Sums {
    n: u64,
    forecast: f64,
    happened: u64,
}

impl Sums {
    fn add(&mut self, p: f64, happened: bool) {
        self.n += 1;
        self.forecast += p;
        self.happened += u64::from(happened);
    }

    fn bin(self) -> ReliabilityBin {
        ReliabilityBin {
            n: self.n,
            mean_forecast: self.per_forecast(self.forecast),
            observed: self.per_forecast(self.happened as f64),
        }
    }

    fn per_forecast(&self, sum: f64) -> Option<f64> {
        (self.n > 0).then(|| sum / self.n as f64)
    }
}
