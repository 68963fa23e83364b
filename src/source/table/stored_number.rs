//! Numbers of columns that were never text, in as many bytes as a number has.

/// A number, or a cell without one. A NaN that a file has is a number of its own: it says that something went wrong, and is not
/// taken for nothing.
#[derive(Debug, Clone, Copy)]
pub(super) struct StoredNumber(f64);

/// The bits of a cell without a number: those of a NaN that no calculation makes.
const NOTHING: u64 = 0x7ff8_6e6f_7468_6e67;

impl StoredNumber {
    /// A cell without a number.
    pub const NONE: Self = Self(f64::from_bits(NOTHING));

    pub const fn some(number: f64) -> Self {
        Self(if number.is_nan() { f64::NAN } else { number })
    }

    pub const fn get(self) -> Option<f64> {
        if self.0.to_bits() == NOTHING {
            None
        } else {
            Some(self.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nan_is_not_nothing() {
        assert_eq!(StoredNumber::NONE.get(), None);
        assert_eq!(StoredNumber::some(0.25).get(), Some(0.25));
        for nan in [f64::NAN, -f64::NAN, f64::from_bits(NOTHING)] {
            assert!(StoredNumber::some(nan).get().unwrap().is_nan());
        }
    }
}
