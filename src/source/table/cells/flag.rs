//! Yes or no.

/// Whether a cell says yes; `None` where it says neither. An empty cell says no.
pub(in crate::source::table) fn flag(cell: &[u8]) -> Option<bool> {
    let cell = cell.trim_ascii();
    let is_any = |words: &[&str]| {
        words
            .iter()
            .any(|word| cell.eq_ignore_ascii_case(word.as_bytes()))
    };
    if is_any(&["1", "1.0", "true", "t", "yes", "y", "neutral"]) {
        return Some(true);
    }
    is_any(&["", "0", "0.0", "false", "f", "no", "n", "home", "-"]).then_some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yes_and_no_as_files_say_them() {
        for yes in ["1", "1.0", "TRUE", "True", " yes ", "Y", "neutral"] {
            assert_eq!(flag(yes.as_bytes()), Some(true), "{yes}");
        }
        for no in ["0", "0.0", "FALSE", "no", "N", "home", "", "  "] {
            assert_eq!(flag(no.as_bytes()), Some(false), "{no}");
        }
        for other in ["2", "perhaps", "Wembley"] {
            assert_eq!(flag(other.as_bytes()), None, "{other}");
        }
    }
}
