//! The parameters of families beside the strengths of teams.

/// A parameter of a family: its range, and what is expected of it before any match.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShapeParameter {
    /// What it is called.
    pub name: &'static str,
    /// The least that it may be.
    pub least: f64,
    /// The most that it may be.
    pub most: f64,
    /// The value of independent Poisson goals, at which its prior is centred.
    pub plain: f64,
    /// The standard deviation of its prior.
    pub sd: f64,
    /// Where a fit starts.
    pub start: f64,
}

impl ShapeParameter {
    /// The same with a value that is given.
    pub(super) const fn fixed_at(self, value: f64) -> Self {
        Self {
            least: value,
            most: value,
            plain: value,
            start: value,
            ..self
        }
    }

    /// Minus the log of its prior density, up to a constant.
    pub(super) fn penalty(&self, value: f64) -> f64 {
        let deviation = (value - self.plain) / self.sd;
        0.5 * deviation * deviation
    }
}

/// An estimated parameter of a fit beside strengths and levels, such as ρ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShapeEstimate {
    /// What it is called.
    pub name: &'static str,
    /// Its value.
    pub estimate: f64,
    /// Its standard error; `None` at a bound of its range, and where there is no covariance.
    pub standard_error: Option<f64>,
}
