//! What a name is: the one rule, at every door through which names come.

use std::borrow::Cow;

use crate::look_alike::normal_name;
use crate::printable::is_obeyed;

/// The most characters that an id or a name may have.
pub const MAX_NAME: usize = 128;

/// What a name or an id is, for an error.
pub const NAME: &str = "a text of 1 to 128 characters without control characters";
/// What an id is, for the error of one with invisible characters.
pub const VISIBLE: &str = "a text of 1 to 128 characters without control or invisible characters";

/// A name of a team or a league, in its [one form](normal_name): surrounding blanks and line ends are cut off, and what is
/// invisible is left out. `None` where nothing is left, where it is too long, and where it has control characters.
///
/// ```
/// use simbet::internals::schema::name_of;
/// assert_eq!(name_of(" King’s  Lynn\n").as_deref(), Some("King's Lynn"));
/// assert_eq!(name_of("\u{202e}Ashby\u{200b}").as_deref(), Some("Ashby"));
/// assert_eq!(name_of("\u{1b}[31mRed"), None);
/// assert_eq!(name_of("two\nlines"), None);
/// ```
pub fn name_of(text: &str) -> Option<Cow<'_, str>> {
    let text = trimmed(text);
    if text.chars().any(char::is_control) {
        return None;
    }
    let name = normal_name(text);
    has_fit_length(&name).then_some(name)
}

/// Whether a text can be the id of a match. An id is kept as it is, so nothing of it may be invisible.
///
/// ```
/// use simbet::internals::schema::is_id;
/// assert!(is_id("E0:2023-08-11:Burnley:Man City"));
/// assert!(!is_id("") && !is_id("a\u{7}") && !is_id("a\u{200b}"));
/// ```
pub fn is_id(text: &str) -> bool {
    has_fit_length(text) && !text.chars().any(is_obeyed)
}

/// A text without the blanks and line ends around it; control characters that are blanks to Unicode alone stay.
pub fn trimmed(text: &str) -> &str {
    let is_blank =
        |c: char| c.is_whitespace() && (!c.is_control() || matches!(c, '\t' | '\n' | '\r'));
    text.trim_matches(is_blank)
}

fn has_fit_length(text: &str) -> bool {
    // a character has four bytes at most, so long texts need not be counted
    !text.is_empty() && text.len() <= 4 * MAX_NAME && text.chars().count() <= MAX_NAME
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::printable::is_invisible;
    use proptest::prelude::*;

    #[test]
    fn control_characters_within_are_refused_and_invisible_ones_left_out() {
        for text in [
            "",
            " ",
            "\u{200b}",
            "a\nb",
            "a\tb",
            "a\rb",
            "a\u{0}",
            "a\u{7f}b",
            "\u{9b}31m",
            "a\u{85}b",
            "Ashby\u{c}",
        ] {
            assert_eq!(name_of(text), None, "{text:?}");
            assert!(text == " " || !is_id(text), "{text:?}");
        }
        // what has no shape is shown as its number, and is a name all the same
        assert!(is_id("\u{e000}") && name_of("\u{e000}\u{378}").is_some());
        for (text, name) in [
            ("Ashby\r\n", "Ashby"),
            ("\u{feff}Ashby", "Ashby"),
            ("\u{2067}Ashby\u{2069}\u{61c}", "Ashby"),
            ("Ash\u{ad}by\u{e0061}", "Ashby"),
            ("Ash\u{2028}by", "Ash by"),
            ("\u{645}\u{6cc}\u{200c}\u{62e}", "\u{645}\u{6cc}\u{62e}"),
        ] {
            assert_eq!(name_of(text).as_deref(), Some(name), "{text:?}");
            assert!(!is_id(text), "{text:?}");
        }
    }

    #[test]
    fn length_is_counted_in_characters() {
        for letter in ["x", "\u{f6}", "\u{6771}", "\u{1f600}"] {
            let (longest, longer) = (letter.repeat(MAX_NAME), letter.repeat(MAX_NAME + 1));
            assert_eq!(name_of(&longest).as_deref(), Some(&*longest));
            assert_eq!(name_of(&longer), None);
            assert!(is_id(&longest) && !is_id(&longer));
        }
    }

    proptest! {
        /// A name is a name, and stays what it is.
        #[test]
        fn a_name_keeps_its_form(text in any::<String>()) {
            if let Some(name) = name_of(&text) {
                prop_assert!(!name.chars().any(|c| c.is_control() || is_invisible(c)));
                let again = name_of(&name);
                prop_assert_eq!(again.as_deref(), Some(&*name));
            }
        }
    }
}
