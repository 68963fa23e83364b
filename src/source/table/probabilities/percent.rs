//! Percent signs of probabilities: a column in which every cell has one holds percentages, which are read as shares.
//!
//! A column with and without signs is no column of either: whether `1` is a certainty or 1 % cannot be told.

use super::super::probability_columns::Field;

/// The columns in which a percent sign is a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct PercentSigns {
    refused: [bool; Field::COUNT],
}

impl PercentSigns {
    /// Whether cells with a sign are read.
    pub const fn are_read(self, field: Field) -> bool {
        !self.refused[field as usize]
    }
}

/// The columns that have cells with a sign, and those that have cells without.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct SeenSigns {
    with: [bool; Field::COUNT],
    without: [bool; Field::COUNT],
}

impl SeenSigns {
    /// Takes in a cell with a number.
    pub const fn note(&mut self, field: Field, has_sign: bool) {
        let seen = if has_sign {
            &mut self.with
        } else {
            &mut self.without
        };
        seen[field as usize] = true;
    }

    /// What the cells of a table say of its signs.
    pub fn judged(&self) -> PercentSigns {
        let both = |at: usize| self.with[at] && self.without[at];
        PercentSigns {
            refused: std::array::from_fn(both),
        }
    }

    /// Whether some were read as percentages.
    pub fn are_read_under(&self, signs: PercentSigns) -> bool {
        let mut columns = self.with.into_iter().zip(signs.refused);
        columns.any(|(with, refused)| with && !refused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_with_signs_in_some_cells_alone_is_none_of_percentages() {
        let mut seen = SeenSigns::default();
        assert!(!seen.are_read_under(seen.judged()));
        seen.note(Field::Home, true);
        seen.note(Field::Draw, false);
        assert!(seen.are_read_under(seen.judged()));
        seen.note(Field::Home, false);
        assert!(!seen.judged().are_read(Field::Home));
        assert!(seen.judged().are_read(Field::Draw));
        assert!(!seen.are_read_under(seen.judged()));
    }
}
